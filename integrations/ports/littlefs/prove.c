/* The test kit on littlefs over flash in RAM, with power cuts at every block that is written or erased. */
#include "nodelock_littlefs.h"
#include "nodelock_testing.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512u
#define BLOCKS 48u
#define PIECE 16u

static uint8_t medium[BLOCKS][BLOCK];
static uint64_t left = UINT64_MAX; /* until the power goes */
static int dark;
static lfs_t lfs;
static nodelock_littlefs storage = {.lfs = &lfs, .directory = "nodelock"};

static int powered(void)
{
    if (left == 0) {
        dark = 1;
    } else if (left != UINT64_MAX) {
        left -= 1;
    }
    return !dark;
}

static int medium_read(const struct lfs_config *c, lfs_block_t block, lfs_off_t off, void *to, lfs_size_t size)
{
    (void)c;
    memcpy(to, &medium[block][off], size);
    return dark ? LFS_ERR_IO : 0;
}

static int medium_prog(const struct lfs_config *c, lfs_block_t block, lfs_off_t off, const void *from,
                       lfs_size_t size)
{
    (void)c;
    for (lfs_size_t at = 0; at < size; at += PIECE) {
        if (!powered()) {
            return LFS_ERR_IO;
        }
        for (lfs_size_t i = 0; i < PIECE; i++) {
            medium[block][off + at + i] &= ((const uint8_t *)from)[at + i];
        }
    }
    return 0;
}

static int medium_erase(const struct lfs_config *c, lfs_block_t block)
{
    (void)c;
    if (!powered()) {
        return LFS_ERR_IO;
    }
    memset(medium[block], 0xFF, BLOCK);
    return 0;
}

static int medium_sync(const struct lfs_config *c)
{
    (void)c;
    return dark ? LFS_ERR_IO : 0;
}

static const struct lfs_config config = {.read = medium_read,
                                         .prog = medium_prog,
                                         .erase = medium_erase,
                                         .sync = medium_sync,
                                         .read_size = PIECE,
                                         .prog_size = PIECE,
                                         .block_size = BLOCK,
                                         .block_count = BLOCKS,
                                         .block_cycles = 500,
                                         .cache_size = 64,
                                         .lookahead_size = 16};

static int32_t power_on(void *user, uint64_t cut_at)
{
    (void)user;
    dark = 0;
    left = UINT64_MAX;
    if (lfs_mount(&lfs, &config) != 0 &&
        (lfs_format(&lfs, &config) != 0 || lfs_mount(&lfs, &config) != 0)) {
        return -1;
    }
    left = cut_at;
    return nodelock_littlefs_open(&storage);
}

static int32_t power_was_cut(void *user)
{
    (void)user;
    return dark;
}

int main(void)
{
    static uint8_t buffer[1201];
    nodelock_testing_report report;
    nodelock_testing_port port;

    memset(medium, 0xFF, sizeof medium);
    memset(&port, 0, sizeof port);
    port.size = sizeof port;
    port.user = &storage;
    port.power_on = power_on;
    port.power_was_cut = power_was_cut;
    port.load = nodelock_littlefs_load;
    port.store = nodelock_littlefs_store;
    port.remove = nodelock_littlefs_remove;
    port.steps = 30;
    port.points = UINT64_MAX; /* littlefs has few enough to try them all */
    if (nodelock_testing_prove(&port, buffer, sizeof buffer, &report) != NODELOCK_OK || report.broken != 0) {
        printf("broken: promise %u, key %u, cut at %llu, reason %d, littlefs %d\n", (unsigned)report.broken,
               (unsigned)report.key, (unsigned long long)report.cut_at, (int)report.reason, storage.error);
        return 1;
    }
    printf("littlefs %u.%u: %llu values compared, %llu power cuts, no promise broken\n",
           (unsigned)LFS_VERSION_MAJOR, (unsigned)LFS_VERSION_MINOR, (unsigned long long)report.compared,
           (unsigned long long)report.cuts);
    return 0;
}
