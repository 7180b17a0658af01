/* The one function of the profile "check": answers, and wrong use. */
#include "common.h"

static device self;

static uint32_t denied(int32_t reason) { return (uint32_t)-reason; }

#define LINES(file) ((const char *)(file)), sizeof(file)

static uint32_t ask(const nodelock_config *config, const char *lines, size_t len,
                    const char *feature, uint64_t count)
{
    uint32_t verdict = 77;
    int32_t result = nodelock_check_lines(config, lines, len, feature, strlen(feature), count, &verdict);

    CHECK(result == NODELOCK_OK ? verdict != NODELOCK_UNDECIDED : verdict == NODELOCK_UNDECIDED);
    return result == NODELOCK_OK ? verdict : denied(result);
}

static int32_t no_udi(void *user, uint32_t member, nodelock_udi *out)
{
    (void)user; (void)member; (void)out;
    return -5;
}

static int32_t bad_udi(void *user, uint32_t member, nodelock_udi *out)
{
    (void)user; (void)member;
    out->pid = NULL;
    out->pid_len = SIZE_MAX;
    return 0;
}

static int32_t nobody(void *user, uint32_t member, nodelock_udi *out)
{
    (void)user; (void)member; (void)out;
    return NODELOCK_NO_MORE;
}

static int32_t answer;

static int32_t says(void *user, const uint8_t *key, const uint8_t *digest, const uint8_t *rs)
{
    (void)user; (void)key; (void)digest; (void)rs;
    return answer;
}

static void answers(void)
{
    nodelock_config config = device_config(&self);

    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == NODELOCK_GRANTED);
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices:1.0", 99) == NODELOCK_GRANTED);
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices:1.1", 1) == denied(NODELOCK_ERR_VERSION_TOO_LOW));
    CHECK(ask(&config, LINES(FILE_PERMANENT), "voice", 1) == denied(NODELOCK_ERR_NO_LICENSE));
    CHECK(ask(&config, NULL, 0, "ipservices", 1) == denied(NODELOCK_ERR_NO_LICENSE));
    CHECK(ask(&config, LINES(FILE_COUNTED), "voice:2.1", 16) == NODELOCK_GRANTED);
    CHECK(ask(&config, LINES(FILE_COUNTED), "voice:2.1", 1000000) == denied(NODELOCK_ERR_COUNT_TOO_LOW));
    CHECK(ask(&config, LINES(FILE_OTHER), "ipservices", 1) == denied(NODELOCK_ERR_NO_LICENSE));
    CHECK(ask(&config, LINES(FILE_TAMPERED), "ipservices", 1) != NODELOCK_GRANTED);
    CHECK(ask(&config, LINES(FILE_BINARY), "ipservices", 1) == denied(NODELOCK_ERR_NO_LICENSE));
    CHECK(ask(&config, LINES(FILE_DEVELOPMENT), "lab", 1) == denied(NODELOCK_ERR_DEVELOPMENT_KEY));
    config.flags = NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS;
    CHECK(ask(&config, LINES(FILE_DEVELOPMENT), "lab", 1) == NODELOCK_GRANTED);
    config.flags = 0;
    config.slot_size = 0; /* not of interest here */
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == NODELOCK_GRANTED);
    config.anchors = common_anchors + 1;
    config.anchor_count = 1;
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == denied(NODELOCK_ERR_UNKNOWN_KEY));
}

/* What a callback reports is a denial. */
static void callbacks(void)
{
    nodelock_config config = device_config(&self);

    config.read_udi = no_udi;
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == denied(NODELOCK_ERR_UDI_UNAVAILABLE));
    config.read_udi = nobody;
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == denied(NODELOCK_ERR_UDI_UNAVAILABLE));
    config.read_udi = bad_udi;
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == denied(NODELOCK_ERR_UDI_INVALID));
    config = device_config(&self);
    config.verify_signature = says;
    for (answer = -1; answer <= 1; answer++) {
        CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == denied(NODELOCK_ERR_CRYPTO_FAILURE));
    }
    answer = NODELOCK_SIGNATURE_INVALID;
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == denied(NODELOCK_ERR_SIGNATURE_MISMATCH));
    answer = NODELOCK_SIGNATURE_VALID;
    CHECK(ask(&config, LINES(FILE_PERMANENT), "ipservices", 1) == NODELOCK_GRANTED);
}

static void wrong_use(void)
{
    nodelock_config config = device_config(&self);
    const char *lines = (const char *)FILE_PERMANENT;
    const size_t len = sizeof FILE_PERMANENT;
    static const char *const bad[] = {"", ":", ":1", "a b", "-a", "LICENSE", "a:", "a:x", "a:1.2.3.4.5"};
    uint32_t verdict;
    size_t i;

    CHECK(nodelock_check_lines(NULL, lines, len, "a", 1, 1, &verdict) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_check_lines(&config, NULL, len, "a", 1, 1, &verdict) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_check_lines(&config, lines, len, NULL, 1, 1, &verdict) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_check_lines(&config, lines, len, "a", 1, 1, NULL) == NODELOCK_ERR_NULL_ARGUMENT);
    CHECK(nodelock_check_lines(&config, lines, SIZE_MAX, "a", 1, 1, &verdict) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_check_lines(&config, lines, len, "a", SIZE_MAX, 1, &verdict) == NODELOCK_ERR_LENGTH);
    CHECK(nodelock_check_lines(&config, lines, len, "a", 0, 1, &verdict) == NODELOCK_ERR_BAD_FEATURE);
    CHECK(verdict == NODELOCK_UNDECIDED);
    for (i = 0; i < COUNT(bad); i++) {
        CHECK(ask(&config, lines, len, bad[i], 1) != NODELOCK_GRANTED);
    }
    for (i = 0; i + 4 < len; i++) { /* cut off inside the signature or before */
        CHECK(ask(&config, lines, i, "ipservices", 1) != NODELOCK_GRANTED);
    }
    config.flags = 0x80000000U;
    CHECK(ask(&config, lines, len, "a", 1) == denied(NODELOCK_ERR_CONFIG_FLAGS));
    config = device_config(&self);
    config.size = 4;
    CHECK(ask(&config, lines, len, "a", 1) == denied(NODELOCK_ERR_CONFIG_SIZE));
    config = device_config(&self);
    config.anchor_count = 0;
    CHECK(ask(&config, lines, len, "a", 1) == denied(NODELOCK_ERR_NO_ANCHORS));
    config.anchor_count = UINT32_MAX;
    CHECK(ask(&config, lines, len, "a", 1) == denied(NODELOCK_ERR_TOO_MANY_ANCHORS));
    config = device_config(&self);
    config.read_udi = NULL;
    CHECK(ask(&config, lines, len, "a", 1) == denied(NODELOCK_ERR_NO_READ_UDI));
}

int main(void)
{
    memset(&self, 0, sizeof self);
    self.members = 1;
    answers();
    callbacks();
    wrong_use();
    return 0;
}
