use std::thread;
use std::time::Duration;

use super::*;
use nodelock::Reason;
use nodelock::event::EventKind;
use nodelock::rights::Verdict;

#[test]
fn the_first_subscriber_hears_what_was_before_it_and_all_hear_the_rest() {
    let (service, handle, _) = service_with(&permanent());
    let mut first = handle.events();
    let mut second = handle.events();
    handle.install(tunnels(1).as_bytes()).unwrap();
    service.stop().unwrap();
    let kinds: Vec<_> = first.by_ref().map(|one| (one.event.kind, one.missed)).collect();
    assert_eq!(kinds, [(EventKind::Install, 0); 2]);
    assert_eq!(second.by_ref().count(), 1);
    assert_eq!(handle.events().next(), None, "whoever comes too late does not wait");
}

#[test]
fn a_slow_subscriber_loses_the_oldest_and_is_told_how_many() {
    let clock = FakeClock::at(today());
    let service = builder(&clock).queue(2).start().unwrap();
    let handle = service.handle();
    let mut events = handle.events();
    handle.install((permanent() + &tunnels(1) + &trial_of_60_days()).as_bytes()).unwrap();
    let heard = events.try_next().expect("events are there before the answer");
    assert_eq!((heard.missed, heard.event.line), (1, Some(LineId([2; 10]))));
    let heard = events.next_within(Duration::from_secs(60)).unwrap();
    assert_eq!((heard.missed, heard.event.line), (0, Some(LineId([3; 10]))));
    assert_eq!(events.try_next(), None);
    service.stop().unwrap();
}

#[test]
fn what_the_agent_itself_lost_is_counted_too() {
    let clock = FakeClock::at(today());
    let service = builder(&clock).lines(200).start().unwrap();
    let handle = service.handle();
    let vendor = TestVendor::new();
    let mut file = String::new();
    for id in 1..=70 {
        file += &(vendor.sign(&line("routing", id, LicenseType::Permanent)) + "\n");
    }
    assert_eq!(handle.install(file.as_bytes()).unwrap().tally.installed, 70);
    let mut events = handle.events();
    let first = events.next_within(Duration::from_secs(60)).unwrap();
    assert_eq!((first.missed, first.event.line), (6, Some(LineId([7; 10]))));
    service.stop().unwrap();
}

#[test]
fn who_watches_hears_the_present_verdict_and_each_change() {
    let (service, handle, clock) = service_with("");
    let mut watch = handle.watch(Licensed::Cloud);
    let denied = watch.next().unwrap();
    assert!(matches!(denied, Verdict::Denied(denial) if denial.reason == Reason::NoLicense));
    handle.install(subscription().as_bytes()).unwrap();
    assert!(watch.next().unwrap().is_granted());
    clock.advance(60);
    assert_eq!(watch.try_next(), None, "nothing has changed");
    let waits = thread::spawn(move || (watch.next(), watch.next()));
    clock.advance(60 * 86_400);
    service.stop().unwrap();
    let (ended, nothing) = waits.join().unwrap();
    assert!(matches!(ended, Some(Verdict::Denied(denial)) if denial.reason == Reason::Expired));
    assert_eq!(nothing, None);
}
