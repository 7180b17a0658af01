//! What an integrator needs to prove a port and a product: flash and storage that lose power, fail and
//! forget on demand, clocks that are wrong, and a suite that finds out which promise a storage port breaks.
//!
//! Not for products. It takes no heap, so it runs on the device as well as on the host.

mod clock;
mod dice;
mod hostile_clock;
mod hostile_flash;
mod hostile_storage;
mod prove;
mod ram_flash;
#[cfg(test)]
mod tests;

pub use clock::VirtualClock;
pub use dice::Dice;
pub use hostile_clock::{ClockSetting, HostileClock};
pub use hostile_flash::{FlashFault, HostileFlash};
pub use hostile_storage::{HostileStorage, PowerCut, StorageFault};
pub use prove::{Broken, Effort, Promise, Report, TestedPort, prove};
pub use ram_flash::{RamFlash, Tear};
