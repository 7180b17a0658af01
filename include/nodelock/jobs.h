/*
 * nodelock: the jobs of a fleet manager, a queue of actions with a result for each license.
 *
 * The conventions of nodelock/agent.h hold here.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
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

// 64-bit words in a nodelock_jobs.
#define NODELOCK_JOBS_WORDS 10

// 64-bit words in a nodelock_job_slot.
#define NODELOCK_JOB_SLOT_WORDS 10

// 64-bit words in a nodelock_job_result_slot.
#define NODELOCK_JOB_RESULT_SLOT_WORDS 3

// Action of a job: nothing.
#define NODELOCK_ACTION_NO_OP 1

// Action of a job: install the lines of a file.
#define NODELOCK_ACTION_INSTALL 2

// Action of a job: clear a line.
#define NODELOCK_ACTION_CLEAR 3

// Action of a job: carry out a permission ticket. No device has been given one yet: it fails.
#define NODELOCK_ACTION_PROCESS_PERMISSION_TICKET 4

// Action of a job: give the last rehost ticket once more. There is none yet: it fails.
#define NODELOCK_ACTION_REGENERATE_LAST_REHOST_TICKET 5

// Action of a job: give every installed line.
#define NODELOCK_ACTION_BACKUP 6

// Action of a job: give the agreements that the lines of a file need.
#define NODELOCK_ACTION_GENERATE_EULA 7

// State of a job: made and not started.
#define NODELOCK_JOB_NONE 1

// State of a job: waits in the queue.
#define NODELOCK_JOB_PENDING 2

// State of a job: runs.
#define NODELOCK_JOB_IN_PROGRESS 3

// State of a job or of a license: everything was done.
#define NODELOCK_JOB_SUCCESSFUL 4

// State of a job: some licenses failed.
#define NODELOCK_JOB_PARTIALLY_SUCCESSFUL 5

// State of a job or of a license: nothing was done, or the job stopped at a failure.
#define NODELOCK_JOB_FAILED 6

// Cause of a failure: none.
#define NODELOCK_CAUSE_NONE 1

// Cause of a failure: any that has no number of its own.
#define NODELOCK_CAUSE_GENERAL_FAILURE 2

// Cause of a failure: no way to fetch or send files like that.
#define NODELOCK_CAUSE_TRANSFER_PROTOCOL_NOT_SUPPORTED 3

// Cause of a failure: the server does not answer.
#define NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE 4

// Cause of a failure: the stack has no such member.
#define NODELOCK_CAUSE_UNRECOGNIZED_ENTITY 5

// Cause of a failure: there is no such file.
#define NODELOCK_CAUSE_INVALID_LICENSE_FILE_PATH 6

// Cause of a failure: the file holds no license.
#define NODELOCK_CAUSE_INVALID_LICENSE_FILE 7

// Cause of a failure: the line cannot be read or trusted.
#define NODELOCK_CAUSE_INVALID_LICENSE_LINE 8

// Cause of a failure: the line is installed already.
#define NODELOCK_CAUSE_LICENSE_ALREADY_EXISTS 9

// Cause of a failure: the line is for another device.
#define NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE 10

// Cause of a failure: the count of the line.
#define NODELOCK_CAUSE_INVALID_LICENSE_COUNT 11

// Cause of a failure: the period of the line.
#define NODELOCK_CAUSE_INVALID_LICENSE_PERIOD 12

// Cause of a failure: the line is in use.
#define NODELOCK_CAUSE_LICENSE_IN_USE 13

// Cause of a failure: the license storage does not work.
#define NODELOCK_CAUSE_INVALID_LICENSE_STORE 14

// Cause of a failure: the license storage is full.
#define NODELOCK_CAUSE_LICENSE_STORAGE_FULL 15

// Cause of a failure: there is no permission ticket.
#define NODELOCK_CAUSE_INVALID_PERMISSION_TICKET_FILE 16

// Cause of a failure: the permission ticket is none for this device.
#define NODELOCK_CAUSE_INVALID_PERMISSION_TICKET 17

// Cause of a failure: the file for the rehost ticket.
#define NODELOCK_CAUSE_INVALID_REHOST_TICKET_FILE 18

// Cause of a failure: there is no rehost ticket.
#define NODELOCK_CAUSE_INVALID_REHOST_TICKET 19

// Cause of a failure: the backup could not be written.
#define NODELOCK_CAUSE_INVALID_LICENSE_BACKUP_FILE 20

// Cause of a failure: lines are being cleared.
#define NODELOCK_CAUSE_LICENSE_CLEAR_IN_PROGRESS 21

// Cause of a failure: the agreement is not there, or could not be written.
#define NODELOCK_CAUSE_INVALID_LICENSE_EULA_FILE 22

// The jobs of one device, all members of its stack. The program gives it memory, passes it to
// nodelock_jobs_init, and does not look into it. It is volatile: jobs end with the boot.
typedef struct nodelock_jobs {
    // Not for the program.
    uint64_t _private[NODELOCK_JOBS_WORDS];
} nodelock_jobs;

// Room for one job.
typedef struct nodelock_job_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_JOB_SLOT_WORDS];
} nodelock_job_slot;

// Room for the result of one license.
typedef struct nodelock_job_result_slot {
    // Not for the program.
    uint64_t _private[NODELOCK_JOB_RESULT_SLOT_WORDS];
} nodelock_job_result_slot;

// The arrays that jobs work in. Begin it with NODELOCK_JOBS_MEMORY_INIT, or in C++17 with
// NODELOCK_JOBS_MEMORY_SET_SIZES. The structure itself is used during nodelock_jobs_init only; the arrays belong to
// the jobs from then on. Whatever is in them is overwritten.
typedef struct nodelock_jobs_memory {
    // sizeof(nodelock_jobs_memory), as the program knows it. So are the next two, of their types.
    uint32_t size;
    // sizeof(nodelock_job_slot).
    uint32_t slot_size;
    // sizeof(nodelock_job_result_slot).
    uint32_t result_slot_size;
    // 0.
    uint32_t reserved;
    // One for each job that is kept at a time.
    nodelock_job_slot *slots;
    // Number of slots.
    size_t slot_count;
    // One for each result of a license that is kept at a time. May be NULL if there are 0: then jobs only count
    // what became of their licenses.
    nodelock_job_result_slot *results;
    // Number of results.
    size_t result_count;
} nodelock_jobs_memory;

// What a job shall do. Begin with zeros.
typedef struct nodelock_job_request {
    // NODELOCK_ACTION_...
    uint32_t action;
    // Member of the stack, from 0. Its lines only are installed, cleared or backed up.
    uint32_t member;
    // 1 to stop at the first license that fails, else 0.
    uint32_t stop_on_failure;
    // 1 to accept the agreements of what is installed, else 0.
    uint32_t accept_eula;
    // Id of the line to clear; not used by other actions.
    uint8_t line_id[NODELOCK_LINE_ID_LEN];
    // 0.
    uint8_t reserved[6];
} nodelock_job_request;

// A job.
typedef struct nodelock_job {
    // What was asked for.
    nodelock_job_request request;
    // Its name, never given twice between two boots.
    uint32_t id;
    // NODELOCK_JOB_...
    uint32_t state;
    // NODELOCK_CAUSE_...: why it failed as a whole.
    uint32_t cause;
    // Place in the queue: from 1 while it waits, else 0.
    uint32_t queue_position;
    // Licenses that it had a result for; more than can be asked for if the results had no room.
    uint32_t results;
    // Licenses that failed.
    uint32_t failures;
    // Licenses for other devices or other members of the stack, left alone; no failures.
    uint32_t for_others;
} nodelock_job;

// What became of one license.
typedef struct nodelock_job_result {
    // Number of the license in the order of the file, from 1.
    uint32_t number;
    // NODELOCK_JOB_SUCCESSFUL or NODELOCK_JOB_FAILED; NODELOCK_JOB_NONE of a license for another device or another
    // member of the stack, which was left alone.
    uint32_t state;
    // NODELOCK_CAUSE_...
    uint32_t cause;
    // NODELOCK_OK, or why in full, if there is more to say than the cause.
    nodelock_result reason;
} nodelock_job_result;

// What a running job needs from the program.
typedef struct nodelock_job_port {
    // sizeof(nodelock_job_port), as the program knows it.
    uint32_t size;
    // 0.
    uint32_t reserved;
    // Passed to the functions.
    void *user;
    // Gives the text of the agreement for a feature: *text, valid until the next callback, and its length.
    // Returns 0, or another number if there is none. May be NULL: there are none.
    int32_t (*eula)(void *user, nodelock_handle handle, const char **text, size_t *len);
    // Takes a piece of a backup or of an agreement; at the end it is called once with NULL and 0. Returns
    // 0. May be NULL: jobs that have output fail.
    int32_t (*output)(void *user, const uint8_t *data, size_t len);
} nodelock_job_port;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Makes jobs ready: there are none yet.
//
// jobs       Memory for the jobs; whatever is in it is overwritten. It must not be moved.
// jobs_size  sizeof(nodelock_jobs), as the program knows it.
// memory     See nodelock_jobs_memory.
//
// Results: NODELOCK_OK; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_JOBS_MEMORY_SIZE, NODELOCK_ERR_RESERVED,
// NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_NULL_ARGUMENT,
// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_BUSY.
// Writes: jobs and the arrays of memory. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_init(nodelock_jobs *jobs,
                                   size_t jobs_size,
                                   const nodelock_jobs_memory *memory);

// Makes a job, which waits to be started. If there is no room, it takes the place of the oldest job that ended at
// least five minutes ago.
//
// jobs     The jobs.
// request  What to do.
// now      The time.
// id       Its name, never 0.
//
// Results: NODELOCK_OK; NODELOCK_ERR_JOBS_FULL, NODELOCK_ERR_ARGUMENT; and as for every call on jobs
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_create(nodelock_jobs *jobs,
                                     const nodelock_job_request *request,
                                     const nodelock_now *now,
                                     uint32_t *id);

// Starts a job: puts it at the end of the queue.
//
// jobs  The jobs.
// id    The job.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE if it was started before.
// Writes: jobs. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE nodelock_result nodelock_jobs_start(nodelock_jobs *jobs, uint32_t id);

// Takes the first job in the queue whose member has no job running. The job is in progress then: fetch its file and
// call nodelock_agent_perform.
//
// jobs  The jobs.
// id    The job, or 0 if none waits.
//
// Results: NODELOCK_OK.
// Writes: jobs; *id on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_begin(nodelock_jobs *jobs,
                                    uint32_t *id);

// Deletes a job with its results. A job that has not run yet is cancelled.
//
// jobs  The jobs.
// id    The job.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB; NODELOCK_ERR_JOB_STATE while it runs.
// Writes: jobs. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE nodelock_result nodelock_jobs_delete(nodelock_jobs *jobs, uint32_t id);

// A job by its name.
//
// jobs  The jobs.
// id    The job.
// out   The job, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_get(const nodelock_jobs *jobs,
                                  uint32_t id,
                                  nodelock_job *out);

// One of the jobs, in no particular order.
//
// jobs   The jobs.
// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// out    The job, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_at(const nodelock_jobs *jobs,
                                 size_t index,
                                 nodelock_job *out);

// The result for one license of a job, in the order of its file.
//
// jobs   The jobs.
// id     The job.
// index  From 0 up to the first result of NODELOCK_ERR_NO_SUCH_INDEX, less one.
// out    The result, copied.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX.
// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_jobs_result_at(const nodelock_jobs *jobs,
                                        uint32_t id,
                                        size_t index,
                                        nodelock_job_result *out);

// Carries out a job that was begun, with the file that was fetched for it, and ends it. If the job itself fails, its
// state, its cause and its results say so.
//
// agent    The agent.
// jobs     The jobs.
// id       The job.
// fetched  NODELOCK_CAUSE_NONE, or why its file could not be fetched: the job fails with that.
// file     The file; NULL if the job needs none. Used during the call only.
// len      Its length in bytes.
// port     See nodelock_job_port; NULL if the job needs neither license agreements nor output.
// now      The time.
// state    How it ended: NODELOCK_JOB_...
//
// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_JOB, NODELOCK_ERR_JOB_STATE if it was not begun,
// NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_LENGTH, NODELOCK_ERR_CONFIG_SIZE and NODELOCK_ERR_RESERVED for port. The job is
// still in progress then.
// Writes: agent, jobs, storage as the action itself; *state on NODELOCK_OK. Calls: as the action itself,
// and those of port. Threads: see base.h. ISR: no.
NODELOCK_MUST_USE
nodelock_result nodelock_agent_perform(nodelock_agent *agent,
                                       nodelock_jobs *jobs,
                                       uint32_t id,
                                       uint32_t fetched,
                                       const uint8_t *file,
                                       size_t len,
                                       const nodelock_job_port *port,
                                       const nodelock_now *now,
                                       uint32_t *state);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_JOBS_H */
