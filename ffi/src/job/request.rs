//! What a job shall do.

use nodelock::job::{Action, JobRequest};
use nodelock::value::LineId;

use crate::agent::flag;
use crate::result::{Code, NODELOCK_ERR_ARGUMENT, NODELOCK_ERR_RESERVED};
use crate::verdict::NODELOCK_LINE_ID_LEN;

/// Action of a job: nothing.
pub const NODELOCK_ACTION_NO_OP: u32 = 1;
/// Action of a job: install the lines of a file.
pub const NODELOCK_ACTION_INSTALL: u32 = 2;
/// Action of a job: clear a line.
pub const NODELOCK_ACTION_CLEAR: u32 = 3;
/// Action of a job: carry out a permission ticket. No device has been given one yet: it fails.
pub const NODELOCK_ACTION_PROCESS_PERMISSION_TICKET: u32 = 4;
/// Action of a job: give the last rehost ticket once more. There is none yet: it fails.
pub const NODELOCK_ACTION_REGENERATE_LAST_REHOST_TICKET: u32 = 5;
/// Action of a job: give every installed line.
pub const NODELOCK_ACTION_BACKUP: u32 = 6;
/// Action of a job: give the agreements that the lines of a file need.
pub const NODELOCK_ACTION_GENERATE_EULA: u32 = 7;

/// What a job shall do. Begin with zeros.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_job_request {
    /// NODELOCK_ACTION_...
    pub action: u32,
    /// Member of the stack, from 0. Its lines only are installed, cleared or backed up.
    pub member: u32,
    /// 1 to stop at the first license that fails, else 0.
    pub stop_on_failure: u32,
    /// 1 to accept the agreements of what is installed, else 0.
    pub accept_eula: u32,
    /// Id of the line to clear; not used by other actions.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// 0.
    pub reserved: [u8; 6],
}

impl nodelock_job_request {
    pub(super) fn open(&self) -> Result<JobRequest, Code> {
        let action = match self.action {
            NODELOCK_ACTION_NO_OP => Action::NoOp,
            NODELOCK_ACTION_INSTALL => Action::Install,
            NODELOCK_ACTION_CLEAR => Action::Clear,
            NODELOCK_ACTION_PROCESS_PERMISSION_TICKET => Action::ProcessPermissionTicket,
            NODELOCK_ACTION_REGENERATE_LAST_REHOST_TICKET => Action::RegenerateLastRehostTicket,
            NODELOCK_ACTION_BACKUP => Action::Backup,
            NODELOCK_ACTION_GENERATE_EULA => Action::GenerateEula,
            _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
        };
        if self.reserved != [0; 6] {
            return Err(Code(NODELOCK_ERR_RESERVED));
        }
        Ok(JobRequest {
            action,
            member: u8::try_from(self.member).map_err(|_| Code(NODELOCK_ERR_ARGUMENT))?,
            line: (action == Action::Clear).then_some(LineId(self.line_id)),
            stop_on_failure: flag(self.stop_on_failure)?,
            accept_eula: flag(self.accept_eula)?,
        })
    }

    pub(super) fn of(request: &JobRequest) -> Self {
        Self {
            action: request.action as u32,
            member: u32::from(request.member),
            stop_on_failure: u32::from(request.stop_on_failure),
            accept_eula: u32::from(request.accept_eula),
            line_id: request.line.map_or([0; NODELOCK_LINE_ID_LEN], |id| id.0),
            reserved: [0; 6],
        }
    }
}
