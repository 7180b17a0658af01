//! Storage that fails (SPEC 13.4): after a verb that failed, a reboot shows all of it or nothing, and
//! the agent the same before; what succeeded is there; nothing comes back.

use std::rc::Rc;

use nodelock::InstallMode;
use nodelock::testing::StorageFault;
use nodelock::value::{LicenseType, LineId};

use crate::dice::Dice;
use crate::generate::TODAY;
use crate::history::{Boot, Clock, DAY, FEATURES, History, LineSpec, Step, Ticks};
use crate::toy::{license, line_id};
use crate::world::{Agent, Disk, Finding, Moment, Outcome, Watch, World, feature};

/// What can be seen of what is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Lines: id, priority, agreement, seconds charged.
    lines: Vec<(LineId, u32, Option<bool>, u64)>,
    /// What installing each line would do.
    what_if: Vec<Result<(), i32>>,
    /// Verdicts of all features, after a boot only.
    verdicts: Vec<u32>,
    /// History: number, kind, id, after a boot only.
    kinds: Vec<(u64, u8, LineId)>,
}

fn see(at: &Moment, agent: &mut Agent<'_>, lines: &[LineSpec], after_boot: bool) -> Seen {
    let mut seen = Seen::default();
    for held in agent.lines() {
        let charged = held.meter().map_or(0, nodelock::meter::Meter::charged);
        let charged = if after_boot { charged } else { 0 };
        let priority = held.priority() as u32;
        seen.lines.push((held.right().id(), priority, held.eula_accepted(), charged));
    }
    seen.lines.sort();
    for (number, spec) in lines.iter().enumerate() {
        let text = license(number, spec, FEATURES[spec.feature]);
        let mut result = Ok(());
        agent.install(text.as_bytes(), InstallMode::DryRun, at.now(), |taken| {
            result = taken.result.map(|_| ()).map_err(nodelock::Reason::code);
        });
        seen.what_if.push(result);
    }
    if after_boot {
        for place in 0..FEATURES.len() {
            seen.verdicts.push(agent.check_code(feature(place), at.uptime));
        }
        let _ = agent.history(|entry| seen.kinds.push((entry.number, entry.kind as u8, entry.id)));
        seen.kinds.sort();
    }
    seen
}

/// Boot 0 prepares, in boot 1 the first step fails, boot 2 shows what is left.
struct Trial<'h> {
    disk: Rc<Disk>,
    lines: &'h [LineSpec],
    fault: Option<StorageFault>,
    outcomes: Vec<Outcome>,
    failed: u32,
    before: Seen,
    after: Seen,
    granted: u64,
}

impl Watch for Trial<'_> {
    fn booted(&mut self, at: &Moment, agent: Option<&mut Agent<'_>>) -> Result<(), Finding> {
        match (at.boot, agent) {
            (1, Some(_)) => self.disk.set_fault(self.fault),
            (2, Some(agent)) => self.after = see(at, agent, self.lines, true),
            _ => {}
        }
        Ok(())
    }

    fn ticked(&mut self, _: &Moment, _: &mut Agent<'_>) -> Result<(), Finding> {
        Ok(())
    }

    fn done(
        &mut self,
        at: &Moment,
        step: Step,
        outcome: Outcome,
        agent: &mut Agent<'_>,
    ) -> Result<(), Finding> {
        if at.boot == 1 {
            self.outcomes.push(outcome);
            if self.outcomes.len() == 1 {
                self.failed = self.disk.calls().1;
            }
            if self.fault.is_none_or(|fault| fault.times < u32::MAX) {
                self.disk.set_fault(None);
            }
            if matches!(step, Step::Install(_)) {
                // What could not be read at that moment is read at the next tick (SPEC 13.4).
                agent.tick(at.now());
            }
            self.before = see(at, agent, self.lines, false);
        }
        Ok(())
    }

    fn passed(&mut self, at: &Moment, seconds: u64, agent: &mut Agent<'_>) -> Result<(), Finding> {
        for (number, line) in self.lines.iter().enumerate() {
            let by = |after| {
                matches!(agent.check(feature(line.feature), at.uptime + after),
                    nodelock::rights::Verdict::Granted(grant) if grant.id.0 == line_id(number))
            };
            if at.boot == 1 && line.license_type.is_metered() && by(0) && by(seconds - 1) {
                self.granted += seconds;
            }
        }
        Ok(())
    }

    fn off(&mut self, at: &Moment, disk: &Disk) -> Result<(), Finding> {
        if at.boot == 1 {
            self.failed = self.failed.max(disk.calls().1);
            disk.set_fault(None);
        }
        Ok(())
    }
}

fn line(feature: usize, license_type: LicenseType, units: u64) -> LineSpec {
    LineSpec {
        feature,
        version: 2,
        license_type,
        units,
        additive: false,
        issued: TODAY,
        start: None,
        end: TODAY + 20,
        usage: 10 * 3600,
        expiry: 0,
        eula: false,
    }
}

/// A device with some lines, and a verb that will fail.
pub fn generate(dice: &mut Dice) -> History {
    use LicenseType as T;
    let mut lines = vec![
        line(0, T::Permanent, 0),
        line(4, T::Permanent, 3),
        line(6, T::Evaluation, 0),
        line(1, T::Subscription, 0),
        line(2, T::PermanentRightToUse, 0),
        line(3, T::EvaluationRightToUse, 0),
        line(8, T::EvaluationSubscription, 0),
        LineSpec { additive: true, ..line(4, T::Permanent, 2) },
        line(7, T::Grace, 0),
    ];
    for line in &mut lines {
        line.usage = dice.pick(&[1800, 36_000]);
    }
    let count = lines.len() as u64;
    let any = |dice: &mut Dice| usize::try_from(dice.below(count)).unwrap_or(0);
    let mut steps = Vec::new();
    for _ in 0..dice.range(2, 7) {
        steps.push(Step::Install(any(dice)));
    }
    for _ in 0..dice.below(4) {
        steps.push(match dice.below(6) {
            0 => Step::Clear(any(dice)),
            1 => Step::Accept(6),
            2 => Step::Activate(dice.pick(&[2, 3, 5, 6, 7])),
            3 => Step::Run(dice.range(60, 3000), Ticks::Deadlines),
            4 => Step::Priority(any(dice), dice.pick(&[0, 1, 3])),
            _ => Step::Revoke(any(dice)),
        });
    }
    let verb = match dice.below(8) {
        0 => Step::Install(any(dice)),
        1 => Step::Clear(any(dice)),
        2 => Step::Revoke(any(dice)),
        3 => Step::Accept(dice.pick(&[0, 6])),
        4 => Step::Activate(dice.pick(&[2, 3, 5, 6, 7])),
        5 => Step::Deactivate(dice.pick(&[2, 3])),
        6 => Step::Priority(any(dice), dice.pick(&[0, 1, 3])),
        _ => Step::RepairClock,
    };
    let boot = |steps| Boot { off: 60, uptime: 0, clock: Clock::GoesOn, cut: None, steps };
    let mut boots = vec![boot(steps), boot(vec![verb]), boot(Vec::new())];
    boots[0].clock = Clock::Right;
    if dice.percent(20) {
        // The feature runs for a while, on what was paid.
        boots[1].steps.push(Step::Run(dice.range(60, 5000), Ticks::Deadlines));
    }
    History { begin: u64::from(TODAY) * DAY + 7200, interval: 900, small: false, lines, boots }
}

fn trial<'h>(
    world: &mut World,
    history: &'h History,
    fault: Option<StorageFault>,
) -> Result<Trial<'h>, Finding> {
    let mut trial = Trial {
        disk: Rc::clone(&world.disk),
        lines: &history.lines,
        fault,
        outcomes: Vec::new(),
        failed: 0,
        before: Seen::default(),
        after: Seen::default(),
        granted: 0,
    };
    world.run(history, &mut trial)?;
    Ok(trial)
}

fn judge(
    history: &History,
    trial: &Trial<'_>,
    none: &Trial<'_>,
    all: &Trial<'_>,
    again: bool,
) -> Result<(), Finding> {
    let ran = history.boots[1].steps.len() > 1 && !again;
    let outcome = trial.outcomes.last().copied().unwrap_or(Outcome::Nothing);
    let strip = |seen: &Seen| {
        let mut seen = seen.clone();
        for line in &mut seen.lines {
            // How much was charged depends on when the storage failed.
            line.3 = 0;
        }
        seen.verdicts.clear();
        // The end of a right has an entry, too.
        seen.kinds.retain(|kind| kind.1 != 3);
        seen.kinds.iter_mut().for_each(|kind| kind.0 = 0);
        seen
    };
    let verb = history.boots[1].steps[0];
    let part = |of: &Trial<'_>| {
        let mut seen = if ran { strip(&of.after) } else { of.after.clone() };
        if matches!(verb, Step::RepairClock) {
            // A repair has no pending change (SPEC 13.4), so that its entry can be lost.
            seen.kinds.clear();
        }
        if again {
            // Who calls again may have two entries in the history.
            seen.kinds.iter_mut().for_each(|kind| kind.0 = 0);
            seen.kinds.sort();
            seen.kinds.dedup();
        }
        seen
    };
    let (left, nothing, everything) = (part(trial), part(none), part(all));
    let first = |a: &Seen, b: &Seen| {
        let mut text = String::new();
        for (what, is, not) in [
            ("lines", format!("{:?}", a.lines), format!("{:?}", b.lines)),
            ("what if", format!("{:?}", a.what_if), format!("{:?}", b.what_if)),
            ("verdicts", format!("{:?}", a.verdicts), format!("{:?}", b.verdicts)),
            ("history", format!("{:?}", a.kinds), format!("{:?}", b.kinds)),
        ] {
            if is != not {
                text.push_str(&format!(
                    "
   {what} are {is}
   instead of {not}"
                ));
            }
        }
        text
    };
    let expected = all.outcomes.last().copied().unwrap_or(Outcome::Nothing);
    if outcome.is_done() && (!ran || expected.is_done()) && left != everything {
        return Err(format!(
            "it succeeded, and the reboot shows something else{}",
            first(&left, &everything)
        ));
    }
    if left != nothing && left != everything {
        return Err(format!(
            "{outcome:?}: the reboot shows neither all nor nothing{}{}",
            first(&left, &nothing),
            first(&left, &everything)
        ));
    }
    let (mut before, mut after) = (trial.before.clone(), strip(&trial.after));
    after.kinds.clear();
    if matches!(verb, Step::Activate(_)) {
        // What was paid ahead is lost at the reboot, and a trial may turn into a right to use then.
        before.lines.iter_mut().chain(&mut after.lines).for_each(|line| line.1 = 0);
    }
    if trial.fault.is_some_and(|fault| fault.times < u32::MAX) && !ran && before != after {
        return Err(format!(
            "{outcome:?}: the agent says something else than the reboot{}",
            first(&before, &after)
        ));
    }
    let charged = |seen: &Seen| seen.lines.iter().map(|line| line.3).sum::<u64>();
    let base = charged(&none.after);
    // What runs at the end of its allowance goes on until the next boot.
    let ended = trial.after.lines.iter().any(|line| line.3 == 1800);
    if ran
        && !ended
        && trial.granted > charged(&trial.after).saturating_sub(base)
        && !matches!(history.boots[1].steps[0], Step::Clear(_) | Step::Revoke(_) | Step::Install(_))
    {
        let spent = charged(&trial.after).saturating_sub(base);
        return Err(format!("{} s were granted, and {spent} are charged", trial.granted));
    }
    Ok(())
}

/// Lets the verb of a history fail in every way. Returns how many ways there were.
///
/// # Errors
/// The way, and what was wrong then.
pub fn every_way(
    world: &mut World,
    history: &History,
) -> Result<u64, (Option<StorageFault>, Finding)> {
    let mut idle = history.clone();
    idle.boots[1].steps.clear();
    let mut twice = history.clone();
    let verb = twice.boots[1].steps[0];
    twice.boots[1].steps = vec![verb, verb];
    let plain = |world: &mut World| -> Result<_, Finding> {
        Ok((trial(world, &idle, None)?, trial(world, history, None)?))
    };
    let (none, all) = plain(world).map_err(|what| (None, what))?;
    let mut ways = 0;
    for times in [1, 2, 4, u32::MAX] {
        for (after, writes_only) in [(false, false), (false, true), (true, true)] {
            for call in 0..400 {
                let fault = Some(StorageFault { call, times, after, writes_only });
                let wrong = |what| (fault, what);
                let one = trial(world, history, fault).map_err(wrong)?;
                if one.failed == 0 {
                    break;
                }
                ways += 1;
                judge(history, &one, &none, &all, false).map_err(wrong)?;
                let skipped = history.boots[1].steps.len() > 1;
                if times < u32::MAX && !skipped && !matches!(verb, Step::RepairClock) {
                    let again = trial(world, &twice, fault).map_err(wrong)?;
                    let ended = again.outcomes.last().copied();
                    judge(history, &again, &none, &all, true)
                        .map_err(|what| (fault, format!("called again ({ended:?}): {what}")))?;
                    let settled = all.outcomes[0].is_done() && history.boots[1].steps.len() == 1;
                    if settled && again.after.lines != all.after.lines {
                        let what = format!("called again ({ended:?}), it has no effect");
                        return Err((fault, what));
                    }
                }
            }
        }
    }
    Ok(ways)
}
