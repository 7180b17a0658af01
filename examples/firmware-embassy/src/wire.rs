//! An event as it goes to whoever manages the device: postcard, in COBS.

use nodelock::{Event, EventKind, FeatureHandle, LineId};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Frame {
    kind: u8,
    uptime: u64,
    feature: Option<u16>,
    line: Option<[u8; 10]>,
    value: u64,
}

impl From<Event> for Frame {
    fn from(event: Event) -> Self {
        Self {
            kind: event.kind as u8,
            uptime: event.uptime,
            feature: event.feature.and_then(|id| u16::try_from(id.index()).ok()),
            line: event.line.map(|id| id.0),
            value: event.value,
        }
    }
}

impl Frame {
    /// For the host.
    #[allow(dead_code)]
    pub fn event(self) -> Option<Event> {
        Some(Event {
            kind: EventKind::from_number(self.kind)?,
            uptime: self.uptime,
            feature: self.feature.map(FeatureHandle::at),
            line: self.line.map(LineId),
            value: self.value,
        })
    }
}
