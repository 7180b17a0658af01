//! A device in memory: the real agent, booted anew for each step.

#![allow(dead_code)] // Every test file uses a part of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use nodelock::agent::TicketAction;
use nodelock::limits::MAX_RECORD_LEN;
use nodelock::store::StorageKey;
use nodelock::value::{LineId, Signature};
use nodelock::{
    Agent, AgentMemory, Feature, InstallMode, Now, P256Verifier, Product, PublicKey, Reason, Rules,
    Storage, TrustAnchor, Udi,
};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;

nodelock::catalog! {
    /// What the test device can do.
    enum Feat {
        Routing = Feature::new("routing"),
        Voice = Feature::new("voice"),
        Trial = Feature::new("trial"),
    }
}

/// Values in memory, which a backup copies.
#[derive(Clone, Default)]
struct Ram(Rc<RefCell<BTreeMap<u16, Vec<u8>>>>);

impl Storage for Ram {
    fn load(&mut self, key: StorageKey, buffer: &mut [u8]) -> Result<Option<usize>, Reason> {
        let values = self.0.borrow();
        let Some(value) = values.get(&key.0) else { return Ok(None) };
        buffer.get_mut(..value.len()).ok_or(Reason::StorageFull)?.copy_from_slice(value);
        Ok(Some(value.len()))
    }

    fn store(&mut self, key: StorageKey, value: &[u8]) -> Result<(), Reason> {
        self.0.borrow_mut().insert(key.0, value.to_vec());
        Ok(())
    }

    fn remove(&mut self, key: StorageKey) -> Result<(), Reason> {
        self.0.borrow_mut().remove(&key.0);
        Ok(())
    }
}

/// Who the device is, and with what it proves that.
struct Identity<'d> {
    udis: &'d [String],
    key: Option<&'d SigningKey>,
    secret: Option<[u8; 32]>,
}

impl nodelock::value::UdiSource for Identity<'_> {
    fn udi(&self, member: u8) -> Result<Option<Udi<'_>>, Reason> {
        let udi = self.udis.get(usize::from(member));
        udi.map(|udi| Udi::parse(udi.as_bytes())).transpose()
    }

    fn secret(&self) -> Option<[u8; 32]> {
        self.secret
    }

    fn public_key(&self) -> Option<PublicKey> {
        self.key.map(public)
    }

    fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Reason> {
        let key = self.key.ok_or(Reason::SigningFailed)?;
        let signature: p256::ecdsa::Signature =
            key.sign_prehash(digest).map_err(|_| Reason::SigningFailed)?;
        Ok(Signature::from_rs(signature.to_bytes().into()))
    }
}

fn public(key: &SigningKey) -> PublicKey {
    let point = key.verifying_key().to_sec1_point(false);
    PublicKey::from_xy(point.as_bytes()[1..].try_into().unwrap())
}

/// The device.
pub(crate) struct TestDevice {
    pub(crate) udi: String,
    /// Those of its stack.
    pub(crate) stack: Vec<String>,
    key: Option<SigningKey>,
    secret: Option<[u8; 32]>,
    roots: Vec<TrustAnchor>,
    ram: Ram,
}

impl TestDevice {
    /// With a device key made from this number, or without one if it is 0.
    pub(crate) fn new(udi: &str, key: u8, roots: &[TrustAnchor]) -> Self {
        let key = (key > 0).then(|| SigningKey::from_slice(&[key; 32]).unwrap());
        let stack = vec![udi.into()];
        Self { udi: udi.into(), stack, key, secret: None, roots: roots.into(), ram: Ram::default() }
    }

    pub(crate) fn with_secret(udi: &str, secret: u8, roots: &[TrustAnchor]) -> Self {
        Self { secret: Some([secret; 32]), ..Self::new(udi, 0, roots) }
    }

    pub(crate) fn public(&self) -> PublicKey {
        public(self.key.as_ref().unwrap())
    }

    /// A copy of its storage, to be put back.
    pub(crate) fn backup(&self) -> BTreeMap<u16, Vec<u8>> {
        self.ram.0.borrow().clone()
    }

    pub(crate) fn restore(&self, copy: BTreeMap<u16, Vec<u8>>) {
        *self.ram.0.borrow_mut() = copy;
    }

    fn agent<T>(&self, run: impl FnOnce(&mut dyn Console) -> T) -> T {
        let mut memory = AgentMemory::<24, 3, 4, 64>::new();
        let product =
            Product { catalog: &Feat::CATALOG, anchors: &self.roots, rules: Rules::DEFAULT };
        let identity = Identity { udis: &self.stack, key: self.key.as_ref(), secret: self.secret };
        let storage = self.ram.clone();
        let agent =
            Agent::boot(product, identity, P256Verifier, storage, &mut memory, Now::uptime(0));
        run(&mut agent.unwrap())
    }

    pub(crate) fn credential(&self) -> String {
        self.agent(|agent| agent.credential())
    }

    /// What becomes of each record.
    pub(crate) fn install(&self, records: &[String]) -> Vec<Result<(), Reason>> {
        self.agent(|agent| agent.install(&(records.join("\n") + "\n")))
    }

    pub(crate) fn ticket(
        &self,
        records: &[String],
        action: TicketAction,
    ) -> Result<String, Reason> {
        self.agent(|agent| agent.ticket(&(records.join("\n") + "\n"), action))
    }

    pub(crate) fn apply(&self, records: &[String]) -> String {
        self.ticket(records, TicketAction::Apply).unwrap()
    }

    pub(crate) fn give_up(&self, id: LineId) -> Result<String, Reason> {
        self.agent(|agent| agent.give_up(id))
    }

    /// The clock is set far ahead, and believed.
    pub(crate) fn clock_goes_too_far(&self) {
        self.agent(|agent| agent.tick_at(4_000_000_000));
    }

    /// The device signs what it would never say by itself: a record, with its signature replaced.
    pub(crate) fn sign_again(&self, record: &str) -> String {
        use p256::ecdsa::signature::Signer as _;
        let key = self.key.as_ref().unwrap();
        let (terms, _) = record.split_once(" sig=").unwrap();
        let signature: p256::ecdsa::Signature =
            key.sign(format!("nodelock rehost 1\n{terms}").as_bytes());
        let signature = data_encoding::BASE64URL_NOPAD.encode(&signature.normalize_s().to_bytes());
        format!("{terms} sig={}:{signature}\n", nodelock::KeyId::of(&public(key)))
    }

    /// Uses the metered feature for so long.
    pub(crate) fn run_trial(&self, seconds: u64) {
        self.agent(|agent| agent.run_trial(seconds));
    }

    /// Whether so many units of voice are granted.
    pub(crate) fn grants_voice(&self, units: u64) -> bool {
        self.agent(|agent| agent.grants_voice(units))
    }
}

/// What the tests do with an agent, whatever its ports.
trait Console {
    fn credential(&mut self) -> String;
    fn install(&mut self, file: &str) -> Vec<Result<(), Reason>>;
    fn ticket(&mut self, file: &str, action: TicketAction) -> Result<String, Reason>;
    fn give_up(&mut self, id: LineId) -> Result<String, Reason>;
    fn run_trial(&mut self, seconds: u64);
    fn grants_voice(&mut self, units: u64) -> bool;
    fn tick_at(&mut self, wall: u64);
}

impl<P: nodelock::agent::Ports> Console for Agent<'_, P> {
    fn credential(&mut self) -> String {
        let (mut text, mut member, mut after) = (String::new(), 0, None);
        loop {
            let mut buffer = [0; MAX_RECORD_LEN];
            let Ok((record, more)) = Agent::credential(self, member, after, &mut buffer) else {
                return text;
            };
            text.push_str(std::str::from_utf8(record).unwrap());
            (member, after) = (member + u8::from(more.is_none()), more);
        }
    }

    fn install(&mut self, file: &str) -> Vec<Result<(), Reason>> {
        let mut results = Vec::new();
        Agent::install(self, file.as_bytes(), InstallMode::Apply, Now::uptime(1), |taken| {
            results.push(taken.result.map(drop));
        });
        results
    }

    fn ticket(&mut self, file: &str, action: TicketAction) -> Result<String, Reason> {
        let mut buffer = [0; 3 * MAX_RECORD_LEN];
        let (apply, now) = (InstallMode::Apply, Now::uptime(1));
        let proof = Agent::ticket(self, file.as_bytes(), action, apply, now, &mut buffer)?;
        Ok(String::from_utf8(proof.to_vec()).unwrap())
    }

    fn give_up(&mut self, id: LineId) -> Result<String, Reason> {
        let mut buffer = [0; 3 * MAX_RECORD_LEN];
        let proof = Agent::give_up(self, id, Now::uptime(1), &mut buffer)?;
        Ok(String::from_utf8(proof.to_vec()).unwrap())
    }

    fn run_trial(&mut self, seconds: u64) {
        self.activate(Feat::Trial, Now::uptime(1)).unwrap();
        let mut now = 1;
        while now < seconds + 1 {
            now = (now + 600).min(seconds + 1);
            self.tick(Now::uptime(now));
        }
        self.deactivate(Feat::Trial, Now::uptime(now)).unwrap();
    }

    fn tick_at(&mut self, wall: u64) {
        let wall = Some(nodelock::value::UnixTime(wall));
        for uptime in [1, 100_000] {
            self.tick(Now { uptime, wall });
        }
    }

    fn grants_voice(&mut self, units: u64) -> bool {
        let lease = self.acquire(Feat::Voice, units, 0, Now::uptime(2));
        lease.is_ok()
    }
}
