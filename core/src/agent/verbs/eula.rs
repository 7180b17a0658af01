//! License agreements.

use crate::agent::journal::{self, AcceptedEula, HistoryKind};
use crate::agent::verbs::transaction::{Change, Outcome};
use crate::agent::{Agent, Ports};
use crate::crypto::SignatureVerifier;
use crate::event::EventKind;
use crate::reason::Reason;
use crate::record::Message;
use crate::value::feature::FeatureHandle;
use crate::value::license::LineId;
use crate::value::time::Now;

impl<P: Ports> Agent<'_, P> {
    /// Records that the license agreement of a feature was accepted: when, and the digest of the
    /// text that was shown.
    ///
    /// # Errors
    /// [`Reason::UnknownFeature`], [`Reason::AgreementsUnknown`], [`Reason::StorageFull`], or what hash and storage
    /// report.
    pub fn accept_eula(
        &mut self,
        feature: impl Into<FeatureHandle>,
        text: &[u8],
        now: Now,
    ) -> Result<(), Reason> {
        self.tick(now);
        self.accept(feature.into(), text)
    }

    /// The same, where the time is known already.
    pub(crate) fn accept(&mut self, id: FeatureHandle, text: &[u8]) -> Result<(), Reason> {
        self.finish_before().inspect_err(|_| self.doubt())?;
        let accepted = self.store_acceptance(id, text)?;
        if !accepted.happened {
            let _ = self.recall_accepted_eulas();
        }
        for index in 0..if accepted.happened { self.lines.len() } else { 0 } {
            let Some(held) = self.held_mut(index) else { continue };
            if held.feature != Some(id) || !held.needs_eula || held.accepted {
                continue;
            }
            held.accepted = true;
            let about = held.about();
            self.event(EventKind::EulaAccepted, about, 0);
        }
        self.settle_change();
        accepted.written
    }

    // Apart in machine code too: what it needs on the stack is free again when lines are chosen anew.
    #[inline(never)]
    fn store_acceptance(&mut self, id: FeatureHandle, text: &[u8]) -> Result<Outcome, Reason> {
        let feature = self.product.catalog.feature(id).ok_or(Reason::UnknownFeature)?;
        let name = feature.name().as_bytes();
        let digest = &self.journal.vault.verifier.sha256(&Message::Eula(text))?;
        let place = self.eula_index(name)?;
        let agreement = AcceptedEula { feature: name, digest, wall: self.wall() };
        let first = self.lines().find(|held| held.feature == Some(id));
        let first = first.map_or(LineId([0; 10]), |held| held.right.id());
        let change = Change {
            kind: HistoryKind::EulaAccepted,
            id: first,
            place: Some(place),
            agreement: Some((id, digest)),
            ticket: None,
            left: 0,
        };
        Ok(self
            .transact_next(&change, |agent| agent.journal.store_accepted_eula(place, &agreement)))
    }

    /// The place of a feature's agreement: the one it has, or a free one.
    #[inline(never)]
    fn eula_index(&mut self, name: &[u8]) -> Result<u8, Reason> {
        let mut taken = [false; journal::MAX_ACCEPTED_EULAS as usize];
        let mut own = None;
        // A damaged value keeps its place too.
        let read = self.journal.each_accepted_eula(|place, agreement| {
            if let Some(mark) = taken.get_mut(usize::from(place)) {
                *mark = true;
            }
            if agreement.feature == name {
                own = Some(place);
            }
        });
        if own.is_none() {
            read.map_err(|reason| match reason {
                Reason::StorageCorrupted => Reason::AgreementsUnknown,
                other => other,
            })?;
        }
        let free = taken.iter().position(|&mark| !mark).and_then(|place| u8::try_from(place).ok());
        own.or(free).ok_or(Reason::StorageFull)
    }
}
