//! What a step asks of the simulated device, and what comes of it.

use serde::{Deserialize, Serialize};

use super::faults::Change;
use super::views::{EventView, FeatureView, InstallView, JobView, LeaseView, LineView};
use crate::report::{Status, WhyJson};

/// What one step asks for, in the order in which it happens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Seconds that pass.
    pub(crate) advance: u64,
    /// The wall clock is set, if at all, to a time or to none.
    #[serde(default, with = "clock_setting")]
    pub(crate) set_wall: Option<Option<u64>>,
    pub(crate) command: Option<String>,
    /// The power goes after so many writes.
    pub(crate) power_cut: Option<u64>,
    /// Something is done to the storage from outside.
    #[serde(default)]
    pub(crate) fault: Option<Change>,
}

/// `null` for a clock that is left as it is, a number, or `"none"`: both kinds of nothing must come back as they
/// were.
mod clock_setting {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Setting {
        Time(u64),
        Word(String),
    }

    #[allow(clippy::option_option, reason = "it is the field's type")]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(
        setting: &Option<Option<u64>>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        match setting {
            None => out.serialize_none(),
            Some(None) => out.serialize_str("none"),
            Some(Some(time)) => out.serialize_u64(*time),
        }
    }

    #[allow(clippy::option_option, reason = "it is the field's type")]
    pub(super) fn deserialize<'d, D: Deserializer<'d>>(
        input: D,
    ) -> Result<Option<Option<u64>>, D::Error> {
        match Option::<Setting>::deserialize(input)? {
            None => Ok(None),
            Some(Setting::Time(time)) => Ok(Some(Some(time))),
            Some(Setting::Word(word)) if word == "none" => Ok(Some(None)),
            Some(Setting::Word(_)) => Err(serde::de::Error::custom("the wall clock is no time")),
        }
    }
}

/// What a step printed, and what machines are told of it.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Printed {
    pub(crate) text: String,
    pub(crate) done: bool,
    pub(crate) status: Status,
    /// Why what was asked for a feature is denied.
    pub(crate) reason: Option<WhyJson>,
    pub(crate) install: Option<InstallView>,
    pub(crate) events: Vec<EventView>,
    /// Events before these for which the queue had no room.
    pub(crate) events_dropped: u64,
    pub(crate) uptime: u64,
    pub(crate) wall: Option<u64>,
    pub(crate) licenses: Vec<LineView>,
    pub(crate) features: Vec<FeatureView>,
    pub(crate) leases: Vec<LeaseView>,
    pub(crate) jobs: Vec<JobView>,
}
