//! `nodelock keys list`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nodelock_authority::{KeyFileInfo, describe_key_file};
use serde::Serialize;

use crate::input::shown;
use crate::keys;
use crate::report::{Failure, Report, Status};

/// List the key files of directories: id, role, and whether a passphrase is needed
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Directories, or files [default: this directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Shape {
    keys: Vec<KeyShape>,
    /// Files that end in .pem and could not be read as keys.
    unreadable: Vec<Unreadable>,
}

#[derive(Serialize)]
struct KeyShape {
    file: String,
    #[serde(skip)]
    shown: String,
    id: Option<String>,
    role: Option<&'static str>,
    private: bool,
    encrypted: bool,
}

#[derive(Serialize)]
struct Unreadable {
    file: String,
    text: String,
}

pub(super) fn run(args: &ListArgs) -> Result<Report, Failure> {
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(|e| Failure::io(shown(path), &e))?;
            let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            inside.retain(|path| path.extension().is_some_and(|ending| ending == "pem"));
            inside.sort();
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    let mut shape = Shape { keys: Vec::new(), unreadable: Vec::new() };
    let mut notes = Vec::new();
    for path in &files {
        match describe_key_file(path) {
            Ok(keys) => {
                if keys.iter().any(|key| key.private) {
                    notes.extend(keys::open_to_others(path));
                }
                shape.keys.extend(keys.iter().map(|key| KeyShape::of(path, key)));
            }
            Err(error) => {
                let text = Failure::from(error).text().to_owned();
                shape.unreadable.push(Unreadable { file: path.display().to_string(), text });
            }
        }
    }
    let status = if shape.keys.is_empty() { Status::No } else { Status::Yes };
    let report = Report::new(status, plain(&shape), &shape);
    Ok(report.warn(notes).warn(shape.unreadable.iter().map(|file| file.text.clone())))
}

impl KeyShape {
    fn of(path: &Path, key: &KeyFileInfo) -> Self {
        Self {
            file: path.display().to_string(),
            shown: shown(path),
            id: key.id.map(|id| id.to_string()),
            role: key.role.map(nodelock::Role::name),
            private: key.private,
            encrypted: key.encrypted,
        }
    }
}

fn plain(shape: &Shape) -> String {
    if shape.keys.is_empty() {
        return "no key files\n".to_owned();
    }
    let mut plain = String::new();
    for key in &shape.keys {
        let what = match (key.private, key.encrypted) {
            (false, _) => "public",
            (true, true) => "private, encrypted",
            (true, false) => "private, no passphrase",
        };
        let (id, role) = (key.id.as_deref().unwrap_or("-"), key.role.unwrap_or("role not said"));
        let _ = writeln!(plain, "{id:<8}  {role:<13}  {what:<22}  {}", key.shown);
    }
    plain
}
