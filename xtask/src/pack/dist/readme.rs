//! README.md of the archive: from here to the first granted feature, with nothing else.

use std::fs;

use anyhow::{Context, Result};

use crate::pack::dist::HOST;
use crate::pack::dist::manifests::NAMES;
use crate::tools::bare::{CORTEX_M4, Crypto, PROCESSORS};
use crate::tools::{markdown, workspace};

/// Commands that the gate carries out as they stand: the tail of the block, and where its text begins.
pub(super) const ON_THIS_MACHINE: &str = "on-this-machine";
pub(super) const ON_BARE_METAL: &str = "on-bare-metal";

/// Whether the archive has the library of these commands.
pub(super) fn runs_on_this_machine(targets: &[&str], cryptos: &[Crypto]) -> bool {
    targets.contains(&HOST) && cryptos.contains(&Crypto::P256)
}

pub(super) fn runs_on_bare_metal(targets: &[&str], cryptos: &[Crypto]) -> bool {
    targets.contains(&CORTEX_M4) && cryptos.contains(&Crypto::Pinned)
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

fn on_bare_metal() -> String {
    format!(
        r#"On bare metal, here on a Cortex-M4 that QEMU emulates (`arm-none-eabi-gcc`, `make`):

<!-- {ON_BARE_METAL}:begin -->
    make -C examples/firmware-console BOARD=mps2-an386 OUT=$PWD/build \
        LIB=$PWD/lib/thumbv7em-none-eabi/agent-pinned/libnodelock.a
<!-- {ON_BARE_METAL}:end -->

    qemu-system-arm -M mps2-an386 -display none -monitor none -serial stdio \
        -semihosting-config enable=on,target=native -kernel build/console.elf

Type `install`, then `check voice`. The flash is a file beside the emulator; `off` ends it. Other boards are `microbit`,
`mps2-an505` and `virt`; what a board needs beside `console.c` is one small file. For your own, begin with
`docs/PORTING.md`.

"#
    )
}

const BARE_LIBRARIES: &str = "
On bare metal take `pinned`: tables of the keys that the firmware trusts make it several times faster (`docs/PINNED.md`),
and it is smaller and takes less stack than `p256` in any case. The libraries for it are built for `-mfloat-abi=soft`. No
function takes or gives floating point, so a firmware with `-mfloat-abi=hard` links them all the same; GNU's linker has to
be told, `-Wl,--no-warn-mismatch`.
";

/// What this archive has: nothing is told of libraries that are not in it.
pub(super) fn text(version: &str, targets: &[&str], cryptos: &[Crypto]) -> Result<String> {
    let path = workspace::root().join("README.md");
    let readme = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let sizes = markdown::part(&readme, "size").context("README.md has no sizes")?.trim();
    let mut processors = String::new();
    for one in PROCESSORS.iter().filter(|one| targets.contains(&one.target)) {
        let (cores, flags, target, note) = (one.cores, one.flags, one.target, one.note);
        processors += &format!("| {cores} | `{flags}` | `{target}` | `pinned`{note} |\n");
    }
    if targets.contains(&HOST) {
        processors += "| this machine | none | `host` | `p256` |\n";
    }
    let (mut first, mut bare_libraries, mut bare_cmake) = (String::new(), "", "");
    if runs_on_this_machine(targets, cryptos) {
        first += &on_this_machine();
    }
    if runs_on_bare_metal(targets, cryptos) {
        first += &on_bare_metal();
    }
    if first.is_empty() {
        first += "Begin with `docs/PORTING.md`, and look at `examples`.\n\n";
    }
    if targets.iter().any(|&target| target != HOST) {
        bare_libraries = BARE_LIBRARIES;
        bare_cmake = " For bare metal set `NODELOCK_TARGET` before; `pinned` is the default there.";
    }
    let packages: String =
        NAMES.iter().map(|(file, what)| format!("| `{file}` | {what} |\n")).collect();
    Ok(format!(
        r#"# nodelock {version}: licenses that a device checks itself

Headers, static libraries for hosts and microcontrollers, and examples. Nothing else is needed to build with it: a
compiler for C, and what the example at hand says.

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
several times as much. pkg-config knows the flags: `lib/pkgconfig` for this machine,
`lib/TARGET/PROFILE-VERIFIER` for each library. On Linux the library needs `-lpthread -ldl -lm`; on bare metal `memcpy`,
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

/// The commands between two markers, as a shell takes them.
pub(super) fn commands(readme: &str, name: &str) -> Result<String> {
    let block = markdown::part(readme, name).with_context(|| format!("README.md has no {name}"))?;
    Ok(block.lines().map(|line| format!("{}\n", line.trim_start())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_of_libraries_that_are_not_there() {
        let host = text("0.1.0", &[HOST], &Crypto::ALL).unwrap();
        assert!(
            commands(&host, ON_THIS_MACHINE).is_ok() && commands(&host, ON_BARE_METAL).is_err()
        );
        for bare in ["make -C", "qemu", "NODELOCK_TARGET", "-mthumb", "float-abi", "lib/thumbv"] {
            assert!(!host.contains(bare), "{bare}");
        }
        let firmware = text("0.1.0", &[CORTEX_M4], &Crypto::ALL).unwrap();
        assert!(commands(&firmware, ON_THIS_MACHINE).is_err());
        assert!(commands(&firmware, ON_BARE_METAL).unwrap().contains(CORTEX_M4));
        assert!(!firmware.contains("lib/host/") && firmware.contains("float-abi"));
    }
}
