//! Why a job or one of its licenses failed, in the numbers that fleet managers know.

use nodelock::job::JobCause;

use crate::result::{Code, NODELOCK_ERR_ARGUMENT};

/// Cause of a failure: none.
pub const NODELOCK_CAUSE_NONE: u32 = 1;
/// Cause of a failure: any that has no number of its own.
pub const NODELOCK_CAUSE_GENERAL_FAILURE: u32 = 2;
/// Cause of a failure: no way to fetch or send files like that.
pub const NODELOCK_CAUSE_TRANSFER_PROTOCOL_NOT_SUPPORTED: u32 = 3;
/// Cause of a failure: the server does not answer.
pub const NODELOCK_CAUSE_FILE_SERVER_NOT_REACHABLE: u32 = 4;
/// Cause of a failure: the stack has no such member.
pub const NODELOCK_CAUSE_UNRECOGNIZED_ENTITY: u32 = 5;
/// Cause of a failure: there is no such file.
pub const NODELOCK_CAUSE_INVALID_LICENSE_FILE_PATH: u32 = 6;
/// Cause of a failure: the file holds no license.
pub const NODELOCK_CAUSE_INVALID_LICENSE_FILE: u32 = 7;
/// Cause of a failure: the line cannot be read or trusted.
pub const NODELOCK_CAUSE_INVALID_LICENSE_LINE: u32 = 8;
/// Cause of a failure: the line is installed already.
pub const NODELOCK_CAUSE_LICENSE_ALREADY_EXISTS: u32 = 9;
/// Cause of a failure: the line is for another device.
pub const NODELOCK_CAUSE_LICENSE_NOT_VALID_FOR_DEVICE: u32 = 10;
/// Cause of a failure: the count of the line.
pub const NODELOCK_CAUSE_INVALID_LICENSE_COUNT: u32 = 11;
/// Cause of a failure: the period of the line.
pub const NODELOCK_CAUSE_INVALID_LICENSE_PERIOD: u32 = 12;
/// Cause of a failure: the line is in use.
pub const NODELOCK_CAUSE_LICENSE_IN_USE: u32 = 13;
/// Cause of a failure: the license storage does not work.
pub const NODELOCK_CAUSE_INVALID_LICENSE_STORE: u32 = 14;
/// Cause of a failure: the license storage is full.
pub const NODELOCK_CAUSE_LICENSE_STORAGE_FULL: u32 = 15;
/// Cause of a failure: there is no permission ticket.
pub const NODELOCK_CAUSE_INVALID_PERMISSION_TICKET_FILE: u32 = 16;
/// Cause of a failure: the permission ticket is none for this device.
pub const NODELOCK_CAUSE_INVALID_PERMISSION_TICKET: u32 = 17;
/// Cause of a failure: the file for the rehost ticket.
pub const NODELOCK_CAUSE_INVALID_REHOST_TICKET_FILE: u32 = 18;
/// Cause of a failure: there is no rehost ticket.
pub const NODELOCK_CAUSE_INVALID_REHOST_TICKET: u32 = 19;
/// Cause of a failure: the backup could not be written.
pub const NODELOCK_CAUSE_INVALID_LICENSE_BACKUP_FILE: u32 = 20;
/// Cause of a failure: lines are being cleared.
pub const NODELOCK_CAUSE_LICENSE_CLEAR_IN_PROGRESS: u32 = 21;
/// Cause of a failure: the agreement is not there, or could not be written.
pub const NODELOCK_CAUSE_INVALID_LICENSE_EULA_FILE: u32 = 22;

pub(super) fn cause(number: u32) -> Result<JobCause, Code> {
    let mut all = JobCause::ALL.into_iter();
    all.find(|&cause| cause as u32 == number).ok_or(Code(NODELOCK_ERR_ARGUMENT))
}
