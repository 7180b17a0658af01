use super::*;

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
    events.push(event(EventKind::Install, 0));
    assert_eq!(events.poll().unwrap().kind, EventKind::Install);
    events.enable(EventGroup::Usage, true);
    events.push(event(EventKind::Expired, 0));
    assert!(events.poll().is_some());
}
