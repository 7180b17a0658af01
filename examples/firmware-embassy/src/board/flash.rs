//! A flash chip as `embedded-storage` has them: a piece of RAM that outlives a restart, as nothing sets it up, and
//! behaves like NOR flash.

use core::ptr::with_exposed_provenance_mut;

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// Behind what memory.x gives the linker.
const ADDRESS: usize = 0x2010_0000;
const LEN: usize = Chip::PAGE_LEN as usize * Chip::PAGES as usize;

pub struct Chip(&'static mut [u8]);

impl Chip {
    pub const PAGE_LEN: u32 = 4096;
    pub const PAGES: u8 = 4;

    /// Once after each start.
    pub(super) fn take() -> Self {
        // SAFETY: RAM that nobody else uses, always readable; the board is started once.
        let bytes =
            unsafe { core::slice::from_raw_parts_mut(with_exposed_provenance_mut(ADDRESS), LEN) };
        // The emulator begins with zeros; a new chip comes erased.
        if bytes.iter().all(|&byte| byte == 0) {
            bytes.fill(0xFF);
        }
        Self(bytes)
    }

    fn part(&mut self, from: u32, len: usize) -> Result<&mut [u8], NorFlashErrorKind> {
        let from = from as usize;
        self.0.get_mut(from..from + len).ok_or(NorFlashErrorKind::OutOfBounds)
    }
}

impl ErrorType for Chip {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Chip {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, to: &mut [u8]) -> Result<(), Self::Error> {
        check_read(self, offset, to.len())?;
        to.copy_from_slice(self.part(offset, to.len())?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        LEN
    }
}

impl NorFlash for Chip {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = Self::PAGE_LEN as usize;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        check_erase(self, from, to)?;
        self.part(from, (to - from) as usize)?.fill(0xFF);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        check_write(self, offset, bytes.len())?;
        for (to, from) in self.part(offset, bytes.len())?.iter_mut().zip(bytes) {
            *to &= from; // writing only clears bits
        }
        Ok(())
    }
}
