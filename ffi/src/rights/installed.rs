//! What is installed in a context, for showing it.

use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_NO_SUCH_INDEX, nodelock_result, number};
use crate::rights::context::{Ctx, nodelock_ctx};
use crate::rights::license::nodelock_license;

/// How many licenses are installed.
///
/// ctx    The context.
/// count  Their number.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
/// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
/// Writes: *count on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_license_count(
    ctx: *const nodelock_ctx,
    count: *mut usize,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { Ctx::open(ctx) }.and_then(|ctx| {
        ptr::check(count)?;
        // Not `count()`, which panics where overflow checks are on.
        let installed = ctx.view().rights().fold(0_usize, |n, _| n.saturating_add(1));
        // SAFETY: checked above.
        unsafe { ptr::put(count, installed) };
        Ok(())
    }))
}

/// One of the installed licenses, in the order of installation.
///
/// ctx    The context.
/// index  From 0 up to what nodelock_license_count says, less one.
/// out    The license, copied.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NO_SUCH_INDEX; NODELOCK_ERR_NULL_ARGUMENT,
/// NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
/// Writes: *out on NODELOCK_OK. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_license_at(
    ctx: *const nodelock_ctx,
    index: usize,
    out: *mut nodelock_license,
) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { Ctx::open(ctx) }.and_then(|ctx| {
        ptr::check(out)?;
        let right = ctx.view().rights().nth(index).ok_or(Code(NODELOCK_ERR_NO_SUCH_INDEX))?;
        // SAFETY: checked above.
        unsafe { ptr::put(out, nodelock_license::of(right)) };
        Ok(())
    }))
}
