#include "board.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)
#define COUNTER_BITS 0x00FFFFFFu
/* One instruction takes one nanosecond. */
#ifdef __ARM_ARCH_8M_MAIN__
#define INSTRUCTIONS_PER_TICK 50u /* mps2-an505: 20 MHz */
#else
#define INSTRUCTIONS_PER_TICK 40u /* mps2-an386: 25 MHz */
#endif

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
