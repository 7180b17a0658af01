use super::*;
use nodelock::Reason;
use nodelock::agent::HistoryKind;
use nodelock::event::EventKind;
use nodelock::rights::Verdict;
use nodelock::show::Show;

use crate::service::OwnedLease;
use crate::{Command, Error, Host};

#[test]
fn handles_and_leases_go_to_other_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Handle>();
    sent::<OwnedLease>();
    sent::<Service>();
    sent::<Error>();
}

#[test]
fn what_is_installed_is_granted_listed_explained_and_remembered() {
    let (service, handle, clock) = service_with(&all_lines());
    assert!(handle.granted(Licensed::Routing) && handle.granted(Licensed::Cloud));
    assert!(!handle.granted(Licensed::Trial), "it was not activated");
    handle.activate(Licensed::Trial).unwrap();
    assert!(handle.granted(Licensed::Trial));

    let licenses = handle.licenses().unwrap();
    let names: Vec<_> = licenses.iter().map(|license| license.feature_name()).collect();
    assert_eq!(names, ["routing", "tunnels", "trial", "cloud"]);
    assert_eq!(licenses[2].left, Some(60 * 86_400));
    assert_eq!(licenses[0].usable, Ok(()));

    let features = handle.features().unwrap();
    assert_eq!(features.len(), 5);
    assert!(features[0].verdict.is_granted() && !features[4].verdict.is_granted());

    let why = handle.explain(Licensed::Analytics).unwrap();
    assert!(matches!(why.verdict, Verdict::Denied(denial) if denial.reason == Reason::NoLicense));
    assert!(why.to_string().starts_with("analytics: denied"), "{why}");
    assert_eq!(handle.explain(Licensed::Cloud).unwrap().lines.len(), 1);

    handle.revoke(licenses[0].id()).unwrap();
    assert!(!handle.granted(Licensed::Routing));
    assert_eq!(
        handle.clear(licenses[2].id()).unwrap_err().reason(),
        Some(Reason::LineInUse),
        "a trial that runs"
    );
    let history = handle.history().unwrap();
    assert_eq!(history.unreadable, None);
    let last = history.entries.last().unwrap();
    assert_eq!((last.kind, last.feature.as_str()), (HistoryKind::Revoked, "routing"));
    assert_eq!(last.wall, Some(today()));

    clock.advance(10);
    assert_eq!(handle.status().unwrap().uptime, 10);
    assert!(handle.show(Show::Brief).unwrap().contains("tunnels"));
    service.stop().unwrap();
}

#[test]
fn a_dry_run_changes_nothing_and_a_file_that_is_too_large_is_refused() {
    let (service, handle, _) = service_with("");
    assert_eq!(handle.dry_run(permanent().as_bytes()).unwrap().tally.installed, 1);
    assert!(!handle.granted(Licensed::Routing));
    let large = vec![b' '; nodelock::limits::MAX_FILE_LEN + 1];
    assert!(matches!(handle.install(&large), Err(Error::TooLarge { path: None })));
    drop(service);
}

#[test]
fn what_the_catalog_does_not_have_is_denied() {
    let (service, handle, _) = service_with(&permanent());
    let unknown = FeatureHandle::at(77);
    assert!(!handle.granted(unknown));
    let errors = [
        handle.find("no-such").unwrap_err(),
        handle.explain(unknown).unwrap_err(),
        handle.acquire(unknown, 1).unwrap_err(),
        handle.activate(unknown).unwrap_err(),
        handle.deactivate(unknown).unwrap_err(),
        handle.accept_eula(unknown, b"text").unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.reason(), Some(Reason::UnknownFeature), "{error}");
    }
    assert_eq!(handle.find("routing").unwrap(), Licensed::Routing.handle());
    drop(service);
}

#[test]
fn lines_have_comments_and_their_text() {
    let (service, handle, _) = service_with(&permanent());
    let id = LineId([1; 10]);
    handle.comment(id, "bought by Ada").unwrap();
    assert_eq!(handle.read_comment(id).unwrap(), "bought by Ada");
    assert_eq!(handle.line_text(id).unwrap(), permanent());
    drop(service);
}

#[test]
fn nothing_starts_without_a_key_a_storage_and_good_names() {
    let clock = FakeClock::new();
    let start = |builder: ServiceBuilder| builder.start().unwrap_err();
    let untrusting = Product { anchors: &[], ..PRODUCT };
    let builder_of = |product| Service::builder(product).clock(clock.clone());
    let error = start(builder_of(&untrusting).storage(MemoryStorage::default()));
    assert!(matches!(error, Error::NoTrustAnchor), "{error}");
    assert!(matches!(start(builder_of(&PRODUCT)), Error::NoStorage));
    assert!(matches!(start(builder(&clock).udi("no colon")), Error::Udi { .. }));
    let error = start(builder(&clock).trust_pem("nothing", crate::Role::Production));
    assert!(matches!(error, Error::Pem), "{error}");
    let strict =
        Rules { require_level: nodelock::store::RollbackLevel::SecondStorage, ..Rules::DEFAULT };
    let strict = Product { rules: strict, ..PRODUCT };
    let error = start(builder_of(&strict).storage(MemoryStorage::default()));
    assert!(matches!(error, Error::Start { reason: Reason::CountersTooWeak, .. }), "{error}");
    let counters = nodelock::store::StorageCounters(MemoryStorage::default());
    let service = builder_of(&strict).storage(MemoryStorage::default()).counters(counters);
    service.secret([7; 32]).start().expect("with counters it starts");
    let storage = MemoryStorage::default();
    let counters = nodelock::store::StorageCounters(MemoryStorage::default());
    let with_its_own = nodelock::store::WithCounters { storage, counters };
    let service = builder_of(&strict).storage(with_its_own).secret([7; 32]);
    service.start().expect("with counters of the storage");
}

/// An operator who says yes or no, and must be asked in the thread of the test.
struct Operator {
    says: bool,
    asked: usize,
    thread: std::thread::ThreadId,
    /// What would deadlock if the service waited for the answer.
    handle: Handle,
}

impl Host for Operator {
    fn read(&mut self, _: &str) -> std::io::Result<Vec<u8>> {
        let terms = line("analytics", 5, LicenseType::Evaluation);
        let usage = Period::from_seconds(86_400);
        let eula = nodelock::bytes::Text::new(b"analytics-2026");
        let line = TestVendor::new().sign(&LicenseTerms { usage, eula, ..terms });
        Ok(line.into_bytes())
    }

    fn eula_text(&mut self, name: &str) -> Option<String> {
        (name == "analytics-2026").then(|| "be nice".to_owned())
    }

    fn confirm(&mut self, text: &str, _: &str) -> bool {
        assert_eq!(text, "be nice");
        assert_eq!(std::thread::current().id(), self.thread);
        self.handle.licenses().expect("the service does not wait for the answer");
        self.asked += 1;
        self.says
    }
}

#[test]
fn an_operator_types_commands_and_nobody_waits_for_the_answer() {
    let (service, handle, _) = service_with("");
    let thread = std::thread::current().id();
    let mut operator = Operator { says: false, asked: 0, thread, handle: handle.clone() };
    let mut run = |line: &str, says| {
        operator.says = says;
        handle.run(&Command::parse(line).unwrap(), &mut operator).unwrap()
    };
    assert!(run("license install a.lic", false).done);
    let refused = run("license accept end user agreement", false);
    assert!(!refused.done && refused.text == "analytics: not accepted\n", "{}", refused.text);
    assert!(!run("license activate analytics", false).done);
    let accepted = run("license accept end user agreement", true);
    assert!(accepted.done && accepted.text == "analytics: accepted\n", "{}", accepted.text);
    assert!(run("license activate analytics", true).done);
    assert_eq!(operator.asked, 2);
    assert!(handle.granted(Licensed::Analytics));
    drop(service);
}

#[test]
fn fake_time_stops_where_the_agent_wants_to_be_called() {
    let (service, handle, clock) = service_with(&(trial_of_60_days() + &subscription()));
    handle.activate(Licensed::Trial).unwrap();
    clock.advance(59 * 86_400);
    assert!(handle.granted(Licensed::Trial));
    assert!(!handle.granted(Licensed::Cloud), "the subscription has ended in December");
    clock.advance(2 * 86_400);
    let mut events = handle.events();
    let ends: Vec<_> = std::iter::from_fn(|| events.try_next())
        .map(|one| (one.event.kind, one.event.uptime))
        .filter(|(kind, _)| matches!(kind, EventKind::Expired | EventKind::SubscriptionExpired))
        .collect();
    // Each to the second, and not when the test looked.
    assert_eq!(ends[0], (EventKind::SubscriptionExpired, 39 * 86_400), "{ends:?}");
    assert_eq!(ends.last(), Some(&(EventKind::Expired, 60 * 86_400)), "{ends:?}");
    service.stop().unwrap();
}

#[test]
fn a_clock_that_is_set_is_seen_at_once() {
    let clock = FakeClock::new();
    let service = builder(&clock).start().unwrap();
    let handle = service.handle();
    // It begins a day after it was issued, which is all that is known of the date.
    let terms = line("cloud", 4, LicenseType::Subscription);
    let (start, end) = (Date::parse(b"2026-11-23").ok(), Date::parse(b"2026-12-31").ok());
    let later = TestVendor::new().sign(&LicenseTerms { start, end, ..terms });
    handle.install(later.as_bytes()).unwrap();
    assert!(!handle.granted(Licensed::Cloud), "it has not begun");
    clock.set_wall(Some(today()));
    assert!(handle.granted(Licensed::Cloud));
    let clock_state = handle.status().unwrap().clock;
    assert_eq!(clock_state.wall, Some(today()));
    clock.set_wall(None);
    drop(service);
    // Nobody is waited for who is not there any more.
    clock.advance(1_000_000);
}
