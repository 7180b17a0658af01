/* The mistakes of docs/PORTING.md, and the result that each one gets. */
#include "data.h"
#include "nodelock.h"

#include <stdio.h>
#include <string.h>

static const nodelock_trust_anchor anchors[] = {ANCHOR_PRODUCTION};
static nodelock_ctx ctx;
static nodelock_slot slots[2];
static const char *pid;
static size_t pid_len;
static int32_t inner;

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    (void)user;
    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    out->pid = pid;
    out->pid_len = pid_len;
    out->sn = "SN0000000001";
    out->sn_len = 12;
    inner = nodelock_deinit(&ctx);
    return 0;
}

static int32_t begin(void *user)
{
    (void)user;
    return 0;
}

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    (void)user, (void)key, (void)buffer, (void)capacity, (void)len;
    return NODELOCK_NO_VALUE;
}

static int32_t load_unmounted(void *user, uint16_t key, uint8_t *buffer, size_t capacity,
                              size_t *len)
{
    static nodelock_flash flash;

    (void)user;
    return nodelock_flash_load(&flash, key, buffer, capacity, len);
}

static int32_t store(void *user, uint16_t key, const uint8_t *value, size_t len)
{
    (void)user, (void)key, (void)value, (void)len;
    return 0;
}

static int32_t forget(void *user, uint16_t key)
{
    (void)user, (void)key;
    return 0;
}

static int wrong;

static void expect(int number, int32_t result, int32_t expected)
{
    if (result != expected) {
        fprintf(stderr, "mistake %d: %ld, not %ld\n", number, (long)result, (long)expected);
        wrong = 1;
    }
}

/* As a function would that knows 1 and 0 only. */
static int32_t verify_like_others(void *user, const uint8_t *key, const uint8_t *digest,
                                  const uint8_t *signature)
{
    (void)user;
    (void)key;
    (void)digest;
    (void)signature;
    return 1;
}

static int32_t init(const nodelock_config *config)
{
    return nodelock_init(&ctx, sizeof ctx, config, slots, 2);
}

static int32_t install(void)
{
    return nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, NULL);
}

/* What a remedy must name, so that it leads to where the mistake was made. */
static void remedies(void)
{
    static const struct {
        nodelock_result result;
        const char *name;
    } each[] = {
        {NODELOCK_ERR_NOT_INITIALIZED, "nodelock_init,"},
        {NODELOCK_ERR_NOT_INITIALIZED, "nodelock_agent_boot"},
        {NODELOCK_ERR_NOT_INITIALIZED, "nodelock_installer_init"},
        {NODELOCK_ERR_FLASH_NOT_MOUNTED, "nodelock_flash_mount"},
        {NODELOCK_ERR_NO_STORAGE, "load, store and remove"},
        {NODELOCK_ERR_NO_STORAGE, "read, write and erase"},
        {NODELOCK_ERR_ANCHOR_KEY_ID, "nodelock pubkey --format c"},
        {NODELOCK_ERR_ARGUMENT, "header"},
        {NODELOCK_ERR_CTX_SIZE, "not of a pointer"},
        {NODELOCK_ERR_UPTIME, "uptime in seconds"},
        {NODELOCK_ERR_NO_RECORD, "nodelock_std_read_license"},
    };
    size_t i;

    for (i = 0; i < sizeof each / sizeof *each; i++) {
        const char *remedy = nodelock_result_remedy(each[i].result);

        if (strstr(remedy, each[i].name) == NULL) {
            fprintf(stderr, "%ld: %s: not %s\n", (long)each[i].result, remedy, each[i].name);
            wrong = 1;
        }
    }
}

/* The short form gives 0 for a denial: its text is no other reason. */
static void refused(void)
{
    const nodelock_verdict verdict = nodelock_granted(&ctx, "no-such-feature", 1);
    const char *text = nodelock_verdict_text(verdict);

    wrong |= verdict == NODELOCK_GRANTED || strncmp(text, "not granted", 11) != 0 ||
             strstr(text, "nodelock_check") == NULL ||
             strstr(text, "nodelock_agent_check") == NULL;
}

static void agents(const nodelock_config *base)
{
    static const nodelock_feature features[] = {{.name = "ipservices"}};
    static nodelock_agent agent;
    static nodelock_line_slot lines[2];
    static nodelock_feature_slot feature_slots[1];
    static nodelock_catalog_entry entries[1];
    static uint8_t scratch[NODELOCK_SCRATCH_LEN];
    nodelock_agent_config config = {NODELOCK_AGENT_CONFIG_INIT, .base = base, .features = features,
                                    .feature_count = 1, .load = load, .remove = forget};
    nodelock_agent_memory memory = {
        NODELOCK_AGENT_MEMORY_INIT, .lines = lines, .line_count = 2, .features = feature_slots,
        .feature_count = 1, .catalog = entries, .catalog_count = 1, .scratch = scratch,
        .scratch_len = sizeof scratch};
    const nodelock_now now = {{0}, 0, 0, 0};
    const nodelock_now milliseconds = {{0}, UINT64_C(1795348800000), 1, 0};

    expect(9, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now),
           NODELOCK_ERR_NO_STORAGE);
    config.store = store;
    memory.scratch_len = NODELOCK_SCRATCH_MIN - 1;
    expect(10, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now),
           NODELOCK_ERR_MEMORY_SCRATCH);
    memory.scratch_len = sizeof scratch;
    expect(0, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now), NODELOCK_OK);
    expect(12, nodelock_agent_tick(&agent, &milliseconds), NODELOCK_ERR_WALL);
    config.built = 46353;
    expect(13, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now), NODELOCK_ERR_BUILT);
    config.built = 46353 - 25569;
    expect(0, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now), NODELOCK_OK);
    expect(14, nodelock_agent_boot(&agent, sizeof base, &config, &memory, &now), NODELOCK_ERR_CTX_SIZE);
    {
        nodelock_now fast = {{5}, 1795348800, 1, 0};

        expect(0, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &fast), NODELOCK_OK);
        fast.uptime.seconds += 3600000;
        fast.wall += 3600;
        expect(17, nodelock_agent_tick(&agent, &fast), NODELOCK_OK);
        fast.uptime.seconds += 3600000;
        fast.wall += 3600;
        expect(17, nodelock_agent_tick(&agent, &fast), NODELOCK_ERR_UPTIME);
        expect(0, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now), NODELOCK_OK);
        expect(18, nodelock_agent_install(&agent, (const uint8_t *)"TElDRU5TRSAx", 12,
                                          NODELOCK_INTENT_INSTALL, &now, NULL),
               NODELOCK_ERR_NO_RECORD);
    }
    config.load = load_unmounted;
    expect(15, nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now),
           NODELOCK_ERR_FLASH_NOT_MOUNTED);
}

int main(void)
{
    const nodelock_config right = {
        NODELOCK_CONFIG_INIT, .anchors = anchors, .anchor_count = 1, .read_udi = read_udi};
    nodelock_config config = right;
    nodelock_trust_anchor reversed = anchors[0];
    nodelock_tally tally;
    size_t i;

    expect(6, install(), NODELOCK_ERR_NOT_INITIALIZED);
    config.size = 0;
    expect(1, init(&config), NODELOCK_ERR_CONFIG_SIZE);
    config = right;
    config.read_udi = NULL;
    expect(2, init(&config), NODELOCK_ERR_NO_READ_UDI);
    config = right;
    config.sha256_begin = begin;
    expect(3, init(&config), NODELOCK_ERR_NO_SHA256);
    config = right;
    config.anchor_count = 0;
    expect(4, init(&config), NODELOCK_ERR_NO_ANCHORS);
    for (i = 0; i < 32; i++) {
        reversed.key[i] = anchors[0].key[31 - i];
    }
    config = right;
    config.anchors = &reversed;
    expect(5, init(&config), NODELOCK_ERR_ANCHOR_KEY_ID);

    expect(0, init(&right), NODELOCK_OK);
    pid = "TEST 4";
    pid_len = 6;
    expect(0, nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally), NODELOCK_OK);
    expect(8, tally.first_refusal, NODELOCK_ERR_UDI_INVALID);
    pid = "TEST-4/K9";
    pid_len = 9;
    inner = NODELOCK_OK;
    expect(0, install(), NODELOCK_OK);
    expect(7, inner, NODELOCK_ERR_BUSY);
    config = right;
    config.verify_signature = verify_like_others;
    expect(0, init(&config), NODELOCK_OK);
    expect(0, nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally), NODELOCK_OK);
    expect(11, tally.first_refusal, NODELOCK_ERR_CRYPTO_FAILURE);
    expect(0, nodelock_last_port_error(&ctx), 1);
    remedies();
    refused();
    wrong |= strstr(nodelock_result_text(tally.first_refusal), "neither VALID nor INVALID") == NULL;
    agents(&right);
    return wrong;
}
