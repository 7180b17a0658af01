//! The figures as a table, and in words what they are.

use std::fmt::Write;

use anyhow::Result;

use super::{AGENT, CONTEXT, Row};
use crate::tools::bare::{CORTEX_M4, Crypto};
use crate::tools::header;

impl Row {
    /// Whether README.md shows it: the least that a Cortex-M4 spends, and what it spends with all inside.
    pub(super) fn decides(&self) -> bool {
        self.target == CORTEX_M4 && matches!(self.crypto, Crypto::Callback | Crypto::Pinned)
    }

    fn cells(&self) -> [String; 8] {
        let stack = match self.stacks.first() {
            Some(worst) => format!("{} ({})", grouped(&worst.bytes.to_string()), worst.root),
            None => "?".to_owned(),
        };
        let crypto = match self.crypto {
            Crypto::Callback => "hash and signature by callback",
            Crypto::Sha256 => "SHA-256 bundled, signature by callback",
            Crypto::Pinned => "SHA-256 and pinned P-256 bundled",
            Crypto::P256 => "SHA-256 and P-256 bundled",
        };
        let [all, ram] = [self.flash, self.ram].map(|bytes| grouped(&bytes.to_string()));
        let [agent, context] = match self.parts {
            Some(parts) => parts.map(|bytes| grouped(&bytes.to_string())),
            None => ["-", "-"].map(String::from),
        };
        let profile = self.profile.name().to_owned();
        [self.target.clone(), profile, crypto.to_owned(), all, agent, context, ram, stack]
    }
}

const HEADINGS: [&str; 8] = [
    "target",
    "profile",
    "cryptography",
    "flash, all",
    "flash, agent",
    "flash, context",
    "static RAM",
    "worst stack",
];

pub(super) fn markdown<'r>(rows: impl IntoIterator<Item = &'r Row>) -> String {
    let mut text =
        format!("| {} |\n|---|---|---|---:|---:|---:|---:|---:|\n", HEADINGS.join(" | "));
    for row in rows {
        let [target, profile, crypto, all, agent, context, ram, stack] = row.cells();
        let stack = stack.replace('(', "(`").replace(')', "`)");
        let _ = writeln!(
            text,
            "| `{target}` | `{profile}` | {crypto} | {all} | {agent} | {context} | {ram} | {stack} |"
        );
    }
    text
}

pub(super) fn plain(rows: &[Row]) -> String {
    let mut text = String::new();
    for [target, profile, crypto, all, agent, context, ram, stack] in
        [HEADINGS.map(String::from)].into_iter().chain(rows.iter().map(Row::cells))
    {
        let _ = writeln!(
            text,
            "{target:<28} {profile:<7} {crypto:<40} {all:>10} {agent:>13} {context:>15} {ram:>11}  {stack}"
        );
    }
    text
}

pub(super) fn print_functions(rows: &[Row]) {
    for row in rows {
        println!("{}, {}, {}:", row.target, row.profile.name(), row.crypto.name());
        for worst in &row.stacks {
            let more = if worst.calls_back { " + callbacks" } else { "" };
            println!(
                "  {:>7}{more:<12}  {}",
                grouped(&worst.bytes.to_string()),
                worst.path.join(" > ")
            );
        }
        println!();
    }
}

/// How the figures came about, for whoever wants to see them again.
pub(super) fn about(compiler: &str) -> String {
    format!(
        "Bytes, printed by `cargo xtask size`; {compiler}, profile `firmware` (fat LTO, opt-level s, the C interface z). \
         Flash, all: every function of `nodelock.h` is linked. Agent: {}. Context: {}. Profile `check`: only \
         `nodelock_check_lines`. Worst stack is computed from the compiler's frame sizes and the call \
         graph of the linked code, of every function of the header; the stack of \
         callbacks comes on top. What a run in the emulator overwrites, callbacks included, may not be more than 256 \
         bytes above it.\n",
        listed(&AGENT),
        listed(&CONTEXT)
    )
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What the program gives, which is in no other column: the same on every target.
pub(super) fn memory() -> Result<String> {
    let each = |name: &str| -> Result<u64> {
        Ok(header::constant(&format!("NODELOCK_{name}_WORDS"))? * 8)
    };
    let scratch = header::constant("NODELOCK_SCRATCH_LEN")?;
    let (context, slot) = (each("CTX")?, each("SLOT")?);
    let (agent, line) = (each("AGENT")?, each("LINE_SLOT")?);
    let feature = each("FEATURE_SLOT")? + each("CATALOG_ENTRY")?;
    let (lease, event) = (each("LEASE_SLOT")?, each("EVENT_SLOT")?);
    let whole = agent + scratch + 8 * (line + feature) + 4 * (lease + event);
    Ok(format!(
        "RAM that the program gives, in bytes: a context {context} and {slot} for each line; or an agent {}, scratch \
         {}, {line} for each line, {feature} for each feature, {lease} for each lease, {event} for each event: {} \
         with 8 lines, 8 features, 4 leases and 4 events.\n",
        grouped(&agent.to_string()),
        grouped(&scratch.to_string()),
        grouped(&whole.to_string()),
    ))
}

/// `12345` as `12,345`.
pub(crate) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits() {
        assert_eq!(
            ["0", "999", "1000", "1234567"].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
