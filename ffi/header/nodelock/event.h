/*
 * nodelock: what an agent has to tell.
 *
 * The conventions of nodelock/agent.h hold here.
 */
#ifndef NODELOCK_EVENT_H
#define NODELOCK_EVENT_H

#include "agent.h"

/* declarations */

#endif /* NODELOCK_EVENT_H */
