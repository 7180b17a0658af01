//! What is hostile does what it says.

use std::vec;

use super::{
    ClockSetting, FlashFault, HostileClock, HostileFlash, HostileStorage, PowerCut, StorageFault,
};
use crate::Storage;
use crate::reason::Reason;
use crate::store::StorageKey;
use crate::store::flash::FlashStorage;

const A: StorageKey = StorageKey(1);
const B: StorageKey = StorageKey(0x0700);
const FAILED: Reason = Reason::StorageFailed;

type Disk = HostileStorage<2, 4>;

fn shown(disk: &Disk, key: StorageKey) -> Option<std::vec::Vec<u8>> {
    let mut buffer = [0; 4];
    let len = { disk }.load(key, &mut buffer).unwrap();
    len.map(|len| buffer[..len].to_vec())
}

#[test]
fn calls_fail_from_the_one_that_is_named_on_before_or_after_their_effect() {
    for after in [false, true] {
        let disk = Disk::new();
        let fault = StorageFault { call: 1, times: 2, after, writes_only: true };
        disk.set_fault(Some(fault));
        let write = |byte| (&disk).store(A, &[byte]);
        assert_eq!([1, 2, 3, 4].map(|byte| write(byte).is_ok()), [true, false, false, true]);
        assert_eq!(disk.calls(), (4, 2));
        disk.set_fault(Some(StorageFault { call: 0, times: u32::MAX, ..fault }));
        assert_eq!((&disk).remove(A), Err(FAILED));
        assert_eq!(shown(&disk, A).is_none(), after);
        disk.set_fault(Some(StorageFault { call: 0, times: 1, after, writes_only: false }));
        assert_eq!((&disk).load(A, &mut [0; 4]), Err(FAILED));
    }
    let disk = Disk::new();
    disk.fail_at_random(2, 1);
    let failed = (0..100).filter(|byte| (&disk).store(A, &[*byte]).is_err()).count();
    assert!((30..70).contains(&failed), "{failed}");
}

#[test]
fn the_power_goes_at_a_write() {
    for after in [false, true] {
        let disk = Disk::new();
        disk.power_on(Some(PowerCut { write: 1, after }));
        (&disk).store(A, &[1]).unwrap();
        assert_eq!((&disk).store(A, &[2]), Err(FAILED));
        assert!(disk.is_dark());
        assert_eq!((&disk).load(A, &mut [0; 4]), Err(FAILED));
        disk.power_on(None);
        assert_eq!(shown(&disk, A).unwrap(), [if after { 2 } else { 1 }]);
    }
}

#[test]
fn values_are_damaged_swapped_and_put_back() {
    let disk = Disk::new();
    (&disk).store(A, &[1, 2, 3]).unwrap();
    let older = disk.clone();
    (&disk).store(B, &[9]).unwrap();
    assert_eq!((&disk).store(StorageKey(3), &[1]), Err(Reason::StorageFull));
    assert_eq!((&disk).store(B, &[0; 5]), Err(Reason::StorageFull));
    assert!(disk.flip_pair(A, 0, 9) && !disk.flip(A, 24));
    assert_eq!(shown(&disk, A).unwrap(), [0, 0, 3]);
    assert!(disk.truncate(A, 2) && !disk.truncate(A, 2));
    disk.swap(A, B);
    assert_eq!((shown(&disk, A).unwrap(), shown(&disk, B).unwrap()), (vec![9], vec![0, 0]));
    assert!(disk.put(A, None));
    disk.swap(A, B);
    assert_eq!((shown(&disk, A).unwrap(), shown(&disk, B)), (vec![0, 0], None));
    disk.put_back(&older, A);
    assert_eq!(shown(&disk, A).unwrap(), [1, 2, 3]);
    (&disk).store(B, &[7]).unwrap();
    disk.put_all_back(&older);
    assert_eq!((shown(&disk, A).unwrap(), shown(&disk, B)), (vec![1, 2, 3], None));
    disk.wipe();
    let mut values = 0;
    disk.each(|_, _| values += 1);
    assert_eq!(values, 0);
}

#[test]
fn a_clock_is_set_moved_stopped_and_lost() {
    let mut clock = HostileClock::new(1_000_000);
    assert_eq!(clock.wall(), None);
    for (setting, shows) in [
        (ClockSetting::Moved(5), Some(1_000_005)),
        (ClockSetting::GoesOn, Some(1_000_005)),
        (ClockSetting::Moved(-10), Some(999_995)),
        (ClockSetting::At(0), Some(0)),
        (ClockSetting::Stuck(7), Some(1_000_007)),
        (ClockSetting::Off(-1), Some(999_999)),
        (ClockSetting::Right, Some(1_000_000)),
        (ClockSetting::None, None),
    ] {
        clock.set(setting);
        assert_eq!(clock.wall(), shows, "{setting:?}");
    }
    clock.set(ClockSetting::Stuck(0));
    clock.advance(10);
    clock.restart(20, 500);
    assert_eq!(
        (clock.truth(), clock.now().uptime, clock.wall()),
        (1_000_030, 500, Some(1_000_000))
    );
}

#[test]
fn the_power_of_flash_goes_in_the_middle_of_a_write() {
    let mut kept = 0;
    for seed in 0..60 {
        let flash = HostileFlash::<1024>::new(256, 4, seed);
        let mut storage = FlashStorage::mount(flash).unwrap();
        storage.store(A, b"old").unwrap();
        storage.flash().inflict(FlashFault::WriteDone, 10, u64::MAX);
        storage.flash().cut_power(seed % 3);
        let stored = storage.store(A, b"new");
        assert_eq!(stored.is_ok(), !storage.flash().is_dark());
        if storage.flash().is_dark() {
            assert_eq!(storage.load(A, &mut [0; 4]), Err(FAILED));
        }
        let mut flash = storage.into_flash();
        flash.power_on();
        let mut value = [0; 3];
        FlashStorage::mount(flash).unwrap().load(A, &mut value).unwrap();
        assert!(value == *b"new" || value == *b"old" && stored.is_err());
        kept += u32::from(value == *b"old");
    }
    assert!((10..60).contains(&kept), "{kept}");
}
