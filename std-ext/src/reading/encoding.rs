//! What is done to a whole text, or to what the core cannot read in it: UTF-16, quoted-printable, HTML, URLs.

use std::borrow::Cow;

use super::text::gaps;
use super::undone::Undone;
use super::unread::is_in_tag;

/// Quoted-printable in quoted-printable and so on is nobody's mail.
const MAX_ROUNDS: usize = 2;

/// The text as bytes of ASCII where it is ASCII, and whether a license was in a tag that was taken out.
pub(super) fn decode<'f>(bytes: Cow<'f, [u8]>, undone: &mut Vec<Undone>) -> (Cow<'f, [u8]>, bool) {
    let mut text = bytes;
    if let Some(decoded) = from_utf16(&text) {
        undone.push(Undone::Utf16);
        text = Cow::Owned(decoded.into_bytes());
    }
    if text.contains(&0x1B)
        && let Some(plain) = in_gaps(&text, |part| part.contains(&0x1B), without_colours)
    {
        undone.push(Undone::Colours);
        text = Cow::Owned(plain);
    }
    for _ in 0..MAX_ROUNDS {
        let decoded = if is_quoted_printable(&text) {
            from_quoted_printable(&text)
        } else if !has(&text, b"=3D") {
            break;
        } else if let Some(decoded) = in_gaps(&text, is_quoted_printable, from_quoted_printable) {
            decoded
        } else {
            break;
        };
        if !undone.contains(&Undone::QuotedPrintable) {
            undone.push(Undone::QuotedPrintable);
        }
        text = Cow::Owned(decoded);
    }
    if [b"sig\\u003d", b"sig\\u003D"].iter().any(|sign| has(&text, *sign)) {
        undone.push(Undone::Json);
        text = Cow::Owned(from_json(&text));
    }
    let mut link = false;
    if has(&text, b"sig&#") {
        undone.push(Undone::Html);
        text = Cow::Owned(from_html(&text, &mut link));
    }
    if gaps(&text).any(|gap| has_tags(text.get(gap).unwrap_or_default())) {
        if !undone.contains(&Undone::Html) {
            undone.push(Undone::Html);
        }
        text = Cow::Owned(from_html(&text, &mut link));
    }
    if is_of_url(&text)
        && let Some(decoded) = in_gaps(&text, is_of_url, from_url)
    {
        undone.push(Undone::Url);
        text = Cow::Owned(decoded);
    }
    (text, link)
}

fn has(text: &[u8], what: &[u8]) -> bool {
    text.windows(what.len()).any(|window| window == what)
}

/// With what is decoded in the paragraphs that need it; records that the core can read stay as they are. `None` if
/// no paragraph does.
fn in_gaps(
    text: &[u8],
    needs: impl Fn(&[u8]) -> bool,
    decode: impl Fn(&[u8]) -> Vec<u8>,
) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut any, mut done) = (false, 0);
    for gap in gaps(text) {
        out.extend_from_slice(text.get(done..gap.start).unwrap_or_default());
        done = gap.end;
        let (mut paragraph, mut blank) = (Vec::new(), false);
        let mut put = |paragraph: &mut Vec<u8>| {
            if needs(paragraph) {
                any = true;
                *paragraph = decode(paragraph);
            }
            out.append(paragraph);
        };
        for line in text.get(gap).unwrap_or_default().split_inclusive(|&b| b == b'\n') {
            let is_blank = line.trim_ascii().is_empty();
            if blank && !is_blank {
                put(&mut paragraph);
            }
            blank = is_blank;
            paragraph.extend_from_slice(line);
        }
        put(&mut paragraph);
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    any.then_some(out)
}

/// Surely so if `sig=` is spelled as in no record.
fn is_of_url(text: &[u8]) -> bool {
    has(text, b"sig%3D") || has(text, b"sig%3d")
}

/// RFC 8259 section 7: characters of ASCII by their number, and the solidus.
fn from_json(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first == b'\\'
            && let Some((byte, behind)) = behind.strip_prefix(b"u00").and_then(two_digits)
        {
            out.push(byte);
            rest = behind;
        } else if first != b'\\' || !behind.starts_with(b"/") {
            out.push(first);
        }
    }
    out
}

/// RFC 3986 section 2.1, and the `+` that forms put for a blank.
fn from_url(text: &[u8]) -> Vec<u8> {
    let plus = has(text, b"LICENSE+1+") || has(text, b"KEY+1+") || has(text, b"REPAIR+1+");
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match (first, two_digits(behind)) {
            (b'%', Some((byte, behind))) => {
                out.push(byte);
                rest = behind;
            }
            (b'+', _) if plus => out.push(b' '),
            _ => out.push(first),
        }
    }
    out
}

/// Without the sequences that begin with ESC and `[` (ECMA-48 section 5.4).
fn without_colours(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        let Some(codes) = behind.strip_prefix(b"[").filter(|_| first == 0x1B) else {
            out.push(first);
            continue;
        };
        let len = codes.iter().take(32).take_while(|b| matches!(b, 0x20..=0x3F)).count();
        rest = codes.get(len + 1..).unwrap_or_default();
    }
    out
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
    // Not over the next `<`, so that a file full of them is read once.
    let end = text.iter().take(LONGEST_TAG).skip(1).position(|b| matches!(b, b'<' | b'>'))? + 1;
    (text.get(end) == Some(&b'>')).then_some((end + 1, block))
}

/// Says, too, whether a license was in a tag.
fn from_html(text: &[u8], link: &mut bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.first() {
        let found = if *first == b'<' { tag(rest) } else { None };
        *link |= found.is_some_and(|(len, _)| is_in_tag(rest.get(..len).unwrap_or_default()));
        let (len, put) = match first {
            b'<' => match found {
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
