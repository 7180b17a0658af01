//! No change of a valid line goes unnoticed: every other byte at every place, every byte and token
//! left out or doubled, every two tokens swapped, every truncation.

mod common;

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Judged, anchors, judge_with, names, needs_development, read, text};
use nodelock::crypto::{SignatureVerifier, sha256};
use nodelock::record::{Message, Records};
use nodelock::value::Signature;
use nodelock::{P256Verifier, PublicKey, Reason, TrustAnchor};

/// Key, digest, signature.
type Triple = ([u8; 64], [u8; 32], [u8; 64]);

/// Says "mismatch" to pairs of digest and signature that were never signed, without doing the
/// mathematics each time, which would take minutes; every n-th goes to the real verifier all the
/// same. It says "match" only where the real verifier has said so before.
struct Sampled {
    signed: HashSet<([u8; 32], [u8; 64])>,
    matched: Mutex<HashSet<Triple>>,
    every: usize,
    calls: AtomicUsize,
    real: AtomicUsize,
}

impl Sampled {
    fn new(file: &[u8], every: usize) -> Self {
        let signed = Records::new(file)
            .map(|found| found.record.unwrap())
            .map(|record| (sha256(&record.message()), *record.signature().as_bytes()))
            .collect();
        Self {
            signed,
            every,
            matched: Mutex::default(),
            calls: AtomicUsize::new(0),
            real: AtomicUsize::new(0),
        }
    }
}

impl SignatureVerifier for Sampled {
    fn sha256(&self, message: &Message<'_>) -> Result<[u8; 32], Reason> {
        P256Verifier.sha256(message)
    }

    fn verify(&self, key: &PublicKey, digest: &[u8; 32], s: &Signature) -> Result<(), Reason> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let signed = self.signed.contains(&(*digest, *s.as_bytes()));
        let triple = (*key.as_bytes(), *digest, *s.as_bytes());
        if signed && self.matched.lock().unwrap().contains(&triple) {
            return Ok(());
        }
        if signed || call.is_multiple_of(self.every) {
            self.real.fetch_add(1, Ordering::Relaxed);
            P256Verifier.verify(key, digest, s)?;
            self.matched.lock().unwrap().insert(triple);
            return Ok(());
        }
        Err(Reason::SignatureMismatch)
    }
}

/// A file of canonical lines, one of which is changed.
struct Victim {
    name: String,
    before: Vec<u8>,
    line: Vec<u8>,
    after: Vec<u8>,
    development: bool,
    anchors: Vec<TrustAnchor>,
    verifier: Sampled,
    changes: AtomicUsize,
}

impl Victim {
    /// Every line of every valid vector, but for those whose bytes are not all signed.
    fn all() -> Vec<Self> {
        let mut victims = Vec::new();
        for name in names("valid", ".lic") {
            let file = read(format!("valid/{name}.lic"));
            // In the last three a KEY record is not needed, so that the line stands without it.
            const LEFT_OUT: [&str; 5] =
                ["rewrapped", "comments", "delegated-again", "delegated-root", "delegated-twice"];
            if LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            // The line that most files hold gets the real mathematics more often.
            let every = if name == "typical" { 3 } else { 100 };
            for found in Records::new(&file) {
                let line = text(&found.record.unwrap()).into_bytes();
                assert_eq!(line, file[found.start..found.end], "{name} is not canonical");
                victims.push(Self {
                    name: name.clone(),
                    before: file[..found.start].to_vec(),
                    line,
                    after: file[found.end..].to_vec(),
                    development: needs_development(&name),
                    anchors: anchors(),
                    verifier: Sampled::new(&file, every),
                    changes: AtomicUsize::new(0),
                });
            }
        }
        victims
    }

    fn judge(&self, line: &[u8]) -> Judged {
        self.changes.fetch_add(1, Ordering::Relaxed);
        let file = [&self.before, line, &self.after].concat();
        judge_with(&file, &self.anchors, self.development, &self.verifier)
    }

    /// No license of the file is accepted, and a reason is reported.
    fn refused(&self, line: &[u8], what: &str) {
        let judged = self.judge(line);
        assert!(
            judged.accepted.is_empty() && !judged.refusals.is_empty(),
            "{}: {what}: {judged:?} for {}",
            self.name,
            line.escape_ascii()
        );
    }

    /// The line has become a comment or nothing at all. There is no record to give a reason for;
    /// what matters is that nothing is accepted, so that the device answers "no-license".
    fn gone(&self, line: &[u8]) {
        let judged = self.judge(line);
        assert_eq!(judged.accepted, Vec::<String>::new(), "{}", self.name);
    }

    fn tokens(&self) -> Vec<&[u8]> {
        self.line.split(|&b| b == b' ').collect()
    }
}

/// Runs a test on every victim, on two threads.
fn on_all(test: impl Fn(&Victim) + Sync) {
    let victims = Victim::all();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(victim) = victims.get(next.fetch_add(1, Ordering::Relaxed)) {
            test(victim);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let sum = |of: fn(&Victim) -> &AtomicUsize| -> usize {
        victims.iter().map(|victim| of(victim).load(Ordering::Relaxed)).sum()
    };
    println!(
        "{} lines, {} changes, {} reached the signature, {} of them the real verifier",
        victims.len(),
        sum(|v| &v.changes),
        sum(|v| &v.verifier.calls),
        sum(|v| &v.verifier.real)
    );
}

const WHITE: &[u8] = b" \t\r\n";

#[test]
fn every_other_byte_at_every_place() {
    on_all(|victim| {
        let mut line = victim.line.clone();
        for at in 0..line.len() {
            let right = line[at];
            for other in (0..=u8::MAX).filter(|&other| other != right) {
                line[at] = other;
                match (at, other) {
                    (0, b'#') => victim.gone(&line),
                    _ if WHITE.contains(&right) && WHITE.contains(&other) => {}
                    _ => victim.refused(&line, &format!("byte {at} made {other:#04x}")),
                }
            }
            line[at] = right;
        }
    });
}

// shows: F002-012, F002-089
#[test]
fn every_byte_left_out_or_doubled() {
    on_all(|victim| {
        for at in 0..victim.line.len() {
            let mut line = victim.line.clone();
            let byte = line.remove(at);
            victim.refused(&line, &format!("byte {at} left out"));
            if !WHITE.contains(&byte) {
                line.splice(at..at, [byte, byte]);
                victim.refused(&line, &format!("byte {at} doubled"));
            }
        }
    });
}

#[test]
fn every_truncation() {
    on_all(|victim| {
        victim.gone(b"");
        for len in 1..victim.line.len() {
            victim.refused(&victim.line[..len], &format!("cut at {len}"));
            let rest = &victim.line[len..];
            match rest[0] {
                // What is left looks like a comment.
                b'#' => victim.gone(rest),
                _ => victim.refused(rest, &format!("begun at {len}")),
            }
        }
    });
}

#[test]
fn every_token_left_out_doubled_or_swapped() {
    on_all(|victim| {
        let tokens = victim.tokens();
        let last = tokens.len() - 1;
        for i in 0..=last {
            let mut fewer = tokens.clone();
            fewer.remove(i);
            victim.refused(&fewer.join(&b' '), &format!("token {i} left out"));

            let mut more = tokens.clone();
            more.insert(i, tokens[i]);
            victim.refused(&more.join(&b' '), &format!("token {i} doubled"));
            for j in (i + 1)..=last {
                let mut swapped = tokens.clone();
                swapped.swap(i, j);
                if swapped != tokens {
                    victim.refused(&swapped.join(&b' '), &format!("tokens {i}, {j} swapped"));
                }
            }
        }
    });
}

/// The binary twin: every other byte, every truncation.
#[test]
fn every_change_of_the_binary_form() {
    on_all(|victim| {
        let name = &victim.name;
        let file = read(format!("valid/{name}.bin"));
        let refused = |file: &[u8], what: &str| {
            victim.changes.fetch_add(1, Ordering::Relaxed);
            let verifier = &victim.verifier;
            let judged = judge_with(file, &victim.anchors, victim.development, verifier);
            assert!(judged.accepted.is_empty(), "{name}: {what}: {judged:?}");
            assert!(!judged.refusals.is_empty() || judged.keys > 0, "{name}: {what}");
        };
        let mut changed = file.clone();
        for at in 0..file.len() {
            for other in (0..=u8::MAX).filter(|&other| other != file[at]) {
                // Made into the beginning of a text comment, it is no binary file any more.
                if (at, other) == (0, b'#') {
                    continue;
                }
                changed[at] = other;
                refused(&changed, &format!("byte {at} made {other:#04x}"));
            }
            changed[at] = file[at];
            if at > 0 {
                refused(&file[..at], &format!("cut at {at}"));
            }
        }
    });
}

/// The harness would notice: an untouched line is accepted through the same verifier.
#[test]
fn untouched_lines_are_accepted() {
    on_all(|victim| {
        let judged = victim.judge(&victim.line);
        assert_eq!(judged.accepted.len(), 1, "{}", victim.name);
        assert_eq!(judged.refusals, [], "{}", victim.name);
    });
}
