//! The files to be, and how they compare with what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[derive(Default)]
pub(crate) struct Tree(BTreeMap<String, Vec<u8>>);

impl Tree {
    pub(crate) fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        let path = path.into();
        assert!(self.0.insert(path.clone(), content.into()).is_none(), "{path} twice");
    }

    /// Writes all files and removes those that are not wanted any more.
    pub(crate) fn write(&self, root: &Path) -> Result<(), String> {
        for surplus in present(root)?.iter().filter(|path| !self.0.contains_key(*path)) {
            fs::remove_file(root.join(surplus)).map_err(|e| format!("{surplus}: {e}"))?;
        }
        for (path, content) in &self.0 {
            let file = root.join(path);
            if let Some(directory) = file.parent() {
                fs::create_dir_all(directory).map_err(|e| format!("{path}: {e}"))?;
            }
            fs::write(file, content).map_err(|e| format!("{path}: {e}"))?;
        }
        Ok(())
    }

    /// Names every file that is missing, different or too many.
    pub(crate) fn compare(&self, root: &Path) -> Result<(), String> {
        let mut differences = Vec::new();
        for (path, content) in &self.0 {
            match fs::read(root.join(path)) {
                Ok(there) if there == *content => {}
                Ok(_) => differences.push(format!("{path}: differs")),
                Err(error) => differences.push(format!("{path}: {error}")),
            }
        }
        for surplus in present(root)?.iter().filter(|path| !self.0.contains_key(*path)) {
            differences.push(format!("{surplus}: not made by the generator"));
        }
        if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
    }
}

/// The files of the three directories that belong to the generator alone.
fn present(root: &Path) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for directory in ["keys", "valid", "invalid"] {
        let Ok(entries) = fs::read_dir(root.join(directory)) else { continue };
        for entry in entries {
            let entry = entry.map_err(|e| format!("{directory}: {e}"))?;
            names.insert(format!("{directory}/{}", entry.file_name().to_string_lossy()));
        }
    }
    Ok(names)
}
