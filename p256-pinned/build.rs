//! Decides whether the assembler is used: where UMAAL is there for certain, or the user says so.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(umaal, umaal_by_choice)");
    let target = std::env::var("TARGET").unwrap_or_default();
    // Cortex-M4 and M7.
    let certain = target.starts_with("thumbv7em-");
    // Cortex-M33 and others, where the maker of the chip may leave the DSP extension out.
    let chosen =
        target.starts_with("thumbv8m.main-") && std::env::var_os("CARGO_FEATURE_DSP").is_some();
    if certain || chosen {
        println!("cargo::rustc-cfg=umaal");
    }
    if chosen {
        println!("cargo::rustc-cfg=umaal_by_choice");
    }
}
