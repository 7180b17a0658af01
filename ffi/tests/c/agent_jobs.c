/* Jobs, history, the text of lines, refused lines, and switches for events. */
#include "agent.h"

static const uint8_t permanent_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01};
static const uint8_t no_id[10] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
static const char agreement_text[] = "Use it on this device.";

static board self;
static nodelock_jobs jobs;
static nodelock_job_slot slots[4];
static nodelock_job_result_slot results[6];

typedef struct desk {
    char text[4096];
    size_t len;
    uint32_t ended;
    uint32_t agreements;
    int32_t answer;
    uint32_t calling_back;
} desk;

static desk out;

static int32_t init(nodelock_jobs *it, nodelock_jobs_memory memory)
{
    return nodelock_jobs_init(it, sizeof jobs, &memory);
}

static int32_t take_text(void *user, const char *text, size_t len)
{
    desk *to = (desk *)user;

    CHECK(to->len + len <= sizeof to->text);
    memcpy(to->text + to->len, text, len);
    to->len += len;
    return to->answer;
}

static int32_t take_output(void *user, const uint8_t *data, size_t len)
{
    desk *to = (desk *)user;
    uint32_t id;

    if (to->calling_back) {
        CHECK(nodelock_jobs_begin(&jobs, &id) == NODELOCK_ERR_BUSY);
        CHECK(nodelock_jobs_delete(&jobs, 1) == NODELOCK_ERR_BUSY);
        CHECK(init(&jobs, jobs_memory(slots, COUNT(slots), NULL, 0)) == NODELOCK_ERR_BUSY);
        CHECK(nodelock_agent_line_text(&self.agent, permanent_id, take_text, user) ==
              NODELOCK_ERR_BUSY);
    }
    if (data == NULL) {
        CHECK(len == 0);
        to->ended += 1;
        return to->answer;
    }
    return take_text(user, (const char *)data, len);
}

static int32_t agreement(void *user, nodelock_handle handle, const char **text, size_t *len)
{
    desk *to = (desk *)user;

    to->agreements += 1;
    if (handle != MIRROR) {
        return 1;
    }
    *text = agreement_text;
    *len = sizeof agreement_text - 1;
    return 0;
}

static nodelock_job_port port(void)
{
    nodelock_job_port made;

    memset(&made, 0, sizeof made);
    memset(&out, 0, sizeof out);
    made.size = sizeof made;
    made.user = &out;
    made.eula = agreement;
    made.output = take_output;
    return made;
}

static nodelock_job_request request(uint32_t action)
{
    nodelock_job_request made;

    memset(&made, 0, sizeof made);
    made.action = action;
    return made;
}

static void table(void)
{
    memset(&jobs, 0xA5, sizeof jobs);
    CHECK(init(&jobs, jobs_memory(slots, COUNT(slots), results, COUNT(results))) == NODELOCK_OK);
}

/* Makes a job and brings it to its turn. */
static uint32_t begin(nodelock_job_request wanted)
{
    uint32_t id = 0;
    uint32_t begun = 0;

    CHECK(nodelock_jobs_create(&jobs, &wanted, &self.now, &id) == NODELOCK_OK && id != 0);
    CHECK(nodelock_jobs_start(&jobs, id) == NODELOCK_OK);
    CHECK(nodelock_jobs_start(&jobs, id) == NODELOCK_ERR_JOB_STATE);
    CHECK(nodelock_jobs_begin(&jobs, &begun) == NODELOCK_OK && begun == id);
    return id;
}

static uint32_t perform(uint32_t id, const uint8_t *file, size_t len, const nodelock_job_port *with)
{
    uint32_t state = 77;

    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, file, len, with,
                                 &self.now, &state) == NODELOCK_OK);
    return state;
}

static void jobs_run(void)
{
    nodelock_job_port with = port();
    nodelock_job_request wanted = request(NODELOCK_ACTION_INSTALL);
    nodelock_job_result result;
    nodelock_job job;
    uint32_t id;
    uint32_t second;

    board_make(&self);
    self.base.members = 2;
    board_reboot(&self);
    table();

    /* Ten licenses, some of which are for others; there is room for six results. */
    id = begin(wanted);
    CHECK(perform(id, FILE_CLEAN, sizeof FILE_CLEAN, NULL) == NODELOCK_JOB_PARTIALLY_SUCCESSFUL);
    CHECK(nodelock_jobs_get(&jobs, id, &job) == NODELOCK_OK);
    CHECK(job.id == id && job.state == NODELOCK_JOB_PARTIALLY_SUCCESSFUL);
    CHECK(job.cause == NODELOCK_CAUSE_NONE && job.request.action == NODELOCK_ACTION_INSTALL);
    CHECK(job.queue_position == 0 && job.results == 10);
    CHECK(job.failures >= 2 && job.for_others >= 1);
    CHECK(nodelock_jobs_result_at(&jobs, id, 0, &result) == NODELOCK_OK);
    CHECK(result.number == 1 && result.state == NODELOCK_JOB_SUCCESSFUL);
    CHECK(result.cause == NODELOCK_CAUSE_NONE && result.reason == NODELOCK_OK);
    CHECK(nodelock_jobs_result_at(&jobs, id, 4, &result) == NODELOCK_OK);
    CHECK(result.number == 5 && result.state == NODELOCK_JOB_NONE);
    CHECK(result.cause == NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE);
    CHECK(result.reason == NODELOCK_ERR_OTHER_DEVICE);
    CHECK(nodelock_jobs_result_at(&jobs, id, 6, &result) == NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);
    CHECK(nodelock_jobs_get(&jobs, id, &job) == NODELOCK_ERR_NO_SUCH_JOB);

    /* The second member's own. */
    wanted.member = 1;
    id = begin(wanted);
    CHECK(perform(id, FILE_SECOND, sizeof FILE_SECOND, NULL) == NODELOCK_JOB_SUCCESSFUL);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);
    wanted.member = 2;
    id = begin(wanted);
    CHECK(perform(id, FILE_SECOND, sizeof FILE_SECOND, NULL) == NODELOCK_JOB_FAILED);
    CHECK(nodelock_jobs_get(&jobs, id, &job) == NODELOCK_OK);
    CHECK(job.cause == NODELOCK_CAUSE_UNRECOGNIZED_ENTITY);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);

    /* The store is full now: a new device. Agreements are given out, and accepted only if
       the job says so. */
    board_make(&self);
    self.base.members = 2;
    board_reboot(&self);
    id = begin(request(NODELOCK_ACTION_GENERATE_EULA));
    CHECK(perform(id, FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE, &with) ==
          NODELOCK_JOB_SUCCESSFUL);
    CHECK(out.ended == 1 && out.len == sizeof agreement_text - 1);
    CHECK(memcmp(out.text, agreement_text, out.len) == 0);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);
    wanted = request(NODELOCK_ACTION_INSTALL);
    wanted.accept_eula = 1;
    id = begin(wanted);
    CHECK(perform(id, FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE, &with) ==
          NODELOCK_JOB_SUCCESSFUL);
    CHECK(nodelock_agent_activate(&self.agent, MIRROR, &self.now) == NODELOCK_OK);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);

    /* A backup holds what was installed; callbacks cannot get at the jobs meanwhile. */
    with = port();
    out.calling_back = 1;
    id = begin(request(NODELOCK_ACTION_BACKUP));
    CHECK(perform(id, NULL, 0, &with) == NODELOCK_JOB_SUCCESSFUL && out.ended == 1);
    CHECK(memcmp(out.text, "LICENSE 1 ", 10) == 0 || memcmp(out.text, "KEY 1 ", 6) == 0);
    CHECK(out.text[out.len - 1] == '\n');
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);
    /* It fails if nobody takes it. */
    with = port();
    out.answer = -5;
    id = begin(request(NODELOCK_ACTION_BACKUP));
    CHECK(perform(id, NULL, 0, &with) == NODELOCK_JOB_FAILED);
    CHECK(nodelock_jobs_get(&jobs, id, &job) == NODELOCK_OK);
    CHECK(job.cause == NODELOCK_CAUSE_INVALID_LICENSE_BACKUP_FILE);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_OK);

    /* What could not be fetched. */
    id = begin(request(NODELOCK_ACTION_INSTALL));
    second = 77;
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE,
                                 NULL, 0, NULL, &self.now, &second) == NODELOCK_OK);
    CHECK(second == NODELOCK_JOB_FAILED);
    CHECK(nodelock_jobs_get(&jobs, id, &job) == NODELOCK_OK);
    CHECK(job.cause == NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE);

    /* A line of the second member is none of the first, and the other way round. */
    INSTALL(&self, FILE_PERMANENT, NULL);
    wanted = request(NODELOCK_ACTION_CLEAR);
    memcpy(wanted.line_id, permanent_id, sizeof permanent_id);
    wanted.member = 1;
    id = begin(wanted);
    CHECK(perform(id, NULL, 0, NULL) == NODELOCK_JOB_FAILED);
    CHECK(nodelock_jobs_result_at(&jobs, id, 0, &result) == NODELOCK_OK);
    CHECK(result.cause == NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE);

    /* The table is full until five minutes have passed. */
    wanted = request(NODELOCK_ACTION_NO_OP);
    id = begin(wanted);
    CHECK(perform(id, NULL, 0, NULL) == NODELOCK_JOB_SUCCESSFUL);
    CHECK(nodelock_jobs_create(&jobs, &wanted, &self.now, &id) == NODELOCK_OK);
    CHECK(nodelock_jobs_create(&jobs, &wanted, &self.now, &second) == NODELOCK_ERR_JOBS_FULL);
    board_tick(&self, 300);
    CHECK(nodelock_jobs_create(&jobs, &wanted, &self.now, &second) == NODELOCK_OK);
    CHECK(nodelock_jobs_start(&jobs, second) == NODELOCK_OK);
    CHECK(nodelock_jobs_start(&jobs, id) == NODELOCK_OK);
    CHECK(nodelock_jobs_get(&jobs, id, &job) == NODELOCK_OK && job.queue_position == 2);
    CHECK(nodelock_jobs_begin(&jobs, &id) == NODELOCK_OK && id == second);
    CHECK(nodelock_jobs_delete(&jobs, id) == NODELOCK_ERR_JOB_STATE);
    CHECK(nodelock_jobs_begin(&jobs, &id) == NODELOCK_OK && id == 0);
}

static void jobs_used_wrongly(void)
{
    nodelock_job_port with = port();
    nodelock_job_request wanted = request(NODELOCK_ACTION_NO_OP);
    nodelock_job_request bad;
    nodelock_job_result result;
    nodelock_job job;
    uint32_t id = 77;
    uint32_t state = 77;
    size_t i;
    static const uint8_t fills[] = {0x00, 0xFF, 0xA5};
    const nodelock_jobs_memory memory = jobs_memory(slots, COUNT(slots), results, COUNT(results));
    nodelock_jobs_memory wrong;

    CHECK(init(NULL, memory) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_init(&jobs, sizeof jobs, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_init(&jobs, sizeof jobs - 1, &memory) == NODELOCK_ERR_CTX_SIZE);
    CHECK(init(&jobs, jobs_memory(slots, 0, NULL, 0)) == NODELOCK_ERR_NO_SLOTS);
    CHECK(init(&jobs, jobs_memory(NULL, COUNT(slots), NULL, 0)) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(init(&jobs, jobs_memory(slots, SIZE_MAX, NULL, 0)) == NODELOCK_ERR_TOO_MANY_SLOTS);
    CHECK(init(&jobs, jobs_memory(slots, SIZE_MAX / 2 / sizeof slots[0] + 1, NULL, 0)) ==
          NODELOCK_ERR_TOO_MANY_SLOTS);
    CHECK(init(&jobs, jobs_memory(slots, COUNT(slots), results, SIZE_MAX / 2)) == NODELOCK_ERR_TOO_MANY_SLOTS);
    CHECK(init(&jobs, jobs_memory(slots, COUNT(slots), NULL, COUNT(results))) == NODELOCK_ERR_NULL_ARGUMENT);
    wrong = memory;
    wrong.slot_size -= 1;
    CHECK(init(&jobs, wrong) == NODELOCK_ERR_JOBS_MEMORY_SIZE);
    wrong = memory;
    wrong.result_slot_size -= 1;
    CHECK(init(&jobs, wrong) == NODELOCK_ERR_JOBS_MEMORY_SIZE);
    wrong = memory;
    wrong.reserved = 1;
    CHECK(init(&jobs, wrong) == NODELOCK_ERR_RESERVED);
    wrong = memory;
    wrong.size -= 1;
    CHECK(init(&jobs, wrong) == NODELOCK_ERR_JOBS_MEMORY_SIZE);
    for (i = 0; i < COUNT(fills); i++) {
        memset(&jobs, fills[i], sizeof jobs);
        CHECK(nodelock_jobs_create(&jobs, &wanted, &self.now, &id) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_jobs_start(&jobs, 1) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_jobs_begin(&jobs, &id) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_jobs_delete(&jobs, 1) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_jobs_get(&jobs, 1, &job) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_jobs_at(&jobs, 0, &job) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_jobs_result_at(&jobs, 1, 0, &result) == NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_agent_perform(&self.agent, &jobs, 1, NODELOCK_CAUSE_NONE, NULL, 0, &with,
                                     &self.now, &state) == NODELOCK_ERR_NOT_INITIALIZED);
    }
    table();
    CHECK(nodelock_jobs_create(&jobs, NULL, &self.now, &id) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_create(&jobs, &wanted, NULL, &id) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_create(&jobs, &wanted, &self.now, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
#define REFUSED(change)                                                                         \
    do {                                                                                        \
        bad = wanted;                                                                           \
        bad.change;                                                                             \
        CHECK(nodelock_jobs_create(&jobs, &bad, &self.now, &id) == NODELOCK_ERR_ARGUMENT);     \
    } while (0)
    REFUSED(action = 0);
    REFUSED(action = 8);
    REFUSED(member = 256);
    REFUSED(stop_on_failure = 2);
    REFUSED(accept_eula = UINT32_MAX);
    bad = wanted;
    bad.reserved[5] = 1;
    CHECK(nodelock_jobs_create(&jobs, &bad, &self.now, &id) == NODELOCK_ERR_RESERVED);
    CHECK(id == 77);
    CHECK(nodelock_jobs_start(&jobs, 1) == NODELOCK_ERR_NO_SUCH_JOB);
    CHECK(nodelock_jobs_delete(&jobs, 0) == NODELOCK_ERR_NO_SUCH_JOB);
    CHECK(nodelock_jobs_begin(&jobs, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_get(&jobs, 1, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_at(&jobs, SIZE_MAX, &job) == NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_jobs_at(&jobs, 0, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_jobs_result_at(&jobs, 1, 0, NULL) == NODELOCK_ERR_NULL_ARGUMENT);

    id = begin(wanted);
    CHECK(nodelock_agent_perform(&self.agent, NULL, id, NODELOCK_CAUSE_NONE, NULL, 0, NULL,
                                 &self.now, &state) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, 0, NULL, 0, NULL, &self.now, &state) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, 23, NULL, 0, NULL, &self.now, &state) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, FILE_CLEAN, SIZE_MAX,
                                 NULL, &self.now, &state) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, NULL, 0, NULL,
                                 &self.now, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, NULL, 0, NULL, NULL,
                                 &state) == NODELOCK_ERR_NULL_ARGUMENT);
    with.size = 4;
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, NULL, 0, &with,
                                 &self.now, &state) == NODELOCK_ERR_CONFIG_SIZE);
    with = port();
    with.reserved = 1;
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, NULL, 0, &with,
                                 &self.now, &state) == NODELOCK_ERR_RESERVED);
    CHECK(state == 77);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id + 1, NODELOCK_CAUSE_NONE, NULL, 0, NULL,
                                 &self.now, &state) == NODELOCK_ERR_NO_SUCH_JOB);
    CHECK(perform(id, NULL, 0, NULL) == NODELOCK_JOB_SUCCESSFUL);
    CHECK(nodelock_agent_perform(&self.agent, &jobs, id, NODELOCK_CAUSE_NONE, NULL, 0, NULL,
                                 &self.now, &state) == NODELOCK_ERR_JOB_STATE);
    /* A job without a port has no output. */
    id = begin(request(NODELOCK_ACTION_BACKUP));
    CHECK(perform(id, NULL, 0, NULL) == NODELOCK_JOB_FAILED);
}

static nodelock_history_entry entries[40];
static size_t entry_count;

static void take_entry(void *user, const nodelock_history_entry *entry)
{
    CHECK(user == &entry_count && entry_count < COUNT(entries));
    CHECK(nodelock_agent_history(&self.agent, take_entry, user) == NODELOCK_ERR_BUSY);
    entries[entry_count++] = *entry;
}

static void history(void)
{
    nodelock_tally tally;
    size_t i;
    uint32_t cleared = 0;

    board_make(&self);
    board_reboot(&self);
    INSTALL(&self, FILE_COUNTED, &tally);
    self.now.wall_known = 0;
    CHECK(nodelock_agent_tick(&self.agent, &self.now) == NODELOCK_OK);
    CHECK(nodelock_agent_clear(&self.agent, (const uint8_t[10]){0, 0, 0, 0, 0, 0, 0, 0, 0, 2},
                               &self.now) == NODELOCK_OK);
    self.now.wall_known = 1;
    board_reboot(&self);
    entry_count = 0;
    CHECK(nodelock_agent_history(&self.agent, take_entry, &entry_count) == NODELOCK_OK);
    CHECK(entry_count == 3);
    for (i = 0; i < entry_count; i++) {
        CHECK(strcmp(entries[i].feature, "voice") == 0);
        CHECK(entries[i].wall_known == (entries[i].kind == NODELOCK_HISTORY_INSTALLED));
        CHECK(entries[i].wall_known == 0 || entries[i].wall == NOON);
        cleared += entries[i].kind == NODELOCK_HISTORY_CLEARED && entries[i].line_id[9] == 2;
    }
    CHECK(cleared == 1);
    CHECK(nodelock_agent_history(&self.agent, NULL, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
}

static void texts(void)
{
    nodelock_tally tally;

    board_make(&self);
    board_reboot(&self);
    INSTALL(&self, FILE_PERMANENT, &tally);
    memset(&out, 0, sizeof out);
    CHECK(nodelock_agent_line_text(&self.agent, permanent_id, take_text, &out) == NODELOCK_OK);
    CHECK(out.len == sizeof FILE_PERMANENT + 1 && out.text[out.len - 1] == '\n');
    CHECK(memcmp(out.text, FILE_PERMANENT, sizeof FILE_PERMANENT) == 0);
    out.len = 0;
    out.answer = 1;
    CHECK(nodelock_agent_line_text(&self.agent, permanent_id, take_text, &out) ==
          NODELOCK_ERR_OUTPUT);
    CHECK(out.len > 0 && out.len <= sizeof FILE_PERMANENT); /* nothing behind the piece that was refused */
    CHECK(nodelock_agent_line_text(&self.agent, no_id, take_text, &out) ==
          NODELOCK_ERR_NO_SUCH_LINE);
    CHECK(nodelock_agent_line_text(&self.agent, NULL, take_text, &out) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_line_text(&self.agent, permanent_id, NULL, &out) ==
          NODELOCK_ERR_NULL_ARGUMENT);
}

static void refused(void)
{
    nodelock_tally tally;
    int32_t reason = 77;
    uint8_t place = 77;

    board_make(&self);
    self.base.members = 2;
    board_reboot(&self);
    INSTALL(&self, FILE_PERMANENT, &tally);
    INSTALL(&self, FILE_SECOND, &tally);
    CHECK(nodelock_agent_refused_at(&self.agent, 0, &place, &reason) == NODELOCK_ERR_NO_SUCH_INDEX);
    /* The second member is taken out of the stack. */
    self.base.members = 1;
    board_reboot(&self);
    CHECK(place == 77 && reason == 77);
    CHECK(nodelock_agent_refused_at(&self.agent, 0, NULL, &reason) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_refused_at(&self.agent, 0, &place, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_agent_refused_at(&self.agent, 0, &place, &reason) == NODELOCK_OK);
    CHECK(place == 1 && reason == NODELOCK_ERR_OTHER_DEVICE);
    CHECK(nodelock_agent_refused_at(&self.agent, 1, &place, &reason) == NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_agent_discard_refused(&self.agent, 0) == NODELOCK_ERR_NO_SUCH_LINE);
    CHECK(nodelock_agent_discard_refused(&self.agent, 257) == NODELOCK_ERR_NO_SUCH_LINE);
    CHECK(nodelock_agent_discard_refused(&self.agent, 1) == NODELOCK_OK);
    CHECK(nodelock_agent_refused_at(&self.agent, 0, &place, &reason) == NODELOCK_ERR_NO_SUCH_INDEX);
    self.base.members = 2;
    board_reboot(&self);
    CHECK(!board_line(&self, 5, &(nodelock_agent_line){0}));
}

static void switches(void)
{
    nodelock_event event;
    nodelock_tally tally;

    board_make(&self);
    board_reboot(&self);
    CHECK(nodelock_agent_enable_events(&self.agent, 0, 1) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_enable_events(&self.agent, 4, 1) == NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_enable_events(&self.agent, NODELOCK_EVENTS_ERROR, 2) ==
          NODELOCK_ERR_ARGUMENT);
    CHECK(nodelock_agent_enable_events(&self.agent, NODELOCK_EVENTS_DEPLOYMENT, 0) == NODELOCK_OK);
    INSTALL(&self, FILE_COUNTED, &tally);
    CHECK(board_events(&self, NODELOCK_EVENT_INSTALL, &event) == 0 && event.dropped == 0);
    CHECK(nodelock_agent_enable_events(&self.agent, NODELOCK_EVENTS_DEPLOYMENT, 1) == NODELOCK_OK);
    INSTALL(&self, FILE_PERMANENT, &tally);
    CHECK(board_events(&self, NODELOCK_EVENT_INSTALL, &event) == 1);
}

int main(void)
{
    jobs_run();
    jobs_used_wrongly();
    history();
    texts();
    refused();
    switches();
    return 0;
}
