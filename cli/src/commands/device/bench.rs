//! What the owner of a simulated device does to it from outside: `device off`, `device clock` and
//! `device fault`.

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use super::{Outside, Time, parse_time_arg};
use crate::report::{Failure, Report, Status};
use crate::simulate::{Change, Effect, Rule, Session, Worn};
use crate::values::{parse_advance, shown_time};

/// Switch the device off; the next command boots it
///
/// What it had only in memory is lost, e.g. which features are activated for this boot.
#[derive(Debug, clap::Args)]
pub(super) struct Off {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
}

/// Show the wall clock, and set it while the device is off
///
/// A clock may run on in standby, stop without its battery, or be set by whoever holds the device.
/// The device sees the new time at its next boot.
#[derive(Debug, clap::Args)]
pub(super) struct Clock {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
    /// Set it to a time, or to none
    #[arg(long, value_name = "TIME", value_parser = parse_time_arg)]
    at: Option<Time>,
    /// Let this much time pass while the device is off, e.g. 3d2h
    #[arg(long, value_name = "DURATION", value_parser = parse_advance, default_value = "0s")]
    advance: u64,
}

/// Make the device's storage fail, flip bits in it, or end these faults
#[derive(Debug, clap::Args)]
pub(super) struct Fault {
    #[command(subcommand)]
    what: FaultKind,
}

#[derive(Debug, Subcommand)]
enum FaultKind {
    Storage(Storage),
    Flash(Flash),
    Bit(Bit),
    Show(Show),
}

/// Make writes to the storage fail
///
/// The agent is told that the storage failed. The rule stays through reboots until --off.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("rule").required(true)))]
struct Storage {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
    /// Every N-th write fails
    #[arg(long, value_name = "N", group = "rule", value_parser = clap::value_parser!(u64).range(1..))]
    fail_every: Option<u64>,
    /// One write in N fails, by chance; the same ones when the history is repeated
    #[arg(long, value_name = "N", group = "rule", value_parser = clap::value_parser!(u64).range(1..))]
    fail_one_in: Option<u64>,
    /// N writes work, and all later ones fail
    #[arg(long, value_name = "N", group = "rule")]
    fail_after: Option<u64>,
    /// Every write fails
    #[arg(long, group = "rule")]
    read_only: bool,
    /// Everything works again, and no bit is stuck
    #[arg(long, group = "rule")]
    off: bool,
    /// When a write fails: before or after it takes effect
    #[arg(long, default_value = "before", conflicts_with = "off")]
    effect: Effect,
}

/// Keep what the device stores in raw flash that is worn or fails
///
/// The values are kept in a log of 16 pages of 4 KiB, as on a device with raw NOR flash (SPEC, section 16).
/// What cannot be written at one place of the log is written at another; only where that fails, too, is the
/// agent told that the storage failed. The flash stays so through reboots until --off.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("how").required(true).multiple(true)))]
struct Flash {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
    /// Some bits are stuck, some words are dead, and some cannot be written
    #[arg(long, group = "how")]
    worn: bool,
    /// One write or erase of the flash in N fails: before its effect, half-way or after it
    #[arg(long, value_name = "N", group = "how", value_parser = clap::value_parser!(u64).range(1..))]
    fail_one_in: Option<u64>,
    /// Chooses the bad places and the calls that fail
    #[arg(long, value_name = "N", default_value = "1", conflicts_with = "off")]
    seed: u64,
    /// Everything works again, and no bit is stuck
    #[arg(long, group = "how", conflicts_with_all = ["worn", "fail_one_in"])]
    off: bool,
}

/// Flip one bit of a stored value, as worn flash does
#[derive(Debug, clap::Args)]
struct Bit {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
    /// Key of the value, e.g. 0x0100 (SPEC, section 13)
    #[arg(long, value_parser = key)]
    key: u16,
    /// Number of the bit, from 0
    #[arg(long, value_name = "N")]
    bit: usize,
    /// The bit keeps its new value, whatever is written
    #[arg(long)]
    stuck: bool,
}

/// Show what is wrong with the device
#[derive(Debug, clap::Args)]
struct Show {
    /// Directory of the device
    #[arg(long)]
    dir: PathBuf,
}

fn key(text: &str) -> Result<u16, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "write for example 0x0100".to_owned())
}

#[derive(Serialize)]
struct ClockShape {
    on: bool,
    /// Seconds since 1970.
    wall: Option<u64>,
}

pub(super) fn off(args: &Off) -> Result<Report, Failure> {
    let mut session = Session::look(&args.dir)?;
    session.switch_off()?;
    show_clock(&session)
}

pub(super) fn clock(args: &Clock) -> Result<Report, Failure> {
    let mut session = Session::look(&args.dir)?;
    if args.at.is_some() || args.advance > 0 {
        if session.is_on() {
            return Err(Failure::no(
                "the device is on; switch it off with nodelock device off, or give --at and \
                 --advance to device run",
            ));
        }
        session.set_clock(args.at.map(|Time(wall)| wall), args.advance)?;
    }
    show_clock(&session)
}

fn show_clock(session: &Session) -> Result<Report, Failure> {
    let (on, wall) = (session.is_on(), session.wall_now());
    let state = if on { "on" } else { "off" };
    let plain = format!("device: {state}\nwall clock: {}\n", shown_time(wall));
    Ok(Report::new(Status::Yes, plain, &ClockShape { on, wall }))
}

pub(super) fn fault(args: &Fault) -> Result<Report, Failure> {
    let (dir, change) = match &args.what {
        FaultKind::Show(show) => (&show.dir, None),
        FaultKind::Bit(Bit { dir, key, bit, stuck }) => {
            (dir, Some(Change::Bit { key: *key, bit: *bit, stuck: *stuck }))
        }
        FaultKind::Flash(flash) => {
            let one_in = flash.fail_one_in.unwrap_or(0);
            let worn = Worn { spots: flash.worn, one_in, seed: flash.seed, done: 0 };
            (&flash.dir, Some(if flash.off { Change::Off } else { Change::Flash(worn) }))
        }
        FaultKind::Storage(storage) => {
            let every = storage.fail_every.map(Rule::FailEvery);
            let rule = every
                .or(storage.fail_one_in.map(Rule::FailOneIn))
                .or(storage.fail_after.map(Rule::FailAfter))
                .or(storage.read_only.then_some(Rule::ReadOnly));
            let change = rule.map_or(Change::Off, |rule| Change::Writes(rule, storage.effect));
            (&storage.dir, Some(change))
        }
    };
    let mut session = Session::look(dir)?;
    if let Some(change) = change {
        session.change_faults(change, &mut Outside { yes: false, pasted: None })?;
    }
    let flipped = match change {
        Some(Change::Bit { key, bit, .. }) => {
            format!("flipped: bit {bit} of the value 0x{key:04x}\n")
        }
        _ => String::new(),
    };
    let faults = session.faults_now();
    Ok(Report::new(Status::Yes, format!("{flipped}{faults}"), &faults.shape()))
}
