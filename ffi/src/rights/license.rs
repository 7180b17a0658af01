//! What a license says, and what became of the records of a file.

use core::ffi::c_char;

use nodelock::limits::MAX_FEATURE_LEN;
use nodelock::record::Record;
use nodelock::rights::{Right, Tally};
use nodelock::value::{Combine, Count, Date, ExpiryPolicy};
#[cfg(feature = "agent")]
use nodelock::{Reason, rights::InstallEffect};

use crate::config::{
    NODELOCK_RECORD_KEY, NODELOCK_RECORD_LICENSE, NODELOCK_RECORD_NONE, NODELOCK_RECORD_REPAIR,
    NODELOCK_RECORD_TRANSFER, nodelock_record,
};
use crate::result::nodelock_result;
#[cfg(feature = "agent")]
use crate::result::{Code, NODELOCK_OK, number};
use crate::verdict::{NODELOCK_LINE_ID_LEN, NODELOCK_VERSION_PARTS};

/// Size of an array for a feature name and its NUL.
pub const NODELOCK_FEATURE_SIZE: usize = 65;
const _: () = assert!(NODELOCK_FEATURE_SIZE == MAX_FEATURE_LEN + 1);

/// In place of a date: the line has none.
pub const NODELOCK_NO_DATE: u32 = 0xFFFF_FFFF;
/// In place of a number of units: no limit.
pub const NODELOCK_UNCOUNTED: u64 = 0xFFFF_FFFF_FFFF_FFFF;
/// In place of a member: the line is not locked to a device.
pub const NODELOCK_NOT_LOCKED: i32 = -1;

/// License type: trial, metered by running time.
pub const NODELOCK_TYPE_EVALUATION: u32 = 1;
/// License type: longer trial, approved by the vendor.
pub const NODELOCK_TYPE_EXTENSION: u32 = 2;
/// License type: bridges the time after a right was moved to another device.
pub const NODELOCK_TYPE_GRACE: u32 = 3;
/// License type: without end, on one device.
pub const NODELOCK_TYPE_PERMANENT: u32 = 4;
/// License type: paid for, until a date.
pub const NODELOCK_TYPE_SUBSCRIPTION: u32 = 5;
/// License type: trial until a date, once for each UDI.
pub const NODELOCK_TYPE_EVALUATION_SUBSCRIPTION: u32 = 6;
/// License type: trial until a date, may be repeated.
pub const NODELOCK_TYPE_EXTENSION_SUBSCRIPTION: u32 = 7;
/// License type: trial that turns into a right to use.
pub const NODELOCK_TYPE_EVALUATION_RIGHT_TO_USE: u32 = 8;
/// License type: what that trial turns into.
pub const NODELOCK_TYPE_RIGHT_TO_USE: u32 = 9;
/// License type: right to use that the operator activates.
pub const NODELOCK_TYPE_PERMANENT_RIGHT_TO_USE: u32 = 10;

/// Units of a line stand for themselves; of several such lines the largest counts.
pub const NODELOCK_COMBINE_EXCLUSIVE: u32 = 0;
/// Units of a line are added to those of others.
pub const NODELOCK_COMBINE_ADDITIVE: u32 = 1;

/// A right that ends while it is in use goes on until the next reboot.
pub const NODELOCK_EXPIRY_UNTIL_REBOOT: u32 = 0;
/// A right that ends while it is in use ends at once.
pub const NODELOCK_EXPIRY_IMMEDIATE: u32 = 1;
/// A right that ends while it is in use goes on, and is reported.
pub const NODELOCK_EXPIRY_REPORT: u32 = 2;

/// An installed license.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_license {
    /// Units, or NODELOCK_UNCOUNTED.
    pub count: u64,
    /// Running time in seconds, of metered types; else 0.
    pub usage_seconds: u64,
    /// Day of issue, in days since 1970-01-01.
    pub issued: u32,
    /// First day, in days since 1970-01-01, or NODELOCK_NO_DATE.
    pub start: u32,
    /// Last day, in days since 1970-01-01, or NODELOCK_NO_DATE.
    pub end: u32,
    /// NODELOCK_TYPE_...
    pub license_type: u32,
    /// NODELOCK_COMBINE_...
    pub combine: u32,
    /// NODELOCK_EXPIRY_...
    pub expiry: u32,
    /// Member of the stack that it is locked to, from 0, or NODELOCK_NOT_LOCKED.
    pub member: i32,
    /// The highest version that it covers: four parts, missing ones are 0.
    pub version: [u16; NODELOCK_VERSION_PARTS],
    /// Id of the line.
    pub line_id: [u8; NODELOCK_LINE_ID_LEN],
    /// Length of feature in bytes, without NUL.
    pub feature_len: u8,
    /// Name of the feature, with NUL.
    pub feature: [c_char; NODELOCK_FEATURE_SIZE],
}

// Nothing in it but its fields, so that no stray byte of the stack gets to the caller.
const _: () = assert!(core::mem::size_of::<nodelock_license>() == 128);

impl nodelock_license {
    pub(crate) fn of(right: &Right) -> Self {
        let days = |date: Option<Date>| date.map_or(NODELOCK_NO_DATE, Date::days);
        let mut feature = [0; NODELOCK_FEATURE_SIZE];
        for (to, &from) in feature.iter_mut().zip(right.feature()) {
            *to = c_char::from_ne_bytes([from]);
        }
        Self {
            count: units(right.count()),
            usage_seconds: right.usage().map_or(0, |period| period.seconds()),
            issued: right.issued().days(),
            start: days(right.start()),
            end: days(right.end()),
            license_type: right.license_type() as u32,
            combine: match right.combine() {
                Combine::Exclusive => NODELOCK_COMBINE_EXCLUSIVE,
                Combine::Additive => NODELOCK_COMBINE_ADDITIVE,
            },
            expiry: match right.expiry() {
                ExpiryPolicy::UntilReboot => NODELOCK_EXPIRY_UNTIL_REBOOT,
                ExpiryPolicy::Immediate => NODELOCK_EXPIRY_IMMEDIATE,
                ExpiryPolicy::Report => NODELOCK_EXPIRY_REPORT,
            },
            member: right.member().map_or(NODELOCK_NOT_LOCKED, i32::from),
            version: right.version().parts(),
            line_id: right.id().0,
            feature_len: u8::try_from(right.feature().len()).unwrap_or_default(),
            feature,
        }
    }
}

pub(crate) const fn units(count: Count) -> u64 {
    match count {
        Count::Uncounted => NODELOCK_UNCOUNTED,
        Count::Units(units) => units,
    }
}

/// How many records of a file were installed, refused and so on.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nodelock_tally {
    /// Lines newly installed.
    pub installed: u32,
    /// Lines that were there already.
    pub existing: u32,
    /// Delegated keys taken in; they count for the rest of the same file.
    pub keys: u32,
    /// Lines for other devices, left alone.
    pub for_others: u32,
    /// Records refused for any other reason.
    pub refused: u32,
    /// Number of the first record that was refused; 0 if none was.
    pub first_refused: u32,
    /// Why it was refused; NODELOCK_OK if none was.
    pub first_refusal: nodelock_result,
    /// Pieces of text that belong to no record, such as a greeting; they do no harm.
    pub stray: u32,
}

impl nodelock_tally {
    #[cfg(feature = "agent")]
    pub(crate) const NOTHING: Self = Self {
        installed: 0,
        existing: 0,
        keys: 0,
        for_others: 0,
        refused: 0,
        first_refused: 0,
        first_refusal: NODELOCK_OK,
        stray: 0,
    };

    /// Counts what became of one record.
    #[cfg(feature = "agent")]
    pub(crate) fn add(&mut self, record: u32, result: Result<InstallEffect, Reason>) {
        let Self { installed, existing, keys, for_others, refused, stray, .. } = *self;
        let mut tally = Tally { installed, existing, keys, for_others, refused, stray };
        tally.count(result);
        let mut first = (self.first_refused, self.first_refusal);
        if first.0 == 0 && result.is_err_and(Tally::is_refusal) {
            first = (record, number(result.map(drop).map_err(Code::from)));
        }
        *self = Self::of(&tally, first);
    }

    /// With the first refusal, and its number.
    pub(crate) const fn of(tally: &Tally, first: (u32, nodelock_result)) -> Self {
        Self {
            installed: tally.installed,
            existing: tally.existing,
            keys: tally.keys,
            for_others: tally.for_others,
            refused: tally.refused,
            first_refused: first.0,
            first_refusal: first.1,
            stray: tally.stray,
        }
    }
}

pub(crate) fn describe(
    number: u32,
    offset: usize,
    found: Option<&Record<'_>>,
    result: i32,
) -> nodelock_record {
    let mut record = nodelock_record {
        number,
        result,
        offset,
        feature: core::ptr::null(),
        feature_len: 0,
        kind: NODELOCK_RECORD_NONE,
        line_id: [0; NODELOCK_LINE_ID_LEN],
        effect: 0,
        reserved: 0,
    };
    match found {
        None => {}
        Some(Record::Key(_)) => record.kind = NODELOCK_RECORD_KEY,
        Some(Record::Repair(repair)) => {
            record.kind = NODELOCK_RECORD_REPAIR;
            record.line_id = repair.terms().id.0;
        }
        Some(Record::License(line)) => {
            let name = line.terms().feature.as_bytes();
            record.kind = NODELOCK_RECORD_LICENSE;
            record.feature = name.as_ptr().cast();
            record.feature_len = name.len();
            record.line_id = line.terms().id.0;
        }
        Some(_) => record.kind = NODELOCK_RECORD_TRANSFER,
    }
    record
}

/// The name of a license type as it stands in a line, e.g. "permanent".
///
/// license_type  Any number; for one that is no NODELOCK_TYPE_... it is "unknown".
///
/// Returns a string in read-only memory, never NULL. It must not be freed.
/// Threads: any, at any time. ISR: yes.
#[unsafe(no_mangle)]
pub extern "C" fn nodelock_type_name(license_type: u32) -> *const c_char {
    let name: &'static [u8] = match license_type {
        NODELOCK_TYPE_EVALUATION => b"evaluation\0",
        NODELOCK_TYPE_EXTENSION => b"extension\0",
        NODELOCK_TYPE_GRACE => b"grace\0",
        NODELOCK_TYPE_PERMANENT => b"permanent\0",
        NODELOCK_TYPE_SUBSCRIPTION => b"subscription\0",
        NODELOCK_TYPE_EVALUATION_SUBSCRIPTION => b"evaluation-subscription\0",
        NODELOCK_TYPE_EXTENSION_SUBSCRIPTION => b"extension-subscription\0",
        NODELOCK_TYPE_EVALUATION_RIGHT_TO_USE => b"evaluation-right-to-use\0",
        NODELOCK_TYPE_RIGHT_TO_USE => b"right-to-use\0",
        NODELOCK_TYPE_PERMANENT_RIGHT_TO_USE => b"permanent-right-to-use\0",
        _ => b"unknown\0",
    };
    name.as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NODELOCK_ROLE_DEVELOPMENT, NODELOCK_ROLE_EVALUATION, NODELOCK_ROLE_PRODUCTION};
    use nodelock::Role;
    use nodelock::value::LicenseType;

    #[test]
    fn types_and_roles_have_the_numbers_of_the_core() {
        for kind in LicenseType::ALL {
            // SAFETY: ends with NUL, lives for ever.
            let name = unsafe { core::ffi::CStr::from_ptr(nodelock_type_name(kind as u32)) };
            assert_eq!(name.to_str(), Ok(kind.name()));
        }
        for number in [0, 11, u32::MAX] {
            // SAFETY: ends with NUL, lives for ever.
            let name = unsafe { core::ffi::CStr::from_ptr(nodelock_type_name(number)) };
            assert_eq!(name, c"unknown");
        }
        assert_eq!(NODELOCK_ROLE_PRODUCTION, Role::Production as u32);
        assert_eq!(NODELOCK_ROLE_EVALUATION, Role::Evaluation as u32);
        assert_eq!(NODELOCK_ROLE_DEVELOPMENT, Role::Development as u32);
    }
}
