//! What the books remember: one file for each device, ticket and revocation. `README.md` beside this file describes
//! them.

use nodelock::PublicKey;
use nodelock::record::transfer::Outcome;
use nodelock::value::{Count, Date, LineId, ProofLevel, RollbackLevel, TicketDigest};
use serde::{Deserialize, Serialize};

/// The format of the files.
pub(super) const FORMAT: u8 = 1;

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Device {
    pub(super) format: u8,
    /// `PID:SN`.
    pub udi: String,
    /// With what it proves its words.
    pub proof: ProofLevel,
    /// Its key, if it has one.
    pub key: Option<PublicKey>,
    /// Whether the vendor enrolled the key; else it was believed when it came first.
    pub enrolled: bool,
    /// SHA-256 of its secret, in hexadecimal digits, if it proves with one.
    pub secret: Option<String>,
    /// How well it notices older copies of its storage.
    pub storage: RollbackLevel,
    /// Repairs that it had done, when it was heard of last.
    pub repairs: u64,
    /// Words up to this one were said before the books knew the device.
    pub first_word: u64,
    /// The highest word that a credential of it has told.
    pub last_word: u64,
    /// The day on which it came first.
    pub since: Date,
    /// The members of its stack, itself among them. They number their words together.
    pub stack: Vec<String>,
    /// What has taken its place, if it is no longer in use.
    pub replaced_by: Option<String>,
}

/// What became of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The device that gives has not said anything yet, as far as the books know.
    Open,
    /// The units are at the destination.
    Posted,
    /// The units stay.
    Void,
}

impl State {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Posted => "posted",
            Self::Void => "void",
        }
    }
}

/// A ticket: a right on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Ticket {
    pub(super) format: u8,
    /// Its name: the digest of its `PERMISSION`.
    pub ticket: TicketDigest,
    /// What became of it.
    pub state: State,
    /// The device that gives.
    pub from: String,
    /// Repairs that it had done.
    pub repairs: u64,
    /// Day of issue.
    pub issued: Date,
    /// The id of the request, if it had one.
    pub request: Option<String>,
    /// What was wished, in words that are the same for the same wish.
    pub wish: String,
    /// Whether the destination got lines that need this ticket.
    pub one_visit: bool,
    /// What goes.
    pub lines: Vec<Moving>,
    /// Where it goes; the last one counts, those before it have given up.
    pub destinations: Vec<Destination>,
    /// `KEY` records of the key that signed.
    pub keys: Vec<String>,
    /// The `PERMISSION` record.
    pub permission: String,
    /// Grace lines for the device that gives.
    pub grace: Vec<String>,
    /// Words of devices on it, as they were booked.
    pub words: Vec<Word>,
    /// Whoever believed a device that cannot prove its words, or settled the ticket without its word.
    pub approved: Vec<Approval>,
}

/// A line of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Moving {
    /// The line.
    pub id: LineId,
    /// The line as the vendor issued it first, before all its transfers.
    pub right: LineId,
    /// Units that it had.
    pub before: Count,
    /// Units that stay.
    pub after: u64,
    /// Its record.
    pub license: String,
}

/// Where a ticket brings its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Destination {
    /// The device that gets.
    pub udi: String,
    /// Ids of the lines that it gets, in the order of those that move.
    pub lines: Vec<LineId>,
    /// Lines that need the ticket.
    pub conditional: Vec<String>,
    /// Lines that bridge the time until the device that gives is booked in, where it was replaced.
    pub provisional: Vec<String>,
    /// Records of the final lines, once they are made.
    pub last: Vec<String>,
    /// Whether it has given up what it was to get.
    pub given_up: bool,
}

/// A word of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Word {
    /// The device.
    pub of: String,
    /// Its number.
    pub number: u64,
    /// What it says.
    pub outcome: Outcome,
    /// Its record.
    pub record: String,
}

/// Somebody took something on himself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Approval {
    /// Who.
    pub by: String,
    /// What.
    pub what: String,
    /// When.
    pub day: Date,
}

/// A `REVOKE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Revocation {
    pub(super) format: u8,
    /// Its name: the digest of the record.
    pub ticket: TicketDigest,
    /// The device.
    pub udi: String,
    /// What is taken back.
    pub lines: Vec<LineId>,
    /// Day of issue.
    pub issued: Date,
    /// The id of the request, if it had one.
    pub request: Option<String>,
    /// `KEY` records of the key that signed.
    pub keys: Vec<String>,
    /// The record.
    pub record: String,
    /// The device's word, once it is there.
    pub word: Option<Word>,
    /// What it says of each line.
    pub taken: Vec<TakenBack>,
    /// Whoever believed a device that cannot prove its words.
    pub approved: Vec<Approval>,
}

/// What became of a line that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TakenBack {
    /// The line.
    pub id: LineId,
    /// Units that were taken, if any were there.
    pub units: Option<Count>,
    /// Else the word of the device that had taken them, or 0.
    pub by_word: u64,
}

impl Ticket {
    /// Where it goes now.
    #[must_use]
    pub fn to(&self) -> &str {
        self.destinations.last().map_or("", |destination| &destination.udi)
    }

    /// Records for the device that gives.
    #[must_use]
    pub fn for_source(&self) -> Vec<String> {
        [&self.keys[..], std::slice::from_ref(&self.permission), &self.grace].concat()
    }

    /// Records for the destination that wait for the proof; none unless it is one visit.
    #[must_use]
    pub fn for_destination(&self) -> Vec<String> {
        match self.destinations.first() {
            Some(first) if !first.conditional.is_empty() => {
                [&self.keys[..], &first.conditional].concat()
            }
            _ => Vec::new(),
        }
    }

    /// Records of the final lines, once it is posted.
    #[must_use]
    pub fn last(&self) -> &[String] {
        self.destinations.last().map_or(&[], |destination| &destination.last)
    }
}
