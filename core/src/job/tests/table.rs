use crate::job::*;
use crate::reason::Reason;
use crate::value::time::Now;

fn at(uptime: u64) -> Now {
    Now::uptime(uptime)
}

fn with_table<R>(then: impl FnOnce(&mut Jobs<'_>) -> R) -> R {
    let mut jobs = [JobSlot::EMPTY; 3];
    let mut results = [ResultSlot::EMPTY; 4];
    then(&mut Jobs::new(&mut jobs, &mut results))
}

fn install_for(member: u8) -> JobRequest {
    JobRequest { member, ..JobRequest::new(Action::Install) }
}

#[test]
fn jobs_wait_in_the_order_in_which_they_were_started() {
    with_table(|jobs| {
        let [a, b, c] = [(); 3].map(|()| jobs.create(install_for(0), at(0)).unwrap());
        for id in [b, a, c] {
            jobs.start(id).unwrap();
            assert_eq!(jobs.start(id), Err(JobError::WrongState));
        }
        assert_eq!([a, b, c].map(|id| jobs.queue_position(id)), [Some(2), Some(1), Some(3)]);
        assert_eq!(jobs.begin(), Some(b));
        // One job of a member at a time.
        assert_eq!(jobs.begin(), None);
        assert_eq!([a, b, c].map(|id| jobs.queue_position(id)), [Some(1), Some(0), Some(2)]);
        assert_eq!(jobs.delete(b), Err(JobError::WrongState));
        // To delete one that waits is to cancel it.
        jobs.delete(a).unwrap();
        assert_eq!(jobs.delete(a), Err(JobError::NoSuchJob));
        jobs.end(b, JobCause::None, at(1));
        assert_eq!(jobs.begin(), Some(c));
    });
}

#[test]
fn members_of_a_stack_do_not_wait_for_each_other() {
    with_table(|jobs| {
        let ids = [0, 1, 1].map(|member| {
            let id = jobs.create(install_for(member), at(0)).unwrap();
            jobs.start(id).unwrap();
            id
        });
        assert_eq!(jobs.begin(), Some(ids[0]));
        assert_eq!(jobs.begin(), Some(ids[1]));
        assert_eq!(jobs.begin(), None);
    });
}

#[test]
fn results_are_kept_for_five_minutes_and_then_make_room() {
    with_table(|jobs| {
        let ids = [(); 3].map(|()| jobs.create(install_for(0), at(0)).unwrap());
        assert_eq!(jobs.create(install_for(0), at(10_000)), Err(JobError::TableFull));
        jobs.start(ids[1]).unwrap();
        jobs.begin().unwrap();
        jobs.note(ids[1], Ok(()));
        jobs.end(ids[1], JobCause::None, at(100));
        assert_eq!(jobs.create(install_for(0), at(399)), Err(JobError::TableFull));
        assert_eq!(jobs.results(ids[1]).count(), 1);
        let new = jobs.create(install_for(0), at(400)).unwrap();
        assert!(!ids.contains(&new));
        assert_eq!(jobs.get(ids[1]), None);
        assert_eq!(jobs.results(ids[1]).count(), 0);
    });
}

#[test]
fn results_beyond_the_room_are_counted() {
    with_table(|jobs| {
        let id = jobs.create(install_for(0), at(0)).unwrap();
        jobs.start(id).unwrap();
        jobs.begin().unwrap();
        for number in 0..6 {
            jobs.note(id, if number == 5 { Err(Reason::SlotsFull) } else { Ok(()) });
        }
        assert_eq!(jobs.end(id, JobCause::None, at(1)), JobState::PartiallySuccessful);
        let job = jobs.get(id).unwrap();
        assert_eq!((job.results, job.failures, jobs.results(id).count()), (6, 1, 4));
    });
}

#[test]
fn causes_have_the_numbers_of_the_mib() {
    for (cause, number) in JobCause::ALL.into_iter().zip(1..) {
        assert_eq!(cause as u8, number);
    }
    for &reason in Reason::ALL {
        assert_ne!(JobCause::of(reason), JobCause::None);
    }
}
