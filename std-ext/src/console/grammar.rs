//! How a row of the table of commands is read, completed, and shown in the help.

use super::command::Command;
use super::job::OPTIONS;

/// One command: all that its parser, its completion and its help are made from.
pub(super) struct Row {
    /// The words that it begins with.
    pub(super) path: &'static str,
    /// What stands behind them.
    pub(super) args: &'static [Arg],
    /// What it does, for operators; none for another spelling of a command, which the help does not
    /// show.
    pub(super) help: Option<&'static str>,
    /// The command, from the words behind the path.
    pub(super) command: fn(&Given<'_>) -> Result<Command, Wrong>,
}

/// What stands at one place of a command.
#[derive(Clone, Copy)]
pub(super) enum Arg {
    /// A word of the operator's, under its name in the help.
    Word(&'static str),
    /// The same, and a word that means something else there.
    WordOr(&'static str, &'static str),
    /// One of these words.
    OneOf(fn() -> Vec<&'static str>),
    /// The same; another word there is answered with what it should be.
    FeatureKind(&'static str, fn() -> Vec<&'static str>),
    /// May be left out; only at the end.
    Maybe(&'static Arg),
    /// The rest of the line, one word at least.
    Rest(&'static str),
    /// Options of a job, in any order.
    Options,
}

/// A word that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What it should be.
    pub(super) what: &'static str,
    /// The word.
    pub(super) word: String,
}

/// The words behind the path of a command, in the places of its arguments.
pub(super) struct Given<'l>(&'l [&'l str]);

impl<'l> Given<'l> {
    /// The word at a place, which is there.
    pub(super) fn text(&self, place: usize) -> String {
        self.get(place).unwrap_or_default().to_owned()
    }

    /// The word at a place that may be left out.
    pub(super) fn get(&self, place: usize) -> Option<&'l str> {
        self.0.get(place).copied()
    }

    /// The words from a place on.
    pub(super) fn rest(&self, place: usize) -> &'l [&'l str] {
        self.0.get(place..).unwrap_or_default()
    }

    /// What the word at a place stands for.
    pub(super) fn read<T>(
        &self,
        place: usize,
        what: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Wrong> {
        let word = self.get(place).unwrap_or_default();
        read(word).ok_or_else(|| Wrong { what, word: word.to_owned() })
    }
}

impl Row {
    /// `None` if the words have another shape.
    pub(super) fn read(&self, words: &[&str]) -> Option<Result<Command, Wrong>> {
        let mut given = words;
        for word in self.path.split(' ') {
            given = given.strip_prefix(&[word])?;
        }
        let mut wrong = None;
        let mut left = given;
        for arg in self.args {
            left = arg.take(left, &mut wrong)?;
        }
        let fits = left.is_empty();
        fits.then(|| wrong.map_or_else(|| (self.command)(&Given(given)), Err))
    }

    /// Its line in the help.
    pub(super) fn usage(&self) -> String {
        self.args.iter().fold(self.path.to_owned(), |usage, arg| usage + " " + &arg.usage())
    }

    /// The words that can follow these, and whether the command goes on behind them.
    fn next(&self, before: &[&str]) -> Option<(Vec<&'static str>, bool)> {
        let path: Vec<&'static str> = self.path.split(' ').collect();
        if let Some(&word) = path.get(before.len()) {
            let more = path.len() > before.len() + 1 || !self.args.is_empty();
            return path.starts_with(before).then(|| (vec![word], more));
        }
        let mut left = before.strip_prefix(path.as_slice())?;
        for (i, arg) in self.args.iter().enumerate() {
            if left.is_empty() || matches!(arg, Arg::Options) {
                return Some((arg.words(), i + 1 < self.args.len()));
            }
            left = arg.take(left, &mut None)?;
        }
        None
    }
}

impl Arg {
    /// The words that are left behind it; `None` if they have another shape.
    fn take<'w, 'l>(
        &self,
        words: &'w [&'l str],
        wrong: &mut Option<Wrong>,
    ) -> Option<&'w [&'l str]> {
        if let Self::Maybe(arg) = self {
            return if words.is_empty() { Some(words) } else { arg.take(words, wrong) };
        }
        if let Self::Options = self {
            return Some(&[]);
        }
        let (&word, left) = words.split_first()?;
        match self {
            Self::OneOf(known) if !known().contains(&word) => return None,
            Self::FeatureKind(what, known) if wrong.is_none() && !known().contains(&word) => {
                *wrong = Some(Wrong { what, word: word.to_owned() });
            }
            Self::Rest(_) => return Some(&[]),
            _ => {}
        }
        Some(left)
    }

    /// The words that are known to be right there.
    fn words(&self) -> Vec<&'static str> {
        match self {
            Self::Word(_) | Self::Rest(_) => Vec::new(),
            Self::WordOr(_, other) => vec![other],
            Self::OneOf(known) | Self::FeatureKind(_, known) => known(),
            Self::Maybe(arg) => arg.words(),
            Self::Options => OPTIONS.iter().map(|option| option.word).collect(),
        }
    }

    fn usage(&self) -> String {
        match self {
            Self::Word(name) | Self::Rest(name) => (*name).to_owned(),
            Self::WordOr(name, other) => format!("{name}|{other}"),
            Self::OneOf(known) | Self::FeatureKind(_, known) => known().join("|"),
            Self::Maybe(arg) => format!("[{}]", arg.usage()),
            Self::Options => "[OPTIONS]".to_owned(),
        }
    }
}

/// How each command is written, for errors.
pub(super) fn usage(rows: &[Row]) -> String {
    list(rows, false)
}

/// How each command is written, and what it does.
pub(super) fn help(rows: &[Row]) -> String {
    list(rows, true)
}

fn list(rows: &[Row], with_help: bool) -> String {
    let mut text = String::new();
    let takes_options = |row: &Row| matches!(row.args, [.., Arg::Options]);
    let last = rows.iter().rposition(takes_options);
    for (i, row) in rows.iter().enumerate() {
        let Some(help) = row.help else { continue };
        text += &wrapped(&row.usage());
        if with_help {
            text += &format!("    {help}\n");
        }
        if last == Some(i) {
            let options: Vec<_> = OPTIONS.iter().map(|option| option.usage()).collect();
            text += &format!("        OPTIONS: {}\n", options.join(", "));
        }
    }
    text
}

/// A long list of words goes on below its beginning.
fn wrapped(usage: &str) -> String {
    const WIDTH: usize = 78;
    let indent = usage.find('[').map_or(0, |at| at + 1);
    let mut lines = vec![String::new()];
    for piece in usage.split_inclusive('|') {
        let full = lines.last().is_some_and(|line| line.len() + piece.len() > WIDTH);
        if full {
            lines.push(" ".repeat(indent));
        }
        lines.iter_mut().last().into_iter().for_each(|line| line.push_str(piece));
    }
    lines.join("\n") + "\n"
}

/// The words that can stand where the line ends.
pub(super) fn complete(rows: &[Row], begun: &str) -> Vec<String> {
    let at = begun.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
    let before: Vec<&str> = begun[..at].split_whitespace().collect();
    let shown = rows.iter().filter(|row| row.help.is_some());
    let next = shown.filter_map(|row| row.next(&before)).flat_map(|(words, more)| {
        words.into_iter().map(move |word| if more { format!("{word} ") } else { word.to_owned() })
    });
    let mut words: Vec<String> = next.filter(|word| word.starts_with(&begun[at..])).collect();
    words.sort();
    words.dedup();
    words
}
