/*
 * nodelock: the jobs of a fleet manager, a queue of actions with a result for each license.
 *
 * The conventions of nodelock/agent.h hold here.
 */
#ifndef NODELOCK_JOBS_H
#define NODELOCK_JOBS_H

#include "agent.h"

/*
 * How a nodelock_jobs_memory begins:
 *     C      const nodelock_jobs_memory memory = { NODELOCK_JOBS_MEMORY_INIT, .slots = ..., ... };
 *     C++17  nodelock_jobs_memory memory{}; NODELOCK_JOBS_MEMORY_SET_SIZES(memory); memory.slots = ...;
 */
#define NODELOCK_JOBS_MEMORY_INIT \
    .size = sizeof(nodelock_jobs_memory), .slot_size = sizeof(nodelock_job_slot), \
    .result_slot_size = sizeof(nodelock_job_result_slot)
#define NODELOCK_JOBS_MEMORY_SET_SIZES(memory) \
    ((memory).size = sizeof(nodelock_jobs_memory), \
     (memory).slot_size = sizeof(nodelock_job_slot), \
     (memory).result_slot_size = sizeof(nodelock_job_result_slot))

/* declarations */

#endif /* NODELOCK_JOBS_H */
