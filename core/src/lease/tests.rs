use std::vec::Vec;

use proptest::prelude::*;

use super::*;

fn four() -> [LeaseSlot; 4] {
    Default::default()
}

#[test]
fn units_are_counted_for_each_subject_until_released() {
    let slots = four();
    let mut leases = Leases::new(&slots);
    let first = leases.take(1, 3, 7).unwrap();
    let second = leases.take(1, 2, 8).unwrap();
    leases.take(2, 100, 7).unwrap();
    assert_eq!((leases.in_use(1), leases.in_use(2), leases.in_use(3)), (5, 100, 0));
    let out: Vec<_> = leases.out().map(|lease| (lease.subject, lease.units, lease.owner)).collect();
    assert_eq!(out, [(1, 3, 7), (1, 2, 8), (2, 100, 7)]);
    assert_eq!(leases.out().next().unwrap().token, first);
    assert_eq!(leases.release(first, 7), Ok(()));
    assert_eq!(leases.in_use(1), 2);
    assert_eq!(leases.release(second, 8), Ok(()));
}

#[test]
fn a_lease_is_released_once_and_only_by_its_owner() {
    let slots = four();
    let mut leases = Leases::new(&slots);
    let token = leases.take(1, 1, 7).unwrap();
    assert_eq!(leases.release(token, 8), Err(Reason::NoSuchLease));
    assert_eq!(leases.in_use(1), 1);
    assert!(leases.release(token, 7).is_ok());
    assert_eq!(leases.release(token, 7), Err(Reason::NoSuchLease));
    // The slot is taken again, and the old token does not fit.
    let next = leases.take(1, 1, 7).unwrap();
    assert_ne!(next, token);
    assert_eq!(leases.release(token, 7), Err(Reason::NoSuchLease));
    assert_eq!(leases.in_use(1), 1);
}

#[test]
fn numbers_that_are_no_tokens_are_refused() {
    let slots = four();
    let mut leases = Leases::new(&slots);
    for bits in [0, 1, u64::MAX, 1 << 32, 99] {
        assert_eq!(leases.release(LeaseToken::from_bits(bits), 0), Err(Reason::NoSuchLease));
    }
}

#[test]
fn full_slots_refuse_another_lease() {
    let slots = four();
    let mut leases = Leases::new(&slots);
    for _ in 0..4 {
        leases.take(1, 1, 0).unwrap();
    }
    assert_eq!(leases.take(1, 1, 0), Err(Reason::LeasesFull));
    assert_eq!(leases.in_use(1), 4);
}

#[test]
fn a_guard_gives_back_on_drop_and_not_twice() {
    let slots = four();
    let mut leases = Leases::new(&slots);
    let token = leases.take(5, 2, 1).unwrap();
    {
        let guard = leases.guard(token).unwrap();
        assert_eq!((guard.token(), leases.in_use(5)), (token, 2));
    }
    assert_eq!(leases.in_use(5), 0);
    let token = leases.take(5, 2, 1).unwrap();
    let guard = leases.guard(token).unwrap();
    leases.release(token, 1).unwrap();
    let other = leases.take(5, 9, 1).unwrap();
    drop(guard);
    assert_eq!(leases.in_use(5), 9);
    assert!(leases.release(other, 1).is_ok());
}

#[test]
fn a_guard_may_be_dropped_in_another_thread() {
    const fn goes_anywhere<T: Send + Sync + 'static>(_: &T) {}
    static SLOTS: [LeaseSlot; 2] = [const { LeaseSlot::new() }; 2];
    let mut leases = Leases::new(&SLOTS);
    let token = leases.take(3, u64::MAX, 1).unwrap();
    let guard = leases.guard(token).unwrap();
    goes_anywhere(&guard);
    assert_eq!(leases.in_use(3), u64::MAX);
    std::thread::spawn(move || drop(guard)).join().unwrap();
    assert_eq!(leases.in_use(3), 0);
    assert_eq!(leases.guard(token).unwrap_err(), Reason::NoSuchLease);
}

proptest! {
    /// Any order of taking and releasing, also with stale tokens and foreign owners, agrees with a
    /// list of what is out.
    #[test]
    fn the_units_in_use_are_those_of_the_leases_that_are_out(
        steps in proptest::collection::vec((0_u8..3, 0_u16..3, 1_u64..9, 0_u32..3, any::<prop::sample::Index>()), 1..80),
    ) {
        let slots = four();
        let mut leases = Leases::new(&slots);
        let mut out: Vec<(LeaseToken, u16, u64, u32)> = Vec::new();
        let mut stale: Vec<LeaseToken> = Vec::new();
        for (what, subject, units, owner, which) in steps {
            match what {
                0 => match leases.take(subject, units, owner) {
                    Ok(token) => out.push((token, subject, units, owner)),
                    Err(_) => prop_assert_eq!(out.len(), 4),
                },
                1 if !out.is_empty() => {
                    let place = which.index(out.len());
                    let (token, _, _, owned_by) = out[place];
                    let result = leases.release(token, owner);
                    if owner == owned_by {
                        prop_assert_eq!(result, Ok(()));
                        out.remove(place);
                        stale.push(token);
                    } else {
                        prop_assert_eq!(result, Err(Reason::NoSuchLease));
                    }
                }
                _ if !stale.is_empty() => {
                    let token = stale[which.index(stale.len())];
                    prop_assert_eq!(leases.release(token, owner), Err(Reason::NoSuchLease));
                }
                _ => {}
            }
            for subject in 0..3 {
                let expected: u64 = out.iter().filter(|l| l.1 == subject).map(|l| l.2).sum();
                prop_assert_eq!(leases.in_use(subject), expected);
            }
        }
    }
}
