/* How deep the stack was used, on any processor whose stack grows down. */
#include "board.h"

#define PAINT 0xC5u

static uint8_t *painted_to;

__attribute__((noinline)) void stack_paint(void)
{
    /* Volatile, so that this is not turned into a call, whose frame it would overwrite. */
    volatile uint8_t *at = stack_bottom;
    uint8_t *here = (uint8_t *)__builtin_frame_address(0);

    painted_to = here;
    while (at < (volatile uint8_t *)(here - 64)) {
        *at++ = PAINT;
    }
}

__attribute__((noinline)) uint32_t stack_used(void)
{
    const uint8_t *at = stack_bottom;

    while (at < painted_to && *at == PAINT) {
        at++;
    }
    return (uint32_t)(painted_to - at);
}
