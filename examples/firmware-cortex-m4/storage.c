/* A device with 32 licenses in raw flash: what a boot costs when lines are sealed, and power cuts at many
 * bytes of what the flash is asked to do. Ends with status 0 only if nothing was lost. */
#include "board.h"
#include "licenses.h"
#include "nodelock.h"
#ifdef PINNED
#include "../firmware-console/tables.h" /* of the same key */
#define SIGNATURES 4u
#else
#define SIGNATURES 1u
#endif

#include <stdio.h>
#include <string.h>

#define PAGE 4096u
#define PAGES 6u
#define WORD 4u
#define LINES 33u

/* This board has no flash that a program may write, so some RAM beside its own does as if: a word is written
 * once, pages are erased as a whole, and the power can go at any byte. A real port calls its driver. */
static struct {
    uint8_t bytes[PAGES * PAGE];
    uint8_t copy[PAGES * PAGE];
    long power_left; /* bytes; -1 for no end */
} chip __attribute__((section(".chip")));

static int failures;

static void expect(int as_expected)
{
    if (!as_expected) {
        printf("  NOT AS EXPECTED\n");
        failures += 1;
    }
}

static int32_t flash_read(void *user, uint32_t address, uint8_t *to, size_t len)
{
    (void)user;
    if (chip.power_left == 0) {
        return -1;
    }
    memcpy(to, chip.bytes + address, len);
    return 0;
}

/* Tells whether the power lasts for one more byte. */
static int powered(void)
{
    if (chip.power_left > 0) {
        chip.power_left -= 1;
        return chip.power_left > 0;
    }
    return chip.power_left < 0;
}

static int32_t flash_write(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    (void)user;
    expect(address % WORD == 0 && len % WORD == 0);
    for (size_t at = 0; at < len; at++) {
        expect(chip.power_left >= 0 || chip.bytes[address + at] == 0xFF);
        if (!powered()) {
            return -1;
        }
        chip.bytes[address + at] &= data[at];
    }
    return 0;
}

static int32_t flash_erase(void *user, uint32_t page)
{
    (void)user;
    for (size_t at = 0; at < PAGE; at++) {
        if (!powered()) {
            return -1;
        }
        chip.bytes[page * PAGE + at] = 0xFF;
    }
    return 0;
}

static const nodelock_flash_port port = {.size = sizeof port,
                                         .page_len = PAGE,
                                         .pages = PAGES,
                                         .word_len = WORD,
                                         .read = flash_read,
                                         .write = flash_write,
                                         .erase = flash_erase};
static nodelock_flash flash;

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    (void)user;
    return nodelock_flash_load(&flash, key, buffer, capacity, len);
}

static int32_t store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    (void)user;
    return nodelock_flash_store(&flash, key, value, len);
}

static int32_t clear(void *user, uint16_t key)
{
    (void)user;
    return nodelock_flash_remove(&flash, key);
}

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    static const char pid[] = "ISR4331/K9";
    static const char sn[] = "FDO1234ABCD";

    (void)user;
    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    *out = (nodelock_udi){pid, sizeof pid - 1, sn, sizeof sn - 1};
    return 0;
}

enum { TUNNEL, VOICE, FEATURES };
static const nodelock_feature catalog[FEATURES] = {{.name = "tunnel"},
                                                   {.name = "voice", .maximum = 100}};
static const nodelock_trust_anchor keys[] = {VENDOR_KEY};
static const nodelock_config device = {
    NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi,
#ifdef PINNED
    .pinned = &nodelock_pinned,
#endif
};

/* From fuses or a secure element, random for each device. */
static const uint8_t secret[32] = {0x5E, 0xC2, 0xE7, 1, 2, 3, 4, 5, 6, 7, 8, 9};

#define COMMON                                                                              \
    NODELOCK_AGENT_CONFIG_INIT, .base = &device, .features = catalog,                       \
        .feature_count = FEATURES, .load = load, .store = store, .remove = clear
static const nodelock_agent_config sealed = {COMMON, .device_secret = secret};
static const nodelock_agent_config unsealed = {COMMON};

static struct {
    nodelock_agent agent;
    nodelock_line_slot lines[LINES];
    nodelock_feature_slot features[FEATURES];
    nodelock_event_slot events[8];
    nodelock_catalog_entry catalog[FEATURES];
    uint8_t scratch[NODELOCK_SCRATCH_LEN];
} ram;
static nodelock_now now;

/* Power-on. Returns the instructions that it took, mounting the flash included. */
static uint32_t boot(const nodelock_agent_config *config)
{
    const nodelock_agent_memory memory = {NODELOCK_AGENT_MEMORY_INIT,
                                          .lines = ram.lines,
                                          .line_count = LINES,
                                          .features = ram.features,
                                          .feature_count = FEATURES,
                                          .events = ram.events,
                                          .event_count = 8,
                                          .catalog = ram.catalog,
                                          .catalog_count = FEATURES,
                                          .scratch = ram.scratch,
                                          .scratch_len = sizeof ram.scratch};
    uint32_t begin;

    memset(&ram, 0xA5, sizeof ram);
    now.uptime.seconds = 0;
    begin = instructions_now();
    expect(nodelock_flash_mount(&flash, sizeof flash, &port) == NODELOCK_OK);
    expect(nodelock_agent_boot(&ram.agent, sizeof ram.agent, config, &memory, &now) ==
           NODELOCK_OK);
    return instructions_since(begin);
}

static size_t lines(void)
{
    size_t count = 0;

    expect(nodelock_agent_line_count(&ram.agent, &count) == NODELOCK_OK);
    return count;
}

static uint32_t install(const char *file)
{
    nodelock_tally tally;

    memset(&tally, 0, sizeof tally);
    expect(nodelock_agent_install(&ram.agent, (const uint8_t *)file, strlen(file),
                                  NODELOCK_INTENT_INSTALL, &now, &tally) == NODELOCK_OK);
    return tally.installed;
}

/* Checking a signature, without an agent and without storage. */
static uint32_t verify(void)
{
    static nodelock_ctx context;
    static nodelock_slot slots[1];
    uint32_t begin;

    expect(nodelock_init(&context, sizeof context, &device, slots, 1) == NODELOCK_OK);
    begin = instructions_now();
    expect(nodelock_install(&context, (const uint8_t *)ONE_LICENSE, strlen(ONE_LICENSE), NULL) ==
           NODELOCK_OK);
    return instructions_since(begin);
}

/* A function that returns at once, in one instruction. */
__attribute__((naked)) static uint32_t nothing(const nodelock_agent *agent, nodelock_handle handle,
                                               nodelock_uptime uptime)
{
    (void)agent;
    (void)handle;
    (void)uptime;
    __asm__("bx lr");
}

#define TIMES 4000u

/* So many checks by handle, or calls of the same form. */
static uint32_t by_handle(uint32_t (*ask)(const nodelock_agent *, nodelock_handle, nodelock_uptime))
{
    uint32_t (*volatile function)(const nodelock_agent *, nodelock_handle, nodelock_uptime) = ask;
    uint32_t begin = instructions_now();

    for (uint32_t i = 0; i < TIMES; i++) {
        (void)function(&ram.agent, VOICE, now.uptime);
    }
    return instructions_since(begin);
}

static uint32_t by_name(void)
{
    uint32_t begin = instructions_now();
    nodelock_verdict verdict = NODELOCK_UNDECIDED;
    nodelock_result result = NODELOCK_OK;

    for (uint32_t i = 0; i < TIMES; i++) {
        result |= nodelock_agent_check_name(&ram.agent, "voice", 5, now.uptime, &verdict);
    }
    expect(result == NODELOCK_OK && verdict == NODELOCK_GRANTED);
    return instructions_since(begin);
}

static void measure_checks(void)
{
    /* The timer may be a tick off at both ends. */
    uint32_t more = by_handle(nodelock_agent_granted) - by_handle(nothing);
    uint32_t each = 1 + (more + TIMES / 2) / TIMES;

    expect(nodelock_agent_granted(&ram.agent, VOICE, now.uptime) == NODELOCK_GRANTED);
    printf("check by handle: %lu instructions\n", (unsigned long)each);
    expect(each <= 21);
    printf("check by name, with its call: %lu instructions\n", (unsigned long)(by_name() / TIMES));
}

/* The power goes at a byte of what a comment, an installation and clearing ask of the flash; then the
 * device boots again. Returns whether the power lasted to the end. */
static int cut(long bytes)
{
    static const uint8_t first[10] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
    static const uint8_t trial[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 3};
    nodelock_result commented, cleared;
    int lasted;

    memcpy(chip.bytes, chip.copy, sizeof chip.bytes);
    chip.power_left = -1;
    (void)boot(&sealed);
    chip.power_left = bytes;
    commented = nodelock_agent_comment(&ram.agent, first, "in the yard", 11);
    (void)install(TRIAL_LICENSE);
    cleared = nodelock_agent_clear(&ram.agent, trial, &now);
    lasted = chip.power_left != 0;
    expect(!lasted || (commented == NODELOCK_OK && cleared == NODELOCK_OK));
    chip.power_left = -1;
    (void)boot(&sealed);
    expect(lines() == 32 || (!lasted && lines() == 33));
    expect(nodelock_agent_granted(&ram.agent, VOICE, NODELOCK_UPTIME(0)) == NODELOCK_GRANTED);
    return lasted;
}

int main(void)
{
    uint32_t one, first, second;
    unsigned long cuts = 0;
    long bytes;

    instructions_start();
    memset(chip.bytes, 0xFF, sizeof chip.bytes);
    chip.power_left = -1;
    printf("nodelock %s with 32 licenses in raw flash\n", nodelock_version_text());
    one = verify();
    printf("one line installed in RAM, with its signature: %lu instructions\n",
           (unsigned long)one);

    (void)boot(&unsealed);
    for (size_t at = 0; at < 32; at++) {
        expect(install(THIRTY_TWO_LICENSES[at]) == 1);
    }
    first = boot(&unsealed);
    printf("boot with 32 lines: %lu instructions\n", (unsigned long)first);
    expect(lines() == 32);

    (void)boot(&sealed); /* seals what it finds */
    second = boot(&sealed);
    printf("boot with 32 sealed lines: %lu instructions\n", (unsigned long)second);
    expect(lines() == 32 && second < SIGNATURES * one);
    measure_checks();
    printf("that is less than with signatures of %u lines: %s\n", SIGNATURES,
           second < SIGNATURES * one ? "yes" : "NO");

    memcpy(chip.copy, chip.bytes, sizeof chip.copy);
    for (bytes = 1; !cut(bytes); bytes += 5) {
        cuts++;
    }
    printf("%lu power cuts, nothing lost\n", cuts);
    expect(cuts > 100);

    printf(failures == 0 ? "all as expected\n" : "SOMETHING WAS NOT AS EXPECTED\n");
    return failures == 0 ? 0 : 1;
}
