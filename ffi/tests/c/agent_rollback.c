/* A device with a secret and two counters: older copies of its storage, wiped storage, rights that
   were taken back, and counters that do not answer. */
#include "agent.h"

static board self;
static board copy;
static const uint8_t secret[32] = {1, 2, 3};
static const uint8_t blank[32] = {0};
static const uint8_t permanent_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01};

/* Not on the board: these are the counters that nobody can copy. */
static uint64_t started_count;
static uint64_t committed_count;
static int32_t counters_return;

static int32_t counters(void *user, uint64_t *started, uint64_t *committed)
{
    CHECK(user == &self);
    *started = started_count;
    *committed = committed_count;
    return counters_return;
}

static int32_t start(void *user)
{
    CHECK(user == &self);
    started_count += counters_return == 0;
    return counters_return;
}

static int32_t commit(void *user, uint64_t to)
{
    CHECK(user == &self);
    CHECK(committed_count <= to && to <= started_count);
    if (counters_return == 0) {
        committed_count = to;
    }
    return counters_return;
}

static uint32_t rollback_state(void)
{
    uint32_t found = 99;

    CHECK(nodelock_agent_rollback_state(&self.agent, &found) == NODELOCK_OK);
    return found;
}

static void install(const uint8_t *file, size_t len, int32_t refusal)
{
    nodelock_tally tally;

    self.base.records = 0;
    CHECK(nodelock_agent_install(&self.agent, file, len, NODELOCK_INTENT_INSTALL, &self.now,
                                 &tally) == NODELOCK_OK);
    CHECK(refusal == 0 ? tally.installed == 1 : tally.first_refusal == refusal);
}

static void restore(const board *from)
{
    memcpy(self.values, from->values, sizeof self.values);
}

int main(void)
{
    nodelock_event event;

    /* What is asked for must be there. */
    board_make(&self);
    self.config.rollback_required = NODELOCK_ROLLBACK_TWO_COUNTERS;
    CHECK(board_boot(&self) == NODELOCK_ERR_COUNTERS_TOO_WEAK);
    self.config.rollback_protection = NODELOCK_ROLLBACK_TWO_COUNTERS;
    CHECK(board_boot(&self) == NODELOCK_ERR_NO_STORAGE);
    self.config.counters_read = counters;
    self.config.counters_start = start;
    self.config.counters_commit = commit;
    CHECK(board_boot(&self) == NODELOCK_ERR_COUNTERS_TOO_WEAK);
    self.config.device_secret = blank;
    CHECK(board_boot(&self) == NODELOCK_ERR_DEVICE_SECRET_BLANK);
    self.config.device_secret = secret;
    self.config.rollback_protection = 4;
    CHECK(board_boot(&self) == NODELOCK_ERR_ARGUMENT);
    self.config.rollback_protection = NODELOCK_ROLLBACK_TWO_COUNTERS;

    board_reboot(&self);
    CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_LATEST);
    install(FILE_EVALUATION, sizeof FILE_EVALUATION, 0);
    install(FILE_PERMANENT, sizeof FILE_PERMANENT, 0);
    board_reboot(&self);
    CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_LATEST);
    copy = self;

    /* An older copy is noticed, and the latest storage is welcome again. */
    install(FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE, 0);
    {
        static board latest;

        latest = self;
        restore(&copy);
        board_reboot(&self);
        CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_ROLLED_BACK);
        CHECK(board_events(&self, NODELOCK_EVENT_ROLLED_BACK, &event) == 1);
        restore(&latest);
        board_reboot(&self);
        CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_LATEST);
    }

    /* What was taken back stays so. */
    CHECK(nodelock_agent_revoke(&self.agent, permanent_id, &self.now) == NODELOCK_OK);
    CHECK(nodelock_agent_revoke(&self.agent, permanent_id, &self.now) == NODELOCK_OK);
    install(FILE_PERMANENT, sizeof FILE_PERMANENT, NODELOCK_ERR_LICENSE_REVOKED);
    board_reboot(&self);
    CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_LATEST);
    install(FILE_PERMANENT, sizeof FILE_PERMANENT, NODELOCK_ERR_LICENSE_REVOKED);
    restore(&copy);
    board_reboot(&self);
    CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_REVOCATIONS_MISSING);

    /* A wiped storage is no new device. */
    memset(self.values, 0, sizeof self.values);
    board_reboot(&self);
    CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_REVOCATIONS_MISSING);

    /* The vendor lets the device go on, once. */
    {
        uint64_t number = 0;

        CHECK(nodelock_agent_repair_number(&self.agent, NODELOCK_REPAIR_CLOCK, &number) ==
              NODELOCK_ERR_STORAGE_ROLLED_BACK);
        CHECK(nodelock_agent_repair_number(&self.agent, NODELOCK_REPAIR_ROLLBACK, &number) ==
              NODELOCK_OK);
        CHECK(number == 17);
        install(FILE_REPAIR, sizeof FILE_REPAIR, 0);
        CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_LATEST);
        CHECK(board_events(&self, NODELOCK_EVENT_REPAIRED, &event) == 1);
        install(FILE_REPAIR, sizeof FILE_REPAIR, NODELOCK_ERR_NOTHING_TO_REPAIR);
        board_reboot(&self);
        CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_LATEST);
        CHECK(nodelock_agent_repair_number(&self.agent, NODELOCK_REPAIR_CLOCK, &number) ==
              NODELOCK_OK);
        CHECK(number == 1);
        CHECK(nodelock_agent_repair_number(&self.agent, NODELOCK_REPAIR_DAMAGE, &number) ==
              NODELOCK_ERR_NOTHING_TO_REPAIR);
        CHECK(nodelock_agent_repair_number(&self.agent, 4, &number) == NODELOCK_ERR_ARGUMENT);
        CHECK(nodelock_agent_repair_number(&self.agent, 257, &number) == NODELOCK_ERR_ARGUMENT);
        CHECK(nodelock_agent_repair_number(&self.agent, NODELOCK_REPAIR_CLOCK, NULL) ==
              NODELOCK_ERR_NULL_ARGUMENT);
    }

    /* Counters that do not answer. */
    counters_return = -5;
    board_reboot(&self);
    CHECK(rollback_state() == NODELOCK_ROLLBACK_STATE_COUNTERS_FAILED);
    CHECK(board_events(&self, NODELOCK_EVENT_COUNTERS, &event) == 1);

    /* Wrong use. */
    CHECK(nodelock_agent_rollback_state(&self.agent, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_revoke(&self.agent, NULL, &self.now) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_revoke(&self.agent, permanent_id, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    return 0;
}
