//! The callbacks, in the form in which the core asks for them.

use core::cell::Cell;
use core::ffi::c_void;

use nodelock::bytes::Sink;
use nodelock::crypto::SignatureVerifier;
use nodelock::limits::{MAX_PID_LEN, MAX_SN_LEN};
use nodelock::record::Message;
use nodelock::value::Signature;
use nodelock::{PublicKey, Reason, Udi};

use crate::config::{
    NODELOCK_NO_MORE, NODELOCK_SIGNATURE_INVALID, NODELOCK_SIGNATURE_VALID, nodelock_config,
    nodelock_udi,
};
use crate::ptr;

/// Hash and signature: the program's, or what is inside the library.
pub(crate) struct Crypto<'c> {
    config: &'c nodelock_config,
    /// The last failure of a callback.
    error: &'c Cell<i32>,
}

impl<'c> Crypto<'c> {
    pub(crate) const fn new(config: &'c nodelock_config, error: &'c Cell<i32>) -> Self {
        Self { config, error }
    }

    fn failure(&self, returned: i32) -> Reason {
        self.error.set(returned);
        Reason::CryptoFailure
    }

    fn done(&self, returned: i32) -> Result<(), Reason> {
        if returned == 0 { Ok(()) } else { Err(self.failure(returned)) }
    }
}

impl SignatureVerifier for Crypto<'_> {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        let config = self.config;
        let (Some(begin), Some(update), Some(finish)) =
            (config.sha256_begin, config.sha256_update, config.sha256_finish)
        else {
            return hash_inside(message);
        };
        // SAFETY: the program's function, called as the header says.
        self.done(unsafe { begin(config.user) })?;
        let mut sink = UpdateSink { update, user: config.user, returned: 0 };
        message.write(&mut sink);
        self.done(sink.returned)?;
        // In place: put into the result afterwards, it would be copied.
        let mut result = Ok([0; 32]);
        if let Ok(digest) = &mut result {
            // SAFETY: as above; there is room for 32 bytes.
            self.done(unsafe { finish(config.user, digest.as_mut_ptr()) })?;
        }
        result
    }

    fn verify(
        &self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> Result<(), Reason> {
        let Some(verify) = self.config.verify_signature else {
            #[cfg(feature = "pinned")]
            if !self.config.pinned.is_null() {
                // SAFETY: `check` has let the configuration pass, and what it points to stays.
                return unsafe {
                    crate::pinned::check_signature(self.config, key, digest, signature)
                };
            }
            return verify_inside(key, digest, signature);
        };
        let (key, signature) = (key.as_bytes().as_ptr(), signature.as_bytes().as_ptr());
        // SAFETY: the program's function, called as the header says, with 64, 32 and 64 bytes.
        match unsafe { verify(self.config.user, key, digest.as_ptr(), signature) } {
            NODELOCK_SIGNATURE_VALID => Ok(()),
            NODELOCK_SIGNATURE_INVALID => Err(Reason::SignatureMismatch),
            returned => Err(self.failure(returned)),
        }
    }
}

/// Passes the pieces of a message on, up to the first failure.
struct UpdateSink {
    update: unsafe extern "C" fn(*mut c_void, *const u8, usize) -> i32,
    user: *mut c_void,
    returned: i32,
}

impl Sink for UpdateSink {
    // A message is written in some twenty pieces.
    #[inline(never)]
    fn put(&mut self, bytes: &[u8]) {
        if self.returned == 0 {
            // SAFETY: the program's function, called as the header says.
            self.returned = unsafe { (self.update)(self.user, bytes.as_ptr(), bytes.len()) };
        }
    }
}

#[cfg(feature = "sha256")]
fn hash_inside(message: &Message<'_>) -> Result<[u8; 32], Reason> {
    Ok(nodelock::crypto::sha256(message))
}

/// Cannot happen: without a hash inside, nodelock_init insists on the callbacks.
#[cfg(not(feature = "sha256"))]
const fn hash_inside(_: &Message<'_>) -> Result<[u8; 32], Reason> {
    Err(Reason::CryptoFailure)
}

#[cfg(feature = "p256")]
fn verify_inside(key: &PublicKey, digest: &[u8; 32], signature: &Signature) -> Result<(), Reason> {
    nodelock::P256Verifier.verify(key, digest, signature)
}

#[cfg(all(feature = "agent", feature = "pinned", not(feature = "p256")))]
fn verify_inside(key: &PublicKey, digest: &[u8; 32], signature: &Signature) -> Result<(), Reason> {
    nodelock::PinnedVerifier::WITHOUT_KEYS.verify(key, digest, signature)
}

/// Cannot happen: without a check inside, nodelock_init insists on the callback.
#[cfg(not(any(feature = "p256", all(feature = "agent", feature = "pinned"))))]
const fn verify_inside(_: &PublicKey, _: &[u8; 32], _: &Signature) -> Result<(), Reason> {
    Err(Reason::CryptoFailure)
}

/// The UDI of one member of the stack.
///
/// The caller's promise: what the callback points to stays as it is for as long as the result is used.
pub(crate) unsafe fn read_udi<'u>(
    config: &nodelock_config,
    member: u32,
    error: &Cell<i32>,
) -> Result<Option<Udi<'u>>, Reason> {
    let read = config.read_udi.ok_or(Reason::UdiUnavailable)?;
    let mut out =
        nodelock_udi { pid: core::ptr::null(), pid_len: 0, sn: core::ptr::null(), sn_len: 0 };
    // SAFETY: the program's function, called as the header says.
    match unsafe { read(config.user, member, &raw mut out) } {
        0 => {}
        NODELOCK_NO_MORE => return Ok(None),
        returned => {
            error.set(returned);
            return Err(Reason::UdiUnavailable);
        }
    }
    // Before anything is read: a length that no UDI has is not believed.
    if out.pid_len > MAX_PID_LEN || out.sn_len > MAX_SN_LEN {
        return Err(Reason::UdiInvalid);
    }
    // SAFETY: NULL is refused, the lengths are small; the rest is the caller's promise.
    let parts = unsafe { (ptr::text(out.pid, out.pid_len), ptr::text(out.sn, out.sn_len)) };
    match parts {
        (Ok(pid), Ok(sn)) => Udi::new(pid, sn).map(Some),
        _ => Err(Reason::UdiInvalid),
    }
}
