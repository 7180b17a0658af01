/* What the programs for the agent share: a catalog, and storage in RAM that can fail and lose power. */
#ifndef AGENT_H
#define AGENT_H

#include "common.h"

enum { IPBASE, IPSERVICES, ENTERPRISE, NAT, VOICE, TUNNEL, SECURITY, MIRROR, LAB, FEATURES };

#define LINES 8
#define LEASES 4
#define EVENTS 32
#define DAY 86400u

/* Seconds since 1970 of 2026-11-22T12:00:00, some hours after the lines were issued. */
#define NOON 1795348800u

static const char *const with_ipservices[] = {"nat"};
static const char *const with_enterprise[] = {"security", "mirror"};

#define TECHNOLOGY .module = "router", .package = "technology"

static const nodelock_feature catalog[FEATURES] = {
    {.name = "ipbase", TECHNOLOGY},
    {.name = "ipservices", TECHNOLOGY, .rank = 1, .includes = with_ipservices, .include_count = 1},
    {.name = "enterprise", TECHNOLOGY, .rank = 2, .includes = with_enterprise, .include_count = 2},
    {.name = "nat"},
    {.name = "voice", .maximum = 500, .version = {2, 0, 0, 0}},
    {.name = "tunnel"},
    {.name = "security"},
    {.name = "mirror", .eula = "mirror-2026"},
    {.name = "lab", .trial_seconds = 60 * DAY}};

typedef struct value {
    size_t len;
    uint16_t key;
    uint8_t used;
    uint8_t data[2048];
} value;

typedef struct board {
    device base;
    value values[64];
    uint32_t calls;
    uint32_t writes;
    uint32_t fail_at;   /* the call with this number fails; 0 for none */
    uint32_t cut_at;    /* the power is cut during the write with this number; 0 for never */
    uint32_t cut_after; /* whether that write still takes effect */
    uint32_t dark;      /* the power is off: nothing works, nobody is looking */
    int32_t failure;    /* what fails returns this */
    nodelock_agent agent;
    nodelock_line_slot lines[LINES];
    nodelock_feature_slot features[FEATURES];
    nodelock_lease_slot leases[LEASES];
    nodelock_event_slot events[EVENTS];
    nodelock_catalog_entry catalog[FEATURES];
    nodelock_name_slot names[4];
    uint8_t scratch[NODELOCK_SCRATCH_LEN];
    nodelock_config base_config;
    nodelock_agent_config config;
    nodelock_agent_memory memory;
    nodelock_now now;
} board;

static inline value *board_find(board *self, uint16_t key)
{
    size_t i;

    for (i = 0; i < COUNT(self->values); i++) {
        if (self->values[i].used && self->values[i].key == key) {
            return &self->values[i];
        }
    }
    return NULL;
}

static inline int board_fails(board *self)
{
    self->calls += 1;
    return self->dark || self->calls == self->fail_at;
}

/* Whether a write takes effect; what it returns follows from dark. */
static inline int board_writes(board *self)
{
    self->writes += 1;
    if (self->writes == self->cut_at) {
        self->dark = 1;
        return (int)self->cut_after;
    }
    return 1;
}

static inline int32_t board_load(void *user, uint16_t key, uint8_t *buffer, size_t capacity,
                                 size_t *len)
{
    board *self = (board *)user;
    value *found = board_find(self, key);

    if (board_fails(self)) {
        return self->failure;
    }
    if (found == NULL) {
        return NODELOCK_NO_VALUE;
    }
    if (found->len > capacity) {
        return NODELOCK_ERR_STORAGE_FULL;
    }
    memcpy(buffer, found->data, found->len);
    *len = found->len;
    return 0;
}

static inline int32_t board_store(void *user, uint16_t key, const uint8_t *data, size_t len)
{
    board *self = (board *)user;
    value *place = board_find(self, key);
    size_t i;

    CHECK(len > 0 && len <= 2048);
    if (board_fails(self)) {
        return self->failure;
    }
    for (i = 0; place == NULL && i < COUNT(self->values); i++) {
        if (!self->values[i].used) {
            place = &self->values[i];
        }
    }
    CHECK(place != NULL);
    if (board_writes(self)) {
        place->used = 1;
        place->key = key;
        place->len = len;
        memcpy(place->data, data, len);
    }
    return self->dark ? self->failure : 0;
}

static inline int32_t board_remove(void *user, uint16_t key)
{
    board *self = (board *)user;
    value *found = board_find(self, key);

    if (board_fails(self)) {
        return self->failure;
    }
    if (found != NULL && board_writes(self)) {
        found->used = 0;
    }
    return self->dark ? self->failure : 0;
}

/* A new board: nothing is stored. */
static inline void board_make(board *self)
{
    memset(self, 0, sizeof *self);
    self->base.members = 1;
    self->failure = -77;
    self->base_config = device_config(&self->base);
    self->base_config.user = self;
    NODELOCK_AGENT_CONFIG_SET_SIZES(self->config);
    self->config.base = &self->base_config;
    self->config.features = catalog;
    self->config.feature_count = FEATURES;
    self->config.load = board_load;
    self->config.store = board_store;
    self->config.remove = board_remove;
    NODELOCK_AGENT_MEMORY_SET_SIZES(self->memory);
    self->memory.lines = self->lines;
    self->memory.line_count = LINES;
    self->memory.features = self->features;
    self->memory.feature_count = FEATURES;
    self->memory.leases = self->leases;
    self->memory.lease_count = LEASES;
    self->memory.events = self->events;
    self->memory.event_count = EVENTS;
    self->memory.catalog = self->catalog;
    self->memory.catalog_count = FEATURES;
    self->memory.names = self->names;
    self->memory.name_count = COUNT(self->names);
    self->memory.scratch = self->scratch;
    self->memory.scratch_len = sizeof self->scratch;
    self->now.wall = NOON;
    self->now.wall_known = 1;
}

/* Power on: RAM holds anything, storage what it held. */
static inline int32_t board_boot(board *self)
{
    memset(&self->agent, 0xA5, sizeof self->agent);
    memset(self->lines, 0xA5, sizeof self->lines);
    memset(self->features, 0xA5, sizeof self->features);
    memset(self->leases, 0xA5, sizeof self->leases);
    memset(self->events, 0xA5, sizeof self->events);
    memset(self->catalog, 0xA5, sizeof self->catalog);
    memset(self->names, 0xA5, sizeof self->names);
    memset(self->scratch, 0xA5, sizeof self->scratch);
    self->now.uptime.seconds = 0;
    return nodelock_agent_boot(&self->agent, sizeof self->agent, &self->config, &self->memory,
                               &self->now);
}

/* The same on a board whose power works. */
static inline void board_reboot(board *self)
{
    self->calls = self->writes = self->fail_at = self->cut_at = self->dark = 0;
    CHECK(board_boot(self) == NODELOCK_OK);
}

static inline void board_tick(board *self, uint64_t uptime)
{
    self->now.wall += uptime - self->now.uptime.seconds;
    self->now.uptime.seconds = uptime;
    CHECK(nodelock_agent_tick(&self->agent, &self->now) == NODELOCK_OK);
}

static inline uint32_t board_check(board *self, uint16_t handle)
{
    uint32_t by_handle = 12345;
    uint32_t by_name = 12345;
    const char *name = catalog[handle].name;

    CHECK(nodelock_agent_check(&self->agent, handle, self->now.uptime, &by_handle) == NODELOCK_OK);
    CHECK(nodelock_agent_check_name(&self->agent, name, strlen(name), self->now.uptime, &by_name) ==
          NODELOCK_OK);
    CHECK(by_handle == by_name);
    CHECK(nodelock_agent_granted(&self->agent, handle, self->now.uptime) ==
          (by_handle == NODELOCK_GRANTED ? NODELOCK_GRANTED : 0));
    return by_handle;
}

/* Finds the installed line with this last byte of its id. */
static inline int board_line(board *self, uint8_t id, nodelock_agent_line *line)
{
    size_t count = 0;
    size_t i;

    CHECK(nodelock_agent_line_count(&self->agent, &count) == NODELOCK_OK);
    for (i = 0; i < count; i++) {
        CHECK(nodelock_agent_line_at(&self->agent, i, line) == NODELOCK_OK);
        if (line->source == NODELOCK_SOURCE_INSTALLED && line->license.line_id[9] == id) {
            return 1;
        }
    }
    CHECK(nodelock_agent_line_at(&self->agent, count, line) == NODELOCK_ERR_NO_SUCH_INDEX);
    return 0;
}

/* Fetches all events; gives how many were of this kind, and the last of them. */
static inline uint32_t board_events(board *self, uint32_t kind, nodelock_event *last)
{
    nodelock_event event;
    uint32_t seen = 0;

    memset(last, 0, sizeof *last);
    for (;;) {
        CHECK(nodelock_agent_poll_event(&self->agent, &event) == NODELOCK_OK);
        if (event.kind == NODELOCK_EVENT_NONE) {
            CHECK(event.handle == NODELOCK_NO_HANDLE);
            return seen;
        }
        CHECK(event.severity >= 2 && event.severity <= 6);
        if (event.kind == kind) {
            seen += 1;
            *last = event;
        }
    }
}

#define INSTALL(self, file, out)                                                               \
    do {                                                                                       \
        (self)->base.records = 0;                                                              \
        CHECK(nodelock_agent_install(&(self)->agent, file, sizeof file, NODELOCK_INTENT_INSTALL, \
                                     &(self)->now, out) == NODELOCK_OK);                       \
    } while (0)

#endif
