/* STUB, not Zephyr: see fs/nvs.h. */
#ifndef STUB_DEVICE_H
#define STUB_DEVICE_H

#include <stdbool.h>

struct device {
    const char *name;
};

extern const struct device stub_flash_of_storage_partition;

bool device_is_ready(const struct device *dev);

#endif
