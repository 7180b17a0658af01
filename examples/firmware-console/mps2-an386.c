/* mps2-an386 (Cortex-M4). */
#define UART_AT 0x40004000u
#include "mps2.h"

const char board_name[] = "mps2-an386 (Cortex-M4)";
