//! What the device is entitled to: slots that hold rights, and the verdict for a feature.

use crate::reason::Reason;
use crate::rights::answer::Answer;
use crate::rights::right::{Right, Slot};
use crate::rights::verdict::{Decision, Verdict};
use crate::trust::BoundLine;
use crate::value::feature::FeatureRequest;
use crate::value::license::LineId;

/// The rights of a device, in memory that the caller gives. One line takes one [`Slot`].
///
/// ```
/// # #[cfg(feature = "p256")] {
/// use nodelock::rights::{Entitlements, Slot, Verdict};
/// use nodelock::value::FeatureRequest;
/// let mut slots = [Slot::EMPTY; 8];
/// let rights = Entitlements::new(&mut slots);
/// let request = FeatureRequest::parse(b"routing").unwrap();
/// assert!(matches!(rights.check(&request), Verdict::Denied(_)));
/// # }
/// ```
#[derive(Debug)]
pub struct Entitlements<'s> {
    slots: &'s mut [Slot],
}

impl<'s> Entitlements<'s> {
    /// Works on these slots and on what is in them already.
    pub fn new(slots: &'s mut [Slot]) -> Self {
        Self { slots }
    }

    /// Takes a line in.
    ///
    /// # Errors
    /// [`Reason::AlreadyInstalled`], [`Reason::ConflictingId`], [`Reason::SlotsFull`]; nothing is
    /// changed then.
    pub fn install(&mut self, line: &BoundLine<'_>) -> Result<(), Reason> {
        // In the form of a slot: moved out of an option and into another, it would be copied twice.
        let new = Slot::new(line);
        let right = new.right().ok_or(Reason::BadFeature)?;
        if let Some(known) = self.with_id(right.id()) {
            let same = known == right;
            return Err(if same { Reason::AlreadyInstalled } else { Reason::ConflictingId });
        }
        let free = self.slots.iter_mut().find(|slot| slot.right().is_none());
        *free.ok_or(Reason::SlotsFull)? = new;
        Ok(())
    }

    /// The same rights, read only.
    #[must_use]
    pub const fn view(&self) -> RightsView<'_> {
        RightsView { slots: self.slots }
    }

    /// May this run? A value, never an error: what is not granted is denied.
    pub fn check(&self, request: &FeatureRequest<'_>) -> Verdict {
        self.view().check(request)
    }

    /// The verdict with the fact that decided and what to do, for people.
    #[must_use]
    pub fn answer(&self, request: &FeatureRequest<'_>) -> Answer<'static> {
        self.view().answer(request)
    }

    /// The rights for the requested feature, each with the reason why it alone does not help, if
    /// there is one.
    pub fn explain<'q>(
        &'q self,
        request: &'q FeatureRequest<'q>,
    ) -> impl Iterator<Item = (&'q Right, Result<(), Reason>)> {
        self.view().explain(request)
    }

    /// All rights, in the order of installation.
    pub fn rights(&self) -> impl Iterator<Item = &Right> {
        self.view().rights()
    }

    /// The right that was installed from the line with this id.
    #[must_use]
    pub fn with_id(&self, id: LineId) -> Option<&Right> {
        self.rights().find(|right| right.id() == id)
    }
}

/// The rights of a device, read only, so that several readers may look at once.
#[derive(Debug, Clone, Copy)]
pub struct RightsView<'s> {
    slots: &'s [Slot],
}

impl<'s> RightsView<'s> {
    /// Reads what is in these slots.
    #[must_use]
    pub const fn new(slots: &'s [Slot]) -> Self {
        Self { slots }
    }

    /// See [`Entitlements::check`].
    pub fn check(self, request: &FeatureRequest<'_>) -> Verdict {
        let mut decision = Decision::new(request);
        for right in self.rights_for(request) {
            decision.consider(right);
        }
        decision.verdict()
    }

    /// See [`Entitlements::answer`].
    #[must_use]
    pub fn answer(self, request: &FeatureRequest<'_>) -> Answer<'static> {
        Answer::of_check(self.check(request), request)
    }

    /// See [`Entitlements::explain`].
    pub fn explain<'q>(
        self,
        request: &'q FeatureRequest<'q>,
    ) -> impl Iterator<Item = (&'s Right, Result<(), Reason>)> + use<'s, 'q> {
        self.rights_for(request).map(move |right| {
            let outdone = || {
                let mut before = true;
                self.rights_for(request).any(|other| {
                    let itself = other.id() == right.id();
                    before &= !itself;
                    !itself && other.outdoes(right, before)
                })
            };
            let alone = right.alone(request);
            let why = match alone {
                Err(Reason::CountTooLow) if outdone() => Err(Reason::AddsNothing),
                other => other,
            };
            (right, why)
        })
    }

    /// See [`Entitlements::rights`].
    pub fn rights(self) -> impl Iterator<Item = &'s Right> + use<'s> {
        self.slots.iter().filter_map(Slot::right)
    }

    fn rights_for<'q>(
        self,
        request: &'q FeatureRequest<'q>,
    ) -> impl Iterator<Item = &'s Right> + use<'s, 'q> {
        self.rights().filter(|right| right.feature() == request.feature.as_bytes())
    }
}
