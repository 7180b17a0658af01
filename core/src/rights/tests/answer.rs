//! Words of answers, for every reason.

use std::string::ToString;

use crate::reason::Reason;
use crate::rights::{Answer, Denial, Fact, Verdict};

/// C programs give 512 bytes.
const ROOM: usize = 512;

#[test]
fn every_reason_has_words_that_fit_whatever_the_fact() {
    let name = core::str::from_utf8(&[b'n'; 64]).unwrap();
    for &reason in Reason::ALL {
        for fact in [
            Fact::None,
            Fact::Units { needed: u64::MAX, in_use: u64::MAX, licensed: u64::MAX },
            Fact::Maximum { needed: u64::MAX, in_use: 1, maximum: u64::MAX },
            Fact::Level { level: name, next: false },
            Fact::Agreement { name },
            Fact::Used { seconds: u64::MAX },
            Fact::Refused { lines: usize::MAX, reason },
        ] {
            let answer = Answer { verdict: Verdict::Denied(Denial::new(reason, 1)), fact };
            let (why, remedy) = (answer.to_string(), answer.remedy().to_string());
            assert!(why.starts_with(reason.text()), "{why}");
            assert!(!remedy.is_empty() && !remedy.ends_with('.'), "{remedy}");
            for words in [why, remedy] {
                assert!(words.len() < ROOM, "{words}");
                assert!(words.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{words}");
            }
        }
    }
}
