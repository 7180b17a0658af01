//! How a line is held against the rows of the table of commands: word by word, every row that still fits.

use super::job::OPTIONS;
use super::table::group_help;
use super::words::Word;

/// What a row of the table looks like: all that its reading, its completion and its help are made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape<'r> {
    /// The words that it begins with.
    pub(super) path: &'static str,
    /// What stands behind them.
    pub(super) args: &'r [Arg],
    /// What it does, for operators; none for another spelling of a command, which the help does not show.
    pub(super) help: Option<&'static str>,
}

/// A word that is known at its place, and what it means there.
pub(super) type Choice = (&'static str, &'static str);

/// What stands at one place of a command.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arg {
    /// A word of the operator's: its name in the help, and what it is.
    Word(&'static str, &'static str),
    /// The same, or a word that means something else there.
    WordOr(&'static str, &'static str, Choice),
    /// One of these words.
    OneOf(fn() -> Vec<Choice>),
    /// May be left out; only at the end.
    Maybe(&'static Arg),
    /// The rest of the line, one word at least.
    Rest(&'static str, &'static str),
    /// Options of a job, in any order.
    Options,
}

/// A word that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What it should be.
    pub(super) what: &'static str,
    /// Its place behind the path.
    pub(super) place: usize,
    /// The word.
    pub(super) word: String,
}

/// The words behind the path of a command, in the places of its arguments. Keywords are in full.
pub(super) struct Given<'l> {
    words: &'l [String],
    /// Which of them were read as keywords.
    keywords: &'l [bool],
}

impl<'l> Given<'l> {
    pub(super) fn of(way: &'l Way) -> Self {
        Self { words: &way.given, keywords: &way.keywords }
    }

    /// Whether the word at a place is there, and is a keyword and no name.
    pub(super) fn is_keyword(&self, place: usize) -> bool {
        self.keywords.get(place).copied().unwrap_or(false)
    }

    /// The word at a place, which is there.
    pub(super) fn text(&self, place: usize) -> String {
        self.get(place).unwrap_or_default().to_owned()
    }

    /// The word at a place that may be left out.
    pub(super) fn get(&self, place: usize) -> Option<&'l str> {
        self.words.get(place).map(String::as_str)
    }

    /// The words from a place on.
    pub(super) fn rest(&self, place: usize) -> &'l [String] {
        self.words.get(place..).unwrap_or_default()
    }

    /// What the word at a place stands for.
    pub(super) fn read<T>(
        &self,
        place: usize,
        what: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Wrong> {
        let word = self.get(place).unwrap_or_default();
        read(word).ok_or_else(|| Wrong { what, place, word: word.to_owned() })
    }
}

/// What can stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Keyword(&'static str),
    /// A word of the operator's, by its name in the help.
    Name(&'static str),
}

/// How far a line has gone along one row.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) row: usize,
    /// Words of the path that are behind it.
    path: usize,
    /// Arguments that are behind it.
    arg: usize,
    /// Whether the rest of the line has begun, or an option waits for its value.
    within: Within,
    /// The words behind the path.
    pub(super) given: Vec<String>,
    keywords: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Nothing,
    Rest,
    Option(&'static str),
}

/// Where a way can go on.
#[derive(Debug, Clone)]
pub(super) struct Next {
    pub(super) expected: Expected,
    pub(super) help: &'static str,
    way: Way,
    /// Whether the word is one behind the path.
    is_given: bool,
}

/// Why a word does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It could be each of these.
    Ambiguous(Vec<&'static str>),
    /// It is none of what can stand there.
    Unknown,
    /// Nothing can stand there.
    TooMuch,
}

impl Shape<'_> {
    /// Its line in the help.
    pub(super) fn usage(&self) -> String {
        self.args.iter().fold(self.path.to_owned(), |usage, arg| usage + " " + &arg.usage())
    }
}

impl Arg {
    fn usage(&self) -> String {
        match self {
            Self::Word(name, _) | Self::Rest(name, _) => (*name).to_owned(),
            Self::WordOr(name, _, (other, _)) => format!("{name}|{other}"),
            Self::OneOf(known) => {
                known().iter().map(|(word, _)| *word).collect::<Vec<_>>().join("|")
            }
            Self::Maybe(arg) => format!("[{}]", arg.usage()),
            Self::Options => "[OPTIONS]".to_owned(),
        }
    }

    /// What can stand at its place.
    fn expects(&self) -> Vec<(Expected, &'static str)> {
        let keyword = |(word, help): Choice| (Expected::Keyword(word), help);
        match self {
            Self::Word(name, help) | Self::Rest(name, help) => vec![(Expected::Name(name), help)],
            Self::WordOr(name, help, other) => vec![(Expected::Name(name), help), keyword(*other)],
            Self::OneOf(known) => known().into_iter().map(keyword).collect(),
            Self::Maybe(arg) => arg.expects(),
            Self::Options => {
                OPTIONS.iter().map(|option| keyword((option.word, option.help))).collect()
            }
        }
    }
}

impl Next {
    /// Whether anything can stand behind it.
    pub(super) fn goes_on(&self, rows: &[Shape<'_>]) -> bool {
        !self.way.next(rows).is_empty()
    }

    /// Whether it belongs to a row that the help shows.
    pub(super) fn is_shown(&self, rows: &[Shape<'_>]) -> bool {
        rows.get(self.way.row).is_some_and(|shape| shape.help.is_some())
    }
}

impl Way {
    /// The beginnings of all rows.
    pub(super) fn all(rows: usize) -> Vec<Self> {
        let begun = |row| Self {
            row,
            path: 0,
            arg: 0,
            within: Within::Nothing,
            given: Vec::new(),
            keywords: Vec::new(),
        };
        (0..rows).map(begun).collect()
    }

    /// Where it can go on.
    pub(super) fn next(&self, rows: &[Shape<'_>]) -> Vec<Next> {
        let Some(shape) = rows.get(self.row) else { return Vec::new() };
        if let Some(word) = shape.path.split(' ').nth(self.path) {
            let begun = shape.path.split(' ').take(self.path + 1).collect::<Vec<_>>().join(" ");
            let help = group_help(&begun).or(shape.help).unwrap_or_default();
            let way = Self { path: self.path + 1, ..self.clone() };
            return vec![Next { expected: Expected::Keyword(word), help, way, is_given: false }];
        }
        if let Within::Option(value) = self.within {
            let way = Self { within: Within::Nothing, ..self.clone() };
            return vec![Next { expected: Expected::Name(value), help: "", way, is_given: true }];
        }
        let mut next = Vec::new();
        for (i, arg) in shape.args.iter().enumerate().skip(self.arg) {
            for (expected, help) in arg.expects() {
                let mut way = self.clone();
                (way.arg, way.within) = (i + 1, Within::Nothing);
                let inner = if let Arg::Maybe(inner) = arg { inner } else { arg };
                match (inner, expected) {
                    (Arg::Rest(..), _) => (way.arg, way.within) = (i, Within::Rest),
                    (Arg::Options, Expected::Keyword(word)) => {
                        let option = OPTIONS.iter().find(|option| option.word == word);
                        let value = option.and_then(|option| option.value);
                        (way.arg, way.within) = (i, value.map_or(Within::Nothing, Within::Option));
                    }
                    _ => {}
                }
                next.push(Next { expected, help, way, is_given: true });
            }
            if !matches!(arg, Arg::Maybe(_)) {
                break;
            }
        }
        next
    }

    /// Whether the command may end here.
    pub(super) fn may_end(&self, rows: &[Shape<'_>]) -> bool {
        let Some(shape) = rows.get(self.row) else { return false };
        let is_optional = |arg: &Arg| match arg {
            Arg::Maybe(_) | Arg::Options => true,
            Arg::Rest(..) => self.within == Within::Rest,
            _ => false,
        };
        self.path == shape.path.split(' ').count()
            && !matches!(self.within, Within::Option(_))
            && shape.args.iter().skip(self.arg).all(is_optional)
    }
}

/// All that can stand behind these ways.
pub(super) fn next_of(ways: &[Way], rows: &[Shape<'_>]) -> Vec<Next> {
    ways.iter().flat_map(|way| way.next(rows)).collect()
}

/// The ways that a word leaves.
///
/// A keyword may be shortened to a beginning that no other keyword at its place has, unless a word of the operator's
/// could stand there: a file or a feature may have any name.
pub(super) fn step(ways: &[Way], rows: &[Shape<'_>], word: &Word) -> Result<Vec<Way>, Misfit> {
    let next = next_of(ways, rows);
    if next.is_empty() {
        return Err(Misfit::TooMuch);
    }
    let keyword = |next: &Next| match next.expected {
        Expected::Keyword(keyword) if word.plain => Some(keyword),
        _ => None,
    };
    let is_exact = |next: &&Next| {
        keyword(next).is_some_and(|keyword| keyword.eq_ignore_ascii_case(&word.text))
    };
    let begins = |next: &&Next| {
        keyword(next).is_some_and(|keyword| {
            let beginning = keyword.get(..word.text.len());
            beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(&word.text))
        })
    };
    let is_name = |next: &&Next| matches!(next.expected, Expected::Name(_));
    let mut fits: Vec<&Next> = next.iter().filter(is_exact).collect();
    if fits.is_empty() {
        fits = next.iter().filter(is_name).collect();
    }
    if fits.is_empty() {
        fits = next.iter().filter(begins).collect();
        let mut words: Vec<&str> = fits.iter().filter_map(|next| keyword(next)).collect();
        words.sort_unstable();
        words.dedup();
        if words.len() > 1 {
            return Err(Misfit::Ambiguous(words));
        }
    }
    if fits.is_empty() {
        return Err(Misfit::Unknown);
    }
    let go = |next: &Next| {
        let mut way = next.way.clone();
        if next.is_given {
            way.keywords.push(matches!(next.expected, Expected::Keyword(_)));
            way.given.push(match next.expected {
                Expected::Keyword(keyword) => keyword.to_owned(),
                Expected::Name(_) => word.text.clone(),
            });
        }
        way
    };
    Ok(fits.into_iter().map(go).collect())
}

/// The ways that words leave, or the place of the first one that does not fit, with the ways that led there.
pub(super) fn walk(
    rows: &[Shape<'_>],
    words: &[Word],
) -> Result<Vec<Way>, (usize, Vec<Way>, Misfit)> {
    let mut ways = Way::all(rows.len());
    for (place, word) in words.iter().enumerate() {
        ways = match step(&ways, rows, word) {
            Ok(ways) => ways,
            Err(misfit) => return Err((place, ways, misfit)),
        };
    }
    Ok(ways)
}
