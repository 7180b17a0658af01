/* A product's own tests with the kit: power cuts at every byte, flipped bits, a full store, a restored
   snapshot, a cloned device, another UDI, and a clock that is moved by hand. */
#include "nodelock_testing.h"

#include "agent.h"

static board self;
static nodelock_testing_flash chip;
static nodelock_flash mounted;
static nodelock_tally tally;
static uint64_t started_count;
static uint64_t committed_count;
static const uint8_t secret[32] = {7, 7, 7};

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    (void)user;
    return nodelock_flash_load(&mounted, key, buffer, capacity, len);
}

static int32_t store(void *user, uint16_t key, const uint8_t *data, size_t len)
{
    (void)user;
    return nodelock_flash_store(&mounted, key, data, len);
}

static int32_t clear(void *user, uint16_t key)
{
    (void)user;
    return nodelock_flash_remove(&mounted, key);
}

static int32_t counters(void *user, uint64_t *started, uint64_t *committed)
{
    (void)user;
    *started = started_count;
    *committed = committed_count;
    return 0;
}

static int32_t start(void *user)
{
    (void)user;
    started_count += 1;
    return 0;
}

static int32_t commit(void *user, uint64_t to)
{
    (void)user;
    committed_count = to;
    return 0;
}

static nodelock_flash_port port(uint32_t page_len)
{
    nodelock_flash_port port = {0};

    port.size = sizeof port;
    port.page_len = page_len;
    port.pages = NODELOCK_TESTING_FLASH_LEN / page_len;
    port.word_len = 8;
    port.user = &chip;
    port.read = nodelock_testing_flash_read;
    port.write = nodelock_testing_flash_write;
    port.erase = nodelock_testing_flash_erase;
    return port;
}

static void boot(void)
{
    nodelock_flash_port chip_port = port(4096);

    CHECK(nodelock_testing_flash_power_on(&chip) == NODELOCK_OK);
    CHECK(nodelock_flash_mount(&mounted, sizeof mounted, &chip_port) == NODELOCK_OK);
    board_reboot(&self);
}

static void make(void)
{
    CHECK(nodelock_testing_flash_init(&chip, sizeof chip, 4096, 8) == NODELOCK_OK);
    board_make(&self);
    self.config.load = load;
    self.config.store = store;
    self.config.remove = clear;
    boot();
}

static int has(uint8_t id)
{
    nodelock_agent_line line;

    return board_line(&self, id, &line);
}

static void power(void)
{
    static nodelock_testing_flash before;
    uint64_t from;
    uint64_t to;
    uint64_t cut;

    make();
    INSTALL(&self, FILE_PERMANENT, &tally);
    before = chip;
    CHECK(nodelock_testing_flash_work(&chip, &from) == NODELOCK_OK);
    INSTALL(&self, FILE_COUNTED, &tally);
    CHECK(nodelock_testing_flash_work(&chip, &to) == NODELOCK_OK);
    CHECK(to > from + 500);
    for (cut = 0; cut < to - from; cut += 3) {
        chip = before;
        boot();
        CHECK(nodelock_testing_flash_cut_power(&chip, cut, (uint32_t)(cut % 5), cut) == NODELOCK_OK);
        INSTALL(&self, FILE_COUNTED, &tally);
        CHECK(tally.installed < 2 || cut > (to - from) / 2);
        boot();
        CHECK(has(0x01));
    }
}

static void flips(void)
{
    static nodelock_testing_flash before;
    uint32_t bit;

    make();
    INSTALL(&self, FILE_PERMANENT, &tally);
    INSTALL(&self, FILE_COUNTED, &tally);
    before = chip;
    for (bit = 0; bit < 4096 * 8; bit += 29) {
        chip = before;
        CHECK(nodelock_testing_flash_flip(&chip, bit) == NODELOCK_OK);
        boot();
        CHECK(has(0x01) && has(0x02) && has(0x03));
    }
}

static void failures(void)
{
    uint64_t at;

    for (at = 1; at < 200; at += 7) {
        make();
        INSTALL(&self, FILE_PERMANENT, &tally);
        CHECK(nodelock_testing_flash_fail_at(&chip, at, at % 2 == 0) == NODELOCK_OK);
        INSTALL(&self, FILE_COUNTED, &tally);
        boot();
        CHECK(has(0x01));
    }
}

/* Small pages are soon full, which is an error and nothing else. */
static void full(void)
{
    nodelock_flash_port small = port(512);
    uint8_t bytes[400];
    uint16_t key;
    size_t len;

    memset(bytes, 0x5A, sizeof bytes);
    CHECK(nodelock_testing_flash_init(&chip, sizeof chip, 512, 8) == NODELOCK_OK);
    CHECK(nodelock_flash_mount(&mounted, sizeof mounted, &small) == NODELOCK_OK);
    for (key = 0; store(NULL, key, bytes, sizeof bytes) == NODELOCK_OK; key++) {
        CHECK(key < 64);
    }
    CHECK(store(NULL, key, bytes, sizeof bytes) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(load(NULL, 0, bytes, sizeof bytes, &len) == NODELOCK_OK && len == sizeof bytes);
}

static void snapshots(void)
{
    static nodelock_testing_flash snapshot;
    static nodelock_testing_flash latest;
    uint32_t standing = 0;

    make();
    self.config.device_secret = secret;
    self.config.counters_read = counters;
    self.config.counters_start = start;
    self.config.counters_commit = commit;
    self.config.rollback_protection = NODELOCK_ROLLBACK_TWO_COUNTERS;
    boot();
    INSTALL(&self, FILE_EVALUATION, &tally);
    CHECK(tally.installed == 1);
    snapshot = chip;
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_OK);
    latest = chip;

    chip = snapshot;
    boot();
    CHECK(nodelock_agent_rollback_state(&self.agent, &standing) == NODELOCK_OK);
    CHECK(standing == NODELOCK_ROLLBACK_STATE_ROLLED_BACK);
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) ==
          NODELOCK_ERR_STORAGE_ROLLED_BACK);
    chip = latest;
    boot();
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_OK);
}

static int32_t other_udi(void *user, uint32_t member, nodelock_udi *out)
{
    int32_t found = device_udi(user, member, out);

    out->sn = "SN7777777777";
    return found;
}

static void clone(void)
{
    make();
    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(has(0x01));
    /* The same flash in another device: nothing of it holds there. */
    self.base_config.read_udi = other_udi;
    boot();
    CHECK(!has(0x01));
    CHECK(!has(0x01));
    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(tally.for_others == 1);
    self.base_config.read_udi = device_udi;
    boot();
    CHECK(has(0x01));
}

static void time_passes(void)
{
    nodelock_testing_clock clock;
    uint32_t answer = 0;

    make();
    INSTALL(&self, FILE_EVALUATION, &tally);
    clock.now = self.now;
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &clock.now) == NODELOCK_OK);
    nodelock_testing_clock_advance(&clock, DAY);
    CHECK(nodelock_agent_tick(&self.agent, &clock.now) == NODELOCK_OK);
    CHECK(nodelock_agent_check(&self.agent, TUNNEL, clock.now.uptime, &answer) == NODELOCK_OK);
    CHECK(answer == NODELOCK_GRANTED);
    nodelock_testing_clock_reboot(&clock, 3600);
    CHECK(clock.now.uptime.seconds == 0 && clock.now.wall == NOON + DAY + 3600);
    self.now = clock.now;
    boot();
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &clock.now) == NODELOCK_OK);
    nodelock_testing_clock_advance(&clock, DAY);
    CHECK(nodelock_agent_tick(&self.agent, &clock.now) == NODELOCK_OK);
    nodelock_testing_clock_reboot(&clock, 0);
    self.now = clock.now;
    boot();
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &clock.now) != NODELOCK_OK);
}

static void wrong_use(void)
{
    static nodelock_testing_flash raw;
    uint64_t work;
    uint8_t byte = 0;

    memset(&raw, 0xA5, sizeof raw);
    CHECK(nodelock_testing_flash_power_on(&raw) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_testing_flash_power_on(NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_flash_read(&raw, 0, &byte, 1) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_testing_flash_init(NULL, sizeof raw, 4096, 8) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_flash_init(&raw, sizeof raw - 1, 4096, 8) == NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_testing_flash_init(&raw, sizeof raw, 0, 8) == NODELOCK_ERR_FLASH_GEOMETRY);
    CHECK(nodelock_testing_flash_init(&raw, sizeof raw, 16384, 8) == NODELOCK_ERR_FLASH_GEOMETRY);
    CHECK(nodelock_testing_flash_init(&raw, sizeof raw, 4096, 264) == NODELOCK_ERR_FLASH_GEOMETRY);
    CHECK(nodelock_testing_flash_init(&raw, sizeof raw, 4096, 8) == NODELOCK_OK);
    CHECK(nodelock_testing_flash_read(&raw, 0, NULL, 1) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_flash_read(&raw, 0, &byte, SIZE_MAX) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_testing_flash_read(&raw, 16384, &byte, 1) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_testing_flash_write(&raw, 0, NULL, 8) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_flash_write(&raw, 0, &byte, 1) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_testing_flash_write(&raw, 0, &byte, SIZE_MAX) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_testing_flash_erase(&raw, 4) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_testing_flash_erase(&raw, 256) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_testing_flash_cut_power(&raw, 0, 5, 0) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_testing_flash_fail_at(&raw, 0, 2) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_testing_flash_flip(&raw, NODELOCK_TESTING_FLASH_LEN * 8) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_testing_flash_work(&raw, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_testing_flash_work(&raw, &work) == NODELOCK_OK && work == 0);
}

int main(void)
{
    power();
    flips();
    failures();
    full();
    snapshots();
    clone();
    time_passes();
    wrong_use();
    return 0;
}
