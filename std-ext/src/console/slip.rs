//! What is said of a line that is no command: where it goes wrong, and what comes nearest.

use super::grammar::{Expected, Misfit, Shape, Way, next_of};
use super::words::Word;
use crate::visible::visible;

/// So many columns of a long line are shown.
const SHOWN: usize = 72;
/// Columns of a screen.
const WIDTH: usize = 79;
/// Words that are no more alike than this are not meant for each other: "Dear" is no "clear".
const ALIKE: f64 = 0.6;
/// More commands than this are no help.
const MOST: usize = 4;

/// The line, a mark below the place, and what is wrong there.
pub(super) fn at(line: &str, place: usize, problem: &str) -> String {
    let line = line.trim_end();
    let before = visible(line.get(..place).unwrap_or(line)).chars().count();
    let before = before + usize::from(place > line.len());
    let all: Vec<char> = visible(line).chars().collect();
    // Of a long line, the part around the mark.
    let start =
        if all.len() > SHOWN { before.saturating_sub(SHOWN / 2).min(all.len() - SHOWN) } else { 0 };
    let part: String = all.iter().skip(start).take(SHOWN).collect();
    let left = if start > 0 { "..." } else { "" };
    let right = if start + SHOWN < all.len() { "..." } else { "" };
    let column = before - start.min(before) + left.len();
    format!("  {left}{part}{right}\n  {}^\n{}", " ".repeat(column), wrapped(problem))
}

/// A sentence in lines that a screen shows.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        if lines.last().is_some_and(|line| line.len() + word.trim_end().len() > WIDTH) {
            lines.push("  ".to_owned());
        }
        lines.iter_mut().last().into_iter().for_each(|line| line.push_str(word));
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Why a word does not fit.
pub(super) fn misfit(
    rows: &[Shape<'_>],
    line: &str,
    word: &Word,
    ways: &[Way],
    misfit: &Misfit,
) -> String {
    let shown = format!("{:?}", word.text);
    let shown = visible(&shown.chars().take(SHOWN).collect::<String>());
    let problem = match misfit {
        Misfit::Ambiguous(words) => {
            format!("{shown} is not clear; it could be {}", words.join(" or "))
        }
        Misfit::TooMuch => format!("{shown} is too much; the command ends before it"),
        Misfit::Unknown => {
            let here = expected(rows, ways);
            let near = nearest(rows, word, &here);
            let hint = if near.is_empty() {
                format!("there can be {}", listed(&here))
            } else {
                format!("did you mean {}", near.join(", or "))
            };
            format!("{shown} is not known here; {hint}")
        }
    };
    at(line, word.at, &problem)
}

/// The line ends too early.
pub(super) fn incomplete(rows: &[Shape<'_>], line: &str, ways: &[Way]) -> String {
    let problem = match line.trim() {
        "" => return "no command; help lists them\n".to_owned(),
        _ => format!("something is missing here: {}", listed(&expected(rows, ways))),
    };
    at(line, line.trim_end().len() + 1, &problem)
}

/// The words that can stand there, each once.
fn expected(rows: &[Shape<'_>], ways: &[Way]) -> Vec<&'static str> {
    let next = next_of(ways, rows);
    let shown = next.iter().filter(|next| next.is_shown(rows)).map(|next| match next.expected {
        Expected::Keyword(word) | Expected::Name(word) => word,
    });
    let mut words: Vec<_> = shown.collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Words in a sentence.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// How alike two words are, from 0 to 1. A beginning is very much alike.
fn likeness(typed: &str, word: &str) -> f64 {
    let typed = typed.to_lowercase();
    let whole = strsim::normalized_damerau_levenshtein(&typed, word);
    if typed.len() >= 3 && (word.starts_with(&typed) || typed.starts_with(word)) {
        whole.max(0.8)
    } else {
        whole
    }
}

/// Whether a word may be another one that was mistyped.
pub(super) fn is_alike(typed: &str, word: &str) -> bool {
    likeness(typed, word) > ALIKE
}

/// What may have been meant: words that can stand there, or else commands in which there is such a word.
fn nearest(rows: &[Shape<'_>], word: &Word, here: &[&'static str]) -> Vec<String> {
    let typed: String = word.text.chars().take(40).collect();
    let mut near: Vec<(f64, String)> = Vec::new();
    let is_keyword = |word: &&&str| word.chars().all(|c| c.is_lowercase() || c == '-');
    for &word in here.iter().filter(is_keyword) {
        near.push((likeness(&typed, word), word.to_owned()));
    }
    if !near.iter().any(|(likeness, _)| *likeness > ALIKE) {
        for row in rows.iter().filter(|row| row.help.is_some()) {
            let best = row.path.split(' ').map(|word| likeness(&typed, word)).fold(0.0, f64::max);
            near.push((best, row.usage()));
        }
    }
    near.retain(|(likeness, _)| *likeness > ALIKE);
    near.sort_by(|left, right| right.0.total_cmp(&left.0));
    // Those that come nearest, if they do so together.
    let best = near.first().map_or(0.0, |(likeness, _)| *likeness);
    near.retain(|(likeness, _)| best - likeness < 0.15);
    near.dedup_by(|one, other| one.1 == other.1);
    near.truncate(MOST);
    near.into_iter().map(|(_, word)| word).collect()
}
