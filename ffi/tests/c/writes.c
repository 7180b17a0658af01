/* What each call writes to the storage. Prints a line for each, "call: value, value", which the test compares with the
 * table of docs/SPEC.md, section 13.4. */
#include "agent.h"

static const uint8_t permanent_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
static const uint8_t evaluation_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21};

static board self;
static nodelock_feature own_catalog[FEATURES];

/* The writes since the last line. */
static char written[1024];

/* In the words of the table. */
static void note(uint16_t key, int removed)
{
    static const char *const kinds[] = {NULL, "line", "use value", "agreement", "history", "level", "revoked id"};
    const char *const kind = key == 1 ? "clock" : key == 3 ? "pending change" : kinds[key >> 8];

    CHECK(kind != NULL && strlen(written) + 40 < sizeof written);
    strcat(written, written[0] == '\0' ? "" : ", ");
    strcat(written, removed ? "removal of the " : "");
    strcat(written, kind);
}

static int32_t store(void *user, uint16_t key, const uint8_t *data, size_t len)
{
    note(key, 0);
    return board_store(user, key, data, len);
}

static int32_t forget(void *user, uint16_t key)
{
    note(key, 1);
    return board_remove(user, key);
}

/* Nothing is due any more: what a call writes from here on is its own. */
static void settle(void)
{
    CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_OK);
    written[0] = '\0';
}

static void tell(const char *call, nodelock_result result)
{
    CHECK(result == NODELOCK_OK);
    printf("%s: %s\n", call, written);
    settle();
}

static nodelock_result install(const uint8_t *file, size_t len)
{
    nodelock_tally tally;
    nodelock_result result;

    self.base.records = 0;
    result = nodelock_agent_install(&self.agent, file, len, NODELOCK_INTENT_INSTALL, &self.now, &tally);
    CHECK(tally.installed == 1 && tally.refused == 0);
    return result;
}

int main(void)
{
    uint64_t day;

    memcpy(own_catalog, catalog, sizeof own_catalog);
    own_catalog[LAB].trial_seconds = DAY;
    own_catalog[LAB].flags = NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE;
    board_make(&self);
    self.config.features = own_catalog;
    self.config.store = store;
    self.config.remove = forget;
    board_reboot(&self);
    /* Its day of issue proves a date, which is kept once. */
    CHECK(install(FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE) == NODELOCK_OK);
    settle();

    tell("install-permanent", install(FILE_PERMANENT, sizeof FILE_PERMANENT));
    tell("install-metered", install(FILE_EVALUATION, sizeof FILE_EVALUATION));
    tell("accept-eula", nodelock_agent_accept_eula(&self.agent, MIRROR, "text", 4, &self.now));
    tell("activate-right-to-use", nodelock_agent_activate(&self.agent, MIRROR, &self.now));
    tell("deactivate-right-to-use", nodelock_agent_deactivate(&self.agent, MIRROR, &self.now));
    tell("comment", nodelock_agent_comment(&self.agent, permanent_id, "x", 1));
    tell("set-priority", nodelock_agent_set_priority(&self.agent, evaluation_id, NODELOCK_PRIORITY_HIGH));
    tell("request-level", nodelock_agent_request_level(&self.agent, IPBASE));
    tell("request-any-level", nodelock_agent_request_any_level(&self.agent, IPBASE));
    tell("charge", nodelock_agent_activate(&self.agent, TUNNEL, &self.now));
    tell("nothing-charged", nodelock_agent_deactivate(&self.agent, TUNNEL, &self.now));
    tell("clear", nodelock_agent_clear(&self.agent, evaluation_id, &self.now));
    tell("revoke", nodelock_agent_revoke(&self.agent, permanent_id, &self.now));

    /* The trial of the catalog, up to the tick with which it ends. */
    CHECK(nodelock_agent_activate(&self.agent, LAB, &self.now) == NODELOCK_OK);
    for (day = 0;; day += 600) {
        nodelock_event event;

        self.now.uptime.seconds += 600;
        written[0] = '\0';
        CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_OK);
        if (board_events(&self, NODELOCK_EVENT_RIGHT_TO_USE, &event) == 1) {
            break;
        }
        CHECK(day <= DAY);
    }
    tell("becomes-right-to-use", NODELOCK_OK);
    return 0;
}
