//! Verdicts without the thread: they hold as long as the agent has said, and no longer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use super::*;
use crate::Clock;

#[test]
fn four_threads_deny_once_the_service_hangs_for_too_long() {
    const CHECKS: u32 = 250_000;
    let (service, handle, clock) = service_with(&all_lines());
    handle.activate(Licensed::Trial).unwrap();
    let due =
        handle.licenses().unwrap()[2].line.meter().and_then(nodelock::meter::Meter::next_deadline);
    let too_old = due.unwrap() + INTERVAL;
    let busy = block(&handle);
    let done = Arc::new(AtomicU64::new(0));
    // Time passes once all have asked.
    let begun = Arc::new(Barrier::new(5));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (handle, clock, done) = (handle.clone(), clock.clone(), Arc::clone(&done));
            let begun = Arc::clone(&begun);
            thread::spawn(move || {
                let first = handle.granted(Licensed::Trial);
                begun.wait();
                assert!(first, "denied when it had just been granted");
                let (mut granted, mut denied) = (1_u64, 0_u64);
                let mut check = 0;
                // One that is too late and granted would end this.
                while check < CHECKS || denied < 1_000 {
                    check += 1;
                    let before = clock.now().uptime;
                    let answer = handle.granted(Licensed::Trial);
                    let after = clock.now().uptime;
                    assert!(!answer || before < too_old, "granted at {before}");
                    assert!(answer || after >= too_old, "denied at {after}");
                    assert!(handle.granted(Licensed::Routing), "what is permanent goes on");
                    *if answer { &mut granted } else { &mut denied } += 1;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                (granted, denied)
            })
        })
        .collect();
    begun.wait();
    for step in 1..=too_old + INTERVAL {
        clock.pass_unnoticed(1);
        // So that every time is seen by somebody.
        let seen = done.load(Ordering::Relaxed);
        let all_run = || threads.iter().all(|thread| !thread.is_finished());
        while step % 16 == 0 && done.load(Ordering::Relaxed) < seen + 16 && all_run() {
            thread::yield_now();
        }
    }
    for thread in threads {
        let (granted, denied) = thread.join().unwrap();
        assert!(granted + denied > u64::from(CHECKS), "{granted} {denied}");
    }
    drop(busy);
    // The thread goes on, and what was used meanwhile is charged.
    clock.advance(0);
    assert!(handle.granted(Licensed::Trial));
    service.stop().unwrap();
}

#[test]
fn nothing_is_granted_once_the_thread_is_gone() {
    let (service, handle, _) = service_with(&permanent());
    assert!(handle.granted(Licensed::Routing));
    service.stop().unwrap();
    assert!(!handle.granted(Licensed::Routing));
    assert!(matches!(handle.licenses(), Err(crate::Error::Stopped)));
}

#[test]
fn a_panic_in_the_thread_denies_and_is_told() {
    let (service, handle, _) = service_with(&permanent());
    let mut watch = handle.watch(Licensed::Routing);
    let mut events = handle.events();
    let asked = handle.call(|_| -> Result<(), crate::Error> { panic!("a port of the product") });
    assert!(matches!(asked, Err(crate::Error::Stopped)));
    // While the thread may still unwind.
    assert!(!handle.granted(Licensed::Routing));
    // Both end, and nobody waits for ever.
    while watch.next().is_some() {}
    while events.next().is_some() {}
    assert!(!handle.granted(Licensed::Routing));
    match service.stop() {
        Err(crate::Error::Panicked(words)) => assert_eq!(words, "a port of the product"),
        other => panic!("{other:?}"),
    }
}
