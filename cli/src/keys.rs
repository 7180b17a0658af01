//! Keys from arguments: who signs, and who is trusted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use nodelock::record::Record;
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::{Reason, Role, TrustAnchor};
use nodelock_authority::{
    CommandSigner, Delegations, Error, FoundKey, SecretKey, Signer, SlipCheck, all_in_pem,
    change_passphrase, found_in_pem, replace_key_file,
};
use zeroize::Zeroizing;

use crate::input::{self, LicenseFile};
use crate::passphrase::PassphraseArgs;
use crate::report::Failure;
use crate::values;

/// A PEM key has less than 1 KiB; there may be a long text before it.
const MAX_KEY_FILE: usize = 64 * 1024;

/// Keys that are trusted.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// Public key (PEM) of a root to trust, or several in one file; may be repeated
    #[arg(long = "trust", value_name = "PUB")]
    pub(crate) files: Vec<PathBuf>,
    /// Role of the trusted keys whose files do not say it
    #[arg(long, requires = "files", value_parser = values::roles())]
    role: Option<Role>,
    /// Accept development keys too, as only development builds do
    #[arg(long)]
    development: bool,
}

impl TrustArgs {
    pub(crate) fn anchors(&self) -> Result<Vec<TrustAnchor>, Failure> {
        trusted(&self.files, self.role)
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
    /// Role of the key, if its file does not say it
    #[arg(long, value_parser = values::roles())]
    role: Option<Role>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// File with the KEY records of a delegated signing key; they are written before the lines
    #[arg(long, value_name = "FILE")]
    delegation: Option<PathBuf>,
}

impl SignArgs {
    /// The signer, and what is to be said of it.
    pub(crate) fn signer(&self) -> Result<(Box<dyn Signer + Sync>, Option<String>), Failure> {
        let command = self.sign_with.as_deref().map(|command| (command, self.sign_timeout));
        // Of a delegated key the KEY record says the role.
        let delegated = self.delegation.is_some().then_some(Role::Production);
        let role = self.role.or(delegated.filter(|_| !self.says_role()));
        signer(self.key.as_deref(), self.public.as_deref(), command, role, &self.passphrase)
    }

    /// Whether the file of the key says its role, as far as it can be read.
    fn says_role(&self) -> bool {
        let file = self.key.as_deref().or(self.public.as_deref());
        file.filter(|path| !input::is_stdin(path))
            .and_then(|path| nodelock_authority::describe_key_file(path).ok())
            .is_some_and(|keys| keys.iter().any(|key| key.role.is_some()))
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
        if let (Some(delegations), Some(file)) = (delegations, &self.delegation) {
            let places = [Some(file.as_path()), path];
            let known =
                crate::slips::public_keys_beside(&places.map(|path| path.and_then(Path::parent)));
            check.delegation_signatures(&signer.anchor(), delegations, &known);
        }
    }

    /// Whether a command signs, and not this one.
    pub(crate) const fn is_elsewhere(&self) -> bool {
        self.sign_with.is_some()
    }

    pub(crate) fn delegations(&self) -> Result<Option<Delegations>, Failure> {
        let Some(path) = &self.delegation else { return Ok(None) };
        let file = LicenseFile::read(path)?;
        let text = String::from_utf8_lossy(file.bytes());
        if text.contains("-----BEGIN ") {
            let what =
                if text.contains("PRIVATE KEY-----") { "a private key" } else { "a public key" };
            return Err(Failure::no(format!(
                "{}: this is {what}, not a KEY record; nodelock delegate writes one",
                file.name
            )));
        }
        let read = Delegations::read(file.bytes());
        read.map(Some).map_err(|error| Failure::no(format!("{}: {error}", file.name)))
    }
}

/// Room for every delegated key that a file can bring.
pub(crate) fn slots_for(file: &LicenseFile) -> Vec<KeySlot<'_>> {
    let keys = file.records().filter(|found| matches!(found.record, Ok(Record::Key(_)))).count();
    vec![KeySlot::EMPTY; keys]
}

/// The text of a key file.
fn key_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    if input::is_stdin(path) {
        return Ok(Zeroizing::new(input::read_text(path, MAX_KEY_FILE)?));
    }
    input::note_read(path);
    Ok(nodelock_authority::read_key_text(path)?)
}

/// Says of which file it is.
fn in_file(error: Error, path: &Path) -> Failure {
    match error {
        Error::Key(problem) if !input::is_stdin(path) => {
            Error::KeyFile { path: path.to_owned(), problem }.into()
        }
        other => other.into(),
    }
}

/// A public key, and its role if the file says it.
pub(crate) fn found_key(path: &Path) -> Result<FoundKey, Failure> {
    found_in_pem(&key_text(path)?).map_err(|error| in_file(error, path))
}

/// A public key with its role: that of the file, or the one that is given.
pub(crate) fn public_key(path: &Path, role: Option<Role>) -> Result<TrustAnchor, Failure> {
    found_key(path)?.anchor(role).map_err(|error| in_file(error, path))
}

/// All keys of files that shall be trusted; `role` is for those whose files say none.
pub(crate) fn trusted(files: &[PathBuf], role: Option<Role>) -> Result<Vec<TrustAnchor>, Failure> {
    let mut anchors: Vec<TrustAnchor> = Vec::new();
    for path in files {
        let failed = |error| in_file(error, path);
        for found in all_in_pem(&key_text(path)?).map_err(failed)? {
            let anchor = found.anchor(found.role.or(role)).map_err(failed)?;
            if !anchors.contains(&anchor) {
                anchors.push(anchor);
            }
        }
    }
    Ok(anchors)
}

/// Who signs: the private key of a file, or a command, with its time limit, for this public key.
pub(crate) fn signer(
    secret: Option<&Path>,
    public: Option<&Path>,
    command: Option<(&str, Option<Duration>)>,
    role: Option<Role>,
    passphrase: &PassphraseArgs,
) -> Result<(Box<dyn Signer + Sync>, Option<String>), Failure> {
    match (secret, public, command) {
        (Some(path), None, None) => {
            let note = open_to_others(path);
            Ok((Box::new(secret_key(path, role, passphrase)?), note))
        }
        (None, Some(public), Some((command, timeout))) => {
            let signer = CommandSigner::new(public_key(public, role)?, command);
            Ok((Box::new(signer.timeout(timeout.unwrap_or(CommandSigner::DEFAULT_TIMEOUT))), None))
        }
        _ => Err(Failure::usage("give a private key, or a public key and --sign-with")),
    }
}

/// The private key of a file.
pub(crate) fn secret_key(
    path: &Path,
    role: Option<Role>,
    passphrase: &PassphraseArgs,
) -> Result<SecretKey, Failure> {
    let text = key_text(path)?;
    let mut asked = None;
    let key = SecretKey::from_pem_with(&text, role, || {
        passphrase.get(path).map_err(|failure| {
            let text = failure.text().to_owned();
            asked = Some(failure);
            Error::Key(text)
        })
    });
    key.map_err(|error| asked.unwrap_or_else(|| in_file(error, path)))
}

/// Whether the passphrase is right.
pub(crate) fn opens(path: &Path, passphrase: &PassphraseArgs) -> Result<(), Failure> {
    // The role does not matter here, and the file may say any.
    let said = nodelock_authority::describe_key_file(path)?.first().and_then(|key| key.role);
    secret_key(path, said.or(Some(Role::Production)), passphrase).map(drop)
}

/// Changes the passphrase of a private key, to none if there is no new one.
pub(crate) fn rekey(path: &Path, old: &PassphraseArgs, new: Option<&str>) -> Result<(), Failure> {
    let text = nodelock_authority::read_key_text(path)?;
    let mut asked = None;
    let changed = change_passphrase(
        &text,
        || {
            old.get(path).map_err(|failure| {
                let text = failure.text().to_owned();
                asked = Some(failure);
                Error::Key(text)
            })
        },
        new,
    );
    let changed = changed.map_err(|error| asked.unwrap_or_else(|| in_file(error, path)))?;
    Ok(replace_key_file(path, &changed)?)
}

/// A private key that others can read is worth a word.
pub(crate) fn open_to_others(path: &Path) -> Option<String> {
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
