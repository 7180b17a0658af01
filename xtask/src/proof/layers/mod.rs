//! `cargo xtask layers`: nothing points up. The drawing in ARCHITECTURE.md is the table, and what is compared
//! with it are the imports in the sources and the dependencies between the crates of this tree.

mod check;
mod imports;
mod table;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tools::markdown::part;
use crate::tools::{process, toolchain, workspace};
use imports::File;

const DRAWING: &str = "ARCHITECTURE.md";
/// The section whose names are folders with a Cargo.toml; each other one is a folder of sources.
const CRATES: &str = "crates";

pub(crate) fn check() -> Result<String> {
    let root = workspace::root();
    let page = fs::read_to_string(root.join(DRAWING)).context(DRAWING)?;
    let drawing = part(&page, "layers").context("ARCHITECTURE.md has no markers for layers")?;
    let (mut wrong, mut files) = (Vec::new(), 0);
    for section in table::parse(drawing)? {
        if section.at == CRATES {
            wrong.extend(check::crates(&section, &crates()?));
            continue;
        }
        let mut sources = Vec::new();
        read(&root.join(&section.at), &mut Vec::new(), &mut sources)?;
        let tree = check::Tree::new(&section.at, sources);
        files += tree.files.len();
        wrong.extend(tree.check(&section));
    }
    if !wrong.is_empty() {
        bail!("{} against the layers of {DRAWING}:\n  {}", wrong.len(), wrong.join("\n  "));
    }
    Ok(format!("{files} files, nothing points up"))
}

/// All files below a folder, each with its place in it.
fn read(dir: &Path, below: &mut Vec<String>, files: &mut Vec<File>) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(dir)
        .with_context(|| dir.display().to_string())?
        .collect::<std::io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        below.push(name.clone());
        if path.is_dir() {
            read(&path, below, files)?;
        } else if name.ends_with(".rs") {
            files.push(File::read(&below.join("/"), &fs::read_to_string(&path)?)?);
        }
        below.pop();
    }
    Ok(())
}

/// The crates of the workspace by their folders, with those that they use outside of tests.
fn crates() -> Result<Vec<(String, Vec<String>)>> {
    let mut cargo = toolchain::host_cargo();
    cargo.current_dir(workspace::root());
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&process::run(&mut cargo)?)?;
    let folder = |path: &Value| path.as_str().map(|path| workspace::shown(Path::new(path)));
    let package = |package: &Value| {
        let manifest = folder(&package["manifest_path"])?;
        let used = package["dependencies"].as_array()?.iter();
        let used =
            used.filter(|used| used["kind"] != "dev").filter_map(|used| folder(&used["path"]));
        Some((manifest.strip_suffix("/Cargo.toml")?.to_owned(), used.collect()))
    };
    let packages = metadata["packages"].as_array().context("packages")?;
    packages.iter().map(|p| package(p).context("a package of cargo metadata")).collect()
}
