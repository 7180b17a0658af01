/* Calls in a random order, with random arguments: right ones mostly, so that they lead somewhere. Callbacks fail, lie and
 * call back, power goes, and stored values and files are damaged. Each call must give a result that has a name and write
 * nothing unless it is NODELOCK_OK, and nothing may be granted that nobody has signed. */
#include "random.h"

#define CALLS 60000

static const char *name(size_t *len)
{
    static const char *const names[] = {"ipservices", "voice",   "voice:2.1", "lab",  "enterprise",
                                        "strange",    "tunnel",  "mirror",    ":",    "voice:",
                                        "",           "voice:9", "security",  "trial"};
    const char *one = names[below(COUNT(names))];

    *len = one_of(24) ? SIZE_MAX - below(2) : strlen(one);
    return one_of(40) ? NULL : one;
}

static const uint8_t *line_id(void)
{
    static const uint8_t ids[][10] = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 1},    {0, 0, 0, 0, 0, 0, 0, 0, 0, 2},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 4},    {0, 0, 0, 0, 0, 0, 0, 0, 0, 7},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 8},    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21},
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0x22}, {9, 9, 9, 9, 9, 9, 9, 9, 9, 9}};

    return one_of(40) ? NULL : ids[below(COUNT(ids))];
}

/* Whether a verdict is one that may be: at least the names of these features were never signed. */
static void judge(uint32_t verdict, int licensed)
{
    CHECK(verdict != NODELOCK_GRANTED || licensed);
    granted += verdict == NODELOCK_GRANTED;
}

static int is_signed(const char *feature)
{
    return strcmp(feature, "lab") != 0 && strcmp(feature, "strange") != 0 &&
           strcmp(feature, "enterprise") != 0 && strcmp(feature, "voice:9") != 0;
}

static int32_t call_context(output *out, uint32_t *verdict)
{
    nodelock_ctx *const it = pointer(&ctx);
    void *const to = pointer(out);
    const uint64_t count = number(30);
    size_t len;
    const char *feature = name(&len);
    int32_t result;

    switch (below(9)) {
    case 0:
        take_file();
        return nodelock_install(it, bytes(file), length(file_len), to);
    case 1:
        result = nodelock_check(it, feature, len, count, verdict);
        judge(*verdict, feature != NULL && is_signed(feature) &&
                            (count <= 24 || strncmp(feature, "voice", 5) != 0));
        CHECK(result == NODELOCK_OK || *verdict == NODELOCK_UNDECIDED);
        return result;
    case 2:
        judge(nodelock_granted(it, feature, count), feature != NULL && is_signed(feature));
        return NODELOCK_OK;
    case 3:
        result = nodelock_check_lines(&self.base_config, (const char *)file, length(file_len),
                                      feature, len, count, verdict);
        judge(*verdict, feature != NULL && is_signed(feature));
        CHECK(result == NODELOCK_OK || *verdict == NODELOCK_UNDECIDED);
        return result;
    case 4:
        return nodelock_explain(it, feature, len, count, to);
    case 5:
        return nodelock_explain_line(it, feature, len, count, length(below(4)), to, pointer(&len));
    case 6:
        return nodelock_license_count(it, to);
    case 7:
        if (one_of(8)) {
            return one_of(4) ? nodelock_deinit(it) : begin_context(it);
        }
        return NODELOCK_OK;
    default:
        return nodelock_license_at(it, length(below(5)), to);
    }
}

static int32_t call_lines(output *out)
{
    nodelock_agent *const it = pointer(&self.agent);
    const uint8_t *const id = line_id();
    const nodelock_now now = time_now();
    int32_t reason;
    uint8_t place;
    size_t len = 0;

    switch (below(16)) {
    case 0:
    case 1:
        take_file();
        return nodelock_agent_install(it, bytes(file), length(file_len), (uint32_t)number(2), &now,
                                      pointer(out));
    case 2:
        return nodelock_agent_clear(it, id, &now);
    case 3:
        return nodelock_agent_set_priority(it, id, (uint32_t)number(4));
    case 4:
        return nodelock_agent_comment(it, id, bytes(file), length(below(257)));
    case 5:
        return nodelock_agent_read_comment(it, id, bytes(out->text), length(below(256)), &len);
    case 6:
        return one_of(20) ? nodelock_agent_revoke(it, id, &now) : 0;
    case 7:
        return nodelock_agent_history(it, one_of(20) ? NULL : take_entry, &self);
    case 8:
        return nodelock_agent_line_text(it, id, one_of(20) ? NULL : take_text, &self);
    case 9:
        return nodelock_agent_refused_at(it, length(below(4)), one_of(20) ? NULL : &place, &reason);
    case 10:
        return nodelock_agent_discard_refused(it, (uint32_t)number(LINES));
    case 11:
        return nodelock_agent_line_count(it, pointer(out));
    case 12:
        return nodelock_agent_line_at(it, length(below(LINES)), pointer(out));
    case 13:
        return nodelock_agent_explain(it, (uint16_t)number(FEATURES), NODELOCK_UNITS(number(9)), pointer(out));
    case 14:
        return nodelock_agent_explain_words(it, (uint16_t)number(FEATURES), NODELOCK_UNITS(number(9)),
                                            (uint32_t)number(4), bytes(out->text), length(below(256)));
    default:
        return nodelock_agent_explain_line(it, (uint16_t)number(FEATURES), length(below(3)),
                                           pointer(out), pointer(&reason));
    }
}

static int32_t call_agent(output *out, uint32_t *verdict)
{
    nodelock_agent *const it = pointer(&self.agent);
    const uint16_t handle = (uint16_t)number(FEATURES);
    const nodelock_now now = time_now();
    int32_t result;

    switch (below(19)) {
    case 0:
        return nodelock_agent_tick(it, &now);
    case 1:
        return nodelock_agent_next_deadline(it, pointer(out));
    case 2:
        return nodelock_agent_find(it, bytes(file), length(below(70)), pointer(out));
    case 3:
    case 4:
        result = nodelock_agent_check(it, handle, now.uptime, verdict);
        judge(*verdict, handle < FEATURES && handle != ENTERPRISE);
        CHECK(result == NODELOCK_OK || *verdict == NODELOCK_UNDECIDED);
        return result;
    case 5:
        judge(nodelock_agent_granted(it, handle, now.uptime),
              handle < FEATURES && handle != ENTERPRISE);
        return NODELOCK_OK;
    case 6:
        result = nodelock_agent_acquire(it, handle, NODELOCK_UNITS(number(20)), NODELOCK_OWNER(below(2)),
                                        &now, pointer(out));
        lease = result == NODELOCK_OK ? out->lease : lease;
        return result;
    case 7:
        return nodelock_agent_release(it, one_of(8) ? (nodelock_lease){number(9)} : lease,
                                      NODELOCK_OWNER(below(2)), &now);
    case 8:
        return nodelock_agent_in_use(it, handle, pointer(out));
    case 9:
        return nodelock_agent_activate(it, handle, &now);
    case 10:
        return nodelock_agent_deactivate(it, handle, &now);
    case 11:
        return nodelock_agent_accept_eula(it, handle, bytes(file), length(file_len), &now);
    case 12:
        return nodelock_agent_request_level(it, handle);
    case 13:
        return nodelock_agent_request_any_level(it, handle);
    case 14:
        return one_of(2) ? nodelock_agent_booted_level(it, handle, pointer(out))
                         : nodelock_agent_next_level(it, handle, pointer(out));
    case 15:
        return nodelock_agent_poll_event(it, pointer(out));
    case 16:
        return one_of(2) ? nodelock_agent_rollback_state(it, pointer(out))
                         : nodelock_agent_enable_events(it, (uint32_t)number(4), below(3));
    case 17:
        if (one_of(30)) {
            return one_of(4) ? nodelock_agent_deinit(it)
                             : nodelock_agent_boot(it, length(sizeof self.agent), &self.config,
                                                   &self.memory, &now);
        }
        return NODELOCK_OK;
    default:
        return nodelock_agent_repair_number(it, (uint32_t)number(4), pointer(out));
    }
}

static int32_t call_jobs(output *out)
{
    nodelock_jobs *const it = pointer(&jobs);
    const nodelock_now now = time_now();
    const uint32_t id = one_of(8) ? (uint32_t)number(9) : job;
    nodelock_job_port port = {.size = sizeof port,
                              .user = &self,
                              .eula = one_of(8) ? NULL : agreement,
                              .output = one_of(8) ? NULL : take_output};
    nodelock_job_request request = {.action = (uint32_t)number(8), .accept_eula = below(2)};
    int32_t result;

    switch (below(9)) {
    case 0:
        memcpy(request.line_id + 9, one_of(2) ? "\1" : "\2", 1);
        result = nodelock_jobs_create(it, pointer(&request), &now, pointer(out));
        job = result == NODELOCK_OK ? out->word : job;
        return result;
    case 1:
        return nodelock_jobs_start(it, id);
    case 2:
        return nodelock_jobs_begin(it, pointer(out));
    case 3:
        return nodelock_jobs_delete(it, id);
    case 4:
        return nodelock_jobs_get(it, id, pointer(out));
    case 5:
        return one_of(2) ? nodelock_jobs_at(it, length(below(3)), pointer(out))
                         : nodelock_jobs_result_at(it, id, length(below(4)), pointer(out));
    case 6:
        return one_of(8) ? begin_jobs(it) : NODELOCK_OK;
    default:
        port.size = one_of(20) ? 0 : port.size;
        return nodelock_agent_perform(&self.agent, it, id, one_of(4) ? (uint32_t)number(23) : 1,
                                      bytes(file), length(file_len), pointer(&port), &now,
                                      pointer(out));
    }
}

static int32_t call_installer(output *out)
{
    nodelock_installer *const it = pointer(&installer);
    const nodelock_now now = time_now();
    const uint32_t at = one_of(4) ? below((uint32_t)file_len + 1) : 0;
    const uint32_t rest = (uint32_t)file_len - at;

    switch (below(8)) {
    case 0:
        return nodelock_installer_init(it, length(sizeof installer));
    case 1:
        return nodelock_installer_finish(it, &self.agent, &now, pointer(out));
    default:
        return nodelock_installer_push(it, one_of(20) ? NULL : &self.agent, bytes(file + at),
                                       length(one_of(2) ? below(rest + 1) : rest), &now, pointer(out));
    }
}

static int32_t call_flash(void)
{
    nodelock_flash *const it = pointer(&flash);
    const uint16_t key = (uint16_t)number(5);
    uint8_t buffer[600]; /* which may be written in any case */
    size_t len = 0;
    int32_t result;

    switch (below(4)) {
    case 0:
        result = nodelock_flash_load(it, key, bytes(buffer), length(below(sizeof buffer)), &len);
        CHECK(result == NODELOCK_OK ? len <= sizeof buffer : len == 0);
        return result == NODELOCK_NO_VALUE ? NODELOCK_OK : result;
    case 1:
        return nodelock_flash_store(it, key, bytes(file), length(below(sizeof buffer)));
    case 2:
        return one_of(8) ? nodelock_flash_mount(it, length(sizeof flash), &flash_port)
                         : NODELOCK_OK;
    default:
        return nodelock_flash_remove(it, key);
    }
}

static void one_call(void)
{
    output out;
    uint32_t verdict = NODELOCK_GRANTED;
    int32_t result;
    size_t i;

    memset(&out, 0xEE, sizeof out);
    depth += 1;
    switch (below(9)) {
    case 8:
        result = call_installer(&out);
        break;
    case 0:
        result = call_context(&out, &verdict);
        break;
    case 1:
    case 2:
        result = call_lines(&out);
        break;
    case 3:
        result = call_jobs(&out);
        break;
    case 4:
        result = call_flash();
        break;
    default:
        result = call_agent(&out, &verdict);
        break;
    }
    depth -= 1;
    has_a_name(result);
    for (i = 0; result != NODELOCK_OK && i < sizeof out.bytes; i++) {
        CHECK(out.bytes[i] == 0xEE);
    }
    done += result == NODELOCK_OK;
}

int main(void)
{
    uint32_t i;

    board_make(&self);
    self.base_config.read_udi = udi;
    self.base_config.verify_signature = verify;
    self.base_config.on_record = take_record;
    self.config.load = load;
    self.config.store = store;
    self.config.remove = clear;
    memset(chip, 0xFF, sizeof chip);
    flash_port.size = sizeof flash_port;
    flash_port.page_len = PAGE;
    flash_port.pages = sizeof chip / PAGE;
    flash_port.word_len = 4;
    flash_port.user = chip;
    flash_port.read = chip_read;
    flash_port.write = chip_write;
    flash_port.erase = chip_erase;
    learn();
    reboot();
    for (i = 0; i < CALLS; i++) {
        rough = (i / 64) % 2 != 0;
        if (one_of(100)) {
            reboot();
        }
        one_call();
    }
    CHECK(done > CALLS / 4 && granted > 100);
    return 0;
}
