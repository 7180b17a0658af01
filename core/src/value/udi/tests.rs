use std::format;

use super::*;

#[test]
fn the_first_colon_ends_the_pid() {
    let udi = Udi::parse(b"PC:00:11:22:33:44:55").unwrap();
    assert_eq!((udi.pid().as_str(), udi.sn().as_str()), ("PC", "00:11:22:33:44:55"));
    assert_eq!(format!("{udi}"), "PC:00:11:22:33:44:55");
    assert_eq!(Udi::new(b"PC", b"00:11:22:33:44:55"), Ok(udi));
}

#[test]
fn parts_are_printable_and_of_limited_length() {
    let longest = [b"P".repeat(32), b":".to_vec(), b"S".repeat(64)].concat();
    assert!(Udi::parse(&longest).is_ok());
    let pid = [b"P".repeat(33), b":S".to_vec()].concat();
    let sn = [b"P:".to_vec(), b"S".repeat(65)].concat();
    for text in
        [&b""[..], b"P", b":", b"P:", b":S", b"P ID:S", b"P,Q:S", b"P:S\xE4", b"P:S N", &pid, &sn]
    {
        assert_eq!(Udi::parse(text), Err(Reason::BadUdi), "{text:?}");
    }
    assert_eq!(Udi::new(b"P:Q", b"S"), Err(Reason::UdiInvalid));
}

// shows: F002-094
#[test]
fn a_line_matches_any_member_of_a_stack_of_nine() {
    let serials: [[u8; 2]; 10] = core::array::from_fn(|i| [b'S', b'0' + u8::try_from(i).unwrap()]);
    let stack: [Udi<'_>; 10] = core::array::from_fn(|i| Udi::new(b"P", &serials[i]).unwrap());
    for (i, udi) in stack.iter().enumerate().take(MAX_UDIS) {
        assert_eq!(stack.member_with(udi), Ok(Some(u8::try_from(i).unwrap())));
    }
    // A tenth member is one too many.
    assert_eq!(stack.member_with(&stack[9]), Ok(None));
    assert_eq!(stack[0].member_with(&stack[0]), Ok(Some(0)));
    assert_eq!(stack[0].member_with(&stack[1]), Ok(None));
}

#[test]
fn case_matters() {
    let own = Udi::parse(b"P:abc").unwrap();
    assert_eq!(own.member_with(&Udi::parse(b"P:ABC").unwrap()), Ok(None));
}

#[test]
fn no_udi_at_all_is_its_own_reason() {
    let none: [Udi<'_>; 0] = [];
    assert_eq!(none.member_with(&Udi::parse(b"P:S").unwrap()), Err(Reason::UdiUnavailable));
}
