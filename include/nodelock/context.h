/*
 * nodelock: a plain context. It knows no time and no storage: it grants licenses without end. Licenses that end,
 * or have to be accepted or activated, are installed and shown, but denied with NODELOCK_ERR_NEEDS_AGENT.
 *
 * nodelock_init and nodelock_install call all callbacks of the configuration.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_CONTEXT_H
#define NODELOCK_CONTEXT_H

#include "check.h"
#include "license.h"

// 64-bit words in a context. Some are not used yet: a later version with the same ABI number can use them.
#define NODELOCK_CTX_WORDS 16

// The library's state for one device. The program gives it memory, static or on the stack, passes it to
// nodelock_init, and does not look into it.
//
// It holds no pointer into itself, so it may be moved while no call on it is running. Use only the copy then, because
// both work on the same slots.
typedef struct nodelock_ctx {
    // Not for the program.
    uint64_t _private[NODELOCK_CTX_WORDS];
} nodelock_ctx;

// Room for one installed license. The program gives an array of them to nodelock_init and does not
// touch it until nodelock_deinit.
typedef struct nodelock_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_SLOT_WORDS];
} nodelock_slot;

// A verdict with everything that led to it.
typedef struct nodelock_explanation {
    // Units asked for.
    uint64_t needed;
    // Units licensed in all, or NODELOCK_UNCOUNTED.
    uint64_t licensed;
    // The verdict, as nodelock_check gives it.
    nodelock_verdict verdict;
    // NODELOCK_OK if it is granted, else the reason: NODELOCK_ERR_NO_LICENSE,
    // NODELOCK_ERR_VERSION_TOO_LOW, NODELOCK_ERR_COUNT_TOO_LOW or NODELOCK_ERR_NEEDS_AGENT.
    nodelock_result reason;
    // Installed lines for this feature, the number of which nodelock_explain_line can tell.
    uint32_t lines;
    // The highest version that any of them covers; zeros if there is none.
    uint16_t version[NODELOCK_VERSION_PARTS];
    // The line that grants it or that came closest; zeros if there is none.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // 0.
    uint8_t reserved[2];
} nodelock_explanation;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// sizeof(nodelock_ctx) of the library that is linked.
//
// Threads: any, at any time. ISR: yes.
size_t nodelock_ctx_size(void);

// sizeof(nodelock_slot) of the library that is linked.
//
// Threads: any, at any time. ISR: yes.
size_t nodelock_slot_size(void);

// The error number that a callback of the program returned last, during nodelock_init or nodelock_install.
//
// ctx  Any context; NULL and one that never was initialised are no error.
//
// Returns that number, or 0 if every callback did its job in the most recent of these calls. It can
// be asked for after a nodelock_init that failed, too.
// Threads: see base.h. ISR: no.
int32_t nodelock_last_port_error(const nodelock_ctx *ctx);

// Makes a context ready. No license is installed yet: call nodelock_install at each start of the device.
//
// ctx         Memory for the context; whatever is in it is overwritten.
// ctx_size    sizeof(nodelock_ctx), as the program knows it.
// config      See nodelock_config. Must outlive the context.
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
// NODELOCK_ERR_NO_VERIFY_SIGNATURE, NODELOCK_ERR_PINNED_TABLE, NODELOCK_ERR_NO_ANCHORS,
// NODELOCK_ERR_TOO_MANY_ANCHORS, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_BAD_ROLE;
// NODELOCK_ERR_ANCHOR_KEY_ID and NODELOCK_ERR_CRYPTO_FAILURE from checking the anchors. After a
// failure the context is not initialised.
// Writes: ctx and slots. Calls: sha256_... Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_init(nodelock_ctx *ctx,
                              size_t ctx_size,
                              const nodelock_config *config,
                              nodelock_slot *slots,
                              size_t slot_count);

// Installs every line of a license file that is for this device. A record that is refused does not affect the
// others.
//
// ctx   The context.
// data  The file, as the owner of the device got it. Used during the call only. Read are text, in which records may
//       stand among other text, and the binary form; for others see nodelock_agent_install.
// len   Its length in bytes.
// out   What became of its records; may be NULL.
//
// Reads the file once; the time grows with its length. Lines for other devices cost no
// signature check. A KEY record must stand before the lines that its key has signed, in the same
// file. Lines take effect at once and stay until nodelock_deinit; a file may be installed again.
//
// Results: NODELOCK_OK if the whole file was read, even if every line was refused: see out and the
// callback on_record; NODELOCK_ERR_NO_RECORD if there is none in it, not even one that was refused;
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY; if the configuration has changed since
// nodelock_init, its results as well. Nothing is installed then.
// Writes: ctx and slots; *out on NODELOCK_OK. Calls: all callbacks. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_install(nodelock_ctx *ctx,
                                 const uint8_t *data,
                                 size_t len,
                                 nodelock_tally *out);

// Ends the use of a context, which forgets what was installed. The slots and the configuration belong to the program
// again. Nothing else has to be released.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: ctx and slots. Calls: nothing. Threads: see base.h. ISR: no.
nodelock_result nodelock_deinit(nodelock_ctx *ctx);

// May the feature run?
//
// ctx          The context.
// feature      "name" or "name:version", e.g. "voice:2.1"; needs no NUL. With a version, a license
//              for a lower version is not enough.
// feature_len  Its length in bytes.
// count        Units that are needed; 0 means 1.
// verdict      NODELOCK_GRANTED or a denial: the number of the reason without its sign, e.g. 601 for
//              NODELOCK_ERR_NO_LICENSE.
//
// A denial is an answer, not an error.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY, NODELOCK_ERR_BAD_FEATURE,
// NODELOCK_ERR_BAD_VERSION.
// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED, so that no old answer is left.
// Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_check(const nodelock_ctx *ctx,
                               const char *feature,
                               size_t feature_len,
                               uint64_t count,
                               nodelock_verdict *verdict);

// May the feature run? The short form of nodelock_check, for use in a condition:
//
//   if (nodelock_granted(&ctx, "routing", 1) == NODELOCK_GRANTED) { ... }
//
// ctx      The context.
// feature  As there, but ending with NUL.
// count    As there.
//
// Returns NODELOCK_GRANTED or 0, for every denial and wherever nodelock_check has a result other than
// NODELOCK_OK. The 0 does not tell why: ask nodelock_check, or nodelock_explain.
// Writes: nothing. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_verdict nodelock_granted(const nodelock_ctx *ctx,
                                  const char *feature,
                                  uint64_t count);

// The verdict of nodelock_check with the needed and the actual values, so that a console can say why.
// Texts: nodelock_result_text and nodelock_result_remedy of the reason.
//
// ctx, feature, feature_len, count  As for nodelock_check.
// out                               The explanation.
//
// Results: as for nodelock_check.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_explain(const nodelock_ctx *ctx,
                                 const char *feature,
                                 size_t feature_len,
                                 uint64_t count,
                                 nodelock_explanation *out);

// One of the lines that nodelock_check considers for a request, and whether it alone would be enough.
//
// ctx, feature, feature_len, count  As for nodelock_check.
// index                             From 0 up to the lines of nodelock_explain, less one.
// line                              The line, copied.
// reason                            NODELOCK_OK if it alone would be enough, else why not.
//
// Results: as for nodelock_check, and NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *line and *reason on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_explain_line(const nodelock_ctx *ctx,
                                      const char *feature,
                                      size_t feature_len,
                                      uint64_t count,
                                      size_t index,
                                      nodelock_license *line,
                                      nodelock_result *reason);

// How many licenses are installed.
//
// ctx    The context.
// count  Their number.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_license_count(const nodelock_ctx *ctx,
                                       size_t *count);

// One of the installed licenses, in the order of installation.
//
// ctx    The context.
// index  From 0 up to what nodelock_license_count says, less one.
// out    The license, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX; NODELOCK_ERR_NULL_ARGUMENT,
// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_license_at(const nodelock_ctx *ctx,
                                    size_t index,
                                    nodelock_license *out);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_CONTEXT_H */
