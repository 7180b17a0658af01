//! One line, briefly and with everything that is known.

use core::fmt::{self, Write};

use crate::agent::{Agent, AgentLine, LineSource, Ports};
use crate::calendar::Dated;
use crate::limits::MAX_COMMENT_LEN;
use crate::value::duration::write_duration;
use crate::value::license::{Combine, Count, LicenseType, LineId};

impl<P: Ports> Agent<'_, P> {
    pub(super) fn write_brief(
        &self,
        index: usize,
        held: &AgentLine,
        out: &mut impl Write,
    ) -> fmt::Result {
        writeln!(out, "Index {index} Feature: {}", Name(held))?;
        out.write_str("    Period left: ")?;
        self.write_left(held, out)?;
        if let Some(meter) = held.meter().filter(|_| held.is_metered()) {
            out.write_str("\n    Period used: ")?;
            write_duration(meter.used(self.uptime()), out)?;
        }
        writeln!(out, "\n    License Type: {}", Type(held))?;
        writeln!(out, "    License State: {}", self.state_text(held, self.state(held)))?;
        out.write_str("    License Count: ")?;
        self.write_count(held, out)?;
        writeln!(out, "\n    License Priority: {}", Capital(held.priority().name()))
    }

    pub(super) fn write_detail(
        &mut self,
        index: usize,
        held: &AgentLine,
        out: &mut impl Write,
    ) -> fmt::Result {
        let right = held.right();
        self.write_brief(index, held, out)?;
        if held.source() == LineSource::Installed {
            writeln!(out, "    Version: {}", right.version())?;
            writeln!(out, "    Line: {}, issued {}", right.id(), right.issued())?;
        }
        match right.member() {
            Some(member) => {
                writeln!(out, "    Lock: Node locked, member {}", member.saturating_add(1))?
            }
            None => out.write_str("    Lock: Non Node locked\n")?,
        }
        let addition = if right.combine() == Combine::Additive { "Additive" } else { "Exclusive" };
        writeln!(out, "    License Addition: {addition}")?;
        if let Some(usage) = right.usage() {
            out.write_str("    Usage total: ")?;
            write_duration(usage.seconds(), out)?;
            out.write_str("\n")?;
        }
        if let Some(start) = right.start() {
            writeln!(out, "    First day: {start}")?;
        }
        if let Some(end) = right.end() {
            writeln!(out, "    Last day: {end}")?;
        }
        match held.eula_accepted() {
            Some(true) => out.write_str("    EULA: accepted\n")?,
            Some(false) => out.write_str("    EULA: not accepted\n")?,
            None => {}
        }
        let store = match held.source() {
            LineSource::Installed => "Primary License Storage",
            LineSource::BuiltIn => "Built-In License Storage",
        };
        writeln!(out, "    Store: {store}")?;
        if held.source() == LineSource::Installed {
            self.write_rest(right.id(), out)?;
            self.write_comment(right.id(), out)
        } else {
            Ok(())
        }
    }

    /// What only the stored line says.
    fn write_rest(&mut self, id: LineId, out: &mut impl Write) -> fmt::Result {
        let mut written = Ok(());
        let read = self.line_terms(id, |terms, signer| {
            written = (|| {
                if let Some(udi) = terms.udi {
                    writeln!(out, "    UDI: {udi}")?;
                }
                if let Some(name) = terms.eula {
                    writeln!(out, "    Agreement: {name}")?;
                }
                if let Some(pak) = terms.pak {
                    writeln!(out, "    PAK: {pak}")?;
                }
                for (name, value) in terms.extras.iter() {
                    writeln!(out, "    {name}: {value}")?;
                }
                writeln!(out, "    Key: {signer}")
            })();
        });
        written?;
        match read {
            Ok(()) => Ok(()),
            Err(reason) => writeln!(out, "    Stored line: {reason}"),
        }
    }

    fn write_comment(&mut self, id: LineId, out: &mut impl Write) -> fmt::Result {
        let mut buffer = [0; MAX_COMMENT_LEN];
        match self.read_comment(id, &mut buffer) {
            Ok([]) => Ok(()),
            Ok(text) => match core::str::from_utf8(text) {
                Ok(text) => writeln!(out, "    Comment: {}", text.escape_debug()),
                Err(_) => writeln!(out, "    Comment: {} bytes that are no text", text.len()),
            },
            Err(reason) => writeln!(out, "    Comment: {reason}"),
        }
    }

    fn write_left(&self, held: &AgentLine, out: &mut impl Write) -> fmt::Result {
        match (held.meter().filter(|_| held.is_metered()), held.dated()) {
            (Some(meter), _) if meter.charged() == 0 => out.write_str("Not Activated"),
            (None, Some(Dated::NotStarted)) => out.write_str("Not Started"),
            (None, Some(Dated::Unknown)) => out.write_str("not known without a clock"),
            _ => match held.left(self.uptime()) {
                Some(left) => write_duration(left, out),
                None => out.write_str("Life time"),
            },
        }
    }

    /// Units in use of a line, and those beyond what is licensed: lines are used up in their order, and what is
    /// too much is told of the last.
    fn share_of(&self, held: &AgentLine, units: u64) -> (u64, u64) {
        let Some(id) = held.feature().filter(|_| self.is_in_use(held)) else { return (0, 0) };
        let (mut left, mut passed) = (self.in_use(id), false);
        let mut others = false;
        for (other, _, usable) in self.explain(id) {
            let counts = usable.is_ok() && self.is_in_use(other);
            if other.right().id() == held.right().id() {
                passed = true;
                if !counts {
                    return (0, 0);
                }
            } else if let (true, Count::Units(units)) = (counts, other.count()) {
                if passed {
                    others = true;
                } else {
                    left = left.saturating_sub(units);
                }
            }
        }
        let here = left.min(units);
        (here, if others { 0 } else { left.saturating_sub(here) })
    }

    fn write_count(&self, held: &AgentLine, out: &mut impl Write) -> fmt::Result {
        let Count::Units(units) = held.count() else {
            return out.write_str("Non-Counted");
        };
        let (in_use, violation) = self.share_of(held, units);
        write!(out, "{units}/{in_use}/{violation} (Active/In-use/Violation)")
    }
}

/// The feature's name as the line has it.
struct Name<'h>(&'h AgentLine);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.0.right().feature()).unwrap_or_default())
    }
}

/// The type as operators read it.
struct Type<'h>(&'h AgentLine);

impl fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.license_type() {
            LicenseType::Evaluation => "Evaluation",
            LicenseType::Extension => "Extension",
            LicenseType::Grace => "Grace Period",
            LicenseType::Permanent => "Permanent",
            LicenseType::Subscription => "Paid Subscription",
            LicenseType::EvaluationSubscription => "Evaluation Subscription",
            LicenseType::ExtensionSubscription => "Extension Subscription",
            LicenseType::EvaluationRightToUse => "Evaluation Right to Use",
            LicenseType::RightToUse => "Right to Use",
            LicenseType::PermanentRightToUse => "Permanent Right to Use",
        })
    }
}

/// A word with its first letter large.
struct Capital(&'static str);

impl fmt::Display for Capital {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.0.chars();
        if let Some(first) = letters.next() {
            f.write_char(first.to_ascii_uppercase())?;
        }
        f.write_str(letters.as_str())
    }
}
