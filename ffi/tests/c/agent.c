/* The life of a device with an agent: levels, trials, counts, agreements, over several boots. */
#include "agent.h"

static const uint8_t permanent_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01};
static const uint8_t counted_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02};
static const uint8_t evaluation_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21};

static board self;
static nodelock_event event;
static nodelock_agent_line line;
static nodelock_answer answer;
static nodelock_tally tally;

/* Whether the words of an answer are these. */
static int says(nodelock_handle handle, uint64_t units, uint32_t which, const char *expected)
{
    char words[NODELOCK_WORDS_SIZE];

    return nodelock_agent_explain_words(&self.agent, handle, NODELOCK_UNITS(units), which, words, sizeof words) ==
               NODELOCK_OK &&
           strcmp(words, expected) == 0;
}

static void empty(void)
{
    nodelock_uptime deadline = {0};
    nodelock_handle handle = 77;
    size_t count = 77;

    board_make(&self);
    CHECK(nodelock_agent_size() == sizeof self.agent);
    board_reboot(&self);
    CHECK(nodelock_agent_last_port_error(&self.agent) == 0);
    CHECK(board_events(&self, NODELOCK_EVENT_INSTALL, &event) == 0);
    CHECK(nodelock_agent_find(&self.agent, "voice", 5, &handle) == NODELOCK_OK && handle == VOICE);
    CHECK(board_check(&self, IPBASE) == NODELOCK_GRANTED);
    CHECK(board_check(&self, IPSERVICES) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    CHECK(board_check(&self, VOICE) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    CHECK(board_check(&self, LAB) == (uint32_t)-NODELOCK_ERR_NOT_ACTIVATED);
    CHECK(nodelock_agent_next_deadline(&self.agent, &deadline) == NODELOCK_OK);
    /* The board has a wall clock, so the date is kept at least once a day. */
    CHECK(deadline.seconds > self.now.uptime.seconds && deadline.seconds <= self.now.uptime.seconds + 86400);

    /* The only line is the trial that the catalog brings. */
    CHECK(nodelock_agent_line_count(&self.agent, &count) == NODELOCK_OK && count == 1);
    CHECK(nodelock_agent_line_at(&self.agent, 0, &line) == NODELOCK_OK);
    CHECK(line.source == NODELOCK_SOURCE_BUILT_IN && line.handle == LAB);
    CHECK(line.left_seconds == 60u * DAY && line.used_seconds == 0);
    CHECK(line.state == NODELOCK_STATE_NOT_IN_USE && line.priority == NODELOCK_PRIORITY_LOW);
    CHECK(nodelock_agent_clear(&self.agent, line.license.line_id, &self.now) ==
          NODELOCK_ERR_BUILT_IN_LINE);
}

static void levels(void)
{
    nodelock_handle level = 77;

    CHECK(nodelock_agent_install(&self.agent, FILE_PERMANENT, sizeof FILE_PERMANENT,
                                 NODELOCK_INTENT_WHAT_IF, &self.now, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 1 && !board_line(&self, 0x01, &line));
    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(tally.installed == 1 && tally.refused == 0 && self.base.records == 1);
    CHECK(board_events(&self, NODELOCK_EVENT_NEXT_LEVEL, &event) == 1);
    CHECK(event.handle == IPSERVICES);
    CHECK(board_check(&self, IPSERVICES) == (uint32_t)-NODELOCK_ERR_LEVEL_NOT_BOOTED);
    /* What the level brings waits for the boot with it, and says so. */
    CHECK(board_check(&self, NAT) == (uint32_t)-NODELOCK_ERR_LEVEL_NOT_BOOTED);
    CHECK(nodelock_agent_explain(&self.agent, NAT, NODELOCK_UNITS(0), &answer) == NODELOCK_OK);
    CHECK(answer.reason == NODELOCK_ERR_LEVEL_NOT_BOOTED && answer.verdict == 612 && answer.needed == 0);
    CHECK(answer.level == IPSERVICES && answer.next_boot == 1);
    CHECK(memcmp(answer.line_id, permanent_id, sizeof permanent_id) == 0);
    CHECK(answer.last_day == NODELOCK_NO_DATE && answer.repair_number == NODELOCK_NO_REPAIR);
    CHECK(says(NAT, 1, NODELOCK_WORDS_REMEDY, "restart the device"));
    CHECK(nodelock_agent_booted_level(&self.agent, ENTERPRISE, &level) == NODELOCK_OK);
    CHECK(level == IPBASE);
    CHECK(nodelock_agent_next_level(&self.agent, ENTERPRISE, &level) == NODELOCK_OK);
    CHECK(level == IPSERVICES);
    CHECK(nodelock_agent_booted_level(&self.agent, NAT, &level) == NODELOCK_OK);
    CHECK(level == NODELOCK_NO_HANDLE);

    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(tally.installed == 0 && tally.existing == 1);
    INSTALL(&self, FILE_OTHER, &tally);
    CHECK(tally.for_others == 1);
    INSTALL(&self, FILE_TAMPERED, &tally);
    CHECK(tally.refused == 1 && tally.first_refusal == NODELOCK_ERR_SIGNATURE_MISMATCH);

    board_reboot(&self);
    CHECK(board_check(&self, IPSERVICES) == NODELOCK_GRANTED);
    CHECK(board_check(&self, IPBASE) == NODELOCK_GRANTED);
    CHECK(board_check(&self, NAT) == NODELOCK_GRANTED);
    CHECK(board_check(&self, ENTERPRISE) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    CHECK(nodelock_agent_request_level(&self.agent, IPBASE) == NODELOCK_OK);
    CHECK(nodelock_agent_request_level(&self.agent, NAT) == NODELOCK_ERR_NOT_A_LEVEL);
    board_reboot(&self);
    CHECK(board_check(&self, NAT) == (uint32_t)-NODELOCK_ERR_LEVEL_NOT_BOOTED);
    CHECK(nodelock_agent_explain(&self.agent, NAT, NODELOCK_UNITS(1), &answer) == NODELOCK_OK);
    CHECK(answer.level == IPSERVICES && answer.next_boot == 0);
    CHECK(says(NAT, 1, NODELOCK_WORDS_REMEDY, "choose ipservices as boot level, and restart the device"));
    CHECK(nodelock_agent_request_any_level(&self.agent, ENTERPRISE) == NODELOCK_OK);
    board_reboot(&self);
    CHECK(board_check(&self, NAT) == NODELOCK_GRANTED);
    CHECK(nodelock_agent_clear(&self.agent, permanent_id, &self.now) == NODELOCK_ERR_LINE_IN_USE);
}

static void evaluation(void)
{
    nodelock_uptime deadline = {0};
    nodelock_lease lease = {0};
    uint64_t granted = 0;
    uint32_t warnings = 0;
    uint32_t verdict = 0;

    INSTALL(&self, FILE_EVALUATION, &tally);
    CHECK(tally.installed == 1 && board_line(&self, 0x21, &line));
    CHECK(line.handle == TUNNEL && line.license_type == NODELOCK_TYPE_EVALUATION);
    CHECK(line.left_seconds == 2u * DAY && line.dates == NODELOCK_DATES_NONE);
    CHECK(board_check(&self, TUNNEL) == (uint32_t)-NODELOCK_ERR_NOT_ACTIVATED);
    CHECK(nodelock_agent_acquire(&self.agent, TUNNEL, NODELOCK_UNITS(0), NODELOCK_OWNER(7), &self.now,
                                 &lease) == NODELOCK_OK);
    CHECK(lease.token != 0 && board_check(&self, TUNNEL) == NODELOCK_GRANTED);

    /* Who does not tell the time is denied one interval after the deadline. */
    CHECK(nodelock_agent_next_deadline(&self.agent, &deadline) == NODELOCK_OK);
    CHECK(deadline.seconds > 0 && deadline.seconds <= 900);
    CHECK(nodelock_agent_granted(&self.agent, TUNNEL, NODELOCK_UPTIME(deadline.seconds + 899)) ==
          NODELOCK_GRANTED);
    CHECK(nodelock_agent_granted(&self.agent, TUNNEL, NODELOCK_UPTIME(deadline.seconds + 900)) ==
          NODELOCK_UNDECIDED);
    CHECK(nodelock_agent_check(&self.agent, TUNNEL, NODELOCK_UPTIME(deadline.seconds + 900),
                               &verdict) == NODELOCK_OK);
    CHECK(verdict == (uint32_t)-NODELOCK_ERR_TICK_OVERDUE);
    CHECK(strstr(nodelock_verdict_text(NODELOCK_UNDECIDED), "not granted; ") != NULL);
    CHECK(strcmp(nodelock_verdict_text(verdict), nodelock_result_text(NODELOCK_ERR_TICK_OVERDUE)) == 0);

    /* Half of it, and a reboot. */
    while (self.now.uptime.seconds < DAY) {
        CHECK(nodelock_agent_next_deadline(&self.agent, &deadline) == NODELOCK_OK);
        CHECK(deadline.seconds > self.now.uptime.seconds && deadline.seconds != NODELOCK_NO_END);
        board_tick(&self, deadline.seconds);
        CHECK(board_check(&self, TUNNEL) == NODELOCK_GRANTED);
        warnings += board_events(&self, NODELOCK_EVENT_EXPIRING, &event);
    }
    CHECK(warnings >= 1);
    CHECK(board_line(&self, 0x21, &line) && line.state == NODELOCK_STATE_IN_USE);
    CHECK(line.used_seconds == self.now.uptime.seconds && line.in_use == 1);
    granted = self.now.uptime.seconds;
    CHECK(nodelock_agent_deinit(&self.agent) == NODELOCK_OK);
    CHECK(nodelock_agent_granted(&self.agent, TUNNEL, NODELOCK_UPTIME(granted)) == NODELOCK_UNDECIDED);
    board_reboot(&self);
    CHECK(board_line(&self, 0x21, &line));
    CHECK(line.used_seconds >= granted && line.used_seconds <= granted + 900);

    /* The rest: it ends, and goes on until the next boot. */
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_OK);
    while (board_events(&self, NODELOCK_EVENT_EXPIRED, &event) == 0) {
        CHECK(board_check(&self, TUNNEL) == NODELOCK_GRANTED);
        CHECK(nodelock_agent_next_deadline(&self.agent, &deadline) == NODELOCK_OK);
        CHECK(deadline.seconds > self.now.uptime.seconds && deadline.seconds != NODELOCK_NO_END);
        board_tick(&self, deadline.seconds);
        CHECK(self.now.uptime.seconds <= 2u * DAY);
    }
    CHECK(event.handle == TUNNEL && event.severity == 3);
    CHECK(memcmp(event.line_id, evaluation_id, sizeof evaluation_id) == 0);
    CHECK(self.now.uptime.seconds + granted <= 2u * DAY && self.now.uptime.seconds + granted + 900 >= 2u * DAY);
    CHECK(board_check(&self, TUNNEL) == NODELOCK_GRANTED);
    CHECK(board_line(&self, 0x21, &line) && line.state == NODELOCK_STATE_EXPIRED_IN_USE);
    CHECK(line.left_seconds == 0);
    board_reboot(&self);
    CHECK(board_check(&self, TUNNEL) == (uint32_t)-NODELOCK_ERR_EXPIRED);
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_ERR_EXPIRED);
    CHECK(nodelock_agent_acquire(&self.agent, TUNNEL, NODELOCK_UNITS(1), NODELOCK_OWNER(7), &self.now,
                                 &lease) ==
          NODELOCK_ERR_EXPIRED);

    /* Clearing and installing again gives nothing back. */
    CHECK(nodelock_agent_clear(&self.agent, evaluation_id, &self.now) == NODELOCK_OK);
    CHECK(nodelock_agent_clear(&self.agent, evaluation_id, &self.now) == NODELOCK_ERR_NO_SUCH_LINE);
    CHECK(board_check(&self, TUNNEL) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    INSTALL(&self, FILE_EVALUATION, &tally);
    CHECK(tally.installed == 1);
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_ERR_EXPIRED);
}

static void counts(void)
{
    nodelock_lease first = {0};
    nodelock_lease second = {0};
    uint64_t units = 77;

    INSTALL(&self, FILE_COUNTED, &tally);
    CHECK(tally.installed == 2);
    CHECK(board_events(&self, NODELOCK_EVENT_INSTALL, &event) >= 2);
    CHECK(board_check(&self, VOICE) == NODELOCK_GRANTED);
    CHECK(nodelock_agent_acquire(&self.agent, VOICE, NODELOCK_UNITS(20), NODELOCK_OWNER(1), &self.now,
                                 &first) == NODELOCK_OK);
    CHECK(board_events(&self, NODELOCK_EVENT_COUNT_NEAR, &event) == 1 && event.value == 20);
    second.token = 77;
    CHECK(nodelock_agent_acquire(&self.agent, VOICE, NODELOCK_UNITS(5), NODELOCK_OWNER(2), &self.now,
                                 &second) ==
          NODELOCK_ERR_COUNT_TOO_LOW);
    CHECK(second.token == 77);
    CHECK(nodelock_agent_acquire(&self.agent, VOICE, NODELOCK_UNITS(UINT64_MAX), NODELOCK_OWNER(2),
                                 &self.now, &second) ==
          NODELOCK_ERR_COUNT_TOO_LOW);
    CHECK(nodelock_agent_acquire(&self.agent, VOICE, NODELOCK_UNITS(4), NODELOCK_OWNER(2), &self.now,
                                 &second) == NODELOCK_OK);
    CHECK(board_events(&self, NODELOCK_EVENT_COUNT_REACHED, &event) == 1 && event.value == 24);
    CHECK(nodelock_agent_in_use(&self.agent, VOICE, &units) == NODELOCK_OK && units == 24);
    CHECK(board_line(&self, 0x02, &line) && line.state == NODELOCK_STATE_COUNT_CONSUMED);
    CHECK(line.license.count == 16 && line.in_use == 24 && line.left_seconds == NODELOCK_NO_END);
    CHECK(nodelock_agent_clear(&self.agent, counted_id, &self.now) == NODELOCK_ERR_LINE_IN_USE);

    CHECK(nodelock_agent_release(&self.agent, first, NODELOCK_OWNER(2), &self.now) ==
          NODELOCK_ERR_NO_SUCH_LEASE);
    CHECK(nodelock_agent_release(&self.agent, first, NODELOCK_OWNER(1), &self.now) == NODELOCK_OK);
    CHECK(nodelock_agent_release(&self.agent, first, NODELOCK_OWNER(1), &self.now) ==
          NODELOCK_ERR_NO_SUCH_LEASE);
    CHECK(nodelock_agent_in_use(&self.agent, VOICE, &units) == NODELOCK_OK && units == 4);
    board_reboot(&self);
    CHECK(nodelock_agent_in_use(&self.agent, VOICE, &units) == NODELOCK_OK && units == 0);
    CHECK(nodelock_agent_release(&self.agent, second, NODELOCK_OWNER(2), &self.now) ==
          NODELOCK_ERR_NO_SUCH_LEASE);

    /* As many leases as there is room for. */
    for (units = 0; units < LEASES; units++) {
        CHECK(nodelock_agent_acquire(&self.agent, VOICE, NODELOCK_UNITS(1), NODELOCK_OWNER(3), &self.now,
                                     &first) == NODELOCK_OK);
    }
    CHECK(nodelock_agent_acquire(&self.agent, VOICE, NODELOCK_UNITS(1), NODELOCK_OWNER(3), &self.now,
                                 &first) ==
          NODELOCK_ERR_LEASES_FULL);
    board_reboot(&self);
}

static void agreements(void)
{
    static const char text[] = "You may mirror as long as you like.";
    int32_t reason = 77;

    INSTALL(&self, FILE_RIGHT_TO_USE, &tally);
    CHECK(tally.installed == 1 && board_line(&self, 0x22, &line));
    CHECK(line.eula == NODELOCK_EULA_OPEN && line.state == NODELOCK_STATE_INACTIVE);
    CHECK(nodelock_agent_explain_line(&self.agent, MIRROR, 0, &line, &reason) == NODELOCK_OK);
    CHECK(reason == NODELOCK_ERR_EULA_NOT_ACCEPTED && line.license.line_id[9] == 0x22);
    CHECK(nodelock_agent_explain_line(&self.agent, MIRROR, 1, &line, &reason) ==
          NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_agent_activate(&self.agent, MIRROR, &self.now) ==
          NODELOCK_ERR_EULA_NOT_ACCEPTED);
    CHECK(nodelock_agent_accept_eula(&self.agent, MIRROR, text, strlen(text), &self.now) ==
          NODELOCK_OK);
    CHECK(board_events(&self, NODELOCK_EVENT_EULA_ACCEPTED, &event) == 1 && event.handle == MIRROR);
    CHECK(board_line(&self, 0x22, &line) && line.eula == NODELOCK_EULA_ACCEPTED);
    CHECK(board_check(&self, MIRROR) == (uint32_t)-NODELOCK_ERR_NOT_ACTIVATED);
    CHECK(nodelock_agent_activate(&self.agent, MIRROR, &self.now) == NODELOCK_OK);
    CHECK(board_check(&self, MIRROR) == NODELOCK_GRANTED);
    board_reboot(&self);
    CHECK(board_check(&self, MIRROR) == NODELOCK_GRANTED);
    CHECK(nodelock_agent_deactivate(&self.agent, MIRROR, &self.now) == NODELOCK_OK);
    board_reboot(&self);
    CHECK(board_check(&self, MIRROR) == (uint32_t)-NODELOCK_ERR_NOT_ACTIVATED);
}

static void dates(void)
{
    INSTALL(&self, FILE_DATED, &tally);
    CHECK(tally.installed == 1);
    CHECK(board_check(&self, SECURITY) == NODELOCK_GRANTED);
    CHECK(board_line(&self, 0x04, &line) && line.dates == NODELOCK_DATES_ACTIVE);
    /* 2028-01-01T00:00:00 less now */
    CHECK(line.left_seconds == 1830297600u - self.now.wall);
    CHECK(line.priority == NODELOCK_PRIORITY_MEDIUM);

    /* A clock that is lost ends nothing that was paid for, and is reported. */
    self.now.wall_known = 0;
    CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_OK);
    CHECK(board_events(&self, NODELOCK_EVENT_CLOCK_LOST, &event) == 1);
    CHECK(board_check(&self, SECURITY) == NODELOCK_GRANTED);
    self.now.wall_known = 1;
    CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_OK);
    CHECK(board_events(&self, NODELOCK_EVENT_CLOCK_GOOD, &event) == 1);
}

static void operators(void)
{
    char text[255];
    size_t len = 77;

    CHECK(nodelock_agent_set_priority(&self.agent, evaluation_id, NODELOCK_PRIORITY_HIGH) ==
          NODELOCK_OK);
    CHECK(nodelock_agent_set_priority(&self.agent, evaluation_id, NODELOCK_PRIORITY_MEDIUM) ==
          NODELOCK_ERR_PRIORITY_FIXED);
    CHECK(nodelock_agent_set_priority(&self.agent, counted_id, NODELOCK_PRIORITY_HIGH) ==
          NODELOCK_ERR_PRIORITY_FIXED);
    CHECK(nodelock_agent_comment(&self.agent, counted_id, "rack 7", 6) == NODELOCK_OK);
    board_reboot(&self);
    CHECK(board_line(&self, 0x21, &line) && line.priority == NODELOCK_PRIORITY_HIGH);
    CHECK(nodelock_agent_read_comment(&self.agent, counted_id, text, 5, &len) ==
          NODELOCK_ERR_COMMENT_TOO_LONG);
    CHECK(len == 77);
    CHECK(nodelock_agent_read_comment(&self.agent, counted_id, text, sizeof text, &len) ==
          NODELOCK_OK);
    CHECK(len == 6 && memcmp(text, "rack 7", 6) == 0);
    CHECK(nodelock_agent_comment(&self.agent, counted_id, "", 0) == NODELOCK_OK);
    CHECK(nodelock_agent_read_comment(&self.agent, counted_id, text, 6, &len) == NODELOCK_OK);
    CHECK(len == 0);
    memset(text, 'x', sizeof text);
    CHECK(nodelock_agent_comment(&self.agent, counted_id, text, sizeof text) == NODELOCK_OK);
}

int main(void)
{
    empty();
    levels();
    evaluation();
    counts();
    agreements();
    dates();
    operators();
    CHECK(nodelock_agent_deinit(&self.agent) == NODELOCK_OK);
    return 0;
}
