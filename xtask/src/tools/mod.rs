//! What all others stand on: programs, toolchains, builds and files, without a word of verbs.

pub(crate) mod bare;
pub(crate) mod elf;
pub(crate) mod header;
pub(crate) mod library;
pub(crate) mod linker;
pub(crate) mod markdown;
pub(crate) mod process;
pub(crate) mod programs;
pub(crate) mod toolchain;
pub(crate) mod workspace;
