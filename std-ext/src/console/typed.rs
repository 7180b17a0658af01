//! [`Grammar`]: how lines are read, of the library's commands and of those that a product has beside them.

use nodelock::Reason;
use nodelock::record::Records;

use super::command::{Command, CommandError};
use super::filter::Filter;
use super::grammar::{Arg, Given, Misfit, Shape, Wrong, walk};
use super::help;
use super::slip;
use super::table::ROWS;
use super::words::{Word, split};
use crate::reading::Reading;

/// A command that a product has beside those of the library, on the same console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnCommand {
    /// The words that it begins with, small letters with single blanks between: `reboot`, `show version`.
    pub path: &'static str,
    /// A name for each word that must stand behind them, and what it is: `("DURATION", "e.g. 3d2h")`.
    pub takes: &'static [(&'static str, &'static str)],
    /// What it does, in less than half a line.
    pub help: &'static str,
}

/// A line that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Typed {
    /// A command of the product.
    Own {
        /// Its place in the product's list.
        place: usize,
        /// The words behind its path, without quotes.
        words: Vec<String>,
    },
    /// A command of the library, for [`run`](crate::run).
    Command(Command),
}

/// The words that can stand at the end of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// Where the word begins that they take the place of, in bytes.
    pub at: usize,
    /// Keywords, each followed by a blank if the command goes on behind it.
    pub words: Vec<String>,
    /// The names of what else can stand there, as the help has them: `FILE`, `FEATURE`.
    pub names: Vec<&'static str>,
}

/// What can be typed at a console.
///
/// ```
/// use nodelock_std::{Command, Grammar, OwnCommand, Typed};
/// const OWN: &[OwnCommand] = &[OwnCommand { path: "reboot", takes: &[], help: "start anew" }];
/// let console = Grammar::new(OWN);
/// assert_eq!(console.parse("REB"), Ok(Typed::Own { place: 0, words: vec![] }));
/// assert_eq!(console.parse("sh lic jobs"), Ok(Typed::Command(Command::ShowJobs)));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Grammar {
    own: &'static [OwnCommand],
}

impl Grammar {
    /// The library's commands, and these beside them.
    #[must_use]
    pub const fn new(own: &'static [OwnCommand]) -> Self {
        Self { own }
    }

    /// Reads a line. A text that begins with a license record, on one line or on many, is a command to install it;
    /// so is one that begins with no word of a command and has a license in it, in any form: a mail, an answer to
    /// one, base64.
    ///
    /// # Errors
    /// [`CommandError`] says where the line goes wrong, and what may have been meant.
    pub fn parse(&self, line: &str) -> Result<Typed, CommandError> {
        if is_record(line) {
            return Ok(Typed::Command(Command::InstallText(line.to_owned())));
        }
        let own = self.own_args();
        let rows = self.rows(&own);
        let mut words = match self.read(&rows, line) {
            Ok(typed) => return Ok(typed),
            Err(words) => words,
        };
        if !begins_command(&rows, line) && holds_whole_record(line) {
            return Ok(Typed::Command(Command::InstallText(line.to_owned())));
        }
        if holds_record(line) || is_encoded(line) {
            words.push_str(
                "a license seems to stand in this line, but not by itself and whole: license install FILE takes\n  \
                 one from a file; at a terminal, license install terminal what is pasted next\n",
            );
        }
        Err(CommandError(words))
    }

    /// The words that can stand where the line ends.
    #[must_use]
    pub fn complete(&self, begun: &str) -> Completion {
        let (words, _) = split(begun);
        let is_begun = |word: &&Word| !begun.ends_with(char::is_whitespace) || !word.plain;
        let at = words.last().filter(is_begun).map_or(begun.len(), |word| word.at);
        let own = self.own_args();
        let (words, names) = help::complete(&self.rows(&own), begun);
        Completion { at, words, names }
    }

    fn own_args(&self) -> Vec<Vec<Arg>> {
        let args = |own: &OwnCommand| own.takes.iter().map(|(name, help)| Arg::Word(name, help));
        self.own.iter().map(|own| args(own).collect()).collect()
    }

    /// The product's commands, and behind them the library's.
    fn rows<'r>(&self, args: &'r [Vec<Arg>]) -> Vec<Shape<'r>> {
        let own = self.own.iter().zip(args);
        let own = own.map(|(own, args)| Shape { path: own.path, args, help: Some(own.help) });
        let of_library =
            ROWS.iter().map(|row| Shape { path: row.path, args: row.args, help: row.help });
        own.chain(of_library).collect()
    }

    fn read(&self, rows: &[Shape<'_>], line: &str) -> Result<Typed, String> {
        let (words, open) = split(line);
        if let Some((last, before)) = words.split_last()
            && let Some(begun) = last.text.strip_suffix('?').filter(|_| last.plain)
        {
            let begun = Word { text: begun.to_owned(), ..last.clone() };
            let text = help::what_follows(rows, before, &begun.text);
            return match text {
                Some(text) => Ok(Typed::Command(Command::Help(text))),
                None => Err(self.slip(rows, line, &[before, &[begun]].concat())),
            };
        }
        if let Some(open) = open {
            return Err(slip::at(line, open.0, "nothing ends this quote"));
        }
        let mut parts = words.split(Word::is_pipe);
        let typed = self.command(rows, line, parts.next().unwrap_or_default())?;
        let mut filters = Vec::new();
        for part in parts {
            filters.push(Filter::read(part).map_err(|wrong| {
                let at = part.first().map_or(line.trim_end().len() + 1, |word| word.at);
                slip::at(
                    line,
                    at,
                    &format!(
                        "{}; filters are include TEXT, exclude TEXT, begin TEXT and count",
                        no(&wrong)
                    ),
                )
            })?);
        }
        match typed {
            typed if filters.is_empty() => Ok(typed),
            Typed::Command(command) if command.prints_much() => {
                Ok(Typed::Command(Command::Filtered { command: Box::new(command), filters }))
            }
            _ => {
                let at = words.iter().find(|word| word.is_pipe()).map_or(0, |pipe| pipe.at);
                Err(slip::at(line, at, "only what show, explain and help print can be filtered"))
            }
        }
    }

    fn command(&self, rows: &[Shape<'_>], line: &str, words: &[Word]) -> Result<Typed, String> {
        let ways = match walk(rows, words) {
            Ok(ways) => ways,
            Err(_) => return Err(self.slip(rows, line, words)),
        };
        let Some(way) = ways.iter().find(|way| way.may_end(rows)) else {
            return Err(slip::incomplete(rows, line, &ways));
        };
        let Some(of_library) = way.row.checked_sub(self.own.len()) else {
            return Ok(Typed::Own { place: way.row, words: way.given.clone() });
        };
        let row = ROWS.get(of_library).ok_or_else(|| slip::incomplete(rows, line, &ways))?;
        let command = (row.command)(&Given::of(way)).map_err(|wrong| {
            let place = row.path.split(' ').count() + wrong.place;
            let at = words.get(place).map_or(line.trim_end().len() + 1, |word| word.at);
            slip::at(line, at, &no(&wrong))
        })?;
        Ok(Typed::Command(match command {
            Command::Help(_) => {
                let behind = words.get(1..).unwrap_or_default();
                match help::topic(rows, behind) {
                    Some(topic) => Command::Help(help::help(rows, &topic)),
                    None => return Err(self.slip(rows, line, behind)),
                }
            }
            other => other,
        }))
    }

    /// What is wrong with these words of the line.
    fn slip(&self, rows: &[Shape<'_>], line: &str, words: &[Word]) -> String {
        match walk(rows, words) {
            Err((place, ways, misfit)) => match words.get(place) {
                Some(word) => slip::misfit(rows, line, word, &ways, &misfit),
                None => slip::incomplete(rows, line, &ways),
            },
            Ok(ways) => match words.last() {
                Some(word) => slip::misfit(rows, line, word, &ways, &Misfit::TooMuch),
                None => slip::incomplete(rows, line, &ways),
            },
        }
    }
}

fn no(wrong: &Wrong) -> String {
    let word: String = wrong.word.chars().take(60).collect();
    if word.is_empty() {
        return format!("a {} is missing here", wrong.what);
    }
    format!("{} is no {}", crate::visible::visible(&format!("{word:?}")), wrong.what)
}

/// Whether a line begins as commands do. Then a license behind it is not installed without a word: the command may
/// have been to do something else with it.
fn begins_command(rows: &[Shape<'_>], line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default().to_lowercase();
    let begins = |word: &str| word.starts_with(&first) || slip::is_alike(&first, word);
    rows.iter().any(|row| row.path.split(' ').next().is_some_and(begins))
}

/// Whether a text has a license in it that can be read as it stands.
fn holds_whole_record(text: &str) -> bool {
    let reading = Reading::of_bytes(text.as_bytes());
    Records::new(reading.bytes()).any(|found| found.record.is_ok())
}

/// Whether a line looks like one of a license file in base64: one long word, in which letters change their case.
fn is_encoded(line: &str) -> bool {
    let word = line.trim();
    let is_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b);
    word.len() >= 40
        && word.bytes().all(is_base64)
        && word.bytes().any(|b| b.is_ascii_uppercase())
        && word.bytes().any(|b| b.is_ascii_lowercase())
}

/// Whether a license record stands behind other text, e.g. the `>` of an answer.
fn holds_record(line: &str) -> bool {
    let reading = Reading::of_bytes(line.as_bytes());
    let is_record = |place: &usize| line.get(*place..).is_some_and(is_record);
    !reading.unread().is_empty() || line.match_indices("LICENSE").any(|(at, _)| is_record(&at))
}

/// Whether a line begins a license record, and is not a command in capitals.
fn is_record(line: &str) -> bool {
    let is_version = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let begins = Records::new(line.as_bytes()).next();
    begins.is_some_and(|found| {
        found.record.err().is_none_or(|error| error.reason != Reason::StrayText)
    }) && line.split_whitespace().nth(1).is_some_and(is_version)
}
