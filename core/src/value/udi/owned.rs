//! [`OwnedUdi`]: a UDI that borrows from nobody.

use core::fmt::{self, Display, Formatter};
use core::str::FromStr;

use heapless::String;

use crate::limits::{MAX_PID_LEN, MAX_SN_LEN};
use crate::reason::Reason;
use crate::value::udi::{Text, Udi, UdiSource};

/// A UDI with room of its own, for structs that outlive the buffer in which it stood.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwnedUdi {
    pid: String<MAX_PID_LEN>,
    sn: String<MAX_SN_LEN>,
}

impl OwnedUdi {
    /// The same, borrowed.
    #[must_use]
    pub fn udi(&self) -> Udi<'_> {
        Udi { pid: known(&self.pid), sn: known(&self.sn) }
    }
}

/// What was a part of a UDI before.
fn known(text: &str) -> Text<'_> {
    Text::new(text.as_bytes()).unwrap_or_default()
}

impl From<Udi<'_>> for OwnedUdi {
    fn from(udi: Udi<'_>) -> Self {
        // A UDI is never longer.
        let pid = String::try_from(udi.pid.as_str()).unwrap_or_default();
        let sn = String::try_from(udi.sn.as_str()).unwrap_or_default();
        Self { pid, sn }
    }
}

impl FromStr for OwnedUdi {
    type Err = Reason;

    /// From `PID:SN`.
    fn from_str(text: &str) -> Result<Self, Reason> {
        Udi::parse(text.as_bytes()).map(Self::from)
    }
}

impl Display for OwnedUdi {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.udi().fmt(f)
    }
}

/// The device with this one UDI.
impl UdiSource for OwnedUdi {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        Ok((member == 0).then(|| self.udi()))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for OwnedUdi {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for OwnedUdi {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let parse = |text: &[u8]| Udi::parse(text).map(Self::from);
        from.deserialize_str(crate::convert::wire::Parse(parse))
    }
}
