//! How far it is, where somebody looks on.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// What is done sooner needs no progress.
const PATIENCE: Duration = Duration::from_secs(1);
const BETWEEN: Duration = Duration::from_millis(200);

pub(super) struct Progress {
    on: bool,
    /// Signed in an earlier run.
    before: usize,
    done: usize,
    total: usize,
    began: Instant,
    shown: Option<Instant>,
}

impl Progress {
    pub(super) fn new(wanted: bool) -> Self {
        let on = wanted && io::stderr().is_terminal();
        Self { on, before: 0, done: 0, total: 0, began: Instant::now(), shown: None }
    }

    pub(super) fn begin(&mut self, before: usize, total: usize) {
        *self = Self { before, done: before, total, began: Instant::now(), ..*self };
    }

    pub(super) fn step(&mut self) {
        self.done += 1;
        let since = self.shown.map_or(self.began.elapsed(), |shown| shown.elapsed());
        let wait = if self.shown.is_some() { BETWEEN } else { PATIENCE };
        if self.on && self.done < self.total && since >= wait {
            self.shown = Some(Instant::now());
            let _ = write!(io::stderr(), "\r{}\x1b[K", self.text(self.began.elapsed()));
        }
    }

    fn text(&self, passed: Duration) -> String {
        let new = self.done.saturating_sub(self.before).max(1);
        let left = self.total.saturating_sub(self.done);
        let seconds = passed.as_secs_f64() / new as f64 * left as f64;
        let left = if seconds < 90.0 {
            format!("{seconds:.0} s")
        } else if seconds < 5400.0 {
            format!("{:.0} min", seconds / 60.0)
        } else {
            format!("{:.1} h", seconds / 3600.0)
        };
        format!("{} of {} lines signed, {left} left", self.done, self.total)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_counts_what_was_signed_now() {
        let mut progress = Progress::new(false);
        progress.begin(50, 150);
        progress.done = 60;
        let text = |seconds| progress.text(Duration::from_secs(seconds));
        assert_eq!(text(5), "60 of 150 lines signed, 45 s left");
        assert_eq!(text(60), "60 of 150 lines signed, 9 min left");
        assert_eq!(text(3600), "60 of 150 lines signed, 9.0 h left");
    }
}
