//! Any contents of the storage.

use std::collections::BTreeMap;

use nodelock::catalog::{BuiltIn, Catalog};
use nodelock::store::StorageKey;
use nodelock::store::flash::FlashStorage;
use nodelock::testing::RamFlash;
use nodelock::value::{Date, UnixTime, WithSecret};
use nodelock::{Agent, AgentMemory, Feature, InstallMode, Now, Product, Reason, Rules, Storage};

use super::{Genuine, ToyVerifier, toy};

const CATALOG: Catalog<'static> = nodelock::catalog!(&[
    Feature::new("voice").counted(64).eula("standard"),
    Feature::new("video").built_in(BuiltIn::days(60)),
    Feature::new("never-sold"),
]);

#[derive(Clone, Default)]
struct Values(BTreeMap<u16, Vec<u8>>);

impl Storage for Values {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let Some(value) = self.0.get(&key.0) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.insert(key.0, value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.remove(&key.0);
        Ok(())
    }
}

/// Any contents of the storage, some of them framed as they should be, over what a genuine device
/// has stored: it boots, reports, goes on, and grants nothing that nobody has sold. With a device
/// secret, nothing that was changed is taken in.
pub fn storage(data: &[u8]) {
    let secret = data.first().is_some_and(|flags| flags & 1 == 1).then_some([0x5A; 32]);
    let mut values = Values::default();
    boot(&mut values, secret, |agent| {
        agent.install(&Genuine::get().text, InstallMode::Apply, now(), |_| ());
        let voice = agent.catalog().find(b"voice").expect("in the catalog");
        let _ = agent.accept_eula(voice, b"text", now());
    });
    let mut rest = data.get(1..).unwrap_or_default();
    while let [what, group, place, len, tail @ ..] = rest {
        let (bytes, after) = tail.split_at(usize::from(*len).min(tail.len()));
        rest = after;
        let key = u16::from_be_bytes([group % 7, place % 16]);
        match what % 4 {
            0 => drop(values.0.remove(&key)),
            1 => drop(values.0.insert(key, bytes.to_vec())),
            2 => {
                if let (Some(value), [at, mask, ..]) = (values.0.get_mut(&key), bytes) {
                    let at = usize::from(*at) % value.len().max(1);
                    value.get_mut(at).into_iter().for_each(|byte| *byte ^= mask);
                }
            }
            _ => drop(values.0.insert(key, framed(key, bytes))),
        }
    }
    for _ in 0..2 {
        boot(&mut values, secret, |agent| {
            let never = agent.catalog().find(b"never-sold").expect("in the catalog");
            for uptime in [5, 1_000, 100_000] {
                agent.tick(Now { uptime, ..now() });
                assert!(!agent.check(never, uptime).is_granted(), "granted what was never sold");
            }
            let _ = agent.activate(never, now()).expect_err("granted what was never sold");
            let _ = agent.history(|_| ());
            agent.install(&Genuine::get().text, InstallMode::Apply, now(), |_| ());
        });
    }
}

/// Bytes of the flash, in two pages with words of four bytes.
const FLASH: usize = 8_192;

/// Any contents of raw flash: noise, or a recipe for damaging what a genuine device has in it. It
/// mounts, boots, goes on, and grants nothing that nobody has sold.
pub fn flash_image(data: &[u8]) {
    let (how, rest) = data.split_first().map_or((&0, data), |(how, rest)| (how, rest));
    let mut flash = RamFlash::<FLASH>::new(4_096, 4);
    if how & 1 == 1 {
        let mut storage = FlashStorage::mount(flash).expect("erased flash is mounted");
        boot(&mut storage, None, |agent| {
            agent.install(&Genuine::get().text, InstallMode::Apply, now(), |_| ());
        });
        flash = storage.into_flash();
    }
    let mut bytes = *flash.bytes();
    if how & 2 == 2 {
        for (to, from) in bytes.iter_mut().zip(rest) {
            *to = *from;
        }
    } else {
        for change in rest.chunks_exact(4) {
            let [high, low, len, value] = change else { continue };
            let at = usize::from(u16::from_be_bytes([*high, *low])) % FLASH;
            for byte in bytes.iter_mut().skip(at).take(usize::from(*len)) {
                *byte ^= value;
            }
        }
    }
    let mounted = FlashStorage::mount(RamFlash::holding(4_096, 4, bytes));
    let Ok(mut storage) = mounted else { return };
    for _ in 0..2 {
        boot(&mut storage, None, |agent| {
            let never = agent.catalog().find(b"never-sold").expect("in the catalog");
            agent.tick(Now { uptime: 1_000, ..now() });
            assert!(!agent.check(never, 1_000).is_granted(), "granted what was never sold");
            agent.install(&Genuine::get().text, InstallMode::Apply, now(), |_| ());
        });
        storage = FlashStorage::mount(storage.into_flash()).expect("as it was left");
    }
}

/// With the checksum that the library would have put behind it.
fn framed(key: u16, content: &[u8]) -> Vec<u8> {
    let mut value = [&[2], content].concat();
    let crc = key.to_le_bytes().iter().chain(&value).fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    });
    value.extend((!crc).to_le_bytes());
    value
}

type Device<'a, S> = Agent<'a, (&'a mut S, ToyVerifier, WithSecret<nodelock::Udi<'static>>)>;

fn boot<S: Storage>(
    storage: &mut S,
    secret: Option<[u8; 32]>,
    then: impl FnOnce(&mut Device<'_, S>),
) {
    let anchors = [toy::anchor(toy::ROOT)];
    let built = Date::parse(b"2026-11-22").expect("a valid date");
    let rules = Rules { built, ..Rules::DEFAULT };
    let product = Product { catalog: &CATALOG, anchors: &anchors, rules };
    let mut memory = AgentMemory::<8, 3, 2, 8>::new();
    let device = WithSecret { device: toy::own_udi(), secret };
    let booted = Agent::boot(product, device, ToyVerifier::default(), storage, &mut memory, now());
    then(&mut booted.expect("any contents boot"));
}

fn now() -> Now {
    let day = Date::parse(b"2026-11-22").expect("a valid date");
    Now { uptime: 5, wall: Some(UnixTime::start_of(day)) }
}
