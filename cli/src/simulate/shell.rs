//! The console of `nodelock device shell`: from a terminal with history and completion, or from a pipe.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nodelock::limits::MAX_FILE_LEN;
use nodelock_std::{Command, Grammar, OwnCommand, Typed};
use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Context, Helper, Highlighter, Hinter, Validator};

use super::Step;
use crate::report::{Failure, Status};
use crate::style::terminal;
use crate::values::{parse_advance, parse_time};

/// What only the shell knows. The places are those of [`Own`].
const OWN: &[OwnCommand] = &[
    OwnCommand {
        path: "advance",
        takes: &[("DURATION", "e.g. 3d2h")],
        help: "let time pass, e.g. advance 3d2h",
    },
    OwnCommand {
        path: "at",
        takes: &[("TIME|none", "e.g. 2026-11-22T10:30:00Z")],
        help: "set the wall clock",
    },
    OwnCommand { path: "reboot", takes: &[], help: "switch the device off and on" },
    OwnCommand { path: "exit", takes: &[], help: "leave; the device goes on where it is" },
    OwnCommand { path: "quit", takes: &[], help: "leave" },
];
const ADVANCE: usize = 0;
const AT: usize = 1;
const REBOOT: usize = 2;

const GRAMMAR: Grammar = Grammar::new(OWN);
const PROMPT: &str = "device# ";

/// What was pasted for `license install terminal`, until the device reads it.
pub(crate) type Pasted = Rc<RefCell<Option<Vec<u8>>>>;

#[derive(Helper, Hinter, Highlighter, Validator)]
struct Words {
    features: Vec<String>,
    files: FilenameCompleter,
}

impl Completer for Words {
    type Candidate = Pair;

    /// The words that can stand where the line ends.
    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let begun = line.get(..position).unwrap_or(line);
        let offered = GRAMMAR.complete(begun);
        let typed = &begun[offered.at..];
        let is_for = |kind: &str| offered.names.iter().any(|name| name.contains(kind));
        let mut words = offered.words;
        if is_for("FEATURE") || is_for("NAME") {
            let features = self.features.iter().filter(|name| name.starts_with(typed));
            words.extend(features.map(|name| format!("{name} ")));
        }
        let pair = |word: String| Pair { display: word.trim_end().to_owned(), replacement: word };
        let mut pairs: Vec<Pair> = words.into_iter().map(pair).collect();
        if is_for("FILE") {
            let (at, files) = self.files.complete_path(begun, position)?;
            if pairs.is_empty() || typed.is_empty() && at == offered.at {
                pairs.extend(files);
                return Ok((at, pairs));
            }
        }
        Ok((offered.at, pairs))
    }
}

enum Source {
    Terminal(Box<rustyline::Editor<Words, FileHistory>>),
    Pipe(io::StdinLock<'static>),
}

/// What somebody types in place of a line.
enum Input {
    Line(String),
    /// Ctrl-C: what was begun is dropped.
    Dropped,
    End,
}

/// Reads the steps that somebody types, or that a script has.
pub(crate) struct Editor {
    source: Source,
    /// Lines that were pasted together with one before.
    waiting: VecDeque<String>,
    /// What the next line begins with: the one before it, without its question mark.
    initial: String,
    history: PathBuf,
    pasted: Pasted,
    stop_on_error: bool,
    /// How the last command ended that failed.
    failed: Option<Status>,
}

impl Editor {
    pub(crate) fn new(
        history: &Path,
        features: Vec<String>,
        pasted: Pasted,
        stop_on_error: bool,
    ) -> Result<Self, Failure> {
        let source = if io::stdin().is_terminal() {
            let config = Config::builder()
                .completion_type(CompletionType::List)
                .completion_show_all_if_ambiguous(true)
                .build();
            let mut editor = rustyline::Editor::with_config(config).map_err(failed)?;
            editor.set_helper(Some(Words { features, files: FilenameCompleter::new() }));
            // A first shell has no history yet, and what is no history is not opened.
            let most = 1 << 20;
            if history.symlink_metadata().is_ok_and(|there| there.is_file() && there.len() < most) {
                let _ = editor.load_history(history);
            }
            Source::Terminal(Box::new(editor))
        } else {
            Source::Pipe(io::stdin().lock())
        };
        let history = history.to_owned();
        let (waiting, initial) = (VecDeque::new(), String::new());
        Ok(Self { source, waiting, initial, history, pasted, stop_on_error, failed: None })
    }

    /// How the session ended: for somebody at a terminal well, for a script as the last command that failed.
    pub(crate) fn status(&self) -> Status {
        match self.source {
            Source::Terminal(_) => Status::Yes,
            Source::Pipe(_) => self.failed.unwrap_or(Status::Yes),
        }
    }

    /// Is told how a step ended.
    pub(crate) fn note(&mut self, status: Status) {
        if status != Status::Yes {
            self.failed = Some(status);
        }
    }

    /// The next step, or `None` at the end.
    pub(crate) fn next_step(&mut self) -> Result<Option<Step>, Failure> {
        while !(self.stop_on_error && self.failed.is_some()) {
            let line = match self.line(PROMPT)? {
                Input::Line(line) => line,
                Input::Dropped => continue,
                Input::End => break,
            };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let typed = match GRAMMAR.parse(line) {
                Ok(typed) => typed,
                Err(error) => {
                    self.refuse(&error.to_string());
                    continue;
                }
            };
            if !matches!(typed, Typed::Command(Command::InstallText(_))) {
                self.remember(line);
            }
            let step = match typed {
                Typed::Own { place, words } => {
                    let value = words.first().map(String::as_str).unwrap_or_default();
                    let step = match place {
                        ADVANCE => {
                            parse_advance(value).map(|advance| Step { advance, ..Step::default() })
                        }
                        AT => parse_time(value).map(|time| Step {
                            set_wall: Some(time.map(|time| time.0)),
                            ..Step::default()
                        }),
                        // Without writes left nothing is lost: everything was durable before.
                        REBOOT => Ok(Step { power_cut: Some(0), ..Step::default() }),
                        _ => break,
                    };
                    match step {
                        Ok(step) => step,
                        Err(problem) => {
                            self.refuse(&format!("{problem}\n"));
                            continue;
                        }
                    }
                }
                Typed::Command(command) => match self.command(&command, line)? {
                    Some(step) => step,
                    None => continue,
                },
                _ => continue,
            };
            return Ok(Some(step));
        }
        Ok(None)
    }

    /// What the device has to do for a command; nothing for help.
    fn command(&mut self, command: &Command, line: &str) -> Result<Option<Step>, Failure> {
        let of = |line: String| Ok(Some(Step { command: Some(line), ..Step::default() }));
        match command {
            Command::Help(text) => {
                print(text);
                if let Some(asked) = line.strip_suffix('?') {
                    self.initial = asked.to_owned();
                }
                Ok(None)
            }
            Command::Filtered { command, filters } if matches!(**command, Command::Help(_)) => {
                if let Command::Help(text) = &**command {
                    print(&filters.iter().fold(text.clone(), |text, filter| filter.apply(&text)));
                }
                Ok(None)
            }
            Command::InstallText(first) => match self.paste(first.clone())? {
                Some(text) => of(text),
                None => Ok(None),
            },
            Command::Install { file, .. } if file == "-" => {
                let Some(text) = self.paste(String::new())? else { return Ok(None) };
                *self.pasted.borrow_mut() = Some(text.into_bytes());
                of(line.to_owned())
            }
            _ => of(line.to_owned()),
        }
    }

    /// The lines of a license, up to an empty one or `end`; `None` if they were dropped.
    fn paste(&mut self, mut text: String) -> Result<Option<String>, Failure> {
        if matches!(self.source, Source::Terminal(_)) {
            print("Paste the license; an empty line or the word end ends it.\n");
        }
        loop {
            match self.line("> ")? {
                Input::Line(line) if line.trim().is_empty() && text.trim().is_empty() => {
                    return Ok(Some(text));
                }
                Input::Line(line) if line.trim().is_empty() || line.trim() == "end" => break,
                Input::Line(line) => {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text.push_str(&line);
                    // More is refused below, whatever else comes.
                    if text.len() > MAX_FILE_LEN {
                        break;
                    }
                }
                Input::Dropped => return Ok(None),
                Input::End => break,
            }
        }
        Ok(Some(text))
    }

    fn line(&mut self, prompt: &str) -> Result<Input, Failure> {
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Input::Line(line));
        }
        let initial = std::mem::take(&mut self.initial);
        match &mut self.source {
            Source::Terminal(editor) => {
                let text = match editor.readline_with_initial(prompt, (&initial, "")) {
                    Ok(text) => text,
                    Err(ReadlineError::Interrupted) => return Ok(Input::Dropped),
                    Err(ReadlineError::Eof) => return Ok(Input::End),
                    Err(error) => return Err(failed(error)),
                };
                // What is pasted comes as a whole, and a license may be wrapped anywhere.
                if matches!(GRAMMAR.parse(&text), Ok(Typed::Command(Command::InstallText(_)))) {
                    return Ok(Input::Line(text));
                }
                self.waiting.extend(text.lines().skip(1).map(str::to_owned));
                Ok(Input::Line(text.lines().next().unwrap_or_default().to_owned()))
            }
            Source::Pipe(stdin) => {
                let mut line = Vec::new();
                let most = u64::try_from(MAX_FILE_LEN).unwrap_or(u64::MAX);
                let read = stdin.by_ref().take(most).read_until(b'\n', &mut line);
                match read.map_err(|error| Failure::io("standard input", &error))? {
                    0 => Ok(Input::End),
                    _ => Ok(Input::Line(String::from_utf8_lossy(&line).trim_end().to_owned())),
                }
            }
        }
    }

    fn remember(&mut self, line: &str) {
        if let Source::Terminal(editor) = &mut self.source {
            let _ = editor.add_history_entry(line);
            let _ = editor.save_history(&self.history);
        }
    }

    fn refuse(&mut self, problem: &str) {
        print(problem);
        self.failed = Some(Status::Usage);
    }
}

fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(terminal(text).as_bytes());
    let _ = out.flush();
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
        let words = Words { features: vec!["voice".into()], files: FilenameCompleter::new() };
        let complete = |line: &str| {
            let (at, pairs) =
                words.complete(line, line.len(), &Context::new(&history)).expect("words");
            (at, pairs.into_iter().map(|pair| pair.replacement).collect::<Vec<_>>())
        };
        for own in OWN {
            let (at, words) = complete(&own.path[..2]);
            assert!(at == 0 && words.iter().any(|offer| offer.trim_end() == own.path), "{words:?}");
        }
        assert_eq!(complete("license job r").0, "license job ".len());
        assert!(complete("license job r").1.contains(&"run".to_owned()));
        assert_eq!(complete("license re").1, ["release ", "revoke "]);
        assert_eq!(complete("expl v"), (5, vec!["voice ".to_owned()]));
        // The tests run in the directory of this crate.
        assert_eq!(complete("license install Carg"), (16, vec!["Cargo.toml".to_owned()]));
        assert!(complete("license install ").1.contains(&"terminal ".to_owned()));
    }

    #[test]
    fn each_own_command_is_at_its_place() {
        for (place, path) in [(ADVANCE, "advance"), (AT, "at"), (REBOOT, "reboot")] {
            assert_eq!(OWN[place].path, path);
        }
    }
}
