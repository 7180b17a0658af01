//! The storage callbacks, in the form in which the core asks for them.

use core::cell::Cell;
use core::ffi::c_void;

use nodelock::store::{Counters, MonotonicCounters, RollbackLevel, StorageKey};
use nodelock::{Reason, Storage};

use crate::agent::config::{NODELOCK_NO_VALUE, nodelock_agent_config, rollback_level};
use crate::result::{Code, NODELOCK_ERR_STORAGE_CORRUPTED, NODELOCK_ERR_STORAGE_FULL};

/// The manifest: what is read at each boot before anything else.
const FIRST_READ: StorageKey = StorageKey(2);

/// Results of wrong use: no number of a medium's.
const WRONG_USE: core::ops::RangeInclusive<i32> = -999..=-900;

/// Storage of the program's.
pub(crate) struct Flash {
    load: unsafe extern "C" fn(*mut c_void, u16, *mut u8, usize, *mut usize) -> i32,
    store: unsafe extern "C" fn(*mut c_void, u16, *const u8, usize) -> i32,
    remove: unsafe extern "C" fn(*mut c_void, u16) -> i32,
    level: RollbackLevel,
    counters: Option<unsafe extern "C" fn(*mut c_void, *mut u64, *mut u64) -> i32>,
    start: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    commit: Option<unsafe extern "C" fn(*mut c_void, u64) -> i32>,
    user: *mut c_void,
    /// The last failure of a callback.
    error: &'static Cell<i32>,
}

impl Flash {
    /// `None` if a callback is missing.
    pub(super) fn new(
        config: &nodelock_agent_config,
        user: *mut c_void,
        error: &'static Cell<i32>,
    ) -> Option<Self> {
        match (config.load, config.store, config.remove) {
            (Some(load), Some(store), Some(remove)) => {
                let (counters, start) = (config.counters_read, config.counters_start);
                let (level, commit) =
                    (rollback_level(config.rollback_protection).ok()?, config.counters_commit);
                Some(Self { load, store, remove, level, counters, start, commit, user, error })
            }
            _ => None,
        }
    }

    /// Whether the storage says that the program forgot to mount or to open it, or passes something else in its place:
    /// the agent would go on as with one that is broken, and report lines as damaged that are not.
    pub(super) fn check_connected(&self, buffer: &mut [u8]) -> Result<(), Code> {
        let mut len = 0;
        let (to, capacity) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: the program's function, called as the header says.
        let returned = unsafe { (self.load)(self.user, FIRST_READ.0, to, capacity, &raw mut len) };
        if !WRONG_USE.contains(&returned) {
            return Ok(());
        }
        self.error.set(returned);
        Err(Code(returned))
    }

    fn failure(&self, returned: i32) -> Reason {
        self.error.set(returned);
        match returned {
            NODELOCK_ERR_STORAGE_FULL => Reason::StorageFull,
            NODELOCK_ERR_STORAGE_CORRUPTED => Reason::StorageCorrupted,
            _ => Reason::StorageFailed,
        }
    }

    fn done(&self, returned: i32) -> Result<(), Reason> {
        if returned == 0 { Ok(()) } else { Err(self.failure(returned)) }
    }
}

impl Storage for Flash {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        // What a function that forgets to write it leaves is refused below.
        let mut len = usize::MAX;
        let (to, capacity) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: the program's function, called as the header says.
        match unsafe { (self.load)(self.user, key.0, to, capacity, &raw mut len) } {
            0 if len <= capacity => Ok(Some(len)),
            0 => Err(Reason::StorageCorrupted),
            NODELOCK_NO_VALUE => Ok(None),
            returned => Err(self.failure(returned)),
        }
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        self.done(unsafe { (self.store)(self.user, key.0, value.as_ptr(), value.len()) })
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        // SAFETY: the program's function, called as the header says.
        self.done(unsafe { (self.remove)(self.user, key.0) })
    }

    fn monotonic_counters(&mut self) -> impl MonotonicCounters {
        CountersPort(self)
    }
}

/// The callbacks of the rollback counters.
struct CountersPort<'p>(&'p Flash);

impl CountersPort<'_> {
    fn done(&self, returned: i32) -> Result<(), Reason> {
        if returned == 0 {
            return Ok(());
        }
        self.0.error.set(returned);
        Err(Reason::CountersFailed)
    }
}

impl MonotonicCounters for CountersPort<'_> {
    fn level(&self) -> RollbackLevel {
        self.0.level
    }

    fn counters(&mut self) -> Result<Counters, Reason> {
        let read = self.0.counters.ok_or(Reason::CountersFailed)?;
        // What a function that forgets to write them leaves fits no counters: nothing was started.
        let (mut started, mut committed) = (0, u64::MAX);
        // SAFETY: the program's function, called as the header says.
        self.done(unsafe { read(self.0.user, &raw mut started, &raw mut committed) })?;
        match self.0.level {
            RollbackLevel::OneCounter => Ok(Counters { started, committed: None }),
            _ if committed > started => Err(Reason::CountersFailed),
            _ => Ok(Counters { started, committed: Some(committed) }),
        }
    }

    fn start(&mut self) -> Result<(), Reason> {
        let start = self.0.start.ok_or(Reason::CountersFailed)?;
        // SAFETY: the program's function, called as the header says.
        self.done(unsafe { start(self.0.user) })
    }

    fn commit(&mut self, to: u64) -> Result<(), Reason> {
        match self.0.commit {
            // SAFETY: the program's function, called as the header says.
            Some(commit) => self.done(unsafe { commit(self.0.user, to) }),
            None if self.0.level == RollbackLevel::OneCounter => Ok(()),
            None => Err(Reason::CountersFailed),
        }
    }
}
