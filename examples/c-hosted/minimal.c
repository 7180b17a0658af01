/* May the feature run? */
#include <nodelock.h>
#include <stdio.h>

#include "vendor.h" /* VENDOR_KEY and LICENSE_FILE */

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    (void)user;
    *out = (nodelock_udi){"ISR4331/K9", 10, "FDO1234ABCD", 11};
    return member == 0 ? 0 : NODELOCK_NO_MORE;
}

int main(void)
{
    const nodelock_trust_anchor keys[] = {VENDOR_KEY};
    const nodelock_config config = {
        NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi};
    nodelock_ctx ctx;
    nodelock_slot slots[8];

    if (nodelock_init(&ctx, sizeof ctx, &config, slots, 8) != NODELOCK_OK ||
        nodelock_install(&ctx, LICENSE_FILE, sizeof LICENSE_FILE, NULL) != NODELOCK_OK) {
        return 2;
    }
    int licensed = nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED;
    printf("ipservices: %s\n", licensed ? "granted" : "denied");
    return licensed ? 0 : 1;
}
