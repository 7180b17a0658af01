//! The question that everything is for: may this feature run?

use core::ffi::c_char;

use nodelock::limits::MAX_FEATURE_LEN;
use nodelock::value::FeatureRequest;

use crate::ptr;
use crate::result::{Code, nodelock_result, number};
use crate::rights::context::{Ctx, nodelock_ctx};
use crate::verdict::{NODELOCK_UNDECIDED, granted_or_0, nodelock_verdict};

/// Longest text of a request: a name, a colon, a version.
const MAX_REQUEST_LEN: usize = MAX_FEATURE_LEN + 1 + 23;

/// May the feature run?
///
/// ctx          The context.
/// feature      "name" or "name:version", e.g. "voice:2.1"; needs no NUL. With a version, a license
///              for a lower version is not enough.
/// feature_len  Its length in bytes.
/// count        Units that are needed; 0 means 1.
/// verdict      NODELOCK_GRANTED or a denial: the number of the reason without its sign, e.g. 601 for
///              NODELOCK_ERR_NO_LICENSE.
///
/// A denial is an answer, not an error.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
/// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY, NODELOCK_ERR_BAD_FEATURE,
/// NODELOCK_ERR_BAD_VERSION.
/// Writes: *verdict; if the call fails, NODELOCK_UNDECIDED, so that no old answer is left.
/// Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_check(
    ctx: *const nodelock_ctx,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
    verdict: *mut nodelock_verdict,
) -> nodelock_result {
    if let Err(code) = ptr::check(verdict) {
        return number(Err(code));
    }
    // SAFETY: passed on.
    let (value, outcome) = match unsafe { decide(ctx, feature, feature_len, count) } {
        Ok(value) => (value, Ok(())),
        Err(code) => (NODELOCK_UNDECIDED, Err(code)),
    };
    // SAFETY: checked above.
    unsafe { ptr::put(verdict, value) };
    number(outcome)
}

/// May the feature run? The short form of nodelock_check, for use in a condition:
///
///   if (nodelock_granted(&ctx, "routing", 1) == NODELOCK_GRANTED) { ... }
///
/// ctx      The context.
/// feature  As there, but ending with NUL.
/// count    As there.
///
/// Returns NODELOCK_GRANTED or 0, for every denial and wherever nodelock_check has a result other than
/// NODELOCK_OK. The 0 does not tell why: ask nodelock_check, or nodelock_explain.
/// Writes: nothing. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_granted(
    ctx: *const nodelock_ctx,
    feature: *const c_char,
    count: u64,
) -> nodelock_verdict {
    // One more than the longest, for the NUL.
    // SAFETY: the caller's promise.
    let Ok(text) = (unsafe { ptr::string(feature, MAX_REQUEST_LEN.wrapping_add(1)) }) else {
        return NODELOCK_UNDECIDED;
    };
    // SAFETY: passed on; the text was just read.
    granted_or_0(unsafe { decide(ctx, feature, text.len(), count) }.unwrap_or(NODELOCK_UNDECIDED))
}

unsafe fn decide(
    ctx: *const nodelock_ctx,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
) -> Result<u32, Code> {
    // SAFETY: the caller's promise.
    let ctx = unsafe { Ctx::open(ctx) }?;
    // SAFETY: the caller's promise.
    let request = unsafe { request(feature, feature_len, count) }?;
    Ok(ctx.view().check(&request).to_code())
}

/// The caller's promise: `len` bytes can be read at `text`, and do not change.
pub(crate) unsafe fn request<'a>(
    text: *const c_char,
    len: usize,
    count: u64,
) -> Result<FeatureRequest<'a>, Code> {
    // SAFETY: passed on.
    let text = unsafe { ptr::text(text, len) }?;
    Ok(FeatureRequest::parse(text)?.units(count))
}

#[cfg(test)]
mod tests {
    use crate::verdict::{NODELOCK_GRANTED, NODELOCK_UNDECIDED, granted_or_0};
    use nodelock::Reason;

    #[test]
    fn a_denial_is_no_yes_in_a_condition() {
        for reason in Reason::ALL {
            assert_eq!(granted_or_0(reason.code().unsigned_abs()), 0, "{reason:?}");
        }
        assert_eq!(granted_or_0(NODELOCK_UNDECIDED), 0);
        assert_eq!(granted_or_0(NODELOCK_GRANTED), NODELOCK_GRANTED);
    }

    #[test]
    fn granted_is_far_from_everything_else() {
        let others = Reason::ALL.iter().map(|reason| reason.code().unsigned_abs());
        for other in others.chain([NODELOCK_UNDECIDED, u32::MAX, 1]) {
            assert!((NODELOCK_GRANTED ^ other).count_ones() >= 8, "{other}");
        }
    }
}
