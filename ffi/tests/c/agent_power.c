/* Storage that fails at every single call, and power that is cut at every single write. */
#include "agent.h"

/* Signatures are not what this is about, and there are very many boots. */
static int32_t always_valid(void *user, const uint8_t *key, const uint8_t *digest,
                            const uint8_t *signature)
{
    (void)user;
    (void)key;
    (void)digest;
    (void)signature;
    return NODELOCK_SIGNATURE_VALID;
}

static const uint8_t evaluation_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21};
static const uint8_t permanent_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01};

static board self;

/* What the device was told has happened. */
static struct {
    int installed;  /* the trial */
    int kept;       /* the permanent line */
    int clearing;   /* it may or may not be gone */
    int cleared;    /* it is gone */
    int accepted;   /* the agreement */
    int activated;  /* the right to use */
    uint64_t used;  /* seconds for which the trial was granted */
} known;

static int installs(const uint8_t *file, size_t len)
{
    nodelock_tally tally;

    self.base.records = 0;
    CHECK(nodelock_agent_install(&self.agent, file, len, NODELOCK_INTENT_INSTALL, &self.now,
                                 &tally) == NODELOCK_OK);
    CHECK(tally.installed + tally.refused == 1);
    if (tally.first_refusal == NODELOCK_ERR_STORAGE_FAILED) {
        CHECK(nodelock_agent_last_port_error(&self.agent) == self.failure);
    } else if (tally.refused == 1) {
        /* Places that could not be read are not written. */
        CHECK(self.dark && tally.first_refusal == NODELOCK_ERR_SLOTS_FULL);
    }
    return tally.installed == 1;
}

/* A day in the life of a device, going on whatever fails. */
static void scenario(void)
{
    uint64_t start;
    nodelock_lease lease = {0};
    int32_t result;
    int i;

    memset(&known, 0, sizeof known);
    CHECK(board_boot(&self) == NODELOCK_OK);
    known.installed = installs(FILE_EVALUATION, sizeof FILE_EVALUATION);
    known.kept = installs(FILE_PERMANENT, sizeof FILE_PERMANENT);
    (void)installs(FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE);

    start = self.now.uptime.seconds;
    result = nodelock_agent_acquire(&self.agent, TUNNEL, NODELOCK_UNITS(1), NODELOCK_OWNER(1), &self.now,
                                    &lease);
    CHECK(result == NODELOCK_OK || result == NODELOCK_ERR_NO_LICENSE ||
          result == NODELOCK_ERR_STORAGE_FAILED || result == NODELOCK_ERR_NOT_ACTIVATED);
    for (i = 0; i < 6; i++) {
        uint64_t next = self.now.uptime.seconds + 600;

        /* Until here it was granted, or not. */
        if (board_check(&self, TUNNEL) == NODELOCK_GRANTED &&
            nodelock_agent_granted(&self.agent, TUNNEL, NODELOCK_UPTIME(next - 1)) == NODELOCK_GRANTED) {
            known.used += next - start;
        }
        start = next;
        board_tick(&self, next);
    }
    if (result == NODELOCK_OK) {
        CHECK(nodelock_agent_release(&self.agent, lease, NODELOCK_OWNER(1), &self.now) == NODELOCK_OK);
    }

    known.accepted =
        nodelock_agent_accept_eula(&self.agent, MIRROR, "text", 4, &self.now) == NODELOCK_OK;
    known.activated = nodelock_agent_activate(&self.agent, MIRROR, &self.now) == NODELOCK_OK;
    known.clearing = self.cut_at != 0;
    known.cleared = nodelock_agent_clear(&self.agent, permanent_id, &self.now) == NODELOCK_OK;
}

/* Power on again: what was acknowledged is there, and no time came back. */
static void afterwards(void)
{
    nodelock_agent_line line;
    nodelock_event event;

    board_reboot(&self);
    CHECK(board_events(&self, NODELOCK_EVENT_REFUSED, &event) == 0);
    if (known.installed) {
        CHECK(board_line(&self, 0x21, &line));
    }
    if (board_line(&self, 0x21, &line)) {
        /* Charging goes ahead; an answer may outlive its deadline by one interval. */
        CHECK(line.used_seconds + 900 >= known.used);
        CHECK(line.used_seconds <= 6u * 600 + 900 + 900);
    }
    if (known.cleared) {
        CHECK(!board_line(&self, 0x01, &line));
        CHECK(nodelock_agent_clear(&self.agent, permanent_id, &self.now) ==
              NODELOCK_ERR_NO_SUCH_LINE);
    } else if (known.kept && !known.clearing) {
        CHECK(board_line(&self, 0x01, &line));
    }
    if (known.accepted && board_line(&self, 0x22, &line)) {
        CHECK(line.eula == NODELOCK_EULA_ACCEPTED);
    }
    if (known.activated) {
        CHECK(board_check(&self, MIRROR) == NODELOCK_GRANTED);
    }

    /* Everything can be done again. */
    if (board_line(&self, 0x21, &line)) {
        uint64_t used = line.used_seconds;
        CHECK(nodelock_agent_clear(&self.agent, evaluation_id, &self.now) == NODELOCK_OK);
        CHECK(installs(FILE_EVALUATION, sizeof FILE_EVALUATION));
        CHECK(board_line(&self, 0x21, &line) && line.used_seconds == used);
    } else {
        CHECK(installs(FILE_EVALUATION, sizeof FILE_EVALUATION));
    }
    CHECK(nodelock_agent_activate(&self.agent, TUNNEL, &self.now) == NODELOCK_OK);
    CHECK(nodelock_agent_last_port_error(&self.agent) == 0);
    CHECK(nodelock_agent_deinit(&self.agent) == NODELOCK_OK);
}

static void make(void)
{
    board_make(&self);
    self.base_config.verify_signature = always_valid;
}

int main(void)
{
    uint32_t calls;
    uint32_t writes;
    uint32_t n;

    make();
    scenario();
    CHECK(known.installed && known.kept && known.cleared && known.accepted && known.activated);
    CHECK(known.used == 3600);
    calls = self.calls;
    writes = self.writes;
    CHECK(calls > 300 && writes > 12);
    afterwards();

    for (n = 1; n <= calls + 1; n++) {
        make();
        self.fail_at = n;
        scenario();
        afterwards();
    }
    for (n = 1; n <= 2 * writes; n++) {
        make();
        self.cut_at = (n + 1) / 2;
        self.cut_after = n % 2;
        scenario();
        CHECK(self.dark);
        afterwards();
    }

    /* Storage that is out of order from the start: nothing works, and nothing is granted. */
    make();
    self.dark = 1;
    scenario();
    CHECK(!known.installed && !known.kept && !known.cleared && !known.accepted);
    CHECK(known.used == 0 && !known.activated);
    printf("%u calls, %u writes\n", (unsigned)calls, (unsigned)writes);
    return 0;
}
