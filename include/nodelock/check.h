/*
 * nodelock: the configuration, and the check of license lines that stand in flash. With nodelock/base.h and
 * nodelock/result.h this is all of the profile "check".
 *
 *     static const nodelock_config config = {
 *         NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi
 *     };
 *     nodelock_verdict verdict;
 *
 *     if (nodelock_check_lines(&config, lines, lines_len, "routing", 7, 1, &verdict) == NODELOCK_OK &&
 *         verdict == NODELOCK_GRANTED) { start_routing(); }
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_CHECK_H
#define NODELOCK_CHECK_H

#include "base.h"
#include "result.h"

/* From verify_signature: the signature belongs to this digest and key. It is not 0, so that a function that
 * does nothing trusts nothing. */
#define NODELOCK_SIGNATURE_VALID 0x5BB56DD6
/* From verify_signature: the signature does not belong to them, or the key is not on the curve. */
#define NODELOCK_SIGNATURE_INVALID 0x244A9229

/*
 * How a nodelock_config begins:
 *     C      const nodelock_config config = { NODELOCK_CONFIG_INIT, .anchors = ..., ... };
 *     C++17  nodelock_config config{}; NODELOCK_CONFIG_SET_SIZES(config); config.anchors = ...;
 * A nodelock_slot, whose size it says, is declared in nodelock/context.h.
 */
#define NODELOCK_CONFIG_INIT \
    .size = sizeof(nodelock_config), .slot_size = 8u * NODELOCK_SLOT_WORDS
#define NODELOCK_CONFIG_SET_SIZES(config) \
    ((config).size = sizeof(nodelock_config), (config).slot_size = 8u * NODELOCK_SLOT_WORDS)

// 64-bit words in a nodelock_slot of nodelock/context.h.
#define NODELOCK_SLOT_WORDS 20

// Most trust anchors in one configuration: production, the production key to come, evaluation and
// development. Further keys are delegated by KEY records in the license file.
#define NODELOCK_MAX_ANCHORS 4

// Most keys that the KEY records of one license file may delegate. They live on the stack while the
// file is installed.
#define NODELOCK_MAX_DELEGATED_KEYS 4

// Role of a key that signs every license type.
#define NODELOCK_ROLE_PRODUCTION 1

// Role of a key that signs trials only.
#define NODELOCK_ROLE_EVALUATION 2

// Role of a key that signs everything, but only for devices that accept development keys.
#define NODELOCK_ROLE_DEVELOPMENT 3

// Flag: accept development keys. Never in a product that ships: with the development key
// anyone has every feature.
#define NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS 1

// From read_udi: there is no member with this number.
#define NODELOCK_NO_MORE 1

// Kind of a record: it cannot be read.
#define NODELOCK_RECORD_NONE 0

// Kind of a record: a license line.
#define NODELOCK_RECORD_LICENSE 1

// Kind of a record: a key that a trust anchor delegates to.
#define NODELOCK_RECORD_KEY 2

// Kind of a record: lets one device go on from a state that it does not trust.
#define NODELOCK_RECORD_REPAIR 3

// A record with which rights move, or are taken back.
#define NODELOCK_RECORD_TRANSFER 4

// A key that is trusted because it is built into the product.
typedef struct nodelock_trust_anchor {
    // The first four bytes of SHA-256 over the key's SubjectPublicKeyInfo in DER. nodelock_init
    // computes it again and refuses a wrong one.
    uint8_t key_id[NODELOCK_KEY_ID_LEN];
    // NODELOCK_ROLE_...
    uint32_t role;
    // P-256 public key: x and y, 32 bytes each, big-endian.
    uint8_t key[NODELOCK_PUBLIC_KEY_LEN];
} nodelock_trust_anchor;

// Product id and serial number of a device. Neither needs a NUL at its end.
typedef struct nodelock_udi {
    // Product id: 1 to 32 printable ASCII characters without space, ':' and ','.
    const char *pid;
    // Length of pid in bytes.
    size_t pid_len;
    // Serial number: 1 to 64 printable ASCII characters without space.
    const char *sn;
    // Length of sn in bytes.
    size_t sn_len;
} nodelock_udi;

// What became of one record of a license file.
typedef struct nodelock_record {
    // Number of the record in the file, from 1; other text between records counts as a record.
    uint32_t number;
    // NODELOCK_OK if it was accepted, else why not.
    nodelock_result result;
    // Offset in the file of its first byte, or of the byte that is wrong.
    size_t offset;
    // Feature that the line is about, in the file and without NUL; NULL if it is no license line.
    // Believe it only if result is NODELOCK_OK or NODELOCK_ERR_ALREADY_INSTALLED.
    const char *feature;
    // Length of feature in bytes.
    size_t feature_len;
    // NODELOCK_RECORD_...
    uint32_t kind;
    // Id of the license line or REPAIR record; else zeros.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // NODELOCK_EFFECT_...; from an agent only.
    uint8_t effect;
    // 0.
    uint8_t reserved;
} nodelock_record;

// Multiples of a fixed point, as "nodelock keys tables" writes them. It must be protected like the key: keep it in
// signed flash.
typedef struct nodelock_pinned_table {
    // Of the entries; compared before each use.
    uint64_t digest;
    // 16 words for each entry.
    const uint32_t *entries;
    // 4, 8, 16, 32, 64 or 128.
    size_t entry_count;
} nodelock_pinned_table;

// A key with its table.
typedef struct nodelock_pinned_key {
    // x and y, 32 bytes each, big-endian, as in the trust anchor.
    uint8_t key[NODELOCK_PUBLIC_KEY_LEN];
    // Its table.
    nodelock_pinned_table table;
} nodelock_pinned_key;

// The keys that are known when the firmware is built. Others, which come in KEY records, are checked too,
// more slowly.
typedef struct nodelock_pinned_keys {
    // The table of the group's base point.
    nodelock_pinned_table generator;
    // The keys.
    const nodelock_pinned_key *keys;
    // Number of keys.
    size_t key_count;
} nodelock_pinned_keys;

// Configuration. Begin it with NODELOCK_CONFIG_INIT, or in C++17 as its comment shows; a field that is
// not set is 0, the default.
//
// It may be constant and live in flash. It is not copied: it, the anchors and what user points to
// must outlive the context. Fields are never left out by #ifdef, and new ones come at the end.
//
// Callbacks get user first, run on the thread that called the library, may block, must return (no
// longjmp, no exception) and must not call the library on the same context. Unless their
// comment says otherwise they return 0 for success, or a negative error number that the program chooses, which
// nodelock_last_port_error gives; positive numbers are reserved and count as failure.
typedef struct nodelock_config {
    // sizeof(nodelock_config), as the program knows it.
    uint32_t size;
    // sizeof(nodelock_slot), as the program knows it.
    uint32_t slot_size;
    // NODELOCK_FLAG_...; 0 for none.
    uint32_t flags;
    // Number of anchors, 1 to NODELOCK_MAX_ANCHORS.
    uint32_t anchor_count;
    // The keys that are trusted.
    const nodelock_trust_anchor *anchors;
    // Passed to every callback; may be NULL.
    void *user;
    // Gives the UDI of a member of the stack; a device that is no stack has only member 0. Must be
    // set. Called once in nodelock_install: for 0, 1, 2... up to the first answer other than 0, at
    // most nine times. Returns 0 with *out filled in, NODELOCK_NO_MORE behind the last member, or a
    // negative number. What out points to must stay as it is until nodelock_install returns, so each
    // member needs memory of its own.
    int32_t (*read_udi)(void *user, uint32_t member, nodelock_udi *out);
    // SHA-256, beginning of a message. NULL, together with the next two, for the hash inside the
    // library. The program keeps the state; there is only one message at a time. If begin or update
    // fails, finish is not called.
    int32_t (*sha256_begin)(void *user);
    // SHA-256, a piece of the message; a whole message has at most 1043 bytes, or is a text that was
    // given to nodelock_agent_accept_eula.
    int32_t (*sha256_update)(void *user, const uint8_t *data, size_t len);
    // SHA-256, the end: writes NODELOCK_DIGEST_LEN bytes.
    int32_t (*sha256_finish)(void *user, uint8_t *digest);
    // ECDSA on P-256: key is x and y (64 bytes), digest 32 bytes, signature r and s (64 bytes), all
    // big-endian. Must refuse r and s outside 1 to n - 1, and keys off the curve. Returns
    // NODELOCK_SIGNATURE_VALID, NODELOCK_SIGNATURE_INVALID, or a negative number if nothing could be
    // decided; everything else counts as the latter. NULL for the check inside the library.
    int32_t (*verify_signature)(void *user,
                                const uint8_t *key,
                                const uint8_t *digest,
                                const uint8_t *signature);
    // Is told what became of each record of a file, in the order of the file. May be NULL. The record is valid
    // only during the call.
    void (*on_record)(void *user, const nodelock_record *record);
    // Keys with tables, for a library that was built with the feature "pinned": their signatures are checked
    // in less than half the time, unless verify_signature is set. NULL for none; the profile "check" needs
    // them. Must outlive the context.
    const nodelock_pinned_keys *pinned;
} nodelock_config;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// May the feature run, according to license lines in flash? This needs no context, no slots and no storage, and
// keeps nothing. It is made for the smallest devices, and is the only function of the profile "check".
//
// config       As for nodelock_init; slot_size, on_record and what does not concern signatures are not
//              used. Key ids are not checked against their keys: with a wrong one, lines count as signed
//              by an unknown key.
// lines        License lines as text, as the vendor issued them; need no NUL. Other text and
//              lines for other devices are skipped.
// lines_len    Length of lines in bytes; if it is 0, lines may be NULL.
// feature      "name" or "name:version", as for nodelock_check.
// feature_len  Its length in bytes.
// count        Units that are needed; 0 means 1.
// verdict      NODELOCK_GRANTED or a denial: the number of the reason without its sign.
//
// Only permanent lines in text form, signed by a trust anchor, can grant anything here; up to eight lines for
// a feature add up. NODELOCK_ERR_NEEDS_AGENT as the reason says that there is a line of another type. Each
// call checks the signature of every line for this feature and device until the answer is clear, so call it once at
// the start and keep the verdict.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
// NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_CONFIG_FLAGS, NODELOCK_ERR_NO_READ_UDI,
// NODELOCK_ERR_NO_SHA256, NODELOCK_ERR_NO_VERIFY_SIGNATURE, NODELOCK_ERR_PINNED_TABLE,
// NODELOCK_ERR_NO_ANCHORS, NODELOCK_ERR_TOO_MANY_ANCHORS, NODELOCK_ERR_BAD_FEATURE,
// NODELOCK_ERR_BAD_VERSION. What callbacks report is a denial: NODELOCK_ERR_UDI_UNAVAILABLE,
// NODELOCK_ERR_UDI_INVALID or NODELOCK_ERR_CRYPTO_FAILURE.
// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED.
// Calls: read_udi, sha256_..., verify_signature. Threads: as the callbacks allow; there is no state.
// ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_check_lines(const nodelock_config *config,
                                     const char *lines,
                                     size_t lines_len,
                                     const char *feature,
                                     size_t feature_len,
                                     uint64_t count,
                                     nodelock_verdict *verdict);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_CHECK_H */
