use std::fs;

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};

use super::*;

const KEY: StorageKey = StorageKey(0x0102);

fn load(storage: &mut impl Storage, key: StorageKey) -> Result<Option<Vec<u8>>, Reason> {
    let mut buffer = [0; 64];
    storage.load(key, &mut buffer).map(|len| len.map(|len| buffer[..len].to_vec()))
}

fn behaves(storage: &mut impl Storage) {
    assert_eq!(load(storage, KEY), Ok(None));
    storage.store(KEY, b"one").unwrap();
    storage.store(StorageKey(7), b"").unwrap();
    storage.store(KEY, b"other").unwrap();
    assert_eq!(load(storage, KEY), Ok(Some(b"other".to_vec())));
    assert_eq!(load(storage, StorageKey(7)), Ok(Some(Vec::new())));
    storage.remove(KEY).unwrap();
    storage.remove(KEY).unwrap();
    assert_eq!(load(storage, KEY), Ok(None));
    storage.store(KEY, &[9; 65]).unwrap();
    assert_eq!(load(storage, KEY), Err(Reason::StorageFull));
}

#[test]
fn values_are_kept_replaced_and_removed() {
    behaves(&mut MemoryStorage::default());
    let directory = tempfile::tempdir().unwrap();
    behaves(&mut FileStorage::open(directory.path()).unwrap());
}

#[test]
fn values_are_there_when_it_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("made/when/missing");
    FileStorage::open(&place).unwrap().store(KEY, b"kept").unwrap();
    assert_eq!(load(&mut FileStorage::open(&place).unwrap(), KEY), Ok(Some(b"kept".to_vec())));
}

#[test]
fn a_second_opener_gets_an_error_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let first = FileStorage::open(directory.path()).unwrap();
    let error = FileStorage::open(directory.path()).unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
    drop(first);
    FileStorage::open(directory.path()).unwrap();
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_deleted_lets_nobody_in() {
    let directory = tempfile::tempdir().unwrap();
    let mut first = FileStorage::open(directory.path()).unwrap();
    first.store(KEY, b"one").unwrap();
    fs::remove_file(directory.path().join("lock")).unwrap();
    for _ in 0..2 {
        let error = FileStorage::open(directory.path()).unwrap_err();
        assert!(matches!(error, OpenError::InUse(_)), "{error}");
    }
    first.store(KEY, b"other").unwrap();
    drop(first);
    assert_eq!(
        load(&mut FileStorage::open(directory.path()).unwrap(), KEY),
        Ok(Some(b"other".to_vec()))
    );
}

#[cfg(unix)]
#[test]
fn a_directory_that_was_moved_away_or_replaced_is_noticed_by_every_call() {
    let place = tempfile::tempdir().unwrap();
    let (path, away) = (place.path().join("state"), place.path().join("away"));
    let mut first = FileStorage::open(&path).unwrap();
    first.store(KEY, b"one").unwrap();
    fs::rename(&path, &away).unwrap();
    let fails = |first: &mut FileStorage| {
        assert_eq!(load(first, KEY), Err(Reason::StorageFailed));
        assert_eq!(first.store(KEY, b"two"), Err(Reason::StorageFailed));
        assert_eq!(first.remove(KEY), Err(Reason::StorageFailed));
        assert!(first.last_error().unwrap().to_string().contains("replaced"));
    };
    fails(&mut first);
    let mut second = FileStorage::open(&path).unwrap();
    second.store(KEY, b"second").unwrap();
    fails(&mut first);
    assert_eq!(load(&mut second, KEY), Ok(Some(b"second".to_vec())));
    drop(second);
    // Put back, it is as it was.
    fs::remove_dir_all(&path).unwrap();
    fs::rename(&away, &path).unwrap();
    assert_eq!(load(&mut first, KEY), Ok(Some(b"one".to_vec())));
}

#[test]
fn what_was_left_unfinished_is_removed_and_what_is_not_ours_stays() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["0102.new", "touch.new", "spare.new", "notes.new", "01022.new", "0102"] {
        fs::write(directory.path().join(name), b"half").unwrap();
    }
    FileStorage::open(directory.path()).unwrap();
    let mut left: Vec<_> = fs::read_dir(directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["0102", "01022.new", "lock", "notes.new"]);
}

#[test]
fn one_flipped_bit_is_put_right_more_are_corrupted_and_an_unfinished_file_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let mut storage = FileStorage::open(directory.path()).unwrap();
    storage.store(KEY, b"value").unwrap();
    let path = directory.path().join("0102");
    fs::write(path.with_extension("new"), b"half").unwrap();
    assert_eq!(load(&mut storage, KEY), Ok(Some(b"value".to_vec())));
    let good = fs::read(&path).unwrap();
    for bit in 0..good.len() * 8 {
        let mut damaged = good.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &damaged).unwrap();
        assert_eq!(load(&mut storage, KEY), Ok(Some(b"value".to_vec())));
        for other in (0..good.len() * 8).filter(|other| *other != bit) {
            let mut twice = damaged.clone();
            twice[other / 8] ^= 1 << (other % 8);
            fs::write(&path, twice).unwrap();
            assert_eq!(load(&mut storage, KEY), Err(Reason::StorageCorrupted));
        }
    }
    for len in 0..good.len() {
        fs::write(&path, &good[..len]).unwrap();
        assert_eq!(load(&mut storage, KEY), Err(Reason::StorageCorrupted));
    }
}

#[test]
fn a_directory_that_cannot_be_written_keeps_what_is_there_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let mut storage = FileStorage::open(directory.path()).unwrap();
    storage.store(KEY, b"old").unwrap();
    // Also for a user who may write everywhere: a directory stands where the file should go.
    fs::create_dir(directory.path().join("0102.new")).unwrap();
    assert_eq!(storage.store(KEY, b"new"), Err(Reason::StorageFailed));
    assert!(storage.last_error().is_some());
    assert_eq!(load(&mut storage, KEY), Ok(Some(b"old".to_vec())));
}

#[test]
fn a_file_is_no_directory() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, b"").unwrap();
    assert!(matches!(FileStorage::open(file).unwrap_err(), OpenError::Io(..)));
}

#[test]
fn a_power_cut_fails_every_later_write() {
    let mut storage = MemoryStorage::default();
    storage.cut_power_after(1);
    storage.store(KEY, b"kept").unwrap();
    assert_eq!(storage.store(KEY, b"lost"), Err(Reason::StorageFailed));
    assert_eq!(storage.remove(KEY), Err(Reason::StorageFailed));
    assert_eq!(load(&mut storage, KEY), Ok(Some(b"kept".to_vec())));
}
