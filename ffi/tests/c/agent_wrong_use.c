/* An agent gets every wrong argument, calls from its callbacks, and storage that lies. */
#include "agent.h"

static const uint8_t no_id[10] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};

static board self;

static nodelock_jobs no_jobs;

static void never_entry(void *user, const nodelock_history_entry *entry)
{
    CHECK(user != NULL && entry == NULL);
}

static int32_t never_text(void *user, const char *text, size_t len)
{
    CHECK(user != NULL && text == NULL && len == 0);
    return 0;
}

/* Calls everything that takes an agent; each must give this result and write nothing. */
static void all_calls_give(nodelock_agent *it, int32_t result)
{
    static const nodelock_now now = {{1}, 0, 0, 0};
    union {
        uint8_t bytes[256];
        nodelock_tally tally;
        nodelock_agent_line line;
        nodelock_event event;
        uint64_t number;
        nodelock_lease lease;
        nodelock_uptime uptime;
        size_t count;
        nodelock_handle handle;
        char text[16];
    } out;
    uint32_t verdict = NODELOCK_GRANTED;
    int32_t reason = 77;
    uint32_t state = 77;
    uint8_t place = 77;
    size_t len = 77;
    size_t i;

    memset(out.bytes, 0xEE, sizeof out.bytes);
    CHECK(nodelock_agent_tick(it, &now) == result);
    CHECK(nodelock_agent_next_deadline(it, &out.uptime) == result);
    CHECK(nodelock_agent_install(it, FILE_COUNTED, sizeof FILE_COUNTED, 0, &now, &out.tally) ==
          result);
    CHECK(nodelock_agent_find(it, "nat", 3, &out.handle) == result);
    CHECK(nodelock_agent_check(it, NAT, NODELOCK_UPTIME(1), &verdict) == result);
    CHECK(verdict == NODELOCK_UNDECIDED);
    verdict = NODELOCK_GRANTED;
    CHECK(nodelock_agent_check_name(it, "nat", 3, NODELOCK_UPTIME(1), &verdict) == result);
    CHECK(verdict == NODELOCK_UNDECIDED);
    CHECK(nodelock_agent_granted(it, NAT, NODELOCK_UPTIME(1)) == NODELOCK_UNDECIDED);
    CHECK(nodelock_agent_acquire(it, NAT, NODELOCK_UNITS(1), NODELOCK_OWNER(1), &now, &out.lease) == result);
    CHECK(nodelock_agent_release(it, (nodelock_lease){1}, NODELOCK_OWNER(1), &now) == result);
    CHECK(nodelock_agent_in_use(it, NAT, &out.number) == result);
    CHECK(nodelock_agent_activate(it, NAT, &now) == result);
    CHECK(nodelock_agent_deactivate(it, NAT, &now) == result);
    CHECK(nodelock_agent_clear(it, no_id, &now) == result);
    CHECK(nodelock_agent_set_priority(it, no_id, 0) == result);
    CHECK(nodelock_agent_comment(it, no_id, "x", 1) == result);
    CHECK(nodelock_agent_read_comment(it, no_id, out.text, sizeof out.text, &len) == result);
    CHECK(nodelock_agent_accept_eula(it, NAT, "x", 1, &now) == result);
    CHECK(nodelock_agent_request_level(it, IPBASE) == result);
    CHECK(nodelock_agent_request_any_level(it, IPBASE) == result);
    CHECK(nodelock_agent_booted_level(it, IPBASE, &out.handle) == result);
    CHECK(nodelock_agent_next_level(it, IPBASE, &out.handle) == result);
    CHECK(nodelock_agent_line_count(it, &out.count) == result);
    CHECK(nodelock_agent_line_at(it, 0, &out.line) == result);
    CHECK(nodelock_agent_explain_line(it, LAB, 0, &out.line, &reason) == result);
    CHECK(nodelock_agent_poll_event(it, &out.event) == result);
    CHECK(nodelock_agent_enable_events(it, NODELOCK_EVENTS_USAGE, 1) == result);
    CHECK(nodelock_agent_rollback_state(it, &state) == result);
    CHECK(nodelock_agent_revoke(it, no_id, &now) == result);
    CHECK(nodelock_agent_history(it, never_entry, NULL) == result);
    CHECK(nodelock_agent_line_text(it, no_id, never_text, NULL) == result);
    CHECK(nodelock_agent_refused_at(it, 0, &place, &reason) == result);
    CHECK(nodelock_agent_discard_refused(it, 0) == result);
    CHECK(nodelock_agent_perform(it, &no_jobs, 1, NODELOCK_CAUSE_NONE, NULL, 0, NULL, &now,
                                 &state) == result);
    CHECK(nodelock_agent_deinit(it) == result);
    for (i = 0; i < sizeof out.bytes; i++) {
        CHECK(out.bytes[i] == 0xEE);
    }
    CHECK(reason == 77 && len == 77 && place == 77 && state == 77);
}

static void agents(void)
{
    static const uint8_t fills[] = {0x00, 0xFF, 0xA5, 0x01, 0xEE};
    static nodelock_agent copy;
    nodelock_ctx *const plain = (nodelock_ctx *)(void *)&self.agent;
    size_t i;

    board_make(&self);
    for (i = 0; i < COUNT(fills); i++) {
        memset(&self.agent, fills[i], sizeof self.agent);
        all_calls_give(&self.agent, NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_agent_last_port_error(&self.agent) == 0);
    }
    all_calls_give(NULL, NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_last_port_error(NULL) == 0);
    all_calls_give((nodelock_agent *)(void *)((uint8_t *)&self.agent + 1), NODELOCK_ERR_ALIGNMENT);

    board_reboot(&self);
    /* A copy is none, and a plain context neither. */
    memcpy(&copy, &self.agent, sizeof copy);
    all_calls_give(&copy, NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_agent_last_port_error(&copy) == 0);
    CHECK(nodelock_agent_check(&self.agent, NAT, NODELOCK_UPTIME(0), &(uint32_t){0}) == NODELOCK_OK);
    CHECK(nodelock_granted(plain, "nat", 1) == NODELOCK_UNDECIDED);
    CHECK(nodelock_deinit(plain) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_agent_deinit(&self.agent) == NODELOCK_OK);
    all_calls_give(&self.agent, NODELOCK_ERR_NOT_INITIALIZED);

    /* A boot that fails ends what was before. */
    board_reboot(&self);
    CHECK(nodelock_agent_boot(&self.agent, sizeof self.agent, NULL, &self.memory, &self.now) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    all_calls_give(&self.agent, NODELOCK_ERR_NOT_INITIALIZED);
}

#define BOOTS(change, result)                 \
    do {                                      \
        board_make(&self);                    \
        change;                               \
        CHECK(board_boot(&self) == (result)); \
        if ((result) != NODELOCK_OK) {        \
            all_calls_give(&self.agent, NODELOCK_ERR_NOT_INITIALIZED); \
        }                                     \
    } while (0)

static void boots(void)
{
    BOOTS((void)0, NODELOCK_OK);
    CHECK(nodelock_agent_boot(NULL, sizeof self.agent, &self.config, &self.memory, &self.now) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_boot(&self.agent, sizeof self.agent - 1, &self.config, &self.memory,
                              &self.now) == NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_agent_boot(&self.agent, sizeof self.agent, &self.config, NULL, &self.now) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_boot(&self.agent, sizeof self.agent, &self.config, &self.memory, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);

    BOOTS(self.config.size = 0, NODELOCK_ERR_AGENT_CONFIG_SIZE);
    BOOTS(self.config.size = UINT32_MAX, NODELOCK_ERR_AGENT_CONFIG_SIZE);
    BOOTS(self.config.feature_size = 0, NODELOCK_ERR_AGENT_CONFIG_SIZE);
    BOOTS(self.config.base = NULL, NODELOCK_ERR_NULL_ARGUMENT);
    BOOTS(self.config.features = NULL, NODELOCK_ERR_NULL_ARGUMENT);
    BOOTS(self.config.feature_count = 0, NODELOCK_ERR_CATALOG_SIZE);
    BOOTS(self.config.feature_count = 1025, NODELOCK_ERR_CATALOG_SIZE);
    BOOTS(self.config.feature_count = UINT32_MAX, NODELOCK_ERR_CATALOG_SIZE);
    BOOTS(self.config.load = NULL, NODELOCK_ERR_NO_STORAGE);
    BOOTS(self.config.store = NULL, NODELOCK_ERR_NO_STORAGE);
    BOOTS(self.config.remove = NULL, NODELOCK_ERR_NO_STORAGE);
    /* Each names its field, and how long it may be. */
    BOOTS(self.config.charge_interval = UINT32_MAX, NODELOCK_ERR_CHARGE_INTERVAL);
    BOOTS(self.config.back_tolerance = NODELOCK_MAX_PERIOD + 1, NODELOCK_ERR_BACK_TOLERANCE);
    BOOTS(self.config.forward_bound = UINT32_MAX, NODELOCK_ERR_FORWARD_BOUND);
    BOOTS(self.config.forward_wait = UINT32_MAX, NODELOCK_ERR_FORWARD_WAIT);
    BOOTS(self.config.back_tolerance = NODELOCK_MAX_PERIOD, NODELOCK_OK);
    CHECK(strstr(nodelock_result_text(NODELOCK_ERR_FORWARD_WAIT), "forward_wait") != NULL);
    CHECK(strstr(nodelock_result_text(NODELOCK_ERR_FORWARD_WAIT), "3153600000") != NULL);
    /* Seconds, a year, a date as a number. */
    BOOTS(self.config.built = UINT32_MAX, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = NOON, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = 2026, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = 20261122, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = 18261, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = 40177, NODELOCK_ERR_BUILT);
    /* Spreadsheets' numbers of the first day of 2020, of 2026-11-27, and of the last day of 2079. */
    BOOTS(self.config.built = 43831, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = 46353, NODELOCK_ERR_BUILT);
    BOOTS(self.config.built = 65745, NODELOCK_ERR_BUILT);
    CHECK(strstr(nodelock_result_remedy(NODELOCK_ERR_BUILT), "spreadsheet") != NULL);
    BOOTS(self.config.built = 18262, NODELOCK_OK);
    BOOTS(self.config.built = 40176, NODELOCK_OK);
    BOOTS(self.config.built = 0, NODELOCK_OK);
    BOOTS(self.base_config.size = 0, NODELOCK_ERR_CONFIG_SIZE);
    BOOTS(self.base_config.read_udi = NULL, NODELOCK_ERR_NO_READ_UDI);
    BOOTS(self.base_config.anchor_count = 0, NODELOCK_ERR_NO_ANCHORS);
    BOOTS(self.base_config.flags = 2, NODELOCK_ERR_CONFIG_FLAGS);

    BOOTS(self.memory.reserved = 1, NODELOCK_ERR_RESERVED);
    BOOTS(self.memory.size = 4, NODELOCK_ERR_AGENT_MEMORY_SIZE);
    BOOTS(self.memory.line_slot_size -= 8, NODELOCK_ERR_AGENT_MEMORY_SIZE);
    BOOTS(self.memory.name_slot_size = 0, NODELOCK_ERR_AGENT_MEMORY_SIZE);
    BOOTS(self.memory.lines = NULL, NODELOCK_ERR_NULL_ARGUMENT);
    BOOTS(self.memory.line_count = 0, NODELOCK_ERR_NO_SLOTS);
    BOOTS(self.memory.line_count = SIZE_MAX / 8, NODELOCK_ERR_TOO_MANY_SLOTS);
    BOOTS(self.memory.features = NULL, NODELOCK_ERR_NULL_ARGUMENT);
    BOOTS(self.memory.feature_count = FEATURES - 1, NODELOCK_ERR_MEMORY_FEATURES);
    BOOTS(self.memory.catalog_count = FEATURES - 1, NODELOCK_ERR_MEMORY_CATALOG);
    BOOTS(self.memory.name_count = 2, NODELOCK_ERR_MEMORY_NAMES);
    BOOTS(self.memory.scratch_len = NODELOCK_SCRATCH_MIN - 1, NODELOCK_ERR_MEMORY_SCRATCH);
    BOOTS(self.memory.scratch = NULL, NODELOCK_ERR_NULL_ARGUMENT);
    BOOTS(self.memory.leases = (nodelock_lease_slot *)(void *)(self.scratch + 1),
          NODELOCK_ERR_ALIGNMENT);
    BOOTS((self.memory.leases = NULL, self.memory.lease_count = 0), NODELOCK_OK);
    BOOTS((self.memory.events = NULL, self.memory.event_count = 0), NODELOCK_OK);
    BOOTS(self.now.wall_known = 2, NODELOCK_ERR_ARGUMENT);
    BOOTS(self.now.reserved = 1, NODELOCK_ERR_RESERVED);
    BOOTS((self.now.wall_known = 0, self.now.wall = UINT64_MAX), NODELOCK_OK);
    BOOTS(self.now.wall = UINT64_MAX, NODELOCK_ERR_WALL);
    BOOTS(self.now.wall = NOON * UINT64_C(1000), NODELOCK_ERR_WALL);
    BOOTS(self.now.wall = UINT64_C(7258118400), NODELOCK_ERR_WALL);
    BOOTS(self.now.wall = UINT64_C(7258118399), NODELOCK_OK);
}

/* Boots with the catalog in which this feature stands in the place of another one. */
static int32_t catalog_with(uint16_t place, nodelock_feature feature)
{
    nodelock_feature changed[FEATURES];
    int32_t result;

    memcpy(changed, catalog, sizeof changed);
    changed[place] = feature;
    board_make(&self);
    self.config.features = changed;
    result = board_boot(&self);
    memset(&self.agent, 0, sizeof self.agent);
    return result;
}

/* One trial more than there are lines: that one is refused, the device runs. */
static void trials_without_a_line(void)
{
    nodelock_feature changed[FEATURES];
    nodelock_event event;
    nodelock_tally tally;

    memcpy(changed, catalog, sizeof changed);
    changed[TUNNEL].trial_seconds = DAY;
    board_make(&self);
    self.config.features = changed;
    self.memory.line_count = 1;
    CHECK(board_boot(&self) == NODELOCK_OK);
    CHECK(board_events(&self, NODELOCK_EVENT_REFUSED, &event) == 1);
    CHECK(event.handle == LAB && event.value == (uint64_t)-NODELOCK_ERR_SLOTS_FULL);
    CHECK(board_check(&self, IPBASE) == NODELOCK_GRANTED);
    CHECK(board_check(&self, TUNNEL) == (uint32_t)-NODELOCK_ERR_NOT_ACTIVATED);
    CHECK(board_check(&self, LAB) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(tally.refused == 1 && tally.first_refusal == NODELOCK_ERR_SLOTS_FULL);
    CHECK(strstr(nodelock_result_remedy(tally.first_refusal), "lines") != NULL);
}

/* Fewer lines than are stored: each that has none is told, and the array named; with as many again all are there. */
static void lines_without_a_slot(void)
{
    nodelock_event event;
    nodelock_answer answer;
    nodelock_tally tally;
    nodelock_result reason = NODELOCK_OK;
    char words[NODELOCK_WORDS_SIZE];
    uint8_t place = 77;

    board_make(&self);
    board_reboot(&self);
    INSTALL(&self, FILE_PERMANENT, &tally);
    INSTALL(&self, FILE_COUNTED, &tally);
    CHECK(board_check(&self, VOICE) == NODELOCK_GRANTED);
    self.memory.line_count = 1;
    CHECK(board_boot(&self) == NODELOCK_OK);
    /* The two counted ones, and the trial of lab. */
    CHECK(board_events(&self, NODELOCK_EVENT_REFUSED, &event) == 3);
    CHECK(event.value == (uint64_t)-NODELOCK_ERR_SLOTS_FULL);
    CHECK(nodelock_agent_refused_at(&self.agent, 1, &place, &reason) == NODELOCK_OK);
    CHECK(place == 2 && reason == NODELOCK_ERR_SLOTS_FULL);
    CHECK(nodelock_agent_refused_at(&self.agent, 2, &place, &reason) == NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_agent_explain(&self.agent, VOICE, NODELOCK_UNITS(0), &answer) == NODELOCK_OK);
    CHECK(answer.refused == 2 && answer.refused_reason == NODELOCK_ERR_SLOTS_FULL);
    CHECK(nodelock_agent_explain_words(&self.agent, VOICE, NODELOCK_UNITS(0), NODELOCK_WORDS_WHY, words,
                                       sizeof words) == NODELOCK_OK);
    CHECK(strstr(words, "2 stored lines") != NULL && strstr(words, "the array lines") != NULL);
    self.memory.line_count = LINES;
    board_reboot(&self);
    CHECK(board_check(&self, VOICE) == NODELOCK_GRANTED);
    CHECK(nodelock_agent_refused_at(&self.agent, 0, &place, &reason) == NODELOCK_ERR_NO_SUCH_INDEX);
}

/* Uptime in milliseconds: refused before it ends anything. */
static void milliseconds(void)
{
    nodelock_event event;
    uint64_t hour;

    board_make(&self);
    board_reboot(&self);
    self.now.uptime.seconds = 5;
    CHECK(nodelock_agent_activate(&self.agent, LAB, &self.now) == NODELOCK_OK);
    for (hour = 1; hour < 50; hour++) {
        self.now.uptime.seconds = 5 + hour * 3600000;
        self.now.wall = NOON + hour * 3600;
        CHECK(nodelock_agent_tick(&self.agent, &self.now) ==
              (hour == 1 ? NODELOCK_OK : NODELOCK_ERR_UPTIME));
    }
    CHECK(nodelock_agent_activate(&self.agent, LAB, &self.now) == NODELOCK_ERR_UPTIME);
    CHECK(board_events(&self, NODELOCK_EVENT_EXPIRED, &event) == 0);
    CHECK(strstr(nodelock_result_text(NODELOCK_ERR_UPTIME), "uptime") != NULL);
    CHECK(strstr(nodelock_result_remedy(NODELOCK_ERR_UPTIME), "milliseconds") != NULL);
    /* With seconds all of the trial is there, but what was charged in advance. */
    board_reboot(&self);
    CHECK(nodelock_agent_activate(&self.agent, LAB, &self.now) == NODELOCK_OK);
    board_tick(&self, 59 * DAY);
    CHECK(board_check(&self, LAB) == NODELOCK_GRANTED);
    /* It slept, which its wall clock did not see, by just so much: nothing is lost. */
    board_make(&self);
    board_reboot(&self);
    CHECK(nodelock_agent_activate(&self.agent, LAB, &self.now) == NODELOCK_OK);
    self.now.uptime.seconds = 10000;
    self.now.wall += 10;
    CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_OK);
    board_tick(&self, 10100);
    CHECK(board_check(&self, LAB) == NODELOCK_GRANTED);
}

#define CATALOG(result, ...)                                                    \
    do {                                                                        \
        const nodelock_feature one = {__VA_ARGS__};                             \
        CHECK(catalog_with(LAB, one) == (result));                              \
    } while (0)

static void catalogs(void)
{
    static const char *const unknown[] = {"nothing"};
    static const char *const itself[] = {"lab"};
    static const char *const a_level[] = {"ipbase"};
    static const char *const null_name[] = {NULL};
    static char unended[65];

    memset(unended, 'a', sizeof unended);
    CATALOG(NODELOCK_OK, .name = "lab");
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = NULL);
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = "");
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = "la b");
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = "la\xE9" "b");
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = unended);
    CATALOG(NODELOCK_ERR_CATALOG_DUPLICATE, .name = "voice");
    CATALOG(NODELOCK_ERR_CATALOG_INCLUDE, .name = "lab", .includes = unknown, .include_count = 1);
    CATALOG(NODELOCK_ERR_CATALOG_INCLUDE, .name = "lab", .includes = null_name, .include_count = 1);
    CATALOG(NODELOCK_ERR_NULL_ARGUMENT, .name = "lab", .include_count = 1);
    CATALOG(NODELOCK_ERR_MEMORY_NAMES, .name = "lab", .includes = unknown,
            .include_count = SIZE_MAX);
    CATALOG(NODELOCK_ERR_CATALOG_HALF, .name = "lab", .rank = 1);
    CATALOG(NODELOCK_ERR_CATALOG_HALF, .name = "lab",
            .flags = NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE);
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = "LICENSE");
    CATALOG(NODELOCK_ERR_CATALOG_NAME, .name = "KEY");
    CATALOG(NODELOCK_OK, .name = "license");
    CATALOG(NODELOCK_ERR_CATALOG_LEVEL, .name = "lab", .module = "m");
    CATALOG(NODELOCK_ERR_CATALOG_LEVEL, .name = "lab", .package = "p");
    CATALOG(NODELOCK_ERR_CATALOG_LEVEL, .name = "lab", .module = "m", .package = "p", .rank = 1);
    CATALOG(NODELOCK_ERR_CATALOG_LEVEL, .name = "lab", .module = "m", .package = "p", .rank = 256);
    CATALOG(NODELOCK_ERR_CATALOG_LEVEL, .name = "lab", TECHNOLOGY, .rank = 2);
    CATALOG(NODELOCK_ERR_CATALOG_MAXIMUM, .name = "lab", .maximum = UINT64_MAX);
    CATALOG(NODELOCK_ERR_CATALOG_EULA, .name = "lab", .eula = "");
    CATALOG(NODELOCK_ERR_CATALOG_EULA, .name = "lab", .eula = unended);
    CATALOG(NODELOCK_ERR_CATALOG_TRIAL, .name = "lab", .trial_seconds = UINT32_MAX);
    CATALOG(NODELOCK_ERR_CONFIG_FLAGS, .name = "lab", .flags = 4);
    CATALOG(NODELOCK_ERR_ARGUMENT, .name = "lab", .expiry = 3);
    CATALOG(NODELOCK_ERR_CATALOG_INCLUDE, .name = "lab", .includes = itself, .include_count = 1);
    CATALOG(NODELOCK_ERR_CATALOG_INCLUDE, .name = "lab", .includes = a_level, .include_count = 1);
}

static void arguments(void)
{
    nodelock_answer answer;
    char words[NODELOCK_WORDS_SIZE];
    nodelock_now bad = {{0}, 0, 7, 0};
    nodelock_agent *const it = &self.agent;
    const nodelock_now *const now = &self.now;
    nodelock_agent_line line;
    nodelock_tally tally;
    uint64_t number = 77;
    nodelock_lease lease = {0};
    uint32_t verdict = NODELOCK_GRANTED;
    nodelock_handle handle = 77;
    char text[300] = {0};
    size_t len = 77;
    size_t i;

    board_make(&self);
    board_reboot(&self);
    INSTALL(&self, FILE_COUNTED, &tally);

    CHECK(nodelock_agent_tick(it, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_tick(it, &bad) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_next_deadline(it, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_install(it, NULL, 5, 0, now, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_install(it, FILE_COUNTED, SIZE_MAX, 0, now, NULL) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_agent_install(it, FILE_COUNTED, 5, 2, now, NULL) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_install(it, FILE_COUNTED, 5, 0, NULL, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_find(it, NULL, 3, &handle) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_find(it, "nat", 3, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_find(it, "nat", SIZE_MAX, &handle) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_agent_find(it, "na", 2, &handle) == NODELOCK_ERR_UNKNOWN_FEATURE);
    CHECK(nodelock_agent_find(it, "", 0, &handle) == NODELOCK_ERR_UNKNOWN_FEATURE && handle == 77);

    for (i = FEATURES; i <= UINT16_MAX; i += 509) {
        const uint16_t none = (uint16_t)i;

        verdict = NODELOCK_GRANTED;
        CHECK(nodelock_agent_check(it, none, NODELOCK_UPTIME(0), &verdict) == NODELOCK_OK && verdict == 613);
        CHECK(nodelock_agent_acquire(it, none, NODELOCK_UNITS(1), NODELOCK_OWNER(1), now, &lease) ==
              NODELOCK_ERR_UNKNOWN_FEATURE);
        CHECK(nodelock_agent_activate(it, none, now) == NODELOCK_ERR_UNKNOWN_FEATURE);
        CHECK(nodelock_agent_deactivate(it, none, now) == NODELOCK_ERR_UNKNOWN_FEATURE);
        CHECK(nodelock_agent_accept_eula(it, none, "x", 1, now) == NODELOCK_ERR_UNKNOWN_FEATURE);
        CHECK(nodelock_agent_request_level(it, none) == NODELOCK_ERR_UNKNOWN_FEATURE);
        CHECK(nodelock_agent_in_use(it, none, &number) == NODELOCK_ERR_UNKNOWN_FEATURE);
    }
    CHECK(nodelock_agent_check_name(it, "none", 4, NODELOCK_UPTIME(0), &verdict) ==
          NODELOCK_OK && verdict == 613);
    CHECK(nodelock_agent_check(it, NAT, NODELOCK_UPTIME(0), NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    verdict = NODELOCK_GRANTED;
    CHECK(nodelock_agent_check_name(it, NULL, 3, NODELOCK_UPTIME(0), &verdict) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(verdict == NODELOCK_UNDECIDED);

    CHECK(nodelock_agent_acquire(it, VOICE, NODELOCK_UNITS(1), NODELOCK_OWNER(1), now, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_acquire(it, VOICE, NODELOCK_UNITS(1), NODELOCK_OWNER(1), NULL, &lease) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_acquire(it, IPBASE, NODELOCK_UNITS(1), NODELOCK_OWNER(1), now, &lease) ==
          NODELOCK_ERR_NOT_ACQUIRABLE);
    CHECK(nodelock_agent_acquire(it, ENTERPRISE, NODELOCK_UNITS(1), NODELOCK_OWNER(1), now, &lease) ==
          NODELOCK_ERR_NO_LICENSE);
    CHECK(nodelock_agent_explain(it, VOICE, NODELOCK_UNITS(1), NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_explain(NULL, VOICE, NODELOCK_UNITS(1), &answer) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_explain(it, 99, NODELOCK_UNITS(1), &answer) == NODELOCK_ERR_UNKNOWN_FEATURE);
    CHECK(nodelock_agent_explain_words(it, VOICE, NODELOCK_UNITS(1), NODELOCK_WORDS_WHY, NULL, 9) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_explain_words(it, VOICE, NODELOCK_UNITS(1), NODELOCK_WORDS_WHY, words, 0) ==
          NODELOCK_ERR_BUFFER);
    CHECK(nodelock_agent_explain_words(it, VOICE, NODELOCK_UNITS(1), 3, words, sizeof words) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_explain_words(it, 99, NODELOCK_UNITS(1), NODELOCK_WORDS_WHY, words, sizeof words) ==
          NODELOCK_ERR_UNKNOWN_FEATURE);
    /* An agreement of no text, and of a feature that has none. */
    CHECK(nodelock_agent_accept_eula(it, MIRROR, "", 0, now) == NODELOCK_ERR_EMPTY);
    CHECK(nodelock_agent_accept_eula(it, NAT, "x", 1, now) == NODELOCK_ERR_NO_AGREEMENT);
    CHECK(nodelock_agent_accept_eula(it, MIRROR, "x", 1, now) == NODELOCK_OK);
    CHECK(nodelock_agent_request_level(it, NAT) == NODELOCK_ERR_NOT_A_LEVEL);
    CHECK(nodelock_agent_request_any_level(it, NAT) == NODELOCK_ERR_NOT_A_LEVEL);
    /* What holds no record: a greeting, base64, UTF-16, nothing. */
    self.base.records = 0;
    CHECK(nodelock_agent_install(it, (const uint8_t *)"TElDRU5TRSAx\n", 13, 0, now, &tally) ==
          NODELOCK_ERR_NO_RECORD);
    self.base.records = 0;
    CHECK(nodelock_agent_install(it, (const uint8_t *)"L\0I\0C\0E\0N\0S\0E\0", 14, 0, now, &tally) ==
          NODELOCK_ERR_NO_RECORD);
    CHECK(nodelock_agent_install(it, (const uint8_t *)"", 0, 0, now, NULL) == NODELOCK_ERR_NO_RECORD);
    CHECK(strstr(nodelock_result_remedy(NODELOCK_ERR_NO_RECORD), "base64") != NULL);
    CHECK(nodelock_agent_in_use(it, VOICE, &number) == NODELOCK_OK && number == 0);
    CHECK(nodelock_agent_acquire(it, VOICE, NODELOCK_UNITS(1), NODELOCK_OWNER(1), now, &lease) ==
          NODELOCK_OK);
    for (i = 0; i < 64; i++) {
        CHECK(nodelock_agent_release(it, (nodelock_lease){lease.token ^ ((uint64_t)1 << i)},
                                     NODELOCK_OWNER(1), now) ==
              NODELOCK_ERR_NO_SUCH_LEASE);
    }
    CHECK(nodelock_agent_release(it, (nodelock_lease){0}, NODELOCK_OWNER(1), now) ==
          NODELOCK_ERR_NO_SUCH_LEASE);
    CHECK(nodelock_agent_release(it, (nodelock_lease){UINT64_MAX}, NODELOCK_OWNER(1), now) ==
          NODELOCK_ERR_NO_SUCH_LEASE);
    CHECK(nodelock_agent_release(it, lease, NODELOCK_OWNER(1), &bad) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_release(it, lease, NODELOCK_OWNER(1), now) == NODELOCK_OK);

    CHECK(nodelock_agent_clear(it, NULL, now) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_clear(it, no_id, now) == NODELOCK_ERR_NO_SUCH_LINE);
    CHECK(nodelock_agent_set_priority(it, no_id, 4) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_comment(it, no_id, NULL, 0) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_comment(it, no_id, text, 256) == NODELOCK_ERR_COMMENT_TOO_LONG);
    CHECK(nodelock_agent_read_comment(it, no_id, text, SIZE_MAX, &len) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_agent_read_comment(it, no_id, NULL, 1, &len) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_line_at(it, SIZE_MAX, &line) == NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_agent_line_at(it, 0, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_poll_event(it, NULL) == NODELOCK_ERR_NULL_ARGUMENT);

    /* Time at its edges. */
    self.now.uptime.seconds = UINT64_MAX;
    self.now.wall = UINT64_MAX;
    CHECK(nodelock_agent_tick(it, now) == NODELOCK_ERR_WALL);
    self.now.wall = UINT64_C(7258118399);
    CHECK(nodelock_agent_tick(it, now) == NODELOCK_OK);
    self.now.uptime.seconds = 0;
    CHECK(nodelock_agent_tick(it, now) == NODELOCK_OK);
    CHECK(nodelock_agent_acquire(it, LAB, NODELOCK_UNITS(UINT64_MAX), NODELOCK_OWNER(UINT32_MAX), now,
                                 &lease) != NODELOCK_OK ||
          lease.token != 0);
}

static uint32_t called_back;

static int32_t load_calling_back(void *user, uint16_t key, uint8_t *buffer, size_t capacity,
                                 size_t *len)
{
    board *it = (board *)user;

    called_back += 1;
    all_calls_give(&it->agent, NODELOCK_ERR_BUSY);
    CHECK(nodelock_agent_boot(&it->agent, sizeof it->agent, &it->config, &it->memory, &it->now) ==
          NODELOCK_ERR_BUSY);
    return board_load(user, key, buffer, capacity, len);
}

static int32_t store_calling_back(void *user, uint16_t key, const uint8_t *data, size_t len)
{
    called_back += 1;
    all_calls_give(&((board *)user)->agent, NODELOCK_ERR_BUSY);
    return board_store(user, key, data, len);
}

static void record_calling_back(void *user, const nodelock_record *record)
{
    called_back += 1;
    all_calls_give(&((board *)user)->agent, NODELOCK_ERR_BUSY);
    CHECK(record->effect == NODELOCK_EFFECT_NEW || record->effect == NODELOCK_EFFECT_ADDS);
}

static int32_t lie;

static int32_t load_lying(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    (void)user;
    (void)key;
    memset(buffer, 1, capacity);
    if (lie != 0) {
        *len = lie < 0 ? SIZE_MAX / 2 : capacity;
    }
    return 0;
}

static void storage(void)
{
    nodelock_event event;
    nodelock_tally tally;

    board_make(&self);
    self.config.load = load_calling_back;
    self.config.store = store_calling_back;
    self.base_config.on_record = record_calling_back;
    board_reboot(&self);
    INSTALL(&self, FILE_COUNTED, &tally);
    CHECK(tally.installed == 2 && called_back > 100);

    /* Garbage, too long, and a length that was forgotten: nothing is granted, and it is said. */
    for (lie = -1; lie <= 1; lie++) {
        board_make(&self);
        self.config.load = load_lying;
        board_reboot(&self);
        CHECK(board_events(&self, NODELOCK_EVENT_REFUSED, &event) == LINES + 1);
        CHECK(board_check(&self, VOICE) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
        CHECK(nodelock_agent_activate(&self.agent, LAB, &self.now) != NODELOCK_OK);
    }

    /* The port's own words for what is wrong. */
    board_make(&self);
    self.failure = NODELOCK_ERR_STORAGE_FULL;
    board_reboot(&self);
    self.fail_at = self.calls + 1;
    CHECK(nodelock_agent_request_level(&self.agent, IPBASE) == NODELOCK_ERR_STORAGE_FULL);
    CHECK(nodelock_agent_last_port_error(&self.agent) == NODELOCK_ERR_STORAGE_FULL);
    /* They stay until it fails once more. */
    CHECK(nodelock_agent_request_level(&self.agent, IPBASE) == NODELOCK_OK);
    CHECK(nodelock_agent_poll_event(&self.agent, &event) == NODELOCK_OK);
    CHECK(nodelock_agent_last_port_error(&self.agent) == NODELOCK_ERR_STORAGE_FULL);
    self.failure = -5;
    self.fail_at = self.calls + 1;
    CHECK(nodelock_agent_request_level(&self.agent, IPBASE) == NODELOCK_ERR_STORAGE_FAILED);
    CHECK(nodelock_agent_last_port_error(&self.agent) == -5);
    board_reboot(&self);
    CHECK(nodelock_agent_last_port_error(&self.agent) == 0);

    /* An event is fetched later than what it tells of; a UDI that boot could not read, at the next install. */
    board_make(&self);
    self.base.udi_failure = -7;
    board_reboot(&self);
    self.base.records = 0;
    CHECK(nodelock_agent_install(&self.agent, FILE_COUNTED, sizeof FILE_COUNTED, 0, &self.now, &tally) ==
              NODELOCK_OK &&
          tally.first_refusal == NODELOCK_ERR_UDI_UNAVAILABLE);
    CHECK(nodelock_agent_last_port_error(&self.agent) == -7);

    /* Storage that is not there for a mistake of the program's is no storage that fails. */
    board_make(&self);
    self.failure = NODELOCK_ERR_NOT_INITIALIZED;
    self.calls = 0;
    self.fail_at = 1;
    CHECK(board_boot(&self) == NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_agent_last_port_error(&self.agent) == NODELOCK_ERR_NOT_INITIALIZED);
}

int main(void)
{
    agents();
    boots();
    catalogs();
    trials_without_a_line();
    lines_without_a_slot();
    milliseconds();
    arguments();
    storage();
    return 0;
}
