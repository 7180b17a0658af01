//! Makes a history that shows something shorter.

use crate::history::{Clock, History, Step, Ticks};

/// Drops boots, steps and lines, and makes numbers simpler, for as long as `fails` and no more than
/// so many tries.
pub fn shrink(
    history: &History,
    mut tries: u32,
    mut fails: impl FnMut(&History) -> bool,
) -> History {
    let mut best = history.clone();
    loop {
        let before = best.clone();
        let mut attempt = |best: &mut History, candidate: History| {
            if tries == 0 || candidate == *best {
                return false;
            }
            tries -= 1;
            let hit = fails(&candidate);
            if hit {
                *best = candidate;
            }
            hit
        };
        drop_boots(&mut best, &mut attempt);
        drop_steps(&mut best, &mut attempt);
        simplify(&mut best, &mut attempt);
        if best == before {
            return best;
        }
    }
}

type Attempt<'a> = dyn FnMut(&mut History, History) -> bool + 'a;

fn drop_boots(best: &mut History, attempt: &mut Attempt<'_>) {
    let mut size = best.boots.len() / 2;
    while size > 0 {
        let mut at = best.boots.len();
        while at >= size {
            at -= size;
            if at + size <= best.boots.len() {
                let mut shorter = best.clone();
                shorter.boots.drain(at..at + size);
                attempt(best, shorter);
            }
            at = at.min(best.boots.len());
        }
        size /= 2;
    }
}

fn drop_steps(best: &mut History, attempt: &mut Attempt<'_>) {
    for boot in (0..best.boots.len()).rev() {
        for step in (0..best.boots[boot].steps.len()).rev() {
            let mut shorter = best.clone();
            shorter.boots[boot].steps.remove(step);
            attempt(best, shorter);
        }
        if boot + 1 < best.boots.len() && best.boots[boot].steps.is_empty() {
            // Time without power is as good as a boot in which nothing happens.
            let mut shorter = best.clone();
            let gone = shorter.boots.remove(boot);
            shorter.boots[boot].off += gone.off;
            attempt(best, shorter);
        }
    }
}

fn simplify(best: &mut History, attempt: &mut Attempt<'_>) {
    for boot in 0..best.boots.len() {
        let mut change = |best: &mut History, with: &dyn Fn(&mut crate::history::Boot)| {
            let mut other = best.clone();
            with(&mut other.boots[boot]);
            attempt(best, other);
        };
        change(best, &|boot| boot.cut = None);
        change(best, &|boot| boot.off = 0);
        change(best, &|boot| boot.uptime = 0);
        change(best, &|boot| boot.clock = Clock::GoesOn);
        for step in 0..best.boots[boot].steps.len() {
            if let Step::Run(seconds, ticks) = best.boots[boot].steps[step] {
                change(best, &|boot| boot.steps[step] = Step::Run(seconds, Ticks::Deadlines));
                change(best, &|boot| boot.steps[step] = Step::Run(seconds / 2, ticks));
                let round = seconds / 3600 * 3600;
                change(best, &|boot| boot.steps[step] = Step::Run(round, ticks));
            }
        }
    }
    for line in (0..best.lines.len()).rev() {
        let mut other = best.clone();
        if let Some(line) = other.lines.get_mut(line) {
            line.expiry = 0;
            line.start = None;
        }
        attempt(best, other);
    }
}
