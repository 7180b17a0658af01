//! The rules of a catalog, checked by the compiler of the firmware.

use crate::catalog::{Feature, FeatureKind};
use crate::limits::{MAX_COUNT, MAX_FEATURE_LEN, MAX_FEATURES, MAX_VALUE_LEN};
use crate::value::feature::RESERVED;

/// The rule of a catalog that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatalogError {
    /// More than `MAX_FEATURES` entries.
    TooManyFeatures,
    /// A name that no license line can have.
    BadName,
    /// Two entries with one name.
    DuplicateName,
    /// `including` names an entry that is not in the table.
    UnknownInclude,
    /// An entry includes itself.
    IncludesItself,
    /// A level in the list of another one; ranks say what contains what.
    IncludesLevel,
    /// Two levels of one package with one rank.
    DuplicateRank,
    /// A package without a level of rank 0, to which a device can fall back.
    NoBaseLevel,
    /// The base level has a trial or an agreement, but it needs no license.
    BaseIsLicensed,
    /// A counted level.
    CountedLevel,
    /// A maximum of 0, or more than a line can grant.
    BadMaximum,
    /// An agreement name that no license line can have.
    BadEula,
    /// A trial that is longer than a line can grant.
    BadTrial,
}

impl CatalogError {
    /// What is wrong.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::TooManyFeatures => "the catalog has too many features",
            Self::BadName => {
                "a feature name must have 1 to 64 letters, digits, '.', '_' or '-', and be no keyword of records"
            }
            Self::DuplicateName => "two features of the catalog have the same name",
            Self::UnknownInclude => "a feature includes a name that is not in the catalog",
            Self::IncludesItself => "a feature includes itself",
            Self::IncludesLevel => "a feature includes a level; give the levels ranks instead",
            Self::DuplicateRank => "two levels of one package have the same rank",
            Self::NoBaseLevel => "a package has no level of rank 0",
            Self::BaseIsLicensed => "a level of rank 0 needs no license, trial or agreement",
            Self::CountedLevel => "a level cannot be counted",
            Self::BadMaximum => "a counted feature needs a maximum from 1 to 999999999999",
            Self::BadEula => "an agreement name must have 1 to 64 letters, digits, '.', '_' or '-'",
            Self::BadTrial => "a built-in trial must have 1 second to 100 years",
        }
    }
}

impl core::fmt::Display for CatalogError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for CatalogError {}

/// Walks over a table by splitting it, because iterators do not run at compile time.
pub(super) const fn check(features: &[Feature<'_>]) -> Result<(), CatalogError> {
    if features.len() > MAX_FEATURES {
        return Err(CatalogError::TooManyFeatures);
    }
    let mut rest = features;
    while let [feature, later @ ..] = rest {
        if let Err(error) = check_feature(feature, features) {
            return Err(error);
        }
        if find(later, feature.name).is_some() {
            return Err(CatalogError::DuplicateName);
        }
        if let FeatureKind::Level { module, package, rank } = feature.kind
            && has_rank(later, module, package, rank)
        {
            return Err(CatalogError::DuplicateRank);
        }
        rest = later;
    }
    Ok(())
}

const fn check_feature(feature: &Feature<'_>, all: &[Feature<'_>]) -> Result<(), CatalogError> {
    if !is_name(feature.name, MAX_FEATURE_LEN) || is_keyword(feature.name) {
        return Err(CatalogError::BadName);
    }
    if let Some(maximum) = feature.maximum
        && (maximum == 0 || maximum > MAX_COUNT)
    {
        return Err(CatalogError::BadMaximum);
    }
    if let Some(eula) = feature.eula
        && !is_name(eula, MAX_VALUE_LEN)
    {
        return Err(CatalogError::BadEula);
    }
    if let Some(trial) = feature.built_in
        && crate::value::date::Period::from_seconds(trial.usage.seconds()).is_none()
    {
        return Err(CatalogError::BadTrial);
    }
    if let FeatureKind::Level { module, package, rank } = feature.kind {
        if feature.maximum.is_some() {
            return Err(CatalogError::CountedLevel);
        }
        if !has_rank(all, module, package, 0) {
            return Err(CatalogError::NoBaseLevel);
        }
        if rank == 0 && (feature.built_in.is_some() || feature.eula.is_some()) {
            return Err(CatalogError::BaseIsLicensed);
        }
    }
    let mut rest = feature.includes;
    while let [name, later @ ..] = rest {
        if same(name, feature.name) {
            return Err(CatalogError::IncludesItself);
        }
        match find(all, name) {
            None => return Err(CatalogError::UnknownInclude),
            Some(Feature { kind: FeatureKind::Level { .. }, .. }) => {
                return Err(CatalogError::IncludesLevel);
            }
            Some(_) => {}
        }
        rest = later;
    }
    Ok(())
}

const fn find<'t, 'c>(features: &'t [Feature<'c>], name: &str) -> Option<&'t Feature<'c>> {
    let mut rest = features;
    while let [feature, later @ ..] = rest {
        if same(feature.name, name) {
            return Some(feature);
        }
        rest = later;
    }
    None
}

const fn has_rank(features: &[Feature<'_>], module: &str, package: &str, rank: u8) -> bool {
    let mut rest = features;
    while let [feature, later @ ..] = rest {
        if let FeatureKind::Level { module: m, package: p, rank: r } = feature.kind
            && same(m, module)
            && same(p, package)
            && r == rank
        {
            return true;
        }
        rest = later;
    }
    false
}

const fn same(a: &str, b: &str) -> bool {
    same_bytes(a.as_bytes(), b.as_bytes())
}

const fn same_bytes(mut a: &[u8], mut b: &[u8]) -> bool {
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

/// A word that begins a record: no license could name the feature.
const fn is_keyword(name: &str) -> bool {
    let mut rest: &[&[u8]] = &RESERVED;
    while let [word, later @ ..] = rest {
        if same_bytes(word, name.as_bytes()) {
            return true;
        }
        rest = later;
    }
    false
}

const fn is_name(name: &str, longest: usize) -> bool {
    let mut rest = name.as_bytes();
    if rest.len() > longest || !matches!(rest, [first, ..] if first.is_ascii_alphanumeric()) {
        return false;
    }
    while let [byte, later @ ..] = rest {
        if !crate::bytes::text::is_name_byte(*byte) {
            return false;
        }
        rest = later;
    }
    true
}
