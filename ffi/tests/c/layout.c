/* Sizes and holes, checked by the compiler alone, on hosts and microcontrollers. */
#include "data.h"
#include "nodelock.h"

#define SAME(name, condition) extern char name[(condition) ? 1 : -1]

SAME(ctx_words, sizeof(nodelock_ctx) == 8 * NODELOCK_CTX_WORDS);
SAME(slot_words, sizeof(nodelock_slot) == 8 * NODELOCK_SLOT_WORDS);
SAME(anchor_has_no_hole, sizeof(nodelock_trust_anchor) == 4 + 4 + 64);
SAME(udi_has_no_hole, sizeof(nodelock_udi) == 4 * sizeof(void *));
SAME(record_has_no_hole, sizeof(nodelock_record) == 8 + 3 * sizeof(void *) + 16);
SAME(config_has_no_hole, sizeof(nodelock_config) == 16 + 8 * sizeof(void *));
SAME(tally_has_no_hole, sizeof(nodelock_tally) == 32);
SAME(license_has_no_hole, sizeof(nodelock_license) == 128);
SAME(explanation_has_no_hole, sizeof(nodelock_explanation) == 48);
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
