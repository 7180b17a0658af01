//! Installing: a whole file, line by line, for real or to see what would happen.

use core::ops::ControlFlow;

use crate::agent::journal::{HistoryKind, LineValue, NO_COMMENT, TakenLine, UsageKind};
use crate::agent::memory::{ByOperator, LineSlot, LineSource};
use crate::agent::verbs::transaction::Change;
use crate::agent::{Agent, Part, Ports};
use crate::bytes::sink::Sink;
use crate::reason::Reason;
use crate::record::{BinaryRecords, KeyRecord, Line, Record, Records};
use crate::rights::{InstallEffect, RecordReport, Right};
use crate::store::RollbackState;
use crate::trust::{BoundLine, KeyRing, KeySlot, VerifiedUnder};
use crate::value::license::{Combine, Count, LicenseType, LineId};
use crate::value::time::Now;

/// Whether to install, or only to see what would happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstallMode {
    /// Install.
    Apply,
    /// Change nothing.
    DryRun,
}

/// Delegated keys of a file that are known at a time: another one takes the place of the oldest.
const FILE_KEYS: usize = 2;

/// A line as it is stored.
pub(in crate::agent) struct StoredLine {
    pub(in crate::agent) id: LineId,
    pub(in crate::agent) own: ByOperator,
    /// For a proof, which is not stored with it.
    pub(in crate::agent) waits: bool,
}

/// In place of a place for its use: a line that a dry run holds.
const WHAT_IF: Option<u8> = Some(u8::MAX);

impl<P: Ports> Agent<'_, P> {
    /// Installs every line of a file that is for this device, and reports on each record. A line
    /// is durable when its report comes. What happens to one record does not touch the others.
    ///
    /// A `KEY` record counts for the lines behind it in the same call, until two others have come. For
    /// a file that comes in pieces, an [`Installer`](crate::agent::Installer) remembers them.
    pub fn install<'f>(
        &mut self,
        file: &'f [u8],
        mode: InstallMode,
        now: Now,
        mut report: impl FnMut(&RecordReport<'_, 'f>),
    ) {
        let all = |_: &mut Self, _: &Line<'f>| Ok(());
        self.install_selected(file, mode, now, all, |_, taken| {
            report(taken);
            ControlFlow::Continue(())
        });
    }

    /// The same for those lines that are selected, until the report says that it is enough.
    pub(crate) fn install_selected<'f>(
        &mut self,
        file: &'f [u8],
        mode: InstallMode,
        now: Now,
        mut select: impl FnMut(&mut Self, &Line<'f>) -> Result<(), Reason>,
        mut report: impl FnMut(&mut Self, &RecordReport<'_, 'f>) -> ControlFlow<()>,
    ) {
        self.retry();
        self.tick(now);
        let mut key_slots = [KeySlot::EMPTY; FILE_KEYS];
        let mut ring = KeyRing::new(self.product.anchors, &mut key_slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        #[cfg(feature = "transfer")]
        let mut ticket = None;
        let mut repaired = false;
        let mut number = 0_u32;
        let mut records = Records::new(file);
        // By reference: moved out of its `Option`, it would be copied.
        while let Some(found) = &records.next() {
            number = number.saturating_add(1);
            // Before something is written, the last verb must have ended; what-if writes nothing.
            let ready = if mode == InstallMode::Apply { self.finish_before() } else { Ok(()) };
            let result = match &found.record {
                Ok(Record::Key(key)) => self.admit_key(key, &mut ring).map(|()| InstallEffect::Key),
                #[cfg(feature = "transfer")]
                Ok(Record::Permission(record)) => self.take_ticket(record, &mut ticket),
                #[cfg(feature = "transfer")]
                Ok(Record::Rehost(record)) => {
                    self.take_proof(ticket.as_ref(), record, &ring, mode, ready)
                }
                #[cfg(feature = "transfer")]
                Ok(Record::Time(record)) => self.take_time(record, &ring, mode),
                #[cfg(feature = "transfer")]
                Ok(Record::Revoke(record)) => self.refuse_revoke(record),
                #[cfg(feature = "transfer")]
                Ok(Record::Credential(_) | Record::Confirm(_)) => Err(Reason::ForVendor),
                Ok(Record::Repair(repair)) => {
                    let done = self.repair(repair, &ring, mode);
                    // The first one uses the number up.
                    let again = repaired;
                    repaired |= done.is_ok();
                    match done {
                        Ok(()) if again && mode == InstallMode::DryRun => Err(Reason::RepairNumber),
                        done => done.map(|()| InstallEffect::Repairs),
                    }
                }
                Ok(Record::License(line)) => {
                    select(self, line).and_then(|()| self.take(line, &ring, mode, ready))
                }
                Err(error) => Err(error.reason),
            };
            let record = found.record.as_ref().ok();
            let offset = found.record.as_ref().map_or_else(|error| error.offset, |_| found.start);
            if report(self, &RecordReport { number, offset, record, result }).is_break() {
                break;
            }
        }
        match mode {
            InstallMode::Apply => self.settle_change(),
            InstallMode::DryRun => self.forget_what_if(),
        }
    }

    /// Takes a delegated key in, for the records behind it; the oldest makes room for it.
    pub(in crate::agent) fn admit_key<'f>(
        &self,
        key: &KeyRecord<'f>,
        ring: &mut KeyRing<'_, 'f>,
    ) -> Result<(), Reason> {
        let mut admitted = ring.admit(key, &self.journal.vault.verifier);
        if admitted == Err(Reason::KeySlotsFull) {
            ring.forget_oldest();
            admitted = ring.admit(key, &self.journal.vault.verifier);
        }
        admitted
    }

    /// Frees what a dry run has held.
    fn forget_what_if(&mut self) {
        for slot in &mut *self.lines {
            if slot.held().is_some_and(|held| held.usage == WHAT_IF) {
                *slot = LineSlot::EMPTY;
            }
        }
    }

    #[inline(never)]
    fn take(
        &mut self,
        line: &Line<'_>,
        ring: &KeyRing<'_, '_>,
        mode: InstallMode,
        ready: Result<(), Reason>,
    ) -> Result<InstallEffect, Reason> {
        if !line.may_concern(&self.device) {
            return Err(Reason::OtherDevice);
        }
        let bound = line.verify(ring, &self.journal.vault.verifier)?.bind(&self.device)?;
        let (index, effect) = self.admit(&bound)?;
        if let InstallEffect::Activates(_) = effect {
            return self.take_final(index, &bound, ring, mode, ready).map(|()| effect);
        }
        if mode == InstallMode::DryRun {
            // Held until the end of the file, so that what stands behind it is judged as if it were
            // installed. Without a feature it grants nothing, whatever happens before.
            if let Some(held) = self.held_mut(index) {
                (held.feature, held.usage) = (None, WHAT_IF);
            }
            return Ok(effect);
        }
        if let Err(reason) = ready {
            self.free(index);
            return Err(reason);
        }
        let change = Change::of_line(HistoryKind::Installed, bound.terms().id, Some(index));
        let kept = self.transact(&change, |agent| agent.keep(index, &bound, ring));
        if kept.happened {
            self.calendar.raise_signed(bound.terms().issued);
            let _ = self.look_at_clock();
        } else {
            self.free(index);
        }
        kept.written.map(|()| effect)
    }

    /// Takes the final line in the place of one that waits for the proof of its transfer.
    #[inline(never)]
    fn take_final(
        &mut self,
        index: usize,
        bound: &BoundLine<'_>,
        ring: &KeyRing<'_, '_>,
        mode: InstallMode,
        ready: Result<(), Reason>,
    ) -> Result<(), Reason> {
        if mode == InstallMode::DryRun {
            return Ok(());
        }
        ready?;
        let change = Change::of_line(HistoryKind::Arrived, bound.terms().id, Some(index));
        let kept = self.transact(&change, |agent| agent.keep(index, bound, ring));
        if kept.happened {
            self.calendar.raise_signed(bound.terms().issued);
            if let Some(slot) = self.lines.get_mut(index) {
                slot.hold_line(self.product.catalog, bound)?;
            }
            if let Err(reason) = self.recall_usage(Some(index)).and(self.recall_accepted_eulas()) {
                self.cannot_read(Part::Usage, reason);
            }
            let _ = self.look_at_clock();
        }
        kept.written
    }

    /// Whether the storage has a line at this place.
    ///
    /// # Errors
    /// Why nobody knows.
    pub(in crate::agent) fn is_stored(&mut self, index: usize) -> Result<bool, Reason> {
        let key = self.line_key(index)?;
        self.journal.vault.load(key, self.journal.scratch).map(|line| line.is_some())
    }

    /// What the storage has at this place: which line, what the operator has set for it, and whether it waits
    /// for a proof.
    ///
    /// # Errors
    /// Why nobody knows.
    #[inline(never)]
    pub(in crate::agent) fn stored_line(
        &mut self,
        index: usize,
    ) -> Result<Option<StoredLine>, Reason> {
        let loaded = self.journal.vault.load(self.line_key(index)?, self.journal.scratch)?;
        let Some((value, _)) = loaded else { return Ok(None) };
        let value = LineValue::decode(value)?;
        let own = ByOperator::decode(value.priority, value.activated);
        let mut waits = true;
        let mut records = BinaryRecords::new(value.frames);
        while let Some(found) = &records.next() {
            match &found.record {
                #[cfg(feature = "transfer")]
                Ok(Record::Rehost(_)) => waits = false,
                Ok(Record::License(line)) => {
                    let terms = line.terms();
                    waits &= terms.needs.is_some();
                    return Ok(Some(StoredLine { id: terms.id, own, waits }));
                }
                _ => {}
            }
        }
        Err(Reason::StorageCorrupted)
    }

    pub(in crate::agent) fn free(&mut self, index: usize) {
        if let Some(slot) = self.lines.get_mut(index) {
            *slot = LineSlot::EMPTY;
        }
    }

    /// Holds a line that may be installed: the index of its slot, and what it will do.
    #[inline(never)]
    fn admit(&mut self, bound: &BoundLine<'_>) -> Result<(usize, InstallEffect), Reason> {
        let right = Right::new(bound);
        let right = right.as_ref().ok_or(Reason::BadFeature)?;
        if let Some((index, known)) = self.find_line(right.id()) {
            return match known.right() == right {
                true => Err(Reason::AlreadyInstalled),
                false if known.right().is_finally(right) && known.waits => {
                    Ok((index, InstallEffect::Activates(right.id())))
                }
                // It has become active by its proof.
                false if known.right().is_finally(right) || right.is_finally(known.right()) => {
                    Err(Reason::AlreadyInstalled)
                }
                false => Err(Reason::ConflictingId),
            };
        }
        if matches!(self.journal.vault.rollback_state(), RollbackState::ManifestUnreadable { .. }) {
            return Err(Reason::ManifestUnreadable);
        }
        let left = match self.taken_of(right.id()) {
            Ok(None) => u64::MAX,
            Ok(Some(TakenLine { left: 0, reason, .. })) => return Err(reason),
            Ok(Some(taken)) => taken.left,
            Err(Reason::StorageCorrupted) => return Err(Reason::RevocationsUnknown),
            Err(reason) => return Err(reason),
        };
        // A line of the same ticket that comes late is no less given up.
        #[cfg(feature = "transfer")]
        if let Some(ticket) = right.needs()
            && self.is_given_up(ticket)?
        {
            return Err(Reason::LineMoved);
        }
        self.check_once(right)?;
        let effect = self.effect_of(right);
        let index = self.lines.iter().position(LineSlot::is_free).ok_or(Reason::SlotsFull)?;
        u8::try_from(index).map_err(|_| Reason::SlotsFull)?;
        if let Some(slot) = self.lines.get_mut(index) {
            let needs_eula = bound.terms().eula.is_some();
            slot.hold(self.product.catalog, right, LineSource::Installed, needs_eula);
        }
        if let Some(held) = self.held_mut(index) {
            held.left = left;
        }
        self.end_own_waits();
        Ok((index, effect))
    }

    /// Makes a line durable that is held already. The history is told by the caller.
    #[inline(never)]
    fn keep(
        &mut self,
        index: usize,
        bound: &BoundLine<'_>,
        ring: &KeyRing<'_, '_>,
    ) -> Result<(), Reason> {
        let line = bound.verified().line();
        let signer = ring.signer_of(line.terms(), line.signer())?;
        self.recall(index)?;
        let seal = self.journal.vault.secret().is_some().then_some(signer.root);
        self.write_line(index, signer.delegation, seal, line)
    }

    /// An evaluation subscription may be had once for each feature on a device, and what was used of any line
    /// that is counted must be known.
    #[inline(never)]
    fn check_once(&mut self, right: &Right) -> Result<(), Reason> {
        let is_counted = UsageKind::of(right.license_type()).is_some();
        if !is_counted || right.license_type() == LicenseType::Subscription {
            return Ok(());
        }
        let once = right.license_type() == LicenseType::EvaluationSubscription;
        let other = |id| id != right.id();
        let mut known = false;
        let mut used = once
            && self.lines().any(|held| {
                held.right.license_type() == right.license_type()
                    && held.right.feature() == right.feature()
                    && other(held.right.id())
            });
        let read = self.journal.each_usage(|_, usage| {
            known |= usage.id == right.id();
            used |= once
                && usage.kind == UsageKind::Once
                && (usage.charged, usage.since) != (0, 0)
                && usage.feature == right.feature()
                && other(usage.id);
        });
        if used {
            return Err(Reason::AlreadyEvaluated);
        }
        match read {
            // What was used of it may stand where nobody can read it.
            Err(Reason::StorageCorrupted) if known && !once => Ok(()),
            Err(Reason::StorageCorrupted) => Err(Reason::UseUnknown),
            read => read,
        }
    }

    /// Brings a line to what is remembered of it from before, and makes sure that its use can be
    /// remembered from now on. This comes before the line itself is stored: a line whose use nobody
    /// counts must not exist.
    fn recall(&mut self, index: usize) -> Result<(), Reason> {
        if self.recall_accepted_eulas() == Err(Reason::StorageFailed) {
            self.doubt();
        }
        let held = self.held(index).ok_or(Reason::NoSuchLine)?;
        let is_paid = held.is_paid();
        let Some(kind) = UsageKind::of(held.right.license_type()) else { return Ok(()) };
        let read = self.recall_usage(Some(index));
        let Some(held) = self.held_mut(index) else { return Ok(()) };
        if held.usage.is_some() {
            return Ok(());
        }
        // What was used of it may stand where nobody can read it.
        if !is_paid {
            read?;
        }
        self.store_usage(index, kind, 0, 0)?;
        if let Some(held) = self.held_mut(index) {
            held.use_unknown = false;
        }
        Ok(())
    }

    fn effect_of(&self, right: &Right) -> InstallEffect {
        let mut effect = InstallEffect::New;
        for other in self.lines().filter(|other| other.right.feature() == right.feature()) {
            if other.right.outdoes(right, true) {
                return InstallEffect::AddsNothing;
            }
            if let (Combine::Additive, Count::Units(units)) = (right.combine(), right.count()) {
                return InstallEffect::Adds(units);
            }
            let outdone =
                other.license_type().is_temporary() && !right.license_type().is_temporary();
            if other.serving && outdone {
                return InstallEffect::Replaces(other.right.id());
            }
            effect = InstallEffect::Joins;
            if other.serving {
                break;
            }
        }
        effect
    }

    fn write_line(
        &mut self,
        index: usize,
        delegation: Option<&KeyRecord<'_>>,
        seal: Option<VerifiedUnder>,
        line: &Line<'_>,
    ) -> Result<(), Reason> {
        let key = self.line_key(index)?;
        self.journal.vault.store(key, self.journal.scratch, |out| {
            LineValue::begin(seal, out);
            if let Some(record) = delegation {
                record.emit_binary(out);
            }
            line.emit_binary(out);
            out.put(NO_COMMENT);
        })
    }
}
