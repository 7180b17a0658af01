/*
 * nodelock for devices with an operating system: a directory for the licenses, the system's clocks, and the
 * commands of an operator. Everything else is in nodelock.h.
 *
 *     nodelock_std_host host;
 *     nodelock_std_console console = { .size = sizeof console, .print = print };
 *     nodelock_now now;
 *     uint32_t done;
 *     char why[200];
 *
 *     base.user = &host;
 *     config.load = nodelock_std_load;
 *     config.store = nodelock_std_store;
 *     config.remove = nodelock_std_remove;
 *     if (nodelock_std_open(&host, sizeof host, "/var/lib/router/licenses", NULL, why, sizeof why) ==
 *             NODELOCK_OK &&
 *         nodelock_std_now(&now) == NODELOCK_OK &&
 *         nodelock_agent_boot(&agent, sizeof agent, &config, &memory, &now) == NODELOCK_OK) {
 *         nodelock_std_run(&host, &agent, &now, "license install router.lic", &console, &done); ...
 *         nodelock_agent_deinit(&agent);
 *         nodelock_std_close(&host);
 *     }
 *
 * Libraries for hosts have these functions. Libraries for firmware and those of the profile "check" do not.
 *
 * Beside the conventions of nodelock/base.h:
 *
 * Memory     What nodelock_std_open allocates, nodelock_std_close frees; the program never frees memory of
 *            the library. If there is no memory, the process ends.
 * Processes  An open directory is locked: no other process can open it, and this process cannot open it a second
 *            time. The lock ends with the process, however it ends. After fork() only one of the two processes may
 *            use the host, and the lock stays until both have closed it or ended.
 * Threads    Different hosts are independent. A host belongs to the agent that keeps its licenses there: the
 *            program needs one lock around all calls on both.
 * Results    Functions on a host or an agent can also give NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
 *            NODELOCK_ERR_NOT_INITIALIZED (not open) and NODELOCK_ERR_BUSY (called from a callback of
 *            nodelock_std_run; such a callback may call only load, store, remove, nodelock_std_user and
 *            nodelock_std_last_error).
 * Text       Paths and commands end with NUL and have at most 4095 bytes; longer ones, and an empty path, give
 *            NODELOCK_ERR_LENGTH. Paths are bytes as the system uses them, on Windows UTF-8. All other text,
 *            in both directions, is UTF-8.
 * Files      Whoever can type commands can read and replace files with the rights of the process. The library
 *            checks nothing beside the system's own permissions.
 * Panics     None is known. A panic would be a mistake in the library. It writes a message to the standard error
 *            and ends the process by abort(); everything that was acknowledged is on the disk then. No C++ exception
 *            may leave a callback.
 */
/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */
#ifndef NODELOCK_STD_H
#define NODELOCK_STD_H

#include "nodelock.h"

// 64-bit words in a nodelock_std_host.
#define NODELOCK_STD_HOST_WORDS 4

// A directory in which an agent keeps its licenses, opened by this process, and the jobs that operators
// make by commands, which end with it. The program gives it memory, passes it to nodelock_std_open, and does
// not look into it.
//
// It must NOT be moved or copied while it is open.
typedef struct nodelock_std_host {
    // Not for the program.
    uint64_t _private[NODELOCK_STD_HOST_WORDS];
} nodelock_std_host;

// The operator's side of a command. Begin with zeros. The functions must not call the library on the same host or
// agent.
typedef struct nodelock_std_console {
    // sizeof(nodelock_std_console), as the program knows it.
    uint32_t size;
    // 0.
    uint32_t reserved;
    // Passed to the functions.
    void *user;
    // Takes what the command has to say, once and at its end: len bytes of lines that end with '\n', and a
    // NUL behind them. Returns 0, or another number if that does not work.
    int32_t (*print)(void *user, const char *text, size_t len);
    // The text of a license agreement, which stays as it is until nodelock_std_run returns, or NULL if there
    // is none of this name. May be NULL: there are none.
    const char *(*eula)(void *user, const char *name);
    // Shows a text and asks a question: 1 is yes, everything else is no. May be NULL: no.
    int32_t (*confirm)(void *user, const char *text, const char *question);
} nodelock_std_console;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Opens a directory in which an agent keeps its licenses, and makes it if it is not there: for this user alone
// (mode 700), like the files in it (600). A directory that is there keeps its mode.
//
// host       Memory for the host; whatever is in it is overwritten.
// host_size  sizeof(nodelock_std_host), as the program knows it.
// directory  Its path.
// user       For the program, see nodelock_std_user; may be NULL.
// why        Where the reason goes in words, as far as there is room, with a NUL; NULL if why_capacity is 0.
// why_capacity  Size of why in bytes.
//
// A host that is open must be closed first, or its directory stays locked until the process ends.
// Each value is a file, which a power cut leaves as it was or as it shall be. What else is in the directory
// is left alone; nothing else should be.
//
// Results: NODELOCK_OK; NODELOCK_ERR_STORAGE_IN_USE if it is open already, here or in another process;
// NODELOCK_ERR_SYSTEM; NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
// NODELOCK_ERR_LENGTH; NODELOCK_ERR_EMPTY, NODELOCK_ERR_TEXT_TOO_LONG for the path.
// Writes: host on NODELOCK_OK, why on the first two others. Calls: nothing. Threads: any.
NODELOCK_MUST_USE
nodelock_result nodelock_std_open(nodelock_std_host *host,
                                  size_t host_size,
                                  const char *directory,
                                  void *user,
                                  char *why,
                                  size_t why_capacity);

// Closes a directory, so that others can open it, and frees all memory that nodelock_std_open has allocated. End the
// agent that keeps its licenses there first: after this it can store nothing.
//
// host  The host.
//
// Results: NODELOCK_OK; NODELOCK_ERR_BUSY from a callback of nodelock_std_run;
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED.
// Writes: host. Calls: nothing. Threads: see base.h.
nodelock_result nodelock_std_close(nodelock_std_host *host);

// The user that was given to nodelock_std_open: callbacks of an agent that keeps its licenses in a host get
// the host, and find the program's own things by this.
//
// host  The host: what the callback got as its user.
//
// Returns NULL if it is not open, too.
// Writes: nothing. Calls: nothing. Threads: any, while it is open.
void *nodelock_std_user(const void *host);

// What the system said when it last failed to load, store, remove or write a file, e.g. "No space left on
// device".
//
// host  The host.
//
// Returns a text that stays as it is until the next call with this host or an agent that keeps its licenses
// there; empty if nothing failed yet, or if the host is not open. Never NULL. It must not be freed.
// Writes: nothing. Calls: nothing. Threads: see base.h.
const char *nodelock_std_last_error(const nodelock_std_host *host);

// For nodelock_agent_config.load, where the user is an open nodelock_std_host.
//
// Results: as there; NODELOCK_ERR_STORAGE_FAILED, for which nodelock_std_last_error has words,
// NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL for the buffer;
// NODELOCK_ERR_STORAGE_NOT_OPEN if user is NULL or no host that is open, with which nodelock_agent_boot fails;
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH.
// Writes: buffer and *len on NODELOCK_OK. Calls: nothing. Threads: see base.h.
NODELOCK_MUST_USE
nodelock_result nodelock_std_load(void *user,
                                  uint16_t key,
                                  uint8_t *buffer,
                                  size_t capacity,
                                  size_t *len);

// For nodelock_agent_config.store, where the user is an open nodelock_std_host.
//
// Results: as nodelock_std_load; NODELOCK_ERR_STORAGE_FULL also for a value of more than 2048 bytes.
// Writes: the directory. Calls: nothing. Threads: see base.h.
NODELOCK_MUST_USE
nodelock_result nodelock_std_store(void *user,
                                   uint16_t key,
                                   const uint8_t *value,
                                   size_t len);

// For nodelock_agent_config.remove, where the user is an open nodelock_std_host.
//
// Results: as nodelock_std_load. Writes: the directory. Calls: nothing. Threads: see base.h.
NODELOCK_MUST_USE nodelock_result nodelock_std_remove(void *user, uint16_t key);

// The time by the clocks of the system: seconds since power-on, with those asleep where the system counts
// them, and the wall clock unless it shows a time before 2026, when nobody has set it.
//
// now  The time.
//
// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT.
// Writes: *now on NODELOCK_OK. Calls: nothing. Threads: any.
nodelock_result nodelock_std_now(nodelock_now *now);

// Reads a license file in any form, and gives what nodelock_agent_install and nodelock_install take: base64 is decoded,
// and what mail programs, editors and shells have done to the text is undone, where it can be undone in one way
// (quoting, wrapping, quoted-printable, UTF-16 and more). Records are not changed by it: their signatures decide.
//
// host      The host, for nodelock_std_last_error.
// file      Path of the file, of 16 MiB at most. It is read at once: a FIFO is refused.
// buffer    Where the bytes go; may be NULL if capacity is 0.
// capacity  Its size. The length of the file does for a text; of base64 in a text the bytes may be more.
// len       The number of bytes.
//
// Results: NODELOCK_OK, also for what is no license file; NODELOCK_ERR_BUFFER if the buffer is too small, and *len is
// then what it needs; NODELOCK_ERR_EMPTY, NODELOCK_ERR_TEXT_TOO_LONG for the path; NODELOCK_ERR_SYSTEM, for which nodelock_std_last_error has words;
// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
// Writes: buffer on NODELOCK_OK, *len as said. Calls: nothing. Threads: see base.h.
NODELOCK_MUST_USE
nodelock_result nodelock_std_read_license(nodelock_std_host *host,
                                          const char *file,
                                          uint8_t *buffer,
                                          size_t capacity,
                                          size_t *len);

// Keeps a license file for people: writes the installed lines there, as a whole or not at all, and only if
// it says something else. The agent never reads it. To be called when something may have been installed or
// removed, e.g. after each nodelock_std_run.
//
// host   The host, for nodelock_std_last_error.
// agent  The agent.
// file   Path of the file, a regular one or none yet; another one beside it is used meanwhile.
//
// Results: NODELOCK_OK; NODELOCK_ERR_SYSTEM, for which nodelock_std_last_error has words;
// NODELOCK_ERR_EMPTY, NODELOCK_ERR_TEXT_TOO_LONG for the path.
// Writes: the file. Calls: load. Threads: see base.h.
NODELOCK_MUST_USE
nodelock_result nodelock_std_keep_license_file(nodelock_std_host *host,
                                               nodelock_agent *agent,
                                               const char *file);

// Carries out what an operator has typed: "show license", "license install FILE", "explain voice"; "help"
// lists all commands. License files are read in any form, as by nodelock_std_read_license. What it has to say goes to print.
//
// host     The host, which keeps the jobs of "license job ...", up to 16 at a time.
// agent    The agent, which may keep its licenses elsewhere.
// now      The time.
// command  The line, without its end; or a license, with its line ends, which is installed: by itself, in a mail, or in
//          base64. Less than 4096 bytes; longer ones are installed as files.
// console  See nodelock_std_console.
// done     1 if everything that was asked for was done; of "explain", if the feature may run; else 0. For
//          people and scripts: what may run is told by nodelock_agent_granted.
//
// Results: NODELOCK_OK, whatever done is; NODELOCK_ERR_NO_SUCH_COMMAND, and print says what there is;
// NODELOCK_ERR_OUTPUT if print fails, and the command may be done; NODELOCK_ERR_CONFIG_SIZE,
// NODELOCK_ERR_RESERVED for console; NODELOCK_ERR_TEXT_TOO_LONG, NODELOCK_ERR_ARGUMENT (time).
// Writes: *done on NODELOCK_OK; agent; storage and files, as the command says. Calls: print, eula,
// confirm, sha256_..., verify_signature, load, store, remove, counters_.... Threads: see base.h.
NODELOCK_MUST_USE
nodelock_result nodelock_std_run(nodelock_std_host *host,
                                 nodelock_agent *agent,
                                 const nodelock_now *now,
                                 const char *command,
                                 const nodelock_std_console *console,
                                 uint32_t *done);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif /* NODELOCK_STD_H */
