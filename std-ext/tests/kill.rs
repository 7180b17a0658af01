//! A device whose process is killed again and again, without warning, while it writes: what was
//! acknowledged is there afterwards, and no used time is given back.
//!
//! The device is this test program once more, started as a child with the directory in its
//! environment. It prints every acknowledged fact on a line of its own.

#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use nodelock::catalog::Catalog;
use nodelock::record::LicenseTerms;
use nodelock::value::{Date, LineId, Period, UnixTime};
use nodelock::{Agent, AgentMemory, Feature, InstallMode, Now, P256Verifier, Product, Rules};
use nodelock_benches::{TestVendor, terms, udi};
use nodelock_std::FileStorage;

const DIRECTORY: &str = "NODELOCK_KILL_TEST_DIRECTORY";
const KILLS: u64 = 60;
const CATALOG: Catalog<'static> =
    nodelock::catalog!(&[Feature::new("trial"), Feature::new("other")]);

fn trial() -> LicenseTerms<'static> {
    LicenseTerms {
        license_type: nodelock::value::LicenseType::Evaluation,
        usage: Period::from_seconds(60 * 86_400),
        id: LineId([1; 10]),
        ..terms(b"trial", udi())
    }
}

/// Boots on the directory and hands the agent over.
fn with_device<R>(
    directory: &Path,
    then: impl FnOnce(&mut Agent<'_, (FileStorage, P256Verifier, nodelock::Udi<'static>)>) -> R,
) -> R {
    let anchors = [TestVendor::test_anchor()];
    let built = Date::parse(b"2026-11-22").unwrap();
    let product =
        Product { catalog: &CATALOG, anchors: &anchors, rules: Rules { built, ..Rules::DEFAULT } };
    let mut memory = AgentMemory::<4, 2, 2, 8>::new();
    let storage = FileStorage::open(directory).unwrap();
    let mut agent =
        Agent::boot(product, udi(), P256Verifier, storage, &mut memory, now(0)).unwrap();
    then(&mut agent)
}

fn now(uptime: u64) -> Now {
    Now { uptime, wall: Some(UnixTime(20_779 * 86_400 + uptime)) }
}

/// Runs in the child until it is killed: uses the trial, and writes comments in between.
fn live(directory: &Path) -> ! {
    with_device(directory, |agent| {
        let file = TestVendor::new().sign(&trial());
        agent.install(file.as_bytes(), InstallMode::Apply, now(0), |_| {});
        println!("installed");
        let id = CATALOG.find(b"trial").unwrap();
        agent.activate(id, now(0)).unwrap();
        for interval in 1.. {
            agent.tick(now(900 * interval));
            let charged = agent.lines().next().unwrap().meter().unwrap().charged();
            println!("charged {charged}");
            agent.comment(LineId([1; 10]), format!("{interval}").as_bytes()).unwrap();
            println!("comment {interval}");
        }
    });
    unreachable!("the loop has no end")
}

#[test]
fn what_was_acknowledged_outlives_kill_9() {
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        live(Path::new(&directory));
    }
    let place = tempfile::tempdir().unwrap();
    let mut charged = 0;
    let mut facts = 0_u64;
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "what_was_acknowledged_outlives_kill_9", "--nocapture"])
            .env(DIRECTORY, place.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        // Different moments, but never before the first acknowledgement of the first life.
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(40_000 + round * 977 % 7_000));
            child.kill().unwrap();
            child.wait().unwrap();
        });
        let (mut installed, mut comment) = (false, None);
        for line in said.lines() {
            // The last line may be cut.
            let Ok(line) = line else { break };
            let number = |name: &str| line.strip_prefix(name).and_then(|n| n.parse::<u64>().ok());
            installed |= line == "installed";
            charged = number("charged ").unwrap_or(charged).max(charged);
            comment = number("comment ").or(comment);
            facts += 1;
        }
        killer.join().unwrap();
        with_device(place.path(), |agent| {
            assert_eq!(agent.refused().count(), 0);
            let held = agent.lines().next();
            assert!(held.is_some() || !installed, "the line is gone");
            let Some(held) = held else { return };
            assert!(held.meter().unwrap().charged() >= charged, "time was given back");
            let mut buffer = [0; 255];
            let text = agent.read_comment(LineId([1; 10]), &mut buffer).unwrap();
            if let Some(comment) = comment {
                // The one acknowledged last, or the one that was being written.
                let found: u64 = std::str::from_utf8(text).unwrap().parse().unwrap();
                assert!(found == comment || found == comment + 1, "{found} for {comment}");
            }
        });
    }
    assert!(facts > KILLS, "the device was killed before it did anything: {facts}");
    println!("{KILLS} kills, {facts} acknowledged facts, {charged} seconds charged");
}
