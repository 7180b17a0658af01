//! What stands at each place of a record, as far as it says whether a line break ends a word or divides it.

use nodelock::Role;
use nodelock::record::Repair;
use nodelock::value::LicenseType;

/// Characters of `sig=`, the key id, its colon and the signature.
pub(super) const SIGNATURE_LEN: usize = 4 + 8 + 1 + 86;
const SIGNATURE: usize = usize::MAX;
const EXTRA: usize = usize::MAX - 1;

pub(super) const KEYWORDS: [&[u8]; 3] = [b"LICENSE", b"KEY", b"REPAIR"];

pub(super) fn is_keyword(word: &[u8]) -> bool {
    KEYWORDS.contains(&word)
}

/// The fields of a record, in their order.
fn fields(keyword: &[u8]) -> &'static [&'static str] {
    match keyword {
        b"LICENSE" => {
            &["id", "udi", "issued", "start", "end", "usage", "combine", "expiry", "eula", "pak"]
        }
        b"KEY" => &["key", "features", "pids", "not-before", "not-after"],
        _ => &["id", "udi", "issued"],
    }
}

/// Place of a field in the order; `None` for what begins with no key.
pub(super) fn rank(keyword: &[u8], word: &[u8]) -> Option<usize> {
    let (name, _) = split(word)?;
    match name {
        b"sig" => Some(SIGNATURE),
        _ if name.starts_with(b"x-") && name.len() > 2 => Some(EXTRA),
        _ => fields(keyword).iter().position(|field| field.as_bytes() == name),
    }
}

fn split(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = word.iter().take(32).position(|&b| b == b'=')?;
    Some((word.get(..at)?, word.get(at + 1..)?))
}

/// What a word is, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Format,
    Feature,
    Version,
    Type,
    Count,
    KeyId,
    Role,
    Repair,
    Number,
    Field,
}

/// The shape of the word at a place of a record, counted from the keyword.
pub(super) fn shape(keyword: &[u8], place: usize) -> Shape {
    match (keyword, place) {
        (_, 0 | 1) => Shape::Format,
        (b"LICENSE", 2) => Shape::Feature,
        (b"LICENSE", 3) => Shape::Version,
        (b"LICENSE", 4) => Shape::Type,
        (b"LICENSE", 5) => Shape::Count,
        (b"KEY", 2) => Shape::KeyId,
        (b"KEY", 3) => Shape::Role,
        (b"REPAIR", 2) => Shape::Repair,
        (b"REPAIR", 3) => Shape::Number,
        _ => Shape::Field,
    }
}

impl Shape {
    /// Whether a word can end here.
    pub(super) fn is_complete(self, word: &[u8]) -> bool {
        match self {
            Self::Format | Self::Feature => true,
            Self::Version => {
                word.split(|&b| b == b'.').count() > 1 && word.split(|&b| b == b'.').all(is_number)
            }
            Self::Type => names(LicenseType::ALL.map(LicenseType::name), |name| name == word),
            Self::Count => word == b"uncounted" || is_number(word),
            Self::KeyId => word.len() >= 8,
            Self::Role => names(Role::ALL.map(Role::name), |name| name == word),
            Self::Repair => names(Repair::ALL.map(Repair::name), |name| name == word),
            Self::Number => is_number(word),
            Self::Field => {
                let Some((name, value)) = split(word) else { return false };
                match (name, fixed_len(name)) {
                    (_, Some(len)) => value.len() >= len,
                    (b"usage", _) => value.last().is_some_and(u8::is_ascii_alphabetic),
                    (b"combine", _) => value == b"additive",
                    (b"expiry", _) => EXPIRY.contains(&value),
                    (b"udi", _) => {
                        value.iter().position(|&b| b == b':').is_some_and(|at| at + 1 < value.len())
                    }
                    _ => !value.is_empty(),
                }
            }
        }
    }

    /// Whether a word can go on with this.
    pub(super) fn goes_on(self, word: &[u8], with: &[u8]) -> bool {
        let both = || [word, with].concat();
        match self {
            Self::Format => false,
            Self::Feature => with.iter().all(|b| is_free(*b)),
            Self::Version => with.iter().all(|b| b.is_ascii_digit() || *b == b'.'),
            Self::Type => {
                names(LicenseType::ALL.map(LicenseType::name), |name| name.starts_with(&both()))
            }
            Self::Count => b"uncounted".starts_with(&both()) || is_number(&both()),
            Self::KeyId => word.len() + with.len() <= 8,
            Self::Role => names(Role::ALL.map(Role::name), |name| name.starts_with(&both())),
            Self::Repair => names(Repair::ALL.map(Repair::name), |name| name.starts_with(&both())),
            Self::Number => with.iter().all(u8::is_ascii_digit),
            Self::Field => {
                let both = both();
                let Some((name, value)) = split(&both) else { return both.len() < 32 };
                match (name, fixed_len(name)) {
                    (_, Some(len)) => value.len() <= len,
                    (b"usage", _) => !self.is_complete(word),
                    (b"combine", _) => b"additive".starts_with(value),
                    (b"expiry", _) => EXPIRY.iter().any(|known| known.starts_with(value)),
                    (b"eula" | b"pak", _) => value.iter().all(|b| is_free(*b)),
                    _ => true,
                }
            }
        }
    }

    /// Whether a word of this shape can begin so.
    pub(super) fn begins(self, with: &[u8]) -> bool {
        match self {
            Self::Format | Self::Feature | Self::KeyId => true,
            Self::Version => self.is_complete(with),
            Self::Count => {
                with.first().is_some_and(u8::is_ascii_digit) || b"uncounted".starts_with(with)
            }
            Self::Number => with.first().is_some_and(u8::is_ascii_digit),
            Self::Type | Self::Role | Self::Repair => self.goes_on(b"", with),
            Self::Field => false,
        }
    }
}

const EXPIRY: [&[u8]; 3] = [b"until-reboot", b"immediate", b"report"];

fn fixed_len(name: &[u8]) -> Option<usize> {
    match name {
        b"id" => Some(20),
        b"issued" | b"start" | b"end" | b"not-before" | b"not-after" => Some(10),
        b"key" => Some(86),
        _ => None,
    }
}

fn names<const N: usize>(names: [&str; N], is: impl Fn(&[u8]) -> bool) -> bool {
    names.iter().any(|name| is(name.as_bytes()))
}

fn is_number(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(u8::is_ascii_digit)
}

const fn is_free(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')
}

pub(super) const fn is_base64url(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

/// Whether a byte can stand at this place of a `sig=` token.
pub(super) fn fits_signature(place: usize, b: u8) -> bool {
    match place {
        0..4 => b"sig=".get(place) == Some(&b),
        4..12 => b.is_ascii_hexdigit(),
        12 => b == b':',
        13..SIGNATURE_LEN => is_base64url(b),
        _ => false,
    }
}
