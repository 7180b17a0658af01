//! `nodelock man`

use std::path::PathBuf;

use clap::CommandFactory;
use nodelock_std::visible;
use serde::Serialize;

use crate::cli::Cli;
use crate::input::shown;
use crate::report::{Failure, Report, Status};

/// Write the manual pages, one for each command
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Directory for the pages; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Shape {
    pages: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let failed = |error: std::io::Error| Failure::io(shown(&args.out), &error);
    std::fs::create_dir_all(&args.out).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &args.out).map_err(failed)?;
    let mut pages: Vec<String> = std::fs::read_dir(&args.out)
        .map_err(failed)?
        .filter_map(|entry| Some(entry.ok()?.path().display().to_string()))
        .filter(|page| page.ends_with(".1"))
        .collect();
    pages.sort();
    let plain = pages.iter().map(|page| visible(page) + "\n").collect();
    Ok(Report::new(Status::Yes, plain, &Shape { pages }))
}
