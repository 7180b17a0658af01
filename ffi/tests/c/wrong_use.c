/* Every wrong argument gets its result, and nothing is written then. */
#include "common.h"

#define PERMANENT FILE_PERMANENT, sizeof FILE_PERMANENT

static const uint8_t untouched[16] = {
    0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE};

static device self = {1, 0, 0, {0}, 0};
static nodelock_config config;
static nodelock_ctx ctx;
static nodelock_slot slots[SLOTS];

/* Calls everything that takes a context; each must give this result and write nothing. */
static void all_calls_give(nodelock_ctx *it, int32_t result)
{
    union {
        uint8_t bytes[256];
        nodelock_tally tally;
        nodelock_license license;
        nodelock_explanation explanation;
        size_t count;
    } out;
    uint32_t verdict = NODELOCK_GRANTED;
    int32_t reason = 77;

    memset(out.bytes, 0xEE, sizeof out.bytes);
    CHECK(nodelock_install(it, PERMANENT, &out.tally) == result);
    CHECK(nodelock_check(it, "ipservices", 10, 1, &verdict) == result);
    CHECK(verdict == NODELOCK_UNDECIDED);
    CHECK(nodelock_granted(it, "ipservices", 1) == NODELOCK_UNDECIDED);
    CHECK(nodelock_explain(it, "ipservices", 10, 1, &out.explanation) == result);
    CHECK(nodelock_explain_line(it, "ipservices", 10, 1, 0, &out.license, &reason) == result);
    CHECK(nodelock_license_count(it, &out.count) == result);
    CHECK(nodelock_license_at(it, 0, &out.license) == result);
    CHECK(nodelock_deinit(it) == result);
    CHECK(memcmp(out.bytes, untouched, 16) == 0 && reason == 77);
}

static int32_t init(const nodelock_config *with)
{
    memset(&ctx, 0, sizeof ctx);
    return nodelock_init(&ctx, sizeof ctx, with, slots, SLOTS);
}

static void contexts(void)
{
    static const uint8_t fills[] = {0x00, 0xFF, 0xA5, 0x01, 0xEE};
    nodelock_ctx other;
    size_t i;

    for (i = 0; i < COUNT(fills); i++) {
        memset(&other, fills[i], sizeof other);
        all_calls_give(&other, NODELOCK_ERR_NOT_INITIALIZED);
        CHECK(nodelock_last_port_error(&other) == 0);
    }
    all_calls_give(NULL, NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_last_port_error(NULL) == 0);
    all_calls_give((nodelock_ctx *)(void *)((uint8_t *)&other + 1), NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_last_port_error((nodelock_ctx *)(void *)((uint8_t *)&other + 1)) == 0);

    CHECK(init(&config) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, PERMANENT, NULL) == NODELOCK_OK);
    CHECK(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);

    /* Moved: the copy goes on. */
    memcpy(&other, &ctx, sizeof ctx);
    memset(&ctx, 0, sizeof ctx);
    all_calls_give(&ctx, NODELOCK_ERR_NOT_INITIALIZED);
    CHECK(nodelock_granted(&other, "ipservices", 1) == NODELOCK_GRANTED);
    CHECK(nodelock_install(&other, FILE_COUNTED, sizeof FILE_COUNTED, NULL) == NODELOCK_OK);
    CHECK(nodelock_granted(&other, "voice", 24) == NODELOCK_GRANTED);
    CHECK(nodelock_deinit(&other) == NODELOCK_OK);
    all_calls_give(&other, NODELOCK_ERR_NOT_INITIALIZED);

    /* Again from the start: nothing is left. */
    CHECK(init(&config) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, PERMANENT, NULL) == NODELOCK_OK);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(verdict_on(&ctx, "ipservices", 1) == 601);

    /* A failed start ends what was before. */
    CHECK(nodelock_init(&ctx, sizeof ctx, NULL, slots, SLOTS) == NODELOCK_ERR_NULL_ARGUMENT);
    all_calls_give(&ctx, NODELOCK_ERR_NOT_INITIALIZED);
}

static void starting(void)
{
    CHECK(nodelock_init(NULL, sizeof ctx, &config, slots, SLOTS) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_init(&ctx, sizeof ctx, NULL, slots, SLOTS) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, NULL, SLOTS) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_init(&ctx, 0, &config, slots, SLOTS) == NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_init(&ctx, sizeof ctx - 1, &config, slots, SLOTS) == NODELOCK_ERR_CTX_SIZE);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, 0) == NODELOCK_ERR_NO_SLOTS);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SIZE_MAX) == NODELOCK_ERR_TOO_MANY_SLOTS);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SIZE_MAX / sizeof slots[0]) ==
          NODELOCK_ERR_TOO_MANY_SLOTS);
    CHECK(nodelock_init((nodelock_ctx *)(void *)((uint8_t *)&ctx + 1), sizeof ctx, &config, slots,
                        SLOTS) == NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config,
                        (nodelock_slot *)(void *)((uint8_t *)slots + 4), 1) ==
          NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_init(&ctx, sizeof ctx,
                        (const nodelock_config *)(const void *)((const uint8_t *)&config + 2),
                        slots, SLOTS) == NODELOCK_ERR_ALIGNMENT);
    CHECK(nodelock_init(&ctx, SIZE_MAX, &config, slots, SLOTS) == NODELOCK_OK);
}

static int32_t dummy_begin(void *user) { (void)user; return 0; }
static int32_t dummy_update(void *user, const uint8_t *data, size_t len)
{
    (void)user; (void)data; (void)len;
    return 0;
}

#define WITH(change, result)             \
    do {                                 \
        nodelock_config changed = config; \
        changed.change;                  \
        CHECK(init(&changed) == result); \
        all_calls_give(&ctx, NODELOCK_ERR_NOT_INITIALIZED); \
    } while (0)

static void configurations(void)
{
    nodelock_trust_anchor anchors[NODELOCK_MAX_ANCHORS + 1];
    size_t i;

    for (i = 0; i < COUNT(anchors); i++) {
        anchors[i] = common_anchors[0];
    }
    WITH(slot_size = 0, NODELOCK_ERR_SLOT_SIZE);
    WITH(slot_size = sizeof(nodelock_slot) - 8, NODELOCK_ERR_SLOT_SIZE);
    WITH(flags = 2, NODELOCK_ERR_CONFIG_FLAGS);
    WITH(flags = 0x80000001u, NODELOCK_ERR_CONFIG_FLAGS);
    WITH(read_udi = NULL, NODELOCK_ERR_NO_READ_UDI);
    WITH(sha256_begin = dummy_begin, NODELOCK_ERR_NO_SHA256);
    WITH(sha256_update = dummy_update, NODELOCK_ERR_NO_SHA256);
    WITH(anchor_count = 0, NODELOCK_ERR_NO_ANCHORS);
    WITH(anchors = NULL, NODELOCK_ERR_NO_ANCHORS);
    WITH(anchor_count = NODELOCK_MAX_ANCHORS + 1, NODELOCK_ERR_TOO_MANY_ANCHORS);
    WITH(anchor_count = UINT32_MAX, NODELOCK_ERR_TOO_MANY_ANCHORS);
    WITH(anchors = (const nodelock_trust_anchor *)(const void *)((const uint8_t *)anchors + 1),
         NODELOCK_ERR_ALIGNMENT);

    anchors[1].role = 0;
    WITH(anchors = anchors, NODELOCK_ERR_BAD_ROLE);
    anchors[1].role = 4;
    WITH(anchors = anchors, NODELOCK_ERR_BAD_ROLE);
    anchors[1].role = NODELOCK_ROLE_PRODUCTION + 256;
    WITH(anchors = anchors, NODELOCK_ERR_BAD_ROLE);
    anchors[1].role = NODELOCK_ROLE_PRODUCTION;
    for (i = 0; i < sizeof anchors[1].key; i++) {
        anchors[1].key[i] ^= 1;
        WITH(anchors = anchors, NODELOCK_ERR_ANCHOR_KEY_ID);
        anchors[1].key[i] ^= 1;
    }
    for (i = 0; i < sizeof anchors[1].key_id; i++) {
        anchors[1].key_id[i] ^= 0x80;
        WITH(anchors = anchors, NODELOCK_ERR_ANCHOR_KEY_ID);
        anchors[1].key_id[i] ^= 0x80;
    }
    config.anchors = anchors;
    CHECK(init(&config) == NODELOCK_OK);
    config.anchors = common_anchors;
}

/* A configuration of a newer header has more fields; of an older one, fewer. */
static void config_sizes(void)
{
    union {
        uint64_t align[128];
        uint8_t bytes[1024];
    } room;
    nodelock_config *copy = (nodelock_config *)(void *)&room;
    uint32_t size;

    for (size = 0; size <= sizeof room; size++) {
        uint8_t *exact = (uint8_t *)malloc(size < 4 ? 4 : size);
        int32_t result;

        CHECK(exact != NULL);
        memset(&room, 0, sizeof room);
        memcpy(&room, &config, sizeof config);
        copy->size = size;
        memcpy(exact, &room, size < 4 ? 4 : size);
        /* Exactly as long as it says: reading on would be seen by the sanitizer. */
        result = init((const nodelock_config *)(const void *)exact);
        if (size < 16 || size % sizeof(void *) != 0) {
            CHECK(result == NODELOCK_ERR_CONFIG_SIZE);
        } else if (size < offsetof(nodelock_config, read_udi) + sizeof config.read_udi) {
            CHECK(result == NODELOCK_ERR_NO_READ_UDI);
        } else {
            CHECK(result == NODELOCK_OK);
            CHECK(nodelock_install(&ctx, PERMANENT, NULL) == NODELOCK_OK);
            CHECK(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);
        }
        if (size > sizeof config && size % sizeof(void *) == 0) {
            exact[size - 1] = 1;
            CHECK(init((const nodelock_config *)(const void *)exact) == NODELOCK_ERR_CONFIG_SIZE);
            exact[size - 1] = 0;
            exact[sizeof config] = 0x80;
            CHECK(init((const nodelock_config *)(const void *)exact) == NODELOCK_ERR_CONFIG_SIZE);
        }
        free(exact);
    }
    memset(&room, 0, sizeof room);
    memcpy(&room, &config, sizeof config);
    copy->size = sizeof room + 8;
    CHECK(init(copy) == NODELOCK_ERR_CONFIG_SIZE);
    copy->size = UINT32_MAX;
    CHECK(init(copy) == NODELOCK_ERR_CONFIG_SIZE);
    copy->size = UINT32_MAX - 7;
    CHECK(init(copy) == NODELOCK_ERR_CONFIG_SIZE);
}

static void installing(void)
{
    nodelock_tally tally;
    nodelock_tally before;
    uint8_t two[2 * sizeof tally];
    size_t len;

    CHECK(init(&config) == NODELOCK_OK);
    memset(&tally, 0xEE, sizeof tally);
    before = tally;
    CHECK(nodelock_install(&ctx, NULL, 0, &tally) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_install(&ctx, NULL, 1, &tally) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_install(&ctx, FILE_MIXED, SIZE_MAX, &tally) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_install(&ctx, FILE_MIXED, SIZE_MAX / 2 + 1, &tally) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_install(&ctx, PERMANENT, (nodelock_tally *)(void *)(two + 1)) ==
              NODELOCK_ERR_ALIGNMENT ||
          ((uintptr_t)(two + 1)) % 4 == 0);
    CHECK(memcmp(&tally, &before, sizeof tally) == 0);
    CHECK(verdict_on(&ctx, "ipservices", 1) == 601);

    /* Every length, in memory of exactly that length. */
    for (len = 0; len < sizeof FILE_PERMANENT; len++) {
        uint8_t *exact = (uint8_t *)malloc(len == 0 ? 1 : len);
        nodelock_result result;

        CHECK(exact != NULL);
        memcpy(exact, FILE_PERMANENT, len);
        result = nodelock_install(&ctx, exact, len, &tally);
        CHECK(result == NODELOCK_OK || (result == NODELOCK_ERR_NO_RECORD && len < 64));
        CHECK(result != NODELOCK_OK || tally.installed == 0);
        free(exact);
    }
    CHECK(verdict_on(&ctx, "ipservices", 1) == 601);

    /* A configuration that changes afterwards is looked at again. */
    {
        nodelock_config changing = config;

        CHECK(init(&changing) == NODELOCK_OK);
        changing.anchor_count = 0;
        CHECK(nodelock_install(&ctx, PERMANENT, NULL) == NODELOCK_ERR_NO_ANCHORS);
        changing = config;
        CHECK(nodelock_install(&ctx, PERMANENT, NULL) == NODELOCK_OK);
        CHECK(nodelock_deinit(&ctx) == NODELOCK_OK);
    }
}

static void asking(void)
{
    static const char *const bad[] = {"", ":1.0", "-x", "a b", "a\n", "LICENSE", "\xC3\xA4", "a/b"};
    static const char *const bad_versions[] = {"a:", "a:x", "a:1.", "a:1.0.0.0.0", "a:65536", "a:1:2"};
    char longest[128];
    nodelock_explanation why;
    nodelock_license line;
    uint32_t verdict;
    int32_t reason;
    size_t count;
    size_t i;

    CHECK(init(&config) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, PERMANENT, NULL) == NODELOCK_OK);
    for (i = 0; i < COUNT(bad); i++) {
        verdict = NODELOCK_GRANTED;
        CHECK(nodelock_check(&ctx, bad[i], strlen(bad[i]), 1, &verdict) ==
              NODELOCK_ERR_BAD_FEATURE);
        CHECK(verdict == NODELOCK_UNDECIDED);
        CHECK(nodelock_granted(&ctx, bad[i], 1) == NODELOCK_UNDECIDED);
        CHECK(nodelock_explain(&ctx, bad[i], strlen(bad[i]), 1, &why) == NODELOCK_ERR_BAD_FEATURE);
    }
    for (i = 0; i < COUNT(bad_versions); i++) {
        CHECK(nodelock_check(&ctx, bad_versions[i], strlen(bad_versions[i]), 1, &verdict) ==
              NODELOCK_ERR_BAD_VERSION);
        CHECK(nodelock_granted(&ctx, bad_versions[i], 1) == NODELOCK_UNDECIDED);
    }
    CHECK(nodelock_check(&ctx, NULL, 0, 1, &verdict) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_check(&ctx, "x", 1, 1, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_check(&ctx, "ipservices", SIZE_MAX, 1, &verdict) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_granted(&ctx, NULL, 1) == NODELOCK_UNDECIDED);
    CHECK(nodelock_explain(&ctx, NULL, 1, 1, &why) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_explain(&ctx, "x", 1, 1, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_explain_line(&ctx, NULL, 1, 1, 0, &line, &reason) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_explain_line(&ctx, "ipservices", 10, 1, 0, NULL, &reason) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_explain_line(&ctx, "ipservices", 10, 1, 0, &line, NULL) ==
          NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_explain_line(&ctx, "ipservices", 10, 1, SIZE_MAX, &line, &reason) ==
          NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_license_count(&ctx, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_license_at(&ctx, 0, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_license_at(&ctx, SIZE_MAX, &line) == NODELOCK_ERR_NO_SUCH_INDEX);
    CHECK(nodelock_license_count(&ctx, &count) == NODELOCK_OK && count == 1);

    /* No NUL behind the text, and none within reach. */
    {
        char *exact = (char *)malloc(10);

        CHECK(exact != NULL);
        memcpy(exact, "ipservices", 10);
        CHECK(nodelock_check(&ctx, exact, 10, 1, &verdict) == NODELOCK_OK);
        CHECK(verdict == NODELOCK_GRANTED);
        CHECK(nodelock_check(&ctx, exact, 0, 1, &verdict) == NODELOCK_ERR_BAD_FEATURE);
        CHECK(nodelock_check(&ctx, exact, 1, 1, &verdict) == NODELOCK_OK && verdict == 601);
        free(exact);
    }
    /* The longest request, and one that is too long to have an end. */
    memset(longest, 'a', sizeof longest);
    memcpy(longest + 64, ":65535.65535.65535.65535", 25);
    CHECK(verdict_on(&ctx, longest, 1) == 601);
    memset(longest, 'a', sizeof longest);
    CHECK(nodelock_granted(&ctx, longest, 1) == NODELOCK_UNDECIDED);
}

static void texts(void)
{
    int32_t code;

    for (code = -1000; code <= 10; code++) {
        CHECK(strlen(nodelock_result_name(code)) >= 2);
        CHECK(strlen(nodelock_result_text(code)) >= 4);
        CHECK(strlen(nodelock_result_remedy(code)) >= 4);
    }
    CHECK(strcmp(nodelock_result_name(INT32_MIN), "unknown") == 0);
    CHECK(strcmp(nodelock_result_name(INT32_MAX), "unknown") == 0);
    CHECK(strcmp(nodelock_result_name(NODELOCK_ERR_BUSY), "busy") == 0);
    CHECK(strcmp(nodelock_type_name(UINT32_MAX), "unknown") == 0);
}

int main(void)
{
    nodelock_ctx zeros;

    memset(&zeros, 0, sizeof zeros);
    CHECK(nodelock_granted(&zeros, "ipservices", 1) != NODELOCK_GRANTED);
    config = device_config(&self);
    config.on_record = NULL;
    contexts();
    starting();
    configurations();
    config_sizes();
    installing();
    asking();
    texts();
    return 0;
}
