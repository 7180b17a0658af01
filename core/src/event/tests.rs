use std::string::String;

use super::*;
use crate::catalog::Feature;

fn event(kind: EventKind, value: u64) -> Event {
    Event { kind, uptime: 5, feature: None, line: None, value }
}

#[test]
fn events_come_out_in_order_and_the_oldest_makes_room() {
    let mut slots = [EventSlot::EMPTY; 3];
    let mut events = Events::new(&mut slots);
    assert_eq!(events.poll(), None);
    for value in 0..5 {
        events.push(event(EventKind::CountNear, value));
    }
    assert_eq!(events.dropped(), 2);
    assert_eq!(events.poll().unwrap().value, 2);
    events.push(event(EventKind::CountNear, 5));
    let rest: std::vec::Vec<_> = std::iter::from_fn(|| events.poll()).map(|e| e.value).collect();
    assert_eq!((rest, events.dropped()), (std::vec![3, 4, 5], 2));
}

#[test]
fn a_queue_without_room_counts_and_goes_on() {
    let mut events = Events::new(&mut []);
    events.push(event(EventKind::Expired, 0));
    assert_eq!((events.poll(), events.dropped()), (None, 1));
}

#[test]
fn a_group_can_be_switched_off() {
    let mut slots = [EventSlot::EMPTY; 3];
    let mut events = Events::new(&mut slots);
    events.enable(EventGroup::Usage, false);
    events.push(event(EventKind::Expired, 0));
    events.push(event(EventKind::Installed, 0));
    assert_eq!(events.poll().unwrap().kind, EventKind::Installed);
    events.enable(EventGroup::Usage, true);
    events.push(event(EventKind::Expired, 0));
    assert!(events.poll().is_some());
}

#[test]
fn texts_name_severity_feature_and_line() {
    const CATALOG: Catalog<'static> = crate::catalog!(&[Feature::new("voice")]);
    let render = |event: Event| {
        let mut text = String::new();
        event.render(&CATALOG, &mut text).unwrap();
        text
    };
    let warning = Event {
        feature: CATALOG.find(b"voice"),
        line: Some(LineId([0xAB; 10])),
        ..event(EventKind::ExpiryWarning, 14 * DAY)
    };
    assert_eq!(
        render(warning),
        "LICENSE-4-EXPIRING: voice: the usage period ends in 2 weeks (line abababababababababab)"
    );
    assert_eq!(
        render(event(EventKind::ClockLost, 0)),
        "LICENSE-5-CLOCK_LOST: the wall clock is not known any more"
    );
    assert_eq!(
        render(event(EventKind::LineRefused, 301)),
        "LICENSE-3-REFUSED: a stored line was refused at boot: the line is for another device (reason 301)"
    );
    assert_eq!(
        render(event(EventKind::StorageFailed, 410)),
        "LICENSE-2-STORAGE: license storage: the storage failed (reason 410)"
    );
    // A later version may have more reasons.
    assert_eq!(
        render(event(EventKind::StorageFailed, 999)),
        "LICENSE-2-STORAGE: license storage: (reason 999)"
    );
}

#[test]
fn periods_read_as_operators_write_them() {
    for (seconds, text) in [
        (0, "0 seconds"),
        (1, "1 second"),
        (61, "1 minute 1 second"),
        (3_600, "1 hour"),
        (86_399, "23 hours 59 minutes"),
        (60 * DAY, "8 weeks 4 days"),
        (1_458 * DAY, "208 weeks 2 days"),
        (7 * DAY + 3_600, "1 week"),
    ] {
        let mut out = String::new();
        write_duration(seconds, &mut out).unwrap();
        assert_eq!(out, text);
    }
}
