//! `nodelock issue`

use std::path::PathBuf;

use nodelock_authority::{Entry, Error, Issued, LicenseSpec, RecordView, issue, issue_delegated};
use serde::Serialize;

use crate::args;
use crate::encode;
use crate::input::{self, Form};
use crate::keys::SignArgs;
use crate::output::OutArgs;
use crate::report::{Failure, Report, Status};

/// Issue license lines, for the features and devices named or as an order file says
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["feature", "order"])))]
pub(crate) struct Args {
    #[command(flatten)]
    sign: SignArgs,
    /// Order file (TOML): defaults at the top, then one [[license]] for each entry
    #[arg(long, value_name = "FILE")]
    order: Option<PathBuf>,
    #[command(flatten)]
    line: LineArgs,
    /// Form of the output
    #[arg(long, default_value = "text")]
    format: Form,
    #[command(flatten)]
    out: OutArgs,
}

/// What a line says. An order file says it all itself.
#[derive(Debug, clap::Args)]
struct LineArgs {
    /// Device to lock to; may be repeated, for a line each
    #[arg(long, value_name = "PID:SN", value_parser = args::udi, conflicts_with = "order")]
    udi: Vec<String>,
    /// Feature to license; may be repeated, for a line each
    #[arg(long, value_name = "NAME[:VERSION]")]
    feature: Vec<String>,
    /// License type [default: permanent]
    #[arg(long = "type", value_name = "TYPE", conflicts_with = "order")]
    kind: Option<String>,
    /// Units; uncounted if not given
    #[arg(long, value_name = "N", conflicts_with = "order")]
    count: Option<String>,
    /// Running time of metered types, e.g. 60d
    #[arg(long, value_name = "PERIOD", conflicts_with = "order")]
    usage: Option<String>,
    /// First day of dated types
    #[arg(long, value_name = "DATE", conflicts_with = "order")]
    start: Option<String>,
    /// Last day of dated types
    #[arg(long, value_name = "DATE", conflicts_with = "order")]
    end: Option<String>,
    /// Id of the line, 20 hexadecimal digits [default: random]
    #[arg(long, conflicts_with = "order")]
    id: Option<String>,
    /// Day of issue [default: today, UTC]
    #[arg(long, value_name = "DATE", conflicts_with = "order")]
    issued: Option<String>,
    /// Units add to those of other lines
    #[arg(long, conflicts_with = "order")]
    additive: bool,
    /// What happens when it ends in use: until-reboot, immediate or report [default: until-reboot]
    #[arg(long, value_name = "POLICY", conflicts_with = "order")]
    expiry: Option<String>,
    /// Name of the license agreement
    #[arg(long, value_name = "NAME", conflicts_with = "order")]
    eula: Option<String>,
    /// Product authorization key or another reference to the order
    #[arg(long, value_name = "REF", conflicts_with = "order")]
    pak: Option<String>,
    /// Extension field; may be repeated
    #[arg(long, value_name = "x-KEY=VALUE", value_parser = args::extra, conflicts_with = "order")]
    extra: Vec<(String, String)>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    // The order first: a mistake in it needs no key.
    let specs = match &args.order {
        Some(path) => {
            let text = input::read_text(path, nodelock::limits::MAX_FILE_LEN)?;
            Entry::toml(&text)
                .map_err(|e| Failure::no(format!("{}: {e}", input::shown(path)).trim_end()))?
        }
        None => args.line.entry()?.specs()?,
    };
    let (signer, note) = args.sign.signer()?;
    let records = match args.sign.delegations()? {
        None => sign_all(&specs, |spec| issue(spec, signer.as_ref()))?,
        Some(delegations) => {
            let lines = sign_all(&specs, |s| issue_delegated(s, signer.as_ref(), &delegations))?;
            delegations.of(&signer.anchor()).cloned().chain(lines).collect()
        }
    };
    Ok(deliver(&records, args.format, &args.out)?.note(note))
}

/// All lines or none.
fn sign_all(
    specs: &[LicenseSpec],
    sign: impl Fn(&LicenseSpec) -> Result<Issued, Error>,
) -> Result<Vec<Issued>, Failure> {
    specs.iter().map(|spec| sign(spec).map_err(Failure::from)).collect()
}

impl LineArgs {
    fn entry(&self) -> Result<Entry, Failure> {
        let mut extra = std::collections::BTreeMap::new();
        for (key, value) in &self.extra {
            if extra.insert(key.clone(), value.clone()).is_some() {
                return Err(Failure::usage(format!("--extra {key} is given twice")));
            }
        }
        Ok(Entry {
            udi: self.udi.clone(),
            feature: self.feature.clone(),
            kind: self.kind.clone(),
            count: self.count.clone(),
            usage: self.usage.clone(),
            start: self.start.clone(),
            end: self.end.clone(),
            id: self.id.clone(),
            issued: self.issued.clone(),
            additive: Some(self.additive),
            expiry: self.expiry.clone(),
            eula: self.eula.clone(),
            pak: self.pak.clone(),
            extra,
            license: Vec::new(),
        })
    }
}

#[derive(Serialize)]
struct Shape {
    /// `null` if the records went to the standard output.
    file: Option<String>,
    format: Form,
    records: Vec<RecordShape>,
}

#[derive(Serialize)]
struct RecordShape {
    #[serde(flatten)]
    fields: Option<RecordView>,
    text: String,
    base64: String,
}

/// Writes records that were just made, to the file or to the standard output.
pub(crate) fn deliver(records: &[Issued], form: Form, out: &OutArgs) -> Result<Report, Failure> {
    let content = encode::records(records.iter(), form);
    let shape = Shape {
        file: out.file().map(|path| path.display().to_string()),
        format: form,
        records: records.iter().map(RecordShape::of).collect(),
    };
    match out.file() {
        None => Ok(Report::exact(content, &shape)),
        Some(path) => {
            out.write(path, &content)?;
            let many = if records.len() == 1 { "record" } else { "records" };
            let plain = format!("{}: {} {many} written\n", input::shown(path), records.len());
            Ok(Report::new(Status::Yes, plain, &shape))
        }
    }
}

impl RecordShape {
    fn of(issued: &Issued) -> Self {
        let record = nodelock::Records::new(issued.text.as_bytes()).next();
        Self {
            fields: record.and_then(|found| found.record.ok()).map(|r| RecordView::of(&r)),
            text: issued.text.clone(),
            base64: encode::to_base64(&issued.binary),
        }
    }
}
