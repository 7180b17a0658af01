/* nodelock's storage on littlefs: each value is a file of its own in one directory.
 *
 *     static nodelock_littlefs storage = {.lfs = &lfs, .directory = "nodelock"};
 *
 *     if (nodelock_littlefs_open(&storage) == NODELOCK_OK) { ... nodelock_agent_boot ... }
 *
 * The three functions are those of nodelock_agent_config, with the structure as user of the
 * configuration. littlefs shows a file's new
 * content when it is closed, but a new file is there, empty, before; so values are written beside and renamed.
 * Tried with littlefs 2 and power cuts at every piece that is written and every block that is erased: prove.c. */
#ifndef NODELOCK_LITTLEFS_H
#define NODELOCK_LITTLEFS_H

#include "lfs.h"
#include "nodelock.h"

typedef struct nodelock_littlefs {
    /* A mounted file system. */
    lfs_t *lfs;
    /* At most 24 characters, without a slash at its end. */
    const char *directory;
    /* LFS_ERR_... of the last call that failed. */
    int error;
    /* As long as cache_size of the lfs_config; NULL where littlefs has malloc. */
    void *cache;
} nodelock_littlefs;

/* Makes the directory where it is missing. Returns 0 or NODELOCK_ERR_STORAGE_FAILED. */
int32_t nodelock_littlefs_open(nodelock_littlefs *storage);

int32_t nodelock_littlefs_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len);
int32_t nodelock_littlefs_store(void *user, uint16_t key, const uint8_t *value, size_t len);
int32_t nodelock_littlefs_remove(void *user, uint16_t key);

#endif
