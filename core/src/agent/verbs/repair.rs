//! What a `REPAIR` record does: docs/SPEC.md section 17.

use crate::agent::journal::{self, Group, HistoryKind, OpenRepair, UsageKind};
use crate::agent::memory::{EventSubject, LineSlot, LineSource, NOT_SEEN};
use crate::agent::{Agent, InstallMode, Ports, Unreadable};
use crate::calendar::Term;
use crate::event::EventKind;
use crate::reason::Reason;
use crate::record::{Repair, RepairRecord};
use crate::store::{RollbackState, Storage};
use crate::trust::KeyRing;
use crate::value::time::UnixTime;
use crate::value::udi::UdiSource;

impl<P: Ports> Agent<'_, P> {
    /// The number that a `REPAIR` record for the present state must have: what the owner tells the
    /// vendor. It is another one after the repair.
    ///
    /// # Errors
    /// [`Reason::NothingToRepair`], [`Reason::CountersFailed`].
    pub fn repair_number(&mut self, repair: Repair) -> Result<u64, Reason> {
        match (repair, self.journal.vault.rollback_state()) {
            (_, RollbackState::CountersFailed) => Err(Reason::CountersFailed),
            (
                Repair::Rollback,
                RollbackState::RolledBack { .. } | RollbackState::ManifestUnreadable { .. },
            ) => self.journal.vault.repair_number(),
            (Repair::Rollback, _) => Err(Reason::NothingToRepair),
            // What is damaged goes with the rollback, and the clock is one of the guarded values.
            (_, RollbackState::RolledBack { .. }) => Err(Reason::StorageRolledBack),
            (_, RollbackState::ManifestUnreadable { .. }) => Err(Reason::ManifestUnreadable),
            (Repair::Damage, _) if !self.is_damaged()? => Err(Reason::NothingToRepair),
            (Repair::Damage | Repair::Clock, _) => Ok(self.repairs),
        }
    }

    /// Verifies everything first; then uses the number up, and does what it is for. If the power goes
    /// before that is done, the next boot goes on.
    pub(in crate::agent) fn repair(
        &mut self,
        record: &RepairRecord<'_>,
        ring: &KeyRing<'_, '_>,
        mode: InstallMode,
    ) -> Result<(), Reason> {
        let terms = record.terms();
        if self.device.member_with(&terms.udi)?.is_none() {
            return Err(Reason::OtherDevice);
        }
        record.verify(ring, &self.journal.vault.verifier)?;
        if self.repair_number(terms.repair)? != terms.number {
            return Err(Reason::RepairNumber);
        }
        // What another version of the library has written is not overwritten.
        if let Err(reason) = self.journal.load_clock()
            && reason != Reason::StorageCorrupted
        {
            return Err(reason);
        }
        if mode == InstallMode::DryRun {
            return Ok(());
        }
        if terms.repair == Repair::Rollback {
            self.journal.vault.repair(self.journal.scratch)?;
        }
        let clock = journal::key(Group::Clock, 0);
        if self.journal.vault.is_damaged(clock, self.journal.scratch)? {
            self.journal.vault.storage.remove(clock)?;
        }
        // The number is used up before anything is given back: no power cut makes two repairs of one
        // record.
        let restarts = terms.repair == Repair::Clock;
        self.open_repair = if restarts { OpenRepair::Clock } else { OpenRepair::Damage };
        // Where the count of running time was lost, it begins without doubt: the vendor says so.
        let running = match restarts || !self.clock_is_readable {
            true => self.running.forgiven(),
            false => self.running,
        };
        let mut floor = self.calendar.floor();
        if restarts {
            // No record moves the clock further ahead than a reading would be believed, for a
            // vendor's clock may be wrong, too.
            let latest = floor.plus(self.product.rules.clock.forward_bound.seconds());
            let built = UnixTime::start_of(self.product.rules.built);
            floor = UnixTime::start_of(terms.issued).min(latest).max(built);
        }
        if let Err(reason) = self.keep_clock(floor, running, self.repairs.saturating_add(1)) {
            self.open_repair = OpenRepair::None;
            return Err(reason);
        }
        if restarts {
            self.calendar.begin_anew(self.now.uptime, floor);
        } else {
            self.calendar.raise_signed(terms.issued);
        }
        self.clock_is_readable = true;
        self.finish_repair()?;
        let told =
            self.write_history(HistoryKind::Repaired, terms.id, terms.repair.name().as_bytes());
        self.storage_failed(told);
        Ok(())
    }

    /// Does what the last repair has begun, if need be once more.
    #[inline(never)]
    pub(in crate::agent) fn finish_repair(&mut self) -> Result<(), Reason> {
        let mut removed = 0;
        let restarts = self.open_repair == OpenRepair::Clock;
        if restarts {
            self.journal.forget_running()?;
        } else {
            removed = self.remove_damaged()?;
            self.store_lost_use_anew()?;
        }
        let open = core::mem::replace(&mut self.open_repair, OpenRepair::None);
        if let Err(reason) = self.keep_clock(self.calendar.floor(), self.running, self.repairs) {
            self.open_repair = open;
            return Err(reason);
        }
        for held in self.lines.iter_mut().filter_map(LineSlot::held_mut) {
            if restarts {
                self.calendar.raise_signed(held.right.issued());
            }
            if restarts && held.right.end().is_some() {
                // Whether it has ended is judged anew, and it has all of its time again.
                held.ended_at = NOT_SEEN;
                held.running_out = false;
                (held.warned, held.end_reports) = (0, 0);
                held.term = Term::default();
            }
            if !restarts && core::mem::take(&mut held.use_unknown) {
                held.term = Term::default();
            }
        }
        self.unreadable = Unreadable::default();
        let _ = self.look_at_clock();
        self.event(EventKind::Repaired, EventSubject::NOTHING, removed);
        Ok(())
    }

    /// Whether anything but lines cannot be read, or is missing because it could not be.
    fn is_damaged(&mut self) -> Result<bool, Reason> {
        let mut damaged = self.lines().any(|held| held.use_unknown);
        for key in journal::keys_of_persistence() {
            damaged |= self.journal.vault.is_damaged(key, self.journal.scratch)?;
        }
        Ok(damaged)
    }

    fn remove_damaged(&mut self) -> Result<u64, Reason> {
        let mut removed = 0_u64;
        for key in journal::keys_of_persistence() {
            if self.journal.vault.is_damaged(key, self.journal.scratch)? {
                self.journal.vault.storage.remove(key)?;
                removed = removed.saturating_add(1);
            }
        }
        Ok(removed)
    }

    /// Lines whose use was lost begin anew: the vendor says so by the record.
    fn store_lost_use_anew(&mut self) -> Result<(), Reason> {
        for index in 0..self.lines.len() {
            let Some(held) = self.held(index).filter(|held| held.use_unknown) else { continue };
            let kind = UsageKind::of(held.right.license_type());
            if let Some(kind) = kind.filter(|_| held.source == LineSource::Installed) {
                self.store_usage(index, kind, 0, 0)?;
            }
        }
        Ok(())
    }
}
