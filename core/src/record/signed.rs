//! [`Signed`]: what a record says, and the signature under it.

use crate::bytes::reader::{OrDamaged, Reader};
use crate::bytes::sink::{Sink, SliceSink};
use crate::bytes::writer::number;
use crate::reason::Reason;
use crate::record::AnyTerms;
use crate::record::binary::MARK;
use crate::record::found::ParseError;
use crate::record::kind::Terms;
use crate::record::message::Message;
use crate::record::signature_block::SignatureBlock;
use crate::record::text::Fields;
use crate::value::key::KeyId;
use crate::value::signature::Signature;

/// A record of one kind: well-formed, and nothing more. Whoever wrote it may have made it up.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a, T> {
    terms: T,
    block: SignatureBlock<'a>,
}

impl<'a, T> Signed<'a, T> {
    /// What it says, not yet trusted.
    #[must_use]
    pub const fn terms(&self) -> &T {
        &self.terms
    }

    /// Id of the key that is said to have signed it.
    #[must_use]
    pub const fn signer(&self) -> KeyId {
        self.block.signer
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        self.block.signature.decode()
    }

    /// The bytes under the signature, domain prefix included.
    #[must_use]
    pub fn message<'m>(&'m self) -> Message<'m>
    where
        T: Terms<'a>,
        AnyTerms<'m>: From<&'m T>,
    {
        match self.block.text {
            Some(text) => Message::Text { domain: T::DOMAIN, text },
            None => Message::of(&self.terms),
        }
    }
}

/// Writes a frame of the binary twin around its body.
pub(super) fn frame(kind: u8, out: &mut SliceSink<'_>, body: impl Fn(&mut SliceSink<'_>)) {
    let mut counted = SliceSink::new(&mut []);
    body(&mut counted);
    out.put(&[MARK, kind]);
    number(u64::try_from(counted.written()).unwrap_or(u64::MAX), out);
    body(out);
}

impl<'a, T: Terms<'a>> Signed<'a, T> {
    #[inline(always)]
    pub(super) fn parse(fields: &mut Fields<'a>) -> Result<Self, ParseError> {
        let terms = T::parse(fields)?;
        let block = fields.signature()?;
        terms.validate().map_err(|reason| fields.refused_as_a_whole(reason))?;
        Ok(Self { terms, block })
    }

    #[inline(always)]
    pub(super) fn decode(body: &'a [u8]) -> Result<Self, Reason> {
        let mut reader = Reader::new(body);
        let terms = T::decode(&mut reader)?;
        let block = SignatureBlock::decode(&mut reader).or_damaged()?;
        terms.validate()?;
        Ok(Self { terms, block })
    }

    pub(crate) fn emit_binary(&self, out: &mut SliceSink<'_>) {
        frame(T::KIND, out, |out| self.encode(out));
    }

    fn encode(&self, out: &mut SliceSink<'_>) {
        self.terms.encode(out);
        self.block.encode(out);
    }
}
