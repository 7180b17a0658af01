/*
 * nodelock: what an operator does with the licenses of an agent: lists them, explains, clears, comments, accepts
 * license agreements, takes rights back, saves lines, and brings a device back that does not trust its storage.
 *
 * The conventions of nodelock/agent.h hold here.
 */
#ifndef NODELOCK_MANAGE_H
#define NODELOCK_MANAGE_H

#include "agent.h"

/* In place of a repair number: a REPAIR record does not help. */
#define NODELOCK_NO_REPAIR UINT64_MAX

/* declarations */

#endif /* NODELOCK_MANAGE_H */
