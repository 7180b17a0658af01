//! Slips: what an order or a flag says that nobody can have meant, or probably nobody.
//!
//! The rules of the format are checked elsewhere: what is found here is well-formed and would be
//! signed. What is surely wrong is refused unless it is allowed by name, the rest is a warning.

mod key;
mod line;
mod names;
mod together;

use std::collections::HashMap;
use std::fmt;

use nodelock::record::{LicenseTerms, RepairTerms};
use nodelock::value::Date;
use nodelock::{KeyId, Reason, Role, TrustAnchor};

use crate::catalog::Product;
use crate::error::Error;
use crate::order::{LicenseSpec, Value, ValueError};
use crate::sign::{DelegationSpec, Delegations};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// What kind of slip it is. The name allows it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SlipKind { $($(#[$doc])* $kind,)+ }

        impl SlipKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// The name by which it is allowed.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }
        }
    };
}

kinds! {
    /// The day of issue is to come.
    FutureIssue = "future-issue",
    /// The day of issue is long ago.
    OldIssue = "old-issue",
    /// The right has ended already.
    Ended = "ended",
    /// The right ends before it is issued.
    EndBeforeIssue = "end-before-issue",
    /// The first day is long before the day of issue, or long after it.
    OddStart = "odd-start",
    /// The right lasts too long or too short.
    OddLength = "odd-length",
    /// A running time that is too long or too short.
    OddUsage = "odd-usage",
    /// More units than anybody sells.
    OddCount = "odd-count",
    /// A version that covers nothing.
    OddVersion = "odd-version",
    /// The id looks like a placeholder.
    OddId = "odd-id",
    /// The serial number looks like a list of devices.
    SerialList = "serial-list",
    /// The UDI has characters, or letters of a case, that UDIs seldom have.
    OddUdi = "odd-udi",
    /// Two names that differ in upper and lower case only.
    SimilarNames = "similar-names",
    /// The line holds on every device.
    EveryDevice = "every-device",
    /// An extension field, which devices ignore, has the name of a field.
    IgnoredField = "ignored-field",
    /// The same line twice.
    Duplicate = "duplicate",
    /// A line that another one makes useless.
    AddsNothing = "adds-nothing",
    /// Additive lines whose units come together.
    AddsUp = "adds-up",
    /// A trial without a license agreement.
    NoAgreement = "no-agreement",
    /// An agreement that the product does not have, or has for something else.
    UnknownAgreement = "unknown-agreement",
    /// A feature that the product does not have.
    UnknownFeature = "unknown-feature",
    /// A product id that is not one of the product's.
    UnknownPid = "unknown-pid",
    /// A signing key that the product does not trust.
    UnknownRoot = "unknown-root",
    /// More units than the product can do.
    AboveMaximum = "above-maximum",
    /// Units of what is not counted, or none of what is.
    NotCounted = "not-counted",
    /// A version below that of the product.
    LowVersion = "low-version",
    /// A license for what needs none.
    NoLicenseNeeded = "no-license-needed",
    /// A delegated key signs, and its `KEY` record is not given.
    NotDelegated = "not-delegated",
    /// The time of the signing key's delegation is over, or has not come.
    DelegationEnded = "delegation-ended",
    /// A delegation for very long.
    LongDelegation = "long-delegation",
    /// A role other than that in the key's file.
    OtherRole = "other-role",
    /// The day of issue is not that of the system's clock.
    OtherDay = "other-day",
    /// Nothing tells whether the signing key is a root.
    UncheckedRoot = "unchecked-root",
    /// A key that no shipped product accepts.
    DevelopmentKey = "development-key",
}

impl Value for SlipKind {
    fn read(text: &str) -> Result<Self, ValueError> {
        Self::ALL.iter().copied().find(|kind| kind.name() == text).ok_or_else(|| {
            let names = Self::ALL.iter().map(|kind| kind.name());
            let near =
                names::nearest(text, names).map_or(String::new(), |near| near.did_you_mean());
            ValueError::new(format!("no slip has this name{near}"))
        })
    }
}

/// Whether a slip is refused or only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Surely wrong.
    Refused,
    /// Probably wrong.
    Warning,
}

/// One slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Its kind.
    pub kind: SlipKind,
    /// Whether it is refused.
    pub severity: Severity,
    /// Where it was first found; empty for flags.
    pub place: String,
    /// What is wrong, and with what.
    pub what: String,
    /// How often it was found.
    pub times: usize,
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.what)?;
        match self.times {
            0 | 1 => {}
            2 => f.write_str(" (and in one more line)")?,
            times => write!(f, " (and in {} more lines)", times - 1)?,
        }
        match self.severity {
            Severity::Refused => write!(f, "; if it is meant: --allow {}", self.kind.name()),
            Severity::Warning => write!(f, " [{}]", self.kind.name()),
        }
    }
}

/// Of one kind, more are counted and not described.
const MAX_OF_A_KIND: usize = 20;

/// Looks for slips in the lines of an order, one after another, or in another record that shall be
/// signed.
pub struct SlipCheck<'c> {
    today: Date,
    /// Of lines that do not say it.
    issued: Date,
    product: Option<&'c Product>,
    allowed: Vec<SlipKind>,
    found: Vec<Slip>,
    /// Where a slip stands in `found`.
    places: HashMap<(SlipKind, String), usize>,
    many: HashMap<SlipKind, usize>,
    together: together::Together,
}

impl<'c> SlipCheck<'c> {
    /// A check on this day. What is allowed is not looked for.
    #[must_use]
    pub fn new(today: Date, product: Option<&'c Product>, allowed: &[SlipKind]) -> Self {
        Self {
            today,
            issued: today,
            product,
            allowed: allowed.to_vec(),
            found: Vec::new(),
            places: HashMap::new(),
            many: HashMap::new(),
            together: together::Together::default(),
        }
    }

    /// Takes another day than today for the day of issue of lines that say none. `source` is what says so,
    /// which may have been forgotten there.
    pub fn day_of_issue(&mut self, day: Date, source: &str) {
        self.issued = day;
        let today = self.today;
        if day.days().abs_diff(today.days()) > 1 {
            let text = format!("{source} makes {day} the day of issue, and today is {today} (UTC)");
            self.warn(SlipKind::OtherDay, "", text);
        }
    }

    /// Looks at every line that a spec makes.
    ///
    /// # Errors
    /// Those of [`LicenseSpec::check`].
    pub fn spec(&mut self, spec: &LicenseSpec) -> Result<(), Error> {
        spec.each(self.issued, |terms| {
            self.line(terms, &spec.place);
            Ok(())
        })
    }

    /// Looks at a license line, and at what it does together with those before it.
    pub fn line(&mut self, terms: &LicenseTerms<'_>, place: &str) {
        line::check(self, terms, place);
        names::check(self, terms, place);
        together::check(self, terms, place);
    }

    /// Looks at a `REPAIR` record.
    pub fn repair(&mut self, terms: &RepairTerms<'_>) {
        line::issued(self, terms.issued, "");
        line::udi(self, &terms.udi, "");
        names::pid(self, terms.udi.pid().as_str(), "");
    }

    /// Looks at a `KEY` record; `file_role` is the role in the file of the key.
    pub fn delegation(&mut self, spec: &DelegationSpec, file_role: Option<Role>) {
        key::delegation(self, spec, file_role);
    }

    /// Looks at what a root delegates to: `file_role` is the role in the file of the key.
    pub fn delegated(&mut self, root: &TrustAnchor, file_role: Option<Role>) {
        key::development(self, root, file_role);
    }

    /// Looks at the key that shall delegate. `found` is a file that was seen to delegate to it.
    pub fn root(&mut self, anchor: &TrustAnchor, found: Option<&str>) {
        key::root(self, anchor, found);
    }

    /// Looks at the key that shall sign. `found` is a file that was seen to delegate to it, where no
    /// delegation was given.
    pub fn signer(
        &mut self,
        anchor: &TrustAnchor,
        delegations: Option<&Delegations>,
        found: Option<&str>,
    ) {
        key::signer(self, anchor, delegations, found);
    }

    /// Looks at the signatures of a delegation, by the public keys that are at hand.
    pub fn delegation_signatures(
        &mut self,
        anchor: &TrustAnchor,
        delegations: &Delegations,
        known: &[TrustAnchor],
    ) {
        for (signer, matches) in delegations.signatures(anchor, known) {
            match matches {
                Some(true) => {}
                Some(false) => {
                    let text = format!(
                        "the KEY record for {}, signed by {signer}: {}; no device accepts it: take it again from the \
                         file that nodelock delegate has written",
                        anchor.id,
                        Reason::SignatureMismatch
                    );
                    self.refuse(SlipKind::NotDelegated, "", text);
                }
                None => {
                    let text = format!(
                        "the public key of {signer} is not beside the KEY record, so its signature was not checked; \
                         nodelock inspect with --trust does"
                    );
                    self.warn(SlipKind::UncheckedRoot, "", text);
                }
            }
        }
    }

    /// What was found, in the order of the kinds.
    ///
    /// # Errors
    /// [`Error::Slips`] with what is refused.
    pub fn finish(mut self) -> Result<Vec<Slip>, Error> {
        for (&kind, &more) in &self.many {
            if let Some(last) = self.found.iter_mut().rfind(|slip| slip.kind == kind) {
                last.what.push_str(&format!(", and {more} more of this kind"));
            }
        }
        let (refused, warnings): (Vec<_>, Vec<_>) =
            self.found.into_iter().partition(|slip| slip.severity == Severity::Refused);
        if refused.is_empty() { Ok(warnings) } else { Err(Error::Slips(refused)) }
    }

    fn refuse(&mut self, kind: SlipKind, place: &str, what: String) {
        self.add(kind, Severity::Refused, place, what);
    }

    fn warn(&mut self, kind: SlipKind, place: &str, what: String) {
        self.add(kind, Severity::Warning, place, what);
    }

    fn add(&mut self, kind: SlipKind, severity: Severity, place: &str, what: String) {
        if self.allowed.contains(&kind) {
            return;
        }
        if let Some(slip) =
            self.places.get(&(kind, what.clone())).and_then(|&at| self.found.get_mut(at))
        {
            slip.times += 1;
            return;
        }
        if self.found.iter().filter(|slip| slip.kind == kind).count() >= MAX_OF_A_KIND {
            *self.many.entry(kind).or_default() += 1;
            return;
        }
        self.places.insert((kind, what.clone()), self.found.len());
        self.found.push(Slip { kind, severity, place: place.to_owned(), what, times: 1 });
    }
}

/// Key ids for a message.
fn listed(ids: &[KeyId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
