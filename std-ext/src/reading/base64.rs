//! Base64: of binary records, as QR codes have it, or of a whole text, as mail programs send it.

use std::borrow::Cow;
use std::ops::Range;

use data_encoding::{BASE64, BASE64_NOPAD};
use nodelock::record::{BINARY_MARK, Records};

use super::{Form, Reading, Undone};

/// The standard alphabet with padding, as `base64 -d` reads it.
#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Either alphabet, with or without padding, white space anywhere.
#[must_use]
pub fn from_base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain: Vec<u8> = text
        .iter()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|&b| match b {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let padding = plain.iter().rev().take_while(|&&b| b == b'=').count();
    if padding > 2 {
        return None;
    }
    plain.truncate(plain.len() - padding);
    BASE64_NOPAD.decode(&plain).ok()
}

/// Shorter than every record.
const SHORTEST: usize = 100;

/// A text that is base64 and nothing else.
pub(super) fn whole(text: &[u8], depth: u8) -> Option<Reading<'static>> {
    decoded(without_mark(text), depth)
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Base64 of license data; of anything else, nothing.
fn decoded(text: &[u8], depth: u8) -> Option<Reading<'static>> {
    let depth = depth.checked_sub(1)?;
    let is_base64 = |b: &u8| is_digit(*b) || *b == b'=' || b.is_ascii_whitespace();
    if text.len() < SHORTEST || !text.iter().all(is_base64) {
        return None;
    }
    let bytes = from_base64(text)?;
    if bytes.first() == Some(&BINARY_MARK) {
        let mut reading = Reading::as_it_is(Cow::Owned(bytes), Form::Base64, false);
        reading.form = Form::Base64;
        return Some(reading);
    }
    let mut reading = Reading::with_depth(Cow::Owned(bytes), depth);
    if !Records::new(&reading.bytes).any(|found| found.record.is_ok()) {
        return None;
    }
    if !reading.undone.contains(&Undone::Base64) {
        reading.undone.insert(0, Undone::Base64);
    }
    Some(reading)
}

fn is_digit(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

/// Base64 on lines of its own, somewhere in a text, in the order of the text.
pub(super) fn embedded(text: &[u8], depth: u8) -> Vec<(Range<usize>, Reading<'static>)> {
    let mut found = Vec::new();
    let mut run: Vec<Range<usize>> = Vec::new();
    for line in lines(text) {
        match digits(text, line) {
            Some(line) => run.push(line),
            None => end_of_run(text, &mut run, depth, &mut found),
        }
    }
    end_of_run(text, &mut run, depth, &mut found);
    found
}

/// A run of lines that may all be base64: all of them, or a block of lines of one length with a shorter
/// one at its end. Each line is decoded three times at most.
fn end_of_run(
    text: &[u8],
    run: &mut Vec<Range<usize>>,
    depth: u8,
    found: &mut Vec<(Range<usize>, Reading<'static>)>,
) {
    let run = std::mem::take(run);
    let decode = |lines: &[Range<usize>]| {
        let joined: Vec<u8> = lines.iter().flat_map(|line| plain(text, line)).collect();
        let (first, last) = (lines.first()?, lines.last()?);
        decoded(&joined, depth).map(|reading| (first.start..last.end, reading))
    };
    if let Some(all) = decode(&run) {
        return found.push(all);
    }
    let mut rest = run.as_slice();
    while let Some(first) = rest.first() {
        let width = first.len();
        let same = rest.iter().take_while(|line| line.len() == width).count();
        let shorter = usize::from(rest.get(same).is_some_and(|line| line.len() < width));
        let (block, behind) = rest.split_at(same + shorter);
        let without_last = block.get(..same).filter(|_| shorter == 1).unwrap_or_default();
        found.extend(decode(block).or_else(|| decode(without_last)));
        rest = behind;
    }
}

/// The digits of a line, with the padding of quoted-printable put right.
fn plain(text: &[u8], line: &Range<usize>) -> Vec<u8> {
    let mut digits = text.get(line.clone()).unwrap_or_default();
    let mut padding = 0;
    while let Some(rest) = digits.strip_suffix(b"=3D").or_else(|| digits.strip_suffix(b"=")) {
        (digits, padding) = (rest, padding + 1);
    }
    let mut plain = digits.to_vec();
    plain.resize(digits.len() + padding, b'=');
    plain
}

/// The part of a line that is base64, without what stands around it.
fn digits(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(line.clone())?;
    let edge = |b: &&u8| !is_digit(**b) && **b != b'=';
    let start = line.start + bytes.iter().take_while(edge).count();
    let end = line.end - bytes.iter().rev().take_while(edge).count();
    let digits = text.get(start..end).filter(|digits| !digits.is_empty())?;
    digits.iter().all(|&b| is_digit(b) || b == b'=').then_some(start..end)
}

fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..)?;
        let len = rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len());
        let range = start..start + len;
        // Both together are one end.
        let end = rest.get(len..).unwrap_or_default();
        start = range.end + if end.starts_with(b"\r\n") { 2 } else { 1 };
        Some(range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_each_way() {
        let text = b"a\r\n\r\nb\nc\rd";
        let lines: Vec<_> = lines(text).map(|line| &text[line]).collect();
        assert_eq!(lines, [&b"a"[..], b"", b"b", b"c", b"d"]);
    }
}
