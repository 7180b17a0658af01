//! The life of one device, session by session.

use std::cell::RefCell;

use nodelock::agent::Priority;
use nodelock::event::EventKind;
use nodelock::lease::LeaseToken;
use nodelock::record::Repair;
use nodelock::store::flash::FlashStorage;
use nodelock::testing::{FlashFault, HostileFlash};
use nodelock::value::LineId;
use nodelock::{Now, Reason};

use super::device::{Agent, COUNT, Chip, Line, Owner, boot, id, lines, moment};
use super::known::{Known, Verb, comment, is_open};
use super::pairs::Image;
use super::seen::{Kept, More, Seen};
use super::{Tally, Trouble};
use crate::dice::Dice;
use crate::generate::TODAY;
use crate::session::{granted_for, install};
use crate::toy::{self, line_id};
use crate::world::Outcome;

/// Sessions of a life.
pub const SESSIONS: u64 = 30;

type Board<'f, const LEN: usize> = FlashStorage<Chip<'f, LEN>>;

/// A device.
#[derive(Debug)]
pub struct Life<'t, const LEN: usize> {
    flash: RefCell<HostileFlash<LEN>>,
    trouble: &'t Trouble,
    group: usize,
    times: u64,
    lines: Vec<Line>,
    dice: Dice,
    /// What must hold; two of them where nobody knows whether a verb took effect.
    may_be: Vec<Known>,
    kept: Kept,
    /// Seconds since the device was made.
    truth: u64,
    /// Seconds for which each line was granted.
    granted: Vec<u64>,
    trace: bool,
}

/// One boot.
struct Session<'a, 'b, 'f, 't, const LEN: usize> {
    life: &'a mut Life<'t, LEN>,
    flash: &'f RefCell<HostileFlash<LEN>>,
    agent: &'a mut Agent<'b, Board<'f, LEN>>,
    uptime: u64,
    tokens: Vec<LeaseToken>,
    tally: &'a mut Tally,
}

impl<'t, const LEN: usize> Life<'t, LEN> {
    /// New, on flash of this kind.
    #[must_use]
    pub fn new(page_len: u32, word_len: u8, trouble: &'t Trouble, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let lines = lines();
        Self {
            flash: RefCell::new(HostileFlash::new(page_len, word_len, seed ^ 0xF1A5)),
            trouble,
            group: usize::try_from(dice.below(trouble.faults.len() as u64)).unwrap_or(0),
            times: dice.pick(&[5, u64::MAX, u64::MAX, u64::MAX]),
            granted: vec![0; lines.len()],
            lines,
            dice,
            may_be: vec![Known::default()],
            kept: Kept::default(),
            truth: 0,
            trace: std::env::var_os("TRACE").is_some(),
        }
    }

    /// Lets all of it happen.
    ///
    /// # Errors
    /// What was found wrong, and where.
    pub fn run(mut self, tally: &mut Tally) -> Result<(), String> {
        tally.lives += 1;
        let flash = std::mem::replace(&mut self.flash, RefCell::new(HostileFlash::new(256, 1, 0)));
        for number in 0..SESSIONS {
            tally.sessions += 1;
            self.session(&flash, tally).map_err(|what| format!("session {number}: {what}"))?;
        }
        tally.faults += flash.borrow().happened();
        self.shadow(&flash, tally).map_err(|what| format!("at the end: {what}"))?;
        Ok(())
    }

    /// The flash of the device after so many sessions, and what must be in it.
    ///
    /// # Errors
    /// What was found wrong on the way.
    pub fn age(mut self, sessions: u64, tally: &mut Tally) -> Result<Image<LEN>, String> {
        let flash = std::mem::replace(&mut self.flash, RefCell::new(HostileFlash::new(256, 1, 0)));
        for _ in 0..sessions {
            self.session(&flash, tally)?;
        }
        flash.borrow_mut().calm();
        // A boot ends what a failure left open.
        let now = moment(0, self.truth);
        let mounted = FlashStorage::mount(Chip(&flash));
        let storage = mounted.map_err(|reason| format!("the flash is not mounted: {reason}"))?;
        boot(storage, Owner(None), now, |_| ())?;
        self.shadow(&flash, tally)?;
        let known = self.may_be.pop().unwrap_or_default();
        let (kept, lines, truth) = (self.kept, self.lines, self.truth);
        Ok(Image { flash: flash.into_inner(), known, kept, lines, truth })
    }

    fn session(
        &mut self,
        flash: &RefCell<HostileFlash<LEN>>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        self.inflict(flash);
        if self.dice.percent(35) {
            let after = self.dice.pick(&[3, 10, 30, 100]);
            flash.borrow_mut().cut_power(self.dice.below(after));
        }
        let mounted = FlashStorage::mount(Chip(flash));
        let storage = mounted.map_err(|reason| format!("the flash is not mounted: {reason}"))?;
        self.truth += self.dice.below(2) * self.dice.range(1, 7200);
        let now = moment(0, self.truth);
        let result = boot(storage, Owner(None), now, |agent| {
            let mut session =
                Session { life: self, flash, agent, uptime: 0, tokens: Vec::new(), tally };
            session.all()
        })?;
        tally.cuts += u64::from(flash.borrow().is_dark());
        flash.borrow_mut().power_on();
        result
    }

    /// The flash fails as often as it should.
    fn inflict(&self, flash: &RefCell<HostileFlash<LEN>>) {
        let group = self.trouble.faults[self.group];
        for fault in group {
            let one_in = self.trouble.one_in * group.len() as u64;
            flash.borrow_mut().inflict(*fault, one_in, self.times);
        }
    }

    /// For a while every write fails: more often than the log tries anew.
    fn burst(&mut self, flash: &RefCell<HostileFlash<LEN>>) {
        let group = self.trouble.faults[self.group];
        let fails = |fault: &&FlashFault| {
            matches!(
                fault,
                FlashFault::WriteRefused | FlashFault::WriteHalf | FlashFault::WriteDone
            )
        };
        if let Some(fault) = group.iter().find(fails) {
            flash.borrow_mut().inflict(*fault, 1, self.dice.pick(&[3, 10, 12, 20, 40, 200]));
        }
    }

    /// What a reboot would show: a boot on a copy of the flash, in which nothing fails.
    fn shadow(
        &mut self,
        flash: &RefCell<HostileFlash<LEN>>,
        tally: &mut Tally,
    ) -> Result<Seen, String> {
        tally.shadows += 1;
        let copy = RefCell::new(flash.borrow().clone());
        copy.borrow_mut().power_on();
        copy.borrow_mut().calm();
        let mounted = FlashStorage::mount(Chip(&copy));
        let mut storage = mounted.map_err(|reason| format!("it is not mounted: {reason}"))?;
        match Kept::of(&mut storage) {
            Ok(kept) => {
                if let Some(less) = kept.less_than(&self.kept).filter(|_| !self.trouble.decays) {
                    return Err(less);
                }
                self.kept = kept;
            }
            Err(_) if self.trouble.decays => {}
            Err(reason) => return Err(format!("a value cannot be read: {reason}")),
        }
        let (now, lines) = (moment(0, self.truth), &self.lines);
        let (seen, more) = boot(storage, Owner(None), now, |agent| {
            let seen = Seen::of(agent);
            let more = More::of(agent, lines, now);
            (seen, more)
        })?;
        self.narrow(&seen, Some(&more), tally)?;
        Ok(seen)
    }

    /// Of what may be, what is shown.
    fn narrow(
        &mut self,
        seen: &Seen,
        more: Option<&More>,
        tally: &mut Tally,
    ) -> Result<(), String> {
        let (mut wrong, mut shown) = (String::new(), Vec::new());
        for known in &self.may_be {
            let follow = known.follow(seen);
            // What was used must be charged; a trial may have turned meanwhile.
            let is_shown = known
                .is_shown(seen, &self.lines)
                .or_else(|what| follow.is_shown(seen, &self.lines).map_err(|_| what));
            match is_shown.and_then(|()| more.map_or(Ok(()), |more| follow.is_kept(more))) {
                Ok(()) => shown.push(follow),
                Err(what) => wrong = what,
            }
        }
        if let Some(more) = more.filter(|_| self.trouble.decays && shown.is_empty()) {
            tally.reported += 1;
            for known in &self.may_be {
                match known.is_left(seen, more, &self.lines) {
                    Ok(left) => shown.push(left.follow(seen)),
                    Err(what) => wrong = format!("{wrong}; {what}"),
                }
            }
        }
        match shown.is_empty() {
            false => self.may_be = shown,
            // Before a reboot nobody knows what the damage has done.
            true if self.trouble.decays && more.is_none() => {}
            true => return Err(wrong),
        }
        Ok(())
    }
}

impl<const LEN: usize> Session<'_, '_, '_, '_, LEN> {
    fn now(&self) -> Now {
        moment(self.uptime, self.life.truth)
    }

    fn is_dark(&self) -> bool {
        self.flash.borrow().is_dark()
    }

    fn all(&mut self) -> Result<(), String> {
        if !self.is_dark() {
            let seen = Seen::of(self.agent);
            self.life.narrow(&seen, None, self.tally).map_err(|what| format!("boot: {what}"))?;
        }
        for _ in 0..self.life.dice.range(1, 12) {
            if self.is_dark() {
                break;
            }
            let verb = self.choose();
            let tries = self.life.dice.pick(&[1, 1, 2]);
            let burst = self.life.dice.percent(15);
            for retry in 0..tries {
                if burst && retry == 0 {
                    self.life.burst(self.flash);
                }
                let open = self.verb(verb).map_err(|what| format!("{verb:?}: {what}"))?;
                self.life.inflict(self.flash);
                // Who is told that the storage failed tries again.
                if !open || self.is_dark() {
                    break;
                }
            }
        }
        self.life.shadow(self.flash, self.tally).map_err(|what| format!("off: {what}"))?;
        Ok(())
    }

    fn choose(&mut self) -> Verb {
        let dice = &mut self.life.dice;
        let line = usize::try_from(dice.below(self.life.lines.len() as u64)).unwrap_or(0);
        match dice.below(20) {
            0..=3 => Verb::Install(line),
            4 => Verb::Clear(line),
            5 if dice.percent(25) => Verb::Revoke(line),
            6 => Verb::Accept(6),
            7 => {
                let line = dice.pick(&[3, 6, 7, 10]);
                let priority = dice.pick(&[None, Some(Priority::High), Some(Priority::Low)]);
                Verb::Priority(line, priority)
            }
            8 => Verb::Comment(line, dice.pick(&[0, 1, 30, 200])),
            9 => Verb::Level(dice.pick(&[None, Some(0), Some(1), Some(2)])),
            10..=12 => Verb::Activate(dice.pick(&[0, 2, 3, 5, 6, 7])),
            13 => Verb::Deactivate(dice.pick(&[0, 2, 3, 6])),
            14 => Verb::Acquire(dice.range(1, 5)),
            15 => Verb::Release,
            16 if dice.percent(10) => Verb::Repair,
            _ => Verb::Run(dice.range(1, 5000)),
        }
    }

    fn ask(&mut self, verb: Verb) -> Outcome {
        let (now, agent) = (self.now(), &mut *self.agent);
        let line = |line| LineId(line_id(line));
        match verb {
            Verb::Install(line) => install(agent, &self.life.lines[line].text, now),
            Verb::Clear(number) => agent.clear(line(number), now).into(),
            Verb::Revoke(number) => agent.revoke(line(number), now).into(),
            Verb::Accept(place) => agent.accept_eula(id(place), b"the terms", now).into(),
            Verb::Priority(number, priority) => agent.set_priority(line(number), priority).into(),
            Verb::Comment(number, len) => agent.comment(line(number), &comment(len)).into(),
            Verb::Level(Some(rank)) => agent.request_level(id(super::device::BASE + rank)).into(),
            Verb::Level(None) => agent.request_any_level(id(super::device::BASE)).into(),
            Verb::Activate(place) => agent.activate(id(place), now).into(),
            Verb::Deactivate(place) => agent.deactivate(id(place), now).into(),
            Verb::Acquire(units) => {
                let result = agent.acquire(id(COUNT), units, 7, now);
                self.tokens.extend(result.iter().copied());
                result.into()
            }
            Verb::Release if self.tokens.is_empty() => Outcome::Nothing,
            Verb::Release => agent.release(self.tokens.remove(0), 7, now).into(),
            Verb::Repair => match agent.repair_number(Repair::Clock) {
                Ok(number) => install(agent, &toy::repair("clock", number, TODAY), now),
                Err(reason) => Outcome::Refused(reason),
            },
            Verb::Run(_) => Outcome::Nothing,
        }
    }

    /// Whether nobody was told what has happened, because the storage failed.
    fn verb(&mut self, verb: Verb) -> Result<bool, String> {
        if let Verb::Run(seconds) = verb {
            self.run(seconds)?;
        }
        let outcome = self.ask(verb);
        if self.life.trace {
            println!("  uptime {}: {verb:?} {outcome:?}, dark {}", self.uptime, self.is_dark());
        }
        self.tally.done += u64::from(outcome.is_done());
        let life = &mut *self.life;
        let after = |known: &Known| known.after(verb, &life.lines);
        let open = matches!(outcome, Outcome::Refused(reason) if is_open(reason));
        if verb == Verb::Repair && outcome != Outcome::Nothing {
            // How long rights with dates have run is forgotten.
            life.kept.uses.retain(|(kind, _), _| *kind < 3);
        }
        match outcome {
            Outcome::Done => life.may_be = life.may_be.iter().map(after).collect(),
            // A right to use that is activated is written before its feature starts.
            Outcome::Refused(_) if open || matches!(verb, Verb::Activate(_)) => {
                self.tally.full += u64::from(outcome == Outcome::Refused(Reason::StorageFull));
                self.tally.failed += u64::from(open);
                let more: Vec<Known> = life.may_be.iter().map(after).collect();
                life.may_be.extend(more);
                life.may_be.dedup();
            }
            _ => {}
        }
        self.poll(verb);
        if outcome.is_done() && self.agent.in_use(id(COUNT)) > 0 && matches!(verb, Verb::Acquire(_))
        {
            self.units()?;
        }
        if !self.is_dark() {
            let seen = Seen::of(self.agent);
            self.life.narrow(&seen, None, self.tally)?;
            if open || self.life.dice.percent(20) {
                let shadow = self.life.shadow(self.flash, self.tally)?;
                if !self.life.trouble.decays {
                    seen.goes_on_as(&shadow)?;
                }
            }
        }
        Ok(open)
    }

    /// Where the storage is full, clearing goes on without a pending change (SPEC 13.4): its entry may be lost, or
    /// that of the verb before it, which an event tells.
    fn poll(&mut self, verb: Verb) {
        let full = u64::from(Reason::StorageFull.code().unsigned_abs());
        while let Some(event) = self.agent.poll_event() {
            let full = event.kind == EventKind::Storage && event.value == full;
            if full && matches!(verb, Verb::Clear(_)) {
                self.life.may_be.iter_mut().for_each(Known::forget_deeds);
            }
        }
    }

    fn units(&self) -> Result<(), String> {
        let (in_use, licensed) = (self.agent.in_use(id(COUNT)), Seen::of(self.agent).units);
        if in_use > licensed {
            return Err(format!("{in_use} units are taken of {licensed}"));
        }
        Ok(())
    }

    /// Time passes, with a tick at each deadline.
    fn run(&mut self, seconds: u64) -> Result<(), String> {
        let end = self.uptime + seconds;
        while self.uptime < end && !self.is_dark() {
            let deadline = self.agent.next_deadline().unwrap_or(u64::MAX);
            if deadline <= self.agent.uptime() {
                return Err(format!("at {} the deadline is {deadline}", self.uptime));
            }
            let pass = deadline.max(self.uptime).min(end) - self.uptime;
            for (number, line) in self.life.lines.iter().enumerate() {
                let place = line.spec.feature;
                let by = |agent: &Agent<'_, _>| {
                    matches!(agent.check(id(place), self.uptime),
                        nodelock::rights::Verdict::Granted(grant) if grant.id.0 == line_id(number))
                };
                let held = self.agent.lines().find(|held| held.right().id().0 == line_id(number));
                // What goes on after its end is not charged.
                let left = held.and_then(|held| held.meter()).map(|meter| meter.left(self.uptime));
                if held.is_some_and(|held| held.is_metered())
                    && left.is_some_and(|left| left > 0)
                    && by(self.agent)
                {
                    let granted = granted_for(self.agent, place, self.uptime, pass);
                    let granted = granted.min(left.unwrap_or(0));
                    self.life.granted[number] += granted;
                    self.tally.metered += granted;
                }
            }
            self.uptime += pass;
            self.life.truth += pass;
            let granted = self.life.granted.clone();
            for (number, seconds) in granted.into_iter().enumerate() {
                for known in &mut self.life.may_be {
                    known.granted(number, seconds);
                }
            }
            self.agent.tick(self.now());
        }
        Ok(())
    }
}
