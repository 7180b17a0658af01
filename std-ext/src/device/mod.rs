//! [`Device`]: the rights of a device in memory of its own.

mod builder;
mod explain;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::path::Path;

use nodelock::crypto::SignatureVerifier;
use nodelock::limits::MAX_FILE_LEN;
use nodelock::rights::{Answer, Entitlements, Grant, Right, RightsView, Slot, Verdict};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::{FeatureRequest, UdiSource};
use nodelock::{Denial, P256Verifier, Reason, TrustAnchor, Udi};

pub use builder::DeviceBuilder;
pub(crate) use builder::{Anchor, checked_anchors, checked_udis};

use crate::error::Error;
use crate::files;
use crate::reading::Reading;
use crate::report::{InstallReport, Rows};
use crate::visible::visible;

/// A licensed device without a clock and without memory of its past: who it is, whom it trusts, and what
/// permanent licenses let it do.
///
/// **It denies trials, subscriptions and all other types**, with [`Reason::NeedsAgent`]: what is metered or
/// dated needs somebody who watches the time. For products there is the [`Service`](crate::Service); this is
/// for tools that look at license files once.
#[derive(Debug)]
pub struct Device<V = P256Verifier> {
    anchors: Vec<TrustAnchor>,
    udis: OwnUdis,
    accepts_development: bool,
    verifier: V,
    slots: Vec<Slot>,
}

impl Device {
    /// Begins with nothing: no trust anchor, no UDI.
    #[must_use]
    pub const fn builder() -> DeviceBuilder {
        DeviceBuilder::new()
    }
}

impl<V: SignatureVerifier> Device<V> {
    pub(crate) const fn new(
        anchors: Vec<TrustAnchor>,
        udis: OwnUdis,
        accepts_development: bool,
        verifier: V,
    ) -> Self {
        Self { anchors, udis, accepts_development, verifier, slots: Vec::new() }
    }

    /// Installs every line of a license file in any form that is for this device. What was done to the file on
    /// its way, e.g. by a mail program, is [undone](Reading).
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::TooLarge`].
    pub fn install_file(&mut self, path: impl AsRef<Path>) -> Result<InstallReport, Error> {
        let path = path.as_ref();
        let bytes = files::read(path, MAX_FILE_LEN).map_err(|source| match source.kind() {
            io::ErrorKind::FileTooLarge => Error::TooLarge { path: Some(path.to_owned()) },
            _ => Error::Read { path: path.to_owned(), source },
        })?;
        Ok(self.install(&bytes))
    }

    /// The same for a license file in memory.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn install_bytes(&mut self, file: &[u8]) -> Result<InstallReport, Error> {
        if file.len() > MAX_FILE_LEN {
            return Err(Error::TooLarge { path: None });
        }
        Ok(self.install(file))
    }

    /// May this run? `NAME` or `NAME:VERSION`, one unit. A name that no feature can have is
    /// denied, with that reason.
    pub fn check(&self, feature: &str) -> Verdict {
        self.check_units(feature, 1)
    }

    /// May this many units run?
    pub fn check_units(&self, feature: &str, units: u64) -> Verdict {
        match FeatureRequest::parse(feature.as_bytes()) {
            Ok(request) => self.view().check(&request.units(units)),
            Err(reason) => Verdict::Denied(Denial {
                reason,
                closest: None,
                needed: units,
                licensed: 0,
                version: None,
            }),
        }
    }

    /// As [`check`](Self::check), for use with `?`.
    ///
    /// # Errors
    /// [`Denied`], which says why and what to do.
    pub fn require(&self, feature: &str) -> Result<Grant, Denied> {
        self.require_units(feature, 1)
    }

    /// As [`check_units`](Self::check_units), for use with `?`.
    ///
    /// # Errors
    /// [`Denied`], which says why and what to do.
    pub fn require_units(&self, feature: &str, units: u64) -> Result<Grant, Denied> {
        match self.check_units(feature, units) {
            Verdict::Granted(grant) => Ok(grant),
            Verdict::Denied(denial) => Err(self.denied(feature, units, denial)),
        }
    }

    /// A denial with the fact that decided.
    fn denied(&self, feature: &str, units: u64, denial: Denial) -> Denied {
        match FeatureRequest::parse(feature.as_bytes()) {
            Ok(request) => {
                Denied::of(feature.to_owned(), denial, &self.view().answer(&request.units(units)))
            }
            Err(_) => Denied::new(feature.to_owned(), denial),
        }
    }

    /// All rights, in the order of installation.
    pub fn rights(&self) -> impl Iterator<Item = &Right> {
        self.view().rights()
    }

    pub(crate) fn view(&self) -> RightsView<'_> {
        RightsView::new(&self.slots)
    }

    /// The UDI of a member, counted from 0.
    pub(crate) fn udi_of(&self, member: u8) -> &str {
        self.udis.0.get(usize::from(member)).map_or("", String::as_str)
    }

    /// Memory grows only for lines that are verified and for this device. So the file is tried
    /// with the room that there is, and again from the same state where that did not do.
    fn install(&mut self, file: &[u8]) -> InstallReport {
        let reading = Reading::of_bytes(file);
        let mut slots = self.slots.len() + 16;
        let mut keys = 4;
        loop {
            let mut trial = self.slots.clone();
            trial.resize(slots, Slot::EMPTY);
            let mut key_slots = vec![KeySlot::EMPTY; keys];
            let mut ring = KeyRing::new(&self.anchors, &mut key_slots);
            if self.accepts_development {
                ring = ring.danger_accept_development_keys();
            }
            let mut rights = Entitlements::new(&mut trial);
            let mut rows = Rows::new(&reading);
            nodelock::rights::install(
                reading.bytes(),
                &mut ring,
                &self.verifier,
                &self.udis,
                &mut rights,
                |report| {
                    rows.push(report.number, report.offset, report.record, report.result);
                },
            );
            let more = (rows.count(Reason::SlotsFull), rows.count(Reason::KeySlotsFull));
            if more == (0, 0) {
                let used = rights.rights().count();
                trial.truncate(used);
                self.slots = trial;
                return rows.report();
            }
            slots += more.0;
            keys += more.1;
        }
    }
}

/// The UDIs of the device, each of which the builder has parsed once.
#[derive(Debug)]
pub(crate) struct OwnUdis(pub(crate) Vec<String>);

impl UdiSource for OwnUdis {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.0.get(usize::from(member)).map(|text| Udi::parse(text.as_bytes())).transpose()
    }
}

/// A feature that may not run. Printed, it says why and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denied {
    /// What was asked for.
    pub feature: String,
    /// Why not.
    pub denial: Denial,
    /// Why not in words, with the fact that decided.
    pub why: Box<str>,
    /// What can be done about it.
    pub remedy: Box<str>,
}

impl Denied {
    pub(crate) fn new(feature: String, denial: Denial) -> Self {
        let (why, remedy) = (denial.to_string().into(), denial.reason.remedy().into());
        Self { feature, denial, why, remedy }
    }

    /// The same with what is known beside it.
    pub(crate) fn of(feature: String, denial: Denial, answer: &Answer<'_>) -> Self {
        let (why, remedy) = (answer.to_string().into(), answer.remedy().to_string().into());
        Self { feature, denial, why, remedy }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is denied: {}; {}", visible(&self.feature), self.why, self.remedy)
    }
}

impl std::error::Error for Denied {}
