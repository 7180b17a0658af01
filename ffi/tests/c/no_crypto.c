/* A library without hash and signature check says which callback it misses. */
#include "common.h"

static int32_t begin(void *user) { (void)user; return 0; }
static int32_t update(void *user, const uint8_t *data, size_t len)
{
    (void)user; (void)data; (void)len;
    return 0;
}
static int32_t finish(void *user, uint8_t *digest)
{
    (void)user;
    memset(digest, 0, 32);
    return 0;
}
static int32_t verify(void *user, const uint8_t *key, const uint8_t *digest, const uint8_t *rs)
{
    (void)user; (void)key; (void)digest; (void)rs;
    return NODELOCK_SIGNATURE_INVALID;
}

int main(void)
{
    static nodelock_ctx ctx;
    static nodelock_slot slots[2];
    device self = {1, 0, 0, {0}, 0};
    nodelock_config config = device_config(&self);

    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, 2) == NODELOCK_ERR_NO_SHA256);
    config.sha256_begin = begin;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, 2) == NODELOCK_ERR_NO_SHA256);
    config.sha256_update = update;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, 2) == NODELOCK_ERR_NO_SHA256);
    config.sha256_finish = finish;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, 2) == NODELOCK_ERR_NO_VERIFY_SIGNATURE);
    config.verify_signature = verify;
    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, 2) == NODELOCK_ERR_ANCHOR_KEY_ID);
    return 0;
}
