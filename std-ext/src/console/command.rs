//! [`Command`]: what one line of an operator asks for.

use std::fmt;

use nodelock::agent::Priority;
use nodelock::event::EventGroup;
use nodelock::show::Show;

use super::grammar::{self, Wrong};
use super::job::JobCommand;
use super::table::{FAMILIES, ROWS};

/// What an operator wants. How it is written, `help` lists.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Install a license file.
    Install {
        /// Name of the license file.
        file: String,
        /// Only see what would happen.
        what_if: bool,
    },
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
    /// Give units back, by their token.
    Release(u64),
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
    /// Say why a feature may run or not.
    Explain(String),
    /// List the commands.
    Help,
}

/// A line that is no command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError(String);

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CommandError {}

impl Command {
    /// Reads a line.
    ///
    /// # Errors
    /// [`CommandError`] says what was expected.
    ///
    /// ```
    /// use nodelock_std::Command;
    /// assert_eq!(Command::parse("explain voice"), Ok(Command::Explain("voice".into())));
    /// assert!(Command::parse("license").is_err());
    /// ```
    pub fn parse(line: &str) -> Result<Self, CommandError> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut first_wrong = None;
        for row in ROWS {
            match row.read(&words) {
                Some(Ok(command)) => return Ok(command),
                Some(Err(wrong)) => first_wrong = first_wrong.or(Some(wrong)),
                None => {}
            }
        }
        for (beginning, what) in FAMILIES {
            if let Some(rest) = words.strip_prefix(*beginning) {
                first_wrong = Some(Wrong { what, word: rest.join(" ") });
            }
        }
        let usage = grammar::usage(ROWS);
        Err(CommandError(match first_wrong {
            Some(Wrong { what, word }) => {
                format!("{word:?} is no {what}; there are these commands:\n{usage}")
            }
            None => format!("not a command: {line:?}; there are:\n{usage}"),
        }))
    }

    /// The words that can stand where the line ends, each from its beginning; followed by a blank
    /// if the command goes on behind it.
    ///
    /// ```
    /// use nodelock_std::Command;
    /// assert_eq!(Command::complete("license install a.lic wh"), ["what-if"]);
    /// assert_eq!(Command::complete("license in"), ["install "]);
    /// ```
    #[must_use]
    pub fn complete(begun: &str) -> Vec<String> {
        grammar::complete(ROWS, begun)
    }
}
