//! [`install`]: a whole license file, every step for every record.

use crate::crypto::SignatureVerifier;
use crate::reason::Reason;
use crate::record::{Found, Line, Record, Records};
use crate::rights::Entitlements;
use crate::trust::KeyRing;
use crate::value::license::LineId;
use crate::value::udi::UdiSource;

/// What was taken in from a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// A license line with this id.
    License(LineId),
    /// A delegated key.
    Key,
}

/// The result for one record of a file.
#[derive(Debug, Clone, Copy)]
pub struct RecordReport<'a> {
    /// Number of the record in the file, from 1; stray text between records counts as one.
    pub number: u32,
    /// Offset of the record's first byte, or of the byte that is wrong.
    pub offset: usize,
    /// The record, if it is one.
    pub record: Option<Record<'a>>,
    /// What was taken in, or why not.
    pub result: Result<Installed, Reason>,
}

/// How many records of a file met which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Lines newly installed.
    pub installed: u32,
    /// Lines that were there already.
    pub existing: u32,
    /// Delegated keys taken in.
    pub keys: u32,
    /// Lines for other devices, left alone.
    pub for_others: u32,
    /// Records refused for any other reason.
    pub refused: u32,
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
    mut report: impl FnMut(&RecordReport<'a>),
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
            Ok(Record::License(line)) => install_line(line, ring, verifier, device, rights),
            Ok(Record::Key(key)) => ring.admit(key, verifier).map(|()| Installed::Key),
            Ok(Record::Repair(_)) => Err(Reason::NeedsAgent),
            Err(error) => Err(error.reason),
        };
        tally.count(result);
        tell(number, found, result, &mut report);
    }
    tally
}

// Apart, in machine code too: a copy of a record is a quarter of a kilobyte of stack.
#[inline(never)]
fn tell<'a>(
    number: u32,
    found: &Found<'a>,
    result: Result<Installed, Reason>,
    report: &mut impl FnMut(&RecordReport<'a>),
) {
    let offset = found.record.as_ref().map_or_else(|error| error.offset, |_| found.start);
    report(&RecordReport { number, offset, record: found.record.ok(), result });
}

#[inline(never)]
fn install_line<V, U>(
    line: &Line<'_>,
    ring: &KeyRing<'_, '_>,
    verifier: &V,
    device: &U,
    rights: &mut Entitlements<'_>,
) -> Result<Installed, Reason>
where
    V: SignatureVerifier + ?Sized,
    U: UdiSource + ?Sized,
{
    if !line.may_concern(device) {
        return Err(Reason::OtherDevice);
    }
    let bound = line.verify(ring, verifier)?.bind(device)?;
    rights.install(&bound)?;
    Ok(Installed::License(bound.terms().id))
}

impl Tally {
    fn count(&mut self, result: Result<Installed, Reason>) {
        let counter = match result {
            Ok(Installed::License(_)) => &mut self.installed,
            Ok(Installed::Key) => &mut self.keys,
            Err(Reason::AlreadyInstalled) => &mut self.existing,
            Err(Reason::OtherDevice) => &mut self.for_others,
            Err(_) => &mut self.refused,
        };
        *counter = counter.saturating_add(1);
    }
}
