//! `xtask/size-baseline.json`: what the library cost when somebody last looked, so that growth is
//! decided and not discovered.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::tools::workspace;

/// Growth that needs no new baseline, in percent.
const TOLERANCE: u64 = 2;

/// Figures in bytes by their names, and the compiler on which they depend.
#[derive(Serialize, Deserialize)]
pub(crate) struct Baseline {
    pub(crate) compiler: String,
    pub(crate) bytes: BTreeMap<String, u64>,
}

fn path() -> PathBuf {
    workspace::root().join("xtask/size-baseline.json")
}

impl Baseline {
    pub(crate) fn read() -> Result<Self> {
        let text = fs::read_to_string(path()).context("xtask/size-baseline.json")?;
        serde_json::from_str(&text).context("xtask/size-baseline.json")
    }

    pub(crate) fn write(&self) -> Result<()> {
        fs::write(path(), serde_json::to_string_pretty(self)? + "\n")?;
        Ok(())
    }

    /// Compares with what was measured now.
    pub(crate) fn compare(&self, now: &Self) -> Result<String> {
        if self.compiler != now.compiler {
            return Ok(format!("not comparable: the baseline is of {}", self.compiler));
        }
        let mut grown = Vec::new();
        let mut shrunk = 0_u32;
        for (name, bytes) in &now.bytes {
            let Some(before) = self.bytes.get(name) else {
                grown.push(format!("  {name}: {bytes}, not in the baseline"));
                continue;
            };
            let allowed = before * TOLERANCE / 100;
            if *bytes > before + allowed {
                grown.push(format!("  {name}: {before} -> {bytes}"));
            }
            shrunk += u32::from(bytes + allowed < *before);
        }
        if !grown.is_empty() {
            bail!(
                "more than {TOLERANCE} % above the baseline; if that is meant: cargo xtask size --write-baseline\n{}",
                grown.join("\n")
            );
        }
        let hint = if shrunk > 0 { ", smaller ones are worth a new baseline" } else { "" };
        Ok(format!("{} figures within {TOLERANCE} % of the baseline{hint}", now.bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(bytes: u64) -> Baseline {
        let bytes = [("flash".to_owned(), bytes)].into();
        Baseline { compiler: "rustc 1".to_owned(), bytes }
    }

    #[test]
    fn growth_beyond_the_tolerance_fails() {
        let before = baseline(1000);
        assert!(before.compare(&baseline(1020)).is_ok());
        let error = before.compare(&baseline(1021)).unwrap_err().to_string();
        assert!(error.contains("flash: 1000 -> 1021"), "{error}");
        assert!(before.compare(&baseline(900)).unwrap().contains("new baseline"));
        let mut other = baseline(5000);
        other.compiler = "rustc 2".to_owned();
        assert!(before.compare(&other).unwrap().contains("not comparable"));
        other = baseline(1000);
        other.bytes.insert("stack".to_owned(), 1);
        assert!(before.compare(&other).is_err());
    }
}
