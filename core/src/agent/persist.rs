//! What the agent keeps, value by value: docs/SPEC.md section 13.
//!
//! Two bodies of data never touch each other: the license store (`LINES`), which the operator may
//! clear, and the persistence (all other keys), which lives as long as the device. The vault puts
//! a version in front of every value and a checksum or a MAC behind it.

use core::ops::Range;

use crate::agent::history::Deed;
use crate::bytes::decimal::saturating_u32;
use crate::bytes::reader::Reader;
use crate::bytes::sink::{Sink, SliceSink};
use crate::bytes::writer::{number, text};
use crate::calendar::Kept;
use crate::crypto::SignatureVerifier;
use crate::limits::MAX_FEATURE_LEN;
use crate::reason::Reason;
use crate::store::{Storage, StorageKey, Vault};
use crate::trust::VerifiedUnder;
use crate::value::license::{LicenseType, LineId};
use crate::value::time::UnixTime;

/// Length that holds every value but those of lines. They are read and written in the scratch buffer, which
/// no line stands in meanwhile: buffers of their own would be a third of the stack.
const SMALL: usize = 160;

/// First key of each group; the number within the group is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Clock = 0x0001,
    Intent = 0x0003,
    Lines = 0x0100,
    Usage = 0x0200,
    Agreements = 0x0300,
    History = 0x0400,
    Levels = 0x0500,
    Revoked = 0x0600,
}

/// What must never be older than the anchor: the clock's floor, used time, revoked ids.
pub(super) const GUARDED: &[Range<u16>] =
    &[0x0001..0x0002, 0x0200..0x0200 + MAX_USAGE as u16, 0x0600..0x0600 + MAX_REVOKED as u16];

/// All keys but those of lines.
pub(super) fn keys_of_persistence() -> impl Iterator<Item = StorageKey> {
    let groups = [
        (Group::Clock, 1),
        (Group::Intent, 1),
        (Group::Usage, MAX_USAGE),
        (Group::Agreements, MAX_AGREEMENTS),
        (Group::History, MAX_HISTORY),
        (Group::Levels, MAX_LEVELS),
        (Group::Revoked, MAX_REVOKED),
    ];
    groups.into_iter().flat_map(|(group, places)| (0..places).map(move |place| key(group, place)))
}

/// Lines whose use is remembered.
pub(super) const MAX_USAGE: u8 = 96;
/// Accepted agreements that are remembered, one for each feature.
pub(super) const MAX_AGREEMENTS: u8 = 32;
/// Entries of the history, the newest of which are kept.
pub(super) const MAX_HISTORY: u8 = 32;
/// Values that hold revoked ids.
pub(super) const MAX_REVOKED: u8 = 16;
/// Revoked ids in each of them.
pub(super) const REVOKED_PER_VALUE: usize = 12;
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
    /// A trial with dates, which a device may have once for each feature.
    Once = 3,
    /// Any other right with dates.
    Dated = 4,
}

impl UsageKind {
    /// The kind that counts the use of a type; `None` if it has none.
    pub(super) const fn of(license_type: LicenseType) -> Option<Self> {
        if license_type.is_metered() {
            Some(Self::Metered)
        } else if matches!(license_type, LicenseType::EvaluationSubscription) {
            Some(Self::Once)
        } else if license_type.is_dated() {
            Some(Self::Dated)
        } else {
            None
        }
    }

    const fn is_dated(self) -> bool {
        matches!(self, Self::Once | Self::Dated)
    }
}

/// Use of a line, remembered for the life of the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage<'v> {
    pub(super) kind: UsageKind,
    pub(super) id: LineId,
    /// Seconds: of metered use, charged; of a dated right, those that it has run before `since`.
    pub(super) charged: u64,
    /// Of a dated right that runs: the running time of the device when it began, and 1; else 0.
    pub(super) since: u32,
    pub(super) feature: &'v [u8],
}

/// An accepted agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreement<'v> {
    pub(super) feature: &'v [u8],
    pub(super) digest: &'v [u8; 32],
    pub(super) wall: Option<UnixTime>,
}

/// What a verb that writes several values is about to do. It is done when the history has the
/// entry with this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Intent<'v> {
    /// Number that the entry in the history will have.
    pub(super) number: u64,
    pub(super) deed: Deed,
    pub(super) id: LineId,
    /// Place of the line, if it is about one.
    pub(super) place: u8,
    /// Of the agreement.
    pub(super) digest: &'v [u8; 32],
    pub(super) feature: &'v [u8],
}

/// What is kept with a line besides its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineValue<'v> {
    pub(super) priority: u8,
    pub(super) activated: bool,
    /// The root under which the line was verified; only believed behind a MAC.
    pub(super) seal: Option<VerifiedUnder>,
    pub(super) comment: &'v [u8],
    /// Binary frames: the `KEY` record if the key is delegated, and the line.
    pub(super) frames: &'v [u8],
}

/// Where the seal stands in the value of a line: behind priority and activation, so that all of
/// them can be changed in place.
pub(super) const SEAL: Range<usize> = 2..18;

impl<'v> LineValue<'v> {
    pub(super) fn decode(value: &'v [u8]) -> Result<Self, Reason> {
        let line = (|| {
            let (&comment_len, value) = value.split_last()?;
            let frames_end = value.len().checked_sub(usize::from(comment_len))?;
            let (value, comment) = value.split_at_checked(frames_end)?;
            let mut reader = Reader::new(value);
            Some(Self {
                priority: reader.byte()?,
                activated: reader.byte()? != 0,
                seal: Some(reader.array()?).filter(|seal| *seal != NO_SEAL),
                frames: reader.rest(),
                comment,
            })
        })();
        line.ok_or(Reason::StorageCorrupted)
    }

    /// What stands before the frames of a new line; [`NO_COMMENT`] stands behind them.
    pub(super) fn begin(seal: Option<VerifiedUnder>, out: &mut impl Sink) {
        out.put(&[0, 0]);
        out.put(&seal.unwrap_or(NO_SEAL));
    }
}

/// The end of a value without a comment: its length.
pub(super) const NO_COMMENT: &[u8] = &[0];

/// No root has it, because no role is 0.
const NO_SEAL: VerifiedUnder = [0; 16];

pub(super) fn store_usage(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    place: u8,
    usage: &Usage<'_>,
) -> Result<(), Reason> {
    store_small(vault, scratch, key(Group::Usage, place), |out| {
        out.put(&[usage.kind as u8]);
        out.put(&usage.id.0);
        number(usage.charged, out);
        if usage.kind.is_dated() {
            number(u64::from(usage.since), out);
        }
        text(usage.feature, out);
    })
}

pub(super) fn store_agreement(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    place: u8,
    agreement: &Agreement<'_>,
) -> Result<(), Reason> {
    store_small(vault, scratch, key(Group::Agreements, place), |out| {
        out.put(agreement.digest);
        wall(agreement.wall, out);
        text(agreement.feature, out);
    })
}

pub(super) fn store_level(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    place: u8,
    name: &[u8],
) -> Result<(), Reason> {
    store_small(vault, scratch, key(Group::Levels, place), |out| text(name, out))
}

/// What is known of time, and how many repairs were done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) floor: UnixTime,
    pub(super) repairs: u64,
    pub(super) running: Kept,
    /// No reading was ever believed.
    pub(super) fresh: bool,
    pub(super) open_repair: OpenRepair,
}

/// What is still to be done of a repair whose number is used up: the next boot goes on with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenRepair {
    None = 0,
    /// Clearing what is damaged.
    Damage = 2,
    /// Forgetting how long rights have run.
    Clock = 4,
}

pub(super) fn store_clock(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    clock: &Clock,
) -> Result<(), Reason> {
    store_small(vault, scratch, key(Group::Clock, 0), |out| {
        number(clock.floor.0, out);
        number(clock.repairs, out);
        number(u64::from(clock.running.counted), out);
        number(u64::from(clock.running.doubt), out);
        out.put(&[u8::from(clock.fresh) | clock.open_repair as u8]);
    })
}

pub(super) fn store_intent(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    intent: &Intent<'_>,
) -> Result<(), Reason> {
    store_small(vault, scratch, key(Group::Intent, 0), |out| {
        number(intent.number, out);
        out.put(&[intent.deed as u8, intent.place]);
        out.put(&intent.id.0);
        out.put(intent.digest);
        text(intent.feature, out);
    })
}

/// Reads what the last verb with several writes was about to do.
///
/// # Errors
/// Why it could not be read.
pub(super) fn load_intent(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    mut take: impl FnMut(&Intent<'_>),
) -> Result<(), Reason> {
    each(vault, scratch, Group::Intent, 0..1, |_, reader| {
        let number = reader.number()?;
        let deed = Deed::from_number(reader.byte()?)?;
        take(&Intent {
            number,
            deed,
            place: reader.byte()?,
            id: LineId(reader.array()?),
            digest: reader.array_here()?,
            feature: reader.text()?,
        });
        Some(())
    })
}

/// Removes a small value.
pub(super) fn remove(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    key: StorageKey,
) -> Result<(), Reason> {
    vault.remove(key, small(scratch))
}

/// Goes through the ids of lines that were taken back, with the place of their value.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_revoked(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    mut take: impl FnMut(u8, LineId),
) -> Result<(), Reason> {
    each(vault, scratch, Group::Revoked, 0..MAX_REVOKED, |place, reader| {
        for _ in 0..reader.byte()? {
            take(place, LineId(reader.array()?));
        }
        Some(())
    })
}

/// Adds an id to those that were taken back: for good, and before anything else happens. One that is
/// there already is stored again, because a storage that failed may show what is not durable.
#[inline(never)]
pub(super) fn store_revoked(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    id: LineId,
) -> Result<(), Reason> {
    let mut known_at = None;
    let _ = each_revoked(vault, scratch, |place, known| {
        known_at = known_at.or((known == id).then_some(place));
    });
    let places = known_at.map_or(0..MAX_REVOKED, |place| place..place.saturating_add(1));
    for place in places {
        let mut known = [LineId([0; 10]); REVOKED_PER_VALUE];
        let mut len = 0_usize;
        let mut collect = |at, id| {
            if at == place {
                if let Some(slot) = known.get_mut(len) {
                    *slot = id;
                }
                len = len.saturating_add(1);
            }
        };
        // A value that cannot be read is not overwritten.
        if each(vault, scratch, Group::Revoked, place..place.saturating_add(1), |at, reader| {
            for _ in 0..reader.byte()? {
                collect(at, LineId(reader.array()?));
            }
            Some(())
        })
        .is_err()
            || (len >= REVOKED_PER_VALUE && known_at.is_none())
        {
            continue;
        }
        if let Some(slot) = known.get_mut(len).filter(|_| known_at.is_none()) {
            *slot = id;
            len = len.saturating_add(1);
        }
        let news = known_at.is_none();
        return vault.store_revocation(key(Group::Revoked, place), scratch, news, |out| {
            out.put(&[u8::try_from(len).unwrap_or(u8::MAX)]);
            for id in known.iter().take(len) {
                out.put(&id.0);
            }
        });
    }
    Err(Reason::RevocationsFull)
}

/// Forgets how long rights with dates have run, those that are not installed now as well.
#[inline(never)]
pub(super) fn forget_running(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
) -> Result<(), Reason> {
    for place in 0..MAX_USAGE {
        let mut name = [0; MAX_FEATURE_LEN];
        if let Some((kind, id, len)) = dated_use(vault, scratch, place, &mut name) {
            let feature = name.get(..len).unwrap_or_default();
            let usage = Usage { kind, id, charged: 0, since: 0, feature };
            store_usage(vault, scratch, place, &usage)?;
        }
    }
    Ok(())
}

/// The use of a right with dates at this place: kind, id, and the length of the feature's name.
#[inline(never)]
fn dated_use(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    place: u8,
    name: &mut [u8],
) -> Option<(UsageKind, LineId, usize)> {
    let mut found = None;
    // What cannot be read is for another repair.
    let _ = each(vault, scratch, Group::Usage, place..place.saturating_add(1), |_, reader| {
        let usage = read_usage(reader)?;
        let mut feature = SliceSink::new(name);
        feature.put(usage.feature);
        found = Some((usage.kind, usage.id, feature.finish().ok()?.len()));
        Some(())
    });
    found.filter(|(kind, ..)| kind.is_dated())
}

/// The first place at which no use is remembered, nor will be.
pub(super) fn free_usage_place(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    is_taken: impl Fn(u8) -> bool,
) -> Option<u8> {
    (0..MAX_USAGE).find(|&place| {
        let free = vault.load(key(Group::Usage, place), small(scratch));
        matches!(free, Ok(None)) && !is_taken(place)
    })
}

/// Goes through what is remembered of use, with its place.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_usage(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    mut take: impl FnMut(u8, &Usage<'_>),
) -> Result<(), Reason> {
    each(vault, scratch, Group::Usage, 0..MAX_USAGE, |place, reader| {
        read_usage(reader).map(|usage| take(place, &usage))
    })
}

/// Goes through the accepted agreements, with their places.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_agreement(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    mut take: impl FnMut(u8, &Agreement<'_>),
) -> Result<(), Reason> {
    each(vault, scratch, Group::Agreements, 0..MAX_AGREEMENTS, |place, reader| {
        read_agreement(reader).map(|agreement| take(place, &agreement))
    })
}

/// Goes through the names of the levels asked for.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each_level(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    mut take: impl FnMut(&[u8]),
) -> Result<(), Reason> {
    each(vault, scratch, Group::Levels, 0..MAX_LEVELS, |_, reader| reader.text().map(&mut take))
}

/// Reads what is known of time.
///
/// # Errors
/// Why it could not be read.
pub(super) fn load_clock(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
) -> Result<Option<Clock>, Reason> {
    let mut clock = None;
    each(vault, scratch, Group::Clock, 0..1, |_, reader| {
        let (floor, repairs) = (UnixTime(reader.number()?), reader.number()?);
        let counted = reader.number().map(saturating_u32)?;
        let running = Kept { counted, doubt: reader.number().map(saturating_u32)? };
        let marks = reader.byte()?;
        let open_repair = match marks & !1 {
            0 => OpenRepair::None,
            2 => OpenRepair::Damage,
            4 => OpenRepair::Clock,
            _ => return None,
        };
        clock = Some(Clock { floor, repairs, running, fresh: marks & 1 != 0, open_repair });
        Some(())
    })?;
    Ok(clock)
}

/// Takes every value of a group; one that is not whole does not keep the others from being read.
///
/// # Errors
/// The last reason why a value could not be read; the others were taken.
pub(super) fn each(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    group: Group,
    places: Range<u8>,
    mut take: impl FnMut(u8, &mut Reader<'_>) -> Option<()>,
) -> Result<(), Reason> {
    let mut values = Values { group, places, result: Ok(()) };
    while let Some((place, content)) = values.next(vault, scratch) {
        if take(place, &mut Reader::new(content)).is_none() {
            values.result = Err(Reason::StorageCorrupted);
        }
    }
    values.result
}

/// A walk through the values of a group.
struct Values {
    group: Group,
    /// Those that are still to come.
    places: Range<u8>,
    /// The last reason why one could not be read.
    result: Result<(), Reason>,
}

impl Values {
    /// The next value that can be read, with its place. Apart from what is done with it, so that
    /// firmware has it once and not for every group.
    #[inline(never)]
    fn next<'s>(
        &mut self,
        vault: &mut Vault<impl Storage, impl SignatureVerifier>,
        scratch: &'s mut [u8],
    ) -> Option<(u8, &'s [u8])> {
        for place in self.places.by_ref() {
            match vault.load(key(self.group, place), small(scratch)) {
                Ok(None) => {}
                Ok(Some((content, _))) => {
                    let end = content.len().saturating_add(1);
                    return Some((place, scratch.get(1..end)?));
                }
                Err(reason) => self.result = Err(reason),
            }
        }
        None
    }
}

fn read_usage<'v>(reader: &mut Reader<'v>) -> Option<Usage<'v>> {
    let kind = match reader.byte()? {
        1 => UsageKind::Metered,
        2 => UsageKind::Converted,
        3 => UsageKind::Once,
        4 => UsageKind::Dated,
        _ => return None,
    };
    Some(Usage {
        kind,
        id: LineId(reader.array()?),
        charged: reader.number()?,
        since: if kind.is_dated() { saturating_u32(reader.number()?) } else { 0 },
        feature: reader.text()?,
    })
}

fn read_agreement<'v>(reader: &mut Reader<'v>) -> Option<Agreement<'v>> {
    Some(Agreement {
        digest: reader.array_here()?,
        wall: read_wall(reader)?,
        feature: reader.text()?,
    })
}

/// The part of the scratch buffer that a small value takes. A longer value is none of ours.
pub(super) fn small(scratch: &mut [u8]) -> &mut [u8] {
    scratch.get_mut(..SMALL).unwrap_or_default()
}

pub(super) fn store_small(
    vault: &mut Vault<impl Storage, impl SignatureVerifier>,
    scratch: &mut [u8],
    key: StorageKey,
    write: impl FnOnce(&mut SliceSink<'_>),
) -> Result<(), Reason> {
    vault.store(key, scratch, write)
}

/// 0 for "not known", else one more than the seconds.
pub(super) fn wall(time: Option<UnixTime>, out: &mut impl Sink) {
    number(time.map_or(0, |time| time.0.saturating_add(1)), out);
}

pub(super) fn read_wall(reader: &mut Reader<'_>) -> Option<Option<UnixTime>> {
    Some(reader.number()?.checked_sub(1).map(UnixTime))
}
