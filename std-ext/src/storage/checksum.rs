//! The checksum behind every value in a file, which also finds a single flipped bit.

/// Bytes of the checksum.
const CHECKSUM: usize = 4;
/// Longest file in which a flipped bit is put right: longer than every value of the agent.
const MENDED_LEN: usize = 4096;

/// A value as it stands in a file.
pub(super) fn seal(value: &[u8]) -> Vec<u8> {
    [value, &crc32fast::hash(value).to_le_bytes()].concat()
}

/// The value in a file, with its one flipped bit put right if there is one. The checksum tells two
/// flipped bits from one in files up to this length.
pub(super) fn unseal(content: &mut [u8]) -> Option<&[u8]> {
    if !fits(content) {
        let bits = content.len().checked_mul(8).filter(|_| content.len() <= MENDED_LEN)?;
        let flip = |content: &mut [u8], bit: usize| content[bit / 8] ^= 1 << (bit % 8);
        let mended = (0..bits).any(|bit| {
            flip(content, bit);
            let fits = fits(content);
            if !fits {
                flip(content, bit);
            }
            fits
        });
        if !mended {
            return None;
        }
    }
    content.split_last_chunk::<CHECKSUM>().map(|(value, _)| value)
}

fn fits(content: &[u8]) -> bool {
    content
        .split_last_chunk::<CHECKSUM>()
        .is_some_and(|(value, checksum)| crc32fast::hash(value).to_le_bytes() == *checksum)
}
