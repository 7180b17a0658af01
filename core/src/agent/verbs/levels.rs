//! Image levels: chosen at boot, announced when another one would be chosen next time.

use crate::agent::journal::{self, Group, key};
use crate::agent::memory::FeatureSlot;
use crate::agent::{Agent, Ports, decide};
use crate::catalog::{Feature, FeatureKind};
use crate::event::{Event, EventKind};
use crate::reason::Reason;
use crate::value::feature::FeatureHandle;

impl<P: Ports> Agent<'_, P> {
    /// Asks for a level at the next boot: the highest licensed one up to it is chosen then. Trials
    /// of levels run only if their level is asked for.
    ///
    /// # Errors
    /// [`Reason::UnknownFeature`] if it is no level of the catalog, or what storage reports.
    pub fn request_level(&mut self, level: impl Into<FeatureHandle>) -> Result<(), Reason> {
        let id = level.into();
        let level = self.product.catalog.feature(id).ok_or(Reason::UnknownFeature)?;
        let FeatureKind::Level { .. } = level.kind() else { return Err(Reason::UnknownFeature) };
        let place = self.level_place(id).ok_or(Reason::StorageFull)?;
        let name = level.name().as_bytes();
        let stored = self.journal.store_level(place, name);
        self.level_was_requested(id, Some(id), stored)
    }

    /// The levels asked for, as they are stored: what has failed may have happened.
    fn level_was_requested(
        &mut self,
        id: FeatureHandle,
        requested: Option<FeatureHandle>,
        stored: Result<(), Reason>,
    ) -> Result<(), Reason> {
        if stored.is_err() {
            self.read_levels();
        } else {
            for other in self.product.catalog.package(id) {
                if let Some(slot) = self.features.get_mut(other.index()) {
                    slot.requested = requested == Some(other);
                }
            }
        }
        self.announce_levels();
        stored
    }

    /// Takes the request for a package back: the highest licensed level is chosen at boot.
    ///
    /// # Errors
    /// [`Reason::UnknownFeature`], or what storage reports.
    pub fn request_any_level(&mut self, level: impl Into<FeatureHandle>) -> Result<(), Reason> {
        let id = level.into();
        let place = self.level_place(id).ok_or(Reason::UnknownFeature)?;
        let removed = self.journal.remove(key(Group::Levels, place));
        self.level_was_requested(id, None, removed)
    }

    /// The level that runs in the package of this level.
    #[must_use]
    pub fn booted_level(&self, level: impl Into<FeatureHandle>) -> Option<FeatureHandle> {
        let id = level.into();
        self.product
            .catalog
            .package(id)
            .find(|&level| self.slot(level).is_some_and(|slot| slot.booted))
    }

    /// The level that would run after a boot now.
    #[must_use]
    pub fn next_level(&self, level: impl Into<FeatureHandle>) -> Option<FeatureHandle> {
        let id = level.into();
        let requested = self
            .product
            .catalog
            .package(id)
            .find(|&level| self.slot(level).is_some_and(|slot| slot.requested));
        let highest = requested.and_then(|level| self.rank_of(level)).unwrap_or(u8::MAX);
        self.product
            .catalog
            .package(id)
            .filter(|&level| self.rank_of(level).is_some_and(|rank| rank <= highest))
            .filter(|&level| self.may_boot(level, requested.is_some()))
            .max_by_key(|&level| self.rank_of(level))
    }

    /// At boot, once: every package gets its level.
    pub(in crate::agent) fn choose_levels(&mut self) {
        let is_level = |feature: &Feature<'_>| matches!(feature.kind(), FeatureKind::Level { .. });
        if !self.product.catalog.features().iter().any(is_level) {
            return;
        }
        self.refresh();
        for id in self.product.catalog.ids() {
            let Some(next) = self.next_level(id) else { continue };
            let contained = self.rank_of(id) < self.rank_of(next);
            if let Some(slot) = self.features.get_mut(id.index()) {
                (slot.booted, slot.next, slot.contained) = (next == id, next == id, contained);
            }
        }
    }

    /// Tells once when another level than before would run after the next boot.
    pub(in crate::agent) fn announce_levels(&mut self) {
        for id in self.product.catalog.ids() {
            let next = self.next_level(id) == Some(id);
            let Some(slot) = self.features.get_mut(id.index()) else { continue };
            if next && !slot.next {
                self.events.push(Event {
                    kind: EventKind::NextLevel,
                    uptime: self.now.uptime,
                    feature: Some(id),
                    line: None,
                    value: 0,
                });
            }
            slot.next = next;
        }
    }

    /// Whether a level is licensed; the base level always is.
    fn may_boot(&self, id: FeatureHandle, requested: bool) -> bool {
        if self.rank_of(id) == Some(0) {
            return true;
        }
        let Some(entry) = self.product.catalog.feature(id) else { return false };
        // What waits for a moment may be chosen: it is denied for that moment only.
        let view = decide::View { waits: false, is_kept: true, ..self.view(0) };
        self.lines().filter(|held| held.feature == Some(id)).any(|held| {
            let unasked = held.is_metered() && !requested;
            !unasked
                && !held.has_ended(self.now.uptime)
                && decide::usable(&view, entry, false, held, self.lines).is_ok()
        })
    }

    /// Place of the package's request: packages are counted in the order of their base levels.
    fn level_place(&self, id: FeatureHandle) -> Option<u8> {
        let base =
            self.product.catalog.package(id).find(|&level| self.rank_of(level) == Some(0))?;
        let before = self
            .product
            .catalog
            .ids()
            .filter(|&level| level < base && self.rank_of(level) == Some(0))
            .fold(0_u16, |n, _| n.saturating_add(1));
        u8::try_from(before).ok().filter(|&place| place < journal::MAX_LEVELS)
    }

    fn rank_of(&self, id: FeatureHandle) -> Option<u8> {
        match self.product.catalog.feature(id)?.kind() {
            FeatureKind::Level { rank, .. } => Some(rank),
            FeatureKind::Feature => None,
        }
    }

    pub(in crate::agent) fn slot(&self, id: FeatureHandle) -> Option<&FeatureSlot> {
        self.features.get(id.index())
    }
}
