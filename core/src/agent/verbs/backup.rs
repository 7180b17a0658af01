//! Giving installed lines back as text.

use crate::agent::journal::LineValue;
use crate::agent::{Agent, Ports};
use crate::bytes::sink::Sink;
use crate::reason::Reason;
use crate::record::{BinaryRecords, LicenseTerms, Record};
use crate::value::key::KeyId;
use crate::value::license::LineId;

/// The part of a text from an offset on. A whole record would be a kilobyte of stack; so it is written once
/// for each part.
struct Part {
    before: usize,
    bytes: [u8; 128],
    len: usize,
}

impl Part {
    fn of(record: &Record<'_>, before: usize) -> Self {
        let mut part = Self { before, bytes: [0; 128], len: 0 };
        record.emit_text(&mut part);
        part.put(b"\n");
        part
    }
}

impl Sink for Part {
    fn put(&mut self, bytes: &[u8]) {
        let skipped = self.before.min(bytes.len());
        self.before = self.before.saturating_sub(skipped);
        let room = self.bytes.iter_mut().skip(self.len);
        for (to, from) in room.zip(bytes.iter().skip(skipped)) {
            *to = *from;
            self.len = self.len.saturating_add(1);
        }
    }
}

impl<P: Ports> Agent<'_, P> {
    /// Gives what an installed line says in full, and by which key it is signed, as it is stored.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], or what storage reports.
    pub fn line_terms(
        &mut self,
        id: LineId,
        take: impl FnOnce(&LicenseTerms<'_>, KeyId),
    ) -> Result<(), Reason> {
        let (index, _) = self.installed(id)?;
        let loaded = self.journal.vault.load(self.line_key(index)?, self.journal.scratch)?;
        let (value, _) = loaded.ok_or(Reason::StorageCorrupted)?;
        let mut records = BinaryRecords::new(LineValue::decode(value)?.frames);
        while let Some(found) = &records.next() {
            if let Record::License(line) = found.record.as_ref().map_err(|error| error.reason)? {
                take(line.terms(), line.signer());
                return Ok(());
            }
        }
        Err(Reason::StorageCorrupted)
    }

    /// Gives the text of an installed line back, with its `KEY` record before it if the key was
    /// delegated: what a backup holds. It comes in pieces, with a line feed behind each record.
    ///
    /// # Errors
    /// [`Reason::NoSuchLine`], [`Reason::BuiltInLine`], or what storage reports.
    pub fn line_text(&mut self, id: LineId, mut text: impl FnMut(&[u8])) -> Result<(), Reason> {
        let (index, _) = self.installed(id)?;
        let loaded = self.journal.vault.load(self.line_key(index)?, self.journal.scratch)?;
        let (value, _) = loaded.ok_or(Reason::StorageCorrupted)?;
        let mut records = BinaryRecords::new(LineValue::decode(value)?.frames);
        while let Some(found) = &records.next() {
            let record = found.record.as_ref().map_err(|error| error.reason)?;
            let mut written = 0_usize;
            loop {
                let part = Part::of(record, written);
                if part.len == 0 {
                    break;
                }
                text(part.bytes.get(..part.len).unwrap_or_default());
                written = written.saturating_add(part.len);
            }
        }
        Ok(())
    }
}
