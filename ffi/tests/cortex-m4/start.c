/* From reset to main on an emulated Cortex-M4 that knows NULL and what is no memory: an access ends the emulation as a
 * failure, with a line that says where it was. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define CCR REGISTER(0xE000ED14u)
#define SHCSR REGISTER(0xE000ED24u)
#define CFSR REGISTER(0xE000ED28u)
#define MMFAR REGISTER(0xE000ED34u)
#define BFAR REGISTER(0xE000ED38u)
#define MPU_CTRL REGISTER(0xE000ED94u)
#define MPU_RNR REGISTER(0xE000ED98u)
#define MPU_RBAR REGISTER(0xE000ED9Cu)
#define MPU_RASR REGISTER(0xE000EDA0u)

#define CCR_DIV_0_TRP (1u << 4)
#define CCR_UNALIGN_TRP (1u << 3)
#define CFSR_MMARVALID (1u << 7)
#define CFSR_BFARVALID (1u << 15)

#define NO_EXECUTION (1u << 28)
#define NO_ACCESS (0u << 24)
#define READ_WRITE (3u << 24)
#define READ_ONLY (6u << 24)
#define NORMAL_MEMORY (2u << 16)
#define TWO_TO_THE(n) (((n) - 1u) << 1)
#define ENABLE 1u

/* From the linker script. */
extern uint8_t data_start[], data_end[], data_in_flash[];
extern uint8_t bss_start[], bss_end[];
extern uint8_t end[], ram_start[], ram_end[];
extern uint8_t handler_stack_top[];

int main(void);
void initialise_monitor_handles(void);
void reset_handler(void);
void start(void);
void report(const uint32_t *frame, uint32_t exception);
void *_sbrk(ptrdiff_t more);
void _init(void);
void _fini(void);

/* Where two regions overlap, the later counts. What is in none is forbidden, but for the processor's own registers. The
 * processor fetches its vectors nonetheless. */
static void protect_memory(void)
{
    static const struct {
        uint32_t start;
        uint32_t what;
    } regions[] = {
        {0x00000000u, READ_ONLY | NORMAL_MEMORY | TWO_TO_THE(22u)},
        {0x00000000u, NO_ACCESS | NO_EXECUTION | TWO_TO_THE(12u)}, /* NULL, and the fields behind it */
        {0x20000000u, READ_WRITE | NO_EXECUTION | NORMAL_MEMORY | TWO_TO_THE(22u)},
    };
    uint32_t i;

    for (i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        MPU_RNR = i;
        MPU_RBAR = regions[i].start;
        MPU_RASR = regions[i].what | ENABLE;
    }
    MPU_CTRL = ENABLE;
    __asm__ volatile("dsb\n"
                     "isb" ::: "memory");
}

/* The program gets a stack of its own: when that has no room left, the handlers still have one. */
__attribute__((naked)) void reset_handler(void)
{
    __asm__("ldr r0, =program_stack_top\n"
            "msr psp, r0\n"
            "movs r0, #2\n"
            "msr control, r0\n"
            "isb\n"
            "ldr r0, =start\n"
            "bx r0\n");
}

void start(void)
{
    memcpy(data_start, data_in_flash, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    SHCSR = 7u << 16; /* each kind of fault has its handler */
    CCR |= CCR_DIV_0_TRP;
#if !defined(__ARM_FEATURE_UNALIGNED)
    /* Compiled for a processor that cannot: then this one shall not, either. */
    CCR |= CCR_UNALIGN_TRP;
#endif
    protect_memory();
    initialise_monitor_handles();
    exit(main());
}

/* newlib's own wants the heap below the stack. */
void *_sbrk(ptrdiff_t more)
{
    static uint8_t *heap_end = end;
    uint8_t *const block = heap_end;

    if (more > ram_end - block) {
        errno = ENOMEM;
        return (void *)-1;
    }
    heap_end += more;
    return block;
}

/* newlib's exit wants them; there are no constructors here. */
void _init(void)
{
}

void _fini(void)
{
}

/* `frame` is what the processor has saved of the program: r0-r3, r12, lr, pc, psr. */
void report(const uint32_t *frame, uint32_t exception)
{
    static const char *const names[] = {"HardFault", "MemManage", "BusFault", "UsageFault"};
    const char *name = exception >= 3 && exception <= 6 ? names[exception - 3] : "exception";
    const uint32_t status = CFSR;

    if ((uintptr_t)frame < (uintptr_t)ram_start) {
        fprintf(stderr, "%s: the stack has run over\n", name);
    } else {
        fprintf(stderr, "%s at pc %#lx, lr %#lx, status %#lx", name, (unsigned long)frame[6],
                (unsigned long)frame[5], (unsigned long)status);
        if ((status & CFSR_MMARVALID) != 0) {
            fprintf(stderr, ", address %#lx", (unsigned long)MMFAR);
        }
        if ((status & CFSR_BFARVALID) != 0) {
            fprintf(stderr, ", address %#lx", (unsigned long)BFAR);
        }
        fprintf(stderr, "\n");
    }
    _exit(1);
}

__attribute__((naked)) static void fault(void)
{
    __asm__("mrs r0, psp\n"
            "mrs r1, ipsr\n"
            "ldr r2, =report\n"
            "bx r2\n");
}

typedef void (*handler)(void);

__attribute__((section(".vectors"), used)) static const struct {
    uint8_t *initial_stack;
    handler entries[15];
} vectors = {
    handler_stack_top,
    {reset_handler, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault},
};
