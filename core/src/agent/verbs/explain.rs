//! Why a feature runs or does not: the answer with the fact that decided, and the lines for it.

use crate::agent::memory::{AgentLine, FeatureSlot, LineSlot, LineState};
use crate::agent::{Agent, Ports, decide};
use crate::calendar::Dated;
use crate::catalog::{Feature, FeatureKind};
use crate::reason::Reason;
use crate::rights::{Answer, Denial, Fact, Verdict};
use crate::store::RollbackState;
use crate::value::date::Date;
use crate::value::feature::FeatureHandle;
use crate::value::time::UnixTime;

impl<'a, P: Ports> Agent<'a, P> {
    /// May so many more units of this feature run, beside those in use? With the fact that decided and what to
    /// do, for people: [`acquire`](Self::acquire) says the same in a number. 0 units ask whether it may run at all,
    /// as [`check`](Self::check) does.
    #[must_use]
    pub fn answer(&self, feature: impl Into<FeatureHandle>, units: u64) -> Answer<'a> {
        let id = feature.into();
        let in_use = self.in_use(id);
        let mut verdict = self.check(id, self.now.uptime);
        if units > 0
            && let Verdict::Granted(grant) = &verdict
            && let Some(denial) = self.over_use(id, grant, in_use.saturating_add(units))
        {
            verdict = Verdict::Denied(denial);
        }
        let fact = match &mut verdict {
            Verdict::Granted(_) => Fact::None,
            Verdict::Denied(denial) => {
                denial.needed = units.max(1);
                self.fact(id, denial, in_use)
            }
        };
        Answer { verdict, fact }
    }

    fn fact(&self, id: FeatureHandle, denial: &Denial, in_use: u64) -> Fact<'a> {
        let Some(feature) = self.product.catalog.feature(id) else { return Fact::None };
        let (needed, licensed) = (denial.needed, denial.licensed);
        let line = denial.closest.and_then(|id| self.find_line(id)).map(|(_, line)| line);
        match (denial.reason, line) {
            (Reason::CountTooLow, _) => Fact::Units { needed, in_use, licensed },
            (Reason::MaximumReached, _) => Fact::Maximum { needed, in_use, maximum: licensed },
            (Reason::VersionTooLow, _) => match feature.version.zip(denial.version) {
                Some((needed, licensed)) => Fact::Version { needed, licensed },
                None => Fact::None,
            },
            (Reason::Expired, Some(line)) => self.end_of(line),
            (Reason::NotStarted, Some(line)) => match line.right.start().zip(self.known(line)) {
                Some((first, known)) => Fact::Begins { first, known, shown: self.shown_day() },
                None => Fact::None,
            },
            (Reason::LevelNotBooted, _) => self.level_of(id, feature),
            (Reason::NotActivated, Some(line)) => self.outranked_by(line),
            (Reason::UseUnknown | Reason::RunningTimeUnknown | Reason::AgreementsUnknown, _) => {
                match self.journal.vault.rollback_state() {
                    RollbackState::Unanchored | RollbackState::Latest => {
                        Fact::Damage { repair: self.repairs }
                    }
                    _ => Fact::None,
                }
            }
            (Reason::EulaNotAccepted, Some(line)) => {
                let of = line.feature.and_then(|id| self.product.catalog.feature(id));
                of.and_then(Feature::eula_name).map_or(Fact::None, |name| Fact::Agreement { name })
            }
            (Reason::RestartedTooOften, _) => {
                let over = self.running.deadline();
                Fact::Wait { seconds: over.saturating_sub(self.now.uptime) }
            }
            (Reason::NoLicense, _) => match self.refused().next() {
                Some(first) => {
                    // Not `count()`, which panics where overflow checks are on.
                    let lines = self.refused().fold(0_usize, |n, _| n.saturating_add(1));
                    Fact::Refused { lines, reason: first.reason }
                }
                None => Fact::None,
            },
            _ => Fact::None,
        }
    }

    /// The line that would serve in place of one that stands before it by what the operator has set.
    fn outranked_by(&self, line: &AgentLine) -> Fact<'a> {
        let feature = line.feature.and_then(|id| self.product.catalog.feature(id));
        let Some(feature) = feature.filter(|_| line.own.priority.is_some()) else {
            return Fact::None;
        };
        let view = self.view(0);
        let other = self.lines().find(|other| {
            other.feature == line.feature
                && other.right.id() != line.right.id()
                && !other.is_metered()
                && decide::usable(&view, feature, false, other, self.lines).is_ok()
        });
        other.map_or(Fact::None, |other| Fact::Outranks { other: other.right.id() })
    }

    /// Why a line has ended.
    fn end_of(&self, line: &AgentLine) -> Fact<'a> {
        if let Some(meter) = line.meter.filter(|_| line.is_metered()) {
            return Fact::Used { seconds: meter.used(self.now.uptime) };
        }
        let right = &line.right;
        let Some((last, known)) = right.end().zip(self.known(line)) else { return Fact::None };
        let by_days = self.reading.judge(right.issued(), right.start(), last, line.is_paid());
        let repair = match self.journal.vault.rollback_state() {
            RollbackState::Unanchored | RollbackState::Latest => Some(self.repairs),
            _ => None,
        };
        Fact::Ended {
            last,
            known,
            shown: self.shown_day(),
            ran_out: by_days != Dated::Ended,
            paid: line.is_paid(),
            jumped: by_days == Dated::Ended && self.reading.at_least < UnixTime::end_of(last),
            repair,
        }
    }

    /// The day that the clock shows.
    fn shown_day(&self) -> Option<Date> {
        self.reading.wall.and_then(|time| Date::from_unix_seconds(time.0))
    }

    /// The day that it is at least, for a line.
    fn known(&self, line: &AgentLine) -> Option<Date> {
        let issued = UnixTime::start_of(line.right.issued());
        Date::from_unix_seconds(self.reading.at_least.max(issued).0)
    }

    /// The licensed level that brings a feature, or is it, and whether the next boot chooses it.
    fn level_of(&self, id: FeatureHandle, feature: &'a Feature<'a>) -> Fact<'a> {
        let catalog = self.product.catalog;
        let by = catalog.ids().find(|&level| {
            let kind = catalog.feature(level).map(Feature::kind);
            matches!(kind, Some(FeatureKind::Level { .. }))
                && self.slot(level).is_some_and(FeatureSlot::waits_for_boot)
                && (level == id || catalog.provides(level, id))
        });
        let Some(level) = by else { return Fact::Level { level: feature.name(), next: false } };
        let name = catalog.feature(level).map_or("", Feature::name);
        let next = self.next_level(level);
        let next = next.is_some_and(|next| next == level || catalog.provides(next, level));
        Fact::Level { level: name, next }
    }

    /// The lines for a feature with their states, and why each cannot serve, if it cannot.
    pub fn explain(
        &self,
        feature: impl Into<FeatureHandle>,
    ) -> impl Iterator<Item = (&AgentLine, LineState, Result<(), Reason>)> {
        let id = feature.into();
        let feature = self.product.catalog.feature(id);
        self.lines().filter(move |held| held.feature == Some(id)).map(move |held| {
            let why = feature.map_or(Err(Reason::UnknownFeature), |feature| {
                let running = self.is_running(held);
                decide::usable(&self.view(0), feature, running, held, self.lines)
            });
            let why = why.and_then(|()| match self.is_outdone(held) {
                true => Err(Reason::AddsNothing),
                false => Ok(()),
            });
            (held, self.state(held), why)
        })
    }

    /// Whether a line adds no units: an exclusive one beside another for as many or more.
    pub(super) fn is_outdone(&self, held: &AgentLine) -> bool {
        let mut before = true;
        self.lines.iter().filter_map(LineSlot::held).any(|other| {
            let itself = other.right.id() == held.right.id();
            before &= !itself;
            !itself && other.feature == held.feature && other.right.outdoes(&held.right, before)
        })
    }
}
