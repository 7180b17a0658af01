//! What happens to futures that are dropped, wherever they have come to.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_lives_across_an_await_in_a_spawned_task() {
    let (service, handle, _) = service_with(&tunnels(2));
    let licenses = handle.to_async();
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let (acquired, is_acquired) = tokio::sync::oneshot::channel();
    let task = tokio::spawn({
        let licenses = licenses.clone();
        async move {
            let lease = licenses.acquire(Licensed::Tunnels, 2).await.unwrap();
            acquired.send(()).unwrap();
            released.await.unwrap();
            lease.units()
        }
    });
    is_acquired.await.unwrap();
    assert!(licenses.acquire(Licensed::Tunnels, 1).await.is_err());
    release.send(()).unwrap();
    assert_eq!(task.await.unwrap(), 2);
    drop(licenses.acquire(Licensed::Tunnels, 1).await.unwrap());
    // A task that is aborted drops its lease as well.
    let task = tokio::spawn({
        let licenses = licenses.clone();
        async move {
            let _lease = licenses.acquire(Licensed::Tunnels, 2).await.unwrap();
            std::future::pending::<()>().await;
        }
    });
    while licenses.features().await.unwrap()[1].in_use == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    drop(licenses.acquire(Licensed::Tunnels, 2).await.unwrap());
    service.stop_async().await.unwrap();
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn a_future_that_is_dropped_while_it_is_queued_does_nothing() {
    let (service, handle, _) = service_with(&tunnels(1));
    let licenses = handle.to_async();
    let busy = block(&handle);
    let file = permanent();
    {
        let mut install = pin!(licenses.install(file.as_bytes()));
        assert!(poll_once(install.as_mut()).is_pending());
        let mut acquire = pin!(licenses.acquire(Licensed::Tunnels, 1));
        assert!(poll_once(acquire.as_mut()).is_pending());
        assert_eq!(handle.shared.mailbox.waiting(), 2);
    }
    drop(busy);
    assert_eq!(handle.licenses().unwrap().len(), 1, "nothing was installed");
    assert!(!handle.granted(Licensed::Routing));
    assert_eq!(in_use(&handle, Licensed::Tunnels), 0);
    assert_eq!(handle.history().unwrap().entries.len(), 1);
    service.stop().unwrap();
}

#[test]
fn a_future_that_is_dropped_with_the_answer_in_it_gives_the_lease_back() {
    let (service, handle, _) = service_with(&tunnels(1));
    let licenses = handle.to_async();
    {
        let busy = block(&handle);
        let mut acquire = pin!(licenses.acquire(Licensed::Tunnels, 1));
        assert!(poll_once(acquire.as_mut()).is_pending());
        drop(busy);
        // It was carried out before this.
        assert_eq!(in_use(&handle, Licensed::Tunnels), 1);
    }
    assert_eq!(in_use(&handle, Licensed::Tunnels), 0);
    drop(handle.acquire(Licensed::Tunnels, 1).expect("the unit is free"));
    service.stop().unwrap();
}

#[test]
fn a_future_that_is_dropped_while_it_is_carried_out_is_carried_out_as_a_whole() {
    let (service, handle, _) = service_with(&tunnels(1));
    let licenses = handle.to_async();
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let file = permanent();
    {
        let mut both = pin!(licenses.call(move |driver| {
            begun.send(()).unwrap();
            may_go_on.recv().unwrap();
            let now = driver.now();
            let (mode, agent) = (nodelock::InstallMode::Apply, &mut driver.agent);
            agent.install(file.as_bytes(), mode, now, |_| {});
            let token = agent.acquire(Licensed::Tunnels, 1, 1, now).unwrap();
            let shared = std::sync::Arc::clone(&driver.shared);
            let feature = Licensed::Tunnels.handle();
            Ok(crate::OwnedLease { shared, token, feature, units: 1 })
        }));
        assert!(poll_once(both.as_mut()).is_pending());
        has_begun.recv().unwrap();
    }
    go_on.send(()).unwrap();
    assert_eq!(handle.licenses().unwrap().len(), 2, "installed as a whole");
    assert_eq!(in_use(&handle, Licensed::Tunnels), 0, "and the lease is back");
    service.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_place_in_a_full_queue_may_give_up_and_takes_nobodys_place() {
    let clock = FakeClock::at(today());
    let service = builder(&clock).queue(1).start_async().await.unwrap();
    let licenses = service.async_handle();
    let file = all_lines();
    licenses.install(file.as_bytes()).await.unwrap();
    let busy = block(licenses.blocking());
    let mut queued = Box::pin(licenses.acquire(Licensed::Tunnels, 1));
    assert!(poll_once(queued.as_mut()).is_pending());
    let mut gives_up = Box::pin(licenses.revoke(LineId([1; 10])));
    let mut waits = Box::pin(licenses.acquire(Licensed::Tunnels, 2));
    assert!(poll_once(gives_up.as_mut()).is_pending());
    assert!(poll_once(waits.as_mut()).is_pending());
    assert_eq!(licenses.blocking().shared.mailbox.waiting(), 1);
    drop(gives_up);
    drop(busy);
    let both = tokio::time::timeout(Duration::from_secs(60), async { (queued.await, waits.await) });
    let (first, second) = both.await.expect("nobody waits for ever");
    assert_eq!((first.unwrap().units(), second.unwrap().units()), (1, 2));
    assert!(licenses.granted(Licensed::Routing), "it was not revoked");
    service.stop_async().await.unwrap();
}

#[tokio::test]
async fn futures_end_when_the_service_stops() {
    let (service, handle, _) = service_with(&permanent());
    let licenses = handle.to_async();
    let mut events = licenses.events();
    assert!(events.next_async().await.is_some());
    let mut watch = licenses.watch(Licensed::Routing);
    assert!(watch.next_async().await.is_some_and(|verdict| verdict.is_granted()));
    let waits = tokio::spawn(async move { (events.next_async().await, watch.next_async().await) });
    service.stop_async().await.unwrap();
    assert_eq!(waits.await.unwrap(), (None, None));
    assert!(matches!(licenses.licenses().await, Err(crate::Error::Stopped)));
}

#[test]
fn a_start_that_is_dropped_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    let builder = || {
        let service = Service::builder(&PRODUCT).udi("ISR4331/K9:FDO1234ABCD");
        service.state_dir(directory.path()).clock(FakeClock::new())
    };
    {
        let mut start = pin!(builder().start_async());
        // On a fast machine it is there at once.
        let _ = poll_once(start.as_mut());
    }
    // Dropping has waited for the thread.
    builder().start().expect("the directory is free");
    thread::yield_now();
}
