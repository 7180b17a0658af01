/* mps2-an505 (Cortex-M33). */
#define UART_AT 0x50200000u
#include "mps2.h"

const char board_name[] = "mps2-an505 (Cortex-M33)";
