//! [`Command`]: what one line of an operator asks for.

use std::fmt;

use nodelock::agent::{Priority, TicketAction};
use nodelock::event::EventGroup;
use nodelock::show::Show;

use super::filter::Filter;
use super::job::JobCommand;
use super::typed::{Grammar, Typed};

/// What an operator wants. How it is written, `help` lists.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Install a license file.
    Install {
        /// Name of the license file; `-` for what the [`Host`](crate::Host) reads under that name, the standard
        /// input or what is pasted.
        file: String,
        /// Only see what would happen.
        what_if: bool,
    },
    /// Install the license records that were typed or pasted in place of a command.
    InstallText(String),
    /// Remove a line, named by its id or its feature.
    Clear(String),
    /// Remove the stored lines that were refused at boot.
    ClearRefused,
    /// Keep a comment with a line, or delete it.
    Comment {
        /// Line id or feature.
        line: String,
        /// Empty to delete it.
        text: String,
    },
    /// Write the installed lines to a file.
    Save {
        /// Name of the file.
        file: String,
        /// Also over one that is there.
        force: bool,
    },
    /// Write a credential: who the device is and what it has, for the vendor.
    SaveCredential {
        /// Name of the file.
        file: String,
        /// Also over one that is there.
        force: bool,
    },
    /// Apply a ticket of the vendor, cancel it, or write its proof again.
    Ticket {
        /// Name of the ticket's file.
        ticket: String,
        /// Name of the file for the proof; none to only see what would happen.
        proof: Option<String>,
        /// What is done with it.
        action: TicketAction,
        /// Also over a proof that is there.
        force: bool,
    },
    /// Give up for good what has come from another device.
    GiveUp {
        /// Line id or feature.
        line: String,
        /// Name of the file for the word.
        proof: String,
        /// Also over one that is there.
        force: bool,
    },
    /// Choose the image level for the next boot.
    BootLevel {
        /// The level.
        level: String,
        /// Take the request for its package back.
        disable: bool,
    },
    /// Set the priority of a line.
    Priority {
        /// Line id or feature.
        line: String,
        /// `None` for the default.
        priority: Option<Priority>,
    },
    /// Accept the license agreements that are open, of one feature or of all.
    Accept(Option<String>),
    /// Start using a feature.
    Activate(String),
    /// Stop using a feature.
    Deactivate(String),
    /// Take units of a counted feature.
    Acquire {
        /// The feature.
        feature: String,
        /// How many.
        units: u64,
    },
    /// Give units back that the operator has taken, by their token.
    Release(u64),
    /// Take units back from whoever has them, by the token of their lease.
    ReleaseLease(u64),
    /// Queue, run or delete jobs.
    Job(JobCommand),
    /// Report the events of a group, or do not.
    Events {
        /// Which.
        group: EventGroup,
        /// Whether they are told.
        on: bool,
    },
    /// Show the jobs.
    ShowJobs,
    /// Show the lines in one form.
    Show(Show),
    /// Show the lines in a table, one row for each.
    ShowTable,
    /// Show the leases: who has which units.
    ShowLeases,
    /// Say why a feature may run or not.
    Explain {
        /// The feature.
        feature: String,
        /// Units, beside those in use; 0 if only the feature is meant.
        units: u64,
    },
    /// Print this text, which says what can be typed.
    Help(String),
    /// Print a part of what a command has to say.
    Filtered {
        /// The command.
        command: Box<Command>,
        /// What is done with its lines, one after another.
        filters: Vec<Filter>,
    },
}

/// A line that is no command: where it goes wrong, and what may have been meant. Its text is some lines with their ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError(pub(super) String);

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CommandError {}

impl Command {
    /// Reads a line, as [`Grammar::parse`] does for a console without commands of its own.
    ///
    /// # Errors
    /// [`CommandError`] says where the line goes wrong, and what may have been meant.
    ///
    /// ```
    /// use nodelock_std::Command;
    /// assert_eq!(Command::parse("explain voice"), Ok(Command::Explain { feature: "voice".into(), units: 0 }));
    /// assert_eq!(Command::parse("EXPL voice"), Ok(Command::Explain { feature: "voice".into(), units: 0 }));
    /// assert!(Command::parse("license").is_err());
    /// ```
    pub fn parse(line: &str) -> Result<Self, CommandError> {
        match Grammar::default().parse(line)? {
            Typed::Command(command) => Ok(command),
            // There are none.
            Typed::Own { .. } => Err(CommandError("not a command\n".to_owned())),
        }
    }

    /// The words that can stand where the line ends, each from its beginning; followed by a blank
    /// if the command goes on behind it.
    ///
    /// ```
    /// use nodelock_std::Command;
    /// assert_eq!(Command::complete("license install a.lic wh"), ["what-if"]);
    /// assert_eq!(Command::complete("sh lic hi"), ["history"]);
    /// ```
    #[must_use]
    pub fn complete(begun: &str) -> Vec<String> {
        Grammar::default().complete(begun).words
    }

    /// Whether filters make sense for what it prints.
    pub(super) fn prints_much(&self) -> bool {
        matches!(
            self,
            Self::Show(_)
                | Self::ShowTable
                | Self::ShowLeases
                | Self::ShowJobs
                | Self::Explain { .. }
                | Self::Help(_)
        )
    }
}
