//! Text from outside, made harmless for a terminal.

use std::fmt::Write;
use std::path::Path;

/// Text from a file, a command line or the system on one line: what is no visible character, such as
/// an escape code, a line end or a mark that turns the direction of writing, is spelled out.
///
/// ```
/// use nodelock_std::visible;
/// assert_eq!(visible("plain, Größe, 'quoted' \\ \"twice\""), "plain, Größe, 'quoted' \\ \"twice\"");
/// assert_eq!(visible("\u{1b}[2J\r\n\u{202e}\u{9b}"), r"\u{1b}[2J\r\n\u{202e}\u{9b}");
/// ```
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if is_visible(c) {
            shown.push(c)
        } else {
            shown.extend(c.escape_debug())
        }
        shown
    })
}

/// The same for a name of a file, which may be no text at all.
#[must_use]
pub fn visible_path(path: &Path) -> String {
    let chunks = path.as_os_str().as_encoded_bytes().utf8_chunks();
    chunks.fold(String::new(), |mut shown, chunk| {
        shown.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
        shown
    })
}

/// Whether a terminal shows the character, and does nothing else. The library knows them all: it
/// spells out what is not printed when it writes text for developers. Behind a letter it lets marks
/// stand that belong to it.
#[must_use]
pub fn is_visible(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return true;
    }
    let mut buffer = [b'x', 0, 0, 0, 0];
    let len = 1 + c.encode_utf8(&mut buffer[1..]).len();
    let behind_a_letter = std::str::from_utf8(&buffer[..len]).unwrap_or_default();
    behind_a_letter.escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let c0_and_c1 = (0..=0x1F).chain(0x7F..=0x9F);
        let format = [0xAD, 0x61C, 0x180E, 0xFEFF, 0xFFF9, 0xE0001].into_iter();
        let format = format.chain(0x200B..=0x200F).chain(0x2028..=0x202E).chain(0x2060..=0x206F);
        for code in c0_and_c1.chain(format) {
            let c = char::from_u32(code).unwrap();
            assert!(!is_visible(c), "{code:x}");
            assert!(visible(&c.to_string()).is_ascii());
        }
        for text in ["e\u{301}", "हिन्दी", "日本語", "מפתח", "€ \\ ' \""] {
            assert_eq!(visible(text), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_show_their_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"a\xffb\x1bc\xc2\x9b");
        assert_eq!(visible_path(Path::new(name)), r"a\xffb\u{1b}c\u{9b}");
    }
}
