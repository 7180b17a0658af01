//! A device for storage of any kind: its catalog, its lines, and one boot.

use std::cell::RefCell;

use nodelock::agent::{FeatureSlot, LineSlot, Memory, SCRATCH_LEN};
use nodelock::catalog::{BuiltIn, Catalog};
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;
use nodelock::store::flash::{FlashGeometry, Nor};
use nodelock::testing::HostileFlash;
use nodelock::value::{LicenseType, UdiSource, UnixTime, Version};
use nodelock::{Feature, FeatureHandle, Now, Product, Reason, Storage, Udi};

use crate::generate::TODAY;
use crate::history::{DAY, LineSpec};
use crate::toy::{self, ANCHORS, Toy, delegated, license};
use crate::world::rules;

/// Seconds of an interval.
pub const INTERVAL: u64 = 900;

/// The names of the features and, behind them, of the levels.
pub const NAMES: [&str; 12] = [
    "alpha", "bravo", "delta", "echo", "count", "trial", "agree", "convert", "version", "base",
    "mid", "top",
];

/// Place of the counted feature.
pub const COUNT: usize = 4;
/// Place of the lowest level.
pub const BASE: usize = 9;

const TABLE: &[Feature<'static>] = &[
    Feature::new(NAMES[0]),
    Feature::new(NAMES[1]),
    Feature::new(NAMES[2]),
    Feature::new(NAMES[3]),
    Feature::new(NAMES[4]).counted(50),
    Feature::new(NAMES[5]).built_in(BuiltIn::days(1)),
    Feature::new(NAMES[6]).eula("terms"),
    Feature::new(NAMES[7]).built_in(BuiltIn::days(1).then_right_to_use()),
    Feature::new(NAMES[8]).version(Version::from_parts([2, 0, 0, 0])),
    Feature::level("image", "technology", 0, NAMES[9]),
    Feature::level("image", "technology", 1, NAMES[10]),
    Feature::level("image", "technology", 2, NAMES[11]),
];

static CATALOG: Catalog<'static> = nodelock::catalog!(TABLE);

/// A line of the vendor, and its text.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it grants.
    pub spec: LineSpec,
    /// The text, with the `KEY` record before it if its key was delegated.
    pub text: String,
}

/// The lines that the vendor has issued for the device: of every kind, for few features.
#[must_use]
pub fn lines() -> Vec<Line> {
    use LicenseType as T;
    const KINDS: [(usize, T, u64, bool); 12] = [
        (0, T::Permanent, 0, false),
        (COUNT, T::Permanent, 3, false),
        (COUNT, T::Permanent, 2, true),
        (6, T::Evaluation, 0, false),
        (1, T::Subscription, 0, false),
        (2, T::PermanentRightToUse, 0, false),
        (3, T::EvaluationRightToUse, 0, false),
        (8, T::EvaluationSubscription, 0, false),
        (COUNT, T::Permanent, 4, true),
        (11, T::Permanent, 0, false),
        (0, T::Grace, 0, false),
        (10, T::Permanent, 0, false),
    ];
    let mut lines = Vec::new();
    for (number, (feature, license_type, units, additive)) in KINDS.into_iter().enumerate() {
        let spec = LineSpec {
            feature,
            version: 2,
            license_type,
            units,
            additive,
            issued: TODAY,
            start: None,
            end: TODAY + 40,
            usage: [3 * 3600, 40 * 3600][usize::from(number % 2 == 0)],
            expiry: 0,
            eula: false,
        };
        let text = match number {
            8 | 10 => delegated(number, &spec, NAMES[feature]),
            _ => license(number, &spec, NAMES[feature]),
        };
        lines.push(Line { spec, text });
    }
    lines
}

/// The handle of a feature.
#[must_use]
pub fn id(place: usize) -> FeatureHandle {
    FeatureHandle::at(u16::try_from(place).unwrap_or(u16::MAX))
}

/// So many seconds after the device was made, with a clock that is right.
#[must_use]
pub fn moment(uptime: u64, truth: u64) -> Now {
    Now { uptime, wall: Some(UnixTime(u64::from(TODAY) * DAY + 7200 + truth)) }
}

/// Who the device is, and its secret if it has one.
#[derive(Debug, Clone, Copy)]
pub struct Owner(pub Option<[u8; 32]>);

impl UdiSource for Owner {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        if member == 0 { Udi::parse(toy::UDI.as_bytes()).map(Some) } else { Ok(None) }
    }

    fn secret(&self) -> Option<[u8; 32]> {
        self.0
    }
}

/// The agent of the device.
pub type Agent<'a, S> = nodelock::Agent<'a, (S, Toy, Owner)>;

/// One boot.
///
/// # Errors
/// The agent does not start.
pub fn boot<S: Storage, R>(
    storage: S,
    owner: Owner,
    now: Now,
    then: impl FnOnce(&mut Agent<'_, S>) -> R,
) -> Result<R, String> {
    let mut lines = [LineSlot::EMPTY; 15];
    let mut features = [FeatureSlot::EMPTY; TABLE.len()];
    let leases: [LeaseSlot; 4] = Default::default();
    let mut events = [EventSlot::EMPTY; 48];
    let mut scratch = [0; SCRATCH_LEN];
    let memory = Memory {
        lines: &mut lines,
        features: &mut features,
        leases: &leases,
        events: &mut events,
        scratch: &mut scratch,
        gates: &[],
    };
    let product = Product { catalog: &CATALOG, anchors: &ANCHORS, rules: rules(INTERVAL) };
    let mut agent = Agent::boot(product, owner, Toy, storage, memory, now)
        .map_err(|reason| format!("the agent does not start: {reason}"))?;
    Ok(then(&mut agent))
}

/// Flash that is looked at while the agent works on it.
#[derive(Debug)]
pub struct Chip<'f, const LEN: usize>(pub &'f RefCell<HostileFlash<LEN>>);

impl<const LEN: usize> Nor for Chip<'_, LEN> {
    fn geometry(&self) -> FlashGeometry {
        self.0.borrow().geometry()
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        self.0.borrow_mut().read(address, to)
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        self.0.borrow_mut().write(address, data)
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        self.0.borrow_mut().erase(page)
    }
}
