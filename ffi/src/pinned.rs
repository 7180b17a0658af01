//! Keys with precomputed tables, for libraries with the feature `pinned`.

#[cfg(feature = "pinned")]
use crate::config::nodelock_config;
use crate::verdict::NODELOCK_PUBLIC_KEY_LEN;
#[cfg(feature = "pinned")]
use nodelock::value::Signature;
#[cfg(feature = "pinned")]
use nodelock::{PublicKey, Reason};
#[cfg(feature = "pinned")]
use nodelock_p256::{Entry, Error, Table, verify_pinned};

/// Most entries of a table: eight teeth.
#[cfg(feature = "pinned")]
const MAX_ENTRIES: usize = 128;

/// Multiples of a fixed point, as "nodelock keys tables" writes them. It must be protected like the key: keep it in
/// signed flash.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_pinned_table {
    /// Of the entries; compared before each use.
    pub digest: u64,
    /// 16 words for each entry.
    pub entries: *const u32,
    /// 4, 8, 16, 32, 64 or 128.
    pub entry_count: usize,
}

/// A key with its table.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_pinned_key {
    /// x and y, 32 bytes each, big-endian, as in the trust anchor.
    pub key: [u8; NODELOCK_PUBLIC_KEY_LEN],
    /// Its table.
    pub table: nodelock_pinned_table,
}

/// The keys that are known when the firmware is built. Others, which come in KEY records, are checked too,
/// more slowly.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_pinned_keys {
    /// The table of the group's base point.
    pub generator: nodelock_pinned_table,
    /// The keys.
    pub keys: *const nodelock_pinned_key,
    /// Number of keys.
    pub key_count: usize,
}

/// The caller's promise: the entries are there for as long as the result is used.
#[cfg(feature = "pinned")]
unsafe fn table<'t>(given: &nodelock_pinned_table) -> Option<Table<'t>> {
    let entries = given.entries.cast::<Entry>();
    if entries.is_null() || !entries.is_aligned() || given.entry_count > MAX_ENTRIES {
        return None;
    }
    // SAFETY: not NULL, aligned; the rest is the caller's promise.
    let entries = unsafe { core::slice::from_raw_parts(entries, given.entry_count) };
    Table::new(entries, given.digest)
}

/// The caller's promise: what it points to is there for as long as the result is used.
#[cfg(feature = "pinned")]
unsafe fn keys<'c>(
    config: &nodelock_config,
) -> Option<(&'c nodelock_pinned_keys, &'c [nodelock_pinned_key])> {
    if config.pinned.is_null() || !config.pinned.is_aligned() {
        return None;
    }
    // SAFETY: not NULL, aligned; the rest is the caller's promise.
    let given = unsafe { &*config.pinned };
    let count = given.key_count;
    if count == 0 || count > crate::config::NODELOCK_MAX_ANCHORS {
        return None;
    }
    if given.keys.is_null() || !given.keys.is_aligned() {
        return None;
    }
    // SAFETY: as above.
    Some((given, unsafe { core::slice::from_raw_parts(given.keys, count) }))
}

/// Whether all tables are there and undamaged.
///
/// The caller's promise: `config.pinned` is NULL or leads to what the header says.
#[cfg(feature = "pinned")]
pub(crate) unsafe fn are_whole(config: &nodelock_config) -> bool {
    // SAFETY: passed on.
    let Some((given, keys)) = (unsafe { keys(config) }) else { return false };
    // SAFETY: passed on.
    let whole =
        |found: &nodelock_pinned_table| unsafe { table(found) }.is_some_and(|t| t.is_whole());
    whole(&given.generator) && keys.iter().all(|key| whole(&key.table))
}

/// Checks a signature with the tables.
///
/// The caller's promise: as `are_whole`.
#[cfg(feature = "pinned")]
pub(crate) unsafe fn check_signature(
    config: &nodelock_config,
    key: &PublicKey,
    digest: &[u8; 32],
    signature: &Signature,
) -> Result<(), Reason> {
    let (key, signature) = (key.as_bytes(), signature.as_bytes());
    // SAFETY: passed on.
    let (given, keys) = unsafe { keys(config) }.ok_or(Reason::CryptoFailure)?;
    // SAFETY: passed on.
    let generator = unsafe { table(&given.generator) }.ok_or(Reason::CryptoFailure)?;
    let verified = match keys.iter().find(|pinned| pinned.key == *key) {
        Some(pinned) => {
            // SAFETY: passed on.
            let table = unsafe { table(&pinned.table) }.ok_or(Reason::CryptoFailure)?;
            verify_pinned(&generator, &table, digest, signature)
        }
        // Only a KEY record brings keys without a table, and the profile "check" reads none.
        #[cfg(feature = "agent")]
        None => nodelock_p256::verify(&generator, &[], key, digest, signature),
        #[cfg(not(feature = "agent"))]
        None => Err(Error::Key),
    };
    verified.map_err(|error| match error {
        Error::Key => Reason::InvalidKey,
        Error::Table => Reason::CryptoFailure,
        Error::Signature => Reason::SignatureMismatch,
    })
}
