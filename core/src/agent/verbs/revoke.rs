//! Taking a right back for good.

use crate::agent::journal::{HistoryKind, TakenLine};
use crate::agent::verbs::transaction::Change;
use crate::agent::{Agent, Ports};
use crate::reason::Reason;
use crate::value::license::LineId;
use crate::value::time::Now;

impl<P: Ports> Agent<'_, P> {
    /// Takes a right back for good: its line is removed, and neither it nor a copy of it from before
    /// is ever accepted again on this device. With monotonic counters this holds for older copies of the
    /// storage too. What a permission ticket of the vendor asks for.
    ///
    /// The line may be in use; its feature is denied from now on. An id that is not installed is
    /// remembered all the same.
    ///
    /// # Errors
    /// [`Reason::RevocationsFull`], or what storage and counters report; nothing has happened then.
    pub fn revoke(&mut self, id: LineId, now: Now) -> Result<(), Reason> {
        self.tick(now);
        let index = match self.installed(id) {
            Ok((index, _)) => Some(index),
            Err(Reason::NoSuchLine) => None,
            Err(reason) => return Err(reason),
        };
        if index.is_none() && self.is_revoked(id) == Ok(true) {
            // Once is enough for the history; a storage that failed may show what is not durable.
            let stored = self.journal.store_revoked(id);
            return stored.inspect_err(|_| self.doubt());
        }
        let revoked = self.transact(&Change::of_line(HistoryKind::Revoked, id, index), |agent| {
            agent.journal.store_revoked(id)?;
            index.map_or(Ok(()), |index| agent.remove_line(index))
        });
        if let Some(index) = index.filter(|_| revoked.happened) {
            if revoked.written.is_err() {
                self.remove_line(index)?;
            }
            self.let_go(index);
        }
        revoked.written
    }

    /// Removes a line that was taken back. If that fails, the next boot does it.
    #[inline(never)]
    fn remove_line(&mut self, index: usize) -> Result<(), Reason> {
        let key = self.line_key(index)?;
        let removed = self.journal.vault.remove(key, self.journal.scratch);
        self.storage_failed(removed);
        Ok(())
    }

    /// Whether nothing of a line is left.
    ///
    /// # Errors
    /// As of [`taken_of`](Self::taken_of).
    pub(in crate::agent) fn is_revoked(&mut self, id: LineId) -> Result<bool, Reason> {
        self.taken_of(id).map(|taken| taken.is_some_and(|taken| taken.left == 0))
    }

    /// What was taken of a line, if anything was: the least that is left of it, and by which word.
    ///
    /// # Errors
    /// Why the lists could not be read, unless they show that nothing is left.
    #[inline(never)]
    pub(in crate::agent) fn taken_of(&mut self, id: LineId) -> Result<Option<TakenLine>, Reason> {
        let mut least: Option<TakenLine> = None;
        let read = self.journal.each_taken(|known, taken| {
            if known == id && least.is_none_or(|least| taken.left < least.left) {
                least = Some(taken);
            }
        });
        match least {
            Some(TakenLine { left: 0, .. }) => Ok(least),
            _ => read.map(|()| least),
        }
    }
}
