//! One line of an operator into a [`Command`].

use std::fmt;

use nodelock::{EventGroup, Priority, Show};

use super::job::JobCommand;

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

/// The text of `help`, and of errors about unknown commands.
pub(super) const HELP: &str = "\
license install FILE [what-if]
license clear LINE-ID|FEATURE|refused
license comment add LINE-ID|FEATURE TEXT
license comment delete LINE-ID|FEATURE
license save FILE
license boot level NAME [disable]
license modify priority LINE-ID|FEATURE high|low|default
license accept end user agreement [FEATURE]
license activate FEATURE
license deactivate FEATURE
license right-to-use activate|deactivate FEATURE
license acquire FEATURE [UNITS]
license release TOKEN
license job install FILE [OPTIONS]
license job clear LINE-ID|FEATURE [OPTIONS]
license job backup FILE [OPTIONS]
license job generate-eula LICENSE-FILE FILE [OPTIONS]
license job process-permission-ticket FILE REHOST-TICKET-FILE [OPTIONS]
license job regenerate-last-rehost-ticket FILE [OPTIONS]
license job no-op [OPTIONS]
        OPTIONS: member NUMBER, stop-on-failure, accept-eula
license job run
license job delete NUMBER
license events usage|deployment|error on|off
show license [all|detail|evaluation|expiring|feature|file|history|in-use|jobs|
              permanent|statistics|status|udi]
explain FEATURE
help
";

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
        let own = |word: &&str| (*word).to_owned();
        match words.as_slice() {
            ["help" | "?"] => Ok(Self::Help),
            ["explain", feature] => Ok(Self::Explain(own(feature))),
            ["show", "license"] => Ok(Self::Show(Show::Brief)),
            ["show", "license", "jobs"] => Ok(Self::ShowJobs),
            ["show", "license", form] => {
                let form = Show::parse(form).ok_or_else(|| unknown("form", form))?;
                Ok(Self::Show(form))
            }
            ["license", "install", file] => Ok(Self::Install { file: own(file), what_if: false }),
            ["license", "install", file, "what-if" | "--what-if"]
            | ["license", "install", "--what-if", file] => {
                Ok(Self::Install { file: own(file), what_if: true })
            }
            ["license", "clear", "refused"] => Ok(Self::ClearRefused),
            ["license", "clear", line] => Ok(Self::Clear(own(line))),
            ["license", "comment", "add", line, text @ ..] if !text.is_empty() => {
                Ok(Self::Comment { line: own(line), text: text.join(" ") })
            }
            ["license", "comment", "delete", line] => {
                Ok(Self::Comment { line: own(line), text: String::new() })
            }
            ["license", "save", file] => Ok(Self::Save(own(file))),
            ["license", "boot", "level", level] => {
                Ok(Self::BootLevel { level: own(level), disable: false })
            }
            ["license", "boot", "level", level, "disable"] => {
                Ok(Self::BootLevel { level: own(level), disable: true })
            }
            ["license", "modify", "priority", line, priority] => {
                let priority = match *priority {
                    "high" => Some(Priority::High),
                    "low" => Some(Priority::Low),
                    "default" => None,
                    other => return Err(unknown("priority", other)),
                };
                Ok(Self::Priority { line: own(line), priority })
            }
            ["license", "accept", "end", "user", "agreement"] => Ok(Self::Accept(None)),
            ["license", "accept", "end", "user", "agreement", feature] => {
                Ok(Self::Accept(Some(own(feature))))
            }
            ["license", "activate", feature] | ["license", "right-to-use", "activate", feature] => {
                Ok(Self::Activate(own(feature)))
            }
            ["license", "deactivate", feature]
            | ["license", "right-to-use", "deactivate", feature] => {
                Ok(Self::Deactivate(own(feature)))
            }
            ["license", "acquire", feature] => {
                Ok(Self::Acquire { feature: own(feature), units: 1 })
            }
            ["license", "acquire", feature, units] => match units.parse() {
                Ok(units) if units > 0 => Ok(Self::Acquire { feature: own(feature), units }),
                _ => Err(unknown("number of units", units)),
            },
            ["license", "release", token] => match token.parse() {
                Ok(token) => Ok(Self::Release(token)),
                Err(_) => Err(unknown("token", token)),
            },
            ["license", "events", group, switch] => {
                let found = EventGroup::ALL.into_iter().find(|known| known.name() == *group);
                let on = match *switch {
                    "on" => true,
                    "off" => false,
                    other => return Err(unknown("switch", other)),
                };
                let group = found.ok_or_else(|| unknown("group of events", group))?;
                Ok(Self::Events { group, on })
            }
            ["license", "job", words @ ..] => JobCommand::parse(words)
                .map(Self::Job)
                .ok_or_else(|| unknown("job", &words.join(" "))),
            _ => Err(CommandError(format!("not a command: {line:?}; there are:\n{HELP}"))),
        }
    }
}

fn unknown(what: &str, word: &str) -> CommandError {
    CommandError(format!("{word:?} is no {what}; there are these commands:\n{HELP}"))
}
