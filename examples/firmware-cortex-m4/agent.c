/* A product with the license agent: a trial that is metered and runs out, units that are counted, and
 * reboots in between. Ends with status 0 only if everything came out as it should. */
#include "board.h"
#include "licenses.h"
#include "nodelock.h"

#include <stdio.h>
#include <string.h>

/* The features of this firmware. A handle is the index of a feature in the table. */
enum { TUNNEL, VOICE, FEATURES };
static const nodelock_feature catalog[FEATURES] = {{.name = "tunnel"},
                                                   {.name = "voice", .maximum = 100}};

/* Where a real product has NVS, a file system or raw flash: it keeps what it holds over a reboot. What
 * must hold after a power cut stands in nodelock.h at the three functions. */
static struct {
    uint16_t key;
    uint16_t len; /* 0 while it is free */
    uint8_t data[256];
} flash[32];
static unsigned long writes;

static size_t find(uint16_t key)
{
    size_t at = 0;

    while (at < sizeof flash / sizeof flash[0] && (flash[at].len == 0 || flash[at].key != key)) {
        at++;
    }
    return at;
}

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    size_t at = find(key);

    (void)user;
    if (at == sizeof flash / sizeof flash[0]) {
        return NODELOCK_NO_VALUE;
    }
    if (flash[at].len > capacity) {
        return NODELOCK_ERR_STORAGE_FULL;
    }
    memcpy(buffer, flash[at].data, flash[at].len);
    *len = flash[at].len;
    return 0;
}

static int32_t store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    size_t at = find(key);

    (void)user;
    for (size_t free = 0; at == sizeof flash / sizeof flash[0] && free < at; free++) {
        if (flash[free].len == 0) {
            at = free;
        }
    }
    if (at == sizeof flash / sizeof flash[0] || len > sizeof flash[0].data) {
        return NODELOCK_ERR_STORAGE_FULL;
    }
    memcpy(flash[at].data, value, len);
    flash[at].key = key;
    flash[at].len = (uint16_t)len;
    writes++;
    return 0;
}

static int32_t clear(void *user, uint16_t key)
{
    size_t at = find(key);

    (void)user;
    if (at < sizeof flash / sizeof flash[0]) {
        flash[at].len = 0;
        writes++;
    }
    return 0;
}

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    static const char pid[] = "ISR4331/K9";
    static const char sn[] = "FDO1234ABCD";

    (void)user;
    if (member > 0) {
        return NODELOCK_NO_MORE; /* not a stack of devices */
    }
    *out = (nodelock_udi){pid, sizeof pid - 1, sn, sizeof sn - 1};
    return 0;
}

/* All of the configuration. It lives in flash, like the keys and the catalog. */
static const nodelock_trust_anchor keys[] = {VENDOR_KEY};
static const nodelock_config device = {
    NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi};
static const nodelock_agent_config config = {NODELOCK_AGENT_CONFIG_INIT,
                                             .base = &device,
                                             .features = catalog,
                                             .feature_count = FEATURES,
                                             .load = load,
                                             .store = store,
                                             .remove = clear};

/* All of the memory. */
static struct {
    nodelock_agent agent;
    nodelock_line_slot lines[4];
    nodelock_feature_slot features[FEATURES];
    nodelock_lease_slot leases[4];
    nodelock_event_slot events[8];
    nodelock_catalog_entry catalog[FEATURES];
    uint8_t scratch[NODELOCK_SCRATCH_LEN];
} ram;
static nodelock_agent *const agent = &ram.agent;

/* This board has no wall clock, and the time goes as the program wants. */
static nodelock_now now;
static int failures;

static void expect(int as_expected)
{
    if (!as_expected) {
        printf("  NOT AS EXPECTED\n");
        failures += 1;
    }
}

/* After each call that may have something to tell. Tells whether there was one of this kind. */
static int events(uint32_t kind)
{
    nodelock_event event;
    int seen = 0;

    while (nodelock_agent_poll_event(agent, &event) == NODELOCK_OK &&
           event.kind != NODELOCK_EVENT_NONE) {
        printf("  event %lu, severity %lu, %s\n", (unsigned long)event.kind,
               (unsigned long)event.severity,
               event.handle < FEATURES ? catalog[event.handle].name : "no feature");
        seen |= event.kind == kind;
    }
    return seen;
}

/* Power-on: RAM is what it is, flash is what it was. */
static void boot(void)
{
    const nodelock_agent_memory memory = {NODELOCK_AGENT_MEMORY_INIT,
                                          .lines = ram.lines,
                                          .line_count = 4,
                                          .features = ram.features,
                                          .feature_count = FEATURES,
                                          .leases = ram.leases,
                                          .lease_count = 4,
                                          .events = ram.events,
                                          .event_count = 8,
                                          .catalog = ram.catalog,
                                          .catalog_count = FEATURES,
                                          .scratch = ram.scratch,
                                          .scratch_len = sizeof ram.scratch};
    size_t lines = 0;

    memset(&ram, 0xA5, sizeof ram);
    now.uptime.seconds = 0;
    expect(nodelock_agent_boot(agent, sizeof *agent, &config, &memory, &now) == NODELOCK_OK);
    expect(nodelock_agent_line_count(agent, &lines) == NODELOCK_OK);
    printf("boot: %lu lines\n", (unsigned long)lines);
    (void)events(NODELOCK_EVENT_NONE);
}

static void check(uint16_t feature, nodelock_result expected)
{
    nodelock_verdict verdict;

    expect(nodelock_agent_check(agent, feature, now.uptime, &verdict) == NODELOCK_OK);
    printf("check %s: %s\n", catalog[feature].name, nodelock_verdict_text(verdict));
    expect(verdict == (expected == NODELOCK_OK ? NODELOCK_GRANTED : (uint32_t)-expected));
}

static nodelock_lease acquire(uint16_t feature, uint32_t units, nodelock_result expected)
{
    nodelock_lease lease = {0};
    nodelock_result result = nodelock_agent_acquire(agent, feature, NODELOCK_UNITS(units), NODELOCK_OWNER(1), &now,
                                            &lease);

    printf("acquire %lu of %s: %s\n", (unsigned long)units, catalog[feature].name,
           nodelock_result_text(result));
    expect(result == expected);
    (void)events(NODELOCK_EVENT_NONE);
    return lease;
}

static void install(const char *what, const char *file, uint32_t expected)
{
    nodelock_tally tally;

    printf("install %s\n", what);
    memset(&tally, 0, sizeof tally);
    expect(nodelock_agent_install(agent, (const uint8_t *)file, strlen(file),
                                  NODELOCK_INTENT_INSTALL, &now, &tally) == NODELOCK_OK);
    expect(tally.installed == expected && tally.refused == 0);
    (void)events(NODELOCK_EVENT_NONE);
}

/* Sleeps from deadline to deadline, as a product does, until the trial has ended. */
static void run_until_the_end(void)
{
    unsigned long ticks = 0;
    nodelock_uptime deadline = {0};

    do {
        expect(nodelock_agent_granted(agent, TUNNEL, now.uptime) == NODELOCK_GRANTED);
        expect(nodelock_agent_next_deadline(agent, &deadline) == NODELOCK_OK);
        if (deadline.seconds == NODELOCK_NO_END || deadline.seconds <= now.uptime.seconds) {
            expect(0);
            return;
        }
        now.uptime = deadline;
        expect(nodelock_agent_tick(agent, &now) == NODELOCK_OK);
        ticks++;
    } while (!events(NODELOCK_EVENT_EXPIRED));
    printf("the trial has ended after %lu seconds and %lu ticks\n", (unsigned long)now.uptime.seconds,
           ticks);
    expect(now.uptime.seconds == 86400);
}

int main(void)
{
    static const uint8_t trial[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 3};
    nodelock_lease lease;

    instructions_start();
    printf("nodelock %s with an agent on a Cortex-M4\n", nodelock_version_text());
    printf("RAM %lu bytes for the agent, %lu for each line, %lu for each feature\n",
           (unsigned long)sizeof ram.agent, (unsigned long)sizeof ram.lines[0],
           (unsigned long)(sizeof ram.features[0] + sizeof ram.catalog[0]));
    boot();
    check(TUNNEL, NODELOCK_ERR_NO_LICENSE);

    stack_paint();
    install("a trial of one day", TRIAL_LICENSE, 1);
    printf("stack for installing a line: %lu bytes\n", (unsigned long)stack_used());
    install("16 units of voice and a feature that this firmware does not have", OUR_LICENSES, 2);
    check(TUNNEL, NODELOCK_ERR_NOT_ACTIVATED);
    check(VOICE, NODELOCK_OK);

    lease = acquire(VOICE, 10, NODELOCK_OK);
    (void)acquire(VOICE, 7, NODELOCK_ERR_COUNT_TOO_LOW);
    (void)acquire(VOICE, 6, NODELOCK_OK);
    expect(nodelock_agent_release(agent, lease, NODELOCK_OWNER(1), &now) == NODELOCK_OK);
    (void)acquire(VOICE, 7, NODELOCK_OK);

    (void)acquire(TUNNEL, 1, NODELOCK_OK);
    check(TUNNEL, NODELOCK_OK);
    run_until_the_end();
    check(TUNNEL, NODELOCK_OK); /* what runs goes on until the next boot */

    stack_paint();
    boot();
    printf("stack for a boot with three lines: %lu bytes\n", (unsigned long)stack_used());
    check(TUNNEL, NODELOCK_ERR_EXPIRED);
    check(VOICE, NODELOCK_OK);
    (void)acquire(VOICE, 16, NODELOCK_OK); /* nothing leaks over a boot */

    expect(nodelock_agent_clear(agent, trial, &now) == NODELOCK_OK);
    install("the same trial again", TRIAL_LICENSE, 1);
    (void)acquire(TUNNEL, 1, NODELOCK_ERR_EXPIRED); /* what was used is remembered */
    printf("%lu writes to flash\n", writes);

    printf(failures == 0 ? "all as expected\n" : "SOMETHING WAS NOT AS EXPECTED\n");
    return failures == 0 ? 0 : 1;
}
