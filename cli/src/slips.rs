//! Slips in what shall be signed, and in what was signed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use nodelock::TrustAnchor;
use nodelock::record::Record;
use nodelock::value::{Date, UnixTime};
use nodelock_authority::{Delegations, Error, Product, Signer, Slip, SlipCheck, SlipKind, Value};
use serde::Serialize;

use crate::input::{self, LicenseFile};
use crate::report::Failure;
use crate::simulate::MAX_CATALOG;

/// With what an order is compared, and what of it is meant.
#[derive(Debug, clap::Args)]
pub(crate) struct SlipArgs {
    #[command(flatten)]
    catalog: CatalogArg,
    /// Slips that are meant; each message about one says its name
    #[arg(long, value_name = "SLIP", value_delimiter = ',', value_parser = kinds(), hide_possible_values = true)]
    allow: Vec<SlipKind>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CatalogArg {
    /// Catalog of the product (TOML): its features, units, agreements, product ids and roots are compared, as far as it names them
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
}

fn kinds() -> impl TypedValueParser<Value = SlipKind> {
    let names = SlipKind::ALL.iter().map(|kind| kind.name());
    PossibleValuesParser::new(names).try_map(|name| SlipKind::read(&name))
}

impl CatalogArg {
    fn product(&self) -> Result<Option<Product>, Failure> {
        let Some(path) = &self.catalog else { return Ok(None) };
        let text = input::read_text(path, MAX_CATALOG)?;
        let product = Product::read(&text);
        product.map(Some).map_err(|error| {
            Failure::usage(format!("{}: {}", input::shown(path), Failure::from(error).text()))
        })
    }
}

impl SlipArgs {
    /// Looks with `look`, and gives the warnings.
    pub(crate) fn check(
        &self,
        look: impl FnOnce(&mut SlipCheck<'_>) -> Result<(), Error>,
    ) -> Result<Vec<Slip>, Failure> {
        let product = self.catalog.product()?;
        let mut check = SlipCheck::new(today()?, product.as_ref(), &self.allow);
        check.day_of_issue(day_of_issue()?, DAY_VARIABLE);
        look(&mut check)?;
        Ok(check.finish()?)
    }
}

/// What is told of a license file that is there already: nobody can take it back, so all of it is a
/// warning.
pub(crate) fn of_file(args: &CatalogArg, file: &LicenseFile) -> Result<Vec<Slip>, Failure> {
    let product = args.product()?;
    let mut check = SlipCheck::new(today()?, product.as_ref(), &ORDINARY);
    let mut ids = HashSet::new();
    for found in file.records() {
        match found.record {
            // The same line again counts once.
            Ok(Record::License(line)) if ids.insert(line.terms().id) => {
                check.line(line.terms(), "")
            }
            Ok(Record::License(_)) => {}
            Ok(Record::Repair(repair)) => check.repair(repair.terms()),
            Ok(_) | Err(_) => {}
        }
    }
    match check.finish() {
        Ok(slips) | Err(Error::Slips(slips)) => Ok(slips),
        Err(error) => Err(error.into()),
    }
}

/// Nothing odd about a file that has been there for long, or was made on purpose.
const ORDINARY: [SlipKind; 6] = [
    SlipKind::OldIssue,
    SlipKind::OddStart,
    SlipKind::Ended,
    SlipKind::EveryDevice,
    SlipKind::NoAgreement,
    SlipKind::OddId,
];

/// A warning in machine-readable output.
#[derive(Serialize)]
pub(crate) struct WarningJson {
    name: &'static str,
    text: String,
}

impl From<&Slip> for WarningJson {
    fn from(slip: &Slip) -> Self {
        Self { name: slip.kind.name(), text: text(slip) }
    }
}

/// Without how to allow it.
pub(crate) fn text(slip: &Slip) -> String {
    let warning = Slip { severity: nodelock_authority::Severity::Warning, ..slip.clone() };
    warning.to_string()
}

/// For results that come out the same each time.
const DAY_VARIABLE: &str = "SOURCE_DATE_EPOCH";

/// The day on which records are issued that say none: that of `SOURCE_DATE_EPOCH`, if it is set, else today.
pub(crate) fn day_of_issue() -> Result<Date, Failure> {
    match std::env::var_os(DAY_VARIABLE) {
        Some(seconds) => day_in(DAY_VARIABLE, &seconds),
        None => today(),
    }
}

/// The day it is, UTC.
fn today() -> Result<Date, Failure> {
    // The tests have a day of their own; a command that is delivered has none but the system's.
    #[cfg(debug_assertions)]
    if let Some(seconds) = std::env::var_os(TEST_DAY_VARIABLE) {
        return day_in(TEST_DAY_VARIABLE, &seconds);
    }
    Ok(nodelock_authority::today()?)
}

/// The time it is.
pub(crate) fn time_of_day() -> Result<UnixTime, Failure> {
    #[cfg(debug_assertions)]
    if let Some(seconds) = std::env::var_os(TEST_DAY_VARIABLE) {
        return day_in(TEST_DAY_VARIABLE, &seconds).map(UnixTime::start_of);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let before = |_| Failure::unavailable("the system's clock is before 1970");
    now.map(|now| UnixTime(now.as_secs())).map_err(before)
}

#[cfg(debug_assertions)]
const TEST_DAY_VARIABLE: &str = "NODELOCK_TEST_CLOCK";

fn day_in(variable: &str, seconds: &std::ffi::OsStr) -> Result<Date, Failure> {
    let number = seconds.to_str().and_then(|text| text.parse().ok());
    let day = number.and_then(Date::from_unix_seconds);
    day.ok_or_else(|| Failure::usage(format!("{variable} is no number of seconds since 1970")))
}

/// Looked at in one directory.
const MAX_FILES: usize = 256;
/// A file with `KEY` records is small.
const MAX_DELEGATION: u64 = 64 * 1024;

/// The public keys in some directories and in this one.
pub(crate) fn public_keys_beside(directories: &[Option<&Path>]) -> Vec<TrustAnchor> {
    let here = Path::new(".");
    let mut keys = Vec::new();
    let directories = directories.iter().flatten().copied().chain([here]);
    for directory in directories.map(|path| if path.as_os_str().is_empty() { here } else { path }) {
        let Ok(entries) = std::fs::read_dir(directory) else { continue };
        for path in entries.take(MAX_FILES).flatten().map(|entry| entry.path()) {
            let small = path.metadata().is_ok_and(|it| it.is_file() && it.len() <= MAX_DELEGATION);
            if !small || path.extension().is_none_or(|ending| ending != "pem") {
                continue;
            }
            let text = nodelock_authority::read_key_text(&path).ok();
            let found = text.and_then(|text| nodelock_authority::all_in_pem(&text).ok());
            // The role says nothing about a signature.
            let anchors = found.into_iter().flatten().map(|key| {
                TrustAnchor::new(key.key, key.role.unwrap_or(nodelock::Role::Production))
            });
            keys.extend(anchors);
        }
    }
    keys
}

/// A file beside the key, or in this directory, that delegates to it.
pub(crate) fn delegation_of(signer: &dyn Signer, key: Option<&Path>) -> Option<String> {
    let anchor = signer.anchor();
    let beside = key.filter(|path| !input::is_stdin(path)).and_then(Path::parent);
    let here = Path::new(".");
    let directories =
        [beside.map(|path| if path.as_os_str().is_empty() { here } else { path }), Some(here)];
    for directory in directories.into_iter().flatten() {
        let Ok(entries) = std::fs::read_dir(directory) else { continue };
        let mut paths: Vec<PathBuf> =
            entries.take(MAX_FILES).flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let small = path.metadata().is_ok_and(|it| it.is_file() && it.len() <= MAX_DELEGATION);
            if !small || path.extension().is_some_and(|ending| ending == "pem") {
                continue;
            }
            let Some(file) = LicenseFile::glance(&path) else { continue };
            let delegates = Delegations::read(file.bytes())
                .is_ok_and(|delegations| delegations.of(&anchor).next().is_some());
            if delegates {
                return Some(file.name.strip_prefix("./").unwrap_or(&file.name).to_owned());
            }
        }
    }
    None
}
