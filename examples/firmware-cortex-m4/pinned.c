/* The verifier for pinned keys on this processor: whether its multiplication is right, and what a signature
 * check of a digest costs for each size of tables. Ends with status 0 only if all was as expected. */
#include "board.h"

#include <stdio.h>

/* From p256-pinned/on-target. */
uint32_t on_target_arithmetic_agrees(uint32_t count);
uint32_t on_target_prepare(uint32_t teeth);
uint32_t on_target_digest(void);
uint32_t on_target_verify(uint32_t which);

static uint32_t cost(uint32_t which, uint32_t expected, int *failures)
{
    uint32_t start = instructions_now();
    uint32_t accepted = on_target_verify(which);
    uint32_t count = instructions_since(start);

    if (accepted != expected) {
        printf("  NOT AS EXPECTED\n");
        *failures += 1;
    }
    return count;
}

int main(void)
{
    int failures = 0;

    instructions_start();
    if (!on_target_arithmetic_agrees(500)) {
        printf("the arithmetic is wrong\n");
        failures += 1;
    }
    for (uint32_t teeth = 3; teeth <= 7; teeth++) {
        uint32_t right;
        uint32_t wrong;

        if (!on_target_prepare(teeth) || !on_target_digest()) {
            printf("no tables\n");
            return 1;
        }
        right = cost(0, 1, &failures);
        wrong = cost(1, 0, &failures);
        stack_paint();
        (void)on_target_verify(0);
        printf("%u teeth, %u bytes of tables: %u instructions, %u for a wrong signature, %u bytes of stack\n",
               (unsigned)teeth, 128u << (teeth - 1), (unsigned)right, (unsigned)wrong,
               (unsigned)stack_used());
    }
    printf("a key without table: %u instructions\n", (unsigned)cost(2, 1, &failures));
    printf(failures ? "FAILED\n" : "as expected\n");
    return failures ? 1 : 0;
}
