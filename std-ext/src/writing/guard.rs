//! [`FileGuard`]: files that nobody may write over, whatever a command says.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// While it lives, no [`FileWriter`](super::FileWriter) of this process writes to a file, or into a directory, that
/// others depend on: the storage of an agent, or what a command has read. [`FileStorage`](crate::FileStorage) has one
/// for its directory.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("a.lic");
/// use nodelock_std::{FileGuard, FileWriter};
/// let guard = FileGuard::new(&path, "is read by this command");
/// assert!(FileWriter::new().replace(true).write(&path, b"one\n").is_err());
/// drop(guard);
/// FileWriter::new().write(&path, b"one\n")?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FileGuard(PathBuf);

static GUARDED: Mutex<Vec<(PathBuf, &'static str)>> = Mutex::new(Vec::new());

impl FileGuard {
    /// Of a file, also one that is not there yet, or of a directory with all that is in it. The words say why, behind
    /// the name of the file.
    #[must_use]
    pub fn new(path: impl AsRef<Path>, words: &'static str) -> Self {
        let path = real(path.as_ref());
        GUARDED.lock().unwrap_or_else(PoisonError::into_inner).push((path.clone(), words));
        Self(path)
    }
}

impl Drop for FileGuard {
    fn drop(&mut self) {
        let mut guarded = GUARDED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = guarded.iter().position(|(path, _)| *path == self.0) {
            guarded.swap_remove(at);
        }
    }
}

/// Why a file must not be written, if it must not.
pub(super) fn words_for(path: &Path) -> Option<&'static str> {
    let real = real(path);
    let guarded = GUARDED.lock().unwrap_or_else(PoisonError::into_inner);
    let found = guarded.iter().find(|(of, _)| real.starts_with(of) || is_same_file(of, &real));
    found.map(|(_, words)| *words)
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let above = match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    match (above.canonicalize(), path.file_name()) {
        (Ok(above), Some(name)) => above.join(name),
        _ => path.to_owned(),
    }
}

/// Whether two names lead to one file, also as two names of it or in another case.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(one), Ok(other)) = (one.metadata(), other.metadata()) {
            return (one.dev(), one.ino()) == (other.dev(), other.ino());
        }
    }
    real(one) == real(other)
}

/// So much of a file is looked at: no key stands behind a longer text.
const LOOKED_AT: usize = 1024 * 1024;

/// Whether a regular file holds a private key: nobody can bring it back.
pub(super) fn holds_private_key(path: &Path) -> io::Result<bool> {
    let mut content = Vec::with_capacity(LOOKED_AT);
    std::fs::File::open(path)?.take(LOOKED_AT as u64).read_to_end(&mut content)?;
    let held = is_private_key(&content);
    content.fill(0);
    Ok(held)
}

fn is_private_key(content: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] =
        [b"PRIVATE KEY-----", b"PRIVATE KEY BLOCK-----", b"PuTTY-User-Key-File"];
    // UTF-16 has a zero in each of these characters, before or behind it.
    let holds = |wide: bool, words: &[u8]| {
        let step = 1 + usize::from(wide);
        let len = words.len() * step - usize::from(wide);
        content.windows(len).any(|part| part.iter().step_by(step).eq(words))
    };
    WORDS.iter().any(|words| holds(false, words) || holds(true, words)) || is_der_key(content)
}

/// PKCS#8, SEC 1 or PKCS#1 (a number of the version, then no certificate's first field), PKCS#12, or PKCS#8 that is
/// encrypted (an algorithm of PKCS#5 or PKCS#12), as DER.
fn is_der_key(content: &[u8]) -> bool {
    let Some((0x30, inner)) = element(content) else { return false };
    match element(inner) {
        Some((0x02, [0 | 1 | 3])) => true,
        Some((0x30, algorithm)) => element(algorithm).is_some_and(|(tag, name)| {
            const PKCS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01];
            let rest = name.strip_prefix(PKCS);
            tag == 0x06 && matches!(rest, Some([5 | 12, ..]))
        }),
        _ => false,
    }
}

/// The first element of DER: its tag, and what is in it.
fn element(der: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (len, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x0F))?;
            (bytes.iter().fold(0, |len, byte| len << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.get(..len).map(|inside| (tag, inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_keys_are_known_in_all_their_forms() {
        let pem = "text\n-----BEGIN EC PRIVATE KEY-----\nAAAA\n";
        let little: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = pem.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let pkcs8 = [0x30, 0x07, 0x02, 0x01, 0x00, 0x30, 0x02, 0x06, 0x00];
        let sec1 = [0x30, 0x81, 0x06, 0x02, 0x01, 0x01, 0x04, 0x01, 0x07];
        let mut encrypted = vec![0x30, 0x0F, 0x30, 0x0B, 0x06, 0x09];
        encrypted.extend([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D, 0x04, 0x00]);
        for key in [pem.as_bytes(), &little, &big, &pkcs8, &sec1, &encrypted] {
            assert!(is_private_key(key), "{key:02x?}");
        }
        let public = [0x30, 0x09, 0x30, 0x07, 0x06, 0x05, 0x2A, 0x86, 0x48, 0xCE, 0x3D];
        let certificate = [0x30, 0x07, 0x30, 0x05, 0xA0, 0x03, 0x02, 0x01, 0x02];
        let others: [&[u8]; 4] = [b"", b"0", b"-----BEGIN PUBLIC KEY-----", b"LICENSE 1 voice"];
        for other in others.into_iter().chain([&public[..], &certificate]) {
            assert!(!is_private_key(other), "{other:02x?}");
        }
    }
}
