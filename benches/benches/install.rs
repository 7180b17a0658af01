//! Whole files: lines for this device, and lines for others.

mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use nodelock_benches::scenarios::{self, Operation};

fn install(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("install");
    let mut time = |name: &str, mut operation: Operation| {
        group.bench_function(name, |bencher| bencher.iter(&mut operation));
    };
    time("32-lines", scenarios::install_own(32));
    time("10000-lines-for-others", scenarios::skip_10000());
    group.finish();
}

criterion_group! { name = benches; config = common::short(); targets = install }
criterion_main!(benches);
