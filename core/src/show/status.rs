//! `show license status`: clock, levels and storage, and what to do about what is wrong.

use core::fmt::{self, Write};

use crate::agent::{Agent, Ports, Refused};
use crate::calendar::ClockState;
use crate::catalog::{Feature, FeatureKind};
use crate::reason::Reason;
use crate::record::Repair;
use crate::store::RollbackState;
use crate::value::duration::write_duration;
use crate::value::feature::FeatureHandle;

impl<P: Ports> Agent<'_, P> {
    /// Lines that were refused at boot: how many for which reason, and what to do.
    fn count_refused(&self, out: &mut impl Write) -> fmt::Result {
        for (index, Refused { reason, .. }) in self.refused().enumerate() {
            // Each reason once, where it comes first.
            if self.refused().take(index).any(|before| before.reason == reason) {
                continue;
            }
            let number = self.refused().filter(|one| one.reason == reason).count();
            writeln!(out, "Stored lines refused at boot: {number}: {reason}")?;
            match reason {
                // The line itself may be good.
                Reason::StorageFailed | Reason::CountersFailed | Reason::CryptoFailure => out
                    .write_str("    what to do: restart the device, for the license may be undamaged\n")?,
                Reason::StorageCorrupted => out.write_str(
                    "    what to do: restart the device; if the license is still refused then, install its file \
                     again, and remove what is damaged with license clear refused\n",
                )?,
                other => writeln!(
                    out,
                    "    what to do: {}; license clear refused removes what is not needed any more",
                    other.remedy()
                )?,
            }
        }
        Ok(())
    }

    pub(super) fn show_status(&mut self, out: &mut impl Write) -> fmt::Result {
        let is_written = self.unreadable().all(|reason| reason != Reason::StorageFailed);
        let is_whole = self.unreadable().next().is_none() && self.refused().next().is_none();
        let storage = match self.rollback_state() {
            RollbackState::Unanchored | RollbackState::Latest if !is_written => {
                "cannot be written at present"
            }
            RollbackState::Unanchored | RollbackState::Latest if !is_whole => {
                "works, but not everything in it can be used"
            }
            RollbackState::Unanchored => "works; whether it is an older copy cannot be known here",
            RollbackState::Latest => "works, and is the latest",
            RollbackState::RolledBack { revocations_missing: false } => {
                "older than the device remembers; rights with a time limit are denied"
            }
            RollbackState::RolledBack { revocations_missing: true } => {
                "older than the device remembers, and a right was taken back since; all rights are denied"
            }
            RollbackState::CountersFailed => {
                "the counters do not answer; rights with a time limit wait"
            }
            RollbackState::ManifestUnreadable { revocations_missing: true } => {
                "its manifest cannot be read, and a right was taken back since; all rights are denied"
            }
            RollbackState::ManifestUnreadable { .. } => {
                "its manifest cannot be read; trials and new licenses wait"
            }
        };
        writeln!(out, "License storage: {storage}")?;
        for reason in self.unreadable() {
            if reason == Reason::StorageFailed {
                out.write_str(
                    "Cannot be written: what changes with time, e.g. what was used of a trial; rights with a \
                     time limit may be denied until it can\n    \
                     what to do: look again in a minute, for it is tried again by itself; if this stays, restart \
                     the device; if that does not help, have its storage repaired\n",
                )?;
                continue;
            }
            writeln!(out, "Cannot be read: {reason}")?;
            writeln!(out, "    what to do: {}", reason.remedy())?;
        }
        self.count_refused(out)?;
        let level = self.rollback_level();
        writeln!(out, "Protection against older copies: {}", level.name())?;
        for repair in Repair::ALL {
            match self.repair_number(repair) {
                Ok(number) => writeln!(out, "Repair number ({}): {number}", repair.name())?,
                Err(
                    Reason::NothingToRepair
                    | Reason::StorageRolledBack
                    | Reason::ManifestUnreadable,
                ) => {}
                Err(reason) => writeln!(out, "Repair ({}): {reason}", repair.name())?,
            }
        }
        let clock = match self.clock().state {
            ClockState::Unknown => "not known",
            ClockState::Good => "believed",
            ClockState::SteppedBack => "stepped back, not followed",
            ClockState::JumpedForward => "jumped forward, not believed yet",
        };
        writeln!(out, "Clock: {clock}")?;
        match crate::value::date::Date::from_unix_seconds(self.clock().at_least.0) {
            Some(date) => writeln!(out, "Date at least: {date}")?,
            None => out.write_str("Date at least: after the year 9999\n")?,
        }
        out.write_str("Uptime: ")?;
        write_duration(self.uptime(), out)?;
        out.write_str("\n")?;
        for id in self.catalog().ids() {
            let Some(feature) = self.catalog().feature(id) else { continue };
            let FeatureKind::Level { module, package, rank: 0 } = feature.kind() else { continue };
            let name = |level: Option<FeatureHandle>| {
                level.and_then(|id| self.catalog().feature(id)).map_or("none", Feature::name)
            };
            writeln!(
                out,
                "Module {module}, technology package {package}: level {}, next reboot level {}",
                name(self.booted_level(id)),
                name(self.next_level(id)),
            )?;
        }
        Ok(())
    }
}
