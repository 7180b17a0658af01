//! Two UARTs of Arm's CMSDK: one that receives, by interrupt, and one that sends.

use core::ptr::with_exposed_provenance_mut;

use cortex_m::peripheral::NVIC;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;

use super::Interrupt;

/// Registers of a UART.
#[derive(Clone, Copy)]
struct Uart(usize);

const UART0: Uart = Uart(0x4000_4000);
const UART1: Uart = Uart(0x4000_5000);

const DATA: usize = 0;
/// Bit 0: sending, bit 1: something came.
const STATE: usize = 4;
/// Bit 0: sends, bit 1: receives, bit 3: with an interrupt.
const CONTROL: usize = 8;
/// Bit 1: something came.
const INTERRUPT: usize = 12;
const DIVIDER: usize = 16;

impl Uart {
    fn read(self, register: usize) -> u32 {
        // SAFETY: a register of this machine; reading takes at most a byte from the line.
        unsafe { with_exposed_provenance_mut::<u32>(self.0 + register).read_volatile() }
    }

    fn write(self, register: usize, value: u32) {
        // SAFETY: a register of this machine, which changes no memory.
        unsafe { with_exposed_provenance_mut::<u32>(self.0 + register).write_volatile(value) }
    }
}

/// What came and was not read yet. What comes when it is full waits in the UART.
static RECEIVED: Pipe<CriticalSectionRawMutex, 64> = Pipe::new();

pub struct Serial(());

impl Serial {
    pub(super) fn start() -> Self {
        UART0.write(DIVIDER, 16);
        UART0.write(CONTROL, 1 << 1 | 1 << 3);
        Self(())
    }

    /// At least a byte; how many.
    pub async fn read(&mut self, to: &mut [u8]) -> usize {
        let len = RECEIVED.read(to).await;
        // SAFETY: there is room again, and no critical section rests on this mask.
        unsafe { NVIC::unmask(Interrupt::Uart0Received) };
        len
    }
}

/// The interrupt.
pub(super) fn received() {
    while UART0.read(STATE) & 1 << 1 != 0 {
        if RECEIVED.is_full() {
            return NVIC::mask(Interrupt::Uart0Received);
        }
        UART0.write(INTERRUPT, 1 << 1);
        let [byte, ..] = UART0.read(DATA).to_le_bytes();
        let _ = RECEIVED.try_write(&[byte]);
    }
}

pub struct Wire(());

impl Wire {
    pub(super) fn start() -> Self {
        UART1.write(DIVIDER, 16);
        UART1.write(CONTROL, 1);
        Self(())
    }

    pub fn put(&mut self, byte: u8) {
        while UART1.read(STATE) & 1 != 0 {}
        UART1.write(DATA, u32::from(byte));
    }
}
