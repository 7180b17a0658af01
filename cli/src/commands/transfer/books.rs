//! What the commands of a transfer have in common: books, who signs, and what makes devices believed.

use std::path::PathBuf;

use nodelock::TrustAnchor;
use nodelock_authority::transfer::{Books, Desk, Evidence, IssuedLines};
use nodelock_authority::{Delegations, Issued, Signer};
use zeroize::Zeroizing;

use crate::input::{self, LicenseFile, shown};
use crate::keys::{self, SignArgs};
use crate::report::Failure;
use crate::slips::{SlipArgs, day_of_issue};

/// Where the books are.
#[derive(Debug, clap::Args)]
pub(crate) struct BooksArg {
    /// Directory of the books: what is known of devices, tickets and revocations
    #[arg(long, value_name = "DIR")]
    books: PathBuf,
}

impl BooksArg {
    pub(crate) fn open(&self) -> Result<Books, Failure> {
        Ok(Books::open(&self.books)?)
    }

    /// Makes them if they are not there, which is worth a word: the name may be wrong.
    pub(crate) fn open_or_make(&self) -> Result<(Books, Option<String>), Failure> {
        let there = self.books.exists();
        let books = Books::open_or_make(&self.books)?;
        let name = shown(&self.books);
        let note = format!(
            "{name}: new books, which know of no transfer; keep them safe, and a copy of them elsewhere"
        );
        Ok((books, (!there).then_some(note)))
    }
}

/// What makes a device believed that has no key.
#[derive(Debug, clap::Args)]
pub(crate) struct EvidenceArgs {
    /// File with the secret of a device that proves its words with one: 32 bytes, or 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    secret: Option<PathBuf>,
    /// Whoever believes a device that cannot prove its words; it is noted in the books
    #[arg(long, value_name = "WHO")]
    approve: Option<String>,
}

impl EvidenceArgs {
    pub(crate) fn read(&self) -> Result<Evidence, Failure> {
        let mut evidence = Evidence::default();
        evidence.approved_by = self.approve.clone();
        if let Some(path) = &self.secret {
            let bytes = Zeroizing::new(input::read(path, MAX_SECRET_FILE)?);
            let secret = secret(&bytes).ok_or_else(|| {
                let name = shown(path);
                Failure::no(format!(
                    "{name}: not a device secret: 32 bytes, or 64 hexadecimal digits"
                ))
            })?;
            evidence.secret = Some(secret);
        }
        Ok(evidence)
    }
}

/// Digits, and a line end.
const MAX_SECRET_FILE: usize = 128;

fn secret(bytes: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    if let Ok(raw) = <[u8; 32]>::try_from(bytes) {
        return Some(Zeroizing::new(raw));
    }
    let digits = bytes.trim_ascii();
    let decoded = Zeroizing::new(data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok()?);
    decoded.as_slice().try_into().ok().map(Zeroizing::new)
}

/// Who signs, and whom the vendor's own lines are from.
#[derive(Debug, clap::Args)]
pub(crate) struct DeskArgs {
    #[command(flatten)]
    sign: SignArgs,
    /// Public key (PEM) of a root that has signed licenses [default: the signing key, unless it is delegated]
    #[arg(long = "trust", value_name = "PUB")]
    trust: Vec<PathBuf>,
    #[command(flatten)]
    slips: SlipArgs,
}

/// The same, opened.
pub(crate) struct OpenDesk {
    signer: Box<dyn Signer + Sync>,
    delegations: Option<Delegations>,
    today: nodelock::value::Date,
    pub(crate) roots: Vec<TrustAnchor>,
    pub(crate) note: Option<String>,
    pub(crate) warnings: Vec<nodelock_authority::Slip>,
}

impl DeskArgs {
    pub(crate) fn open(&self) -> Result<OpenDesk, Failure> {
        let (signer, note) = self.sign.signer()?;
        let delegations = self.sign.delegations()?;
        let warnings = self.slips.check(|check| {
            self.sign.look(check, signer.as_ref(), delegations.as_ref());
            Ok(())
        })?;
        let mut roots = keys::trusted(&self.trust, None)?;
        if delegations.is_none() && !roots.contains(&signer.anchor()) {
            roots.push(signer.anchor());
        }
        Ok(OpenDesk { signer, delegations, today: day_of_issue()?, roots, note, warnings })
    }
}

impl OpenDesk {
    /// The records of the key that signs, if it is delegated.
    pub(crate) fn keys(&self) -> Vec<Issued> {
        let anchor = self.signer.anchor();
        self.delegations.iter().flat_map(|known| known.of(&anchor)).cloned().collect()
    }

    /// Takes the vendor's lines of a file.
    pub(crate) fn take_lines(
        &self,
        file: &LicenseFile,
        lines: &mut IssuedLines,
    ) -> Result<(), Failure> {
        lines
            .add(file.bytes(), &self.roots, &self.desk())
            .map_err(|error| Failure::no(format!("{}: {}", file.name, Failure::from(error).text())))
    }

    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk {
            signer: self.signer.as_ref(),
            delegations: self.delegations.as_ref(),
            today: self.today,
        }
    }
}
