/* Sizes and holes, checked by the compiler alone, on hosts and microcontrollers. */
#include "data.h"
#include "nodelock.h"
#include "nodelock_std.h"

#define SAME(name, condition) extern char name[(condition) ? 1 : -1]

SAME(ctx_words, sizeof(nodelock_ctx) == 8 * NODELOCK_CTX_WORDS);
SAME(slot_words, sizeof(nodelock_slot) == 8 * NODELOCK_SLOT_WORDS);
SAME(trust_anchor_has_no_hole, sizeof(nodelock_trust_anchor) == 4 + 4 + 64);
SAME(udi_has_no_hole, sizeof(nodelock_udi) == 4 * sizeof(void *));
SAME(record_has_no_hole, sizeof(nodelock_record) == 8 + 3 * sizeof(void *) + 16);
SAME(config_has_no_hole, sizeof(nodelock_config) == 16 + 9 * sizeof(void *));
SAME(pinned_table_has_no_hole, sizeof(nodelock_pinned_table) == 8 + 2 * sizeof(void *));
SAME(pinned_key_has_no_hole, sizeof(nodelock_pinned_key) == 72 + 2 * sizeof(void *));
SAME(pinned_keys_have_no_hole, sizeof(nodelock_pinned_keys) == 8 + 4 * sizeof(void *));
SAME(tally_has_no_hole, sizeof(nodelock_tally) == 32);
SAME(license_has_no_hole, sizeof(nodelock_license) == 128);
SAME(explanation_has_no_hole, sizeof(nodelock_explanation) == 48);
SAME(agent_words, sizeof(nodelock_agent) == 8 * NODELOCK_AGENT_WORDS);
SAME(feature_has_no_hole, sizeof(nodelock_feature) == 6 * sizeof(void *) + 32);
SAME(now_has_no_hole, sizeof(nodelock_now) == 24);
SAME(agent_config_has_no_hole, sizeof(nodelock_agent_config) == 40 + 11 * sizeof(void *));
SAME(agent_memory_has_no_hole, sizeof(nodelock_agent_memory) == 32 + 14 * sizeof(void *));
SAME(agent_line_has_no_hole, sizeof(nodelock_agent_line) == 184);
SAME(event_has_no_hole, sizeof(nodelock_event) == 48);
SAME(history_entry_has_no_hole, sizeof(nodelock_history_entry) == 104);
SAME(flash_words, sizeof(nodelock_flash) == 8 * NODELOCK_FLASH_WORDS);
SAME(flash_port_has_no_hole, sizeof(nodelock_flash_port) == 16 + 4 * sizeof(void *));
SAME(installer_words, sizeof(nodelock_installer) == 8 * NODELOCK_INSTALLER_WORDS);
SAME(jobs_words, sizeof(nodelock_jobs) == 8 * NODELOCK_JOBS_WORDS);
SAME(job_request_has_no_hole, sizeof(nodelock_job_request) == 32);
SAME(job_has_no_hole, sizeof(nodelock_job) == 60);
SAME(job_result_has_no_hole, sizeof(nodelock_job_result) == 16);
SAME(job_port_has_no_hole, sizeof(nodelock_job_port) == 8 + 3 * sizeof(void *));
SAME(std_host_words, sizeof(nodelock_std_host) == 8 * NODELOCK_STD_HOST_WORDS);
SAME(std_console_has_no_hole, sizeof(nodelock_std_console) == 8 + 4 * sizeof(void *));
SAME(granted_is_no_denial, NODELOCK_GRANTED > 1000000u);

/* As the header's first page shows it. */
static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    (void)user;
    (void)out;
    return member == 0 ? -1 : NODELOCK_NO_MORE;
}

static const nodelock_trust_anchor keys[] = {ANCHOR_PRODUCTION};
const nodelock_config *layout_config(void);

const nodelock_config *layout_config(void)
{
    static const nodelock_config config = {
        NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi};

    return &config;
}

/* The same for an agent; none of it is ever run here. */
static const nodelock_feature features[] = {{.name = "routing"}};
const nodelock_agent_config *layout_agent_config(void);
const nodelock_agent_memory *layout_agent_memory(void);

const nodelock_agent_config *layout_agent_config(void)
{
    static const nodelock_agent_config config = {
        NODELOCK_AGENT_CONFIG_INIT, .features = features, .feature_count = 1};

    return &config;
}

const nodelock_agent_memory *layout_agent_memory(void)
{
    static const nodelock_agent_memory memory = {NODELOCK_AGENT_MEMORY_INIT};

    return &memory;
}
