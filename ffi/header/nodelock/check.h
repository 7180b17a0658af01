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

/* declarations */

#endif /* NODELOCK_CHECK_H */
