//! A device with embassy: a voice mixer with a trial of noise reduction and a number of channels. What the library
//! does for it is here; what a board support crate would bring is in `board`.

#![no_std]
#![no_main]

mod board;
mod catalog;
#[path = "../../firmware-rust/src/tables.rs"]
mod tables;

use core::future::pending;

use defmt::{error, info, unwrap, warn};
use embassy_executor::SendSpawner;
use embassy_futures::select::select;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::mutex::Mutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, Instant, Ticker, Timer};
use nodelock::agent::Installer;
use nodelock::rights::{RecordReport, Verdict};
use nodelock::store::flash::{Embedded, FlashStorage};
use nodelock::{
    Agent, AgentMemory, Gates, KeyId, Now, PinnedVerifier, Product, PublicKey, Reason, Role, Rules,
    TrustAnchor, Udi,
};
use static_cell::StaticCell;

use board::{Chip, Serial};
use catalog::Licensed;

/// A TEST key, the one with tables.
const VENDOR: TrustAnchor = TrustAnchor {
    id: KeyId([0x76, 0x80, 0x5a, 0x63]),
    key: PublicKey::from_xy(tables::VERIFIER.keys[0].xy),
    role: Role::Production,
};
const PRODUCT: Product<'static> =
    Product { catalog: &Licensed::CATALOG, anchors: &[VENDOR], rules: Rules::DEFAULT };
const TERMS: &[u8] = b"This trial comes as it is.";

type Licenses =
    Agent<'static, (FlashStorage<Embedded<Chip>>, PinnedVerifier<'static>, Udi<'static>)>;
type Shared = Mutex<CriticalSectionRawMutex, Licenses>;

static MEMORY: StaticCell<AgentMemory<4, { Licensed::COUNT }, 4, 8>> = StaticCell::new();
static AGENT: StaticCell<Shared> = StaticCell::new();
/// The verdicts, for who cannot wait for the mutex.
static GATES: Gates<{ Licensed::COUNT }> = Gates::new();
/// The agent was used: its next deadline may be another one, and events may wait.
static USED: Signal<CriticalSectionRawMutex, ()> = Signal::new();

fn uptime() -> u64 {
    Instant::now().as_secs()
}

fn now() -> Now {
    Now::uptime(uptime())
}

#[cortex_m_rt::entry]
fn main() -> ! {
    let board = board::start();
    let agent = match boot(board.chip) {
        Ok(agent) => AGENT.init(Mutex::new(agent)),
        Err(reason) => {
            error!("boot: {}", reason);
            board::power_off(1)
        }
    };
    board.high.spawn(unwrap!(audio()));
    board.low.spawn(unwrap!(licensing(agent, board.wire)));
    board.low.spawn(unwrap!(owner(agent, board.serial, board.low)));
    board::idle()
}

fn boot(chip: Chip) -> Result<Licenses, Reason> {
    let flash = Embedded::new(chip, 0, Chip::PAGE_LEN, Chip::PAGES)?;
    let storage = FlashStorage::mount(flash)?;
    let memory = MEMORY.init_with(AgentMemory::new).with_gates(&GATES);
    let udi = Udi::parse(b"ISR4331/K9:FDO1234ABCD")?;
    Agent::boot(PRODUCT, udi, tables::VERIFIER, storage, memory, now())
}

/// Sleeps until time makes a difference or the agent was used, and sends what has happened.
#[embassy_executor::task]
async fn licensing(agent: &'static Shared, mut wire: board::Wire) {
    loop {
        let mut held = agent.lock().await;
        held.tick(now());
        while let Some(event) = held.poll_event() {
            let mut frame = [0; 48];
            let frame = unwrap!(postcard::to_slice_cobs(&event, &mut frame));
            frame.iter().for_each(|&byte| wire.put(byte));
        }
        let deadline = held.next_deadline();
        drop(held);
        let sleep = async {
            match deadline {
                Some(at) => Timer::at(Instant::from_secs(at)).await,
                None => pending().await,
            }
        };
        select(sleep, USED.wait()).await;
    }
}

/// The hot path, at a higher priority: it interrupts the agent, and asks with one load.
#[embassy_executor::task]
async fn audio() {
    let mut blocks = Ticker::every(Duration::from_millis(100));
    let mut reduced = false;
    loop {
        let granted = GATES.is_open(Licensed::Denoise, uptime());
        if granted != reduced {
            info!("audio: noise reduction {=str}", if granted { "on" } else { "off" });
            reduced = granted;
        }
        blocks.next().await;
    }
}

/// A call takes a channel for as long as it lasts.
#[embassy_executor::task(pool_size = 3)]
async fn call(agent: &'static Shared, number: u32) {
    let lease = agent.lock().await.lease(Licensed::Channels, 1, number, now());
    match lease {
        Ok(lease) => {
            info!("call {=u32}: begins", number);
            Timer::after_secs(60).await;
            info!("call {=u32}: ends", number);
            drop(lease);
        }
        Err(denial) => warn!("call {=u32}: {}", number, denial),
    }
    USED.signal(());
}

/// What somebody does with the device: the first power-on, and one after that.
#[embassy_executor::task]
async fn owner(agent: &'static Shared, mut serial: Serial, calls: SendSpawner) {
    let is_new = agent.lock().await.lines().next().is_none();
    if is_new {
        if let Verdict::Denied(denial) = agent.lock().await.check(Licensed::Denoise, uptime()) {
            warn!("denoise: {}", denial);
        }
        install(agent, &mut serial).await;
        switch_on(agent).await;
        if let Err(reason) = agent.lock().await.accept_eula(Licensed::Denoise, TERMS, now()) {
            error!("agreement: {}", reason);
        }
        USED.signal(());
    }
    switch_on(agent).await;
    for number in 1..=3 {
        calls.spawn(unwrap!(call(agent, number)));
    }
    Timer::after_secs(600).await;
    if is_new {
        info!("owner: restart");
        board::restart();
    }
    while GATES.is_open(Licensed::Denoise, uptime()) {
        Timer::after_secs(60).await;
    }
    Timer::after_secs(1).await; // the last event is sent
    info!("owner: off after {=u64} s", uptime());
    board::power_off(0);
}

async fn switch_on(agent: &'static Shared) {
    match agent.lock().await.activate(Licensed::Denoise, now()) {
        Ok(()) => info!("denoise: activated"),
        Err(denial) => warn!("denoise: {}", denial),
    }
    USED.signal(());
}

/// License lines come in chunks of any size, and each is installed when it is whole; an empty line
/// ends them.
async fn install(agent: &'static Shared, serial: &mut Serial) {
    let mut feed = Installer::<1024>::new();
    let mut end = [0; 2];
    while end != *b"\n\n" {
        let mut chunk = [0; 32];
        let len = serial.read(&mut chunk).await;
        let chunk = chunk.get(..len).unwrap_or_default();
        chunk.iter().for_each(|&byte| end = [end[1], byte]);
        feed.push(&mut *agent.lock().await, chunk, now(), tell);
    }
    feed.finish(&mut *agent.lock().await, now(), tell);
    USED.signal(());
}

fn tell(taken: &RecordReport<'_, '_>) {
    match taken.result {
        Ok(effect) => info!("install: record {=u32}: {}", taken.number, effect),
        Err(reason) => warn!("install: record {=u32}: {}", taken.number, reason),
    }
}
