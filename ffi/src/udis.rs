//! The device's UDIs, read once for a whole file.

use core::cell::Cell;

use nodelock::limits::MAX_UDIS;
use nodelock::value::UdiSource;
use nodelock::{Reason, Udi};

use crate::config::nodelock_config;
use crate::port::read_udi;

/// The UDIs of the device, asked for once per file: a file may have thousands of lines.
pub(crate) struct Udis<'u> {
    members: [Option<Udi<'u>>; MAX_UDIS],
    /// Why there are no more, if not because the stack has no more members.
    end: Result<(), Reason>,
}

impl Udis<'_> {
    /// The caller's promise: what the callback points to stays as it is for as long as the result is
    /// used.
    pub(crate) unsafe fn read(config: &nodelock_config, error: &Cell<i32>) -> Self {
        let mut udis = Self { members: [None; MAX_UDIS], end: Ok(()) };
        for (number, member) in (0_u32..).zip(&mut udis.members) {
            // SAFETY: passed on.
            match unsafe { read_udi(config, number, error) } {
                Ok(None) => break,
                Ok(udi) => *member = udi,
                Err(reason) => {
                    udis.end = Err(reason);
                    break;
                }
            }
        }
        udis
    }
}

impl UdiSource for Udis<'_> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        match self.members.get(usize::from(member)).copied().flatten() {
            Some(udi) => Ok(Some(udi)),
            None => self.end.map(|()| None),
        }
    }
}
