//! [`Candidate`]: the words of what may be a record, put together from the pieces between white space.

use super::shape::{
    KEYWORDS, SIGNATURE_LEN, Shape, fits_signature, is_base64url, is_keyword, rank, shape,
};

/// What stood before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    Blank,
    Line,
    /// An empty line.
    Paragraph,
}

/// A run of bytes without white space.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t [u8],
    pub(super) start: usize,
    before: Break,
    /// Whether nothing stands behind it on its line.
    last: bool,
}

impl Piece<'_> {
    pub(super) const fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The pieces from an offset on, without comments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pieces<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Pieces<'t> {
    pub(super) const fn from(text: &'t [u8], at: usize) -> Self {
        Self { text, at }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(mut self) -> Option<Piece<'t>> {
        self.next()
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let (mut feeds, mut returns) = (0_usize, 0_usize);
        loop {
            match self.rest().first()? {
                b'\n' => feeds += 1,
                b'\r' => returns += 1,
                b' ' | b'\t' => {}
                b'#' => {
                    let comment = self.rest().iter().take_while(|b| !matches!(b, b'\n' | b'\r'));
                    self.at += comment.count();
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        let start = self.at;
        let text = self.rest().split(u8::is_ascii_whitespace).next()?;
        self.at += text.len();
        let behind = self.rest().iter().find(|b| !matches!(b, b' ' | b'\t'));
        let before = match if feeds > 0 { feeds } else { returns } {
            0 => Break::Blank,
            1 => Break::Line,
            _ => Break::Paragraph,
        };
        let last = behind.is_none_or(|b| matches!(b, b'\n' | b'\r'));
        Some(Piece { text, start, before, last })
    }
}

/// Where a record begins in a piece, behind brackets and the like.
pub(super) fn keyword_in(piece: &[u8]) -> Option<usize> {
    let junk = piece.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    piece.get(junk..).filter(|word| is_keyword(word)).map(|_| junk)
}

/// Where a record begins in a piece, behind other text that a sign ends: `R1:SN1,"LICENSE`.
pub(super) fn keyword_behind_text(piece: &[u8]) -> Option<usize> {
    let at = KEYWORDS.iter().find_map(|keyword| piece.strip_suffix(*keyword))?.len();
    let sign = piece.get(at.checked_sub(1)?)?;
    (sign.is_ascii_punctuation() && !matches!(sign, b'-' | b'_' | b'.' | b'#')).then_some(at)
}

/// Longest record, with everything that may stand in between.
const LONGEST: usize = 4 * nodelock::limits::MAX_RECORD_LEN;

/// The words of what may be a record.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    pub(super) tokens: Vec<Vec<u8>>,
    /// Behind its last byte.
    pub(super) end: usize,
    /// Whether words were divided.
    pub(super) wrapped: bool,
    /// Whether something behind it was left away.
    pub(super) trimmed: bool,
    /// Whether its `sig=` has capitals.
    pub(super) capitals: bool,
    /// Whether another record begins directly behind it.
    pub(super) glued: bool,
}

impl Candidate {
    /// From a keyword on.
    pub(super) fn take(text: &[u8], start: usize) -> Self {
        let mut pieces = Pieces::from(text, start);
        let mut this = Self { end: start, ..Self::default() };
        let Some(keyword) = pieces.next() else { return this };
        this.push(&keyword);
        let mut room = LONGEST;
        loop {
            let mut ahead = pieces;
            let Some(piece) = ahead.next() else { break };
            let next = ahead.peek();
            if is_keyword(piece.text) {
                // Directly behind a keyword it belongs to a damaged record (docs/SPEC.md 1.3).
                if this.tokens.last().is_some_and(|token| !is_keyword(token)) {
                    break;
                }
            } else if begins_record(&piece, ahead) {
                break;
            }
            let Some(left) = room.checked_sub(piece.text.len() + 1) else { break };
            room = left;
            let joins = this.joins(keyword.text, &piece, next.as_ref());
            match joins {
                Some(true) => {
                    this.wrapped = true;
                    this.tokens
                        .last_mut()
                        .into_iter()
                        .for_each(|t| t.extend_from_slice(piece.text));
                    this.end = piece.end();
                }
                Some(false) => this.push(&piece),
                None => break,
            }
            pieces = ahead;
            if let Some(token) = this.tokens.last_mut().filter(|token| is_sig(token)) {
                this.capitals = !token.starts_with(b"sig=");
                token.get_mut(..4).unwrap_or_default().make_ascii_lowercase();
                this.signature(&piece, pieces);
                break;
            }
        }
        this
    }

    fn push(&mut self, piece: &Piece<'_>) {
        self.tokens.push(piece.text.to_vec());
        self.end = piece.end();
    }

    /// Whether a piece belongs to the word before it; `None` if it does not belong to the record.
    fn joins(&self, keyword: &[u8], piece: &Piece<'_>, next: Option<&Piece<'_>>) -> Option<bool> {
        let Some(word) = self.tokens.last() else { return Some(false) };
        let with = if is_sig(piece.text) { b"sig=" } else { piece.text };
        let place = self.tokens.len() - 1;
        let (here, behind) = (shape(keyword, place), shape(keyword, place + 1));
        let complete = here.is_complete(word);
        let goes_on = here.goes_on(word, with);
        if piece.before == Break::Blank {
            // Only where nothing else can be meant.
            let in_key = word.starts_with(b"key=") && with.iter().all(|b| is_base64url(*b));
            return Some(in_key && !complete && goes_on);
        }
        let order = rank(keyword, word);
        let is_next_field = |word: &[u8]| {
            rank(keyword, word).is_some_and(|rank| order.is_none_or(|order| order <= rank))
        };
        let begins =
            behind.begins(with) || (place > 3 || keyword != b"LICENSE") && is_next_field(with);
        if begins && complete {
            return Some(false);
        }
        if goes_on && !complete {
            return Some(true);
        }
        // A key that is divided itself.
        let divided = next.filter(|next| next.before == Break::Line && with.len() < 24);
        let divided = divided.map(|next| [with, next.text].concat());
        if complete
            && divided.is_some_and(|both| {
                is_next_field(&both)
                    || behind.begins(&both) && !behind.begins(next.map_or(b"", |next| next.text))
            })
        {
            return Some(false);
        }
        match goes_on {
            _ if piece.before == Break::Paragraph => None,
            true => Some(true),
            false => Some(false),
        }
    }

    /// The last word, of which the first piece is there.
    fn signature(&mut self, piece: &Piece<'_>, mut pieces: Pieces<'_>) {
        let Some(token) = self.tokens.last_mut() else { return };
        let fitting = |token: &[u8], from: usize| {
            let bytes = token.iter().enumerate().skip(from);
            from + bytes.take_while(|&(place, b)| fits_signature(place, *b)).count()
        };
        let fits = fitting(token, 0);
        let rest = token.get(fits..).unwrap_or_default();
        if fits == SIGNATURE_LEN {
            let behind = behind(rest);
            let rest_len = rest.len();
            return match behind {
                Behind::Nothing => self.second_signature(pieces),
                Behind::Punctuation => {
                    token.truncate(fits);
                    self.trimmed = true;
                }
                Behind::Record(at) => {
                    token.truncate(fits);
                    self.glued = true;
                    self.end = piece.end() - rest_len + at;
                }
                Behind::Other => {}
            };
        }
        // A `=` at the end of the line is what quoted-printable leaves of a line break.
        let goes_on = rest.is_empty() || rest == b"=" && piece.last;
        if !goes_on {
            if is_punctuation(rest) && !rest.is_empty() {
                token.truncate(fits);
                self.trimmed = true;
            }
            return;
        }
        token.truncate(fits);
        while let Some(piece) = pieces.next() {
            let before = token.len();
            let with = piece.text.strip_suffix(b"=").filter(|_| piece.last).unwrap_or(piece.text);
            if piece.before == Break::Paragraph {
                return;
            }
            let both = [token.as_slice(), with].concat();
            let fits = fitting(&both, before);
            let rest = both.get(fits..).unwrap_or_default();
            let whole = fits == SIGNATURE_LEN;
            let behind = behind(rest);
            if !(whole && behind != Behind::Other || rest.is_empty() && piece.last) {
                return;
            }
            token.extend_from_slice(both.get(before..fits).unwrap_or_default());
            self.wrapped = true;
            self.trimmed |= behind == Behind::Punctuation;
            self.end = piece.end();
            if let Behind::Record(at) = behind {
                self.glued = true;
                self.end = piece.start + (fits - before) + at;
                return;
            }
            if whole {
                return self.second_signature(pieces);
            }
        }
    }

    /// A `sig=` directly behind a record belongs to it, which damages it (docs/SPEC.md 1.3).
    fn second_signature(&mut self, pieces: Pieces<'_>) {
        if let Some(piece) = pieces.peek().filter(|piece| piece.text.starts_with(b"sig=")) {
            self.push(&piece);
        }
    }
}

fn is_sig(word: &[u8]) -> bool {
    word.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"sig="))
}

/// Whether a record begins with this piece, or what a doubled keyword has made of one.
pub(super) fn begins_record(piece: &Piece<'_>, behind: Pieces<'_>) -> bool {
    let keyword = keyword_in(piece.text).and_then(|junk| piece.text.get(junk..));
    let Some(keyword) = keyword else { return false };
    let mut ahead = behind;
    match ahead.next() {
        Some(next) if is_keyword(next.text) => {
            next.before == Break::Blank && is_record(next.text, ahead)
        }
        _ => is_record(keyword, behind),
    }
}

/// So many words behind a keyword are looked at, to tell whether it begins a record.
const LOOKED_AT: usize = 16;

/// Whether a record may go on behind its keyword with this: its format, and something else that it has.
pub(super) fn is_record(keyword: &[u8], mut behind: Pieces<'_>) -> bool {
    let Some(format) = behind.next().filter(|format| !is_keyword(format.text)) else {
        return false;
    };
    // Of another format, or where the number is damaged, only a whole field tells.
    let is_plain = format.text == b"1";
    let mut words = 0;
    for piece in behind.take(LOOKED_AT) {
        let (word, place) = (piece.text, words + 2);
        if is_keyword(word) {
            return false;
        }
        let shape = shape(keyword, place);
        let fits = match shape {
            Shape::Version | Shape::Repair => shape.is_complete(word),
            Shape::KeyId => word.len() == 8 && word.iter().all(u8::is_ascii_hexdigit),
            _ => false,
        };
        if is_plain && fits || is_sig(word) || rank(keyword, word).is_some() {
            return true;
        }
        words += 1;
    }
    // One that is cut off there.
    is_plain && words < 2
}

/// What stands directly behind a whole signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    Punctuation,
    /// The keyword of a record, behind so many bytes.
    Record(usize),
    Other,
}

fn behind(rest: &[u8]) -> Behind {
    let mut word = rest;
    // Also the line ends that programs spell out.
    while let Some(less) =
        word.strip_prefix(b"\\n").or_else(|| word.strip_prefix(b"\\r")).or_else(|| {
            word.split_first().filter(|(b, _)| !b.is_ascii_alphanumeric()).map(|(_, less)| less)
        })
    {
        word = less;
    }
    match word {
        [] if rest.is_empty() => Behind::Nothing,
        [] => Behind::Punctuation,
        word if is_keyword(word) => Behind::Record(rest.len() - word.len()),
        _ => Behind::Other,
    }
}

/// Whether nothing but signs stands there that are in no signature.
fn is_punctuation(rest: &[u8]) -> bool {
    let text = String::from_utf8_lossy(rest);
    text.chars().all(|c| {
        matches!(
            c,
            '.' | ','
                | ';'
                | '!'
                | ')'
                | ']'
                | '}'
                | '>'
                | '"'
                | '\''
                | '*'
                | '`'
                | '»'
                | '“'
                | '”'
                | '’'
        )
    })
}
