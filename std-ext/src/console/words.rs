//! A typed line in words: quotes, backslashes, and the `|` before a filter.

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Without its quotes.
    pub(super) text: String,
    /// Where it begins in the line, in bytes.
    pub(super) at: usize,
    /// Whether it was typed as it is: only such a word can be a keyword.
    pub(super) plain: bool,
}

impl Word {
    /// The `|` before a filter.
    pub(super) fn is_pipe(&self) -> bool {
        self.plain && self.text == "|"
    }
}

/// Where a quote begins that nothing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenQuote(pub(super) usize);

/// Characters that lose their meaning behind a backslash. Before any other one it stands for itself, so that paths
/// with backslashes can be typed.
fn is_special(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | '|' | '?')
}

/// The words of a line, and a quote that is still open at its end: what it has so far is the last word then.
pub(super) fn split(line: &str) -> (Vec<Word>, Option<OpenQuote>) {
    let mut words: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<(char, usize)> = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if quote.is_none() && (c.is_whitespace() || c == '|') {
            words.extend(word.take());
            if c == '|' {
                words.push(Word { text: c.to_string(), at, plain: true });
            }
            continue;
        }
        let word = word.get_or_insert_with(|| Word { text: String::new(), at, plain: true });
        match (quote, c) {
            (Some((open, _)), c) if c == open => quote = None,
            (Some(('\'', _)), c) => word.text.push(c),
            (None, '"' | '\'') => {
                word.plain = false;
                quote = Some((c, at));
            }
            (_, '\\') => match chars.next_if(|&(_, next)| is_special(next)) {
                Some((_, next)) => {
                    word.plain = false;
                    word.text.push(next);
                }
                None => word.text.push(c),
            },
            (_, c) => word.text.push(c),
        }
    }
    words.extend(word);
    (words, quote.map(|(_, at)| OpenQuote(at)))
}

/// A word as it must be typed to be read as it is.
///
/// ```
/// use nodelock_std::{Command, quote};
/// let line = format!("license install {}", quote("my licenses/a.lic"));
/// assert_eq!(
///     Command::parse(&line),
///     Ok(Command::Install { file: "my licenses/a.lic".into(), what_if: false })
/// );
/// ```
#[must_use]
pub fn quote(word: &str) -> String {
    if !word.is_empty() && !word.contains(is_special) {
        return word.to_owned();
    }
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<String> {
        let (words, open) = split(line);
        assert_eq!(open, None, "{line}");
        words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_and_backslashes_keep_blanks() {
        for (line, words) in [
            ("  show\tlicense ", vec!["show", "license"]),
            (r#"install "a b.lic""#, vec!["install", "a b.lic"]),
            (r#"install 'a "b" \.lic'"#, vec!["install", r#"a "b" \.lic"#]),
            (r"install a\ b.lic", vec!["install", "a b.lic"]),
            (r"install C:\new\a.lic", vec!["install", r"C:\new\a.lic"]),
            (r#"x "a \" b\\" ''"#, vec!["x", r#"a " b\"#, ""]),
            ("show license|include a", vec!["show", "license", "|", "include", "a"]),
            (r"a\|b 'c|d'", vec!["a|b", "c|d"]),
        ] {
            assert_eq!(texts(line), words, "{line}");
        }
        assert_eq!(split("a 'b c").1, Some(OpenQuote(2)));
        assert_eq!(split("a 'b c").0[1].text, "b c");
    }

    #[test]
    fn what_is_quoted_is_read_as_it_was() {
        for word in
            ["a.lic", "", "a b", "it's", r#"say "x""#, r"C:\a b\", "a|b", "why?", r"\\host\x"]
        {
            assert_eq!(texts(&quote(word)), [word], "{word}");
            assert!(!split(&quote(word)).0[0].is_pipe());
        }
    }
}
