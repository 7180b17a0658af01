//! `nodelock issue`

mod directory;
mod journal;
mod line;
mod progress;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{StringValueParser, TypedValueParser};
use nodelock_authority::{
    Batch, Delegations, Ids, Issued, Label, LicenseSpec, OrderForm, RecordView, Signer, Slip,
    Value, read_order, read_order_as,
};
use serde::Serialize;

use crate::encode;
use crate::input::{self, Form};
use crate::keys::SignArgs;
use crate::output::OutArgs;
use crate::report::{Failure, Report, Status};
use crate::slips::{self, SlipArgs, WarningJson};

use journal::Journal;
use line::LineArgs;
use progress::Progress;

/// Issue license lines, from flags or from an order file
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["feature", "order"])))]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    sign: SignArgs,
    /// Order file: TOML with defaults at the top and one [[license]] for each entry, or CSV with a row of names
    #[arg(long, value_name = "FILE")]
    order: Option<PathBuf>,
    #[command(flatten)]
    line: LineArgs,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    slips: SlipArgs,
    /// Number of the order: lines get ids that are made from it, the same ones each time; needs their day of issue
    #[arg(long, value_name = "REF", value_parser = StringValueParser::new().try_map(|text| Label::read(&text)))]
    order_id: Option<Label>,
    /// Directory for one file for each device and an index; it is made, or must be empty
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    out_dir: Option<PathBuf>,
    /// Go on where a signer failed, without signing anything twice
    #[arg(long)]
    resume: bool,
    /// Lines that are signed at the same time [default: one for each processor; 1 with --sign-with]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// No progress on the terminal
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    out: OutArgs,
}

const AFTER_HELP: &str = r#"Examples:
  nodelock issue --key K.key.pem --udi R1:SN1 --feature voice:2.0 --count 16
  nodelock issue --key K.key.pem --udi R1:SN1 --feature voice --usage 60d \
      --type evaluation --eula voice-2026 -o trial.lic
  nodelock issue --key K.key.pem --order devices.csv \
      --catalog catalog.toml --out-dir licenses

Keys of an order: udi, feature, type, count, usage, start, end, id, issued, additive, expiry, eula, pak; extension fields are extra = { x-key = "..." } in TOML and columns x-key in CSV. A cell may hold several devices or features with blanks between.

  In CSV                                   In TOML
  udi,feature,type,count,end               [[license]]
  R1:SN1,voice:2.0,,16,                    udi = ["R1:SN1", "R1:SN2"]
  R1:SN2,cloud,subscription,,2027-12-31    feature = "voice:2.0"
                                           count = 16"#;

pub(crate) fn run(args: Args, json: bool) -> Result<Report, Failure> {
    // The order first: a mistake in it needs no key.
    let issued = args.line.issued;
    let mut specs = match &args.order {
        Some(path) => order(path)?,
        None => vec![args.line.spec()?],
    };
    for spec in &mut specs {
        spec.issued = spec.issued.or(issued);
    }
    if args.order_id.is_some() && specs.iter().any(|spec| spec.issued.is_none()) {
        return Err(Failure::usage(
            "--order-id makes the same lines on another day too: give their day of issue, with --issued or \
             as issued in the order",
        ));
    }
    let work = Work {
        specs,
        sign: args.sign,
        order_id: args.order_id,
        out_dir: args.out_dir,
        out: args.out,
    };
    let (signer, note) = work.sign.signer()?;
    let delegations = work.sign.delegations()?;
    let warnings = args.slips.check(|check| {
        work.sign.look(check, signer.as_ref(), delegations.as_ref());
        work.specs.iter().try_for_each(|spec| check.spec(spec))
    })?;
    work.is_free()?;
    let progress = Progress::new(!args.quiet && !json);
    let jobs = args.jobs.map(NonZeroUsize::get);
    let lines = work.signed(signer.as_ref(), delegations.as_ref(), args.resume, jobs, progress)?;
    let anchor = signer.anchor();
    let keys: Vec<Issued> =
        delegations.iter().flat_map(|known| known.of(&anchor)).cloned().collect();
    let report = match &work.out_dir {
        Some(path) => directory::deliver(path, &keys, &lines, args.format, &warnings)?,
        None => {
            let records: Vec<Issued> = keys.into_iter().chain(lines).collect();
            deliver_warning(&records, args.format, &work.out, &warnings)?
        }
    };
    Journal::forget(work.target());
    Ok(report.note(note))
}

/// Reads an order. A name that ends in `.csv` tells that it is a table, else its first line.
fn order(path: &Path) -> Result<Vec<LicenseSpec>, Failure> {
    let text = input::read_text(path, nodelock::limits::MAX_FILE_LEN)?;
    let is_table = path
        .extension()
        .is_some_and(|ending| ["csv", "tsv"].iter().any(|&e| ending.eq_ignore_ascii_case(e)));
    let specs = if is_table { read_order_as(&text, OrderForm::Csv) } else { read_order(&text) };
    specs.map_err(|e| Failure::no(format!("{}: {e}", input::shown(path)).trim_end()))
}

/// What shall be signed, by whom, and where it goes.
struct Work {
    specs: Vec<LicenseSpec>,
    sign: SignArgs,
    order_id: Option<Label>,
    out_dir: Option<PathBuf>,
    out: OutArgs,
}

impl Work {
    /// Where what is signed can be kept meanwhile: beside a file, and not beside a device or a FIFO.
    fn target(&self) -> Option<&Path> {
        let file =
            self.out.file().filter(|path| path.is_file() || path.symlink_metadata().is_err());
        self.out_dir.as_deref().or(file)
    }

    /// Whether the result can be written: before anything is signed, which may cost a touch of a token.
    fn is_free(&self) -> Result<(), Failure> {
        if let Some(path) = &self.out_dir {
            return directory::is_free(path);
        }
        self.out.check()
    }

    fn signed(
        &self,
        signer: &(dyn Signer + Sync),
        delegations: Option<&Delegations>,
        resume: bool,
        jobs: Option<usize>,
        mut progress: Progress,
    ) -> Result<Vec<Issued>, Failure> {
        let today = slips::day_of_issue()?;
        let by_number = self.order_id.as_ref().map(|number| Ids::of_order(number.as_str()));
        let kept = Journal::find(self.target(), resume)?;
        let elsewhere = self.sign.is_elsewhere();
        if kept.is_none() && !(resume || elsewhere) || self.target().is_none() {
            if resume && self.target().is_none() {
                return Err(Failure::usage("--resume goes on with a file: give -o or --out-dir"));
            }
            let batch = Batch::plan(&self.specs, today, by_number.unwrap_or(Ids::Random))?;
            let jobs = jobs.unwrap_or_else(|| usual_jobs(elsewhere));
            progress.begin(0, batch.len());
            return Ok(batch.sign(signer, delegations, Vec::new(), jobs, |_| {
                progress.step();
                Ok(())
            })?);
        }
        let (today, ids) = match &kept {
            Some(kept) => (kept.today, kept.ids),
            None => (today, by_number.map_or_else(journal::new_ids, Ok)?),
        };
        let batch = Batch::plan(&self.specs, today, ids)?;
        let (mut journal, there) = match kept {
            Some(kept) => kept.go_on(&batch, signer, delegations)?,
            None => Journal::begin(self.target(), &batch, signer, today, ids)?,
        };
        progress.begin(there.iter().flatten().count(), batch.len());
        let jobs = jobs.unwrap_or_else(|| usual_jobs(elsewhere));
        let mut lost = None;
        let signed = batch.sign(signer, delegations, there, jobs, |issued| {
            progress.step();
            journal.keep(issued).map_err(|error| {
                lost = Some(error);
                nodelock_authority::Error::Signer("what was signed could not be kept".into())
            })
        });
        match (signed, lost) {
            (Ok(lines), _) => Ok(lines),
            (Err(_), Some(error)) => Err(error),
            (Err(error), None) => Err(journal.stopped(Failure::from(error), batch.len())),
        }
    }
}

fn usual_jobs(elsewhere: bool) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if elsewhere { 1 } else { processors }
}

#[derive(Serialize)]
struct Shape {
    /// `null` if the records went to the standard output.
    file: Option<String>,
    format: Form,
    records: Vec<RecordShape>,
    warnings: Vec<WarningJson>,
}

#[derive(Serialize)]
struct RecordShape {
    #[serde(flatten)]
    fields: Option<RecordView>,
    text: String,
    base64: String,
}

/// Writes records, to the file or to the standard output.
pub(crate) fn deliver(records: &[Issued], form: Form, out: &OutArgs) -> Result<Report, Failure> {
    deliver_warning(records, form, out, &[])
}

/// The same for records that were just made, with what is odd about them.
pub(crate) fn deliver_warning(
    records: &[Issued],
    form: Form,
    out: &OutArgs,
    warnings: &[Slip],
) -> Result<Report, Failure> {
    let content = encode::records(records.iter(), form);
    let shape = Shape {
        file: out.file().map(|path| path.display().to_string()),
        format: form,
        records: records.iter().map(RecordShape::of).collect(),
        warnings: warnings.iter().map(Into::into).collect(),
    };
    let told = warnings.iter().map(slips::text);
    match out.file() {
        None => Ok(Report::exact(content, &shape).warn(told)),
        Some(path) => {
            out.write(path, &content)?;
            let many = if records.len() == 1 { "record" } else { "records" };
            let plain = format!("{}: {} {many} written\n", input::shown(path), records.len());
            Ok(Report::new(Status::Yes, plain, &shape).warn(told))
        }
    }
}

impl RecordShape {
    fn of(issued: &Issued) -> Self {
        let record = nodelock::record::Records::new(issued.text.as_bytes()).next();
        Self {
            fields: record.and_then(|found| found.record.ok()).map(|r| RecordView::of(&r)),
            text: issued.text.clone(),
            base64: encode::to_base64(&issued.binary),
        }
    }
}
