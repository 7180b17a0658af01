#include "nodelock_zephyr.h"

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>

static int32_t result_of(ssize_t error)
{
    return error == -ENOSPC ? NODELOCK_ERR_STORAGE_FULL : NODELOCK_ERR_STORAGE_FAILED;
}

int32_t nodelock_zephyr_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    /* The length of the value, even if it is longer than the buffer. */
    ssize_t there = nvs_read((struct nvs_fs *)user, key, buffer, capacity);

    if (there == -ENOENT || there == 0) { /* nodelock stores no empty values */
        return NODELOCK_NO_VALUE;
    }
    if (there < 0) {
        return result_of(there);
    }
    if ((size_t)there > capacity) {
        return NODELOCK_ERR_STORAGE_FULL;
    }
    *len = (size_t)there;
    return 0;
}

int32_t nodelock_zephyr_store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    /* 0: the same value was there already. */
    ssize_t written = nvs_write((struct nvs_fs *)user, key, value, len);

    return written == 0 || written == (ssize_t)len ? 0 : result_of(written);
}

int32_t nodelock_zephyr_remove(void *user, uint16_t key)
{
    int error = nvs_delete((struct nvs_fs *)user, key);

    return error == 0 || error == -ENOENT ? 0 : result_of(error);
}

nodelock_now nodelock_zephyr_now(void)
{
    nodelock_now now;

    memset(&now, 0, sizeof now);
    now.uptime.seconds = (uint64_t)(k_uptime_get() / 1000);
    return now;
}
