/* Installs each file of a list and prints what was refused. Input, one file to a line:
 *     accept-development pid sn path
 */
#include "common.h"

typedef struct named {
    char pid[64];
    char sn[128];
} named;

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    const named *self = (const named *)user;

    if (member > 0) {
        return NODELOCK_NO_MORE;
    }
    out->pid = self->pid;
    out->pid_len = strlen(self->pid);
    out->sn = self->sn;
    out->sn_len = strlen(self->sn);
    return 0;
}

static void print(void *user, const nodelock_record *record)
{
    (void)user;
    if (record->result != NODELOCK_OK) {
        printf("%s %lu\n", nodelock_result_name(record->result), (unsigned long)record->offset);
    }
}

int main(void)
{
    static const nodelock_trust_anchor roots[] = {VECTOR_ROOT, VECTOR_EVALUATION,
                                                  VECTOR_DEVELOPMENT};
    static nodelock_slot slots[SLOTS];
    static uint8_t file[65536];
    nodelock_ctx ctx;
    named self;
    unsigned int development;
    char path[1024];

    while (scanf("%u %63s %127s %1023s", &development, self.pid, self.sn, path) == 4) {
        nodelock_config config;
        uint8_t *exact;
        FILE *in = fopen(path, "rb");
        size_t len;

        CHECK(in != NULL);
        len = fread(file, 1, sizeof file, in);
        CHECK(len < sizeof file && fclose(in) == 0);
        exact = (uint8_t *)malloc(len + 1 - (len != 0));
        CHECK(exact != NULL);
        memcpy(exact, file, len);

        memset(&config, 0, sizeof config);
        NODELOCK_CONFIG_SET_SIZES(config);
        config.flags = development ? NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS : 0;
        config.anchors = roots;
        config.anchor_count = COUNT(roots);
        config.user = &self;
        config.read_udi = read_udi;
        config.on_record = print;
        CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
        printf("== %s\n", path);
        {
            const nodelock_result result = nodelock_install(&ctx, exact, len, NULL);

            CHECK(result == NODELOCK_OK || result == NODELOCK_ERR_NO_RECORD);
        }
        free(exact);
    }
    return 0;
}
