//! [`BoundLine`]: verified, and for this device.

use crate::reason::Reason;
use crate::record::LicenseTerms;
use crate::trust::VerifiedLine;
use crate::value::udi::UdiSource;

/// A verified line that names a UDI of this device, or none at all. Only such a line can be
/// installed or grant anything.
#[derive(Debug, Clone, Copy)]
pub struct BoundLine<'l> {
    line: VerifiedLine<'l>,
    member: Option<u8>,
}

impl<'l> VerifiedLine<'l> {
    /// Compares the UDI in the line with the device's own, in full.
    ///
    /// # Errors
    /// [`Reason::OtherDevice`], [`Reason::UdiUnavailable`], or what the source reports.
    pub fn bind<U: UdiSource + ?Sized>(self, device: &U) -> Result<BoundLine<'l>, Reason> {
        let member = match &self.terms().udi {
            None => None,
            Some(udi) => Some(device.member_with(udi)?.ok_or(Reason::OtherDevice)?),
        };
        Ok(BoundLine { line: self, member })
    }
}

impl<'l> BoundLine<'l> {
    /// The verified line.
    #[must_use]
    pub const fn verified(&self) -> &VerifiedLine<'l> {
        &self.line
    }

    /// What the vendor has signed.
    #[must_use]
    pub const fn terms(&self) -> &'l LicenseTerms<'l> {
        self.line.terms()
    }

    /// The member of the stack that it is locked to, counted from 0; `None` if it is not locked.
    #[must_use]
    pub const fn member(&self) -> Option<u8> {
        self.member
    }
}
