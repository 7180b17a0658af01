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

int fail(const char *what)
{
    std::fprintf(stderr, "%s\n", what);
    return 1;
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
    if (nodelock_require(&ctx, "ipservices", 1) != NODELOCK_GRANTED) {
        return fail("granted");
    }
    if (nodelock_require(&ctx, "voice", 1) != 601) {
        return fail("denied");
    }
    return nodelock_deinit(&ctx) == NODELOCK_OK ? 0 : fail("deinit");
}
