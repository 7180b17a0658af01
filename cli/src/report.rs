//! What a command hands back: its result in both shapes and its exit status, or a failure.

use std::fmt::Write as _;
use std::io::{self, Write};

use nodelock::Reason;
use nodelock_std::{Ending, is_visible, visible};
use serde::Serialize;

use crate::input::shown;
use crate::style::{self, terminal};

/// The exit status, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(crate) enum Status {
    /// Done; granted; valid.
    #[default]
    Yes = 0,
    /// Denied; refused; invalid.
    No = 1,
    /// The command was given wrongly.
    Usage = 2,
    /// Something could not be read or written.
    Io = 3,
    /// There are license lines, and all of them are for other devices.
    NotForThisDevice = 4,
}

impl Status {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Yes, "yes"),
        (Self::No, "no, denied or invalid"),
        (Self::Usage, "wrong usage"),
        (Self::Io, "input or output failed"),
        (Self::NotForThisDevice, "the licenses are all for other devices"),
    ];

    /// All of them in a sentence, for the help and the manual.
    pub(crate) fn table() -> String {
        let each = Self::ALL.map(|(status, meaning)| format!("{} {meaning}", status as u8));
        format!("Exit status: {}.", each.join(", "))
    }
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

impl From<Ending> for Status {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::Yes,
            Ending::Usage => Self::Usage,
            Ending::Io => Self::Io,
            Ending::NotForThisDevice => Self::NotForThisDevice,
            _ => Self::No,
        }
    }
}

/// The result of a command. Nothing is printed before all of it is there, so that a failure never
/// leaves half a result behind.
pub(crate) struct Report {
    pub(crate) status: Status,
    /// For the standard error: what the result does not say.
    notes: Vec<String>,
    /// The same, where something is probably wrong.
    warnings: Vec<String>,
    plain: Plain,
    json: String,
}

enum Plain {
    /// Text with styles, which are left out when it does not go to a terminal.
    Styled(String),
    /// Bytes that must arrive as they are.
    Exact(Vec<u8>),
}

impl Report {
    pub(crate) fn new(status: Status, plain: String, json: &impl Serialize) -> Self {
        Self {
            status,
            notes: Vec::new(),
            warnings: Vec::new(),
            plain: Plain::Styled(plain),
            json: to_json(json),
        }
    }

    pub(crate) fn exact(plain: Vec<u8>, json: &impl Serialize) -> Self {
        let (status, json) = (Status::Yes, to_json(json));
        Self { status, notes: Vec::new(), warnings: Vec::new(), plain: Plain::Exact(plain), json }
    }

    pub(crate) fn note(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }

    pub(crate) fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    pub(crate) fn print(&self, json: bool) -> io::Result<()> {
        for warning in &self.warnings {
            let text = format!("{} {}\n", style::open("warning:"), visible(warning));
            let _ = anstream::stderr().write_all(terminal(&text).as_bytes());
        }
        for note in &self.notes {
            // Not worth failing for.
            let _ = anstream::stderr().write_all(terminal(&format!("note: {note}\n")).as_bytes());
        }
        match (json, &self.plain) {
            (false, Plain::Styled(text)) => {
                let mut out = anstream::stdout().lock();
                out.write_all(terminal(text).as_bytes())?;
                out.flush()
            }
            (json, plain) => {
                let bytes = match plain {
                    Plain::Exact(bytes) if !json => bytes,
                    _ => self.json.as_bytes(),
                };
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()
            }
        }
    }
}

/// In JSON, what is no visible character stands only within texts, where it has another spelling
/// that means the same.
fn to_json(value: &impl Serialize) -> String {
    // Cannot fail: no shape here has a map with keys that are no texts.
    let json = serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    json.chars().fold(String::with_capacity(json.len()), |mut out, c| {
        if c == '\n' || is_visible(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
        out
    })
}

/// Why a command could not be carried out.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    text: String,
}

impl Failure {
    pub(crate) fn no(text: impl Into<String>) -> Self {
        Self { status: Status::No, text: text.into() }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { status: Status::Usage, text: text.into() }
    }

    pub(crate) fn unavailable(text: impl Into<String>) -> Self {
        Self { status: Status::Io, text: text.into() }
    }

    /// `what` is visible already, or our own words.
    pub(crate) fn io(what: impl core::fmt::Display, error: &io::Error) -> Self {
        Self { status: Status::Io, text: format!("{what}: {}", visible(&error.to_string())) }
    }

    /// A file that is there, and what it is.
    pub(crate) fn exists(path: &std::path::Path, what: &io::Error) -> Self {
        let (path, what) = (crate::input::shown(path), visible(&what.to_string()));
        Self { status: Status::Io, text: format!("{path} {what}; --force overwrites it") }
    }

    /// The same with more words.
    pub(crate) fn and(self, more: &str) -> Self {
        Self { text: self.text + more, ..self }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn print(&self, json: bool) {
        #[derive(Serialize)]
        struct Shape<'f> {
            error: Inner<'f>,
        }
        #[derive(Serialize)]
        struct Inner<'f> {
            status: u8,
            text: &'f str,
        }
        let mut stderr = anstream::stderr();
        let _ = if json {
            let shape = Shape { error: Inner { status: self.status as u8, text: &self.text } };
            stderr.write_all(to_json(&shape).as_bytes())
        } else {
            let text = format!("{} {}\n", style::bad("error:"), self.text);
            stderr.write_all(terminal(&text).as_bytes())
        };
    }
}

impl From<nodelock_authority::Error> for Failure {
    fn from(error: nodelock_authority::Error) -> Self {
        use nodelock_authority::Error;
        let status = match error {
            Error::Io { .. }
            | Error::Exists(_)
            | Error::Random(_)
            | Error::Signer(_)
            | Error::Books { .. } => Status::Io,
            Error::Refused(_)
            | Error::NotDelegated { .. }
            | Error::NotPermitted(_)
            | Error::OutsideDelegation { .. }
            | Error::Transfer(_)
            | Error::Slips(_) => Status::No,
            _ => Status::Usage,
        };
        // Names of files are given as they are; apart from TOML, which quotes a line, all is one line.
        let text = match &error {
            Error::Toml(text) => text.clone(),
            Error::Io { path, source } => {
                format!("{}: {}", shown(path), visible(&source.to_string()))
            }
            Error::Exists(path) => Error::Exists(shown(path).into()).to_string(),
            Error::KeyFile { path, problem } | Error::Books { path, problem } => {
                format!("{}: {}", shown(path), visible(problem))
            }
            // One on each line.
            Error::Slips(slips) => {
                let lines: Vec<_> = slips.iter().map(|slip| visible(&slip.to_string())).collect();
                lines.join("\n")
            }
            other => visible(&other.to_string()),
        };
        Self { status, text }
    }
}

/// A reason in machine-readable output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ReasonJson {
    code: i32,
    name: &'static str,
    text: &'static str,
    remedy: &'static str,
}

/// Why something is denied, with the fact that decided.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WhyJson {
    code: i32,
    name: &'static str,
    /// The reason with its fact, as people read it.
    text: String,
    /// What to do about it here and now.
    remedy: String,
    /// The dates, units, versions and numbers of the fact.
    fact: serde_json::Value,
}

impl WhyJson {
    pub(crate) fn of(answer: &nodelock::rights::Answer<'_>) -> Option<Self> {
        let reason = answer.reason()?;
        Some(Self {
            code: reason.code(),
            name: reason.name(),
            text: answer.to_string(),
            remedy: answer.remedy().to_string(),
            fact: serde_json::to_value(answer.fact).unwrap_or_default(),
        })
    }
}

impl ReasonJson {
    pub(crate) const fn with_remedy(self, remedy: &'static str) -> Self {
        Self { remedy, ..self }
    }

    pub(crate) const fn remedy(&self) -> &'static str {
        self.remedy
    }
}

impl From<Reason> for ReasonJson {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.code(),
            name: reason.name(),
            text: reason.text(),
            remedy: reason.remedy(),
        }
    }
}

/// `name (code): text`, the form in which reasons stand in plain output.
pub(crate) fn reason_line(reason: Reason) -> String {
    format!("{} ({}): {}", reason.name(), reason.code(), reason.text())
}
