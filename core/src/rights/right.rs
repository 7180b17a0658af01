//! [`Right`]: what stays in memory of an installed line.

use crate::limits::MAX_FEATURE_LEN;
use crate::reason::Reason;
use crate::trust::BoundLine;
use crate::value::date::{Date, Period};
use crate::value::feature::{FeatureRequest, Version};
use crate::value::license::{Combine, Count, ExpiryPolicy, LicenseType, LineId};
use crate::value::ticket::TicketDigest;

/// What a bound line grants, without what was needed only to trust it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Right {
    name: [u8; MAX_FEATURE_LEN],
    name_len: u8,
    member: Option<u8>,
    license_type: LicenseType,
    combine: Combine,
    expiry: ExpiryPolicy,
    id: LineId,
    version: Version,
    issued: Date,
    start: Option<Date>,
    end: Option<Date>,
    usage: Option<Period>,
    /// The ticket that must be applied first.
    needs: Option<TicketDigest>,
    /// Or [`UNCOUNTED`].
    units: u64,
}

/// More units than a line can have; no units are none.
const UNCOUNTED: u64 = u64::MAX;

impl Right {
    /// `None` only if the name did not fit, which the parser has ruled out.
    pub(crate) fn new(line: &BoundLine<'_>) -> Option<Self> {
        let terms = line.terms();
        let (name, name_len) = name_of(terms.feature.as_bytes())?;
        Some(Self {
            name,
            name_len,
            member: line.member(),
            license_type: terms.license_type,
            combine: terms.combine,
            expiry: terms.expiry,
            id: terms.id,
            version: terms.version,
            issued: terms.issued,
            start: terms.start,
            end: terms.end,
            usage: terms.usage,
            needs: terms.needs,
            units: match terms.count {
                Count::Uncounted => UNCOUNTED,
                Count::Units(units) => units,
            },
        })
    }

    /// A trial that is part of the firmware. `None` if the name is too long for a line, which the
    /// catalog has ruled out.
    pub(crate) fn built_in(
        feature: &[u8],
        id: LineId,
        usage: Period,
        becomes_rtu: bool,
    ) -> Option<Self> {
        let (name, name_len) = name_of(feature)?;
        Some(Self {
            name,
            name_len,
            member: None,
            license_type: if becomes_rtu {
                LicenseType::EvaluationRightToUse
            } else {
                LicenseType::Evaluation
            },
            combine: Combine::Exclusive,
            expiry: ExpiryPolicy::UntilReboot,
            id,
            version: Version::from_parts([u16::MAX; 4]),
            issued: Date::EPOCH,
            start: None,
            end: None,
            usage: Some(usage),
            needs: None,
            units: UNCOUNTED,
        })
    }

    /// Name of the feature.
    #[must_use]
    pub fn feature(&self) -> &[u8] {
        self.name.get(..usize::from(self.name_len)).unwrap_or_default()
    }

    /// The member of the stack that it is locked to, counted from 0; `None` if it is not locked.
    #[must_use]
    pub const fn member(&self) -> Option<u8> {
        self.member
    }

    /// The type.
    #[must_use]
    pub const fn license_type(&self) -> LicenseType {
        self.license_type
    }

    /// Id of the line.
    #[must_use]
    pub const fn id(&self) -> LineId {
        self.id
    }

    /// The highest version that it covers.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Units.
    #[must_use]
    pub const fn count(&self) -> Count {
        match self.units {
            UNCOUNTED => Count::Uncounted,
            units => Count::Units(units),
        }
    }

    /// How its units go together with those of other lines.
    #[must_use]
    pub const fn combine(&self) -> Combine {
        self.combine
    }

    /// What happens at its end.
    #[must_use]
    pub const fn expiry(&self) -> ExpiryPolicy {
        self.expiry
    }

    /// Day of issue.
    #[must_use]
    pub const fn issued(&self) -> Date {
        self.issued
    }

    /// First day, of dated types.
    #[must_use]
    pub const fn start(&self) -> Option<Date> {
        self.start
    }

    /// Last day, of dated types.
    #[must_use]
    pub const fn end(&self) -> Option<Date> {
        self.end
    }

    /// Running time, of metered types.
    #[must_use]
    pub const fn usage(&self) -> Option<Period> {
        self.usage
    }

    /// The ticket that must be applied before it grants anything, if it depends on one.
    #[must_use]
    pub const fn needs(&self) -> Option<TicketDigest> {
        self.needs
    }

    /// Whether the other one is this one without its condition: the final line for one that waits.
    pub(crate) fn is_finally(&self, other: &Self) -> bool {
        self.needs.is_some()
            && Self { needs: None, issued: other.issued, usage: other.usage, ..*self } == *other
    }

    /// Whether this right takes part in the decision on a request for its feature at all.
    pub(crate) fn applies(&self, request: &FeatureRequest<'_>) -> Result<(), Reason> {
        if self.license_type != LicenseType::Permanent || self.needs.is_some() {
            return Err(Reason::NeedsAgent);
        }
        request.is_within(self.version)
    }

    /// Whether it grants the request without the help of others.
    pub(crate) fn alone(&self, request: &FeatureRequest<'_>) -> Result<(), Reason> {
        self.applies(request)?;
        match self.count() {
            Count::Units(units) if units < request.count => Err(Reason::CountTooLow),
            _ => Ok(()),
        }
    }

    /// Whether it gives as many units as another one.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (self.count(), other.count()) {
            (Count::Uncounted, _) => true,
            (Count::Units(own), Count::Units(theirs)) => own >= theirs,
            (Count::Units(_), Count::Uncounted) => false,
        }
    }

    /// Whether the other one adds no units beside this one; of equal ones the `first` counts. Only of
    /// permanent rights, whose units do not come and go with time.
    pub(crate) fn outdoes(&self, other: &Self, first: bool) -> bool {
        let permanent = |right: &Self| right.license_type() == LicenseType::Permanent;
        let exclusive = |right: &Self| right.combine() == Combine::Exclusive;
        if !permanent(self) || !permanent(other) || self.version() < other.version() {
            return false;
        }
        match (self.count(), other.count()) {
            (Count::Uncounted, Count::Units(_)) => true,
            (Count::Units(own), Count::Units(theirs)) if exclusive(self) && exclusive(other) => {
                own > theirs || own == theirs && first
            }
            _ => false,
        }
    }
}

/// A name in the form in which it is kept; `None` if it is longer than any feature's.
fn name_of(text: &[u8]) -> Option<([u8; MAX_FEATURE_LEN], u8)> {
    let mut name = [0; MAX_FEATURE_LEN];
    for (to, from) in name.get_mut(..text.len())?.iter_mut().zip(text) {
        *to = *from;
    }
    Some((name, u8::try_from(text.len()).ok()?))
}

/// Room for one right. Opaque; a firmware writes `[Slot::EMPTY; 8]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slot(Option<Right>);

impl Slot {
    /// Nothing in it.
    pub const EMPTY: Self = Self(None);

    /// Holding what the line grants.
    pub(super) fn new(line: &BoundLine<'_>) -> Self {
        Self(Right::new(line))
    }

    pub(crate) const fn right(&self) -> Option<&Right> {
        self.0.as_ref()
    }
}
