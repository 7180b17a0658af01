/* An agent as a firmware has it, on an array in place of raw flash. */
#include <nodelock.h>
#include <stdio.h>
#include <string.h>

#include "vendor.h" /* VENDOR_KEY and LICENSE_FILE */

/* The features of this firmware; the index of one is its handle. */
enum { IPSERVICES, TUNNEL, FEATURES };
static const nodelock_feature catalog[FEATURES] = {
    {.name = "ipservices"}, {.name = "tunnel", .trial_seconds = 86400}};

/* Raw flash: three functions of the board's. */
#define PAGE 4096u
#define PAGES 4u
static uint8_t chip[PAGES * PAGE];

static int32_t flash_read(void *user, uint32_t address, uint8_t *to, size_t len)
{
    (void)user;
    memcpy(to, chip + address, len);
    return 0; /* negative if it failed */
}

static int32_t flash_write(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    (void)user;
    memcpy(chip + address, data, len);
    return 0;
}

static int32_t flash_erase(void *user, uint32_t page)
{
    (void)user;
    memset(chip + page * PAGE, 0xFF, PAGE);
    return 0;
}

static const nodelock_flash_port port = {
    .size = sizeof port, .page_len = PAGE, .pages = PAGES, .word_len = 8, .read = flash_read,
    .write = flash_write, .erase = flash_erase};
static nodelock_flash flash;

/* What the agent stores goes there. With a file system or NVS these three are yours. */
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
    (void)user;
    *out = (nodelock_udi){"ISR4331/K9", 10, "FDO1234ABCD", 11};
    return member == 0 ? 0 : NODELOCK_NO_MORE;
}

static const nodelock_trust_anchor keys[] = {VENDOR_KEY};
static const nodelock_config device = {
    NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi};
static const nodelock_agent_config config = {
    NODELOCK_AGENT_CONFIG_INIT, .base = &device, .features = catalog, .feature_count = FEATURES,
    .load = load, .store = store, .remove = clear};

static nodelock_agent agent;
static nodelock_line_slot lines[8]; /* licenses, and one for each trial of the catalog */
static nodelock_feature_slot features[FEATURES];
static nodelock_catalog_entry entries[FEATURES];
static nodelock_lease_slot leases[4];
static nodelock_event_slot events[8];
static uint8_t scratch[NODELOCK_SCRATCH_LEN];
static const nodelock_agent_memory memory = {
    NODELOCK_AGENT_MEMORY_INIT, .lines = lines, .line_count = 8, .features = features,
    .feature_count = FEATURES, .leases = leases, .lease_count = 4, .events = events,
    .event_count = 8, .catalog = entries, .catalog_count = FEATURES, .scratch = scratch,
    .scratch_len = sizeof scratch};

/* From the main loop, after each call that changes something. */
static void tell_events(void)
{
    nodelock_event event;

    while (nodelock_agent_poll_event(&agent, &event) == NODELOCK_OK &&
           event.kind != NODELOCK_EVENT_NONE) {
        printf("event %s\n", nodelock_event_name(event.kind));
    }
}

int main(void)
{
    nodelock_now now = {.uptime = {0}}; /* seconds since power-on; no clock that knows the date */
    nodelock_lease lease;
    nodelock_tally tally;
    nodelock_result result;

    memset(chip, 0xFF, sizeof chip); /* a real chip keeps what it held */
    if (nodelock_flash_mount(&flash, sizeof flash, &port) != NODELOCK_OK ||
        nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now) != NODELOCK_OK) {
        return 2;
    }
    result = nodelock_agent_install(&agent, LICENSE_FILE, sizeof LICENSE_FILE,
                                    NODELOCK_INTENT_INSTALL, &now, &tally);
    if (result == NODELOCK_OK) { /* the file was read; what became of its lines is another matter */
        printf("install: %u new, %u there before, %u for other devices, %u refused: %s\n",
               (unsigned)tally.installed, (unsigned)tally.existing, (unsigned)tally.for_others,
               (unsigned)tally.refused, nodelock_result_text(tally.first_refusal));
    } else {
        printf("install: %s; %s\n", nodelock_result_text(result), nodelock_result_remedy(result));
    }
    printf("ipservices: %s\n",
           nodelock_agent_granted(&agent, IPSERVICES, now.uptime) == NODELOCK_GRANTED ? "granted"
                                                                                      : "denied");
    /* A trial is used up by using it: acquire, and tick at the latest at the deadline. */
    result = nodelock_agent_acquire(&agent, TUNNEL, NODELOCK_UNITS(1), NODELOCK_OWNER(0), &now,
                                    &lease);
    printf("tunnel: %s\n", nodelock_result_text(result));
    while (nodelock_agent_granted(&agent, TUNNEL, now.uptime) == NODELOCK_GRANTED) {
        if (nodelock_agent_next_deadline(&agent, &now.uptime) != NODELOCK_OK ||
            now.uptime.seconds == NODELOCK_NO_END ||
            nodelock_agent_tick(&agent, &now) != NODELOCK_OK) {
            break;
        }
        tell_events();
        if (now.uptime.seconds >= 2 * 86400u) {
            break; /* what runs at the end of its trial goes on until the next boot */
        }
    }
    return nodelock_agent_release(&agent, lease, NODELOCK_OWNER(0), &now) == NODELOCK_OK ? 0 : 1;
}
