//! What a board support crate would bring: two serial lines, a flash chip, the time driver, two executors. The one
//! module with `unsafe`.

mod clock;
mod flash;
mod uart;

use cortex_m::Peripherals;
use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::{NVIC, SCB};
use cortex_m_rt::exception;
use defmt_semihosting as _;
use embassy_executor::{InterruptExecutor, SendSpawner};

pub use flash::Chip;
pub use uart::{Serial, Wire};

pub struct Board {
    pub chip: Chip,
    pub serial: Serial,
    pub wire: Wire,
    /// Interrupts everything else.
    pub high: SendSpawner,
    pub low: SendSpawner,
}

/// Interrupts of the machine. The last two belong to nobody.
#[derive(Clone, Copy)]
#[repr(u16)]
enum Interrupt {
    Uart0Received = 0,
    High = 30,
    Low = 31,
}

// SAFETY: numbers that the machine has.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self as u16
    }
}

static HIGH: InterruptExecutor = InterruptExecutor::new();
static LOW: InterruptExecutor = InterruptExecutor::new();

/// Once.
pub fn start() -> Board {
    let mut core = cortex_m::Peripherals::take().expect("the board is started once");
    let serial = Serial::start();
    let Peripherals { NVIC: nvic, SYST: timer, .. } = &mut core;
    // SAFETY: no interrupt is enabled yet, so nobody relies on the order.
    unsafe {
        nvic.set_priority(Interrupt::High, 0x40);
        nvic.set_priority(Interrupt::Uart0Received, 0x60);
        nvic.set_priority(Interrupt::Low, 0x80);
        NVIC::unmask(Interrupt::Uart0Received);
    }
    clock::start(timer);
    let (high, low) = (HIGH.start(Interrupt::High), LOW.start(Interrupt::Low));
    Board { chip: Chip::take(), serial, wire: Wire::start(), high, low }
}

/// All that is not an exception; a peripheral access crate has a handler for each.
#[exception]
unsafe fn DefaultHandler(number: i16) {
    const SERIAL: i16 = Interrupt::Uart0Received as i16;
    const OF_HIGH: i16 = Interrupt::High as i16;
    const OF_LOW: i16 = Interrupt::Low as i16;
    match number {
        SERIAL => uart::received(),
        // SAFETY: these are the handlers of the two, which are started before they are enabled.
        OF_HIGH => unsafe { HIGH.on_interrupt() },
        OF_LOW => unsafe { LOW.on_interrupt() },
        _ => power_off(2),
    }
}

#[exception]
unsafe fn HardFault(_: &cortex_m_rt::ExceptionFrame) -> ! {
    power_off(3)
}

/// Everything runs in interrupts. The thread executor of embassy would do with `WFE`, in which the emulator does not
/// sleep.
pub fn idle() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}

pub fn restart() -> ! {
    SCB::sys_reset()
}

/// Ends the emulator with a status.
pub fn power_off(status: i32) -> ! {
    semihosting::process::exit(status)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    let line = info.location().map_or(("?", 0), |at| (at.file(), at.line()));
    defmt::error!("panic: {=str}:{=u32}", line.0, line.1);
    power_off(4)
}
