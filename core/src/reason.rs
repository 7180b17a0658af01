//! Why a record, a binding or a request was refused: one list for Rust, C and the command line.
//!
//! Codes are negative and grouped by topic (line -1xx, signature -2xx, binding -3xx, installing
//! -4xx, transfer -5xx, decision -6xx). A code is never reused for another meaning.

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $token:literal, $text:literal, $remedy:literal;)+) => {
        /// The reason for a refusal. [`code`](Reason::code) is stable and the same in every
        /// language; [`text`](Reason::text) says what is wrong and [`remedy`](Reason::remedy) what
        /// to do about it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(i32)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[doc = $doc])+ $name = $code,)+
        }

        impl Reason {
            /// Every reason, in the order of the codes' topics.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)+];

            /// The name in machine-readable output, e.g. `unknown-key`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Reason::$name => $token,)+ }
            }

            /// What is wrong, as a sentence without its end.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Reason::$name => $text,)+ }
            }

            /// What the reader can do about it.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Reason::$name => $remedy,)+ }
            }

            /// The reason that has this code.
            #[must_use]
            pub const fn from_code(code: i32) -> Option<Reason> {
                match code { $($code => Some(Reason::$name),)+ _ => None }
            }
        }

        /// A reason for the logger `defmt`, which sends the place of a name in a list. The codes have gaps, and to go
        /// through them takes less flash than a table of their whole range.
        #[cfg(feature = "defmt")]
        #[derive(Clone, Copy, defmt::Format)]
        pub(crate) enum Logged {
            $($name,)+
        }

        #[cfg(feature = "defmt")]
        impl Logged {
            const CODES: &'static [i16] = &[$($code,)+];
            const NAMES: &'static [Self] = &[$(Self::$name,)+];

            /// The reason with this code, if there is one.
            #[inline(never)]
            pub(crate) fn of(code: i32) -> Option<Self> {
                let mut both = Self::CODES.iter().zip(Self::NAMES);
                both.find(|(one, _)| i32::from(**one) == code).map(|(_, name)| *name)
            }
        }
    };
}

reasons! {
    /// Text between records that is neither white space nor a comment.
    StrayText = -101, "stray-text", "this is not part of any record; it is ignored",
        "if a license line was meant, copy the whole line again, from its keyword to the end of sig=";
    /// The record ends before its `sig=` token.
    Truncated = -102, "truncated", "the record ends before its signature",
        "copy the whole line, from its keyword to the end of sig=";
    /// The number after the keyword is not a format this version knows.
    UnsupportedFormat = -103, "unsupported-format", "the format number is not known here",
        "update the software, or ask the vendor for a line in format 1";
    /// A byte that is neither printable ASCII nor white space.
    BadCharacter = -104, "bad-character", "a character that no license line contains",
        "copy the line again as plain text";
    /// Longer than `MAX_RECORD_LEN`.
    RecordTooLong = -105, "record-too-long", "the record is longer than any valid one",
        "copy the line again; something was pasted into it";
    /// Feature name empty, too long, or with a character that names do not have.
    BadFeature = -106, "bad-feature", "not a feature name",
        "names have 1 to 64 letters, digits, '.', '_' or '-', begin with a letter or digit, and are no keyword";
    /// Version not of the form 1.0, or not in its shortest form.
    BadVersion = -107, "bad-version", "not a feature version",
        "write 2 to 4 numbers up to 65535 with dots between, without leading zeros or needless .0 parts";
    /// No license type of this name.
    BadType = -108, "bad-type", "not a license type",
        "see the list of the ten license types";
    /// Neither `uncounted` nor a number from 1 up.
    BadCount = -109, "bad-count", "not a count",
        "write uncounted, or a number from 1 to 999999999999 without leading zeros";
    /// A token that should be `key=value` is not.
    BadField = -110, "bad-field", "not a key=value field",
        "copy the line again; a token is damaged";
    /// A key that this version does not know and that does not start with `x-`.
    UnknownField = -111, "unknown-field", "a field that is not known here, and might limit the right",
        "update the software, or ask the vendor for a line without this field";
    /// A field given twice, or not at its place in the fixed order.
    FieldOrder = -112, "field-order", "a field twice or not in its place",
        "fields have one fixed order and each stands once; copy the line again";
    /// A field that this kind of record must have.
    MissingField = -113, "missing-field", "a field that this kind of line must have is missing",
        "copy the line again, or ask the vendor to issue it again";
    /// Line id not 20 lower-case hexadecimal digits.
    BadId = -114, "bad-id", "not a line id",
        "a line id has 20 lower-case hexadecimal digits";
    /// UDI not of the form `PID:SN`.
    BadUdi = -115, "bad-udi", "not a UDI",
        "write PID:SN, the PID with 1 to 32 and the SN with 1 to 64 printable characters";
    /// Date not of the form `2026-11-22`, or no day of the calendar.
    BadDate = -116, "bad-date", "not a date",
        "write year-month-day, e.g. 2026-11-22, from 1970 to 9999";
    /// Period not in its one form, e.g. `60d`.
    BadPeriod = -117, "bad-period", "not a period, or not in its shortest form",
        "write a number and d, h, m or s in the largest unit that fits, e.g. 60d";
    /// A value that its field does not allow.
    BadValue = -118, "bad-value", "a value that its field does not allow",
        "see the field's values in the specification";
    /// A field that this license type does not have.
    FieldNotAllowed = -119, "field-not-allowed", "a field that this license type does not have",
        "usage= belongs to metered types, start= and end= to subscriptions, combine= to counted lines";
    /// The `sig=` token is not `KEYID:SIGNATURE` in its one encoding.
    BadSignatureText = -120, "bad-signature-text", "the signature is not in its one encoding",
        "copy the whole line again; sig= holds 8 hexadecimal digits, a colon and 86 characters";
    /// The end lies before the start.
    EndBeforeStart = -121, "end-before-start", "the end lies before the start",
        "ask the vendor to issue the line again";
    /// No role of this name.
    BadRole = -122, "bad-role", "not a key role",
        "roles are production, evaluation and development";
    /// The public key in a `KEY` record is not in its one encoding.
    BadKeyText = -123, "bad-key-text", "the public key is not in its one encoding",
        "ask the vendor to delegate the key again";
    /// The binary twin cannot be decoded, or is not in its one encoding.
    BadBinary = -124, "bad-binary", "the binary form is damaged or not in its one encoding",
        "transfer the file again, as binary";
    /// More `x-` fields than `MAX_EXTRAS`.
    TooManyExtras = -125, "too-many-extras", "too many x- fields",
        "a line holds up to 4 of them";
    /// Text that ends with a signature and does not begin with a keyword.
    DamagedKeyword = -126, "damaged-keyword", "a signed record whose keyword is damaged",
        "copy the whole line again, from its first word on, such as LICENSE or KEY";

    /// No trusted key has the id in the signature.
    UnknownKey = -201, "unknown-key", "signed by a key that is not trusted here",
        "check that the line is for this product; if the key is delegated, its KEY record must come first";
    /// The signature does not belong to these bytes and this key.
    SignatureMismatch = -202, "signature-mismatch", "the signature does not match: the line was changed or damaged",
        "copy the line again from the vendor's file";
    /// High-s form of a signature: valid mathematics, second encoding.
    SignatureNotLowS = -203, "signature-not-low-s", "the signature is in its second form (high s), which is refused",
        "the signer must replace s by n - s";
    /// The key's role does not allow what it signed.
    KeyRole = -204, "key-role", "the key's role does not allow this license type or delegation",
        "ask the vendor for a line signed by a production key";
    /// A development key where only real keys are accepted.
    DevelopmentKey = -205, "development-key", "signed by a development key, which this build refuses",
        "ask the vendor for a line signed by a production key";
    /// The delegated key may not sign for this feature.
    KeyFeature = -206, "key-feature", "the delegated key may not sign for this feature",
        "ask the vendor for a line signed by the right key";
    /// The delegated key may not sign for this product.
    KeyProduct = -207, "key-product", "the delegated key may not sign for this product",
        "ask the vendor for a line signed by the right key";
    /// Issued outside the validity of the delegated key.
    KeyPeriod = -208, "key-period", "issued outside the time in which the delegated key was valid",
        "ask the vendor to issue the line again with a current key";
    /// The key id in a `KEY` record or trust anchor is not the one of its key.
    KeyIdMismatch = -209, "key-id-mismatch", "the key id does not belong to the key",
        "ask the vendor to delegate the key again";
    /// A `KEY` record that is not signed by a root.
    NotARoot = -210, "not-a-root", "only a trusted root may delegate keys",
        "ask the vendor for a KEY record signed by a root";
    /// All slots for delegated keys are taken.
    KeySlotsFull = -211, "key-slots-full", "there is no room for another delegated key",
        "give the key ring more slots, or split the file";
    /// The key is not a point of the curve.
    InvalidKey = -212, "invalid-key", "the public key is not a point of the curve P-256",
        "use a key made by nodelock keygen or another P-256 key";
    /// The product's own hash or verification function reported a failure.
    CryptoFailure = -213, "crypto-failure",
        "the product's hash or signature check failed, or returned neither VALID nor INVALID",
        "look up what it returned; nothing was decided";

    /// Locked to the UDI of another device.
    OtherDevice = -301, "other-device", "the line is for another device",
        "compare the udi= in the line with the device's UDI; to move a license, ask the vendor for a line for this device";
    /// The device's UDI could not be read.
    UdiUnavailable = -302, "udi-unavailable", "the device's own UDI could not be read",
        "look up the port's own error; a node-locked line needs a UDI";
    /// The device's UDI is not of the form that licenses can name.
    UdiInvalid = -303, "udi-invalid", "the device's own UDI is not valid",
        "PID and SN must be printable ASCII of limited length, the PID without ':' and ','";

    /// A line with this id is there already.
    AlreadyInstalled = -401, "already-installed", "this line is installed already",
        "nothing to do";
    /// Another line with the same id is there already.
    ConflictingId = -402, "conflicting-id", "another line with the same id is installed",
        "ask the vendor: two lines were issued under one id";
    /// All slots are taken.
    SlotsFull = -403, "slots-full", "there is no room for another line",
        "clear a line that is not needed, or give the library more slots for lines";

    /// All slots for leases are taken.
    LeasesFull = -404, "leases-full", "there is no room for another lease",
        "give units back that are not needed, or give the library more lease slots";
    /// No lease has this token, or it belongs to another owner.
    NoSuchLease = -405, "no-such-lease", "there is no such lease, or it belongs to another owner",
        "release each lease once, by the owner that took it";

    /// The line serves a feature that is in use.
    LineInUse = -406, "line-in-use", "the line is in use",
        "release or deactivate the feature first; an image level is in use until a boot that chooses a lower one";
    /// Built-in lines are part of the firmware.
    BuiltInLine = -407, "built-in-line", "the line is part of the firmware",
        "built-in trials cannot be cleared, commented, backed up, or given a priority; they end by themselves";
    /// No line with this id is installed.
    NoSuchLine = -408, "no-such-line", "no line with this id is installed",
        "list the installed lines and use the id of one of them";
    /// No room to remember the use of another metered line.
    UsageFull = -409, "usage-full", "there is no room to remember the use of another metered line",
        "obtain a permanent license; what was used is never forgotten";
    /// The storage port failed.
    StorageFailed = -410, "storage-failed", "the storage failed",
        "try again in a minute; if it was a change, show license tells whether it was made; if it keeps failing, restart the device";
    /// The storage is full.
    StorageFull = -411, "storage-full", "the storage is full",
        "clear a line that is not needed, or give the storage more room";
    /// A stored value is damaged.
    StorageCorrupted = -412, "storage-corrupted", "a stored value is damaged",
        "install the line again from its file; other lines are not touched";
    /// An evaluation subscription for this feature was installed before.
    AlreadyEvaluated = -413, "already-evaluated", "an evaluation subscription for this feature is installed, or has run on this device before",
        "clear the installed one, if it has not run yet; else obtain an extension or a paid subscription";
    /// A comment with more than 255 bytes.
    CommentTooLong = -414, "comment-too-long", "a comment has at most 255 bytes",
        "shorten the comment";
    /// The priority of this type cannot be changed.
    PriorityFixed = -415, "priority-fixed", "the priority of this license type cannot be changed",
        "only metered and trial licenses have a priority to change";
    /// The memory that the caller gave is too small.
    MemoryTooSmall = -416, "memory-too-small", "the memory given to the agent is too small",
        "give a feature slot for each feature of the catalog, and at least MIN_SCRATCH_LEN of scratch";
    /// The monotonic counters could not be read or raised.
    CountersFailed = -430, "counters-failed", "the counters that protect the license storage do not answer",
        "restart the device; rights with a time limit wait until the counters work again";
    /// The product asks for more protection than the device has.
    CountersTooWeak = -431, "counters-too-weak", "the device protects its license storage less than the product demands",
        "connect the counters and the device secret, or lower the level that the product requires";
    /// The device secret is blank: all zeros or all ones.
    DeviceSecretBlank = -432, "device-secret-blank", "the device secret is blank",
        "write a random secret into the device when it is made";
    /// Stored values have a MAC, and there is no secret.
    DeviceSecretMissing = -433, "device-secret-missing", "the value is protected with a device secret that is not given",
        "give the device secret with which it was stored";
    /// The right was taken back for good.
    LicenseRevoked = -434, "license-revoked", "the license was taken back from this device",
        "install the line that the vendor has issued in its place";
    /// No room to remember another revoked line.
    RevocationsFull = -435, "revocations-full", "there is no room to remember another license that was taken back",
        "ask the vendor; what was taken back is never forgotten";
    /// Flash that values cannot be kept in: pages too few, too many or too small, or other words.
    FlashGeometry = -436, "flash-geometry", "the flash has too few, too many or too small pages, or words of a size that is not supported",
        "give 2 to 32 pages of at least 256 bytes, with words of 1, 2, 4, 8, 16 or 32 bytes";
    /// A `REPAIR` record for another state than the present one.
    RepairNumber = -437, "repair-number", "the REPAIR record is for another state of this device, or was used already",
        "tell the vendor the repair number that show license status gives now";
    /// A `REPAIR` record, and nothing of what it repairs is broken.
    NothingToRepair = -438, "nothing-to-repair", "nothing of what the REPAIR record repairs is broken",
        "nothing; show license status tells what can be repaired";

    /// Source and destination of a ticket are one device.
    SameDevice = -501, "same-device", "the ticket moves from a device to itself",
        "ask the vendor for a ticket to another device";
    /// A file that should hold a ticket holds none.
    NoTicket = -502, "no-ticket", "this is no ticket, and no REVOKE record",
        "give the file with the PERMISSION or REVOKE record that the vendor has sent";
    /// A ticket in a file to be installed.
    TicketNotInstalled = -503, "ticket-not-installed", "a ticket is not installed: what it takes away is given up only when that is asked for",
        "give it to license revoke, which writes the proof";
    /// The ticket was applied on this device.
    TicketApplied = -504, "ticket-applied", "the ticket was applied on this device, so it cannot be cancelled",
        "send the proof to the vendor; license revoke again writes it once more";
    /// The ticket was cancelled on this device.
    TicketCancelled = -505, "ticket-cancelled", "the ticket was cancelled on this device, for good",
        "ask the vendor for another ticket";
    /// No ticket with this digest was applied or cancelled here.
    TicketUnknown = -506, "ticket-unknown", "this ticket was neither applied nor cancelled on this device",
        "apply it with license revoke";
    /// The line has other units than the ticket says.
    UnitsDiffer = -507, "units-differ", "the line has other units here than the ticket says",
        "save a new credential, and ask the vendor for a ticket made from it";
    /// A line of the ticket was given up before.
    LineMoved = -508, "line-moved", "the line was given up on this device by a ticket, for good",
        "use it on the device to which it was moved";
    /// The line is there and waits for the proof of its transfer.
    LineWaits = -509, "line-waits", "the line waits for the proof that the other device has given it up",
        "install the proof that license revoke has written on the other device, or the vendor's final line";
    /// The ticket names another key than the device has.
    DeviceKeyDiffers = -510, "device-key-differs", "the ticket names another device key than this device has",
        "save a new credential, and ask the vendor for a ticket made from it";
    /// The ticket is from before a repair of the device.
    RepairsDiffer = -511, "repairs-differ", "the ticket was made before the device was repaired, or after a repair that it has not seen",
        "save a new credential, and ask the vendor for a ticket made from it";
    /// No room to remember another ticket.
    TicketsFull = -512, "tickets-full", "there is no room to remember another ticket",
        "ask the vendor; the proofs of tickets are never forgotten";
    /// A proof without its ticket, or for another one.
    ProofWithoutTicket = -513, "proof-without-ticket", "the PERMISSION record of this proof does not stand before it",
        "give the whole file that license revoke has written";
    /// No line here waits for the ticket of this proof.
    NothingWaits = -514, "nothing-waits", "no line on this device waits for this proof",
        "install the line that the vendor has sent for this device first; if it is there, nothing is to do";
    /// The proof is for a ticket to another device.
    ProofForOther = -515, "proof-for-other", "the proof is for a line of another device",
        "install it on the device that its ticket names";
    /// The proof says that nothing was given up.
    NotGivenUp = -516, "not-given-up", "the proof says that the other device has not given the line up",
        "ask the vendor for another ticket, and apply it on the other device";
    /// The proof was made without a device key.
    ProofNotPublic = -517, "proof-not-public", "only the vendor can check this proof: the other device has no device key",
        "send the proof to the vendor, and install the final line that comes back";
    /// The device's own signing failed.
    SigningFailed = -518, "signing-failed", "the device could not sign with its key",
        "try again; if it keeps failing, look up the port's own error";
    /// A record that devices make, given to a device.
    ForVendor = -520, "for-vendor", "the record is for the vendor: devices write it, and do not read it",
        "send it to the vendor";
    /// More than one ticket in a file.
    SeveralTickets = -521, "several-tickets", "there is more than one ticket in the file, and one proof is written for each",
        "give each ticket in a file of its own";
    /// A `REVOKE` that the owner would rather not have.
    RevokeNotCancelled = -522, "revoke-not-cancelled", "what the vendor takes back cannot be cancelled on the device",
        "ask the vendor";
    /// The room for what is written is too small.
    BufferTooSmall = -523, "buffer-too-small", "the room for the proof is too small",
        "give three times the length of the longest record";
    /// Only lines that wait or came by a ticket can be given up.
    NotTransferred = -519, "not-transferred", "the line did not come by a ticket",
        "to move it, ask the vendor for a ticket";

    /// No installed line names the feature.
    NoLicense = -601, "no-license", "no installed line is for this feature",
        "install a license for this feature and this device";
    /// The licensed version is lower than the one asked for.
    VersionTooLow = -602, "version-too-low", "the license is for a lower version of the feature",
        "obtain a license for the newer version";
    /// Fewer units are licensed than were asked for.
    CountTooLow = -603, "count-too-low", "fewer units are licensed than were asked for",
        "obtain more units of the feature";
    /// The type needs clocks, acceptance or activation, which a plain check does not have.
    NeedsAgent = -604, "needs-agent", "a plain check cannot decide this: it is metered, dated, activated, or a repair",
        "let the license agent decide, or obtain a permanent license";
    /// The period is over.
    Expired = -605, "expired", "the license has ended",
        "obtain a permanent license, a subscription or an extension; if the device's date is wrong, set its clock";
    /// The first day is to come.
    NotStarted = -606, "not-started", "the license has not begun yet",
        "wait for its first day, or correct the device's clock";
    /// Without a clock this cannot be judged.
    ClockUnknown = -607, "clock-unknown", "the license has dates, and the device does not know the time",
        "set the device's clock";
    /// The license agreement was not accepted.
    EulaNotAccepted = -608, "eula-not-accepted", "the license agreement has not been accepted",
        "read and accept the end user agreement";
    /// Metered and right-to-use licenses run only when they are activated or acquired.
    NotActivated = -609, "not-activated", "the license is there and not activated",
        "activate the feature, or acquire it";
    /// A built-in trial while there is a better license.
    BetterLicense = -610, "better-license", "a built-in trial is not considered while there is another license",
        "nothing to do";
    /// Time went on and nobody told the agent.
    TickOverdue = -611, "tick-overdue", "the agent was not told the time when it was due",
        "call tick at each deadline";
    /// A level that was not chosen at boot.
    LevelNotBooted = -612, "level-not-booted", "the level is licensed and was not chosen at boot",
        "reboot the device; check the boot level if it is still not chosen";
    /// The catalog has no such feature.
    UnknownFeature = -613, "unknown-feature", "this firmware has no such feature",
        "compare the name with the features of the product";
    /// The device was started so often that dated rights wait for a moment after each boot.
    RestartedTooOften = -614, "restarted-too-often", "the device was started many times for a short time; rights with dates wait two minutes after each start",
        "wait two minutes; it ends by itself when the device has run for some days";
    /// Enough units may be licensed, and the device can do no more.
    MaximumReached = -615, "maximum-reached", "the device can do no more units of this feature",
        "release units that are not needed; more licenses do not help";
    /// A level is chosen at boot and has no units.
    NotAcquirable = -616, "not-acquirable", "a level is chosen at boot and not acquired",
        "check the level instead; to change it, choose a boot level and restart the device";
    /// Of a line for units beside which another one counts.
    AddsNothing = -617, "adds-nothing", "it adds no units, because an exclusive line for as many or more is there",
        "if its units should be added, ask the vendor for the line with combine=additive";

    /// The storage is older than the counters say.
    StorageRolledBack = -620, "storage-rolled-back", "the license storage is older than the device remembers",
        "put the latest storage back; if it is lost, ask the vendor for a REPAIR record, with the rollback number of \
         show license status";
    /// What was used of a metered line cannot be read.
    UseUnknown = -621, "use-unknown", "what was used of the license cannot be read",
        "put the latest storage back, or ask the vendor for a REPAIR record, with the damage number of show license status";
    /// The list of revoked lines cannot be read.
    RevocationsUnknown = -622, "revocations-unknown", "which licenses were taken back cannot be read, so no other is taken in",
        "what is installed goes on; ask the vendor for a REPAIR record, with the damage number of show license status";
    /// What is kept of time cannot be read.
    RunningTimeUnknown = -623, "running-time-unknown", "how long the rights with dates have run cannot be read, so trials wait",
        "what was paid for goes on; ask the vendor for a REPAIR record, with the damage number of show license status";
    /// The manifest of the protected values cannot be read.
    ManifestUnreadable = -624, "manifest-unreadable", "whether the license storage is the latest cannot be read, so trials and new licenses wait",
        "what was paid for goes on; ask the vendor for a REPAIR record, with the rollback number of show license status";
    /// What is kept of accepted agreements cannot be read.
    AgreementsUnknown = -625, "agreements-unknown", "which license agreements were accepted cannot be read, so no other is accepted",
        "ask the vendor for a REPAIR record, with the damage number of show license status, and accept the agreement then";
}

impl Reason {
    /// The stable number, negative. C uses the same one.
    #[must_use]
    pub const fn code(self) -> i32 {
        self as i32
    }
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for Reason {}

impl core::str::FromStr for Reason {
    type Err = Self;

    /// From its [name](Reason::name).
    fn from_str(name: &str) -> Result<Self, Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name).ok_or(Self::BadValue)
    }
}

#[cfg(feature = "serde")]
mod wire {
    use serde::de::{Deserialize, Deserializer, Error, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::Reason;

    /// Its name in formats for people, in others its code.
    impl Serialize for Reason {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            if serializer.is_human_readable() {
                serializer.serialize_str(self.name())
            } else {
                serializer.serialize_i32(self.code())
            }
        }
    }

    impl<'de> Deserialize<'de> for Reason {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            if from.is_human_readable() {
                return from.deserialize_str(Named);
            }
            Self::from_code(i32::deserialize(from)?).ok_or_else(|| D::Error::custom(Self::BadValue))
        }
    }

    struct Named;

    impl Visitor<'_> for Named {
        type Value = Reason;

        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("the name of a reason")
        }

        fn visit_str<E: Error>(self, name: &str) -> Result<Reason, E> {
            name.parse().map_err(E::custom)
        }
    }
}
