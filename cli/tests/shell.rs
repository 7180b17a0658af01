//! The device's shell at a terminal: keys, completion, pastes.

#![cfg(target_os = "linux")]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{nodelock, vectors};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Somebody at a terminal.
struct Person {
    shell: Child,
    keyboard: File,
    screen: Arc<Mutex<Vec<u8>>>,
    /// What was read of the screen already.
    seen: usize,
}

impl Person {
    fn at(directory: &Path) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let open = || {
            let flags = OFlags::RDWR | OFlags::NOCTTY;
            File::from(rustix::fs::open(&name, flags, Mode::empty()).unwrap())
        };
        let shell = Command::new(env!("CARGO_BIN_EXE_nodelock"))
            .args(["device", "shell", "--dir", directory.to_str().unwrap()])
            .current_dir(vectors())
            .env("TERM", "xterm")
            .stdin(open())
            .stdout(open())
            .stderr(open())
            .spawn()
            .unwrap();
        let keyboard = File::from(master);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut from, to) = (keyboard.try_clone().unwrap(), screen.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // It fails when nobody has the other side open any more.
            while let Ok(len @ 1..) = from.read(&mut buffer) {
                to.lock().unwrap().extend_from_slice(&buffer[..len]);
            }
        });
        let mut person = Self { shell, keyboard, screen, seen: 0 };
        person.sees("device# ");
        person
    }

    fn types(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for a text; all that came up to it.
    fn sees(&mut self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen.lock().unwrap().clone();
            let new = String::from_utf8_lossy(&screen[self.seen..]).into_owned();
            if let Some(at) = new.find(text) {
                self.seen += at + text.len();
                return new[..at + text.len()].to_owned();
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{text:?} does not come: {new:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn leaves(mut self) {
        self.types("\u{4}");
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.shell.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "the shell does not end");
            std::thread::sleep(Duration::from_millis(10));
        };
        assert!(status.success(), "{status}");
    }
}

fn device(directory: &Path) {
    let args = "device init --udi R1:SN1 --catalog ../examples/catalog.toml \
                --trust keys/root.pub.pem --at 2026-11-22";
    nodelock(args.split_whitespace().chain(["--dir", directory.to_str().unwrap()])).ok();
}

#[test]
fn keys_do_what_operators_expect() {
    let home = tempfile::tempdir().unwrap();
    let unit = home.path().join("unit");
    device(&unit);
    let mut person = Person::at(&unit);
    // Ctrl-C drops the line and stays; a slip does not end it either.
    person.types("license ins\u{3}");
    person.sees("device# ");
    person.types("license sho\r");
    person.sees("is not known here");
    person.sees("device# ");
    // Tab completes what is clear, and lists what is not.
    person.types("sh lic e\t");
    person.sees("evaluation");
    person.sees("expiring");
    person.types("\u{3}");
    person.sees("\u{1b}[?2004h");
    person.sees("device# ");
    person.types("exp\tvoi\t\r");
    person.sees("voice: denied");
    person.sees("device# ");
    // The arrow brings the line back.
    person.types("\u{1b}[A\r");
    person.sees("voice: denied");
    person.sees("device# ");
    // What can follow is listed, and the line stands there again.
    person.types("show lic ?\r");
    person.sees("in-use");
    person.sees("device# ");
    person.types("udi\r");
    person.sees("R1:SN1");
    person.sees("device# ");
    person.leaves();
}

#[test]
fn a_license_can_be_pasted() {
    let home = tempfile::tempdir().unwrap();
    let (unit, file) = (home.path().join("unit"), home.path().join("my vpn.lic"));
    device(&unit);
    let args = "issue --key keys/root.key.pem --udi R1:SN1 --feature vpn --issued 2026-11-22 -o";
    nodelock(args.split(' ').chain([file.to_str().unwrap()])).ok();
    let line = std::fs::read_to_string(&file).unwrap();
    let mut person = Person::at(&unit);
    // As terminals send it: as a whole, between two marks, and not yet entered.
    person.types(&format!("\u{1b}[200~{}\u{1b}[201~\r", line.trim_end().replace(' ', "\n")));
    person.sees("> ");
    person.types("\r");
    person.sees("1/1 installed");
    person.sees("device# ");
    person.types("license install terminal\r");
    person.sees("> ");
    person.types(&format!("Dear customer,\r{}\rend\r", line.trim_end()));
    person.sees("1/1 existing");
    person.sees("device# ");
    // Dropped, and back at the prompt.
    person.types("license install terminal\r");
    person.sees("> ");
    person.types("LICENSE\u{3}");
    person.sees("device# ");
    person.types(&format!("license install '{}'\r", file.to_str().unwrap()));
    person.sees("1/1 existing");
    person.sees("device# ");
    person.leaves();
}
