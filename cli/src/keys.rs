//! Keys from arguments: who signs, and who is trusted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use nodelock::record::Record;
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::{Reason, TrustAnchor};
use nodelock_authority::{
    CommandSigner, Delegations, SecretKey, Signer, SlipCheck, public_from_pem,
};
use zeroize::Zeroizing;

use crate::input::{self, LicenseFile};
use crate::report::Failure;
use crate::values;

/// A PEM key has less than 1 KiB; there may be a long text before it.
const MAX_KEY_FILE: usize = 64 * 1024;

/// Keys that are trusted.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// Public key (PEM) of a root to trust; may be repeated
    #[arg(long = "trust", value_name = "PUB")]
    pub(crate) files: Vec<PathBuf>,
    /// Accept development keys too, as only development builds do
    #[arg(long)]
    development: bool,
}

impl TrustArgs {
    pub(crate) fn anchors(&self) -> Result<Vec<TrustAnchor>, Failure> {
        self.files.iter().map(|path| public_key(path)).collect()
    }

    pub(crate) fn ring<'r, 'a>(
        &self,
        anchors: &'r [TrustAnchor],
        slots: &'r mut [KeySlot<'a>],
    ) -> KeyRing<'r, 'a> {
        let ring = KeyRing::new(anchors, slots);
        if self.development { ring.danger_accept_development_keys() } else { ring }
    }
}

/// Who signs, and what a delegated key brings along.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// Private key (PEM) to sign with
    #[arg(long, value_name = "KEY", required_unless_present = "public", conflicts_with_all = ["public", "sign_with"])]
    key: Option<PathBuf>,
    /// Public key (PEM) of a key that is elsewhere; needs --sign-with
    #[arg(long = "pub", value_name = "PUB", requires = "sign_with")]
    public: Option<PathBuf>,
    /// Command that signs with it: message on its standard input, DER signature on its output
    #[arg(long, value_name = "CMD", requires = "public")]
    sign_with: Option<String>,
    /// Longest time for one signature; then the command is ended, e.g. 90s [default: 5m]
    #[arg(long, value_name = "DURATION", requires = "sign_with", value_parser = values::timeout)]
    sign_timeout: Option<Duration>,
    /// File with the KEY records of a delegated signing key; they are written before the lines
    #[arg(long, value_name = "FILE")]
    delegation: Option<PathBuf>,
}

impl SignArgs {
    /// The signer, and what is to be said of it.
    pub(crate) fn signer(&self) -> Result<(Box<dyn Signer + Sync>, Option<String>), Failure> {
        let command = self.sign_with.as_deref().map(|command| (command, self.sign_timeout));
        signer(self.key.as_deref(), self.public.as_deref(), command)
    }

    /// Looks for slips in who signs.
    pub(crate) fn look(
        &self,
        check: &mut SlipCheck<'_>,
        signer: &dyn Signer,
        delegations: Option<&Delegations>,
    ) {
        let path = self.key.as_deref().or(self.public.as_deref());
        let found = match delegations {
            Some(_) => None,
            None => crate::slips::delegation_of(signer, path),
        };
        check.signer(&signer.anchor(), delegations, found.as_deref());
    }

    /// Whether a command signs, and not this one.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        self.sign_with.is_some()
    }

    pub(crate) fn delegations(&self) -> Result<Option<Delegations>, Failure> {
        let Some(path) = &self.delegation else { return Ok(None) };
        let file = LicenseFile::read(path)?;
        let read = Delegations::read(&file.bytes);
        read.map(Some).map_err(|error| Failure::no(format!("{}: {error}", file.name)))
    }
}

/// Room for every delegated key that a file can bring.
pub(crate) fn slots_for(file: &LicenseFile) -> Vec<KeySlot<'_>> {
    let keys = file.records().filter(|found| matches!(found.record, Ok(Record::Key(_)))).count();
    vec![KeySlot::EMPTY; keys]
}

/// A public key and its role.
pub(crate) fn public_key(path: &Path) -> Result<TrustAnchor, Failure> {
    if !input::is_stdin(path) {
        return Ok(nodelock_authority::read_public(path)?);
    }
    let pem = input::read_text(path, MAX_KEY_FILE)?;
    Ok(public_from_pem(&pem)?)
}

/// Who signs: the private key of a file, or a command, with its time limit, for this public key.
pub(crate) fn signer(
    secret: Option<&Path>,
    public: Option<&Path>,
    command: Option<(&str, Option<Duration>)>,
) -> Result<(Box<dyn Signer + Sync>, Option<String>), Failure> {
    match (secret, public, command) {
        (Some(path), None, None) => {
            let note = open_to_others(path);
            Ok((Box::new(secret_key(path)?), note))
        }
        (None, Some(public), Some((command, timeout))) => {
            let signer = CommandSigner::new(public_key(public)?, command);
            Ok((Box::new(signer.timeout(timeout.unwrap_or(CommandSigner::DEFAULT_TIMEOUT))), None))
        }
        _ => Err(Failure::usage("give a private key, or a public key and --sign-with")),
    }
}

fn secret_key(path: &Path) -> Result<SecretKey, Failure> {
    if !input::is_stdin(path) {
        return Ok(nodelock_authority::read_secret(path)?);
    }
    let pem = Zeroizing::new(input::read_text(path, MAX_KEY_FILE)?);
    Ok(SecretKey::from_pem(&pem)?)
}

/// A private key that others can read is worth a word.
fn open_to_others(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).ok()?.permissions().mode();
        if path.is_file() && mode & 0o077 != 0 {
            let path = input::shown(path);
            return Some(format!("others can read the private key {path}; chmod 600 hides it"));
        }
    }
    let _ = path;
    None
}

/// The remedy for a reason, with what this command can do about it.
pub(crate) fn remedy(reason: Reason) -> String {
    match reason {
        Reason::DevelopmentKey => {
            format!("{}; --development shows what a development build says", reason.remedy())
        }
        other => other.remedy().to_owned(),
    }
}
