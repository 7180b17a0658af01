//! The context: what the caller gives memory for, and what is in it.

use core::mem::{align_of, size_of};

use nodelock::rights::{Entitlements, RightsView, Slot};

use crate::config::{NODELOCK_SLOT_WORDS, nodelock_config};
use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_BUSY, NODELOCK_ERR_NOT_INITIALIZED};

/// 64-bit words in a context. Some are not used yet: a later version with the same ABI number can use them.
pub const NODELOCK_CTX_WORDS: usize = 16;

/// The library's state for one device. The program gives it memory, static or on the stack, passes it to
/// nodelock_init, and does not look into it.
///
/// It holds no pointer into itself, so it may be moved while no call on it is running. Use only the copy then, because
/// both work on the same slots.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_ctx {
    /// Not for the program.
    _private: [u64; NODELOCK_CTX_WORDS],
}

/// Room for one installed license. The program gives an array of them to nodelock_init and does not
/// touch it until nodelock_deinit.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_SLOT_WORDS],
}

/// sizeof(nodelock_ctx) of the library that is linked.
///
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_ctx_size() -> usize {
    size_of::<nodelock_ctx>()
}

/// sizeof(nodelock_slot) of the library that is linked.
///
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_slot_size() -> usize {
    size_of::<nodelock_slot>()
}

/// In `Content::word`: memory that holds none of these is no context. They are 64 bits long so that
/// left-over memory does not look like one.
const READY: u64 = 0x6E6F_6465_A7C3_9B51;
/// A call is running that may call back.
const RUNNING: u64 = 0x6E6F_6465_58E4_6CAE;
/// Initialising failed; only the port's error can be asked for.
const FAILED: u64 = 0x6E6F_6465_C31D_E2B6;

/// What is in a context. No reference to it is ever made, only copies: callbacks run while a call
/// works on it, and a callback that calls the library must find it readable.
#[repr(C)]
#[derive(Clone, Copy)]
struct Content {
    word: u64,
    config: *const nodelock_config,
    slots: *mut nodelock_slot,
    slot_count: usize,
    port_error: i32,
}

const _: () = assert!(size_of::<Content>() <= size_of::<nodelock_ctx>());
const _: () = assert!(align_of::<Content>() <= align_of::<nodelock_ctx>());
const _: () = assert!(size_of::<Slot>() <= size_of::<nodelock_slot>());
const _: () = assert!(align_of::<Slot>() <= align_of::<nodelock_slot>());

/// A context that is initialised and has no call running.
pub(crate) struct Ctx {
    at: *mut Content,
    content: Content,
}

impl Ctx {
    /// The caller's promise: `ctx` leads to a `nodelock_ctx`, in whatever state.
    pub(crate) unsafe fn open(ctx: *const nodelock_ctx) -> Result<Self, Code> {
        ptr::check(ctx)?;
        let at = ctx.cast_mut().cast::<Content>();
        // SAFETY: aligned for a context, which is large enough; any bits are a number.
        match unsafe { ptr::word(&raw const (*at).word) } {
            // SAFETY: the word says that `ready` has written all of it.
            READY => Ok(Self { at, content: unsafe { at.read() } }),
            RUNNING => Err(Code(NODELOCK_ERR_BUSY)),
            _ => Err(Code(NODELOCK_ERR_NOT_INITIALIZED)),
        }
    }

    /// Whether a call on this context is running, whose callback we are in.
    ///
    /// The caller's promise: `ctx` leads to a `nodelock_ctx`, in whatever state.
    pub(crate) unsafe fn refuse_running(ctx: *const nodelock_ctx) -> Result<(), Code> {
        // SAFETY: passed on.
        match unsafe { Self::open(ctx) } {
            Err(Code(NODELOCK_ERR_NOT_INITIALIZED)) | Ok(_) => Ok(()),
            Err(code) => Err(code),
        }
    }

    /// Writes a context in the state "running", with empty slots.
    ///
    /// The caller's promise: `ctx` and `slots` can be written, `slots` as often as the count says.
    pub(crate) unsafe fn begin(
        ctx: *mut nodelock_ctx,
        config: *const nodelock_config,
        slots: *mut nodelock_slot,
        slot_count: usize,
    ) -> Self {
        let at = ctx.cast::<Content>();
        let content = Content { word: RUNNING, config, slots, slot_count, port_error: 0 };
        // SAFETY: as in `open`; nobody has a reference to it.
        unsafe { at.write(content) };
        let ctx = Self { at, content };
        ctx.empty_slots();
        ctx
    }

    /// Marks that a call is running, so that callbacks are kept out.
    pub(crate) fn run(&mut self) {
        self.content.word = RUNNING;
        self.content.port_error = 0;
        self.write();
    }

    /// The end of `begin` or `run`.
    pub(crate) fn ready(mut self, port_error: i32) {
        self.content.word = READY;
        self.content.port_error = port_error;
        self.write();
    }

    /// The other end of `begin`.
    pub(crate) fn failed(mut self, port_error: i32) {
        self.content.word = FAILED;
        self.content.port_error = port_error;
        self.write();
    }

    /// Forgets everything.
    pub(crate) fn close(mut self) {
        self.empty_slots();
        self.content = Content {
            word: 0,
            config: core::ptr::null(),
            slots: core::ptr::null_mut(),
            slot_count: 0,
            port_error: 0,
        };
        self.write();
    }

    pub(crate) const fn config(&self) -> *const nodelock_config {
        self.content.config
    }

    /// The rights, to be changed. Only between `run` and `ready`, when nobody else gets a view.
    pub(crate) fn rights(&mut self) -> &mut [Slot] {
        let (first, count) = (self.content.slots.cast::<Slot>(), self.content.slot_count);
        // SAFETY: `begin` has written that many slots there, side by side from the first on, which
        // takes no more room than the caller's array has; exclusive by the state "running".
        unsafe { core::slice::from_raw_parts_mut(first, count) }
    }

    /// The rights, to be read.
    pub(crate) fn view(&self) -> RightsView<'_> {
        let (first, count) = (self.content.slots.cast::<Slot>(), self.content.slot_count);
        // SAFETY: as in `rights`; calls that change slots are kept apart by the caller's lock.
        RightsView::new(unsafe { core::slice::from_raw_parts(first, count) })
    }

    fn empty_slots(&self) {
        let first = self.content.slots.cast::<Slot>();
        for at in 0..self.content.slot_count {
            // SAFETY: within the caller's array, whose elements are at least as large.
            unsafe { first.wrapping_add(at).write(Slot::EMPTY) };
        }
    }

    fn write(&self) {
        // SAFETY: `open` or `begin` has checked it; nobody has a reference to it.
        unsafe { self.at.write(self.content) };
    }
}

/// The error number that a callback of the program returned last, during nodelock_init or nodelock_install.
///
/// ctx  Any context; NULL and one that never was initialised are no error.
///
/// Returns that number, or 0 if every callback did its job in the most recent of these calls. It can
/// be asked for after a nodelock_init that failed, too.
/// Threads: see base.h. ISR: no.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nodelock_last_port_error(ctx: *const nodelock_ctx) -> i32 {
    if ptr::check(ctx).is_err() {
        return 0;
    }
    let at = ctx.cast::<Content>();
    // SAFETY: aligned for a context, which is large enough; any bits are a number.
    match unsafe { ptr::word(&raw const (*at).word) } {
        // SAFETY: the word says that all of it is written.
        READY | RUNNING | FAILED => unsafe { (&raw const (*at).port_error).read() },
        _ => 0,
    }
}

/// The rights of a context that `run` has marked.
pub(crate) fn entitlements(ctx: &mut Ctx) -> Entitlements<'_> {
    Entitlements::new(ctx.rights())
}
