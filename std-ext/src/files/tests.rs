#![cfg(target_os = "linux")]

use std::fs;
use std::io::ErrorKind::{FileTooLarge, IsADirectory};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};
use rustix::fs::{CWD, Mode, mkfifoat};

use super::*;
use crate::FileStorage;

/// Whatever waits for somebody else would wait for ever.
fn at_once<T: Send + 'static>(what: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(what()));
    receiver.recv_timeout(Duration::from_secs(5)).expect("it waits")
}

fn fifo(path: &Path) {
    mkfifoat(CWD, path, Mode::from_raw_mode(0o600)).unwrap();
}

/// Things that are no file, each put at a path.
const NO_FILES: [fn(&Path); 6] = [
    fifo,
    |path| fs::create_dir(path).unwrap(),
    |path| drop(UnixListener::bind(path).unwrap()),
    |path| symlink("/dev/zero", path).unwrap(),
    |path| symlink(path, path).unwrap(),
    |path| {
        // Would be read whole, were the link followed.
        fs::write(path.with_extension("target"), b"text").unwrap();
        symlink(path.with_extension("target"), path).unwrap();
    },
];

#[test]
fn what_stands_in_place_of_a_state_file_answers_at_once() {
    let key = StorageKey(0x0100);
    for (number, make) in NO_FILES.into_iter().enumerate() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("0100");
        make(&path);
        let directory = place.path().to_owned();
        let mut storage = at_once(move || {
            let mut storage = FileStorage::open(directory).unwrap();
            assert_eq!(storage.load(key, &mut [0; 64]), Err(Reason::StorageCorrupted));
            assert!(storage.last_error().is_some());
            storage
        });
        // All but a directory can be replaced, and nothing is written through a link.
        let stored = storage.store(key, b"new");
        assert_eq!(stored.is_ok(), number != 1, "{number}: {stored:?}");
        if let Ok(text) = fs::read(path.with_extension("target")) {
            assert_eq!(text, b"text");
        }
        assert_eq!(storage.remove(key).is_ok(), number != 1);
    }
}

#[test]
fn what_stands_in_place_of_the_lock_or_of_an_unfinished_file_answers_at_once() {
    for make in NO_FILES {
        for name in ["lock", "0100.new", "spare", "spare.new", "touch.new"] {
            let place = tempfile::tempdir().unwrap();
            make(&place.path().join(name));
            let directory = place.path().to_owned();
            at_once(move || {
                let Ok(mut storage) = FileStorage::open(directory) else { return };
                let _ = storage.store(StorageKey(0x0100), b"new");
                let _ = storage.load(StorageKey(0x0100), &mut [0; 64]);
            });
        }
    }
}

#[test]
fn a_file_that_is_much_too_long_costs_nothing() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("0100");
    fs::File::create(&path).unwrap().set_len(3 << 30).unwrap();
    let directory = place.path().to_owned();
    let before = std::time::Instant::now();
    let mut storage = FileStorage::open(directory).unwrap();
    assert_eq!(storage.load(StorageKey(0x0100), &mut [0; 64]), Err(Reason::StorageCorrupted));
    assert_eq!(storage.store(StorageKey(1), &[0; 70_000]), Err(Reason::StorageFull));
    assert!(before.elapsed() < Duration::from_secs(1));
}

#[test]
fn named_files_are_read_within_limits_and_never_waited_for() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    fs::write(&path, [7; 100]).unwrap();
    assert_eq!(read_file(&path, 100).unwrap(), [7; 100]);
    assert_eq!(read_file(&path, 99).unwrap_err().kind(), FileTooLarge);
    // A link that a person has put there is followed.
    let link = place.path().join("link");
    symlink(&path, &link).unwrap();
    assert_eq!(read_file(&link, 100).unwrap(), [7; 100]);
    assert_eq!(read_file("/dev/zero", 1_000).unwrap_err().kind(), FileTooLarge);
    assert_eq!(read_file(place.path(), 100).unwrap_err().kind(), IsADirectory);
    let pipe = place.path().join("pipe");
    fifo(&pipe);
    let error = at_once({
        let pipe = pipe.clone();
        move || read_file(pipe, 100).unwrap_err()
    });
    assert!(error.to_string().contains("standard input"), "{error}");
    let error = read_file(place.path().join("none"), 100).unwrap_err();
    assert!(error.to_string().contains("/none: "), "{error}");
}
