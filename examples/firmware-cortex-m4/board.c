#include "board.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define COUNTER_BITS 0x00FFFFFFu
#define INSTRUCTIONS_PER_TICK 40u

#define PAINT 0xC5u

void instructions_start(void)
{
    SYST_RVR = COUNTER_BITS;
    SYST_CVR = 0;
    SYST_CSR = 5; /* on, processor clock, no interrupt */
}

uint32_t instructions_now(void)
{
    return SYST_CVR;
}

uint32_t instructions_since(uint32_t start)
{
    /* It counts down. */
    return ((start - SYST_CVR) & COUNTER_BITS) * INSTRUCTIONS_PER_TICK;
}

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
