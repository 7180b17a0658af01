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

/* declarations */

#endif /* NODELOCK_AGENT_H */
