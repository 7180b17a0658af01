/* The test kit on the library's own flash, and on ports that are not as they should be. */
#include "common.h"
#include "nodelock_testing.h"

#define PAGE 2048u
#define PAGES 3u

enum fault { NONE, NO_ERRORS, FORGETS, HALF, LAST_FAULT };

static struct {
    uint8_t bytes[PAGES * PAGE];
    uint64_t left; /* bytes until the power goes; UINT64_MAX for never */
    int32_t dark;
    enum fault fault;
    nodelock_flash flash;
} chip;

static uint8_t buffer[1201];

static int32_t nor_read(void *user, uint32_t address, uint8_t *to, size_t len)
{
    (void)user;
    memcpy(to, chip.bytes + address, len);
    return chip.dark ? -1 : 0;
}

static int powered(void)
{
    if (chip.left == 0) {
        chip.dark = 1;
    } else if (chip.left != UINT64_MAX) {
        chip.left -= 1;
    }
    return !chip.dark;
}

static int32_t nor_write(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    size_t i;

    (void)user;
    for (i = 0; i < len; i++) {
        if (!powered()) {
            return -1;
        }
        chip.bytes[address + i] &= data[i];
    }
    return 0;
}

static int32_t nor_erase(void *user, uint32_t page)
{
    (void)user;
    /* One point for a whole page, to save time: flash.c cuts at every byte. */
    if (!powered()) {
        return -1;
    }
    memset(chip.bytes + page * PAGE, 0xFF, PAGE);
    return 0;
}

static int32_t power_on(void *user, uint64_t cut_at)
{
    nodelock_flash_port port;

    CHECK(user == &chip);
    memset(&port, 0, sizeof port);
    port.size = sizeof port;
    port.page_len = PAGE;
    port.pages = PAGES;
    port.word_len = 4;
    port.read = nor_read;
    port.write = nor_write;
    port.erase = nor_erase;
    chip.dark = 0;
    chip.left = cut_at;
    return nodelock_flash_mount(&chip.flash, sizeof chip.flash, &port);
}

static int32_t power_was_cut(void *user)
{
    (void)user;
    return chip.dark;
}

static int32_t load(void *user, uint16_t key, uint8_t *to, size_t capacity, size_t *len)
{
    int32_t result = nodelock_flash_load(&chip.flash, key, to, capacity, len);

    (void)user;
    if (chip.fault == HALF && result == NODELOCK_OK && *len > 300) {
        *len -= 1;
    }
    return result;
}

static int32_t store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    int32_t result = NODELOCK_OK;

    (void)user;
    if (chip.fault != FORGETS || key != 0x0200) {
        result = nodelock_flash_store(&chip.flash, key, value, len);
    }
    return chip.fault == NO_ERRORS && result != NODELOCK_ERR_STORAGE_FULL ? 0 : result;
}

static int32_t clear(void *user, uint16_t key)
{
    (void)user;
    return nodelock_flash_remove(&chip.flash, key);
}

int main(void)
{
    static const uint32_t broken[LAST_FAULT] = {NODELOCK_PROMISE_NONE, NODELOCK_PROMISE_HONEST,
                                                NODELOCK_PROMISE_DURABLE, NODELOCK_PROMISE_WHOLE};
    nodelock_testing_report report;
    nodelock_testing_port port;
    int fault;

    memset(&port, 0, sizeof port);
    port.size = sizeof port;
    port.user = &chip;
    port.power_on = power_on;
    port.power_was_cut = power_was_cut;
    port.load = load;
    port.store = store;
    port.remove = clear;
    port.steps = 30;
    for (fault = NONE; fault < LAST_FAULT; fault++) {
        memset(chip.bytes, 0xFF, sizeof chip.bytes);
        chip.fault = (enum fault)fault;
        memset(&report, 0xEE, sizeof report);
        CHECK(nodelock_testing_prove(&port, buffer, sizeof buffer, &report) == NODELOCK_OK);
        if (report.broken != broken[fault]) {
            fprintf(stderr, "fault %d: promise %u, key %u, result %d\n", fault,
                    (unsigned)report.broken, (unsigned)report.key, (int)report.reason);
            return 1;
        }
        CHECK(fault != NONE || (report.was_full == 1 && report.cuts > 500 && report.reason == 0));
    }

    CHECK(nodelock_testing_prove(NULL, buffer, sizeof buffer, &report) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_prove(&port, NULL, sizeof buffer, &report) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_prove(&port, buffer, sizeof buffer, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_prove(&port, buffer, 64, &report) == NODELOCK_ERR_MEMORY_TOO_SMALL);
    port.remove = NULL;
    CHECK(nodelock_testing_prove(&port, buffer, sizeof buffer, &report) == NODELOCK_ERR_NO_STORAGE);
    port.remove = clear;
    port.reserved = 1;
    CHECK(nodelock_testing_prove(&port, buffer, sizeof buffer, &report) ==
          NODELOCK_ERR_RESERVED);
    port.size = 8;
    CHECK(nodelock_testing_prove(&port, buffer, sizeof buffer, &report) ==
          NODELOCK_ERR_CONFIG_SIZE);
    return 0;
}
