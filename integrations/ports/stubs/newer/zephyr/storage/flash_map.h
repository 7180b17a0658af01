/* STUB, not Zephyr: the names of partitions since Zephyr 4.4. */
#ifndef STUB_FLASH_MAP_NEWER_H
#define STUB_FLASH_MAP_NEWER_H

#include <zephyr/device.h>

#define PARTITION_DEVICE(label) (&stub_flash_of_##label)
#define PARTITION_OFFSET(label) 0x1000
#define PARTITION_SIZE(label) 0x4000

#endif
