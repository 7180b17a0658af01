//! Words that were forged, altered, sent again or meant for others, and books that are damaged.

use std::fs;

use nodelock_authority::Error;
use nodelock_authority::transfer::{Books, Refusal};

use crate::rig::{A, B, Rig, lines, rule};

/// Every third character.
#[test]
fn an_altered_word_is_not_believed() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let proof = a.apply(&ticket.for_source());
    let rehost = proof.find("REHOST").unwrap();
    let mut tried = 0;
    for at in (rehost..proof.len()).step_by(3) {
        let old = proof.as_bytes()[at];
        if !old.is_ascii_alphanumeric() {
            continue;
        }
        let mut altered = proof.clone().into_bytes();
        altered[at] = if old == b'1' { b'2' } else { b'1' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(rig.accept(&altered).is_err(), "{altered}");
        tried += 1;
    }
    assert!(tried > 40);
    let cancelled = proof.replace("REHOST 1 applied", "REHOST 1 cancelled");
    assert!(matches!(rule(rig.accept(&cancelled)), Refusal::Forged { .. }));
    rig.accept(&proof).unwrap();
}

#[test]
fn an_altered_credential_is_not_believed() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let credential = a.credential();
    for altered in [
        credential.replace("word=0", "word=1"),
        credential.replace(":16", ":17"),
        credential.replace("udi=R1:A", "udi=R1:X"),
        credential.replace("repairs=0", "repairs=1"),
    ] {
        assert_ne!(altered, credential);
        let refused = rule(rig.permit_with(&altered, &a, B, &lines(&[(line, None)])));
        assert!(matches!(refused, Refusal::Forged { .. }), "{refused}");
    }
    assert!(rig.books().devices().next().is_none(), "what is refused makes nobody known");
}

#[test]
fn words_of_others_and_of_other_books_are_not_believed() {
    let mut rig = Rig::new();
    let (a, b) = (rig.device(A, 0x21), rig.device(B, 0x22));
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let proof = a.apply(&ticket.for_source());
    // Somebody with another key says the same.
    let thief = rig.device(A, 0x29);
    let other = Rig::new();
    let mut elsewhere = Rig::new();
    elsewhere.files = rig.files.clone();
    thief.install(&rig.files);
    let theirs = elsewhere.permit(&thief, B, &lines(&[(line, None)])).unwrap();
    let stolen = thief.apply(&theirs.for_source());
    assert_eq!(rule(rig.accept(&stolen)), Refusal::UnknownTicket(theirs.ticket));
    // Behind the ticket of these books.
    let (permission, _) = proof.split_once('\n').unwrap();
    let (_, word) = stolen.split_once('\n').unwrap();
    let mixed = format!("{permission}\n{word}");
    assert_eq!(rule(rig.accept(&mixed)), Refusal::OtherTicket);
    let digest = ticket.ticket.to_string();
    let named = word.replace(&theirs.ticket.to_string(), &digest);
    assert!(matches!(rule(rig.accept(&named)), Refusal::Forged { .. }));
    other.books();
    assert!(matches!(rule(other.accept(&proof)), Refusal::UnknownTicket(_)));
    assert!(matches!(rule(rig.accept("nothing")), Refusal::NoRecord(_)));
    let twice = format!("{proof}{proof}");
    assert!(matches!(rule(rig.accept(&twice)), Refusal::NoRecord(_)));
    let _ = b;
}

#[test]
fn what_stands_in_damaged_books_decides_nothing() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let directory = rig.directory.path().join("books");
    let path = directory.join("tickets").join(format!("{}.json", ticket.ticket));
    let whole = fs::read_to_string(&path).unwrap();
    let cut = &whole[..whole.len() / 2];
    let other = whole.replace("to=R1:B", "to=R1:D");
    for damaged in [cut, &other, "", &whole.replace("\"format\": 1", "\"format\": 2")] {
        assert_ne!(damaged, whole);
        fs::write(&path, damaged).unwrap();
        assert!(matches!(Books::open(&directory), Err(Error::Books { .. })), "{damaged}");
    }
    fs::write(&path, &whole).unwrap();
    Books::open(&directory).unwrap();
    assert!(matches!(Books::open(&directory.join("nothing")), Err(Error::Books { .. })));
}

/// Somebody was stopped while writing: nothing of it was decided.
#[test]
fn what_was_being_written_is_forgotten() {
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    let directory = rig.directory.path().join("books");
    drop(rig.books());
    let left = directory.join("tickets").join(".new-0123");
    fs::write(&left, "{").unwrap();
    let ticket = rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    assert!(!left.exists());
    assert_eq!(rig.permit(&a, B, &lines(&[(line, None)])).unwrap(), ticket);
}

#[cfg(unix)]
#[test]
fn the_books_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let mut rig = Rig::new();
    let a = rig.device(A, 0x21);
    let line = rig.units(&a, "16");
    rig.permit(&a, B, &lines(&[(line, None)])).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let books = rig.directory.path().join("books");
    assert_eq!(mode(&books), 0o700);
    for folder in ["devices", "tickets"] {
        for file in fs::read_dir(books.join(folder)).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }
}
