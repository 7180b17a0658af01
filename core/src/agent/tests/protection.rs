//! The device secret, the counters, and what was taken back.

use crate::agent::AgentMemory;
use core::cell::Cell;
use std::vec::Vec;

use super::rig::*;
use crate::agent::{Agent, HistoryKind, Product, Rules};
use crate::crypto::{P256Verifier, SignatureVerifier};
use crate::event::EventKind;
use crate::fixtures::{anchor, license, udi};
use crate::reason::Reason;
use crate::record::Message;
use crate::store::{RollbackLevel, RollbackState, StorageCounters, WithCounters};
use crate::trust::TrustAnchor;
use crate::value::key::{PublicKey, Role};
use crate::value::license::{LicenseType, LineId};
use crate::value::signature::Signature;
use crate::value::time::Now;
use crate::value::udi::{Udi, WithSecret};

const SECRET: [u8; 32] = [0x5A; 32];

/// Counts the signatures that are checked.
pub(crate) struct Counting<'c>(&'c Cell<u32>);

impl SignatureVerifier for Counting<'_> {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        P256Verifier.sha256(message)
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        self.0.set(self.0.get() + 1);
        Remembering.verify(key, digest, signature)
    }
}

pub(crate) type Device<'a> = Agent<
    'a,
    (
        WithCounters<&'a mut Ram, StorageCounters<&'a mut Ram>>,
        Counting<'a>,
        WithSecret<Udi<'static>>,
    ),
>;

type Plain<'a> = Agent<'a, (&'a mut Ram, Remembering, WithSecret<Udi<'static>>)>;

/// A device with a secret and counters, and how many signatures its boots have checked.
#[derive(Default)]
pub(crate) struct Protected {
    pub(crate) storage: Ram,
    pub(crate) counters: Ram,
    verified: Cell<u32>,
}

impl Protected {
    pub(crate) fn boot<R>(&mut self, then: impl FnOnce(&mut Device<'_>) -> R) -> R {
        self.boot_with(&[anchor(1, Role::Production)], Some(SECRET), RULES, then).unwrap()
    }

    fn boot_with<R>(
        &mut self,
        anchors: &[TrustAnchor],
        secret: Option<[u8; 32]>,
        rules: Rules,
        then: impl FnOnce(&mut Device<'_>) -> R,
    ) -> Result<R, Reason> {
        let product = Product { catalog: &CATALOG, anchors, rules };
        let mut memory = AgentMemory::<12, 13, 8, 64>::new();
        let storage = WithCounters {
            storage: &mut self.storage,
            counters: StorageCounters(&mut self.counters),
        };
        let device = WithSecret { device: udi(), secret };
        let verifier = Counting(&self.verified);
        let mut agent = Agent::boot(product, device, verifier, storage, &mut memory, noon(0))?;
        Ok(then(&mut agent))
    }
}

pub(crate) fn put(
    agent: &mut Device<'_>,
    lines: &[crate::record::LicenseTerms<'_>],
    now: Now,
) -> Vec<Reason> {
    let file: Vec<_> = lines.iter().map(|terms| license(terms, 1)).collect();
    let mut refused = Vec::new();
    agent.install(file.join("\n").as_bytes(), crate::InstallMode::Apply, now, |taken| {
        refused.extend(taken.result.err());
    });
    refused
}

pub(crate) fn events(agent: &mut Device<'_>) -> Vec<EventKind> {
    core::iter::from_fn(|| agent.poll_event()).map(|event| event.kind).collect()
}

pub(crate) fn history_kinds(agent: &mut Device<'_>) -> Vec<HistoryKind> {
    let mut history_kinds = Vec::new();
    agent.history(|entry| history_kinds.push((entry.number, entry.kind))).unwrap();
    history_kinds.sort_unstable_by_key(|entry| entry.0);
    history_kinds.into_iter().map(|entry| entry.1).collect()
}

pub(crate) fn three() -> [crate::record::LicenseTerms<'static>; 3] {
    [
        line("vpn", LicenseType::Evaluation, 1),
        line("voice", LicenseType::Permanent, 2),
        line("ap-count", LicenseType::Subscription, 3),
    ]
}

#[test]
fn a_sealed_line_is_not_verified_again_until_the_root_changes() {
    let mut device = Protected::default();
    device.boot(|agent| assert_eq!(put(agent, &three(), noon(0)), []));
    assert_eq!(device.verified.replace(0), 3);
    device.boot(|agent| assert!(agent.check(id("voice"), 0).is_granted()));
    assert_eq!(device.verified.get(), 0);
    // The same key in another role is another root.
    let demoted = [anchor(1, Role::Evaluation)];
    device
        .boot_with(&demoted, Some(SECRET), RULES, |agent| {
            assert!(!agent.check(id("voice"), 0).is_granted());
        })
        .unwrap();
    // A root that is gone takes its lines with it, sealed or not.
    device
        .boot_with(&[anchor(2, Role::Production)], Some(SECRET), RULES, |agent| {
            let refused: Vec<Reason> = agent.refused().map(|refused| refused.reason).collect();
            assert_eq!(refused, [Reason::UnknownKey; 3]);
        })
        .unwrap();
}

#[test]
fn a_device_that_gets_a_secret_later_seals_what_it_has() {
    let mut device = Protected::default();
    let anchors = [anchor(1, Role::Production)];
    device
        .boot_with(&anchors, None, RULES, |agent| {
            assert_eq!(put(agent, &three(), noon(0)), []);
        })
        .unwrap();
    device.counters = Ram::default();
    device.storage.values.remove(&2);
    device.boot(|agent| assert_eq!(agent.rollback_state(), RollbackState::Latest));
    device.verified.set(0);
    device.boot(|agent| {
        assert_eq!(agent.refused().count(), 0);
        assert!(agent.check(id("voice"), 0).is_granted());
        agent.activate(id("vpn"), noon(0)).unwrap();
    });
    assert_eq!(device.verified.get(), 0);
}

#[test]
fn an_older_copy_denies_what_has_a_time_limit_and_nothing_else() {
    let mut device = Protected::default();
    device.boot(|agent| {
        assert_eq!(put(agent, &three(), noon(0)), []);
        agent.activate(id("vpn"), noon(0)).unwrap();
    });
    let old = device.storage.clone();
    device.boot(|agent| agent.activate(id("vpn"), noon(0)).unwrap());
    device.storage = old;
    device.boot(|agent| {
        assert_eq!(
            agent.rollback_state(),
            RollbackState::RolledBack { revocations_missing: false }
        );
        assert!(events(agent).contains(&EventKind::RolledBack));
        let denial = agent.activate(id("vpn"), noon(0)).unwrap_err();
        assert_eq!(denial.reason, Reason::StorageRolledBack);
        assert!(!agent.check(id("ap-count"), 0).is_granted());
        assert!(agent.check(id("voice"), 0).is_granted());
        let trial = line("media", LicenseType::Evaluation, 9);
        assert_eq!(put(agent, &[trial], noon(0)), [Reason::StorageRolledBack]);
    });
}

#[test]
fn what_was_revoked_stays_revoked_also_in_an_older_copy() {
    let mut device = Protected::default();
    device.boot(|agent| assert_eq!(put(agent, &three(), noon(0)), []));
    let old = device.storage.clone();
    device.boot(|agent| {
        agent.revoke(LineId([2; 10]), noon(0)).unwrap();
        agent.revoke(LineId([2; 10]), noon(0)).unwrap();
        assert!(!agent.check(id("voice"), 0).is_granted());
        assert!(events(agent).contains(&EventKind::Revoked));
        assert_eq!(put(agent, &[three()[1]], noon(0)), [Reason::LicenseRevoked]);
    });
    device.boot(|agent| {
        assert_eq!(put(agent, &[three()[1]], noon(0)), [Reason::LicenseRevoked]);
        assert_eq!(history_kinds(agent).last(), Some(&HistoryKind::Revoked));
    });
    device.storage = old;
    device.boot(|agent| {
        assert_eq!(agent.rollback_state(), RollbackState::RolledBack { revocations_missing: true });
        assert!(!agent.check(id("voice"), 0).is_granted());
    });
}

#[test]
fn a_revocation_survives_a_power_cut_at_any_write() {
    for cut in 0..8 {
        let mut device = Protected::default();
        device.boot(|agent| assert_eq!(put(agent, &three(), noon(0)), []));
        device.storage.writes_left = Some(cut);
        let done = device.boot(|agent| agent.revoke(LineId([2; 10]), noon(0)).is_ok());
        device.storage.writes_left = None;
        device.boot(|agent| {
            assert_eq!(agent.rollback_state(), RollbackState::Latest);
            let there = agent.lines().any(|held| held.right().id() == LineId([2; 10]));
            assert!(!(done && there), "{cut}");
            // The history tells what is the case, in either case.
            assert_eq!(history_kinds(agent).contains(&HistoryKind::Revoked), !there, "{cut}");
        });
    }
}

#[test]
fn the_history_tells_what_has_happened_whenever_the_power_goes() {
    for cut in 0..16 {
        let mut device = Protected::default();
        device.boot(|agent| assert_eq!(put(agent, &three()[1..2], noon(0)), []));
        device.storage.writes_left = Some(cut);
        device.boot(|agent| {
            let _ = agent.clear(LineId([2; 10]), noon(0));
            let _ = put(agent, &three()[..1], noon(0));
            let _ = agent.accept_eula(id("voice"), b"text", noon(0));
        });
        device.storage.writes_left = None;
        device.boot(|agent| {
            let has = |agent: &Device<'_>, number: u8| {
                agent.lines().any(|held| held.right().id() == LineId([number; 10]))
            };
            let history_kinds = history_kinds(agent);
            assert_eq!(history_kinds.contains(&HistoryKind::Cleared), !has(agent, 2), "{cut}");
            let installed =
                history_kinds.iter().filter(|kind| **kind == HistoryKind::Installed).count();
            assert_eq!(installed, 1 + usize::from(has(agent, 1)), "{cut}");
            // Numbers are given once.
            let mut numbers = Vec::new();
            agent.history(|entry| numbers.push(entry.number)).unwrap();
            numbers.sort_unstable();
            assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
        });
    }
}

#[test]
fn a_metered_line_whose_use_is_gone_is_not_granted() {
    let mut storage = Ram::default();
    boot(&mut storage, noon(0), |agent| {
        install(agent, &three()[..2], noon(0));
        agent.activate(id("vpn"), noon(0)).unwrap();
    });
    for remove in [true, false] {
        let mut storage = storage.clone();
        if remove {
            storage.values.remove(&0x0200);
        } else {
            storage.values.get_mut(&0x0200).unwrap()[5] ^= 3;
        }
        boot(&mut storage, noon(0), |agent| {
            let denial = agent.activate(id("vpn"), noon(0)).unwrap_err();
            assert_eq!(denial.reason, Reason::UseUnknown);
            assert!(agent.check(id("voice"), 0).is_granted());
            // Clearing and installing gives nothing back.
            if !remove {
                agent.clear(LineId([1; 10]), noon(0)).unwrap();
                let refused = install(agent, &three()[..1], noon(0));
                assert_eq!(refused, [Reason::UseUnknown]);
            }
        });
    }
}

#[test]
fn a_product_that_requires_an_anchor_does_not_boot_without() {
    let rules = Rules { require_level: RollbackLevel::TwoCounters, ..RULES };
    let anchors = [anchor(1, Role::Production)];
    let mut device = Protected::default();
    let booted = device.boot_with(&anchors, Some(SECRET), rules, |_| ());
    assert_eq!(booted, Err(Reason::CountersTooWeak));
    let rules = Rules { require_level: RollbackLevel::SecondStorage, ..RULES };
    assert_eq!(device.boot_with(&anchors, Some(SECRET), rules, |_| ()), Ok(()));
    // Without a secret anybody can write a manifest that fits.
    assert_eq!(device.boot_with(&anchors, None, rules, |_| ()), Err(Reason::CountersTooWeak));
    for blank in [[0; 32], [0xFF; 32]] {
        let booted = device.boot_with(&anchors, Some(blank), rules, |_| ());
        assert_eq!(booted, Err(Reason::DeviceSecretBlank));
    }
}

#[test]
fn what_cannot_be_read_is_no_proof_of_an_older_copy() {
    let mut device = Protected::default();
    device.boot(|agent| {
        assert_eq!(put(agent, &three(), noon(0)), []);
        agent.activate(id("vpn"), noon(0)).unwrap();
        agent.revoke(LineId([9; 10]), noon(0)).unwrap();
    });
    let whole = device.storage.clone();
    let damage: [fn(&mut Vec<u8>); 4] = [
        |value| value[0] = 0,
        |value| value[0] = 9,
        |value| value.resize(1_500, 0x55),
        |value| {
            value[2] ^= 1;
            value[4] ^= 1;
        },
    ];
    // The manifest, the clock, and the use of a trial.
    for key in [0x0002, 0x0001, 0x0200] {
        for change in damage {
            device.storage = whole.clone();
            change(device.storage.values.get_mut(&key).unwrap());
            device.boot(|agent| {
                assert_eq!(
                    agent.rollback_state(),
                    RollbackState::ManifestUnreadable { revocations_missing: false }
                );
                assert!(agent.unreadable().any(|reason| reason == Reason::ManifestUnreadable));
                assert!(agent.check(id("voice"), 0).is_granted());
                assert!(agent.check(id("ap-count"), 0).is_granted());
                assert!(agent.activate(id("vpn"), noon(0)).is_err());
            });
        }
    }
}

#[test]
fn without_its_secret_a_device_takes_nothing_back_that_it_would_forget() {
    let anchors = [anchor(1, Role::Production)];
    let mut storage = Ram::default();
    let mut boot = |secret: Option<[u8; 32]>, then: &mut dyn FnMut(&mut Plain<'_>)| {
        let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
        let mut memory = AgentMemory::<12, 13, 8, 9>::new();
        let device = WithSecret { device: udi(), secret };
        then(
            &mut Agent::boot(product, device, Remembering, &mut storage, &mut memory, noon(0))
                .unwrap(),
        );
    };
    boot(Some(SECRET), &mut |agent| assert_eq!(agent.revoke(LineId([1; 10]), noon(0)), Ok(())));
    boot(None, &mut |agent| {
        let refused = Err(Reason::DeviceSecretMissing);
        assert_eq!(agent.revoke(LineId([2; 10]), noon(0)), refused);
    });
    boot(Some(SECRET), &mut |agent| {
        assert_eq!(agent.unreadable().count(), 0);
        assert_eq!(agent.revoke(LineId([2; 10]), noon(0)), Ok(()));
    });
}
