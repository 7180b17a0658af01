//! Where the canonical emitter writes to: a buffer, a hash, a counter.

/// Takes bytes, one piece after another.
pub trait Sink {
    /// Takes one more piece.
    fn put(&mut self, bytes: &[u8]);
}

/// The buffer is too small; this is the length that would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BufferTooSmall(
    /// Needed length in bytes.
    pub usize,
);

impl core::fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the buffer is too small: {} bytes are needed", self.0)
    }
}

impl core::error::Error for BufferTooSmall {}

/// Text for a writer; what the writer reports first is the result.
pub(crate) struct Written<'w, W: ?Sized>(&'w mut W, core::fmt::Result);

impl<'w, W: core::fmt::Write + ?Sized> Written<'w, W> {
    pub(crate) const fn new(out: &'w mut W) -> Self {
        Self(out, Ok(()))
    }

    pub(crate) const fn finish(self) -> core::fmt::Result {
        self.1
    }
}

impl<W: core::fmt::Write + ?Sized> Sink for Written<'_, W> {
    fn put(&mut self, bytes: &[u8]) {
        let text = core::str::from_utf8(bytes).unwrap_or_default();
        self.1 = self.1.and_then(|()| self.0.write_str(text));
    }
}

/// Writes into a slice and goes on counting when the slice is full.
#[derive(Debug)]
pub struct SliceSink<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl<'b> SliceSink<'b> {
    /// Begins at the start of the buffer.
    pub const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// Bytes taken so far, those that did not fit included.
    pub(crate) const fn written(&self) -> usize {
        self.len
    }

    /// Bytes that fit.
    #[cfg(feature = "transfer")]
    pub(crate) const fn room(&self) -> usize {
        self.buffer.len()
    }

    /// What was written.
    ///
    /// # Errors
    /// [`BufferTooSmall`] with the needed length if it did not fit.
    pub fn finish(self) -> Result<&'b [u8], BufferTooSmall> {
        let len = self.len;
        let buffer: &'b [u8] = self.buffer;
        buffer.get(..len).ok_or(BufferTooSmall(len))
    }
}

impl Sink for SliceSink<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let room = self.buffer.get_mut(self.len..).unwrap_or_default();
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.len = self.len.saturating_add(bytes.len());
    }
}

/// Only counts.
#[derive(Debug, Default)]
pub(crate) struct CountSink(pub(crate) usize);

impl Sink for CountSink {
    fn put(&mut self, bytes: &[u8]) {
        self.0 = self.0.saturating_add(bytes.len());
    }
}
