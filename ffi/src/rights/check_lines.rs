//! The same question without a context: the profile "check".

use core::cell::Cell;
use core::ffi::c_char;

use nodelock::rights::check_lines;
use nodelock::value::{FeatureRequest, UdiSource};
use nodelock::{KeyId, PublicKey, Reason, Role, Udi};

use crate::config::nodelock_config;
use crate::port::{Crypto, read_udi};
use crate::ptr;
use crate::result::{Code, nodelock_result, number};
use crate::verdict::{NODELOCK_GRANTED, NODELOCK_UNDECIDED, nodelock_verdict};

/// May the feature run, according to license lines in flash? This needs no context, no slots and no storage, and
/// keeps nothing. It is made for the smallest devices, and is the only function of the profile "check".
///
/// config       As for nodelock_init; slot_size, on_record and what does not concern signatures are not
///              used. Key ids are not checked against their keys: with a wrong one, lines count as signed
///              by an unknown key.
/// lines        License lines as text, as the vendor issued them; need no NUL. Other text and
///              lines for other devices are skipped.
/// lines_len    Length of lines in bytes; if it is 0, lines may be NULL.
/// feature      "name" or "name:version", as for nodelock_check.
/// feature_len  Its length in bytes.
/// count        Units that are needed; 0 means 1.
/// verdict      NODELOCK_GRANTED or a denial: the number of the reason without its sign.
///
/// Only permanent lines in text form, signed by a trust anchor, can grant anything here; up to eight lines for
/// a feature add up. NODELOCK_ERR_NEEDS_AGENT as the reason says that there is a line of another type. Each
/// call checks the signature of every line for this feature and device until the answer is clear, so call it once at
/// the start and keep the verdict.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
/// NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_CONFIG_FLAGS, NODELOCK_ERR_NO_READ_UDI,
/// NODELOCK_ERR_NO_SHA256, NODELOCK_ERR_NO_VERIFY_SIGNATURE, NODELOCK_ERR_PINNED_TABLE,
/// NODELOCK_ERR_NO_ANCHORS, NODELOCK_ERR_TOO_MANY_ANCHORS, NODELOCK_ERR_BAD_FEATURE,
/// NODELOCK_ERR_BAD_VERSION. What callbacks report is a denial: NODELOCK_ERR_UDI_UNAVAILABLE,
/// NODELOCK_ERR_UDI_INVALID or NODELOCK_ERR_CRYPTO_FAILURE.
/// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED.
/// Calls: read_udi, sha256_..., verify_signature. Threads: as the callbacks allow; there is no state.
/// ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_check_lines(
    config: *const nodelock_config,
    lines: *const c_char,
    lines_len: usize,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
    verdict: *mut nodelock_verdict,
) -> nodelock_result {
    if let Err(code) = ptr::check(verdict) {
        return number(Err(code));
    }
    // SAFETY: passed on.
    let (value, outcome) =
        match unsafe { decide(config, lines, lines_len, feature, feature_len, count) } {
            Ok(Ok(())) => (NODELOCK_GRANTED, Ok(())),
            Ok(Err(reason)) => (reason.code().unsigned_abs(), Ok(())),
            Err(code) => (NODELOCK_UNDECIDED, Err(code)),
        };
    // SAFETY: checked above.
    unsafe { ptr::put(verdict, value) };
    number(outcome)
}

unsafe fn decide(
    config: *const nodelock_config,
    lines: *const c_char,
    lines_len: usize,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
) -> Result<Result<(), Reason>, Code> {
    // SAFETY: the caller's promise.
    let settings = unsafe { nodelock_config::load(config) }?;
    settings.check_keys()?;
    let lines: &[u8] = if lines_len == 0 {
        &[]
    } else {
        // SAFETY: the caller's promise.
        unsafe { ptr::text(lines, lines_len) }?
    };
    // SAFETY: the caller's promise.
    let mut request = FeatureRequest::parse(unsafe { ptr::text(feature, feature_len) }?);
    // By reference: moved out of its result, it would be copied.
    let request = request.as_mut().map_err(|reason| *reason)?;
    request.count = count.max(1);
    let error = Cell::new(0);
    let key_with = |id: KeyId| {
        let anchors = usize::try_from(settings.anchor_count).unwrap_or_default();
        // SAFETY: `check_keys` has let them pass: not NULL, aligned; the rest is the caller's promise.
        let anchors = unsafe { core::slice::from_raw_parts(settings.anchors, anchors) };
        let anchor = anchors.iter().find(|anchor| anchor.key_id == id.0)?;
        let role = Role::from_number(u8::try_from(anchor.role).ok()?)?;
        // SAFETY: a key is its 64 bytes, says its documentation; both are bytes, so aligned alike.
        let key = unsafe { &*(&raw const anchor.key).cast::<PublicKey>() };
        Some((key, role))
    };
    Ok(check_lines(
        lines,
        request,
        &Device { config: &settings, error: &error },
        key_with,
        settings.accepts_development(),
        &Crypto::new(&settings, &error),
    ))
}

/// The device's UDIs, asked for each time: there is no room to keep them.
struct Device<'c> {
    config: &'c nodelock_config,
    error: &'c Cell<i32>,
}

impl UdiSource for Device<'_> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        // SAFETY: the caller's promise: what it points to stays until the call returns.
        unsafe { read_udi(self.config, u32::from(member), self.error) }
    }
}
