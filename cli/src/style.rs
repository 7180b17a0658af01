//! The few colours. They are taken out again where no terminal shows them.

use anstyle::{AnsiColor, Style};

pub(crate) fn good(text: &str) -> String {
    styled(text, AnsiColor::Green.on_default().bold())
}

pub(crate) fn bad(text: &str) -> String {
    styled(text, AnsiColor::Red.on_default().bold())
}

pub(crate) fn open(text: &str) -> String {
    styled(text, AnsiColor::Yellow.on_default())
}

fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// Bytes of a file, made harmless for a terminal and cut to a length that one line shows.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    let shown = &bytes[..bytes.len().min(LONGEST)];
    let mut text: String = shown.escape_ascii().to_string();
    if shown.len() < bytes.len() {
        text.push_str("...");
    }
    text
}
