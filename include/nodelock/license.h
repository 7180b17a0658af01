/*
 * nodelock: what a license says, and what became of the records of a license file.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_LICENSE_H
#define NODELOCK_LICENSE_H

#include "base.h"
#include "result.h"

/* In place of a number of units: no limit. */
#define NODELOCK_UNCOUNTED UINT64_MAX
/* In place of a date: the line has none. */
#define NODELOCK_NO_DATE UINT32_MAX

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

// License type: without end, on one device.
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

// How many records of a file were installed, refused and so on.
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
    // Pieces of text that belong to no record, such as a greeting; they do no harm.
    uint32_t stray;
} nodelock_tally;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The name of a license type as it stands in a line, e.g. "permanent".
//
// license_type  Any number; for one that is no NODELOCK_TYPE_... it is "unknown".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_type_name(uint32_t license_type);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_LICENSE_H */
