//! SHA-256 of messages (FIPS 180-4).

#[cfg(any(not(any(target_arch = "x86_64", target_arch = "aarch64")), test))]
mod compress;
#[cfg(test)]
mod tests;

use crate::bytes::sink::Sink;
use crate::record::Message;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use compress::compress;

/// With the instructions for it, where the processor has them.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    sha2::block_api::compress256(state, core::slice::from_ref(block));
}

/// What SHA-256 begins with (FIPS 180-4 section 5.3.3).
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

/// The state after one block.
pub(super) fn after(block: &[u8; 64]) -> [u32; 8] {
    let mut state = START;
    compress(&mut state, block);
    state
}

/// SHA-256 of a message with the bundled implementation.
// Inlined, so that a firmware which hashes one kind of message has no code for the others.
#[inline(always)]
#[must_use]
pub fn sha256(message: &Message<'_>) -> [u8; 32] {
    if let Message::Keyed(block, pieces) = message {
        let mut hash = Hash::begun(block.state(), 64);
        pieces.iter().for_each(|piece| hash.put(piece));
        return hash.finish();
    }
    let mut hash = Hash::begun(&START, 0);
    message.write(&mut hash);
    hash.finish()
}

struct Hash {
    state: [u32; 8],
    /// Bytes so far. What is over whole blocks waits.
    len: usize,
    block: [u8; 64],
}

impl Hash {
    const fn begun(state: &[u32; 8], len: usize) -> Self {
        Self { state: *state, len, block: [0; 64] }
    }

    fn compress(&mut self) {
        compress(&mut self.state, &self.block);
    }

    /// Appends a one, zeros, and the length in bits (FIPS 180-4 section 5.1.1).
    fn finish(&mut self) -> [u8; 32] {
        let bits = (self.len as u64).wrapping_mul(8);
        let used = self.len % 64;
        if let Some((end, rest)) = self.block.get_mut(used..).and_then(<[u8]>::split_first_mut) {
            *end = 0x80;
            rest.fill(0);
        }
        if used >= 56 {
            self.compress();
            self.block = [0; 64];
        }
        if let Some(last) = self.block.last_chunk_mut() {
            *last = bits.to_be_bytes();
        }
        self.compress();
        let mut digest = [0; 32];
        for (to, word) in digest.as_chunks_mut().0.iter_mut().zip(self.state) {
            *to = word.to_be_bytes();
        }
        digest
    }
}

impl Sink for Hash {
    fn put(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = self.len % 64;
            let room = self.block.get_mut(used..).unwrap_or_default();
            let (part, behind) = rest.split_at_checked(room.len()).unwrap_or((rest, &[]));
            for (to, from) in room.iter_mut().zip(part) {
                *to = *from;
            }
            self.len = self.len.wrapping_add(part.len());
            if self.len.is_multiple_of(64) {
                self.compress();
            }
            rest = behind;
        }
    }
}
