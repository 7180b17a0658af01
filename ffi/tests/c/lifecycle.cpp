// The short way through the interface, in C++.
#include "data.h"
#include "nodelock.h"

#include <cstdio>
#include <cstring>

namespace {

const nodelock_trust_anchor anchors[] = {ANCHOR_PRODUCTION};

int32_t read_udi(void *, uint32_t member, nodelock_udi *out)
{
    static const char pid[] = "TEST-4/K9";
    static const char sn[] = "SN0000000001";

    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    *out = nodelock_udi{pid, std::strlen(pid), sn, std::strlen(sn)};
    return 0;
}

// Storage that forgets everything.
int32_t load(void *, uint16_t, uint8_t *, size_t, size_t *) { return NODELOCK_NO_VALUE; }
int32_t store(void *, uint16_t, const uint8_t *, size_t) { return 0; }
int32_t forget(void *, uint16_t) { return 0; }

int fail(const char *what)
{
    std::fprintf(stderr, "%s\n", what);
    return 1;
}

// The same with an agent.
int agent(const nodelock_config &base)
{
    static nodelock_agent agent;
    static nodelock_line_slot lines[2];
    static nodelock_feature_slot features[1];
    static nodelock_catalog_entry entries[1];
    static uint8_t scratch[NODELOCK_SCRATCH_LEN];

    nodelock_feature catalog[1]{};
    catalog[0].name = "ipservices";
    nodelock_agent_config config{};
    NODELOCK_AGENT_CONFIG_SET_SIZES(config);
    config.base = &base;
    config.features = catalog;
    config.feature_count = 1;
    config.load = load;
    config.store = store;
    config.remove = forget;
    nodelock_agent_memory memory{};
    NODELOCK_AGENT_MEMORY_SET_SIZES(memory);
    memory.lines = lines;
    memory.line_count = 2;
    memory.features = features;
    memory.feature_count = 1;
    memory.catalog = entries;
    memory.catalog_count = 1;
    memory.scratch = scratch;
    memory.scratch_len = sizeof scratch;
    const nodelock_now now{};
    if (nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now) != NODELOCK_OK) {
        return fail("boot");
    }
    if (nodelock_agent_install(&agent, FILE_PERMANENT, sizeof FILE_PERMANENT,
                               NODELOCK_INTENT_INSTALL, &now, nullptr) != NODELOCK_OK) {
        return fail("install for the agent");
    }
    if (nodelock_agent_granted(&agent, 0, NODELOCK_UPTIME(0)) != NODELOCK_GRANTED) {
        return fail("granted by the agent");
    }
    return nodelock_agent_deinit(&agent) == NODELOCK_OK ? 0 : fail("deinit of the agent");
}

} // namespace

int main()
{
    nodelock_config config{};
    NODELOCK_CONFIG_SET_SIZES(config);
    config.anchors = anchors;
    config.anchor_count = 1;
    config.read_udi = read_udi;

    nodelock_ctx ctx;
    nodelock_slot slots[4];
    nodelock_tally tally;
    if (nodelock_init(&ctx, sizeof ctx, &config, slots, 4) != NODELOCK_OK) {
        return fail("init");
    }
    if (nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally) != NODELOCK_OK ||
        tally.installed != 1) {
        return fail("install");
    }
    if (nodelock_granted(&ctx, "ipservices", 1) != NODELOCK_GRANTED) {
        return fail("granted");
    }
    uint32_t verdict = NODELOCK_UNDECIDED;
    if (nodelock_check(&ctx, "voice", 5, 1, &verdict) != NODELOCK_OK || verdict != 601 ||
        nodelock_granted(&ctx, "voice", 1) != 0) {
        return fail("denied");
    }
    if (nodelock_deinit(&ctx) != NODELOCK_OK) {
        return fail("deinit");
    }
    return agent(config);
}
