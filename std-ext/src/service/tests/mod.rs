//! Services that run by fake clocks, with licenses of the test vendor.

mod asynchronous;
mod basics;
mod feeds;
mod guard;
mod leases;
mod storage;

use std::sync::mpsc::{self, Sender};

use nodelock::record::LicenseTerms;
use nodelock::value::{Count, Date, LicenseType, LineId, Period, UnixTime};
use nodelock::{Feature, FeatureHandle, Product, Rules};
use nodelock_benches::{TestVendor, terms, udi};

use super::{Handle, Service, ServiceBuilder};
use crate::{FakeClock, MemoryStorage};

nodelock::catalog! {
    /// What the product of the tests licenses.
    enum Licensed {
        Routing = Feature::new("routing"),
        Tunnels = Feature::new("tunnels").counted(100),
        Trial = Feature::new("trial"),
        Cloud = Feature::new("cloud"),
        Analytics = Feature::new("analytics").eula("analytics-2026"),
    }
}

const PRODUCT: Product<'static> = Product {
    catalog: &Licensed::CATALOG,
    anchors: &[TestVendor::test_anchor()],
    rules: Rules::DEFAULT,
};

/// Seconds for which an answer about a trial still holds when the agent should have been called.
const INTERVAL: u64 = Rules::DEFAULT.charge_interval.seconds();

/// A day on which all licenses of the tests run.
fn today() -> UnixTime {
    UnixTime::start_of(Date::parse(b"2026-11-23").unwrap())
}

fn line(feature: &str, id: u8, kind: LicenseType) -> LicenseTerms<'_> {
    LicenseTerms { license_type: kind, id: LineId([id; 10]), ..terms(feature.as_bytes(), udi()) }
}

fn permanent() -> String {
    TestVendor::new().sign(&line("routing", 1, LicenseType::Permanent)) + "\n"
}

fn tunnels(units: u64) -> String {
    let terms = line("tunnels", 2, LicenseType::Permanent);
    TestVendor::new().sign(&LicenseTerms { count: Count::Units(units), ..terms }) + "\n"
}

fn trial_of_60_days() -> String {
    let terms = line("trial", 3, LicenseType::Evaluation);
    let usage = Period::from_seconds(60 * 86_400);
    TestVendor::new().sign(&LicenseTerms { usage, ..terms }) + "\n"
}

fn subscription() -> String {
    let terms = line("cloud", 4, LicenseType::Subscription);
    let (start, end) = (Date::parse(b"2026-11-22").ok(), Date::parse(b"2026-12-31").ok());
    TestVendor::new().sign(&LicenseTerms { start, end, ..terms }) + "\n"
}

fn all_lines() -> String {
    permanent() + &tunnels(16) + &trial_of_60_days() + &subscription()
}

fn builder(clock: &FakeClock) -> ServiceBuilder {
    Service::builder(&PRODUCT)
        .udi("ISR4331/K9:FDO1234ABCD")
        .storage(MemoryStorage::default())
        .clock(clock.clone())
}

/// A service that has installed these lines.
fn service_with(lines: &str) -> (Service, Handle, FakeClock) {
    let clock = FakeClock::at(today());
    let service = builder(&clock).start().unwrap();
    let handle = service.handle();
    let report = handle.install(lines.as_bytes()).unwrap();
    assert_eq!(report.refused().count(), 0, "{report}");
    (service, handle, clock)
}

/// The thread of a service is busy until this is dropped.
struct Busy {
    _until: Sender<()>,
}

fn block(handle: &Handle) -> Busy {
    let (started, has_started) = mpsc::channel();
    let (until, over) = mpsc::channel::<()>();
    let request = Box::new(move |_: &mut super::driver::Driver<'_>| {
        let _ = started.send(());
        // Ends with an error, when the other end is dropped.
        let _ = over.recv();
    });
    handle.shared.mailbox.push(request).unwrap();
    has_started.recv().unwrap();
    Busy { _until: until }
}

fn in_use(handle: &Handle, feature: Licensed) -> u64 {
    let features = handle.features().unwrap();
    features.iter().find(|one| one.feature == FeatureHandle::from(feature)).unwrap().in_use
}
