/*
 * nodelock: a device decides by itself, offline, which features its owner has paid for.
 *
 *     static const nodelock_config config = {
 *         NODELOCK_CONFIG_INIT, .anchors = keys, .anchor_count = 1, .read_udi = read_udi
 *     };
 *     static nodelock_ctx ctx;
 *     static nodelock_slot slots[8];
 *
 *     if (nodelock_init(&ctx, sizeof ctx, &config, slots, 8) == NODELOCK_OK &&
 *         nodelock_install(&ctx, file, file_len, NULL) == NODELOCK_OK &&
 *         nodelock_require(&ctx, "routing", 1) == NODELOCK_GRANTED) { start_routing(); }
 *
 * CONVENTIONS, which hold for every function unless it says otherwise
 *
 * Memory     The library allocates nothing, frees nothing and has no globals. The program owns the
 *            context, the slots and the configuration. Nothing that is passed to a call is kept
 *            beyond it, but the configuration and the slots.
 * NULL       No pointer may be NULL unless it says so. NULL, wrong alignment, impossible lengths and
 *            contexts that are not initialised are refused with a result, not with a crash. Whether a
 *            pointer leads to memory of its type and length, the library cannot see.
 * Outputs    Written only when the result is NODELOCK_OK, and then as a whole. The one exception is
 *            the verdict of nodelock_check, which a failing call sets to NODELOCK_UNDECIDED.
 * Results    int32_t: NODELOCK_OK (0), or a negative number that has a name here, NODELOCK_ERR_...
 *            -1xx the line, -2xx key and signature, -3xx the device, -4xx installing, -6xx the
 *            decision, -9xx wrong use. Numbers are never reused. "May it run?" is no result but a
 *            verdict: uint32_t, yes only if it equals NODELOCK_GRANTED.
 * Text       Lengths are in bytes and do not count a NUL. Everything is ASCII.
 * Threads    Different contexts are independent. On one context, functions that take it const may run
 *            at the same time; the others need a lock of the program's around all calls. From
 *            interrupts only what says "ISR: yes".
 * Callbacks  Called only from within nodelock_init and nodelock_install. They must return, and must not
 *            call the library on the same context: that is refused with NODELOCK_ERR_BUSY.
 * Time       The library reads no clock. Licenses that run out need more than this header offers;
 *            they are installed and shown, but denied with NODELOCK_ERR_NEEDS_AGENT.
 * Versions   Of the library (NODELOCK_VERSION_...), of this interface (NODELOCK_ABI_VERSION) and of
 *            the license lines (NODELOCK_FORMAT_VERSION). Sizes of structures are passed along and
 *            compared, so that a header and a library that do not belong together are noticed.
 * Linking    One static library made from Rust for each image: two of them clash.
 */


#ifndef NODELOCK_H
#define NODELOCK_H

/* Generated from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NODELOCK_MUST_USE __attribute__((warn_unused_result))
#else
#define NODELOCK_MUST_USE
#endif

// Verdict: yes. Compare with == and treat everything else as no. Neither zeroed nor erased memory is
// this number, nor is it a few bits away from another verdict.
#define NODELOCK_GRANTED 0xEDB75ADBu
// Verdict: nothing was decided.
#define NODELOCK_UNDECIDED 0u

// From verify_signature: the signature belongs to this digest and key. Not 0, so that a function that
// does nothing trusts nothing.
#define NODELOCK_SIGNATURE_VALID 0x5BB56DD6
// From verify_signature: it does not, or the key is not on the curve.
#define NODELOCK_SIGNATURE_INVALID 0x244A9229

// In place of a number of units: as many as one likes.
#define NODELOCK_UNCOUNTED UINT64_MAX
// In place of a date: the line has none.
#define NODELOCK_NO_DATE UINT32_MAX

/*
 * Beginning of a nodelock_config:
 *     C      const nodelock_config config = { NODELOCK_CONFIG_INIT, .anchors = ..., ... };
 *     C++17  nodelock_config config{}; NODELOCK_CONFIG_SET_SIZES(config); config.anchors = ...;
 */
#define NODELOCK_CONFIG_INIT \
    .size = sizeof(nodelock_config), .slot_size = sizeof(nodelock_slot)
#define NODELOCK_CONFIG_SET_SIZES(config) \
    ((config).size = sizeof(nodelock_config), (config).slot_size = sizeof(nodelock_slot))


// The call did what it is for.
#define NODELOCK_OK 0

// Text between records that is neither white space nor a comment.
#define NODELOCK_ERR_STRAY_TEXT -101

// The record ends before its sig= token.
#define NODELOCK_ERR_TRUNCATED -102

// The number after the keyword is not a format this version knows.
#define NODELOCK_ERR_UNSUPPORTED_FORMAT -103

// A byte that is neither printable ASCII nor white space.
#define NODELOCK_ERR_BAD_CHARACTER -104

// Longer than 1024 bytes.
#define NODELOCK_ERR_RECORD_TOO_LONG -105

// Feature name empty, too long, or with a character that names do not have.
#define NODELOCK_ERR_BAD_FEATURE -106

// Version not of the form 1.0, or not in its shortest form.
#define NODELOCK_ERR_BAD_VERSION -107

// No license type of this name.
#define NODELOCK_ERR_BAD_TYPE -108

// Neither uncounted nor a number from 1 up.
#define NODELOCK_ERR_BAD_COUNT -109

// A token that should be key=value is not.
#define NODELOCK_ERR_BAD_FIELD -110

// A key that this version does not know and that does not start with x-.
#define NODELOCK_ERR_UNKNOWN_FIELD -111

// A field given twice, or not at its place in the fixed order.
#define NODELOCK_ERR_FIELD_ORDER -112

// A field that this kind of record must have.
#define NODELOCK_ERR_MISSING_FIELD -113

// Line id not 20 lower-case hexadecimal digits.
#define NODELOCK_ERR_BAD_ID -114

// UDI not of the form PID:SN.
#define NODELOCK_ERR_BAD_UDI -115

// Date not of the form 2026-11-22, or no day of the calendar.
#define NODELOCK_ERR_BAD_DATE -116

// Period not in its one form, e.g. 60d.
#define NODELOCK_ERR_BAD_PERIOD -117

// A value that its field does not allow.
#define NODELOCK_ERR_BAD_VALUE -118

// A field that this license type does not have.
#define NODELOCK_ERR_FIELD_NOT_ALLOWED -119

// The sig= token is not KEYID:SIGNATURE in its one encoding.
#define NODELOCK_ERR_BAD_SIGNATURE_TEXT -120

// The end lies before the start.
#define NODELOCK_ERR_END_BEFORE_START -121

// No role of this name.
#define NODELOCK_ERR_BAD_ROLE -122

// The public key in a KEY record is not in its one encoding.
#define NODELOCK_ERR_BAD_KEY_TEXT -123

// The binary twin cannot be decoded, or is not in its one encoding.
#define NODELOCK_ERR_BAD_BINARY -124

// More x- fields than 4.
#define NODELOCK_ERR_TOO_MANY_EXTRAS -125

// No trusted key has the id in the signature.
#define NODELOCK_ERR_UNKNOWN_KEY -201

// The signature does not belong to these bytes and this key.
#define NODELOCK_ERR_SIGNATURE_MISMATCH -202

// High-s form of a signature: valid mathematics, second encoding.
#define NODELOCK_ERR_SIGNATURE_NOT_LOW_S -203

// The key's role does not allow what it signed.
#define NODELOCK_ERR_KEY_ROLE -204

// A development key where only real keys are accepted.
#define NODELOCK_ERR_DEVELOPMENT_KEY -205

// The delegated key may not sign for this feature.
#define NODELOCK_ERR_KEY_FEATURE -206

// The delegated key may not sign for this product.
#define NODELOCK_ERR_KEY_PRODUCT -207

// Issued outside the validity of the delegated key.
#define NODELOCK_ERR_KEY_PERIOD -208

// The key id in a KEY record or trust anchor is not the one of its key.
#define NODELOCK_ERR_KEY_ID_MISMATCH -209

// A KEY record that is not signed by a root.
#define NODELOCK_ERR_NOT_A_ROOT -210

// All slots for delegated keys are taken.
#define NODELOCK_ERR_KEY_SLOTS_FULL -211

// The key is not a point of the curve.
#define NODELOCK_ERR_INVALID_KEY -212

// The product's own hash or verification function reported a failure.
#define NODELOCK_ERR_CRYPTO_FAILURE -213

// Locked to the UDI of another device.
#define NODELOCK_ERR_OTHER_DEVICE -301

// The device's UDI could not be read.
#define NODELOCK_ERR_UDI_UNAVAILABLE -302

// The device's UDI is not of the form that licenses can name.
#define NODELOCK_ERR_UDI_INVALID -303

// A line with this id is there already.
#define NODELOCK_ERR_ALREADY_INSTALLED -401

// Another line with the same id is there already.
#define NODELOCK_ERR_CONFLICTING_ID -402

// All slots are taken.
#define NODELOCK_ERR_SLOTS_FULL -403

// No installed line names the feature.
#define NODELOCK_ERR_NO_LICENSE -601

// The licensed version is lower than the one asked for.
#define NODELOCK_ERR_VERSION_TOO_LOW -602

// Fewer units are licensed than were asked for.
#define NODELOCK_ERR_COUNT_TOO_LOW -603

// The type needs clocks, acceptance or activation, which a plain check does not have.
#define NODELOCK_ERR_NEEDS_AGENT -604

// A pointer that must not be NULL is.
#define NODELOCK_ERR_NULL_ARGUMENT -901

// The context was never initialised, or not successfully, or is deinitialised.
#define NODELOCK_ERR_NOT_INITIALIZED -902

// The call came from inside a callback, or while another call on the context was running.
#define NODELOCK_ERR_BUSY -903

// The context is smaller than this library needs: header and library do not belong together.
#define NODELOCK_ERR_CTX_SIZE -904

// The size in the configuration is none that this library knows, or fields it does not know
// are set: header and library do not belong together.
#define NODELOCK_ERR_CONFIG_SIZE -905

// The slots are smaller than this library needs: header and library do not belong together.
#define NODELOCK_ERR_SLOT_SIZE -906

// A flag that this library does not know.
#define NODELOCK_ERR_CONFIG_FLAGS -907

// The callback read_udi is missing.
#define NODELOCK_ERR_NO_READ_UDI -908

// Some of the three callbacks for SHA-256 are missing; or all are, and this library was built
// without a hash.
#define NODELOCK_ERR_NO_SHA256 -909

// The callback verify_signature is missing, and this library was built without a signature
// check.
#define NODELOCK_ERR_NO_VERIFY_SIGNATURE -910

// No trust anchor: nothing could ever be licensed.
#define NODELOCK_ERR_NO_ANCHORS -911

// More trust anchors than NODELOCK_MAX_ANCHORS.
#define NODELOCK_ERR_TOO_MANY_ANCHORS -912

// No slots: nothing could ever be installed.
#define NODELOCK_ERR_NO_SLOTS -913

// The array of slots would be larger than any object can be.
#define NODELOCK_ERR_TOO_MANY_SLOTS -914

// A length that no object can have, above PTRDIFF_MAX.
#define NODELOCK_ERR_LENGTH -915

// A pointer that is not aligned for its type.
#define NODELOCK_ERR_ALIGNMENT -916

// There is no element with this index.
#define NODELOCK_ERR_NO_SUCH_INDEX -917

// 64-bit words in a context. A little more than is needed now, so that a later version with the
// same ABI number can use some.
#define NODELOCK_CTX_WORDS 16

// 64-bit words in a slot.
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

// Flag: accept development keys. Never in a product that ships: who has the development key has every
// feature.
#define NODELOCK_FLAG_DANGER_ACCEPT_DEVELOPMENT_KEYS 1

// From read_udi: there is no member with this number.
#define NODELOCK_NO_MORE 1

// Kind of a record: not readable as one.
#define NODELOCK_RECORD_NONE 0

// Kind of a record: a license line.
#define NODELOCK_RECORD_LICENSE 1

// Kind of a record: a key that a trust anchor delegates to.
#define NODELOCK_RECORD_KEY 2

// Size of an array for a feature name and its NUL.
#define NODELOCK_FEATURE_SIZE 65

// In place of a member: the line is not locked to a device.
#define NODELOCK_NOT_LOCKED -1

// License type: trial, metered by running time.
#define NODELOCK_TYPE_EVALUATION 1

// License type: longer trial, approved by the vendor.
#define NODELOCK_TYPE_EXTENSION 2

// License type: bridges the time after a right was moved to another device.
#define NODELOCK_TYPE_GRACE 3

// License type: for ever, on one device.
#define NODELOCK_TYPE_PERMANENT 4

// License type: paid for, until a date.
#define NODELOCK_TYPE_SUBSCRIPTION 5

// License type: trial until a date, once for each UDI.
#define NODELOCK_TYPE_EVALUATION_SUBSCRIPTION 6

// License type: trial until a date, may be repeated.
#define NODELOCK_TYPE_EXTENSION_SUBSCRIPTION 7

// License type: trial that turns into a right to use.
#define NODELOCK_TYPE_EVALUATION_RIGHT_TO_USE 8

// License type: what that trial turns into.
#define NODELOCK_TYPE_RIGHT_TO_USE 9

// License type: right to use that the operator activates.
#define NODELOCK_TYPE_PERMANENT_RIGHT_TO_USE 10

// Units of a line stand for themselves; of several such lines the largest counts.
#define NODELOCK_COMBINE_EXCLUSIVE 0

// Units of a line are added to those of others.
#define NODELOCK_COMBINE_ADDITIVE 1

// A right that ends while it is in use goes on until the next reboot.
#define NODELOCK_EXPIRY_UNTIL_REBOOT 0

// A right that ends while it is in use ends at once.
#define NODELOCK_EXPIRY_IMMEDIATE 1

// A right that ends while it is in use goes on, and is reported.
#define NODELOCK_EXPIRY_REPORT 2

// Version of the library that this header belongs to: major part.
#define NODELOCK_VERSION_MAJOR 0

// Version of the library that this header belongs to: minor part.
#define NODELOCK_VERSION_MINOR 1

// Version of the library that this header belongs to: patch part.
#define NODELOCK_VERSION_PATCH 0

// The three parts in one number that can be compared: major * 65536 + minor * 256 + patch.
#define NODELOCK_VERSION_NUMBER 256

// Number of this C interface. It changes when a program has to be compiled again: when a function,
// a size or the meaning of a number changes, but not when something is added.
#define NODELOCK_ABI_VERSION 1

// Format of the license lines that are understood: the number behind the keyword.
#define NODELOCK_FORMAT_VERSION 1

// The library's state for one device. Give it memory (static, on the stack, wherever it stays) and
// to nodelock_init; do not look into it.
//
// It holds no pointer into itself, so it may be moved while no call on it is running; go on with the
// copy only, since both would work on the same slots.
typedef struct nodelock_ctx {
    // Not for the program.
    uint64_t _private[NODELOCK_CTX_WORDS];
} nodelock_ctx;

// A key that is trusted because it is built into the product.
typedef struct nodelock_trust_anchor {
    // The first four bytes of SHA-256 over the key's SubjectPublicKeyInfo in DER. nodelock_init
    // computes it again and refuses a wrong one.
    uint8_t key_id[4];
    // NODELOCK_ROLE_...
    uint32_t role;
    // P-256 public key: x and y, 32 bytes each, big-endian.
    uint8_t key[64];
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
    // Number of the record in the file, from 1; text between records counts as one.
    uint32_t number;
    // NODELOCK_OK if it was taken in, else why not.
    int32_t result;
    // Offset in the file of its first byte, or of the byte that is wrong.
    size_t offset;
    // Feature that the line is about, in the file and without NUL; NULL if it is no license line.
    // Believe it only if result is NODELOCK_OK or NODELOCK_ERR_ALREADY_INSTALLED.
    const char *feature;
    // Length of feature in bytes.
    size_t feature_len;
    // NODELOCK_RECORD_...
    uint32_t kind;
    // Id of the line; zeros if it is no license line.
    uint8_t line_id[10];
    // 0.
    uint8_t reserved[2];
} nodelock_record;

// Configuration. Begin it with NODELOCK_CONFIG_INIT, or in C++17 as shown there; a field that is not
// set is 0 and means "default".
//
// It may be constant and live in flash. It is not copied: it, the anchors and what user points to
// must outlive the context. Fields are never left out by #ifdef, and new ones come at the end.
//
// Callbacks get user first, run on the thread that called the library, may block, must return (no
// longjmp, no exception) and must not call the library on the same context. Unless it says otherwise
// they return 0 for success or a negative number of the port's own, which is kept for
// nodelock_last_port_error; positive numbers are reserved and count as failure.
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
    const struct nodelock_trust_anchor *anchors;
    // Passed to every callback; may be NULL.
    void *user;
    // Tells the UDI of a member of the stack; a device that is no stack has only member 0. Must be
    // set. Called in nodelock_install only: for 0, 1, 2... up to the first answer other than 0, at
    // most nine times. Returns 0 with *out filled in, NODELOCK_NO_MORE behind the last member, or a
    // negative number. What out points to must stay as it is until nodelock_install returns, so each
    // member needs memory of its own.
    int32_t (*read_udi)(void *user, uint32_t member, struct nodelock_udi *out);
    // SHA-256, beginning of a message. NULL, together with the next two, for the hash inside the
    // library. The state is the port's; there is only one message at a time, and one whose begin or
    // update fails is given up without finish.
    int32_t (*sha256_begin)(void *user);
    // SHA-256, a piece of the message; a whole message has at most 1043 bytes.
    int32_t (*sha256_update)(void *user, const uint8_t *data, size_t len);
    // SHA-256, the end: writes 32 bytes.
    int32_t (*sha256_finish)(void *user, uint8_t *digest);
    // ECDSA on P-256: key is x and y (64 bytes), digest 32 bytes, signature r and s (64 bytes), all
    // big-endian. Must refuse r and s outside 1 to n - 1, and keys off the curve. Returns
    // NODELOCK_SIGNATURE_VALID, NODELOCK_SIGNATURE_INVALID, or a negative number if nothing could be
    // decided; everything else counts as the latter. NULL for the check inside the library.
    int32_t (*verify_signature)(void *user,
                                const uint8_t *key,
                                const uint8_t *digest,
                                const uint8_t *signature);
    // Hears what became of each record of a file, in its order. May be NULL. The record is only there
    // during the call.
    void (*on_record)(void *user, const struct nodelock_record *record);
} nodelock_config;

// Room for one installed license. The program gives an array of them to nodelock_init and does not
// touch it until nodelock_deinit.
typedef struct nodelock_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_SLOT_WORDS];
} nodelock_slot;

// How many records of a file met which end.
typedef struct nodelock_tally {
    // Lines newly installed.
    uint32_t installed;
    // Lines that were there already.
    uint32_t existing;
    // Delegated keys taken in; they count for the rest of the same file.
    uint32_t keys;
    // Lines for other devices, left alone.
    uint32_t for_others;
    // Records refused for any other reason.
    uint32_t refused;
    // Number of the first record that was refused; 0 if none was.
    uint32_t first_refused;
    // Why it was refused; NODELOCK_OK if none was.
    int32_t first_refusal;
    // 0.
    uint32_t reserved;
} nodelock_tally;

// A verdict with everything that led to it.
typedef struct nodelock_explanation {
    // Units asked for.
    uint64_t needed;
    // Units licensed in all, or NODELOCK_UNCOUNTED.
    uint64_t licensed;
    // The verdict, as nodelock_check gives it.
    uint32_t verdict;
    // NODELOCK_OK if it is granted, else the reason: NODELOCK_ERR_NO_LICENSE,
    // NODELOCK_ERR_VERSION_TOO_LOW, NODELOCK_ERR_COUNT_TOO_LOW or NODELOCK_ERR_NEEDS_AGENT.
    int32_t reason;
    // Installed lines for this feature, the number of which nodelock_explain_line can tell.
    uint32_t lines;
    // The highest version that any of them covers; zeros if there is none.
    uint16_t version[4];
    // The line that grants it or that came closest; zeros if there is none.
    uint8_t line_id[10];
    // 0.
    uint8_t reserved[2];
} nodelock_explanation;

// An installed license.
typedef struct nodelock_license {
    // Units, or NODELOCK_UNCOUNTED.
    uint64_t count;
    // Running time in seconds, of metered types; else 0.
    uint64_t usage_seconds;
    // Day of issue, in days since 1970-01-01.
    uint32_t issued;
    // First day, in days since 1970-01-01, or NODELOCK_NO_DATE.
    uint32_t start;
    // Last day, in days since 1970-01-01, or NODELOCK_NO_DATE.
    uint32_t end;
    // NODELOCK_TYPE_...
    uint32_t license_type;
    // NODELOCK_COMBINE_...
    uint32_t combine;
    // NODELOCK_EXPIRY_...
    uint32_t expiry;
    // Member of the stack that it is locked to, from 0, or NODELOCK_NOT_LOCKED.
    int32_t member;
    // The highest version that it covers: four parts, missing ones are 0.
    uint16_t version[4];
    // Id of the line.
    uint8_t line_id[10];
    // Length of feature in bytes, without NUL.
    uint8_t feature_len;
    // Name of the feature, with NUL.
    char feature[NODELOCK_FEATURE_SIZE];
} nodelock_license;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// sizeof(nodelock_ctx) of the library that is linked.
//
// Any thread, any time. ISR: yes.
size_t nodelock_ctx_size(void);

// sizeof(nodelock_slot) of the library that is linked.
//
// Any thread, any time. ISR: yes.
size_t nodelock_slot_size(void);

// What a callback has returned last during nodelock_init or nodelock_install that was neither
// success nor an answer: the port's own error number.
//
// ctx  Any context; NULL and one that never was initialised are no error.
//
// Returns that number, or 0 if every callback did its job in the most recent of these calls. It can
// be asked for after a nodelock_init that failed, too.
// Threads: see the top. ISR: no.
int32_t nodelock_last_port_error(const struct nodelock_ctx *ctx);

// Makes a context ready. Nothing is installed afterwards: licenses come with nodelock_install, at
// each start of the device.
//
// ctx         Memory for the context; whatever is in it is overwritten.
// ctx_size    sizeof(nodelock_ctx), as the program knows it.
// config      See there. Must outlive the context.
// slots       Array of slots, one for each license that is to be installed at a time. It belongs to
//             the context until nodelock_deinit.
// slot_count  Number of its elements.
//
// Checks all of the configuration and that each trust anchor's id belongs to its key (one SHA-256
// each). May be called again on the same context, which then starts anew.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_BUSY, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_SLOT_SIZE,
// NODELOCK_ERR_CONFIG_FLAGS, NODELOCK_ERR_NO_READ_UDI, NODELOCK_ERR_NO_SHA256,
// NODELOCK_ERR_NO_VERIFY_SIGNATURE, NODELOCK_ERR_NO_ANCHORS, NODELOCK_ERR_TOO_MANY_ANCHORS,
// NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_BAD_ROLE;
// NODELOCK_ERR_KEY_ID_MISMATCH and NODELOCK_ERR_CRYPTO_FAILURE from checking the anchors. After a
// failure the context is not initialised.
// Writes: ctx and slots. Calls: sha256_... Threads: see the top. ISR: no.
NODELOCK_MUST_USE
int32_t nodelock_init(struct nodelock_ctx *ctx,
                      size_t ctx_size,
                      const struct nodelock_config *config,
                      struct nodelock_slot *slots,
                      size_t slot_count);

// Installs every line of a license file that is for this device. Whatever happens to one record does
// not touch the others.
//
// ctx   The context.
// data  The file, text or binary, as the owner of the device got it. Used during the call only.
// len   Its length in bytes.
// out   What became of its records; may be NULL.
//
// Goes through the file once, in time that grows with its length. Lines for other devices cost no
// signature check. A KEY record must stand before the lines that its key has signed, in the same
// file. Lines take effect at once and stay until nodelock_deinit; a file may be installed again.
//
// Results: NODELOCK_OK if the file was gone through, even if every line was refused: out and the
// callback on_record tell; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY; if the configuration has changed since
// nodelock_init, its results as well. Nothing is installed then.
// Writes: ctx and slots; *out on NODELOCK_OK. Calls: all callbacks. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
int32_t nodelock_install(struct nodelock_ctx *ctx,
                         const uint8_t *data,
                         size_t len,
                         struct nodelock_tally *out);

// Ends the use of a context: forgets what was installed, and gives the slots and the configuration
// back to the program. There is nothing else to release.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: ctx and slots. Calls: nothing. Threads: see the top. ISR: no.
int32_t nodelock_deinit(struct nodelock_ctx *ctx);

// May the feature run?
//
// ctx          The context.
// feature      "name" or "name:version", e.g. "voice:2.1"; needs no NUL. With a version, a license
//              for a lower one does not do.
// feature_len  Its length in bytes.
// count        Units that are needed; 0 means 1.
// verdict      NODELOCK_GRANTED or a denial: the reason's code without its sign, e.g. 601 for
//              NODELOCK_ERR_NO_LICENSE.
//
// A denial is an answer, not an error.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY, NODELOCK_ERR_BAD_FEATURE,
// NODELOCK_ERR_BAD_VERSION.
// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED, so that no old answer stays behind.
// Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
int32_t nodelock_check(const struct nodelock_ctx *ctx,
                       const char *feature,
                       size_t feature_len,
                       uint64_t count,
                       uint32_t *verdict);

// May the feature run? The short form of nodelock_check, for use in a condition:
//
//     if (nodelock_require(&ctx, "routing", 1) == NODELOCK_GRANTED) { ... }
//
// ctx      The context.
// feature  As there, but ending with NUL.
// count    As there.
//
// Returns the verdict; NODELOCK_UNDECIDED wherever nodelock_check has a result other than
// NODELOCK_OK.
// Writes: nothing. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
uint32_t nodelock_require(const struct nodelock_ctx *ctx,
                          const char *feature,
                          uint64_t count);

// The verdict of nodelock_check together with needed and actual values, so that a console can say
// why. Texts: nodelock_result_text and nodelock_result_remedy of the reason.
//
// ctx, feature, feature_len, count  As for nodelock_check.
// out                               The explanation.
//
// Results: as for nodelock_check.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
int32_t nodelock_explain(const struct nodelock_ctx *ctx,
                         const char *feature,
                         size_t feature_len,
                         uint64_t count,
                         struct nodelock_explanation *out);

// One of the lines that nodelock_check looks at for a request, and whether it alone would do.
//
// ctx, feature, feature_len, count  As for nodelock_check.
// index                             From 0 up to the lines of nodelock_explain, less one.
// line                              The line, copied.
// reason                            NODELOCK_OK if it alone would do, else why not.
//
// Results: as for nodelock_check, and NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *line and *reason on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
int32_t nodelock_explain_line(const struct nodelock_ctx *ctx,
                              const char *feature,
                              size_t feature_len,
                              uint64_t count,
                              size_t index,
                              struct nodelock_license *line,
                              int32_t *reason);

// How many licenses are installed.
//
// ctx    The context.
// count  Their number.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE int32_t nodelock_license_count(const struct nodelock_ctx *ctx, size_t *count);

// One of the installed licenses, in the order of installation.
//
// ctx    The context.
// index  From 0 up to what nodelock_license_count says, less one.
// out    The license, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX; NODELOCK_ERR_NULL_ARGUMENT,
// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
int32_t nodelock_license_at(const struct nodelock_ctx *ctx,
                            size_t index,
                            struct nodelock_license *out);

// The name of a license type as it stands in a line, e.g. "permanent".
//
// license_type  Any number; for one that is no NODELOCK_TYPE_... it is "unknown".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_type_name(uint32_t license_type);

// What is wrong, in one sentence without its end.
//
// result  Any number; for one that is no result of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_result_text(int32_t result);

// What the reader can do about it, in one sentence without its end.
//
// result  Any number; for one that is no result of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_result_remedy(int32_t result);

// The short name, e.g. "unknown-key": the same in every language and in machine-readable output.
//
// result  Any number; for one that is no result of this library it is "unknown".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_result_name(int32_t result);

// NODELOCK_VERSION_NUMBER of the library that is linked.
//
// Any thread, any time. ISR: yes.
uint32_t nodelock_version_number(void);

// Version of the library that is linked, e.g. "0.1.0".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_version_text(void);

// NODELOCK_ABI_VERSION of the library that is linked.
//
// Any thread, any time. ISR: yes.
uint32_t nodelock_abi_version(void);

// NODELOCK_FORMAT_VERSION of the library that is linked.
//
// Any thread, any time. ISR: yes.
uint32_t nodelock_format_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* NODELOCK_H */
