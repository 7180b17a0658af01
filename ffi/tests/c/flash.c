/* An agent on raw flash: its whole life, wrong use, flash that fails at each call, and power cuts. */
#include "agent.h"

#define PAGE 4096u
#define PAGES 3u

typedef struct nor {
    uint8_t bytes[PAGES * PAGE];
    uint32_t calls;
    uint32_t fail_at;     /* this call fails; 0 for none */
    uint32_t erases;
    long power_left;      /* bytes that are still written or erased; -1 for no end */
    nodelock_flash flash; /* the library's */
    nodelock_flash_port port;
    uint32_t calling_back;
} nor;

static board self;
static nor chip;
static nodelock_tally tally;
static nodelock_event event;

static int32_t fails(void)
{
    chip.calls += 1;
    return chip.calls == chip.fail_at || chip.power_left == 0;
}

static int32_t nor_read(void *user, uint32_t address, uint8_t *to, size_t len)
{
    CHECK(user == &chip && address + len <= sizeof chip.bytes && len > 0);
    if (chip.calling_back) {
        CHECK(nodelock_flash_store(&chip.flash, 1, to, 1) == NODELOCK_ERR_BUSY);
        CHECK(nodelock_flash_remove(&chip.flash, 1) == NODELOCK_ERR_BUSY);
        CHECK(nodelock_flash_mount(&chip.flash, sizeof chip.flash, &chip.port) ==
              NODELOCK_ERR_BUSY);
    }
    if (fails()) {
        return -5;
    }
    memcpy(to, chip.bytes + address, len);
    return 0;
}

static int32_t nor_write(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    size_t i;

    CHECK(user == &chip && address % 8 == 0 && len % 8 == 0 && address + len <= sizeof chip.bytes);
    if (fails()) {
        return -5;
    }
    for (i = 0; i < len; i++) {
        CHECK(chip.bytes[address + i] == 0xFF);
        if (chip.power_left == 0) {
            return -5;
        }
        chip.bytes[address + i] = data[i];
        chip.power_left -= chip.power_left > 0;
    }
    return 0;
}

static int32_t nor_erase(void *user, uint32_t page)
{
    size_t i;

    CHECK(user == &chip && page < PAGES);
    if (fails()) {
        return -5;
    }
    chip.erases += 1;
    for (i = 0; i < PAGE; i++) {
        if (chip.power_left == 0) {
            return -5;
        }
        chip.bytes[page * PAGE + i] = 0xFF;
        chip.power_left -= chip.power_left > 0;
    }
    return 0;
}

static void chip_make(void)
{
    memset(&chip, 0, sizeof chip);
    memset(chip.bytes, 0xFF, sizeof chip.bytes);
    chip.power_left = -1;
    chip.port.size = sizeof chip.port;
    chip.port.page_len = PAGE;
    chip.port.pages = PAGES;
    chip.port.word_len = 8;
    chip.port.user = &chip;
    chip.port.read = nor_read;
    chip.port.write = nor_write;
    chip.port.erase = nor_erase;
}

static int32_t chip_mount(void)
{
    memset(&chip.flash, 0xA5, sizeof chip.flash);
    return nodelock_flash_mount(&chip.flash, sizeof chip.flash, &chip.port);
}

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    (void)user;
    return nodelock_flash_load(&chip.flash, key, buffer, capacity, len);
}

static int32_t store(void *user, uint16_t key, const uint8_t *data, size_t len)
{
    (void)user;
    return nodelock_flash_store(&chip.flash, key, data, len);
}

static int32_t clear(void *user, uint16_t key)
{
    (void)user;
    return nodelock_flash_remove(&chip.flash, key);
}

static void device_make(void)
{
    board_make(&self);
    self.config.load = load;
    self.config.store = store;
    self.config.remove = clear;
}

static void boot(void)
{
    chip.power_left = -1;
    chip.fail_at = 0;
    CHECK(chip_mount() == NODELOCK_OK);
    board_reboot(&self);
}

static uint64_t used(uint8_t id)
{
    nodelock_agent_line line;

    return board_line(&self, id, &line) ? line.used_seconds : 0;
}

static void life(void)
{
    chip_make();
    device_make();
    boot();
    INSTALL(&self, FILE_EVALUATION, &tally);
    CHECK(tally.installed == 1);
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_OK);
    board_tick(&self, 7200);
    CHECK(used(0x21) >= 7200);
    boot();
    CHECK(used(0x21) >= 7200);
    /* Every charge of a day and a half is a record; pages are erased in turn. */
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_OK);
    while (self.now.uptime.seconds < 130000) {
        board_tick(&self, self.now.uptime.seconds + 900);
    }
    CHECK(chip.erases >= 2 && chip.erases <= 5);
    boot();
    CHECK(used(0x21) >= 7200 + 130000);
    CHECK(board_events(&self, NODELOCK_EVENT_STORAGE, &event) == 0);
}

/* The power goes after each so many bytes of an installation; afterwards it can be done again. */
static void power(void)
{
    static uint8_t before[sizeof chip.bytes];
    long cut;

    chip_make();
    device_make();
    boot();
    INSTALL(&self, FILE_PERMANENT, &tally);
    memcpy(before, chip.bytes, sizeof before);
    for (cut = 0;; cut += 7) {
        nodelock_agent_line line;

        memcpy(chip.bytes, before, sizeof before);
        boot();
        chip.power_left = cut;
        INSTALL(&self, FILE_COUNTED, &tally);
        if (chip.power_left != 0) {
            CHECK(tally.installed == 2);
            break;
        }
        boot();
        CHECK(board_line(&self, 0x01, &line));
        INSTALL(&self, FILE_COUNTED, &tally);
        CHECK(tally.installed + tally.existing == 2);
        boot();
        CHECK(board_line(&self, 0x01, &line) && board_line(&self, 0x02, &line) &&
              board_line(&self, 0x03, &line));
    }
    CHECK(cut > 500);
}

/* Each call fails once: what was installed is there, and so is what was reported as installed. */
static void failures(void)
{
    uint32_t at;

    for (at = 1;; at++) {
        nodelock_agent_line line;
        uint32_t installed;

        chip_make();
        device_make();
        boot();
        INSTALL(&self, FILE_PERMANENT, &tally);
        chip.fail_at = chip.calls + at;
        INSTALL(&self, FILE_COUNTED, &tally);
        installed = tally.installed;
        if (chip.calls < chip.fail_at) {
            break;
        }
        boot();
        CHECK(board_line(&self, 0x01, &line));
        CHECK(installed < 2 || (board_line(&self, 0x02, &line) && board_line(&self, 0x03, &line)));
    }
    CHECK(at > 50);
}

/* Boot does not go on without what is stored, and calls nothing else. */
static void unmounted(void)
{
    nodelock_agent_line line;

    chip_make();
    device_make();
    boot();
    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(tally.installed == 1);
    memset(&chip.flash, 0, sizeof chip.flash);
    chip.calls = 0;
    CHECK(board_boot(&self) == NODELOCK_ERR_FLASH_NOT_MOUNTED && chip.calls == 0);
    CHECK(strstr(nodelock_result_remedy(NODELOCK_ERR_FLASH_NOT_MOUNTED), "nodelock_flash_mount") != NULL);
    CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_ERR_NOT_INITIALIZED);
    boot();
    CHECK(board_line(&self, 0x01, &line));
}

static void wrong_use(void)
{
    nodelock_flash_port bad;
    uint8_t data[8] = {1};
    size_t len = 77;

    chip_make();
    CHECK(nodelock_flash_mount(NULL, sizeof chip.flash, &chip.port) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_flash_mount(&chip.flash, sizeof chip.flash, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_flash_mount(&chip.flash, sizeof chip.flash - 1, &chip.port) ==
          NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_flash_mount((nodelock_flash *)(void *)((uint8_t *)&chip.flash + 1),
                               sizeof chip.flash, &chip.port) == NODELOCK_ERR_ALIGNMENT);
#define REFUSED(change, result)                                                              \
    do {                                                                                     \
        bad = chip.port;                                                                     \
        bad.change;                                                                          \
        CHECK(nodelock_flash_mount(&chip.flash, sizeof chip.flash, &bad) == (result));       \
        CHECK(nodelock_flash_load(&chip.flash, 1, data, sizeof data, &len) ==              \
              NODELOCK_ERR_FLASH_NOT_MOUNTED);                                                 \
    } while (0)
    REFUSED(size = 0, NODELOCK_ERR_CONFIG_SIZE);
    REFUSED(read = NULL, NODELOCK_ERR_NO_STORAGE);
    REFUSED(write = NULL, NODELOCK_ERR_NO_STORAGE);
    REFUSED(erase = NULL, NODELOCK_ERR_NO_STORAGE);
    REFUSED(pages = 1, NODELOCK_ERR_FLASH_GEOMETRY);
    REFUSED(pages = 33, NODELOCK_ERR_FLASH_GEOMETRY);
    REFUSED(pages = 256 + 2, NODELOCK_ERR_FLASH_GEOMETRY);
    REFUSED(word_len = 0, NODELOCK_ERR_FLASH_GEOMETRY);
    REFUSED(word_len = 256 + 8, NODELOCK_ERR_FLASH_GEOMETRY);
    REFUSED(page_len = 255, NODELOCK_ERR_FLASH_GEOMETRY);
    REFUSED(page_len = UINT32_MAX - 7, NODELOCK_ERR_FLASH_GEOMETRY);

    CHECK(chip_mount() == NODELOCK_OK);
    CHECK(nodelock_flash_load(&chip.flash, 1, data, sizeof data, &len) == NODELOCK_NO_VALUE);
    CHECK(nodelock_flash_store(&chip.flash, 1, NULL, 1) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_flash_store(&chip.flash, 1, data, SIZE_MAX) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_flash_store(&chip.flash, 1, chip.bytes, 4090) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(nodelock_flash_store(&chip.flash, 1, chip.bytes, 70000) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(nodelock_flash_store(&chip.flash, 1, data, 8) == NODELOCK_OK);
    CHECK(nodelock_flash_load(&chip.flash, 1, NULL, 8, &len) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_flash_load(&chip.flash, 1, data, 8, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_flash_load(&chip.flash, 1, data, SIZE_MAX, &len) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_flash_load(&chip.flash, 1, data, 7, &len) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(len == 77);
    chip.calling_back = 1;
    CHECK(nodelock_flash_load(&chip.flash, 1, data, 8, &len) == NODELOCK_OK && len == 8);
    CHECK(nodelock_flash_remove(&chip.flash, 1) == NODELOCK_OK);
    chip.calling_back = 0;
    CHECK(nodelock_flash_load(&chip.flash, 1, data, 8, &len) == NODELOCK_NO_VALUE);
    CHECK(nodelock_flash_remove(NULL, 1) == NODELOCK_ERR_NULL_ARGUMENT);
}

int main(void)
{
    life();
    power();
    failures();
    unmounted();
    wrong_use();
    return 0;
}
