//! One file for each device, and an index.

use std::collections::HashMap;
use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use nodelock::record::{LicenseTerms, Record, Records};
use nodelock_authority::{Issued, Slip};
use serde::Serialize;

use super::RecordShape;
use crate::encode;
use crate::input::{Form, shown};
use crate::report::{Failure, Report, Status};
use crate::slips::{self, WarningJson};

const INDEX: &str = "index.csv";
/// Lines that are locked to nobody.
const EVERY: &str = "every-device.lic";

#[derive(Serialize)]
struct Shape {
    directory: String,
    format: Form,
    index: String,
    files: Vec<FileShape>,
    warnings: Vec<WarningJson>,
}

#[derive(Serialize)]
struct FileShape {
    file: String,
    /// `null` for lines that hold on every device.
    udi: Option<String>,
    records: Vec<RecordShape>,
}

/// Before anything is signed.
pub(super) fn is_free(path: &Path) -> Result<(), Failure> {
    match std::fs::read_dir(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let parent = parent(path);
            std::fs::metadata(parent).map(drop).map_err(|e| Failure::io(shown(parent), &e))
        }
        Err(error) => Err(Failure::io(shown(path), &error)),
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| {
            Err(Failure::unavailable(format!(
                "{} is there already and not empty; name another directory",
                shown(path)
            )))
        }),
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The lines of one device.
struct Device<'r> {
    udi: Option<String>,
    name: String,
    lines: Vec<&'r Issued>,
}

/// Writes all files into a new directory beside the wanted one and renames that: all or none.
pub(super) fn deliver(
    path: &Path,
    keys: &[Issued],
    lines: &[Issued],
    form: Form,
    warnings: &[Slip],
) -> Result<Report, Failure> {
    let devices = devices(lines);
    let failed =
        |error: std::io::Error| Failure::io(shown(path), &std::io::Error::from(error.kind()));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nodelock-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let new = builder.tempdir_in(parent(path)).map_err(failed)?;
    let mut written = Vec::with_capacity(devices.len());
    for device in &devices {
        let content = encode::records(keys.iter().chain(device.lines.iter().copied()), form);
        let mut file = File::create_new(new.path().join(&device.name)).map_err(failed)?;
        file.write_all(&content).map_err(failed)?;
        written.push(new.path().join(&device.name));
    }
    std::fs::write(new.path().join(INDEX), index(&devices)).map_err(failed)?;
    written.push(new.path().join(INDEX));
    flush(new.path(), &written).map_err(failed)?;
    put(new.path(), path)?;
    // It has another name now.
    let _ = new.keep();
    let plain = format!(
        "{}: {} lines for {} devices written, {INDEX} lists them\n",
        shown(path),
        lines.len(),
        devices.iter().filter(|device| device.udi.is_some()).count()
    );
    let shape = Shape {
        directory: path.display().to_string(),
        format: form,
        index: INDEX.to_owned(),
        files: devices.iter().map(|device| FileShape::of(device, keys)).collect(),
        warnings: warnings.iter().map(Into::into).collect(),
    };
    Ok(Report::new(Status::Yes, plain, &shape).warn(warnings.iter().map(slips::text)))
}

/// Makes the files durable before they get their names.
fn flush(directory: &Path, files: &[PathBuf]) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let _ = files;
        // One call instead of one for each file, which would take longer than all signatures.
        Ok(rustix::fs::syncfs(File::open(directory)?)?)
    }
    #[cfg(not(target_os = "linux"))]
    {
        files.iter().try_for_each(|file| File::open(file)?.sync_all())?;
        if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
    }
}

fn put(new: &Path, path: &Path) -> Result<(), Failure> {
    is_free(path)?;
    let failed = |error: std::io::Error| Failure::io(shown(path), &error);
    if path.is_dir() {
        std::fs::remove_dir(path).map_err(failed)?;
    }
    std::fs::rename(new, path).map_err(failed)?;
    if cfg!(unix) {
        // Not worth failing for: the files are there.
        let _ = File::open(parent(path)).and_then(|directory| directory.sync_all());
    }
    Ok(())
}

fn terms(issued: &Issued) -> Option<LicenseTerms<'_>> {
    match Records::new(issued.text.as_bytes()).next()?.record.ok()? {
        Record::License(line) => Some(*line.terms()),
        _ => None,
    }
}

/// In the order in which they first stand.
fn devices(lines: &[Issued]) -> Vec<Device<'_>> {
    let mut devices: Vec<Device<'_>> = Vec::new();
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    let mut names = HashSet::from([INDEX.to_owned()]);
    for line in lines {
        let udi = terms(line).and_then(|terms| terms.udi).map(|udi| udi.to_string());
        let place = *places.entry(udi.clone()).or_insert_with(|| {
            let name =
                udi.as_deref().map_or_else(|| EVERY.to_owned(), |udi| file_name(udi, &mut names));
            devices.push(Device { udi, name, lines: Vec::new() });
            devices.len() - 1
        });
        devices[place].lines.push(line);
    }
    devices
}

/// A name that every file system takes, another one for each device, also where case does not matter.
fn file_name(udi: &str, names: &mut HashSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    let safe: String = udi.chars().map(plain).collect();
    let safe = format!("{}{}", if safe.starts_with(['.', '-']) { "_" } else { "" }, safe);
    let short = format!("{safe}.lic");
    if short != EVERY && names.insert(short.to_ascii_lowercase()) {
        return short;
    }
    let mut number = 2_usize;
    loop {
        let long = format!("{safe}-{number}.lic");
        if names.insert(long.to_ascii_lowercase()) {
            return long;
        }
        number += 1;
    }
}

fn index(devices: &[Device<'_>]) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = table.write_record([
        "file", "udi", "feature", "version", "type", "count", "id", "issued", "end",
    ]);
    for device in devices {
        for terms in device.lines.iter().filter_map(|line| terms(line)) {
            let _ = table.write_record([
                device.name.as_str(),
                device.udi.as_deref().unwrap_or_default(),
                &terms.feature.to_string(),
                &terms.version.to_string(),
                terms.license_type.name(),
                &terms.count.to_string(),
                &terms.id.to_string(),
                &terms.issued.to_string(),
                &terms.end.map_or(String::new(), |end| end.to_string()),
            ]);
        }
    }
    table.into_inner().unwrap_or_default()
}

impl FileShape {
    fn of(device: &Device<'_>, keys: &[Issued]) -> Self {
        let records = keys.iter().chain(device.lines.iter().copied());
        Self {
            file: device.name.clone(),
            udi: device.udi.clone(),
            records: records.map(RecordShape::of).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_device_has_a_name_of_its_own_that_is_safe() {
        let mut names = HashSet::new();
        let udis = [
            "ISR4331/K9:FDO1",
            "isr4331/k9:fdo1",
            "ISR4331_K9:FDO1",
            "../..:x",
            ".a:b",
            "every-device:",
            "a b",
        ];
        let made: Vec<String> = udis.iter().map(|udi| file_name(udi, &mut names)).collect();
        assert_eq!(made[0], "ISR4331_K9_FDO1.lic");
        let lower: HashSet<String> = made.iter().map(|name| name.to_ascii_lowercase()).collect();
        assert_eq!(lower.len(), udis.len(), "{made:?}");
        assert!(made.iter().all(|name| !name.contains('/') && !name.starts_with('.')), "{made:?}");
    }
}
