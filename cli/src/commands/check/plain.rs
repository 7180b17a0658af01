//! The verdict in words.

use std::fmt::Write;

use nodelock::Reason;
use nodelock::rights::Verdict;
use nodelock::value::Count;

use super::Shape;
use crate::report::reason_line;
use crate::{keys, style};

/// Records described; the JSON has more.
const MAX_LISTED: usize = 200;

pub(super) fn text(shape: &Shape, reason: Option<Reason>, verdict: Verdict) -> String {
    let mut out = String::new();
    let asked = match (&shape.version, shape.count) {
        (None, 1) => shape.feature.clone(),
        (None, n) => format!("{n} x {}", shape.feature),
        (Some(version), 1) => format!("{} {version}", shape.feature),
        (Some(version), n) => format!("{n} x {} {version}", shape.feature),
    };
    let device = shape.udi.join(", ");
    let id = shape.by.as_deref().unwrap_or_default();
    match (reason, verdict) {
        (None, Verdict::Granted(grant)) => {
            let _ = writeln!(out, "{}: {asked} on {device}", style::good("granted"));
            let kind = grant.license_type.name();
            let _ = match grant.licensed {
                Count::Uncounted => writeln!(out, "  by line {id} ({kind}, uncounted)"),
                Count::Units(n) => writeln!(out, "  by line {id} ({kind}, {n} units in all)"),
            };
        }
        (reason, _) => {
            let reason = reason.unwrap_or(Reason::NoLicense);
            let _ = writeln!(out, "{}: {asked} on {device}", style::bad("denied"));
            let _ = writeln!(out, "  reason: {}", reason_line(reason));
            if let Some(fact) = &shape.fact {
                let _ = writeln!(out, "  fact: {fact}");
            }
            let _ = writeln!(out, "  remedy: {}", keys::remedy(reason));
        }
    }
    list(shape, &mut out);
    out
}

fn list(shape: &Shape, out: &mut String) {
    if shape.lines.is_empty() {
        let _ = writeln!(out, "{}", shape.nothing);
        return;
    }
    out.push_str("records considered:\n");
    for line in shape.lines.iter().take(MAX_LISTED) {
        let place = match line.line {
            Some(number) => format!("line {number}"),
            None => format!("byte {}", line.offset),
        };
        let text = line.text.as_deref().map_or(String::new(), |text| format!("{text}: "));
        let _ = writeln!(out, "  {} ({place}): {text}{}", line.number, line.outcome);
    }
    if let Some(more) = shape.total.checked_sub(MAX_LISTED).filter(|&more| more > 0) {
        let _ = writeln!(out, "  and {more} more; --json lists up to 100000");
    }
}
