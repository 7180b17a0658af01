//! [`DeviceBuilder`].

use nodelock::crypto::SignatureVerifier;
use nodelock::limits::MAX_UDIS;
use nodelock::{P256Verifier, PublicKey, Role, TrustAnchor, Udi};

use super::{Device, OwnUdis};
use crate::error::Error;
use crate::pem::public_key_with_role;

/// What a [`Device`] is made from: whom it trusts, and who it is. Everything is checked by
/// [`build`](Self::build).
#[derive(Debug)]
pub struct DeviceBuilder<V = P256Verifier> {
    anchors: Vec<Anchor>,
    udis: Vec<String>,
    accepts_development: bool,
    verifier: V,
}

/// A trust anchor, checked only when something is made with it.
#[derive(Debug)]
pub(crate) enum Anchor {
    Given(TrustAnchor),
    Read(Option<PublicKey>, Role),
}

impl Anchor {
    pub(crate) fn read(pem: &str, role: Role) -> Self {
        Self::Read(public_key_with_role(pem, role), role)
    }
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
        self.anchors.push(Anchor::read(pem, role));
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
        let anchors = checked_anchors(self.anchors, &self.verifier)?;
        let udis = checked_udis(self.udis)?;
        Ok(Device::new(anchors, udis, self.accepts_development, self.verifier))
    }
}

/// At least one, and each with the id of its key.
pub(crate) fn checked_anchors<V: SignatureVerifier>(
    given: Vec<Anchor>,
    verifier: &V,
) -> Result<Vec<TrustAnchor>, Error> {
    let mut anchors = Vec::with_capacity(given.len());
    for anchor in given {
        let anchor = match anchor {
            Anchor::Given(anchor) => anchor,
            Anchor::Read(key, role) => TrustAnchor::new(key.ok_or(Error::Pem)?, role),
        };
        anchor.check(verifier).map_err(|reason| Error::TrustAnchor { id: anchor.id, reason })?;
        anchors.push(anchor);
    }
    if anchors.is_empty() { Err(Error::NoTrustAnchor) } else { Ok(anchors) }
}

/// At most as many as a stack has members, and each `PID:SN`.
pub(crate) fn checked_udis(udis: Vec<String>) -> Result<OwnUdis, Error> {
    if udis.len() > MAX_UDIS {
        return Err(Error::TooManyUdis);
    }
    for text in &udis {
        Udi::parse(text.as_bytes()).map_err(|reason| Error::Udi { text: text.clone(), reason })?;
    }
    Ok(OwnUdis(udis))
}
