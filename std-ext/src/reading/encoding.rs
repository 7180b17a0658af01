//! What is done to a whole text: UTF-16, quoted-printable, HTML.

use std::borrow::Cow;

use super::text::gaps;
use super::undone::Undone;

/// The text as bytes of ASCII where it is ASCII.
pub(super) fn decode<'f>(bytes: Cow<'f, [u8]>, undone: &mut Vec<Undone>) -> Cow<'f, [u8]> {
    let mut text = bytes;
    if let Some(decoded) = from_utf16(&text) {
        undone.push(Undone::Utf16);
        text = Cow::Owned(decoded.into_bytes());
    }
    if is_quoted_printable(&text) {
        undone.push(Undone::QuotedPrintable);
        text = Cow::Owned(from_quoted_printable(&text));
    }
    if gaps(&text).any(|gap| has_tags(text.get(gap).unwrap_or_default())) {
        undone.push(Undone::Html);
        text = Cow::Owned(from_html(&text));
    }
    text
}

/// With a byte order mark, or where every other byte is zero as in no other text.
fn from_utf16(bytes: &[u8]) -> Option<String> {
    let (little, rest) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (true, rest),
        [0xFE, 0xFF, rest @ ..] => (false, rest),
        _ => {
            let zeros = |odd: bool| {
                let half = bytes.iter().skip(usize::from(odd)).step_by(2);
                half.filter(|&&b| b == 0).count()
            };
            let most = |zeros: usize, others: usize| {
                others == 0 && zeros > 8 && zeros >= bytes.len() / 2 - bytes.len() / 8
            };
            let (even, odd) = (zeros(false), zeros(true));
            match (most(odd, even), most(even, odd)) {
                (true, _) => (true, bytes),
                (_, true) => (false, bytes),
                _ => return None,
            }
        }
    };
    let units = rest.chunks_exact(2).map(|pair| match (pair, little) {
        (&[low, high], true) | (&[high, low], false) => u16::from_be_bytes([high, low]),
        _ => 0,
    });
    Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Surely so if no signature has its colon in place, and `=3D` stands where no value begins so.
fn is_quoted_printable(text: &[u8]) -> bool {
    let mut encoded = false;
    for (at, _) in text.iter().enumerate().filter(|&(_, &b)| b == b'=') {
        let (before, behind) = text.split_at(at);
        if before.ends_with(b"sig") {
            match behind {
                [b'=', b'3', b'D' | b'd', ..] => encoded = true,
                [b'=', id @ ..] if id.get(8) == Some(&b':') => return false,
                _ => {}
            }
        }
        encoded |= before.ends_with(b"issued") && behind.starts_with(b"=3D");
    }
    encoded
}

/// RFC 2045 section 6.7; what is not encoded stays as it is.
fn from_quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first != b'=' {
            out.push(first);
        } else if let Some(behind) = soft_break(behind) {
            rest = behind;
        } else if let Some((byte, behind)) = two_digits(behind) {
            out.push(byte);
            rest = behind;
        } else {
            out.push(first);
        }
    }
    out
}

/// Behind the line break that a `=` takes away, and the `>` that an answer has put before the next line.
fn soft_break(behind: &[u8]) -> Option<&[u8]> {
    let blanks = behind.iter().take(80).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let rest = behind.get(blanks..)?;
    let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    let mut unquoted = rest;
    while let Some(less) = unquoted.strip_prefix(b">") {
        unquoted = less.strip_prefix(b" ").unwrap_or(less);
    }
    Some(unquoted)
}

fn two_digits(behind: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = behind.split_at_checked(2)?;
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    u8::from_str_radix(text, 16).ok().map(|byte| (byte, rest))
}

/// Tags that end a line, and tags that do not.
const BLOCKS: &[&str] = &[
    "br",
    "p",
    "div",
    "pre",
    "html",
    "head",
    "body",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "ul",
    "ol",
    "li",
    "blockquote",
    "hr",
    "title",
    "style",
    "meta",
    "h1",
    "h2",
    "h3",
];
const INLINE: &[&str] = &[
    "wbr", "span", "b", "i", "u", "a", "tt", "code", "font", "em", "strong", "small", "img", "o:p",
];

/// Longest tag and entity that are looked for, so that a file full of `<` costs no more than another.
const LONGEST_TAG: usize = 1024;
const LONGEST_ENTITY: usize = 10;

fn has_tags(text: &[u8]) -> bool {
    let tags = text.iter().enumerate().filter(|&(_, &b)| b == b'<');
    tags.filter_map(|(at, _)| text.get(at..)).any(|rest| tag(rest).is_some())
        || text.windows(6).any(|window| window == b"&nbsp;")
}

/// Length of the tag here, and whether it ends a line.
fn tag(text: &[u8]) -> Option<(usize, bool)> {
    let inner = text.strip_prefix(b"<")?;
    let inner = inner.strip_prefix(b"/").unwrap_or(inner);
    let name =
        inner.iter().take(12).take_while(|b| b.is_ascii_alphanumeric() || **b == b':').count();
    let name = std::str::from_utf8(inner.get(..name)?).ok()?;
    let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let block = is(BLOCKS);
    if !block && !is(INLINE) {
        return None;
    }
    let behind = inner.get(name.len()..)?;
    if !matches!(behind.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n')) {
        return None;
    }
    let end = text.iter().take(LONGEST_TAG).position(|&b| b == b'>')?;
    Some((end + 1, block))
}

fn from_html(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        let (len, put) = match first {
            b'<' => match tag(rest) {
                Some((len, true)) => (len, Cow::Borrowed(b"\n".as_slice())),
                Some((len, false)) => (len, Cow::Borrowed(b"".as_slice())),
                None => (1, Cow::Borrowed(b"<".as_slice())),
            },
            b'&' => entity(rest).unwrap_or((1, Cow::Borrowed(b"&"))),
            _ => (1, Cow::Borrowed(std::slice::from_ref(first))),
        };
        out.extend_from_slice(&put);
        rest = rest.get(len..).unwrap_or_default();
    }
    out
}

/// Length of the entity here, and what it stands for.
fn entity(text: &[u8]) -> Option<(usize, Cow<'_, [u8]>)> {
    let end = text.iter().take(LONGEST_ENTITY).position(|&b| b == b';')?;
    let name = std::str::from_utf8(text.get(1..end)?).ok()?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "shy" => '\u{ad}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((end + 1, Cow::Owned(c.to_string().into_bytes())))
}
