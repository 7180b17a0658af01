//! SHA-256 (FIPS 180-4) of messages.

#[cfg(any(target_os = "none", test))]
mod compact;
#[cfg(test)]
mod tests;

use crate::bytes::sink::Sink;
use crate::verify::Message;

#[cfg(target_os = "none")]
use compact::compress;

/// Takes a block into the state.
#[cfg(not(target_os = "none"))]
fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    sha2::block_api::compress256(state, core::slice::from_ref(block));
}

/// What it begins with (section 5.3.3).
const START: [u32; 8] = [
    0x6A09_E667,
    0xBB67_AE85,
    0x3C6E_F372,
    0xA54F_F53A,
    0x510E_527F,
    0x9B05_688C,
    0x1F83_D9AB,
    0x5BE0_CD19,
];

/// SHA-256 of a message with the bundled implementation.
// Inlined, so that a firmware which hashes one kind of message has no code for the others.
#[inline(always)]
#[must_use]
pub fn sha256(message: &Message<'_>) -> [u8; 32] {
    let mut hash = Hash { state: START, len: 0, block: [0; 64] };
    message.write(&mut hash);
    hash.finish()
}

struct Hash {
    state: [u32; 8],
    /// Bytes so far. Those behind the last whole block wait.
    len: usize,
    block: [u8; 64],
}

impl Hash {
    /// The digest: behind the message a one, zeros, and its length in bits (section 5.1.1).
    #[inline(never)]
    fn finish(&mut self) -> [u8; 32] {
        let used = self.len & 63;
        if let Some([one, zeros @ ..]) = self.block.get_mut(used..) {
            *one = 0x80;
            zeros.fill(0);
        }
        if used >= 56 {
            compress(&mut self.state, &self.block);
            self.block = [0; 64];
        }
        let bits = u64::try_from(self.len).unwrap_or_default().wrapping_mul(8);
        if let Some(place) = self.block.last_chunk_mut() {
            *place = bits.to_be_bytes();
        }
        compress(&mut self.state, &self.block);
        let mut digest = [0; 32];
        for (to, word) in digest.as_chunks_mut().0.iter_mut().zip(&self.state) {
            *to = word.to_be_bytes();
        }
        digest
    }
}

impl Sink for Hash {
    fn put(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = self.block.get_mut(self.len & 63..).unwrap_or_default();
            let (part, behind) = rest.split_at_checked(room.len()).unwrap_or((rest, &[]));
            for (to, from) in room.iter_mut().zip(part) {
                *to = *from;
            }
            self.len = self.len.wrapping_add(part.len());
            if self.len & 63 == 0 {
                compress(&mut self.state, &self.block);
            }
            rest = behind;
        }
    }
}
