//! The license agent: the plain context with clocks, storage, a catalog and leases.

mod state;

mod memory;

mod config;

mod boot;

mod install;

mod installer;

mod check;

mod change;

mod levels;

mod show;

mod answer;

mod event;

mod protect;

mod history;

#[cfg(feature = "transfer")]
mod transfer;

// Not in the header.
mod catalog;
mod identity;
mod pace;
mod storage;

pub use answer::*;
pub use boot::*;
pub use change::*;
pub use check::*;
pub use config::*;
pub use event::*;
pub use history::*;
pub use install::*;
pub use installer::*;
pub use levels::*;
pub use memory::*;
pub use protect::*;
pub use show::*;
pub use state::*;
#[cfg(feature = "transfer")]
pub use transfer::*;

use nodelock::FeatureHandle;
use nodelock::value::LineId;

use crate::ptr;
use crate::result::{Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_UNKNOWN_FEATURE};
use crate::verdict::NODELOCK_LINE_ID_LEN;
pub(crate) use check::handle_of;
pub(crate) use memory::{array, fits, has_room};
#[cfg(feature = "hosted")]
pub(crate) use state::change;
pub(crate) use state::{Core, change_at};

/// The feature that a handle names.
fn feature(core: &Core, handle: nodelock_handle) -> Result<FeatureHandle, Code> {
    core.catalog().id(usize::from(handle)).ok_or(Code(NODELOCK_ERR_UNKNOWN_FEATURE))
}

/// Yes or no from a number of C's.
pub(crate) fn flag(number: u32) -> Result<bool, Code> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Code(NODELOCK_ERR_ARGUMENT)),
    }
}

/// The line id at `id`.
///
/// The caller's promise: ten bytes can be read there.
unsafe fn line_id(id: *const u8) -> Result<LineId, Code> {
    ptr::check(id)?;
    // SAFETY: not NULL, bytes need no alignment; the rest is the caller's promise.
    Ok(LineId(unsafe { id.cast::<[u8; NODELOCK_LINE_ID_LEN]>().read() }))
}
