//! Proofs of other devices, and the time: what comes in a file that is installed.

use crate::agent::journal::{self, HistoryKind, LineValue, UsageKind};
use crate::agent::memory::LineSource;
use crate::agent::verbs::transaction::Change;
use crate::agent::{Agent, InstallMode, Ports};
use crate::bytes::decimal::saturating_u32;
use crate::bytes::sink::{Sink, SliceSink};
use crate::crypto::{SignatureVerifier, check_signature};
use crate::reason::Reason;
use crate::record::transfer::Outcome;
use crate::record::{KeyRecord, Message, Permission, Rehost, Revoke, Signed, TimeTerms};
use crate::rights::InstallEffect;
use crate::store::Protection;
use crate::trust::KeyRing;
use crate::value::key::KeyId;
use crate::value::ticket::TicketDigest;
use crate::value::udi::UdiSource;

impl<P: Ports> Agent<'_, P> {
    /// Notes the ticket of a proof that comes behind it. Nothing of it is believed yet.
    pub(in crate::agent) fn take_ticket<'f>(
        &self,
        record: &Permission<'f>,
        ticket: &mut Option<Permission<'f>>,
    ) -> Result<InstallEffect, Reason> {
        *ticket = Some(*record);
        let terms = record.terms();
        if self.device.member_with(&terms.to)?.is_some() {
            return Ok(InstallEffect::Ticket);
        }
        match self.device.member_with(&terms.from)? {
            Some(_) => Err(Reason::TicketNotInstalled),
            None => Err(Reason::OtherDevice),
        }
    }

    /// Makes the lines active that wait for this proof.
    #[inline(never)]
    pub(in crate::agent) fn take_proof(
        &mut self,
        permission: Option<&Permission<'_>>,
        rehost: &Rehost<'_>,
        ring: &KeyRing<'_, '_>,
        mode: InstallMode,
        ready: Result<(), Reason>,
    ) -> Result<InstallEffect, Reason> {
        let permission = permission.ok_or(Reason::ProofWithoutTicket)?;
        let terms = permission.terms();
        if self.device.member_with(&terms.to)?.is_none() {
            return match self.device.member_with(&terms.from)? {
                Some(_) => Err(Reason::ProofForOther),
                None => Err(Reason::OtherDevice),
            };
        }
        let ticket = rehost.terms().ticket;
        if digest_of(permission, &self.journal.vault.verifier)? != ticket {
            return Err(Reason::ProofWithoutTicket);
        }
        // What nobody waits for is worth no signature.
        let of_ticket = |held: &&crate::agent::AgentLine| {
            held.source == LineSource::Installed && held.right.needs() == Some(ticket)
        };
        let waiting = self.lines().filter(of_ticket).find(|held| held.waits);
        let first = match waiting.map(|held| held.right.id()) {
            Some(id) => id,
            None if self.lines().any(|held| of_ticket(&held)) => {
                return Err(Reason::AlreadyInstalled);
            }
            None => return Err(Reason::NothingWaits),
        };
        check_proof(permission, rehost, ring, &self.device, &self.journal.vault.verifier)?;
        if mode == InstallMode::DryRun {
            return Ok(InstallEffect::Activates(first));
        }
        ready?;
        for index in 0..self.lines.len() {
            let waits = self.held(index).filter(of_ticket).is_some_and(|held| held.waits);
            if waits {
                self.arrive(index, permission, rehost, ring)?;
            }
        }
        Ok(InstallEffect::Activates(first))
    }

    /// Stores the proof with a line that waits for it, which is active from then on.
    fn arrive(
        &mut self,
        index: usize,
        permission: &Permission<'_>,
        rehost: &Rehost<'_>,
        ring: &KeyRing<'_, '_>,
    ) -> Result<(), Reason> {
        let Some(held) = self.held(index) else { return Ok(()) };
        let id = held.right.id();
        let meter = held.meter.filter(|_| held.is_metered());
        // What was used of it on the other device is used here. Before it is active: too much is never
        // granted, wherever the power goes.
        if let Some(meter) = meter {
            let used = rehost.terms().used.iter().flat_map(|used| used.entries());
            let used = used.map(|entry| entry.seconds).max().unwrap_or(0);
            if used > meter.charged() {
                self.store_usage(index, UsageKind::Metered, saturating_u32(used), 0)?;
                self.recall_usage(Some(index))?;
            }
        }
        let delegation = ring.delegation_of(permission.signer()).copied();
        let change = Change::of_line(HistoryKind::Arrived, id, Some(index));
        let arrived = self.transact(&change, |agent| {
            agent.store_proof(index, delegation.as_ref(), permission, rehost)
        });
        if let Some(held) = self.held_mut(index).filter(|_| arrived.happened) {
            held.waits = false;
        }
        arrived.written
    }

    /// Puts the records of a proof before those of the line, in its value.
    #[inline(never)]
    fn store_proof(
        &mut self,
        index: usize,
        delegation: Option<&KeyRecord<'_>>,
        permission: &Permission<'_>,
        rehost: &Rehost<'_>,
    ) -> Result<(), Reason> {
        let key = self.line_key(index)?;
        let emit = |out: &mut SliceSink<'_>| {
            if let Some(key) = delegation {
                key.emit_binary(out);
            }
            permission.emit_binary(out);
            rehost.emit_binary(out);
        };
        let mut counted = SliceSink::new(&mut []);
        emit(&mut counted);
        let added = counted.written();
        let loaded = self.journal.vault.load(key, self.journal.scratch)?;
        let (value, protection) = loaded.ok_or(Reason::StorageCorrupted)?;
        LineValue::decode(value)?;
        let (len, sealed) = (value.len(), protection == Protection::Mac);
        let end = len.saturating_add(added);
        self.journal.vault.store_changed(key, self.journal.scratch, end, |value| {
            // From the end on. Not `copy_within`, whose panic the linker cannot rule out.
            for from in (journal::FRAMES..len).rev() {
                let byte = value.get(from).copied().unwrap_or(0);
                if let Some(to) = value.get_mut(from.saturating_add(added)) {
                    *to = byte;
                }
            }
            emit(&mut SliceSink::new(value.get_mut(journal::FRAMES..).unwrap_or_default()));
            if !sealed {
                // A seal that no MAC protects is none.
                SliceSink::new(value.get_mut(journal::SEAL).unwrap_or_default()).put(&[0; 16]);
            }
        })
    }

    /// Takes the vendor's word for the time, as far as the clock's rules let it.
    pub(in crate::agent) fn take_time(
        &mut self,
        record: &Signed<'_, TimeTerms>,
        ring: &KeyRing<'_, '_>,
        mode: InstallMode,
    ) -> Result<InstallEffect, Reason> {
        record.verify(ring, &self.journal.vault.verifier)?;
        if mode == InstallMode::Apply {
            self.calendar.raise_signed_time(record.terms().time);
            if self.may_keep_clock() {
                self.keep_clock(self.calendar.floor(), self.running, self.repairs)?;
            }
            let _ = self.look_at_clock();
        }
        Ok(InstallEffect::Time)
    }
}

impl<P: Ports> Agent<'_, P> {
    /// A ticket that takes back is not installed.
    pub(in crate::agent) fn refuse_revoke(
        &self,
        record: &Revoke<'_>,
    ) -> Result<InstallEffect, Reason> {
        match self.device.member_with(&record.terms().udi)? {
            Some(_) => Err(Reason::TicketNotInstalled),
            None => Err(Reason::OtherDevice),
        }
    }
}

/// Whether a proof is one: its ticket is the vendor's and for this device, and the word behind it is
/// that of the device which the ticket names.
#[inline(never)]
pub(in crate::agent) fn check_proof<U: UdiSource, V: SignatureVerifier>(
    permission: &Permission<'_>,
    rehost: &Rehost<'_>,
    ring: &KeyRing<'_, '_>,
    device: &U,
    verifier: &V,
) -> Result<(), Reason> {
    let terms = permission.terms();
    if device.member_with(&terms.to)?.is_none() {
        return Err(Reason::OtherDevice);
    }
    if rehost.terms().outcome != Outcome::Applied {
        return Err(Reason::NotGivenUp);
    }
    let key = terms.key.as_ref().ok_or(Reason::ProofNotPublic)?;
    permission.verify(ring, verifier)?;
    if digest_of(permission, verifier)? != rehost.terms().ticket {
        return Err(Reason::ProofWithoutTicket);
    }
    if KeyId::from_digest(&verifier.sha256(&Message::PublicKey(key))?) != rehost.signer() {
        return Err(Reason::UnknownKey);
    }
    check_signature(key, &rehost.message(), &rehost.signature(), verifier)
}

fn digest_of<V: SignatureVerifier>(
    permission: &Permission<'_>,
    verifier: &V,
) -> Result<TicketDigest, Reason> {
    verifier.sha256(&permission.message()).map(|digest| TicketDigest::from_digest(&digest))
}
