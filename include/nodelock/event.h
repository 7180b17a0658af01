/*
 * nodelock: what an agent has to tell.
 *
 * The conventions of nodelock/agent.h hold here.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_EVENT_H
#define NODELOCK_EVENT_H

#include "agent.h"

// Event: no event waits.
#define NODELOCK_EVENT_NONE 0

// Event: a line was installed.
#define NODELOCK_EVENT_INSTALL 1

// Event: a line was cleared.
#define NODELOCK_EVENT_CLEAR 2

// Event: a license agreement was accepted.
#define NODELOCK_EVENT_EULA_ACCEPTED 3

// Event: a metered right will end; the value is the seconds left. 4, 3 and 2 weeks before, daily in the last
// week; a right that is shorter begins with one.
#define NODELOCK_EVENT_EXPIRING 4

// Event: a metered right has ended. Again every week while the feature still runs: with
// NODELOCK_EXPIRY_UNTIL_REBOOT it does, and nodelock_agent_check says yes, until the next boot.
#define NODELOCK_EVENT_EXPIRED 5

// Event: a dated right will end; the value is the seconds left.
#define NODELOCK_EVENT_SUBSCRIPTION_EXPIRING 6

// Event: a dated right has ended. Again every day while the feature still runs.
#define NODELOCK_EVENT_SUBSCRIPTION_EXPIRED 7

// Event: a trial will turn into a right to use; the value is the seconds left.
#define NODELOCK_EVENT_RIGHT_TO_USE_COMING 8

// Event: a trial has turned into a right to use.
#define NODELOCK_EVENT_RIGHT_TO_USE 9

// Event: 80 % of the units are in use; the value is their number. Not where one step leads to all of them.
#define NODELOCK_EVENT_COUNT_NEAR 10

// Event: all units are in use; the value is their number.
#define NODELOCK_EVENT_COUNT_REACHED 11

// Event: more is in use than is licensed, which the feature allows; the value is the surplus.
#define NODELOCK_EVENT_VIOLATION 12

// Event: a level other than before will run after the next boot.
#define NODELOCK_EVENT_NEXT_LEVEL 13

// Event: the wall clock stepped back and is not followed.
#define NODELOCK_EVENT_CLOCK_BACK 14

// Event: the wall clock jumped forward and is not believed yet.
#define NODELOCK_EVENT_CLOCK_FORWARD 15

// Event: the wall clock is believed again.
#define NODELOCK_EVENT_CLOCK_GOOD 16

// Event: the wall clock is not known any more.
#define NODELOCK_EVENT_CLOCK_LOST 17

// Event: storage failed; the value is the result's number without its sign, and nodelock_result_text and
// nodelock_result_remedy of that number with its sign have words for it. With NODELOCK_ERR_STORAGE_FAILED what
// changes with time, such as what was used of a trial, cannot be stored or read at present: that is tried again
// every minute at the latest, and told once until it works again. With other numbers a part of what is remembered
// for the life of the device cannot be read.
#define NODELOCK_EVENT_STORAGE 18

// Event: a stored line was refused at boot; the value is the result's number without its sign. After
// NODELOCK_ERR_STORAGE_FAILED the line may be good, and the next boot reads it again. NODELOCK_ERR_SLOTS_FULL: there are
// too few elements in the array lines of nodelock_agent_memory; the line stays stored, and is there again after a boot
// with more of them. If the event names a feature, it was the trial that the catalog gives it.
#define NODELOCK_EVENT_REFUSED 19

// Event: the storage is older than the rollback counters; rights with a time limit are denied.
#define NODELOCK_EVENT_ROLLED_BACK 20

// Event: the rollback counters do not answer; rights with a time limit wait.
#define NODELOCK_EVENT_COUNTERS 21

// Event: a right was revoked.
#define NODELOCK_EVENT_REVOKED 22

// Event: a REPAIR record was accepted.
#define NODELOCK_EVENT_REPAIRED 23

// Group of events: periods and counts.
#define NODELOCK_EVENTS_USAGE 1

// Group of events: installing, clearing, accepting, revoking, levels.
#define NODELOCK_EVENTS_DEPLOYMENT 2

// Group of events: what went wrong, and clocks.
#define NODELOCK_EVENTS_ERROR 3

// Something that happened.
typedef struct nodelock_event {
    // When.
    nodelock_uptime uptime;
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

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Takes the oldest waiting event out of the queue. Call it until it gives NODELOCK_EVENT_NONE.
//
// agent  The agent.
// out    The event; its kind is NODELOCK_EVENT_NONE if none waits.
//
// Results: NODELOCK_OK.
// Writes: agent; *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_poll_event(nodelock_agent *agent,
                                          nodelock_event *out);

// Switches a group of events on or off. All are on after boot.
//
// agent  The agent.
// group  NODELOCK_EVENTS_...
// on     1 or 0. What is off is neither queued nor counted as lost.
//
// Results: NODELOCK_OK; NODELOCK_ERR_ARGUMENT.
// Writes: agent. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_enable_events(nodelock_agent *agent,
                                             uint32_t group,
                                             uint32_t on);

// The word for a kind of event that is for logs: its constant without NODELOCK_EVENT_, e.g. "EXPIRED".
//
// kind  Any number; for one that is no NODELOCK_EVENT_... it is "UNKNOWN", and for NODELOCK_EVENT_NONE
//       "NONE".
//
// Returns a string in read-only memory, never NULL. It must not be freed.
// Threads: any, at any time. ISR: yes.
const char *nodelock_event_name(uint32_t kind);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_EVENT_H */
