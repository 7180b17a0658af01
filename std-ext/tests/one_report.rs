//! A device and an agent give the same report for the same file.

use nodelock::catalog::Catalog;
use nodelock::{Agent, Feature, InstallMode, Now, Product, Rules, Udi};
use nodelock_std::{
    Device, HeapMemory, MemoryStorage, P256Verifier, Reason, Role, TrustAnchor, install_on_agent,
    public_key_from_pem,
};

const FILE: &str = include_str!("../../examples/rust-product/licenses/router.lic");
const KEY: &str = include_str!("../../examples/rust-product/keys/test.pub.pem");
const UDI: &str = "ISR4331/K9:FDO1234ABCD";

const FEATURES: [Feature<'_>; 4] = [
    Feature::new("routing"),
    Feature::new("vpn-tunnels").counted(100),
    Feature::new("firewall"),
    Feature::new("voice"),
];

#[test]
fn a_device_and_an_agent_report_alike() {
    let builder = Device::builder().trust_pem(KEY, Role::Production).udi(UDI);
    let mut device = builder.build().expect("a device");
    let by_device = device.install_bytes(FILE.as_bytes()).expect("a report");

    let catalog = Catalog::new(&FEATURES).expect("a catalog");
    let key = public_key_from_pem(KEY).expect("a key");
    let anchors = [TrustAnchor::new(key, Role::Production)];
    let product = Product { catalog: &catalog, anchors: &anchors, rules: Rules::DEFAULT };
    let udi = Udi::parse(UDI.as_bytes()).expect("a UDI");
    let mut memory = HeapMemory::new(&catalog, 8, 4, 16);
    let now = Now { uptime: 0, wall: None };
    let storage = MemoryStorage::default();
    let mut agent = Agent::boot(product, udi, P256Verifier, storage, &mut memory, now)
        .expect("a device that boots");
    let what_if = install_on_agent(&mut agent, FILE.as_bytes(), InstallMode::DryRun, now);
    let by_agent = install_on_agent(&mut agent, FILE.as_bytes(), InstallMode::Apply, now);

    assert_eq!(by_agent, by_device);
    assert_eq!(by_agent.to_string(), by_device.to_string());
    assert_eq!(what_if, by_agent);
    let refused: Vec<_> = by_agent.refused().map(|(row, reason)| (row.number, reason)).collect();
    assert_eq!(refused, [(3, Reason::SignatureMismatch)]);
    // A second time every line is there already, and both say so.
    let (again, too) = (
        install_on_agent(&mut agent, FILE.as_bytes(), InstallMode::Apply, now),
        device.install_bytes(FILE.as_bytes()).expect("a report"),
    );
    assert_eq!(again, too);
    assert_eq!((again.tally.installed, again.tally.existing), (0, 2));
}
