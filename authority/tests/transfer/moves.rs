//! What moves, and arrives.

use nodelock::Reason;
use nodelock::value::Period;
use nodelock_authority::Value;
use nodelock_authority::transfer::{Done, State};

use crate::rig::{A, AGAIN, APPLY, Ask, B, C, Rig, ids, lines, usage};

#[test]
fn a_line_moves_in_two_visits_and_both_answers_can_be_had_again() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    assert!(a.grants_voice(16));
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    assert_eq!(rig.permit(&a, B, &lines(&[(line, None)])).unwrap(), ticket);
    let proof = a.apply(&ticket.for_source());
    assert!(!a.grants_voice(1));
    let accepted = rig.accept(&proof).unwrap();
    assert_eq!((accepted.done, accepted.again), (Done::Posted, false));
    let again = rig.accept(&a.ticket(&ticket.for_source(), AGAIN).unwrap()).unwrap();
    assert_eq!((again.done, again.again), (Done::Posted, true));
    assert_eq!(again.records, accepted.records);
    assert!(!b.grants_voice(1));
    assert_eq!(b.install(&accepted.records), [Ok(())]);
    assert!(b.grants_voice(16) && !b.grants_voice(17));
    // What was there before does not come back.
    assert_eq!(a.install(&rig.files), [Err(Reason::LineMoved)]);
}

#[test]
fn units_move_one_after_another_and_back() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    rig.units(&b, "8");
    rig.moved(&a, &b, &lines(&[(line, Some(5))]));
    let second = rig.moved(&a, &b, &lines(&[(line, Some(3))]));
    assert!(a.grants_voice(8) && !a.grants_voice(9));
    // MOVED IS ADDED: nothing is swallowed by the larger line.
    assert!(b.grants_voice(16) && !b.grants_voice(17));
    let back = ids(&second.records)[0];
    rig.moved(&b, &a, &lines(&[(back, None)]));
    assert!(a.grants_voice(11) && !a.grants_voice(12));
    assert!(b.grants_voice(13) && !b.grants_voice(14));
}

#[test]
fn all_lines_of_a_device_move_with_one_ticket() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    for _ in 0..14 {
        rig.sell(&a, |spec| spec.feature = vec![Value::read("routing").unwrap()]);
    }
    rig.units(&a, "3");
    let ticket = rig.permit(&a, B, &Ask::default()).unwrap();
    assert_eq!(ticket.lines.len(), 15);
    let accepted = rig.accept(&a.apply(&ticket.for_source())).unwrap();
    assert!(b.install(&accepted.records).iter().all(Result::is_ok));
    assert!(b.grants_voice(3));
}

#[test]
fn one_visit_needs_no_second_way_to_the_vendor() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ask = Ask { one_visit: true, enrolled: true, ..lines(&[(line, None)]) };
    let ticket = rig.permit(&a, B, &ask).unwrap();
    assert_eq!(b.install(&ticket.for_destination()), [Ok(())]);
    assert!(!b.grants_voice(1));
    let proof = a.apply(&ticket.for_source());
    b.install(&[proof.trim_end().to_owned()]);
    assert!(b.grants_voice(16));
    // The vendor's final line changes nothing then.
    let accepted = rig.accept(&proof).unwrap();
    assert_eq!(ids(&accepted.records), ids(&ticket.for_destination()));
    assert_eq!(b.install(&accepted.records), [Err(Reason::AlreadyInstalled)]);
    assert!(b.grants_voice(16) && !b.grants_voice(17));
}

#[test]
fn the_final_line_takes_the_place_of_one_that_waits() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ask = Ask { one_visit: true, enrolled: true, ..lines(&[(line, None)]) };
    let ticket = rig.permit(&a, B, &ask).unwrap();
    b.install(&ticket.for_destination());
    let accepted = rig.accept(&a.apply(&ticket.for_source())).unwrap();
    assert_eq!(b.install(&accepted.records), [Ok(())]);
    assert!(b.grants_voice(16) && !b.grants_voice(17));
}

#[test]
fn used_time_moves_once_with_two_visits_and_with_one() {
    for one_visit in [false, true] {
        let mut rig = Rig::new();
        let (a, b, c) = (rig.device(A, 0x21), rig.device(B, 0x22), rig.device(C, 0x23));
        let line = rig.sell(&a, |spec| {
            spec.feature = vec![Value::read("trial").unwrap()];
            spec.license_type = Some(Value::read("evaluation").unwrap());
            spec.usage = Some(Value::read("10h").unwrap());
        });
        a.run_trial(3 * 3600);
        let ask = Ask { one_visit, enrolled: one_visit, ..lines(&[(line, None)]) };
        let ticket = rig.permit(&a, B, &ask).unwrap();
        let proof = a.apply(&ticket.for_source());
        let accepted = rig.accept(&proof).unwrap();
        b.install(&ticket.for_destination());
        if one_visit {
            b.install(&[proof]);
        }
        b.install(&accepted.records);
        b.run_trial(2 * 3600);
        let moved = ids(&accepted.records)[0];
        let next = rig.permit(&b, C, &lines(&[(moved, None)])).unwrap();
        let last = rig.accept(&b.apply(&next.for_source())).unwrap();
        let left = usage(&last.records).unwrap();
        // A device that is switched off has counted ahead, for up to a quarter of an hour.
        assert!((4 * 3600..=5 * 3600).contains(&left), "{one_visit}: {left}");
        assert!(c.install(&last.records).iter().all(Result::is_ok));
    }
}

#[test]
fn grace_begins_when_the_right_is_given_up_and_is_given_once() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ask = Ask { grace: Period::from_seconds(60 * 86_400), ..lines(&[(line, None)]) };
    let ticket = rig.permit(&a, B, &ask).unwrap();
    assert_eq!(ticket.grace.len(), 1);
    // The ticket itself is not installed; the grace is, and waits.
    let installed = a.install(&ticket.for_source());
    assert_eq!(installed, [Err(Reason::TicketNotInstalled), Ok(())]);
    assert!(a.grants_voice(16) && !a.grants_voice(17));
    let accepted = rig.accept(&a.apply(&ticket.for_source())).unwrap();
    assert!(a.grants_voice(16), "grace");
    b.install(&accepted.records);
    let back = rig.moved(&b, &a, &lines(&[(ids(&accepted.records)[0], None)]));
    // GRACEID: to and fro gives no grace again.
    let again = Ask { lines: vec![(ids(&back.records)[0], None)], ..ask };
    let (ticket, notes) = rig.permit_with(&a.credential(), &a, B, &again).unwrap();
    assert!(ticket.grace.is_empty());
    assert!(notes[0].contains("no grace"), "{notes:?}");
}

#[test]
fn a_cancelled_ticket_is_void_and_another_can_be_made() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let word = a.ticket(&ticket.for_source(), crate::rig::CANCEL).unwrap();
    assert_eq!(rig.accept(&word).unwrap().done, Done::Void);
    assert!(rig.accept(&word).unwrap().again);
    assert_eq!(a.ticket(&ticket.for_source(), APPLY), Err(Reason::TicketCancelled));
    let books = rig.books();
    let states: Vec<_> = books.tickets().map(|ticket| books.state(ticket)).collect();
    assert_eq!(states, [State::Void]);
    drop(books);
    let next = rig.moved(&a, &b, &lines(&[(line, None)]));
    assert_ne!(next.ticket, ticket.ticket);
    assert!(b.grants_voice(16));
}
