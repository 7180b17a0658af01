//! A device for the tests: a catalog, storage that can fail, and a boot in one call.

use core::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::string::String;
use std::vec::Vec;

use crate::agent::{
    Agent, FeatureSlot, InstallMode, LineSlot, Memory, Product, Rules, SCRATCH_LEN,
};
use crate::catalog::{BuiltIn, Catalog};
use crate::crypto::{P256Verifier, SignatureVerifier};
use crate::event::{EventKind, EventSlot};
use crate::fixtures::{anchor, license, terms, udi};
use crate::lease::LeaseSlot;
use crate::reason::Reason;
use crate::record::{LicenseTerms, Message};
use crate::store::StorageKey;
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureHandle, FeatureName, Version};
use crate::value::key::{PublicKey, Role};
use crate::value::license::{ExpiryPolicy, LicenseType, LineId};
use crate::value::signature::Signature;
use crate::value::time::{Now, UnixTime};
use crate::value::udi::Udi;
use crate::{Feature, Storage};

pub(crate) const DAY: u64 = 86_400;

pub(crate) const CATALOG: Catalog<'static> = crate::catalog!(&[
    Feature::level("router", "technology", 0, "ipbase").including(&["nat"]),
    Feature::level("router", "technology", 1, "security").including(&["vpn"]),
    Feature::level("router", "technology", 2, "enterprise"),
    Feature::new("nat"),
    Feature::new("vpn"),
    Feature::new("voice").eula("voice-2026"),
    Feature::new("ap-count").counted(500),
    Feature::new("honour").counted(100).honour_based(),
    Feature::new("video").built_in(BuiltIn::days(60)),
    Feature::new("camera").built_in(BuiltIn::days(60).then_right_to_use()),
    Feature::new("media").version(Version::from_parts([2, 0, 0, 0])),
    Feature::new("patient").at_expiry(ExpiryPolicy::Report),
    Feature::new("rescue").eula("rescue-terms").built_in(BuiltIn::days(60)),
]);

pub(crate) fn id(name: &str) -> FeatureHandle {
    CATALOG.find(name.as_bytes()).unwrap()
}

pub(crate) const RULES: Rules = Rules {
    charge_interval: Period::literal(900),
    built: match Date::from_days(20_770) {
        Some(date) => date,
        None => Date::EPOCH,
    },
    ..Rules::DEFAULT
};

/// 2026-11-22, the day on which the tests' lines are issued, at noon.
pub(crate) fn noon(uptime: u64) -> Now {
    Now { uptime, wall: Some(UnixTime(20_779 * DAY + DAY / 2 + uptime)) }
}

/// Values in memory. `writes_left` says how many writes succeed before the power is gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ram {
    pub(crate) values: BTreeMap<u16, Vec<u8>>,
    pub(crate) writes: u64,
    pub(crate) writes_left: Option<u64>,
    pub(crate) fail_once_at: Option<u64>,
    /// This write takes effect and fails, and so do that many of the loads behind it.
    pub(crate) fail_after: Option<(u64, u32)>,
    pub(crate) loads_fail: u32,
}

impl Ram {
    fn write(&mut self) -> Result<(), Reason> {
        self.writes += 1;
        if self.fail_once_at == Some(self.writes) {
            return Err(Reason::StorageFailed);
        }
        match &mut self.writes_left {
            Some(0) => Err(Reason::StorageFailed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The end of a write that took effect.
    fn end(&mut self) -> Result<(), Reason> {
        match self.fail_after {
            Some((write, loads)) if write == self.writes => {
                self.loads_fail = loads;
                Err(Reason::StorageFailed)
            }
            _ => Ok(()),
        }
    }
}

impl Storage for Ram {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        if let Some(left) = self.loads_fail.checked_sub(1) {
            self.loads_fail = left;
            return Err(Reason::StorageFailed);
        }
        let Some(value) = self.values.get(&key.0) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.write()?;
        self.values.insert(key.0, value.to_vec());
        self.end()
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.write()?;
        self.values.remove(&key.0);
        self.end()
    }
}

/// Verifies each signature once: histories boot thousands of times with the same lines.
#[derive(Debug, Default)]
pub(crate) struct Remembering;

std::thread_local! {
    static VALID: RefCell<HashSet<([u8; 32], [u8; 64])>> = RefCell::default();
}

impl SignatureVerifier for Remembering {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        P256Verifier.sha256(message)
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        let known = (*digest, *signature.as_bytes());
        if VALID.with_borrow(|valid| valid.contains(&known)) {
            return Ok(());
        }
        P256Verifier.verify(key, digest, signature)?;
        VALID.with_borrow_mut(|valid| valid.insert(known));
        Ok(())
    }
}

pub(crate) type Booted<'a> = Agent<'a, (&'a mut Ram, Remembering, Udi<'static>)>;

/// Boots a device over this storage, as the UDI says, and hands it over.
pub(crate) fn boot_as<R>(
    storage: &mut Ram,
    device: Udi<'static>,
    now: Now,
    then: impl FnOnce(&mut Booted<'_>) -> R,
) -> R {
    boot_in(storage, device, now, &mut [0; SCRATCH_LEN], then)
}

/// The same with this buffer.
pub(crate) fn boot_in<R>(
    storage: &mut Ram,
    device: Udi<'static>,
    now: Now,
    scratch: &mut [u8],
    then: impl FnOnce(&mut Booted<'_>) -> R,
) -> R {
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut lines = [LineSlot::EMPTY; 12];
    let mut features = [FeatureSlot::EMPTY; 13];
    let leases: [LeaseSlot; 8] = Default::default();
    let mut events = [EventSlot::EMPTY; 64];
    let (lines, features, events) = (&mut lines, &mut features, &mut events);
    let memory = Memory { lines, features, leases: &leases, events, scratch, gates: &[] };
    let mut agent = Agent::boot(product, device, Remembering, storage, memory, now).unwrap();
    then(&mut agent)
}

pub(crate) fn boot<R>(storage: &mut Ram, now: Now, then: impl FnOnce(&mut Booted<'_>) -> R) -> R {
    boot_as(storage, udi(), now, then)
}

/// LicenseTerms for a feature, with the fields that the type needs: 60 days of use, or the next 30 days.
pub(crate) fn line(
    feature: &'static str,
    license_type: LicenseType,
    number: u8,
) -> LicenseTerms<'static> {
    let issued = terms().issued;
    LicenseTerms {
        feature: FeatureName::parse(feature.as_bytes()).unwrap(),
        license_type,
        id: LineId([number; 10]),
        usage: license_type.is_metered().then(|| Period::from_seconds(60 * DAY).unwrap()),
        end: license_type.is_dated().then(|| Date::from_days(issued.days() + 29).unwrap()),
        ..terms()
    }
}

/// Installs these lines; the reasons of those that were refused.
pub(crate) fn install(agent: &mut Booted<'_>, lines: &[LicenseTerms<'_>], now: Now) -> Vec<Reason> {
    let file: Vec<String> = lines.iter().map(|terms| license(terms, 1)).collect();
    install_text(agent, &file.join("\n"), now)
}

pub(crate) fn install_text(agent: &mut Booted<'_>, file: &str, now: Now) -> Vec<Reason> {
    let mut refused = Vec::new();
    agent.install(file.as_bytes(), InstallMode::Apply, now, |taken| {
        refused.extend(taken.result.err());
    });
    refused
}

pub(crate) fn kinds(agent: &mut Booted<'_>) -> Vec<EventKind> {
    core::iter::from_fn(|| agent.poll_event()).map(|event| event.kind).collect()
}

/// Lets time pass as the contract asks: a tick at each deadline.
pub(crate) fn pass(agent: &mut Booted<'_>, from: Now, seconds: u64) -> Now {
    let end = from.uptime + seconds;
    let at =
        |uptime: u64| Now { uptime, wall: from.wall.map(|wall| wall.plus(uptime - from.uptime)) };
    let mut uptime = from.uptime;
    while uptime < end {
        let next = agent.next_deadline().filter(|&deadline| deadline > uptime);
        uptime = next.unwrap_or(u64::MAX).min(end);
        agent.tick(at(uptime));
    }
    at(end)
}

pub(crate) fn granted(agent: &Booted<'_>, feature: &str, uptime: u64) -> bool {
    agent.check(id(feature), uptime).is_granted()
}
