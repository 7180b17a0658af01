/* STUB, not Zephyr: see fs/nvs.h. */
#ifndef STUB_KERNEL_H
#define STUB_KERNEL_H

#include <stdint.h>

int64_t k_uptime_get(void);

#endif
