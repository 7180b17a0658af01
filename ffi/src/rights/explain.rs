//! Why the answer is what it is.

use core::ffi::c_char;

use nodelock::rights::Verdict;
use nodelock::value::{Count, Version};

use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_NO_SUCH_INDEX, NODELOCK_OK, nodelock_result, number};
use crate::rights::check::request;
use crate::rights::context::{Ctx, nodelock_ctx};
use crate::rights::license::{nodelock_license, units};
use crate::verdict::{NODELOCK_LINE_ID_LEN, NODELOCK_VERSION_PARTS, nodelock_verdict};

/// A verdict with everything that led to it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_explanation {
    /// Units asked for.
    pub needed: u64,
    /// Units licensed in all, or NODELOCK_UNCOUNTED.
    pub licensed: u64,
    /// The verdict, as nodelock_check gives it.
    pub verdict: nodelock_verdict,
    /// NODELOCK_OK if it is granted, else the reason: NODELOCK_ERR_NO_LICENSE,
    /// NODELOCK_ERR_VERSION_TOO_LOW, NODELOCK_ERR_COUNT_TOO_LOW or NODELOCK_ERR_NEEDS_AGENT.
    pub reason: nodelock_result,
    /// Installed lines for this feature, the number of which nodelock_explain_line can tell.
    pub lines: u32,
    /// The highest version that any of them covers; zeros if there is none.
    pub version: [u16; NODELOCK_VERSION_PARTS],
    /// The line that grants it or that came closest; zeros if there is none.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// 0.
    pub reserved: [u8; 2],
}

const _: () = assert!(core::mem::size_of::<nodelock_explanation>() == 48);

/// The verdict of nodelock_check with the needed and the actual values, so that a console can say why.
/// Texts: nodelock_result_text and nodelock_result_remedy of the reason.
///
/// ctx, feature, feature_len, count  As for nodelock_check.
/// out                               The explanation.
///
/// Results: as for nodelock_check.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_explain(
    ctx: *const nodelock_ctx,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
    out: *mut nodelock_explanation,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { explain(ctx, feature, feature_len, count, out) })
}

unsafe fn explain(
    ctx: *const nodelock_ctx,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
    out: *mut nodelock_explanation,
) -> Result<(), Code> {
    // SAFETY: the caller's promise.
    let ctx = unsafe { Ctx::open(ctx) }?;
    // SAFETY: the caller's promise.
    let request = unsafe { request(feature, feature_len, count) }?;
    ptr::check(out)?;
    let view = ctx.view();
    let verdict = view.check(&request);
    let (reason, line, licensed) = match &verdict {
        Verdict::Granted(grant) => (NODELOCK_OK, Some(grant.id), grant.licensed),
        Verdict::Denied(denial) => {
            (denial.reason.code(), denial.closest, Count::Units(denial.licensed))
        }
    };
    let mut lines = 0_u32;
    let mut version: Option<Version> = None;
    for (right, _) in view.explain(&request) {
        lines = lines.saturating_add(1);
        version = version.max(Some(right.version()));
    }
    let explanation = nodelock_explanation {
        needed: request.count,
        licensed: units(licensed),
        verdict: verdict.to_code(),
        reason,
        lines,
        version: version.map_or([0; NODELOCK_VERSION_PARTS], Version::parts),
        line_id: line.map_or([0; NODELOCK_LINE_ID_LEN], |id| id.0),
        reserved: [0; 2],
    };
    // SAFETY: checked above.
    unsafe { ptr::put(out, explanation) };
    Ok(())
}

/// One of the lines that nodelock_check considers for a request, and whether it alone would be enough.
///
/// ctx, feature, feature_len, count  As for nodelock_check.
/// index                             From 0 up to the lines of nodelock_explain, less one.
/// line                              The line, copied.
/// reason                            NODELOCK_OK if it alone would be enough, else why not.
///
/// Results: as for nodelock_check, and NODELOCK_ERR_NO_SUCH_INDEX.
/// Writes: *line and *reason on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_explain_line(
    ctx: *const nodelock_ctx,
    feature: *const c_char,
    feature_len: usize,
    count: u64,
    index: usize,
    line: *mut nodelock_license,
    reason: *mut nodelock_result,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    let outcome = unsafe { Ctx::open(ctx) }.and_then(|ctx| {
        // SAFETY: the caller's promise.
        let request = unsafe { request(feature, feature_len, count) }?;
        ptr::check(line)?;
        ptr::check(reason)?;
        let found = ctx.view().explain(&request).nth(index);
        let (right, alone) = found.ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
        // SAFETY: checked above.
        unsafe {
            ptr::put(line, nodelock_license::of(right));
            ptr::put(reason, number(alone.map_err(Code::from)));
        }
        Ok(())
    });
    number(outcome)
}
