/* BBC micro:bit, a Cortex-M0 with 16 KiB of RAM: the UART of the nRF51. */
#include "board.h"

#define UART(offset) (*(volatile uint32_t *)(uintptr_t)(0x40002000u + (offset)))
#define START_RECEIVING UART(0x000)
#define START_SENDING UART(0x008)
#define RECEIVED UART(0x108)
#define SENT UART(0x11C)
#define ENABLE UART(0x500)
#define RECEIVED_BYTE UART(0x518)
#define BYTE_TO_SEND UART(0x51C)

const char board_name[] = "microbit (Cortex-M0)";

void serial_start(void)
{
    ENABLE = 4;
    START_SENDING = 1;
    START_RECEIVING = 1;
}

void serial_put(char c)
{
    SENT = 0;
    BYTE_TO_SEND = (uint8_t)c;
    while (SENT == 0) {
    }
}

char serial_get(void)
{
    while (RECEIVED == 0) {
    }
    RECEIVED = 0;
    return (char)RECEIVED_BYTE;
}
