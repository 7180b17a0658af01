//! [`install`]: a whole license file, every step for every record.

use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::{Line, Record, Records};
use crate::rights::Entitlements;
use crate::trust::KeyRing;
use crate::value::license::LineId;
use crate::value::udi::UdiSource;

/// What installing a record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum InstallEffect {
    /// A delegated key is taken in, for the lines behind it.
    Key,
    /// The first line for its feature.
    New,
    /// Another line for its feature; which one serves is decided by the rules.
    Joins,
    /// Another line for its feature that gives no units beside one that is there: see
    /// [`Reason::AddsNothing`].
    AddsNothing,
    /// Adds so many units to those of other lines.
    Adds(u64),
    /// What a `REPAIR` record names is repaired.
    Repairs,
    /// A ticket is known, for the proof behind it.
    Ticket,
    /// By the proof of its transfer this line is active.
    Activates(LineId),
    /// The time is known.
    Time,
    /// Serves its feature in the place of this line.
    Replaces(LineId),
}

/// The result for one record of a file.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct RecordReport<'r, 'f> {
    /// Number of the record in the file, from 1; stray text between records counts as one.
    pub number: u32,
    /// Offset of the record's first byte, or of the byte that is wrong.
    pub offset: usize,
    /// The record, if it is one.
    pub record: Option<&'r Record<'f>>,
    /// What it does, or why not.
    #[cfg_attr(feature = "serde", serde(serialize_with = "wire::result"))]
    pub result: Result<InstallEffect, Reason>,
}

/// How many records of a file met which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Tally {
    /// Lines newly installed.
    pub installed: u32,
    /// Lines that were there already.
    pub existing: u32,
    /// Delegated keys taken in, and tickets of proofs.
    pub keys: u32,
    /// Lines for other devices, left alone.
    pub for_others: u32,
    /// Records refused for any other reason.
    pub refused: u32,
    /// Pieces of text that belong to no record, such as a greeting; they do no harm.
    pub stray: u32,
}

/// Installs every line of a license file that is for this device, and reports on each record.
///
/// One pass, no allocation. Lines for other devices cost no signature check. A `KEY` record must
/// stand before the lines that its key has signed. Whatever happens to one record does not touch
/// the others.
pub fn install<'a, V, U>(
    file: &'a [u8],
    ring: &mut KeyRing<'_, 'a>,
    verifier: &V,
    device: &U,
    rights: &mut Entitlements<'_>,
    mut report: impl FnMut(&RecordReport<'_, 'a>),
) -> Tally
where
    V: SignatureVerifier + ?Sized,
    U: UdiSource + ?Sized,
{
    let mut tally = Tally::default();
    let mut number = 0_u32;
    let mut records = Records::new(file);
    // By reference: moved out of its `Option`, it would be copied.
    while let Some(found) = &records.next() {
        number = number.saturating_add(1);
        let result = match &found.record {
            Ok(Record::License(line)) => install_line(line, ring, verifier, device, rights)
                .map(|first| if first { InstallEffect::New } else { InstallEffect::Joins }),
            Ok(Record::Key(key)) => ring.admit(key, verifier).map(|()| InstallEffect::Key),
            Ok(_) => Err(Reason::NeedsAgent),
            Err(error) => Err(error.reason),
        };
        tally.count(result);
        let record = found.record.as_ref().ok();
        let offset = found.record.as_ref().map_or_else(|error| error.offset, |_| found.start);
        report(&RecordReport { number, offset, record, result });
    }
    tally
}

/// Whether it is the first line for its feature.
// Not the effect itself: its room would lie in the frame below the verifier's.
#[inline(never)]
fn install_line<V, U>(
    line: &Line<'_>,
    ring: &KeyRing<'_, '_>,
    verifier: &V,
    device: &U,
    rights: &mut Entitlements<'_>,
) -> Result<bool, Reason>
where
    V: SignatureVerifier + ?Sized,
    U: UdiSource + ?Sized,
{
    if !line.may_concern(device) {
        return Err(Reason::OtherDevice);
    }
    let bound = line.verify(ring, verifier)?.bind(device)?;
    let name = bound.terms().feature.as_bytes();
    let first = rights.rights().all(|right| right.feature() != name);
    rights.install(&bound)?;
    Ok(first)
}

impl Tally {
    /// Whether such a result is one that somebody should look at. What is there already is not, and neither is what
    /// is for another device or is no record.
    #[must_use]
    pub const fn is_refusal(reason: Reason) -> bool {
        !matches!(reason, Reason::AlreadyInstalled | Reason::OtherDevice | Reason::StrayText)
    }

    /// Counts what became of one record.
    pub fn count(&mut self, result: Result<InstallEffect, Reason>) {
        let counter = match result {
            Ok(InstallEffect::Key | InstallEffect::Ticket) => &mut self.keys,
            Ok(_) => &mut self.installed,
            Err(Reason::AlreadyInstalled) => &mut self.existing,
            Err(Reason::OtherDevice) => &mut self.for_others,
            Err(Reason::StrayText) => &mut self.stray,
            Err(_) => &mut self.refused,
        };
        *counter = counter.saturating_add(1);
    }
}

#[cfg(feature = "serde")]
mod wire {
    use serde::ser::{Serialize, Serializer};

    use super::{InstallEffect, Reason};

    #[derive(serde::Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Outcome {
        Refused(Reason),
        Done(InstallEffect),
    }

    pub(super) fn result<S: Serializer>(
        result: &Result<InstallEffect, Reason>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match *result {
            Ok(effect) => Outcome::Done(effect),
            Err(reason) => Outcome::Refused(reason),
        }
        .serialize(to)
    }
}
