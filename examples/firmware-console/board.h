/* What the console needs of a machine. Each machine has a file of its own with its serial line; memory and
 * start are for the processor. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/* The serial line; both wait. */
void serial_start(void);
void serial_put(char c);
char serial_get(void);

/* The machine's name. */
extern const char board_name[];

/* Asks the emulator to do something ("semihosting", Arm IHI 0100; RISC-V uses the same numbers). */
intptr_t host_call(uintptr_t number, const void *block);

int main(void);

#endif
