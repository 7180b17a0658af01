//! Times of what a device does with an agent: boots with lines sealed and not, checks by handle and by
//! name, leases, ticks; and of the install of lines. The scenarios are those whose instructions
//! are counted.

use criterion::{Criterion, criterion_group, criterion_main};
use nodelock_benches::scenarios::SCENARIOS;

fn agent(criterion: &mut Criterion) {
    let ours = |name: &str| name.starts_with("agent-") || name.starts_with("skip-");
    for scenario in SCENARIOS.iter().filter(|scenario| ours(scenario.name)) {
        let mut operation = (scenario.prepare)();
        criterion.bench_function(scenario.name, |bencher| bencher.iter(&mut operation));
    }
}

criterion_group!(benches, agent);
criterion_main!(benches);
