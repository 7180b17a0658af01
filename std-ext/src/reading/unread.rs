//! What is in a file and was not read, in words: licenses in comments and links, and files of other kinds.

use super::join::{Pieces, is_record};
use super::shape::KEYWORDS;

/// Beyond this, lines are only counted.
const MAX_LISTED: usize = 4;
/// So many bytes of a comment tell whether a record begins there.
const LOOKED_AT: usize = 256;

/// Licenses behind `#`. They stay comments (docs/SPEC.md 2.3): whoever wrote the `#` may have meant it.
pub(super) fn in_comments(text: &[u8]) -> Option<String> {
    let mut lines = Vec::new();
    for (line, bytes) in text.split(|&b| b == b'\n').enumerate() {
        let is_hidden = bytes.split(|&b| b == b'\r').filter_map(comment).any(holds_record);
        if is_hidden {
            lines.push(line + 1);
        }
    }
    let (shown, more) = lines.split_at(lines.len().min(MAX_LISTED));
    let shown: Vec<_> = shown.iter().map(ToString::to_string).collect();
    match (shown.as_slice(), more.len()) {
        ([], _) => None,
        ([line], 0) => Some(format!(
            "a license stands behind # in line {line} and was not read; remove the # if it is meant"
        )),
        (lines, more) => {
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            Some(format!(
                "licenses stand behind # in lines {}{more} and were not read; remove the # if they are meant",
                lines.join(", ")
            ))
        }
    }
}

/// The comment of a line.
fn comment(line: &[u8]) -> Option<&[u8]> {
    let begins = |&at: &usize| {
        let before = at.checked_sub(1).and_then(|at| line.get(at));
        line.get(at) == Some(&b'#') && before.is_none_or(|b| matches!(b, b' ' | b'\t'))
    };
    line.get((0..line.len()).find(begins)? + 1..)
}

/// Whether a record begins somewhere, with more than its keyword and two words.
fn holds_record(text: &[u8]) -> bool {
    let begins = |keyword: &[u8], at: usize| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let end = text.len().min(at + LOOKED_AT);
        let behind = Pieces::from(text.get(..end).unwrap_or_default(), at + keyword.len());
        before.is_none_or(|b| !b.is_ascii_alphanumeric())
            && is_record(keyword, behind)
            && behind.take(3).count() == 3
    };
    (0..text.len()).any(|at| {
        let rest = text.get(at..).unwrap_or_default();
        KEYWORDS.iter().any(|keyword| rest.starts_with(keyword) && begins(keyword, at))
    })
}

/// Whether the text of a tag holds a license, e.g. in an address.
pub(super) fn is_in_tag(tag: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 3] = [b"LICENSE 1 ", b"LICENSE%201%20", b"LICENSE+1+"];
    BEGINNINGS.iter().any(|begin| tag.windows(begin.len()).any(|window| window == *begin))
}

pub(super) const IN_TAG: &str =
    "a license stands in a link and was not read; copy it out of there if it is meant";

/// How other kinds of files begin, and what is to be done with them.
const KINDS: [(&[u8], &str); 17] = [
    (b"PK\x03\x04", "this is a ZIP archive, or a document made of one; unpack it first"),
    (b"\x1F\x8B", "this is compressed with gzip; unpack it first"),
    (b"BZh", "this is compressed with bzip2; unpack it first"),
    (b"\xFD7zXZ\0", "this is compressed with xz; unpack it first"),
    (b"\x28\xB5\x2F\xFD", "this is compressed with zstd; unpack it first"),
    (b"7z\xBC\xAF\x27\x1C", "this is a 7-Zip archive; unpack it first"),
    (b"%PDF", "this is a PDF document; copy the license out of it"),
    (b"{\\rtf", "this is a document in RTF; save it as plain text"),
    (b"\xD0\xCF\x11\xE0", "this is a document or mail of an office program; save it as plain text"),
    (b"\x89PNG", "this is a picture; a reader of QR codes may find the license in it"),
    (b"\xFF\xD8\xFF", "this is a picture; a reader of QR codes may find the license in it"),
    (b"\xFF\xFE\0\0", "this is text in UTF-32; save it as UTF-8"),
    (b"\0\0\xFE\xFF", "this is text in UTF-32; save it as UTF-8"),
    (b"begin 6", "this is encoded with uuencode; decode it first"),
    (b"4c494345", "this is in hexadecimal digits; decode it first"),
    (b"4C494345", "this is in hexadecimal digits; decode it first"),
    (b"-----BEGIN PGP MESSAGE", "this is encrypted; decrypt it first"),
];

/// What is left of a license that cannot be read, by words that stand in no other text.
const HINTS: [(&[u8], &str); 4] = [
    (
        b"TElDRU5TRSAx",
        "a license stands in it in base64 that is damaged, or cut off; copy all of it again, to its last character",
    ),
    (b"LICENSE,1,", COMMAS),
    (b"LICENSE;1;", COMMAS),
    (b"LICENSE\t1\t", "a license stands in the cells of a table; copy it again as it was sent"),
];
const COMMAS: &str =
    "a license stands in it with commas or semicolons for its blanks; copy it again as it was sent";

/// What seems to have happened to a license in a file where none is found.
pub(super) fn hint(text: &[u8]) -> Option<&'static str> {
    let stands = |what: &[u8]| text.windows(what.len()).any(|window| window == what);
    HINTS.iter().find(|(what, _)| stands(what)).map(|(_, words)| *words)
}

/// What a file without a license is.
pub(super) fn kind(file: &[u8]) -> Option<&'static str> {
    KINDS.iter().find(|(begin, _)| file.starts_with(begin)).map(|(_, words)| *words)
}
