/* What the test programs share: a device with up to two members, and CHECK. */
#ifndef COMMON_H
#define COMMON_H

#include "data.h"
#include "nodelock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SLOTS 16

typedef struct device {
    uint32_t members;
    uint32_t asked;
    uint32_t records;
    int32_t results[32];
    int32_t udi_failure; /* read_udi returns this, unless it is 0 */
} device;

static inline int32_t device_udi(void *user, uint32_t member, nodelock_udi *out)
{
    static const char *const serials[] = {"SN0000000001", "SN0000000002"};
    device *self = (device *)user;

    self->asked += 1;
    if (self->udi_failure != 0) {
        return self->udi_failure;
    }
    if (member >= self->members || member >= COUNT(serials)) {
        return NODELOCK_NO_MORE;
    }
    out->pid = "TEST-4/K9";
    out->pid_len = strlen("TEST-4/K9");
    out->sn = serials[member];
    out->sn_len = strlen(serials[member]);
    return 0;
}

static inline void device_record(void *user, const nodelock_record *record)
{
    device *self = (device *)user;

    CHECK(record->number == self->records + 1);
    if (self->records < COUNT(self->results)) {
        self->results[self->records] = record->result;
    }
    self->records += 1;
}

static const nodelock_trust_anchor common_anchors[] = {ANCHOR_PRODUCTION, ANCHOR_EVALUATION,
                                                       ANCHOR_DEVELOPMENT};

/* All of a usual configuration. */
static inline nodelock_config device_config(device *self)
{
    nodelock_config config;

    memset(&config, 0, sizeof config);
    NODELOCK_CONFIG_SET_SIZES(config);
    config.anchors = common_anchors;
    config.anchor_count = COUNT(common_anchors);
    config.user = self;
    config.read_udi = device_udi;
    config.on_record = device_record;
    return config;
}

/* Memory for jobs. */
static inline nodelock_jobs_memory jobs_memory(nodelock_job_slot *slots, size_t slot_count,
                                               nodelock_job_result_slot *results, size_t result_count)
{
    nodelock_jobs_memory memory;

    memset(&memory, 0, sizeof memory);
    NODELOCK_JOBS_MEMORY_SET_SIZES(memory);
    memory.slots = slots;
    memory.slot_count = slot_count;
    memory.results = results;
    memory.result_count = result_count;
    return memory;
}

/* The verdict with its reason; nodelock_granted must say the same. */
static inline uint32_t verdict_on(const nodelock_ctx *ctx, const char *feature, uint64_t count)
{
    uint32_t verdict = NODELOCK_GRANTED;
    int32_t result = nodelock_check(ctx, feature, strlen(feature), count, &verdict);

    CHECK(result == NODELOCK_OK || verdict == NODELOCK_UNDECIDED);
    CHECK(nodelock_granted(ctx, feature, count) == (verdict == NODELOCK_GRANTED ? NODELOCK_GRANTED : 0));
    return verdict;
}

#endif
