use std::thread;

use super::*;
use nodelock::Reason;

#[test]
fn units_come_back_when_the_lease_is_dropped_wherever_it_is() {
    let (service, handle, clock) = service_with(&tunnels(16));
    let lease = handle.acquire(Licensed::Tunnels, 10).unwrap();
    assert_eq!((lease.units(), lease.feature()), (10, Licensed::Tunnels.handle()));
    assert_eq!(in_use(&handle, Licensed::Tunnels), 10);
    let error = handle.acquire(Licensed::Tunnels, 7).unwrap_err();
    assert_eq!(error.reason(), Some(Reason::CountTooLow));
    assert_eq!(
        error.to_string(),
        "tunnels is denied: fewer units are licensed than were asked for: 7 needed, 16 licensed, 10 of them in use; \
         release units that are not needed, or obtain more units of the feature"
    );
    thread::spawn(move || drop(lease)).join().unwrap();
    assert_eq!(in_use(&handle, Licensed::Tunnels), 0);
    drop(clock);
    service.stop().unwrap();
}

#[test]
fn a_lease_comes_back_while_the_thread_is_busy_and_the_queue_is_full() {
    let clock = FakeClock::at(today());
    let service = builder(&clock).queue(1).start().unwrap();
    let handle = service.handle();
    handle.install(tunnels(1).as_bytes()).unwrap();
    let lease = handle.acquire(Licensed::Tunnels, 1).unwrap();
    let busy = block(&handle);
    let waiting = thread::spawn({
        let handle = handle.clone();
        move || handle.acquire(Licensed::Tunnels, 1)
    });
    while handle.shared.mailbox.waiting() == 0 {
        thread::yield_now();
    }
    drop(lease);
    drop(busy);
    let lease = waiting.join().unwrap();
    drop(lease.expect("the unit was back before the request came to its turn"));
    service.stop().unwrap();
}

#[test]
fn a_service_stops_while_leases_are_out() {
    let (service, handle, _) = service_with(&tunnels(16));
    let lease = handle.acquire(Licensed::Tunnels, 1).unwrap();
    service.stop().unwrap();
    assert!(!handle.granted(Licensed::Tunnels));
    drop(handle);
    drop(lease);
}

#[test]
fn what_waits_when_a_service_stops_is_done_first() {
    let (service, handle, _) = service_with("");
    let busy = block(&handle);
    let waiting = thread::spawn({
        let handle = handle.clone();
        move || handle.install(permanent().as_bytes())
    });
    while handle.shared.mailbox.waiting() == 0 {
        thread::yield_now();
    }
    let stopping = thread::spawn(move || service.stop());
    while !handle.shared.mailbox.is_closed() {
        thread::yield_now();
    }
    drop(busy);
    assert_eq!(waiting.join().unwrap().unwrap().tally.installed, 1);
    stopping.join().unwrap().unwrap();
}

#[test]
fn the_operator_cannot_give_back_what_the_program_has() {
    let (service, handle, _) = service_with(&tunnels(16));
    let lease = handle.acquire(Licensed::Tunnels, 1).unwrap();
    let token = lease.token();
    let refused = handle.call(move |driver| {
        let now = driver.now();
        Ok(driver.agent.release(token, 0, now))
    });
    assert_eq!(refused.unwrap(), Err(Reason::NoSuchLease));
    assert_eq!(in_use(&handle, Licensed::Tunnels), 1);
    drop(service);
}
