/* virt (RISC-V 32): a UART like the 16550. */
#include "board.h"

#define UART(offset) (*(volatile uint8_t *)(uintptr_t)(0x10000000u + (offset)))
#define DATA UART(0)
#define STATE UART(5) /* bit 0: something came, bit 5: ready to send */

const char board_name[] = "virt (RISC-V 32)";

void serial_start(void)
{
}

void serial_put(char c)
{
    while ((STATE & 0x20u) == 0) {
    }
    DATA = (uint8_t)c;
}

char serial_get(void)
{
    while ((STATE & 1u) == 0) {
    }
    return (char)DATA;
}
