//! The other end: prints the log of the device, and the events that came over its wire.
//!
//!     nodelock-firmware-embassy-host FIRMWARE.ELF LOG EVENTS

#[path = "../../src/catalog.rs"]
#[allow(dead_code)]
mod catalog;

use std::fs;

use anyhow::{Context, Result, bail};
use catalog::Licensed;
use defmt_decoder::{DecodeError, Table};
use nodelock::Event;

fn main() -> Result<()> {
    let [_, firmware, log, events] = &std::env::args().collect::<Vec<_>>()[..] else {
        bail!("the firmware, its log, and what came over its wire");
    };
    print_log(&fs::read(firmware)?, &fs::read(log)?)?;
    print_events(&mut fs::read(events)?)
}

fn print_log(firmware: &[u8], log: &[u8]) -> Result<()> {
    let table = Table::parse(firmware)?.context("a firmware without a log")?;
    let mut decoder = table.new_stream_decoder();
    decoder.received(log);
    loop {
        match decoder.decode() {
            Ok(frame) => {
                let level = frame.level().map_or("", |level| level.as_str());
                let time = frame.display_timestamp().context("a log without times")?;
                println!("{time} {level}: {}", frame.display_message());
            }
            Err(DecodeError::UnexpectedEof) => return Ok(()),
            Err(DecodeError::Malformed) => bail!("a damaged frame in the log"),
        }
    }
}

fn print_events(mut rest: &mut [u8]) -> Result<()> {
    while !rest.is_empty() {
        let (event, behind) = postcard::take_from_bytes_cobs::<Event>(rest)?;
        let mut text = String::new();
        event.render(&Licensed::CATALOG, &mut text)?;
        println!("{} {text}", event.uptime);
        rest = behind;
    }
    Ok(())
}
