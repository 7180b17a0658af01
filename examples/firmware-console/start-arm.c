/* From reset to main, for a Cortex-M. */
#include "board.h"

/* From the linker script. */
extern uint8_t data_start[], data_end[], bss_start[], bss_end[], stack_top[];
extern const uint8_t data_in_flash[];

void reset_handler(void);
void fault_handler(void);

__attribute__((noinline)) intptr_t host_call(uintptr_t number, const void *block)
{
    register uintptr_t r0 __asm__("r0") = number;
    register const void *r1 __asm__("r1") = block;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return (intptr_t)r0;
}

void reset_handler(void)
{
    const volatile uint8_t *from = data_in_flash;

    for (volatile uint8_t *to = data_start; to < data_end; to++) {
        *to = *from++;
    }
    for (volatile uint8_t *to = bss_start; to < bss_end; to++) {
        *to = 0;
    }
    (void)main();
}

/* 0x20: exit with a status; 0x20026: the program says so itself. */
void fault_handler(void)
{
    const uintptr_t status[2] = {0x20026, 99};

    (void)host_call(0x20, status);
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) static const struct {
    uint8_t *initial_stack;
    void (*entries[15])(void);
} vectors = {
    stack_top,
    {reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, 0, 0, 0,
     0, fault_handler, fault_handler, 0, fault_handler, fault_handler},
};
