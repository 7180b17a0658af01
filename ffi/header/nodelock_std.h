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
#ifndef NODELOCK_STD_H
#define NODELOCK_STD_H

#include "nodelock.h"

/* declarations */

#endif /* NODELOCK_STD_H */
