#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod args;
mod commands;
mod device;
mod device_shell;
mod encode;
mod input;
mod keys;
mod output;
mod report;
mod style;
mod summary;

use std::process::ExitCode;

use clap::Parser;

use crate::report::{Failure, Report, Status};

/// Runs the command with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let result = commands::run(cli.command, cli.json);
    let status = match result {
        Ok(report) => deliver(&report, cli.json),
        Err(failure) => complain(&failure, cli.json),
    };
    ExitCode::from(status as u8)
}

fn deliver(report: &Report, json: bool) -> Status {
    match report.print(json) {
        Ok(()) => report.status,
        // Whoever reads has seen enough; that is not a failure of what was asked.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => report.status,
        Err(error) => complain(&Failure::io("standard output", &error), json),
    }
}

fn complain(failure: &Failure, json: bool) -> Status {
    failure.print(json);
    failure.status
}
