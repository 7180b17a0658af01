//! Keys on disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use nodelock::{KeyId, Role, TrustAnchor};
use zeroize::Zeroizing;

use super::pem::{Block, ENCRYPTED, public_from_pem, public_to_pem};
use super::secret::SecretKey;
use crate::error::Error;
use crate::sign::Signer;

/// A PEM file with a P-256 key has less than 1 KiB; room for a long text before it.
const MAX_KEY_FILE: usize = 64 * 1024;

/// Where [`write_key_files`] has put the two halves of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFiles {
    /// `KID.key.pem`, readable for its owner only.
    pub secret: PathBuf,
    /// `KID.pub.pem`.
    pub public: PathBuf,
}

/// Writes `KID.key.pem` and `KID.pub.pem` into a directory, which is made if it is not there.
///
/// # Errors
/// [`Error::Exists`], [`Error::Io`]; no file is left behind then.
pub fn write_key_files(directory: &Path, key: &SecretKey) -> Result<KeyFiles, Error> {
    write_key_files_with(directory, key, None)
}

/// The same, the private key encrypted if there is a passphrase.
///
/// # Errors
/// Those of [`write_key_files`], and those of [`SecretKey::to_encrypted_pem`].
pub fn write_key_files_with(
    directory: &Path,
    key: &SecretKey,
    passphrase: Option<&str>,
) -> Result<KeyFiles, Error> {
    fs::create_dir_all(directory).map_err(|e| Error::io(directory, e))?;
    let anchor = key.anchor();
    let files = KeyFiles {
        secret: directory.join(format!("{}.key.pem", anchor.id)),
        public: directory.join(format!("{}.pub.pem", anchor.id)),
    };
    let secret = match passphrase {
        Some(passphrase) => key.to_encrypted_pem(passphrase)?,
        None => key.to_pem()?,
    };
    let public = public_to_pem(&anchor)?;
    create(&files.public, public.as_bytes(), 0o644)?;
    if let Err(error) = create(&files.secret, secret.as_bytes(), 0o600) {
        let _ = fs::remove_file(&files.public);
        return Err(error);
    }
    // Nobody must print or hand out a key that a power cut takes away.
    flush(directory).map_err(|error| {
        let _ = fs::remove_file(&files.public);
        let _ = fs::remove_file(&files.secret);
        Error::io(directory, error)
    })?;
    Ok(files)
}

/// Makes the new names durable, where directories can be opened and flushed.
fn flush(directory: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(directory).and_then(|directory| directory.sync_all()) {
        Err(e) if matches!(e.kind(), InvalidInput | PermissionDenied | Unsupported) => Ok(()),
        flushed => flushed,
    }
}

/// Reads a private key that is not encrypted.
///
/// # Errors
/// [`Error::Io`], [`Error::KeyFile`].
pub fn read_secret(path: &Path) -> Result<SecretKey, Error> {
    SecretKey::from_pem(&read_key_text(path)?).map_err(|e| e.in_file(path))
}

/// Reads a public key and its role.
///
/// # Errors
/// [`Error::Io`], [`Error::KeyFile`].
pub fn read_public(path: &Path) -> Result<TrustAnchor, Error> {
    public_from_pem(&read_key_text(path)?).map_err(|e| e.in_file(path))
}

/// What a key file is, as far as can be seen without a passphrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFileInfo {
    /// The key id; of an encrypted key, what the text before it says.
    pub id: Option<KeyId>,
    /// The role, if the text before the key says one.
    pub role: Option<Role>,
    /// Whether it is a private key.
    pub private: bool,
    /// Whether a passphrase is needed to use it.
    pub encrypted: bool,
}

/// Looks at all keys of a file.
///
/// # Errors
/// [`Error::Io`], [`Error::KeyFile`].
pub fn describe_key_file(path: &Path) -> Result<Vec<KeyFileInfo>, Error> {
    let blocks = Block::all(&read_key_text(path)?).map_err(|e| e.in_file(path))?;
    let infos = blocks.iter().map(|block| {
        let encrypted = block.label == ENCRYPTED;
        let id = if encrypted {
            block.said_id()
        } else {
            let key = block.public().map_err(|e| e.in_file(path))?;
            Some(TrustAnchor::new(key, Role::Production).id)
        };
        let private = block.label != "PUBLIC KEY";
        Ok(KeyFileInfo { id, role: block.role, private, encrypted })
    });
    infos.collect()
}

/// Writes another text into the file of a private key, all or nothing; it is for its owner only.
///
/// # Errors
/// [`Error::Io`]; the file is as before then.
pub fn replace_key_file(path: &Path, text: &str) -> Result<(), Error> {
    // Where a link leads, so that it stays one.
    let path = fs::canonicalize(path).map_err(|e| Error::io(path, e))?;
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}", std::process::id()));
    let new = directory.join(name);
    create(&new, text.as_bytes(), 0o600)?;
    fs::rename(&new, &path).map_err(|e| {
        let _ = fs::remove_file(&new);
        Error::io(&path, e)
    })?;
    flush(directory).map_err(|e| Error::io(directory, e))
}

/// Reads the text of a key file.
///
/// # Errors
/// [`Error::Io`], [`Error::KeyFile`].
pub fn read_key_text(path: &Path) -> Result<Zeroizing<String>, Error> {
    read(path)
}

fn read(path: &Path) -> Result<Zeroizing<String>, Error> {
    let bytes = super::read::read(path, MAX_KEY_FILE).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => Error::Key("too large for a key file".into()).in_file(path),
        _ => Error::io(path, error),
    })?;
    if let Some(text) = from_utf16(&bytes) {
        return Ok(text);
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Error::Key("not a text file; for DER, convert it with openssl pkey -inform DER".into())
            .in_file(path)
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// The text of a file in UTF-16, as Windows programs write it, with its mark or without.
fn from_utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let (units, little) = match bytes {
        [0xFF, 0xFE, units @ ..] => (units, true),
        [0xFE, 0xFF, units @ ..] => (units, false),
        [first, 0, ..] if first.is_ascii() && *first != 0 => (bytes, true),
        [0, first, ..] if first.is_ascii() && *first != 0 => (bytes, false),
        _ => return None,
    };
    let unit = |pair: [u8; 2]| match little {
        true => u16::from_le_bytes(pair),
        false => u16::from_be_bytes(pair),
    };
    let pairs = units.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    // At its full size from the start, so that growing leaves no copy behind.
    let mut text = Zeroizing::new(String::with_capacity(units.len() * 2));
    let units = pairs.filter_map(|pair| pair.try_into().ok()).map(unit);
    for c in char::decode_utf16(units) {
        text.push(c.ok()?);
    }
    Some(text)
}

/// Creates a file that must not be there, with its permissions from the first moment on.
fn create(path: &Path, content: &[u8], mode: u32) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|e| Error::io(path, e))?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    written.map_err(|e| {
        let _ = fs::remove_file(path);
        Error::io(path, e)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_is_read_with_its_mark_and_without() {
        let text = "-----BEGIN PUBLIC KEY-----\r\n";
        for mark in ["", "\u{feff}"] {
            let marked = format!("{mark}{text}");
            let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(from_utf16(&little).unwrap().as_str(), text);
            assert_eq!(from_utf16(&big).unwrap().as_str(), text);
        }
        assert!(from_utf16(text.as_bytes()).is_none());
        // DER is no text.
        assert!(from_utf16(&[0x30, 0x82, 0x01]).is_none());
    }
}
