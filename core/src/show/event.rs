//! Events as a system log has them.

use crate::catalog::Catalog;
use crate::event::{Event, EventKind};
use crate::reason::Reason;
use crate::value::duration::write_duration;

impl Event {
    /// The text for a system log, e.g.
    /// `LICENSE-4-EXPIRING: voice: the usage period ends in 2 weeks`.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn render(
        &self,
        catalog: &Catalog<'_>,
        out: &mut impl core::fmt::Write,
    ) -> core::fmt::Result {
        write!(out, "LICENSE-{}-{}: ", self.kind.severity(), self.kind.name())?;
        if let Some(feature) = self.feature.and_then(|id| catalog.feature(id)) {
            write!(out, "{}: ", feature.name())?;
        }
        out.write_str(match (self.kind, self.feature) {
            // Of a line that was refused nobody believes what it is for.
            (EventKind::Refused, Some(_)) => "its trial was refused at boot:",
            (kind, _) => words(kind),
        })?;
        match self.kind {
            EventKind::Expiring | EventKind::SubscriptionExpiring | EventKind::RightToUseComing => {
                out.write_str(" ")?;
                write_duration(self.value, out)?;
            }
            EventKind::CountNear
            | EventKind::CountReached
            | EventKind::Violation
            | EventKind::Moved => {
                write!(out, " {}", self.value)?;
            }
            EventKind::Storage | EventKind::Refused => {
                // The words for people, the number for whoever searches logs.
                let number = |reason: &Reason| u64::from(reason.code().unsigned_abs());
                if let Some(reason) = Reason::ALL.iter().find(|one| number(one) == self.value) {
                    write!(out, " {}", reason.text())?;
                }
                write!(out, " (reason {})", self.value)?;
            }
            _ => {}
        }
        match self.line {
            Some(id) => write!(out, " (line {id})"),
            None => Ok(()),
        }
    }
}

const fn words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Install => "was installed",
        EventKind::Clear => "was cleared",
        EventKind::EulaAccepted => "the license agreement was accepted",
        EventKind::Expiring => "the usage period ends in",
        EventKind::Expired => "the usage period has ended",
        EventKind::SubscriptionExpiring => "the subscription ends in",
        EventKind::SubscriptionExpired => "the subscription has ended",
        EventKind::RightToUseComing => "the trial turns into a right to use in",
        EventKind::RightToUse => "the trial has turned into a right to use",
        EventKind::CountNear => "80 % of the licensed units are in use:",
        EventKind::CountReached => "all units are in use:",
        EventKind::Violation => "units in use beyond the licensed ones:",
        EventKind::NextLevel => "will run after the next boot",
        EventKind::ClockBack => "the wall clock stepped back and is not followed",
        EventKind::ClockForward => "the wall clock jumped forward and is not believed yet",
        EventKind::ClockGood => "the wall clock is believed again",
        EventKind::ClockLost => "the wall clock is not known any more",
        EventKind::Storage => "license storage:",
        EventKind::Refused => "a stored line was refused at boot:",
        EventKind::RolledBack => {
            "the license storage is older than the device remembers; rights with a time limit \
             are denied"
        }
        EventKind::Counters => {
            "the counters that protect the license storage do not answer; rights with a time \
             limit wait"
        }
        EventKind::Revoked => "was taken back from this device",
        EventKind::Moved => "was given up for another device; units left:",
        EventKind::Arrived => "has come from another device",
        EventKind::TicketCancelled => "a ticket was cancelled",
        EventKind::Repaired => "a repair by the vendor was done",
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;
    use crate::catalog::Feature;
    use crate::value::license::LineId;
    use crate::value::time::DAY;

    fn event(kind: EventKind, value: u64) -> Event {
        Event { kind, uptime: 5, feature: None, line: None, value }
    }

    #[test]
    fn texts_name_severity_feature_and_line() {
        const CATALOG: Catalog<'static> = crate::catalog!(&[Feature::new("voice")]);
        let render = |event: Event| {
            let mut text = String::new();
            event.render(&CATALOG, &mut text).unwrap();
            text
        };
        let warning = Event {
            feature: CATALOG.find(b"voice"),
            line: Some(LineId([0xAB; 10])),
            ..event(EventKind::Expiring, 14 * DAY)
        };
        assert_eq!(
            render(warning),
            "LICENSE-4-EXPIRING: voice: the usage period ends in 2 weeks (line abababababababababab)"
        );
        assert_eq!(
            render(event(EventKind::ClockLost, 0)),
            "LICENSE-5-CLOCK_LOST: the wall clock is not known any more"
        );
        assert_eq!(
            render(event(EventKind::Refused, 301)),
            "LICENSE-3-REFUSED: a stored line was refused at boot: the line is for another device (reason 301)"
        );
        let trial = Event { feature: CATALOG.find(b"voice"), ..event(EventKind::Refused, 403) };
        assert_eq!(
            render(trial),
            "LICENSE-3-REFUSED: voice: its trial was refused at boot: there is no room for another line (reason 403)"
        );
        assert_eq!(
            render(event(EventKind::Storage, 410)),
            "LICENSE-2-STORAGE: license storage: the storage failed (reason 410)"
        );
        // A later version may have more reasons.
        assert_eq!(
            render(event(EventKind::Storage, 999)),
            "LICENSE-2-STORAGE: license storage: (reason 999)"
        );
    }

    #[test]
    fn periods_read_as_operators_write_them() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (61, "1 minute 1 second"),
            (3_600, "1 hour"),
            (86_399, "23 hours 59 minutes"),
            (60 * DAY, "8 weeks 4 days"),
            (1_458 * DAY, "208 weeks 2 days"),
            (7 * DAY + 3_600, "1 week"),
        ] {
            let mut out = String::new();
            write_duration(seconds, &mut out).unwrap();
            assert_eq!(out, text);
        }
    }
}
