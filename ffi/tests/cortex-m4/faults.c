/* What start.c must not let pass, one in each program: FAULT names it. */
#include <stddef.h>
#include <stdint.h>

#define WRONG(name)  \
    void name(void); \
    void name(void)

/* The compiler knows neither. */
static volatile uintptr_t zero;
static volatile uint32_t words[4];

static volatile uint32_t *word_at(uintptr_t address)
{
    return (volatile uint32_t *)(address + zero);
}

static void call(uintptr_t address)
{
    ((void (*)(void))(address + zero))();
}

WRONG(read_null)
{
    words[0] = *word_at(0);
}

WRONG(write_null)
{
    *word_at(0) = 1;
}

WRONG(read_behind_null)
{
    words[0] = *word_at(2048);
}

WRONG(call_null)
{
    call(0);
}

WRONG(read_nowhere)
{
    words[0] = *word_at(0xA5A5A5A4u);
}

WRONG(read_behind_ram)
{
    words[0] = *word_at(0x20400000u);
}

WRONG(write_to_flash)
{
    *word_at(0x1000) = 1;
}

WRONG(call_data)
{
    words[0] = 0x47704770u; /* twice "return" */
    call((uintptr_t)words | 1u);
}

WRONG(read_unaligned_words)
{
    __asm__ volatile("ldmia %0!, {r6, r7}" : : "l"(word_at((uintptr_t)words + 1)) : "r6", "r7", "memory");
}

/* Cortex-M0 cannot at all. */
WRONG(read_unaligned_word)
{
    words[0] = *word_at((uintptr_t)words + 1);
}

/* On Cortex-M0 it is a function. */
WRONG(divide_by_zero)
{
    words[0] = words[1] / zero;
}

WRONG(execute_no_instruction)
{
    __builtin_trap();
}

static uint32_t recurse(uint32_t depth)
{
    volatile uint32_t frame[64];

    frame[depth % 64] = depth;
    return depth == UINT32_MAX ? 0 : recurse(depth + 1) + frame[depth % 64];
}

WRONG(overflow_the_stack)
{
    words[0] = recurse(0);
}

int main(void)
{
    FAULT();
    return 0;
}
