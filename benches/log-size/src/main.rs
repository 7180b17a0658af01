//! Logs one event and one denial, with `--features log` through defmt, with `print` as text, else not at all. Built for
//! the size of `.text` and `.rodata`, not to be run:
//!
//! `DEFMT_LOG=info cargo build --release --target thumbv7em-none-eabi --features log`

#![no_std]
#![no_main]

use nodelock::{Denial, Event};

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

const CATALOG: nodelock::catalog::Catalog<'static> =
    nodelock::catalog!(&[nodelock::Feature::new("voice")]);

/// Stands for the register of a serial port.
static mut PORT: u8 = 0;

fn send(bytes: &[u8]) {
    for byte in bytes {
        // SAFETY: one thread, no interrupts, and nobody borrows it.
        unsafe { core::ptr::write_volatile(&raw mut PORT, *byte) }
    }
}

#[cfg(feature = "log")]
mod logger {
    #[defmt::global_logger]
    struct Port;

    // SAFETY: one thread, no interrupts.
    unsafe impl defmt::Logger for Port {
        fn acquire() {}
        unsafe fn flush() {}
        unsafe fn release() {}
        unsafe fn write(bytes: &[u8]) {
            super::send(bytes);
        }
    }

    #[defmt::panic_handler]
    fn stop() -> ! {
        loop {}
    }
}

#[cfg(feature = "print")]
struct Port;

#[cfg(feature = "print")]
impl core::fmt::Write for Port {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        send(text.as_bytes());
        Ok(())
    }
}

/// Never called with anything: the linker keeps it, and what it needs.
#[unsafe(no_mangle)]
pub extern "C" fn _start(event: &Event, denial: &Denial) {
    core::hint::black_box((event, denial, &CATALOG));
    send(&[1]);
    #[cfg(feature = "log")]
    {
        defmt::info!("{}", event);
        defmt::warn!("{}", denial);
    }
    #[cfg(feature = "print")]
    {
        use core::fmt::Write;
        let _ = event.render(&CATALOG, &mut Port);
        let _ = write!(Port, "{denial}");
    }
}
