//! Files on a disk that loses power: what was not flushed is there, or not, or in part.

use nodelock::store::StorageKey;
use nodelock::testing::{Effort, TestedPort, prove};
use nodelock::{Reason, Storage};

use super::FileStorage;
use super::platter::Platter;
use super::values::Values;

impl TestedPort for Platter {
    type Storage<'p> = Values<&'p mut Platter>;

    fn power_on(&mut self, cut_at: Option<u64>) -> Result<Self::Storage<'_>, Reason> {
        Platter::power_on(self, cut_at);
        let mut values = Values::new(self);
        values.clean_up();
        Ok(values)
    }

    fn power_was_cut(&self) -> bool {
        self.dark
    }
}

#[test]
fn files_on_a_disk_that_loses_power_keep_their_promises() {
    for seed in 1..30 {
        let effort = Effort { seed, ..Effort::DEFAULT };
        let report = prove(&mut Platter::default(), &mut [0; 1_300], effort);
        let report = report.unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        assert!(report.was_full && report.cuts >= 200, "{report:?}");
    }
}

/// The suite would see it if names were not flushed.
#[test]
fn a_directory_that_is_not_flushed_is_noticed() {
    let found = (1..30).any(|seed| {
        let effort = Effort { seed, ..Effort::DEFAULT };
        let mut lazy = Platter::default();
        lazy.lazy = true;
        prove(&mut lazy, &mut [0; 1_300], effort).is_err()
    });
    assert!(found);
}

/// Real files; nobody cuts the power of the machine that runs the tests. `tests/kill.rs` kills
/// processes, `tests/syscalls.rs` lets calls fail.
struct Real(tempfile::TempDir);

impl TestedPort for Real {
    type Storage<'p> = FileStorage;

    fn power_on(&mut self, _: Option<u64>) -> Result<FileStorage, Reason> {
        FileStorage::open(self.0.path()).map_err(|_| Reason::StorageFailed)
    }

    fn power_was_cut(&self) -> bool {
        false
    }
}

#[test]
fn files_of_the_system_keep_their_promises() {
    let mut real = Real(tempfile::tempdir().unwrap());
    let effort = Effort { fill: 20, ..Effort::DEFAULT };
    let report = prove(&mut real, &mut [0; 1_300], effort);
    assert!(report.unwrap_or_else(|broken| panic!("{broken}")).compared > 300);
    let mut buffer = [0; 8];
    let mut storage = real.power_on(None).unwrap();
    assert_eq!(storage.load(StorageKey(0x0300), &mut buffer), Ok(None));
}
