/*
 * nodelock: an agent. It does what a context does, and keeps licenses, meters them, warns and counts.
 *
 * Its life:
 *
 *     nodelock_agent_boot          once after power-on
 *     nodelock_agent_tick          at the latest at nodelock_agent_next_deadline
 *     nodelock_agent_granted, ...  when something is wanted
 *     nodelock_agent_poll_event    after each of these, until no event waits
 *
 * Beside the conventions of nodelock/base.h:
 *
 * Results    Every function on an agent can also give NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
 *            NODELOCK_ERR_NOT_INITIALIZED and NODELOCK_ERR_BUSY; the comments do not repeat them.
 *            NODELOCK_ERR_STORAGE_... there stands for NODELOCK_ERR_STORAGE_FAILED, _FULL, _CORRUPTED and
 *            _ROLLED_BACK, for NODELOCK_ERR_COUNTERS_FAILED, and for what prevents a value from being read:
 *            NODELOCK_ERR_UNSUPPORTED_FORMAT, NODELOCK_ERR_DEVICE_SECRET_MISSING and
 *            NODELOCK_ERR_CRYPTO_FAILURE.
 * Callbacks  "Calls: load" and "store" include counters_... if there are rollback counters, and sha256_... if
 *            there is a device secret.
 * Writes     A comment that says "storage: the writes of ..." names a row of the table in docs/SPEC.md, section
 *            13.4, which counts them. Any call that takes a time also does what is due at that time, as
 *            nodelock_agent_tick does.
 * Power      Every change is durable before its call returns NODELOCK_OK. Power may be cut at any moment.
 * Failures   NODELOCK_ERR_STORAGE_... from a call that changes something means: nobody knows yet whether the
 *            change has happened. A reboot shows all of it or nothing, never a part. The agent reads the stored
 *            values again, and shows the same as a reboot would after the next ticks at the latest. If the change
 *            has happened, an event says so. The call can be made again in any case. After every other negative
 *            result nothing has changed.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_AGENT_H
#define NODELOCK_AGENT_H

#include "check.h"
#include "license.h"

/* In place of a deadline or of seconds left: there is no end. */
#define NODELOCK_NO_END UINT64_MAX

/* A nodelock_uptime, nodelock_units and a nodelock_owner, each made from a number. */
#ifdef __cplusplus
#define NODELOCK_UPTIME(seconds) nodelock_uptime{static_cast<uint64_t>(seconds)}
#define NODELOCK_UNITS(count) nodelock_units{static_cast<uint64_t>(count)}
#define NODELOCK_OWNER(number) nodelock_owner{static_cast<uint32_t>(number)}
#else
#define NODELOCK_UPTIME(seconds) ((nodelock_uptime){(uint64_t)(seconds)})
#define NODELOCK_UNITS(count) ((nodelock_units){(uint64_t)(count)})
#define NODELOCK_OWNER(number) ((nodelock_owner){(uint32_t)(number)})
#endif

/*
 * How a nodelock_agent_config and a nodelock_agent_memory begin:
 *     C      const nodelock_agent_config config = { NODELOCK_AGENT_CONFIG_INIT, .base = ..., ... };
 *     C++17  nodelock_agent_config config{}; NODELOCK_AGENT_CONFIG_SET_SIZES(config); config.base = ...;
 */
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

#if defined(NODELOCK_64_BIT)
// 64-bit words in an agent. Some are not used yet: a later version with the same ABI number can use them.
#define NODELOCK_AGENT_WORDS 210
#endif

#if defined(NODELOCK_32_BIT)
// 64-bit words in an agent. Some are not used yet: a later version with the same ABI number can use them.
#define NODELOCK_AGENT_WORDS 160
#endif

// Flag of a feature: more than is licensed may be used, and is counted as a violation.
#define NODELOCK_FEATURE_HONOUR_BASED 1

// Flag of a feature that has trial_seconds: its trial turns into a right to use at its end.
#define NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE 2

// Bytes of a device secret.
#define NODELOCK_DEVICE_SECRET_LEN 32

// The longest period of a configuration and of a trial, in seconds: 100 years.
#define NODELOCK_MAX_PERIOD 3153600000

// From load: there is no value under this key.
#define NODELOCK_NO_VALUE 1

// There are no rollback counters: nobody notices that the storage was restored from an older copy.
#define NODELOCK_ROLLBACK_NONE 0

// Two counters in a second storage, which may be restored together with the first.
#define NODELOCK_ROLLBACK_SECOND_STORAGE 1

// One monotonic counter in hardware: all but the last change is protected.
#define NODELOCK_ROLLBACK_ONE_COUNTER 2

// Two monotonic counters in hardware: every change that was acknowledged is protected.
#define NODELOCK_ROLLBACK_TWO_COUNTERS 3

// 64-bit words in a nodelock_line_slot.
#define NODELOCK_LINE_SLOT_WORDS 30

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

// Bytes of scratch that are enough for every stored line with its comment and its KEY record.
#define NODELOCK_SCRATCH_LEN 2048

// The smallest scratch that is accepted, in bytes: enough for a line of about 300 bytes with a short comment.
#define NODELOCK_SCRATCH_MIN 512

// Install mode: install.
#define NODELOCK_INTENT_INSTALL 0

// Install mode: change nothing, but report what would happen.
#define NODELOCK_INTENT_WHAT_IF 1

// Effect of a record: none.
#define NODELOCK_EFFECT_NONE 0

// Effect of a record: a key is trusted for the lines that follow it.
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

// A ticket is known, for the proof behind it.
#define NODELOCK_EFFECT_TICKET 8

// By the proof of its transfer a line is active.
#define NODELOCK_EFFECT_ACTIVATES 9

// The time is known.
#define NODELOCK_EFFECT_TIME 10

// Effect of a record: it is installed and adds no units, because an exclusive line for as many or more is there.
#define NODELOCK_EFFECT_ADDS_NOTHING 7

// 64-bit words in a nodelock_installer: three records of the greatest length, and what it knows of the file.
#define NODELOCK_INSTALLER_WORDS 400

// The license agent of one device. The program gives it memory, passes it to nodelock_agent_boot, and
// does not look into it.
//
// It must NOT be moved or copied, because parts of it point to each other. A copy counts as not booted.
typedef struct nodelock_agent {
    // Not for the program.
    uint64_t _private[NODELOCK_AGENT_WORDS];
} nodelock_agent;

// One feature of the catalog, or one level of the image. All texts end with NUL and, like the structure,
// stay as they are until nodelock_agent_deinit. A field that is not set is 0 and means "has none".
typedef struct nodelock_feature {
    // Name, as licenses call it: 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit; no
    // keyword of records, such as LICENSE or KEY.
    const char *name;
    // Of a level: the part of the device, e.g. a line card. NULL if this is no level.
    const char *module;
    // Of a level: the technology package. NULL together with module.
    const char *package;
    // Name of the license agreement that trials and rights to use need, or NULL.
    const char *eula;
    // Names of the features that a right to this one includes; may be NULL if there are 0. Do not list levels:
    // their ranks say which contains which.
    const char *const *includes;
    // Number of includes.
    size_t include_count;
    // The most units that the platform supports, even if more are licensed; 0 for no limit of its own.
    uint64_t maximum;
    // The version that this firmware has, which a license must cover; zeros for any.
    uint16_t version[NODELOCK_VERSION_PARTS];
    // Running time of the trial that the firmware brings, in seconds; 0 for no trial.
    uint32_t trial_seconds;
    // Of a level: 0 to 255. A higher rank contains the lower ones of its package; rank 0 is the base,
    // which each package has, and needs no license. 0 for what is no level.
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
// come at the end. All callbacks get the user of base, and what nodelock_config says about
// callbacks is true for those of the storage and the rollback counters as well.
//
// load, store and remove keep small values under 16-bit keys (at most 2048 bytes; docs/SPEC.md section 13 lists the
// keys, about 400). The library relies on what their comments say about power cuts, and on nothing else; it does not
// expect two calls to take effect together. Besides 0 and error numbers of the program's own they may return
// NODELOCK_ERR_STORAGE_FULL and NODELOCK_ERR_STORAGE_CORRUPTED, which then become the result; and load
// NODELOCK_ERR_FLASH_NOT_MOUNTED or another number from -999 to -900, the results of wrong use, with which
// nodelock_agent_boot fails.
typedef struct nodelock_agent_config {
    // sizeof(nodelock_agent_config), as the program knows it.
    uint32_t size;
    // sizeof(nodelock_feature), as the program knows it.
    uint32_t feature_size;
    // Keys, device and cryptography, as for nodelock_init. With an agent, read_udi is called in
    // nodelock_agent_boot only, and what it points to must stay as it is until nodelock_agent_deinit. If it
    // fails there, licenses for this device are refused until the next boot.
    const nodelock_config *base;
    // The catalog: which features this firmware has. The index of a feature is its handle.
    const nodelock_feature *features;
    // Number of features, 1 to 1024.
    uint32_t feature_count;
    // Day on which the firmware was built, in days since 1970-01-01. The agent believes no earlier date. 0 if
    // unknown; then the first wall clock of a device counts as a jump, so set it. Else from 18262 to 40176, the years
    // 2020 to 2079; a spreadsheet counts days from 1900, so its number less 25569.
    uint32_t built;
    // Metered time is charged in advance, this many seconds at a time. A power cut costs the user at most one
    // such interval, and each interval costs one store while a metered feature runs. At most NODELOCK_MAX_PERIOD, as the
    // next three; 0 for 900.
    uint32_t charge_interval;
    // A wall clock that goes back by at most this many seconds has drifted; by more, it has stepped back. 0 for
    // 3600.
    uint32_t back_tolerance;
    // A wall clock that goes forward by more than this many seconds has jumped. 0 for 2592000, 30 days.
    uint32_t forward_bound;
    // A jump is believed when it has lasted this many seconds of uptime, or at once when a license proves it that
    // was issued on such a late day. 0 for 86400.
    uint32_t forward_wait;
    // Copies the value into buffer, which has capacity bytes, and its length into *len. Returns 0, or
    // NODELOCK_NO_VALUE, or NODELOCK_ERR_STORAGE_FULL if the buffer is too small. A value whose store
    // returned 0 comes back complete and unchanged, or load fails. It never gives a part of it or another value.
    int32_t (*load)(void *user, uint16_t key, uint8_t *buffer, size_t capacity, size_t *len);
    // Replaces the value. When it returns 0, the new value is durable: it survives a power cut in the next
    // instant. A power cut during the call leaves the old value (or none, if there was none) or the new
    // one. After a failure the storage holds the old value or the new one; the library reads it again. Values under
    // other keys are never changed. It returns 0 only when the value is durable, even if the same value is there
    // already after a call that failed.
    int32_t (*store)(void *user, uint16_t key, const uint8_t *value, size_t len);
    // Removes the value; returns 0 if there is none. Durable like store: a power cut during the call
    // leaves the old value or none, and so does a failure.
    int32_t (*remove)(void *user, uint16_t key);
    // A secret that only this device has: NODELOCK_DEVICE_SECRET_LEN bytes from fuses, a key store or a secure
    // element, or NULL. With it, the agent notices changes to what is stored, and lines need no signature check at
    // boot. It is copied in nodelock_agent_boot. All zeros and all ones are refused.
    const uint8_t *device_secret;
    // NODELOCK_ROLLBACK_...: how much the three functions below protect. With NODELOCK_ROLLBACK_NONE they are not
    // called and may be NULL.
    uint32_t rollback_protection;
    // NODELOCK_ROLLBACK_...: boot fails with NODELOCK_ERR_COUNTERS_TOO_WEAK if the device has less. Without a
    // device_secret it has NODELOCK_ROLLBACK_NONE.
    uint32_t rollback_required;
    // Reads the counters, which begin at 0 and never go back. Returns 0. With NODELOCK_ROLLBACK_ONE_COUNTER,
    // *committed is not used.
    int32_t (*counters_read)(void *user, uint64_t *started, uint64_t *committed);
    // Raises started by one. When it returns 0, that is durable.
    int32_t (*counters_start)(void *user);
    // Raises committed to this number, which is never more than started; counters that count up by one do
    // it step by step. May be NULL with NODELOCK_ROLLBACK_ONE_COUNTER.
    int32_t (*counters_commit)(void *user, uint64_t to);
    // The public key with which this device proves its words (nodelock/transfer.h): x and y, NODELOCK_PUBLIC_KEY_LEN
    // bytes, of P-256; or NULL. It is copied in nodelock_agent_boot. A library without transfers does not use it.
    const uint8_t *device_key;
    // Signs a digest of NODELOCK_DIGEST_LEN bytes with the private key of device_key: ECDSA over P-256, r and s,
    // NODELOCK_SIGNATURE_LEN bytes, with a high or a low s; the library checks them. The private key stays where it
    // is. NULL without a device_key. Returns 0.
    int32_t (*device_sign)(void *user, const uint8_t *digest, uint8_t *signature);
} nodelock_agent_config;

// Room for one license: installed, or a trial of the catalog.
typedef struct nodelock_line_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_LINE_SLOT_WORDS];
} nodelock_line_slot;

// Room for the state of one feature of the catalog.
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
    // firmware must not have fewer, or it does not find all stored lines.
    nodelock_line_slot *lines;
    // Number of lines; more than 256 installed ones cannot be kept.
    size_t line_count;
    // One for each feature of the catalog.
    nodelock_feature_slot *features;
    // Number of features.
    size_t feature_count;
    // One for each lease that may be held at a time. May be NULL if there are 0.
    nodelock_lease_slot *leases;
    // Number of leases.
    size_t lease_count;
    // One for each event that may wait; when all are used, the oldest event is dropped. May be NULL if
    // there are 0.
    nodelock_event_slot *events;
    // Number of events.
    size_t event_count;
    // One for each feature of the catalog.
    nodelock_catalog_entry *catalog;
    // Number of entries in catalog.
    size_t catalog_count;
    // One for each name in all includes lists of the catalog together. May be NULL if there are 0.
    nodelock_name_slot *names;
    // Number of names.
    size_t name_count;
    // NODELOCK_SCRATCH_LEN bytes, or down to NODELOCK_SCRATCH_MIN on a device whose lines are short: a line
    // that does not fit in it is refused with NODELOCK_ERR_STORAGE_FULL, also at boot. So never give less
    // than an earlier firmware did.
    uint8_t *scratch;
    // Number of bytes.
    size_t scratch_len;
} nodelock_agent_memory;

// Time since power-on, from a clock that never goes back and that nobody can set. It is a type of its own, so that
// no other number can be passed by mistake: NODELOCK_UPTIME(seconds) makes one.
//
// Milliseconds or ticks here use up trials and end subscriptions, for good. Beside a wall clock that is noticed, see
// nodelock_now; without one nothing can tell, so look once, on the device, that it grows by 60 in a minute.
typedef struct nodelock_uptime {
    // In seconds.
    uint64_t seconds;
} nodelock_uptime;

// What the program knows about time at the moment of a call.
typedef struct nodelock_now {
    // Since power-on.
    nodelock_uptime uptime;
    // The wall clock: seconds since 1970-01-01T00:00:00 UTC. Beyond the year 2199, as milliseconds are, the call gives
    // NODELOCK_ERR_WALL and does nothing. If uptime runs about 1000 or 1000000 times as fast as it, over some seconds,
    // the call counts no time; if it does so again, this and each further one give NODELOCK_ERR_UPTIME and do
    // nothing, until both go on alike. A clock that is set, or stands still while the device sleeps, does no harm.
    uint64_t wall;
    // 1 if wall is known, 0 if the device has no wall clock or it was not set yet. Not known is not
    // "expired".
    uint32_t wall_known;
    // 0.
    uint32_t reserved;
} nodelock_now;

// A license file that comes in pieces. The program gives it memory, passes it to nodelock_installer_init, and does
// not look into it. Behind nodelock_installer_finish the memory may serve for something else.
typedef struct nodelock_installer {
    // Not for the program.
    uint64_t _private[NODELOCK_INSTALLER_WORDS];
} nodelock_installer;

// A feature of the catalog: its index there.
typedef uint16_t nodelock_handle;

// A number of units, as an argument. It is a type of its own, as are an owner and a lease, so that none of them can
// be passed for another or for a handle by mistake: NODELOCK_UNITS(count) makes one.
typedef struct nodelock_units {
    // The number.
    uint64_t count;
} nodelock_units;

// Who has acquired units: any number that the program chooses, e.g. of a task. NODELOCK_OWNER(number) makes one.
typedef struct nodelock_owner {
    // The number.
    uint32_t number;
} nodelock_owner;

// Units of a feature that were acquired.
typedef struct nodelock_lease {
    // Never 0. Any other number than the one that was given is refused.
    uint64_t token;
} nodelock_lease;

// In place of a handle: there is no such feature.
#define NODELOCK_NO_HANDLE 65535

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// sizeof(nodelock_agent) of the library that is linked.
//
// Threads: any, at any time. ISR: yes.
size_t nodelock_agent_size(void);

// The error number that a callback of the program returned when one failed last, since nodelock_agent_boot was
// called. It stays until another one fails, so it is there when NODELOCK_EVENT_STORAGE is fetched, and, unless the
// storage has failed since, for a NODELOCK_ERR_UDI_UNAVAILABLE: read_udi is called in nodelock_agent_boot only.
//
// agent  Any agent; NULL and one that never was booted are no error.
//
// Returns that number, or 0 if every callback did its job so far. It can be asked for after a
// nodelock_agent_boot that failed, too.
// Threads: see base.h. ISR: no.
int32_t nodelock_agent_last_port_error(const nodelock_agent *agent);

// Starts the agent, once after each power-on: reads what is stored, checks every signature and UDI
// again, chooses the levels of the image, and can be asked from then on.
//
// agent       Memory for the agent; whatever is in it is overwritten. It must not be moved.
// agent_size  sizeof(nodelock_agent), as the program knows it.
// config      See nodelock_agent_config. Must outlive the agent.
// memory      See nodelock_agent_memory.
// now         The time.
//
// It succeeds even if the storage fails or holds garbage: what cannot be read or trusted grants nothing and is
// reported as an event. So is a trial of the catalog that finds no line free. Calling it again on the same agent is a reboot.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_AGENT_CONFIG_SIZE, NODELOCK_ERR_AGENT_MEMORY_SIZE,
// NODELOCK_ERR_NO_STORAGE, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_MEMORY_...,
// NODELOCK_ERR_CATALOG_..., NODELOCK_ERR_COUNTERS_TOO_WEAK, NODELOCK_ERR_DEVICE_SECRET_BLANK,
// NODELOCK_ERR_CHARGE_INTERVAL, NODELOCK_ERR_BACK_TOLERANCE, NODELOCK_ERR_FORWARD_BOUND, NODELOCK_ERR_FORWARD_WAIT,
// NODELOCK_ERR_BUILT, NODELOCK_ERR_WALL, NODELOCK_ERR_ARGUMENT (time, expiry), NODELOCK_ERR_RESERVED;
// NODELOCK_ERR_FLASH_NOT_MOUNTED, NODELOCK_ERR_STORAGE_NOT_OPEN or another -9xx that the first load returns, because
// the storage is not connected then; those of nodelock_init about the configuration and its anchors.
// After a failure the agent is not initialised.
// Writes: agent and the arrays of memory; storage, if metered licenses continue at once or the date has changed.
// Calls: read_udi, sha256_..., verify_signature, load, store, counters_.... Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_boot(nodelock_agent *agent,
                                    size_t agent_size,
                                    const nodelock_agent_config *config,
                                    const nodelock_agent_memory *memory,
                                    const nodelock_now *now);

// Tells the agent the time. The agent charges metered use, ends licenses, gives warnings and judges the clock. Call it
// at nodelock_agent_next_deadline at the latest; more often does no harm.
//
// agent  The agent.
// now    The time. An uptime that goes back counts as no time at all.
//
// Results: NODELOCK_OK, even if the storage fails. That is reported by an event, once until the storage works again,
// and the agent tries to store again every minute at the latest; NODELOCK_ERR_UPTIME, NODELOCK_ERR_WALL: see
// nodelock_now, nothing is charged then; NODELOCK_ERR_ARGUMENT for a wall_known other than 0 and 1,
// NODELOCK_ERR_RESERVED.
// Writes: agent; storage, at most once for each metered license that runs, twice for each that ends, once for the
// date, and for a trial that becomes a right to use the writes of "a trial turns into a right to use", three.
// Calls: load, store. Threads: see base.h. ISR: no.
nodelock_result nodelock_agent_tick(nodelock_agent *agent,
                                    const nodelock_now *now);

// When nodelock_agent_tick is due again. If it is called more than charge_interval too late, metered features are
// denied with NODELOCK_ERR_TICK_OVERDUE until then.
//
// agent   The agent.
// uptime  The uptime; its seconds are NODELOCK_NO_END if time changes nothing.
//
// Every other call that changes the agent can change the deadline, so ask again after each. With a wall clock, or
// once a time was believed, there is a deadline at least once a day, because the date is stored, even if no license
// has an end. Without a clock, and without licenses that time can change, there is none. The agent sees a clock that
// appears or is set only in the next tick, so call nodelock_agent_tick then, whatever the deadline is.
// Results: NODELOCK_OK.
// Writes: *uptime on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_next_deadline(const nodelock_agent *agent,
                                             nodelock_uptime *uptime);

// Ends the use of an agent. Its memory and the configuration belong to the program again. Nothing else has to be
// released or saved: every change is durable before its call returns.
//
// Results: NODELOCK_OK.
// Writes: agent. Calls: nothing. Threads: see base.h. ISR: no.
nodelock_result nodelock_agent_deinit(nodelock_agent *agent);

// Installs every line of a license file that is for this device, and stores it. A record that is refused does not
// affect the others.
//
// agent   The agent.
// data    The file, as the owner of the device got it. Used during the call only. Read are text, in which records may
//         stand among other text, and the binary form. Base64, UTF-16 and quoted mails are not: on a host,
//         nodelock_std_read_license makes text of them; elsewhere the command nodelock convert, before the file gets
//         to the device.
// len     Its length in bytes.
// intent  NODELOCK_INTENT_INSTALL or NODELOCK_INTENT_WHAT_IF.
// now     The time.
// out     What became of its records; may be NULL.
//
// The callback on_record hears of each record; a line that it hears of with NODELOCK_OK is durable. If it hears
// NODELOCK_ERR_STORAGE_... the line may be installed all the same, which NODELOCK_EVENT_INSTALL tells at the
// latest after the next ticks; the file can be installed again in any case. KEY records must stand before
// the lines that they are for; an agent takes two of them from one file.
//
// Results: NODELOCK_OK if the whole file was read, even if every line was refused: see out and the
// callback on_record; NODELOCK_ERR_NO_RECORD if there is none in it, not even one that was refused;
// NODELOCK_ERR_LENGTH, NODELOCK_ERR_ARGUMENT.
// Writes: agent; storage: for each line the writes of "install", three, or four for a line with a period or dates;
// for a REPAIR record those of "repair"; with NODELOCK_INTENT_WHAT_IF none; *out on NODELOCK_OK. Calls: sha256_...,
// verify_signature, load, store, remove, on_record. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_install(nodelock_agent *agent,
                                       const uint8_t *data,
                                       size_t len,
                                       uint32_t intent,
                                       const nodelock_now *now,
                                       nodelock_tally *out);

// Makes an installer ready: nothing has come yet.
//
// installer       Memory; whatever is in it is overwritten. It may be moved between two calls.
// installer_size  sizeof(nodelock_installer), as the program knows it.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_BUSY.
// Writes: installer. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_installer_init(nodelock_installer *installer,
                                        size_t installer_size);

// Takes the next bytes of a license file, and installs each record as soon as it is whole, as nodelock_agent_install
// does. KEY records count for the lines behind them, in whichever piece those come; the latest two are
// remembered, and checked again with each piece that completes a record.
//
// installer  The installer.
// agent      The agent.
// data       The bytes, of a text or of a binary file: pieces of any size. Used during the call only.
// len        Their number.
// now        The time.
// out        What became of the records of the file so far; may be NULL.
//
// The callback on_record hears of each record; number and offset count from the start of the file. In a text a record
// is whole with the blank or the end of the line behind its signature, and looked for at each end of a line. One
// that is longer than any record is refused with NODELOCK_ERR_RECORD_TOO_LONG.
//
// Results: NODELOCK_OK, even if every line was refused: see out and the callback on_record; NODELOCK_ERR_LENGTH,
// NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_NOT_INITIALIZED and NODELOCK_ERR_BUSY also for the installer. With another
// result than NODELOCK_OK nothing was taken, and the same piece can be given again.
// Writes: installer, agent; storage, for each record as nodelock_agent_install; *out on NODELOCK_OK.
// Calls: sha256_..., verify_signature, load, store, remove, on_record. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_installer_push(nodelock_installer *installer,
                                        nodelock_agent *agent,
                                        const uint8_t *data,
                                        size_t len,
                                        const nodelock_now *now,
                                        nodelock_tally *out);

// The file has ended: installs what is left, and forgets the keys. The next byte begins a new file.
//
// installer  The installer. Call this also where a file breaks off: what is not whole is refused then.
// agent      The agent.
// now        The time.
// out        What became of all records of the file; may be NULL.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_RECORD if the file held none, as for nodelock_agent_install;
// NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_NOT_INITIALIZED and NODELOCK_ERR_BUSY also for the
// installer. With another result than the first two the file has not ended.
// Writes: installer, agent; storage, for each record as nodelock_agent_install; *out on NODELOCK_OK.
// Calls: sha256_..., verify_signature, load, store, remove, on_record. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_installer_finish(nodelock_installer *installer,
                                          nodelock_agent *agent,
                                          const nodelock_now *now,
                                          nodelock_tally *out);

// The handle of a feature: its index in the catalog. Ask once; checks by handle are look-ups.
//
// agent   The agent.
// name    Name of the feature; needs no NUL.
// len     Its length in bytes.
// handle  The handle.
//
// Results: NODELOCK_OK; NODELOCK_ERR_LENGTH, NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *handle on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_find(const nodelock_agent *agent,
                                    const char *name,
                                    size_t len,
                                    nodelock_handle *handle);

// May the feature run? A look-up: no hash, no storage, no callback.
//
// agent    The agent.
// handle   The feature.
// uptime   Seconds since power-on, now.
// verdict  NODELOCK_GRANTED or a denial: the number of the reason without its sign, e.g. 609 for
//          NODELOCK_ERR_NOT_ACTIVATED.
//
// A denial is an answer, not an error; a handle of no feature is denied with 613. nodelock_verdict_text(verdict)
// has words for it. Metered licenses and rights to use say yes only while the feature is
// activated or acquired. Units that are in use do not matter here, but for nodelock_agent_acquire.
//
// Results: NODELOCK_OK.
// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED, so that no old answer is left.
// Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_check(const nodelock_agent *agent,
                                     nodelock_handle handle,
                                     nodelock_uptime uptime,
                                     nodelock_verdict *verdict);

// May the feature run? The same by name, for programs that did not keep the handle.
//
// agent, uptime, verdict  As for nodelock_agent_check.
// name                    Name of the feature; needs no NUL.
// len                     Its length in bytes.
//
// Results: NODELOCK_OK; NODELOCK_ERR_LENGTH.
// Writes: as nodelock_agent_check. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_check_name(const nodelock_agent *agent,
                                          const char *name,
                                          size_t len,
                                          nodelock_uptime uptime,
                                          nodelock_verdict *verdict);

// May the feature run? The short form of nodelock_agent_check, for use in a condition:
//
//   if (nodelock_agent_granted(&agent, VOICE, now.uptime) == NODELOCK_GRANTED) { ... }
//
// agent, handle, uptime  As there.
//
// Returns NODELOCK_GRANTED or 0, for every denial and wherever nodelock_agent_check has a result other than
// NODELOCK_OK. The 0 does not tell why: ask nodelock_agent_check, or nodelock_agent_explain.
// Writes: nothing. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_verdict nodelock_agent_granted(const nodelock_agent *agent,
                                        nodelock_handle handle,
                                        nodelock_uptime uptime);

// Takes units of a feature, until they are released or the device reboots. While they are held the feature runs, so
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
// NODELOCK_ERR_ARGUMENT. Nothing is taken then.
// Writes: agent; storage once for each metered license that begins to run; *lease on NODELOCK_OK. Calls: load, store.
// Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_acquire(nodelock_agent *agent,
                                       nodelock_handle handle,
                                       nodelock_units units,
                                       nodelock_owner owner,
                                       const nodelock_now *now,
                                       nodelock_lease *lease);

// Releases units.
//
// agent  The agent.
// lease  From nodelock_agent_acquire.
// owner  The owner given there.
// now    The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_LEASE if it was released before, is another owner's, or is
// none; NODELOCK_ERR_ARGUMENT.
// Writes: agent; storage as nodelock_agent_tick. Calls: load, store. Threads: see base.h. ISR: no.
nodelock_result nodelock_agent_release(nodelock_agent *agent,
                                       nodelock_lease lease,
                                       nodelock_owner owner,
                                       const nodelock_now *now);

// How many units of a feature are in use.
//
// agent   The agent.
// handle  The feature.
// units   Units that are acquired now.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *units on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_in_use(const nodelock_agent *agent,
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
// Writes: agent; storage once for each right to use, and once for each metered license that begins to run.
// Calls: load, store. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_activate(nodelock_agent *agent,
                                        nodelock_handle handle,
                                        const nodelock_now *now);

// Switches a feature off.
//
// agent   The agent.
// handle  The feature.
// now     The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_ARGUMENT;
// NODELOCK_ERR_STORAGE_... if a right to use could not be forgotten: it is off all the same, until the
// next boot.
// Writes: agent; storage once for each right to use. Calls: load, store. Threads: see base.h. ISR: no.
nodelock_result nodelock_agent_deactivate(nodelock_agent *agent,
                                          nodelock_handle handle,
                                          const nodelock_now *now);

// Asks for a level at the next boot, which then chooses the highest licensed level up to this one. Trials of levels
// run only if their level is asked for.
//
// agent   The agent.
// handle  The level.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE, NODELOCK_ERR_NOT_A_LEVEL; NODELOCK_ERR_STORAGE_...
// Writes: agent; storage, once. Calls: store. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_request_level(nodelock_agent *agent,
                                             nodelock_handle handle);

// Withdraws the request: the highest licensed level of the package is chosen at the next boot.
//
// agent   The agent.
// handle  Any level of the package.
//
// Results: as nodelock_agent_request_level.
// Writes: agent; storage, once. Calls: remove. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_request_any_level(nodelock_agent *agent,
                                                 nodelock_handle handle);

// The level that runs.
//
// agent   The agent.
// handle  Any level of the package.
// level   The level that was chosen at boot; NODELOCK_NO_HANDLE if handle is no level.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *level on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_booted_level(const nodelock_agent *agent,
                                            nodelock_handle handle,
                                            nodelock_handle *level);

// The level that would run if the device booted now.
//
// agent   The agent.
// handle  Any level of the package.
// level   That level; NODELOCK_NO_HANDLE if handle is no level.
//
// Results: NODELOCK_OK; NODELOCK_ERR_UNKNOWN_FEATURE.
// Writes: *level on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_next_level(const nodelock_agent *agent,
                                          nodelock_handle handle,
                                          nodelock_handle *level);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_AGENT_H */
