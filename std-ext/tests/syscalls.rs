//! Real files on a system whose calls fail, and on disks that are full: what was acknowledged is
//! there afterwards, what was refused is the old value or the new one, and what was read stays.
//!
//! The process that stores is this test program once more, with a library in front of the C library
//! that lets calls fail (`shim/failing.c`), or within limits that a shell sets.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nodelock::store::StorageKey;
use nodelock::{Reason, Storage};
use nodelock_std::FileStorage;

const DIRECTORY: &str = "NODELOCK_SYSCALL_TEST_DIRECTORY";

type Value = Option<String>;

/// One test at a time: a child that another one has just made holds the locks of this process until it runs its
/// program.
fn alone() -> std::sync::MutexGuard<'static, ()> {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn load(storage: &mut FileStorage, key: u16) -> Result<Value, Reason> {
    let mut buffer = [0; 64];
    let len = storage.load(StorageKey(key), &mut buffer)?;
    Ok(len.map(|len| String::from_utf8_lossy(&buffer[..len]).into_owned()))
}

/// Runs in the child: a history of changes, each of which is told before and after.
fn live(directory: &Path) {
    let Ok(mut storage) = FileStorage::open(directory) else {
        println!("unopened");
        return;
    };
    for step in 0..9_u16 {
        let key = step % 3;
        let told = if step % 4 == 3 {
            println!("try {key} -");
            storage.remove(StorageKey(key))
        } else {
            println!("try {key} value{step}");
            storage.store(StorageKey(key), format!("value{step}").as_bytes())
        };
        println!("{} {key}", if told.is_ok() { "ok" } else { "error" });
        if let Ok(value) = load(&mut storage, key) {
            println!("is {key} {}", value.as_deref().unwrap_or("-"));
        }
    }
}

/// Follows what the child told, and compares it with what is there.
fn compare(directory: &Path, said: &str) {
    let value = |text: &str| (text != "-").then(|| text.to_owned());
    let mut may_be: BTreeMap<u16, Vec<Value>> = (0..3).map(|key| (key, vec![None])).collect();
    for line in said.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let Some(key) = words.get(1).and_then(|key| key.parse().ok()) else { continue };
        let Some(all) = may_be.get_mut(&key) else { continue };
        match words.as_slice() {
            ["try", _, new] => all.push(value(new)),
            ["ok", _] => drop(all.drain(..all.len() - 1)),
            ["is", _, shown] => {
                assert!(all.contains(&value(shown)), "{line}, of {all:?}\n{said}");
                *all = vec![value(shown)];
            }
            _ => {}
        }
    }
    let mut storage = FileStorage::open(directory).unwrap();
    for (key, all) in may_be {
        let found = load(&mut storage, key).unwrap();
        assert!(all.contains(&found), "{key} is {found:?}, of {all:?}\n{said}");
        storage.store(StorageKey(key), b"last").unwrap();
        assert_eq!(load(&mut storage, key), Ok(Some("last".into())));
    }
    drop(storage);
    let left = std::fs::read_dir(directory).unwrap();
    let left = left.filter(|entry| entry.as_ref().unwrap().path().extension().is_some());
    assert_eq!(left.count(), 0, "something unfinished is left");
}

/// A directory in memory, if there is one: a flush of a disk takes a while, and there are hundreds.
fn fast_place() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// This program as a child that runs one test, which lives on a directory.
fn child(test: &str, directory: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(DIRECTORY, directory);
    command
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Whether this is the child, which has lived then.
fn is_child() -> bool {
    let directory = std::env::var_os(DIRECTORY);
    if let Some(directory) = &directory {
        live(Path::new(directory));
    }
    directory.is_some()
}

/// The shim, compiled; `None` where there is no C compiler.
fn shim(place: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shim/failing.c");
    let shim = place.join("failing.so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&shim).arg(source);
    match cc.arg("-ldl").output() {
        Ok(done) => {
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            Some(shim)
        }
        Err(error) => {
            println!("left out: no C compiler (cc: {error})");
            None
        }
    }
}

#[test]
fn system_calls_that_fail_are_never_taken_for_ones_that_obeyed() {
    if is_child() {
        return;
    }
    let _alone = alone();
    let (tools, place) = (tempfile::tempdir().unwrap(), fast_place());
    let Some(shim) = shim(tools.path()) else { return };
    let (eio, enospc) = ("5", "28");
    let mut faults = 0;
    for (call, effects) in [
        ("open", &["before", "after"][..]),
        ("write", &["before", "half", "after"]),
        ("fsync", &["before", "after"]),
        ("rename", &["before", "after"]),
        ("unlink", &["before", "after"]),
        ("close", &["before", "after"]),
    ] {
        for effect in effects {
            for (times, errno) in [("1", eio), ("3", eio), ("999999", eio), ("2", enospc)] {
                // Until the history has no such call any more.
                for at in 0.. {
                    let directory = place.path().join("state");
                    let name = "system_calls_that_fail_are_never_taken_for_ones_that_obeyed";
                    let output = child(name, &directory)
                        .env("LD_PRELOAD", &shim)
                        .env("FAIL_UNDER", &directory)
                        .env("FAIL_CALL", call)
                        .env("FAIL_AT", at.to_string())
                        .env("FAIL_TIMES", times)
                        .env("FAIL_EFFECT", effect)
                        .env("FAIL_ERRNO", errno)
                        .output()
                        .unwrap();
                    let said = said(&output);
                    compare(&directory, &said);
                    std::fs::remove_dir_all(&directory).unwrap();
                    let Some((_, later)) = said.split_once("fault\n") else {
                        assert!(at > 1, "{call} was seen {at} times");
                        break;
                    };
                    // When no flush works any more, nothing is durable any more.
                    let never = (call, times) == ("fsync", "999999");
                    assert!(!never || !later.contains("\nok "), "{at}\n{said}");
                    faults += 1;
                }
            }
        }
    }
    println!("{faults} faults");
    assert!(faults > 500, "{faults}");
}

/// Nothing can be written at all, as on a full disk, and everything else works.
#[test]
fn a_limit_on_files_refuses_and_keeps_what_is_there() {
    if is_child() {
        return;
    }
    let _alone = alone();
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("state");
    let mut storage = FileStorage::open(&directory).unwrap();
    storage.store(StorageKey(0), b"before").unwrap();
    storage.remove(StorageKey(0)).unwrap();
    drop(storage);
    let child = child("a_limit_on_files_refuses_and_keeps_what_is_there", &directory);
    let limited = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(child.get_program())
        .args(child.get_args())
        .env(DIRECTORY, &directory)
        .output()
        .unwrap();
    let said = said(&limited);
    assert!(said.contains("error 0") && said.contains("is 0 -"), "{said}");
    assert!(!said.contains("is 0 value"), "{said}");
    compare(&directory, &said);
}

/// A disk of 64 KiB, filled to the last byte by somebody else.
#[test]
fn on_a_full_disk_values_are_replaced_and_removed() {
    let name = "on_a_full_disk_values_are_replaced_and_removed";
    if let Some(directory) = std::env::var_os(DIRECTORY) {
        fill_and_replace(Path::new(&directory));
        println!("done");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let child = child(name, place.path());
    let mounted = Command::new("unshare")
        .args(["-rm", "sh", "-c"])
        .arg("mount -t tmpfs -o size=64k tmpfs \"$0\" || exit 77; exec \"$@\"")
        .arg(place.path())
        .arg(child.get_program())
        .args(child.get_args())
        .env(DIRECTORY, place.path())
        .output();
    match mounted {
        Ok(output) if output.status.success() => assert!(said(&output).contains("done")),
        Ok(output) if String::from_utf8_lossy(&output.stdout).contains("running 1 test") => {
            panic!("{output:?}")
        }
        other => println!("left out: no disk of one's own here: {other:?}"),
    }
}

fn fill_and_replace(directory: &Path) {
    let mut storage = FileStorage::open(directory.join("state")).unwrap();
    storage.store(StorageKey(1), b"one").unwrap();
    storage.store(StorageKey(2), b"two").unwrap();
    let filled = std::fs::write(directory.join("other"), vec![7; 1 << 20]);
    assert!(filled.is_err());
    assert_eq!(storage.store(StorageKey(3), b"new"), Err(Reason::StorageFull));
    for round in 0..20 {
        storage.store(StorageKey(1), format!("round {round}").as_bytes()).unwrap();
        assert_eq!(load(&mut storage, 1), Ok(Some(format!("round {round}"))));
    }
    drop(storage);
    let mut storage = FileStorage::open(directory.join("state")).unwrap();
    assert_eq!(load(&mut storage, 1), Ok(Some("round 19".into())));
    storage.remove(StorageKey(1)).unwrap();
    assert_eq!(load(&mut storage, 1), Ok(None));
    storage.store(StorageKey(2), b"still").unwrap();
    assert_eq!(load(&mut storage, 2), Ok(Some("still".into())));
}
