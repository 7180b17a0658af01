//! Each rule of moving rights: what happens without it must not happen.

use nodelock_authority::Value;
use nodelock_authority::transfer::{Done, Refusal, State};

use crate::rig::{A, AGAIN, APPLY, Ask, B, C, CANCEL, Rig, ids, lines, rule};

#[test]
fn pending_units_are_in_no_other_ticket() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let other = rig.units(&a, "2");
    let ticket = rig.permit(&a, B, &lines(&[(line, Some(5))])).unwrap();
    for (to, ask) in [
        (C, lines(&[(line, Some(5))])),
        (B, lines(&[(line, Some(4))])),
        (B, lines(&[(line, None)])),
        (B, Ask::default()),
        (B, Ask { request: Some("second"), ..lines(&[(line, Some(5))]) }),
    ] {
        let refused = rule(rig.permit(&a, to, &ask));
        assert!(
            matches!(refused, Refusal::Pending { ticket: of, .. } if of == ticket.ticket),
            "{refused}"
        );
    }
    rig.permit(&a, C, &lines(&[(other, None)])).unwrap();
}

#[test]
fn books_and_device_must_have_the_same_units() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let before = a.backup();
    rig.moved(&a, &b, &lines(&[(line, Some(5))]));
    a.restore(before);
    // CAS: the device has 16 again, and the books know that 11 are left.
    let refused = rule(rig.permit(&a, B, &lines(&[(line, None)])));
    assert!(matches!(refused, Refusal::UnitsDiffer { .. }), "{refused}");
    let refused = rule(rig.permit(&a, B, &lines(&[(line, Some(17))])));
    assert!(matches!(refused, Refusal::NoSuchUnits { .. }), "{refused}");
}

#[test]
fn what_is_gone_moves_no_more() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let before = (a.backup(), a.credential());
    rig.moved(&a, &b, &lines(&[(line, None)]));
    a.restore(before.0);
    let refused = rule(rig.permit_with(&before.1, &a, C, &lines(&[(line, None)])));
    assert!(matches!(refused, Refusal::Gone { .. }), "{refused}");
}

#[test]
fn a_line_that_waits_for_its_transfer_is_in_no_ticket() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ask = Ask { one_visit: true, enrolled: true, ..lines(&[(line, None)]) };
    let ticket = rig.permit(&a, B, &ask).unwrap();
    b.install(&ticket.for_destination());
    let moved = ids(&ticket.for_destination())[0];
    let onward = lines(&[(moved, None)]);
    assert!(matches!(rule(rig.permit(&b, C, &onward)), Refusal::Waiting { .. }));
    let proof = a.apply(&ticket.for_source());
    b.install(std::slice::from_ref(&proof));
    // Active there, and not settled in the books.
    assert!(matches!(rule(rig.permit(&b, C, &onward)), Refusal::Waiting { .. }));
    rig.accept(&proof).unwrap();
    rig.permit(&b, C, &onward).unwrap();
    // Books that have forgotten the ticket do not take the line for one that was sold.
    let mut forgetful = Rig::new();
    forgetful.files = ticket.for_destination();
    assert_eq!(rule(forgetful.permit(&b, C, &onward)), Refusal::UnknownTicket(ticket.ticket));
}

#[test]
fn a_ticket_names_the_key_and_another_key_is_another_device() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let stranger = rig.device(A, 0x29);
    stranger.install(&rig.files);
    let refused = rule(rig.permit(&stranger, B, &lines(&[(line, None)])));
    assert_eq!(refused, Refusal::OtherKey(A.into()));
    // KEYCHECK: it gives nothing up for a ticket that names another key.
    let applied = stranger.ticket(&ticket.for_source(), crate::rig::APPLY);
    assert_eq!(applied, Err(nodelock::Reason::DeviceKeyDiffers));
}

#[test]
fn one_visit_is_for_enrolled_keys_only() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let ask = Ask { one_visit: true, ..lines(&[(line, None)]) };
    assert_eq!(rule(rig.permit(&a, B, &ask)), Refusal::NotEnrolled(A.into()));
    rig.permit(&a, B, &Ask { enrolled: true, ..ask }).unwrap();
}

#[test]
fn the_destination_stands_in_the_ticket_and_changes_only_by_its_word() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.device(A, 0x21), rig.device(B, 0x22), rig.device(C, 0x23));
    let line = rig.units(&a, "16");
    let ask = Ask { one_visit: true, enrolled: true, ..lines(&[(line, None)]) };
    let ticket = rig.permit(&a, B, &ask).unwrap();
    b.install(&ticket.for_destination());
    let proof = a.apply(&ticket.for_source());
    rig.accept(&proof).unwrap();
    // ONEDST
    assert!(matches!(rule(rig.redirect(&ticket, C)), Refusal::NotGivenUp { .. }));
    // FIXDST: the proof activates nothing elsewhere.
    assert!(c.install(std::slice::from_ref(&proof)).iter().all(Result::is_err));
    let word = b.give_up(ids(&ticket.for_destination())[0]).unwrap();
    assert_eq!(rule(rig.accept(&word)), Refusal::UnknownDevice(B.into()));
    let known = b.credential();
    assert_eq!(rig.accept_from(&word, Some(&known)).unwrap().done, Done::GivenUp);
    assert!(rig.accept(&word).unwrap().again);
    let moved = rig.redirect(&ticket, C).unwrap();
    assert!(rig.accept(&word).unwrap().again);
    assert_eq!(rig.redirect(&ticket, C).unwrap().records, moved.records);
    assert!(matches!(rule(rig.redirect(&ticket, B)), Refusal::NotGivenUp { .. }));
    c.install(&moved.records);
    assert!(c.grants_voice(16) && !b.grants_voice(1) && !a.grants_voice(1));
    // What B had given up is no line any more.
    let gone = lines(&[(ids(&ticket.for_destination())[0], None)]);
    assert!(matches!(rule(rig.permit(&b, A, &gone)), Refusal::Gone { .. }));
}

#[test]
fn words_are_booked_in_their_order() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let (one, two) = (rig.units(&a, "16"), rig.units(&a, "4"));
    let first = rig.permit(&a, B, &lines(&[(one, None)])).unwrap();
    let second = rig.permit(&a, B, &lines(&[(two, None)])).unwrap();
    let (word1, word2) = (a.apply(&first.for_source()), a.apply(&second.for_source()));
    let missing = Refusal::WordMissing { device: A.into(), word: 2, missing: 1 };
    assert_eq!(rule(rig.accept(&word2)), missing);
    rig.accept(&word1).unwrap();
    let accepted = rig.accept(&word2).unwrap();
    b.install(&accepted.records);
    assert!(b.grants_voice(4));
}

#[test]
fn what_is_taken_back_is_no_longer_in_a_ticket_and_comes_after_the_words_before_it() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let (one, two) = (rig.units(&a, "16"), rig.units(&a, "4"));
    let moved = rig.permit(&a, B, &lines(&[(one, Some(6))])).unwrap();
    let open = rig.permit(&a, B, &lines(&[(two, None)])).unwrap();
    let proof = a.apply(&moved.for_source());
    let revoke = rig.revoke(&a, &[one, two]);
    assert_eq!(rig.revoke(&a, &[two, one]), revoke);
    let other = rig.units(&a, "1");
    rig.permit(&a, B, &lines(&[(other, None)])).unwrap();
    let confirm = a.apply(&revoke);
    // ORDER: else the books would have less than nothing.
    let missing = Refusal::WordMissing { device: A.into(), word: 2, missing: 1 };
    assert_eq!(rule(rig.accept(&confirm)), missing);
    b.install(&rig.accept(&proof).unwrap().records);
    let accepted = rig.accept(&confirm).unwrap();
    assert_eq!(accepted.done, Done::TakenBack);
    assert_eq!(accepted.taken.len(), 2);
    assert!(rig.accept(&confirm).unwrap().again);
    let books = rig.books();
    let state = |ticket: &nodelock_authority::transfer::Ticket| books.state(ticket);
    let of = |digest| books.tickets().find(|it| it.ticket == digest).map(state);
    assert_eq!(of(open.ticket), Some(State::Void));
    assert_eq!(of(moved.ticket), Some(State::Posted));
    assert!(b.grants_voice(6) && !a.grants_voice(2));
}

#[test]
fn a_line_that_is_being_taken_back_does_not_move() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    rig.revoke(&a, &[line]);
    assert!(matches!(rule(rig.permit(&a, B, &lines(&[(line, None)]))), Refusal::Revoking { .. }));
}

#[test]
fn a_revocation_without_books_is_believed_when_it_comes_back() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let (known, revoke) = (a.credential(), rig.revoke_without_books(&a, &[line]));
    rig.books();
    let confirm = a.apply(&revoke);
    let accepted = rig.accept_from(&confirm, Some(&known)).unwrap();
    assert_eq!((accepted.done, accepted.taken.len()), (Done::TakenBack, 1));
    let refused = rule(rig.permit(&a, B, &lines(&[(line, None)])));
    assert!(matches!(refused, Refusal::Gone { .. }), "{refused}");
}

#[test]
fn a_late_proof_counts_if_the_books_allow_it() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let before = a.backup();
    let word = a.ticket(&ticket.for_source(), CANCEL).unwrap();
    rig.accept(&word).unwrap();
    // The owner puts an older copy back, and applies it all the same.
    a.restore(before.clone());
    let proof = a.apply(&ticket.for_source());
    let late = rig.accept(&proof).unwrap();
    assert_eq!(late.done, Done::Posted);
    assert_eq!(late.notes.len(), 2, "{:?}", late.notes);
    b.install(&late.records);
    assert!(b.grants_voice(16) && !a.grants_voice(1));
    // And the other way round, the units are where they are.
    assert!(matches!(rule(rig.accept(&word)), Refusal::Posted { .. }));
}

#[test]
fn a_late_proof_does_not_double_what_has_gone_elsewhere() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let before = a.backup();
    rig.accept(&a.ticket(&ticket.for_source(), CANCEL).unwrap()).unwrap();
    let next = rig.permit(&a, C, &lines(&[(line, None)])).unwrap();
    a.restore(before);
    let proof = a.apply(&ticket.for_source());
    assert!(matches!(rule(rig.accept(&proof)), Refusal::Pending { .. }));
    let _ = (next, b);
}

#[test]
fn a_request_gets_one_answer_for_ever() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ask = Ask { request: Some("R-1"), ..lines(&[(line, Some(5))]) };
    let ticket = rig.permit(&a, B, &ask).unwrap();
    assert_eq!(rig.permit(&a, B, &ask).unwrap(), ticket);
    b.install(&rig.accept(&a.apply(&ticket.for_source())).unwrap().records);
    // Also when it is done.
    assert_eq!(rig.permit(&a, B, &ask).unwrap().for_source(), ticket.for_source());
    let other = Ask { request: Some("R-1"), ..lines(&[(line, Some(4))]) };
    assert_eq!(rule(rig.permit(&a, B, &other)), Refusal::OtherWish("R-1".into()));
    let next = Ask { request: Some("R-2"), ..ask };
    assert_ne!(rig.permit(&a, B, &next).unwrap().ticket, ticket.ticket);
    assert!(a.ticket(&ticket.for_source(), AGAIN).is_ok());
}

#[test]
fn only_lines_of_the_device_that_the_vendor_issued_move() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let (line, other) = (rig.units(&a, "16"), rig.units(&b, "16"));
    let everywhere = rig.sell(&a, |spec| {
        spec.udi = Vec::new();
        spec.license_type = Some(Value::read("evaluation").unwrap());
        spec.usage = Some(Value::read("60d").unwrap());
    });
    for line in [other, everywhere] {
        let refused = rule(rig.permit(&a, C, &lines(&[(line, None)])));
        assert!(matches!(refused, Refusal::OtherDevice { .. }), "{refused}");
    }
    let grace = rig.sell(&a, |spec| {
        spec.license_type = Some(Value::read("grace").unwrap());
        spec.usage = Some(Value::read("60d").unwrap());
    });
    assert_eq!(rule(rig.permit(&a, C, &lines(&[(grace, None)]))), Refusal::Bridges(grace));
    assert_eq!(rule(rig.permit(&a, A, &lines(&[(line, None)]))), Refusal::SameDevice(A.into()));
    let twice = lines(&[(line, Some(1)), (line, Some(2))]);
    assert_eq!(rule(rig.permit(&a, C, &twice)), Refusal::Twice(line));
    rig.files.clear();
    assert_eq!(rule(rig.permit(&a, C, &lines(&[(line, None)]))), Refusal::UnknownLine(line));
}

#[test]
fn of_lines_with_running_time_one_visit_moves_one() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let mut trial = || {
        rig.sell(&a, |spec| {
            spec.license_type = Some(Value::read("evaluation").unwrap());
            spec.usage = Some(Value::read("60d").unwrap());
        })
    };
    let two = vec![(trial(), None), (trial(), None)];
    let ask = Ask { one_visit: true, enrolled: true, lines: two, ..Ask::default() };
    assert_eq!(rule(rig.permit(&a, B, &ask)), Refusal::SeveralMetered);
    rig.permit(&a, B, &Ask { one_visit: false, ..ask }).unwrap();
}

/// The members of a stack number their words together.
#[test]
fn a_stack_has_one_voice() {
    let mut rig = Rig::new();
    let (a, b) = (rig.stack(&[A, B], 0x21), rig.device(C, 0x23));
    let one = rig.units(&a, "16");
    let two = rig.sell(&a, |spec| spec.udi = vec![Value::read(B).unwrap()]);
    assert!(matches!(rule(rig.permit(&a, C, &lines(&[(one, None)]))), Refusal::WhichMember(_)));
    let first = rig.permit_of(&a, A, C, &lines(&[(one, None)])).unwrap();
    let second = rig.permit_of(&a, B, C, &lines(&[(two, None)])).unwrap();
    for ticket in [first, second] {
        b.install(&rig.accept(&a.apply(&ticket.for_source())).unwrap().records);
    }
    assert!(b.grants_voice(16));
}

#[test]
fn a_dead_device_is_settled_forward() {
    let mut rig = Rig::new();
    let (a, b, c) = (rig.device(A, 0x21), rig.device(B, 0x22), rig.device(C, 0x23));
    let (one, two) = (rig.units(&a, "16"), rig.units(&a, "4"));
    let open = rig.permit(&a, B, &lines(&[(two, None)])).unwrap();
    let provisional = rig.replace(A, C, false).unwrap();
    assert_eq!(rig.replace(A, C, false).unwrap().records, provisional.records);
    assert_eq!(ids(&provisional.records).len(), 1);
    c.install(&provisional.records);
    assert!(c.grants_voice(16));
    // Nothing that bridges a time moves.
    let bridge = lines(&[(ids(&provisional.records)[0], None)]);
    assert!(matches!(rule(rig.permit(&c, B, &bridge)), Refusal::Bridges(_)));
    let last = rig.replace(A, C, true).unwrap();
    assert_eq!(rig.replace(A, C, true).unwrap().records, last.records);
    assert!(last.notes[0].contains(&open.ticket.to_string()), "{:?}", last.notes);
    assert!(c.install(&last.records).iter().all(Result::is_ok));
    // FORWARD: what was on its way arrives, and never goes back.
    let arrived = rig.redirect(&open, B).unwrap();
    b.install(&arrived.records);
    assert!(b.grants_voice(4));
    let word = a.ticket(&open.for_source(), CANCEL).unwrap();
    assert!(matches!(rule(rig.accept(&word)), Refusal::Posted { .. }));
    let refused = rule(rig.permit(&a, B, &lines(&[(one, None)])));
    assert_eq!(refused, Refusal::Retired(A.into(), C.into()));
    assert!(matches!(rule(rig.replace(A, B, true)), Refusal::Retired(..)));
    assert!(matches!(rule(rig.permit(&b, A, &Ask::default())), Refusal::Retired(..)));
}

#[test]
fn provisional_lines_are_given_once_for_each_right_and_device() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    rig.units(&a, "16");
    let first = rig.replace(A, C, false).unwrap();
    let settled = rig.replace(A, C, true).unwrap();
    assert_eq!(ids(&settled.records).len(), 1);
    // Back and forth again.
    rig.replace(C, B, true).unwrap();
    let again = rig.replace(B, "R1:D", false).unwrap();
    assert_ne!(ids(&again.records), ids(&first.records));
    let _ = b;
}

/// EPOCH: a device that was repaired names another number, and its older tickets are dead.
#[test]
fn a_ticket_is_for_one_number_of_repairs() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let (line, other) = (rig.units(&a, "16"), rig.units(&a, "2"));
    let old = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    // Its clock went too far, and the vendor repaired it.
    rig.repair_clock(&a);
    assert_eq!(a.ticket(&old.for_source(), APPLY), Err(nodelock::Reason::RepairsDiffer));
    let ask = lines(&[(other, None)]);
    let (new, notes) = rig.permit_with(&a.credential(), &a, B, &ask).unwrap();
    assert_eq!((old.repairs, new.repairs), (0, 1));
    assert!(notes[0].contains("neither apply nor cancel"), "{notes:?}");
    let proof = a.apply(&new.for_source());
    // The word of another number of repairs is none on this ticket, whoever has signed it.
    let stranger = proof.replace(&new.ticket.to_string(), &old.ticket.to_string());
    let stranger = a.sign_again(stranger.lines().last().unwrap());
    assert!(matches!(rule(rig.accept(&stranger)), Refusal::Misfit(_)));
    rig.accept(&proof).unwrap();
}

/// A device that was named as dead, and is not.
#[test]
fn a_device_that_was_only_named_comes_back() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let (line, other) = (rig.units(&a, "16"), rig.units(&a, "2"));
    let lost = rig.permit(&a, B, &lines(&[(other, None)])).unwrap();
    a.apply(&lost.for_source());
    let mut anew = Rig::new();
    anew.files = rig.files.clone();
    anew.replace(A, C, false).unwrap();
    let refused = rule(anew.permit(&a, B, &lines(&[(line, None)])));
    assert!(matches!(refused, Refusal::Pending { .. }), "{refused}");
    let provisional = anew.books().tickets().next().unwrap().clone();
    let word = a.ticket(&provisional.for_source(), CANCEL).unwrap();
    let known = a.credential();
    assert_eq!(anew.accept_from(&word, Some(&known)).unwrap().done, Done::Void);
    let moved = anew.permit(&a, B, &lines(&[(line, None)])).unwrap();
    b.install(&anew.accept(&a.apply(&moved.for_source())).unwrap().records);
    assert!(b.grants_voice(16));
}
