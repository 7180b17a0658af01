//! `nodelock qr`

use std::path::PathBuf;

use nodelock_authority::Issued;
use qrcode::render::{svg, unicode};
use qrcode::{EcLevel, QrCode};
use serde::Serialize;

use crate::encode;
use crate::input::{Form, LicenseFile, shown};
use crate::output;
use crate::report::{Failure, Report, Status};
use crate::style;

/// Show a license file as a QR code in the terminal
///
/// The code contains the base64 form, which nodelock can read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// License file, in any form
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only this record, counted from 1
    #[arg(long, value_name = "N")]
    record: Option<usize>,
    /// Write a picture (SVG) instead
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Overwrite the picture if it is there
    #[arg(long, requires = "svg")]
    force: bool,
    /// Swap dark and light, for terminals with dark background and without colours
    #[arg(long)]
    invert: bool,
}

#[derive(Serialize)]
struct Shape {
    content: String,
    /// Modules on each side, without the quiet zone.
    width: usize,
    svg: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<Report, Failure> {
    let file = LicenseFile::read(&args.file)?;
    let records = match args.record {
        Some(_) => vec![file.record(args.record)?],
        None => file.whole_records()?.into_iter().map(|(_, record)| record).collect(),
    };
    let issued: Vec<Issued> = records.iter().map(Issued::from_record).collect::<Result<_, _>>()?;
    let content = encode::records(issued.iter(), Form::Base64);
    let content = content.trim_ascii_end();
    // More correction where there is room for it.
    let code = [EcLevel::M, EcLevel::L]
        .into_iter()
        .find_map(|level| QrCode::with_error_correction_level(content, level).ok())
        .ok_or_else(|| {
            Failure::no(format!(
                "{} bytes are too many for one QR code; choose single records with --record",
                content.len()
            ))
        })?;
    let shape = Shape {
        content: String::from_utf8_lossy(content).into_owned(),
        width: code.width(),
        svg: args.svg.as_ref().map(|path| path.display().to_string()),
    };
    let plain = match &args.svg {
        Some(path) => {
            let picture = code.render::<svg::Color<'_>>().min_dimensions(400, 400).build();
            output::write(path, picture.as_bytes(), args.force)?;
            format!("{}: written\n", shown(path))
        }
        None => blocks(&code, args.invert),
    };
    Ok(Report::new(Status::Yes, plain, &shape).note(file.note()))
}

/// Half blocks, black on white where the terminal has colours.
fn blocks(code: &QrCode, invert: bool) -> String {
    use unicode::Dense1x2::{Dark, Light};
    let (dark, light) = if invert { (Light, Dark) } else { (Dark, Light) };
    let picture = code.render::<unicode::Dense1x2>().dark_color(dark).light_color(light).build();
    let line = |line: &str| if invert { line.to_owned() } else { style::paper(line) };
    picture.lines().map(|text| line(text) + "\n").collect()
}
