//! `explain`: why a feature may run or not, for people.

use std::fmt::{self, Write};

use nodelock::crypto::SignatureVerifier;
use nodelock::rights::Verdict;
use nodelock::value::FeatureRequest;

use super::Device;

impl<V: SignatureVerifier> Device<V> {
    /// Writes why a feature may run or not: the verdict, then every line that was considered.
    ///
    /// ```
    /// # use nodelock_std::{Device, PublicKey, Role, TrustAnchor};
    /// # let anchor = TrustAnchor::new(PublicKey::from_xy([1; 64]), Role::Production);
    /// # let device = Device::builder().trust(anchor).build()?;
    /// let mut text = String::new();
    /// device.explain("voice", &mut text).unwrap();
    /// assert_eq!(
    ///     text,
    ///     "voice is denied: no installed line is for this feature; \
    ///      install a license for this feature and this device\n"
    /// );
    /// # Ok::<(), nodelock_std::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the writer reports.
    pub fn explain(&self, feature: &str, out: &mut impl Write) -> fmt::Result {
        self.explain_units(feature, 1, out)
    }

    /// The same for several units.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn explain_units(&self, feature: &str, units: u64, out: &mut impl Write) -> fmt::Result {
        match self.check_units(feature, units) {
            Verdict::Granted(grant) => {
                writeln!(out, "{feature} is granted: {} licensed", grant.licensed)?;
            }
            Verdict::Denied(denial) => {
                writeln!(out, "{}", self.denied(feature, units, denial))?;
            }
        }
        let Ok(request) = FeatureRequest::parse(feature.as_bytes()) else { return Ok(()) };
        for (right, alone) in self.view().explain(&request.units(units)) {
            let (kind, version) = (right.license_type().name(), right.version());
            write!(out, "  line {}: {kind} {version}, {}", right.id(), right.count())?;
            if let Some(member) = right.member() {
                write!(out, ", {}", self.udi_of(member))?;
            }
            match alone {
                Ok(()) => writeln!(out, ": enough")?,
                Err(reason) => writeln!(out, ": {reason}")?,
            }
        }
        Ok(())
    }
}
