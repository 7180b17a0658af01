//! `| include TEXT` and the like: which lines of a long output are printed.

use super::grammar::Wrong;
use super::words::Word;

/// What is done with the lines that a command prints. Capital and small letters are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// Only lines with this text.
    Include(String),
    /// Only lines without it.
    Exclude(String),
    /// All from the first line with it on.
    Begin(String),
    /// How many lines there are; of those with a text, if there is one.
    Count(Option<String>),
}

/// The words behind `|`, and what they do.
pub(super) const WORDS: [(&str, &str); 4] = [
    ("include", "only lines with this text"),
    ("exclude", "only lines without this text"),
    ("begin", "from the first line with this text on"),
    ("count", "how many lines there are"),
];

impl Filter {
    /// From the words behind a `|`.
    pub(super) fn read(words: &[Word]) -> Result<Self, Wrong> {
        let wrong = |what| {
            let word = words.first().map(|word| word.text.clone()).unwrap_or_default();
            Wrong { what, place: 0, word }
        };
        let (word, text) = words.split_first().ok_or_else(|| wrong("filter"))?;
        let typed = word.text.to_ascii_lowercase();
        let known = WORDS.iter().find(|(known, _)| !typed.is_empty() && known.starts_with(&typed));
        let (known, _) = known.filter(|_| word.plain).ok_or_else(|| wrong("filter"))?;
        let text: Vec<&str> = text.iter().map(|word| word.text.as_str()).collect();
        let text = (!text.is_empty()).then(|| text.join(" "));
        match (*known, text) {
            ("count", text) => Ok(Self::Count(text)),
            ("include", Some(text)) => Ok(Self::Include(text)),
            ("exclude", Some(text)) => Ok(Self::Exclude(text)),
            ("begin", Some(text)) => Ok(Self::Begin(text)),
            _ => Err(wrong("filter with the text that it looks for")),
        }
    }

    /// What is left of a text.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let has = |line: &str, wanted: &str| line.to_lowercase().contains(&wanted.to_lowercase());
        let lines = text.split_inclusive('\n');
        match self {
            Self::Include(wanted) => lines.filter(|line| has(line, wanted)).collect(),
            Self::Exclude(wanted) => lines.filter(|line| !has(line, wanted)).collect(),
            Self::Begin(wanted) => lines.skip_while(|line| !has(line, wanted)).collect(),
            Self::Count(wanted) => {
                let of = |line: &&str| wanted.as_ref().is_none_or(|wanted| has(line, wanted));
                format!("{} lines\n", lines.filter(of).count())
            }
        }
    }
}
