//! Signing a record and checking it as a device would, before it is given out.

use nodelock::bytes::Sink;
use nodelock::crypto::SignatureVerifier;
use nodelock::limits::MAX_RECORD_LEN;
use nodelock::record::Terms as _;
use nodelock::record::{
    KeyTerms, LicenseTerms, Line, Message, Record, Records, RepairTerms, emit_signature,
};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::{P256Verifier, PinnedVerifier, Reason, Role, TrustAnchor};
use nodelock_p256::{Entry, GENERATOR, PinnedKey, Table, build, digest};

use super::signer::{Signer, low_s};
use crate::error::Error;

/// A signed record that the core's own parser and verifier accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The record on one line, without a line end.
    pub text: String,
    /// Its binary twin.
    pub binary: Vec<u8>,
}

impl Issued {
    /// Both forms of a record that is there already.
    ///
    /// # Errors
    /// [`Error::Refused`] if it is longer than any record may be.
    pub fn from_record(record: &Record<'_>) -> Result<Self, Error> {
        let too_long = |_| Error::Refused(Reason::RecordTooLong);
        let mut buffer = [0; MAX_RECORD_LEN];
        let text = record.write_text(&mut buffer).map_err(too_long)?.to_vec();
        let binary = record.write_binary(&mut buffer).map_err(too_long)?.to_vec();
        let text = String::from_utf8(text).map_err(|_| Error::Refused(Reason::BadCharacter))?;
        Ok(Self { text, binary })
    }
}

/// Collects what the emitter writes.
#[derive(Default)]
pub(super) struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

/// The terms as the record has them, without a signature.
pub(super) fn text_of(terms: &LicenseTerms<'_>) -> Vec<u8> {
    let mut text = Bytes::default();
    terms.emit(&mut text);
    text.0
}

/// Whether it is a line with these terms that a device which trusts the key accepts.
pub(super) fn accepted(
    line: &Line<'_>,
    terms: &LicenseTerms<'_>,
    signer: &dyn Signer,
    role: Role,
) -> bool {
    let anchor = TrustAnchor { role, ..signer.anchor() };
    line.terms() == terms && line.verify(&ring(&[anchor], &mut []), &P256Verifier).is_ok()
}

/// Checks what one key has signed, with tables of its multiples where they are worth their making.
pub(crate) struct Checker {
    /// Of the base point and of the key.
    tables: Option<(Vec<Entry>, [u8; 64], Vec<Entry>)>,
}

impl Checker {
    /// For so many lines.
    pub(crate) fn of(anchor: &TrustAnchor, lines: usize) -> Self {
        // A table costs as much as some lines.
        let worth = lines >= 16;
        let table = |xy: &[u8; 64]| build::<128>(xy).map(Vec::from);
        let key = *anchor.key.as_bytes();
        let tables = worth.then(|| Some((table(&GENERATOR)?, key, table(&key)?))).flatten();
        Self { tables }
    }

    fn with<T>(&self, check: impl FnOnce(&dyn SignatureVerifier) -> T) -> T {
        let tables = self.tables.as_ref().and_then(|(generator, xy, key)| {
            let whole = |entries| Table::new(entries, digest(entries));
            Some((whole(generator)?, [PinnedKey { xy: *xy, table: whole(key)? }]))
        });
        match &tables {
            Some((generator, keys)) => check(&PinnedVerifier { generator: *generator, keys }),
            None => check(&P256Verifier),
        }
    }
}

pub(crate) fn sign_license(
    terms: &LicenseTerms<'_>,
    signer: &dyn Signer,
    role: Role,
    checker: &Checker,
) -> Result<Issued, Error> {
    let anchor = TrustAnchor { role, ..signer.anchor() };
    sign(
        &Message::of(terms),
        |out| terms.emit(out),
        signer,
        |record| match record {
            Record::License(line) if line.terms() == terms => checker
                .with(|verifier| line.verify(&ring(&[anchor], &mut []), verifier).map(|_| ())),
            _ => Err(Reason::BadField),
        },
    )
}

pub(crate) fn sign_key(terms: &KeyTerms<'_>, signer: &dyn Signer) -> Result<Issued, Error> {
    let anchor = signer.anchor();
    sign(
        &Message::of(terms),
        |out| terms.emit(out),
        signer,
        |record| match record {
            Record::Key(key) if key.terms() == terms => {
                ring(&[anchor], &mut [KeySlot::EMPTY]).admit(key, &P256Verifier)
            }
            _ => Err(Reason::BadField),
        },
    )
}

pub(crate) fn sign_repair(
    terms: &RepairTerms<'_>,
    signer: &dyn Signer,
    role: Role,
) -> Result<Issued, Error> {
    let anchor = TrustAnchor { role, ..signer.anchor() };
    sign(
        &Message::of(terms),
        |out| terms.emit(out),
        signer,
        |record| match record {
            Record::Repair(repair) if repair.terms() == terms => {
                repair.verify(&ring(&[anchor], &mut []), &P256Verifier)
            }
            _ => Err(Reason::BadField),
        },
    )
}

/// Signs, and reads what was written as a device will: nothing is issued that says something else or
/// would be refused.
pub(super) fn sign(
    message: &Message<'_>,
    emit: impl FnOnce(&mut Bytes),
    signer: &dyn Signer,
    check: impl FnOnce(&Record<'_>) -> Result<(), Reason>,
) -> Result<Issued, Error> {
    let mut signed = Bytes::default();
    message.write(&mut signed);
    let signature = low_s(signer.sign(&signed.0)?);

    let mut text = Bytes::default();
    emit(&mut text);
    emit_signature(signer.anchor().id, &signature, &mut text);
    let issued = Issued::from_record(&parse(&text.0)?)?;
    parse(issued.text.as_bytes()).and_then(|record| check(&record).map_err(refused))?;
    Ok(issued)
}

fn parse(text: &[u8]) -> Result<Record<'_>, Error> {
    let mut records = Records::new(text);
    match (records.next(), records.next()) {
        (Some(found), None) => found.record.map_err(|error| Error::Refused(error.reason)),
        // Something in a field would end the record early.
        _ => Err(Error::Refused(Reason::StrayText)),
    }
}

/// The vendor's own check takes development keys: whether to is for the device to decide.
pub(super) fn ring<'r, 'a>(
    anchors: &'r [TrustAnchor],
    slots: &'r mut [KeySlot<'a>],
) -> KeyRing<'r, 'a> {
    KeyRing::new(anchors, slots).danger_accept_development_keys()
}

fn refused(reason: Reason) -> Error {
    match reason {
        Reason::SignatureMismatch => Error::Signer(
            "the signature does not belong to the public key: the signer uses another key, or \
             does not hash with SHA-256"
                .into(),
        ),
        Reason::KeyRole => Error::NotPermitted(reason),
        other => Error::Refused(other),
    }
}
