/*
 * nodelock: what a license says, and what became of the records of a license file.
 */
#ifndef NODELOCK_LICENSE_H
#define NODELOCK_LICENSE_H

#include "base.h"
#include "result.h"

/* In place of a number of units: no limit. */
#define NODELOCK_UNCOUNTED UINT64_MAX
/* In place of a date: the line has none. */
#define NODELOCK_NO_DATE UINT32_MAX

/* declarations */

#endif /* NODELOCK_LICENSE_H */
