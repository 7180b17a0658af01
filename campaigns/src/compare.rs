//! The agent beside the model: after each call they must say the same.

use std::rc::Rc;

use nodelock::calendar::ClockState;
use nodelock::record::Repair;
use nodelock::rights::Verdict;
use nodelock::value::LicenseType;
use nodelock::{InstallMode, Reason};

use crate::history::{DAY, FEATURES, History, Step};
use crate::reference::rights::Obstacle;
use crate::reference::{Clockwork, Expected, Maybe, Model, State};
use crate::toy::{license, line_id};
use crate::world::{Agent, BUILT, Disk, Finding, Moment, Outcome, Watch, feature};

/// The comparison, for one history.
#[derive(Debug)]
pub struct Compare {
    model: Model,
    disk: Rc<Disk>,
    /// What the power interrupted.
    pending: Option<Step>,
    /// When dated rights were first seen to wait in this boot.
    waits: Option<u64>,
    /// Repairs that the device has counted.
    repairs: u64,
    /// Verdicts that the text settles, and all.
    pub settled: (u64, u64),
    /// Answers of verbs that the text settles, and all.
    pub answers: (u64, u64),
    /// Whether to print what happens.
    pub trace: bool,
}

fn state_of(agent: &Agent<'_>) -> State {
    match agent.clock().state {
        ClockState::Unknown => State::Unknown,
        ClockState::Good => State::Good,
        ClockState::SteppedBack => State::Back,
        ClockState::JumpedForward => State::Forward,
    }
}

/// The lines of the history that the agent holds, with their priorities.
fn held(agent: &Agent<'_>) -> Vec<(usize, u8)> {
    let ours = agent.lines().filter(|held| held.right().id().0[..9] == line_id(0)[..9]);
    ours.map(|held| (usize::from(held.right().id().0[9]), held.priority() as u8)).collect()
}

impl Compare {
    /// For a history.
    #[must_use]
    pub fn new(history: &History, disk: Rc<Disk>) -> Self {
        let model = Model::new(&history.lines, history.interval, u64::from(BUILT) * DAY);
        Self {
            model,
            disk,
            pending: None,
            waits: None,
            repairs: 0,
            settled: (0, 0),
            answers: (0, 0),
            trace: false,
        }
    }

    /// What the power interrupted was done, or was not.
    fn adopt(&mut self, at: &Moment, agent: &mut Agent<'_>) {
        let Some(step) = self.pending.take() else { return };
        let holds = |number: usize| held(agent).iter().any(|line| line.0 == number);
        let done = match step {
            Step::Install(number) => holds(number) && self.model.holds(number).is_none(),
            Step::Clear(number) => !holds(number) && self.model.holds(number).is_some(),
            Step::Revoke(number) => {
                let spec = &self.model.specs[number];
                let text = license(number, spec, FEATURES[spec.feature]);
                let mut revoked = false;
                agent.install(text.as_bytes(), InstallMode::DryRun, at.now(), |taken| {
                    revoked = matches!(taken.result, Err(Reason::LicenseRevoked));
                });
                revoked
            }
            Step::Accept(place) => {
                let asked = agent.lines().find(|held| {
                    held.feature() == Some(feature(place)) && held.eula_accepted().is_some()
                });
                asked.and_then(nodelock::agent::AgentLine::eula_accepted) == Some(true)
            }
            Step::Priority(number, _) => {
                let after = held(agent).iter().find(|line| line.0 == number).map(|line| line.1);
                after != self.model.holds(number).map(|line| line.priority)
            }
            // It is finished by this boot (SPEC 17.7).
            Step::RepairClock => self.repairs(agent),
            _ => false,
        };
        if done && step == Step::RepairClock {
            self.model.forget_running();
        } else if done {
            self.model.apply(step);
        }
        if let Step::Activate(place) | Step::Deactivate(place) = step {
            self.model.doubt(place);
        }
        if let Step::Accept(place) = step
            && !done
        {
            self.model.doubt(place);
        }
    }

    /// Whether the device has counted a repair since this was asked last.
    fn repairs(&mut self, agent: &mut Agent<'_>) -> bool {
        let repairs = agent.repair_number(Repair::Clock).unwrap_or(self.repairs);
        std::mem::replace(&mut self.repairs, repairs) < repairs
    }

    fn tell(&mut self, at: &Moment, agent: &Agent<'_>) -> Result<(), Finding> {
        self.model.advance(at.uptime);
        let states = self.model.clock.observe(at.uptime, at.wall);
        let state = state_of(agent);
        if !states.contains(&state) && !self.model.clock.floor_open {
            return Err(format!(
                "the clock is {state:?} at floor {}, wall {:?}; the model says {states:?} at floor {}",
                agent.clock().at_least.0,
                at.wall,
                self.model.clock.floor
            ));
        }
        self.model.clock.take(state, at.uptime);
        Ok(())
    }

    /// Trials that have turned into rights to use (SPEC 12.2): at their end, and for good.
    fn convert(&mut self, agent: &Agent<'_>) -> Result<(), Finding> {
        for held in agent.lines() {
            let id = held.right().id().0;
            let number = usize::from(id[9]);
            let ours = id[..9] == line_id(0)[..9]
                && held.right().license_type() == LicenseType::EvaluationRightToUse;
            if !ours {
                continue;
            }
            let is = held.license_type() == LicenseType::RightToUse;
            let was = self.model.uses.get(&number).is_some_and(|used| used.converted);
            if was && !is {
                return Err(format!("line {number} is a trial again"));
            }
            if is && !was {
                if self.model.ended(number) == Maybe::No {
                    return Err(format!("line {number} turned into a right to use too early"));
                }
                self.model.convert(number, held.priority() as u8);
            }
        }
        Ok(())
    }

    /// A verb may take the reading that comes with it before it begins, at its end, or leave it to the
    /// next tick: the text does not say, so what the agent shows decides.
    fn reread(&mut self, at: &Moment, agent: &Agent<'_>, step: Step) {
        let (state, shown) = (state_of(agent), agent.clock().at_least.0);
        for (before, raise, after) in [
            (true, true, true),
            (false, true, true),
            (true, true, false),
            (false, true, false),
            (true, false, false),
            (false, false, false),
            (true, false, true),
        ] {
            let mut clock = self.model.clock.clone();
            let new = if matches!(step, Step::Install(_)) { clock.dates.pop() } else { None };
            let read = |clock: &mut Clockwork| {
                let states = clock.observe(at.uptime, at.wall);
                let state = if states.contains(&state) { state } else { states[0] };
                clock.take(state, at.uptime);
            };
            if before {
                read(&mut clock);
            }
            clock.dates.extend(new);
            if raise {
                clock.raise();
            } else if after && clock.floor_open {
                // From an older floor the signed dates may be too far.
                clock.dates.clear();
            }
            if after {
                read(&mut clock);
            }
            if clock.state == state && clock.shown() == shown {
                self.model.clock = clock;
                return;
            }
        }
    }

    fn check(&mut self, at: &Moment, agent: &Agent<'_>) -> Result<(), Finding> {
        if self.disk.is_dark() {
            return Ok(());
        }
        self.model.settle();
        let floor = agent.clock().at_least.0;
        if self.model.clock.floor_open {
            self.model.clock.state = state_of(agent);
        }
        self.model.clock.learn(floor, at.uptime);
        if floor != self.model.clock.shown() {
            let ours = self.model.clock.shown();
            return Err(format!(
                "the floor is {floor}, the model says {ours} ({:?})",
                self.model.clock
            ));
        }
        self.convert(agent)?;
        let mut numbers = held(agent);
        let mut ours: Vec<(usize, u8)> =
            self.model.installed.iter().map(|line| (line.number, line.priority)).collect();
        numbers.sort_unstable();
        ours.sort_unstable();
        if numbers != ours {
            return Err(format!("lines and priorities are {numbers:?}, the model says {ours:?}"));
        }
        if agent.uptime() != at.uptime {
            // It was not told the time: its answers are those of a late tick.
            return Ok(());
        }
        self.model.kept();
        for (place, name) in FEATURES.into_iter().enumerate() {
            let verdict = agent.check(feature(place), at.uptime);
            let expected = self.model.expect(place);
            self.settled.1 += 1;
            self.settled.0 += u64::from(expected != Expected::Open);
            let agree = match (&expected, &verdict) {
                (Expected::Open, _) | (Expected::Granted(None), Verdict::Granted(_)) => true,
                (Expected::Granted(Some(line)), Verdict::Granted(grant)) => {
                    let alone = !self.model.specs.iter().any(|s| s.feature == place && s.additive);
                    !alone || grant.id.0 == line_id(*line)
                }
                (Expected::Denied(reasons), Verdict::Denied(denial)) => {
                    reasons.contains(&denial.reason)
                }
                (Expected::Granted(_), Verdict::Denied(denial)) => {
                    // Once in a boot, for 120 s (SPEC 12.6).
                    let waits = denial.reason == Reason::RestartedTooOften;
                    let since = *self.waits.get_or_insert(at.uptime);
                    waits
                        && at.uptime < since + 120
                        && self
                            .model
                            .specs
                            .iter()
                            .any(|spec| spec.feature == place && spec.license_type.is_dated())
                }
                _ => false,
            };
            if !agree {
                return Err(format!(
                    "at uptime {} {} is {verdict:?}; the model says {expected:?} (uses {:?}, runs {}, {:?})",
                    at.uptime,
                    name,
                    self.model.uses,
                    self.model.runs(place),
                    self.model.clock
                ));
            }
        }
        Ok(())
    }
}

impl Watch for Compare {
    fn booted(&mut self, at: &Moment, agent: Option<&mut Agent<'_>>) -> Result<(), Finding> {
        self.model.boot(at.uptime);
        self.waits = None;
        let Some(agent) = agent else { return Ok(()) };
        self.adopt(at, agent);
        let (floor, state) = (agent.clock().at_least.0, state_of(agent));
        self.model.clock.boot(floor, state, at.wall)?;
        self.check(at, agent)
    }

    fn ticked(&mut self, at: &Moment, agent: &mut Agent<'_>) -> Result<(), Finding> {
        self.tell(at, agent)?;
        self.check(at, agent)
    }

    fn done(
        &mut self,
        at: &Moment,
        step: Step,
        outcome: Outcome,
        agent: &mut Agent<'_>,
    ) -> Result<(), Finding> {
        if self.trace {
            println!("  boot {} uptime {}: {step:?} {outcome:?}", at.boot, at.uptime);
        }
        if self.disk.is_dark() {
            self.pending = Some(step);
            if step == Step::RepairClock {
                let clock = &mut self.model.clock;
                clock.most = clock.most.max(at.truth / DAY * DAY);
                clock.jump_before = true;
            }
            self.model.advance(at.uptime);
            return Ok(());
        }
        self.model.advance(at.uptime);
        self.model.settle();
        // A verb that tells the time as well may see an end: that is the model's next reading.
        let told = at.uptime == self.model.clock.told;
        let expected = self.model.answer(step).filter(|_| told);
        self.answers.1 += 1;
        if let Some(expected) = expected {
            self.answers.0 += 1;
            if Outcome::from(expected) != outcome && outcome != Outcome::Nothing {
                return Err(format!("{step:?} gives {outcome:?}, the model says {expected:?}"));
            }
        }
        if outcome.is_done() {
            if step == Step::RepairClock {
                self.repairs(agent);
                self.model.repaired(agent.clock().at_least.0, state_of(agent), at.uptime);
            } else {
                self.model.apply(step);
            }
        }
        if let Step::Activate(place) = step
            && !outcome.is_done()
            && self.model.active.contains(&place)
        {
            // Whether a refused call stops what runs is not said.
            self.model.doubt(place);
        }
        self.reread(at, agent, step);
        self.check(at, agent)
    }

    fn off(&mut self, at: &Moment, _: &Disk) -> Result<(), Finding> {
        let clock = &mut self.model.clock;
        let floor = clock.floor + at.uptime.saturating_sub(clock.told);
        clock.most = floor.max(clock.most).max(at.wall.unwrap_or(0)).max(clock.signed);
        Ok(())
    }

    fn passed(&mut self, at: &Moment, seconds: u64, agent: &mut Agent<'_>) -> Result<(), Finding> {
        let deadline = agent.next_deadline();
        if self.trace {
            println!(
                "  boot {} uptime {} for {seconds} s, deadline {deadline:?}",
                at.boot, at.uptime
            );
        }
        if at.uptime != agent.uptime() {
            return Ok(());
        }
        let ahead = deadline.map_or(u64::MAX, |deadline| deadline - at.uptime);
        for (place, name) in FEATURES.into_iter().enumerate() {
            let now = agent.check(feature(place), at.uptime).to_code();
            let on_time = at.uptime + seconds.min(ahead) - 1;
            let then = agent.check(feature(place), on_time);
            if then.to_code() != now {
                return Err(format!(
                    "{}: {now} at uptime {}, and {then:?} before the deadline, at {on_time}",
                    FEATURES[place], at.uptime
                ));
            }
            // A step and an interval are no longer than two intervals (SPEC 12.9).
            let late = ahead.saturating_add(2 * self.model.interval);
            if seconds > late && self.model.needs_ticks(place) == Obstacle::Sure {
                let verdict = agent.check(feature(place), at.uptime + late + 1);
                if verdict.is_granted() {
                    return Err(format!("{name} is granted {} s after the last tick", late + 1));
                }
            }
        }
        Ok(())
    }
}
