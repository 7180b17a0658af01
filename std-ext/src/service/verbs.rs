//! What can be asked of a service: one table, from which the handle that waits and the one for futures
//! are made.

use std::path::Path;
use std::sync::Arc;

use nodelock::agent::Priority;
use nodelock::event::EventGroup;
use nodelock::limits::{MAX_COMMENT_LEN, MAX_FILE_LEN};
use nodelock::rights::Verdict;
use nodelock::show::Show;
use nodelock::value::LineId;
use nodelock::{Denial, FeatureHandle, InstallMode, Reason};

use super::driver::Driver;
use super::handle::Handle;
use super::lease::OwnedLease;
use super::owned::{Explanation, FeatureStatus, History, License, Status, denied};
use crate::agent_device::install_on_agent;
use crate::error::Error;
use crate::report::InstallReport;
use crate::storage::keep_license_file;

/// Owner of the units that a program acquires; those of the operator's console have another one.
const PROGRAM: u32 = 1;

/// Makes methods from what runs on the caller's side and gives what runs on the agent's.
macro_rules! verbs {
    ($(
        $(#[$doc:meta])*
        fn $verb:ident($($argument:ident: $type:ty),*) -> $answer:ty $work:block
    )+) => {
        impl Handle {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`Error::Stopped`] once the service has stopped; else what the agent says.
                pub fn $verb(&self, $($argument: $type),*) -> Result<$answer, Error> {
                    let work = $work;
                    self.call(work)
                }
            )+
        }

        #[cfg(feature = "tokio")]
        impl super::asynchronous::AsyncHandle {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`Error::Stopped`] once the service has stopped; else what the agent says.
                pub async fn $verb(&self, $($argument: $type),*) -> Result<$answer, Error> {
                    let work = $work;
                    self.call(work).await
                }
            )+
        }
    };
}

verbs! {
    /// Installs every line of a license file in any form that is for this device. What was done to the file on
    /// its way is [undone](crate::Reading). Each line is durable when this returns. A record that is refused does not touch the others; the report says why.
    fn install(file: &[u8]) -> InstallReport {
        let file = within_limit(file)?;
        move |driver: &mut Driver<'_>| Ok(install(driver, &file, InstallMode::Apply))
    }

    /// Says what [`install`](Self::install) would do, and changes nothing.
    fn dry_run(file: &[u8]) -> InstallReport {
        let file = within_limit(file)?;
        move |driver: &mut Driver<'_>| Ok(install(driver, &file, InstallMode::DryRun))
    }

    /// The lines that the device holds, installed and built in.
    fn licenses() -> Vec<License> {
        |driver: &mut Driver<'_>| Ok(License::all(&driver.agent))
    }

    /// The features of the catalog, in its order.
    fn features() -> Vec<FeatureStatus> {
        |driver: &mut Driver<'_>| {
            let handles = driver.shared.catalog.ids();
            let status = |id| Ok(FeatureStatus::of(&driver.agent, id, driver.known(id)?));
            handles.map(status).collect()
        }
    }

    /// May this feature run, and by which line, or why not? [`granted`](Handle::granted) answers
    /// without the reason, and much faster.
    fn check(feature: impl Into<FeatureHandle>) -> Verdict {
        let feature = feature.into();
        move |driver: &mut Driver<'_>| Ok(driver.agent.check(feature, driver.now().uptime))
    }

    /// Why a feature runs or does not, line by line.
    fn explain(feature: impl Into<FeatureHandle>) -> Explanation {
        let feature = feature.into();
        move |driver: &mut Driver<'_>| {
            driver.known(feature)?;
            Ok(Explanation::of(&driver.agent, feature))
        }
    }

    /// What happened to lines in the life of the device.
    fn history() -> History {
        |driver: &mut Driver<'_>| Ok(History::of(&mut driver.agent))
    }

    /// How the device is: clock, storage, what was refused at boot.
    fn status() -> Status {
        |driver: &mut Driver<'_>| Ok(Status::of(&mut driver.agent))
    }

    /// One form of `show license`, for people.
    fn show(what: Show) -> String {
        move |driver: &mut Driver<'_>| {
            let mut text = String::new();
            // Writing into a string does not fail.
            let _ = driver.agent.show(what, &mut text);
            Ok(text)
        }
    }

    /// Takes units of a feature, as a lease that gives them back when it is dropped.
    ///
    /// [`Error::Denied`] says why not.
    fn acquire(feature: impl Into<FeatureHandle>, units: u64) -> OwnedLease {
        let feature = feature.into();
        move |driver: &mut Driver<'_>| {
            let now = driver.now();
            let taken = driver.agent.acquire(feature, units, PROGRAM, now);
            let asked = |denial| Denial { needed: units, ..denial };
            let token = taken.map_err(|denial| denied(&driver.agent, feature, asked(denial)))?;
            let shared = Arc::clone(&driver.shared);
            Ok(OwnedLease { shared, token, feature, units: units.max(1) })
        }
    }

    /// Switches a feature on until it is deactivated. Of right-to-use licenses this is remembered over
    /// reboots.
    ///
    /// [`Error::Denied`] says why not; the feature is then as it was.
    fn activate(feature: impl Into<FeatureHandle>) -> () {
        let feature = feature.into();
        move |driver: &mut Driver<'_>| {
            let activated = driver.agent.activate(feature, driver.now());
            activated.map_err(|denial: Denial| denied(&driver.agent, feature, denial))
        }
    }

    /// Switches a feature off.
    fn deactivate(feature: impl Into<FeatureHandle>) -> () {
        let feature = feature.into();
        move |driver: &mut Driver<'_>| {
            driver.known(feature)?;
            Ok(driver.agent.deactivate(feature, driver.now())?)
        }
    }

    /// Records that the license agreement of a feature was accepted, with the digest of the text that
    /// was shown.
    fn accept_eula(feature: impl Into<FeatureHandle>, text: &[u8]) -> () {
        let (feature, text) = (feature.into(), text.to_vec());
        move |driver: &mut Driver<'_>| {
            Ok(driver.agent.accept_eula(feature, &text, driver.now())?)
        }
    }

    /// Removes a line. What was used of it stays remembered. One in use is refused.
    fn clear(id: LineId) -> () {
        move |driver: &mut Driver<'_>| Ok(driver.agent.clear(id, driver.now())?)
    }

    /// Takes a right back for good: the line is removed, also in use, and never accepted again.
    fn revoke(id: LineId) -> () {
        move |driver: &mut Driver<'_>| Ok(driver.agent.revoke(id, driver.now())?)
    }

    /// Removes a stored line that was refused at boot: its place is in [`Status::refused`].
    fn discard_refused(place: u8) -> () {
        move |driver: &mut Driver<'_>| Ok(driver.agent.discard_refused(place)?)
    }

    /// Sets the priority of a trial: high or low; `None` for the default.
    fn set_priority(id: LineId, priority: Option<Priority>) -> () {
        move |driver: &mut Driver<'_>| Ok(driver.agent.set_priority(id, priority)?)
    }

    /// Replaces the comment of a line; an empty one deletes it.
    fn comment(id: LineId, text: &str) -> () {
        let text = text.to_owned();
        move |driver: &mut Driver<'_>| Ok(driver.agent.comment(id, text.as_bytes())?)
    }

    /// The comment of a line.
    fn read_comment(id: LineId) -> String {
        move |driver: &mut Driver<'_>| {
            let mut buffer = [0; MAX_COMMENT_LEN];
            let comment = driver.agent.read_comment(id, &mut buffer)?;
            Ok(String::from_utf8_lossy(comment).into_owned())
        }
    }

    /// The text of an installed line, with its `KEY` record before it if its key was delegated.
    fn line_text(id: LineId) -> String {
        move |driver: &mut Driver<'_>| {
            let mut text = Vec::new();
            driver.agent.line_text(id, |part| text.extend_from_slice(part))?;
            // Records are ASCII.
            Ok(String::from_utf8_lossy(&text).into_owned())
        }
    }

    /// Asks for an image level at the next boot: the highest licensed one up to it is chosen then.
    fn request_level(level: impl Into<FeatureHandle>) -> () {
        let level = level.into();
        move |driver: &mut Driver<'_>| Ok(driver.agent.request_level(level)?)
    }

    /// Takes the request for a package back: the highest licensed level is chosen at boot.
    fn request_any_level(level: impl Into<FeatureHandle>) -> () {
        let level = level.into();
        move |driver: &mut Driver<'_>| Ok(driver.agent.request_any_level(level)?)
    }

    /// The level that runs in the package of this level.
    fn booted_level(level: impl Into<FeatureHandle>) -> Option<FeatureHandle> {
        let level = level.into();
        move |driver: &mut Driver<'_>| Ok(driver.agent.booted_level(level))
    }

    /// The level that would run after a boot now.
    fn next_level(level: impl Into<FeatureHandle>) -> Option<FeatureHandle> {
        let level = level.into();
        move |driver: &mut Driver<'_>| Ok(driver.agent.next_level(level))
    }

    /// Switches a group of events on or off, for all subscribers.
    fn enable_events(group: EventGroup, on: bool) -> () {
        move |driver: &mut Driver<'_>| {
            driver.agent.enable_events(group, on);
            Ok(())
        }
    }

    /// Writes what is installed to a license file for people, as a whole or not at all, and only if it
    /// says something else now.
    fn keep_license_file(path: impl AsRef<Path>) -> () {
        let path = path.as_ref().to_owned();
        move |driver: &mut Driver<'_>| {
            let kept = keep_license_file(&mut driver.agent, &path);
            kept.map_err(|source| Error::Write { path, source })
        }
    }
}

fn within_limit(file: &[u8]) -> Result<Vec<u8>, Error> {
    let fits = file.len() <= MAX_FILE_LEN;
    if fits { Ok(file.to_vec()) } else { Err(Error::TooLarge { path: None }) }
}

fn install(driver: &mut Driver<'_>, file: &[u8], mode: InstallMode) -> InstallReport {
    let now = driver.now();
    install_on_agent(&mut driver.agent, file, mode, now)
}

/// What a name of a feature stands for.
pub(super) fn find(handle: &Handle, name: &str) -> Result<FeatureHandle, Error> {
    let found = handle.shared.catalog.find(name.as_bytes());
    Ok(found.ok_or(Reason::UnknownFeature)?)
}
