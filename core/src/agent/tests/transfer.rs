//! Rights that move: tickets, proofs, and what a thief, a cut and a lost file make of them.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use p256::ecdsa::Signature as EcdsaSignature;
use p256::ecdsa::signature::hazmat::PrehashSigner;

use super::rig::*;
use crate::agent::{Agent, AgentMemory, InstallMode, Product, TicketAction};
use crate::crypto::{P256Verifier, SignatureVerifier};
use crate::event::EventKind;
use crate::fixtures::{anchor, delegation, key_terms, license, public, secret, signed, terms, udi};
use crate::reason::Reason;
use crate::record::transfer::{Lines, PermissionTerms, Removal, RevokeTerms, Taken};
use crate::record::{LicenseTerms, Message, Record, Records, TimeTerms};
use crate::rights::InstallEffect;
use crate::value::date::Date;
use crate::value::key::{PublicKey, Role};
use crate::value::level::ProofLevel;
use crate::value::license::{Combine, Count, LicenseType, LineId};
use crate::value::signature::Signature;
use crate::value::ticket::{Nonce, TicketDigest};
use crate::value::time::{Now, UnixTime};
use crate::value::udi::{Udi, UdiSource};

const A: &[u8] = b"ISR4331/K9:FDO1234ABCD";
const B: &[u8] = b"ISR4331/K9:FDO9999WXYZ";
/// Numbers of the device keys.
const KEY_A: u8 = 40;
const KEY_B: u8 = 41;

fn at(text: &'static [u8]) -> Udi<'static> {
    Udi::parse(text).unwrap()
}

/// A device with a UDI, and with what it proves its words.
#[derive(Clone, Copy)]
pub(crate) struct Identity {
    udi: Udi<'static>,
    key: Option<u8>,
    secret: Option<[u8; 32]>,
    /// The secure element answers with the other form of s.
    high_s: bool,
    /// It signs with another key than it shows.
    broken: bool,
}

impl Identity {
    fn of(udi: &'static [u8], key: u8) -> Self {
        Self { udi: at(udi), key: Some(key), secret: None, high_s: false, broken: false }
    }
}

impl UdiSource for Identity {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.udi.udi(member)
    }

    fn secret(&self) -> Option<[u8; 32]> {
        self.secret
    }

    fn public_key(&self) -> Option<PublicKey> {
        self.key.map(public)
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        let key = self.key.ok_or(Reason::SigningFailed)?;
        let key = if self.broken { key + 7 } else { key };
        let signature: EcdsaSignature = secret(key).sign_prehash(digest).unwrap();
        let low = signature.normalize_s();
        let (r, s) = low.split_scalars();
        let chosen = if self.high_s {
            EcdsaSignature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap()
        } else {
            low
        };
        Ok(Signature::from_rs(chosen.to_bytes().into()))
    }
}

type Device<'a> = Agent<'a, (&'a mut Ram, Remembering, Identity)>;

fn on<R>(storage: &mut Ram, who: Identity, now: Now, then: impl FnOnce(&mut Device<'_>) -> R) -> R {
    let anchors = [anchor(1, Role::Production)];
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules: RULES };
    let mut memory = AgentMemory::<12, 13, 8, 64>::new();
    let mut agent = Agent::boot(product, who, Remembering, storage, &mut memory, now).unwrap();
    then(&mut agent)
}

fn a() -> Identity {
    Identity::of(A, KEY_A)
}

fn b() -> Identity {
    Identity::of(B, KEY_B)
}

fn permanent(number: u8, count: Count) -> LicenseTerms<'static> {
    let feature = if count == Count::Uncounted { "patient" } else { "ap-count" };
    LicenseTerms { count, ..line(feature, LicenseType::Permanent, number) }
}

fn id_of(key: u8) -> String {
    crate::KeyId::of(&public(key)).to_string()
}

fn put(device: &mut Device<'_>, file: &str) -> Vec<Result<InstallEffect, Reason>> {
    let mut results = Vec::new();
    device
        .install(file.as_bytes(), InstallMode::Apply, noon(9), |taken| results.push(taken.result));
    results
}

fn removal(number: u8, before: Count, after: u64) -> Removal {
    Removal::new(LineId([number; 10]), before, after).unwrap()
}

fn ticket_terms<'l>(lines: &'l [Removal]) -> PermissionTerms<'l> {
    PermissionTerms {
        from: at(A),
        key: Some(public(KEY_A)),
        repairs: 0,
        to: at(B),
        nonce: Nonce([7; 8]),
        lines: Lines::new(lines).unwrap(),
        issued: terms().issued,
    }
}

fn digest_of(ticket: &PermissionTerms<'_>) -> TicketDigest {
    TicketDigest::from_digest(&P256Verifier.sha256(&Message::of(ticket)).unwrap())
}

fn act(device: &mut Device<'_>, file: &str, action: TicketAction) -> Result<String, Reason> {
    let mut out = [0; 3072];
    let proof = device.ticket(file.as_bytes(), action, InstallMode::Apply, noon(20), &mut out)?;
    Ok(String::from_utf8(proof.to_vec()).unwrap())
}

fn apply(device: &mut Device<'_>, file: &str) -> Result<String, Reason> {
    act(device, file, TicketAction::Apply)
}

fn why(device: &Device<'_>, feature: &str) -> Option<Reason> {
    device.answer(id(feature), 0).reason()
}

fn units(device: &Device<'_>, number: u8) -> Option<Count> {
    device.find_line(LineId([number; 10])).map(|(_, held)| held.count())
}

/// The line for B that waits for this ticket.
fn waiting(ticket: &PermissionTerms<'_>, number: u8, count: Count) -> LicenseTerms<'static> {
    let combine = match count {
        Count::Uncounted => Combine::Exclusive,
        Count::Units(_) => Combine::Additive,
    };
    LicenseTerms {
        udi: Some(at(B)),
        needs: Some(digest_of(ticket)),
        combine,
        ..permanent(number, count)
    }
}

// shows: F002-079, F002-080
#[test]
fn a_line_moves_in_one_visit_and_never_comes_back() {
    let (mut disk_a, mut disk_b) = (Ram::default(), Ram::default());
    let lines = [removal(1, Count::Uncounted, 0)];
    let ticket = ticket_terms(&lines);
    let file = signed(&ticket, 1);
    let sold = license(&permanent(1, Count::Uncounted), 1);
    let proof = on(&mut disk_a, a(), noon(0), |device| {
        assert_eq!(put(device, &sold), [Ok(InstallEffect::New)]);
        assert!(device.check(id("patient"), 9).is_granted());
        assert_eq!(put(device, &file), [Err(Reason::TicketNotInstalled)]);
        assert_eq!(act(device, &file, TicketAction::Again), Err(Reason::TicketUnknown));
        while device.poll_event().is_some() {}
        let proof = apply(device, &file).unwrap();
        assert_eq!(device.poll_event().unwrap().kind, EventKind::Moved);
        assert_eq!(why(device, "patient"), Some(Reason::NoLicense));
        assert_eq!(put(device, &sold), [Err(Reason::LineMoved)]);
        for _ in 0..100 {
            assert_eq!(apply(device, &file).unwrap(), proof);
            assert_eq!(act(device, &proof, TicketAction::Again).unwrap(), proof);
        }
        assert_eq!(act(device, &file, TicketAction::Cancel), Err(Reason::TicketApplied));
        proof
    });
    on(&mut disk_a, a(), noon(0), |device| {
        assert_eq!(why(device, "patient"), Some(Reason::NoLicense));
        assert_eq!(put(device, &sold), [Err(Reason::LineMoved)]);
        assert_eq!(apply(device, &file).unwrap(), proof);
        assert_eq!(
            put(device, &proof),
            [Err(Reason::TicketNotInstalled), Err(Reason::ProofForOther)]
        );
        let mut told = Vec::new();
        device.history(|entry| told.push(entry.kind.name().to_string())).unwrap();
        assert_eq!(told, ["installed", "moved"]);
    });
    let conditional = license(&waiting(&ticket, 2, Count::Uncounted), 1);
    on(&mut disk_b, b(), noon(0), |device| {
        assert_eq!(put(device, &proof), [Ok(InstallEffect::Ticket), Err(Reason::NothingWaits)]);
        assert_eq!(put(device, &conditional), [Ok(InstallEffect::New)]);
        assert_eq!(why(device, "patient"), Some(Reason::LineWaits));
    });
    on(&mut disk_b, b(), noon(0), |device| {
        assert_eq!(why(device, "patient"), Some(Reason::LineWaits));
        let arrived = Ok(InstallEffect::Activates(LineId([2; 10])));
        let mut seen = Vec::new();
        device.install(proof.as_bytes(), InstallMode::DryRun, noon(9), |taken| {
            seen.push(taken.result);
        });
        assert_eq!(seen, [Ok(InstallEffect::Ticket), arrived]);
        assert_eq!(why(device, "patient"), Some(Reason::LineWaits));
        assert_eq!(put(device, &proof), [Ok(InstallEffect::Ticket), arrived]);
        assert!(device.check(id("patient"), 9).is_granted());
        assert_eq!(put(device, &proof)[1], Err(Reason::AlreadyInstalled));
        assert_eq!(put(device, &conditional), [Err(Reason::AlreadyInstalled)]);
    });
    on(&mut disk_b, b(), noon(0), |device| {
        assert!(device.check(id("patient"), 9).is_granted());
        assert_eq!(put(device, &conditional), [Err(Reason::AlreadyInstalled)]);
    });
}

#[test]
fn units_move_one_ticket_after_another_and_the_vendors_final_line_does_too() {
    let mut disk = Ram::default();
    let sold = license(&permanent(1, Count::Units(10)), 1);
    on(&mut disk, a(), noon(0), |device| {
        put(device, &sold);
        for (nonce, before, after) in [(1, 10, 7), (2, 7, 3)] {
            let lines = [removal(1, Count::Units(before), after)];
            let ticket = PermissionTerms { nonce: Nonce([nonce; 8]), ..ticket_terms(&lines) };
            let file = signed(&ticket, 1);
            let proof = apply(device, &file).unwrap();
            assert_eq!(units(device, 1), Some(Count::Units(after)));
            assert!(proof.contains(&format!("word={nonce} ")), "{proof}");
        }
        // The first one once more takes nothing, and a second one made for the same units neither.
        let lines = [removal(1, Count::Units(10), 7)];
        let first = PermissionTerms { nonce: Nonce([1; 8]), ..ticket_terms(&lines) };
        assert!(apply(device, &signed(&first, 1)).unwrap().contains("word=1 "));
        let again = PermissionTerms { nonce: Nonce([9; 8]), ..ticket_terms(&lines) };
        assert_eq!(apply(device, &signed(&again, 1)), Err(Reason::UnitsDiffer));
        assert_eq!(units(device, 1), Some(Count::Units(3)));
    });
    on(&mut disk, a(), noon(0), |device| {
        assert_eq!(units(device, 1), Some(Count::Units(3)));
        device.clear(LineId([1; 10]), noon(9)).unwrap();
        put(device, &sold);
        assert_eq!(units(device, 1), Some(Count::Units(3)));
        assert_eq!(device.answer(id("ap-count"), 4).reason(), Some(Reason::CountTooLow));
        assert!(device.answer(id("ap-count"), 3).verdict.is_granted());
    });
    // Two visits: the final line is that of the waiting one without its condition.
    let mut disk = Ram::default();
    let lines = [removal(1, Count::Units(10), 6)];
    let ticket = ticket_terms(&lines);
    let conditional = waiting(&ticket, 2, Count::Units(4));
    let later = Date::from_days(terms().issued.days() + 3).unwrap();
    let last = LicenseTerms { needs: None, issued: later, ..conditional };
    let other = LicenseTerms { count: Count::Units(5), ..last };
    on(&mut disk, b(), noon(0), |device| {
        put(device, &license(&conditional, 1));
        assert_eq!(put(device, &license(&other, 1)), [Err(Reason::ConflictingId)]);
        assert_eq!(why(device, "ap-count"), Some(Reason::LineWaits));
        let arrived = Ok(InstallEffect::Activates(LineId([2; 10])));
        assert_eq!(put(device, &license(&last, 1)), [arrived]);
        assert!(device.answer(id("ap-count"), 4).verdict.is_granted());
        assert_eq!(put(device, &license(&conditional, 1)), [Err(Reason::AlreadyInstalled)]);
        assert_eq!(put(device, &license(&last, 1)), [Err(Reason::AlreadyInstalled)]);
    });
    on(&mut disk, b(), noon(0), |device| {
        assert!(device.answer(id("ap-count"), 4).verdict.is_granted());
    });
}

/// Lets time pass as the contract asks: a tick at each deadline.
fn pass_on(device: &mut Device<'_>, from: Now, seconds: u64) -> Now {
    let end = from.uptime + seconds;
    let at =
        |uptime: u64| Now { uptime, wall: from.wall.map(|wall| wall.plus(uptime - from.uptime)) };
    let mut uptime = from.uptime;
    while uptime < end {
        uptime = device.next_deadline().filter(|&due| due > uptime).unwrap_or(u64::MAX).min(end);
        device.tick(at(uptime));
    }
    at(end)
}

/// What may be seen of a device between two calls.
fn seen(disk: &Ram, who: Identity) -> (Option<Count>, Option<Count>, Option<Reason>) {
    on(&mut disk.clone(), who, noon(0), |device| {
        (units(device, 1), units(device, 2), why(device, "patient"))
    })
}

// shows: F002-076
#[test]
fn wherever_the_power_goes_all_of_a_ticket_has_happened_or_nothing() {
    let lines = [
        removal(1, Count::Uncounted, 0),
        removal(2, Count::Units(10), 4),
        removal(3, Count::Uncounted, 0),
    ];
    let ticket = ticket_terms(&lines);
    let file = signed(&ticket, 1);
    let sold: Vec<String> = [
        permanent(1, Count::Uncounted),
        permanent(2, Count::Units(10)),
        LicenseTerms { id: LineId([3; 10]), ..line("media", LicenseType::Permanent, 3) },
    ]
    .map(|terms| {
        license(
            &LicenseTerms { version: crate::value::Version::from_parts([9, 0, 0, 0]), ..terms },
            1,
        )
    })
    .to_vec();
    let mut full = Ram::default();
    on(&mut full, a(), noon(0), |device| {
        put(device, &sold.join("\n"));
    });
    let before = seen(&full, a());
    let mut whole = full.clone();
    whole.writes = 0;
    let proof = on(&mut whole, a(), noon(0), |device| apply(device, &file).unwrap());
    let (after, writes) = (seen(&whole, a()), whole.writes);
    assert!(before != after && writes >= 5, "{writes} writes");
    let mut outcomes = [0, 0];
    for cut in 0..=writes {
        for second in 0..=4 {
            for fails in [false, true] {
                let mut disk = full.clone();
                disk.writes = 0;
                if fails {
                    disk.fail_after = Some((cut, 0));
                } else {
                    disk.writes_left = Some(cut);
                }
                let answer = on(&mut disk, a(), noon(0), |device| {
                    let answer = apply(device, &file);
                    // The agent goes on with what a reboot would show.
                    let live = (units(device, 1), units(device, 2), why(device, "patient"));
                    assert!(live == before || live == after, "cut {cut}: {live:?}");
                    answer
                });
                disk.fail_after = None;
                // Again in the recovery.
                disk.writes_left = Some(second);
                on(&mut disk, a(), noon(0), |_| ());
                disk.writes_left = None;
                let now = seen(&disk, a());
                assert!(now == before || now == after, "cut {cut}, then {second}: {now:?}");
                if let Ok(given) = answer {
                    assert_eq!(given, proof);
                    assert_eq!(now, after, "a proof was given at cut {cut}, and nothing given up");
                }
                outcomes[usize::from(now == after)] += 1;
                on(&mut disk, a(), noon(0), |device| {
                    assert_eq!(apply(device, &file).unwrap(), proof);
                });
                assert_eq!(seen(&disk, a()), after);
            }
        }
    }
    assert!(outcomes[0] > 0 && outcomes[1] > 0);
}

#[test]
fn wherever_the_power_goes_a_line_has_arrived_or_waits() {
    let lines = [removal(1, Count::Uncounted, 0)];
    let ticket = ticket_terms(&lines);
    let file = signed(&ticket, 1);
    let mut source = Ram::default();
    let proof = on(&mut source, a(), noon(0), |device| {
        put(device, &license(&permanent(1, Count::Uncounted), 1));
        apply(device, &file).unwrap()
    });
    let trial = LicenseTerms {
        feature: crate::value::FeatureName::parse(b"vpn").unwrap(),
        usage: crate::value::Period::from_seconds(60 * DAY),
        license_type: LicenseType::Extension,
        ..waiting(&ticket, 3, Count::Uncounted)
    };
    let conditional =
        [license(&waiting(&ticket, 2, Count::Uncounted), 1), license(&trial, 1)].join("\n");
    let mut full = Ram::default();
    on(&mut full, b(), noon(0), |device| {
        put(device, &conditional);
    });
    let mut whole = full.clone();
    whole.writes = 0;
    on(&mut whole, b(), noon(0), |device| {
        put(device, &proof);
        assert!(device.check(id("patient"), 9).is_granted());
    });
    for cut in 0..=whole.writes {
        let mut disk = full.clone();
        disk.writes_left = Some(cut);
        let live = on(&mut disk, b(), noon(0), |device| {
            put(device, &proof);
            device.lines().map(|held| held.waits()).collect::<Vec<_>>()
        });
        disk.writes_left = None;
        let booted = on(&mut disk, b(), noon(0), |device| {
            device.lines().map(|held| held.waits()).collect::<Vec<_>>()
        });
        assert_eq!(live, booted, "cut {cut}");
        on(&mut disk, b(), noon(0), |device| {
            put(device, &proof);
            assert!(device.lines().all(|held| !held.waits()));
        });
    }
}

#[test]
fn each_wrong_ticket_has_its_reason_and_changes_nothing() {
    let mut disk = Ram::default();
    let counted = Count::Units(10);
    on(&mut disk, a(), noon(0), |device| {
        let sold = [
            license(&permanent(1, Count::Uncounted), 1),
            license(&permanent(2, counted), 1),
            license(
                &LicenseTerms {
                    udi: Some(at(A)),
                    needs: Some(TicketDigest([1; 16])),
                    ..permanent(3, counted)
                },
                1,
            ),
        ];
        put(device, &sold.join("\n"));
        let trial = device.lines().find(|held| held.right().feature() == b"video").unwrap();
        let built_in = trial.right().id();
        let whole = [removal(1, Count::Uncounted, 0)];
        let with = |change: &dyn Fn(&mut PermissionTerms<'_>)| {
            let mut terms = ticket_terms(&whole);
            change(&mut terms);
            signed(&terms, 1)
        };
        let of = |removal: Removal| signed(&ticket_terms(&[removal]), 1);
        let good = with(&|_| {});
        let mut delegated = key_terms(2);
        delegated.features = crate::record::List::features(b"patient").unwrap();
        let by_delegate = [delegation(&delegated, 1), signed(&ticket_terms(&whole), 2)].join("\n");
        let cases: &[(String, Reason)] = &[
            (String::new(), Reason::NoTicket),
            ("good morning".to_string(), Reason::NoTicket),
            (license(&permanent(9, counted), 1), Reason::NoTicket),
            (good[..good.len() - 4].to_string(), Reason::BadSignatureText),
            ([&good[..], &with(&|t| t.nonce = Nonce([8; 8]))].join("\n"), Reason::SeveralTickets),
            (
                with(&|t| t.from = at(B)).replace("to=ISR4331/K9:FDO9999WXYZ", "to=R1:SN1"),
                Reason::OtherDevice,
            ),
            (good.replace("FDO9999WXYZ", "FDO9999WXYA"), Reason::SignatureMismatch),
            (signed(&ticket_terms(&whole), 3), Reason::UnknownKey),
            (by_delegate, Reason::KeyFeature),
            (with(&|t| t.repairs = 1), Reason::RepairsDiffer),
            (with(&|t| t.key = None), Reason::DeviceKeyDiffers),
            (with(&|t| t.key = Some(public(KEY_B))), Reason::DeviceKeyDiffers),
            (of(removal(7, counted, 0)), Reason::NoSuchLine),
            (of(removal(2, Count::Units(11), 0)), Reason::UnitsDiffer),
            (of(removal(2, Count::Units(9), 0)), Reason::UnitsDiffer),
            (of(removal(2, Count::Uncounted, 0)), Reason::UnitsDiffer),
            (of(removal(3, counted, 0)), Reason::LineWaits),
            (of(Removal::new(built_in, Count::Uncounted, 0).unwrap()), Reason::BuiltInLine),
            (
                signed(
                    &ticket_terms(&[removal(1, Count::Uncounted, 0), removal(7, counted, 0)]),
                    1,
                ),
                Reason::NoSuchLine,
            ),
        ];
        let stored = device.storage().values.clone();
        for (file, reason) in cases {
            assert_eq!(apply(device, file), Err(*reason), "{file}");
            assert_eq!(device.storage().values, stored, "{file}");
        }
        // Too little room comes before anything is done, too.
        let mut out = [0; 1100];
        let short = device.ticket(
            good.as_bytes(),
            TicketAction::Apply,
            InstallMode::Apply,
            noon(20),
            &mut out,
        );
        assert_eq!(short, Err(Reason::BufferTooSmall));
        let dry = device.ticket(
            good.as_bytes(),
            TicketAction::Apply,
            InstallMode::DryRun,
            noon(20),
            &mut [],
        );
        assert_eq!(dry, Ok(&[][..]));
        assert_eq!(device.storage().values, stored);
        assert!(device.check(id("patient"), 20).is_granted());
    });
    // A secure element that does not sign with the key that it shows gives nothing up.
    on(&mut disk, Identity { broken: true, ..a() }, noon(0), |device| {
        let good = signed(&ticket_terms(&[removal(1, Count::Uncounted, 0)]), 1);
        assert_eq!(apply(device, &good), Err(Reason::SigningFailed));
        assert!(device.check(id("patient"), 20).is_granted());
    });
    // One that signs in the second form is as good as any.
    on(&mut disk, Identity { high_s: true, ..a() }, noon(0), |device| {
        let good = signed(&ticket_terms(&[removal(1, Count::Uncounted, 0)]), 1);
        assert!(apply(device, &good).is_ok());
    });
}

#[test]
fn every_byte_of_a_ticket_and_of_a_proof_counts() {
    let lines = [removal(1, Count::Uncounted, 0)];
    let ticket = ticket_terms(&lines);
    let file = signed(&ticket, 1);
    let mut source = Ram::default();
    let mut bare = Ram::default();
    on(&mut bare, a(), noon(0), |device| {
        put(device, &license(&permanent(1, Count::Uncounted), 1));
        let stored = device.storage().values.clone();
        for at in 0..file.len() {
            for change in 0..3 {
                let mut bytes = file.clone().into_bytes();
                match change {
                    0 => bytes[at] ^= 1,
                    1 => _ = bytes.remove(at),
                    _ => bytes.insert(at, file.as_bytes()[at]),
                }
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                // White space may stand twice between tokens.
                if changed.split_whitespace().eq(file.split_whitespace()) {
                    continue;
                }
                assert!(apply(device, &changed).is_err(), "{changed}");
                assert!(device.check(id("patient"), 20).is_granted());
            }
        }
        assert_eq!(device.storage().values, stored);
    });
    let proof = on(&mut source, a(), noon(0), |device| {
        put(device, &license(&permanent(1, Count::Uncounted), 1));
        apply(device, &file).unwrap()
    });
    let mut disk = Ram::default();
    on(&mut disk, b(), noon(0), |device| {
        put(device, &license(&waiting(&ticket, 2, Count::Uncounted), 1));
        for at in 0..proof.len() {
            for change in 0..3 {
                let mut bytes = proof.clone().into_bytes();
                match change {
                    0 => bytes[at] ^= 1,
                    1 => _ = bytes.remove(at),
                    _ => bytes.insert(at, proof.as_bytes()[at]),
                }
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                if changed.split_whitespace().eq(proof.split_whitespace()) {
                    continue;
                }
                put(device, &changed);
                assert_eq!(why(device, "patient"), Some(Reason::LineWaits), "{changed}");
            }
        }
    });
}

#[test]
fn a_forged_foreign_or_older_proof_activates_nothing() {
    let whole = [removal(1, Count::Uncounted, 0)];
    let ticket = ticket_terms(&whole);
    let file = signed(&ticket, 1);
    let prove = |file: &str, who: Identity| {
        let mut disk = Ram::default();
        on(&mut disk, who, noon(0), |device| {
            put(device, &license(&permanent(1, Count::Uncounted), 1));
            apply(device, file)
        })
    };
    let proof = prove(&file, a()).unwrap();
    let word = |proof: &str| proof.lines().last().unwrap().to_string();
    let older = PermissionTerms { nonce: Nonce([1; 8]), ..ticket };
    let older = prove(&signed(&older, 1), a()).unwrap();
    // The ticket of another key, and a word of this one under it.
    let keyed = PermissionTerms { key: Some(public(KEY_B)), ..ticket };
    let cancelled = on(&mut Ram::default(), a(), noon(0), |device| {
        act(device, &file, TicketAction::Cancel).unwrap()
    });
    let own_key = |signer: u8| {
        let terms = crate::record::transfer::RehostTerms {
            outcome: crate::record::transfer::Outcome::Applied,
            ticket: digest_of(&ticket),
            word: 1,
            repairs: 0,
            used: None,
        };
        [file.clone(), signed(&terms, signer)].join("\n")
    };
    let unsigned = Identity { key: None, ..a() };
    let without_key = PermissionTerms { key: None, ..ticket };
    let not_public = prove(&signed(&without_key, 1), unsigned).unwrap();
    let for_c = PermissionTerms { to: at(b"R1:SN1"), ..ticket };
    let cases: &[(String, Reason)] = &[
        (word(&proof), Reason::ProofWithoutTicket),
        ([file.clone(), word(&older)].join("\n"), Reason::ProofWithoutTicket),
        ([signed(&keyed, 1), word(&proof)].join("\n"), Reason::ProofWithoutTicket),
        (older, Reason::NothingWaits),
        (cancelled, Reason::NotGivenUp),
        (own_key(KEY_B), Reason::UnknownKey),
        (own_key(1), Reason::UnknownKey),
        (own_key(KEY_B).replace(&id_of(KEY_B), &id_of(KEY_A)), Reason::SignatureMismatch),
        ([signed(&ticket, 3), word(&proof)].join("\n"), Reason::UnknownKey),
        (prove(&signed(&for_c, 1), a()).unwrap(), Reason::OtherDevice),
    ];
    let mut disk = Ram::default();
    on(&mut disk, b(), noon(0), |device| {
        put(device, &license(&waiting(&ticket, 2, Count::Uncounted), 1));
        let stored = device.storage().values.clone();
        for (file, reason) in cases {
            assert_eq!(put(device, file).last(), Some(&Err(*reason)), "{file}");
            assert_eq!(why(device, "patient"), Some(Reason::LineWaits), "{file}");
            assert_eq!(device.storage().values, stored);
        }
        assert!(put(device, &proof)[1].is_ok());
    });
    let mut disk = Ram::default();
    on(&mut disk, b(), noon(0), |device| {
        put(device, &license(&waiting(&without_key, 2, Count::Uncounted), 1));
        assert_eq!(put(device, &not_public)[1], Err(Reason::ProofNotPublic));
    });
}

#[test]
fn what_is_cancelled_is_never_applied_and_what_is_given_up_never_used() {
    let whole = [removal(1, Count::Uncounted, 0)];
    let ticket = ticket_terms(&whole);
    let file = signed(&ticket, 1);
    let mut disk = Ram::default();
    let sold = license(&permanent(1, Count::Uncounted), 1);
    let proof = on(&mut disk, a(), noon(0), |device| {
        put(device, &sold);
        act(device, &file, TicketAction::Cancel).unwrap()
    });
    assert!(proof.contains("REHOST 1 cancelled "), "{proof}");
    on(&mut disk, a(), noon(0), |device| {
        assert_eq!(apply(device, &file), Err(Reason::TicketCancelled));
        assert_eq!(act(device, &file, TicketAction::Cancel).unwrap(), proof);
        assert_eq!(act(device, &file, TicketAction::Again).unwrap(), proof);
        assert!(device.check(id("patient"), 20).is_granted());
        let another = PermissionTerms { nonce: Nonce([3; 8]), ..ticket };
        assert!(apply(device, &signed(&another, 1)).unwrap().contains("word=2 "));
    });
    let mut disk = Ram::default();
    let conditional = license(&waiting(&ticket, 2, Count::Uncounted), 1);
    let mut out = [0; 1024];
    on(&mut disk, b(), noon(0), |device| {
        put(device, &conditional);
        put(
            device,
            &license(&LicenseTerms { udi: Some(at(B)), ..permanent(5, Count::Units(3)) }, 1),
        );
        let mut give_up = |device: &mut Device<'_>, number: u8| {
            let given = device.give_up(LineId([number; 10]), noon(20), &mut out);
            given.map(|text| String::from_utf8(text.to_vec()).unwrap())
        };
        assert_eq!(give_up(device, 9), Err(Reason::NoSuchLine));
        assert_eq!(give_up(device, 5), Err(Reason::NotTransferred));
        let word = give_up(device, 2).unwrap();
        assert!(word.starts_with("REHOST 1 given-up "), "{word}");
        assert_eq!(give_up(device, 2).unwrap(), word);
        assert_eq!(put(device, &conditional), [Err(Reason::LineMoved)]);
    });
    on(&mut disk, b(), noon(0), |device| {
        assert_eq!(put(device, &conditional), [Err(Reason::LineMoved)]);
        assert_eq!(units(device, 2), None);
    });
}

#[test]
fn the_word_of_giving_up_is_about_all_that_came_by_the_ticket() {
    let lines = [removal(1, Count::Uncounted, 0), removal(2, Count::Units(4), 0)];
    let ticket = ticket_terms(&lines);
    let mut out = [0; 1024];
    let of_ticket = [
        license(&waiting(&ticket, 3, Count::Uncounted), 1),
        license(&waiting(&ticket, 4, Count::Units(4)), 1),
    ];
    let late = license(&waiting(&ticket, 5, Count::Units(4)), 1);
    let mut disk = Ram::default();
    let word = on(&mut disk, b(), noon(0), |device| {
        put(device, &of_ticket.join("\n"));
        let word = device.give_up(LineId([4; 10]), noon(20), &mut out).unwrap().to_vec();
        assert_eq!(device.lines().filter(|held| held.waits()).count(), 0);
        assert_eq!(device.give_up(LineId([3; 10]), noon(20), &mut out), Ok(&word[..]));
        word
    });
    on(&mut disk, b(), noon(0), |device| {
        assert_eq!(put(device, &of_ticket.join("\n")), [Err(Reason::LineMoved); 2]);
        assert_eq!(put(device, &late), [Err(Reason::LineMoved)]);
        assert_eq!(device.give_up(LineId([3; 10]), noon(20), &mut out), Ok(&word[..]));
    });
}

#[test]
fn the_vendor_takes_back_and_learns_what_was_there() {
    let ids = [1, 2, 3].map(|number| LineId([number; 10]));
    let order = RevokeTerms {
        udi: udi(),
        nonce: Nonce([5; 8]),
        lines: Lines::new(&ids).unwrap(),
        issued: terms().issued,
    };
    let file = signed(&order, 1);
    let mut disk = Ram::default();
    let sold =
        [license(&permanent(1, Count::Units(10)), 1), license(&permanent(2, Count::Uncounted), 1)];
    let proof = on(&mut disk, a(), noon(0), |device| {
        put(device, &sold.join("\n"));
        let lines = [removal(1, Count::Units(10), 4)];
        apply(device, &signed(&ticket_terms(&lines), 1)).unwrap();
        device.clear(LineId([2; 10]), noon(9)).unwrap();
        assert_eq!(act(device, &file, TicketAction::Cancel), Err(Reason::RevokeNotCancelled));
        assert_eq!(put(device, &file), [Err(Reason::TicketNotInstalled)]);
        let proof = apply(device, &file).unwrap();
        assert_eq!(put(device, &sold.join("\n")), [Err(Reason::LicenseRevoked); 2]);
        proof
    });
    let word = proof.lines().last().unwrap();
    let Ok(Record::Confirm(confirm)) = Records::new(word.as_bytes()).next().unwrap().record else {
        panic!("{word}");
    };
    let taken = |number: u8, units| Taken { id: LineId([number; 10]), units, by_word: 0 };
    let entries: Vec<Taken> = confirm.terms().lines.entries().collect();
    assert_eq!(entries, [taken(1, Some(Count::Units(4))), taken(2, None), taken(3, None)]);
    assert_eq!(confirm.terms().word, 2);
    on(&mut disk, a(), noon(0), |device| {
        assert_eq!(apply(device, &file).unwrap(), proof);
        let again = RevokeTerms { nonce: Nonce([6; 8]), ..order };
        let proof = apply(device, &signed(&again, 1)).unwrap();
        assert!(proof.contains(":gone@2"), "{proof}");
        assert_eq!(put(device, &sold.join("\n")), [Err(Reason::LicenseRevoked); 2]);
    });
}

// shows: F002-078
#[test]
fn grace_begins_when_the_ticket_is_applied_and_used_time_moves() {
    let mut disk = Ram::default();
    let metered = line("vpn", LicenseType::Extension, 1);
    let lines = [removal(1, Count::Uncounted, 0)];
    let ticket = ticket_terms(&lines);
    let grace =
        LicenseTerms { needs: Some(digest_of(&ticket)), ..line("vpn", LicenseType::Grace, 2) };
    let (file, grace) = (signed(&ticket, 1), license(&grace, 1));
    let accept = |device: &mut Device<'_>| device.accept_eula(id("vpn"), b"text", noon(9));
    let mut end = noon(0);
    let proof = on(&mut disk, a(), noon(0), |device| {
        put(device, &[license(&metered, 1), grace.clone()].join("\n"));
        let _ = accept(device);
        assert_eq!(device.explain(id("vpn")).filter(|(held, ..)| held.waits()).count(), 1);
        device.activate(id("vpn"), noon(10)).unwrap();
        end = pass_on(device, noon(10), 2 * 3600);
        let mut out = [0; 3072];
        let proof =
            device.ticket(file.as_bytes(), TicketAction::Apply, InstallMode::Apply, end, &mut out);
        let proof = String::from_utf8(proof.unwrap().to_vec()).unwrap();
        assert!(device.lines().all(|held| !held.waits()));
        assert!(device.check(id("vpn"), end.uptime).is_granted(), "{:?}", why(device, "vpn"));
        proof
    });
    let used: u64 =
        proof.split("used=").nth(1).unwrap()[21..].split(' ').next().unwrap().parse().unwrap();
    assert!((2 * 3600..2 * 3600 + 900).contains(&used), "{used}");
    on(&mut disk, a(), noon(0), |device| {
        assert!(device.lines().all(|held| !held.waits()));
        let mut out = [0; 1024];
        let own = device.give_up(LineId([2; 10]), noon(20), &mut out);
        assert_eq!(own, Err(Reason::NotTransferred));
    });
    let mut disk = Ram::default();
    let conditional = LicenseTerms {
        udi: Some(at(B)),
        needs: Some(digest_of(&ticket)),
        id: LineId([3; 10]),
        ..metered
    };
    on(&mut disk, b(), noon(0), |device| {
        put(device, &license(&conditional, 1));
        assert!(put(device, &proof)[1].is_ok());
    });
    on(&mut disk, b(), noon(0), |device| {
        let (_, held) = device.find_line(LineId([3; 10])).unwrap();
        assert!(!held.waits());
        assert_eq!(held.meter().unwrap().used(0), used);
    });
}

#[test]
fn a_credential_says_what_is_there() {
    let mut disk = Ram::default();
    let mut out = [0; 1024];
    for (who, level) in [
        (a(), ProofLevel::Key),
        (Identity { key: None, secret: Some([9; 32]), ..a() }, ProofLevel::Secret),
        (Identity { key: None, ..a() }, ProofLevel::None),
    ] {
        on(&mut Ram::default(), who, noon(0), |device| {
            let (text, more) = device.credential(0, None, &mut out).unwrap();
            assert_eq!(more, None);
            let Ok(Record::Credential(credential)) = Records::new(text).next().unwrap().record
            else {
                panic!("no credential");
            };
            let terms = credential.terms();
            assert_eq!((terms.proof, terms.udi, terms.word, terms.repairs), (level, at(A), 0, 0));
            assert!(terms.lines.is_none());
            assert_eq!(terms.key, who.public_key());
        });
    }
    on(&mut disk, a(), noon(0), |device| {
        assert_eq!(device.credential(1, None, &mut [0; 1024]).unwrap_err(), Reason::UdiUnavailable);
        for number in (1..=9).rev() {
            put(device, &license(&permanent(number, Count::Units(u64::from(number))), 1));
        }
        let (text, more) = device.credential(0, None, &mut out).unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert_eq!(more, None);
        assert!(text.contains("lines=01010101010101010101:1,02020202020202020202:2,"), "{text}");
        let (rest, _) = device.credential(0, Some(LineId([8; 10])), &mut out).unwrap();
        assert!(
            String::from_utf8(rest.to_vec()).unwrap().contains("lines=09090909090909090909:9 ")
        );
    });
}

#[test]
fn time_of_the_vendor_moves_the_clock_as_its_rules_let_it() {
    let mut disk = Ram::default();
    let start = UnixTime(20_779 * DAY);
    let no_clock = Now::uptime(1);
    let sold = license(&permanent(1, Count::Uncounted), 1);
    on(&mut disk, a(), no_clock, |device| {
        device.install(sold.as_bytes(), InstallMode::Apply, no_clock, |_| ());
        let floor = |device: &Device<'_>| device.clock().at_least;
        let tell = |device: &mut Device<'_>, time: UnixTime, signer: u8| {
            let text = signed(&TimeTerms { time }, signer);
            let mut result = Err(Reason::NoLicense);
            device.install(text.as_bytes(), InstallMode::Apply, no_clock, |taken| {
                result = taken.result
            });
            result
        };
        assert_eq!(tell(device, start.plus(100), 3), Err(Reason::UnknownKey));
        let before = floor(device);
        assert_eq!(tell(device, start.plus(100), 1), Ok(InstallEffect::Time));
        assert_eq!(floor(device), start.plus(100));
        assert!(before < floor(device));
        // Back never, and too far ahead neither.
        assert_eq!(tell(device, start.plus(50), 1), Ok(InstallEffect::Time));
        assert_eq!(tell(device, start.plus(40 * DAY), 1), Ok(InstallEffect::Time));
        assert_eq!(floor(device), start.plus(100));
    });
    on(&mut disk, a(), no_clock, |device| assert!(device.clock().at_least >= start.plus(100)));
}

#[test]
fn words_that_cannot_be_read_stop_what_they_guard() {
    let whole = [removal(1, Count::Uncounted, 0)];
    let file = signed(&ticket_terms(&whole), 1);
    let mut disk = Ram::default();
    let sold = license(&permanent(1, Count::Uncounted), 1);
    on(&mut disk, a(), noon(0), |device| {
        put(device, &[sold.clone(), license(&permanent(2, Count::Units(3)), 1)].join("\n"));
        apply(device, &file).unwrap();
    });
    let value = disk.values.get_mut(&0x0610).unwrap();
    value[40] ^= 0x11;
    on(&mut disk, a(), noon(0), |device| {
        assert!(device.unreadable().any(|reason| reason == Reason::RevocationsUnknown));
        assert_eq!(put(device, &sold), [Err(Reason::RevocationsUnknown)]);
        assert_eq!(apply(device, &file), Err(Reason::RevocationsUnknown));
        let lines = [removal(2, Count::Units(3), 0)];
        assert_eq!(
            apply(device, &signed(&ticket_terms(&lines), 1)),
            Err(Reason::RevocationsUnknown)
        );
        assert_eq!(
            device.credential(0, None, &mut [0; 1024]).unwrap_err(),
            Reason::RevocationsUnknown
        );
        assert_eq!(units(device, 2), Some(Count::Units(3)));
    });
}

#[test]
fn a_device_keeps_as_many_words_as_it_has_places_for() {
    let mut disk = Ram::default();
    on(&mut disk, a(), noon(0), |device| {
        put(device, &license(&permanent(1, Count::Units(100)), 1));
        let mut proofs = Vec::new();
        for taken in 0..32 {
            let lines = [removal(1, Count::Units(100 - taken), 99 - taken)];
            let ticket = PermissionTerms {
                nonce: Nonce([u8::try_from(taken).unwrap(); 8]),
                ..ticket_terms(&lines)
            };
            proofs.push((signed(&ticket, 1), apply(device, &signed(&ticket, 1)).unwrap()));
        }
        let lines = [removal(1, Count::Units(68), 67)];
        assert_eq!(apply(device, &signed(&ticket_terms(&lines), 1)), Err(Reason::TicketsFull));
        assert_eq!(units(device, 1), Some(Count::Units(68)));
        for (file, proof) in &proofs {
            assert_eq!(apply(device, file).as_ref(), Ok(proof));
        }
    });
}
