//! The line editor of `nodelock device shell`: history and completion.

use std::path::{Path, PathBuf};

use nodelock::Show;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Context, Helper, Highlighter, Hinter, Validator};

use crate::device::{Step, parse_advance, parse_time};
use crate::report::Failure;
use crate::style::terminal;

/// Words that only the shell knows.
const OWN: &str = "\
advance DURATION     let time pass, e.g. advance 3d2h
at TIME|none         set the wall clock
reboot               switch the device off and on
exit                 leave; the device goes on where it is
";

/// First words of commands, for completion; the forms of `show license` come on top.
const COMMANDS: [&str; 31] = [
    "advance ",
    "at ",
    "exit",
    "explain ",
    "help",
    "license accept end user agreement ",
    "license acquire ",
    "license activate ",
    "license boot level ",
    "license clear ",
    "license comment add ",
    "license comment delete ",
    "license deactivate ",
    "license events ",
    "license install ",
    "license job backup ",
    "license job clear ",
    "license job delete ",
    "license job generate-eula ",
    "license job install ",
    "license job no-op",
    "license job process-permission-ticket ",
    "license job regenerate-last-rehost-ticket ",
    "license job run",
    "license modify priority ",
    "license release ",
    "license right-to-use activate ",
    "license right-to-use deactivate ",
    "license save ",
    "reboot",
    "show license jobs",
];

#[derive(Helper, Hinter, Highlighter, Validator)]
struct Words;

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let begun = line.get(..position).unwrap_or(line);
        let forms = Show::ALL.map(|(word, _)| format!("show license {word}").trim_end().to_owned());
        let mut all: Vec<String> = COMMANDS.map(str::to_owned).into_iter().chain(forms).collect();
        all.retain(|command| command.starts_with(begun));
        all.sort();
        Ok((0, all))
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
            print!("{OWN}");
            Step { command: Some(line.to_owned()), ..Step::default() }
        }
        _ => Step { command: Some(line.to_owned()), ..Step::default() },
    };
    Ok(Line::Step(step))
}

fn failed(error: ReadlineError) -> Failure {
    Failure::io("the console", &std::io::Error::other(error))
}
