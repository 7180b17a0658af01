//! What is wrong with the storage of a simulated device, because its owner wants to see what comes
//! of it: writes that fail, bits that flip or stick, and flash that is worn.

use std::fmt::{self, Write};

use nodelock::Reason;
use nodelock::store::StorageKey;
use nodelock::testing::Dice;
use nodelock_std::MemoryStorage;
use serde::{Deserialize, Serialize};

use super::worn::Worn;

/// Which writes fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rule {
    FailEvery(u64),
    FailOneIn(u64),
    FailAfter(u64),
    ReadOnly,
}

/// What a write that fails has done all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Effect {
    /// Nothing: the old value is there
    Before,
    /// Everything: the new value is there
    After,
    /// By chance nothing or everything
    Either,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Writes {
    rule: Rule,
    effect: Effect,
    /// Writes since the rule was made; power cycles do not begin anew.
    done: u64,
}

/// A bit that is the same whatever is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stuck {
    key: u16,
    bit: usize,
    level: bool,
}

/// The faults of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Faults {
    writes: Option<Writes>,
    stuck: Vec<Stuck>,
    #[serde(default)]
    worn: Option<Worn>,
}

/// What the owner wants of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    Writes(Rule, Effect),
    /// What is stored lies in flash that is bad.
    Flash(Worn),
    /// One bit of a value that is there changes, and stays so if it is stuck.
    Bit {
        key: u16,
        bit: usize,
        stuck: bool,
    },
    /// From now on everything works; what has flipped stays so.
    Off,
}

/// In machine-readable output.
#[derive(Serialize)]
pub(crate) struct FaultsShape<'f> {
    /// `null` if all work.
    writes: Option<WritesShape>,
    stuck: &'f [Stuck],
    /// `null` if it is not in bad flash.
    flash: Option<Worn>,
}

#[derive(Serialize)]
struct WritesShape {
    rule: &'static str,
    number: Option<u64>,
    effect: Effect,
    done: u64,
}

impl Faults {
    pub(crate) fn shape(&self) -> FaultsShape<'_> {
        let writes = self.writes.map(|Writes { rule, effect, done }| {
            let (rule, number) = match rule {
                Rule::FailEvery(number) => ("fail-every", Some(number)),
                Rule::FailOneIn(number) => ("fail-one-in", Some(number)),
                Rule::FailAfter(number) => ("fail-after", Some(number)),
                Rule::ReadOnly => ("read-only", None),
            };
            WritesShape { rule, number, effect, done }
        });
        FaultsShape { writes, stuck: &self.stuck, flash: self.worn }
    }

    /// Carries a change out on what is stored.
    pub(crate) fn change(
        &mut self,
        change: Change,
        values: &mut MemoryStorage,
    ) -> Result<(), String> {
        match change {
            Change::Off => *self = Self::default(),
            Change::Flash(worn) => {
                worn.holding(values)?;
                self.worn = Some(worn);
            }
            Change::Writes(rule, effect) => self.writes = Some(Writes { rule, effect, done: 0 }),
            Change::Bit { key, bit, stuck } => {
                let mut all = values.values().clone();
                let level = all.get_mut(&StorageKey(key)).and_then(|value| flip(value, bit));
                let level = level.ok_or_else(|| nothing_there(key, bit, values))?;
                *values = MemoryStorage::new(all);
                if stuck {
                    self.stuck.retain(|there| (there.key, there.bit) != (key, bit));
                    self.stuck.push(Stuck { key, bit, level });
                }
            }
        }
        Ok(())
    }

    /// Counts a write. `Some` if it fails.
    fn fails(&mut self) -> Option<Effect> {
        let writes = self.writes.as_mut()?;
        writes.done = writes.done.saturating_add(1);
        let mut dice = Dice::new(writes.done);
        let fails = match writes.rule {
            Rule::FailEvery(number) => writes.done.is_multiple_of(number),
            Rule::FailOneIn(number) => dice.below(number) == 0,
            Rule::FailAfter(number) => writes.done > number,
            Rule::ReadOnly => true,
        };
        let effect = match writes.effect {
            Effect::Either if dice.below(2) == 0 => Effect::Before,
            Effect::Either => Effect::After,
            effect => effect,
        };
        fails.then_some(effect)
    }

    /// A write to the storage.
    pub(crate) fn write(
        &mut self,
        work: impl FnOnce() -> Result<(), Reason>,
    ) -> Result<(), Reason> {
        match self.fails() {
            None => work(),
            Some(Effect::Before) => Err(Reason::StorageFailed),
            Some(Effect::After | Effect::Either) => work().and(Err(Reason::StorageFailed)),
        }
    }

    /// The flash that values lie in, if it is bad.
    pub(crate) fn worn(&mut self) -> Option<&mut Worn> {
        self.worn.as_mut()
    }

    /// What is read where a value is stored.
    pub(crate) fn read(&self, key: StorageKey, value: &mut [u8]) {
        for stuck in self.stuck.iter().filter(|stuck| stuck.key == key.0) {
            let Some(byte) = value.get_mut(stuck.bit / 8) else { continue };
            let mask = 1 << (stuck.bit % 8);
            *byte = if stuck.level { *byte | mask } else { *byte & !mask };
        }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.writes {
            None => f.write_str("writes: all work\n")?,
            Some(Writes { rule, effect, done }) => {
                f.write_str("writes: ")?;
                match rule {
                    Rule::FailEvery(number) => write!(f, "1 in {number} fails")?,
                    Rule::FailOneIn(number) => write!(f, "1 in {number} fails by chance")?,
                    Rule::FailAfter(number) => write!(f, "all fail after {number}")?,
                    Rule::ReadOnly => f.write_str("all fail")?,
                }
                let effect = match effect {
                    Effect::Before => "before they take effect",
                    Effect::After => "after they have taken effect",
                    Effect::Either => "before or after they have taken effect",
                };
                writeln!(f, ", {effect}; {done} since then")?;
            }
        }
        for Stuck { key, bit, level } in &self.stuck {
            writeln!(f, "stuck: bit {bit} of the value 0x{key:04x} at {}", u8::from(*level))?;
        }
        if let Some(worn) = &self.worn {
            writeln!(f, "{worn}")?;
        }
        Ok(())
    }
}

/// The bit as it is afterwards; `None` if there is no such bit.
fn flip(value: &mut [u8], bit: usize) -> Option<bool> {
    let byte = value.get_mut(bit / 8)?;
    *byte ^= 1 << (bit % 8);
    Some(*byte >> (bit % 8) & 1 == 1)
}

fn nothing_there(key: u16, bit: usize, values: &MemoryStorage) -> String {
    let mut text = format!("there is no bit {bit} of a value 0x{key:04x}; there are:");
    for (key, value) in values.values() {
        let _ = write!(text, " 0x{:04x} ({} bits)", key.0, value.len() * 8);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_fail_as_the_rule_says() {
        let failing = |rule| {
            let mut faults = Faults::default();
            faults
                .change(Change::Writes(rule, Effect::Before), &mut MemoryStorage::default())
                .unwrap();
            [(); 6].map(|()| u8::from(faults.write(|| Ok(())).is_err()))
        };
        assert_eq!(failing(Rule::FailEvery(3)), [0, 0, 1, 0, 0, 1]);
        assert_eq!(failing(Rule::FailEvery(1)), [1; 6]);
        assert_eq!(failing(Rule::FailAfter(2)), [0, 0, 1, 1, 1, 1]);
        assert_eq!(failing(Rule::ReadOnly), [1; 6]);
        assert_eq!(failing(Rule::FailOneIn(1)), [1; 6]);
        let some = failing(Rule::FailOneIn(2));
        assert!(some.contains(&0) && some.contains(&1));
    }
}
