//! Decides whether the assembler multiplication is used: where UMAAL is there for certain.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(umaal)");
    let target = std::env::var("TARGET").unwrap_or_default();
    // Cortex-M4 and M7. On thumbv8m.main the DSP instructions are optional.
    if target.starts_with("thumbv7em-") {
        println!("cargo::rustc-cfg=umaal");
    }
}
