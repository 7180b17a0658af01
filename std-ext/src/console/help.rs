//! What the console says of its own commands: `help`, `?`, and the words that Tab offers.

use super::filter;
use super::grammar::{Expected, Next, Shape, next_of, walk};
use super::job::OPTIONS;
use super::table::{GROUPS, group_help};
use super::words::{Word, split};

/// Columns of a screen.
const WIDTH: usize = 79;
/// So many commands are shown in full; of more, each is one line.
const IN_FULL: usize = 9;

/// The list of commands that begin with these words; of all, if there are none. It fits a screen.
pub(super) fn help(rows: &[Shape<'_>], topic: &str) -> String {
    let is_below = |path: &str| {
        topic.is_empty()
            || path == topic
            || path.strip_prefix(topic).is_some_and(|rest| rest.starts_with(' '))
    };
    let shown: Vec<&Shape<'_>> =
        rows.iter().filter(|row| row.help.is_some() && is_below(row.path)).collect();
    let mut text = if shown.len() <= IN_FULL { in_full(&shown) } else { in_short(&shown, topic) };
    if topic.is_empty() {
        text += "Words may be shortened; ? lists what can follow; | include TEXT filters lines.\n";
    }
    text
}

/// A line each; what has a group of its own, below the topic, is one line together.
fn in_short(rows: &[&Shape<'_>], topic: &str) -> String {
    let depth = |path: &str| path.split(' ').count();
    let mut lines: Vec<(&str, &str)> = Vec::new();
    for row in rows {
        let begins = |group: &&(&'static str, &'static str)| {
            row.path
                .strip_prefix(group.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
                && depth(group.0) > depth(topic).max(1)
        };
        let line = match GROUPS.iter().find(begins) {
            Some(&(path, help)) => (path, help),
            None => (row.path, row.help.unwrap_or_default()),
        };
        if !lines.iter().any(|(path, _)| *path == line.0) {
            lines.push(line);
        }
    }
    table(&lines.iter().map(|(path, help)| ((*path).to_owned(), *help)).collect::<Vec<_>>())
}

/// How each is written, and what it does.
fn in_full(rows: &[&Shape<'_>]) -> String {
    use super::grammar::Arg;
    let mut text = String::new();
    for row in rows {
        text += &wrapped(&row.usage());
        text += &format!("    {}\n", row.help.unwrap_or_default());
    }
    if rows.iter().any(|row| matches!(row.args, [.., Arg::Options])) {
        let options: Vec<_> = OPTIONS.iter().map(|option| option.usage()).collect();
        text += &format!("OPTIONS: {}\n", options.join(", "));
    }
    text
}

/// A long list of words goes on below its beginning.
fn wrapped(usage: &str) -> String {
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

/// Two columns. Of a long sentence the part behind its semicolon is left out.
fn table(lines: &[(String, &str)]) -> String {
    let width = lines.iter().map(|(word, _)| word.len()).max().unwrap_or_default();
    let line = |(word, help): &(String, &str)| {
        let room = WIDTH.saturating_sub(width + 4);
        let help = if help.len() > room { help.split(';').next().unwrap_or(help) } else { help };
        format!("  {word:width$}  {help}").trim_end().to_owned() + "\n"
    };
    lines.iter().map(line).collect()
}

/// What can stand where a line ends: of `begun` the word that is begun there.
pub(super) fn what_follows(rows: &[Shape<'_>], before: &[Word], begun: &str) -> Option<String> {
    if let Some(pipe) = before.iter().rposition(Word::is_pipe) {
        let filters =
            filter::WORDS.iter().filter(|(word, _)| word.starts_with(&begun.to_lowercase()));
        let filters = filters.map(|(word, help)| ((*word).to_owned(), *help));
        let texts = [("TEXT".to_owned(), "what the filter looks for")];
        let behind = before.len() - pipe - 1;
        return Some(table(&if behind == 0 {
            filters.collect::<Vec<_>>()
        } else {
            texts.to_vec()
        }));
    }
    let ways = walk(rows, before).ok()?;
    let lower = begun.to_lowercase();
    let next = next_of(&ways, rows);
    let mut lines: Vec<(String, &str)> = Vec::new();
    for next in next.iter().filter(|next| next.is_shown(rows)) {
        let word = match next.expected {
            Expected::Keyword(word) if word.starts_with(&lower) => word,
            Expected::Name(name) => name,
            Expected::Keyword(_) => continue,
        };
        if !lines.iter().any(|(there, _)| there == word) {
            lines.push((word.to_owned(), next.help));
        }
    }
    if lines.is_empty() && !begun.is_empty() {
        return None;
    }
    lines.sort();
    let ending = ways.iter().find(|way| way.may_end(rows)).and_then(|way| rows.get(way.row));
    if let Some(row) = ending.filter(|_| begun.is_empty()) {
        lines.push(("<Enter>".to_owned(), row.help.unwrap_or_default()));
        if row.path.starts_with("show") || matches!(row.path, "explain" | "help") {
            lines.push(("|".to_owned(), "choose what of it is printed"));
        }
    }
    Some(table(&lines))
}

/// The words that can stand where the line ends, each with a blank if the command goes on behind it; and the names
/// of what else can.
pub(super) fn complete(rows: &[Shape<'_>], line: &str) -> (Vec<String>, Vec<&'static str>) {
    let (mut words, _) = split(line);
    let is_begun =
        !line.ends_with(char::is_whitespace) || words.last().is_some_and(|word| !word.plain);
    let begun = if is_begun { words.pop() } else { None };
    let begun = begun.unwrap_or(Word { text: String::new(), at: line.len(), plain: true });
    if begun.is_pipe() || !begun.plain {
        // A quoted word is no keyword, but may be the beginning of a name.
        let names = walk(rows, &words).map(|ways| names(&next_of(&ways, rows))).unwrap_or_default();
        return (Vec::new(), if begun.is_pipe() { Vec::new() } else { names });
    }
    let lower = begun.text.to_lowercase();
    if let Some(pipe) = words.iter().rposition(Word::is_pipe) {
        let all = filter::WORDS.iter().filter(|(word, _)| word.starts_with(&lower));
        let fits = all.map(|(word, _)| format!("{word} ")).filter(|_| pipe + 1 == words.len());
        return (fits.collect(), Vec::new());
    }
    let Ok(ways) = walk(rows, &words) else { return (Vec::new(), Vec::new()) };
    let next = next_of(&ways, rows);
    let mut offers: Vec<String> = Vec::new();
    for next in next.iter().filter(|next| next.is_shown(rows)) {
        if let Expected::Keyword(word) = next.expected
            && word.starts_with(&lower)
        {
            offers.push(if next.goes_on(rows) { format!("{word} ") } else { word.to_owned() });
        }
    }
    offers.sort();
    // Where one row ends and another goes on, both are meant.
    offers.dedup_by(|later, first| later.trim_end() == first.trim_end());
    (offers, names(&next))
}

fn names(next: &[Next]) -> Vec<&'static str> {
    let name = |next: &Next| match next.expected {
        Expected::Name(name) => Some(name),
        Expected::Keyword(_) => None,
    };
    let mut names: Vec<_> = next.iter().filter_map(name).collect();
    names.dedup();
    names
}

/// Whether `begun` could be the name of a group, for `help`: its words in full.
pub(super) fn topic(rows: &[Shape<'_>], words: &[Word]) -> Option<String> {
    let ways = walk(rows, words).ok()?;
    let row = ways.iter().find_map(|way| rows.get(way.row))?;
    let path: Vec<&str> = row.path.split(' ').take(words.len()).collect();
    let topic = path.join(" ");
    let is_known =
        group_help(&topic).is_some() || rows.iter().any(|row| row.path.starts_with(&topic));
    is_known.then_some(topic)
}
