//! `nodelock convert`

use std::path::PathBuf;

use nodelock::record::Record;
use nodelock_authority::Issued;

use crate::commands::issue::deliver;
use crate::input::{Form, LicenseFile};
use crate::output::OutArgs;
use crate::report::{Failure, Report};

/// Convert a license file to another form; what is signed stays the same
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// License file, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Form of the output
    #[arg(long, value_name = "FORM")]
    to: Form,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let file = LicenseFile::read(&args.file)?;
    let records: Vec<Record<'_>> = file.whole_records()?.into_iter().map(|(_, r)| r).collect();
    let issued: Vec<Issued> = records.iter().map(Issued::from_record).collect::<Result<_, _>>()?;
    let note = (file.form == Form::Text && has_comments(file.bytes()))
        .then(|| "the comments of the file are left out".to_owned());
    Ok(deliver(&issued, args.to, &args.out)?.note(file.note()).note(note))
}

/// In a file whose records are all whole, `#` after white space begins a comment.
fn has_comments(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    text.split(u8::is_ascii_whitespace).any(|token| token.starts_with(b"#"))
}
