//! README.md of the archive: from here to the first granted feature, with nothing else.

use std::fs;

use anyhow::{Context, Result};

use crate::pack::dist::manifests::{self, NAMES};
use crate::pack::dist::{HOST, Holds};
use crate::tools::bare::{CORTEX_M4, Crypto, PROCESSORS};
use crate::tools::{markdown, workspace};

/// Commands that the gate carries out as they stand: the tail of the block, and where its text begins.
pub(super) const ON_THIS_MACHINE: &str = "on-this-machine";
pub(super) const ON_BARE_METAL: &str = "on-bare-metal";
/// Lines for the console of what was built there.
pub(super) const AT_ITS_CONSOLE: &str = "at-its-console";

/// The session whose license the reader pastes.
const SESSION: &str = "examples/firmware-console/session-1.txt";

/// Whether the archive has the library of these commands.
pub(super) fn runs_on_this_machine(holds: &Holds<'_>) -> bool {
    holds.has(HOST, Crypto::P256)
}

pub(super) fn runs_on_bare_metal(holds: &Holds<'_>) -> bool {
    holds.has(CORTEX_M4, Crypto::Pinned)
}

fn on_this_machine() -> String {
    format!(
        r#"On this machine, from this folder:

<!-- {ON_THIS_MACHINE}:begin -->
    cc -std=c11 examples/c-hosted/minimal.c -Iinclude lib/host/agent-p256/libnodelock.a \
        -Wl,--gc-sections -lpthread -ldl -lm -o minimal
    ./minimal
<!-- {ON_THIS_MACHINE}:end -->

It says `ipservices: granted`. `vendor.h` beside it has the vendor's key (for tests, and everybody knows its private half)
and one license; with CMake, `cmake -S examples/c-hosted -B build -DCMAKE_PREFIX_PATH=$PWD` builds all programs there.

"#
    )
}

fn on_bare_metal(license: &str) -> String {
    format!(
        r#"On bare metal, here on a Cortex-M4 that QEMU emulates (`arm-none-eabi-gcc`, `make`):

<!-- {ON_BARE_METAL}:begin -->
    make -C examples/firmware-console BOARD=mps2-an386 OUT=$PWD/build \
        LIB=$PWD/lib/thumbv7em-none-eabi/agent-pinned/libnodelock.a
<!-- {ON_BARE_METAL}:end -->

    qemu-system-arm -M mps2-an386 -display none -monitor none -serial stdio \
        -semihosting-config enable=on,target=native -kernel build/console.elf

At its prompt paste these lines, with the empty one, which ends the license. It says `1 installed, 0 refused`, and
`granted`:

<!-- {AT_ITS_CONSOLE}:begin -->
    {license}

    check voice
    off
<!-- {AT_ITS_CONSOLE}:end -->

The license is one of those in `{SESSION}`. The flash is a file beside the emulator; `off` ends it.
Other boards are `microbit`, `mps2-an505` and `virt`; what a board needs beside `console.c` is one small file. For your own,
begin with `docs/PORTING.md`.

"#
    )
}

const BARE_LIBRARIES: &str = "On bare metal take `pinned`: tables of the keys that the firmware trusts make it several times faster (`docs/PINNED.md`),
and it is smaller and takes less stack than `p256` in any case.
";

const SOFT_FLOAT: &str = "The libraries for `-eabi` are built for `-mfloat-abi=soft`. No function takes or gives floating \
point, so a firmware with
`-mfloat-abi=hard` links them all the same; GNU's linker has to be told, `-Wl,--no-warn-mismatch`.
";

/// What this archive has: nothing is told of libraries that are not in it.
pub(super) fn text(version: &str, holds: &Holds<'_>) -> Result<String> {
    let &Holds { targets, cryptos } = holds;
    let path = workspace::root().join("README.md");
    let readme = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let sizes = markdown::part(&readme, "size").context("README.md has no sizes")?.trim();
    let mut processors = String::new();
    for one in PROCESSORS.iter().filter(|one| targets.contains(&one.target)) {
        let (cores, flags, target, note) = (one.cores, one.flags, one.target, one.note);
        processors += &format!("| {cores} | `{flags}` | `{target}` | `pinned`{note} |\n");
    }
    for &target in targets {
        let verifiers: Vec<String> =
            cryptos.iter().rev().map(|crypto| format!("`{}`", crypto.name())).collect();
        let verifiers = verifiers.join(", ");
        if target == HOST {
            processors += &format!("| this machine | none | `host` | {verifiers} |\n");
        } else if !PROCESSORS.iter().any(|one| one.target == target) {
            processors +=
                &format!("| what Rust calls `{target}` | see there | `{target}` | {verifiers} |\n");
        }
    }
    let (mut first, mut bare_libraries, mut bare_cmake) = (String::new(), String::new(), "");
    if runs_on_this_machine(holds) {
        first += &on_this_machine();
    }
    if runs_on_bare_metal(holds) {
        first += &on_bare_metal(&license()?);
    }
    if first.is_empty() {
        first += "Begin with `docs/PORTING.md`, and look at `examples`.\n\n";
    }
    if targets.iter().any(|&target| target.contains("-none")) {
        if cryptos.contains(&Crypto::Pinned) {
            bare_libraries += BARE_LIBRARIES;
        }
        if targets.iter().any(|target| target.ends_with("-none-eabi")) {
            bare_libraries += SOFT_FLOAT;
        }
        bare_cmake = " For bare metal set `NODELOCK_TARGET` before; `pinned` is the default there.";
    }
    let packages: String = NAMES
        .iter()
        .filter(|(file, _)| manifests::is_served(file, holds))
        .map(|(file, what)| format!("| `{file}` | {what} |\n"))
        .collect();
    let pkg_config = match manifests::is_served("lib/pkgconfig", holds) {
        true => "`lib/pkgconfig` for this machine,\n",
        false => "",
    };
    Ok(format!(
        r#"# nodelock {version}: licenses that a device checks itself

Headers, static libraries for hosts and microcontrollers, and examples. Nothing else is needed to build with it: a
compiler for C99 or later or for C++17, and what the example at hand says.

The vendor's side is not in here: the command `nodelock`, which makes keys, licenses, trust anchors and pinned tables, is
built from the source by `cargo install --locked --path cli`. To try things out nobody needs it: `vectors` has keys and
licenses for tests.

| where | what |
| --- | --- |
| `include` | `nodelock.h`, for C++17 `nodelock.hpp`; with an operating system also `nodelock_std.h`; for tests `nodelock_testing.h` |
| `lib` | the libraries: a folder for each target, in it one for each profile (`agent`, everything; `check`, lines in flash) and cryptography |
| `docs/PORTING.md` | what a firmware gives to the library, callback by callback, and the mistakes to avoid |
| `docs/PINNED.md`, `docs/SIZES.md`, `docs/SPEC.md` | the fast verifier, all sizes, the format and the rules |
| `examples` | `c-hosted`: programs for an operating system; `firmware-console`: a product with a serial console, for four processors without one |
| `integrations` | storage for littlefs, Zephyr and ESP-IDF, and a sample for Zephyr |
| `vectors` | keys and license files for tests |

What a page says to be in the source is in the tree that this archive was made from, and not needed here.

## The first granted feature

{first}## Which library

| processor | flags of the compiler | target | verifier |
| --- | --- | --- | --- |
{processors}
A library is `lib/TARGET/PROFILE-VERIFIER/libnodelock.a`. `sha256` has the hash alone, `callback` neither: then the
program verifies.
{bare_libraries}
## With CMake

    find_package(nodelock REQUIRED)                       # with -DCMAKE_PREFIX_PATH=this folder
    target_link_libraries(product PRIVATE nodelock::nodelock)

or `add_subdirectory(this folder)`.{bare_cmake}
`find_package(nodelock REQUIRED COMPONENTS check)` asks for another library;
`lib/cmake/nodelock/nodelock-config.cmake` lists what there is.

## Without CMake

Add `include` to the headers, link the library, and **let the linker leave out what nobody calls**: `-Wl,--gc-sections`.
The library has each function in a section of its own; without that switch all of them land in the image, which is
several times as much. pkg-config knows the flags: {pkg_config}`lib/TARGET/PROFILE-VERIFIER` for each library. On Linux the library needs `-lpthread -ldl -lm`; on bare metal `memcpy`,
`memset`, `memcmp` and `memmove`, from the compiler's libraries or the firmware.

## Sizes

{sizes}

All rows are in `docs/SIZES.md`.

## Testing a port

`lib/TARGET/agent-VERIFIER-testing/libnodelock.a` has the test kit of `include/nodelock_testing.h`: it tries a storage port
with power cuts, on the board too. With CMake it is the component `testing`. Not for products.

## For other build systems

| file | for |
| --- | --- |
{packages}
## Licenses

MIT or Apache-2.0, as you like. `NOTICE.txt` names what is in the libraries, `sbom.cdx.json` does so for machines, and
`SHA256SUMS` has a digest of each file.
"#
    ))
}

/// The license that the reader pastes.
fn license() -> Result<String> {
    let session = fs::read_to_string(workspace::root().join(SESSION)).context(SESSION)?;
    let mut lines = session.lines().filter(|line| line.starts_with("LICENSE 1 voice "));
    // In the session the one before it is a copy that somebody has changed.
    Ok(lines.next_back().context("a license for voice")?.to_owned())
}

/// The commands between two markers, as a shell takes them.
pub(super) fn commands(readme: &str, name: &str) -> Result<String> {
    let block = markdown::part(readme, name).with_context(|| format!("README.md has no {name}"))?;
    Ok(block.lines().map(|line| format!("{}\n", line.trim_start())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds<'o>(targets: &'o [&'o str]) -> Holds<'o> {
        Holds { targets, cryptos: &Crypto::ALL }
    }

    #[test]
    fn other_targets_stand_in_the_table_and_are_not_called_soft() {
        let hard = text("0.1.0", &holds(&["thumbv7em-none-eabihf"])).unwrap();
        assert!(hard.contains("| what Rust calls `thumbv7em-none-eabihf` |"));
        assert!(!hard.contains("built for `-mfloat-abi=soft`") && !hard.contains("lib/pkgconfig"));
        let host = text("0.1.0", &holds(&[HOST])).unwrap();
        assert!(
            host.contains(
                "| this machine | none | `host` | `p256`, `pinned`, `sha256`, `callback` |"
            )
        );
        assert!(host.contains("C99") && host.contains("cargo install --locked --path cli"));
    }

    #[test]
    fn nothing_is_told_of_libraries_that_are_not_there() {
        let host = text("0.1.0", &holds(&[HOST])).unwrap();
        assert!(
            commands(&host, ON_THIS_MACHINE).is_ok() && commands(&host, ON_BARE_METAL).is_err()
        );
        for bare in ["make -C", "qemu", "NODELOCK_TARGET", "-mthumb", "float-abi", "lib/thumbv"] {
            assert!(!host.contains(bare), "{bare}");
        }
        let firmware = text("0.1.0", &holds(&[CORTEX_M4])).unwrap();
        assert!(commands(&firmware, ON_THIS_MACHINE).is_err());
        assert!(commands(&firmware, ON_BARE_METAL).unwrap().contains(CORTEX_M4));
        assert!(!firmware.contains("lib/host/") && firmware.contains("float-abi"));
    }
}
