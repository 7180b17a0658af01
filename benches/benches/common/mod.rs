//! How long each benchmark runs: short, as the figures that decide are counts, not times.

use std::time::Duration;

use criterion::Criterion;

pub(crate) fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
}
