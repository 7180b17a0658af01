//! Carrying out jobs.

use core::ops::ControlFlow;

use crate::agent::{Agent, InstallMode, LineSource, Ports};
use crate::job::{Action, JobCause, JobError, JobId, JobRequest, JobState, Jobs};
use crate::reason::Reason;
use crate::record::{Record, Records};
use crate::value::feature::FeatureHandle;
use crate::value::license::LineId;
use crate::value::time::Now;
use crate::value::udi::UdiSource;

/// Room for the longest proof: ticket, its key, and the word.
#[cfg(feature = "transfer")]
const PROOF_LEN: usize = 3 * (crate::limits::MAX_RECORD_LEN + 1);

/// What the driver has fetched for a job.
#[derive(Debug, Clone, Copy)]
pub enum Material<'f> {
    /// The job needs no file, or has none.
    Nothing,
    /// The file.
    File(&'f [u8]),
    /// It could not be fetched.
    Failed(JobCause),
}

/// What a job needs from its surroundings while it runs.
pub trait JobHost {
    /// The text of the license agreement for a feature.
    fn eula_text(&mut self, feature: FeatureHandle) -> Option<&[u8]>;

    /// Takes the next piece of a backup, or of the text of an agreement.
    ///
    /// # Errors
    /// If it could not be written: the job fails then.
    #[allow(clippy::result_unit_err, reason = "the driver knows more, the job needs no more")]
    fn output(&mut self, content: &[u8]) -> Result<(), ()>;

    /// All output of this job was given.
    ///
    /// # Errors
    /// If it could not be written: the job fails then.
    #[allow(clippy::result_unit_err, reason = "the driver knows more, the job needs no more")]
    fn finish(&mut self) -> Result<(), ()> {
        Ok(())
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Carries out a job that was [begun](Jobs::begin), with what was fetched for it, and ends it.
    ///
    /// # Errors
    /// [`JobError::NoSuchJob`], [`JobError::WrongState`] if it is not in progress. What fails in
    /// the job itself is in its state, cause and results.
    pub fn perform(
        &mut self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        material: Material<'_>,
        host: &mut impl JobHost,
        now: Now,
    ) -> Result<JobState, JobError> {
        let job = jobs.get(id).ok_or(JobError::NoSuchJob)?;
        if job.state != JobState::InProgress {
            return Err(JobError::WrongState);
        }
        let request = job.request;
        self.tick(now);
        let cause = match material {
            Material::Failed(cause) => cause,
            // A request for a member that is not there is refused before anything is read.
            _ if !matches!(self.device().udi(request.member), Ok(Some(_))) => {
                JobCause::UnrecognizedEntity
            }
            Material::File(file) => self.perform_on(jobs, id, &request, Some(file), host, now),
            Material::Nothing => self.perform_on(jobs, id, &request, None, host, now),
        };
        Ok(jobs.end(id, cause, now))
    }

    fn perform_on(
        &mut self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        request: &JobRequest,
        file: Option<&[u8]>,
        host: &mut impl JobHost,
        now: Now,
    ) -> JobCause {
        match (request.action, file) {
            (Action::NoOp, _) => JobCause::None,
            (Action::Install, Some(file)) => self.install_job(jobs, id, request, file, host, now),
            (Action::Install | Action::GenerateEula, None) => JobCause::InvalidLicenseFilePath,
            (Action::Clear, _) => self.clear_job(jobs, id, request, now),
            (Action::Backup, _) if jobs.is_clearing() => JobCause::LicenseClearInProgress,
            (Action::Backup, _) => self.backup_job(jobs, id, request, host),
            (Action::GenerateEula, Some(file)) => self.eula_job(jobs, id, file, host),
            (Action::ProcessPermissionTicket, None) => JobCause::InvalidPermissionTicketFile,
            #[cfg(feature = "transfer")]
            (Action::ProcessPermissionTicket, Some(file)) => {
                self.ticket_job(jobs, id, Some(file), host, now)
            }
            #[cfg(feature = "transfer")]
            (Action::RegenerateLastRehostTicket, _) => self.ticket_job(jobs, id, None, host, now),
            // Without tickets there is none that it could take.
            #[cfg(not(feature = "transfer"))]
            (Action::ProcessPermissionTicket, Some(_)) => JobCause::InvalidPermissionTicket,
            #[cfg(not(feature = "transfer"))]
            (Action::RegenerateLastRehostTicket, _) => JobCause::InvalidRehostTicket,
        }
    }

    /// Applies a ticket and puts out its proof; without one, puts out the last word again.
    #[cfg(feature = "transfer")]
    #[inline(never)]
    fn ticket_job(
        &mut self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        ticket: Option<&[u8]>,
        host: &mut impl JobHost,
        now: Now,
    ) -> JobCause {
        use crate::agent::TicketAction::Apply;
        let mut proof = [0; PROOF_LEN];
        let written = match ticket {
            Some(file) => self.ticket(file, Apply, InstallMode::Apply, now, &mut proof),
            None => self.last_proof(&mut proof),
        };
        let written = match written {
            Ok(written) => written,
            Err(reason) => {
                jobs.note(id, Err(reason));
                return match ticket {
                    Some(_) => JobCause::InvalidPermissionTicket,
                    None => JobCause::InvalidRehostTicket,
                };
            }
        };
        jobs.note(id, Ok(()));
        match host.output(written).and_then(|()| host.finish()) {
            Ok(()) => JobCause::None,
            // The proof is given again for ever.
            Err(()) => JobCause::InvalidRehostTicketFile,
        }
    }

    // These, like the steps of boot, are functions of their own in machine code too.
    #[inline(never)]
    fn install_job(
        &mut self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        request: &JobRequest,
        file: &[u8],
        host: &mut impl JobHost,
        now: Now,
    ) -> JobCause {
        let member = request.member;
        let select = |agent: &mut Self, line: &crate::record::Line<'_>| match &line.terms().udi {
            Some(udi) if agent.device().udi(member)? != Some(*udi) => Err(Reason::OtherDevice),
            _ => Ok(()),
        };
        self.install_selected(file, InstallMode::Apply, now, select, |agent, taken| {
            let result = match &taken.record {
                // A key is no license; one that is refused shows in the lines behind it.
                Some(Record::Key(_)) => return ControlFlow::Continue(()),
                // Neither is a greeting.
                None if taken.result == Err(Reason::StrayText) => return ControlFlow::Continue(()),
                Some(Record::License(line)) if request.accept_eula => {
                    taken.result.and_then(|_| agent.accept_for_job(line.terms().id, host))
                }
                _ => taken.result.map(|_| ()),
            };
            if result == Err(Reason::OtherDevice) {
                jobs.note_for_others(id);
                return ControlFlow::Continue(());
            }
            jobs.note(id, result);
            let failed = result.is_err_and(|reason| reason != Reason::AlreadyInstalled);
            if request.stop_on_failure && failed {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let found = jobs.get(id).is_some_and(|job| job.results > 0);
        if found { JobCause::None } else { JobCause::InvalidLicenseFile }
    }

    #[inline(never)]
    fn accept_for_job(&mut self, id: LineId, host: &mut impl JobHost) -> Result<(), Reason> {
        let open = self.find_line(id).filter(|(_, held)| held.eula_accepted() == Some(false));
        let Some(feature) = open.and_then(|(_, held)| held.feature()) else { return Ok(()) };
        let text = host.eula_text(feature).ok_or(Reason::EulaNotAccepted)?;
        self.accept(feature, text)
    }

    #[inline(never)]
    fn clear_job(
        &mut self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        request: &JobRequest,
        now: Now,
    ) -> JobCause {
        let Some(line) = request.line else { return JobCause::InvalidLicenseLine };
        let cleared = match self.is_for_member(line, request.member) {
            Ok(true) => self.clear(line, now),
            Ok(false) => Err(Reason::OtherDevice),
            Err(reason) => Err(reason),
        };
        jobs.note(id, cleared);
        JobCause::None
    }

    #[inline(never)]
    fn backup_job(
        &mut self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        request: &JobRequest,
        host: &mut impl JobHost,
    ) -> JobCause {
        for index in 0..self.places() {
            let Some(held) = self.held(index) else { continue };
            let line = held.right().id();
            if held.source() != LineSource::Installed
                || !matches!(self.is_for_member(line, request.member), Ok(true))
            {
                continue;
            }
            let mut written = Ok(());
            let read = self.line_text(line, |text| {
                written = written.and_then(|()| host.output(text));
            });
            if written.is_err() {
                return JobCause::InvalidLicenseBackupFile;
            }
            jobs.note(id, read);
            if request.stop_on_failure && read.is_err() {
                break;
            }
        }
        if host.finish().is_ok() { JobCause::None } else { JobCause::InvalidLicenseBackupFile }
    }

    #[inline(never)]
    fn eula_job(
        &self,
        jobs: &mut Jobs<'_>,
        id: JobId,
        file: &[u8],
        host: &mut impl JobHost,
    ) -> JobCause {
        let mut records = Records::new(file);
        while let Some(found) = &records.next() {
            let line = match &found.record {
                Ok(Record::License(line)) => line,
                Ok(_) => continue,
                Err(error) if error.reason == Reason::StrayText => continue,
                Err(error) => {
                    jobs.note(id, Err(error.reason));
                    continue;
                }
            };
            let feature = self.catalog().find(line.terms().feature.as_bytes());
            let Some(feature) = feature else {
                jobs.note(id, Err(Reason::UnknownFeature));
                continue;
            };
            let agrees = line.terms().eula.is_some()
                || self.catalog().feature(feature).is_some_and(|f| f.eula_name().is_some());
            if !agrees {
                jobs.note(id, Ok(()));
                continue;
            }
            let mut copy = [0; 256];
            let mut start = 0_usize;
            loop {
                // The host owns the text and takes the output: pieces go over the stack.
                let Some(text) = host.eula_text(feature) else {
                    jobs.note_cause(id, JobCause::InvalidLicenseEulaFile, None);
                    break;
                };
                let rest = text.get(start..).unwrap_or_default();
                let mut len = 0_usize;
                for (to, from) in copy.iter_mut().zip(rest) {
                    *to = *from;
                    len = len.saturating_add(1);
                }
                if len == 0 {
                    jobs.note(id, Ok(()));
                    break;
                }
                if host.output(copy.get(..len).unwrap_or_default()).is_err() {
                    return JobCause::InvalidLicenseEulaFile;
                }
                start = start.saturating_add(len);
            }
        }
        let found = jobs.get(id).is_some_and(|job| job.results > 0);
        match host.finish() {
            Err(()) => JobCause::InvalidLicenseEulaFile,
            Ok(()) if found => JobCause::None,
            Ok(()) => JobCause::InvalidLicenseFile,
        }
    }
}
