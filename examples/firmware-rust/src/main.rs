//! A device with a serial line, all in Rust: the same product, with the same console, as
//! `examples/firmware-console` in C.

#![no_std]
#![no_main]

mod board;
mod tables;

use core::fmt::Write;

use nodelock::catalog::Catalog;
use nodelock::rights::{Tally, Verdict};
use nodelock::store::flash::FlashStorage;
use nodelock::{
    Agent, AgentMemory, Feature, FeatureHandle, InstallMode, KeyId, Now, PinnedVerifier, Product,
    PublicKey, Reason, Role, Rules, TrustAnchor, Udi,
};
use panic_halt as _;

use board::{Chip, Serial, power_off};

const CATALOG: Catalog<'static> = nodelock::catalog!(&[
    Feature::new("tunnel").eula("trial-terms"),
    Feature::new("voice").counted(100),
]);
const TERMS: &[u8] = b"This trial comes as it is.";
type Device<'a> = Agent<'a, (FlashStorage<Chip>, PinnedVerifier<'static>, Udi<'static>)>;

#[cortex_m_rt::entry]
fn main() -> ! {
    let mut serial = Serial::start();
    say(&mut serial, format_args!("nodelock on mps2-an386 (Cortex-M4), in Rust\n"));
    let result = run(&mut serial);
    if let Err(reason) = result {
        say(&mut serial, format_args!("boot: {reason}\n"));
    }
    power_off(usize::from(result.is_err()))
}

fn run(serial: &mut Serial) -> Result<(), Reason> {
    let mut memory = AgentMemory::<3, 2, 4, 4>::new();
    let mut input = [0; 640];
    // A TEST key, the one with tables.
    let key = PublicKey::from_xy(tables::VERIFIER.keys[0].xy);
    let vendor = TrustAnchor { id: KeyId([0x76, 0x80, 0x5a, 0x63]), key, role: Role::Production };
    let anchors = [vendor];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: Rules::DEFAULT };
    let udi = Udi::parse(b"ISR4331/K9:FDO1234ABCD")?;
    let storage = FlashStorage::mount(Chip::open()?)?;
    let mut now = Now::uptime(0);
    let mut agent = Agent::boot(product, udi, tables::VERIFIER, storage, &mut memory, now)?;
    say(serial, format_args!("boot: done\n"));
    loop {
        while let Some(event) = agent.poll_event() {
            let name =
                event.feature.and_then(|id| CATALOG.feature(id)).map(|feature| feature.name());
            let (of, name) =
                if name.is_some() { (" of ", name.unwrap_or_default()) } else { ("", "") };
            say(serial, format_args!("  event {}{of}{name}\n", event.kind as u8));
        }
        say(serial, format_args!("> "));
        let len = read_line(serial, &mut input);
        let line = core::str::from_utf8(input.get(..len).unwrap_or_default()).unwrap_or_default();
        say(serial, format_args!("{line}\n"));
        if line.starts_with("LICENSE 1 ") || line.starts_with("KEY 1 ") {
            let len = read_lines(serial, &mut input, len);
            install(serial, &mut agent, input.get(..len).unwrap_or_default(), now);
            continue;
        }
        let mut words = line.split(' ');
        let (typed, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let command = in_full(typed);
        let number = |word: &str| word.parse().unwrap_or(0);
        match command {
            "off" => return Ok(()),
            "install" => {
                let len = read_lines(serial, &mut input, 0);
                install(serial, &mut agent, input.get(..len).unwrap_or_default(), now);
            }
            "help" => say(
                serial,
                format_args!(
                    "install, check FEATURE, accept FEATURE, use FEATURE UNITS, sleep SECONDS, off\n"
                ),
            ),
            "sleep" => now = pass_time(serial, &mut agent, now, number(name)),
            _ => match CATALOG.find(name.as_bytes()) {
                Some(id) => {
                    let units = number(words.next().unwrap_or_default());
                    with_feature(serial, &mut agent, command, id, units, now);
                }
                None => say(serial, format_args!("no such feature\n")),
            },
        }
    }
}

/// The command in full, as consoles do: small and capital letters are the same, and the beginning of a word is
/// enough. `help` for what is none. No two begin with the same letter.
fn in_full(typed: &str) -> &'static str {
    let begins = |word: &&&str| {
        let beginning = word.get(..typed.len()).unwrap_or_default();
        !typed.is_empty() && beginning.eq_ignore_ascii_case(typed)
    };
    ["install", "check", "accept", "use", "sleep", "off"].iter().find(begins).unwrap_or(&"help")
}

fn install(serial: &mut Serial, agent: &mut Device<'_>, lines: &[u8], now: Now) {
    let (mut tally, mut first) = (Tally::default(), None);
    agent.install(lines, InstallMode::Apply, now, |taken| {
        tally.count(taken.result);
        first = first.or(taken.result.err().filter(|reason| Tally::is_refusal(*reason)));
    });
    say(serial, format_args!("{} installed, {} refused", tally.installed, tally.refused));
    if tally.for_others > 0 {
        say(serial, format_args!(", {} for other devices", tally.for_others));
    }
    say(serial, format_args!("\n"));
    if let Some(reason) = first {
        say(serial, format_args!("{reason}\n"));
    }
}

/// From deadline to deadline, as a product does.
fn pass_time(serial: &mut Serial, agent: &mut Device<'_>, now: Now, seconds: u64) -> Now {
    let end = now.uptime + seconds;
    let mut at = now.uptime;
    while at < end {
        at = agent.next_deadline().filter(|&next| next > at && next < end).unwrap_or(end);
        agent.tick(Now::uptime(at));
    }
    say(serial, format_args!("it is {at} s since power-on\n"));
    Now::uptime(at)
}

fn with_feature(
    serial: &mut Serial,
    agent: &mut Device<'_>,
    command: &str,
    id: FeatureHandle,
    units: u64,
    now: Now,
) {
    let done = match command {
        "check" => match agent.check(id, now.uptime) {
            Verdict::Granted(_) => return say(serial, format_args!("granted\n")),
            Verdict::Denied(denial) => {
                return say(serial, format_args!("denied: {}\n", denial.reason));
            }
        },
        "accept" => agent.accept_eula(id, TERMS, now),
        "use" => agent.acquire(id, units, 1, now).map(drop).map_err(|denial| denial.reason),
        _ => return,
    };
    match done {
        Ok(()) => say(serial, format_args!("done\n")),
        Err(reason) => say(serial, format_args!("{reason}\n")),
    }
}

/// A line without its end; its length. What does not fit is lost.
fn read_line(serial: &mut Serial, to: &mut [u8]) -> usize {
    let mut len = 0;
    loop {
        match serial.get() {
            b'\n' => return len,
            b'\r' => {}
            byte => {
                if let Some(room) = to.get_mut(len) {
                    *room = byte;
                    len += 1;
                }
            }
        }
    }
}

/// License lines up to an empty line; of the first one, so many bytes are in memory already.
fn read_lines(serial: &mut Serial, to: &mut [u8], mut len: usize) -> usize {
    if let Some(end) = to.get_mut(len).filter(|_| len > 0) {
        *end = b'\n';
        len += 1;
    }
    loop {
        let line = read_line(serial, to.get_mut(len..).unwrap_or_default());
        if line == 0 {
            return len;
        }
        len += line;
        if let Some(end) = to.get_mut(len) {
            *end = b'\n';
            len += 1;
        }
    }
}

/// The serial line takes everything.
fn say(serial: &mut Serial, text: core::fmt::Arguments<'_>) {
    let _ = serial.write_fmt(text);
}
