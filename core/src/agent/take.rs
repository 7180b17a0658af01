//! Installing: a whole file, line by line, for real or to see what would happen.

use core::ops::ControlFlow;

use crate::agent::held::{Held, LineSlot, Place, Source};
use crate::agent::persist::{self, Deed, Group, LineValue, UsageKind, key};
use crate::agent::{Agent, is_trial_like};
use crate::bind::BoundLine;
use crate::bytes::sink::Sink;
use crate::entitle::Right;
use crate::event::EventKind;
use crate::key::{KeyRecord, KeyRing, KeySlot, Seal};
use crate::limits::MAX_RECORD_LEN;
use crate::line::{Combine, Count, LicenseType, Line, LineId, Record, Records};
use crate::reason::Reason;
use crate::store::Storage;
use crate::time::Now;
use crate::udi::UdiSource;
use crate::verify::SignatureVerifier;

/// Whether to install, or only to see what would happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Install.
    Install,
    /// Change nothing.
    WhatIf,
}

/// What installing a record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A delegated key is taken in, for the lines behind it.
    Key,
    /// The first line for its feature.
    New,
    /// Another line for its feature; which one serves is decided by the rules.
    Joins,
    /// Adds so many units to those of other lines.
    Adds(u64),
    /// What a `REPAIR` record names is repaired.
    Repairs,
    /// Serves its feature in the place of this line.
    Replaces(LineId),
}

/// The result for one record.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'f> {
    /// Number of the record in the file, from 1.
    pub number: u32,
    /// Offset of the record, or of the byte that is wrong.
    pub offset: usize,
    /// The record, if it is one.
    pub record: Option<Record<'f>>,
    /// What it does, or why not.
    pub result: Result<Effect, Reason>,
}

/// Delegated keys that one file may bring.
const FILE_KEYS: usize = 2;

impl<S: Storage, V: SignatureVerifier, U: UdiSource> Agent<'_, S, V, U> {
    /// Installs every line of a file that is for this device, and reports on each record. A line
    /// is durable when its report comes. What happens to one record does not touch the others.
    pub fn install<'f>(
        &mut self,
        file: &'f [u8],
        intent: Intent,
        now: Now,
        mut report: impl FnMut(&Taken<'f>),
    ) {
        let all = |_: &mut Self, _: &Line<'_>| Ok(());
        self.install_selected(file, intent, now, all, |_, taken| {
            report(taken);
            ControlFlow::Continue(())
        });
    }

    /// The same for those lines that are selected, until the report says that it is enough.
    pub(super) fn install_selected<'f>(
        &mut self,
        file: &'f [u8],
        intent: Intent,
        now: Now,
        mut select: impl FnMut(&mut Self, &Line<'f>) -> Result<(), Reason>,
        mut report: impl FnMut(&mut Self, &Taken<'f>) -> ControlFlow<()>,
    ) {
        self.tick(now);
        let mut key_slots = [KeySlot::EMPTY; FILE_KEYS];
        let mut ring = KeyRing::new(self.product.anchors, &mut key_slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        let mut number = 0_u32;
        for found in Records::new(file) {
            number = number.saturating_add(1);
            let (record, offset, result) = match found.record {
                Ok(record) => {
                    let result = match &record {
                        Record::Key(key) => {
                            ring.admit(key, &self.vault.verifier).map(|()| Effect::Key)
                        }
                        Record::Repair(repair) => {
                            self.repair(repair, &ring, intent).map(|()| Effect::Repairs)
                        }
                        Record::License(line) => {
                            select(self, line).and_then(|()| self.take(line, &ring, intent))
                        }
                    };
                    (Some(record), found.start, result)
                }
                Err(error) => (None, error.offset, Err(error.reason)),
            };
            if report(self, &Taken { number, offset, record, result }).is_break() {
                break;
            }
        }
        if intent == Intent::Install {
            self.update();
            self.conclude();
            self.announce_levels();
        }
    }

    fn take(
        &mut self,
        line: &Line<'_>,
        ring: &KeyRing<'_, '_>,
        intent: Intent,
    ) -> Result<Effect, Reason> {
        if !line.may_concern(&self.device) {
            return Err(Reason::OtherDevice);
        }
        let bound = line.verify(ring, &self.vault.verifier)?.bind(&self.device)?;
        let right = Right::new(&bound).ok_or(Reason::BadFeature)?;
        if let Some((_, known)) = self.find_line(right.id()) {
            let same = *known.right() == right;
            return Err(if same { Reason::AlreadyInstalled } else { Reason::ConflictingId });
        }
        if self.is_revoked(right.id()) {
            return Err(Reason::LicenseRevoked);
        }
        self.check_once(&right)?;
        let mut held = self.hold(right, Source::Installed, line.terms().eula.is_some());
        let effect = self.effect_of(&held);
        let place = self.free_place().ok_or(Reason::SlotsFull)?;
        if intent == Intent::WhatIf {
            return Ok(effect);
        }
        let signer = ring.signer_of(line.terms(), line.signer())?;
        self.intend(Deed::Installed, &right, place)?;
        let stored = self.recall(&mut held).and_then(|()| {
            let seal = self.vault.secret().is_some().then_some(signer.seal);
            self.write_line(place, signer.delegation, seal, &bound)
        });
        self.forget_intent(stored)?;
        if let Some(slot) = self.lines.get_mut(usize::from(place)) {
            *slot = LineSlot(Place::Held(held));
        }
        self.calendar.raise_signed(right.issued());
        let _ = self.look_at_clock();
        self.event(EventKind::Installed, Some(&held), 0);
        self.remember(Deed::Installed, &held);
        Ok(effect)
    }

    /// An evaluation subscription may be had once for each feature on a device.
    fn check_once(&mut self, right: &Right) -> Result<(), Reason> {
        if right.license_type() != LicenseType::EvaluationSubscription {
            return Ok(());
        }
        let mut used = false;
        let read = persist::each_usage(&mut self.vault, |_, usage| {
            used |= usage.kind == UsageKind::Once
                && usage.feature == right.feature()
                && usage.id != right.id();
        });
        if used { Err(Reason::AlreadyEvaluated) } else { read }
    }

    /// Brings a line to what is remembered of it from before, and makes sure that its use can be
    /// remembered from now on. This comes before the line itself is stored: a line whose use
    /// nobody counts must not exist.
    fn recall(&mut self, held: &mut Held) -> Result<(), Reason> {
        let _ = persist::each_agreement(&mut self.vault, |_, agreement| {
            held.accepted |= agreement.feature == held.right.feature();
        });
        let once = held.right.license_type() == LicenseType::EvaluationSubscription;
        if !held.is_metered() && !once {
            return Ok(());
        }
        let read = persist::each_usage(&mut self.vault, |place, usage| {
            if usage.id == held.right.id() {
                held.recall(place, usage);
            }
        });
        match held.usage {
            Some(_) => Ok(()),
            // What was used of it may stand where nobody can read it.
            None if read.is_err() => read,
            None if once => self.store_usage(held, 0, UsageKind::Once),
            None => self.store_usage(held, 0, UsageKind::Metered),
        }
    }

    fn effect_of(&self, held: &Held) -> Effect {
        let mut others = self.lines().filter(|other| other.right.feature() == held.right.feature());
        match (held.right.combine(), held.right.count()) {
            (Combine::Additive, Count::Units(units)) if others.next().is_some() => {
                return Effect::Adds(units);
            }
            _ => {}
        }
        let mut others = self.lines().filter(|other| other.right.feature() == held.right.feature());
        let Some(first) = others.next() else { return Effect::New };
        let serving = core::iter::once(first).chain(others).find(|other| other.serving);
        match serving {
            Some(trial)
                if is_trial_like(trial.license_type()) && !is_trial_like(held.license_type()) =>
            {
                Effect::Replaces(trial.right.id())
            }
            _ => Effect::Joins,
        }
    }

    fn free_place(&self) -> Option<u8> {
        let index = self.lines.iter().position(LineSlot::is_free)?;
        u8::try_from(index).ok()
    }

    fn write_line(
        &mut self,
        place: u8,
        delegation: Option<&KeyRecord<'_>>,
        seal: Option<Seal>,
        line: &BoundLine<'_>,
    ) -> Result<(), Reason> {
        let records = delegation
            .copied()
            .map(Record::Key)
            .into_iter()
            .chain([Record::License(*line.verified().line())]);
        let mut whole = Ok(());
        let stored = self.vault.store(key(Group::Lines, place), self.scratch, |out| {
            LineValue::begin(seal, out);
            for record in records {
                let mut frame = [0; MAX_RECORD_LEN];
                match record.write_binary(&mut frame) {
                    Ok(frame) => out.put(frame),
                    // No record is longer than its limit.
                    Err(_) => whole = Err(Reason::RecordTooLong),
                }
            }
            out.put(persist::NO_COMMENT);
        });
        whole.and(stored)
    }
}
