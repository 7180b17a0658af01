//! Verdicts, and how long the things are that have one length.

use nodelock::rights::Verdict;

/// May it run? Yes only if it equals NODELOCK_GRANTED; every other number is a denial: that of the reason without its
/// sign, e.g. 601 for NODELOCK_ERR_NO_LICENSE. nodelock_verdict_text has words for each.
pub type nodelock_verdict = u32;

/// Verdict: yes. Compare with == and treat everything else as no. Neither zeroed nor erased memory is
/// this number, nor is it a few bits away from another verdict.
pub const NODELOCK_GRANTED: nodelock_verdict = 0xEDB7_5ADB;
const _: () = assert!(NODELOCK_GRANTED == Verdict::GRANTED);

/// Verdict: nothing was decided. nodelock_granted and nodelock_agent_granted also return it for every denial.
pub const NODELOCK_UNDECIDED: nodelock_verdict = 0;

/// For a condition, where a denial must not be taken for a yes: the verdict, or 0 if it is a denial.
#[cfg(feature = "agent")]
pub(crate) const fn granted_or_0(verdict: nodelock_verdict) -> nodelock_verdict {
    // One instruction: denials are small numbers, the yes has its highest bit set.
    const { assert!(NODELOCK_GRANTED.cast_signed() < 0) };
    verdict & (verdict.cast_signed() >> 31).cast_unsigned()
}

/// Bytes of the id of a line.
pub const NODELOCK_LINE_ID_LEN: usize = 10;
/// Bytes of the id of a key.
pub const NODELOCK_KEY_ID_LEN: usize = 4;
/// Bytes of a public key: x and y.
pub const NODELOCK_PUBLIC_KEY_LEN: usize = 64;
/// Bytes of a signature: r and s.
pub const NODELOCK_SIGNATURE_LEN: usize = 64;
/// Bytes of a SHA-256.
pub const NODELOCK_DIGEST_LEN: usize = 32;
/// Parts of a version; missing ones are 0.
pub const NODELOCK_VERSION_PARTS: usize = 4;
