//! Whether a line is what the vendor has signed, whoever it is for.

use crate::agent::{Agent, Ports};
use crate::reason::Reason;
use crate::record::{KeyRecord, Line};
use crate::trust::{KeyRing, KeySlot};

impl<P: Ports> Agent<'_, P> {
    /// Checks the signature of a line, which [`install`](Self::install) does not look at if the line is for another
    /// device: its `udi=` may have been damaged on the way. `delegation` is the `KEY` record of its signer, if it has
    /// one.
    ///
    /// # Errors
    /// [`Reason::UnknownKey`] if nobody can tell; [`Reason::SignatureMismatch`] and the other reasons of signatures.
    pub fn check_signature(
        &self,
        line: &Line<'_>,
        delegation: Option<&KeyRecord<'_>>,
    ) -> Result<(), Reason> {
        let mut slots = [KeySlot::EMPTY; 1];
        let mut ring = KeyRing::new(self.product.anchors, &mut slots);
        if self.product.rules.danger_accept_development_keys {
            ring = ring.danger_accept_development_keys();
        }
        if let Some(key) = delegation {
            self.admit_key(key, &mut ring)?;
        }
        line.verify(&ring, &self.journal.vault.verifier).map(|_| ())
    }
}
