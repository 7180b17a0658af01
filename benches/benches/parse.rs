//! Reading records: text, binary, and a large file for other devices.

mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nodelock::record::Records;
use nodelock_benches::lines_for_others;
use nodelock_benches::scenarios::{self, Operation};

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    let mut time = |name: &str, bytes: u64, mut operation: Operation| {
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(name, |bencher| bencher.iter(&mut operation));
    };
    time("line-300-bytes", 300, scenarios::parse_line());
    time("decided-300-bytes", 300, scenarios::decide_line());
    time("the-same-in-binary", 300, scenarios::parse_binary());
    let file = lines_for_others(10_000);
    let bytes = file.len() as u64;
    let records = Box::new(move || assert_eq!(Records::new(file.as_bytes()).count(), 10_000));
    time("10000-lines", bytes, records);
    group.finish();
}

criterion_group! { name = benches; config = common::short(); targets = parse }
criterion_main!(benches);
