/* From reset to main, for a RISC-V processor without an operating system. */
#include "board.h"

extern uint8_t bss_start[], bss_end[];

void begin(void);

/* Three instructions in this order and none of them compressed: that is the call (RISC-V semihosting
 * specification 0.4). */
__attribute__((naked, noinline, aligned(16))) intptr_t host_call(uintptr_t number, const void *block)
{
    (void)number;
    (void)block;
    __asm__ volatile(".option push\n.option norvc\n"
                     "slli x0, x0, 0x1f\nebreak\nsrai x0, x0, 7\nret\n"
                     ".option pop");
}

__attribute__((used)) static void fault(void)
{
    const uintptr_t status[2] = {0x20026, 99};

    (void)host_call(0x20, status);
    for (;;) {
    }
}

__attribute__((naked, used, section(".vectors"))) void begin(void)
{
    __asm__ volatile("la sp, stack_top\nla t0, fault\ncsrw mtvec, t0\nj enter");
}

__attribute__((used)) static void enter(void)
{
    for (volatile uint8_t *to = bss_start; to < bss_end; to++) {
        *to = 0;
    }
    (void)main();
}
