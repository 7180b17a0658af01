//! What is logged with `defmt`, where deriving it would say less or cost more: the device sends numbers, the host puts
//! the texts together.

use defmt::{Format, Formatter, write};

use crate::agent::HistoryEntry;
use crate::event::{Event, EventKind};
use crate::reason::{Logged, Reason};
use crate::rights::Denial;
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureHandle, FeatureName, Version};
use crate::value::key::KeyId;
use crate::value::license::{Count, LineId};
use crate::value::time::UnixTime;
use crate::value::udi::Udi;

impl Format for LineId {
    fn format(&self, f: Formatter<'_>) {
        let [a, b, c, d, e, f8, g, h, i, j] = self.0;
        let high = u64::from_be_bytes([a, b, c, d, e, f8, g, h]);
        write!(f, "{=u64:016x}{=u16:04x}", high, u16::from_be_bytes([i, j]));
    }
}

impl Format for KeyId {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=u32:08x}", u32::from_be_bytes(self.0));
    }
}

impl Format for UnixTime {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=u64:iso8601s}", self.0);
    }
}

/// Its first second.
impl Format for Date {
    fn format(&self, f: Formatter<'_>) {
        UnixTime::start_of(*self).format(f);
    }
}

impl Format for Period {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=u64}s", self.seconds());
    }
}

/// All four parts.
impl Format for Version {
    fn format(&self, f: Formatter<'_>) {
        let [a, b, c, d] = self.parts();
        write!(f, "{=u16}.{=u16}.{=u16}.{=u16}", a, b, c, d);
    }
}

impl Format for Count {
    fn format(&self, f: Formatter<'_>) {
        match *self {
            Self::Uncounted => write!(f, "uncounted"),
            Self::Units(units) => write!(f, "{=u64}", units),
        }
    }
}

impl Format for FeatureHandle {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=u16}", self.0);
    }
}

impl Format for FeatureName<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=str}", self.text().as_str());
    }
}

impl Format for Udi<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{=str}:{=str}", self.pid().as_str(), self.sn().as_str());
    }
}

impl Format for Reason {
    fn format(&self, f: Formatter<'_>) {
        if let Some(reason) = Logged::of(self.code()) {
            write!(f, "{}", reason);
        }
    }
}

/// As a system log has it, with the feature's place in the catalog for its name.
impl Format for Event {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "LICENSE-{=u8}-{}", self.kind.severity(), self.kind);
        if let Some(feature) = self.feature {
            write!(f, ": feature {}", feature);
        }
        if let Some(line) = self.line {
            write!(f, ": line {}", line);
        }
        if matches!(self.kind, EventKind::Storage | EventKind::Refused) {
            let code = i32::try_from(self.value).unwrap_or(0).wrapping_neg();
            if let Some(reason) = Logged::of(code) {
                write!(f, ": {}", reason);
            }
        }
        write!(f, ": {=u64}", self.value);
    }
}

impl Format for Denial {
    fn format(&self, f: Formatter<'_>) {
        write!(f, "{}", self.reason);
        if let Some(line) = self.closest {
            write!(f, ": line {}", line);
        }
        match (self.reason, self.version) {
            (Reason::CountTooLow, _) => {
                write!(f, ": {=u64} needed, {=u64} licensed", self.needed, self.licensed);
            }
            (Reason::VersionTooLow, Some(version)) => write!(f, ": licensed up to {}", version),
            _ => {}
        }
    }
}

impl Format for HistoryEntry<'_> {
    fn format(&self, f: Formatter<'_>) {
        write!(
            f,
            "{=u64}: {} line {} feature {=[u8]:a}",
            self.number, self.kind, self.id, self.feature
        );
        if let Some(wall) = self.wall {
            write!(f, " at {}", wall);
        }
    }
}
