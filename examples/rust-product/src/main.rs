//! A simulated router that starts the features it is licensed for, and says why others stay off.

use std::error::Error;
use std::process::ExitCode;

use nodelock_std::{Device, Role};

/// The vendor's public key is part of the program: who could replace it could write licenses.
/// This one is a TEST key; its secret is 32 times 0x11.
const VENDOR_KEY: &str = include_str!("../keys/test.pub.pem");

/// What the router can do: a name for people, what it asks nodelock for, and how many units.
const FEATURES: [(&str, &str, u64); 4] = [
    ("Routing engine 2.0", "routing:2.0", 1),
    ("VPN with 10 tunnels", "vpn-tunnels", 10),
    ("Firewall", "firewall:1.0", 1),
    ("Voice gateway", "voice", 1),
];

const USAGE: &str = "usage: router LICENSE_FILE [PID:SN]   (or the UDI in ROUTER_UDI)";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    // A real device reads its UDI from where the factory has written it.
    let (file, udi) = (args.next(), args.next().or_else(|| std::env::var("ROUTER_UDI").ok()));
    let (Some(file), Some(udi), None) = (file, udi, args.next()) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match boot(&file, &udi) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("router: {error}");
            ExitCode::from(3)
        }
    }
}

fn boot(file: &str, udi: &str) -> Result<(), Box<dyn Error>> {
    let mut device = Device::builder().trust_pem(VENDOR_KEY, Role::Production).udi(udi).build()?;
    println!("Router {udi}");
    print!("Licenses: {}", device.install_file(file)?);
    for (name, feature, units) in FEATURES {
        match device.require_units(feature, units) {
            Ok(grant) => println!("[on ] {name} (line {})", grant.id),
            Err(denied) => println!("[off] {name}: {denied}"),
        }
    }
    Ok(())
}
