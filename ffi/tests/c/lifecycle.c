/* Install, check, show, explain: what a product does, with the outcome of every record. */
#include "common.h"

static nodelock_ctx ctx;
static nodelock_slot slots[SLOTS];

static uint32_t check(const char *feature, uint64_t count)
{
    uint32_t verdict = 12345;

    CHECK(nodelock_check(&ctx, feature, strlen(feature), count, &verdict) == NODELOCK_OK);
    CHECK(verdict == verdict_on(&ctx, feature, count));
    return verdict;
}

static void install_everything(device *self, nodelock_tally *tally)
{
    static const int32_t expected[] = {
        NODELOCK_OK, /* the key */
        NODELOCK_OK, NODELOCK_OK, NODELOCK_OK, NODELOCK_OK, NODELOCK_OK,
        NODELOCK_ERR_OTHER_DEVICE,
        NODELOCK_OK, /* the trial */
        NODELOCK_OK, /* by the delegated key */
        NODELOCK_ERR_SIGNATURE_MISMATCH, NODELOCK_ERR_UNKNOWN_KEY, NODELOCK_ERR_CONFLICTING_ID,
        NODELOCK_ERR_ALREADY_INSTALLED, NODELOCK_ERR_STRAY_TEXT, NODELOCK_ERR_TRUNCATED};
    size_t i;

    self->records = 0;
    CHECK(nodelock_install(&ctx, FILE_MIXED, sizeof FILE_MIXED, tally) == NODELOCK_OK);
    CHECK(self->records == COUNT(expected));
    for (i = 0; i < COUNT(expected); i++) {
        CHECK(self->results[i] == expected[i]);
    }
}

static void verdicts(void)
{
    CHECK(check("ipservices", 1) == NODELOCK_GRANTED);
    CHECK(check("ipservices", 0) == NODELOCK_GRANTED);
    CHECK(check("ipservices", UINT64_MAX) == NODELOCK_GRANTED);
    CHECK(check("ipservices:1.0", 1) == NODELOCK_GRANTED);
    CHECK(check("ipservices:1.1", 1) == (uint32_t)-NODELOCK_ERR_VERSION_TOO_LOW);
    CHECK(check("Ipservices", 1) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    CHECK(check("voice", 24) == NODELOCK_GRANTED);
    CHECK(check("voice", 25) == 603);
    CHECK(check("voice:2.1", 16) == NODELOCK_GRANTED);
    CHECK(check("voice:2.1", 17) == 603);
    CHECK(check("voice", UINT64_MAX) == 603);
    CHECK(check("stacked", 1) == NODELOCK_GRANTED);
    CHECK(check("plus-one", 1) == NODELOCK_GRANTED);
    CHECK(check("security", 1) == (uint32_t)-NODELOCK_ERR_NEEDS_AGENT);
    CHECK(check("trial", 1) == (uint32_t)-NODELOCK_ERR_NEEDS_AGENT);
    CHECK(check("strange", 1) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
    CHECK(check("lab", 1) == (uint32_t)-NODELOCK_ERR_NO_LICENSE);
}

static void show(void)
{
    static const uint8_t dated_id[10] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 4};
    nodelock_license license;
    size_t count = 0;
    size_t i;

    CHECK(nodelock_license_count(&ctx, &count) == NODELOCK_OK);
    CHECK(count == 7);
    for (i = 0; i < count; i++) {
        memset(&license, 0xA5, sizeof license);
        CHECK(nodelock_license_at(&ctx, i, &license) == NODELOCK_OK);
        CHECK(strlen(license.feature) == license.feature_len);
        CHECK(license.issued == 20779);
    }
    CHECK(nodelock_license_at(&ctx, count, &license) == NODELOCK_ERR_NO_SUCH_INDEX);

    CHECK(nodelock_license_at(&ctx, 2, &license) == NODELOCK_OK);
    CHECK(strcmp(license.feature, "voice") == 0);
    CHECK(license.count == 8 && license.combine == NODELOCK_COMBINE_ADDITIVE);
    CHECK(license.version[0] == 2 && license.version[1] == 0 && license.version[3] == 0);
    CHECK(license.license_type == NODELOCK_TYPE_PERMANENT && license.member == 0);
    CHECK(license.start == NODELOCK_NO_DATE && license.end == NODELOCK_NO_DATE);

    CHECK(nodelock_license_at(&ctx, 3, &license) == NODELOCK_OK);
    CHECK(strcmp(license.feature, "security") == 0);
    CHECK(strcmp(nodelock_type_name(license.license_type), "subscription") == 0);
    CHECK(license.start == 20454 && license.end == 21183);
    CHECK(license.expiry == NODELOCK_EXPIRY_REPORT && license.usage_seconds == 0);
    CHECK(license.count == NODELOCK_UNCOUNTED && license.combine == NODELOCK_COMBINE_EXCLUSIVE);
    CHECK(license.version[0] == 1 && license.version[3] == 4);
    CHECK(memcmp(license.line_id, dated_id, sizeof dated_id) == 0);

    CHECK(nodelock_license_at(&ctx, 4, &license) == NODELOCK_OK);
    CHECK(license.member == 1);
    CHECK(nodelock_license_at(&ctx, 5, &license) == NODELOCK_OK);
    CHECK(license.member == NODELOCK_NOT_LOCKED);
    CHECK(license.license_type == NODELOCK_TYPE_EVALUATION);
    CHECK(license.usage_seconds == 60u * 86400u);
}

static void explain(void)
{
    nodelock_explanation why;
    nodelock_license line;
    int32_t reason = 1;

    CHECK(nodelock_explain(&ctx, "voice", 5, 25, &why) == NODELOCK_OK);
    CHECK(why.verdict == 603 && why.reason == NODELOCK_ERR_COUNT_TOO_LOW);
    CHECK(why.needed == 25 && why.licensed == 24 && why.lines == 2);
    CHECK(why.version[0] == 2 && why.version[1] == 1 && why.line_id[9] == 2);
    CHECK(nodelock_explain_line(&ctx, "voice", 5, 16, 0, &line, &reason) == NODELOCK_OK);
    CHECK(reason == NODELOCK_OK && line.count == 16);
    CHECK(nodelock_explain_line(&ctx, "voice", 5, 16, 1, &line, &reason) == NODELOCK_OK);
    CHECK(reason == NODELOCK_ERR_COUNT_TOO_LOW && line.count == 8);
    CHECK(nodelock_explain_line(&ctx, "voice:2.1", 9, 1, 1, &line, &reason) == NODELOCK_OK);
    CHECK(reason == NODELOCK_ERR_VERSION_TOO_LOW);
    CHECK(nodelock_explain_line(&ctx, "voice", 5, 16, 2, &line, &reason) ==
          NODELOCK_ERR_NO_SUCH_INDEX);

    CHECK(nodelock_explain(&ctx, "ipservices", 10, 3, &why) == NODELOCK_OK);
    CHECK(why.verdict == NODELOCK_GRANTED && why.reason == NODELOCK_OK);
    CHECK(why.licensed == NODELOCK_UNCOUNTED && why.needed == 3 && why.lines == 1);

    CHECK(nodelock_explain(&ctx, "nothing", 7, 0, &why) == NODELOCK_OK);
    CHECK(why.verdict == 601 && why.reason == NODELOCK_ERR_NO_LICENSE);
    CHECK(why.needed == 1 && why.licensed == 0 && why.lines == 0);
    CHECK(strcmp(nodelock_result_name(why.reason), "no-license") == 0);
    CHECK(strlen(nodelock_result_text(why.reason)) > 10);
    CHECK(strlen(nodelock_result_remedy(why.reason)) > 10);
}

int main(void)
{
    device self = {2, 0, 0, {0}, 0};
    nodelock_config config = device_config(&self);
    nodelock_slot two[2];
    nodelock_tally tally;
    uint32_t asked;

    CHECK(nodelock_ctx_size() == sizeof ctx && nodelock_slot_size() == sizeof slots[0]);
    CHECK(nodelock_version_number() == NODELOCK_VERSION_NUMBER);
    CHECK(nodelock_abi_version() == NODELOCK_ABI_VERSION);
    CHECK(nodelock_format_version() == NODELOCK_FORMAT_VERSION);

    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(check("ipservices", 1) == 601);
    CHECK(self.asked == 0);
    install_everything(&self, &tally);
    CHECK(tally.installed == 7 && tally.existing == 1 && tally.keys == 1);
    CHECK(tally.for_others == 1 && tally.refused == 4 && tally.stray == 1);
    CHECK(tally.first_refused == 10 && tally.first_refusal == NODELOCK_ERR_SIGNATURE_MISMATCH);
    CHECK(self.asked == 3); /* two members and the end, once for the file */
    CHECK(nodelock_last_port_error(&ctx) == 0);
    verdicts();
    show();
    explain();

    /* The same from the binary twin, without a callback and a tally. */
    config.on_record = NULL;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_BINARY, sizeof FILE_BINARY, NULL) == NODELOCK_OK);
    CHECK(check("plus-one", 1) == NODELOCK_GRANTED && check("ipservices", 1) == NODELOCK_GRANTED);
    CHECK(check("voice", 1) == 601);
    CHECK(nodelock_install(&ctx, FILE_BINARY, sizeof FILE_BINARY, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 0 && tally.existing == 2 && tally.for_others == 1);

    /* Development keys only where they are asked for. */
    CHECK(nodelock_install(&ctx, FILE_DEVELOPMENT, sizeof FILE_DEVELOPMENT, &tally) == NODELOCK_OK);
    CHECK(tally.refused == 1 && tally.first_refusal == NODELOCK_ERR_DEVELOPMENT_KEY);
    config.flags = NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_DEVELOPMENT, sizeof FILE_DEVELOPMENT, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 1 && check("lab", 1) == NODELOCK_GRANTED);

    /* As many keys as there is room for; as many lines as there are slots. */
    CHECK(nodelock_install(&ctx, FILE_FIVE_KEYS, sizeof FILE_FIVE_KEYS, &tally) == NODELOCK_OK);
    CHECK(tally.keys == NODELOCK_MAX_DELEGATED_KEYS && tally.refused == 1);
    CHECK(tally.first_refusal == NODELOCK_ERR_KEY_SLOTS_FULL);
    CHECK(nodelock_deinit(&ctx) == NODELOCK_OK);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, two, 2) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_MIXED, sizeof FILE_MIXED, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 2 && tally.first_refusal == NODELOCK_ERR_SLOTS_FULL);

    /* A file that is no license file is gone through as well, and the result says that it is none. */
    asked = self.asked;
    CHECK(nodelock_install(&ctx, (const uint8_t *)"", 0, &tally) == NODELOCK_ERR_NO_RECORD);
    CHECK(nodelock_install(&ctx, (const uint8_t *)"hello\n", 6, &tally) == NODELOCK_ERR_NO_RECORD);
    CHECK(tally.installed == 2);
    CHECK(self.asked == asked + 6);
    CHECK(nodelock_deinit(&ctx) == NODELOCK_OK);
    return 0;
}
