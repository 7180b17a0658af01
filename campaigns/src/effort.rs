//! How long a campaign goes on.

use std::time::{Duration, Instant};

/// The histories of a campaign: one for each seed from the first on, until there are enough or the time is
/// over.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// The first seed.
    pub seed: u64,
    /// No more histories than this.
    pub histories: u64,
    /// No longer than this; what was begun is ended.
    pub time: Duration,
}

impl Effort {
    /// From seed 1, for so many seconds.
    #[must_use]
    pub const fn seconds(seconds: u64) -> Self {
        Self { seed: 1, histories: u64::MAX, time: Duration::from_secs(seconds) }
    }

    /// Does something for each seed. Returns how often.
    ///
    /// # Errors
    /// The first one, with its seed.
    pub fn each<E>(&self, mut one: impl FnMut(u64) -> Result<(), E>) -> Result<u64, (u64, E)> {
        let begin = Instant::now();
        let mut done = 0;
        while done < self.histories && begin.elapsed() < self.time {
            let seed = self.seed.wrapping_add(done);
            one(seed).map_err(|wrong| (seed, wrong))?;
            done += 1;
        }
        Ok(done)
    }
}
