//! The line editor of `nodelock device shell`: history and completion.

use std::path::{Path, PathBuf};

use nodelock_std::Command;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Context, Helper, Highlighter, Hinter, Validator};

use super::Step;
use crate::report::Failure;
use crate::style::terminal;
use crate::values::{parse_advance, parse_time};

/// What only the shell knows: the word, what stands behind it, and what it does.
const OWN: [(&str, &str, &str); 4] = [
    ("advance", "DURATION", "let time pass, e.g. advance 3d2h"),
    ("at", "TIME|none", "set the wall clock"),
    ("reboot", "", "switch the device off and on"),
    ("exit", "", "leave; the device goes on where it is"),
];

#[derive(Helper, Hinter, Highlighter, Validator)]
struct Words;

impl Completer for Words {
    type Candidate = String;

    /// The words that can stand where the line ends.
    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let begun = line.get(..position).unwrap_or(line);
        let at = begun.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
        let mut words = Command::complete(begun);
        if begun[..at].trim().is_empty() {
            let own = OWN.iter().filter(|(word, ..)| word.starts_with(&begun[at..]));
            words.extend(own.map(|(word, behind, _)| match *behind {
                "" => (*word).to_owned(),
                _ => format!("{word} "),
            }));
            words.sort();
        }
        Ok((at, words))
    }
}

/// Reads the steps that somebody types.
pub(crate) struct Editor {
    editor: rustyline::Editor<Words, FileHistory>,
    history: PathBuf,
}

impl Editor {
    pub(crate) fn new(history: &Path) -> Result<Self, Failure> {
        let mut editor = rustyline::Editor::new().map_err(failed)?;
        editor.set_helper(Some(Words));
        // A first shell has no history yet, and what is no history is not opened.
        let most = 1 << 20;
        if history.symlink_metadata().is_ok_and(|there| there.is_file() && there.len() < most) {
            let _ = editor.load_history(history);
        }
        Ok(Self { editor, history: history.to_owned() })
    }

    /// The next step, or `None` at the end.
    pub(crate) fn next_step(&mut self) -> Result<Option<Step>, Failure> {
        loop {
            let line = match self.editor.readline("device# ") {
                Ok(line) => line,
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let _ = self.editor.add_history_entry(line);
            let _ = self.editor.save_history(&self.history);
            match read(line) {
                Ok(Line::Step(step)) => return Ok(Some(step)),
                Ok(Line::Exit) => return Ok(None),
                Err(problem) => println!("{}", terminal(&problem)),
            }
        }
    }
}

enum Line {
    Step(Step),
    Exit,
}

fn read(line: &str) -> Result<Line, String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let step = match words.as_slice() {
        ["exit" | "quit"] => return Ok(Line::Exit),
        // Without writes left nothing is lost: everything was durable before.
        ["reboot"] => Step { power_cut: Some(0), ..Step::default() },
        ["advance", duration] => Step { advance: parse_advance(duration)?, ..Step::default() },
        ["at", time] => {
            let wall = parse_time(time)?.map(|time| time.0);
            Step { set_wall: Some(wall), ..Step::default() }
        }
        ["help" | "?"] => {
            for (word, behind, does) in OWN {
                println!("{:<20} {does}", format!("{word} {behind}"));
            }
            Step { command: Some(line.to_owned()), ..Step::default() }
        }
        _ => Step { command: Some(line.to_owned()), ..Step::default() },
    };
    Ok(Line::Step(step))
}

fn failed(error: ReadlineError) -> Failure {
    Failure::io("the console", &std::io::Error::other(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_shell_and_of_the_device_are_completed() {
        let history = rustyline::history::MemHistory::new();
        let complete =
            |line: &str| Words.complete(line, line.len(), &Context::new(&history)).expect("words");
        for (word, ..) in OWN {
            let (at, words) = complete(&word[..2]);
            assert!(at == 0 && words.iter().any(|offer| offer.trim_end() == word), "{words:?}");
        }
        assert_eq!(complete("license job r").0, "license job ".len());
        assert!(complete("license job r").1.contains(&"run".to_owned()));
        assert_eq!(complete("license re").1, ["release "]);
    }
}
