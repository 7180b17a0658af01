//! The end of every record: who signed, and the signature.

use crate::bytes::reader::Reader;
use crate::bytes::sink::Sink;
use crate::bytes::{base64url, hex};
use crate::value::key::KeyId;
use crate::value::signature::Signature;

/// What stands behind the terms of a record, and the text of the terms if it came as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignatureBlock<'a> {
    /// From the keyword to the last field before `sig=`; `None` if it came in binary.
    pub(super) text: Option<&'a [u8]>,
    pub(super) signer: KeyId,
    pub(super) signature: WrittenSignature<'a>,
}

impl<'a> SignatureBlock<'a> {
    /// The value of `sig=`, behind this text.
    pub(super) fn parse(text: &'a [u8], value: &'a [u8]) -> Option<Self> {
        let (signer, signature) = split_signature(value)?;
        let signature =
            base64url::is_encoding_of_64(signature).then_some(WrittenSignature::Text(signature))?;
        Some(Self { text: Some(text), signer, signature })
    }

    /// Signer and signature, and nothing behind them.
    pub(super) fn decode(reader: &mut Reader<'a>) -> Option<Self> {
        let signer = reader.array().map(KeyId)?;
        let signature = reader.array_here().map(WrittenSignature::Binary)?;
        reader.is_empty().then_some(Self { text: None, signer, signature })
    }

    pub(super) fn encode(&self, out: &mut impl Sink) {
        out.put(&self.signer.0);
        out.put(self.signature.decode().as_bytes());
    }
}

/// A signature where it stands in its record. It is well-formed, and decoded where it is needed: 64
/// bytes less in every record that is kept, moved or handed on.
#[derive(Debug, Clone, Copy)]
pub(super) enum WrittenSignature<'a> {
    Text(&'a [u8]),
    Binary(&'a [u8; 64]),
}

impl WrittenSignature<'_> {
    pub(super) fn decode(&self) -> Signature {
        match self {
            Self::Text(text) => Signature::decode(text),
            Self::Binary(bytes) => Signature::from_rs(**bytes),
        }
    }
}

/// Writes ` sig=KEYID:SIGNATURE`, the end of every record.
pub fn emit_signature(signer: KeyId, signature: &Signature, out: &mut impl Sink) {
    out.put(b" sig=");
    hex::emit(&signer.0, out);
    out.put(b":");
    base64url::encode(signature.as_bytes(), out);
}

/// Who signed, and the text of the signature.
pub(crate) fn split_signature(text: &[u8]) -> Option<(KeyId, &[u8])> {
    let (id, rest) = text.split_at_checked(8)?;
    Some((KeyId::parse(id).ok()?, rest.strip_prefix(b":")?))
}
