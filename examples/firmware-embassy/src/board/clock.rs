//! The time driver of embassy, on the timer that every Cortex-M has.

use core::cell::RefCell;
use core::task::Waker;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::{Driver, TICK_HZ, time_driver_impl};
use embassy_time_queue_utils::Queue;

/// Of the processor of this machine.
const CLOCK_HZ: u32 = 25_000_000;

struct State {
    ticks: u64,
    queue: Queue,
}

struct Clock(Mutex<RefCell<State>>);

time_driver_impl!(static CLOCK: Clock =
    Clock(Mutex::new(RefCell::new(State { ticks: 0, queue: Queue::new() }))));

impl Clock {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        critical_section::with(|free| work(&mut self.0.borrow_ref_mut(free)))
    }
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        self.with(|state| state.ticks)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        // What is due already is found by the next tick.
        self.with(|state| state.queue.schedule_wake(at, waker));
    }
}

pub(super) fn start(timer: &mut SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(CLOCK_HZ / TICK_HZ as u32 - 1);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

#[exception]
fn SysTick() {
    CLOCK.with(|state| {
        state.ticks += 1;
        state.queue.next_expiration(state.ticks);
    });
}
