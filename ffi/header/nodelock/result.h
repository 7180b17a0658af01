/*
 * nodelock: what became of a call, in numbers and in words.
 *
 * -1xx the line, -2xx key and signature, -3xx the device, -4xx installing and storage, -6xx the decision,
 * -9xx wrong use. A number is never used again for something else.
 */
#ifndef NODELOCK_RESULT_H
#define NODELOCK_RESULT_H

#include "base.h"

/* declarations */

#endif /* NODELOCK_RESULT_H */
