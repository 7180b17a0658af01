//! What devices say: credentials and words, and whether it is they who say it.

use hmac::{Hmac, KeyInit, Mac};
use nodelock::crypto::SignatureVerifier;
use nodelock::record::transfer::Holding;
use nodelock::record::{Record, Records};
use nodelock::value::{Count, LineId, ProofLevel, RollbackLevel, TicketDigest};
use nodelock::{KeyId, P256Verifier, PublicKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::books::Hashed;
use super::entries::Device;
use super::refusal::Refusal;
use crate::error::Error;
use crate::sign::Issued;

/// What stands in front of a digest that is authenticated with the device secret (docs/SPEC.md section 19).
const SECRET_DOMAIN: &[u8] = b"nodelock word 1\n";

/// What a vendor has besides a record, to believe it.
#[derive(Default)]
#[non_exhaustive]
pub struct Evidence {
    /// The secret of a device that proves with one.
    pub secret: Option<Zeroizing<[u8; 32]>>,
    /// Whoever believes a device that cannot prove anything.
    pub approved_by: Option<String>,
}

impl core::fmt::Debug for Evidence {
    /// Without the secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Evidence").field("approved_by", &self.approved_by).finish_non_exhaustive()
    }
}

/// A credential, which nobody has believed yet.
#[derive(Debug, Clone)]
pub struct Credential {
    pub(super) udi: String,
    pub(super) proof: ProofLevel,
    pub(super) storage: RollbackLevel,
    pub(super) key: Option<PublicKey>,
    pub(super) word: u64,
    pub(super) repairs: u64,
    pub(super) lines: Vec<(LineId, Count, bool)>,
    /// All members of its stack, which have one voice.
    stack: Vec<String>,
    records: Vec<String>,
}

impl Credential {
    /// Reads the `CREDENTIAL` records of a file: of this device, or of the only one. A device with many lines has
    /// several records, and a stack of devices has some for each member.
    ///
    /// # Errors
    /// [`Refusal::NoRecord`], [`Refusal::MixedCredential`], [`Refusal::WhichMember`].
    pub fn read(file: &[u8], udi: Option<&str>) -> Result<Self, Error> {
        let mut members: Vec<Self> = Vec::new();
        for found in Records::new(file) {
            let Ok(record @ Record::Credential(_)) = found.record else { continue };
            let one = Self::of(&record)?;
            match members.iter_mut().find(|member| member.udi == one.udi) {
                Some(member) => member.join(one)?,
                None => members.push(one),
            }
        }
        let stack: Vec<String> = members.iter().map(|member| member.udi.clone()).collect();
        let none = || {
            let none = "there is no CREDENTIAL record of the device in the file; the device writes one with \
                        license save credential";
            Refusal::NoRecord(none.to_owned())
        };
        let chosen = match (udi, members.len()) {
            (None, 2..) => return Err(Refusal::WhichMember(stack.join(", ")).into()),
            (None, _) => members.pop(),
            (Some(udi), _) => members.into_iter().find(|member| member.udi == udi),
        };
        Ok(Self { stack, ..chosen.ok_or_else(none)? })
    }

    fn of(record: &Record<'_>) -> Result<Self, Error> {
        let Record::Credential(one) = record else {
            return Err(Refusal::MixedCredential.into());
        };
        let terms = one.terms();
        let lines = terms.lines.iter().flat_map(|lines| lines.entries());
        let lines = lines.map(|Holding { id, units, waiting }| (id, units, waiting)).collect();
        Ok(Self {
            udi: terms.udi.to_string(),
            proof: terms.proof,
            storage: terms.storage,
            key: terms.key,
            word: terms.word,
            repairs: terms.repairs,
            lines,
            stack: Vec::new(),
            records: vec![Issued::from_record(record)?.text],
        })
    }

    fn join(&mut self, more: Self) -> Result<(), Refusal> {
        let same = (self.proof, self.storage, self.key, self.word, self.repairs)
            == (more.proof, more.storage, more.key, more.word, more.repairs);
        if !same {
            return Err(Refusal::MixedCredential);
        }
        self.lines.extend(more.lines);
        self.records.extend(more.records);
        Ok(())
    }

    /// Who says to be this device.
    #[must_use]
    pub fn udi(&self) -> &str {
        &self.udi
    }

    /// What it has of a line, and whether that waits.
    pub(super) fn holds(&self, id: LineId) -> Option<(Count, bool)> {
        self.lines.iter().find(|line| line.0 == id).map(|line| (line.1, line.2))
    }

    /// Whether the device says it. One that was not known becomes known, one that was must be the same.
    pub(super) fn check(
        &self,
        known: Option<&Device>,
        enrolled: Option<&PublicKey>,
        evidence: &Evidence,
        today: nodelock::value::Date,
    ) -> Result<Device, Refusal> {
        let mut device = known.cloned().unwrap_or_else(|| Device {
            format: super::entries::FORMAT,
            udi: self.udi.clone(),
            proof: self.proof,
            key: self.key,
            enrolled: false,
            secret: None,
            storage: self.storage,
            repairs: self.repairs,
            first_word: self.word,
            last_word: self.word,
            since: today,
            stack: Vec::new(),
            replaced_by: None,
        });
        // One that was only named so far, because it was replaced, has said nothing.
        let new = device.stack.is_empty();
        if new {
            device.first_word = self.word;
        }
        // A device that could prove nothing may have got a key, if somebody says so.
        if new || (device.proof == ProofLevel::None && evidence.approved_by.is_some()) {
            (device.proof, device.key) = (self.proof, self.key);
        }
        if (device.proof, device.key) != (self.proof, self.key) {
            return Err(Refusal::OtherKey(self.udi.clone()));
        }
        if let Some(enrolled) = enrolled {
            if Some(enrolled) != self.key.as_ref() {
                return Err(Refusal::OtherKey(self.udi.clone()));
            }
            device.enrolled = true;
        }
        if self.proof == ProofLevel::Secret && device.secret.is_none() {
            device.secret = evidence.secret.as_deref().map(fingerprint);
        }
        for text in &self.records {
            let record = super::books::record_in(text).ok_or(Refusal::MixedCredential)?;
            check_word(&device, &record, evidence)?;
        }
        device.repairs = device.repairs.max(self.repairs);
        device.last_word = device.last_word.max(self.word);
        device.storage = self.storage;
        // Nobody leaves: what it said as a member of a stack counts on.
        let news = self.stack.iter().filter(|udi| !device.stack.contains(udi));
        let news: Vec<String> = news.cloned().collect();
        device.stack.extend(news);
        Ok(device)
    }
}

/// Whether a device has signed a record; whoever believes it, if it cannot prove that.
pub(super) fn check_word(
    device: &Device,
    record: &Record<'_>,
    evidence: &Evidence,
) -> Result<Option<String>, Refusal> {
    let forged = || Refusal::Forged {
        record: String::from_utf8_lossy(record.keyword()).into_owned(),
        device: device.udi.clone(),
    };
    match (device.proof, device.key) {
        (ProofLevel::Key, Some(key)) => {
            if signed_by(record, &key) {
                Ok(None)
            } else {
                Err(forged())
            }
        }
        (ProofLevel::Secret, _) => {
            let secret = evidence.secret.as_deref();
            let secret = secret.ok_or_else(|| Refusal::SecretNeeded(device.udi.clone()))?;
            if device.secret.as_ref() != Some(&fingerprint(secret)) {
                return Err(Refusal::OtherSecret(device.udi.clone()));
            }
            let mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| forged())?;
            let signature = record.signature();
            let (tag, rest) = signature.as_bytes().split_at(32);
            let mac = mac.chain_update(SECRET_DOMAIN).chain_update(digest_of(record));
            let whole = mac.verify_slice(tag);
            if whole.is_ok() && rest == [0; 32] { Ok(None) } else { Err(forged()) }
        }
        _ => match &evidence.approved_by {
            Some(by) => Ok(Some(by.clone())),
            None => Err(Refusal::ApprovalNeeded(device.udi.clone())),
        },
    }
}

/// Whether a device with this key has signed a record.
#[must_use]
pub fn signed_by(record: &Record<'_>, key: &PublicKey) -> bool {
    let signature = record.signature();
    record.signer() == KeyId::of(key)
        && signature.is_low_s()
        && P256Verifier.verify(key, &digest_of(record), &signature).is_ok()
}

/// The name of a ticket or of a revocation.
#[must_use]
pub fn ticket_digest(record: &Record<'_>) -> TicketDigest {
    TicketDigest::from_digest(&digest_of(record))
}

fn digest_of(record: &Record<'_>) -> [u8; 32] {
    let mut signed = Vec::new();
    record.message().write(&mut Hashed(&mut signed));
    Sha256::digest(&signed).into()
}

fn fingerprint(secret: &[u8; 32]) -> String {
    data_encoding::HEXLOWER.encode(&<[u8; 32]>::from(Sha256::digest(secret)))
}
