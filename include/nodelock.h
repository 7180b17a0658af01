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
 *         nodelock_granted(&ctx, "routing", 1) == NODELOCK_GRANTED) { start_routing(); }
 *
 * CONVENTIONS, which hold for every function unless it says otherwise
 *
 * Memory     The library allocates nothing, frees nothing and has no globals. The program owns the
 *            context, the slots and the configuration. Nothing that is passed to a call is kept
 *            beyond it, but the configuration and the slots.
 * NULL       No pointer may be NULL unless it says so. NULL, wrong alignment, impossible lengths and
 *            contexts that are not initialised are refused with a result, not with a crash. Whether a
 *            pointer leads to memory of its type and length, the library cannot see.
 * Outputs    Written only when the result is NODELOCK_OK, and then as a whole. Exceptions are verdicts,
 *            which a failing call sets to NODELOCK_UNDECIDED, and the buffer of nodelock_flash_load.
 * Arrays     A pointer, and behind it how many elements there are: x_count, or x_len (len where there is only
 *            one) of bytes and text. Where the library writes: a pointer, its capacity in elements, and where
 *            the count goes, len. A structure whose size may change with the version is followed, or
 *            begins, with its sizeof.
 * Results    nodelock_result: NODELOCK_OK (0), or a negative number that has a name here, NODELOCK_ERR_...
 *            -1xx the line, -2xx key and signature, -3xx the device, -4xx installing, -6xx the
 *            decision, -9xx wrong use. Numbers are never reused. "May it run?" is no result but a
 *            nodelock_verdict, yes only if it equals NODELOCK_GRANTED.
 * Text       Lengths are in bytes and do not count a NUL. Everything is ASCII.
 * Threads    Different contexts are independent. On one context, functions that take it const may run
 *            at the same time; the others need a lock of the program's around all calls. From
 *            interrupts only what says "ISR: yes".
 * Callbacks  Called only from within functions that say "Calls: ..."; nodelock_init and nodelock_install
 *            call all but those for storage. They must return, and must not call the library on the same
 *            context or agent: that is refused with NODELOCK_ERR_BUSY.
 * Time       The library reads no clock. A plain context knows no time at all: licenses that run out, have
 *            to be accepted or to be activated are installed and shown, but denied with
 *            NODELOCK_ERR_NEEDS_AGENT. An agent is told the time with each call.
 * Agent      A context that also keeps licenses, meters, warns and counts: nodelock_agent_... What stands
 *            here about contexts holds for agents too, and every function on an agent can also answer
 *            NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED and
 *            NODELOCK_ERR_BUSY, which its own list leaves out. NODELOCK_ERR_STORAGE_... there stands for
 *            NODELOCK_ERR_STORAGE_FAILED, _FULL, _CORRUPTED and _ROLLED_BACK, for
 *            NODELOCK_ERR_ANCHOR_FAILED, and for what keeps a value from being read:
 *            NODELOCK_ERR_UNSUPPORTED_FORMAT, NODELOCK_ERR_DEVICE_SECRET_MISSING and
 *            NODELOCK_ERR_CRYPTO_FAILURE. "Calls: load" and "store" include anchor_... if there is an
 *            anchor, and sha256_... with a device secret. Its life:
 *                nodelock_agent_boot          once after power-on
 *                nodelock_agent_tick          at the latest at nodelock_agent_next_deadline
 *                nodelock_agent_check, ...    when something is wanted
 *                nodelock_agent_poll_event    until none waits, after each of these
 *            Every change is durable before its call returns NODELOCK_OK. Power may be cut at any moment.
 *            NODELOCK_ERR_STORAGE_... from a call that changes something says that nobody knows yet whether
 *            it has happened: a reboot shows all of it or nothing, never a part. The agent reads again
 *            what is stored, and shows the same, at the latest after the next ticks. An event tells if
 *            it has happened (INSTALLED, CLEARED, REVOKED); the call can be made again in any case. After
 *            every other result that is negative nothing has changed.
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

// How large memory for the library is depends on the pointers in it.
#if UINTPTR_MAX > 0xFFFFFFFFu
#define NODELOCK_64_BIT
#else
#define NODELOCK_32_BIT
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

// A nodelock_uptime, nodelock_units and a nodelock_owner of numbers.
#ifdef __cplusplus
#define NODELOCK_UPTIME(seconds) nodelock_uptime{static_cast<uint64_t>(seconds)}
#define NODELOCK_UNITS(count) nodelock_units{static_cast<uint64_t>(count)}
#define NODELOCK_OWNER(number) nodelock_owner{static_cast<uint32_t>(number)}
#else
#define NODELOCK_UPTIME(seconds) ((nodelock_uptime){(uint64_t)(seconds)})
#define NODELOCK_UNITS(count) ((nodelock_units){(uint64_t)(count)})
#define NODELOCK_OWNER(number) ((nodelock_owner){(uint32_t)(number)})
#endif

// In place of a number of units: as many as one likes.
#define NODELOCK_UNCOUNTED UINT64_MAX
// In place of a date: the line has none.
#define NODELOCK_NO_DATE UINT32_MAX
// In place of a deadline or of seconds left: there is no end.
#define NODELOCK_NO_END UINT64_MAX

/*
 * Beginning of a nodelock_config:
 *     C      const nodelock_config config = { NODELOCK_CONFIG_INIT, .anchors = ..., ... };
 *     C++17  nodelock_config config{}; NODELOCK_CONFIG_SET_SIZES(config); config.anchors = ...;
 */
#define NODELOCK_CONFIG_INIT \
    .size = sizeof(nodelock_config), .slot_size = sizeof(nodelock_slot)
#define NODELOCK_CONFIG_SET_SIZES(config) \
    ((config).size = sizeof(nodelock_config), (config).slot_size = sizeof(nodelock_slot))

/* The same for a nodelock_jobs_memory. */
#define NODELOCK_JOBS_MEMORY_INIT \
    .size = sizeof(nodelock_jobs_memory), .slot_size = sizeof(nodelock_job_slot), \
    .result_slot_size = sizeof(nodelock_job_result_slot)
#define NODELOCK_JOBS_MEMORY_SET_SIZES(memory) \
    ((memory).size = sizeof(nodelock_jobs_memory), \
     (memory).slot_size = sizeof(nodelock_job_slot), \
     (memory).result_slot_size = sizeof(nodelock_job_result_slot))

/* The same for a nodelock_agent_config and a nodelock_agent_memory. */
#define NODELOCK_AGENT_CONFIG_INIT \
    .size = sizeof(nodelock_agent_config), .feature_size = sizeof(nodelock_feature)
#define NODELOCK_AGENT_CONFIG_SET_SIZES(config) \
    ((config).size = sizeof(nodelock_agent_config), (config).feature_size = sizeof(nodelock_feature))
#define NODELOCK_AGENT_MEMORY_INIT \
    .size = sizeof(nodelock_agent_memory), .line_slot_size = sizeof(nodelock_line_slot), \
    .feature_slot_size = sizeof(nodelock_feature_slot), \
    .lease_slot_size = sizeof(nodelock_lease_slot), \
    .event_slot_size = sizeof(nodelock_event_slot), \
    .catalog_entry_size = sizeof(nodelock_catalog_entry), \
    .name_slot_size = sizeof(nodelock_name_slot)
#define NODELOCK_AGENT_MEMORY_SET_SIZES(memory) \
    ((memory).size = sizeof(nodelock_agent_memory), \
     (memory).line_slot_size = sizeof(nodelock_line_slot), \
     (memory).feature_slot_size = sizeof(nodelock_feature_slot), \
     (memory).lease_slot_size = sizeof(nodelock_lease_slot), \
     (memory).event_slot_size = sizeof(nodelock_event_slot), \
     (memory).catalog_entry_size = sizeof(nodelock_catalog_entry), \
     (memory).name_slot_size = sizeof(nodelock_name_slot))


// Bytes of the id of a line.
#define NODELOCK_LINE_ID_LEN 10

// Bytes of the id of a key.
#define NODELOCK_KEY_ID_LEN 4

// Bytes of a public key: x and y.
#define NODELOCK_PUBLIC_KEY_LEN 64

// Bytes of a signature: r and s.
#define NODELOCK_SIGNATURE_LEN 64

// Bytes of a SHA-256.
#define NODELOCK_DIGEST_LEN 32

// Parts of a version; missing ones are 0.
#define NODELOCK_VERSION_PARTS 4

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

// Kind of a record: lets one device go on from a state that it does not trust.
#define NODELOCK_RECORD_REPAIR 3

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

#if defined(NODELOCK_64_BIT)
// 64-bit words in an agent. A little more than is needed now, so that a later version with the same
// ABI number can use some.
#define NODELOCK_AGENT_WORDS 190
#endif

#if defined(NODELOCK_32_BIT)
// 64-bit words in an agent. A little more than is needed now, so that a later version with the same
// ABI number can use some.
#define NODELOCK_AGENT_WORDS 144
#endif

// 64-bit words in a nodelock_line_slot.
#define NODELOCK_LINE_SLOT_WORDS 25

// 64-bit words in a nodelock_feature_slot.
#define NODELOCK_FEATURE_SLOT_WORDS 8

// 64-bit words in a nodelock_lease_slot.
#define NODELOCK_LEASE_SLOT_WORDS 3

// 64-bit words in a nodelock_event_slot.
#define NODELOCK_EVENT_SLOT_WORDS 4

#if defined(NODELOCK_64_BIT)
// 64-bit words in a nodelock_catalog_entry.
#define NODELOCK_CATALOG_ENTRY_WORDS 16
#endif

#if defined(NODELOCK_32_BIT)
// 64-bit words in a nodelock_catalog_entry.
#define NODELOCK_CATALOG_ENTRY_WORDS 10
#endif

// 64-bit words in a nodelock_name_slot.
#define NODELOCK_NAME_SLOT_WORDS 2

// Bytes of scratch that are enough for every line: stored, with its comment and its KEY record.
#define NODELOCK_SCRATCH_LEN 2048

// Bytes of scratch that there must be at least: enough for a line of some 300 bytes with a short comment.
#define NODELOCK_SCRATCH_MIN 512

// Flag of a feature: more than is licensed may be used, and is counted as a violation.
#define NODELOCK_FEATURE_HONOUR_BASED 1

// Flag of a feature: its trial turns into a right to use at its end.
#define NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE 2

// Bytes of a device secret.
#define NODELOCK_DEVICE_SECRET_LEN 32

// From load: there is no value under this key.
#define NODELOCK_NO_VALUE 1

// There is no anchor: nobody notices that the storage was restored from an older copy.
#define NODELOCK_ANCHOR_NONE 0

// Two counters in a second storage, which may be restored together with the first.
#define NODELOCK_ANCHOR_SECOND_STORAGE 1

// One monotonic counter in hardware: all but the last change is protected.
#define NODELOCK_ANCHOR_ONE_COUNTER 2

// Two monotonic counters in hardware: every change that was acknowledged is protected.
#define NODELOCK_ANCHOR_TWO_COUNTERS 3

// Intent: install.
#define NODELOCK_INTENT_INSTALL 0

// Intent: change nothing, but report what would happen.
#define NODELOCK_INTENT_WHAT_IF 1

// Effect of a record: none.
#define NODELOCK_EFFECT_NONE 0

// Effect of a record: a key is trusted for the lines behind it.
#define NODELOCK_EFFECT_KEY 1

// Effect of a record: the first line for its feature.
#define NODELOCK_EFFECT_NEW 2

// Effect of a record: one more line for its feature; which one serves is decided by the rules.
#define NODELOCK_EFFECT_JOINS 3

// Effect of a record: its units are added to those of other lines.
#define NODELOCK_EFFECT_ADDS 4

// Effect of a record: it takes over from a trial.
#define NODELOCK_EFFECT_REPLACES 5

// Effect: what a REPAIR record names is repaired.
#define NODELOCK_EFFECT_REPAIRS 6

// Priority of a line: the one of its type.
#define NODELOCK_PRIORITY_DEFAULT 0

// Priority of a line: before all others for its feature.
#define NODELOCK_PRIORITY_HIGH 1

// Priority of a line: of licenses that were paid for.
#define NODELOCK_PRIORITY_MEDIUM 2

// Priority of a line: of trials.
#define NODELOCK_PRIORITY_LOW 3

// Most bytes of a comment.
#define NODELOCK_COMMENT_LEN 255

// State of a line: it cannot be chosen now: other version, agreement not accepted, not activated, dates
// not its own, or a better line serves.
#define NODELOCK_STATE_INACTIVE 1

// State of a line: it would serve its feature, which does not run.
#define NODELOCK_STATE_NOT_IN_USE 2

// State of a line: it serves its feature.
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

// Agreement of a line: needs none.
#define NODELOCK_AGREEMENT_NONE 0

// Agreement of a line: has to be accepted before use.
#define NODELOCK_AGREEMENT_OPEN 1

// Agreement of a line: was accepted.
#define NODELOCK_AGREEMENT_ACCEPTED 2

// Dates of a line: has none.
#define NODELOCK_DATES_NONE 0

// Dates of a line: its first day is to come.
#define NODELOCK_DATES_NOT_STARTED 1

// Dates of a line: it is its time.
#define NODELOCK_DATES_ACTIVE 2

// Dates of a line: its last day is over.
#define NODELOCK_DATES_ENDED 3

// Dates of a line: without a wall clock this cannot be told.
#define NODELOCK_DATES_UNKNOWN 4

// Event: none waits.
#define NODELOCK_EVENT_NONE 0

// Event: a line was installed.
#define NODELOCK_EVENT_INSTALLED 1

// Event: a line was cleared.
#define NODELOCK_EVENT_CLEARED 2

// Event: a license agreement was accepted.
#define NODELOCK_EVENT_EULA_ACCEPTED 3

// Event: a metered right will end; the value is the seconds left. 4, 3 and 2 weeks before, daily in the last
// week; a right that is shorter begins with one.
#define NODELOCK_EVENT_EXPIRY_WARNING 4

// Event: a metered right has ended. Again every week while the feature still runs: with
// NODELOCK_EXPIRY_UNTIL_REBOOT it does, and nodelock_agent_check says yes, until the next boot.
#define NODELOCK_EVENT_EXPIRED 5

// Event: a dated right will end; the value is the seconds left.
#define NODELOCK_EVENT_SUBSCRIPTION_EXPIRY_WARNING 6

// Event: a dated right has ended. Again every day while the feature still runs.
#define NODELOCK_EVENT_SUBSCRIPTION_EXPIRED 7

// Event: a trial will turn into a right to use; the value is the seconds left.
#define NODELOCK_EVENT_RIGHT_TO_USE_WARNING 8

// Event: a trial has turned into a right to use.
#define NODELOCK_EVENT_RIGHT_TO_USE_REACHED 9

// Event: 80 % of the units are in use; the value is their number. Not where one step leads to all of them.
#define NODELOCK_EVENT_COUNT_NEAR 10

// Event: all units are in use; the value is their number.
#define NODELOCK_EVENT_COUNT_REACHED 11

// Event: more is in use than is licensed, which the feature allows; the value is the surplus.
#define NODELOCK_EVENT_VIOLATION 12

// Event: a level other than before will run after the next boot.
#define NODELOCK_EVENT_NEXT_LEVEL 13

// Event: the wall clock stepped back and is not followed.
#define NODELOCK_EVENT_CLOCK_STEPPED_BACK 14

// Event: the wall clock jumped forward and is not believed yet.
#define NODELOCK_EVENT_CLOCK_JUMPED_FORWARD 15

// Event: the wall clock is believed again.
#define NODELOCK_EVENT_CLOCK_GOOD 16

// Event: the wall clock is not known any more.
#define NODELOCK_EVENT_CLOCK_LOST 17

// Event: storage failed; the value is the result's number without its sign, and nodelock_result_text and
// nodelock_result_remedy of that number with its sign have words for it. With NODELOCK_ERR_STORAGE_FAILED what
// changes with time, such as what was used of a trial, cannot be stored or read at present: that is tried again
// every minute at the latest, and told once until it works again. With other numbers a part of what is remembered
// for the life of the device cannot be read.
#define NODELOCK_EVENT_STORAGE_FAILED 18

// Event: a stored line was refused at boot; the value is the result's number without its sign. After
// NODELOCK_ERR_STORAGE_FAILED the line may be good, and the next boot reads it again.
#define NODELOCK_EVENT_LINE_REFUSED 19

// Event: the storage is older than the anchor; rights with a time limit are denied.
#define NODELOCK_EVENT_STORAGE_ROLLED_BACK 20

// Event: the anchor does not answer; rights with a time limit wait.
#define NODELOCK_EVENT_ANCHOR_FAILED 21

// Event: a right was taken back for good.
#define NODELOCK_EVENT_REVOKED 22

// Event: a REPAIR record was accepted.
#define NODELOCK_EVENT_REPAIRED 23

// Group of events: periods and counts.
#define NODELOCK_EVENTS_USAGE 1

// Group of events: installing, clearing, accepting, taking back, levels.
#define NODELOCK_EVENTS_DEPLOYMENT 2

// Group of events: what went wrong, and clocks.
#define NODELOCK_EVENTS_ERROR 3

// Standing: there is no anchor, so nobody can tell whether the stored values are the latest.
#define NODELOCK_STANDING_UNANCHORED 0

// Standing: the stored values are the latest.
#define NODELOCK_STANDING_LATEST 1

// Standing: they are older than the anchor; rights with a time limit are denied.
#define NODELOCK_STANDING_ROLLED_BACK 2

// Standing: they are older than the anchor, or cannot be compared with it, and a right was revoked since; all are
// denied.
#define NODELOCK_STANDING_REVOCATIONS_MISSING 3

// Standing: the anchor does not answer; rights with a time limit wait.
#define NODELOCK_STANDING_ANCHOR_FAILED 4

// Standing: the manifest, which binds the values to the anchor, cannot be read; what was paid for goes on, trials
// and new licenses wait.
#define NODELOCK_STANDING_MANIFEST_UNREADABLE 5

// Repair: the stored values are older than the anchor.
#define NODELOCK_REPAIR_ROLLBACK 1

// Repair: stored values cannot be read.
#define NODELOCK_REPAIR_DAMAGE 2

// Repair: the device believes in a date that is not true.
#define NODELOCK_REPAIR_CLOCK 3

// In the history: a line was installed.
#define NODELOCK_DEED_INSTALLED 1

// In the history: a line was cleared.
#define NODELOCK_DEED_CLEARED 2

// In the history: a line has ended.
#define NODELOCK_DEED_EXPIRED 3

// In the history: the agreement of a line was accepted.
#define NODELOCK_DEED_EULA_ACCEPTED 4

// In the history: a trial turned into a right to use.
#define NODELOCK_DEED_CONVERTED 5

// In the history: a right was taken back for good.
#define NODELOCK_DEED_REVOKED 6

// In the history: a REPAIR record was accepted; the id is its.
#define NODELOCK_DEED_REPAIRED 7

// 64-bit words in a nodelock_jobs.
#define NODELOCK_JOBS_WORDS 10

// 64-bit words in a nodelock_job_slot.
#define NODELOCK_JOB_SLOT_WORDS 10

// 64-bit words in a nodelock_job_result_slot.
#define NODELOCK_JOB_RESULT_SLOT_WORDS 3

// Action of a job: nothing.
#define NODELOCK_ACTION_NO_OP 1

// Action of a job: install the lines of a file.
#define NODELOCK_ACTION_INSTALL 2

// Action of a job: clear a line.
#define NODELOCK_ACTION_CLEAR 3

// Action of a job: carry out a permission ticket. No device has been given one yet: it fails.
#define NODELOCK_ACTION_PROCESS_PERMISSION_TICKET 4

// Action of a job: give the last rehost ticket once more. There is none yet: it fails.
#define NODELOCK_ACTION_REGENERATE_LAST_REHOST_TICKET 5

// Action of a job: give every installed line.
#define NODELOCK_ACTION_BACKUP 6

// Action of a job: give the agreements that the lines of a file need.
#define NODELOCK_ACTION_GENERATE_EULA 7

// State of a job: made and not started.
#define NODELOCK_JOB_NONE 1

// State of a job: waits in the queue.
#define NODELOCK_JOB_PENDING 2

// State of a job: runs.
#define NODELOCK_JOB_IN_PROGRESS 3

// State of a job or of a license: everything was done.
#define NODELOCK_JOB_SUCCESSFUL 4

// State of a job: some licenses failed.
#define NODELOCK_JOB_PARTIALLY_SUCCESSFUL 5

// State of a job or of a license: nothing was done, or the job stopped at a failure.
#define NODELOCK_JOB_FAILED 6

// Cause of a failure: none.
#define NODELOCK_CAUSE_NONE 1

// Cause of a failure: any that has no number of its own.
#define NODELOCK_CAUSE_GENERAL_FAILURE 2

// Cause of a failure: no way to fetch or send files like that.
#define NODELOCK_CAUSE_TRANSFER_PROTOCOL_NOT_SUPPORTED 3

// Cause of a failure: the server does not answer.
#define NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE 4

// Cause of a failure: the stack has no such member.
#define NODELOCK_CAUSE_UNRECOGNIZED_ENTITY 5

// Cause of a failure: there is no such file.
#define NODELOCK_CAUSE_INVALID_LICENSE_FILE_PATH 6

// Cause of a failure: the file holds no license.
#define NODELOCK_CAUSE_INVALID_LICENSE_FILE 7

// Cause of a failure: the line cannot be read or trusted.
#define NODELOCK_CAUSE_INVALID_LICENSE_LINE 8

// Cause of a failure: the line is installed already.
#define NODELOCK_CAUSE_LICENSE_ALREADY_EXISTS 9

// Cause of a failure: the line is for another device.
#define NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE 10

// Cause of a failure: the count of the line.
#define NODELOCK_CAUSE_INVALID_LICENSE_COUNT 11

// Cause of a failure: the period of the line.
#define NODELOCK_CAUSE_INVALID_LICENSE_PERIOD 12

// Cause of a failure: the line is in use.
#define NODELOCK_CAUSE_LICENSE_IN_USE 13

// Cause of a failure: the license storage does not work.
#define NODELOCK_CAUSE_INVALID_LICENSE_STORE 14

// Cause of a failure: the license storage is full.
#define NODELOCK_CAUSE_LICENSE_STORAGE_FULL 15

// Cause of a failure: there is no permission ticket.
#define NODELOCK_CAUSE_INVALID_PERMISSION_TICKET_FILE 16

// Cause of a failure: the permission ticket is none for this device.
#define NODELOCK_CAUSE_INVALID_PERMISSION_TICKET 17

// Cause of a failure: the file for the rehost ticket.
#define NODELOCK_CAUSE_INVALID_REHOST_TICKET_FILE 18

// Cause of a failure: there is no rehost ticket.
#define NODELOCK_CAUSE_INVALID_REHOST_TICKET 19

// Cause of a failure: the backup could not be written.
#define NODELOCK_CAUSE_INVALID_LICENSE_BACKUP_FILE 20

// Cause of a failure: lines are being cleared.
#define NODELOCK_CAUSE_LICENSE_CLEAR_IN_PROGRESS 21

// Cause of a failure: the agreement is not there, or could not be written.
#define NODELOCK_CAUSE_INVALID_LICENSE_EULA_FILE 22

// 64-bit words in a nodelock_flash.
#define NODELOCK_FLASH_WORDS 72

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

// The library's state for one device. The program gives it memory, static or on the stack, passes it to
// nodelock_init, and does not look into it.
//
// It holds no pointer into itself, so it may be moved while no call on it is running; go on with the
// copy only, since both would work on the same slots.
typedef struct nodelock_ctx {
    // Not for the program.
    uint64_t _private[NODELOCK_CTX_WORDS];
} nodelock_ctx;

// What became of a call: NODELOCK_OK, or a negative number that has a name, NODELOCK_ERR_...
typedef int32_t nodelock_result;

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
    // Number of the record in the file, from 1; text between records counts as one.
    uint32_t number;
    // NODELOCK_OK if it was taken in, else why not.
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
    // NODELOCK_EFFECT_...; from nodelock_agent_install only.
    uint8_t effect;
    // 0.
    uint8_t reserved;
} nodelock_record;

// Multiples of a fixed point, as "nodelock keys tables" writes them. Trust material exactly like the key:
// keep it in signed flash.
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
    struct nodelock_pinned_table table;
} nodelock_pinned_key;

// The keys that are known when the firmware is built. Others, which come in KEY records, are checked too,
// more slowly.
typedef struct nodelock_pinned_keys {
    // The table of the group's base point.
    struct nodelock_pinned_table generator;
    // The keys.
    const struct nodelock_pinned_key *keys;
    // Number of keys.
    size_t key_count;
} nodelock_pinned_keys;

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
    // set. Called once in nodelock_install: for 0, 1, 2... up to the first answer other than 0, at
    // most nine times. Returns 0 with *out filled in, NODELOCK_NO_MORE behind the last member, or a
    // negative number. What out points to must stay as it is until nodelock_install returns, so each
    // member needs memory of its own.
    int32_t (*read_udi)(void *user, uint32_t member, struct nodelock_udi *out);
    // SHA-256, beginning of a message. NULL, together with the next two, for the hash inside the
    // library. The state is the port's; there is only one message at a time, and one whose begin or
    // update fails is given up without finish.
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
    // Hears what became of each record of a file, in its order. May be NULL. The record is only there
    // during the call.
    void (*on_record)(void *user, const struct nodelock_record *record);
    // Keys with tables, for a library that was built with the feature "pinned": their signatures are checked
    // in less than half the time, unless verify_signature is set. NULL for none; the profile "check" needs
    // them. Must outlive the context.
    const struct nodelock_pinned_keys *pinned;
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
    nodelock_result first_refusal;
    // 0.
    uint32_t reserved;
} nodelock_tally;

// May it run? Yes only if it equals NODELOCK_GRANTED; every other number is a denial: that of the reason without its
// sign, e.g. 601 for NODELOCK_ERR_NO_LICENSE.
typedef uint32_t nodelock_verdict;

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
    uint16_t version[NODELOCK_VERSION_PARTS];
    // Id of the line.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // Length of feature in bytes, without NUL.
    uint8_t feature_len;
    // Name of the feature, with NUL.
    char feature[NODELOCK_FEATURE_SIZE];
} nodelock_license;

// The license agent of one device. The program gives it memory, passes it to nodelock_agent_boot, and
// does not look into it.
//
// It must NOT be moved or copied, for parts of it point to each other: what is moved is not booted.
typedef struct nodelock_agent {
    // Not for the program.
    uint64_t _private[NODELOCK_AGENT_WORDS];
} nodelock_agent;

// One feature of the catalog, or one level of the image. All texts end with NUL and, like the structure,
// stay as they are until nodelock_agent_deinit. A field that is not set is 0 and means "has none".
typedef struct nodelock_feature {
    // Name, as licenses call it: 1 to 64 letters, digits, '.', '_' and '-'.
    const char *name;
    // Of a level: the part of the device, e.g. a line card. NULL for what is no level.
    const char *module;
    // Of a level: the technology package. NULL together with module.
    const char *package;
    // Name of the license agreement that trials and rights to use need, or NULL.
    const char *eula;
    // Names of the features that a right to this one brings along; may be NULL if there are 0. Levels are
    // not listed: their ranks say what contains what.
    const char *const *includes;
    // Number of includes.
    size_t include_count;
    // Units that the platform can do, whatever is licensed; 0 if it sets no limit, and what is licensed counts
    // alone.
    uint64_t maximum;
    // The version that this firmware has, which a license must cover; zeros for any.
    uint16_t version[NODELOCK_VERSION_PARTS];
    // Running time of the trial that the firmware brings, in seconds; 0 for no trial.
    uint32_t trial_seconds;
    // Of a level: 0 to 255. A higher rank contains the lower ones of its package; rank 0 is the base,
    // which each package has, and needs no license.
    uint32_t rank;
    // NODELOCK_FEATURE_...
    uint32_t flags;
    // NODELOCK_EXPIRY_...: what happens when a right ends while it is in use, unless the license says
    // something else.
    uint32_t expiry;
} nodelock_feature;

// Configuration of an agent. Begin it with NODELOCK_AGENT_CONFIG_INIT, or in C++17 as shown there; a field
// that is not set is 0 and means "default".
//
// It may be constant and live in flash. It and what it points to must outlive the agent. New fields
// come at the end. All callbacks get the user of base, and what stands at nodelock_config about
// callbacks holds for those of the storage and the anchor as well.
//
// The three keep small values under 16-bit keys (at most 2048 bytes; docs/SPEC.md section 13 lists the
// keys, about 400). The library relies on what is said there about power cuts, and on nothing else; in
// particular not on two calls taking effect together. Besides 0 and numbers of the port's own they may
// return NODELOCK_ERR_STORAGE_FULL and NODELOCK_ERR_STORAGE_CORRUPTED, which then is the reason.
typedef struct nodelock_agent_config {
    // sizeof(nodelock_agent_config), as the program knows it.
    uint32_t size;
    // sizeof(nodelock_feature), as the program knows it.
    uint32_t feature_size;
    // Keys, device and cryptography, as for nodelock_init. With an agent, read_udi is called in
    // nodelock_agent_boot only, and what it points to must stay as it is until nodelock_agent_deinit. If it
    // fails there, licenses for this device are refused until the next boot.
    const struct nodelock_config *base;
    // The catalog: which features this firmware has. The index of a feature is its handle.
    const struct nodelock_feature *features;
    // Number of features, 1 to 1024.
    uint32_t feature_count;
    // Day on which the firmware was built, in days since 1970-01-01: no earlier date is true. 0 if unknown; a
    // device's first wall clock then counts as a jump, so set it.
    uint32_t built;
    // Metered time is charged in advance, so many seconds at a time: each power cut costs the user at
    // most one such piece, and each piece costs one store while a metered feature runs. 0 for 900.
    uint32_t charge_interval;
    // A wall clock that is so many seconds too early is drift, not a step back. 0 for 3600.
    uint32_t back_tolerance;
    // A wall clock that is more seconds too late has jumped. 0 for 2592000, 30 days.
    uint32_t forward_bound;
    // So many seconds of uptime a jump must last before it is believed; a license that was issued so late
    // proves it at once. 0 for 86400.
    uint32_t forward_wait;
    // Copies the value into buffer, which has capacity bytes, and its length into *len. Returns 0, or
    // NODELOCK_NO_VALUE, or NODELOCK_ERR_STORAGE_FULL if the buffer is too small. A value whose store
    // returned 0 comes back whole and unchanged, or load fails; never a part of it, never another value.
    int32_t (*load)(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len);
    // Replaces the value. When it returns 0, the new value is durable: it survives a power cut in the next
    // instant. A power cut during the call leaves the old value (or none, if there was none) or the new
    // one. After a failure the old value is there or the new one, whichever load gives from then on; the library
    // reads it again. Values under other keys are never touched. It answers 0 only when the value is durable, also
    // where it is there already after a call that failed.
    int32_t (*store)(void *user, uint16_t key, const uint8_t *value, size_t len);
    // Removes the value; returns 0 if there is none. Durable like store: a power cut during the call
    // leaves the old value or none, and so does a failure.
    int32_t (*remove)(void *user, uint16_t key);
    // A secret that only this device has, NODELOCK_DEVICE_SECRET_LEN bytes from fuses, a key store or a secure element, or NULL. With
    // it, what is stored cannot be changed unnoticed, and lines need no signature check at boot. Copied
    // in nodelock_agent_boot. All zeros and all ones are refused.
    const uint8_t *device_secret;
    // NODELOCK_ANCHOR_...: what the three functions below are worth. With NODELOCK_ANCHOR_NONE they are not
    // called and may be NULL.
    uint32_t anchor_level;
    // NODELOCK_ANCHOR_...: boot fails with NODELOCK_ERR_ANCHOR_TOO_WEAK if the device has less. Without a
    // device_secret it has NODELOCK_ANCHOR_NONE.
    uint32_t require_level;
    // Reads the counters, which begin at 0 and never go back. Returns 0. With NODELOCK_ANCHOR_ONE_COUNTER,
    // *committed is not used.
    int32_t (*anchor_counters)(void *user, uint64_t *started, uint64_t *committed);
    // Raises started by one. When it returns 0, that is durable.
    int32_t (*anchor_start)(void *user);
    // Raises committed to this number, which is never more than started; counters that count up by one do
    // it step by step. May be NULL with NODELOCK_ANCHOR_ONE_COUNTER.
    int32_t (*anchor_commit)(void *user, uint64_t to);
} nodelock_agent_config;

// Room for one license: installed, or a trial of the catalog.
typedef struct nodelock_line_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_LINE_SLOT_WORDS];
} nodelock_line_slot;

// Room for what is known of one feature of the catalog.
typedef struct nodelock_feature_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_FEATURE_SLOT_WORDS];
} nodelock_feature_slot;

// Room for one lease: units of a feature that somebody has acquired.
typedef struct nodelock_lease_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_LEASE_SLOT_WORDS];
} nodelock_lease_slot;

// Room for one event that waits to be fetched.
typedef struct nodelock_event_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_EVENT_SLOT_WORDS];
} nodelock_event_slot;

// Room for one feature of the catalog in the library's own form.
typedef struct nodelock_catalog_entry {
    // Not for the program.
    uint64_t _private[NODELOCK_CATALOG_ENTRY_WORDS];
} nodelock_catalog_entry;

// Room for one name in an includes list of the catalog.
typedef struct nodelock_name_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_NAME_SLOT_WORDS];
} nodelock_name_slot;

// The arrays that an agent works in. Begin it with NODELOCK_AGENT_MEMORY_INIT, or in C++17 as shown
// there. The structure itself is used during nodelock_agent_boot only; the arrays belong to the agent
// until nodelock_agent_deinit. Whatever is in them is overwritten, and nothing in them needs to be kept
// over a reboot.
typedef struct nodelock_agent_memory {
    // sizeof(nodelock_agent_memory), as the program knows it. So are the next six, of their types.
    uint32_t size;
    // sizeof(nodelock_line_slot).
    uint32_t line_slot_size;
    // sizeof(nodelock_feature_slot).
    uint32_t feature_slot_size;
    // sizeof(nodelock_lease_slot).
    uint32_t lease_slot_size;
    // sizeof(nodelock_event_slot).
    uint32_t event_slot_size;
    // sizeof(nodelock_catalog_entry).
    uint32_t catalog_entry_size;
    // sizeof(nodelock_name_slot).
    uint32_t name_slot_size;
    // 0.
    uint32_t reserved;
    // One for each license that may be installed at a time and each trial of the catalog. A later
    // firmware must not have fewer: what lies beyond is not found then.
    struct nodelock_line_slot *lines;
    // Number of lines; more than 256 installed ones cannot be kept.
    size_t line_count;
    // One for each feature of the catalog.
    struct nodelock_feature_slot *features;
    // Number of features.
    size_t feature_count;
    // One for each lease that may be out at a time. May be NULL if there are 0.
    struct nodelock_lease_slot *leases;
    // Number of leases.
    size_t lease_count;
    // One for each event that may wait; when all are taken, the oldest event makes room. May be NULL if
    // there are 0.
    struct nodelock_event_slot *events;
    // Number of events.
    size_t event_count;
    // One for each feature of the catalog.
    struct nodelock_catalog_entry *catalog;
    // Number of catalog.
    size_t catalog_count;
    // One for each name in all includes lists of the catalog together. May be NULL if there are 0.
    struct nodelock_name_slot *names;
    // Number of names.
    size_t name_count;
    // NODELOCK_SCRATCH_LEN bytes, or down to NODELOCK_SCRATCH_MIN on a device whose lines are short: a line
    // that does not fit in it is refused with NODELOCK_ERR_STORAGE_FULL, also at boot. So never give less
    // than an earlier firmware did.
    uint8_t *scratch;
    // Number of bytes.
    size_t scratch_len;
} nodelock_agent_memory;

// Time since power-on, from a clock that never goes back and that no setting touches. A type of its own, so
// that no number can take its place: NODELOCK_UPTIME(seconds) makes one.
typedef struct nodelock_uptime {
    // In seconds.
    uint64_t seconds;
} nodelock_uptime;

// What the program knows about time at the moment of a call.
typedef struct nodelock_now {
    // Since power-on.
    struct nodelock_uptime uptime;
    // The wall clock: seconds since 1970-01-01T00:00:00 UTC.
    uint64_t wall;
    // 1 if wall is known, 0 if the device has no wall clock or it was not set yet. Not known is not
    // "expired".
    uint32_t wall_known;
    // 0.
    uint32_t reserved;
} nodelock_now;

// A feature of the catalog: its index there.
typedef uint16_t nodelock_handle;

// A number of units, as an argument. A type of its own, as are the two below, so that none can take the place
// of another or of a handle: NODELOCK_UNITS(count) makes one.
typedef struct nodelock_units {
    // The number.
    uint64_t count;
} nodelock_units;

// Who has acquired units: any number of the program's, e.g. of a task. NODELOCK_OWNER(number) makes one.
typedef struct nodelock_owner {
    // The number.
    uint32_t number;
} nodelock_owner;

// Units of a feature that were acquired.
typedef struct nodelock_lease {
    // Never 0. Any other number than the one that was given is refused.
    uint64_t token;
} nodelock_lease;

// A line that an agent holds.
typedef struct nodelock_agent_line {
    // What it says.
    struct nodelock_license license;
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
    // NODELOCK_AGREEMENT_...
    uint32_t agreement;
    // NODELOCK_DATES_...
    uint32_t dates;
    // Its feature, or NODELOCK_NO_HANDLE if this firmware has none of that name.
    nodelock_handle handle;
    // 0.
    uint16_t reserved[3];
} nodelock_agent_line;

// Something that happened.
typedef struct nodelock_event {
    // When.
    struct nodelock_uptime uptime;
    // A number that belongs to the kind; else 0.
    uint64_t value;
    // Events that were lost since boot because nobody fetched them.
    uint64_t dropped;
    // NODELOCK_EVENT_...
    uint32_t kind;
    // Severity of syslog, from 2 (critical) to 6 (informational).
    uint32_t severity;
    // The feature that it is about, or NODELOCK_NO_HANDLE.
    nodelock_handle handle;
    // The line that it is about, or zeros.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // 0.
    uint8_t reserved[4];
} nodelock_event;

// One entry of the history.
typedef struct nodelock_history_entry {
    // Counts all entries since the device was made.
    uint64_t number;
    // When, in seconds since 1970-01-01T00:00:00Z; 0 if the device did not know.
    uint64_t wall;
    // NODELOCK_DEED_...
    uint32_t deed;
    // 1 if wall is known, else 0.
    uint32_t wall_known;
    // Id of the line.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // Its feature, with a NUL behind it.
    char feature[NODELOCK_FEATURE_SIZE];
    // 0.
    uint8_t reserved[5];
} nodelock_history_entry;

// The jobs of one device, all members of its stack. The program gives it memory, passes it to
// nodelock_jobs_init, and does not look into it. It is volatile: jobs end with the boot.
typedef struct nodelock_jobs {
    // Not for the program.
    uint64_t _private[NODELOCK_JOBS_WORDS];
} nodelock_jobs;

// Room for one job.
typedef struct nodelock_job_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_JOB_SLOT_WORDS];
} nodelock_job_slot;

// Room for the result of one license.
typedef struct nodelock_job_result_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_JOB_RESULT_SLOT_WORDS];
} nodelock_job_result_slot;

// The arrays that jobs work in. Begin it with NODELOCK_JOBS_MEMORY_INIT, or in C++17 with
// NODELOCK_JOBS_MEMORY_SET_SIZES. The structure itself is used during nodelock_jobs_init only; the arrays belong to
// the jobs from then on. Whatever is in them is overwritten.
typedef struct nodelock_jobs_memory {
    // sizeof(nodelock_jobs_memory), as the program knows it. So are the next two, of their types.
    uint32_t size;
    // sizeof(nodelock_job_slot).
    uint32_t slot_size;
    // sizeof(nodelock_job_result_slot).
    uint32_t result_slot_size;
    // 0.
    uint32_t reserved;
    // One for each job that is kept at a time.
    struct nodelock_job_slot *slots;
    // Number of slots.
    size_t slot_count;
    // One for each result of a license that is kept at a time. May be NULL if there are 0: then jobs only count
    // what became of their licenses.
    struct nodelock_job_result_slot *results;
    // Number of results.
    size_t result_count;
} nodelock_jobs_memory;

// What a job shall do. Begin with zeros.
typedef struct nodelock_job_request {
    // NODELOCK_ACTION_...
    uint32_t action;
    // Member of the stack, from 0. Its lines only are installed, cleared or backed up.
    uint32_t member;
    // 1 to stop at the first license that fails, else 0.
    uint32_t stop_on_failure;
    // 1 to accept the agreements of what is installed, else 0.
    uint32_t accept_eula;
    // Id of the line to clear; not used by other actions.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // 0.
    uint8_t reserved[6];
} nodelock_job_request;

// A job.
typedef struct nodelock_job {
    // What was asked for.
    struct nodelock_job_request request;
    // Its name, never given twice between two boots.
    uint32_t id;
    // NODELOCK_JOB_...
    uint32_t state;
    // NODELOCK_CAUSE_...: why it failed as a whole.
    uint32_t cause;
    // Place in the queue: from 1 while it waits, else 0.
    uint32_t queue_position;
    // Licenses that it had a result for; more than can be asked for if the results had no room.
    uint32_t results;
    // Licenses that failed.
    uint32_t failures;
} nodelock_job;

// What became of one license.
typedef struct nodelock_job_result {
    // Number of the license in the order of the file, from 1.
    uint32_t number;
    // NODELOCK_JOB_SUCCESSFUL or NODELOCK_JOB_FAILED.
    uint32_t state;
    // NODELOCK_CAUSE_...
    uint32_t cause;
    // NODELOCK_OK, or why in full, if there is more to say than the cause.
    nodelock_result reason;
} nodelock_job_result;

// What a running job needs from the program.
typedef struct nodelock_job_port {
    // sizeof(nodelock_job_port), as the program knows it.
    uint32_t size;
    // 0.
    uint32_t reserved;
    // Passed to the functions.
    void *user;
    // Gives the text of the agreement for a feature: *text, valid until the next callback, and its length.
    // Returns 0, or another number if there is none. May be NULL: there are none.
    int32_t (*agreement)(void *user, nodelock_handle handle, const char **text, size_t *len);
    // Takes a piece of a backup or of an agreement; at the end it is called once with NULL and 0. Returns
    // 0. May be NULL: jobs that have output fail.
    int32_t (*output)(void *user, const uint8_t *data, size_t len);
} nodelock_job_port;

// Values in raw NOR flash, for the callbacks load, store and remove of an agent. The program gives it
// memory, passes it to nodelock_flash_mount, and does not look into it.
typedef struct nodelock_flash {
    // Not for the program.
    uint64_t _private[NODELOCK_FLASH_WORDS];
} nodelock_flash;

// The flash of a board: a part of it that belongs to the library alone. Erased bytes read as 0xFF.
//
// Power may be cut at any moment: what was being written or erased then may hold anything, all else must be
// as it was.
typedef struct nodelock_flash_port {
    // sizeof(nodelock_flash_port), as the program knows it.
    uint32_t size;
    // Bytes of a page: one block that is erased at a time, or several. At least 256; a value takes at most
    // a page, and those of the agent need 4096 at most.
    uint32_t page_len;
    // Number of pages, from 2 to 32.
    uint32_t pages;
    // Bytes that are written at a time: 1, 2, 4, 8, 16 or 32. None is written twice without erasing.
    uint32_t word_len;
    // Passed to the functions.
    void *user;
    // Reads from an address of any alignment, counted from the beginning of the part. Returns 0.
    int32_t (*read)(void *user, uint32_t address, uint8_t *to, size_t len);
    // Writes whole words. When it returns 0, they are durable.
    int32_t (*write)(void *user, uint32_t address, const uint8_t *data, size_t len);
    // Erases a page, counted from 0. Returns 0.
    int32_t (*erase)(void *user, uint32_t page);
} nodelock_flash_port;

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

// All slots for leases are taken.
#define NODELOCK_ERR_LEASES_FULL -404

// No lease has this token, or it belongs to another owner.
#define NODELOCK_ERR_NO_SUCH_LEASE -405

// The line serves a feature that is in use.
#define NODELOCK_ERR_LINE_IN_USE -406

// Built-in lines are part of the firmware.
#define NODELOCK_ERR_BUILT_IN_LINE -407

// No line with this id is installed.
#define NODELOCK_ERR_NO_SUCH_LINE -408

// No room to remember the use of another metered line.
#define NODELOCK_ERR_USAGE_FULL -409

// The storage port failed.
#define NODELOCK_ERR_STORAGE_FAILED -410

// The storage is full.
#define NODELOCK_ERR_STORAGE_FULL -411

// A stored value is damaged.
#define NODELOCK_ERR_STORAGE_CORRUPTED -412

// An evaluation subscription for this feature was installed before.
#define NODELOCK_ERR_ALREADY_EVALUATED -413

// A comment with more than 255 bytes.
#define NODELOCK_ERR_COMMENT_TOO_LONG -414

// The priority of this type cannot be changed.
#define NODELOCK_ERR_PRIORITY_FIXED -415

// The memory that the caller gave is too small.
#define NODELOCK_ERR_MEMORY_TOO_SMALL -416

// The anchor's counters could not be read or raised.
#define NODELOCK_ERR_ANCHOR_FAILED -430

// The product asks for more protection than the device has.
#define NODELOCK_ERR_ANCHOR_TOO_WEAK -431

// The device secret is blank: all zeros or all ones.
#define NODELOCK_ERR_DEVICE_SECRET_BLANK -432

// Stored values have a MAC, and there is no secret.
#define NODELOCK_ERR_DEVICE_SECRET_MISSING -433

// The right was taken back for good.
#define NODELOCK_ERR_LICENSE_REVOKED -434

// No room to remember another revoked line.
#define NODELOCK_ERR_REVOCATIONS_FULL -435

// Flash that values cannot be kept in: pages too few, too many or too small, or other words.
#define NODELOCK_ERR_FLASH_GEOMETRY -436

// The REPAIR record is for another state of this device, or was used already.
#define NODELOCK_ERR_REPAIR_NUMBER -437

// Nothing of what the REPAIR record repairs is broken.
#define NODELOCK_ERR_NOTHING_TO_REPAIR -438

// No installed line names the feature.
#define NODELOCK_ERR_NO_LICENSE -601

// The licensed version is lower than the one asked for.
#define NODELOCK_ERR_VERSION_TOO_LOW -602

// Fewer units are licensed than were asked for.
#define NODELOCK_ERR_COUNT_TOO_LOW -603

// The type needs clocks, acceptance or activation, which a plain check does not have.
#define NODELOCK_ERR_NEEDS_AGENT -604

// The period is over.
#define NODELOCK_ERR_EXPIRED -605

// The first day is to come.
#define NODELOCK_ERR_NOT_STARTED -606

// Without a clock this cannot be judged.
#define NODELOCK_ERR_CLOCK_UNKNOWN -607

// The license agreement was not accepted.
#define NODELOCK_ERR_EULA_NOT_ACCEPTED -608

// Metered and right-to-use licenses run only when they are activated or acquired.
#define NODELOCK_ERR_NOT_ACTIVATED -609

// A built-in trial while there is a better license.
#define NODELOCK_ERR_BETTER_LICENSE -610

// Time went on and nobody told the agent.
#define NODELOCK_ERR_TICK_OVERDUE -611

// A level that was not chosen at boot.
#define NODELOCK_ERR_LEVEL_NOT_BOOTED -612

// The catalog has no such feature.
#define NODELOCK_ERR_UNKNOWN_FEATURE -613

// The device was started many times for a short time: rights with dates wait two minutes after each boot.
#define NODELOCK_ERR_RESTARTED_TOO_OFTEN -614

// The storage is older than the anchor.
#define NODELOCK_ERR_STORAGE_ROLLED_BACK -620

// What was used of a metered line cannot be read.
#define NODELOCK_ERR_USE_UNKNOWN -621

// Which licenses were taken back cannot be read, so no other is taken in.
#define NODELOCK_ERR_REVOCATIONS_UNKNOWN -622

// How long the rights with dates have run cannot be read, so trials wait.
#define NODELOCK_ERR_RUNNING_TIME_UNKNOWN -623

// Whether the stored values are the latest cannot be read, so trials and new licenses wait.
#define NODELOCK_ERR_MANIFEST_UNREADABLE -624

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

// A flag that this library does not know, or a reserved field that is not 0.
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

// Some of the callbacks load, store and remove are missing.
#define NODELOCK_ERR_NO_STORAGE -918

// The catalog has no features, or more than 1024.
#define NODELOCK_ERR_CATALOG_SIZE -919

// A name in the catalog that no license can have.
#define NODELOCK_ERR_CATALOG_NAME -920

// Two features of the catalog have the same name.
#define NODELOCK_ERR_CATALOG_DUPLICATE -921

// A feature of the catalog includes itself, a level, or a name that is not there.
#define NODELOCK_ERR_CATALOG_INCLUDE -922

// Levels of the catalog that do not fit together: a module without a package, a rank above 255 or given
// twice, a package without rank 0, a rank 0 with trial or agreement, or a level that is counted.
#define NODELOCK_ERR_CATALOG_LEVEL -923

// A maximum in the catalog above 999999999999.
#define NODELOCK_ERR_CATALOG_MAXIMUM -924

// A name of an agreement in the catalog that no license can have.
#define NODELOCK_ERR_CATALOG_EULA -925

// A trial in the catalog of more than 100 years.
#define NODELOCK_ERR_CATALOG_TRIAL -926

// No room for another job: all wait, run, or have been over for less than five minutes.
#define NODELOCK_ERR_JOBS_FULL -927

// There is no such job.
#define NODELOCK_ERR_NO_SUCH_JOB -928

// The job is not in the state for this call.
#define NODELOCK_ERR_JOB_STATE -929

// A callback that takes output has failed.
#define NODELOCK_ERR_OUTPUT -930

// A table of nodelock_config.pinned is missing, damaged, or of another size.
#define NODELOCK_ERR_PINNED_TABLE -931

// Of nodelock_std.h: the directory is open already, here or in another process.
#define NODELOCK_ERR_STORAGE_IN_USE -932

// Of nodelock_std.h: the operating system refuses; its words are at hand.
#define NODELOCK_ERR_SYSTEM -933

// Of nodelock_std.h: there is no such command.
#define NODELOCK_ERR_NO_SUCH_COMMAND -934

// In place of a handle: there is no such feature.
#define NODELOCK_NO_HANDLE 65535

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
// NODELOCK_ERR_NO_VERIFY_SIGNATURE, NODELOCK_ERR_PINNED_TABLE, NODELOCK_ERR_NO_ANCHORS,
// NODELOCK_ERR_TOO_MANY_ANCHORS, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_BAD_ROLE;
// NODELOCK_ERR_KEY_ID_MISMATCH and NODELOCK_ERR_CRYPTO_FAILURE from checking the anchors. After a
// failure the context is not initialised.
// Writes: ctx and slots. Calls: sha256_... Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_init(struct nodelock_ctx *ctx,
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
nodelock_result nodelock_install(struct nodelock_ctx *ctx,
                                 const uint8_t *data,
                                 size_t len,
                                 struct nodelock_tally *out);

// Ends the use of a context: forgets what was installed, and gives the slots and the configuration
// back to the program. There is nothing else to release.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: ctx and slots. Calls: nothing. Threads: see the top. ISR: no.
nodelock_result nodelock_deinit(struct nodelock_ctx *ctx);

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
nodelock_result nodelock_check(const struct nodelock_ctx *ctx,
                               const char *feature,
                               size_t feature_len,
                               uint64_t count,
                               nodelock_verdict *verdict);

// May the feature run? The short form of nodelock_check, for use in a condition:
//
//     if (nodelock_granted(&ctx, "routing", 1) == NODELOCK_GRANTED) { ... }
//
// ctx      The context.
// feature  As there, but ending with NUL.
// count    As there.
//
// Returns NODELOCK_GRANTED or 0, for denials and wherever nodelock_check has a result other than
// NODELOCK_OK.
// Writes: nothing. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_verdict nodelock_granted(const struct nodelock_ctx *ctx,
                                  const char *feature,
                                  uint64_t count);

// May the feature run, by license lines as they stand in flash? Needs no context, no slots, no storage,
// and keeps nothing: for the smallest devices, and the one function of the profile "check".
//
// config       As for nodelock_init; slot_size, on_record and what does not concern signatures are not
//              used. Key ids are not checked against their keys: with a wrong one, lines count as signed
//              by an unknown key.
// lines        License lines as text, as the vendor issued them; need no NUL. Text in between and lines
//              for others are passed over.
// lines_len    Its length in bytes; 0 for none, then lines may be NULL.
// feature      "name" or "name:version", as for nodelock_check.
// feature_len  Its length in bytes.
// count        Units that are needed; 0 means 1.
// verdict      NODELOCK_GRANTED or a denial: the reason's code without its sign.
//
// Only permanent lines in text form, signed by an anchor, can grant anything here; up to eight lines for
// a feature add up. NODELOCK_ERR_NEEDS_AGENT as the reason says that there is a line of another type. It
// checks the signature of each line for this feature and device, up to the one that settles it, so ask
// once at start and keep the verdict.
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
nodelock_result nodelock_check_lines(const struct nodelock_config *config,
                                     const char *lines,
                                     size_t lines_len,
                                     const char *feature,
                                     size_t feature_len,
                                     uint64_t count,
                                     nodelock_verdict *verdict);

// The verdict of nodelock_check together with needed and actual values, so that a console can say
// why. Texts: nodelock_result_text and nodelock_result_remedy of the reason.
//
// ctx, feature, feature_len, count  As for nodelock_check.
// out                               The explanation.
//
// Results: as for nodelock_check.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_explain(const struct nodelock_ctx *ctx,
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
nodelock_result nodelock_explain_line(const struct nodelock_ctx *ctx,
                                      const char *feature,
                                      size_t feature_len,
                                      uint64_t count,
                                      size_t index,
                                      struct nodelock_license *line,
                                      nodelock_result *reason);

// How many licenses are installed.
//
// ctx    The context.
// count  Their number.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_license_count(const struct nodelock_ctx *ctx,
                                       size_t *count);

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
nodelock_result nodelock_license_at(const struct nodelock_ctx *ctx,
                                    size_t index,
                                    struct nodelock_license *out);

// The name of a license type as it stands in a line, e.g. "permanent".
//
// license_type  Any number; for one that is no NODELOCK_TYPE_... it is "unknown".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_type_name(uint32_t license_type);

// sizeof(nodelock_agent) of the library that is linked.
//
// Any thread, any time. ISR: yes.
size_t nodelock_agent_size(void);

// What a callback has returned last that was neither success nor an answer, during the most recent call
// that takes the agent without const: the port's own error number.
//
// agent  Any agent; NULL and one that never was booted are no error.
//
// Returns that number, or 0 if every callback did its job. It can be asked for after a
// nodelock_agent_boot that failed, too.
// Threads: see the top. ISR: no.
int32_t nodelock_agent_last_port_error(const struct nodelock_agent *agent);

// Starts the agent, once after each power-on: reads what is stored, checks every signature and UDI
// again, chooses the levels of the image, and answers questions from then on.
//
// agent       Memory for the agent; whatever is in it is overwritten. It must not be moved.
// agent_size  sizeof(nodelock_agent), as the program knows it.
// config      See there. Must outlive the agent.
// memory      See there.
// now         The time.
//
// Storage that fails or holds garbage does not stop it: what cannot be read or trusted grants nothing
// and is reported as an event. May be called again on the same agent, which is a reboot.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NO_STORAGE, NODELOCK_ERR_NO_SLOTS,
// NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_MEMORY_TOO_SMALL, NODELOCK_ERR_CATALOG_...,
// NODELOCK_ERR_ANCHOR_TOO_WEAK, NODELOCK_ERR_DEVICE_SECRET_BLANK,
// NODELOCK_ERR_BAD_PERIOD, NODELOCK_ERR_BAD_DATE, NODELOCK_ERR_BAD_VALUE (time, expiry); those of nodelock_init about
// the configuration and its anchors. After a failure the agent is not initialised.
// Writes: agent and the arrays of memory; storage, if metered licenses go on at once or the date has
// moved on. Calls: read_udi, sha256_..., verify_signature, load, store, anchor_.... Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_boot(struct nodelock_agent *agent,
                                    size_t agent_size,
                                    const struct nodelock_agent_config *config,
                                    const struct nodelock_agent_memory *memory,
                                    const struct nodelock_now *now);

// Tells the agent the time: charges metered use, sees ends, gives warnings, judges the clock. Call it when
// time may have made a difference, at the latest at nodelock_agent_next_deadline; too often is
// harmless.
//
// agent  The agent.
// now    The time. An uptime that goes back counts as no time at all.
//
// Results: NODELOCK_OK, even if storage fails, which is an event, once until it works again: what could not be
// stored is tried again every minute at the latest; NODELOCK_ERR_BAD_VALUE for a wall_known other than 0 and 1.
// Writes: agent; storage, at most once for each metered license that runs, twice for each that ends, and
// once for the date.
// Calls: load, store. Threads: see the top. ISR: no.
nodelock_result nodelock_agent_tick(struct nodelock_agent *agent,
                                    const struct nodelock_now *now);

// When nodelock_agent_tick is due again. Who is later by more than charge_interval finds metered features
// denied with NODELOCK_ERR_TICK_OVERDUE until the next tick.
//
// agent   The agent.
// uptime  The uptime; its seconds are NODELOCK_NO_END if time changes nothing.
//
// It changes with every other call that changes the agent, so ask after each. With a wall clock, or once a time
// was believed, there is a deadline at least once a day, also where no license has an end, for the date is kept.
// Without a clock, and without licenses that time can change, there is none. A clock that appears or is set is
// seen by the next tick only, so call nodelock_agent_tick then, whatever the deadline is.
// Results: NODELOCK_OK.
// Writes: *uptime on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_next_deadline(const struct nodelock_agent *agent,
                                             struct nodelock_uptime *uptime);

// Ends the use of an agent, and gives its memory and the configuration back to the program. There is
// nothing else to release, and nothing to save: every change is durable before its call returns.
//
// Results: NODELOCK_OK.
// Writes: agent. Calls: nothing. Threads: see the top. ISR: no.
nodelock_result nodelock_agent_deinit(struct nodelock_agent *agent);

// Installs every line of a license file that is for this device, and keeps it. Whatever happens to one
// record does not touch the others.
//
// agent   The agent.
// data    The file, text or binary, as the owner of the device got it. Used during the call only.
// len     Its length in bytes.
// intent  NODELOCK_INTENT_INSTALL or NODELOCK_INTENT_WHAT_IF.
// now     The time.
// out     What became of its records; may be NULL.
//
// The callback on_record hears of each record; a line that it hears of with NODELOCK_OK is durable. If it hears
// NODELOCK_ERR_STORAGE_... the line may be installed all the same, which NODELOCK_EVENT_INSTALLED tells at the
// latest after the next ticks; the file can be installed again in any case. KEY records must stand before
// the lines that they are for; an agent takes two of them from one file.
//
// Results: NODELOCK_OK if the file was gone through, even if every line was refused: out and the
// callback on_record tell; NODELOCK_ERR_LENGTH, NODELOCK_ERR_BAD_VALUE.
// Writes: agent; storage, for each line three times, or four times for one with a period of use (intent, what is
// used of it, line, history), and as nodelock_agent_tick; *out on NODELOCK_OK. Calls: sha256_...,
// verify_signature, load, store, on_record. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_install(struct nodelock_agent *agent,
                                       const uint8_t *data,
                                       size_t len,
                                       uint32_t intent,
                                       const struct nodelock_now *now,
                                       struct nodelock_tally *out);

// The handle of a feature: its index in the catalog. Ask once; checks by handle are look-ups.
//
// agent   The agent.
// name    Name of the feature; needs no NUL.
// len     Its length in bytes.
// handle  The handle.
//
// Results: NODELOCK_OK; NODELOCK_ERR_LENGTH, NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *handle on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_find(const struct nodelock_agent *agent,
                                    const char *name,
                                    size_t len,
                                    nodelock_handle *handle);

// May the feature run? A look-up: no hash, no storage, no callback.
//
// agent    The agent.
// handle   The feature.
// uptime   Seconds since power-on, now.
// verdict  NODELOCK_GRANTED or a denial: the reason's code without its sign, e.g. 609 for
//          NODELOCK_ERR_NOT_ACTIVATED.
//
// A denial is an answer, not an error; a handle that is none is denied with 613. Its words are
// nodelock_result_text(-(int32_t)verdict). Metered licenses and rights to use say yes only while the feature is
// activated or acquired. Units that are in use play no part: nodelock_agent_acquire looks at them.
//
// Results: NODELOCK_OK.
// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED, so that no old answer stays behind.
// Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_check(const struct nodelock_agent *agent,
                                     nodelock_handle handle,
                                     struct nodelock_uptime uptime,
                                     nodelock_verdict *verdict);

// May the feature run? The same by name, for who did not keep the handle.
//
// agent, uptime, verdict  As for nodelock_agent_check.
// name                    Name of the feature; needs no NUL.
// len                     Its length in bytes.
//
// Results: NODELOCK_OK; NODELOCK_ERR_LENGTH.
// Writes: as nodelock_agent_check. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_check_name(const struct nodelock_agent *agent,
                                          const char *name,
                                          size_t len,
                                          struct nodelock_uptime uptime,
                                          nodelock_verdict *verdict);

// May the feature run? The short form of nodelock_agent_check, for use in a condition:
//
//     if (nodelock_agent_granted(&agent, VOICE, now.uptime) == NODELOCK_GRANTED) { ... }
//
// agent, handle, uptime  As there.
//
// Returns NODELOCK_GRANTED or 0, for denials and wherever nodelock_agent_check has a result other than
// NODELOCK_OK.
// Writes: nothing. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_verdict nodelock_agent_granted(const struct nodelock_agent *agent,
                                        nodelock_handle handle,
                                        struct nodelock_uptime uptime);

// Takes units of a feature, until they are released or the device reboots. The feature runs meanwhile, so
// metered time is charged.
//
// agent   The agent.
// handle  The feature; no level.
// units   How many; 0 means 1.
// owner   Only the same owner can release them.
// now     The time.
// lease   The units, for nodelock_agent_release.
//
// Results: NODELOCK_OK; why it may not run or not so often, NODELOCK_ERR_NO_LICENSE,
// NODELOCK_ERR_COUNT_TOO_LOW (also if the maximum of the catalog is lower) and the other -6xx;
// NODELOCK_ERR_LEASES_FULL; NODELOCK_ERR_STORAGE_... if its time could not be charged;
// NODELOCK_ERR_BAD_VALUE. Nothing is taken then.
// Writes: agent and storage as nodelock_agent_tick; *lease on NODELOCK_OK. Calls: load, store.
// Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_acquire(struct nodelock_agent *agent,
                                       nodelock_handle handle,
                                       struct nodelock_units units,
                                       struct nodelock_owner owner,
                                       const struct nodelock_now *now,
                                       struct nodelock_lease *lease);

// Gives units back.
//
// agent  The agent.
// lease  From nodelock_agent_acquire.
// owner  The owner given there.
// now    The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LEASE if it was released before, is another owner's, or is
// none; NODELOCK_ERR_BAD_VALUE.
// Writes: agent and storage as nodelock_agent_tick. Calls: load, store. Threads: see the top. ISR: no.
nodelock_result nodelock_agent_release(struct nodelock_agent *agent,
                                       struct nodelock_lease lease,
                                       struct nodelock_owner owner,
                                       const struct nodelock_now *now);

// How many units of a feature are in use.
//
// agent   The agent.
// handle  The feature.
// units   Units that are acquired now.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *units on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_in_use(const struct nodelock_agent *agent,
                                      nodelock_handle handle,
                                      uint64_t *units);

// Switches a feature on, until it is switched off. For rights to use this is remembered over reboots;
// other features are activated again after each.
//
// agent   The agent.
// handle  The feature.
// now     The time.
//
// Results: as nodelock_agent_acquire, but for those about leases. It is activated then as it was before.
// Writes: agent and storage as nodelock_agent_tick, and once for each right to use.
// Calls: load, store. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_activate(struct nodelock_agent *agent,
                                        nodelock_handle handle,
                                        const struct nodelock_now *now);

// Switches a feature off.
//
// agent   The agent.
// handle  The feature.
// now     The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_BAD_VALUE;
// NODELOCK_ERR_STORAGE_... if a right to use could not be forgotten: it is off all the same, until the
// next boot.
// Writes: as nodelock_agent_activate. Calls: load, store. Threads: see the top. ISR: no.
nodelock_result nodelock_agent_deactivate(struct nodelock_agent *agent,
                                          nodelock_handle handle,
                                          const struct nodelock_now *now);

// Removes a line. What was used of it stays remembered, so installing it again gives nothing back.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
// now      The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_LINE_IN_USE,
// NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_BAD_VALUE. The line is still there then; but after
// NODELOCK_ERR_STORAGE_... it is there or gone, at the latest after the next ticks as a reboot would show it,
// and NODELOCK_EVENT_CLEARED tells if it is gone. Clear it again then: NODELOCK_OK and
// NODELOCK_ERR_NO_SUCH_LINE both say that it is gone.
// Writes: agent; storage, two times and as nodelock_agent_tick. Calls: load, store, remove.
// Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_clear(struct nodelock_agent *agent,
                                     const uint8_t *line_id,
                                     const struct nodelock_now *now);

// Sets the priority of a trial in the choice between several lines for one feature.
//
// agent     The agent.
// line_id   Id of the line, NODELOCK_LINE_ID_LEN bytes.
// priority  NODELOCK_PRIORITY_HIGH, NODELOCK_PRIORITY_LOW or NODELOCK_PRIORITY_DEFAULT.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE;
// NODELOCK_ERR_PRIORITY_FIXED for a line that is no trial; NODELOCK_ERR_BAD_VALUE,
// NODELOCK_ERR_STORAGE_...
// Writes: agent; storage, once. Calls: load, store. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_set_priority(struct nodelock_agent *agent,
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
// Writes: agent; storage, once. Calls: load, store. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_comment(struct nodelock_agent *agent,
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
// Writes: agent; buffer and *len on NODELOCK_OK. Calls: load. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_read_comment(struct nodelock_agent *agent,
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
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_CRYPTO_FAILURE,
// NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_LENGTH, NODELOCK_ERR_BAD_VALUE. It is not accepted then; but after
// NODELOCK_ERR_STORAGE_... it may be, and NODELOCK_EVENT_EULA_ACCEPTED tells if it is. Accept it again then.
// Writes: agent; storage, once, once for each line for the feature, and as nodelock_agent_tick.
// Calls: sha256_..., load, store. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_accept_eula(struct nodelock_agent *agent,
                                           nodelock_handle handle,
                                           const char *text,
                                           size_t len,
                                           const struct nodelock_now *now);

// Asks for a level at the next boot: the highest licensed one up to it is chosen then. Trials of levels
// run only if their level is asked for.
//
// agent   The agent.
// handle  The level.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE if it is no level; NODELOCK_ERR_STORAGE_...
// Writes: agent; storage, once. Calls: store. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_request_level(struct nodelock_agent *agent,
                                             nodelock_handle handle);

// Takes the request back: the highest licensed level of the package is chosen at the next boot.
//
// agent   The agent.
// handle  Any level of the package.
//
// Results: as nodelock_agent_request_level.
// Writes: agent; storage, once. Calls: remove. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_request_any_level(struct nodelock_agent *agent,
                                                 nodelock_handle handle);

// The level that runs.
//
// agent   The agent.
// handle  Any level of the package.
// level   The level that was chosen at boot; NODELOCK_NO_HANDLE if handle is no level.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *level on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_booted_level(const struct nodelock_agent *agent,
                                            nodelock_handle handle,
                                            nodelock_handle *level);

// The level that would run if the device booted now.
//
// agent   The agent.
// handle  Any level of the package.
// level   That level; NODELOCK_NO_HANDLE if handle is no level.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *level on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_next_level(const struct nodelock_agent *agent,
                                          nodelock_handle handle,
                                          nodelock_handle *level);

// How many lines the agent holds, installed ones and trials of the catalog.
//
// agent  The agent.
// count  Their number.
//
// Results: NODELOCK_OK.
// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_line_count(const struct nodelock_agent *agent,
                                          size_t *count);

// One of the lines, as of the time that the agent was told last.
//
// agent  The agent.
// index  From 0 up to what nodelock_agent_line_count says, less one.
// out    The line, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_line_at(const struct nodelock_agent *agent,
                                       size_t index,
                                       struct nodelock_agent_line *out);

// One of the lines for a feature, and whether it alone could serve.
//
// agent   The agent.
// handle  The feature.
// index   From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// out     The line, copied.
// reason  NODELOCK_OK if it could serve, else why not, e.g. NODELOCK_ERR_EULA_NOT_ACCEPTED.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out and *reason on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_explain_line(const struct nodelock_agent *agent,
                                            nodelock_handle handle,
                                            size_t index,
                                            struct nodelock_agent_line *out,
                                            nodelock_result *reason);

// Takes the oldest event that waits. Call it until it gives NODELOCK_EVENT_NONE.
//
// agent  The agent.
// out    The event; its kind is NODELOCK_EVENT_NONE if none waits.
//
// Results: NODELOCK_OK.
// Writes: agent; *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_poll_event(struct nodelock_agent *agent,
                                          struct nodelock_event *out);

// Switches a group of events on or off. All are on after boot.
//
// agent  The agent.
// group  NODELOCK_EVENTS_...
// on     1 or 0. What is off is neither queued nor counted as lost.
//
// Results: NODELOCK_OK; NODELOCK_ERR_BAD_VALUE.
// Writes: agent. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_enable_events(struct nodelock_agent *agent,
                                             uint32_t group,
                                             uint32_t on);

// The word for a kind of event that is for logs, e.g. "EXPIRED".
//
// kind  Any number; for one that is no NODELOCK_EVENT_... it is "UNKNOWN", and for NODELOCK_EVENT_NONE
//       "NONE".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_event_name(uint32_t kind);

// Whether the stored values are the latest ones, as boot has found.
//
// agent     The agent.
// standing  NODELOCK_STANDING_...
//
// Results: NODELOCK_OK.
// Writes: *standing on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_standing(const struct nodelock_agent *agent,
                                        uint32_t *standing);

// The number that a REPAIR record for the present state must have: what the owner tells the vendor. The
// record is then installed by nodelock_agent_install, and the number changes.
//
// agent   The agent.
// repair  NODELOCK_REPAIR_...
// number  The number.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NOTHING_TO_REPAIR, NODELOCK_ERR_STORAGE_ROLLED_BACK if that must be
// repaired first, NODELOCK_ERR_ANCHOR_FAILED, NODELOCK_ERR_STORAGE_..., NODELOCK_ERR_BAD_VALUE.
// Writes: *number on NODELOCK_OK; agent. Calls: load, anchor_..., sha256_... with a device secret.
// Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_repair_number(struct nodelock_agent *agent,
                                             uint32_t repair,
                                             uint64_t *number);

// Takes a right back for good: its line is removed, and neither it nor a copy of it is ever accepted again
// on this device; with an anchor, this holds for older copies of the storage too.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes. It may be in use, or not installed.
// now      The time.
//
// Results: NODELOCK_OK, also if it was taken back before; NODELOCK_ERR_BUILT_IN_LINE,
// NODELOCK_ERR_REVOCATIONS_FULL, NODELOCK_ERR_ANCHOR_FAILED, NODELOCK_ERR_STORAGE_...,
// NODELOCK_ERR_BAD_VALUE. Nothing has happened then; but after NODELOCK_ERR_STORAGE_... or
// NODELOCK_ERR_ANCHOR_FAILED the right is taken back for good or it is not, at the latest after the next ticks
// as a reboot would show it, and NODELOCK_EVENT_REVOKED tells if it is. Revoke it again then.
// Writes: agent; storage, four times and as nodelock_agent_tick. Calls: load, store, remove,
// anchor_..., sha256_... with a device secret. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_revoke(struct nodelock_agent *agent,
                                      const uint8_t *line_id,
                                      const struct nodelock_now *now);

// Goes through the history of the device: what was installed, cleared, accepted and taken back, and what
// has ended. It holds the last 32 entries and survives clearing and new images.
//
// agent     The agent.
// on_entry  Called with each entry, in the order of storage; the numbers give the order of time. The
//           entry is valid during the call.
// user      Passed to on_entry.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_... if an entry could not be read; the others were given.
// Writes: agent. Calls: load, on_entry. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_history(struct nodelock_agent *agent,
                                       void (*on_entry)(void *user,
                                                        const struct nodelock_history_entry *entry),
                                       void *user);

// Gives the text of an installed line back, as its file had it: its KEY record first if its key was
// delegated, each record with a line feed behind it. All lines together are a backup.
//
// agent    The agent.
// line_id  Id of the line, NODELOCK_LINE_ID_LEN bytes.
// write    Called with each piece of text, valid during the call; needs no NUL. Returns 0 to go on.
// user     Passed to write.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE, NODELOCK_ERR_BUILT_IN_LINE, NODELOCK_ERR_STORAGE_...;
// NODELOCK_ERR_OUTPUT if write returned another number.
// Writes: agent. Calls: load, write. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_line_text(struct nodelock_agent *agent,
                                         const uint8_t *line_id,
                                         int32_t (*write)(void *user, const char *text, size_t len),
                                         void *user);

// One of the stored lines that were refused at boot. They stay in storage, in case that another firmware
// can read them, until they are discarded.
//
// agent   The agent.
// index   From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// place   Its place in the store of lines.
// reason  Why it was refused.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *place and *reason on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_refused_at(const struct nodelock_agent *agent,
                                          size_t index,
                                          uint8_t *place,
                                          nodelock_result *reason);

// Removes a stored line that was refused at boot, so that its place is free again. What it said is gone
// for good.
//
// agent  The agent.
// place  Its place, from nodelock_agent_refused_at.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LINE if no refused line is there; NODELOCK_ERR_STORAGE_....
// Writes: agent; storage, once. Calls: remove. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_discard_refused(struct nodelock_agent *agent,
                                               uint32_t place);

// Begins with no jobs.
//
// jobs       Memory for the jobs; whatever is in it is overwritten. It must not be moved.
// jobs_size  sizeof(nodelock_jobs), as the program knows it.
// memory     See there.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_CONFIG_FLAGS,
// NODELOCK_ERR_SLOT_SIZE, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_NULL_ARGUMENT,
// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
// Writes: jobs and the arrays of memory. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_init(struct nodelock_jobs *jobs,
                                   size_t jobs_size,
                                   const struct nodelock_jobs_memory *memory);

// Makes a job, which waits to be started. If there is no room, the oldest job that has been over for five
// minutes makes some.
//
// jobs     The jobs.
// request  What to do.
// now      The time.
// id       Its name, never 0.
//
// Results: NODELOCK_OK; NODELOCK_ERR_JOBS_FULL, NODELOCK_ERR_BAD_VALUE; and as for every call on jobs
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_create(struct nodelock_jobs *jobs,
                                     const struct nodelock_job_request *request,
                                     const struct nodelock_now *now,
                                     uint32_t *id);

// Puts a job at the end of the queue.
//
// jobs  The jobs.
// id    The job.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE if it was started before.
// Writes: jobs. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE nodelock_result nodelock_jobs_start(struct nodelock_jobs *jobs, uint32_t id);

// Takes the first job of the queue whose member has none running. It is in progress now: fetch its file and
// call nodelock_agent_perform.
//
// jobs  The jobs.
// id    The job, or 0 if none waits.
//
// Results: NODELOCK_OK.
// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_begin(struct nodelock_jobs *jobs,
                                    uint32_t *id);

// Deletes a job with its results: before it runs that cancels it.
//
// jobs  The jobs.
// id    The job.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE while it runs.
// Writes: jobs. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE nodelock_result nodelock_jobs_delete(struct nodelock_jobs *jobs, uint32_t id);

// A job by its name.
//
// jobs  The jobs.
// id    The job.
// out   The job, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_get(const struct nodelock_jobs *jobs,
                                  uint32_t id,
                                  struct nodelock_job *out);

// One of the jobs, in no particular order.
//
// jobs   The jobs.
// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// out    The job, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_at(const struct nodelock_jobs *jobs,
                                 size_t index,
                                 struct nodelock_job *out);

// What became of one license of a job, in the order of its file.
//
// jobs   The jobs.
// id     The job.
// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// out    The result, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_result_at(const struct nodelock_jobs *jobs,
                                        uint32_t id,
                                        size_t index,
                                        struct nodelock_job_result *out);

// Carries out a job that was begun, with what was fetched for it, and ends it. What fails in the job itself is
// in its state, its cause and its results.
//
// agent    The agent.
// jobs     The jobs.
// id       The job.
// fetched  NODELOCK_CAUSE_NONE, or why its file could not be fetched: the job fails with that.
// file     The file; NULL if the job needs none. Used during the call only.
// len      Its length in bytes.
// port     See there; NULL if the job has neither agreements nor output.
// now      The time.
// state    How it ended: NODELOCK_JOB_...
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB, NODELOCK_ERR_JOB_STATE if it was not begun,
// NODELOCK_ERR_BAD_VALUE, NODELOCK_ERR_LENGTH, NODELOCK_ERR_CONFIG_SIZE for port. The job is still in
// progress then.
// Writes: agent, jobs, storage as the action itself; *state on NODELOCK_OK. Calls: as the action itself,
// and those of port. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_perform(struct nodelock_agent *agent,
                                       struct nodelock_jobs *jobs,
                                       uint32_t id,
                                       uint32_t fetched,
                                       const uint8_t *file,
                                       size_t len,
                                       const struct nodelock_job_port *port,
                                       const struct nodelock_now *now,
                                       uint32_t *state);

// Takes stock of what is in the flash; writes nothing. Flash that is erased, or holds what somebody else has
// left, is an empty storage.
//
// flash       Memory; whatever is in it is overwritten. It must not be moved.
// flash_size  sizeof(nodelock_flash), as the program knows it.
// port        See there; copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_NO_STORAGE if a function
// is missing; NODELOCK_ERR_FLASH_GEOMETRY; NODELOCK_ERR_UNSUPPORTED_FORMAT if a newer library has written
// there; NODELOCK_ERR_STORAGE_FAILED, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
// Writes: flash. Calls: read. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_mount(struct nodelock_flash *flash,
                                     size_t flash_size,
                                     const struct nodelock_flash_port *port);

// Reads a value: the callback load of an agent.
//
// flash     The flash.
// key       Its key.
// buffer    For the value.
// capacity  Its size in bytes.
// len       Length of the value.
//
// Results: NODELOCK_OK; NODELOCK_NO_VALUE; NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL if the
// buffer is too small, NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_LENGTH, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: *len on NODELOCK_OK; buffer, with the value then, else with anything. Calls: read.
// Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_load(struct nodelock_flash *flash,
                                    uint16_t key,
                                    uint8_t *buffer,
                                    size_t capacity,
                                    size_t *len);

// Replaces a value: the callback store of an agent. When it returns NODELOCK_OK, that is durable; a power cut
// leaves the old value or the new one. The same value again writes nothing.
//
// flash  The flash.
// key    Its key.
// data   The value.
// len    Its length in bytes.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_FULL, NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_NULL_ARGUMENT,
// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: the flash. Calls: read, write, erase. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_store(struct nodelock_flash *flash,
                                     uint16_t key,
                                     const uint8_t *data,
                                     size_t len);

// Removes a value: the callback remove of an agent. No error if there is none.
//
// flash  The flash.
// key    Its key.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_FAILED; NODELOCK_ERR_STORAGE_FULL, which takes damaged flash;
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: the flash. Calls: read, write, erase. Threads: see the top. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_flash_remove(struct nodelock_flash *flash,
                                      uint16_t key);

// What is wrong, in one sentence without its end.
//
// result  Any number; for one that is no result of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_result_text(nodelock_result result);

// What the reader can do about it, in one sentence without its end.
//
// result  Any number; for one that is no result of this library a text says so.
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_result_remedy(nodelock_result result);

// The short name, e.g. "unknown-key": the same in every language and in machine-readable output.
//
// result  Any number; for one that is no result of this library it is "unknown".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Any thread, any time. ISR: yes.
const char *nodelock_result_name(nodelock_result result);

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
