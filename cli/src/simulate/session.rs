//! The commands of one boot, and how they go on in the next call of the program.

use std::collections::BTreeMap;

use nodelock::Udi;
use nodelock::store::StorageKey;
use nodelock_std::{Host, MemoryStorage, WithKey};
use serde::{Deserialize, Serialize};

use super::simulation::{self, Model, Simulation};
use super::storage::Shared;
use super::{Answers, Change, DeviceFiles, Faults, Printed, Step, read_catalog};
use crate::input::shown;
use crate::report::Failure;

pub(super) const SESSION: &str = "session.json";

/// What has happened since the last boot.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Log {
    /// What the storage held at that boot.
    storage: BTreeMap<u16, Vec<u8>>,
    /// The wall clock at that boot.
    wall: Option<u64>,
    /// The wall clock now, for the next boot.
    wall_now: Option<u64>,
    /// What was wrong with the storage at that boot, and what is now.
    #[serde(default)]
    faults: Faults,
    #[serde(default)]
    faults_now: Faults,
    steps: Vec<(Step, Answers)>,
    /// The power is off: the next step begins with a boot.
    off: bool,
}

impl Log {
    /// Of a boot that begins so.
    fn of_boot(storage: &MemoryStorage, wall: Option<u64>, faults: Faults) -> Self {
        let values = storage.values().iter();
        Self {
            storage: values.map(|(key, value)| (key.0, value.clone())).collect(),
            wall,
            wall_now: wall,
            faults: faults.clone(),
            faults_now: faults,
            ..Self::default()
        }
    }
}

/// Gives the next step; is told what came of the one before.
type Next<'n> = dyn FnMut(Option<Printed>, &mut dyn Host) -> Result<Option<Step>, Failure> + 'n;

/// A device that goes on where the last call of the program left it.
pub(crate) struct Session {
    files: DeviceFiles,
    log: Log,
}

impl Session {
    /// Boots the device if it is off.
    pub(crate) fn open(directory: &std::path::Path) -> Result<Self, Failure> {
        let mut session = Self::look(directory)?;
        if session.log.off {
            session.reboot()?;
        }
        Ok(session)
    }

    /// Leaves it as it is. A new one is off.
    pub(crate) fn look(directory: &std::path::Path) -> Result<Self, Failure> {
        let mut files = DeviceFiles::open(directory)?;
        let log = match files.remembered::<Log>(SESSION)? {
            Some(log) => log,
            None => {
                let (storage, wall) = (files.load_state()?, files.identity.wall);
                Log { off: true, ..Log::of_boot(&storage, wall, Faults::default()) }
            }
        };
        Ok(Self { files, log })
    }

    /// Switches the device off and on.
    pub(crate) fn reboot(&mut self) -> Result<(), Failure> {
        let (wall, faults) = (self.log.wall_now, self.log.faults_now.clone());
        self.log = Log::of_boot(&self.files.load_state()?, wall, faults);
        Ok(())
    }

    pub(crate) fn switch_off(&mut self) -> Result<(), Failure> {
        self.log.off = true;
        self.files.remember(SESSION, &self.log)
    }

    pub(crate) const fn is_on(&self) -> bool {
        !self.log.off
    }

    pub(crate) const fn wall_now(&self) -> Option<u64> {
        self.log.wall_now
    }

    /// Of a device that is off.
    pub(crate) fn set_clock(&mut self, to: Option<Option<u64>>, pass: u64) -> Result<(), Failure> {
        let wall = to.unwrap_or(self.log.wall_now);
        self.log.wall_now = wall.map(|wall| wall.saturating_add(pass));
        self.files.remember(SESSION, &self.log)
    }

    pub(crate) const fn faults_now(&self) -> &Faults {
        &self.log.faults_now
    }

    /// Does something to the storage; of a device that is on, between two of its commands.
    pub(crate) fn change_faults(
        &mut self,
        change: Change,
        host: &mut dyn Host,
    ) -> Result<(), Failure> {
        if self.log.off {
            let mut storage = self.files.load_state()?;
            self.log.faults_now.change(change, &mut storage).map_err(Failure::no)?;
            self.files.save_state(&storage)?;
            return self.files.remember(SESSION, &self.log);
        }
        let mut step = Some(Step { fault: Some(change), ..Step::default() });
        let mut refused = None;
        self.run(host, |printed, _| {
            refused = printed.filter(|printed| !printed.done).map(|printed| printed.text);
            Ok(step.take())
        })?;
        refused.map_or(Ok(()), |problem| Err(Failure::no(problem)))
    }

    /// The names of the product's features, as far as its catalog can be read.
    pub(crate) fn features(&self) -> Vec<String> {
        let catalog = read_catalog(&self.files.catalog).map(|(catalog, _)| catalog);
        let names = |catalog: &nodelock::catalog::Catalog<'_>| {
            catalog.features().iter().map(|feature| feature.name().to_owned()).collect()
        };
        catalog.map(names).unwrap_or_default()
    }

    pub(crate) fn history_file(&self) -> std::path::PathBuf {
        self.files.history_file()
    }

    /// Carries steps out, one after another, on one boot of the device. `next` gives a step, is
    /// told what came of the one before, and ends with `None`.
    pub(crate) fn run(
        &mut self,
        host: &mut dyn Host,
        mut next: impl FnMut(Option<Printed>, &mut dyn Host) -> Result<Option<Step>, Failure>,
    ) -> Result<(), Failure> {
        let (catalog, agreements) = read_catalog(&self.files.catalog)
            .map_err(|error| Failure::no(format!("the device's catalog: {error}")))?;
        let udis: Vec<String> = self.files.identity.udis.clone();
        let udis: Vec<Udi<'_>> = udis
            .iter()
            .map(|udi| Udi::parse(udi.as_bytes()).map_err(|r| Failure::no(format!("{udi}: {r}"))))
            .collect::<Result<_, _>>()?;
        let anchors = self.files.anchors.clone();
        let device = WithKey { device: udis.as_slice(), key: Some(self.files.key()?) };
        let model = Model {
            catalog,
            agreements: &agreements,
            anchors: &anchors,
            device: &device,
            development: self.files.identity.development,
            built: self.files.identity.built(),
        };
        let mut last = None;
        // Each round is one boot: a power cut ends it, and the next step begins another.
        while let Some(step) = next(last.take(), host)? {
            last = self.one_boot(&model, step, host, &mut next)?;
            if last.is_none() {
                break;
            }
            self.reboot()?;
        }
        Ok(())
    }

    /// Carries out steps until there is no other, or until the power is cut; then gives what the
    /// last one printed.
    fn one_boot(
        &mut self,
        model: &Model<'_>,
        first: Step,
        host: &mut dyn Host,
        next: &mut Next<'_>,
    ) -> Result<Option<Printed>, Failure> {
        let values = self.log.storage.iter().map(|(k, v)| (StorageKey(*k), v.clone()));
        let values = MemoryStorage::new(values.collect());
        let storage = Shared::new(values, self.log.faults.clone());
        let wall = self.log.wall;
        let ended = simulation::boot(model, &storage, wall, |device| {
            self.replay(device);
            let mut step = first;
            loop {
                let cut = step.power_cut.is_some();
                let printed = self.carry_out(device, step, &storage, host)?;
                if cut {
                    return Ok(Some(printed));
                }
                match next(Some(printed), host)? {
                    Some(following) => step = following,
                    None => return Ok(None),
                }
            }
        });
        ended.unwrap_or_else(|reason| {
            // It is off again, and has written what it could.
            self.files.save_state(&storage.copy())?;
            self.log.faults_now = storage.faults();
            self.switch_off()?;
            Err(Failure::no(format!("the device does not boot: {reason}")))
        })
    }

    /// Does one step, and remembers it.
    fn carry_out(
        &mut self,
        device: &mut Simulation<'_>,
        step: Step,
        storage: &Shared,
        host: &mut dyn Host,
    ) -> Result<Printed, Failure> {
        let mut answers = Answers::default();
        let printed = device.step(&step, &mut answers, Some(host));
        let cut = step.power_cut.is_some();
        self.log.wall_now = printed.wall;
        self.log.faults_now = storage.faults();
        self.log.steps.push((Step { power_cut: None, ..step }, answers));
        self.log.off = cut;
        self.files.save_state(&storage.copy())?;
        self.files.remember(SESSION, &self.log)?;
        if !cut {
            let path = self.files.license_file();
            let kept = device.keep_license_file(&path);
            kept.map_err(|error| Failure::io(shown(&path), &error))?;
        }
        Ok(printed)
    }

    /// Repeats the steps since the boot.
    fn replay(&mut self, device: &mut Simulation<'_>) {
        for (step, answers) in &mut self.log.steps {
            device.step(step, answers, None);
        }
    }
}
