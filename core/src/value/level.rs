//! What a device is worth: how well it notices older copies of its storage, and with what it proves its words.

use crate::named::named;

named! {
    /// How well a device notices that its storage was restored from an older copy.
    #[derive(Default)]
    pub enum RollbackLevel {
        /// Not at all.
        #[default]
        None = 0 "none",
        /// Unless the second storage is restored with the first.
        SecondStorage = 1 "second-storage",
        /// All but the last change.
        OneCounter = 2 "one-counter",
        /// Every change that was acknowledged.
        TwoCounters = 3 "two-counters",
    }
}

named! {
    /// With what a device proves its words.
    #[derive(Default)]
    pub enum ProofLevel {
        /// With nothing: a person must believe it.
        #[default]
        None = 0 "none",
        /// With the device secret, to the vendor alone.
        Secret = 1 "secret",
        /// With a key, to everybody.
        Key = 2 "key",
    }
}
