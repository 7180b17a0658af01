//! What the archive takes from this tree, as it stands there.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Result, bail};

use crate::tools::{header, process, programs, workspace};

/// Files and folders, and their places in the archive where those are others.
const TAKEN: [(&str, Option<&str>); 25] = [
    ("include/nodelock.hpp", None),
    ("include/nodelock_std.hpp", None),
    ("include/nodelock_testing.h", None),
    ("LICENSE-MIT", None),
    ("LICENSE-APACHE", None),
    ("CHANGELOG.md", None),
    ("docs/CAMPAIGNS.md", None),
    ("docs/PERFORMANCE.md", None),
    ("docs/PINNED.md", None),
    ("docs/PORTING.md", None),
    ("docs/SIZES.md", None),
    ("docs/SPEC.md", None),
    ("docs/plots", None),
    ("examples/c-hosted", None),
    ("examples/firmware-console", None),
    ("integrations/cmake/dist/CMakeLists.txt", Some("CMakeLists.txt")),
    (
        "integrations/cmake/dist/nodelock-config.cmake",
        Some("lib/cmake/nodelock/nodelock-config.cmake"),
    ),
    ("integrations/ports/esp-idf", None),
    ("integrations/ports/littlefs/nodelock_littlefs.c", None),
    ("integrations/ports/littlefs/nodelock_littlefs.h", None),
    ("integrations/ports/littlefs/prove.c", None),
    ("integrations/ports/zephyr", None),
    ("integrations/zephyr", None),
    ("vectors", None),
    ("zephyr", None),
];

/// Each file in this tree, and where it goes.
pub(super) fn taken() -> Result<Vec<(String, String)>> {
    let mut git = Command::new(programs::require(&["git"], "apt-get install git")?);
    git.current_dir(workspace::root());
    let known = process::run(git.args(["ls-files", "-z"]))?;
    let known: BTreeSet<&str> = known.split_terminator('\0').collect();
    let mut files: Vec<(String, String)> =
        header::paths().map(|path| (path.clone(), path)).collect();
    for (from, place) in TAKEN {
        let below = format!("{from}/");
        let of_it = |file: &&&str| **file == from || file.starts_with(&below);
        let before = files.len();
        for file in known.iter().filter(of_it) {
            files.push(((*file).to_owned(), place.unwrap_or(file).to_owned()));
        }
        if files.len() == before {
            bail!("{from} is not in this tree");
        }
    }
    Ok(files)
}

/// Everything that a text could mean by a path of this tree: files, and the folders that they are in.
pub(super) fn tree() -> Result<BTreeSet<String>> {
    let mut git = Command::new(programs::require(&["git"], "apt-get install git")?);
    git.current_dir(workspace::root());
    let known = process::run(git.args(["ls-files", "-z"]))?;
    Ok(with_folders(known.split_terminator('\0')))
}

pub(super) fn with_folders<'f>(files: impl Iterator<Item = &'f str>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for file in files {
        all.insert(file.to_owned());
        all.extend(file.match_indices('/').map(|(at, _)| file[..at].to_owned()));
    }
    all
}
