//! What the agent keeps besides lines and history, value by value: docs/SPEC.md section 13.

use crate::agent::journal::keys::{Group, MAX_ACCEPTED_EULAS, MAX_LEVELS, MAX_USAGE, key};
use crate::agent::journal::{Journal, read_wall, small, wall};
use crate::bytes::decimal::saturating_u32;
use crate::bytes::reader::Reader;
use crate::bytes::sink::{Sink, SliceSink};
use crate::bytes::writer::{number, text};
use crate::calendar::Kept;
use crate::crypto::SignatureVerifier;
use crate::limits::MAX_FEATURE_LEN;
use crate::reason::Reason;
use crate::store::Storage;
use crate::value::license::{LicenseType, LineId};
use crate::value::time::UnixTime;

/// What happened to the allowance of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) enum UsageKind {
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
    pub(in crate::agent) const fn of(license_type: LicenseType) -> Option<Self> {
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
pub(in crate::agent) struct Usage<'v> {
    pub(in crate::agent) kind: UsageKind,
    pub(in crate::agent) id: LineId,
    /// Seconds: of metered use, charged; of a dated right, those that it has run before `since`.
    pub(in crate::agent) charged: u64,
    /// Of a dated right that runs: the running time of the device when it began, and 1; else 0.
    pub(in crate::agent) since: u32,
    pub(in crate::agent) feature: &'v [u8],
}

/// An accepted agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) struct AcceptedEula<'v> {
    pub(in crate::agent) feature: &'v [u8],
    pub(in crate::agent) digest: &'v [u8; 32],
    pub(in crate::agent) wall: Option<UnixTime>,
}

/// What is known of time, and how many repairs were done.
#[derive(Debug, Clone, Copy)]
pub(in crate::agent) struct Clock {
    pub(in crate::agent) floor: UnixTime,
    pub(in crate::agent) repairs: u64,
    pub(in crate::agent) running: Kept,
    /// No reading was ever believed.
    pub(in crate::agent) fresh: bool,
    pub(in crate::agent) open_repair: OpenRepair,
}

/// What is still to be done of a repair whose number is used up: the next boot goes on with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) enum OpenRepair {
    None = 0,
    /// Clearing what is damaged.
    Damage = 2,
    /// Forgetting how long rights have run.
    Clock = 4,
}

impl<S: Storage, V: SignatureVerifier> Journal<'_, S, V> {
    pub(in crate::agent) fn store_usage(
        &mut self,
        place: u8,
        usage: &Usage<'_>,
    ) -> Result<(), Reason> {
        self.store(key(Group::Usage, place), |out| {
            out.put(&[usage.kind as u8]);
            out.put(&usage.id.0);
            number(usage.charged, out);
            if usage.kind.is_dated() {
                number(u64::from(usage.since), out);
            }
            text(usage.feature, out);
        })
    }

    pub(in crate::agent) fn store_accepted_eula(
        &mut self,
        place: u8,
        agreement: &AcceptedEula<'_>,
    ) -> Result<(), Reason> {
        self.store(key(Group::AcceptedEulas, place), |out| {
            out.put(agreement.digest);
            wall(agreement.wall, out);
            text(agreement.feature, out);
        })
    }

    pub(in crate::agent) fn store_level(&mut self, place: u8, name: &[u8]) -> Result<(), Reason> {
        self.store(key(Group::Levels, place), |out| text(name, out))
    }

    pub(in crate::agent) fn store_clock(&mut self, clock: &Clock) -> Result<(), Reason> {
        self.store(key(Group::Clock, 0), |out| {
            number(clock.floor.0, out);
            number(clock.repairs, out);
            number(u64::from(clock.running.counted), out);
            number(u64::from(clock.running.doubt), out);
            out.put(&[u8::from(clock.fresh) | clock.open_repair as u8]);
        })
    }

    /// Forgets how long rights with dates have run, those that are not installed now as well.
    #[inline(never)]
    pub(in crate::agent) fn forget_running(&mut self) -> Result<(), Reason> {
        for place in 0..MAX_USAGE {
            let mut name = [0; MAX_FEATURE_LEN];
            if let Some((kind, id, len)) = self.dated_use(place, &mut name) {
                let feature = name.get(..len).unwrap_or_default();
                let usage = Usage { kind, id, charged: 0, since: 0, feature };
                self.store_usage(place, &usage)?;
            }
        }
        Ok(())
    }

    /// The use of a right with dates at this place: kind, id, and the length of the feature's name.
    #[inline(never)]
    fn dated_use(&mut self, place: u8, name: &mut [u8]) -> Option<(UsageKind, LineId, usize)> {
        let mut found = None;
        // What cannot be read is for another repair.
        let _ = self.each(Group::Usage, place..place.saturating_add(1), |_, reader| {
            let usage = read_usage(reader)?;
            let mut feature = SliceSink::new(name);
            feature.put(usage.feature);
            found = Some((usage.kind, usage.id, feature.finish().ok()?.len()));
            Some(())
        });
        found.filter(|(kind, ..)| kind.is_dated())
    }

    /// The first place at which no use is remembered, nor will be.
    pub(in crate::agent) fn free_usage_place(
        &mut self,
        is_taken: impl Fn(u8) -> bool,
    ) -> Option<u8> {
        (0..MAX_USAGE).find(|&place| {
            let free = self.vault.load(key(Group::Usage, place), small(self.scratch));
            matches!(free, Ok(None)) && !is_taken(place)
        })
    }

    /// Goes through what is remembered of use, with its place.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    pub(in crate::agent) fn each_usage(
        &mut self,
        mut take: impl FnMut(u8, &Usage<'_>),
    ) -> Result<(), Reason> {
        self.each(Group::Usage, 0..MAX_USAGE, |place, reader| {
            read_usage(reader).map(|usage| take(place, &usage))
        })
    }

    /// Goes through the accepted agreements, with their places.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    pub(in crate::agent) fn each_accepted_eula(
        &mut self,
        mut take: impl FnMut(u8, &AcceptedEula<'_>),
    ) -> Result<(), Reason> {
        self.each(Group::AcceptedEulas, 0..MAX_ACCEPTED_EULAS, |place, reader| {
            read_accepted_eula(reader).map(|agreement| take(place, &agreement))
        })
    }

    /// Goes through the names of the levels asked for.
    ///
    /// # Errors
    /// The last reason why a value could not be read; the others were taken.
    pub(in crate::agent) fn each_level(
        &mut self,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), Reason> {
        self.each(Group::Levels, 0..MAX_LEVELS, |_, reader| reader.text().map(&mut take))
    }

    /// Reads what is known of time.
    ///
    /// # Errors
    /// Why it could not be read.
    pub(in crate::agent) fn load_clock(&mut self) -> Result<Option<Clock>, Reason> {
        let mut clock = None;
        self.each(Group::Clock, 0..1, |_, reader| {
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

fn read_accepted_eula<'v>(reader: &mut Reader<'v>) -> Option<AcceptedEula<'v>> {
    Some(AcceptedEula {
        digest: reader.array_here()?,
        wall: read_wall(reader)?,
        feature: reader.text()?,
    })
}
