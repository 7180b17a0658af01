//! Puts the memory layout where the linker script of cortex-m-rt looks for it.

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::copy("memory.x", format!("{out}/memory.x")).expect("memory.x");
    println!("cargo:rustc-link-search={out}");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rustc-link-arg-bins=-Tdefmt.x");
    println!("cargo:rerun-if-changed=memory.x");
}
