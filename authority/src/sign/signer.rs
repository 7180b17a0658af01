//! Who signs: a key in memory, or a command that reaches one elsewhere.

use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use nodelock::TrustAnchor;
use nodelock::value::Signature;
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
///
/// What the command writes to its standard error is passed on, with control characters made visible.
#[derive(Debug, Clone)]
pub struct CommandSigner {
    anchor: TrustAnchor,
    command: String,
    timeout: Duration,
}

/// A signature in DER has at most 72 bytes.
const MAX_OUTPUT: u64 = 4096;
/// More of its standard error is not shown.
const MAX_ERRORS: usize = 64 * 1024;
/// For what a command has left on its standard error when it is over.
const LAST_WORDS: Duration = Duration::from_millis(200);

impl CommandSigner {
    /// How long a command may take for one signature unless something else is said: somebody may
    /// have to find the token, and to touch it.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(300);

    /// The command must sign with this key.
    #[must_use]
    pub fn new(anchor: TrustAnchor, command: impl Into<String>) -> Self {
        Self { anchor, command: command.into(), timeout: Self::DEFAULT_TIMEOUT }
    }

    /// Ends a command that takes longer for one signature.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    fn failed(&self, what: impl core::fmt::Display) -> Error {
        Error::Signer(format!("the signing command `{}` {what}", self.command))
    }

    fn run(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let deadline = Instant::now() + self.timeout;
        let mut child = Command::new("sh")
            .args(["-c", &self.command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| self.failed(format_args!("could not be started: {e}")))?;
        // Each pipe has a thread of its own, and none of them is waited for without a limit: what
        // the command has started itself may hold them for ever.
        if let Some(mut stdin) = child.stdin.take() {
            let message = message.to_vec();
            // A command that does not read shows by its signature.
            std::thread::spawn(move || drop(stdin.write_all(&message)));
        }
        let errors = child.stderr.take().map(|stderr| in_background(|| pass_on(stderr)));
        let output = child.stdout.take().map(|stdout| {
            in_background(move || {
                let mut output = Vec::new();
                stdout.take(MAX_OUTPUT + 1).read_to_end(&mut output).map(|_| output)
            })
        });
        let result = self.signature(&mut child, output, deadline);
        if result.is_err() {
            // It may be over already.
            let _ = child.kill();
            let _ = child.wait();
        }
        if let Some(errors) = errors {
            let _ = errors.recv_timeout(LAST_WORDS);
        }
        result
    }

    fn signature(
        &self,
        child: &mut Child,
        output: Option<Receiver<io::Result<Vec<u8>>>>,
        deadline: Instant,
    ) -> Result<Vec<u8>, Error> {
        let too_slow = || {
            let seconds = self.timeout.as_secs_f64();
            self.failed(format_args!(
                "was not done after {seconds} seconds and was ended; if it needs longer, allow \
                 that (--sign-timeout)"
            ))
        };
        let left = deadline.saturating_duration_since(Instant::now());
        let output = match output.map(|output| output.recv_timeout(left)) {
            Some(Ok(output)) => {
                output.map_err(|e| self.failed(format_args!("could not be read from: {e}")))?
            }
            Some(Err(_)) => return Err(too_slow()),
            None => Vec::new(),
        };
        if output.len() as u64 > MAX_OUTPUT {
            return Err(self.failed(format_args!(
                "printed more than {MAX_OUTPUT} bytes; nothing but the signature may go to its \
                 standard output"
            )));
        }
        let mut pause = Duration::from_millis(1);
        let status = loop {
            let status = child.try_wait();
            match status.map_err(|e| self.failed(format_args!("could not be waited for: {e}")))? {
                Some(status) => break status,
                None if Instant::now() >= deadline => return Err(too_slow()),
                None => std::thread::sleep(pause),
            }
            pause = (pause * 2).min(Duration::from_millis(50));
        };
        if status.success() {
            Ok(output)
        } else {
            Err(self.failed(format_args!("failed: {status}")))
        }
    }
}

fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    // Nobody may be listening any more.
    std::thread::spawn(move || drop(sender.send(work())));
    receiver
}

/// Shows what a command says as it comes, because it may ask for something. Nothing of it may reach
/// a terminal as a command of its own.
fn pass_on(mut from: impl Read) {
    let (mut buffer, mut shown) = ([0; 1024], 0);
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..len.min(MAX_ERRORS - shown)];
        shown += bytes.len();
        let _ = io::stderr().write_all(visible(bytes).as_bytes());
    }
}

fn visible(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'\n' | b'\t' | b' '..=b'~' => text.push(char::from(*byte)),
            other => text.extend(other.escape_ascii().map(char::from)),
        }
        text
    })
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
