//! The firmware builds of this tree: for which targets, with which cryptography, with which flags.

use std::process::Command;

use clap::ValueEnum;

use crate::tools::toolchain;

pub(crate) const CORTEX_M0: &str = "thumbv6m-none-eabi";
/// Measured only: Cortex-M4 without its DSP instructions.
pub(crate) const CORTEX_M3: &str = "thumbv7m-none-eabi";
pub(crate) const CORTEX_M4: &str = "thumbv7em-none-eabi";
pub(crate) const CORTEX_M33: &str = "thumbv8m.main-none-eabi";
pub(crate) const RISCV32: &str = "riscv32imc-unknown-none-elf";

/// Every target that the project builds for and measures.
pub(crate) const TARGETS: [&str; 4] = [CORTEX_M0, CORTEX_M4, CORTEX_M33, RISCV32];

/// What somebody has on the board, and what that means for the build.
pub(crate) struct Processor {
    pub(crate) cores: &'static str,
    /// As the vendors' linkers, Arduino and CMSIS call them; the last is for all others of the target.
    pub(crate) core: &'static str,
    pub(crate) flags: &'static str,
    pub(crate) target: &'static str,
    /// Behind the verifier.
    pub(crate) note: &'static str,
}

pub(crate) const PROCESSORS: [Processor; 5] = [
    Processor {
        cores: "Cortex-M0, M0+, M1",
        core: "cortex-m0plus",
        flags: "-mcpu=cortex-m0plus -mthumb -mfloat-abi=soft",
        target: CORTEX_M0,
        note: "",
    },
    Processor {
        cores: "Cortex-M3",
        core: "cortex-m3",
        flags: "-mcpu=cortex-m3 -mthumb -mfloat-abi=soft",
        target: CORTEX_M0,
        note: "",
    },
    Processor {
        cores: "Cortex-M4, M7",
        core: "cortex-m4",
        flags: "-mcpu=cortex-m4 -mthumb -mfloat-abi=soft",
        target: CORTEX_M4,
        note: "",
    },
    Processor {
        cores: "Cortex-M33, M35P, M55",
        core: "cortex-m33",
        flags: "-mcpu=cortex-m33+nodsp -mthumb -mfloat-abi=soft",
        target: CORTEX_M33,
        note: "; with the DSP extension (`-mcpu=cortex-m33`): `pinned-dsp`",
    },
    Processor {
        cores: "RISC-V, 32 bit (ESP32-C3 and others)",
        core: "riscv",
        flags: "-march=rv32imc -mabi=ilp32",
        target: RISCV32,
        note: "",
    },
];

/// Whether a processor of this target may have the DSP extension or not.
pub(crate) fn leaves_dsp_open(target: &str) -> bool {
    target.starts_with("thumbv8m.main-")
}

/// Who does the cryptography.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Crypto {
    /// The integrator's callbacks hash and verify
    Callback,
    /// SHA-256 is bundled, a callback verifies the signature
    Sha256,
    /// SHA-256 and the verifier for pinned keys are bundled
    Pinned,
    /// SHA-256 and P-256 are bundled
    P256,
}

impl Crypto {
    pub(crate) const ALL: [Self; 4] = [Self::Callback, Self::Sha256, Self::Pinned, Self::P256];

    /// The Cargo feature that brings it, if any.
    pub(crate) fn feature(self) -> Option<&'static str> {
        match self {
            Self::Callback => None,
            Self::Sha256 => Some("sha256"),
            Self::Pinned => Some("pinned"),
            Self::P256 => Some("p256"),
        }
    }

    /// As in `--crypto` and in the names of directories.
    pub(crate) fn name(self) -> &'static str {
        self.feature().unwrap_or("callback")
    }
}

/// How much of the library is built.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Profile {
    /// Everything
    Agent,
    /// Only the check of lines in flash
    Check,
}

impl Profile {
    pub(crate) const ALL: [Self; 2] = [Self::Check, Self::Agent];

    /// The Cargo feature that brings it, if any.
    pub(crate) fn feature(self) -> Option<&'static str> {
        match self {
            Self::Agent => Some("agent"),
            Self::Check => None,
        }
    }

    /// As in `--profile` and in the names of directories.
    pub(crate) fn name(self) -> &'static str {
        self.feature().unwrap_or("check")
    }
}

/// The Cargo features of a library, as `--features` takes them.
pub(crate) fn features(profile: Profile, crypto: Crypto) -> Vec<&'static str> {
    [profile.feature(), crypto.feature()].into_iter().flatten().collect()
}

/// What can differ between two builds with the firmware profile.
#[derive(Clone, Copy, Default)]
pub(crate) struct Flags {
    /// Arithmetic in our own crates panics where it overflows: then "no panic" says "no overflow"
    /// too.
    pub(crate) overflow_checks: bool,
    /// The compiler notes each function's stack frame in the object file.
    pub(crate) stack_sizes: bool,
    /// The processor has the DSP extension; for targets that leave it open.
    pub(crate) dsp: bool,
}

impl Flags {
    /// Puts profile and flags on a cargo command.
    pub(crate) fn apply(self, command: &mut Command) {
        command.args(["--profile", "firmware"]);
        // The small SHA-256: 2.4 KB of flash instead of 9.1 KB.
        let mut rustflags = vec!["--cfg", "sha2_backend_soft=\"compact\""];
        // Pieces of functions that others jump into save less than one percent, and nobody could compute the stack.
        rustflags.extend(["-C", "llvm-args=-enable-machine-outliner=never"]);
        if self.stack_sizes {
            rustflags.push("-Zemit-stack-sizes");
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        if self.overflow_checks {
            // Not in sha2 and the like: a hash counts its input in 64 bits, and that can overflow,
            // after 2^61 bytes.
            for package in ["nodelock", "nodelock-ffi", "nodelock-p256"] {
                let setting = format!("profile.firmware.package.{package}.overflow-checks=true");
                command.args(["--config", &setting]);
            }
        }
        toolchain::add_rustflags(command, &rustflags);
    }
}
