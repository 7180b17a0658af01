//! Who signs: a key in memory, or a command that reaches one elsewhere.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use nodelock::{Signature, TrustAnchor};
use p256::ecdsa::Signature as EcdsaSignature;

use crate::error::Error;

/// Signs messages. What it gives is made low-s and verified before it is used.
pub trait Signer {
    /// The public half of the key, its id and its role.
    fn anchor(&self) -> TrustAnchor;

    /// ECDSA over P-256 with SHA-256 of the message, in low-s or high-s form.
    ///
    /// # Errors
    /// [`Error::Signer`].
    fn sign(&self, message: &[u8]) -> Result<Signature, Error>;
}

/// Signs with a command of the shell that gets the message on its standard input and writes the
/// signature, in DER or as 64 raw bytes, to its standard output: the way to a hardware security
/// module, or to `openssl dgst -sha256 -sign key.pem`.
#[derive(Debug, Clone)]
pub struct CommandSigner {
    anchor: TrustAnchor,
    command: String,
}

/// A signature in DER has at most 72 bytes.
const MAX_OUTPUT: u64 = 4096;

impl CommandSigner {
    /// The command must sign with this key.
    #[must_use]
    pub fn new(anchor: TrustAnchor, command: impl Into<String>) -> Self {
        Self { anchor, command: command.into() }
    }

    fn failed(&self, what: impl core::fmt::Display) -> Error {
        Error::Signer(format!("the signing command `{}` {what}", self.command))
    }

    fn run(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut child = Command::new("sh")
            .args(["-c", &self.command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| self.failed(format_args!("could not be started: {e}")))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A message fits the pipe's buffer, so this cannot wait for the command to read. One
            // that does not read at all shows by its signature.
            let _ = stdin.write_all(message);
        }
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout
                .take(MAX_OUTPUT)
                .read_to_end(&mut output)
                .map_err(|e| self.failed(format_args!("could not be read from: {e}")))?;
        }
        let status =
            child.wait().map_err(|e| self.failed(format_args!("could not be waited for: {e}")))?;
        if status.success() {
            Ok(output)
        } else {
            Err(self.failed(format_args!("failed: {status}")))
        }
    }
}

impl Signer for CommandSigner {
    fn anchor(&self) -> TrustAnchor {
        self.anchor
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, Error> {
        let output = self.run(message)?;
        EcdsaSignature::from_der(&output)
            .or_else(|_| EcdsaSignature::from_slice(&output))
            .map(|signature| Signature::from_rs(signature.to_bytes().into()))
            .map_err(|_| {
                self.failed(format_args!(
                    "gave {} bytes that are no ECDSA P-256 signature in DER",
                    output.len()
                ))
            })
    }
}

/// The low-s form of a signature, the only one that devices accept. What is no signature at all
/// (r or s out of range) stays as it is; the check that follows refuses it.
#[must_use]
pub fn low_s(signature: Signature) -> Signature {
    EcdsaSignature::from_slice(signature.as_bytes())
        .map_or(signature, |s| Signature::from_rs(s.normalize_s().to_bytes().into()))
}
