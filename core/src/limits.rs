//! Every maximum of format 1, with its reason. All sizes are in bytes of canonical text.

/// Longest record, tokens joined by single spaces, signature included. The longest record that the
/// other limits allow is a little shorter; the limit bounds the time spent on one hostile record.
pub const MAX_RECORD_LEN: usize = 1024;

/// Longest feature name. A slot keeps a copy of the name in RAM, and 64 covers the longest names
/// found in the field (about 30) twice.
pub const MAX_FEATURE_LEN: usize = 64;

/// Longest product id of a UDI. `entPhysicalModelName` values in use stay below 32 (RFC 6933).
pub const MAX_PID_LEN: usize = 32;

/// Longest serial number of a UDI: a UUID (36) or a hash in hex (64) must fit.
pub const MAX_SN_LEN: usize = 64;

/// Members of a stack, each with its own UDI.
pub const MAX_UDIS: usize = 9;

/// Highest count: 12 digits, so that sums over a store cannot overflow 64 bits and JSON readers
/// that use doubles stay exact.
pub const MAX_COUNT: u64 = 999_999_999_999;

/// Longest usage period in seconds: 100 years of 365 days.
pub const MAX_USAGE_SECONDS: u64 = 100 * 365 * 86_400;

/// Longest free value (`eula=`, `pak=`, `x-...=`).
pub const MAX_VALUE_LEN: usize = 64;

/// Longest key of an extension field, `x-` included.
pub const MAX_EXTRA_KEY_LEN: usize = 24;

/// Extension fields in one line. They are ignored by the device, so a few must do.
pub const MAX_EXTRAS: usize = 4;

/// Longest comment on a line. Its length is kept in one byte.
pub const MAX_COMMENT_LEN: usize = 255;

/// Entries of a list in a `KEY` record (`features=`, `pids=`).
pub const MAX_LIST_ENTRIES: usize = 8;

/// Longest list in a `KEY` record, commas included.
pub const MAX_LIST_LEN: usize = 256;

/// Lines in a list of a record of a transfer: of a ticket, a revocation, a credential. A device keeps what a ticket
/// took in one value.
pub const MAX_RECORD_LINES: usize = 16;

/// Largest license file that the host layer reads. The core itself works on what it is given, in
/// linear time; 16 MiB hold 80,000 lines.
pub const MAX_FILE_LEN: usize = 16 * 1024 * 1024;

/// Entries of a product catalog. Handles are 16 bits; a table of this size is far beyond any
/// product and keeps the check of the table at compile time short.
pub const MAX_FEATURES: usize = 1024;
