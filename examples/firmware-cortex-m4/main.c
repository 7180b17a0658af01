/* A product with licenses: installs what its owner was sent, and asks before it starts a feature.
 * Ends with status 0 only if everything came out as it should. */
#include "board.h"
#include "licenses.h"
#include "nodelock.h"

#include <stdio.h>
#include <string.h>

typedef struct product {
    const char *pid;
    const char *sn;
    int prints_records;
    int failures;
} product;

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    const product *self = (const product *)user;

    if (member > 0) {
        return NODELOCK_NO_MORE; /* not a stack of devices */
    }
    out->pid = self->pid;
    out->pid_len = strlen(self->pid);
    out->sn = self->sn;
    out->sn_len = strlen(self->sn);
    return 0;
}

static void on_record(void *user, const nodelock_record *record)
{
    const product *self = (const product *)user;

    if (self->prints_records) {
        printf("  record %lu, %.*s: %s\n", (unsigned long)record->number, (int)record->feature_len,
               record->feature != NULL ? record->feature : "", nodelock_result_text(record->result));
    }
}

/* All of the configuration. It lives in flash, like the keys. */
static product this_product = {"ISR4331/K9", "FDO1234ABCD", 1, 0};
static const nodelock_trust_anchor keys[] = {VENDOR_KEY};
static const nodelock_config config = {NODELOCK_CONFIG_INIT,  .anchors = keys,
                                       .anchor_count = 1,     .user = &this_product,
                                       .read_udi = read_udi,  .on_record = on_record};
static nodelock_ctx ctx;
static nodelock_slot slots[4];

static void expect(int as_expected)
{
    if (!as_expected) {
        printf("  NOT AS EXPECTED\n");
        this_product.failures += 1;
    }
}

static nodelock_tally install(const char *what, const char *file)
{
    nodelock_tally tally;

    memset(&tally, 0, sizeof tally);
    if (this_product.prints_records) {
        printf("install %s\n", what);
    }
    expect(nodelock_install(&ctx, (const uint8_t *)file, strlen(file), &tally) == NODELOCK_OK);
    return tally;
}

static void check(const char *feature, uint32_t count, nodelock_result expected)
{
    nodelock_explanation why;

    printf("check %s, %lu needed: ", feature, (unsigned long)count);
    if (nodelock_explain(&ctx, feature, strlen(feature), count, &why) != NODELOCK_OK) {
        printf("failed\n");
        expect(0);
        return;
    }
    if (nodelock_granted(&ctx, feature, count) == NODELOCK_GRANTED) {
        printf("granted\n");
    } else {
        printf("denied, %s\n", nodelock_result_text(why.reason));
    }
    expect(why.reason == expected);
    expect((nodelock_granted(&ctx, feature, count) == NODELOCK_GRANTED) == (expected == NODELOCK_OK));
}

static int start(void)
{
    return nodelock_init(&ctx, sizeof ctx, &config, slots, sizeof slots / sizeof slots[0]) ==
           NODELOCK_OK;
}

/* Instructions to go through a file with one line. */
static uint32_t cost_of(const char *file)
{
    uint32_t begin = instructions_now();

    (void)install("", file);
    return instructions_since(begin);
}

static void measure(void)
{
    uint32_t ours;
    uint32_t others;

    this_product.prints_records = 0;
    expect(start());
    others = cost_of(ANOTHER_DEVICES_LICENSE);
    stack_paint();
    ours = cost_of(ONE_LICENSE);
    printf("stack for installing a line: %lu bytes\n", (unsigned long)stack_used());
    expect(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);
    printf("one line for another device: %lu instructions (QEMU, not cycles)\n",
           (unsigned long)others);
    printf("one line for this device: %lu instructions (QEMU, not cycles)\n", (unsigned long)ours);
    printf("so one signature check: %lu instructions (QEMU, not cycles)\n",
           (unsigned long)(ours - others));
    stack_paint();
    expect(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);
    printf("stack for a check: %lu bytes\n", (unsigned long)stack_used());
    {
        uint32_t begin = instructions_now();

        expect(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);
        printf("one check: %lu instructions (QEMU, not cycles)\n",
               (unsigned long)instructions_since(begin));
    }
}

int main(void)
{
    nodelock_tally tally;

    instructions_start();
    printf("nodelock %s on a Cortex-M4\n", nodelock_version_text());
    printf("UDI %s:%s\n", this_product.pid, this_product.sn);
    printf("RAM %lu bytes for the context, %lu for each license\n", (unsigned long)sizeof ctx,
           (unsigned long)sizeof slots[0]);
    expect(start());
    check("ipservices", 1, NODELOCK_ERR_NO_LICENSE);

    tally = install("another device's license", ANOTHER_DEVICES_LICENSE);
    expect(tally.for_others == 1 && tally.installed == 0);
    check("ipservices", 1, NODELOCK_ERR_NO_LICENSE);

    tally = install("a license that was tampered with", TAMPERED_LICENSE);
    expect(tally.refused == 1 && tally.first_refusal == NODELOCK_ERR_SIGNATURE_MISMATCH);
    check("voice", 1, NODELOCK_ERR_NO_LICENSE);

    tally = install("this device's license file", OUR_LICENSES);
    expect(tally.installed == 2 && tally.refused == 0);
    check("ipservices", 1, NODELOCK_OK);
    check("voice:2.1", 16, NODELOCK_OK);
    check("voice:2.1", 17, NODELOCK_ERR_COUNT_TOO_LOW);
    check("voice:3.0", 1, NODELOCK_ERR_VERSION_TOO_LOW);
    check("security", 1, NODELOCK_ERR_NO_LICENSE);

    measure();
    printf(this_product.failures == 0 ? "all as expected\n" : "SOMETHING WAS NOT AS EXPECTED\n");
    return this_product.failures == 0 ? 0 : 1;
}
