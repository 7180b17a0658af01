/* For random_use.c: what is random, and the callbacks and damage that the calls have to live with. */
#ifndef RANDOM_H
#define RANDOM_H

#include "agent.h"

#define PAGE 2048u

typedef union output {
    uint8_t bytes[256];
    nodelock_tally tally;
    nodelock_explanation explanation;
    nodelock_license license;
    nodelock_agent_line line;
    nodelock_event event;
    nodelock_job job;
    nodelock_job_result result;
    uint64_t number;
    nodelock_lease lease;
    nodelock_uptime uptime;
    size_t count;
    uint32_t word;
    nodelock_handle handle;
    char text[256];
} output;

static const struct {
    const uint8_t *data;
    size_t len;
} files[] = {{FILE_MIXED, sizeof FILE_MIXED},
             {FILE_BINARY, sizeof FILE_BINARY},
             {FILE_EVALUATION, sizeof FILE_EVALUATION},
             {FILE_RIGHT_TO_USE, sizeof FILE_RIGHT_TO_USE},
             {FILE_COUNTED, sizeof FILE_COUNTED},
             {FILE_DATED, sizeof FILE_DATED},
             {FILE_PERMANENT, sizeof FILE_PERMANENT},
             {FILE_TRIAL, sizeof FILE_TRIAL},
             {FILE_DEVELOPMENT, sizeof FILE_DEVELOPMENT}};

static board self;
static nodelock_ctx ctx;
static nodelock_slot slots[4];
static nodelock_installer installer;
static nodelock_jobs jobs;
static nodelock_job_slot job_slots[3];
static nodelock_job_result_slot job_results[4];
static nodelock_flash flash;
static nodelock_flash_port flash_port;
static uint8_t chip[2 * PAGE];
static uint8_t file[sizeof FILE_MIXED];
static size_t file_len;
static nodelock_lease lease;
static uint32_t job;
static uint32_t granted;
static uint32_t done;
static int depth; /* of calls within callbacks */
static int rough; /* whether callbacks fail, lie and call back */

static uint64_t seed = 1;

static uint32_t below(uint32_t end)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % end;
}

static int one_of(uint32_t many)
{
    return below(many) == 0;
}

static uint64_t number(uint32_t usual)
{
    static const uint64_t edges[] = {0, 1, 255, UINT16_MAX, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};

    return one_of(16) ? edges[below(COUNT(edges))] : below(usual);
}

/* The length of what is there, or one that is less, or none that any object has. */
static size_t length(size_t len)
{
    static const size_t edges[] = {0, 1, SIZE_MAX, SIZE_MAX / 2 + 1};

    return one_of(24) ? edges[below(COUNT(edges))] : len;
}

/* The pointer, or NULL, or one that may not be aligned. */
static void *pointer(void *there)
{
    if (one_of(40)) {
        return NULL;
    }
    return one_of(40) ? (uint8_t *)there + 1 + below(3) : there;
}

/* The same for what has no alignment. */
static void *bytes(void *there)
{
    return one_of(40) ? NULL : there;
}

static void has_a_name(int32_t result)
{
    CHECK(result <= 0 && strcmp(nodelock_result_name(result), "unknown") != 0);
}

static void one_call(void);

/* What a callback returns: 0, or something else if it is to fail. */
static int32_t mishap(void)
{
    static const int32_t failures[] = {-1,
                                       1,
                                       INT32_MIN,
                                       INT32_MAX,
                                       NODELOCK_ERR_BUSY,
                                       NODELOCK_ERR_NULL_ARGUMENT,
                                       NODELOCK_ERR_STORAGE_FULL,
                                       NODELOCK_ERR_STORAGE_CORRUPTED};

    if (!rough) {
        return 0;
    }
    if (depth == 1 && one_of(30)) {
        one_call();
    }
    return one_of(60) ? failures[below(COUNT(failures))] : 0;
}

static int32_t udi(void *user, uint32_t member, nodelock_udi *out)
{
    static const size_t lengths[] = {0, 1, SIZE_MAX, SIZE_MAX / 2 + 1};
    int32_t answer = device_udi(user, member, out);

    if (rough && one_of(8)) {
        *(one_of(2) ? &out->pid_len : &out->sn_len) = lengths[below(COUNT(lengths))];
    }
    if (rough && one_of(8)) {
        *(one_of(2) ? &out->pid : &out->sn) = NULL;
    }
    return answer == 0 ? mishap() : answer;
}

/* What the files hold that is signed rightly. Nothing else is: to compute it each time would take too long. */
static struct {
    uint8_t key[64];
    uint8_t digest[32];
    uint8_t signature[64];
} signed_ones[16];
static uint32_t signed_count;
static int learning;

static int32_t verify(void *user, const uint8_t *key, const uint8_t *digest,
                      const uint8_t *signature)
{
    static const int32_t answers[] = {0, 1, -1, INT32_MIN, NODELOCK_SIGNATURE_INVALID};
    uint32_t i;

    (void)user;
    if (learning) {
        CHECK(signed_count < COUNT(signed_ones));
        memcpy(signed_ones[signed_count].key, key, 64);
        memcpy(signed_ones[signed_count].digest, digest, 32);
        memcpy(signed_ones[signed_count].signature, signature, 64);
        signed_count += 1;
        return NODELOCK_SIGNATURE_VALID;
    }
    if (mishap() != 0) {
        return answers[below(COUNT(answers))];
    }
    for (i = 0; i < signed_count; i++) {
        if (memcmp(signed_ones[i].key, key, 64) == 0 &&
            memcmp(signed_ones[i].digest, digest, 32) == 0 &&
            memcmp(signed_ones[i].signature, signature, 64) == 0) {
            return NODELOCK_SIGNATURE_VALID;
        }
    }
    return NODELOCK_SIGNATURE_INVALID;
}

static void learn(void)
{
    uint32_t i;

    learning = 1;
    CHECK(nodelock_init(&ctx, sizeof ctx, &self.base_config, slots, COUNT(slots)) == NODELOCK_OK);
    /* The first and the last hold lines that are not. */
    for (i = 1; i + 1 < COUNT(files); i++) {
        CHECK(nodelock_install(&ctx, files[i].data, files[i].len, NULL) == NODELOCK_OK);
    }
    learning = 0;
    CHECK(signed_count > 6);
}

static int32_t load(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len)
{
    int32_t answer = board_load(user, key, buffer, capacity, len);

    if (rough && one_of(100)) {
        *len = one_of(2) ? SIZE_MAX : capacity + 1;
        return 0;
    }
    if (rough && answer == 0 && one_of(50)) {
        buffer[below((uint32_t)*len)] ^= (uint8_t)(1u << below(8));
    }
    return answer == 0 ? mishap() : answer;
}

static int32_t store(void *user, uint16_t key, const uint8_t *data, size_t len)
{
    int32_t failure = mishap();

    return failure == 0 ? board_store(user, key, data, len) : failure;
}

static int32_t clear(void *user, uint16_t key)
{
    int32_t failure = mishap();

    return failure == 0 ? board_remove(user, key) : failure;
}

static int32_t chip_read(void *user, uint32_t address, uint8_t *to, size_t len)
{
    CHECK(user == chip && address < sizeof chip && len <= sizeof chip - address);
    memcpy(to, chip + address, len);
    if (rough && len > 0 && one_of(200)) {
        to[below((uint32_t)len)] ^= (uint8_t)(1u << below(8));
    }
    return mishap();
}

/* What fails is done by half. */
static int32_t chip_write(void *user, uint32_t address, const uint8_t *data, size_t len)
{
    const int32_t failure = mishap();

    CHECK(user == chip && address < sizeof chip && len <= sizeof chip - address);
    memcpy(chip + address, data, failure == 0 ? len : len / 2);
    return failure;
}

static int32_t chip_erase(void *user, uint32_t page)
{
    const int32_t failure = mishap();

    CHECK(user == chip && page < sizeof chip / PAGE);
    memset(chip + page * PAGE, 0xFF, failure == 0 ? PAGE : PAGE / 2);
    return failure;
}

static void take_record(void *user, const nodelock_record *record)
{
    CHECK(user != NULL && record->number > 0);
    (void)mishap();
}

static void take_entry(void *user, const nodelock_history_entry *entry)
{
    CHECK(user == &self && memchr(entry->feature, 0, sizeof entry->feature) != NULL);
    (void)mishap();
}

static int32_t take_text(void *user, const char *text, size_t len)
{
    CHECK(user == &self && text != NULL && len > 0);
    return mishap();
}

static int32_t take_output(void *user, const uint8_t *data, size_t len)
{
    CHECK(user == &self && (data != NULL || len == 0));
    return mishap();
}

static int32_t agreement(void *user, nodelock_handle handle, const char **text, size_t *len)
{
    CHECK(user == &self && handle < FEATURES);
    *text = one_of(8) ? NULL : "agreement";
    *len = length(strlen("agreement"));
    return mishap();
}

/* A file as it is, or damaged. */
static void take_file(void)
{
    const uint32_t which = below(COUNT(files));
    uint32_t i;

    if (depth > 1) {
        return; /* a call may be reading it */
    }
    file_len = files[which].len;
    memcpy(file, files[which].data, file_len);
    for (i = below(4); i > 1; i--) {
        file[below((uint32_t)file_len)] = (uint8_t)(one_of(2) ? below(256) : ' ' + below(95));
    }
    if (one_of(8)) {
        file_len = below((uint32_t)file_len + 1);
    }
}

static nodelock_now time_now(void)
{
    if (one_of(4)) {
        const uint32_t seconds = below(one_of(4) ? 2 * DAY : 60);

        self.now.uptime.seconds += seconds;
        self.now.wall += seconds;
    }
    if (one_of(50)) {
        nodelock_now edge = self.now;

        *(one_of(2) ? &edge.wall : &edge.uptime.seconds) = number(1000);
        edge.wall_known = below(3);
        return edge;
    }
    return self.now;
}

static int32_t begin_context(nodelock_ctx *it)
{
    return nodelock_init(it, length(sizeof ctx), &self.base_config, pointer(slots),
                         length(COUNT(slots)));
}

static int32_t begin_jobs(nodelock_jobs *it)
{
    const nodelock_jobs_memory memory = jobs_memory(pointer(job_slots), length(COUNT(job_slots)),
                                                    pointer(job_results), length(COUNT(job_results)));

    return nodelock_jobs_init(it, length(sizeof jobs), &memory);
}

/* Power goes; what is stored may be damaged meanwhile, and a configuration is wrong now and then. */
static void reboot(void)
{
    value *const damaged = &self.values[below(COUNT(self.values))];

    if (one_of(3) && damaged->used) {
        damaged->data[below((uint32_t)damaged->len)] ^= (uint8_t)(1u << below(8));
    }
    if (one_of(20)) {
        damaged->len = 1 + below(sizeof damaged->data);
    }
    chip[below(sizeof chip)] ^= (uint8_t)(one_of(20) ? 1u << below(8) : 0);
    if (one_of(60)) {
        memset(self.values, 0, sizeof self.values);
    }
    self.memory.line_count = one_of(20) ? length(LINES) : LINES;
    self.memory.scratch = one_of(20) ? NULL : self.scratch;
    self.config.store = one_of(20) ? NULL : store;
    self.base_config.anchor_count = one_of(20) ? (uint32_t)number(6) : COUNT(common_anchors);
    if (self.base_config.anchor_count <= NODELOCK_MAX_ANCHORS) {
        self.base_config.anchor_count %= COUNT(common_anchors) + 1;
    }
    has_a_name(board_boot(&self));
    has_a_name(begin_context(&ctx));
    has_a_name(begin_jobs(&jobs));
    has_a_name(nodelock_flash_mount(&flash, sizeof flash, &flash_port));
}

#endif
