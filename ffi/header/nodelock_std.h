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
 * Libraries for hosts have these functions; those for firmware, and those of the profile "check", have not.
 *
 * CONVENTIONS, beside those of nodelock.h
 *
 * Memory     What nodelock_std_open allocates, nodelock_std_close frees; the program never frees anything of
 *            the library's. Where there is no memory the process ends, as with everything made with Rust.
 * Processes  An open directory is locked: no other process can open it, nor this one a second time. The
 *            lock goes with the process, however it ends. After fork() only one of the two may use the host,
 *            and the lock stays until both have closed it or ended.
 * Threads    Different hosts are independent. A host belongs to the agent that keeps its licenses there: one
 *            lock of the program's around all calls on both.
 * Results    Functions on a host can also answer NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
 *            NODELOCK_ERR_NOT_INITIALIZED (not open) and NODELOCK_ERR_BUSY (called from a callback of
 *            nodelock_std_run, which only load, store, remove, nodelock_std_user and
 *            nodelock_std_last_error may be). So can those on an agent.
 * Text       Paths and commands end with NUL and have at most 4095 bytes; more, and an empty path, are
 *            NODELOCK_ERR_LENGTH. Paths are bytes as the system takes them, on Windows UTF-8. All other text,
 *            in both directions, is UTF-8.
 * Files      Who can type commands can read and replace files as the process can. Nothing is checked beside
 *            the system's own permissions.
 * Panics     None is known. One would be a mistake in the library; it says so on the standard error and ends
 *            the process by abort(), with all that was acknowledged on the disk. No C++ exception may leave a
 *            callback.
 */
#ifndef NODELOCK_STD_H
#define NODELOCK_STD_H

#include "nodelock.h"

/* declarations */

#endif /* NODELOCK_STD_H */
