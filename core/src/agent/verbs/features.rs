//! Using features: check, acquire and release, activate and deactivate.

use crate::agent::memory::{AgentLine, ByOperator, LineState, denied};
use crate::agent::{Agent, Ports, decide, memory};
use crate::calendar::Dated;
use crate::catalog::{Enforcement, FeatureKind};
use crate::lease::{Lease, LeaseOut, LeaseToken};
use crate::reason::Reason;
use crate::rights::{Denial, Grant, Verdict};
use crate::value::date::Date;
use crate::value::feature::FeatureHandle;
use crate::value::license::Count;
use crate::value::time::{Now, UnixTime};

impl<'a, P: Ports> Agent<'a, P> {
    /// May this feature run? A look-up: no hash, no storage. Metered and right-to-use licenses say
    /// yes only while the feature is activated or acquired.
    pub fn check(&self, feature: impl Into<FeatureHandle>, uptime: u64) -> Verdict {
        let id = feature.into();
        match self.features.get(id.index()) {
            Some(slot) if uptime < slot.valid_until => slot.verdict(),
            Some(_) => denied(Reason::TickOverdue),
            None => denied(Reason::UnknownFeature),
        }
    }

    /// The [code](Verdict::to_code) of [`check`](Self::check), without the rest of the answer: the
    /// fastest way to ask.
    #[must_use]
    #[inline(always)]
    pub fn check_code(&self, feature: impl Into<FeatureHandle>, uptime: u64) -> u32 {
        let id = feature.into();
        match self.features.get(id.index()) {
            Some(slot) if uptime < slot.valid_until => slot.number,
            Some(_) => no_answer(true),
            None => no_answer(false),
        }
    }

    /// The same by name, for callers that did not keep the handle: a look-up in an index of names.
    pub fn check_name(&self, name: &[u8], uptime: u64) -> Verdict {
        match self.find(name) {
            Some(id) => self.check(id, uptime),
            None => denied(Reason::UnknownFeature),
        }
    }

    /// The handle of a feature, by its name.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<FeatureHandle> {
        memory::find(self.product.catalog, self.features, name)
    }

    /// Takes units of a feature for an owner, until they are released or the device reboots.
    ///
    /// # Errors
    /// The denial. Nothing is taken then, and no time was charged that is not kept for the next
    /// use.
    pub fn acquire(
        &mut self,
        feature: impl Into<FeatureHandle>,
        units: u64,
        owner: u32,
        now: Now,
    ) -> Result<LeaseToken, Denial> {
        self.acquire_units(feature.into(), units, owner, now)
    }

    fn acquire_units(
        &mut self,
        id: FeatureHandle,
        units: u64,
        owner: u32,
        now: Now,
    ) -> Result<LeaseToken, Denial> {
        let units = units.max(1);
        let deny = |reason| Denial::new(reason, units);
        self.retry();
        self.tick(now);
        let feature = self.product.catalog.feature(id).ok_or(deny(Reason::UnknownFeature))?;
        if matches!(feature.kind(), FeatureKind::Level { .. }) {
            return Err(match self.check(id, self.now.uptime) {
                Verdict::Denied(denial) => Denial { needed: units, ..denial },
                Verdict::Granted(_) => deny(Reason::NotAcquirable),
            });
        }
        let before = self.leases.in_use(id.0);
        let token = self.leases.take(id.0, units, owner).map_err(deny)?;
        self.update();
        let verdict = self.check(id, self.now.uptime);
        let refusal = match verdict {
            Verdict::Denied(denial) => Some(Denial { needed: units, ..denial }),
            Verdict::Granted(grant) => self.over_use(id, &grant, before.saturating_add(units)),
        };
        if let Some(denial) = refusal {
            let _ = self.leases.release(token, owner);
            self.update();
            self.finish_update();
            return Err(denial);
        }
        self.finish_update();
        Ok(token)
    }

    /// The same as a guard that gives the units back when it is dropped; the agent notices at its
    /// next call.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire).
    pub fn lease(
        &mut self,
        feature: impl Into<FeatureHandle>,
        units: u64,
        owner: u32,
        now: Now,
    ) -> Result<Lease<'a>, Denial> {
        let token = self.acquire_units(feature.into(), units, owner, now)?;
        self.leases.guard(token).map_err(|reason| Denial::new(reason, units))
    }

    /// Gives units back.
    ///
    /// # Errors
    /// [`Reason::NoSuchLease`] for a token that was released before, or is another owner's.
    pub fn release(&mut self, token: LeaseToken, owner: u32, now: Now) -> Result<(), Reason> {
        // Time up to now is charged while the lease is still out.
        self.tick(now);
        self.leases.release(token, owner)?;
        self.update();
        self.finish_update();
        Ok(())
    }

    /// The leases that are out: who has which units. Its subject is the place of a feature in the catalog, which
    /// [`FeatureHandle::at`] takes.
    ///
    /// ```no_run
    /// # fn show<P: nodelock::agent::Ports>(agent: &nodelock::Agent<'_, P>) {
    /// for lease in agent.leases() {
    ///     let feature = agent.catalog().feature(nodelock::FeatureHandle::at(lease.subject));
    ///     println!("{:?}: {} units, owner {}", feature.map(|f| f.name()), lease.units, lease.owner);
    /// }
    /// # }
    /// ```
    pub fn leases(&self) -> impl Iterator<Item = LeaseOut> + use<'_, 'a, P> {
        self.leases.out()
    }

    /// Units of a feature that are in use.
    #[must_use]
    pub fn in_use(&self, feature: impl Into<FeatureHandle>) -> u64 {
        let id = feature.into();
        self.leases.in_use(id.0)
    }

    /// Units in use beyond what is licensed: of an honour-based feature as many as its users take, of
    /// an enforced one those whose right has ended while their leases are out.
    #[must_use]
    pub fn violation(&self, feature: impl Into<FeatureHandle>) -> u64 {
        let id = feature.into();
        match self.slot(id).map(|slot| slot.licensed()) {
            Some(Count::Units(licensed)) => self.in_use(id).saturating_sub(licensed),
            _ => 0,
        }
    }

    /// Switches a feature on until it is deactivated. Of right-to-use licenses this is remembered
    /// over reboots.
    ///
    /// # Errors
    /// The denial, and the feature is activated then as it was before.
    pub fn activate(&mut self, feature: impl Into<FeatureHandle>, now: Now) -> Result<(), Denial> {
        let id = feature.into();
        self.retry();
        self.tick(now);
        let kept = self.keep_activation(id, true);
        let mut before = false;
        if let Some(slot) = self.features.get_mut(id.index()) {
            before = core::mem::replace(&mut slot.activated, true);
        }
        self.update();
        let failure = match (kept, self.check(id, self.now.uptime)) {
            (Err(reason), _) => Some(reason),
            (_, Verdict::Denied(denial)) => Some(denial.reason),
            _ => None,
        };
        let Some(reason) = failure else {
            self.finish_update();
            return Ok(());
        };
        if let Some(slot) = self.features.get_mut(id.index()) {
            slot.activated = before;
        }
        if kept == Ok(true) {
            // Nobody may find it activated after a reboot; a storage that fails now is an event.
            let undone = self.keep_activation(id, false);
            self.storage_failed(undone.map(|_| ()));
        }
        self.update();
        self.finish_update();
        Err(Denial::new(reason, 1))
    }

    /// Switches a feature off.
    ///
    /// # Errors
    /// What storage reports when a right to use is to be forgotten; the feature is off then all
    /// the same, until the next boot.
    pub fn deactivate(
        &mut self,
        feature: impl Into<FeatureHandle>,
        now: Now,
    ) -> Result<(), Reason> {
        let id = feature.into();
        self.tick(now);
        if let Some(slot) = self.features.get_mut(id.index()) {
            slot.activated = false;
        }
        let kept = self.keep_activation(id, false);
        self.update();
        self.finish_update();
        kept.map(|_| ())
    }

    /// The time that it will be at least once a record of this day is taken in, if that is later than
    /// what is known now: docs/SPEC.md 12.4.
    #[must_use]
    pub fn date_after(&self, issued: Date) -> Option<UnixTime> {
        let mut calendar = self.calendar;
        calendar.raise_signed(issued);
        Some(calendar.floor()).filter(|&floor| floor > self.reading.at_least)
    }

    /// The lines that end when it is known to be at least this late: trials, and without a wall clock
    /// what was paid for.
    pub fn ended_by(&self, time: UnixTime) -> impl Iterator<Item = &AgentLine> {
        let has_clock = self.reading.wall.is_some();
        self.lines().filter(move |held| {
            let ends = held.right.end().is_some_and(|end| UnixTime::end_of(end) <= time);
            ends && held.dated != Some(Dated::Ended) && !(held.is_paid() && has_clock)
        })
    }

    /// The state of a line that the agent holds.
    #[must_use]
    pub fn state(&self, held: &AgentLine) -> LineState {
        let feature = held.feature.and_then(|id| self.product.catalog.feature(id));
        let running = self.is_running(held);
        let in_use = held.serving && running;
        if held.has_ended(self.now.uptime) {
            return if in_use { LineState::ExpiredInUse } else { LineState::ExpiredNotInUse };
        }
        let Some((feature, id)) = feature.zip(held.feature) else { return LineState::Inactive };
        let usable = decide::usable(&self.view(0), feature, running, held, self.lines).is_ok();
        let consumed = match self.slot(id).map(|slot| slot.licensed()) {
            Some(Count::Units(licensed)) => {
                held.count() != Count::Uncounted && self.in_use(id) >= licensed
            }
            _ => false,
        };
        match (usable && held.serving, in_use, consumed) {
            (_, true, true) => LineState::CountConsumed,
            (_, true, false) => LineState::InUse,
            (true, false, _) => LineState::NotInUse,
            (false, false, _) => LineState::Inactive,
        }
    }

    /// The denial for more units than are licensed, unless the feature is honour-based.
    pub(super) fn over_use(&self, id: FeatureHandle, grant: &Grant, needed: u64) -> Option<Denial> {
        let Count::Units(licensed) = grant.licensed else { return None };
        let feature = self.product.catalog.feature(id);
        let honour = feature.is_some_and(|feature| feature.enforcement == Enforcement::HonourBased);
        let at_maximum = feature.is_some_and(|feature| feature.maximum() == Some(licensed));
        (needed > licensed && !honour).then_some(Denial {
            reason: if at_maximum { Reason::MaximumReached } else { Reason::CountTooLow },
            closest: Some(grant.id),
            needed,
            licensed,
            version: None,
        })
    }

    /// Remembers that rights to use were activated or deactivated; whether that is news.
    fn keep_activation(&mut self, id: FeatureHandle, activated: bool) -> Result<bool, Reason> {
        let mut news = false;
        for index in 0..self.lines.len() {
            let Some(held) = self.held(index).filter(|held| held.feature == Some(id)) else {
                continue;
            };
            let by_operator = held.right.license_type().must_be_activated();
            let may = !held.needs_eula || held.accepted || !activated;
            if !by_operator || !may || held.own.activated == activated {
                continue;
            }
            self.rewrite(index, ByOperator { activated, ..held.own }, None, None)?;
            news = true;
        }
        Ok(news)
    }
}

/// The number where there is no answer. A call of its own leaves the path of the usual answer short.
#[cold]
#[inline(never)]
const fn no_answer(known: bool) -> u32 {
    let reason = if known { Reason::TickOverdue } else { Reason::UnknownFeature };
    reason.code().unsigned_abs()
}
