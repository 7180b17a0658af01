//! Results. The codes of [`nodelock::Reason`] stand here once more, by hand: a C header needs them as
//! literals, and a test compares the two lists.

use nodelock::Reason;

/// The call did what it is for.
pub const NODELOCK_OK: i32 = 0;

// The line: what stands in the file is no record (-1xx)
/// Text between records that is neither white space nor a comment.
pub const NODELOCK_ERR_STRAY_TEXT: i32 = -101;
/// The record ends before its sig= token.
pub const NODELOCK_ERR_TRUNCATED: i32 = -102;
/// The number after the keyword is not a format this version knows.
pub const NODELOCK_ERR_UNSUPPORTED_FORMAT: i32 = -103;
/// A byte that is neither printable ASCII nor white space.
pub const NODELOCK_ERR_BAD_CHARACTER: i32 = -104;
/// Longer than 1024 bytes.
pub const NODELOCK_ERR_RECORD_TOO_LONG: i32 = -105;
/// Feature name empty, too long, or with a character that names do not have.
pub const NODELOCK_ERR_BAD_FEATURE: i32 = -106;
/// Version not of the form 1.0, or not in its shortest form.
pub const NODELOCK_ERR_BAD_VERSION: i32 = -107;
/// No license type of this name.
pub const NODELOCK_ERR_BAD_TYPE: i32 = -108;
/// Neither uncounted nor a number from 1 up.
pub const NODELOCK_ERR_BAD_COUNT: i32 = -109;
/// A token that should be key=value is not.
pub const NODELOCK_ERR_BAD_FIELD: i32 = -110;
/// A key that this version does not know and that does not start with x-.
pub const NODELOCK_ERR_UNKNOWN_FIELD: i32 = -111;
/// A field given twice, or not at its place in the fixed order.
pub const NODELOCK_ERR_FIELD_ORDER: i32 = -112;
/// A field that this kind of record must have.
pub const NODELOCK_ERR_MISSING_FIELD: i32 = -113;
/// Line id not 20 lower-case hexadecimal digits.
pub const NODELOCK_ERR_BAD_ID: i32 = -114;
/// UDI not of the form PID:SN.
pub const NODELOCK_ERR_BAD_UDI: i32 = -115;
/// Date not of the form 2026-11-22, or no day of the calendar.
pub const NODELOCK_ERR_BAD_DATE: i32 = -116;
/// Period not in its one form, e.g. 60d.
pub const NODELOCK_ERR_BAD_PERIOD: i32 = -117;
/// A value that its field does not allow.
pub const NODELOCK_ERR_BAD_VALUE: i32 = -118;
/// A field that this license type does not have.
pub const NODELOCK_ERR_FIELD_NOT_ALLOWED: i32 = -119;
/// The sig= token is not KEYID:SIGNATURE in its one encoding.
pub const NODELOCK_ERR_BAD_SIGNATURE_TEXT: i32 = -120;
/// The end lies before the start.
pub const NODELOCK_ERR_END_BEFORE_START: i32 = -121;
/// No role of this name.
pub const NODELOCK_ERR_BAD_ROLE: i32 = -122;
/// The public key in a KEY record is not in its one encoding.
pub const NODELOCK_ERR_BAD_KEY_TEXT: i32 = -123;
/// The binary twin cannot be decoded, or is not in its one encoding.
pub const NODELOCK_ERR_BAD_BINARY: i32 = -124;
/// More x- fields than 4.
pub const NODELOCK_ERR_TOO_MANY_EXTRAS: i32 = -125;

// Key and signature (-2xx)
/// No trusted key has the id in the signature.
pub const NODELOCK_ERR_UNKNOWN_KEY: i32 = -201;
/// The signature does not belong to these bytes and this key.
pub const NODELOCK_ERR_SIGNATURE_MISMATCH: i32 = -202;
/// High-s form of a signature: valid mathematics, second encoding.
pub const NODELOCK_ERR_SIGNATURE_NOT_LOW_S: i32 = -203;
/// The key's role does not allow what it signed.
pub const NODELOCK_ERR_KEY_ROLE: i32 = -204;
/// A development key where only real keys are accepted.
pub const NODELOCK_ERR_DEVELOPMENT_KEY: i32 = -205;
/// The delegated key may not sign for this feature.
pub const NODELOCK_ERR_KEY_FEATURE: i32 = -206;
/// The delegated key may not sign for this product.
pub const NODELOCK_ERR_KEY_PRODUCT: i32 = -207;
/// Issued outside the validity of the delegated key.
pub const NODELOCK_ERR_KEY_PERIOD: i32 = -208;
/// The key id in a KEY record or trust anchor is not the one of its key.
pub const NODELOCK_ERR_KEY_ID_MISMATCH: i32 = -209;
/// A KEY record that is not signed by a root.
pub const NODELOCK_ERR_NOT_A_ROOT: i32 = -210;
/// All slots for delegated keys are taken.
pub const NODELOCK_ERR_KEY_SLOTS_FULL: i32 = -211;
/// The key is not a point of the curve.
pub const NODELOCK_ERR_INVALID_KEY: i32 = -212;
/// The product's own hash or verification function reported a failure.
pub const NODELOCK_ERR_CRYPTO_FAILURE: i32 = -213;

// Binding to the device (-3xx)
/// Locked to the UDI of another device.
pub const NODELOCK_ERR_OTHER_DEVICE: i32 = -301;
/// The device's UDI could not be read.
pub const NODELOCK_ERR_UDI_UNAVAILABLE: i32 = -302;
/// The device's UDI is not of the form that licenses can name.
pub const NODELOCK_ERR_UDI_INVALID: i32 = -303;

// Installing (-4xx)
/// A line with this id is there already.
pub const NODELOCK_ERR_ALREADY_INSTALLED: i32 = -401;
/// Another line with the same id is there already.
pub const NODELOCK_ERR_CONFLICTING_ID: i32 = -402;
/// All slots are taken.
pub const NODELOCK_ERR_SLOTS_FULL: i32 = -403;
/// All slots for leases are taken.
pub const NODELOCK_ERR_LEASES_FULL: i32 = -404;
/// No lease has this token, or it belongs to another owner.
pub const NODELOCK_ERR_NO_SUCH_LEASE: i32 = -405;
/// The line serves a feature that is in use.
pub const NODELOCK_ERR_LINE_IN_USE: i32 = -406;
/// Built-in lines are part of the firmware.
pub const NODELOCK_ERR_BUILT_IN_LINE: i32 = -407;
/// No line with this id is installed.
pub const NODELOCK_ERR_NO_SUCH_LINE: i32 = -408;
/// No room to remember the use of another metered line.
pub const NODELOCK_ERR_USAGE_FULL: i32 = -409;
/// The storage port failed.
pub const NODELOCK_ERR_STORAGE_FAILED: i32 = -410;
/// The storage is full.
pub const NODELOCK_ERR_STORAGE_FULL: i32 = -411;
/// A stored value is damaged.
pub const NODELOCK_ERR_STORAGE_CORRUPTED: i32 = -412;
/// An evaluation subscription for this feature was installed before.
pub const NODELOCK_ERR_ALREADY_EVALUATED: i32 = -413;
/// A comment with more than 255 bytes.
pub const NODELOCK_ERR_COMMENT_TOO_LONG: i32 = -414;
/// The priority of this type cannot be changed.
pub const NODELOCK_ERR_PRIORITY_FIXED: i32 = -415;
/// The memory that the caller gave is too small.
pub const NODELOCK_ERR_MEMORY_TOO_SMALL: i32 = -416;
/// The anchor's counters could not be read or raised.
pub const NODELOCK_ERR_ANCHOR_FAILED: i32 = -430;
/// The product asks for more protection than the device has.
pub const NODELOCK_ERR_ANCHOR_TOO_WEAK: i32 = -431;
/// The device secret is blank: all zeros or all ones.
pub const NODELOCK_ERR_DEVICE_SECRET_BLANK: i32 = -432;
/// Stored values have a MAC, and there is no secret.
pub const NODELOCK_ERR_DEVICE_SECRET_MISSING: i32 = -433;
/// The right was taken back for good.
pub const NODELOCK_ERR_LICENSE_REVOKED: i32 = -434;
/// No room to remember another revoked line.
pub const NODELOCK_ERR_REVOCATIONS_FULL: i32 = -435;
/// Flash that values cannot be kept in: pages too few, too many or too small, or other words.
pub const NODELOCK_ERR_FLASH_GEOMETRY: i32 = -436;
/// The REPAIR record is for another state of this device, or was used already.
pub const NODELOCK_ERR_REPAIR_NUMBER: i32 = -437;
/// Nothing of what the REPAIR record repairs is broken.
pub const NODELOCK_ERR_NOTHING_TO_REPAIR: i32 = -438;

// The decision (-6xx): the reason in a verdict or an explanation; results only of calls on an agent
/// No installed line names the feature.
pub const NODELOCK_ERR_NO_LICENSE: i32 = -601;
/// The licensed version is lower than the one asked for.
pub const NODELOCK_ERR_VERSION_TOO_LOW: i32 = -602;
/// Fewer units are licensed than were asked for.
pub const NODELOCK_ERR_COUNT_TOO_LOW: i32 = -603;
/// The type needs clocks, acceptance or activation, which a plain check does not have.
pub const NODELOCK_ERR_NEEDS_AGENT: i32 = -604;
/// The period is over.
pub const NODELOCK_ERR_EXPIRED: i32 = -605;
/// The first day is to come.
pub const NODELOCK_ERR_NOT_STARTED: i32 = -606;
/// Without a clock this cannot be judged.
pub const NODELOCK_ERR_CLOCK_UNKNOWN: i32 = -607;
/// The license agreement was not accepted.
pub const NODELOCK_ERR_EULA_NOT_ACCEPTED: i32 = -608;
/// Metered and right-to-use licenses run only when they are activated or acquired.
pub const NODELOCK_ERR_NOT_ACTIVATED: i32 = -609;
/// A built-in trial while there is a better license.
pub const NODELOCK_ERR_BETTER_LICENSE: i32 = -610;
/// Time went on and nobody told the agent.
pub const NODELOCK_ERR_TICK_OVERDUE: i32 = -611;
/// A level that was not chosen at boot.
pub const NODELOCK_ERR_LEVEL_NOT_BOOTED: i32 = -612;
/// The catalog has no such feature.
pub const NODELOCK_ERR_UNKNOWN_FEATURE: i32 = -613;
/// The device was started many times for a short time: rights with dates wait two minutes after each boot.
pub const NODELOCK_ERR_RESTARTED_TOO_OFTEN: i32 = -614;
/// The storage is older than the anchor.
pub const NODELOCK_ERR_STORAGE_ROLLED_BACK: i32 = -620;
/// What was used of a metered line cannot be read.
pub const NODELOCK_ERR_USE_UNKNOWN: i32 = -621;
/// Which licenses were taken back cannot be read, so no other is taken in.
pub const NODELOCK_ERR_REVOCATIONS_UNKNOWN: i32 = -622;
/// How long the rights with dates have run cannot be read, so trials wait.
pub const NODELOCK_ERR_RUNNING_TIME_UNKNOWN: i32 = -623;
/// Whether the stored values are the latest cannot be read, so trials and new licenses wait.
pub const NODELOCK_ERR_MANIFEST_UNREADABLE: i32 = -624;

// Wrong use (-9xx), and what only C can get
/// A pointer that must not be NULL is.
pub const NODELOCK_ERR_NULL_ARGUMENT: i32 = -901;
/// The context was never initialised, or not successfully, or is deinitialised.
pub const NODELOCK_ERR_NOT_INITIALIZED: i32 = -902;
/// The call came from inside a callback, or while another call on the context was running.
pub const NODELOCK_ERR_BUSY: i32 = -903;
/// The context is smaller than this library needs: header and library do not belong together.
pub const NODELOCK_ERR_CTX_SIZE: i32 = -904;
/// The size in the configuration is none that this library knows, or fields it does not know
/// are set: header and library do not belong together.
pub const NODELOCK_ERR_CONFIG_SIZE: i32 = -905;
/// The slots are smaller than this library needs: header and library do not belong together.
pub const NODELOCK_ERR_SLOT_SIZE: i32 = -906;
/// A flag that this library does not know, or a reserved field that is not 0.
pub const NODELOCK_ERR_CONFIG_FLAGS: i32 = -907;
/// The callback read_udi is missing.
pub const NODELOCK_ERR_NO_READ_UDI: i32 = -908;
/// Some of the three callbacks for SHA-256 are missing; or all are, and this library was built
/// without a hash.
pub const NODELOCK_ERR_NO_SHA256: i32 = -909;
/// The callback verify_signature is missing, and this library was built without a signature
/// check.
pub const NODELOCK_ERR_NO_VERIFY_SIGNATURE: i32 = -910;
/// No trust anchor: nothing could ever be licensed.
pub const NODELOCK_ERR_NO_ANCHORS: i32 = -911;
/// More trust anchors than NODELOCK_MAX_ANCHORS.
pub const NODELOCK_ERR_TOO_MANY_ANCHORS: i32 = -912;
/// No slots: nothing could ever be installed.
pub const NODELOCK_ERR_NO_SLOTS: i32 = -913;
/// The array of slots would be larger than any object can be.
pub const NODELOCK_ERR_TOO_MANY_SLOTS: i32 = -914;
/// A length that no object can have, above PTRDIFF_MAX.
pub const NODELOCK_ERR_LENGTH: i32 = -915;
/// A pointer that is not aligned for its type.
pub const NODELOCK_ERR_ALIGNMENT: i32 = -916;
/// There is no element with this index.
pub const NODELOCK_ERR_NO_SUCH_INDEX: i32 = -917;
/// Some of the callbacks load, store and remove are missing.
pub const NODELOCK_ERR_NO_STORAGE: i32 = -918;
/// The catalog has no features, or more than 1024.
pub const NODELOCK_ERR_CATALOG_SIZE: i32 = -919;
/// A name in the catalog that no license can have.
pub const NODELOCK_ERR_CATALOG_NAME: i32 = -920;
/// Two features of the catalog have the same name.
pub const NODELOCK_ERR_CATALOG_DUPLICATE: i32 = -921;
/// A feature of the catalog includes itself, a level, or a name that is not there.
pub const NODELOCK_ERR_CATALOG_INCLUDE: i32 = -922;
/// Levels of the catalog that do not fit together: a module without a package, a rank above 255 or given
/// twice, a package without rank 0, a rank 0 with trial or agreement, or a level that is counted.
pub const NODELOCK_ERR_CATALOG_LEVEL: i32 = -923;
/// A maximum in the catalog above 999999999999.
pub const NODELOCK_ERR_CATALOG_MAXIMUM: i32 = -924;
/// A name of an agreement in the catalog that no license can have.
pub const NODELOCK_ERR_CATALOG_EULA: i32 = -925;
/// A trial in the catalog of more than 100 years.
pub const NODELOCK_ERR_CATALOG_TRIAL: i32 = -926;
/// No room for another job: all wait, run, or have been over for less than five minutes.
pub const NODELOCK_ERR_JOBS_FULL: i32 = -927;
/// There is no such job.
pub const NODELOCK_ERR_NO_SUCH_JOB: i32 = -928;
/// The job is not in the state for this call.
pub const NODELOCK_ERR_JOB_STATE: i32 = -929;
/// A callback that takes output has failed.
pub const NODELOCK_ERR_OUTPUT: i32 = -930;
/// A table of nodelock_config.pinned is missing, damaged, or of another size.
pub const NODELOCK_ERR_PINNED_TABLE: i32 = -931;
/// Of nodelock_std.h: the directory is open already, here or in another process.
pub const NODELOCK_ERR_STORAGE_IN_USE: i32 = -932;
/// Of nodelock_std.h: the operating system refuses; its words are at hand.
pub const NODELOCK_ERR_SYSTEM: i32 = -933;
/// Of nodelock_std.h: there is no such command.
pub const NODELOCK_ERR_NO_SUCH_COMMAND: i32 = -934;

/// A result other than `NODELOCK_OK`, on its way out.
#[derive(Clone, Copy)]
pub(crate) struct Code(pub(crate) i32);

impl From<Reason> for Code {
    fn from(reason: Reason) -> Self {
        Self(reason.code())
    }
}

/// The number that C gets.
pub(crate) const fn number(outcome: Result<(), Code>) -> i32 {
    match outcome {
        Ok(()) => NODELOCK_OK,
        Err(Code(code)) => code,
    }
}
