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
 * This header includes all the others. Each of them can also be included alone:
 *
 *     nodelock/base.h     the conventions, verdicts, versions
 *     nodelock/result.h   results and their texts
 *     nodelock/check.h    the configuration, and the check of license lines in flash: all of the profile "check"
 *     nodelock/license.h  what a license says
 *     nodelock/context.h  a plain context: licenses without end
 *     nodelock/agent.h    an agent: licenses of every type, with time, counts and storage
 *     nodelock/manage.h   what an operator does with the licenses of an agent: list, clear, accept, revoke, repair
 *     nodelock/transfer.h rights that move to another device, or back to their vendor
 *     nodelock/event.h    what an agent has to tell
 *     nodelock/jobs.h     the jobs of a fleet manager
 *     nodelock/flash.h    storage for an agent in raw NOR flash
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_H
#define NODELOCK_H

#include "nodelock/base.h"
#include "nodelock/result.h"
#include "nodelock/check.h"
#include "nodelock/license.h"
#include "nodelock/context.h"
#include "nodelock/agent.h"
#include "nodelock/manage.h"
#include "nodelock/transfer.h"
#include "nodelock/event.h"
#include "nodelock/jobs.h"
#include "nodelock/flash.h"

#endif /* NODELOCK_H */
