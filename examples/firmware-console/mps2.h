/* The UART of Arm's CMSDK, which the boards of this family have at UART_AT. */
#include "board.h"

#define UART(offset) (*(volatile uint32_t *)(uintptr_t)(UART_AT + (offset)))
#define DATA UART(0x00)
#define STATE UART(0x04) /* bit 0: sending, bit 1: something came */
#define CONTROL UART(0x08)
#define DIVIDER UART(0x10)

void serial_start(void)
{
    DIVIDER = 16;
    CONTROL = 3; /* sends and receives */
}

void serial_put(char c)
{
    while ((STATE & 1u) != 0) {
    }
    DATA = (uint8_t)c;
}

char serial_get(void)
{
    while ((STATE & 2u) == 0) {
    }
    return (char)DATA;
}
