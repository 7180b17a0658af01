/*
 * nodelock: rights that move to another device, or back to their vendor. A device writes a credential, the vendor makes
 * a ticket from it, the device gives up what the ticket names and proves it; the other device installs the proof, or
 * the line that the vendor sends for it.
 *
 * These functions are in a library that was built with the feature "transfer": in those for hosts, and for bare metal
 * where it was asked for. Proofs of other devices and the vendor's time are installed like licenses.
 *
 * The conventions of nodelock/agent.h hold here.
 */
#ifndef NODELOCK_TRANSFER_H
#define NODELOCK_TRANSFER_H

#include "agent.h"

/* declarations */

#endif /* NODELOCK_TRANSFER_H */
