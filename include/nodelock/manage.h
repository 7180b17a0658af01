/*
 * nodelock: what an operator does with the licenses of an agent: lists them, explains, clears, comments, accepts
 * license agreements, takes rights back, saves lines, and brings a device back that does not trust its storage.
 *
 * The conventions of nodelock/agent.h hold here.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_MANAGE_H
#define NODELOCK_MANAGE_H

#include "agent.h"

/* In place of a repair number: a REPAIR record does not help. */
#define NODELOCK_NO_REPAIR UINT64_MAX

// Words of an answer: why it is denied, with the fact that decided; "granted" if it is granted.
#define NODELOCK_WORDS_WHY 1

// Words of an answer: what to do about it here and now.
#define NODELOCK_WORDS_REMEDY 2

// Size of an array for the words of an answer with their NUL; more is never needed.
#define NODELOCK_WORDS_SIZE 512

// State of a line: it cannot be chosen now: other version, license agreement not accepted, not activated, outside
// its dates, or a better line serves. Shown as "Inactive", or as "Active, Not in Use, EULA not accepted" where only
// the acceptance is missing.
#define NODELOCK_STATE_INACTIVE 1

// State of a line: it would serve its feature, which does not run. Shown as "Active, Not in Use".
#define NODELOCK_STATE_NOT_IN_USE 2

// State of a line: it serves its feature. Shown as "Active, In Use".
#define NODELOCK_STATE_IN_USE 3

// State of a line: it serves its feature, and all units are in use.
#define NODELOCK_STATE_COUNT_CONSUMED 4

// State of a line: it has ended, and its feature goes on until the next boot.
#define NODELOCK_STATE_EXPIRED_IN_USE 5

// State of a line: it has ended.
#define NODELOCK_STATE_EXPIRED_NOT_IN_USE 6

// Source of a line: installed.
#define NODELOCK_SOURCE_INSTALLED 1

// Source of a line: a trial of the catalog.
#define NODELOCK_SOURCE_BUILT_IN 2

// License agreement of a line: needs none.
#define NODELOCK_EULA_NONE 0

// License agreement of a line: has to be accepted before use.
#define NODELOCK_EULA_OPEN 1

// License agreement of a line: was accepted.
#define NODELOCK_EULA_ACCEPTED 2

// Dates of a line: has none.
#define NODELOCK_DATES_NONE 0

// Dates of a line: before its first day.
#define NODELOCK_DATES_NOT_STARTED 1

// Dates of a line: between its first and its last day.
#define NODELOCK_DATES_ACTIVE 2

// Dates of a line: after its last day.
#define NODELOCK_DATES_ENDED 3

// Dates of a line: unknown without a wall clock.
#define NODELOCK_DATES_UNKNOWN 4

// Priority of a line: that of its type.
#define NODELOCK_PRIORITY_DEFAULT 0

// Priority of a line: before all others for its feature.
#define NODELOCK_PRIORITY_HIGH 1

// Priority of a line: of licenses that were paid for.
#define NODELOCK_PRIORITY_MEDIUM 2

// Priority of a line: of trials.
#define NODELOCK_PRIORITY_LOW 3

// Most bytes of a comment.
#define NODELOCK_COMMENT_LEN 255

// Rollback state: there are no rollback counters, so it is unknown whether the stored values are the latest.
#define NODELOCK_ROLLBACK_STATE_UNPROTECTED 0

// Rollback state: the stored values are the latest.
#define NODELOCK_ROLLBACK_STATE_LATEST 1

// Rollback state: they are older than the rollback counters; rights with a time limit are denied.
#define NODELOCK_ROLLBACK_STATE_ROLLED_BACK 2

// Rollback state: they are older than the rollback counters, or cannot be compared with them, and a right was revoked
// since; all are denied.
#define NODELOCK_ROLLBACK_STATE_REVOCATIONS_MISSING 3

// Rollback state: the rollback counters do not answer; rights with a time limit wait.
#define NODELOCK_ROLLBACK_STATE_COUNTERS_FAILED 4

// Rollback state: the manifest, which binds the values to the rollback counters, cannot be read; what was paid for
// goes on, trials and new licenses wait.
#define NODELOCK_ROLLBACK_STATE_MANIFEST_UNREADABLE 5

// Repair: the stored values are older than the rollback counters.
#define NODELOCK_REPAIR_ROLLBACK 1

// Repair: stored values cannot be read.
#define NODELOCK_REPAIR_DAMAGE 2

// Repair: the device believes in a date that is not true.
#define NODELOCK_REPAIR_CLOCK 3

// In the history: a line was installed.
#define NODELOCK_HISTORY_INSTALLED 1

// In the history: a line was cleared.
#define NODELOCK_HISTORY_CLEARED 2

// In the history: a line has ended.
#define NODELOCK_HISTORY_EXPIRED 3

// In the history: the agreement of a line was accepted.
#define NODELOCK_HISTORY_EULA_ACCEPTED 4

// In the history: a trial turned into a right to use.
#define NODELOCK_HISTORY_CONVERTED 5

// In the history: a right was revoked.
#define NODELOCK_HISTORY_REVOKED 6

// In the history: a REPAIR record was accepted; the id is that of the record.
#define NODELOCK_HISTORY_REPAIRED 7

// A line was given up by a ticket.
#define NODELOCK_HISTORY_MOVED 8

// A ticket for the line will never be applied.
#define NODELOCK_HISTORY_TICKET_CANCELLED 9

// The line came by a ticket and was given up for good.
#define NODELOCK_HISTORY_GIVEN_UP 10

// The proof of its transfer was accepted.
#define NODELOCK_HISTORY_ARRIVED 11

// Some of its units were given up by a ticket.
#define NODELOCK_HISTORY_REDUCED 12

// An answer with the fact that decided. What does not belong to the reason has its "none".
typedef struct nodelock_answer {
    // Units asked for; 0 if only the feature was.
    uint64_t needed;
    // Units of the feature that are licensed in all, or NODELOCK_UNCOUNTED; 0 if none is.
    uint64_t licensed;
    // Units of it that are in use.
    uint64_t in_use;
    // Units that this firmware can have of it at most, or NODELOCK_UNCOUNTED.
    uint64_t maximum;
    // With NODELOCK_ERR_EXPIRED of a metered right, seconds of running time that were used; else 0.
    uint64_t used_seconds;
    // With NODELOCK_ERR_RESTARTED_TOO_OFTEN, seconds to wait; else 0.
    uint64_t wait_seconds;
    // With NODELOCK_ERR_EXPIRED, the number for a REPAIR record of the clock, or NODELOCK_NO_REPAIR.
    uint64_t repair_number;
    // NODELOCK_GRANTED or the number of the reason.
    nodelock_verdict verdict;
    // NODELOCK_OK if it is granted, else the reason.
    nodelock_result reason;
    // With NODELOCK_ERR_NOT_STARTED the first day of the right, in days since 1970-01-01; else NODELOCK_NO_DATE.
    uint32_t first_day;
    // With NODELOCK_ERR_EXPIRED of a right with dates its last day; else NODELOCK_NO_DATE.
    uint32_t last_day;
    // With one of these days: it is at least this day, as far as the device knows; else NODELOCK_NO_DATE.
    uint32_t known_day;
    // With one of these days: the day that the clock shows, or NODELOCK_NO_DATE if there is no clock.
    uint32_t shown_day;
    // With NODELOCK_ERR_NO_LICENSE, stored lines that were refused at boot; else 0.
    uint32_t refused;
    // Why the first of them was; else NODELOCK_OK.
    nodelock_result refused_reason;
    // With NODELOCK_ERR_VERSION_TOO_LOW, the version of this firmware; else zeros.
    uint16_t version_needed[NODELOCK_VERSION_PARTS];
    // With NODELOCK_ERR_VERSION_TOO_LOW, the highest licensed one; else zeros.
    uint16_t version_licensed[NODELOCK_VERSION_PARTS];
    // With NODELOCK_ERR_LEVEL_NOT_BOOTED the level that is licensed, or NODELOCK_NO_HANDLE.
    nodelock_handle level;
    // The line that grants it or that came closest; zeros if there is none.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // With a level, 1 if the next boot chooses it or a higher one, 0 if it must be asked for first.
    uint8_t next_boot;
    // With NODELOCK_ERR_EXPIRED, 1 if the right has run for as long as it is long, before its last day.
    uint8_t ran_out;
    // 0.
    uint8_t reserved[2];
} nodelock_answer;

// A line that an agent holds.
typedef struct nodelock_agent_line {
    // What it says.
    nodelock_license license;
    // Seconds of running time that were used, of metered lines; else 0.
    uint64_t used_seconds;
    // Seconds to its end, of running time for metered lines; NODELOCK_NO_END if it has none.
    uint64_t left_seconds;
    // Units of its feature that are in use.
    uint64_t in_use;
    // NODELOCK_TYPE_... of now: a trial that has turned into a right to use is one.
    uint32_t license_type;
    // NODELOCK_STATE_...
    uint32_t state;
    // NODELOCK_SOURCE_...
    uint32_t source;
    // NODELOCK_PRIORITY_... that counts now: high, medium or low.
    uint32_t priority;
    // NODELOCK_EULA_...
    uint32_t eula;
    // NODELOCK_DATES_...
    uint32_t dates;
    // Its feature, or NODELOCK_NO_HANDLE if this firmware has none of that name.
    nodelock_handle handle;
    // 0.
    uint16_t reserved[3];
} nodelock_agent_line;

// One entry of the history.
typedef struct nodelock_history_entry {
    // Counts all entries since the device was made.
    uint64_t number;
    // When, in seconds since 1970-01-01T00:00:00Z; 0 if the device did not know.
    uint64_t wall;
    // NODELOCK_HISTORY_...
    uint32_t kind;
    // 1 if wall is known, else 0.
    uint32_t wall_known;
    // Id of the line.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // Its feature, with a NUL behind it.
    char feature[NODELOCK_FEATURE_SIZE];
    // 0.
    uint8_t reserved[5];
} nodelock_history_entry;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// May so many more units of a feature run, beside those in use, and if not, why: the fact that decided, as of the
// time that the agent was told last. Nothing is taken. It also tells how many units are licensed and in use.
//
// So it does not explain a verdict of 611, NODELOCK_ERR_TICK_OVERDUE: that is about the uptime with which the check was
// asked. Call nodelock_agent_tick, and look at its result.
//
// agent   The agent.
// handle  The feature.
// count   Units asked for beside those in use; 0 asks whether the feature may run, as nodelock_agent_check does.
// out     The answer.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_explain(const nodelock_agent *agent,
                                       nodelock_handle handle,
                                       nodelock_units count,
                                       nodelock_answer *out);

// The same in words, for a console or a log: printable ASCII without a full stop. For 611 see above: "granted" is what
// was true at the last tick.
//
// agent, handle, count  As for nodelock_agent_explain.
// which                 NODELOCK_WORDS_WHY or NODELOCK_WORDS_REMEDY.
// buffer                For the words and a NUL. What there is no room for is left out.
// capacity              Its size in bytes, at least 1; NODELOCK_WORDS_SIZE is always enough.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_ARGUMENT for which, NODELOCK_ERR_BUFFER for a
// capacity of 0, NODELOCK_ERR_LENGTH.
// Writes: buffer on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_explain_words(const nodelock_agent *agent,
                                             nodelock_handle handle,
                                             nodelock_units count,
                                             uint32_t which,
                                             char *buffer,
                                             size_t capacity);

// How many lines the agent holds, installed ones and trials of the catalog.
//
// agent  The agent.
// count  Their number.
//
// Results: NODELOCK_OK.
// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_line_count(const nodelock_agent *agent,
                                          size_t *count);

// One of the lines, as of the time that the agent was told last.
//
// agent  The agent.
// index  From 0 up to what nodelock_agent_line_count says, less one.
// out    The line, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_line_at(const nodelock_agent *agent,
                                       size_t index,
                                       nodelock_agent_line *out);

// One of the lines for a feature, and whether it alone could serve.
//
// agent   The agent.
// handle  The feature.
// index   From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// out     The line, copied.
// reason  NODELOCK_OK if it could serve, else why not, e.g. NODELOCK_ERR_EULA_NOT_ACCEPTED.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out and *reason on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_explain_line(const nodelock_agent *agent,
                                            nodelock_handle handle,
                                            size_t index,
                                            nodelock_agent_line *out,
                                            nodelock_result *reason);

// Removes a line. The time that was used of it stays stored, so installing it again does not give it back.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
// now      The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_LINE_IN_USE,
// NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_ARGUMENT. The line is still there then; but after
// NODELOCK_ERR_STORAGE_... it is there or gone; the agent shows the same as a reboot would after the next
// ticks at the latest, and NODELOCK_EVENT_CLEAR tells if it is gone. Clear it again then: NODELOCK_OK and
// NODELOCK_ERR_NO_SUCH_LINE both say that it is gone.
// Writes: agent; storage: the writes of "clear", three. Calls: load, store, remove.
// Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_clear(nodelock_agent *agent,
                                     const uint8_t *line_id,
                                     const nodelock_now *now);

// Sets the priority of a trial in the choice between several lines for one feature.
//
// agent     The agent.
// line_id   Id of the line, NODELOCK_LINE_ID_LEN bytes.
// priority  NODELOCK_PRIORITY_HIGH, NODELOCK_PRIORITY_LOW or NODELOCK_PRIORITY_DEFAULT.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE;
// NODELOCK_ERR_PRIORITY_FIXED for a line that is no trial; NODELOCK_ERR_ARGUMENT,
// NODELOCK_ERR_STORAGE_...
// Writes: agent; storage, once. Calls: load, store. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_set_priority(nodelock_agent *agent,
                                            const uint8_t *line_id,
                                            uint32_t priority);

// Replaces the comment of a line.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
// text     The comment, up to NODELOCK_COMMENT_LEN bytes of whatever kind; needs no NUL.
// len      Its length in bytes; 0 deletes the comment.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE,
// NODELOCK_ERR_COMMENT_TOO_LONG, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH. The old comment stays
// then; after NODELOCK_ERR_STORAGE_... it is the old one or the new one.
// Writes: agent; storage, once. Calls: load, store. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_comment(nodelock_agent *agent,
                                       const uint8_t *line_id,
                                       const char *text,
                                       size_t len);

// Reads the comment of a line.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
// buffer   For the comment; no NUL is added. NODELOCK_COMMENT_LEN bytes are always enough.
// capacity Its size in bytes.
// len      Length of the comment; 0 if there is none.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE;
// NODELOCK_ERR_COMMENT_TOO_LONG for the buffer; NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH.
// Writes: agent; buffer and *len on NODELOCK_OK. Calls: load. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_read_comment(nodelock_agent *agent,
                                            const uint8_t *line_id,
                                            char *buffer,
                                            size_t capacity,
                                            size_t *len);

// Records that the license agreement of a feature was accepted: when, and the SHA-256 of the text that was
// shown. It is remembered for the life of the device.
//
// agent   The agent.
// handle  The feature.
// text    The text that was shown, at least one byte; needs no NUL.
// len     Its length in bytes.
// now     The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NO_AGREEMENT if the catalog names none for the
// feature, NODELOCK_ERR_EMPTY if len is 0, NODELOCK_ERR_CRYPTO_FAILURE, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH, NODELOCK_ERR_ARGUMENT. It is not accepted then; but after
// NODELOCK_ERR_STORAGE_... it may be, and NODELOCK_EVENT_EULA_ACCEPTED tells if it is. Accept it again then.
// Writes: agent; storage: the writes of "accept an agreement", three, for however many lines.
// Calls: sha256_..., load, store. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_accept_eula(nodelock_agent *agent,
                                           nodelock_handle handle,
                                           const char *text,
                                           size_t len,
                                           const nodelock_now *now);

// Whether the stored values are the latest ones, as boot has found.
//
// agent     The agent.
// rollback_state  NODELOCK_ROLLBACK_STATE_...
//
// Results: NODELOCK_OK.
// Writes: *rollback_state on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_rollback_state(const nodelock_agent *agent,
                                              uint32_t *rollback_state);

// The number that a REPAIR record for the present state must have: what the owner tells the vendor. The
// record is then installed by nodelock_agent_install, and the number changes.
//
// agent   The agent.
// repair  NODELOCK_REPAIR_...
// number  The number.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NOTHING_TO_REPAIR, NODELOCK_ERR_STORAGE_ROLLED_BACK if that must be
// repaired first, NODELOCK_ERR_COUNTERS_FAILED, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_ARGUMENT.
// Writes: *number on NODELOCK_OK; agent. Calls: load, counters_..., sha256_... with a device secret.
// Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_repair_number(nodelock_agent *agent,
                                             uint32_t repair,
                                             uint64_t *number);

// Revokes a right: its line is removed, and neither it nor a copy of it is ever accepted again on this device;
// with rollback counters, this holds for older copies of the storage too.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes. It may be in use, or not installed.
// now      The time.
//
// Results: NODELOCK_OK, also if it was revoked before; NODELOCK_ERR_BUILT_IN_LINE,
// NODELOCK_ERR_REVOCATIONS_FULL, NODELOCK_ERR_COUNTERS_FAILED, NODELOCK_ERR_STORAGE_...,
// NODELOCK_ERR_ARGUMENT. Nothing has happened then; but after NODELOCK_ERR_STORAGE_... or
// NODELOCK_ERR_COUNTERS_FAILED the right is revoked or it is not; the agent shows the same as a reboot would after
// the next ticks at the latest, and NODELOCK_EVENT_REVOKED tells if it is. Revoke it again then.
// Writes: agent; storage: the writes of "revoke", four. Calls: load, store, remove,
// counters_..., sha256_... with a device secret. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_revoke(nodelock_agent *agent,
                                      const uint8_t *line_id,
                                      const nodelock_now *now);

// Lists the history of the device: which lines were installed, cleared, accepted and revoked, and which have ended.
// It holds the last 32 entries and survives clearing and new images.
//
// agent     The agent.
// on_entry  Called with each entry, in the order of storage; the numbers give the order of time. The
//           entry is valid during the call.
// user      Passed to on_entry.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_... if an entry could not be read; the others were given.
// Writes: agent. Calls: load, on_entry. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_history(nodelock_agent *agent,
                                       void (*on_entry)(void *user,
                                                        const nodelock_history_entry *entry),
                                       void *user);

// Gives the text of an installed line as it was in its file: first its KEY record if its key was delegated, then the
// line, each followed by a line feed. The texts of all lines together are a backup.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
// write    Called with each piece of text, valid during the call; needs no NUL. Returns 0 to go on.
// user     Passed to write.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_STORAGE_...;
// NODELOCK_ERR_OUTPUT if write returned another number.
// Writes: agent. Calls: load, write. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_line_text(nodelock_agent *agent,
                                         const uint8_t *line_id,
                                         int32_t (*write)(void *user, const char *text, size_t len),
                                         void *user);

// One of the stored lines that were refused at boot. They stay in the storage until they are discarded, because
// another firmware may be able to read them.
//
// agent   The agent.
// index   From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// place   Its place in the store of lines.
// reason  Why it was refused.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *place and *reason on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_refused_at(const nodelock_agent *agent,
                                          size_t index,
                                          uint8_t *place,
                                          nodelock_result *reason);

// Removes a stored line that was refused at boot, so that its place is free again. This cannot be undone.
//
// agent  The agent.
// place  Its place, from nodelock_agent_refused_at.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE if no refused line is there; NODELOCK_ERR_STORAGE_....
// Writes: agent; storage, once. Calls: remove. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_discard_refused(nodelock_agent *agent,
                                               uint32_t place);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_MANAGE_H */
