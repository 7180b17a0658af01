use std::fs;
use std::io;

use super::*;
use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};

use crate::{Error, FileStorage, OpenError};

fn in_directory(clock: &FakeClock, directory: &std::path::Path) -> ServiceBuilder {
    Service::builder(&PRODUCT)
        .udi("ISR4331/K9:FDO1234ABCD")
        .state_dir(directory)
        .clock(clock.clone())
}

#[test]
fn licenses_outlive_the_service() {
    let (clock, directory) = (FakeClock::at(today()), tempfile::tempdir().unwrap());
    let service = in_directory(&clock, directory.path()).start().unwrap();
    service.handle().install(permanent().as_bytes()).unwrap();
    service.stop().unwrap();
    let service = in_directory(&clock, directory.path()).start().unwrap();
    assert!(service.handle().granted(Licensed::Routing));
}

#[test]
fn two_services_on_one_directory_are_told_so() {
    let (clock, directory) = (FakeClock::new(), tempfile::tempdir().unwrap());
    let service = in_directory(&clock, directory.path()).start().unwrap();
    let error = in_directory(&clock, directory.path()).start().unwrap_err();
    assert!(matches!(&error, Error::Open(OpenError::InUse(path)) if path == directory.path()));
    let text = error.to_string();
    assert!(text.contains("in use by another process or service"), "{text}");
    drop(service);
    in_directory(&clock, directory.path()).start().expect("it is free again");
}

#[test]
fn a_directory_that_is_none_gives_the_words_of_the_system() {
    let (clock, directory) = (FakeClock::new(), tempfile::tempdir().unwrap());
    let file = directory.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = in_directory(&clock, &file).start().unwrap_err();
    let source = std::error::Error::source(&error).expect("the system's own error");
    assert!(source.is::<io::Error>(), "{source}");
    assert!(error.to_string().contains(&source.to_string()), "{error}");
}

#[test]
fn damaged_storage_is_reported_and_what_it_held_is_denied() {
    let (clock, directory) = (FakeClock::at(today()), tempfile::tempdir().unwrap());
    let service = in_directory(&clock, directory.path()).start().unwrap();
    service.handle().install(all_lines().as_bytes()).unwrap();
    service.stop().unwrap();
    for file in fs::read_dir(directory.path()).unwrap() {
        let path = file.unwrap().path();
        let mut content = fs::read(&path).unwrap();
        if content.len() > 8 && path.file_name().is_some_and(|name| name != "spare") {
            content.iter_mut().for_each(|byte| *byte ^= 0x5A);
            fs::write(&path, content).unwrap();
        }
    }
    let service = in_directory(&clock, directory.path()).start().expect("it starts all the same");
    let handle = service.handle();
    let status = handle.status().unwrap();
    assert_eq!(status.refused.len(), 4, "{status:?}");
    assert!(status.refused.iter().all(|one| one.reason == Reason::StorageCorrupted));
    assert!(Licensed::ALL.iter().all(|feature| !handle.granted(*feature)));
    let heard = handle.events().try_next().expect("events from the boot");
    assert!(
        matches!(
            heard.event.kind,
            nodelock::event::EventKind::Refused | nodelock::event::EventKind::Storage
        ),
        "{heard:?}"
    );
    let words = handle.storage_error().expect("what the storage said");
    assert!(words.to_string().contains("is damaged"), "{words}");
    handle.discard_refused(0).unwrap();
    service.stop().unwrap();
}

/// Memory whose writes can be made to fail.
struct Failing {
    memory: MemoryStorage,
    fails: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Storage for Failing {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        self.memory.load(key, buffer)
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        let fails = self.fails.load(std::sync::atomic::Ordering::SeqCst);
        if fails { Err(Reason::StorageFailed) } else { self.memory.store(key, value) }
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.memory.remove(key)
    }
}

#[test]
fn errors_carry_the_words_of_the_storage() {
    let clock = FakeClock::at(today());
    let fails = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let storage = Failing { memory: MemoryStorage::default(), fails: fails.clone() };
    let service = Service::builder(&PRODUCT)
        .udi("ISR4331/K9:FDO1234ABCD")
        .storage_with_errors(storage, |_| Some(std::sync::Arc::new(io::Error::other("block 7"))))
        .clock(clock.clone())
        .start()
        .unwrap();
    let handle = service.handle();
    assert!(handle.storage_error().is_none());
    handle.install((permanent() + &trial_of_60_days()).as_bytes()).unwrap();
    fails.store(true, std::sync::atomic::Ordering::SeqCst);
    let errors = [
        handle.comment(LineId([1; 10]), "x").unwrap_err(),
        handle.activate(Licensed::Trial).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.reason(), Some(Reason::StorageFailed), "{error}");
        assert!(error.to_string().contains("block 7"), "{error}");
        let source = std::error::Error::source(&error).expect("the storage's own error");
        assert!(source.is::<io::Error>());
    }
    // A refusal that is not the storage's has nothing of it.
    let error = handle.acquire(Licensed::Routing, u64::MAX);
    assert!(error.is_ok(), "permanent and uncounted");
    let error = handle.acquire(Licensed::Analytics, 1).unwrap_err();
    assert!(!error.to_string().contains("block 7"), "{error}");
    assert!(handle.storage_error().is_some());
    drop(service);
}

#[test]
fn time_that_could_not_be_kept_is_an_error_of_stopping() {
    let clock = FakeClock::at(today());
    let fails = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let storage = Failing { memory: MemoryStorage::default(), fails: fails.clone() };
    let service = builder(&clock).storage(storage).start().unwrap();
    let handle = service.handle();
    handle.install(trial_of_60_days().as_bytes()).unwrap();
    handle.activate(Licensed::Trial).unwrap();
    fails.store(true, std::sync::atomic::Ordering::SeqCst);
    clock.pass_unnoticed(16 * 60);
    let error = service.stop().unwrap_err();
    assert_eq!(error.reason(), Some(Reason::StorageFailed), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_goes_away_is_told_in_the_words_of_the_disk() {
    let (clock, directory) = (FakeClock::at(today()), tempfile::tempdir().unwrap());
    let state = directory.path().join("state");
    let service = in_directory(&clock, &state).start().unwrap();
    let handle = service.handle();
    handle.install(permanent().as_bytes()).unwrap();
    fs::rename(&state, directory.path().join("elsewhere")).unwrap();
    let error = handle.comment(LineId([1; 10]), "x").unwrap_err();
    assert!(error.to_string().contains("was moved away"), "{error}");
    let words = handle.storage_error().unwrap();
    assert!(words.downcast_ref::<io::Error>().is_some());
    drop(service);
}

#[test]
fn a_storage_of_unknown_type_is_a_storage() {
    let clock = FakeClock::at(today());
    // A product that chooses at run time has a pointer.
    struct Boxed(Box<dyn Storage + Send>);
    impl Storage for Boxed {
        fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
            self.0.load(key, buffer)
        }
        fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
            self.0.store(key, value)
        }
        fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
            self.0.remove(key)
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let storages: [Box<dyn Storage + Send>; 2] = [
        Box::new(MemoryStorage::default()),
        Box::new(FileStorage::open(directory.path()).unwrap()),
    ];
    for storage in storages {
        let service = builder(&clock).storage(Boxed(storage)).start().unwrap();
        service.handle().install(permanent().as_bytes()).unwrap();
        assert!(service.handle().granted(Licensed::Routing));
    }
}

#[test]
fn the_copy_for_safe_keeping_outlives_what_the_storage_loses() {
    let (clock, directory) = (FakeClock::at(today()), tempfile::tempdir().unwrap());
    let copy = directory.path().with_extension("lic");
    let service = in_directory(&clock, directory.path()).start().unwrap();
    let handle = service.handle();
    handle.install(all_lines().as_bytes()).unwrap();
    handle.keep_license_file(&copy).unwrap();
    // What is cleared goes; what is lost stays.
    handle.clear(LineId([2; 10])).unwrap();
    handle.keep_license_file(&copy).unwrap();
    let before = fs::read_to_string(&copy).unwrap();
    let ids = |text: &str| text.lines().filter(|line| line.starts_with("LICENSE ")).count();
    assert_eq!(ids(&before), ids(&all_lines()) - 1);
    service.stop().unwrap();
    for file in fs::read_dir(directory.path()).unwrap() {
        let path = file.unwrap().path();
        // The value of a line: key 0x0100 and the place.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("01")) {
            let mut content = fs::read(&path).unwrap();
            content.iter_mut().for_each(|byte| *byte ^= 0x5A);
            fs::write(&path, content).unwrap();
        }
    }
    let service = in_directory(&clock, directory.path()).start().unwrap();
    let handle = service.handle();
    assert!(!handle.granted(Licensed::Routing));
    handle.keep_license_file(&copy).unwrap();
    let after = fs::read_to_string(&copy).unwrap();
    assert_eq!(ids(&after), ids(&before), "{after}");
    assert!(after.contains("does not have the following lines any more"), "{after}");
    // A second time nothing is written, and the copy brings everything back.
    handle.keep_license_file(&copy).unwrap();
    assert_eq!(fs::read_to_string(&copy).unwrap(), after);
    for place in handle.status().unwrap().refused {
        handle.discard_refused(place.place).unwrap();
    }
    handle.install(after.as_bytes()).unwrap();
    assert!(handle.granted(Licensed::Routing));
    handle.keep_license_file(&copy).unwrap();
    assert_eq!(fs::read_to_string(&copy).unwrap(), before);
    fs::remove_file(&copy).unwrap();
}
