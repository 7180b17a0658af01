//! `nodelock completions`

use clap::CommandFactory;
use clap_complete::Shell;
use serde::Serialize;

use crate::cli::Cli;
use crate::report::{Failure, Report};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    shell: Shell,
}

#[derive(Serialize)]
struct Shape {
    shell: String,
    script: String,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "nodelock", &mut script);
    let shape = Shape {
        shell: args.shell.to_string(),
        script: String::from_utf8_lossy(&script).into_owned(),
    };
    Ok(Report::exact(script, &shape))
}
