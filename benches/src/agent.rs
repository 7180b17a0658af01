//! Operations of the license agent on a device with one feature for each line.

use std::collections::BTreeMap;
use std::hint::black_box;

use nodelock::agent::{FeatureSlot, LineSlot, Memory, SCRATCH_LEN};
use nodelock::catalog::Catalog;
use nodelock::crypto::SignatureVerifier;
use nodelock::event::EventSlot;
use nodelock::lease::LeaseSlot;
use nodelock::store::StorageKey;
use nodelock::value::{Date, UnixTime, WithSecret};
use nodelock::{
    Agent, Feature, FeatureHandle, InstallMode, Now, P256Verifier, Product, Reason, Rules, Storage,
    TrustAnchor, Udi,
};

use crate::scenarios::{Operation, pinned_verifier};
use crate::{TestVendor, feature_name, udi};

/// Features of the device, whatever number of lines it has.
const FEATURES: u32 = 32;

/// Storage in memory, so that what is counted is the agent.
#[derive(Debug, Clone, Default)]
struct InMemory(BTreeMap<u16, Vec<u8>>);

impl Storage for InMemory {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(value) = self.0.get(&key.0) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.insert(key.0, value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.remove(&key.0);
        Ok(())
    }
}

type Device<'m, V> = Agent<'m, (InMemory, V, WithSecret<Udi<'static>>)>;
type Booted = Device<'static, P256Verifier>;

/// What an agent works in.
struct Arrays {
    lines: [LineSlot; 40],
    features: [FeatureSlot; FEATURES as usize],
    leases: [LeaseSlot; 4],
    events: [EventSlot; 16],
    scratch: [u8; SCRATCH_LEN],
    anchors: [TrustAnchor; 1],
}

impl Arrays {
    fn new() -> Box<Self> {
        Box::new(Self {
            lines: [LineSlot::EMPTY; 40],
            features: [FeatureSlot::EMPTY; FEATURES as usize],
            leases: [const { LeaseSlot::new() }; 4],
            events: [EventSlot::EMPTY; 16],
            scratch: [0; SCRATCH_LEN],
            anchors: [TestVendor::test_anchor()],
        })
    }

    fn boot<V: SignatureVerifier>(
        &mut self,
        verifier: V,
        storage: InMemory,
        secret: Option<[u8; 32]>,
    ) -> Device<'_, V> {
        let memory = Memory {
            lines: &mut self.lines,
            features: &mut self.features,
            leases: &self.leases,
            events: &mut self.events,
            scratch: &mut self.scratch,
            gates: &[],
        };
        let product = Product {
            catalog: catalog(),
            anchors: &self.anchors,
            rules: Rules { built: day(), ..Rules::DEFAULT },
        };
        let device = WithSecret { device: udi(), secret };
        Agent::boot(product, device, verifier, storage, memory, now()).expect("enough memory")
    }
}

/// Boots a device that has so many permanent lines installed: all are verified again.
#[must_use]
pub fn boot(lines: u32) -> Operation {
    boot_with(lines, P256Verifier, None)
}

/// The same with tables of 4 KB for the vendor's key.
#[must_use]
pub fn boot_pinned(lines: u32) -> Operation {
    boot_with(lines, pinned_verifier::<32>(), None)
}

/// The same for a device with a secret, whose lines are sealed: none is verified again.
#[must_use]
pub fn boot_sealed(lines: u32) -> Operation {
    boot_with(lines, P256Verifier, Some([0x5A; 32]))
}

fn boot_with<V: SignatureVerifier + Clone + 'static>(
    lines: u32,
    verifier: V,
    secret: Option<[u8; 32]>,
) -> Operation {
    let mut arrays = Arrays::new();
    let mut storage = Some(installed_with(lines, secret).into_storage());
    Box::new(move || {
        let storage_now = storage.take().expect("given back each time");
        let agent = arrays.boot(verifier.clone(), storage_now, secret);
        assert_eq!(agent.lines().count(), lines as usize);
        storage = Some(agent.into_storage());
    })
}

/// Checks the last feature of so many lines by its handle.
#[must_use]
pub fn check_by_handle(lines: u32) -> Operation {
    let agent = installed(lines);
    let id = handle(&agent, lines - 1);
    Box::new(move || assert!(agent.check(black_box(id), black_box(5)).is_granted()))
}

/// The same by its name.
#[must_use]
pub fn check_by_name(lines: u32) -> Operation {
    let agent = installed(lines);
    let name = feature_name(lines - 1);
    Box::new(move || assert!(agent.check_name(black_box(name.as_bytes()), 5).is_granted()))
}

/// Takes one unit and gives it back, with 8 lines.
#[must_use]
pub fn acquire_and_release() -> Operation {
    let mut agent = installed(8);
    let id = handle(&agent, 7);
    Box::new(move || {
        let token = agent.acquire(black_box(id), 1, 1, now()).expect("licensed");
        agent.release(token, 1, now()).expect("ours");
    })
}

/// Tells the time when nothing is due, with 8 lines.
#[must_use]
pub fn idle_tick() -> Operation {
    let mut agent = installed(8);
    Box::new(move || agent.tick(black_box(now())))
}

fn installed(lines: u32) -> Booted {
    installed_with(lines, None)
}

fn installed_with(lines: u32, secret: Option<[u8; 32]>) -> Booted {
    let mut agent = booted(InMemory::default(), secret);
    let file = TestVendor::new().own_lines(lines);
    agent
        .install(file.as_bytes(), InstallMode::Apply, now(), |taken| assert!(taken.result.is_ok()));
    agent
}

/// The memory stays for the rest of this short process.
fn booted(storage: InMemory, secret: Option<[u8; 32]>) -> Booted {
    Box::leak(Arrays::new()).boot(P256Verifier, storage, secret)
}

fn catalog() -> &'static Catalog<'static> {
    static CATALOG: std::sync::OnceLock<Catalog<'static>> = std::sync::OnceLock::new();
    CATALOG.get_or_init(|| {
        let features: Vec<Feature<'static>> = (0..FEATURES)
            .map(|i| Feature::new(Box::leak(feature_name(i).into_boxed_str())))
            .collect();
        Catalog::new(Box::leak(features.into_boxed_slice())).expect("valid names")
    })
}

fn handle(agent: &Booted, feature: u32) -> FeatureHandle {
    agent.catalog().find(feature_name(feature).as_bytes()).expect("in the catalog")
}

fn now() -> Now {
    Now { uptime: 5, wall: Some(UnixTime::start_of(day())) }
}

fn day() -> Date {
    Date::parse(b"2026-11-22").expect("a day")
}
