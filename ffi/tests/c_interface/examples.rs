//! The examples in C: what of them is generated, and that they compile without a warning.

use crate::build::{C, Inside, library, root};
use crate::example_licenses;

#[test]
fn the_licenses_of_the_examples_are_current() {
    for (path, text) in example_licenses::files() {
        let committed = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(
            committed == text,
            "{path} is stale; run: cargo run -q -p nodelock-ffi --example make-example-licenses"
        );
    }
}

#[test]
fn the_hosted_examples_compile_without_a_warning() {
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        for program in ["minimal.c", "console.c", "device.c", "agent.c"] {
            compiler.check(&format!("../../../examples/c-hosted/{program}"), &[]);
        }
    }
}

/// It is in docs/PORTING.md, too.
#[test]
fn the_example_of_an_agent_runs() {
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        compiler.run("../../../examples/c-hosted/agent.c", library(Inside::P256), &[]);
    }
}
