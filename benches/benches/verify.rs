//! What a signature check costs, and its parts.

mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use nodelock_benches::scenarios::{self, Operation};

fn verify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify");
    let mut time = |name: &str, mut operation: Operation| {
        group.bench_function(name, |bencher| bencher.iter(&mut operation));
    };
    time("hash-line-300-bytes", scenarios::hash_line());
    time("p256-signature", scenarios::p256_verify());
    time("line-300-bytes", scenarios::verify_line());
    group.finish();
}

criterion_group! { name = benches; config = common::short(); targets = verify }
criterion_main!(benches);
