//! The promises of SPEC 12.7, 12.9 and 13.1, which need no model to be checked: how long a right is
//! granted at most, and that a subscription is never lost while the clock is right.

use nodelock::record::Repair;
use nodelock::rights::Verdict;
use nodelock::value::LicenseType;

use crate::history::{DAY, History, LineSpec, Step};
use crate::toy::line_id;
use crate::world::{Agent, Finding, Moment, Outcome, Watch, feature, granted_for};

/// What is known of one line.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    granted: u64,
    /// Its bound was exceeded in an earlier boot.
    closed: bool,
    installed: bool,
    revoked: bool,
    /// It was granted before its first day had come.
    before: bool,
    running: bool,
    /// Seconds in which its feature was not granted, though it ran: nobody called the agent.
    denied: u64,
    /// Boots in which it was used.
    used_boots: u64,
    used: bool,
}

/// The promises, for one history.
#[derive(Debug)]
pub struct Bounds<'h> {
    lines: &'h [LineSpec],
    accounts: Vec<Account>,
    interval: u64,
    /// Slices that went on behind their deadline; each may lose an interval.
    late: u64,
    /// Repairs that the device has counted.
    repairs: u64,
    /// Whether to print what is seen.
    pub trace: bool,
    /// Seconds that were checked.
    pub seconds: u64,
    /// Rights that reached their end.
    pub ended: u64,
}

impl<'h> Bounds<'h> {
    /// For a history.
    #[must_use]
    pub fn new(history: &'h History) -> Self {
        let accounts = vec![Account::default(); history.lines.len()];
        Self {
            lines: &history.lines,
            accounts,
            interval: history.interval,
            late: 0,
            repairs: 0,
            trace: false,
            seconds: 0,
            ended: 0,
        }
    }

    fn bound(&self, line: &LineSpec) -> u64 {
        if line.license_type.is_metered() {
            line.usage + self.late * self.interval
        } else {
            line.length() + line.length() / 100 + DAY
        }
    }

    fn look(&mut self, at: &Moment, agent: &Agent<'_>) {
        for (number, line) in self.lines.iter().enumerate() {
            // Even for no time at all: it is counted from then on.
            let granted = at.truth < line.first() && {
                let verdict = agent.check(feature(line.feature), at.uptime);
                matches!(verdict, Verdict::Granted(grant) if grant.id.0 == line_id(number))
            };
            self.accounts[number].before |= granted;
        }
        for account in &mut self.accounts {
            account.installed = false;
        }
        for held in agent.lines() {
            let id = held.right().id().0;
            if id[..9] == line_id(0)[..9]
                && let Some(account) = self.accounts.get_mut(usize::from(id[9]))
            {
                account.installed = true;
            }
        }
    }

    /// How long rights with dates have run is forgotten where a repair of the clock has used its number
    /// up, by this call or by one at which the power went (SPEC 17.6, 17.7).
    fn repaired(&mut self, agent: &mut Agent<'_>) {
        let Ok(repairs) = agent.repair_number(Repair::Clock) else { return };
        if std::mem::replace(&mut self.repairs, repairs) >= repairs {
            return;
        }
        for (account, line) in self.accounts.iter_mut().zip(self.lines) {
            if line.license_type.is_dated() {
                (account.granted, account.before, account.closed) = (0, false, false);
            }
        }
    }

    fn right_clock(
        at: &Moment,
        seconds: u64,
        line: &LineSpec,
        account: &Account,
        agent: &Agent<'_>,
    ) -> Result<(), Finding> {
        let due = line.license_type == LicenseType::Subscription
            && account.installed
            && !account.revoked
            && !account.before
            && at.wall == Some(at.truth)
            && (line.first()..line.over()).contains(&at.truth)
            && at.uptime >= at.started + 120
            && at.uptime == agent.uptime();
        if !due {
            return Ok(());
        }
        let until =
            agent.next_deadline().map_or(u64::MAX, |deadline| deadline.saturating_sub(at.uptime));
        let until = until.min(seconds).min(line.over() - at.truth).max(1);
        for after in if until > 1 { [0, until - 1] } else { [0, 0] } {
            if let Verdict::Denied(denial) = agent.check(feature(line.feature), at.uptime + after) {
                return Err(format!(
                    "the clock is right, and the subscription `{line}` is denied at uptime {} ({}): \
                     it has run {} s of {}",
                    at.uptime + after,
                    denial.reason.name(),
                    account.granted,
                    line.length()
                ));
            }
        }
        Ok(())
    }
}

impl Watch for Bounds<'_> {
    fn booted(&mut self, at: &Moment, agent: Option<&mut Agent<'_>>) -> Result<(), Finding> {
        let bounds: Vec<u64> = self.lines.iter().map(|line| self.bound(line)).collect();
        for (account, bound) in self.accounts.iter_mut().zip(bounds) {
            account.closed = account.granted > bound;
            account.running = false;
            account.used = false;
        }
        if let Some(agent) = agent {
            self.repaired(agent);
            self.look(at, agent);
        } else {
            // It may have been granted for a moment, and is counted from then on.
            for (account, line) in self.accounts.iter_mut().zip(self.lines) {
                account.before |= at.truth < line.first();
            }
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
        if let Step::Activate(place) = step {
            let account = &mut self.accounts[place];
            account.used_boots += u64::from(!account.used);
            account.used = true;
        }
        match step {
            Step::Activate(place) if outcome.is_done() => self.accounts[place].running = true,
            Step::Deactivate(place) => self.accounts[place].running = false,
            Step::Revoke(line) if outcome.is_done() => self.accounts[line].revoked = true,
            Step::RepairClock => self.repaired(agent),
            _ => {}
        }
        self.look(at, agent);
        Ok(())
    }

    fn passed(&mut self, at: &Moment, seconds: u64, agent: &mut Agent<'_>) -> Result<(), Finding> {
        if agent.next_deadline().is_some_and(|deadline| at.uptime + seconds > deadline) {
            self.late += 1;
        }
        if self.trace {
            for line in self.lines {
                let verdict = agent.check(feature(line.feature), at.uptime);
                let reading = agent.clock();
                println!(
                    "boot {} uptime {} for {seconds} s, wall {:?}, deadline {:?}: {} {verdict:?}, {reading:?}",
                    at.boot,
                    at.uptime,
                    at.wall,
                    agent.next_deadline(),
                    line.feature
                );
            }
        }
        for (number, line) in self.lines.iter().enumerate() {
            let bound = self.bound(line);
            let account = &mut self.accounts[number];
            let verdict = agent.check(feature(line.feature), at.uptime);
            if let Verdict::Granted(grant) = verdict
                && grant.id.0 == line_id(number)
            {
                let all = seconds;
                let seconds = granted_for(agent, line.feature, at.uptime, seconds);
                account.denied += if account.running { all - seconds } else { 0 };
                self.seconds += seconds;
                account.granted += seconds;
                account.before |= at.truth < line.first() && seconds > 0;
                if account.granted > bound && (account.closed || !account.running) {
                    return Err(format!(
                        "`{line}` was granted for {} s, {} more than its length or usage",
                        account.granted,
                        account.granted
                            - if line.license_type.is_metered() {
                                line.usage
                            } else {
                                line.length()
                            }
                    ));
                }
            } else if agent.check(feature(line.feature), at.uptime + seconds - 1).is_granted() {
                return Err(format!("`{line}` is granted though nobody called the agent"));
            } else if let Verdict::Denied(denial) = verdict
                && denial.reason == nodelock::Reason::Expired
            {
                self.ended += 1;
                let least = line.usage.saturating_sub(account.used_boots * self.interval);
                if line.license_type.is_metered() && account.granted + account.denied < least {
                    return Err(format!(
                        "`{line}` has ended after {} s in {} boots",
                        account.granted, account.used_boots
                    ));
                }
            }
            let account = &mut self.accounts[number];
            if account.running && !verdict.is_granted() {
                account.denied += seconds;
            }
            Self::right_clock(at, seconds, line, &self.accounts[number], agent)?;
        }
        Ok(())
    }
}
