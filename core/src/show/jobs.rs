//! The jobs, one after another, with what became of each license.

use core::fmt::{self, Write};

use crate::job::{Job, JobCause, JobState, Jobs};

impl Jobs<'_> {
    /// Writes the jobs for an operator, in the order in which they were made.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn show(&self, out: &mut impl Write) -> fmt::Result {
        let mut last = None;
        while let Some(job) =
            self.all().filter(|job| last.is_none_or(|last| job.id > last)).min_by_key(|job| job.id)
        {
            last = Some(job.id);
            self.show_job(job, out)?;
        }
        if last.is_none() { out.write_str("no jobs\n") } else { Ok(()) }
    }

    fn show_job(&self, job: &Job, out: &mut impl Write) -> fmt::Result {
        write!(
            out,
            "Job {}: {}, member {}, {}",
            job.id.0,
            job.request.action.name(),
            job.request.member.saturating_add(1),
            job.state.name()
        )?;
        match self.queue_position(job.id).filter(|_| job.state == JobState::Pending) {
            Some(place) => writeln!(out, ", place {place} in the queue")?,
            None if job.cause == JobCause::None => out.write_str("\n")?,
            None => writeln!(out, ", {}", job.cause.name())?,
        }
        let mut shown = 0_u32;
        for result in self.results(job.id) {
            shown = shown.saturating_add(1);
            write!(out, "    License {}: ", result.number)?;
            if result.state == JobState::None {
                out.write_str("left alone, it is for another device or another member\n")?;
                continue;
            }
            out.write_str(result.state.name())?;
            match result.reason {
                Some(reason) => writeln!(out, ", {}: {reason}", result.cause.name())?,
                None if result.cause == JobCause::None => out.write_str("\n")?,
                None => writeln!(out, ", {}", result.cause.name())?,
            }
        }
        if shown < job.results {
            writeln!(out, "    results not kept: {}", job.results.saturating_sub(shown))?;
        }
        Ok(())
    }
}
