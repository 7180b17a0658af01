//! What operators read: `show license` in all its forms, written into the caller's writer.
//!
//! Text only, and only for consoles: machines read the typed values of the [`Agent`].

mod event;
mod jobs;
mod line;
mod status;

use core::fmt::{self, Write};

use crate::agent::{Agent, AgentLine, LineSource, LineState, Ports, Refused};
use crate::catalog::{Enforcement, Feature};
use crate::reason::Reason;
use crate::rights::{Answer, Grant, Verdict};
pub use crate::value::duration::write_duration;
use crate::value::feature::FeatureHandle;
use crate::value::license::{Count, LicenseType};
use crate::value::udi::UdiSource;

/// One form of `show license`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Show {
    /// All lines, briefly.
    Brief,
    /// All lines, grouped by where they came from.
    All,
    /// All lines, with everything that is known.
    Detail,
    /// The features of the catalog.
    Feature,
    /// How many lines of which kind, and what went wrong.
    Statistics,
    /// Clock, levels and storage.
    Status,
    /// The device's own UDIs.
    Udi,
    /// Trials.
    Evaluation,
    /// Lines that will end, or have.
    Expiring,
    /// Lines that serve a running feature.
    InUse,
    /// Lines without an end.
    Permanent,
    /// What happened to lines in the life of the device.
    History,
    /// The installed lines as a license file.
    File,
}

impl Show {
    /// All forms, with the word that asks for them; the brief one has none.
    pub const ALL: [(&'static str, Show); 13] = [
        ("", Show::Brief),
        ("all", Show::All),
        ("detail", Show::Detail),
        ("evaluation", Show::Evaluation),
        ("expiring", Show::Expiring),
        ("feature", Show::Feature),
        ("file", Show::File),
        ("history", Show::History),
        ("in-use", Show::InUse),
        ("permanent", Show::Permanent),
        ("statistics", Show::Statistics),
        ("status", Show::Status),
        ("udi", Show::Udi),
    ];

    /// The form that a word asks for.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|&(name, _)| name == word).map(|(_, show)| show)
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Writes one form of `show license`.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn show(&mut self, what: Show, out: &mut impl Write) -> fmt::Result {
        match what {
            Show::Brief => self.show_lines(out, |_, _| true, Self::write_brief),
            Show::All => self.show_all(out),
            Show::Detail => self.show_detail(out),
            Show::Feature => self.show_features(out),
            Show::Statistics => self.show_statistics(out),
            Show::Status => self.show_status(out),
            Show::Udi => self.show_udi(out),
            Show::Evaluation => self.show_lines(
                out,
                |_, held| held.license_type().begins_as_trial(),
                Self::write_brief,
            ),
            Show::Expiring => self.show_lines(out, |_, held| ends(held), Self::write_brief),
            Show::InUse => self.show_lines(out, Self::is_in_use, Self::write_brief),
            Show::Permanent => self.show_lines(out, |_, held| !ends(held), Self::write_brief),
            Show::History => self.show_history(out),
            Show::File => self.show_file(out),
        }
    }

    /// Writes why so many more units of a feature, or with 0 the feature itself, may run or not: the [answer](Self::answer), what to do,
    /// and each line considered with the rule that decided about it.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn show_explanation(
        &self,
        id: FeatureHandle,
        units: u64,
        out: &mut impl Write,
    ) -> fmt::Result {
        self.show_answer(id, &self.answer(id, units), out)
    }

    /// The same with an [answer](Self::answer) of which the caller knows more, e.g. that there is no text of the
    /// agreement.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn show_answer(
        &self,
        id: FeatureHandle,
        answer: &Answer<'_>,
        out: &mut impl Write,
    ) -> fmt::Result {
        let Some(feature) = self.catalog().feature(id) else {
            return writeln!(out, "{}", Reason::UnknownFeature);
        };
        match answer.verdict {
            Verdict::Granted(grant) => {
                write!(out, "{}: granted", feature.name())?;
                if grant.id.0 == [0; 10] {
                    out.write_str(", the base level needs no license\n")?;
                } else {
                    writeln!(out, " by line {} ({})", grant.id, grant.license_type.name())?;
                }
                if let Count::Units(licensed) = grant.licensed {
                    writeln!(out, "  units: {licensed} licensed, {} in use", self.in_use(id))?;
                }
            }
            Verdict::Denied(_) => {
                writeln!(out, "{}: denied, {answer}", feature.name())?;
                writeln!(out, "  what to do: {}", answer.remedy())?;
            }
        }
        for (held, state, why) in self.explain(id) {
            write!(out, "  line {} ({}): ", held.right().id(), held.license_type().name())?;
            match why {
                Ok(()) if state == LineState::Inactive => {
                    out.write_str("Inactive, another line stands before it\n")?;
                }
                Ok(()) => writeln!(out, "{}", self.state_text(held, state))?,
                Err(reason) => writeln!(out, "{reason}")?,
            }
        }
        for reason in self.unreadable() {
            writeln!(out, "  on this device: {reason}")?;
        }
        Ok(())
    }

    /// The state in words, e.g. `Active, Not in Use, EULA not accepted`.
    #[must_use]
    pub fn state_text(&self, held: &AgentLine, state: LineState) -> &'static str {
        match state {
            LineState::Inactive if held.eula_accepted() == Some(false) => {
                "Active, Not in Use, EULA not accepted"
            }
            LineState::Inactive => "Inactive",
            LineState::NotInUse => "Active, Not in Use",
            LineState::InUse => "Active, In Use",
            LineState::ExpiredInUse => "Expired, In Use until reboot",
            LineState::ExpiredNotInUse => "Expired, Not in Use",
            LineState::CountConsumed => "Active, In Use, all units taken",
        }
    }

    fn show_lines<W: Write>(
        &self,
        out: &mut W,
        wanted: impl Fn(&Self, &AgentLine) -> bool,
        write: impl Fn(&Self, usize, &AgentLine, &mut W) -> fmt::Result,
    ) -> fmt::Result {
        let mut any = false;
        for (index, held) in self.lines().enumerate().filter(|(_, held)| wanted(self, held)) {
            any = true;
            write(self, index.saturating_add(1), held, out)?;
        }
        if any { Ok(()) } else { out.write_str("no such license\n") }
    }

    fn show_all(&self, out: &mut impl Write) -> fmt::Result {
        for (source, title) in [
            (LineSource::Installed, "License Store: Primary License Storage"),
            (LineSource::BuiltIn, "License Store: Built-In License Storage"),
        ] {
            writeln!(out, "{title}")?;
            for (index, held) in self.lines().enumerate() {
                if held.source() == source {
                    self.write_brief(index.saturating_add(1), held, out)?;
                }
            }
        }
        Ok(())
    }

    fn show_detail(&mut self, out: &mut impl Write) -> fmt::Result {
        let mut index = 0_usize;
        loop {
            let Some(held) = self.lines().nth(index).copied() else { break };
            index = index.saturating_add(1);
            self.write_detail(index, &held, out)?;
        }
        if index == 0 {
            out.write_str("no such license\n")?;
        }
        self.show_refused(out)
    }

    fn show_refused(&self, out: &mut impl Write) -> fmt::Result {
        for Refused { place, reason } in self.refused() {
            writeln!(out, "Stored line at place {place} was refused: {reason}")?;
            writeln!(out, "    what to do: {}", reason.remedy())?;
        }
        Ok(())
    }

    fn show_features(&self, out: &mut impl Write) -> fmt::Result {
        writeln!(
            out,
            "{:<18} {:<11} {:<10} {:<12} {:<7} {:<10} Units",
            "Feature name", "Enforcement", "Evaluation", "Subscription", "Enabled", "RightToUse"
        )?;
        for id in self.catalog().ids() {
            let Some(feature) = self.catalog().feature(id) else { continue };
            let has = |kind: fn(LicenseType) -> bool| {
                self.lines().any(|held| held.feature() == Some(id) && kind(held.license_type()))
            };
            let right_to_use = |kind| {
                matches!(
                    kind,
                    LicenseType::EvaluationRightToUse
                        | LicenseType::RightToUse
                        | LicenseType::PermanentRightToUse
                )
            };
            let verdict = self.check(id, self.uptime());
            write!(
                out,
                "{:<18} {:<11} {:<10} {:<12} {:<7} {:<10} ",
                feature.name(),
                yes(is_enforced(feature)),
                yes(has(LicenseType::begins_as_trial)),
                yes(has(LicenseType::is_dated)),
                yes(verdict.is_granted()),
                yes(has(right_to_use)),
            )?;
            match verdict {
                Verdict::Granted(Grant { licensed: Count::Units(units), .. }) => {
                    writeln!(out, "{}/{units}", self.in_use(id))?;
                }
                _ => out.write_str("-\n")?,
            }
        }
        Ok(())
    }

    fn show_statistics(&self, out: &mut impl Write) -> fmt::Result {
        let count =
            |wanted: &dyn Fn(&AgentLine) -> bool| self.lines().filter(|held| wanted(held)).count();
        writeln!(
            out,
            "Installed lines: {}",
            count(&|held| held.source() == LineSource::Installed)
        )?;
        writeln!(out, "Built-in trials: {}", count(&|held| held.source() == LineSource::BuiltIn))?;
        writeln!(out, "In use: {}", count(&|held| self.is_in_use(held)))?;
        for kind in LicenseType::ALL {
            let number = count(&|held| held.license_type() == kind);
            if number > 0 {
                writeln!(out, "Type {}: {number}", kind.name())?;
            }
        }
        writeln!(out, "Refused at boot: {}", self.refused().count())?;
        self.show_refused(out)?;
        writeln!(out, "Events lost: {}", self.dropped_events())
    }

    fn show_udi(&self, out: &mut impl Write) -> fmt::Result {
        writeln!(out, "{:<8} {:<32} {:<40} UDI", "Member", "PID", "SN")?;
        for member in 0..crate::limits::MAX_UDIS {
            let Ok(number) = u8::try_from(member) else { break };
            match self.device().udi(number) {
                Ok(Some(udi)) => {
                    let star = if number == 0 { "*" } else { " " };
                    let member = number.saturating_add(1);
                    // A padded `Display` needs a string, not a formatted value.
                    let (pid, sn) = (udi.pid(), udi.sn());
                    writeln!(
                        out,
                        "{star}{member:<7} {:<32} {:<40} {udi}",
                        pid.as_str(),
                        sn.as_str()
                    )?;
                }
                Ok(None) => break,
                Err(reason) => {
                    writeln!(out, "{reason}")?;
                    break;
                }
            }
        }
        Ok(())
    }

    fn show_history(&mut self, out: &mut impl Write) -> fmt::Result {
        let mut written = Ok(());
        let read = self.history(|entry| {
            written = written.and_then(|()| write_entry(entry, out));
        });
        written?;
        match read {
            Ok(()) => Ok(()),
            Err(reason) => writeln!(out, "# {reason}"),
        }
    }

    fn show_file(&mut self, out: &mut impl Write) -> fmt::Result {
        let mut place = 0;
        loop {
            let Some(held) = self.lines().nth(place).copied() else { return Ok(()) };
            place = place.saturating_add(1);
            if held.source() != LineSource::Installed {
                continue;
            }
            let mut written = Ok(());
            let read = self.line_text(held.right().id(), |text| {
                let text = core::str::from_utf8(text).unwrap_or_default();
                written = written.and_then(|()| out.write_str(text));
            });
            written?;
            if let Err(reason) = read {
                writeln!(out, "# line {}: {reason}", held.right().id())?;
            }
        }
    }

    fn is_in_use(&self, held: &AgentLine) -> bool {
        matches!(
            self.state(held),
            LineState::InUse | LineState::ExpiredInUse | LineState::CountConsumed
        )
    }
}

fn write_entry(entry: &crate::agent::HistoryEntry<'_>, out: &mut impl Write) -> fmt::Result {
    let feature = core::str::from_utf8(entry.feature).unwrap_or_default();
    write!(out, "{:>6} {:<14} {feature} (line {})", entry.number, entry.kind.name(), entry.id)?;
    match entry.wall.and_then(|wall| crate::value::date::Date::from_unix_seconds(wall.0)) {
        Some(date) => writeln!(out, " on {date}"),
        None => out.write_str(" at a time that is not known\n"),
    }
}

const fn yes(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

fn is_enforced(feature: &Feature<'_>) -> bool {
    feature.enforcement() == Enforcement::Enforced
}
/// Whether a line has a period.
fn ends(held: &AgentLine) -> bool {
    held.is_metered() || held.dated().is_some()
}

#[cfg(all(test, feature = "p256"))]
mod situations;
#[cfg(all(test, feature = "p256"))]
mod tests;
