//! Why the books say no. Each text names the next step.

use nodelock::value::{Count, LineId, TicketDigest};

/// Why a right is not moved, or a word of a device is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A file without the record that is wanted.
    #[error("{0}")]
    NoRecord(String),
    /// Records of a credential that are not of one device at one time.
    #[error("the credential has records of several devices or times; give one credential")]
    MixedCredential,
    /// The credential of a stack.
    #[error("the credential has several devices ({0}); say which one gives, with --from PID:SN")]
    WhichMember(String),
    /// Several metered lines with one visit.
    #[error(
        "of lines with running time, one visit moves one; give each of them a ticket of its own, or leave out --one-visit"
    )]
    SeveralMetered,
    /// A signature is not that of the device.
    #[error(
        "the signature of the {record} record is not that of {device}: the record was altered, or another device wrote it; ask for the file as the device wrote it"
    )]
    Forged {
        /// Keyword of the record.
        record: String,
        /// The device.
        device: String,
    },
    /// The device secret is needed to check a word.
    #[error("{0} proves its words with its device secret; give it with --secret FILE")]
    SecretNeeded(String),
    /// Another secret than before.
    #[error("this is not the secret with which {0} came first; give that one")]
    OtherSecret(String),
    /// Nothing proves the word of this device.
    #[error("{0} cannot prove its words; somebody who believes them must say so: --approve WHO")]
    ApprovalNeeded(String),
    /// The device proves its words in another way, or with another key, than the books know.
    #[error(
        "{0} proves its words with another key, or in another way, than the books know; if its board was exchanged, it is another device: move its licenses with nodelock rma"
    )]
    OtherKey(String),
    /// One visit with a key that its owner may know.
    #[error(
        "one visit needs a device key that the vendor enrolled when {0} was made, and that nobody can read: name it with --enrolled PUB; without one, leave out --one-visit"
    )]
    NotEnrolled(String),
    /// One visit with a proof that only the vendor can check.
    #[error("{0} has no device key, so no other device can check its word; leave out --one-visit")]
    NotPublic(String),
    /// From a device to itself.
    #[error("{0} is the device that gives; name another one")]
    SameDevice(String),
    /// A device that is no longer in use.
    #[error("{0} was replaced by {1}; its licenses are there")]
    Retired(String, String),
    /// A line that nobody has shown.
    #[error("the line {0} is in none of the license files; give the file with it (--licenses)")]
    UnknownLine(LineId),
    /// A line of another device, or of all.
    #[error(
        "the line {line} is not locked to {device}; only what a device has of its own can move"
    )]
    OtherDevice {
        /// The line.
        line: LineId,
        /// The device that should give it.
        device: String,
    },
    /// A grace or provisional line.
    #[error("the line {0} only bridges a time, and stays where it is")]
    Bridges(LineId),
    /// The device does not have the line.
    #[error(
        "the credential says that {device} does not have the line {line}; install it there first, or leave it out"
    )]
    NotThere {
        /// The line.
        line: LineId,
        /// The device.
        device: String,
    },
    /// The line still waits for the proof of its last transfer.
    #[error(
        "the line {line} still waits for its transfer by ticket {ticket}; accept the proof of that ticket first"
    )]
    Waiting {
        /// The line.
        line: LineId,
        /// The ticket by which it comes.
        ticket: TicketDigest,
    },
    /// The line is in an open ticket.
    #[error(
        "the line {line} is in the open ticket {ticket} (to {to}); accept its proof, or have it cancelled on {from} (license revoke cancel) and accept that word"
    )]
    Pending {
        /// The line.
        line: LineId,
        /// The ticket.
        ticket: TicketDigest,
        /// Where it goes.
        to: String,
        /// Where it is.
        from: String,
    },
    /// Nothing is left of the line.
    #[error("nothing is left of the line {line}: {how}")]
    Gone {
        /// The line.
        line: LineId,
        /// What took it.
        how: String,
    },
    /// Device and books disagree.
    #[error(
        "the line {line} has {device} on its device and {books} in the books; if a proof is missing, license revoke again on the device writes it; else save a new credential"
    )]
    UnitsDiffer {
        /// The line.
        line: LineId,
        /// Units that the credential tells.
        device: Units,
        /// Units in the books.
        books: Units,
    },
    /// More units than there are, or some of what has no parts.
    #[error("{wanted} units of the line {line} cannot move: it has {there}")]
    NoSuchUnits {
        /// The line.
        line: LineId,
        /// Units that were asked for.
        wanted: u64,
        /// What it has.
        there: Units,
    },
    /// A line that is named twice.
    #[error("the line {0} is named twice; name it once, with all its units that shall move")]
    Twice(LineId),
    /// Nothing to move.
    #[error("{0} has no line that can move")]
    NothingToMove(String),
    /// Too many lines.
    #[error(
        "{0} lines are too many for one ticket; name some with --line, and the others in further tickets"
    )]
    TooMany(usize),
    /// The same request id for another wish.
    #[error("the request {0} was another wish before; give this one an id of its own")]
    OtherWish(String),
    /// A ticket that is not in the books.
    #[error(
        "these books do not know the ticket {0}: it was made with other books, or these were put back to an older copy; then nothing may be issued before what is missing is there again"
    )]
    UnknownTicket(TicketDigest),
    /// The proof is not of the ticket that stands before it.
    #[error(
        "the proof is not of the ticket that stands before it in the file; give the file as the device wrote it"
    )]
    OtherTicket,
    /// A word before one that the books do not have.
    #[error(
        "{device} says this as its word {word}, and the books do not have its word {missing} yet; accept the file with that one first (license revoke again on the device writes it once more)"
    )]
    WordMissing {
        /// The device.
        device: String,
        /// The word that was given.
        word: u64,
        /// The one that comes first.
        missing: u64,
    },
    /// A word that this device cannot say of this ticket.
    #[error("this word does not fit its ticket: {0}")]
    Misfit(String),
    /// Cancelled, but the units are at the destination.
    #[error(
        "{device} says that it has cancelled the ticket {ticket}, and has proved before that it applied it: its storage was put back to an older copy; the licenses stay at {to}"
    )]
    Posted {
        /// The source.
        device: String,
        /// The ticket.
        ticket: TicketDigest,
        /// Where the licenses are.
        to: String,
    },
    /// Another destination while the first one may use the lines.
    #[error(
        "{to} has not given up what ticket {ticket} brings; have it given up there (license revoke give-up), and accept that word first"
    )]
    NotGivenUp {
        /// The present destination.
        to: String,
        /// The ticket.
        ticket: TicketDigest,
    },
    /// A ticket that was cancelled.
    #[error("the ticket {0} is void; make another one")]
    Void(TicketDigest),
    /// A destination of which nothing is known.
    #[error("the books do not know {0} yet; give a credential of it with --credential FILE")]
    UnknownDevice(String),
    /// The vendor takes the line back.
    #[error("the line {line} is being taken back ({ticket}); accept the proof of that first")]
    Revoking {
        /// The line.
        line: LineId,
        /// The digest of the `REVOKE`.
        ticket: TicketDigest,
    },
}

/// Units, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units(pub Count);

impl core::fmt::Display for Units {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Count::Uncounted => f.write_str("no count"),
            Count::Units(1) => f.write_str("1 unit"),
            Count::Units(units) => write!(f, "{units} units"),
        }
    }
}
