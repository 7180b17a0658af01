//! A device with a trial of 60 days of use, and no clock but its uptime.

use std::collections::BTreeMap;

use nodelock::store::StorageKey;
use nodelock::{
    Agent, AgentMemory, Feature, InstallMode, KeyId, Now, P256Verifier, Product, PublicKey, Reason,
    Role, Rules, Storage, TrustAnchor, Udi,
};

nodelock::catalog! {
    /// The features of this firmware. A broken rule would be an error of the compiler.
    enum Licensed {
        Routing = Feature::new("routing"),
        Voice = Feature::new("voice").eula("voice-2026"),
    }
}

/// The vendor's public key, x and y. This is a TEST key: its secret is 32 times 0x11.
const VENDOR: TrustAnchor = TrustAnchor {
    id: KeyId([0x76, 0x80, 0x5a, 0x63]),
    key: PublicKey::from_xy(
        *b"\
        \x02\x17\xe6\x17\xf0\xb6\x44\x39\x28\x27\x8f\x96\x99\x9e\x69\xa2\
        \x3a\x4f\x2c\x15\x2b\xdf\x6d\x6c\xdf\x66\xe5\xb8\x02\x82\xd4\xed\
        \x19\x4a\x7d\xeb\xcb\x97\x71\x2d\x2d\xda\x3c\xa8\x5a\xa8\x76\x5a\
        \x56\xf4\x5f\xc7\x58\x59\x96\x52\xf2\x89\x7c\x65\x30\x6e\x57\x94",
    ),
    role: Role::Production,
};

/// What the owner of the device was sent.
const TRIAL: &[u8] = b"LICENSE 1 voice 1.0 evaluation uncounted id=00000000000000000201 \
    udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 usage=60d sig=76805a63:\
    kHWf18dY5Em0LbC5raK-ZnQCJQz7-_ONgwLkaiYY7KVskRAXy9zcjsX2uXiZy5yFwJNI_HH4gIvSbZVTQsySiw";

/// Settings, NVS, flash or files of the platform; here it is memory.
#[derive(Default)]
struct Ram(BTreeMap<u16, Vec<u8>>);

impl Storage for Ram {
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

fn main() -> Result<(), Reason> {
    let mut memory = AgentMemory::<8, 2, 4, 16>::new();
    let product =
        Product { catalog: &Licensed::CATALOG, anchors: &[VENDOR], rules: Rules::DEFAULT };
    let device = Udi::parse(b"ISR4331/K9:FDO1234ABCD")?;
    let storage = Ram::default();
    let mut agent =
        Agent::boot(product, device, P256Verifier, storage, &mut memory, Now::uptime(0))?;

    agent
        .install(TRIAL, InstallMode::Apply, Now::uptime(1), |taken| println!("{:?}", taken.result));
    let early = agent.activate(Licensed::Voice, Now::uptime(2));
    assert!(early.is_err(), "the agreement is not accepted yet");
    agent.accept_eula(Licensed::Voice, b"for evaluation only", Now::uptime(3))?;
    agent.activate(Licensed::Voice, Now::uptime(4))?;
    assert!(!agent.check(Licensed::Routing, agent.uptime()).is_granted());

    // Time passes: whoever drives the agent comes back at each deadline.
    while let Some(deadline) = agent.next_deadline().filter(|&at| at < 59 * 86_400) {
        agent.tick(Now::uptime(deadline));
    }
    assert!(agent.check(Licensed::Voice, agent.uptime()).is_granted());
    while let Some(event) = agent.poll_event() {
        let mut text = String::new();
        event.render(&Licensed::CATALOG, &mut text).map_err(|_| Reason::MemoryTooSmall)?;
        println!("{text}");
    }
    Ok(())
}
