//! Flash with a driver that implements the traits of the crate `embedded-storage`.

pub use embedded_storage::nor_flash::NorFlash;

use super::{FlashGeometry, Nor, bytes};
use crate::reason::Reason;

/// Bytes that are read at a time: a multiple of every size that a driver may ask for.
const READ_LEN: u32 = 64;

/// A part of a [`NorFlash`] that belongs to the library.
#[derive(Debug)]
pub struct Embedded<F> {
    flash: F,
    /// Address of its first page.
    start: u32,
    geometry: FlashGeometry,
}

impl<F: NorFlash> Embedded<F> {
    /// The part from `start` on: `pages` pages of `page_len` bytes each.
    ///
    /// # Errors
    /// [`Reason::FlashGeometry`] if the driver cannot do that: its words or its reads are larger
    /// than 32 or 64 bytes, a page is not whole blocks, or the part is not all there.
    pub fn new(flash: F, start: u32, page_len: u32, pages: u8) -> Result<Self, Reason> {
        let whole = |len: usize| {
            u32::try_from(len).is_ok_and(|len| {
                page_len.checked_rem(len) == Some(0) && start.checked_rem(len) == Some(0)
            })
        };
        let end = page_len.checked_mul(u32::from(pages)).and_then(|len| len.checked_add(start));
        let is_there = end
            .and_then(|end| usize::try_from(end).ok())
            .is_some_and(|end| end <= flash.capacity());
        let word_len = u8::try_from(F::WRITE_SIZE).ok().filter(|word| *word <= 32);
        let reads = u32::try_from(F::READ_SIZE)
            .is_ok_and(|size| READ_LEN.checked_rem(size) == Some(0) && size <= READ_LEN);
        match word_len {
            Some(word_len) if whole(F::ERASE_SIZE) && whole(F::READ_SIZE) && is_there && reads => {
                let geometry = FlashGeometry { page_len, pages, word_len };
                Ok(Self { flash, start, geometry })
            }
            _ => Err(Reason::FlashGeometry),
        }
    }

    /// Gives the driver back.
    pub fn into_inner(self) -> F {
        self.flash
    }
}

impl<F: NorFlash> Nor for Embedded<F> {
    fn geometry(&self) -> FlashGeometry {
        self.geometry
    }

    fn read(&mut self, address: u32, to: &mut [u8]) -> Result<(), Reason> {
        // Whole blocks of what the driver reads at a time, and of each what is wanted.
        let step = u32::try_from(F::READ_SIZE).unwrap_or(1).max(1);
        let mut address = self.start.checked_add(address).ok_or(Reason::StorageFailed)?;
        let mut rest = to;
        while !rest.is_empty() {
            let before = address.checked_rem(step).unwrap_or(0);
            let wanted = before.saturating_add(bytes(rest.len())).min(READ_LEN);
            let len = wanted.checked_next_multiple_of(step).unwrap_or(wanted);
            let mut block = [0; READ_LEN as usize];
            let block = block.get_mut(..len as usize).ok_or(Reason::StorageFailed)?;
            self.flash
                .read(address.saturating_sub(before), block)
                .map_err(|_| Reason::StorageFailed)?;
            let part_len = wanted.saturating_sub(before);
            let (part, behind) =
                rest.split_at_mut_checked(part_len as usize).ok_or(Reason::StorageFailed)?;
            for (to, from) in part.iter_mut().zip(block.iter().skip(before as usize)) {
                *to = *from;
            }
            rest = behind;
            address = address.saturating_add(part_len);
        }
        Ok(())
    }

    fn write(&mut self, address: u32, data: &[u8]) -> Result<(), Reason> {
        let address = self.start.checked_add(address).ok_or(Reason::StorageFailed)?;
        self.flash.write(address, data).map_err(|_| Reason::StorageFailed)
    }

    fn erase(&mut self, page: u8) -> Result<(), Reason> {
        let from = u32::from(page)
            .checked_mul(self.geometry.page_len)
            .and_then(|offset| offset.checked_add(self.start));
        let to = from.and_then(|from| from.checked_add(self.geometry.page_len));
        match (from, to) {
            (Some(from), Some(to)) => self.flash.erase(from, to).map_err(|_| Reason::StorageFailed),
            _ => Err(Reason::StorageFailed),
        }
    }
}
