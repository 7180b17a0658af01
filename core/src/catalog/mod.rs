//! The product catalog: which features a firmware has, and what their licenses must do.
//!
//! A catalog is a `const` table of the firmware. [`catalog!`](macro@crate::catalog) checks it when the
//! firmware is compiled and names the rule that is broken.
//!
//! ```
//! use nodelock::Feature;
//! use nodelock::catalog::{BuiltIn, Catalog};
//!
//! const CATALOG: Catalog<'static> = nodelock::catalog!(&[
//!     Feature::level("router", "technology", 0, "ipbase"),
//!     Feature::level("router", "technology", 1, "security").including(&["vpn"]),
//!     Feature::level("router", "technology", 2, "enterprise").including(&["voice"]),
//!     Feature::new("vpn"),
//!     Feature::new("voice").counted(500).eula("voice-2026").built_in(BuiltIn::days(60)),
//! ]);
//!
//! let voice = CATALOG.find(b"voice").unwrap();
//! assert!(CATALOG.provides(CATALOG.find(b"enterprise").unwrap(), voice));
//! ```

mod validate;

pub use validate::CatalogError;

use crate::value::date::Period;
use crate::value::feature::{FeatureHandle, Version};
use crate::value::license::ExpiryPolicy;
use crate::value::time::DAY;

/// Which features a firmware has. Checked when made, so that nothing has to be checked later.
#[derive(Debug, Clone, Copy)]
pub struct Catalog<'c> {
    features: &'c [Feature<'c>],
}

/// One feature, or one level of an image.
#[derive(Debug, Clone, Copy)]
pub struct Feature<'c> {
    pub(crate) name: &'c str,
    pub(crate) kind: FeatureKind<'c>,
    pub(crate) includes: &'c [&'c str],
    pub(crate) version: Option<Version>,
    pub(crate) maximum: Option<u64>,
    pub(crate) eula: Option<&'c str>,
    pub(crate) built_in: Option<BuiltIn>,
    pub(crate) enforcement: Enforcement,
    pub(crate) at_expiry: ExpiryPolicy,
}

/// Whether it can be switched on at any time, or is chosen at boot.
#[derive(Debug, Clone, Copy)]
pub enum FeatureKind<'c> {
    /// A feature, checked whenever it wants to run.
    Feature,
    /// A level of the image: the highest one that is licensed and asked for is chosen at boot, for
    /// each technology package of each module.
    Level {
        /// The part of the device, e.g. a line card.
        module: &'c str,
        /// The technology package.
        package: &'c str,
        /// A higher rank contains the lower ones; rank 0 is the base and needs no license.
        rank: u8,
    },
}

/// What happens when more is used than is licensed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Enforcement {
    /// It is refused.
    #[default]
    Enforced,
    /// It is allowed and counted as a violation.
    HonourBased,
}

/// A trial that is part of the firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Running time.
    pub usage: Period,
    /// Whether it turns into a right to use at its end.
    pub becomes_right_to_use: bool,
}

impl BuiltIn {
    /// A trial of so many days of use; 0 counts as 1.
    #[must_use]
    pub const fn days(days: u16) -> Self {
        let days = if days == 0 { 1 } else { days as u64 };
        Self { usage: Period::literal(days.wrapping_mul(DAY)), becomes_right_to_use: false }
    }

    /// The same, turning into a right to use at its end.
    #[must_use]
    pub const fn then_right_to_use(mut self) -> Self {
        self.becomes_right_to_use = true;
        self
    }
}

impl<'c> Feature<'c> {
    /// A feature that is not counted, enforced, without versions, agreement or trial.
    #[must_use]
    pub const fn new(name: &'c str) -> Self {
        Self {
            name,
            kind: FeatureKind::Feature,
            includes: &[],
            version: None,
            maximum: None,
            eula: None,
            built_in: None,
            enforcement: Enforcement::Enforced,
            at_expiry: ExpiryPolicy::UntilReboot,
        }
    }

    /// A level of the image.
    #[must_use]
    pub const fn level(module: &'c str, package: &'c str, rank: u8, name: &'c str) -> Self {
        let mut level = Self::new(name);
        level.kind = FeatureKind::Level { module, package, rank };
        level
    }

    /// What a level contains besides the lower levels of its package.
    #[must_use]
    pub const fn including(mut self, names: &'c [&'c str]) -> Self {
        self.includes = names;
        self
    }

    /// The version that this firmware has of it; a license must cover it.
    #[must_use]
    pub const fn version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// It is counted, and the platform can do so many units.
    #[must_use]
    pub const fn counted(mut self, maximum: u64) -> Self {
        self.maximum = Some(maximum);
        self
    }

    /// Name of the license agreement that must be accepted for trials and rights to use.
    #[must_use]
    pub const fn eula(mut self, name: &'c str) -> Self {
        self.eula = Some(name);
        self
    }

    /// The firmware brings a trial of it.
    #[must_use]
    pub const fn built_in(mut self, trial: BuiltIn) -> Self {
        self.built_in = Some(trial);
        self
    }

    /// What happens when a right to it ends while it runs, unless the license line says something
    /// else.
    #[must_use]
    pub const fn at_expiry(mut self, policy: ExpiryPolicy) -> Self {
        self.at_expiry = policy;
        self
    }

    /// Over-use is allowed and counted as a violation.
    #[must_use]
    pub const fn honour_based(mut self) -> Self {
        self.enforcement = Enforcement::HonourBased;
        self
    }

    /// Whether a right to it can be a right to something else.
    pub(crate) const fn brings_others(&self) -> bool {
        matches!(self.kind, FeatureKind::Level { .. }) || !self.includes.is_empty()
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &'c str {
        self.name
    }

    /// Feature or level.
    #[must_use]
    pub const fn kind(&self) -> FeatureKind<'c> {
        self.kind
    }

    /// What happens when more is used than is licensed.
    #[must_use]
    pub const fn enforcement(&self) -> Enforcement {
        self.enforcement
    }

    /// Name of the license agreement, if there is one.
    #[must_use]
    pub const fn eula_name(&self) -> Option<&'c str> {
        self.eula
    }

    /// Units that the platform can do; `None` if it is not counted.
    #[must_use]
    pub const fn maximum(&self) -> Option<u64> {
        self.maximum
    }
}

impl<'c> Catalog<'c> {
    /// Checks a table.
    ///
    /// # Errors
    /// [`CatalogError`] with the first rule that is broken.
    pub const fn new(features: &'c [Feature<'c>]) -> Result<Self, CatalogError> {
        match validate::check(features) {
            Ok(()) => Ok(Self { features }),
            Err(error) => Err(error),
        }
    }

    /// The features, in the order of the table.
    #[must_use]
    pub const fn features(&self) -> &'c [Feature<'c>] {
        self.features
    }

    /// All handles.
    pub fn ids(&self) -> impl Iterator<Item = FeatureHandle> + use<'c> {
        (0..u16::try_from(self.features.len()).unwrap_or(0)).map(FeatureHandle)
    }

    /// The handle of a feature. Do this once; checks by handle are look-ups.
    #[must_use]
    pub const fn find(&self, name: &[u8]) -> Option<FeatureHandle> {
        let (mut rest, mut index) = (self.features, 0_u16);
        while let Some((feature, others)) = rest.split_first() {
            if is_name(feature.name.as_bytes(), name) {
                return Some(FeatureHandle(index));
            }
            (rest, index) = (others, index.wrapping_add(1));
        }
        None
    }

    /// The handle of the feature at this place of the table, for callers that keep it as a number.
    #[must_use]
    pub fn id(&self, index: usize) -> Option<FeatureHandle> {
        self.features.get(index)?;
        u16::try_from(index).ok().map(FeatureHandle)
    }

    /// The feature of a handle of this catalog.
    #[must_use]
    pub fn feature(&self, id: FeatureHandle) -> Option<&'c Feature<'c>> {
        self.features.get(id.index())
    }

    /// The levels of the package that a level belongs to, with itself; none for a feature.
    pub fn package(&self, id: FeatureHandle) -> impl Iterator<Item = FeatureHandle> + use<'c> {
        let catalog = *self;
        let kind = catalog.feature(id).map(Feature::kind);
        catalog.ids().filter(move |&other| {
            match (kind, catalog.feature(other).map(Feature::kind)) {
                (
                    Some(FeatureKind::Level { module: m1, package: p1, .. }),
                    Some(FeatureKind::Level { module: m2, package: p2, .. }),
                ) => m1 == m2 && p1 == p2,
                _ => false,
            }
        })
    }

    /// Whether a right to one feature is a right to another one: the same one, a lower level of
    /// its package, or what one of these includes.
    #[must_use]
    pub fn provides(&self, right: FeatureHandle, wanted: FeatureHandle) -> bool {
        let (Some(right), Some(wanted)) = (self.feature(right), self.feature(wanted)) else {
            return false;
        };
        self.features
            .iter()
            .filter(|held| contains_level(right, held))
            .any(|held| held.name == wanted.name || held.includes.contains(&wanted.name))
    }
}

/// In a `const`, slices cannot be compared with `==`.
const fn is_name(own: &[u8], name: &[u8]) -> bool {
    // Names of one product begin alike; the last byte first spares most of the comparisons.
    let (mut own, mut name) = (own, name);
    loop {
        match (own.split_last(), name.split_last()) {
            (None, None) => return true,
            (Some((&a, rest)), Some((&b, other))) if a == b => (own, name) = (rest, other),
            _ => return false,
        }
    }
}

/// Whether a right to one entry is also one to another by name or rank.
fn contains_level(right: &Feature<'_>, other: &Feature<'_>) -> bool {
    match (right.kind, other.kind) {
        (
            FeatureKind::Level { module: m1, package: p1, rank: r1 },
            FeatureKind::Level { module: m2, package: p2, rank: r2 },
        ) => m1 == m2 && p1 == p2 && r2 <= r1,
        _ => right.name == other.name,
    }
}

/// Makes a [`Catalog`] in a `const`, so that a broken rule is an error of the compiler: from a table,
/// or as an enum whose values are handles.
///
/// ```
/// use nodelock::{Feature, FeatureHandle};
/// nodelock::catalog! {
///     /// What this firmware licenses.
///     pub enum Licensed {
///         /// Voice calls, counted.
///         Voice = Feature::new("voice").counted(500),
///         Vpn = Feature::new("vpn"),
///     }
/// }
/// assert_eq!(Licensed::CATALOG.find(b"vpn"), Some(Licensed::Vpn.handle()));
/// assert_eq!(FeatureHandle::from(Licensed::Voice), FeatureHandle::at(0));
/// static GATES: nodelock::Gates<{ Licensed::COUNT }> = nodelock::Gates::new();
/// assert_eq!(Licensed::of(Licensed::Vpn.handle()), Some(Licensed::Vpn));
/// ```
#[macro_export]
macro_rules! catalog {
    (
        $(#[$attribute:meta])*
        $visible:vis enum $licensed:ident {
            $($(#[$doc:meta])* $name:ident = $feature:expr),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        $visible enum $licensed {
            $($(#[$doc])* $name),+
        }

        impl $licensed {
            /// The catalog of these features.
            $visible const CATALOG: $crate::catalog::Catalog<'static> = $crate::catalog!(&[$($feature),+]);
            /// All of them, in the order of the catalog.
            $visible const ALL: &'static [Self] = &[$(Self::$name),+];
            /// How many: for the memory and the gates of an agent.
            $visible const COUNT: usize = Self::ALL.len();

            /// The handle, which takes no look-up.
            #[must_use]
            $visible const fn handle(self) -> $crate::FeatureHandle {
                $crate::FeatureHandle::at(self as u16)
            }

            /// The feature of a handle, for instance of an event.
            #[must_use]
            $visible fn of(handle: $crate::FeatureHandle) -> Option<Self> {
                Self::ALL.get(handle.index()).copied()
            }
        }

        impl From<$licensed> for $crate::FeatureHandle {
            fn from(feature: $licensed) -> Self {
                feature.handle()
            }
        }
    };
    ($features:expr) => {
        const {
            const FEATURES: &[$crate::Feature<'static>] = $features;
            match $crate::catalog::Catalog::new(FEATURES) {
                Ok(catalog) => catalog,
                Err(error) => panic!("{}", error.text()),
            }
        }
    };
}

#[cfg(test)]
mod tests;
