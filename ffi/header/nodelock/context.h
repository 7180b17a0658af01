/*
 * nodelock: a plain context. It knows no time and no storage: it grants licenses without end. Licenses that end,
 * or have to be accepted or activated, are installed and shown, but denied with NODELOCK_ERR_NEEDS_AGENT.
 *
 * nodelock_init and nodelock_install call all callbacks of the configuration.
 */
#ifndef NODELOCK_CONTEXT_H
#define NODELOCK_CONTEXT_H

#include "check.h"
#include "license.h"

/* declarations */

#endif /* NODELOCK_CONTEXT_H */
