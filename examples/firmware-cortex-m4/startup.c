/* From reset to main, for a Cortex-M4 or M33. */
#include "board.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From the linker script. */
extern uint8_t data_start[], data_end[], data_in_flash[];
extern uint8_t bss_start[], bss_end[];

int main(void);
void initialise_monitor_handles(void);
void reset_handler(void);
void _init(void);
void _fini(void);

void reset_handler(void)
{
    memcpy(data_start, data_in_flash, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    initialise_monitor_handles();
    exit(main());
}

/* newlib's exit wants them; there are no constructors here. */
void _init(void)
{
}

void _fini(void)
{
}

static void fault(void)
{
    _exit(1);
}

typedef void (*handler)(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint8_t *initial_stack;
    handler entries[15];
} vectors = {
    stack_top,
    {reset_handler, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault},
};
