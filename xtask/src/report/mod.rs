//! Pages and figures that are made from what was measured or from what the tests say.

pub(crate) mod bench_report;
pub(crate) mod coverage;
pub(crate) mod size;
