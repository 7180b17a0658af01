//! The memory that an agent works in, beside its own.

use core::mem::{align_of, size_of};

use nodelock::Feature;
use nodelock::agent::{FeatureSlot, LineSlot, MIN_SCRATCH_LEN, Memory, SCRATCH_LEN};
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;

use crate::config::load_or;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_AGENT_MEMORY_SIZE, NODELOCK_ERR_MEMORY_SCRATCH, NODELOCK_ERR_NO_SLOTS,
    NODELOCK_ERR_RESERVED, NODELOCK_ERR_TOO_MANY_SLOTS,
};

/// 64-bit words in a nodelock_line_slot.
pub const NODELOCK_LINE_SLOT_WORDS: usize = 30;
/// 64-bit words in a nodelock_feature_slot.
pub const NODELOCK_FEATURE_SLOT_WORDS: usize = 8;
/// 64-bit words in a nodelock_lease_slot.
pub const NODELOCK_LEASE_SLOT_WORDS: usize = 3;
/// 64-bit words in a nodelock_event_slot.
pub const NODELOCK_EVENT_SLOT_WORDS: usize = 4;
/// 64-bit words in a nodelock_catalog_entry.
#[cfg(target_pointer_width = "64")]
pub const NODELOCK_CATALOG_ENTRY_WORDS: usize = 16;
/// 64-bit words in a nodelock_catalog_entry.
#[cfg(target_pointer_width = "32")]
pub const NODELOCK_CATALOG_ENTRY_WORDS: usize = 10;
/// 64-bit words in a nodelock_name_slot.
pub const NODELOCK_NAME_SLOT_WORDS: usize = 2;
/// Bytes of scratch that are enough for every stored line with its comment and its KEY record.
pub const NODELOCK_SCRATCH_LEN: usize = 2048;
/// The smallest scratch that is accepted, in bytes: enough for a line of about 300 bytes with a short comment.
pub const NODELOCK_SCRATCH_MIN: usize = 512;
const _: () =
    assert!(NODELOCK_SCRATCH_LEN == SCRATCH_LEN && NODELOCK_SCRATCH_MIN == MIN_SCRATCH_LEN);

/// Room for one license: installed, or a trial of the catalog.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_line_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_LINE_SLOT_WORDS],
}

/// Room for the state of one feature of the catalog.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_feature_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_FEATURE_SLOT_WORDS],
}

/// Room for one lease: units of a feature that somebody has acquired.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_lease_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_LEASE_SLOT_WORDS],
}

/// Room for one event that waits to be fetched.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_event_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_EVENT_SLOT_WORDS],
}

/// Room for one feature of the catalog in the library's own form.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_catalog_entry {
    /// Not for the program.
    _private: [u64; NODELOCK_CATALOG_ENTRY_WORDS],
}

/// Room for one name in an includes list of the catalog.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_name_slot {
    /// Not for the program.
    _private: [u64; NODELOCK_NAME_SLOT_WORDS],
}

/// Whether the program's elements are as large as this library's `T`.
pub(crate) fn fits<T>(given: u32) -> bool {
    usize::try_from(given).is_ok_and(|given| given >= size_of::<T>())
}

pub(crate) const fn has_room<T, O>() -> bool {
    size_of::<T>() <= size_of::<O>() && align_of::<T>() <= align_of::<O>()
}
const _: () = assert!(has_room::<LineSlot, nodelock_line_slot>());
const _: () = assert!(has_room::<FeatureSlot, nodelock_feature_slot>());
const _: () = assert!(has_room::<LeaseSlot, nodelock_lease_slot>());
const _: () = assert!(has_room::<EventSlot, nodelock_event_slot>());
const _: () = assert!(has_room::<Feature<'_>, nodelock_catalog_entry>());
const _: () = assert!(has_room::<&str, nodelock_name_slot>());

/// The arrays that an agent works in. Begin it with NODELOCK_AGENT_MEMORY_INIT, or in C++17 as shown
/// there. The structure itself is used during nodelock_agent_boot only; the arrays belong to the agent
/// until nodelock_agent_deinit. Whatever is in them is overwritten, and nothing in them needs to be kept
/// over a reboot.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_agent_memory {
    /// sizeof(nodelock_agent_memory), as the program knows it. So are the next six, of their types.
    pub size: u32,
    /// sizeof(nodelock_line_slot).
    pub line_slot_size: u32,
    /// sizeof(nodelock_feature_slot).
    pub feature_slot_size: u32,
    /// sizeof(nodelock_lease_slot).
    pub lease_slot_size: u32,
    /// sizeof(nodelock_event_slot).
    pub event_slot_size: u32,
    /// sizeof(nodelock_catalog_entry).
    pub catalog_entry_size: u32,
    /// sizeof(nodelock_name_slot).
    pub name_slot_size: u32,
    /// 0.
    pub reserved: u32,
    /// One for each license that may be installed at a time and each trial of the catalog. A later
    /// firmware must not have fewer, or it does not find all stored lines.
    pub lines: *mut nodelock_line_slot,
    /// Number of lines; more than 256 installed ones cannot be kept.
    pub line_count: usize,
    /// One for each feature of the catalog.
    pub features: *mut nodelock_feature_slot,
    /// Number of features.
    pub feature_count: usize,
    /// One for each lease that may be held at a time. May be NULL if there are 0.
    pub leases: *mut nodelock_lease_slot,
    /// Number of leases.
    pub lease_count: usize,
    /// One for each event that may wait; when all are used, the oldest event is dropped. May be NULL if
    /// there are 0.
    pub events: *mut nodelock_event_slot,
    /// Number of events.
    pub event_count: usize,
    /// One for each feature of the catalog.
    pub catalog: *mut nodelock_catalog_entry,
    /// Number of entries in catalog.
    pub catalog_count: usize,
    /// One for each name in all includes lists of the catalog together. May be NULL if there are 0.
    pub names: *mut nodelock_name_slot,
    /// Number of names.
    pub name_count: usize,
    /// NODELOCK_SCRATCH_LEN bytes, or down to NODELOCK_SCRATCH_MIN on a device whose lines are short: a line
    /// that does not fit in it is refused with NODELOCK_ERR_STORAGE_FULL, also at boot. So never give less
    /// than an earlier firmware did.
    pub scratch: *mut u8,
    /// Number of bytes.
    pub scratch_len: usize,
}

/// The arrays in the core's types.
pub(super) struct Rooms {
    pub(super) memory: Memory<'static>,
    pub(super) catalog: &'static mut [Feature<'static>],
    pub(super) names: &'static mut [&'static str],
}

impl nodelock_agent_memory {
    /// Empties all arrays.
    ///
    /// The caller's promise: `from` leads to one, and all arrays are there, do not overlap, and belong
    /// to the agent from now on.
    pub(super) unsafe fn open(from: *const Self) -> Result<Rooms, Code> {
        // SAFETY: passed on; zero is a value of every field.
        let given: Self = unsafe { load_or(from, Code(NODELOCK_ERR_AGENT_MEMORY_SIZE)) }?;
        if given.reserved != 0 {
            return Err(Code(NODELOCK_ERR_RESERVED));
        }
        let sizes = [
            (given.line_slot_size, size_of::<nodelock_line_slot>()),
            (given.feature_slot_size, size_of::<nodelock_feature_slot>()),
            (given.lease_slot_size, size_of::<nodelock_lease_slot>()),
            (given.event_slot_size, size_of::<nodelock_event_slot>()),
            (given.catalog_entry_size, size_of::<nodelock_catalog_entry>()),
            (given.name_slot_size, size_of::<nodelock_name_slot>()),
        ];
        let fits = |&(given, own)| usize::try_from(given).is_ok_and(|given| given >= own);
        if !sizes.iter().all(fits) {
            return Err(Code(NODELOCK_ERR_AGENT_MEMORY_SIZE));
        }
        if given.line_count == 0 {
            return Err(Code(NODELOCK_ERR_NO_SLOTS));
        }
        if given.scratch_len < NODELOCK_SCRATCH_MIN {
            return Err(Code(NODELOCK_ERR_MEMORY_SCRATCH));
        }
        let scratch_len = given.scratch_len.min(NODELOCK_SCRATCH_LEN);
        // SAFETY: the caller's promise; each slot type has room for the core's, as asserted above.
        unsafe {
            Ok(Rooms {
                memory: Memory {
                    lines: array(given.lines, given.line_count, LineSlot::default)?,
                    features: array(given.features, given.feature_count, || FeatureSlot::EMPTY)?,
                    leases: array(given.leases, given.lease_count, LeaseSlot::new)?,
                    events: array(given.events, given.event_count, || EventSlot::EMPTY)?,
                    scratch: array(given.scratch, scratch_len, || 0)?,
                    gates: &[],
                },
                catalog: array(given.catalog, given.catalog_count, || Feature::new(""))?,
                names: array(given.names, given.name_count, || "")?,
            })
        }
    }
}

/// The caller's array as one of the core's type, whose elements lie side by side from the first on.
/// That takes no more room than the caller's.
///
/// The caller's promise: there are `count` elements at `first`, for the library alone, and none is
/// smaller or less aligned than a `T`.
pub(crate) unsafe fn array<T, O>(
    first: *mut O,
    count: usize,
    empty: impl Fn() -> T,
) -> Result<&'static mut [T], Code> {
    if count == 0 {
        return Ok(&mut []);
    }
    ptr::check(first)?;
    let bytes = count.checked_mul(size_of::<O>());
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Code(NODELOCK_ERR_TOO_MANY_SLOTS));
    }
    let first = first.cast::<T>();
    for at in 0..count {
        // SAFETY: within the caller's array.
        unsafe { first.wrapping_add(at).write(empty()) };
    }
    // SAFETY: just written; exclusive by the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts_mut(first, count) })
}
