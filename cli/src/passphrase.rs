//! Passphrases: from a file, from the environment, or typed at a terminal; never from an argument, which
//! everybody on the machine can see.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::input::{self, shown};
use crate::report::Failure;

const VARIABLE: &str = "NODELOCK_PASSPHRASE";
const NEW_VARIABLE: &str = "NODELOCK_NEW_PASSPHRASE";
/// Longer ones are no passphrases.
const MAX_LEN: usize = 4096;

/// The passphrase of an encrypted private key.
#[derive(Debug, clap::Args)]
pub(crate) struct PassphraseArgs {
    /// File whose first line is the passphrase of the private key [default: NODELOCK_PASSPHRASE, or it is asked for]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    /// The passphrase of this key.
    pub(crate) fn get(&self, key: &Path) -> Result<Zeroizing<String>, Failure> {
        if let Some(given) = given(self.passphrase_file.as_deref(), VARIABLE)? {
            return Ok(given);
        }
        let name = shown(key);
        let unknown = || {
            format!(
                "{name}: the key is encrypted; give its passphrase with --passphrase-file FILE, in {VARIABLE}, \
             or at a terminal"
            )
        };
        ask(&format!("Passphrase of {name}: "), unknown)
    }

    /// A passphrase for a new key.
    pub(crate) fn new_one(&self) -> Result<Zeroizing<String>, Failure> {
        new_passphrase(self.passphrase_file.as_deref(), "--passphrase-file", VARIABLE)
    }
}

/// A passphrase that replaces another one.
pub(crate) fn replacement(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    new_passphrase(file, "--new-passphrase-file", NEW_VARIABLE)
}

fn new_passphrase(
    file: Option<&Path>,
    flag: &str,
    variable: &str,
) -> Result<Zeroizing<String>, Failure> {
    let passphrase = match given(file, variable)? {
        Some(given) => given,
        None => {
            let unknown = || {
                format!("give the new passphrase with {flag} FILE, in {variable}, or at a terminal")
            };
            let first = ask("New passphrase: ", unknown)?;
            if first != ask("The same again: ", unknown)? {
                return Err(Failure::no("the two passphrases are not the same"));
            }
            first
        }
    };
    if passphrase.is_empty() {
        return Err(Failure::no("the passphrase is empty"));
    }
    Ok(passphrase)
}

fn given(file: Option<&Path>, variable: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(path) = file {
        let text = Zeroizing::new(input::read_text(path, MAX_LEN)?);
        // A mark of the encoding is no part of it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let first = text.split(['\r', '\n']).next().unwrap_or_default();
        if first.is_empty() {
            return Err(Failure::no(format!("{}: the first line is empty", shown(path))));
        }
        return Ok(Some(Zeroizing::new(first.to_owned())));
    }
    match std::env::var(variable) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{variable} is not a text in UTF-8")))
        }
    }
}

/// Asks without showing what is typed. Where nobody can be asked, nothing waits.
fn ask(prompt: &str, unknown: impl Fn() -> String) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stderr().is_terminal() {
        return Err(Failure::usage(unknown()));
    }
    let typed = rpassword::prompt_password(prompt);
    typed.map(Zeroizing::new).map_err(|_| Failure::usage(unknown()))
}
