//! `nodelock signed-bytes`

use std::path::PathBuf;

use data_encoding::HEXLOWER;
use nodelock::bytes::Sink;
use serde::Serialize;

use crate::input::LicenseFile;
use crate::report::{Failure, Report};

/// Print the exact bytes that a record's signature covers, to check it with another tool
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// License file, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which record, counted from 1; must be given if there are several
    #[arg(long, value_name = "N")]
    record: Option<usize>,
}

#[derive(Serialize)]
struct Shape {
    signed_bytes: String,
    length: usize,
    sha256: String,
    signer: String,
    /// r and s.
    signature: String,
}

struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let file = LicenseFile::read(&args.file)?;
    let record = file.record(args.record)?;
    let mut bytes = Bytes(Vec::new());
    record.message().write(&mut bytes);
    let shape = Shape {
        signed_bytes: String::from_utf8_lossy(&bytes.0).into_owned(),
        length: bytes.0.len(),
        sha256: HEXLOWER.encode(&nodelock::crypto::sha256(&record.message())),
        signer: record.signer().to_string(),
        signature: HEXLOWER.encode(record.signature().as_bytes()),
    };
    Ok(Report::exact(bytes.0, &shape).note(file.note()))
}
