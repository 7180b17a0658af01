//! What the agent keeps, value by value: docs/SPEC.md section 13.
//!
//! Every value begins with the version of its layout. Two bodies of data never touch each other:
//! the license store (`LINES`), which the operator may clear, and the persistence (all other
//! keys), which lives as long as the device.

use crate::binary::{Reader, number, text};
use crate::bytes::sink::{Sink, SliceSink};
use crate::line::LineId;
use crate::reason::Reason;
use crate::store::{Storage, StorageKey};
use crate::time::UnixTime;

/// Version of the layouts below.
const LAYOUT: u8 = 1;

/// Length that holds every value but those of lines.
const SMALL: usize = 160;

/// First key of each group; the number within the group is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Clock = 0x0001,
    Lines = 0x0100,
    Usage = 0x0200,
    Agreements = 0x0300,
    History = 0x0400,
    Levels = 0x0500,
}

/// Metered lines, and used up trials, that are remembered.
pub(super) const MAX_USAGE: u8 = 64;
/// Accepted agreements that are remembered, one for each feature.
pub(super) const MAX_AGREEMENTS: u8 = 32;
/// Entries of the history, the newest of which are kept.
pub(super) const MAX_HISTORY: u8 = 32;
/// Levels asked for, one for each technology package.
pub(super) const MAX_LEVELS: u8 = 8;

pub(super) const fn key(group: Group, place: u8) -> StorageKey {
    StorageKey((group as u16).wrapping_add(place as u16))
}

/// What happened to the allowance of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UsageKind {
    /// Metered.
    Metered = 1,
    /// It has turned into a right to use.
    Converted = 2,
    /// A trial that a device may have once for each feature.
    Once = 3,
}

/// Use of a line, remembered for the life of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage<'v> {
    pub(super) kind: UsageKind,
    pub(super) id: LineId,
    pub(super) charged: u64,
    pub(super) feature: &'v [u8],
}

/// An accepted agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreement<'v> {
    pub(super) feature: &'v [u8],
    pub(super) digest: [u8; 32],
    pub(super) wall: Option<UnixTime>,
}

/// What the history remembers of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Deed {
    /// Installed.
    Installed = 1,
    /// Cleared.
    Cleared = 2,
    /// Ended.
    Expired = 3,
    /// Its agreement was accepted.
    EulaAccepted = 4,
    /// Turned into a right to use.
    Converted = 5,
}

impl Deed {
    const ALL: [Self; 5] =
        [Self::Installed, Self::Cleared, Self::Expired, Self::EulaAccepted, Self::Converted];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Cleared => "cleared",
            Self::Expired => "expired",
            Self::EulaAccepted => "eula-accepted",
            Self::Converted => "converted",
        }
    }
}

/// One entry of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryEntry<'v> {
    /// Counts all entries since the device was made.
    pub number: u64,
    /// What happened.
    pub deed: Deed,
    /// To which line.
    pub id: LineId,
    /// When, if the device knew.
    pub wall: Option<UnixTime>,
    /// The line's feature.
    pub feature: &'v [u8],
}

/// What is kept with a line besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineValue<'v> {
    pub(super) priority: u8,
    pub(super) activated: bool,
    pub(super) comment: &'v [u8],
    /// Binary frames: the `KEY` record if the key is delegated, and the line.
    pub(super) frames: &'v [u8],
}

impl<'v> LineValue<'v> {
    pub(super) fn decode(value: &'v [u8]) -> Result<Self, Reason> {
        let mut reader = begin(value)?;
        let line = (|| {
            Some(Self {
                priority: reader.byte()?,
                activated: reader.byte()? != 0,
                comment: reader.text()?,
                frames: reader.rest(),
            })
        })();
        line.ok_or(Reason::StorageCorrupted)
    }

    pub(super) fn encode(&self, out: &mut impl Sink) {
        out.put(&[LAYOUT, self.priority, u8::from(self.activated)]);
        text(self.comment, out);
        out.put(self.frames);
    }
}

pub(super) fn store_usage(
    storage: &mut impl Storage,
    place: u8,
    usage: &Usage<'_>,
) -> Result<(), Reason> {
    store_small(storage, key(Group::Usage, place), |out| {
        out.put(&[usage.kind as u8]);
        out.put(&usage.id.0);
        number(usage.charged, out);
        text(usage.feature, out);
    })
}

pub(super) fn store_agreement(
    storage: &mut impl Storage,
    place: u8,
    agreement: &Agreement<'_>,
) -> Result<(), Reason> {
    store_small(storage, key(Group::Agreements, place), |out| {
        out.put(&agreement.digest);
        wall(agreement.wall, out);
        text(agreement.feature, out);
    })
}

pub(super) fn store_history(
    storage: &mut impl Storage,
    entry: &HistoryEntry<'_>,
) -> Result<(), Reason> {
    let place = entry.number.checked_rem(u64::from(MAX_HISTORY)).unwrap_or(0);
    let place = u8::try_from(place).unwrap_or(0);
    store_small(storage, key(Group::History, place), |out| {
        number(entry.number, out);
        out.put(&[entry.deed as u8]);
        out.put(&entry.id.0);
        wall(entry.wall, out);
        text(entry.feature, out);
    })
}

pub(super) fn store_level(
    storage: &mut impl Storage,
    place: u8,
    name: &[u8],
) -> Result<(), Reason> {
    store_small(storage, key(Group::Levels, place), |out| text(name, out))
}

pub(super) fn store_floor(storage: &mut impl Storage, floor: UnixTime) -> Result<(), Reason> {
    store_small(storage, key(Group::Clock, 0), |out| number(floor.0, out))
}

/// Goes through what is remembered of use, with its place.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_usage(
    storage: &mut impl Storage,
    mut take: impl FnMut(u8, &Usage<'_>),
) -> Result<(), Reason> {
    each(storage, Group::Usage, MAX_USAGE, |place, reader| {
        read_usage(reader).map(|usage| take(place, &usage))
    })
}

/// Goes through the accepted agreements, with their places.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_agreement(
    storage: &mut impl Storage,
    mut take: impl FnMut(u8, &Agreement<'_>),
) -> Result<(), Reason> {
    each(storage, Group::Agreements, MAX_AGREEMENTS, |place, reader| {
        read_agreement(reader).map(|agreement| take(place, &agreement))
    })
}

/// Goes through the history.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_history(
    storage: &mut impl Storage,
    mut take: impl FnMut(&HistoryEntry<'_>),
) -> Result<(), Reason> {
    each(storage, Group::History, MAX_HISTORY, |_, reader| {
        read_history(reader).map(|entry| take(&entry))
    })
}

/// Goes through the names of the levels asked for.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_level(
    storage: &mut impl Storage,
    mut take: impl FnMut(&[u8]),
) -> Result<(), Reason> {
    each(storage, Group::Levels, MAX_LEVELS, |_, reader| reader.text().map(&mut take))
}

/// Reads the floor of the clock.
///
/// # Errors
/// Why it could not be read.
pub(super) fn load_floor(storage: &mut impl Storage) -> Result<Option<UnixTime>, Reason> {
    let mut floor = None;
    each(storage, Group::Clock, 1, |_, reader| {
        floor = Some(UnixTime(reader.number()?));
        Some(())
    })?;
    Ok(floor)
}

/// Loads every value of a group; one that is not whole does not keep the others from being read.
fn each(
    storage: &mut impl Storage,
    group: Group,
    places: u8,
    mut take: impl FnMut(u8, &mut Reader<'_>) -> Option<()>,
) -> Result<(), Reason> {
    let mut result = Ok(());
    for place in 0..places {
        let mut buffer = [0; SMALL];
        let read = match storage.load(key(group, place), &mut buffer) {
            Ok(None) => Ok(()),
            Ok(Some(len)) => {
                let value = buffer.get(..len).unwrap_or_default();
                let taken = begin(value).ok().and_then(|mut reader| take(place, &mut reader));
                taken.ok_or(Reason::StorageCorrupted)
            }
            Err(reason) => Err(reason),
        };
        result = result.and(read);
    }
    result
}

fn read_usage<'v>(reader: &mut Reader<'v>) -> Option<Usage<'v>> {
    let kind = match reader.byte()? {
        1 => UsageKind::Metered,
        2 => UsageKind::Converted,
        3 => UsageKind::Once,
        _ => return None,
    };
    Some(Usage {
        kind,
        id: LineId(reader.array()?),
        charged: reader.number()?,
        feature: reader.text()?,
    })
}

fn read_agreement<'v>(reader: &mut Reader<'v>) -> Option<Agreement<'v>> {
    Some(Agreement { digest: reader.array()?, wall: read_wall(reader)?, feature: reader.text()? })
}

fn read_history<'v>(reader: &mut Reader<'v>) -> Option<HistoryEntry<'v>> {
    let number = reader.number()?;
    let deed = reader.byte()?;
    Some(HistoryEntry {
        number,
        deed: Deed::ALL.into_iter().find(|&known| known as u8 == deed)?,
        id: LineId(reader.array()?),
        wall: read_wall(reader)?,
        feature: reader.text()?,
    })
}

fn store_small(
    storage: &mut impl Storage,
    key: StorageKey,
    write: impl FnOnce(&mut SliceSink<'_>),
) -> Result<(), Reason> {
    let mut buffer = [0; SMALL];
    let mut out = SliceSink::new(&mut buffer);
    out.put(&[LAYOUT]);
    write(&mut out);
    let value = out.finish().map_err(|_| Reason::StorageFull)?;
    storage.store(key, value)
}

fn begin(value: &[u8]) -> Result<Reader<'_>, Reason> {
    let mut reader = Reader::new(value);
    match reader.byte() {
        Some(LAYOUT) => Ok(reader),
        Some(_) => Err(Reason::UnsupportedFormat),
        None => Err(Reason::StorageCorrupted),
    }
}

/// 0 for "not known", else one more than the seconds.
fn wall(time: Option<UnixTime>, out: &mut impl Sink) {
    number(time.map_or(0, |time| time.0.saturating_add(1)), out);
}

fn read_wall(reader: &mut Reader<'_>) -> Option<Option<UnixTime>> {
    Some(reader.number()?.checked_sub(1).map(UnixTime))
}
