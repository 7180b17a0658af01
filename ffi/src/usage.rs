//! What is wrong use, and what only C can get: names, texts and remedies.

use crate::result::*;

/// Remedies of reasons that name a command of the console: a program in C may have none, and has a function.
pub(crate) const REMEDIES: &[(i32, &str)] = &[
    (
        NODELOCK_ERR_STORAGE_FAILED,
        "try again in a minute; if it was a change, nodelock_agent_line_at or show license tells whether it was made; if it keeps failing, restart the device",
    ),
    (
        NODELOCK_ERR_REPAIR_NUMBER,
        "tell the vendor the repair number that nodelock_agent_repair_number or show license status gives now",
    ),
    (
        NODELOCK_ERR_NOTHING_TO_REPAIR,
        "nothing; nodelock_agent_repair_number or show license status tells what can be repaired",
    ),
    (
        NODELOCK_ERR_STORAGE_ROLLED_BACK,
        "put the latest storage back; if it is lost, ask the vendor for a REPAIR record, with the rollback number of nodelock_agent_repair_number or show license status",
    ),
    (
        NODELOCK_ERR_USE_UNKNOWN,
        "put the latest storage back, or ask the vendor for a REPAIR record, with the damage number of nodelock_agent_repair_number or show license status",
    ),
    (
        NODELOCK_ERR_REVOCATIONS_UNKNOWN,
        "what is installed goes on; ask the vendor for a REPAIR record, with the damage number of nodelock_agent_repair_number or show license status",
    ),
    (
        NODELOCK_ERR_RUNNING_TIME_UNKNOWN,
        "what was paid for goes on; ask the vendor for a REPAIR record, with the damage number of nodelock_agent_repair_number or show license status",
    ),
    (
        NODELOCK_ERR_AGREEMENTS_UNKNOWN,
        "ask the vendor for a REPAIR record, with the damage number of nodelock_agent_repair_number or show license status, and accept the agreement then",
    ),
    (
        NODELOCK_ERR_TICKET_NOT_INSTALLED,
        "give it to nodelock_agent_ticket or license revoke, which give the proof",
    ),
    (
        NODELOCK_ERR_TICKET_APPLIED,
        "send the proof to the vendor; nodelock_agent_ticket or license revoke again gives it once more",
    ),
    (NODELOCK_ERR_TICKET_UNKNOWN, "apply it with nodelock_agent_ticket or license revoke"),
    (
        NODELOCK_ERR_UNITS_DIFFER,
        "write a new credential with nodelock_agent_credential or license save credential, and ask the vendor for a ticket made from it",
    ),
    (
        NODELOCK_ERR_DEVICE_KEY_DIFFERS,
        "write a new credential with nodelock_agent_credential or license save credential, and ask the vendor for a ticket made from it",
    ),
    (
        NODELOCK_ERR_REPAIRS_DIFFER,
        "write a new credential with nodelock_agent_credential or license save credential, and ask the vendor for a ticket made from it",
    ),
    (
        NODELOCK_ERR_LINE_WAITS,
        "install the proof that nodelock_agent_ticket or license revoke has given on the other device, or the vendor's final line",
    ),
    (
        NODELOCK_ERR_PROOF_WITHOUT_TICKET,
        "give the whole proof that nodelock_agent_ticket or license revoke has given",
    ),
    (
        NODELOCK_ERR_MANIFEST_UNREADABLE,
        "what was paid for goes on; ask the vendor for a REPAIR record, with the rollback number of nodelock_agent_repair_number or show license status",
    ),
];

/// Code, name, text and remedy of the results that only C has.
pub(crate) const USAGE: &[(i32, &str, &str, &str)] = &[
    (NODELOCK_OK, "ok", "done", "nothing to do"),
    (
        NODELOCK_ERR_NULL_ARGUMENT,
        "null-argument",
        "a pointer that must not be NULL is",
        "look at each pointer of the call, and in the structures that it leads to: the header says which may be NULL",
    ),
    (
        NODELOCK_ERR_NOT_INITIALIZED,
        "not-initialized",
        "the object that the call is for is not initialised",
        "call nodelock_init, nodelock_agent_boot or what else the header names for its type first, e.g. nodelock_installer_init, and look at the result",
    ),
    (
        NODELOCK_ERR_BUSY,
        "busy",
        "the context is in the middle of another call",
        "do not call the library from its callbacks; lock around calls from several threads",
    ),
    (
        NODELOCK_ERR_CTX_SIZE,
        "ctx-size",
        "the size is less than that of the object which the call is for",
        "give sizeof of the object, not of a pointer to it, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_CONFIG_SIZE,
        "config-size",
        "the size in the configuration is wrong, or fields are set that this library does not know",
        "begin a nodelock_config with NODELOCK_CONFIG_INIT, set the size of other structures to their sizeof, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_SLOT_SIZE,
        "slot-size",
        "the slots are smaller than this library needs",
        "begin the configuration with NODELOCK_CONFIG_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_CONFIG_FLAGS,
        "config-flags",
        "a flag that this library does not know",
        "leave unknown flags 0",
    ),
    (
        NODELOCK_ERR_NO_READ_UDI,
        "no-read-udi",
        "the callback read_udi is missing",
        "set it in the configuration",
    ),
    (
        NODELOCK_ERR_NO_SHA256,
        "no-sha256",
        "callbacks for SHA-256 are missing",
        "set all three; or none, with a library that has the hash inside",
    ),
    (
        NODELOCK_ERR_NO_VERIFY_SIGNATURE,
        "no-verify-signature",
        "the callback verify_signature is missing",
        "set it, or link the library that has the check inside",
    ),
    (
        NODELOCK_ERR_NO_ANCHORS,
        "no-anchors",
        "there is no trust anchor",
        "put the vendor's public key into the configuration",
    ),
    (
        NODELOCK_ERR_TOO_MANY_ANCHORS,
        "too-many-anchors",
        "too many trust anchors",
        "use fewer, and delegate to the others by KEY records",
    ),
    (
        NODELOCK_ERR_NO_SLOTS,
        "no-slots",
        "there are no slots",
        "pass an array with one slot for each license",
    ),
    (
        NODELOCK_ERR_TOO_MANY_SLOTS,
        "too-many-slots",
        "there are more slots than memory",
        "pass the number of elements, not of bytes",
    ),
    (
        NODELOCK_ERR_LENGTH,
        "length",
        "a length that no object can have",
        "look for a subtraction that went below 0",
    ),
    (
        NODELOCK_ERR_ALIGNMENT,
        "alignment",
        "a pointer is not aligned for its type",
        "do not cast byte buffers to the types of the library",
    ),
    (
        NODELOCK_ERR_NO_SUCH_INDEX,
        "no-such-index",
        "there is no element with this index",
        "count from 0, and stop at the first of these",
    ),
    (
        NODELOCK_ERR_NO_STORAGE,
        "no-storage",
        "callbacks for storage or rollback counters are missing",
        "set load, store and remove in the configuration of the agent, with rollback counters also theirs; in the port of a raw flash read, write and erase",
    ),
    (
        NODELOCK_ERR_CATALOG_SIZE,
        "catalog-size",
        "the catalog has no features, or too many",
        "list the features of the firmware, up to 1024",
    ),
    (
        NODELOCK_ERR_CATALOG_NAME,
        "catalog-name",
        "a name in the catalog is none that a license can have",
        "use 1 to 64 letters, digits, '.', '_' and '-', beginning with a letter or digit; and no keyword of records, such as LICENSE",
    ),
    (
        NODELOCK_ERR_CATALOG_DUPLICATE,
        "catalog-duplicate",
        "two features of the catalog have the same name",
        "give each its own",
    ),
    (
        NODELOCK_ERR_CATALOG_INCLUDE,
        "catalog-include",
        "a feature of the catalog includes itself, a level, or a name that is not there",
        "list other features only; the ranks of levels say what contains what",
    ),
    (
        NODELOCK_ERR_CATALOG_LEVEL,
        "catalog-level",
        "the levels of the catalog do not fit together",
        "give each module and package one level of rank 0 without trial and agreement, other ranks once, and no maximum",
    ),
    (
        NODELOCK_ERR_CATALOG_MAXIMUM,
        "catalog-maximum",
        "a maximum in the catalog is too large",
        "use at most 999999999999, or 0 for what is not counted",
    ),
    (
        NODELOCK_ERR_CATALOG_EULA,
        "catalog-eula",
        "a name of an agreement in the catalog is none that a license can have",
        "use 1 to 64 letters, digits, '.', '_' and '-'",
    ),
    (
        NODELOCK_ERR_CATALOG_TRIAL,
        "catalog-trial",
        "a trial in the catalog is too long",
        "use at most 100 years, in seconds",
    ),
    (
        NODELOCK_ERR_JOBS_FULL,
        "jobs-full",
        "there is no room for another job",
        "delete a job, or wait until one has been over for five minutes",
    ),
    (
        NODELOCK_ERR_NO_SUCH_JOB,
        "no-such-job",
        "there is no such job",
        "list the jobs; they end with the boot",
    ),
    (
        NODELOCK_ERR_JOB_STATE,
        "job-state",
        "the job is not in the state for this",
        "look at its state; a running job cannot be deleted, and only a job that was begun runs",
    ),
    (
        NODELOCK_ERR_OUTPUT,
        "output",
        "the program could not take the output",
        "look at what its callback returned",
    ),
    (
        NODELOCK_ERR_PINNED_TABLE,
        "pinned-table",
        "a table of the pinned keys is missing or damaged",
        "take the tables as nodelock keys tables has written them",
    ),
    (
        NODELOCK_ERR_AGENT_CONFIG_SIZE,
        "agent-config-size",
        "a size in the configuration of the agent is wrong, or fields are set that this library does not know",
        "begin it with NODELOCK_AGENT_CONFIG_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_AGENT_MEMORY_SIZE,
        "agent-memory-size",
        "a size in the memory of the agent is wrong, or fields are set that this library does not know",
        "begin it with NODELOCK_AGENT_MEMORY_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_JOBS_MEMORY_SIZE,
        "jobs-memory-size",
        "a size in the memory of the jobs is wrong",
        "begin it with NODELOCK_JOBS_MEMORY_INIT, and compile with the header that came with the library",
    ),
    (
        NODELOCK_ERR_MEMORY_FEATURES,
        "memory-features",
        "the array features of the agent's memory is too small",
        "give it an element for each feature of the catalog",
    ),
    (
        NODELOCK_ERR_MEMORY_CATALOG,
        "memory-catalog",
        "the array catalog of the agent's memory is too small",
        "give it an element for each feature of the catalog",
    ),
    (
        NODELOCK_ERR_MEMORY_NAMES,
        "memory-names",
        "the array names of the agent's memory is too small",
        "give it an element for each name in all includes lists of the catalog",
    ),
    (
        NODELOCK_ERR_MEMORY_SCRATCH,
        "memory-scratch",
        "the buffer scratch of the agent's memory is too small",
        "give it NODELOCK_SCRATCH_LEN bytes, or at least NODELOCK_SCRATCH_MIN",
    ),
    (
        NODELOCK_ERR_WALL,
        "wall",
        "the wall clock is later than the year 2199",
        "give seconds since 1970, not milliseconds; or wall_known = 0 while the clock is not set",
    ),
    (
        NODELOCK_ERR_BUILT,
        "built",
        "the day of the build is none from 2020 to 2079, in days since 1970-01-01",
        "set built to the seconds since 1970-01-01, divided by 86400; not to a spreadsheet's number of the day, which counts from 1900; or to 0",
    ),
    (
        NODELOCK_ERR_FLASH_NOT_MOUNTED,
        "flash-not-mounted",
        "the raw flash was not mounted",
        "call nodelock_flash_mount before nodelock_agent_boot, and look at its result",
    ),
    (
        NODELOCK_ERR_ARGUMENT,
        "argument",
        "an argument, or a field of one, has a value that the header does not list for it",
        "compare each with the comment in the header; what is yes or no is 1 or 0, and what is reserved is 0",
    ),
    (
        NODELOCK_ERR_ANCHOR_KEY_ID,
        "anchor-key-id",
        "the key id in a trust anchor of the configuration does not belong to its key",
        "copy the anchor again from what nodelock pubkey --format c writes; if the program hashes itself, test its SHA-256",
    ),
    (
        NODELOCK_ERR_UPTIME,
        "uptime",
        "the uptime runs about a thousand or a million times as fast as the wall clock",
        "give uptime in seconds since power-on, not in milliseconds, microseconds or ticks; nothing was charged",
    ),
    (
        NODELOCK_ERR_EMPTY,
        "empty",
        "a text, a path or a file that must have at least one byte has none",
        "look at where its length comes from",
    ),
    (
        NODELOCK_ERR_BUFFER,
        "buffer",
        "the buffer is too small",
        "give one of the size that the header names, or that the function has written to len",
    ),
    (
        NODELOCK_ERR_TEXT_TOO_LONG,
        "text-too-long",
        "a string is longer than the header allows, or does not end with NUL",
        "shorten it; a license of such a length is installed as a file",
    ),
    (
        NODELOCK_ERR_CHARGE_INTERVAL,
        "charge-interval",
        "charge_interval in the configuration of the agent is above 3153600000 seconds, 100 years",
        "set it in seconds, at most to NODELOCK_MAX_PERIOD, or to 0 for what the header says",
    ),
    (
        NODELOCK_ERR_BACK_TOLERANCE,
        "back-tolerance",
        "back_tolerance in the configuration of the agent is above 3153600000 seconds, 100 years",
        "set it in seconds, at most to NODELOCK_MAX_PERIOD, or to 0 for what the header says",
    ),
    (
        NODELOCK_ERR_FORWARD_BOUND,
        "forward-bound",
        "forward_bound in the configuration of the agent is above 3153600000 seconds, 100 years",
        "set it in seconds, at most to NODELOCK_MAX_PERIOD, or to 0 for what the header says",
    ),
    (
        NODELOCK_ERR_FORWARD_WAIT,
        "forward-wait",
        "forward_wait in the configuration of the agent is above 3153600000 seconds, 100 years",
        "set it in seconds, at most to NODELOCK_MAX_PERIOD, or to 0 for what the header says",
    ),
    (
        NODELOCK_ERR_NO_RECORD,
        "no-record",
        "the file holds no license record",
        "give a license file as text or in the binary form; base64, UTF-16 and mails are read on hosts only, by nodelock_std_read_license, or made into text by nodelock convert",
    ),
    (
        NODELOCK_ERR_NO_AGREEMENT,
        "no-agreement",
        "the feature has no license agreement",
        "name one in the field eula of the catalog, or do not ask for it",
    ),
    (
        NODELOCK_ERR_NOT_A_LEVEL,
        "not-a-level",
        "the feature is no level",
        "give the handle of a feature that has a module and a package in the catalog",
    ),
    (
        NODELOCK_ERR_RESERVED,
        "reserved",
        "a reserved field is not 0",
        "begin the structure with zeros or its ..._INIT, so that no field holds what was there before",
    ),
    (
        NODELOCK_ERR_CATALOG_HALF,
        "catalog-half",
        "a feature of the catalog has a rank without module and package, or a flag for a trial without trial_seconds",
        "set the fields that belong together, or none of them",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_STORAGE_NOT_OPEN,
        "storage-not-open",
        "the user of load, store and remove is no nodelock_std_host that is open",
        "call nodelock_std_open first, look at its result, and set user in nodelock_config to the host",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_STORAGE_IN_USE,
        "storage-in-use",
        "the directory of the license storage is open already",
        "close it, or stop the other process that uses it",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_SYSTEM,
        "system",
        "the operating system refuses",
        "look at what nodelock_std_open or nodelock_std_last_error says",
    ),
    #[cfg(feature = "hosted")]
    (
        NODELOCK_ERR_NO_SUCH_COMMAND,
        "no-such-command",
        "there is no such command",
        "type help for a list",
    ),
];
