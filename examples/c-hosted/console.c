/* What an operator's console does: installs a license file, shows the licenses, explains a decision.
 *
 *     console PID SN FILE [FEATURE [COUNT]]
 *
 * Status: 0 granted (or no feature asked for), 1 denied, 2 wrong use, 3 the file cannot be read. */
#include <nodelock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vendor.h" /* VENDOR_KEY */

#define SLOTS 64

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    char **argv = (char **)user;

    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    *out = (nodelock_udi){argv[1], strlen(argv[1]), argv[2], strlen(argv[2])};
    return 0;
}

static void on_record(void *user, const nodelock_record *record)
{
    (void)user;
    if (record->result != NODELOCK_OK) {
        fprintf(stderr, "record %lu at byte %lu: %s; %s\n", (unsigned long)record->number,
                (unsigned long)record->offset, nodelock_result_text(record->result),
                nodelock_result_remedy(record->result));
    }
}

/* The whole file in memory; NULL if that does not work. */
static uint8_t *read_file(const char *path, size_t *len)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = NULL;
    long size = -1;

    if (in != NULL && fseek(in, 0, SEEK_END) == 0) {
        size = ftell(in);
        rewind(in);
    }
    if (size >= 0) {
        data = (uint8_t *)malloc((size_t)size + 1);
    }
    if (data != NULL) {
        *len = fread(data, 1, (size_t)size, in);
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return data;
}

static void show(const nodelock_license *license)
{
    printf("%-24s %u.%u  %-24s ", license->feature, license->version[0], license->version[1],
           nodelock_type_name(license->license_type));
    if (license->count == NODELOCK_UNCOUNTED) {
        printf("uncounted\n");
    } else {
        printf("%llu units\n", (unsigned long long)license->count);
    }
}

/* Each line that was considered, and what decided. */
static int explain(const nodelock_ctx *ctx, const char *feature, uint64_t count)
{
    size_t len = strlen(feature);
    nodelock_explanation why;
    nodelock_license line;
    int32_t reason;
    uint32_t i;
    nodelock_result result = nodelock_explain(ctx, feature, len, count, &why);

    if (result != NODELOCK_OK) {
        fprintf(stderr, "%s: %s\n", feature, nodelock_result_text(result));
        return 2;
    }
    for (i = 0; i < why.lines; i++) {
        if (nodelock_explain_line(ctx, feature, len, count, i, &line, &reason) == NODELOCK_OK) {
            printf("  ");
            show(&line);
            printf("    %s\n", reason == NODELOCK_OK ? "would do" : nodelock_result_text(reason));
        }
    }
    if (nodelock_granted(ctx, feature, count) == NODELOCK_GRANTED) {
        printf("%s: granted\n", feature);
        return 0;
    }
    printf("%s: denied, %s; %s\n", feature, nodelock_result_text(why.reason),
           nodelock_result_remedy(why.reason));
    return 1;
}

int main(int argc, char **argv)
{
    const nodelock_trust_anchor keys[] = {VENDOR_KEY};
    const nodelock_config config = {NODELOCK_CONFIG_INIT, .anchors = keys,
                                    .anchor_count = 1,    .user = argv,
                                    .read_udi = read_udi, .on_record = on_record};
    nodelock_ctx ctx;
    nodelock_slot slots[SLOTS];
    nodelock_license license;
    uint8_t *file;
    size_t len = 0;
    size_t i;
    nodelock_result result;

    if (argc < 4 || argc > 6) {
        fprintf(stderr, "usage: console PID SN FILE [FEATURE [COUNT]]\n");
        return 2;
    }
    file = read_file(argv[3], &len);
    if (file == NULL) {
        fprintf(stderr, "%s: cannot be read\n", argv[3]);
        return 3;
    }
    result = nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS);
    if (result == NODELOCK_OK) {
        result = nodelock_install(&ctx, file, len, NULL);
    }
    free(file); /* nothing in the context points to it */
    if (result != NODELOCK_OK) {
        fprintf(stderr, "%s; %s\n", nodelock_result_text(result), nodelock_result_remedy(result));
        return 2;
    }
    if (argc > 4) {
        return explain(&ctx, argv[4], argc > 5 ? strtoull(argv[5], NULL, 10) : 1);
    }
    for (i = 0; nodelock_license_at(&ctx, i, &license) == NODELOCK_OK; i++) {
        show(&license);
    }
    return 0;
}
