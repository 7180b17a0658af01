//! `KEY` records: making them, and issuing within their limits.

use nodelock::limits::{MAX_LIST_ENTRIES, MAX_LIST_LEN};
use nodelock::record::{KeyTerms, LicenseTerms, List, Record, Records, Signed};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::Date;
use nodelock::{KeyId, P256Verifier, PublicKey, Reason, Role, TrustAnchor};

use super::record::{Issued, sign_key};
use super::signer::Signer;
use crate::error::Error;

/// What a `KEY` record shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationSpec {
    /// The key that may sign from now on.
    pub key: PublicKey,
    /// What it may sign.
    pub role: Role,
    /// Prefixes of the features that it may sign for; none for all.
    pub features: Vec<String>,
    /// Products that it may sign for; none for all.
    pub pids: Vec<String>,
    /// First day on which it may issue.
    pub not_before: Date,
    /// Last day on which it may issue.
    pub not_after: Date,
}

/// Signs a `KEY` record with a root key.
///
/// # Errors
/// [`Error::Order`]; [`Error::NotPermitted`] if the root's role does not allow
/// the delegation; [`Error::Signer`], [`Error::Refused`].
pub fn delegate(spec: &DelegationSpec, root: &dyn Signer) -> Result<Issued, Error> {
    if spec.not_after < spec.not_before {
        return Err(Error::Order(format!(
            "not-after {} is before not-before {}: the two days may be swapped",
            spec.not_after, spec.not_before
        )));
    }
    let anchor = root.anchor();
    if spec.key == anchor.key {
        return Err(Error::Order("a root needs no delegation to itself".into()));
    }
    if !anchor.role.may_delegate(spec.role) {
        return Err(Error::NotPermitted(Reason::KeyRole));
    }
    let features = joined(&spec.features, "feature-prefix")?;
    let pids = joined(&spec.pids, "pid")?;
    let terms = KeyTerms {
        id: TrustAnchor::new(spec.key, spec.role).id,
        role: spec.role,
        key: spec.key,
        features: list("feature-prefix", &features, List::features)?,
        pids: list("pid", &pids, List::pids)?,
        not_before: spec.not_before,
        not_after: spec.not_after,
    };
    sign_key(&terms, root)
}

/// The list as a `KEY` record has it: in order, each entry once, commas between.
fn joined(entries: &[String], field: &'static str) -> Result<String, Error> {
    if let Some(entry) = entries.iter().find(|entry| entry.is_empty() || entry.contains(',')) {
        return Err(not_a_list(field, entry));
    }
    let entries: std::collections::BTreeSet<_> = entries.iter().map(String::as_str).collect();
    Ok(entries.into_iter().collect::<Vec<_>>().join(","))
}

fn list<'t>(
    field: &'static str,
    text: &'t str,
    parse: impl FnOnce(&'t [u8]) -> Result<List<'t>, Reason>,
) -> Result<List<'t>, Error> {
    if text.is_empty() {
        return Ok(List::default());
    }
    parse(text.as_bytes()).map_err(|_| not_a_list(field, text))
}

fn not_a_list(field: &'static str, text: &str) -> Error {
    let entries = match field {
        "pid" => "product ids have up to 32 printable characters without ':' and ','",
        _ => "prefixes have letters, digits, '.', '_' or '-' and begin with a letter or digit",
    };
    Error::Order(format!(
        "{field} {text:?}: {entries}; up to {MAX_LIST_ENTRIES} of them, {MAX_LIST_LEN} characters \
         in all"
    ))
}

/// `KEY` records that a delegated key brings along, so that it can only issue what devices will
/// accept from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegations(Vec<Issued>);

impl Delegations {
    /// Takes the `KEY` records out of a license file, text or binary. License lines in it are
    /// left alone.
    ///
    /// # Errors
    /// [`Error::Order`] if a record is damaged.
    pub fn read(file: &[u8]) -> Result<Self, Error> {
        let mut records = Vec::new();
        for found in Records::new(file) {
            let record = found.record.map_err(|error| {
                Error::Order(format!(
                    "the delegation is damaged at byte {}: {}",
                    error.offset, error.reason
                ))
            })?;
            if let Record::Key(_) = record {
                records.push(Issued::from_record(&record)?);
            }
        }
        Ok(Self(records))
    }

    /// The records for one key.
    pub fn of(&self, key: &TrustAnchor) -> impl Iterator<Item = &Issued> {
        self.0.iter().filter(|issued| key_terms(issued).is_some_and(|terms| terms.key == key.key))
    }

    /// Whether the signature of each record for one key matches, with its signer; `None` where the signer's public key
    /// is not among those that are known here.
    pub fn signatures(
        &self,
        key: &TrustAnchor,
        known: &[TrustAnchor],
    ) -> impl Iterator<Item = (KeyId, Option<bool>)> {
        self.of(key).filter_map(key_record).map(|record| {
            let signer = record.signer();
            let root = known.iter().find(|root| root.id == signer);
            let matches = root.map(|root| {
                let (mut slots, anchors) = ([KeySlot::EMPTY; 1], [*root]);
                let mut ring = KeyRing::new(&anchors, &mut slots).danger_accept_development_keys();
                let admitted = ring.admit(&record, &P256Verifier);
                // What else is wrong is told elsewhere.
                !matches!(admitted, Err(Reason::SignatureMismatch | Reason::SignatureNotLowS))
            });
            (signer, matches)
        })
    }

    /// Whose records they are, for people.
    fn names(&self) -> String {
        let ids: Vec<_> =
            self.0.iter().filter_map(key_terms).map(|terms| terms.id.to_string()).collect();
        match ids.as_slice() {
            [] => "it has no KEY record".to_owned(),
            [id] => format!("its KEY record is for {id}"),
            ids => format!("its KEY records are for {}", ids.join(", ")),
        }
    }

    /// Who has signed the records for one key.
    pub fn signers(&self, key: &TrustAnchor) -> impl Iterator<Item = KeyId> {
        let records = self.of(key).filter_map(|issued| key_record(issued));
        records.map(|record| record.signer())
    }

    /// First and last days on which a key may issue, one pair for each of its records.
    pub fn windows(&self, key: &TrustAnchor) -> impl Iterator<Item = (Date, Date)> {
        self.of(key).filter_map(key_terms).map(|terms| (terms.not_before, terms.not_after))
    }

    /// The role in which the key may sign such a line.
    pub(crate) fn permit(&self, line: &LicenseTerms<'_>, key: &TrustAnchor) -> Result<Role, Error> {
        let what = |reason| match reason {
            Reason::KeyFeature => line.feature.to_string(),
            Reason::KeyProduct => line.udi.map_or("no device".into(), |udi| udi.to_string()),
            _ => format!("issued {}", line.issued),
        };
        self.role_for(
            key,
            |terms| terms.permits(line.feature, line.udi.as_ref(), line.issued),
            what,
        )
    }

    /// The role in which the key may sign what one of its records permits; `what` says what is refused.
    pub(crate) fn role_for(
        &self,
        key: &TrustAnchor,
        permits: impl Fn(&KeyTerms<'_>) -> Result<(), Reason>,
        what: impl Fn(Reason) -> String,
    ) -> Result<Role, Error> {
        let mut refusal = Error::NotDelegated { key: key.id, names: self.names() };
        for terms in self.of(key).filter_map(key_terms) {
            match permits(&terms) {
                Ok(()) => return Ok(terms.role),
                Err(reason) => {
                    let limit = match reason {
                        Reason::KeyFeature if terms.features.is_empty() => String::new(),
                        Reason::KeyFeature => {
                            format!("names that begin with {}", terms.features.text())
                        }
                        Reason::KeyProduct => format!("PIDs {}", terms.pids.text()),
                        _ => format!("days from {} to {}", terms.not_before, terms.not_after),
                    };
                    let what = what(reason);
                    let detail = match limit.as_str() {
                        "" => what,
                        limit => format!("{what} is not within its {limit}"),
                    };
                    refusal = Error::OutsideDelegation { reason, detail };
                }
            }
        }
        Err(refusal)
    }
}

fn key_terms(issued: &Issued) -> Option<KeyTerms<'_>> {
    key_record(issued).map(|record| *record.terms())
}

fn key_record(issued: &Issued) -> Option<Signed<'_, KeyTerms<'_>>> {
    match Records::new(issued.text.as_bytes()).next()?.record.ok()? {
        Record::Key(record) => Some(record),
        _ => None,
    }
}
