//! UDI: the immutable identity of a device, `PID:SN`.

use crate::bytes::sink::Sink;
use crate::bytes::text::Text;
use crate::bytes::writer::number;
use crate::convert::borrowed_text;
use crate::limits::{MAX_PID_LEN, MAX_SN_LEN, MAX_UDIS};
use crate::reason::Reason;
use crate::value::key::PublicKey;
use crate::value::signature::Signature;

/// Product id and serial number of one device, borrowed from wherever they stand.
///
/// Compared byte by byte, so case matters. The VID is no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Udi<'a> {
    pid: Text<'a>,
    sn: Text<'a>,
}

impl<'a> Udi<'a> {
    /// From its two parts.
    ///
    /// # Errors
    /// [`Reason::UdiInvalid`] if a part is empty, longer than [`MAX_PID_LEN`] or [`MAX_SN_LEN`],
    /// not printable ASCII, or if the PID has a `:` or `,`.
    pub fn new(pid: &'a [u8], sn: &'a [u8]) -> Result<Self, Reason> {
        Self::from_parts(pid, sn).ok_or(Reason::UdiInvalid)
    }

    /// From `PID:SN`. The first colon ends the PID, so that serial numbers may have some.
    ///
    /// # Errors
    /// [`Reason::BadUdi`].
    ///
    /// ```
    /// let udi = nodelock::Udi::parse(b"ISR4331/K9:FDO1234ABCD")?;
    /// assert_eq!(udi.pid().as_str(), "ISR4331/K9");
    /// assert_eq!(udi.sn().as_str(), "FDO1234ABCD");
    /// # Ok::<(), nodelock::Reason>(())
    /// ```
    pub fn parse(text: &'a [u8]) -> Result<Self, Reason> {
        let colon = text.iter().position(|&b| b == b':').ok_or(Reason::BadUdi)?;
        let (pid, rest) = text.split_at_checked(colon).ok_or(Reason::BadUdi)?;
        let (_, sn) = rest.split_first().ok_or(Reason::BadUdi)?;
        Self::from_parts(pid, sn).ok_or(Reason::BadUdi)
    }

    /// Product id.
    #[must_use]
    pub const fn pid(&self) -> Text<'a> {
        self.pid
    }

    /// Serial number.
    #[must_use]
    pub const fn sn(&self) -> Text<'a> {
        self.sn
    }

    fn from_parts(pid: &'a [u8], sn: &'a [u8]) -> Option<Self> {
        let fits = (1..=MAX_PID_LEN).contains(&pid.len()) && (1..=MAX_SN_LEN).contains(&sn.len());
        let clean = |b: u8| b.is_ascii_graphic() && b != b':' && b != b',';
        let pid = Text::of(pid, clean).filter(|_| fits)?;
        Some(Self { pid, sn: Text::new(sn)? })
    }

    /// Writes `PID:SN`.
    pub(crate) fn emit(&self, out: &mut impl Sink) {
        out.put(self.pid.as_bytes());
        out.put(b":");
        out.put(self.sn.as_bytes());
    }

    /// Its length, and `PID:SN`.
    pub(crate) fn encode(&self, out: &mut impl Sink) {
        let len = self.pid.len().saturating_add(1).saturating_add(self.sn.len());
        number(u64::try_from(len).unwrap_or(u64::MAX), out);
        self.emit(out);
    }
}

impl core::fmt::Display for Udi<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}", self.pid, self.sn)
    }
}

borrowed_text!(Udi);

#[cfg(feature = "heapless")]
mod owned;
#[cfg(feature = "heapless")]
pub use owned::OwnedUdi;

/// Where the device's own UDIs come from: one per member of the stack.
///
/// A slice of [`Udi`] is one; a firmware that reads them from fuses gives its own.
pub trait UdiSource {
    /// The UDI of a member, counted from 0; `None` behind the last one. Asked for at most
    /// [`MAX_UDIS`] members.
    ///
    /// # Errors
    /// [`Reason::UdiUnavailable`] or [`Reason::UdiInvalid`].
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason>;

    /// A secret that only this device has: 32 random bytes in fuses, a key store, or derived by a
    /// secure element. With it, what the agent stores cannot be changed unnoticed, and lines need
    /// no signature check at boot. None unless the source has one; it is never shown or stored.
    fn secret(&self) -> Option<[u8; 32]> {
        None
    }

    /// The key with which this device proves its words, if it has one: a secure element's, or one that was made
    /// for this device and never leaves it. The vendor learns it when the device is made, or from a credential.
    fn public_key(&self) -> Option<PublicKey> {
        None
    }

    /// Signs a digest with that key: ECDSA over P-256 (FIPS 186-5), with a high or a low s. The library checks
    /// what comes back.
    ///
    /// # Errors
    /// [`Reason::SigningFailed`]. Nothing is given up then.
    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        let _ = digest;
        Err(Reason::SigningFailed)
    }

    /// The member that has this UDI, if any.
    ///
    /// # Errors
    /// [`Reason::UdiUnavailable`] when there is no UDI at all, else what the source reports.
    fn member_with(&self, wanted: &Udi<'_>) -> Result<Option<u8>, Reason> {
        for member in 0..MAX_UDIS {
            let member = u8::try_from(member).map_err(|_| Reason::UdiUnavailable)?;
            match self.udi(member)? {
                Some(own) if own == *wanted => return Ok(Some(member)),
                Some(_) => {}
                None if member == 0 => return Err(Reason::UdiUnavailable),
                None => break,
            }
        }
        Ok(None)
    }
}

impl<U: UdiSource + ?Sized> UdiSource for &U {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        (**self).udi(member)
    }

    fn secret(&self) -> Option<[u8; 32]> {
        (**self).secret()
    }

    fn public_key(&self) -> Option<PublicKey> {
        (**self).public_key()
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        (**self).sign(digest)
    }
}

/// A device with its secret, if it has one.
#[derive(Clone, Copy)]
pub struct WithSecret<U> {
    /// Who it is.
    pub device: U,
    /// Its secret.
    pub secret: Option<[u8; 32]>,
}

impl<U> core::fmt::Debug for WithSecret<U> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("WithSecret")
    }
}

impl<U: UdiSource> UdiSource for WithSecret<U> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.device.udi(member)
    }

    fn secret(&self) -> Option<[u8; 32]> {
        self.secret
    }

    fn public_key(&self) -> Option<PublicKey> {
        self.device.public_key()
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        self.device.sign(digest)
    }
}

impl UdiSource for [Udi<'_>] {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        Ok(self.get(usize::from(member)).copied())
    }
}

impl<const N: usize> UdiSource for [Udi<'_>; N] {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        self.as_slice().udi(member)
    }
}

impl UdiSource for Udi<'_> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        Ok((member == 0).then_some(*self))
    }
}

#[cfg(test)]
mod tests;
