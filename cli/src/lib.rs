#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod cli;
mod commands;
mod encode;
mod input;
mod keys;
mod output;
mod passphrase;
mod report;
mod simulate;
mod slips;
mod style;
mod values;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use nodelock_std::visible_path;

use crate::report::{Failure, Report, Status};

/// Runs the command with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let result = commands::run(cli.command, cli.json);
    let status = match result {
        Ok(report) => deliver(&report, cli.json),
        Err(failure) => complain(&failure, cli.json),
    };
    ExitCode::from(status as u8)
}

/// Help and versions, or that the arguments cannot be understood.
fn refuse(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let ours = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if ours {
        // Whoever reads has seen enough.
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    // Here arguments are quoted. Once more without colours, so that every escape code is from them.
    let plain = cli::Cli::command().styles(clap::builder::Styles::plain());
    let text = match plain.try_get_matches_from(std::env::args_os()) {
        Err(error) => error.render().ansi().to_string(),
        Ok(_) => error.render().to_string(),
    };
    let text = std::env::args_os().fold(text, |text, argument| spell_out(text, &argument));
    let text = match text.strip_prefix("error:") {
        Some(rest) => style::bad("error:") + rest,
        None => text,
    };
    let _ = anstream::stderr().write_all(style::terminal(&text).as_bytes());
    ExitCode::from(Status::Usage as u8)
}

/// Puts a quoted argument, or what stands in it behind a `=`, on one line.
fn spell_out(text: String, argument: &std::ffi::OsStr) -> String {
    let (quoted, shown) = (argument.to_string_lossy(), visible_path(argument.as_ref()));
    if *quoted == shown {
        return text;
    }
    let value = |whole: &str| whole.split_once('=').map(|(_, value)| value.to_owned());
    let text = text.replace(&*quoted, &shown);
    match (value(&quoted), value(&shown)) {
        (Some(quoted), Some(shown)) if !quoted.is_empty() => text.replace(&quoted, &shown),
        _ => text,
    }
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
