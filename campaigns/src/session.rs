//! What happens in one boot.

use nodelock::agent::Priority;
use nodelock::lease::LeaseToken;
use nodelock::record::Repair;
use nodelock::testing::HostileClock;
use nodelock::value::{LineId, UdiSource};
use nodelock::{InstallMode, Now, Storage};

use crate::history::{Boot, DAY, Step, Ticks};
use crate::toy::{self, Toy};
use crate::world::{Agent, Disk, Finding, Moment, Outcome, Tally, Watch, feature};

/// One boot.
pub(crate) struct Session<'w> {
    pub(crate) at: Moment,
    pub(crate) disk: &'w Disk,
    pub(crate) texts: &'w [String],
    pub(crate) clock: &'w mut HostileClock,
    pub(crate) patience: u64,
    pub(crate) tally: &'w mut Tally,
    pub(crate) tokens: Vec<LeaseToken>,
}

impl Session<'_> {
    pub(crate) fn all<W: Watch>(
        &mut self,
        boot: &Boot,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        if self.disk.is_dark() {
            return watch.booted(&self.at, None);
        }
        watch.booted(&self.at, Some(agent))?;
        for (number, step) in boot.steps.iter().enumerate() {
            self.step(*step, agent, watch).map_err(|what| format!("step {number}: {what}"))?;
            if self.disk.is_dark() {
                break;
            }
        }
        Ok(())
    }

    fn step<W: Watch>(
        &mut self,
        step: Step,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        match step {
            Step::Run(seconds, ticks) => return self.run(seconds, ticks, agent, watch),
            Step::Drain(place) => return self.drain(place, agent, watch),
            Step::Set(clock) => {
                self.clock.set(clock);
                self.look();
                return self.tick(agent, watch);
            }
            Step::Tick => return self.tick(agent, watch),
            _ => {}
        }
        self.tally.calls += 1;
        let outcome = self.ask(step, agent);
        watch.done(&self.at, step, outcome, agent)
    }

    fn ask(&mut self, step: Step, agent: &mut Agent<'_>) -> Outcome {
        let now = self.at.now();
        match step {
            Step::Install(line) => {
                let Some(text) = self.texts.get(line) else { return Outcome::Nothing };
                install(agent, text, now)
            }
            Step::Clear(line) => agent.clear(LineId(toy::line_id(line)), now).into(),
            Step::Revoke(line) => agent.revoke(LineId(toy::line_id(line)), now).into(),
            Step::Activate(place) => agent.activate(feature(place), now).into(),
            Step::Deactivate(place) => agent.deactivate(feature(place), now).into(),
            Step::Acquire(place, units) => {
                let result = agent.acquire(feature(place), units, 7, now);
                self.tokens.extend(result.iter().copied());
                result.into()
            }
            Step::Release if self.tokens.is_empty() => Outcome::Nothing,
            Step::Release => agent.release(self.tokens.remove(0), 7, now).into(),
            Step::Accept(place) => agent.accept_eula(feature(place), b"the terms", now).into(),
            Step::Priority(line, priority) => {
                let priority = match priority {
                    1 => Some(Priority::High),
                    3 => Some(Priority::Low),
                    _ => None,
                };
                agent.set_priority(LineId(toy::line_id(line)), priority).into()
            }
            Step::RepairClock => match agent.repair_number(Repair::Clock) {
                Ok(number) => {
                    let today = u32::try_from(self.at.truth / DAY).unwrap_or(0);
                    install(agent, &toy::repair("clock", number, today), now)
                }
                Err(reason) => Outcome::Refused(reason),
            },
            Step::Run(..) | Step::Drain(_) | Step::Set(_) | Step::Tick => Outcome::Nothing,
        }
    }

    fn pass<W: Watch>(
        &mut self,
        seconds: u64,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        if seconds == 0 {
            return Ok(());
        }
        watch.passed(&self.at, seconds, agent)?;
        self.clock.advance(seconds);
        self.look();
        Ok(())
    }

    /// What the clocks show now.
    fn look(&mut self) {
        self.at = Moment::of(self.clock, self.at.started, self.at.boot);
    }

    fn tick<W: Watch>(&mut self, agent: &mut Agent<'_>, watch: &mut W) -> Result<(), Finding> {
        self.tally.ticks += 1;
        agent.tick(self.at.now());
        watch.ticked(&self.at, agent)
    }

    fn run<W: Watch>(
        &mut self,
        seconds: u64,
        ticks: Ticks,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        let end = self.at.uptime + seconds;
        while self.at.uptime < end {
            let deadline = agent.next_deadline();
            if let Some(deadline) = deadline.filter(|deadline| *deadline <= agent.uptime()) {
                return Err(format!("at {} the deadline is {deadline}", agent.uptime()));
            }
            let deadline = deadline.unwrap_or(u64::MAX);
            let next = match ticks {
                Ticks::Deadlines => deadline.max(agent.uptime() + self.patience),
                Ticks::Every(interval) => deadline.min(self.at.uptime + interval),
                Ticks::Late(extra) => deadline.saturating_add(extra),
                Ticks::Never => u64::MAX,
            };
            let next = next.max(self.at.uptime);
            self.pass(next.min(end) - self.at.uptime, agent, watch)?;
            if next <= end {
                self.tick(agent, watch)?;
                if self.disk.is_dark() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn drain<W: Watch>(
        &mut self,
        place: usize,
        agent: &mut Agent<'_>,
        watch: &mut W,
    ) -> Result<(), Finding> {
        let seconds = granted_for(agent, place, self.at.uptime, DAY);
        self.pass(seconds, agent, watch)
    }
}

/// Installs one record.
pub fn install<S: Storage, U: UdiSource>(
    agent: &mut nodelock::Agent<'_, (S, Toy, U)>,
    text: &str,
    now: Now,
) -> Outcome {
    let mut outcome = Outcome::Nothing;
    agent.install(text.as_bytes(), InstallMode::Apply, now, |taken| outcome = taken.result.into());
    outcome
}

/// For how many of the next seconds a feature is granted, if the agent is not called: a right that
/// is denied is not granted again without a call.
#[must_use]
pub fn granted_for<S: Storage, U: UdiSource>(
    agent: &nodelock::Agent<'_, (S, Toy, U)>,
    place: usize,
    from: u64,
    at_most: u64,
) -> u64 {
    let granted = |after: u64| agent.check(feature(place), from + after).is_granted();
    if at_most == 0 || !granted(0) {
        return 0;
    }
    if granted(at_most - 1) {
        return at_most;
    }
    let (mut yes, mut no) = (0, at_most - 1);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if granted(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    no
}
