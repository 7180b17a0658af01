//! A device with Linux: keeps its licenses in a directory, and does what its operator types.
//!
//!     product DIRECTORY [COMMAND...]
//!
//! With a command it carries that out and ends; without one it reads them from the standard input.
//! "help" lists them. DIRECTORY/state holds the licenses; DIRECTORY/licenses.lic says for people what is
//! installed. What happens goes to the standard error, as to a system log.
//!
//! Status: of the last command (0 it was done, 1 it was not, 2 it is none, 3 a file cannot be read or written, 4 the
//! licenses are for other devices); 2 wrong use, 3 the device does not start.

use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use nodelock::catalog::BuiltIn;
use nodelock::value::Date;
use nodelock::{Feature, Product, Rules};
use nodelock_std::{Command, Ending, Error, Events, Handle, Host, Role, Service, quote};

nodelock::catalog! {
    /// What this firmware can do.
    enum Licensed {
        IpServices = Feature::new("ipservices"),
        Voice = Feature::new("voice").counted(500),
        Security = Feature::new("security").eula("trial-2026").built_in(BuiltIn::days(60)),
    }
}

/// The vendor's public key is part of the program: who could replace it could write licenses.
/// This one is a TEST key; its secret is 32 times 0x11.
const VENDOR_KEY: &str = include_str!("../../examples/rust-product/keys/test.pub.pem");

/// The day of the build: no earlier date is true.
const BUILT: Date = match Date::parse(b"2026-11-22") {
    Ok(date) => date,
    Err(_) => panic!("YYYY-MM-DD"),
};

const PRODUCT: Product<'static> = Product {
    catalog: &Licensed::CATALOG,
    anchors: &[],
    rules: Rules { built: BUILT, ..Rules::DEFAULT },
};

const AGREEMENT: &str = "The trial is for trying. It ends after 60 days of use.\n";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(directory) = words.next().map(PathBuf::from) else {
        eprintln!("usage: product DIRECTORY [COMMAND...]");
        return ExitCode::from(2);
    };
    let command: Vec<String> = words.collect();
    let service = match start(&directory) {
        Ok(service) => service,
        Err(error) => {
            eprintln!("product: {error}");
            return ExitCode::from(3);
        }
    };
    let licenses = service.handle();
    let events = licenses.events();
    let log = thread::spawn(move || log_events(events));
    let status = if command.is_empty() {
        let mut status = 0;
        while let Some(line) = read_line() {
            if !line.is_empty() {
                status = carry_out(&licenses, &directory, &line);
            }
            report(&licenses);
        }
        status
    } else {
        let words: Vec<String> = command.iter().map(|word| quote(word)).collect();
        carry_out(&licenses, &directory, &words.join(" "))
    };
    let stopped = service.stop().inspect_err(|error| eprintln!("product: {error}"));
    // It ends with the service.
    let _ = log.join();
    ExitCode::from(if stopped.is_err() { Ending::Io as u8 } else { status })
}

fn start(directory: &Path) -> Result<Service, Error> {
    Service::builder(&PRODUCT)
        .trust_pem(VENDOR_KEY, Role::Production)
        // A real device reads it from where production has written it.
        .udi("ISR4331/K9:FDO1234ABCD")
        .state_dir(directory.join("state"))
        .start()
}

/// What a device sends to its log.
fn log_events(events: Events) {
    for notification in events {
        if notification.missed > 0 {
            eprintln!("% {} events were lost", notification.missed);
        }
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = notification.event.render(&Licensed::CATALOG, &mut text);
        eprintln!("% {text}");
    }
}

/// How it ended, as an exit status.
fn carry_out(licenses: &Handle, directory: &Path, line: &str) -> u8 {
    let command = match Command::parse(line) {
        Ok(command) => command,
        Err(error) => {
            eprint!("{error}");
            return Ending::Usage as u8;
        }
    };
    let outcome = licenses.run(&command, &mut Console);
    let kept = licenses.keep_license_file(directory.join("licenses.lic"));
    if let Err(error) = kept {
        eprintln!("product: {error}");
    }
    match outcome {
        Ok(outcome) => {
            print!("{}", outcome.text);
            outcome.ending as u8
        }
        Err(error) => {
            eprintln!("product: {error}");
            Ending::Io as u8
        }
    }
}

/// What the device does with its licenses: here it only says so.
fn report(licenses: &Handle) {
    let on = Licensed::ALL.iter().filter(|feature| licenses.granted(**feature));
    let names: Vec<String> = on.map(|feature| format!("{feature:?}")).collect();
    println!("running: {}", if names.is_empty() { "nothing".to_owned() } else { names.join(", ") });
}

/// The next line of the standard input.
fn read_line() -> Option<String> {
    let line = io::stdin().lock().lines().next()?.ok()?;
    Some(line.trim().to_owned())
}

struct Console;

impl Host for Console {
    fn eula_text(&mut self, name: &str) -> Option<String> {
        (name == "trial-2026").then(|| AGREEMENT.to_owned())
    }

    fn confirm(&mut self, text: &str, question: &str) -> bool {
        print!("{text}{question} [yes/no] ");
        let _ = io::stdout().flush();
        read_line().is_some_and(|answer| answer == "yes")
    }
}
