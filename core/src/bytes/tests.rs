use std::vec;
use std::vec::Vec;

use super::sink::{Sink, SliceSink};
use super::token::{Tokens, surely_canonical};
use super::{base64url, decimal, hex};
use crate::bytes::sink::BufferTooSmall;
use crate::bytes::text::Text;
use crate::reason::Reason;

fn tokens(text: &[u8]) -> Vec<(&[u8], usize)> {
    let mut tokens = Tokens::new(text);
    core::iter::from_fn(|| tokens.next().unwrap()).map(|t| (t.bytes, t.offset)).collect()
}

#[test]
fn tokens_are_what_stands_between_white_space_and_comments() {
    assert_eq!(tokens(b""), []);
    assert_eq!(tokens(b" a\tbc\r\n d "), [(&b"a"[..], 1), (b"bc", 3), (b"d", 8)]);
    assert_eq!(tokens(b"a # b c\nd"), [(&b"a"[..], 0), (b"d", 8)]);
    assert_eq!(tokens(b"a#b #\r\xFF"[..5].as_ref()), [(&b"a#b"[..], 0)]);
}

#[test]
fn other_bytes_are_refused_where_they_stand() {
    for byte in (0..=255).filter(|b: &u8| !b.is_ascii_graphic() && !b" \t\r\n".contains(b)) {
        let text = [b'a', b' ', b'b', byte, b'c'];
        let mut tokens = Tokens::new(&text);
        assert!(tokens.next().unwrap().is_some());
        assert_eq!(tokens.next(), Err((Reason::BadCharacter, 3)));
        tokens.skip_damaged();
        assert_eq!(tokens.next(), Ok(None));
    }
}

#[test]
fn long_tokens_end_at_the_first_byte_that_is_none_of_theirs() {
    for len in 0..40 {
        for byte in 0..=255_u8 {
            let mut text = [b'~'; 50];
            text[len] = byte;
            // Behind it, whatever its neighbours carry.
            text[len + 1] = if byte % 2 == 0 { b'!' } else { 0xFF };
            let mut tokens = Tokens::new(&text[..len + 2]);
            let next = tokens.next();
            let blank = b" \t\r\n".contains(&byte);
            if blank && len > 0 {
                assert_eq!(next.unwrap().map(|token| token.bytes.len()), Some(len));
            } else if !blank && !byte.is_ascii_graphic() {
                assert_eq!(next, Err((Reason::BadCharacter, len)), "{byte}");
            } else if byte.is_ascii_graphic() && byte % 2 == 0 && byte != b'#' {
                assert_eq!(next.unwrap().map(|token| token.bytes.len()), Some(len + 2));
            }
        }
    }
}

/// Every text of six of the characters that make a difference.
#[test]
fn what_is_surely_canonical_is_so() {
    const CHARACTERS: &[u8; 8] = b"a~ #!\t\n\x7F";
    let mut canonical = 0;
    for number in 0..8_usize.pow(6) {
        let text: Vec<u8> = (0..6).map(|i| CHARACTERS[number >> (3 * i) & 7]).collect();
        if surely_canonical(&text) {
            let mut tokens = Tokens::new(&text);
            let tokens = core::iter::from_fn(|| tokens.next().unwrap()).map(|token| token.bytes);
            assert_eq!(tokens.collect::<Vec<_>>().join(&b' '), text);
            canonical += 1;
        }
    }
    assert_eq!(canonical > 0, cfg!(target_pointer_width = "64"));
    assert!(!surely_canonical(b""));
}

#[test]
fn numbers_have_one_form() {
    assert_eq!(decimal::decode(b"0", 10), Some(0));
    assert_eq!(decimal::decode(b"18446744073709551615", u64::MAX), Some(u64::MAX));
    for text in ["", "00", "01", "+1", "-1", " 1", "1 ", "1a", "18446744073709551616", "11"] {
        let max = if text.len() > 3 { u64::MAX } else { 10 };
        assert_eq!(decimal::decode(text.as_bytes(), max), None, "{text}");
    }
    for value in [0, 1, 9, 10, 65_535, u64::MAX] {
        let digits = decimal::Digits::new(value);
        assert_eq!(digits.as_bytes(), std::format!("{value}").as_bytes());
    }
}

#[test]
fn hex_is_lower_case_and_of_exact_length() {
    assert_eq!(hex::decode(b"00ff9a"), Some([0x00, 0xFF, 0x9A]));
    for text in ["00ff9", "00ff9a0", "00FF9a", "00fg9a", ""] {
        assert_eq!(hex::decode::<3>(text.as_bytes()), None, "{text}");
    }
    for byte in 0..=255 {
        assert_eq!(hex::decode(&hex::encode_byte(byte)), Some([byte]));
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut buffer = [0; 100];
    let mut out = SliceSink::new(&mut buffer);
    base64url::encode(bytes, &mut out);
    out.finish().unwrap().to_vec()
}

#[test]
fn base64url_has_the_values_of_rfc_4648() {
    for (bytes, text) in [
        (&b""[..], ""),
        (b"f", "Zg"),
        (b"fo", "Zm8"),
        (b"foo", "Zm9v"),
        (b"foob", "Zm9vYg"),
        (b"fooba", "Zm9vYmE"),
        (b"foobar", "Zm9vYmFy"),
        (b"\xFB\xFF\xBF", "-_-_"),
    ] {
        assert_eq!(base64(bytes), text.as_bytes());
    }
}

#[test]
fn sixty_four_bytes_have_one_base64url_text() {
    let bytes: [u8; 64] = core::array::from_fn(|i| (i * 37 + 11).to_le_bytes()[0]);
    let text = base64(&bytes);
    assert_eq!(text.len(), base64url::LEN_64);
    assert_eq!(base64url::decode_64(&text), Some(bytes));
    for place in 0..text.len() {
        for byte in 0..=255 {
            let mut other = text.clone();
            other[place] = byte;
            let decoded = base64url::decode_64(&other);
            assert_eq!(decoded == Some(bytes), byte == text[place], "{place} {byte}");
        }
    }
    assert_eq!(base64url::decode_64(&text[..85]), None);
    assert_eq!(base64url::decode_64(&[&text[..], b"A"].concat()), None);
}

#[test]
fn a_full_buffer_tells_the_needed_length() {
    let mut buffer = [0; 4];
    let mut out = SliceSink::new(&mut buffer);
    out.put(b"abc");
    out.put(b"def");
    assert_eq!(out.finish(), Err(BufferTooSmall(6)));
    assert_eq!(buffer, *b"abcd");
    let mut exact = vec![0; 3];
    let mut out = SliceSink::new(&mut exact);
    out.put(b"abc");
    assert_eq!(out.finish(), Ok(&b"abc"[..]));
}

#[test]
fn text_is_printable_ascii() {
    assert_eq!(Text::new(b"a~!").unwrap().as_str(), "a~!");
    assert!(Text::new(b"a b").is_none() && Text::new(b"\x7F").is_none());
}
