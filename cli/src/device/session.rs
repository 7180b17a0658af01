//! The commands of one boot, and how they go on in the next call of the program.

use std::collections::BTreeMap;

use nodelock::{StorageKey, Udi};
use nodelock_std::{Host, MemoryStorage};
use serde::{Deserialize, Serialize};

use crate::device::simulation::{self, Model, Shared, Simulation};
use crate::device::{Answers, DeviceFiles, Printed, Wish, read_catalog};
use crate::input::shown;
use crate::report::Failure;

const SESSION: &str = "session.json";

/// What has happened since the last boot.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Log {
    /// What the storage held at that boot.
    storage: BTreeMap<u16, Vec<u8>>,
    /// The wall clock at that boot.
    wall: Option<u64>,
    /// The wall clock now, for the next boot.
    wall_now: Option<u64>,
    steps: Vec<(Wish, Answers)>,
    /// The power is off: the next step begins with a boot.
    off: bool,
}

/// A device that goes on where the last call of the program left it.
pub(crate) struct Session {
    files: DeviceFiles,
    log: Log,
}

impl Session {
    pub(crate) fn open(directory: &std::path::Path) -> Result<Self, Failure> {
        let mut files = DeviceFiles::open(directory)?;
        let log = match files.remembered::<Log>(SESSION)? {
            Some(log) => log,
            None => Log { wall: files.identity.wall, ..fresh(&files.load_state()?) },
        };
        let mut session = Self { files, log };
        if session.log.off {
            session.reboot()?;
        }
        Ok(session)
    }

    /// Switches the device off and on.
    pub(crate) fn reboot(&mut self) -> Result<(), Failure> {
        let wall = if self.log.steps.is_empty() { self.log.wall } else { self.log.wall_now };
        self.log = Log { wall, ..fresh(&self.files.load_state()?) };
        Ok(())
    }

    pub(crate) fn history_file(&self) -> std::path::PathBuf {
        self.files.history_file()
    }

    /// Carries steps out, one after another, on one boot of the device. `next` gives a step, is
    /// told what came of the one before, and ends with `None`.
    pub(crate) fn run(
        &mut self,
        host: &mut dyn Host,
        mut next: impl FnMut(Option<Printed>, &mut dyn Host) -> Result<Option<Wish>, Failure>,
    ) -> Result<(), Failure> {
        let (catalog, agreements) = read_catalog(&self.files.catalog)
            .map_err(|error| Failure::no(format!("the device's catalog: {error}")))?;
        let udis: Vec<String> = self.files.identity.udis.clone();
        let udis: Vec<Udi<'_>> = udis
            .iter()
            .map(|udi| Udi::parse(udi.as_bytes()).map_err(|r| Failure::no(format!("{udi}: {r}"))))
            .collect::<Result<_, _>>()?;
        let anchors = self.files.anchors.clone();
        let model = Model {
            catalog,
            agreements: &agreements,
            anchors: &anchors,
            udis: &udis,
            development: self.files.identity.development,
            built: self.files.identity.built(),
        };
        let mut last = None;
        // Each round is one boot: a power cut ends it, and the next step begins another.
        while let Some(wish) = next(last.take(), host)? {
            let mut pending = Some(wish);
            let storage = Shared::new(MemoryStorage::new(
                self.log.storage.iter().map(|(k, v)| (StorageKey(*k), v.clone())).collect(),
            ));
            let wall = self.log.wall;
            let ended = simulation::boot(&model, &storage, wall, |device| {
                let mut before = self.replay(device, &storage);
                while let Some(wish) = pending.take() {
                    let mut answers = Answers::default();
                    let printed = device.step(&wish, &mut answers, Some(&mut *host));
                    let after = storage.copy();
                    let cut = wish.power_cut.is_some();
                    self.log.wall_now = printed.wall;
                    self.log.steps.push((Wish { power_cut: None, ..wish }, answers));
                    self.log.off = cut;
                    self.files.save_state(&before, &after)?;
                    self.files.remember(SESSION, &self.log)?;
                    if !cut {
                        let path = self.files.license_file();
                        let kept = device.keep_license_file(&path);
                        kept.map_err(|error| Failure::io(shown(&path), &error))?;
                    }
                    before = after;
                    if cut {
                        last = Some(printed);
                        break;
                    }
                    pending = next(Some(printed), host)?;
                    if pending.is_none() {
                        return Ok(true);
                    }
                }
                Ok(false)
            });
            let ended: Result<bool, Failure> = ended
                .map_err(|reason| Failure::no(format!("the device does not boot: {reason}")))?;
            if ended? {
                return Ok(());
            }
            self.reboot()?;
        }
        Ok(())
    }

    /// Repeats the steps since the boot, and returns what the storage holds after them.
    fn replay(&mut self, device: &mut Simulation<'_>, storage: &Shared) -> MemoryStorage {
        for (wish, answers) in &mut self.log.steps {
            device.step(wish, answers, None);
        }
        storage.copy()
    }
}

fn fresh(storage: &MemoryStorage) -> Log {
    Log {
        storage: storage.values().iter().map(|(key, value)| (key.0, value.clone())).collect(),
        ..Log::default()
    }
}
