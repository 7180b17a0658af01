/* nodelock's storage on ESP-IDF's NVS: a blob for each value, in a namespace of its own. The three functions are
 * those of nodelock_agent_config, with an `nvs_handle_t` (opened with NVS_READWRITE) as user of the configuration:
 *
 *     static nvs_handle_t handle;
 *
 *     nvs_open("nodelock", NVS_READWRITE, &handle);
 *     config.user = &handle;
 *
 * For the RISC-V chips (C2, C3: riscv32imc). The Xtensa chips need a Rust toolchain of their own. */
#ifndef NODELOCK_ESP_H
#define NODELOCK_ESP_H

#include "nodelock.h"

int32_t nodelock_esp_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len);
int32_t nodelock_esp_store(void *user, uint16_t key, const uint8_t *value, size_t len);
int32_t nodelock_esp_remove(void *user, uint16_t key);

/* The time for nodelock_agent_boot and nodelock_agent_tick, without a wall clock. */
nodelock_now nodelock_esp_now(void);

#endif
