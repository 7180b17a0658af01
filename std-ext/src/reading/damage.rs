//! [`Damage`]: what seems to have happened to what is no record, in words.

use nodelock::Reason;
use nodelock::record::ParseError;

use super::shape::{KEYWORDS, SIGNATURE_LEN, fits_signature, is_base64url, is_keyword};
use crate::visible::visible;

/// What is known of a piece.
#[derive(Debug, Clone)]
pub(super) struct Damage {
    /// Where the piece begins in what the core reads.
    pub(super) at: usize,
    pub(super) words: String,
}

/// Of a record that the core refuses, with the text behind it.
pub(super) fn of_record(tokens: &[Vec<u8>], error: ParseError, behind: &[u8]) -> Option<String> {
    let (signature, others) = match tokens.iter().position(|token| token.starts_with(b"sig=")) {
        Some(at) => (tokens.get(at), tokens.get(..at)?),
        None => (None, tokens),
    };
    if let Some(words) = others.iter().find_map(|token| character(token)) {
        return Some(words);
    }
    match (error.reason, signature) {
        (Reason::BadSignatureText | Reason::BadCharacter, Some(token)) => {
            interrupted(token, behind).or_else(|| of_signature(token))
        }
        (Reason::Truncated, None) => {
            let last = String::from_utf8_lossy(tokens.last()?);
            Some(format!(
                "the record ends behind {} without its signature: its end was probably cut off",
                visible(&last)
            ))
        }
        (Reason::FieldOrder, _) if tokens.get(1).is_some_and(|token| is_keyword(token)) => {
            Some("the keyword stands twice".into())
        }
        (Reason::FieldOrder, Some(_)) => {
            let twice = tokens.iter().filter(|token| token.starts_with(b"sig=")).count() > 1;
            twice.then(|| "two signatures stand behind the record".into())
        }
        _ => None,
    }
}

/// A character that no record has.
fn character(token: &[u8]) -> Option<String> {
    for chunk in token.utf8_chunks() {
        let foreign = chunk.valid().chars().enumerate().find(|(_, c)| !c.is_ascii_graphic());
        if let Some((_, c)) = foreign {
            let shown = visible(&String::from_utf8_lossy(token));
            return Some(format!(
                "{} stands in {shown}, where only plain letters, digits and signs can: {}",
                named(c),
                cause(c)
            ));
        }
        if let Some(byte) = chunk.invalid().first() {
            let shown = visible(&String::from_utf8_lossy(token));
            return Some(format!(
                "the byte {byte:#04x} stands in {shown}, where only plain letters, digits and signs \
                 can: the file is in another encoding, or damaged"
            ));
        }
    }
    None
}

fn named(c: char) -> String {
    format!("{} (U+{:04X})", visible(&c.to_string()), u32::from(c))
}

fn cause(c: char) -> &'static str {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => {
            "a program has put a typographic dash in the place of one hyphen or two"
        }
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => {
            "a program has put typographic quotation marks in"
        }
        '\u{fffd}' => "a program could not read the character that stood there",
        _ => "a program has changed the text",
    }
}

fn of_signature(token: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(token);
    let place = token.iter().enumerate().position(|(place, b)| !fits_signature(place, *b));
    let (expected, there) = (SIGNATURE_LEN, text.chars().count());
    let has = |cause: &str| {
        Some(format!(
            "the signature has {there} characters from sig= on, {expected} were expected: {cause}"
        ))
    };
    match place {
        Some(place) if place < SIGNATURE_LEN => {
            let c = String::from_utf8_lossy(token.get(place..)?).chars().next()?;
            let class = match place {
                0..12 => "a digit from 0 to f",
                12 => "a colon",
                _ => "a letter, a digit, - or _",
            };
            let cause =
                if c.is_ascii() { "a character was changed, lost or added" } else { cause(c) };
            Some(format!(
                "character {} from sig= on is {}, where {class} was expected: {cause}",
                place + 1,
                if c.is_ascii_graphic() { c.to_string() } else { named(c) },
            ))
        }
        Some(_) => has(&format!("{} too many", there - expected)),
        None if there + 1 == expected && !token.last().is_some_and(|b| can_be_last(*b)) => {
            has("the last one was probably cut off")
        }
        None if there + 1 == expected => has("one was lost, probably the last one"),
        None if there < expected => has("its end was probably cut off"),
        None => match token.last() {
            Some(&last) if !can_be_last(last) => Some(format!(
                "the last character of the signature is {}, where only A, Q, g or w can stand: a \
                 character was changed",
                char::from(last)
            )),
            _ => Some("the key id before the signature is not in lower case".into()),
        },
    }
}

/// So much text behind a signature is looked at.
const LOOKED_AT: usize = 1024;

/// Of a signature whose rest stands behind something else.
fn interrupted(token: &[u8], behind: &[u8]) -> Option<String> {
    let fits = token.iter().enumerate().take_while(|&(place, b)| fits_signature(place, *b)).count();
    let missing = SIGNATURE_LEN.checked_sub(fits).filter(|&missing| missing > 0 && fits > 13)?;
    let behind = behind.get(..LOOKED_AT).unwrap_or(behind);
    let rest_of_token = token.get(fits..).unwrap_or_default();
    let words = std::iter::once(rest_of_token).chain(behind.split(u8::is_ascii_whitespace));
    let words = words.take_while(|word| !is_keyword(word));
    let mut between = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let start = word.iter().position(|b| is_base64url(*b)).unwrap_or_default();
        let part = word.get(start..).unwrap_or_default();
        let len = part.iter().take_while(|b| is_base64url(**b)).count();
        // With the hyphen of a program that divides words, one is too many.
        let whole = len == missing || len == missing + 1 && token.ends_with(b"-");
        let end = part.get(len.wrapping_sub(1)).is_some_and(|b| can_be_last(*b));
        if whole && end || (16..=missing).contains(&len) {
            between.extend_from_slice(word.get(..start).unwrap_or_default());
            let between = String::from_utf8_lossy(between.trim_ascii()).into_owned();
            let what = match between.as_str() {
                "" if len > missing => "a hyphen and a line break stand there".to_owned(),
                "" => "white space stands there".to_owned(),
                _ => format!("{} stands there", visible(&between)),
            };
            return Some(format!(
                "the signature is interrupted behind its {} character, counted from sig=: {what}",
                ordinal(fits)
            ));
        }
        between.extend_from_slice(word);
        between.push(b' ');
    }
    None
}

fn ordinal(number: usize) -> String {
    let end = match (number % 10, number % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

/// The four unused bits of the last character are zero (RFC 4648 section 3.5).
const fn can_be_last(b: u8) -> bool {
    matches!(b, b'A' | b'Q' | b'g' | b'w')
}

/// Of text that is no record and looks like one: the keyword that was meant, and what is wrong.
pub(super) fn of_text(word: &[u8]) -> Option<(&'static str, String)> {
    let upper = word.to_ascii_uppercase();
    let meant = match upper.as_slice() {
        b"LICENSE" | b"LICENCE" | b"ICENSE" | b"LICENS" => "LICENSE",
        b"KEY" => "KEY",
        b"REPAIR" => "REPAIR",
        _ => {
            let keyword = KEYWORDS.iter().find(|keyword| word.ends_with(keyword))?;
            let keyword = std::str::from_utf8(keyword).ok()?;
            return Some((keyword, format!("other text stands directly before {keyword}")));
        }
    };
    let word = visible(&String::from_utf8_lossy(word));
    let words = format!("{word} stands where {meant} was expected: the keyword was changed");
    Some((meant, words))
}
