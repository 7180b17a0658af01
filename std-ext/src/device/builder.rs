//! [`DeviceBuilder`].

use nodelock::crypto::SignatureVerifier;
use nodelock::limits::MAX_UDIS;
use nodelock::{P256Verifier, PublicKey, Role, TrustAnchor, Udi};

use super::{Device, OwnUdis};
use crate::error::Error;
use crate::pem::public_key_from_pem;

/// What a [`Device`] is made from: whom it trusts, and who it is. Everything is checked by
/// [`build`](Self::build).
#[derive(Debug)]
pub struct DeviceBuilder<V = P256Verifier> {
    anchors: Vec<Anchor>,
    udis: Vec<String>,
    accepts_development: bool,
    verifier: V,
}

#[derive(Debug)]
enum Anchor {
    Given(TrustAnchor),
    Read(Option<PublicKey>, Role),
}

impl DeviceBuilder {
    pub(crate) const fn new() -> Self {
        Self {
            anchors: Vec::new(),
            udis: Vec::new(),
            accepts_development: false,
            verifier: P256Verifier,
        }
    }
}

impl<V: SignatureVerifier> DeviceBuilder<V> {
    /// Trusts a root key of the vendor.
    #[must_use]
    pub fn trust(mut self, anchor: TrustAnchor) -> Self {
        self.anchors.push(Anchor::Given(anchor));
        self
    }

    /// Trusts the root key in a PEM text, best built in with `include_str!`.
    #[must_use]
    pub fn trust_pem(mut self, pem: &str, role: Role) -> Self {
        self.anchors.push(Anchor::Read(public_key_from_pem(pem), role));
        self
    }

    /// A UDI of the device, `PID:SN`. A stack gives one for each member, in their order; without
    /// any, only lines that are locked to no device can be installed.
    #[must_use]
    pub fn udi(mut self, udi: impl Into<String>) -> Self {
        self.udis.push(udi.into());
        self
    }

    /// Accepts keys with the role "development" too. Never in a product that ships: who has the
    /// development key has every feature.
    #[must_use]
    pub fn danger_accept_development_keys(mut self) -> Self {
        self.accepts_development = true;
        self
    }

    /// Checks signatures with something else than the crate `p256`.
    #[must_use]
    pub fn verifier<W: SignatureVerifier>(self, verifier: W) -> DeviceBuilder<W> {
        let Self { anchors, udis, accepts_development, verifier: _ } = self;
        DeviceBuilder { anchors, udis, accepts_development, verifier }
    }

    /// Makes the device, without any rights yet.
    ///
    /// # Errors
    /// [`Error::NoTrustAnchor`], [`Error::Pem`], [`Error::TrustAnchor`], [`Error::Udi`],
    /// [`Error::TooManyUdis`].
    pub fn build(self) -> Result<Device<V>, Error> {
        let mut anchors = Vec::with_capacity(self.anchors.len());
        for anchor in self.anchors {
            let anchor = match anchor {
                Anchor::Given(anchor) => anchor,
                Anchor::Read(key, role) => TrustAnchor::new(key.ok_or(Error::Pem)?, role),
            };
            anchor
                .check(&self.verifier)
                .map_err(|reason| Error::TrustAnchor { id: anchor.id, reason })?;
            anchors.push(anchor);
        }
        if anchors.is_empty() {
            return Err(Error::NoTrustAnchor);
        }
        if self.udis.len() > MAX_UDIS {
            return Err(Error::TooManyUdis);
        }
        for text in &self.udis {
            Udi::parse(text.as_bytes())
                .map_err(|reason| Error::Udi { text: text.clone(), reason })?;
        }
        Ok(Device::new(anchors, OwnUdis(self.udis), self.accepts_development, self.verifier))
    }
}
