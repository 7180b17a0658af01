//! The machine: its serial line, and a flash chip that is a file beside the emulator, so that it outlives
//! the power. The one module with `unsafe`: registers, and calls to the emulator.

use core::ptr::with_exposed_provenance_mut;

use cortex_m_semihosting::syscall;
use nodelock::Reason;
use nodelock::store::flash::{FlashGeometry, Nor};

/// The UART of Arm's CMSDK.
pub struct Serial;

const DATA: usize = 0x4000_4000;
/// Bit 0: sending, bit 1: something came.
const STATE: usize = 0x4000_4004;
const CONTROL: usize = 0x4000_4008;
const DIVIDER: usize = 0x4000_4010;

fn read(register: usize) -> u32 {
    // SAFETY: a register of this machine; reading takes at most a byte from the line.
    unsafe { with_exposed_provenance_mut::<u32>(register).read_volatile() }
}

fn write(register: usize, value: u32) {
    // SAFETY: a register of this machine, which changes no memory.
    unsafe { with_exposed_provenance_mut::<u32>(register).write_volatile(value) }
}

impl Serial {
    pub fn start() -> Self {
        write(DIVIDER, 16);
        write(CONTROL, 3);
        Self
    }

    pub fn put(&mut self, byte: u8) {
        while read(STATE) & 1 != 0 {}
        write(DATA, u32::from(byte));
    }

    pub fn get(&mut self) -> u8 {
        while read(STATE) & 2 == 0 {}
        read(DATA).to_le_bytes()[0]
    }
}

impl core::fmt::Write for Serial {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.bytes().for_each(|byte| self.put(byte));
        Ok(())
    }
}

const PAGE: u32 = 4096;
const PAGES: u8 = 4;

pub struct Chip {
    file: usize,
}

/// Modes of the call "open", as in C: `r+b` and `w+b`.
const CHANGE: usize = 3;
const CREATE: usize = 7;

fn open(mode: usize) -> Option<usize> {
    let name = b"flash.bin\0";
    // SAFETY: the block that the call asks for: name, mode, length of the name.
    let file = unsafe { syscall!(OPEN, name.as_ptr(), mode, name.len() - 1) };
    (file != usize::MAX).then_some(file)
}

impl Chip {
    pub fn open() -> Result<Self, Reason> {
        if let Some(file) = open(CHANGE) {
            return Ok(Self { file });
        }
        let mut chip = Self { file: open(CREATE).ok_or(Reason::StorageFailed)? };
        (0..PAGES).try_for_each(|page| chip.erase(page))?;
        Ok(chip)
    }

    fn seek(&self, address: u32) -> Result<(), Reason> {
        // SAFETY: the block that the call asks for: file, position.
        done(unsafe { syscall!(SEEK, self.file, address) })
    }

    fn put(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        self.seek(address)?;
        // SAFETY: the block that the call asks for: file, memory, its length.
        done(unsafe { syscall!(WRITE, self.file, data.as_ptr(), data.len()) })
    }
}

/// Semihosting calls return the number of bytes that are left, or 0.
fn done(returned: usize) -> Result<(), Reason> {
    if returned == 0 { Ok(()) } else { Err(Reason::StorageFailed) }
}

impl Nor for Chip {
    fn geometry(&self) -> FlashGeometry {
        FlashGeometry { page_len: PAGE, pages: PAGES, word_len: 4 }
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        self.seek(address)?;
        // SAFETY: the block that the call asks for: file, memory that may be written, its length.
        done(unsafe { syscall!(READ, self.file, to.as_mut_ptr(), to.len()) })
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        for (address, &byte) in (address..).zip(data) {
            let mut there = [0];
            self.read(address, &mut there)?;
            self.put(address, &[there[0] & byte])?; // writing only clears bits
        }
        Ok(())
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        let start = u32::from(page) * PAGE;
        (start..start + PAGE).step_by(16).try_for_each(|address| self.put(address, &[0xFF; 16]))
    }
}

/// Ends the emulator with a status.
pub fn power_off(status: usize) -> ! {
    /// "The program says so itself" (ADP_Stopped_ApplicationExit).
    const APPLICATION_EXIT: usize = 0x20026;
    const EXIT_EXTENDED: usize = 0x20;
    let block = [APPLICATION_EXIT, status];
    // SAFETY: the block that the call asks for; it does not return.
    unsafe { cortex_m_semihosting::syscall(EXIT_EXTENDED, &block) };
    loop {}
}
