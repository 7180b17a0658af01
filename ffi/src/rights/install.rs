//! From start to end: initialise, install license files, deinitialise.

use core::cell::Cell;
use core::mem::size_of;

use nodelock::Reason;
use nodelock::rights::Tally;
use nodelock::trust::{KeyRing, KeySlot};

use crate::config::{Anchors, NODELOCK_MAX_DELEGATED_KEYS, nodelock_config};
use crate::port::Crypto;
use crate::ptr;
use crate::result::*;
use crate::rights::context::{Ctx, entitlements, nodelock_ctx, nodelock_slot};
use crate::rights::license::{describe, nodelock_tally};
use crate::udis::Udis;

/// Makes a context ready. No license is installed yet: call nodelock_install at each start of the device.
///
/// ctx         Memory for the context; whatever is in it is overwritten.
/// ctx_size    sizeof(nodelock_ctx), as the program knows it.
/// config      See nodelock_config. Must outlive the context.
/// slots       Array of slots, one for each license that is to be installed at a time. It belongs to
///             the context until nodelock_deinit.
/// slot_count  Number of its elements.
///
/// Checks all of the configuration and that each trust anchor's id belongs to its key (one SHA-256
/// each). May be called again on the same context, which then starts anew.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
/// NODELOCK_ERR_CTX_SIZE, NODELOCK_ERR_BUSY, NODELOCK_ERR_CONFIG_SIZE, NODELOCK_ERR_SLOT_SIZE,
/// NODELOCK_ERR_CONFIG_FLAGS, NODELOCK_ERR_NO_READ_UDI, NODELOCK_ERR_NO_SHA256,
/// NODELOCK_ERR_NO_VERIFY_SIGNATURE, NODELOCK_ERR_PINNED_TABLE, NODELOCK_ERR_NO_ANCHORS,
/// NODELOCK_ERR_TOO_MANY_ANCHORS, NODELOCK_ERR_NO_SLOTS, NODELOCK_ERR_TOO_MANY_SLOTS, NODELOCK_ERR_BAD_ROLE;
/// NODELOCK_ERR_ANCHOR_KEY_ID and NODELOCK_ERR_CRYPTO_FAILURE from checking the anchors. After a
/// failure the context is not initialised.
/// Writes: ctx and slots. Calls: sha256_... Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_init(
    ctx: *mut nodelock_ctx,
    ctx_size: usize,
    config: *const nodelock_config,
    slots: *mut nodelock_slot,
    slot_count: usize,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { init(ctx, ctx_size, config, slots, slot_count) })
}

unsafe fn init(
    ctx: *mut nodelock_ctx,
    ctx_size: usize,
    config: *const nodelock_config,
    slots: *mut nodelock_slot,
    slot_count: usize,
) -> Result<(), Code> {
    ptr::check(ctx)?;
    if ctx_size < size_of::<nodelock_ctx>() {
        return Err(Code(NODELOCK_ERR_CTX_SIZE));
    }
    // SAFETY: not NULL, aligned, large enough.
    unsafe { Ctx::refuse_running(ctx) }?;
    // SAFETY: as large as the context says; from here on it is not initialised.
    unsafe { Ctx::begin(ctx, config, slots, 0) }.failed(0);
    // SAFETY: the caller's promise.
    let settings = unsafe { nodelock_config::load(config) }?;
    settings.check()?;
    ptr::check(slots)?;
    if slot_count == 0 {
        return Err(Code(NODELOCK_ERR_NO_SLOTS));
    }
    let bytes = slot_count.checked_mul(size_of::<nodelock_slot>());
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Code(NODELOCK_ERR_TOO_MANY_SLOTS));
    }
    let mut anchors = Anchors::none();
    // SAFETY: `check` has passed; the rest is the caller's promise.
    unsafe { settings.read_anchors(&mut anchors) }?;
    // SAFETY: the caller's promise.
    let ctx = unsafe { Ctx::begin(ctx, config, slots, slot_count) };
    let error = Cell::new(0);
    match check_anchors(&anchors, &Crypto::new(&settings, &error)) {
        Ok(()) => {
            ctx.ready(error.get());
            Ok(())
        }
        Err(code) => {
            ctx.failed(error.get());
            Err(code)
        }
    }
}

pub(crate) fn check_anchors(anchors: &Anchors, crypto: &Crypto<'_>) -> Result<(), Code> {
    anchors.as_slice().iter().try_for_each(|anchor| match anchor.check(crypto) {
        // The same in a KEY record is for the vendor to mend, this for who wrote the program.
        Err(Reason::KeyIdMismatch) => Err(Code(NODELOCK_ERR_ANCHOR_KEY_ID)),
        checked => Ok(checked?),
    })
}

/// Installs every line of a license file that is for this device. A record that is refused does not affect the
/// others.
///
/// ctx   The context.
/// data  The file, as the owner of the device got it. Used during the call only. Read are text, in which records may
///       stand among other text, and the binary form; for others see nodelock_agent_install.
/// len   Its length in bytes.
/// out   What became of its records; may be NULL.
///
/// Reads the file once; the time grows with its length. Lines for other devices cost no
/// signature check. A KEY record must stand before the lines that its key has signed, in the same
/// file. Lines take effect at once and stay until nodelock_deinit; a file may be installed again.
///
/// Results: NODELOCK_OK if the whole file was read, even if every line was refused: see out and the
/// callback on_record; NODELOCK_ERR_NO_RECORD if there is none in it, not even one that was refused;
/// NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT, NODELOCK_ERR_LENGTH,
/// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY; if the configuration has changed since
/// nodelock_init, its results as well. Nothing is installed then.
/// Writes: ctx and slots; *out on NODELOCK_OK. Calls: all callbacks. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_install(
    ctx: *mut nodelock_ctx,
    data: *const u8,
    len: usize,
    out: *mut nodelock_tally,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { install(ctx, data, len, out) })
}

unsafe fn install(
    ctx: *mut nodelock_ctx,
    data: *const u8,
    len: usize,
    out: *mut nodelock_tally,
) -> Result<(), Code> {
    // SAFETY: the caller's promise.
    let mut ctx = unsafe { Ctx::open(ctx) }?;
    // SAFETY: the caller's promise.
    let file = unsafe { ptr::bytes(data, len) }?;
    if !out.is_null() {
        ptr::check(out)?;
    }
    // SAFETY: the configuration outlives the context: the caller's promise.
    let settings = unsafe { nodelock_config::load(ctx.config()) }?;
    settings.check()?;
    let mut anchors = Anchors::none();
    // SAFETY: `check` has passed; the rest is the caller's promise.
    unsafe { settings.read_anchors(&mut anchors) }?;
    ctx.run();
    let error = Cell::new(0);
    // SAFETY: the UDIs stay until this function returns: the caller's promise.
    let udis = unsafe { Udis::read(&settings, &error) };
    let (tally, holds_records) = go_through(file, &settings, &anchors, &udis, &error, &mut ctx);
    ctx.ready(error.get());
    if !holds_records {
        return Err(Code(NODELOCK_ERR_NO_RECORD));
    }
    if !out.is_null() {
        // SAFETY: checked above.
        unsafe { ptr::put(out, tally) };
    }
    Ok(())
}

fn go_through(
    file: &[u8],
    settings: &nodelock_config,
    anchors: &Anchors,
    udis: &Udis<'_>,
    error: &Cell<i32>,
    ctx: &mut Ctx,
) -> (nodelock_tally, bool) {
    let mut keys = [KeySlot::EMPTY; NODELOCK_MAX_DELEGATED_KEYS];
    let mut ring = KeyRing::new(anchors.as_slice(), &mut keys);
    if settings.accepts_development() {
        ring = ring.danger_accept_development_keys();
    }
    let mut rights = entitlements(ctx);
    let mut first = (0, NODELOCK_OK);
    let mut holds_records = false;
    let crypto = Crypto::new(settings, error);
    let tally = nodelock::rights::install(file, &mut ring, &crypto, udis, &mut rights, |report| {
        holds_records |= report.result != Err(Reason::StrayText);
        let result = number(report.result.map(|_| ()).map_err(Code::from));
        let record = describe(report.number, report.offset, report.record, result);
        if first.0 == 0 && report.result.is_err_and(Tally::is_refusal) {
            first = (record.number, record.result);
        }
        if let Some(on_record) = settings.on_record {
            // SAFETY: the program's function, called as the header says.
            unsafe { on_record(settings.user, &raw const record) };
        }
    });
    (nodelock_tally::of(&tally, first), holds_records)
}

/// Ends the use of a context, which forgets what was installed. The slots and the configuration belong to the program
/// again. Nothing else has to be released.
///
/// Results: NODELOCK_OK; NODELOCK_ERR_NULL_ARGUMENT, NODELOCK_ERR_ALIGNMENT,
/// NODELOCK_ERR_NOT_INITIALIZED, NODELOCK_ERR_BUSY.
/// Writes: ctx and slots. Calls: nothing. Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_deinit(ctx: *mut nodelock_ctx) -> nodelock_result {
    // SAFETY: the caller's promise.
    number(unsafe { Ctx::open(ctx) }.map(Ctx::close))
}
