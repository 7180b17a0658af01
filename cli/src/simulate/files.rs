//! The directory of a simulated device.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nodelock::agent::SCRATCH_LEN;
use nodelock::store::StorageKey;
use nodelock::value::Date;
use nodelock::{Reason, Storage, TrustAnchor};
use nodelock_std::{DeviceKey, FileGuard, FileStorage, MemoryStorage, visible};
use serde::{Deserialize, Serialize};

use crate::input::{self, shown};
use crate::report::Failure;

/// What was given when the device was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// One for each member.
    pub(crate) udis: Vec<String>,
    pub(crate) development: bool,
    /// Wall clock of the first boot in seconds since 1970.
    pub(crate) wall: Option<u64>,
}

impl Identity {
    /// The firmware is as old as the device.
    pub(crate) fn built(&self) -> Date {
        self.wall.and_then(Date::from_unix_seconds).unwrap_or(Date::EPOCH)
    }
}

/// The directory, locked for as long as this lives.
pub(crate) struct DeviceFiles {
    directory: PathBuf,
    pub(crate) identity: Identity,
    pub(crate) catalog: String,
    pub(crate) anchors: Vec<TrustAnchor>,
    state: FileStorage,
    /// What else of the directory a command of the device must not write over.
    _guards: Vec<FileGuard>,
}

const IDENTITY: &str = "device.json";
const CATALOG: &str = "catalog.toml";
const TRUST: &str = "trust";
const STATE: &str = "state";
const LICENSES: &str = "licenses.lic";
const KEY: &str = "device.key.pem";
const SHELL_HISTORY: &str = "shell-history";
/// The storage keeps its own.
const OWN: [&str; 7] =
    [IDENTITY, CATALOG, TRUST, LICENSES, KEY, SHELL_HISTORY, super::session::SESSION];

impl DeviceFiles {
    /// Makes a new device.
    pub(crate) fn create(
        directory: &Path,
        identity: &Identity,
        catalog: &str,
        trust: &[PathBuf],
        role: Option<nodelock::Role>,
    ) -> Result<(), Failure> {
        if directory.join(IDENTITY).exists() {
            let shown = shown(directory);
            return Err(Failure::no(format!("{shown} holds a device already; use another one")));
        }
        let keys = directory.join(TRUST);
        fs::create_dir_all(&keys).map_err(|error| Failure::io(shown(&keys), &error))?;
        for anchor in crate::keys::trusted(trust, role)? {
            let pem = nodelock_authority::public_to_pem(&anchor)?;
            write(&keys.join(format!("{}.pub.pem", anchor.id)), pem.as_bytes())?;
        }
        write(&directory.join(CATALOG), catalog.as_bytes())?;
        write_json(&directory.join(IDENTITY), identity)
    }

    pub(crate) fn open(directory: &Path) -> Result<Self, Failure> {
        let identity = read_json(&directory.join(IDENTITY))?.ok_or_else(|| {
            let shown = shown(directory);
            Failure::no(format!("{shown} holds no device; make one with nodelock device init"))
        })?;
        let catalog = directory.join(CATALOG);
        let catalog = input::read_text(&catalog, MAX_CATALOG)?;
        let keys = directory.join(TRUST);
        let mut anchors = Vec::new();
        for entry in fs::read_dir(&keys).map_err(|e| Failure::io(shown(&keys), &e))? {
            let entry = entry.map_err(|e| Failure::io(shown(&keys), &e))?;
            anchors.push(crate::keys::public_key(&entry.path(), None)?);
        }
        let state = FileStorage::open(directory.join(STATE))
            .map_err(|error| Failure::unavailable(error.to_string()))?;
        let guard = |name: &str| FileGuard::new(directory.join(name), "belongs to this device");
        let guards = OWN.iter().map(|name| guard(name)).collect();
        let directory = directory.to_owned();
        Ok(Self { directory, identity, catalog, anchors, state, _guards: guards })
    }

    /// Reads a file that remembers something between commands.
    pub(crate) fn remembered<T: for<'a> Deserialize<'a>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        read_json(&self.directory.join(name))
    }

    pub(crate) fn remember<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Failure> {
        write_json(&self.directory.join(name), value)
    }

    pub(crate) fn history_file(&self) -> PathBuf {
        self.directory.join(SHELL_HISTORY)
    }

    /// The key with which it proves its words; made when it is first asked for.
    pub(crate) fn key(&self) -> Result<DeviceKey, Failure> {
        let path = self.directory.join(KEY);
        DeviceKey::open(&path).map_err(|error| Failure::unavailable(error.to_string()))
    }

    /// For people, beside the state that only the agent reads.
    pub(crate) fn license_file(&self) -> PathBuf {
        self.directory.join(LICENSES)
    }

    /// What the device's storage holds.
    pub(crate) fn load_state(&mut self) -> Result<MemoryStorage, Failure> {
        let mut values = BTreeMap::new();
        let mut buffer = [0; SCRATCH_LEN];
        for key in 0..=MAX_KEY {
            let key = StorageKey(key);
            match self.state.load(key, &mut buffer) {
                Ok(None) => {}
                Ok(Some(len)) => {
                    values.insert(key, buffer[..len].to_vec());
                }
                // The agent must see the damage and report it.
                Err(_) => {
                    values.insert(key, Vec::new());
                }
            }
        }
        Ok(MemoryStorage::new(values))
    }

    /// Makes the storage hold these values.
    pub(crate) fn save_state(&mut self, after: &MemoryStorage) -> Result<(), Failure> {
        // What is there, not what should be there: an earlier call may have failed half-way.
        let before = self.load_state()?;
        for key in before.values().keys().filter(|key| !after.values().contains_key(key)) {
            self.state.remove(*key).map_err(|reason| self.failed(reason))?;
        }
        for (key, value) in after.values() {
            if before.values().get(key) != Some(value) {
                self.state.store(*key, value).map_err(|reason| self.failed(reason))?;
            }
        }
        Ok(())
    }

    fn failed(&self, reason: Reason) -> Failure {
        let place = self.directory.join(STATE);
        match self.state.last_error() {
            Some(error) => Failure::io(shown(&place), error),
            None => Failure::no(format!("{}: {reason}", shown(&place))),
        }
    }
}

/// Longest catalog: far more than the features that the library allows.
pub(crate) const MAX_CATALOG: usize = 4 * 1024 * 1024;
/// Longest file that remembers something; the license files of a boot are in it.
const MAX_JSON: usize = 256 * 1024 * 1024;

/// The agent uses keys below (docs/SPEC.md section 13).
const MAX_KEY: u16 = 0x06FF;

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Option<T>, Failure> {
    // What is not there is said in other words than what cannot be read.
    if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let text = input::read_text(path, MAX_JSON)?;
    serde_json::from_str(&text).map(Some).map_err(|error| {
        Failure::no(format!("{} is damaged: {}", shown(path), visible(&error.to_string())))
    })
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    if text.len() > MAX_JSON {
        return Err(Failure::no(format!(
            "{}: the files that the device has read since its boot are more than {MAX_JSON} bytes; \
             reboot it with --reboot",
            shown(path)
        )));
    }
    write(path, text.as_bytes())
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    crate::output::update(path, content)
}
