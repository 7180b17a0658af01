//! [`Command`]: what one line of an operator asks for.

use std::fmt;

use nodelock::{EventGroup, Priority, Show};

use super::grammar::{self, Wrong};
use super::job::JobCommand;
use super::table::ROWS;

/// What an operator wants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// `license install FILE [what-if]`
    Install {
        /// Name of the license file.
        file: String,
        /// Only see what would happen.
        what_if: bool,
    },
    /// `license clear LINE-ID|FEATURE`
    Clear(String),
    /// `license clear refused`
    ClearRefused,
    /// `license comment add LINE-ID|FEATURE TEXT`, `license comment delete LINE-ID|FEATURE`
    Comment {
        /// Line id or feature.
        line: String,
        /// Empty to delete it.
        text: String,
    },
    /// `license save FILE`
    Save(String),
    /// `license boot level NAME`, `license boot level NAME disable`
    BootLevel {
        /// The level.
        level: String,
        /// Take the request for its package back.
        disable: bool,
    },
    /// `license modify priority LINE-ID|FEATURE high|low|default`
    Priority {
        /// Line id or feature.
        line: String,
        /// `None` for the default.
        priority: Option<Priority>,
    },
    /// `license accept end user agreement [FEATURE]`
    Accept(Option<String>),
    /// `license activate FEATURE`, and `license right-to-use activate FEATURE`
    Activate(String),
    /// `license deactivate FEATURE`, and `license right-to-use deactivate FEATURE`
    Deactivate(String),
    /// `license acquire FEATURE [UNITS]`
    Acquire {
        /// The feature.
        feature: String,
        /// How many.
        units: u64,
    },
    /// `license release TOKEN`
    Release(u64),
    /// `license job ...`
    Job(JobCommand),
    /// `license events usage|deployment|error on|off`
    Events {
        /// Which.
        group: EventGroup,
        /// Whether they are told.
        on: bool,
    },
    /// `show license jobs`
    ShowJobs,
    /// `show license [FORM]`
    Show(Show),
    /// `explain FEATURE`
    Explain(String),
    /// `help`
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
        if let ["license", "job", job @ ..] = words.as_slice() {
            first_wrong = Some(Wrong { what: "job", word: job.join(" ") });
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
