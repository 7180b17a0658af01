//! Instruction counts with what they depend on, and their comparison with committed ones.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

/// Counts, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// `rustc -V` of the compiler.
    pub rustc: String,
    /// What was compiled for.
    pub target: String,
    /// CPU features that the measured code could see and choose by.
    pub cpu: Vec<String>,
    /// Instructions for each scenario.
    pub instructions: BTreeMap<String, u64>,
}

impl Counts {
    /// As it is committed.
    #[must_use]
    pub fn to_json(&self) -> String {
        let value = json!({
            "rustc": self.rustc,
            "target": self.target,
            "cpu": self.cpu,
            "instructions": self.instructions,
        });
        format!("{value:#}\n")
    }

    /// Reads what [`to_json`](Self::to_json) writes; `None` for anything else.
    #[must_use]
    pub fn from_json(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let string = |key: &str| value.get(key)?.as_str().map(str::to_owned);
        let counts = value.get("instructions")?.as_object()?.iter();
        Some(Self {
            rustc: string("rustc")?,
            target: string("target")?,
            cpu: serde_json::from_value(value.get("cpu")?.clone()).ok()?,
            instructions: counts
                .map(|(name, count)| Some((name.clone(), count.as_u64()?)))
                .collect::<Option<_>>()?,
        })
    }

    /// Compares with a baseline, each count against its own.
    #[must_use]
    pub fn compare(&self, baseline: &Self, tolerance_percent: u32) -> Comparison {
        for (what, ours, theirs) in [
            ("compiler", &self.rustc, &baseline.rustc),
            ("target", &self.target, &baseline.target),
            ("CPU features", &self.cpu.join(" "), &baseline.cpu.join(" ")),
        ] {
            if ours != theirs {
                return Comparison::NotComparable(format!(
                    "another {what}: baseline {theirs:?}, here {ours:?}"
                ));
            }
        }
        let changes = self.instructions.iter().map(|(name, &now)| {
            let change = match baseline.instructions.get(name) {
                None => Change::New,
                Some(&was) => {
                    let (was_100, now_100) = (u128::from(was) * 100, u128::from(now) * 100);
                    let slack = u128::from(was) * u128::from(tolerance_percent);
                    if now_100 > was_100 + slack {
                        Change::Above(was)
                    } else if now_100 + slack < was_100 {
                        Change::Below(was)
                    } else {
                        Change::Within(was)
                    }
                }
            };
            (name.clone(), now, change)
        });
        Comparison::Compared(changes.collect())
    }
}

/// What became of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// The baseline was made with another compiler or for another CPU.
    NotComparable(String),
    /// Name, count and change of each scenario.
    Compared(Vec<(String, u64, Change)>),
}

/// A count against its baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Not in the baseline.
    New,
    /// Within the tolerance.
    Within(u64),
    /// Better by more than the tolerance: the baseline should follow.
    Below(u64),
    /// Worse by more than the tolerance.
    Above(u64),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("not in the baseline"),
            Self::Within(was) => write!(f, "baseline {was}"),
            Self::Below(was) => write!(f, "baseline {was}: better; write a new baseline"),
            Self::Above(was) => write!(f, "baseline {was}: TOO MANY"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(parse: u64) -> Counts {
        Counts {
            rustc: "rustc 1.0.0".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            cpu: vec!["sse2".to_owned()],
            instructions: BTreeMap::from([("parse".to_owned(), parse)]),
        }
    }

    fn change(now: u64, was: u64) -> Change {
        match counts(now).compare(&counts(was), 2) {
            Comparison::Compared(all) => all[0].2,
            Comparison::NotComparable(why) => panic!("{why}"),
        }
    }

    #[test]
    fn json_comes_back() {
        let counts = counts(7);
        assert_eq!(Counts::from_json(&counts.to_json()), Some(counts));
        for wrong in ["", "{}", r#"{"rustc":"","target":"","cpu":[],"instructions":{"a":-1}}"#] {
            assert_eq!(Counts::from_json(wrong), None);
        }
    }

    #[test]
    fn the_tolerance_counts_on_both_sides() {
        assert_eq!(change(1000, 1000), Change::Within(1000));
        assert_eq!(change(1020, 1000), Change::Within(1000));
        assert_eq!(change(1021, 1000), Change::Above(1000));
        assert_eq!(change(980, 1000), Change::Within(1000));
        assert_eq!(change(979, 1000), Change::Below(1000));
        assert_eq!(change(1, 0), Change::Above(0));
    }

    #[test]
    fn new_names_and_other_compilers() {
        let base = Counts { instructions: BTreeMap::new(), ..counts(1) };
        let compared = Comparison::Compared(vec![("parse".to_owned(), 1, Change::New)]);
        assert_eq!(counts(1).compare(&base, 2), compared);
        for other in [
            Counts { rustc: "rustc 1.0.1".to_owned(), ..counts(1) },
            Counts { target: "riscv64".to_owned(), ..counts(1) },
            Counts { cpu: Vec::new(), ..counts(1) },
        ] {
            let compared = counts(9).compare(&other, 2);
            assert!(matches!(compared, Comparison::NotComparable(_)));
        }
    }
}
