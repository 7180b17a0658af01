//! The bodies of the fuzz targets on many inputs that are the same in every run: noise, words of
//! the format in any order, and genuine files with damage. `fuzz/` goes on where this ends.

#![cfg(feature = "p256")]

#[path = "../../fuzz/src/lib.rs"]
#[allow(dead_code, missing_docs, unreachable_pub)]
mod targets;

use proptest::prelude::*;

/// Pieces of license files, right and nearly right.
const WORDS: &[&[u8]] = &[
    b"LICENSE", b"KEY", b"1", b"2", b"voice", b"1.0", b"2.1.0", b"permanent", b"evaluation",
    b"subscription", b"uncounted", b"16", b"016", b"id=5f1c0a9e27d4b86310c2", b"id=5F",
    b"udi=ISR4331/K9:FDO1234ABCD", b"udi=:", b"issued=2026-11-22", b"issued=2026-02-30",
    b"start=2026-12-01", b"end=2027-11-30", b"usage=60d", b"usage=24h", b"combine=additive",
    b"expiry=immediate", b"eula=standard", b"pak=4XQ7", b"x-a=1", b"x-b=2", b"y=1", b"sig=",
    b"sig=76805a63:6lKAenPkz4Rb-HX3QuhtQkJ1sCualZukP1KMdPthqgcrT_gGEm3NlBSNsT1uR3VaSLxyVrUhrBL6A1CuwfMmOw",
    b"features=v", b"pids=ISR4331/K9", b"not-before=2026-01-01", b"not-after=2027-12-31",
    b"production", b"76805a63", b"#", b"#x", b"\n", b"\r\n", b"\t", b"\n# LICENSE 1\n", b"\x80",
    b"\xB1\x01\x02", b"\xEF\xBB\xBF", b"a\x00",
];

/// Fixed, so that every run takes the same inputs (xorshift64, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let len = self.below(most + 1);
        (0..len).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    fn words(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most + 1);
        let words: Vec<_> = (0..count).map(|_| WORDS[self.below(WORDS.len())]).collect();
        words.join(&b' ')
    }

    fn printable(&mut self, most: usize) -> Vec<u8> {
        let letters = b"0019azAZ.:-_=,#/ dhms";
        (0..self.below(most + 1)).map(|_| letters[self.below(letters.len())]).collect()
    }
}

fn many(rounds: u32, seed: u64, mut round: impl FnMut(&mut Numbers)) {
    let mut numbers = Numbers(seed);
    (0..rounds).for_each(|_| round(&mut numbers));
}

#[test]
fn records() {
    let [(_, genuine), _] = targets::seeds();
    many(40_000, 1, |numbers| {
        let input = match numbers.below(40) {
            0 => {
                let mut file = genuine.clone();
                let at = numbers.below(file.len());
                let word = WORDS[numbers.below(WORDS.len())];
                file.splice(at..at, word.iter().copied());
                file
            }
            1..10 => numbers.bytes(64),
            _ => numbers.words(12),
        };
        targets::records(&input);
    });
}

#[test]
fn binary() {
    let [_, (_, genuine)] = targets::seeds();
    many(15_000, 2, |numbers| {
        if numbers.below(5) > 0 {
            targets::binary(&numbers.bytes(64));
        } else {
            let mut frames = genuine.clone();
            let at = numbers.below(frames.len());
            frames[at] ^= 1 << numbers.below(8);
            frames.truncate(numbers.below(frames.len()) + 1);
            targets::binary(&frames[1..]);
        }
    });
}

#[test]
fn install() {
    many(5_000, 3, |numbers| targets::install(&numbers.bytes(24)));
}

#[test]
fn feature_request() {
    many(20_000, 4, |numbers| {
        targets::feature_request(&numbers.bytes(8));
        targets::feature_request(&numbers.printable(12));
    });
}

#[test]
fn udi_date_version() {
    many(20_000, 5, |numbers| {
        targets::udi_date_version(&numbers.bytes(16));
        targets::udi_date_version(&numbers.printable(12));
    });
}

#[test]
fn flash_image() {
    many(600, 7, |numbers| targets::flash_image(&numbers.bytes(400)));
    many(40, 8, |numbers| targets::flash_image(&numbers.bytes(8_193)));
}

#[test]
fn storage() {
    many(3_000, 6, |numbers| {
        let mut input = vec![numbers.below(2).to_le_bytes()[0]];
        for _ in 0..numbers.below(5) {
            input.extend(numbers.bytes(3).into_iter().chain([0; 3]).take(3));
            let bytes = numbers.bytes(120);
            input.push(bytes.len().to_le_bytes()[0]);
            input.extend(bytes);
        }
        targets::storage(&input);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same promises with inputs that shrink, for a failure that can be read.
    #[test]
    fn words_of_the_format(words in prop::collection::vec(prop::sample::select(WORDS), 0..16)) {
        let input = words.join(&b' ');
        targets::records(&input);
        targets::install(&input);
    }
}

/// A comment between two damaged pieces stays a comment.
#[test]
fn no_record_begins_in_a_comment() {
    let [(_, text), _] = targets::seeds();
    let line = text.split(|&b| b == b'\n').nth(1).unwrap();
    let file = [b"oops\n# ".as_slice(), line, b"\n\x80\n"].concat();
    let found: Vec<_> = nodelock::record::Records::new(&file).collect();
    assert_eq!(found.len(), 1);
    assert!(found[0].record.is_err());
}
