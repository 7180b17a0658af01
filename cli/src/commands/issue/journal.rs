//! What was signed of an issue that is not done: a signer far away may fail, and what it has signed was
//! paid for, with time or with touches of a token.
//!
//! It lies beside the result, as `NAME.part`: what was planned on the first line, then each line as it was
//! signed. The ids are made from a seed there, so that a line that is signed again is the same line.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use nodelock::record::Records;
use nodelock::value::Date;
use nodelock_authority::{Batch, Delegations, Ids, Issued, Signer, Value, random_id};

use crate::input::{self, shown};
use crate::report::Failure;

const FIRST: &str = "# nodelock issue, not done; --resume goes on:";
/// A line has at most 1 KiB.
const MAX_LEN: usize = 128 * 1024 * 1024;

pub(super) struct Journal {
    path: PathBuf,
    file: File,
    kept: usize,
}

/// What an earlier run has left.
pub(super) struct Kept {
    pub(super) today: Date,
    pub(super) ids: Ids,
    path: PathBuf,
    digest: String,
    lines: String,
}

/// Ids that can be made again.
pub(super) fn new_ids() -> Result<Ids, Failure> {
    let mut seed = [0; 32];
    for part in seed.chunks_mut(8) {
        part.copy_from_slice(&random_id()?.0[..part.len()]);
    }
    Ok(Ids::From(seed))
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    target.with_file_name(name)
}

fn digest(batch: &Batch<'_>, signer: &dyn Signer) -> Result<String, Failure> {
    Ok(format!("{} {}", signer.anchor().id, HEXLOWER.encode(&batch.digest()?)))
}

impl Journal {
    /// What is left of an earlier run, if it shall go on.
    pub(super) fn find(target: Option<&Path>, resume: bool) -> Result<Option<Kept>, Failure> {
        let Some(path) = target.map(beside) else { return Ok(None) };
        let name = shown(&path);
        if path.symlink_metadata().is_err() {
            // What was not left there would be signed once more.
            return match resume {
                true => Err(Failure::usage(format!(
                    "there is no {name} to go on with; leave --resume out to begin"
                ))),
                false => Ok(None),
            };
        }
        if !resume {
            return Err(Failure::unavailable(format!(
                "{name} holds lines of an issue that is not done; --resume goes on with it, or delete it"
            )));
        }
        let text = input::read_text(&path, MAX_LEN)?;
        Kept::read(path, &text).map(Some).ok_or_else(|| {
            Failure::no(format!(
                "{name} was not left by nodelock issue, or is damaged; delete it to begin anew"
            ))
        })
    }

    pub(super) fn begin(
        target: Option<&Path>,
        batch: &Batch<'_>,
        signer: &dyn Signer,
        today: Date,
        ids: Ids,
    ) -> Result<(Self, Vec<Option<Issued>>), Failure> {
        let path = beside(target.unwrap_or(Path::new("issue")));
        let seed = match ids {
            Ids::From(seed) => HEXLOWER.encode(&seed),
            Ids::Random => String::new(),
        };
        let failed = |error: io::Error| Failure::io(shown(&path), &error);
        let mut file =
            OpenOptions::new().append(true).create_new(true).open(&path).map_err(failed)?;
        let first = format!("{FIRST} {today} {seed} {}\n", digest(batch, signer)?);
        file.write_all(first.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok((Self { file, kept: 0, path }, Vec::new()))
    }

    /// Keeps a line, whatever happens after it.
    pub(super) fn keep(&mut self, issued: &Issued) -> Result<(), Failure> {
        let line = format!("{}\n", issued.text);
        let kept = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        kept.map_err(|error| Failure::io(shown(&self.path), &error))?;
        self.kept += 1;
        Ok(())
    }

    /// Why it is not done, and how it goes on.
    pub(super) fn stopped(self, failure: Failure, of: usize) -> Failure {
        if self.kept == 0 {
            // There is nothing to go on with.
            let _ = std::fs::remove_file(&self.path);
            return failure;
        }
        let (kept, path) = (self.kept, shown(&self.path));
        failure
            .and(&format!("; {kept} of {of} lines are signed and kept in {path}: --resume goes on"))
    }

    /// After the result is written.
    pub(super) fn forget(target: Option<&Path>) {
        if let Some(path) = target {
            let _ = std::fs::remove_file(beside(path));
        }
    }
}

impl Kept {
    fn read(path: PathBuf, text: &str) -> Option<Self> {
        let (first, lines) = text.split_once('\n')?;
        let mut words = first.strip_prefix(FIRST)?.split_whitespace();
        let today = Date::read(words.next()?).ok()?;
        let seed = HEXLOWER.decode(words.next()?.as_bytes()).ok()?.try_into().ok()?;
        let digest = words.collect::<Vec<_>>().join(" ");
        Some(Self { today, ids: Ids::From(seed), path, digest, lines: lines.to_owned() })
    }

    /// Takes what was signed. Each line is judged as a device would; what is no line of this plan, or
    /// was cut off, is signed anew.
    pub(super) fn go_on(
        self,
        batch: &Batch<'_>,
        signer: &dyn Signer,
        delegations: Option<&Delegations>,
    ) -> Result<(Journal, Vec<Option<Issued>>), Failure> {
        let name = shown(&self.path);
        if digest(batch, signer)? != self.digest {
            return Err(Failure::no(format!(
                "{name} belongs to another order or another key; go on with that one, or delete the file"
            )));
        }
        let mut there: Vec<Option<Issued>> = vec![None; batch.len()];
        for found in Records::new(self.lines.as_bytes()) {
            let Ok(record) = found.record else { continue };
            let issued = Issued::from_record(&record)?;
            if let Some(place) = batch.position(&issued, signer, delegations)
                && let Some(slot) = there.get_mut(place)
            {
                *slot = Some(issued);
            }
        }
        let failed = |error: io::Error| Failure::io(name.clone(), &error);
        let mut file = OpenOptions::new().append(true).open(&self.path).map_err(failed)?;
        // What was cut off must not be glued to what follows.
        if !self.lines.is_empty() && !self.lines.ends_with('\n') {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok((Journal { file, kept: there.iter().flatten().count(), path: self.path }, there))
    }
}
