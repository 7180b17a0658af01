//! Random histories against a small reference model: 100,000 steps of installing, clearing,
//! leasing, accepting, passing time, lying clocks, reboots and power cuts.

use std::collections::{BTreeMap, BTreeSet};
use std::string::String;
use std::vec;
use std::vec::Vec;

use core::sync::atomic::Ordering;

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::rig::*;
use crate::agent::LineState;
use crate::fixtures::license;
use crate::lease::LeaseToken;
use crate::reason::Reason;
use crate::record::LicenseTerms;
use crate::rights::Verdict;
use crate::value::date::Period;
use crate::value::feature::FeatureHandle;
use crate::value::license::{Combine, Count, LicenseType, LineId};
use crate::value::time::{Now, UnixTime};

const STEPS: usize = 200;
const HISTORIES: u32 = 500;
const INTERVAL: u64 = 900;

#[derive(Debug, Clone)]
enum Step {
    Install(usize),
    Clear(usize),
    Accept,
    Activate(&'static str),
    Deactivate(&'static str),
    Acquire(u64),
    Release(prop::sample::Index, bool),
    Pass(u64),
    Clock(Option<i64>),
    Reboot,
    /// The power goes at so many writes from now.
    Cut(u64),
}

/// Any step at any time: most of them meet nothing that they could change.
fn step() -> impl Strategy<Value = Step> {
    let feature = prop_oneof![Just("vpn"), Just("voice")];
    prop_oneof![
        4 => (0..POOL).prop_map(Step::Install),
        3 => (0..POOL).prop_map(Step::Clear),
        1 => Just(Step::Accept),
        3 => feature.clone().prop_map(Step::Activate),
        2 => feature.prop_map(Step::Deactivate),
        3 => (1..8_u64).prop_map(Step::Acquire),
        3 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(i, own)| Step::Release(i, own)),
        5 => prop_oneof![1..100_u64, 1..10_000_u64, 1..200_000_u64].prop_map(Step::Pass),
        1 => prop::option::of(-400 * 86_400..4_000 * 86_400_i64).prop_map(Step::Clock),
        1 => Just(Step::Reboot),
        1 => (0..6_u64).prop_map(Step::Cut),
    ]
}

/// As much of the state as is needed to choose steps that meet something: which lines may be there,
/// and how many leases are out.
#[derive(Debug, Clone, Default)]
struct Outline {
    installed: BTreeSet<usize>,
    leases: usize,
}

/// Histories whose steps fit what happened before.
struct Plan;

impl ReferenceStateMachine for Plan {
    type State = Outline;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Outline> {
        Just(Outline::default()).boxed()
    }

    fn transitions(state: &Outline) -> BoxedStrategy<Step> {
        let there: Vec<usize> = state.installed.iter().copied().collect();
        let absent: Vec<usize> = (0..POOL).filter(|place| !there.contains(place)).collect();
        let one_of = |places: Vec<usize>, make: fn(usize) -> Step| match places.is_empty() {
            true => step().boxed(),
            false => prop::sample::select(places).prop_map(make).boxed(),
        };
        prop_oneof![
            4 => one_of(absent, Step::Install),
            1 => one_of(there.clone(), Step::Clear),
            12 => step(),
        ]
        .boxed()
    }

    fn apply(mut state: Outline, step: &Step) -> Outline {
        match step {
            Step::Install(place) => _ = state.installed.insert(*place),
            Step::Clear(place) => _ = state.installed.remove(place),
            Step::Acquire(_) => state.leases += 1,
            Step::Release(_, true) => state.leases = state.leases.saturating_sub(1),
            Step::Reboot | Step::Cut(_) => state.leases = 0,
            _ => {}
        }
        state
    }

    fn preconditions(state: &Outline, step: &Step) -> bool {
        !matches!(step, Step::Release(..)) || state.leases > 0
    }
}

/// The lines that a history may install.
const POOL: usize = 7;

fn pool() -> Vec<LicenseTerms<'static>> {
    let hours = |terms: LicenseTerms<'static>, hours: u64| LicenseTerms {
        usage: Period::from_seconds(hours * 3_600),
        ..terms
    };
    let units = |number, units, combine| LicenseTerms {
        count: Count::Units(units),
        combine,
        ..line("ap-count", LicenseType::Permanent, number)
    };
    vec![
        hours(line("vpn", LicenseType::Evaluation, 1), 30),
        hours(line("vpn", LicenseType::Extension, 2), 20),
        line("vpn", LicenseType::Permanent, 3),
        hours(line("voice", LicenseType::Evaluation, 4), 25),
        units(5, 4, Combine::Exclusive),
        units(6, 6, Combine::Additive),
        line("vpn", LicenseType::Subscription, 7),
    ]
}

/// What must be true of the device, kept in the simplest way.
#[derive(Default)]
struct Model {
    /// Acknowledged as installed and not cleared.
    installed: BTreeSet<usize>,
    /// Where a power cut left open which of the two it is.
    open: BTreeSet<usize>,
    accepted: Option<bool>,
    leases: Vec<(LeaseToken, u64)>,
    /// Highest charge seen, and seconds granted by each metered line, by number.
    charged: BTreeMap<usize, u64>,
    granted: BTreeMap<usize, u64>,
    boots: u64,
    clears: u64,
    shift: Option<i64>,
}

impl Model {
    fn now(&self, uptime: u64) -> Now {
        let wall = noon(uptime).wall.unwrap().0;
        Now { uptime, wall: self.shift.map(|by| UnixTime(wall.checked_add_signed(by).unwrap())) }
    }

    fn units(&self) -> u64 {
        let has = |place| u64::from(self.installed.contains(&place));
        4 * has(4) + 6 * has(5)
    }

    fn leased(&self) -> u64 {
        self.leases.iter().map(|lease| lease.1).sum()
    }
}

struct Run<'m, 'a, 'b> {
    model: &'m mut Model,
    agent: &'a mut Booted<'b>,
    texts: &'m [String],
    uptime: u64,
    /// The power is gone: what the agent says now does not count.
    dark: bool,
}

impl Run<'_, '_, '_> {
    fn now(&self) -> Now {
        self.model.now(self.uptime)
    }

    fn state(&self, place: usize) -> Option<LineState> {
        let wanted = LineId([u8::try_from(place + 1).unwrap(); 10]);
        let held = self.agent.lines().find(|held| held.right().id() == wanted)?;
        Some(self.agent.state(held))
    }

    /// Whether the power went during the last call.
    fn power_gone(&mut self) -> bool {
        self.dark |= self.agent.journal.vault.storage.writes_left == Some(0);
        self.dark
    }

    fn step(&mut self, step: &Step) {
        let now = self.now();
        match step {
            Step::Install(place) => {
                let refused = install_text(self.agent, &self.texts[*place], now);
                if self.power_gone() {
                    if !self.model.installed.contains(place) {
                        self.model.open.insert(*place);
                    }
                } else if self.model.installed.insert(*place) {
                    assert_eq!(refused, [], "{place}");
                } else {
                    assert_eq!(refused, [Reason::AlreadyInstalled]);
                }
            }
            Step::Clear(place) => {
                let in_use = matches!(
                    self.state(*place),
                    Some(LineState::InUse | LineState::ExpiredInUse | LineState::CountConsumed)
                );
                let id = LineId([u8::try_from(*place + 1).unwrap(); 10]);
                let result = self.agent.clear(id, now);
                if self.power_gone() {
                    if self.model.installed.remove(place) {
                        self.model.open.insert(*place);
                    }
                    return;
                }
                match result {
                    Ok(()) => {
                        assert!(self.model.installed.remove(place) && !in_use);
                        self.model.clears += 1;
                    }
                    Err(Reason::LineInUse) => assert!(in_use),
                    Err(reason) => {
                        assert_eq!(reason, Reason::NoSuchLine);
                        assert!(!self.model.installed.contains(place));
                    }
                }
            }
            Step::Accept => {
                let accepted = self.agent.accept_eula(id("voice"), b"text", now).is_ok();
                let gone = self.power_gone();
                if self.model.accepted != Some(true) {
                    self.model.accepted = if gone { None } else { Some(accepted) };
                }
            }
            Step::Activate(feature) => {
                let _ = self.agent.activate(id(feature), now);
            }
            Step::Deactivate(feature) => {
                let _ = self.agent.deactivate(id(feature), now);
            }
            Step::Acquire(units) => {
                let result = self.agent.acquire(id("ap-count"), *units, 1, now);
                let fits = self.model.leased() + units <= self.model.units();
                if self.power_gone() {
                    return;
                }
                let room = self.model.leases.len() < 8;
                assert_eq!(result.is_ok(), fits && room, "{result:?}");
                self.model.leases.extend(result.ok().map(|token| (token, *units)));
            }
            Step::Release(which, own) => {
                if self.model.leases.is_empty() {
                    return;
                }
                let place = which.index(self.model.leases.len());
                let (token, _) = self.model.leases[place];
                let result = self.agent.release(token, if *own { 1 } else { 2 }, now);
                assert_eq!(result.is_ok(), *own);
                if *own {
                    self.model.leases.remove(place);
                }
            }
            Step::Pass(seconds) => self.pass(*seconds),
            Step::Clock(shift) => {
                self.model.shift = *shift;
                self.agent.tick(self.model.now(self.uptime));
            }
            Step::Cut(writes) => self.agent.journal.vault.storage.writes_left = Some(*writes),
            Step::Reboot => {}
        }
    }

    /// Time passes with a tick at each deadline; what was granted by meters is added up.
    fn pass(&mut self, seconds: u64) {
        let end = self.uptime + seconds;
        while self.uptime < end {
            let deadline = self.agent.next_deadline().filter(|&at| at > self.uptime);
            let next = deadline.unwrap_or(u64::MAX).min(end);
            for place in [0, 1, 3] {
                if self.state(place) == Some(LineState::InUse) && !self.dark {
                    *self.model.granted.entry(place).or_default() += next - self.uptime;
                }
            }
            self.uptime = next;
            self.agent.tick(self.model.now(self.uptime));
            if self.power_gone() {
                return;
            }
        }
    }

    fn check(&mut self) {
        if self.power_gone() {
            return;
        }
        let model = &mut *self.model;
        assert_eq!(self.agent.in_use(id("ap-count")), model.leased());
        assert!(model.leased() <= 10);
        for id in (0..12).map(FeatureHandle::at) {
            for uptime in [self.uptime, self.uptime + 86_400, u64::MAX] {
                let number = self.agent.check_code(id, uptime);
                assert_eq!(number, self.agent.check(id, uptime).to_code());
                assert_eq!(number == Verdict::GRANTED, self.agent.check(id, uptime).is_granted());
            }
        }
        if model.installed.contains(&2) {
            assert!(self.agent.check(id("vpn"), self.uptime).is_granted());
        }
        if model.accepted == Some(false) || (model.accepted.is_none() && model.boots == 0) {
            assert!(!self.agent.check(id("voice"), self.uptime).is_granted());
        }
        for held in self.agent.lines() {
            let place = usize::from(held.right().id().0[0]).wrapping_sub(1);
            let Some(meter) = held.meter().filter(|_| place < POOL) else { continue };
            let total = held.right().usage().unwrap().seconds();
            let before = model.charged.insert(place, meter.charged()).unwrap_or(0);
            assert!(meter.charged() >= before, "time was given back");
            assert!(meter.charged() <= total);
            let granted = model.granted.get(&place).copied().unwrap_or(0);
            assert!(granted <= total, "more use than allowed: {granted}");
            // Each boot, and clearing the line, costs at most the rest of one interval.
            let losses = model.boots + model.clears + 1;
            assert!(granted + losses * INTERVAL >= meter.charged());
        }
    }
}

/// Runs the steps up to the next reboot or power cut; returns how many were done.
fn run_boot(
    model: &mut Model,
    storage: &mut Ram,
    texts: &[String],
    steps: &[Step],
    reached: &mut impl FnMut(),
) -> usize {
    storage.writes_left = None;
    let now = model.now(0);
    boot(storage, now, |agent| {
        let mut run = Run { model, agent, texts, uptime: 0, dark: false };
        // What the cut left open is settled by what is there.
        for place in core::mem::take(&mut run.model.open) {
            if run.state(place).is_some() {
                run.model.installed.insert(place);
            }
        }
        for place in 0..POOL {
            assert_eq!(run.state(place).is_some(), run.model.installed.contains(&place), "{place}");
        }
        run.model.leases.clear();
        run.check();
        let mut done = 0;
        for step in steps {
            done += 1;
            reached();
            run.step(step);
            if matches!(step, Step::Reboot) || run.power_gone() {
                break;
            }
            run.check();
        }
        run.model.boots += 1;
        done
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: HISTORIES, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_agree_with_the_model(
        (_, steps, seen) in Plan::sequential_strategy(STEPS..=STEPS),
    ) {
        run_history(&steps, || {
            // What was not reached is dropped first when a failure is made smaller.
            if let Some(seen) = &seen {
                seen.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: HISTORIES / 5, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// The seeds that were found with it are kept.
    #[test]
    fn histories_of_any_steps_agree_with_the_model(
        steps in proptest::collection::vec(step(), STEPS..=STEPS),
    ) {
        run_history(&steps, || {});
    }
}

fn run_history(steps: &[Step], mut reached: impl FnMut()) {
    let texts: Vec<String> = texts();
    let mut model = Model { shift: Some(0), ..Model::default() };
    let mut storage = Ram::default();
    let mut rest = steps;
    while !rest.is_empty() {
        let done = run_boot(&mut model, &mut storage, &texts, rest, &mut reached);
        rest = &rest[done..];
    }
}

fn texts() -> Vec<String> {
    static TEXTS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    TEXTS.get_or_init(|| pool().iter().map(|terms| license(terms, 1)).collect()).clone()
}
