/* STUB, not Zephyr: see fs/nvs.h. */
#ifndef STUB_FLASH_MAP_H
#define STUB_FLASH_MAP_H

#include <zephyr/device.h>

#define FIXED_PARTITION_DEVICE(label) (&stub_flash_of_##label)
#define FIXED_PARTITION_OFFSET(label) 0x1000
#define FIXED_PARTITION_SIZE(label) 0x4000

#endif
