/* The same as ../firmware-cortex-m4/board.c for the machine "virt" of the emulator (RISC-V 32), and as much of a C
 * library as pinned.c needs. */
#include "../firmware-cortex-m4/board.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

int main(void);
/* That of pinned.c, by another name. */
int measure(void);
/* From ../firmware-console/start-riscv.c. */
intptr_t host_call(uintptr_t number, const void *block);

int main(void)
{
    const uintptr_t end[2] = {0x20026, (uintptr_t)measure()};

    return (int)host_call(0x20, end);
}

void instructions_start(void)
{
}

uint32_t instructions_now(void)
{
    uint32_t count;

    /* With `-icount shift=0` the emulator counts here what it has carried out. */
    __asm__ volatile("csrr %0, instret" : "=r"(count));
    return count;
}

uint32_t instructions_since(uint32_t start)
{
    return instructions_now() - start;
}

static void put(char c)
{
    (void)host_call(3, &c);
}

/* Knows %u alone. */
int printf(const char *format, ...)
{
    va_list values;
    int written = 0;

    va_start(values, format);
    for (; *format != 0; format++) {
        char digits[10];
        size_t count = 0;
        unsigned number;

        if (*format != '%') {
            put(*format);
            written += 1;
            continue;
        }
        format++;
        number = va_arg(values, unsigned);
        do {
            digits[count++] = (char)('0' + number % 10);
            number /= 10;
        } while (number != 0);
        written += (int)count;
        while (count > 0) {
            put(digits[--count]);
        }
    }
    va_end(values);
    return written;
}
