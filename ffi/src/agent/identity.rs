//! The device as the agent knows it: its UDIs, and the key with which it proves its words.

use core::cell::Cell;
use core::ffi::c_void;

use nodelock::value::{Signature, UdiSource};
use nodelock::{PublicKey, Reason, Udi};

use crate::agent::config::nodelock_agent_config;
use crate::udis::Udis;

/// Signs a digest of 32 bytes: r and s, 64 bytes.
type Sign = unsafe extern "C" fn(user: *mut c_void, digest: *const u8, signature: *mut u8) -> i32;

/// Who the device is.
pub(crate) struct Identity<'u> {
    udis: Udis<'u>,
    key: Option<(PublicKey, Sign)>,
    user: *mut c_void,
    error: &'u Cell<i32>,
}

impl<'u> Identity<'u> {
    /// The caller's promise: `device_key` is NULL or leads to 64 bytes.
    pub(super) unsafe fn new(
        udis: Udis<'u>,
        config: &nodelock_agent_config,
        user: *mut c_void,
        error: &'u Cell<i32>,
    ) -> Self {
        let sign = config.device_sign.filter(|_| !config.device_key.is_null());
        // SAFETY: bytes have no alignment; the rest is the caller's promise.
        let xy = |_: &Sign| unsafe { config.device_key.cast::<[u8; 64]>().read() };
        let key = sign.map(|sign| (PublicKey::from_xy(xy(&sign)), sign));
        Self { udis, key, user, error }
    }
}

impl UdiSource for Identity<'_> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.udis.udi(member)
    }

    fn public_key(&self) -> Option<PublicKey> {
        self.key.map(|(key, _)| key)
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        let (_, sign) = self.key.ok_or(Reason::SigningFailed)?;
        let mut signature = [0; 64];
        // SAFETY: the program's function, called as the header says.
        match unsafe { sign(self.user, digest.as_ptr(), signature.as_mut_ptr()) } {
            0 => Ok(Signature::from_rs(signature)),
            code => {
                self.error.set(code);
                Err(Reason::SigningFailed)
            }
        }
    }
}
