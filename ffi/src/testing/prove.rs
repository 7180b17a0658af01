//! One call that tries a storage port.

use core::ffi::c_void;

use nodelock::store::StorageKey;
use nodelock::testing::{Effort, TestedPort, prove};
use nodelock::{Reason, Storage};

use crate::agent::NODELOCK_NO_VALUE;
use crate::config::load;
use crate::ptr;
use crate::result::{
    Code, NODELOCK_ERR_MEMORY_TOO_SMALL, NODELOCK_ERR_NO_STORAGE, NODELOCK_ERR_RESERVED,
    NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL, NODELOCK_OK, nodelock_result,
    number,
};

/// Smallest buffer that makes sense.
const MIN_BUFFER: usize = 65;

type Load = unsafe extern "C" fn(*mut c_void, u16, *mut u8, usize, *mut usize) -> i32;
type Store = unsafe extern "C" fn(*mut c_void, u16, *const u8, usize) -> i32;
type Remove = unsafe extern "C" fn(*mut c_void, u16) -> i32;

/// A storage port on a board whose power can be cut.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_testing_port {
    pub size: u32,
    pub reserved: u32,
    pub user: *mut c_void,
    pub power_on: Option<unsafe extern "C" fn(user: *mut c_void, cut_at: u64) -> i32>,
    pub power_was_cut: Option<unsafe extern "C" fn(user: *mut c_void) -> i32>,
    pub load: Option<Load>,
    pub store: Option<Store>,
    pub remove: Option<Remove>,
    pub steps: u32,
    pub fill: u32,
    pub seed: u64,
    pub points: u64,
}

/// What was tried, and what was found.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_testing_report {
    pub compared: u64,
    pub cuts: u64,
    pub cut_at: u64,
    pub broken: u32,
    pub was_full: u32,
    pub key: u32,
    pub reason: nodelock_result,
}

struct Board {
    user: *mut c_void,
    power_on: unsafe extern "C" fn(*mut c_void, u64) -> i32,
    power_was_cut: unsafe extern "C" fn(*mut c_void) -> i32,
    load: Load,
    store: Store,
    remove: Remove,
}

struct Port<'b>(&'b Board);

fn done(returned: i32) -> Result<(), Reason> {
    match returned {
        0 => Ok(()),
        NODELOCK_ERR_STORAGE_FULL => Err(Reason::StorageFull),
        NODELOCK_ERR_STORAGE_CORRUPTED => Err(Reason::StorageCorrupted),
        _ => Err(Reason::StorageFailed),
    }
}

impl Storage for Port<'_> {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let mut len = usize::MAX;
        let (to, capacity) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: the program's function, called as the header says.
        match unsafe { (self.0.load)(self.0.user, key.0, to, capacity, &raw mut len) } {
            0 if len <= capacity => Ok(Some(len)),
            0 => Err(Reason::StorageCorrupted),
            NODELOCK_NO_VALUE => Ok(None),
            returned => Err(done(returned).err().unwrap_or(Reason::StorageFailed)),
        }
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        done(unsafe { (self.0.store)(self.0.user, key.0, value.as_ptr(), value.len()) })
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        done(unsafe { (self.0.remove)(self.0.user, key.0) })
    }
}

impl TestedPort for Board {
    type Storage<'p> = Port<'p>;

    fn power_on(&mut self, cut_at: Option<u64>) -> Result<Port<'_>, Reason> {
        // SAFETY: the program's function, called as the header says.
        done(unsafe { (self.power_on)(self.user, cut_at.unwrap_or(u64::MAX)) })?;
        Ok(Port(self))
    }

    fn power_was_cut(&self) -> bool {
        // SAFETY: the program's function, called as the header says.
        unsafe { (self.power_was_cut)(self.user) != 0 }
    }
}

/// See include/nodelock_testing.h.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn nodelock_testing_prove(
    port: *const nodelock_testing_port,
    buffer: *mut u8,
    capacity: usize,
    report: *mut nodelock_testing_report,
) -> nodelock_result {
    // SAFETY: passed on.
    number(unsafe { run(port, buffer, capacity, report) })
}

unsafe fn run(
    port: *const nodelock_testing_port,
    buffer: *mut u8,
    capacity: usize,
    report: *mut nodelock_testing_report,
) -> Result<(), Code> {
    // SAFETY: the caller's promise; zero is a value of every field.
    let given: nodelock_testing_port = unsafe { load(port) }?;
    ptr::check(report)?;
    ptr::check(buffer)?;
    if given.reserved != 0 {
        return Err(Code(NODELOCK_ERR_RESERVED));
    }
    let (Some(power_on), Some(power_was_cut), Some(load), Some(store), Some(remove)) =
        (given.power_on, given.power_was_cut, given.load, given.store, given.remove)
    else {
        return Err(Code(NODELOCK_ERR_NO_STORAGE));
    };
    if !(MIN_BUFFER..=usize::from(u16::MAX)).contains(&capacity) {
        return Err(Code(NODELOCK_ERR_MEMORY_TOO_SMALL));
    }
    // SAFETY: the caller's promise: as many bytes, for this call alone. They are written first.
    let buffer = unsafe {
        buffer.write_bytes(0, capacity);
        core::slice::from_raw_parts_mut(buffer, capacity)
    };
    let mut board = Board { user: given.user, power_on, power_was_cut, load, store, remove };
    let usual = Effort::DEFAULT;
    let effort = Effort {
        longest: usual.longest,
        steps: if given.steps == 0 { usual.steps } else { given.steps },
        points: match u32::try_from(given.points) {
            Ok(0) => usual.points,
            Ok(points) => points,
            Err(_) => u32::MAX,
        },
        fill: match u16::try_from(given.fill) {
            Ok(0) => usual.fill,
            Ok(fill) => fill,
            Err(_) => u16::MAX,
        },
        seed: if given.seed == 0 { usual.seed } else { given.seed },
    };
    let none = nodelock_testing_report {
        compared: 0,
        cuts: 0,
        cut_at: u64::MAX,
        broken: 0,
        was_full: 0,
        key: 0,
        reason: NODELOCK_OK,
    };
    let found = match prove(&mut board, buffer, effort) {
        Ok(tried) => nodelock_testing_report {
            compared: tried.compared,
            cuts: tried.cuts,
            was_full: u32::from(tried.was_full),
            ..none
        },
        Err(broken) => nodelock_testing_report {
            cut_at: broken.cut_at.unwrap_or(u64::MAX),
            broken: u32::from(broken.promise as u8),
            key: u32::from(broken.key.0),
            reason: broken.reason.map_or(NODELOCK_OK, |reason| reason.code()),
            ..none
        },
    };
    // SAFETY: checked above.
    unsafe { ptr::put(report, found) };
    Ok(())
}
