//! Results. The codes of [`nodelock::Reason`] stand here once more, by hand: a C header needs them as
//! literals, and a test compares the two lists.

use nodelock::Reason;

/// What became of a call: NODELOCK_OK, or a negative number that has a name, NODELOCK_ERR_...
pub type nodelock_result = i32;

/// The call did what it is for.
pub const NODELOCK_OK: nodelock_result = 0;

// The line: what stands in the file is no record (-1xx)
/// Text between records that is neither white space nor a comment.
pub const NODELOCK_ERR_STRAY_TEXT: nodelock_result = -101;
/// The record ends before its sig= token.
pub const NODELOCK_ERR_TRUNCATED: nodelock_result = -102;
/// The number after the keyword is not a format this version knows.
pub const NODELOCK_ERR_UNSUPPORTED_FORMAT: nodelock_result = -103;
/// A byte that is neither printable ASCII nor white space.
pub const NODELOCK_ERR_BAD_CHARACTER: nodelock_result = -104;
/// Longer than 1024 bytes.
pub const NODELOCK_ERR_RECORD_TOO_LONG: nodelock_result = -105;
/// Feature name empty, too long, or with a character that names do not have.
pub const NODELOCK_ERR_BAD_FEATURE: nodelock_result = -106;
/// Version not of the form 1.0, or not in its shortest form.
pub const NODELOCK_ERR_BAD_VERSION: nodelock_result = -107;
/// No license type of this name.
pub const NODELOCK_ERR_BAD_TYPE: nodelock_result = -108;
/// Neither uncounted nor a number from 1 up.
pub const NODELOCK_ERR_BAD_COUNT: nodelock_result = -109;
/// A token that should be key=value is not.
pub const NODELOCK_ERR_BAD_FIELD: nodelock_result = -110;
/// A key that this version does not know and that does not start with x-.
pub const NODELOCK_ERR_UNKNOWN_FIELD: nodelock_result = -111;
/// A field given twice, or not at its place in the fixed order.
pub const NODELOCK_ERR_FIELD_ORDER: nodelock_result = -112;
/// A field that this kind of record must have.
pub const NODELOCK_ERR_MISSING_FIELD: nodelock_result = -113;
/// Line id not 20 lower-case hexadecimal digits.
pub const NODELOCK_ERR_BAD_ID: nodelock_result = -114;
/// UDI not of the form PID:SN.
pub const NODELOCK_ERR_BAD_UDI: nodelock_result = -115;
/// Date not of the form 2026-11-22, or no day of the calendar.
pub const NODELOCK_ERR_BAD_DATE: nodelock_result = -116;
/// Period not in its one form, e.g. 60d.
pub const NODELOCK_ERR_BAD_PERIOD: nodelock_result = -117;
/// A value that its field does not allow.
pub const NODELOCK_ERR_BAD_VALUE: nodelock_result = -118;
/// A field that this license type does not have.
pub const NODELOCK_ERR_FIELD_NOT_ALLOWED: nodelock_result = -119;
/// The sig= token is not KEYID:SIGNATURE in its one encoding.
pub const NODELOCK_ERR_BAD_SIGNATURE_TEXT: nodelock_result = -120;
/// The end lies before the start.
pub const NODELOCK_ERR_END_BEFORE_START: nodelock_result = -121;
/// No role of this name.
pub const NODELOCK_ERR_BAD_ROLE: nodelock_result = -122;
/// The public key in a KEY record is not in its one encoding.
pub const NODELOCK_ERR_BAD_KEY_TEXT: nodelock_result = -123;
/// The binary twin cannot be decoded, or is not in its one encoding.
pub const NODELOCK_ERR_BAD_BINARY: nodelock_result = -124;
/// More x- fields than 4.
pub const NODELOCK_ERR_TOO_MANY_EXTRAS: nodelock_result = -125;
/// Text that ends with a signature and does not begin with a keyword.
pub const NODELOCK_ERR_DAMAGED_KEYWORD: nodelock_result = -126;

// Key and signature (-2xx)
/// No trusted key has the id in the signature.
pub const NODELOCK_ERR_UNKNOWN_KEY: nodelock_result = -201;
/// The signature does not belong to these bytes and this key.
pub const NODELOCK_ERR_SIGNATURE_MISMATCH: nodelock_result = -202;
/// High-s form of a signature: valid mathematics, second encoding.
pub const NODELOCK_ERR_SIGNATURE_NOT_LOW_S: nodelock_result = -203;
/// The key's role does not allow what it signed.
pub const NODELOCK_ERR_KEY_ROLE: nodelock_result = -204;
/// A development key where only real keys are accepted.
pub const NODELOCK_ERR_DEVELOPMENT_KEY: nodelock_result = -205;
/// The delegated key may not sign for this feature.
pub const NODELOCK_ERR_KEY_FEATURE: nodelock_result = -206;
/// The delegated key may not sign for this product.
pub const NODELOCK_ERR_KEY_PRODUCT: nodelock_result = -207;
/// Issued outside the validity of the delegated key.
pub const NODELOCK_ERR_KEY_PERIOD: nodelock_result = -208;
/// The key id in a KEY record is not the one of its key.
pub const NODELOCK_ERR_KEY_ID_MISMATCH: nodelock_result = -209;
/// A KEY record that is not signed by a root.
pub const NODELOCK_ERR_NOT_A_ROOT: nodelock_result = -210;
/// All slots for delegated keys are taken.
pub const NODELOCK_ERR_KEY_SLOTS_FULL: nodelock_result = -211;
/// The key is not a point of the curve.
pub const NODELOCK_ERR_INVALID_KEY: nodelock_result = -212;
/// The product's own hash or verification function reported a failure.
pub const NODELOCK_ERR_CRYPTO_FAILURE: nodelock_result = -213;

// Binding to the device (-3xx)
/// Locked to the UDI of another device.
pub const NODELOCK_ERR_OTHER_DEVICE: nodelock_result = -301;
/// The device's UDI could not be read.
pub const NODELOCK_ERR_UDI_UNAVAILABLE: nodelock_result = -302;
/// The device's UDI is not of the form that licenses can name.
pub const NODELOCK_ERR_UDI_INVALID: nodelock_result = -303;

// Installing (-4xx)
/// A line with this id is there already.
pub const NODELOCK_ERR_ALREADY_INSTALLED: nodelock_result = -401;
/// Another line with the same id is there already.
pub const NODELOCK_ERR_CONFLICTING_ID: nodelock_result = -402;
/// All slots are taken.
pub const NODELOCK_ERR_SLOTS_FULL: nodelock_result = -403;
/// All slots for leases are taken.
pub const NODELOCK_ERR_LEASES_FULL: nodelock_result = -404;
/// No lease has this token, or it belongs to another owner.
pub const NODELOCK_ERR_NO_SUCH_LEASE: nodelock_result = -405;
/// The line serves a feature that is in use.
pub const NODELOCK_ERR_LINE_IN_USE: nodelock_result = -406;
/// Built-in lines are part of the firmware.
pub const NODELOCK_ERR_BUILT_IN_LINE: nodelock_result = -407;
/// No line with this id is installed.
pub const NODELOCK_ERR_NO_SUCH_LINE: nodelock_result = -408;
/// No room to remember the use of another metered line.
pub const NODELOCK_ERR_USAGE_FULL: nodelock_result = -409;
/// The storage port failed.
pub const NODELOCK_ERR_STORAGE_FAILED: nodelock_result = -410;
/// The storage is full.
pub const NODELOCK_ERR_STORAGE_FULL: nodelock_result = -411;
/// A stored value is damaged.
pub const NODELOCK_ERR_STORAGE_CORRUPTED: nodelock_result = -412;
/// An evaluation subscription for this feature was installed before.
pub const NODELOCK_ERR_ALREADY_EVALUATED: nodelock_result = -413;
/// A comment with more than 255 bytes.
pub const NODELOCK_ERR_COMMENT_TOO_LONG: nodelock_result = -414;
/// The priority of this type cannot be changed.
pub const NODELOCK_ERR_PRIORITY_FIXED: nodelock_result = -415;
/// The memory that the caller gave is too small.
pub const NODELOCK_ERR_MEMORY_TOO_SMALL: nodelock_result = -416;
/// The rollback counters could not be read or raised.
pub const NODELOCK_ERR_COUNTERS_FAILED: nodelock_result = -430;
/// The product asks for more protection than the device has.
pub const NODELOCK_ERR_COUNTERS_TOO_WEAK: nodelock_result = -431;
/// The device secret is blank: all zeros or all ones.
pub const NODELOCK_ERR_DEVICE_SECRET_BLANK: nodelock_result = -432;
/// Stored values have a MAC, and there is no secret.
pub const NODELOCK_ERR_DEVICE_SECRET_MISSING: nodelock_result = -433;
/// The right was revoked.
pub const NODELOCK_ERR_LICENSE_REVOKED: nodelock_result = -434;
/// No room to remember another revoked line.
pub const NODELOCK_ERR_REVOCATIONS_FULL: nodelock_result = -435;
/// Flash that values cannot be kept in: pages too few, too many or too small, or other words.
pub const NODELOCK_ERR_FLASH_GEOMETRY: nodelock_result = -436;
/// The REPAIR record is for another state of this device, or was used already.
pub const NODELOCK_ERR_REPAIR_NUMBER: nodelock_result = -437;
/// Nothing of what the REPAIR record repairs is broken.
pub const NODELOCK_ERR_NOTHING_TO_REPAIR: nodelock_result = -438;

// Moving rights (-5xx)
/// Source and destination of a ticket are one device.
pub const NODELOCK_ERR_SAME_DEVICE: nodelock_result = -501;
/// A file that should hold a ticket holds none.
pub const NODELOCK_ERR_NO_TICKET: nodelock_result = -502;
/// A ticket in a file to be installed.
pub const NODELOCK_ERR_TICKET_NOT_INSTALLED: nodelock_result = -503;
/// The ticket was applied on this device.
pub const NODELOCK_ERR_TICKET_APPLIED: nodelock_result = -504;
/// The ticket was cancelled on this device.
pub const NODELOCK_ERR_TICKET_CANCELLED: nodelock_result = -505;
/// No ticket with this digest was applied or cancelled here.
pub const NODELOCK_ERR_TICKET_UNKNOWN: nodelock_result = -506;
/// The line has other units than the ticket says.
pub const NODELOCK_ERR_UNITS_DIFFER: nodelock_result = -507;
/// A line of the ticket was given up before.
pub const NODELOCK_ERR_LINE_MOVED: nodelock_result = -508;
/// The line is there and waits for the proof of its transfer.
pub const NODELOCK_ERR_LINE_WAITS: nodelock_result = -509;
/// The ticket names another key than the device has.
pub const NODELOCK_ERR_DEVICE_KEY_DIFFERS: nodelock_result = -510;
/// The ticket is from before a repair of the device.
pub const NODELOCK_ERR_REPAIRS_DIFFER: nodelock_result = -511;
/// No room to remember another ticket.
pub const NODELOCK_ERR_TICKETS_FULL: nodelock_result = -512;
/// A proof without its ticket, or for another one.
pub const NODELOCK_ERR_PROOF_WITHOUT_TICKET: nodelock_result = -513;
/// No line here waits for the ticket of this proof.
pub const NODELOCK_ERR_NOTHING_WAITS: nodelock_result = -514;
/// The proof is for a ticket to another device.
pub const NODELOCK_ERR_PROOF_FOR_OTHER: nodelock_result = -515;
/// The proof says that nothing was given up.
pub const NODELOCK_ERR_NOT_GIVEN_UP: nodelock_result = -516;
/// The proof was made without a device key.
pub const NODELOCK_ERR_PROOF_NOT_PUBLIC: nodelock_result = -517;
/// The device's own signing failed.
pub const NODELOCK_ERR_SIGNING_FAILED: nodelock_result = -518;
/// Only lines that wait or came by a ticket can be given up.
pub const NODELOCK_ERR_NOT_TRANSFERRED: nodelock_result = -519;
/// A record that devices make, given to a device.
pub const NODELOCK_ERR_FOR_VENDOR: nodelock_result = -520;
/// More than one ticket in a file.
pub const NODELOCK_ERR_SEVERAL_TICKETS: nodelock_result = -521;
/// A `REVOKE` that the owner would rather not have.
pub const NODELOCK_ERR_REVOKE_NOT_CANCELLED: nodelock_result = -522;
/// The room for what is written is too small.
pub const NODELOCK_ERR_BUFFER_TOO_SMALL: nodelock_result = -523;

// The decision (-6xx): the reason in a verdict or an explanation; results only of calls on an agent
/// No installed line names the feature.
pub const NODELOCK_ERR_NO_LICENSE: nodelock_result = -601;
/// The licensed version is lower than the one asked for.
pub const NODELOCK_ERR_VERSION_TOO_LOW: nodelock_result = -602;
/// Fewer units are licensed than were asked for.
pub const NODELOCK_ERR_COUNT_TOO_LOW: nodelock_result = -603;
/// The type needs clocks, acceptance or activation, which a plain check does not have.
pub const NODELOCK_ERR_NEEDS_AGENT: nodelock_result = -604;
/// The period is over.
pub const NODELOCK_ERR_EXPIRED: nodelock_result = -605;
/// The first day has not come yet.
pub const NODELOCK_ERR_NOT_STARTED: nodelock_result = -606;
/// Without a clock this cannot be judged.
pub const NODELOCK_ERR_CLOCK_UNKNOWN: nodelock_result = -607;
/// The license agreement was not accepted.
pub const NODELOCK_ERR_EULA_NOT_ACCEPTED: nodelock_result = -608;
/// Metered and right-to-use licenses run only when they are activated or acquired.
pub const NODELOCK_ERR_NOT_ACTIVATED: nodelock_result = -609;
/// A built-in trial, while there is a better license.
pub const NODELOCK_ERR_BETTER_LICENSE: nodelock_result = -610;
/// The agent was not told the time in time.
pub const NODELOCK_ERR_TICK_OVERDUE: nodelock_result = -611;
/// A level that was not chosen at boot.
pub const NODELOCK_ERR_LEVEL_NOT_BOOTED: nodelock_result = -612;
/// The catalog has no such feature.
pub const NODELOCK_ERR_UNKNOWN_FEATURE: nodelock_result = -613;
/// The device was started many times for a short time: rights with dates wait two minutes after each boot.
pub const NODELOCK_ERR_RESTARTED_TOO_OFTEN: nodelock_result = -614;
/// Enough units may be licensed, and this firmware can do no more of the feature.
pub const NODELOCK_ERR_MAXIMUM_REACHED: nodelock_result = -615;
/// A level is chosen at boot, and not acquired.
pub const NODELOCK_ERR_NOT_ACQUIRABLE: nodelock_result = -616;
/// A line that adds no units, because an exclusive one for as many or more is there.
pub const NODELOCK_ERR_ADDS_NOTHING: nodelock_result = -617;
/// The storage is older than the rollback counters.
pub const NODELOCK_ERR_STORAGE_ROLLED_BACK: nodelock_result = -620;
/// It cannot be read how much of a metered line was used.
pub const NODELOCK_ERR_USE_UNKNOWN: nodelock_result = -621;
/// It cannot be read which licenses were revoked, so no other is installed.
pub const NODELOCK_ERR_REVOCATIONS_UNKNOWN: nodelock_result = -622;
/// It cannot be read how long the rights with dates have run, so trials wait.
pub const NODELOCK_ERR_RUNNING_TIME_UNKNOWN: nodelock_result = -623;
/// It cannot be read whether the stored values are the latest, so trials and new licenses wait.
pub const NODELOCK_ERR_MANIFEST_UNREADABLE: nodelock_result = -624;
/// It cannot be read which license agreements were accepted, so no other is accepted.
pub const NODELOCK_ERR_AGREEMENTS_UNKNOWN: nodelock_result = -625;

// Wrong use (-9xx), and what only C can get
/// A pointer that must not be NULL is.
pub const NODELOCK_ERR_NULL_ARGUMENT: nodelock_result = -901;
/// The object was never initialised, or not successfully, or is deinitialised.
pub const NODELOCK_ERR_NOT_INITIALIZED: nodelock_result = -902;
/// The call came from inside a callback, or while another call on the context was running.
pub const NODELOCK_ERR_BUSY: nodelock_result = -903;
/// The size of the object is less than this library needs: that of a pointer was given, or header and library do not
/// belong together.
pub const NODELOCK_ERR_CTX_SIZE: nodelock_result = -904;
/// The size in a nodelock_config, or in another structure that has no result of its own, is none that this library
/// knows, or fields it does not know are set: it was not set, or header and library do not belong together.
pub const NODELOCK_ERR_CONFIG_SIZE: nodelock_result = -905;
/// The slots are smaller than this library needs: header and library do not belong together.
pub const NODELOCK_ERR_SLOT_SIZE: nodelock_result = -906;
/// A flag that this library does not know, or a reserved field that is not 0.
pub const NODELOCK_ERR_CONFIG_FLAGS: nodelock_result = -907;
/// The callback read_udi is missing.
pub const NODELOCK_ERR_NO_READ_UDI: nodelock_result = -908;
/// Some of the three callbacks for SHA-256 are missing; or all are, and this library was built
/// without a hash.
pub const NODELOCK_ERR_NO_SHA256: nodelock_result = -909;
/// The callback verify_signature is missing, and this library was built without a signature
/// check.
pub const NODELOCK_ERR_NO_VERIFY_SIGNATURE: nodelock_result = -910;
/// No trust anchor: nothing could ever be licensed.
pub const NODELOCK_ERR_NO_ANCHORS: nodelock_result = -911;
/// More trust anchors than NODELOCK_MAX_ANCHORS.
pub const NODELOCK_ERR_TOO_MANY_ANCHORS: nodelock_result = -912;
/// No slots: nothing could ever be installed.
pub const NODELOCK_ERR_NO_SLOTS: nodelock_result = -913;
/// The array of slots would be larger than any object can be.
pub const NODELOCK_ERR_TOO_MANY_SLOTS: nodelock_result = -914;
/// A length that no object can have, above PTRDIFF_MAX.
pub const NODELOCK_ERR_LENGTH: nodelock_result = -915;
/// A pointer that is not aligned for its type.
pub const NODELOCK_ERR_ALIGNMENT: nodelock_result = -916;
/// There is no element with this index.
pub const NODELOCK_ERR_NO_SUCH_INDEX: nodelock_result = -917;
/// Some of the callbacks for storage, for rollback counters or of a nodelock_flash_port are missing.
pub const NODELOCK_ERR_NO_STORAGE: nodelock_result = -918;
/// The catalog has no features, or more than 1024.
pub const NODELOCK_ERR_CATALOG_SIZE: nodelock_result = -919;
/// A name in the catalog that no license can have.
pub const NODELOCK_ERR_CATALOG_NAME: nodelock_result = -920;
/// Two features of the catalog have the same name.
pub const NODELOCK_ERR_CATALOG_DUPLICATE: nodelock_result = -921;
/// A feature of the catalog includes itself, a level, or a name that is not there.
pub const NODELOCK_ERR_CATALOG_INCLUDE: nodelock_result = -922;
/// Levels of the catalog that do not fit together: a module without a package, a rank above 255 or given
/// twice, a package without rank 0, a rank 0 with trial or agreement, or a level that is counted.
pub const NODELOCK_ERR_CATALOG_LEVEL: nodelock_result = -923;
/// A maximum in the catalog above 999999999999.
pub const NODELOCK_ERR_CATALOG_MAXIMUM: nodelock_result = -924;
/// A name of an agreement in the catalog that no license can have.
pub const NODELOCK_ERR_CATALOG_EULA: nodelock_result = -925;
/// A trial in the catalog of more than 100 years.
pub const NODELOCK_ERR_CATALOG_TRIAL: nodelock_result = -926;
/// No room for another job: all wait, run, or have been over for less than five minutes.
pub const NODELOCK_ERR_JOBS_FULL: nodelock_result = -927;
/// There is no such job.
pub const NODELOCK_ERR_NO_SUCH_JOB: nodelock_result = -928;
/// The job is not in the state for this call.
pub const NODELOCK_ERR_JOB_STATE: nodelock_result = -929;
/// A callback that takes output has failed.
pub const NODELOCK_ERR_OUTPUT: nodelock_result = -930;
/// A table of nodelock_config.pinned is missing, damaged, or of another size.
pub const NODELOCK_ERR_PINNED_TABLE: nodelock_result = -931;
/// Of nodelock_std.h: the directory is open already, here or in another process.
pub const NODELOCK_ERR_STORAGE_IN_USE: nodelock_result = -932;
/// Of nodelock_std.h: the operating system refuses; its own text can be asked for.
pub const NODELOCK_ERR_SYSTEM: nodelock_result = -933;
/// Of nodelock_std.h: there is no such command.
pub const NODELOCK_ERR_NO_SUCH_COMMAND: nodelock_result = -934;
/// As NODELOCK_ERR_CONFIG_SIZE, for a nodelock_agent_config or the features that it leads to.
pub const NODELOCK_ERR_AGENT_CONFIG_SIZE: nodelock_result = -935;
/// The same for a nodelock_agent_memory, or slots that are smaller than this library needs.
pub const NODELOCK_ERR_AGENT_MEMORY_SIZE: nodelock_result = -936;
/// The same for a nodelock_jobs_memory and its slots.
pub const NODELOCK_ERR_JOBS_MEMORY_SIZE: nodelock_result = -937;
/// The array features of nodelock_agent_memory has fewer elements than the catalog has features.
pub const NODELOCK_ERR_MEMORY_FEATURES: nodelock_result = -938;
/// The array catalog of nodelock_agent_memory has fewer elements than the catalog has features.
pub const NODELOCK_ERR_MEMORY_CATALOG: nodelock_result = -939;
/// The array names of nodelock_agent_memory has fewer elements than all includes lists of the catalog together.
pub const NODELOCK_ERR_MEMORY_NAMES: nodelock_result = -940;
/// The buffer scratch of nodelock_agent_memory has fewer than NODELOCK_SCRATCH_MIN bytes.
pub const NODELOCK_ERR_MEMORY_SCRATCH: nodelock_result = -941;
/// A wall clock later than the year 2199: it counts in something other than seconds.
pub const NODELOCK_ERR_WALL: nodelock_result = -942;
/// The day on which the firmware was built is neither 0 nor a day from 2020 to 2079 in days since 1970-01-01.
pub const NODELOCK_ERR_BUILT: nodelock_result = -943;
/// A nodelock_flash that was not mounted, or not successfully.
pub const NODELOCK_ERR_FLASH_NOT_MOUNTED: nodelock_result = -944;
/// An argument, or a field of one, has a value that the header does not list for it.
pub const NODELOCK_ERR_ARGUMENT: nodelock_result = -945;
/// The key id in a trust anchor of the configuration is not the one of its key.
pub const NODELOCK_ERR_ANCHOR_KEY_ID: nodelock_result = -946;
/// The uptime runs about a thousand or a million times as fast as the wall clock: it counts in something other than
/// seconds.
pub const NODELOCK_ERR_UPTIME: nodelock_result = -947;
/// A text, a path or a file that must have at least one byte has none.
pub const NODELOCK_ERR_EMPTY: nodelock_result = -948;
/// The buffer that the caller gave is too small.
pub const NODELOCK_ERR_BUFFER: nodelock_result = -949;
/// A string without a NUL in as many bytes as it may have at most.
pub const NODELOCK_ERR_TEXT_TOO_LONG: nodelock_result = -950;
/// charge_interval of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
pub const NODELOCK_ERR_CHARGE_INTERVAL: nodelock_result = -951;
/// back_tolerance of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
pub const NODELOCK_ERR_BACK_TOLERANCE: nodelock_result = -952;
/// forward_bound of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
pub const NODELOCK_ERR_FORWARD_BOUND: nodelock_result = -953;
/// forward_wait of nodelock_agent_config is above NODELOCK_MAX_PERIOD.
pub const NODELOCK_ERR_FORWARD_WAIT: nodelock_result = -954;
/// The file holds no record at all: it is no license file, or in a form that this function does not read.
pub const NODELOCK_ERR_NO_RECORD: nodelock_result = -955;
/// Of nodelock_std.h: the user of the callbacks is no nodelock_std_host that is open.
pub const NODELOCK_ERR_STORAGE_NOT_OPEN: nodelock_result = -956;
/// The feature has no license agreement in the catalog.
pub const NODELOCK_ERR_NO_AGREEMENT: nodelock_result = -957;
/// The feature is no level.
pub const NODELOCK_ERR_NOT_A_LEVEL: nodelock_result = -958;
/// A reserved field is not 0.
pub const NODELOCK_ERR_RESERVED: nodelock_result = -959;
/// A flag, or a field, of a feature in the catalog that does nothing without another one, which is not set.
pub const NODELOCK_ERR_CATALOG_HALF: nodelock_result = -960;

/// A result other than `NODELOCK_OK`, on its way out.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) nodelock_result);

impl From<Reason> for Code {
    fn from(reason: Reason) -> Self {
        Self(reason.code())
    }
}

/// The number that C gets.
pub(crate) const fn number(outcome: Result<(), Code>) -> nodelock_result {
    match outcome {
        Ok(()) => NODELOCK_OK,
        Err(Code(code)) => code,
    }
}
