#include "nodelock_esp.h"

#include <string.h>

#include "esp_timer.h"
#include "nvs.h"

/* "n" and four hexadecimal digits. */
#define NAME_LEN 6u

static void name_of(uint16_t key, char name[NAME_LEN])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;

    name[at++] = 'n';
    for (int shift = 12; shift >= 0; shift -= 4) {
        name[at++] = digits[(key >> shift) & 15];
    }
    name[at] = '\0';
}

static int32_t result_of(esp_err_t error)
{
    switch (error) {
    case ESP_OK:
        return 0;
    case ESP_ERR_NVS_NOT_FOUND:
        return NODELOCK_NO_VALUE;
    case ESP_ERR_NVS_NOT_ENOUGH_SPACE:
    case ESP_ERR_NVS_INVALID_LENGTH:
        return NODELOCK_ERR_STORAGE_FULL;
    default:
        return NODELOCK_ERR_STORAGE_FAILED;
    }
}

int32_t nodelock_esp_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    char name[NAME_LEN];
    size_t length = capacity;
    int32_t result;

    name_of(key, name);
    result = result_of(nvs_get_blob(*(const nvs_handle_t *)user, name, buffer, &length));
    if (result == 0) {
        *len = length;
    }
    return result;
}

int32_t nodelock_esp_store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    nvs_handle_t handle = *(const nvs_handle_t *)user;
    char name[NAME_LEN];
    esp_err_t error;

    name_of(key, name);
    error = nvs_set_blob(handle, name, value, len);
    return result_of(error == ESP_OK ? nvs_commit(handle) : error);
}

int32_t nodelock_esp_remove(void *user, uint16_t key)
{
    nvs_handle_t handle = *(const nvs_handle_t *)user;
    char name[NAME_LEN];
    esp_err_t error;

    name_of(key, name);
    error = nvs_erase_key(handle, name);
    if (error == ESP_ERR_NVS_NOT_FOUND) {
        return 0;
    }
    return result_of(error == ESP_OK ? nvs_commit(handle) : error);
}

nodelock_now nodelock_esp_now(void)
{
    nodelock_now now;

    memset(&now, 0, sizeof now);
    now.uptime.seconds = (uint64_t)(esp_timer_get_time() / 1000000);
    return now;
}
