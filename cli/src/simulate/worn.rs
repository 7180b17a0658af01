//! Bad flash below the values of a simulated device: the log that devices with raw NOR flash have
//! (SPEC 16), on flash that fails.

use std::fmt;

use nodelock::Storage;
use nodelock::store::StorageKey;
use nodelock::store::flash::{FlashStorage, Nor};
use nodelock::testing::{FlashFault, HostileFlash};
use nodelock_std::MemoryStorage;
use serde::{Deserialize, Serialize};

/// Bytes of the flash, and of a page of it.
const LEN: usize = 16 * PAGE as usize;
const PAGE: u32 = 4096;
/// Bytes that are written at a time.
const WORD: u8 = 4;

/// The flash with what it holds.
pub(crate) type Chip = FlashStorage<HostileFlash<LEN>>;

/// How bad the flash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Worn {
    /// Words are dead or take nothing, and bits are stuck, at places that the seed chooses.
    #[serde(rename = "worn")]
    pub(crate) spots: bool,
    /// One write or erase in so many fails, before its effect, half-way or after it; 0 for none.
    pub(crate) one_in: u64,
    pub(crate) seed: u64,
    /// Writes of the device since then; power cycles do not begin anew.
    pub(crate) done: u64,
}

impl Worn {
    /// The flash with these values in it.
    pub(crate) fn holding(&self, values: &MemoryStorage) -> Result<Chip, String> {
        let mut flash = HostileFlash::<LEN>::new(PAGE, WORD, self.seed);
        if self.spots {
            use FlashFault::{DeadWord, DeafWord, StuckHigh, StuckLow};
            for fault in [StuckLow, StuckHigh, DeadWord, DeafWord] {
                flash.inflict(fault, 2, u64::MAX);
            }
            for page in 0..flash.geometry().pages {
                let _ = flash.erase(page);
            }
            flash.calm();
        }
        let mut chip = FlashStorage::mount(flash).map_err(|reason| reason.to_string())?;
        for (key, value) in values.values() {
            let stored = chip.store(*key, value);
            stored.map_err(|reason| format!("the flash does not take what is stored: {reason}"))?;
        }
        let flash = chip.flash();
        flash.reseed(self.seed ^ self.done << 32);
        for fault in [
            FlashFault::WriteRefused,
            FlashFault::WriteHalf,
            FlashFault::WriteDone,
            FlashFault::EraseRefused,
            FlashFault::EraseHalf,
            FlashFault::EraseDone,
        ] {
            flash.inflict(fault, self.one_in.saturating_mul(3), u64::MAX);
        }
        Ok(chip)
    }
}

impl fmt::Display for Worn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.spots { "flash: worn" } else { "flash: new" })?;
        if self.one_in > 0 {
            write!(f, ", 1 in {} of its writes and erases fails", self.one_in)?;
        }
        write!(f, "; {} writes of the device since then", self.done)
    }
}

/// Brings what is known of a value to what the flash shows.
pub(crate) fn show(chip: &mut Chip, key: StorageKey, values: &mut MemoryStorage) {
    let mut buffer = [0; 2048];
    let _ = match chip.load(key, &mut buffer) {
        Ok(Some(len)) => values.store(key, buffer.get(..len).unwrap_or_default()),
        Ok(None) => values.remove(key),
        // The agent must see the damage.
        Err(_) => values.store(key, &[]),
    };
}
