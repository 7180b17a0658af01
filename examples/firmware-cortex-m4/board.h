/* What the example needs of the machine: a counter, and a look at the stack. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* From the linker script. */
extern uint8_t stack_bottom[], stack_top[];

/* Instructions since some time ago; differences of up to 600 million are right. Counted by the
 * emulator with `-icount shift=0`, where an instruction takes one nanosecond and the timer of 25 MHz
 * ticks once in 40 (of 20 MHz, once in 50): no cycles of any real processor. */
void instructions_start(void);
uint32_t instructions_since(uint32_t start);
uint32_t instructions_now(void);

/* Fills the unused stack with a pattern; later tells how deep the pattern was overwritten, in bytes
 * below the caller. */
void stack_paint(void);
uint32_t stack_used(void);

#endif
