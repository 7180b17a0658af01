//! Whole agents on raw flash that fails (SPEC 13.4, 16.9): what was acknowledged holds now and after
//! every reboot, what was refused is all or nothing, and the running agent says what a reboot would.

pub mod device;
pub mod known;
pub mod life;
pub mod pairs;
pub mod seen;

use nodelock::testing::FlashFault;
use nodelock::testing::FlashFault::*;

/// One way of being bad.
#[derive(Debug, Clone, Copy)]
pub struct Trouble {
    /// What it is called.
    pub name: &'static str,
    /// What fails. A life has one of these groups.
    pub faults: &'static [&'static [FlashFault]],
    /// Of a group, one in so many calls.
    pub one_in: u64,
    /// Bits change at rest, so a value may be reported as damaged.
    pub decays: bool,
}

const fn trouble(
    name: &'static str,
    one_in: u64,
    faults: &'static [&'static [FlashFault]],
) -> Trouble {
    Trouble { name, faults, one_in, decays: false }
}

const WRITES: &[&[FlashFault]] =
    &[&[WriteRefused], &[WriteHalf], &[WriteDone], &[WriteRefused, WriteHalf, WriteDone]];

const ERASES: &[&[FlashFault]] = &[
    &[EraseRefused],
    &[EraseHalf],
    &[EraseDone],
    &[EraseIgnored],
    &[EraseHalfIgnored],
    &[EraseRefused, EraseHalf, EraseDone],
];

/// All of them.
pub const TROUBLES: [Trouble; 10] = [
    trouble("no faults", 0, &[&[]]),
    trouble("1 write in 6 fails", 6, WRITES),
    trouble("1 write in 60 fails", 60, WRITES),
    trouble("1 write in 10 does nothing and says done", 10, &[&[WriteIgnored]]),
    trouble("1 erase in 4 fails", 4, ERASES),
    trouble(
        "1 call in 20 fails in any way",
        20,
        &[&[WriteRefused, WriteHalf, WriteDone, WriteIgnored, EraseRefused, EraseHalf, EraseDone]],
    ),
    trouble(
        "bits stick, words are dead or deaf",
        12,
        &[
            &[StuckLow],
            &[StuckHigh],
            &[DeadWord],
            &[DeafWord],
            &[StuckLow, StuckHigh, DeadWord, DeafWord, WriteHalf, WriteDone, EraseHalf],
        ],
    ),
    Trouble { decays: true, ..trouble("bits read differently", 12, &[&[WeakBit]]) },
    Trouble {
        decays: true,
        ..trouble("writes disturb other bits", 60, &[&[DisturbNear], &[DisturbFar]])
    },
    Trouble { decays: true, ..trouble("everything at once", 20, &[&FlashFault::ALL]) },
];

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Devices.
    pub lives: u64,
    /// Boots in which something was done.
    pub sessions: u64,
    /// Boots of copies, to see what a reboot would show.
    pub shadows: u64,
    /// Verbs that succeeded.
    pub done: u64,
    /// Verbs that were refused because of the storage.
    pub failed: u64,
    /// Of these, because it was full.
    pub full: u64,
    /// Sessions that ended with a power cut.
    pub cuts: u64,
    /// Faults of the flash.
    pub faults: u64,
    /// Seconds for which metered rights were granted.
    pub metered: u64,
    /// Boots that reported damage.
    pub reported: u64,
}

impl Tally {
    /// Adds what another one counted.
    pub fn add(&mut self, other: &Self) {
        self.lives += other.lives;
        self.sessions += other.sessions;
        self.shadows += other.shadows;
        self.done += other.done;
        self.failed += other.failed;
        self.full += other.full;
        self.cuts += other.cuts;
        self.faults += other.faults;
        self.metered += other.metered;
        self.reported += other.reported;
    }
}

/// Pages and words of the flash: the seed of a life chooses one of these.
///
/// # Errors
/// What is wrong.
pub fn life(trouble: &Trouble, seed: u64, tally: &mut Tally) -> Result<(), String> {
    match seed % 6 {
        0 => life::Life::<8_192>::new(1_024, 4, trouble, seed).run(tally),
        1 => life::Life::<8_192>::new(2_048, 8, trouble, seed).run(tally),
        2 => life::Life::<16_384>::new(4_096, 4, trouble, seed).run(tally),
        3 => life::Life::<12_288>::new(1_024, 16, trouble, seed).run(tally),
        4 => life::Life::<8_192>::new(2_048, 1, trouble, seed).run(tally),
        _ => life::Life::<16_384>::new(1_024, 32, trouble, seed).run(tally),
    }
}
