/* nodelock's storage on Zephyr's NVS: keys of both have 16 bits. The three functions are those of
 * nodelock_agent_config, with a mounted `struct nvs_fs` as user of the configuration. Give nodelock a partition of
 * its own: it uses keys up to 0xFFFE.
 *
 * One thread at a time, as with the agent itself: hold one mutex around all calls of an agent. */
#ifndef NODELOCK_ZEPHYR_H
#define NODELOCK_ZEPHYR_H

#include <nodelock.h>

#if __has_include(<zephyr/kvss/nvs.h>) /* since Zephyr 4.4 */
#include <zephyr/kvss/nvs.h>
#else
#include <zephyr/fs/nvs.h>
#endif

int32_t nodelock_zephyr_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len);
int32_t nodelock_zephyr_store(void *user, uint16_t key, const uint8_t *value, size_t len);
int32_t nodelock_zephyr_remove(void *user, uint16_t key);

/* The time for nodelock_agent_boot and nodelock_agent_tick on a board without a real-time clock. */
nodelock_now nodelock_zephyr_now(void);

#endif
