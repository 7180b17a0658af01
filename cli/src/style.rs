//! What goes to a terminal: text with a few colours, and nothing else that a terminal would obey.
//!
//! Colours are marks in the text until it is printed. They are characters that nobody has, so that
//! everything else, such as an escape code from a file, can be spelled out at the same place.

use std::fmt::Write;

use anstyle::{AnsiColor, RgbColor, Style};
use nodelock_std::is_visible;

const GOOD: char = '\u{FDD0}';
const BAD: char = '\u{FDD1}';
const OPEN: char = '\u{FDD2}';
const PAPER: char = '\u{FDD3}';
const PLAIN: char = '\u{FDD4}';
/// Longest line that is printed. What is quoted may be a file of one line.
const LONGEST: usize = 8_000;

pub(crate) fn good(text: &str) -> String {
    format!("{GOOD}{text}{PLAIN}")
}

pub(crate) fn bad(text: &str) -> String {
    format!("{BAD}{text}{PLAIN}")
}

pub(crate) fn open(text: &str) -> String {
    format!("{OPEN}{text}{PLAIN}")
}

/// Black on white.
pub(crate) fn paper(text: &str) -> String {
    format!("{PAPER}{text}{PLAIN}")
}

/// The text as a terminal gets it: colours, which are taken out again where no terminal shows them,
/// ends of lines, and characters that can be seen.
pub(crate) fn terminal(text: &str) -> String {
    let mut style = Style::new();
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut left = LONGEST;
        for c in line.chars() {
            let begins = match c {
                GOOD => AnsiColor::Green.on_default().bold(),
                BAD => AnsiColor::Red.on_default().bold(),
                OPEN => AnsiColor::Yellow.on_default(),
                PAPER => {
                    let (black, white) = (RgbColor(0, 0, 0), RgbColor(255, 255, 255));
                    Style::new().fg_color(Some(black.into())).bg_color(Some(white.into()))
                }
                PLAIN => {
                    let _ = write!(out, "{style:#}");
                    continue;
                }
                '\n' => {
                    out.push(c);
                    continue;
                }
                _ if left == 0 => continue,
                c => {
                    left -= 1;
                    if is_visible(c) {
                        out.push(c)
                    } else {
                        out.extend(c.escape_debug())
                    }
                    if left == 0 {
                        out.push_str("...");
                    }
                    continue;
                }
            };
            style = begins;
            let _ = write!(out, "{style}");
        }
    }
    out
}

/// Bytes of a file, made harmless for a terminal and cut to a length that one line shows.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let shown = &bytes[..bytes.len().min(LONGEST)];
    let more = if shown.len() < bytes.len() { "..." } else { "" };
    format!("{}{more}", shown.escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_colours_reach_a_terminal() {
        let text = format!("{} \x1b[31m\r\u{202e}\u{9b}2J\n", good("granted"));
        let shown = terminal(&text);
        assert!(shown.ends_with(" \\u{1b}[31m\\r\\u{202e}\\u{9b}2J\n"), "{shown:?}");
        assert_eq!(shown.matches('\x1b').count(), good_codes());
        let long = terminal(&"a".repeat(1 << 20));
        assert!(long.len() < 10_000 && long.ends_with("..."));
    }

    fn good_codes() -> usize {
        let style = AnsiColor::Green.on_default().bold();
        format!("{style}{style:#}").matches('\x1b').count()
    }
}
