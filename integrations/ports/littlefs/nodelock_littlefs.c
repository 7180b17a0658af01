#include "nodelock_littlefs.h"

#include <string.h>

/* directory, slash, four digits, NUL. */
#define PATH_LEN 32u

static int32_t failed(nodelock_littlefs *storage, int error)
{
    storage->error = error;
    return error == LFS_ERR_NOSPC ? NODELOCK_ERR_STORAGE_FULL : NODELOCK_ERR_STORAGE_FAILED;
}

static void path_of(const nodelock_littlefs *storage, uint16_t key, char path[PATH_LEN])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    while (at < PATH_LEN - 6 && storage->directory[at] != '\0') {
        path[at] = storage->directory[at];
        at++;
    }
    path[at++] = '/';
    for (int shift = 12; shift >= 0; shift -= 4) {
        path[at++] = digits[(key >> shift) & 15];
    }
    path[at] = '\0';
}

static int open_file(nodelock_littlefs *storage, lfs_file_t *file, struct lfs_file_config *config,
                     const char *path, int flags)
{
    memset(config, 0, sizeof *config);
    config->buffer = storage->cache;
    return lfs_file_opencfg(storage->lfs, file, path, flags, config);
}

int32_t nodelock_littlefs_open(nodelock_littlefs *storage)
{
    int error = lfs_mkdir(storage->lfs, storage->directory);

    return error == 0 || error == LFS_ERR_EXIST ? 0 : failed(storage, error);
}

int32_t nodelock_littlefs_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    nodelock_littlefs *storage = (nodelock_littlefs *)user;
    struct lfs_file_config config;
    lfs_file_t file;
    int32_t result = 0;
    char path[PATH_LEN];
    lfs_soff_t size;
    int error;

    path_of(storage, key, path);
    error = open_file(storage, &file, &config, path, LFS_O_RDONLY);
    if (error == LFS_ERR_NOENT) {
        return NODELOCK_NO_VALUE;
    }
    if (error != 0) {
        return failed(storage, error);
    }
    size = lfs_file_size(storage->lfs, &file);
    if (size < 0) {
        result = failed(storage, (int)size);
    } else if ((size_t)size > capacity) {
        result = NODELOCK_ERR_STORAGE_FULL;
    } else {
        lfs_ssize_t got = lfs_file_read(storage->lfs, &file, buffer, (lfs_size_t)size);

        if (got == size) {
            *len = (size_t)size;
        } else {
            result = failed(storage, got < 0 ? (int)got : LFS_ERR_CORRUPT);
        }
    }
    error = lfs_file_close(storage->lfs, &file);
    return result == 0 && error != 0 ? failed(storage, error) : result;
}

/* A new file exists, empty, from its creation on. So the value is written beside, under a name that no key
 * has, and takes its place by a rename, which littlefs does whole or not at all. */
int32_t nodelock_littlefs_store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    nodelock_littlefs *storage = (nodelock_littlefs *)user;
    struct lfs_file_config config;
    lfs_file_t file;
    char beside[PATH_LEN];
    char path[PATH_LEN];
    lfs_ssize_t written;
    int error;

    path_of(storage, 0, beside);
    memcpy(beside + strlen(beside) - 4, "next", 4);
    path_of(storage, key, path);
    error = open_file(storage, &file, &config, beside, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC);
    if (error != 0) {
        return failed(storage, error);
    }
    written = lfs_file_write(storage->lfs, &file, value, (lfs_size_t)len);
    error = lfs_file_close(storage->lfs, &file);
    if (written < 0 || (size_t)written != len) {
        return failed(storage, written < 0 ? (int)written : LFS_ERR_IO);
    }
    if (error == 0) {
        error = lfs_rename(storage->lfs, beside, path);
    }
    return error == 0 ? 0 : failed(storage, error);
}

int32_t nodelock_littlefs_remove(void *user, uint16_t key)
{
    nodelock_littlefs *storage = (nodelock_littlefs *)user;
    char path[PATH_LEN];
    int error;

    path_of(storage, key, path);
    error = lfs_remove(storage->lfs, path);
    return error == 0 || error == LFS_ERR_NOENT ? 0 : failed(storage, error);
}
