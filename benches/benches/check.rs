//! "May this run?" by name, with few and many rights. The feature asked for stands last.

mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use nodelock_benches::scenarios;

fn check(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check");
    for (rights, last) in [(1, "feature-0000"), (8, "feature-0007"), (32, "feature-0031")] {
        for (name, feature) in [("granted", last), ("denied", "feature-9999")] {
            let mut operation = scenarios::check(rights, feature);
            group.bench_function(format!("{name}-of-{rights}"), |bencher| {
                bencher.iter(&mut operation);
            });
        }
    }
    group.finish();
}

criterion_group! { name = benches; config = common::short(); targets = check }
criterion_main!(benches);
