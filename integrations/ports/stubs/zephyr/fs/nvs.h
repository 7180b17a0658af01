/* STUB, not Zephyr: what the port and the sample use, by the documentation of Zephyr 4.3, so that they are
 * compiled where Zephyr is not there. host.c stands in for what is behind it. */
#ifndef STUB_NVS_H
#define STUB_NVS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct device;

struct nvs_fs {
    off_t offset;
    uint16_t sector_size;
    uint16_t sector_count;
    const struct device *flash_device;
};

int nvs_mount(struct nvs_fs *fs);
ssize_t nvs_read(struct nvs_fs *fs, uint16_t id, void *data, size_t len);
ssize_t nvs_write(struct nvs_fs *fs, uint16_t id, const void *data, size_t len);
int nvs_delete(struct nvs_fs *fs, uint16_t id);

#endif
