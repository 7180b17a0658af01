//! [`check_lines`]: one question, answered from a license text as it stands in flash, without any state.
//!
//! For devices too small for an agent. It reads the tokens that the question needs and compares the
//! others with the form of a permanent line, instead of making a [`Line`](crate::record::Line) of each record.
//! What it grants, [`install`](crate::rights::install()) with the same keys and [`Entitlements`] would grant, too:
//! the tests hold both against each other. Only the values of `issued=`, `eula=`, `pak=` and `x-` fields,
//! which have no say in the answer, are not judged: whoever signs the line has done that. And an id that
//! two different lines share is noticed only between lines that count here.
//!
//! [`Entitlements`]: crate::rights::Entitlements

use crate::bytes::token::Tokens;
use crate::crypto::{SignatureVerifier, check_signature};
use crate::limits::MAX_RECORD_LEN;
use crate::reason::Reason;
use crate::record::{LicenseTerms, Message, Terms, is_keyword, split_signature, without_mark};
use crate::rights::Units;
use crate::value::feature::{FeatureRequest, Version};
use crate::value::key::{KeyId, PublicKey, Role};
use crate::value::license::{Combine, Count, LicenseType};
use crate::value::signature::Signature;
use crate::value::udi::{Udi, UdiSource};

/// Lines for one feature that can count together.
pub const MAX_CHECKED_LINES: usize = 8;

/// May the feature run, by the permanent lines of a license text?
///
/// Goes through the text up to the first line that settles it; one signature check for each line that
/// is for this feature, this device, and covers what is asked. Lines of other types need the agent, and
/// so do binary files and lines signed by keys that a `KEY` record delegates: all of these grant nothing
/// here. `key_with` gives key and role of the root with an id, if there is one; `accepts_development` lets
/// roots with that role sign, and never is true in a product that ships.
///
/// # Errors
/// Denied: [`Reason::NoLicense`] if no line is for this feature and device; [`Reason::CountTooLow`] if
/// lines cover it, but not often enough; else why the last line that is for it does not help, e.g.
/// [`Reason::NeedsAgent`] or [`Reason::SignatureMismatch`].
///
/// ```
/// # #[cfg(feature = "p256")] {
/// use nodelock::{P256Verifier, Reason, Udi};
/// use nodelock::rights::check_lines;
/// use nodelock::value::FeatureRequest;
/// let device = Udi::parse(b"ISR4331/K9:FDO1234ABCD").unwrap();
/// let request = FeatureRequest::parse(b"routing").unwrap();
/// let verdict = check_lines(b"", &request, &device, |_| None, false, &P256Verifier);
/// assert_eq!(verdict, Err(Reason::NoLicense));
/// # }
/// ```
pub fn check_lines<'k, V, U>(
    text: &[u8],
    request: &FeatureRequest<'_>,
    device: &U,
    key_with: impl Fn(KeyId) -> Option<(&'k PublicKey, Role)>,
    accepts_development: bool,
    verifier: &V,
) -> Result<(), Reason>
where
    V: SignatureVerifier + ?Sized,
    U: UdiSource + ?Sized,
{
    let text = without_mark(text);
    let mut tokens = Tokens::new(text);
    let mut units = Units::NONE;
    let mut counted: [&[u8]; MAX_CHECKED_LINES] = [&[]; MAX_CHECKED_LINES];
    let mut refusal = Reason::NoLicense;
    let mut signature = Signature::NONE;
    let mut keyword_before = false;
    loop {
        let token = match tokens.next() {
            Ok(Some(token)) => token,
            Ok(None) => return Err(if units.any() { Reason::CountTooLow } else { refusal }),
            Err(_) => {
                tokens.skip_damaged();
                keyword_before = false;
                continue;
            }
        };
        // A keyword behind a keyword is part of a damaged record.
        let doubled = core::mem::replace(&mut keyword_before, begins_record(token.bytes));
        if token.bytes != LicenseTerms::KEYWORD || doubled {
            continue;
        }
        let mut reader = Reader::new(tokens, token.bytes);
        let Some(line) = reader.line(request.feature.as_bytes()) else {
            if reader.other_type {
                refusal = Reason::NeedsAgent;
            }
            continue;
        };
        let covers =
            request.is_within(line.version).and_then(|()| line.is_for(device)).and_then(|()| {
                let (signer, encoded) =
                    split_signature(line.signature).ok_or(Reason::BadSignatureText)?;
                let (key, role) = key_with(signer).ok_or(Reason::UnknownKey)?;
                role.may_sign(LicenseType::Permanent, accepts_development)?;
                signature.read(encoded).ok_or(Reason::BadSignatureText)?;
                let signed = text.get(token.offset..line.end).unwrap_or_default();
                check_signature(
                    key,
                    &Message::Text { domain: LicenseTerms::DOMAIN, text: signed },
                    &signature,
                    verifier,
                )
            });
        match covers {
            Err(Reason::OtherDevice) => {}
            Err(reason) => refusal = reason,
            Ok(()) => {
                // Not twice, and not two with one id.
                let Some(room) = counted.iter_mut().find(|id| id.is_empty() || **id == line.id)
                else {
                    continue;
                };
                if room.is_empty() {
                    *room = line.id;
                    units.add(line.count, line.combine);
                }
                if units.suffice(request.count) {
                    return Ok(());
                }
            }
        }
    }
}

/// What a line says that is for the feature and in the form of a permanent one. Not trusted yet.
struct PermanentLine<'a> {
    version: Version,
    count: Count,
    combine: Combine,
    id: &'a [u8],
    udi: &'a [u8],
    /// End of what is signed.
    end: usize,
    /// Who signed, and the signature.
    signature: &'a [u8],
}

impl PermanentLine<'_> {
    fn is_for<U: UdiSource + ?Sized>(&self, device: &U) -> Result<(), Reason> {
        device.member_with(&Udi::parse(self.udi)?)?.map(|_| ()).ok_or(Reason::OtherDevice)
    }
}

/// Goes through the tokens of one record, behind its keyword.
struct Reader<'a> {
    tokens: Tokens<'a>,
    /// The token that is looked at.
    token: &'a [u8],
    /// End of the one before it.
    end: usize,
    /// Of the canonical text up to here.
    length: usize,
    /// The line is for the feature, but not a permanent one, or one with a condition.
    other_type: bool,
}

impl<'a> Reader<'a> {
    const fn new(tokens: Tokens<'a>, keyword: &'a [u8]) -> Self {
        Self { tokens, token: keyword, end: 0, length: keyword.len(), other_type: false }
    }

    fn next(&mut self) -> Option<()> {
        self.end = self.tokens.offset();
        let token = self.tokens.next().ok()??.bytes;
        self.length = self.length.saturating_add(token.len()).saturating_add(1);
        if self.length > MAX_RECORD_LEN || begins_record(token) {
            return None;
        }
        self.token = token;
        Some(())
    }

    /// What stands behind the key in this token; goes on to the next one.
    fn take(&mut self, key: &[u8]) -> Option<&'a [u8]> {
        let value = self.token.strip_prefix(key)?;
        self.next()?;
        Some(value)
    }

    // In place: its result would be moved field by field.
    #[inline(always)]
    fn line(&mut self, feature: &[u8]) -> Option<PermanentLine<'a>> {
        self.next()?;
        if !self.take(b"1")?.is_empty() || !self.take(feature)?.is_empty() {
            return None;
        }
        let version = Version::parse(self.take(b"")?).ok()?;
        if self.token != LicenseType::Permanent.name().as_bytes() {
            self.other_type = true;
            return None;
        }
        self.next()?;
        let count = Count::parse(self.take(b"")?).ok()?;
        let id = self.take(b"id=")?;
        let udi = self.take(b"udi=")?;
        self.take(b"issued=")?;
        let mut combine = Combine::Exclusive;
        if self.token == b"combine=additive" && count != Count::Uncounted {
            combine = Combine::Additive;
            self.next()?;
        }
        self.take(b"eula=");
        self.take(b"pak=");
        if self.token.starts_with(b"needs=") {
            // What it depends on, only an agent can see.
            self.other_type = true;
            return None;
        }
        while self.take(b"x-").is_some() {}
        let signature = self.token.strip_prefix(b"sig=")?;
        let end = self.end;
        // A second signature behind the first is part of a damaged line, not stray text.
        // Not by `self.next`, which ends at the length of a record.
        let behind = self.tokens.next();
        let doubled = matches!(behind, Ok(Some(token)) if token.bytes.starts_with(b"sig="));
        let id_is_clean =
            id.len() == 20 && id.iter().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        (id_is_clean && !doubled).then_some(PermanentLine {
            version,
            count,
            combine,
            id,
            udi,
            end,
            signature,
        })
    }
}

/// Apart: it is asked at two places.
#[inline(never)]
fn begins_record(token: &[u8]) -> bool {
    is_keyword(token)
}
