/*
 * nodelock: values in raw NOR flash, for the callbacks load, store and remove of an agent.
 */
#ifndef NODELOCK_FLASH_H
#define NODELOCK_FLASH_H

#include "agent.h"

/* declarations */

#endif /* NODELOCK_FLASH_H */
