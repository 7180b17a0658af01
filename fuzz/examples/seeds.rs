//! Writes genuine files into the corpus folders, so that the fuzzer begins at inputs that are
//! accepted.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(corpus.join(target))?;
        fs::write(corpus.join(target).join(name), bytes)
    };
    for (form, file) in nodelock_fuzz::seeds() {
        write("records", form, &file)?;
        write("install", form, &file)?;
        if form == "binary" {
            // The target puts the mark in front itself.
            write("binary", form, &file[1..])?;
        } else {
            for (i, line) in file.split(|&b| b == b'\n').enumerate() {
                write("records", &format!("line-{i}"), line)?;
            }
        }
    }
    for (i, recipe) in [[0, 0, 9, 65].as_slice(), &[3, 1, 0, 40, 6, 2, 0, 0]].iter().enumerate() {
        write("install", &format!("recipe-{i}"), recipe)?;
    }
    for (i, request) in ["voice", "voice:2.1", "a.b-c_d:1.0.0.7"].iter().enumerate() {
        write("feature_request", &format!("request-{i}"), request.as_bytes())?;
    }
    let values = [
        "ISR4331/K9:FDO1234ABCD",
        "2026-11-22",
        "60d",
        "12h",
        "1.0.0.7",
        "999999999999",
        "76805a63",
        "x-a=1 x-b=2",
        "a,b,c",
    ];
    for (i, value) in values.iter().enumerate() {
        write("udi_date_version", &format!("value-{i}"), value.as_bytes())?;
    }
    Ok(())
}
