/* Callbacks that fail, give nonsense, or call the library. */
#include "common.h"

typedef struct liar {
    device base;
    int32_t result;      /* of read_udi for member 0 */
    nodelock_udi answer; /* of read_udi for member 0 */
    uint32_t members;    /* that read_udi claims to have */
    uint32_t asked;
    nodelock_ctx *ctx; /* to call back on */
    uint32_t called_back;
} liar;

static nodelock_ctx ctx;
static nodelock_slot slots[SLOTS];

static int32_t lie(void *user, uint32_t member, nodelock_udi *out)
{
    liar *self = (liar *)user;

    CHECK(out->pid == NULL && out->pid_len == 0 && out->sn == NULL && out->sn_len == 0);
    CHECK(member == self->asked);
    self->asked += 1;
    if (member >= self->members) {
        return NODELOCK_NO_MORE;
    }
    *out = self->answer;
    return self->result;
}

static nodelock_config liar_config(liar *self)
{
    nodelock_config config = device_config(&self->base);

    config.user = self;
    config.read_udi = lie;
    config.on_record = NULL;
    return config;
}

/* Installs a line for the device and one for another; neither may get in, and this is why. */
static void is_refused(liar *self, int32_t reason, int32_t port_error)
{
    nodelock_config config = liar_config(self);
    nodelock_tally tally;

    self->asked = 0;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 0);
    if (reason == NODELOCK_ERR_OTHER_DEVICE) {
        CHECK(tally.for_others == 1);
    } else {
        CHECK(tally.refused == 1 && tally.first_refusal == reason);
    }
    CHECK(nodelock_last_port_error(&ctx) == port_error);
    CHECK(verdict_on(&ctx, "ipservices", 1) == 601);
    /* A line that is for every device needs no UDI. */
    self->asked = 0;
    CHECK(nodelock_install(&ctx, FILE_TRIAL, sizeof FILE_TRIAL, &tally) == NODELOCK_OK);
    CHECK(tally.installed == 1);
}

static void identities(void)
{
    static const char pid[] = "TEST-4/K9";
    static const char sn[] = "SN0000000001";
    static const nodelock_udi good = {pid, sizeof pid - 1, sn, sizeof sn - 1};
    nodelock_config config;
    liar self;

    memset(&self, 0, sizeof self);
    self.members = 1;
    self.answer = good;
    config = liar_config(&self);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, NULL) == NODELOCK_OK);
    CHECK(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);

    self.result = -42;
    is_refused(&self, NODELOCK_ERR_UDI_UNAVAILABLE, -42);
    self.result = INT32_MIN;
    is_refused(&self, NODELOCK_ERR_UDI_UNAVAILABLE, INT32_MIN);
    self.result = 2;
    is_refused(&self, NODELOCK_ERR_UDI_UNAVAILABLE, 2);
    self.result = 0;
    self.members = 0;
    is_refused(&self, NODELOCK_ERR_UDI_UNAVAILABLE, 0);
    self.members = 1;

#define LIE(field, value, reason)          \
    do {                                   \
        self.answer = good;                \
        self.answer.field = (value);       \
        is_refused(&self, (reason), 0);    \
    } while (0)
    LIE(pid, NULL, NODELOCK_ERR_UDI_INVALID);
    LIE(sn, NULL, NODELOCK_ERR_UDI_INVALID);
    LIE(pid_len, 0, NODELOCK_ERR_UDI_INVALID);
    LIE(sn_len, 0, NODELOCK_ERR_UDI_INVALID);
    LIE(pid_len, 33, NODELOCK_ERR_UDI_INVALID);
    LIE(sn_len, 65, NODELOCK_ERR_UDI_INVALID);
    LIE(pid_len, SIZE_MAX, NODELOCK_ERR_UDI_INVALID);
    LIE(sn_len, SIZE_MAX, NODELOCK_ERR_UDI_INVALID);
    LIE(pid_len, sizeof pid, NODELOCK_ERR_UDI_INVALID);
    LIE(pid, "TEST:4/K9", NODELOCK_ERR_UDI_INVALID);
    LIE(pid, "TEST,4/K9", NODELOCK_ERR_UDI_INVALID);
    LIE(sn, "SN000000000\xB9", NODELOCK_ERR_UDI_INVALID);
    LIE(sn_len, sizeof sn - 2, NODELOCK_ERR_OTHER_DEVICE);
    LIE(sn, "sn0000000001", NODELOCK_ERR_OTHER_DEVICE);

    /* A stack without end is asked for nine members. */
    LIE(sn, "SN0000000003", NODELOCK_ERR_OTHER_DEVICE);
    self.members = UINT32_MAX;
    is_refused(&self, NODELOCK_ERR_OTHER_DEVICE, 0);
    CHECK(self.asked == 9);
}

/* Calls everything on the context that is in the middle of a call. */
static void call_back(nodelock_ctx *it, nodelock_config *config)
{
    nodelock_explanation why;
    nodelock_license license;
    nodelock_slot other_slots[1];
    uint32_t verdict = NODELOCK_GRANTED;
    int32_t reason;
    size_t count;

    CHECK(nodelock_init(it, sizeof *it, config, other_slots, 1) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_install(it, FILE_COUNTED, sizeof FILE_COUNTED, NULL) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_check(it, "ipservices", 10, 1, &verdict) == NODELOCK_ERR_BUSY);
    CHECK(verdict == NODELOCK_UNDECIDED);
    CHECK(nodelock_granted(it, "ipservices", 1) == NODELOCK_UNDECIDED);
    CHECK(nodelock_explain(it, "ipservices", 10, 1, &why) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_explain_line(it, "voice", 5, 1, 0, &license, &reason) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_license_count(it, &count) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_license_at(it, 0, &license) == NODELOCK_ERR_BUSY);
    CHECK(nodelock_deinit(it) == NODELOCK_ERR_BUSY);
    (void)nodelock_last_port_error(it);
}

static nodelock_config shared;

static int32_t udi_calling_back(void *user, uint32_t member, nodelock_udi *out)
{
    liar *self = (liar *)user;

    call_back(self->ctx, &shared);
    self->called_back += 1;
    return device_udi(&self->base, member, out);
}

static void record_calling_back(void *user, const nodelock_record *record)
{
    liar *self = (liar *)user;

    call_back(self->ctx, &shared);
    self->called_back += 1;
    device_record(&self->base, record);
}

static int32_t begin_calling_back(void *user)
{
    liar *self = (liar *)user;

    call_back(self->ctx, &shared);
    self->called_back += 1;
    return -7;
}

static int32_t update_never(void *user, const uint8_t *data, size_t len)
{
    (void)user;
    (void)data;
    (void)len;
    exit(2); /* begin has failed */
}

static int32_t finish_never(void *user, uint8_t *digest)
{
    (void)user;
    (void)digest;
    exit(2); /* begin has failed */
}

static void calling_back(void)
{
    nodelock_tally tally;
    liar self;

    memset(&self, 0, sizeof self);
    self.base.members = 2;
    self.ctx = &ctx;
    shared = liar_config(&self);
    shared.read_udi = udi_calling_back;
    shared.on_record = record_calling_back;
    CHECK(nodelock_init(&ctx, sizeof ctx, &shared, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_MIXED, sizeof FILE_MIXED, &tally) == NODELOCK_OK);
    CHECK(self.called_back == 3 + 15);
    /* Nothing of it has come through. */
    CHECK(tally.installed == 7);
    CHECK(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_GRANTED);

    /* During the start, too; and the port's error is there after it has failed. */
    self.called_back = 0;
    shared.sha256_begin = begin_calling_back;
    shared.sha256_update = update_never;
    shared.sha256_finish = finish_never;
    CHECK(nodelock_init(&ctx, sizeof ctx, &shared, slots, SLOTS) == NODELOCK_ERR_CRYPTO_FAILURE);
    CHECK(self.called_back == 1);
    CHECK(nodelock_last_port_error(&ctx) == -7);
    CHECK(nodelock_granted(&ctx, "ipservices", 1) == NODELOCK_UNDECIDED);
    CHECK(nodelock_deinit(&ctx) == NODELOCK_ERR_NOT_INITIALIZED);
}

/* Another context is no matter of this one: a callback may use it. */
static nodelock_ctx other;
static nodelock_slot other_slots[2];

static void record_using_another(void *user, const nodelock_record *record)
{
    (void)user;
    (void)record;
    CHECK(nodelock_granted(&other, "ipservices", 1) == NODELOCK_GRANTED);
}

static void two_contexts(void)
{
    device self = {1, 0, 0, {0}, 0};
    nodelock_config config = device_config(&self);
    nodelock_config second = device_config(&self);

    config.on_record = record_using_another;
    CHECK(nodelock_init(&other, sizeof other, &second, other_slots, 2) == NODELOCK_OK);
    CHECK(nodelock_install(&other, FILE_PERMANENT, sizeof FILE_PERMANENT, NULL) == NODELOCK_OK);
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_COUNTED, sizeof FILE_COUNTED, NULL) == NODELOCK_OK);
    CHECK(verdict_on(&ctx, "ipservices", 1) == 601);
    CHECK(verdict_on(&other, "voice", 1) == 601);
}

/* What stands in each record. */
static uint32_t described;

static void describe(void *user, const nodelock_record *record)
{
    (void)user;
    described += 1;
    CHECK(record->number == described && record->effect == 0 && record->reserved == 0);
    CHECK(record->offset < sizeof FILE_MIXED);
    switch (described) {
    case 1:
        CHECK(record->kind == NODELOCK_RECORD_KEY && record->feature == NULL);
        CHECK(memcmp(FILE_MIXED + record->offset, "KEY 1 ", 6) == 0);
        break;
    case 2:
        CHECK(record->kind == NODELOCK_RECORD_LICENSE && record->line_id[9] == 1);
        CHECK(record->feature_len == 10 && memcmp(record->feature, "ipservices", 10) == 0);
        CHECK((const uint8_t *)record->feature > FILE_MIXED + record->offset);
        break;
    case 15:
        CHECK(record->kind == NODELOCK_RECORD_NONE && record->feature == NULL);
        CHECK(record->feature_len == 0 && record->result == NODELOCK_ERR_TRUNCATED);
        break;
    default:
        break;
    }
}

int main(void)
{
    device self = {2, 0, 0, {0}, 0};
    nodelock_config config = device_config(&self);

    config.on_record = describe;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_MIXED, sizeof FILE_MIXED, NULL) == NODELOCK_OK);
    CHECK(described == 15);
    identities();
    calling_back();
    two_contexts();
    return 0;
}
