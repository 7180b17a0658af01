//! Jobs: a queue of actions with a result for each license.

mod memory;

mod request;

mod table;

mod cause;

mod perform;

pub use cause::*;
pub use memory::*;
pub use perform::*;
pub use request::*;
pub use table::*;
