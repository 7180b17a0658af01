/* Hash and signature check by the program: OpenSSL here, a secure element elsewhere. Each callback is
 * made to fail at every one of its calls. */
#include "common.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define PORT_ERROR (-77)

typedef struct port {
    device base;
    EVP_MD_CTX *hash;
    uint32_t calls;
    uint32_t fail_at; /* 0 for never */
    size_t hashed;    /* bytes of the current message */
    size_t longest;
    int broken; /* the hash has failed and was not begun anew */
} port;

static int failing(port *self)
{
    self->calls += 1;
    return self->calls == self->fail_at;
}

static int32_t read_udi(void *user, uint32_t member, nodelock_udi *out)
{
    port *self = (port *)user;

    return failing(self) ? PORT_ERROR : device_udi(&self->base, member, out);
}

static int32_t hash_begin(void *user)
{
    port *self = (port *)user;

    self->hashed = 0;
    self->broken = failing(self);
    if (self->broken) {
        return PORT_ERROR;
    }
    return EVP_DigestInit_ex(self->hash, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

static int32_t hash_update(void *user, const uint8_t *data, size_t len)
{
    port *self = (port *)user;

    CHECK(!self->broken);
    self->hashed += len;
    self->longest = self->hashed > self->longest ? self->hashed : self->longest;
    self->broken = failing(self);
    if (self->broken) {
        return PORT_ERROR;
    }
    return EVP_DigestUpdate(self->hash, data, len) == 1 ? 0 : -1;
}

static int32_t hash_finish(void *user, uint8_t *digest)
{
    port *self = (port *)user;
    unsigned int len = 0;

    CHECK(!self->broken);
    if (failing(self)) {
        memset(digest, 0, 32);
        return PORT_ERROR;
    }
    return EVP_DigestFinal_ex(self->hash, digest, &len) == 1 && len == 32 ? 0 : -1;
}

static EVP_PKEY *key_from(const uint8_t *xy)
{
    static const uint8_t prefix[27] = {
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
        0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    uint8_t der[27 + 64];
    const uint8_t *at = der;

    memcpy(der, prefix, sizeof prefix);
    memcpy(der + sizeof prefix, xy, 64);
    return d2i_PUBKEY(NULL, &at, (long)sizeof der);
}

static int32_t verify(void *user, const uint8_t *xy, const uint8_t *digest, const uint8_t *rs)
{
    port *self = (port *)user;
    EVP_PKEY *key = key_from(xy);
    EVP_PKEY_CTX *check = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    uint8_t *der = NULL;
    int len;
    int valid = 0;

    CHECK(pair != NULL);
    CHECK(ECDSA_SIG_set0(pair, BN_bin2bn(rs, 32, NULL), BN_bin2bn(rs + 32, 32, NULL)) == 1);
    len = i2d_ECDSA_SIG(pair, &der);
    if (key != NULL && len > 0) {
        check = EVP_PKEY_CTX_new(key, NULL);
        CHECK(check != NULL && EVP_PKEY_verify_init(check) == 1);
        CHECK(EVP_PKEY_CTX_set_signature_md(check, EVP_sha256()) == 1);
        valid = EVP_PKEY_verify(check, der, (size_t)len, digest, 32) == 1;
    }
    EVP_PKEY_CTX_free(check);
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    EVP_PKEY_free(key);
    if (failing(self)) {
        return PORT_ERROR;
    }
    return valid ? NODELOCK_SIGNATURE_VALID : NODELOCK_SIGNATURE_INVALID;
}

static int32_t verify_returning;
static int32_t verify_nonsense(void *user, const uint8_t *xy, const uint8_t *digest,
                               const uint8_t *rs)
{
    (void)user;
    (void)xy;
    (void)digest;
    (void)rs;
    return verify_returning;
}

static nodelock_ctx ctx;
static nodelock_slot slots[SLOTS];
static const char *const features[] = {"ipservices", "voice",    "security", "stacked",
                                       "trial",      "plus-one", "strange",  "lab"};

int main(void)
{
    static const int32_t nonsense[] = {0, 1, -1, 2, INT32_MIN, INT32_MAX, 0x5BB56DD7};
    port self;
    nodelock_config config;
    nodelock_tally full;
    uint32_t verdicts[COUNT(features)];
    uint32_t fail_at;
    size_t i;

    memset(&self, 0, sizeof self);
    self.base.members = 2;
    self.hash = EVP_MD_CTX_new();
    CHECK(self.hash != NULL);
    config = device_config(&self.base);
    config.user = &self;
    config.read_udi = read_udi;
    config.sha256_begin = hash_begin;
    config.sha256_update = hash_update;
    config.sha256_finish = hash_finish;
    config.verify_signature = verify;
    config.on_record = NULL;

    CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
    CHECK(nodelock_install(&ctx, FILE_CLEAN, sizeof FILE_CLEAN, &full) == NODELOCK_OK);
    CHECK(full.installed == 7 && full.existing == 0 && full.keys == 1);
    CHECK(full.for_others == 1 && full.refused == 2);
    CHECK(full.first_refused == 10 && full.first_refusal == NODELOCK_ERR_SIGNATURE_MISMATCH);
    CHECK(nodelock_last_port_error(&ctx) == 0);
    CHECK(self.longest <= 1043);
    for (i = 0; i < COUNT(features); i++) {
        verdicts[i] = nodelock_granted(&ctx, features[i], 1);
    }
    CHECK(verdicts[0] == NODELOCK_GRANTED && verdicts[5] == NODELOCK_GRANTED);
    CHECK(nodelock_install(&ctx, FILE_BINARY, sizeof FILE_BINARY, NULL) == NODELOCK_OK);
    CHECK(nodelock_last_port_error(&ctx) == 0);

    for (fail_at = 1;; fail_at++) {
        nodelock_tally tally;
        int32_t result;

        self.calls = 0;
        self.fail_at = fail_at;
        result = nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS);
        if (result != NODELOCK_OK) {
            CHECK(result == NODELOCK_ERR_CRYPTO_FAILURE);
            CHECK(nodelock_last_port_error(&ctx) == PORT_ERROR);
            CHECK(nodelock_granted(&ctx, features[0], 1) == NODELOCK_UNDECIDED);
            CHECK(self.calls == fail_at);
            continue;
        }
        CHECK(nodelock_install(&ctx, FILE_CLEAN, sizeof FILE_CLEAN, &tally) == NODELOCK_OK);
        if (self.calls < fail_at) {
            CHECK(nodelock_last_port_error(&ctx) == 0);
            CHECK(memcmp(&tally, &full, sizeof tally) == 0);
            break;
        }
        CHECK(nodelock_last_port_error(&ctx) == PORT_ERROR);
        CHECK(tally.installed <= full.installed && tally.keys <= full.keys);
        CHECK(tally.installed + tally.keys + tally.for_others + tally.refused == 11);
        /* A failure takes away; it never gives. */
        for (i = 0; i < COUNT(features); i++) {
            uint32_t verdict = nodelock_granted(&ctx, features[i], 1);

            CHECK(verdict != NODELOCK_GRANTED || verdicts[i] == NODELOCK_GRANTED);
        }
        /* The next attempt makes up for it. */
        self.fail_at = 0;
        CHECK(nodelock_install(&ctx, FILE_CLEAN, sizeof FILE_CLEAN, &tally) == NODELOCK_OK);
        CHECK(nodelock_last_port_error(&ctx) == 0);
        for (i = 0; i < COUNT(features); i++) {
            CHECK(nodelock_granted(&ctx, features[i], 1) == verdicts[i]);
        }
    }
    CHECK(fail_at > 50);

    /* Nothing but the one number is a yes. */
    self.fail_at = 0;
    config.verify_signature = verify_nonsense;
    for (i = 0; i < COUNT(nonsense); i++) {
        nodelock_tally tally;

        verify_returning = nonsense[i];
        CHECK(nodelock_init(&ctx, sizeof ctx, &config, slots, SLOTS) == NODELOCK_OK);
        CHECK(nodelock_install(&ctx, FILE_PERMANENT, sizeof FILE_PERMANENT, &tally) == NODELOCK_OK);
        CHECK(tally.installed == 0 && tally.first_refusal == NODELOCK_ERR_CRYPTO_FAILURE);
        CHECK(nodelock_last_port_error(&ctx) == nonsense[i]);
    }
    EVP_MD_CTX_free(self.hash);
    return 0;
}
