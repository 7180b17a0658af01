//! What a Rust program sees of the agent: memory that it owns, gates, and what may go where.

use std::vec::Vec;

use super::rig::*;
use crate::agent::{Agent, AgentMemory, Gates, Memory, Product};
use crate::event::EventKind;
use crate::fixtures::{anchor, udi};
use crate::lease::Lease;
use crate::reason::Reason;
use crate::trust::TrustAnchor;
use crate::value::key::Role;
use crate::value::license::{LicenseType, LineId};
use crate::value::time::Now;
use crate::value::udi::Udi;

type Owned = Agent<'static, (Ram, Remembering, Udi<'static>)>;

/// RTIC shares it between priorities, tokio behind a mutex, embassy in a task of another priority.
#[test]
fn an_agent_and_its_leases_may_go_to_another_thread() {
    const fn is_send<T: Send>() {}
    const fn is_sync<T: Sync>() {}
    is_send::<Owned>();
    is_send::<Lease<'static>>();
    is_sync::<Lease<'static>>();
    is_sync::<Gates<3>>();
}

#[test]
fn a_feature_without_a_gate_is_refused_at_boot() {
    static TOO_FEW: Gates<12> = Gates::new();
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut storage = Ram::default();
    let mut memory = AgentMemory::<12, 13, 8, 64>::new();
    let memory = Memory { gates: TOO_FEW.as_slice(), ..memory.as_memory() };
    let agent = Agent::boot(product, udi(), Remembering, &mut storage, memory, noon(0));
    assert_eq!(agent.err(), Some(Reason::MemoryTooSmall));
}

/// An update that brings a trial meets devices whose slots are taken. Everything else runs there, and what was
/// used of a trial that has no slot for a while stays used.
#[test]
fn a_trial_that_finds_no_slot_is_refused_and_the_rest_runs() {
    fn boot_with<const LINES: usize>(storage: &mut Ram, then: impl FnOnce(&mut Booted<'_>)) {
        let anchors = [anchor(1, Role::Production)];
        let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
        let mut memory = AgentMemory::<LINES, 13, 8, 64>::new();
        let agent = Agent::boot(product, udi(), Remembering, storage, &mut memory, noon(0));
        then(&mut agent.unwrap());
    }
    let refused = |agent: &mut Booted<'_>| -> Vec<_> {
        core::iter::from_fn(|| agent.poll_event())
            .filter(|event| event.kind == EventKind::Refused)
            .map(|event| (event.feature, event.value))
            .collect()
    };
    let full = u64::from(Reason::SlotsFull.code().unsigned_abs());
    let mut storage = Ram::default();
    boot_with::<4>(&mut storage, |agent| {
        install(agent, &[line("vpn", LicenseType::Permanent, 1)], noon(0));
        agent.activate(id("rescue"), noon(0)).unwrap_err();
        agent.accept_eula(id("rescue"), b"terms", noon(0)).unwrap();
        agent.activate(id("rescue"), noon(0)).unwrap();
        agent.tick(noon(900));
        assert_eq!(refused(agent), []);
    });
    boot_with::<3>(&mut storage, |agent| {
        assert_eq!(refused(agent), [(Some(id("rescue")), full)]);
        assert!(granted(agent, "vpn", 0) && granted(agent, "ipbase", 0));
        agent.activate(id("video"), noon(0)).unwrap();
        assert!(granted(agent, "video", 0) && !granted(agent, "rescue", 0));
        let more = install(agent, &[line("voice", LicenseType::Permanent, 2)], noon(0));
        assert_eq!(more, [Reason::SlotsFull]);
    });
    boot_with::<1>(&mut storage, |agent| {
        let all = ["video", "camera", "rescue"].map(|name| (Some(id(name)), full));
        assert_eq!(refused(agent), all);
        assert!(granted(agent, "vpn", 0));
        agent.clear(LineId([1; 10]), noon(0)).unwrap();
    });
    boot_with::<1>(&mut storage, |agent| {
        assert_eq!(refused(agent).len(), 2, "the first of the catalog has the place");
        assert!(granted(agent, "ipbase", 0));
    });
    boot_with::<4>(&mut storage, |agent| {
        let rescue = agent.lines().find(|held| held.feature() == Some(id("rescue"))).unwrap();
        assert!(rescue.meter().unwrap().charged() >= 900);
        assert_eq!(refused(agent), []);
    });
}

/// A check through a gate agrees with the agent, in other threads and at every uptime; without a tick
/// it denies at the same moment.
#[test]
fn four_threads_see_the_verdicts_of_the_agent_and_none_after_the_deadline() {
    static GATES: Gates<13> = Gates::new();
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut storage = Ram::default();
    let mut memory = AgentMemory::<12, 13, 8, 64>::new();
    let vpn = id("vpn");
    assert!(!GATES.is_open(vpn, 0));
    let memory = Memory { gates: GATES.as_slice(), ..memory.as_memory() };
    let mut agent =
        Agent::boot(product, udi(), Remembering, &mut storage, memory, noon(0)).unwrap();
    let file = [("vpn", LicenseType::Permanent, 1), ("voice", LicenseType::Evaluation, 2)];
    let file: Vec<_> =
        file.into_iter().map(|(name, kind, number)| line(name, kind, number)).collect();
    install(&mut agent, &file, noon(0));
    let voice = id("voice");
    agent.accept_eula(voice, b"terms", noon(1)).unwrap();
    agent.activate(voice, noon(2)).unwrap();
    let deadline = agent.next_deadline().unwrap();
    let agrees = |agent: &Agent<'_, _>, uptime: u64| {
        for feature in CATALOG.ids() {
            let verdict = agent.check(feature, uptime).is_granted();
            assert_eq!(GATES.is_open(feature, uptime), verdict, "{feature:?} at {uptime}");
        }
    };
    for uptime in (2..deadline + 3 * RULES.charge_interval.seconds()).step_by(7) {
        agrees(&agent, uptime);
    }
    let last = (deadline..).find(|&at| !agent.check(voice, at).is_granted()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..100_000_u64 {
                    let uptime = round % (2 * last);
                    assert!(GATES.is_open(vpn, uptime));
                    assert_eq!(GATES.is_open(voice, uptime), uptime < last);
                }
            });
        }
    });
    agent.tick(Now { uptime: last, ..noon(0) });
    agrees(&agent, last);
    agent.deactivate(voice, noon(last)).unwrap();
    agrees(&agent, last);
    // The next boot closes them until the agent has started.
    let mut memory = AgentMemory::<12, 13, 8, 64>::new();
    let memory = Memory { gates: GATES.as_slice(), ..memory.as_memory() };
    let none: [TrustAnchor; 0] = [];
    let product = Product { catalog: &CATALOG, anchors: &none, rules: RULES };
    let _unstarted = Agent::new(product, udi(), Remembering, Ram::default(), memory);
    assert!(!GATES.is_open(vpn, 0));
}
