//! Notes which compiler builds the benchmarks: instruction counts depend on it.

use std::process::Command;

fn main() {
    let variable = |name: &str| std::env::var(name).expect("set by cargo");
    let output = Command::new(variable("RUSTC")).arg("-V").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&output.stdout);
    println!("cargo:rustc-env=NODELOCK_RUSTC={}", version.trim());
    println!("cargo:rustc-env=NODELOCK_TARGET={}", variable("TARGET"));
    println!("cargo:rerun-if-changed=build.rs");
}
