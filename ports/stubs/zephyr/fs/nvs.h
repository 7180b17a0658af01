/* STUB, not Zephyr: the four declarations that ports/zephyr uses, by Zephyr's documentation, so that the port is
 * compiled where Zephyr is not there. Nothing of it is ever linked. */
#ifndef STUB_NVS_H
#define STUB_NVS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct nvs_fs;
ssize_t nvs_read(struct nvs_fs *fs, uint16_t id, void *data, size_t len);
ssize_t nvs_write(struct nvs_fs *fs, uint16_t id, const void *data, size_t len);
int nvs_delete(struct nvs_fs *fs, uint16_t id);

#endif
