//! What outlives a reboot: values by kind, the history, and the change that is being made.
//!
//! The vault puts a version in front of every value and a checksum or a MAC behind it.

mod history;
mod keys;
mod line_value;
mod pending;
mod revoked;
#[cfg(feature = "transfer")]
mod tickets;
mod values;

pub use history::{HistoryEntry, HistoryKind};
pub(in crate::agent) use keys::{
    GUARDED, Group, MAX_ACCEPTED_EULAS, MAX_LEVELS, key, keys_of_persistence,
};
#[cfg(feature = "transfer")]
pub(in crate::agent) use line_value::FRAMES;
pub(in crate::agent) use line_value::{LineValue, NO_COMMENT, SEAL};
pub(in crate::agent) use pending::PendingChange;
pub(in crate::agent) use revoked::TakenLine;
#[cfg(feature = "transfer")]
pub(in crate::agent) use tickets::{Left, NewWord, Word, WordKind, WordList};
pub(in crate::agent) use values::{AcceptedEula, Clock, OpenRepair, Usage, UsageKind};

use core::ops::Range;

use crate::bytes::reader::Reader;
use crate::bytes::sink::{Sink, SliceSink};
use crate::bytes::writer::number;
use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::store::{Storage, StorageKey, Vault};
use crate::value::time::UnixTime;

/// Length that holds every value but those of lines. They are read and written in the scratch buffer, which
/// no line stands in meanwhile: buffers of their own would be a third of the stack.
const SMALL: usize = 160;

/// The storage, and the buffer through which everything goes in and out.
#[derive(Debug)]
pub(in crate::agent) struct Journal<'a, S, V> {
    pub(in crate::agent) vault: Vault<S, V>,
    pub(in crate::agent) scratch: &'a mut [u8],
    /// Number of the next entry of the history.
    pub(in crate::agent) next_number: u64,
    /// The last change has not told the history yet.
    pub(in crate::agent) is_open: bool,
}

impl<S: Storage, V: SignatureVerifier> Journal<'_, S, V> {
    fn store(
        &mut self,
        key: StorageKey,
        write: impl FnOnce(&mut SliceSink<'_>),
    ) -> Result<(), Reason> {
        self.vault.store(key, self.scratch, write)
    }

    /// Removes a small value.
    pub(in crate::agent) fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.vault.remove(key, small(self.scratch))
    }

    /// Takes every value of a group; one that is not whole does not keep the others from being read.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    pub(in crate::agent) fn each(
        &mut self,
        group: Group,
        places: Range<u8>,
        mut take: impl FnMut(u8, &mut Reader<'_>) -> Option<()>,
    ) -> Result<(), Reason> {
        let mut values = Values { group, places, result: Ok(()) };
        while let Some((place, content)) = values.next(&mut self.vault, self.scratch) {
            if take(place, &mut Reader::new(content)).is_none() {
                values.result = Err(Reason::StorageCorrupted);
            }
        }
        values.result
    }
}

/// A walk through the values of a group.
struct Values {
    group: Group,
    /// Those that are still to come.
    places: Range<u8>,
    /// The last reason why one could not be read.
    result: Result<(), Reason>,
}

impl Values {
    /// The next value that can be read, with its place. Apart from what is done with it, so that
    /// firmware has it once and not for every group.
    #[inline(never)]
    fn next<'s>(
        &mut self,
        vault: &mut Vault<impl Storage, impl SignatureVerifier>,
        scratch: &'s mut [u8],
    ) -> Option<(u8, &'s [u8])> {
        for place in self.places.by_ref() {
            match vault.load(key(self.group, place), small(scratch)) {
                Ok(None) => {}
                Ok(Some((content, _))) => {
                    let end = content.len().saturating_add(1);
                    return Some((place, scratch.get(1..end)?));
                }
                Err(reason) => self.result = Err(reason),
            }
        }
        None
    }
}

/// The part of the scratch buffer that a small value takes. A longer value is none of ours.
fn small(scratch: &mut [u8]) -> &mut [u8] {
    scratch.get_mut(..SMALL).unwrap_or_default()
}

/// 0 for "not known", else one more than the seconds.
fn wall(time: Option<UnixTime>, out: &mut impl Sink) {
    number(time.map_or(0, |time| time.0.saturating_add(1)), out);
}

fn read_wall(reader: &mut Reader<'_>) -> Option<Option<UnixTime>> {
    Some(reader.number()?.checked_sub(1).map(UnixTime))
}
