//! The release archive: headers, static libraries for every target, a CMake package, notices, checksums
//! and a bill of materials.

pub(crate) mod materials;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::tools::bare::{self, CORTEX_M4, Crypto, Profile, TARGETS};
use crate::tools::{header, library, process, programs, workspace};
use materials::Materials;

#[derive(Args)]
pub(crate) struct Options {
    /// Only this target (may be repeated); `host` for this machine
    #[arg(long)]
    target: Vec<String>,
    /// Only with this cryptography (may be repeated)
    #[arg(long, value_enum)]
    crypto: Vec<Crypto>,
    /// Where the archive goes
    #[arg(long, short, default_value = "target/dist")]
    out: PathBuf,
    /// Unpack it again, and build and run programs that have nothing but the archive
    #[arg(long)]
    check: bool,
}

const HOST: &str = "host";

/// What is copied as it stands, beside the headers that are made from the source.
const FILES: [&str; 14] = [
    "include/nodelock.hpp",
    "include/nodelock_std.hpp",
    "include/nodelock_testing.h",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "CHANGELOG.md",
    "docs/PORTING.md",
    "docs/PINNED.md",
    "docs/SIZES.md",
    "docs/SPEC.md",
    "integrations/cmake/dist/nodelock-config.cmake",
    "examples/c-hosted/device.c",
    "examples/c-hosted/minimal.c",
    "examples/c-hosted/vendor.h",
];

pub(crate) fn run(options: &Options) -> Result<String> {
    let version = materials::version()?;
    let name = format!("nodelock-{version}");
    let out = workspace::root().join(&options.out);
    fs::create_dir_all(&out).with_context(|| out.display().to_string())?;
    let staging = tempfile::tempdir_in(&out)?;
    let tree = staging.path().join(&name);

    let targets: Vec<&str> = if options.target.is_empty() {
        [HOST].into_iter().chain(TARGETS).collect()
    } else {
        options.target.iter().map(String::as_str).collect()
    };
    let cryptos =
        if options.crypto.is_empty() { Crypto::ALL.to_vec() } else { options.crypto.clone() };
    let mut libraries = 0;
    for target in &targets {
        for profile in Profile::ALL {
            for &(crypto, dsp) in &variants(target, &cryptos) {
                let more = if dsp { "-dsp" } else { "" };
                let kind = format!("{}-{}{more}", profile.name(), crypto.name());
                eprintln!("{target}, {kind}");
                let target_name = Some(*target).filter(|&target| target != HOST);
                let built = library::for_anything(target_name, profile, crypto, dsp)?;
                copy(&built, &tree.join("lib").join(target).join(kind).join("libnodelock.a"))?;
                libraries += 1;
            }
        }
    }
    for file in FILES.map(str::to_owned).into_iter().chain(header::paths()) {
        let place = match file.as_str() {
            "integrations/cmake/dist/nodelock-config.cmake" => {
                "lib/cmake/nodelock/nodelock-config.cmake"
            }
            file => file,
        };
        copy(&workspace::root().join(&file), &tree.join(place))?;
    }
    fs::write(
        tree.join("lib/cmake/nodelock/nodelock-config-version.cmake"),
        cmake_version(&version),
    )?;
    let materials = Materials::read()?;
    fs::write(tree.join("NOTICE.txt"), materials.notice()?)?;
    fs::write(tree.join("sbom.cdx.json"), materials.cyclonedx()?)?;
    let sums = checksums(&tree)?;
    fs::write(tree.join("SHA256SUMS"), sums)?;

    let archive = out.join(format!("{name}.tar.gz"));
    pack(staging.path(), &name, &archive)?;
    let digest = sha256_of(&archive)?;
    let sum = format!("{digest}  {name}.tar.gz\n");
    fs::write(out.join(format!("{name}.tar.gz.sha256")), &sum)?;
    if options.check {
        check(&archive, &name, &targets, &cryptos)?;
    }
    let bytes = fs::metadata(&archive)?.len();
    Ok(format!(
        "{}: {libraries} libraries, {} third-party packages, {bytes} bytes\nsha256 {digest}",
        workspace::shown(&archive),
        materials.third_party(),
    ))
}

/// What the gate does: the smallest archive that has a library for a host and one for a firmware.
pub(crate) fn check_one() -> Result<String> {
    let dir = tempfile::tempdir()?;
    run(&Options {
        target: vec![HOST.to_owned(), CORTEX_M4.to_owned()],
        crypto: vec![Crypto::Pinned, Crypto::P256],
        out: dir.path().to_owned(),
        check: true,
    })?;
    Ok("an archive was packed, unpacked, and used by programs that have nothing else".to_owned())
}

/// Where it is a choice, the verifier for pinned keys is there twice: for processors without the DSP
/// extension and with it.
fn variants(target: &str, cryptos: &[Crypto]) -> Vec<(Crypto, bool)> {
    let mut all: Vec<_> = cryptos.iter().map(|&crypto| (crypto, false)).collect();
    if bare::leaves_dsp_open(target) && cryptos.contains(&Crypto::Pinned) {
        all.push((Crypto::Pinned, true));
    }
    all
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    Ok(())
}

/// Before 1.0 a minor version may break the interface.
fn cmake_version(version: &str) -> String {
    let minor = version.rsplit_once('.').map_or(version, |(minor, _)| minor);
    format!(
        "set(PACKAGE_VERSION \"{version}\")\n\
         if(PACKAGE_FIND_VERSION MATCHES \"^{}(\\\\.|$)\" AND NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)\n    \
         set(PACKAGE_VERSION_COMPATIBLE TRUE)\n    \
         if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)\n        \
         set(PACKAGE_VERSION_EXACT TRUE)\n    endif()\nendif()\n",
        minor.replace('.', "\\\\."),
    )
}

fn files_below(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries = fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            files_below(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// As `sha256sum --check` reads it.
fn checksums(tree: &Path) -> Result<String> {
    let mut files = Vec::new();
    files_below(tree, &mut files)?;
    let mut text = String::new();
    for file in files {
        let place = file.strip_prefix(tree)?.display().to_string();
        text += &format!("{}  {place}\n", sha256_of(&file)?);
    }
    Ok(text)
}

fn sha256_of(file: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut File::open(file)?, &mut Hash(&mut hash))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

struct Hash<'h>(&'h mut Sha256);

impl Write for Hash<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The same bytes for the same tree: no names, times or order of this machine.
fn pack(from: &Path, name: &str, archive: &Path) -> Result<()> {
    let mut tar = Command::new(programs::require(&["tar"], "apt-get install tar")?);
    tar.arg("-C").arg(from);
    tar.args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"]);
    tar.args(["--mode=u=rwX,go=rX", "--use-compress-program=gzip -n", "-cf"])
        .arg(archive)
        .arg(name);
    process::run(&mut tar).map(drop)
}

/// What somebody does who has downloaded it.
fn check(archive: &Path, name: &str, targets: &[&str], cryptos: &[Crypto]) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut tar = Command::new("tar");
    process::run(tar.arg("-C").arg(dir.path()).arg("-xf").arg(archive))?;
    let tree = dir.path().join(name);
    let mut sums = Command::new(programs::require(&["sha256sum"], "apt-get install coreutils")?);
    process::run(sums.current_dir(&tree).args(["--quiet", "--check", "SHA256SUMS"]))?;
    if targets.contains(&HOST) && cryptos.contains(&Crypto::P256) {
        hosted(dir.path(), &tree)?;
    }
    if targets.contains(&CORTEX_M4) && cryptos.contains(&Crypto::Pinned) {
        firmware(dir.path(), &tree)?;
    }
    Ok(())
}

fn hosted(dir: &Path, tree: &Path) -> Result<()> {
    let cmake = programs::require(&["cmake"], "apt-get install cmake")?;
    let project = dir.join("hosted");
    fs::create_dir_all(&project)?;
    for file in ["device.c", "minimal.c", "vendor.h"] {
        copy(&tree.join("examples/c-hosted").join(file), &project.join(file))?;
    }
    fs::write(
        project.join("CMakeLists.txt"),
        "cmake_minimum_required(VERSION 3.16)\nproject(p C)\nfind_package(nodelock 0.1 REQUIRED)\n\
         add_executable(minimal minimal.c)\ntarget_link_libraries(minimal nodelock::nodelock)\n\
         add_executable(device device.c)\ntarget_link_libraries(device nodelock::nodelock)\n",
    )?;
    let build = project.join("build");
    let mut configure = Command::new(&cmake);
    configure.arg("-S").arg(&project).arg("-B").arg(&build);
    process::run(configure.arg(format!("-DCMAKE_PREFIX_PATH={}", tree.display())))?;
    process::run(Command::new(&cmake).arg("--build").arg(&build))?;
    let printed = process::run(&mut Command::new(build.join("minimal")))?;
    if printed != "ipservices: granted\n" {
        bail!("the program with the archive's library says {printed:?}");
    }
    let mut device = Command::new(build.join("device"));
    device.arg(project.join("device")).args(["show", "license", "udi"]);
    let printed = process::run(&mut device)?;
    if !printed.contains("ISR4331/K9:FDO1234ABCD") {
        bail!("the device with the archive's library says {printed:?}");
    }
    Ok(())
}

fn firmware(dir: &Path, tree: &Path) -> Result<()> {
    let cmake = programs::require(&["cmake"], "apt-get install cmake")?;
    programs::require(&["arm-none-eabi-gcc"], "apt-get install gcc-arm-none-eabi")?;
    let project = dir.join("firmware");
    fs::create_dir_all(&project)?;
    fs::write(
        project.join("main.c"),
        "#include \"nodelock.h\"\nint main(void);\nint main(void)\n{\n    uint32_t verdict;\n    \
         return nodelock_check_lines(NULL, NULL, 0, \"a\", 1, 1, &verdict) == \
         NODELOCK_ERR_NULL_ARGUMENT ? 0 : 1;\n}\n",
    )?;
    fs::write(
        project.join("CMakeLists.txt"),
        format!(
            "cmake_minimum_required(VERSION 3.16)\nset(CMAKE_SYSTEM_NAME Generic)\n\
             set(CMAKE_C_COMPILER arm-none-eabi-gcc)\nset(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\n\
             set(NODELOCK_TARGET {CORTEX_M4})\nset(NODELOCK_PROFILE check)\nset(NODELOCK_CRYPTO pinned)\n\
             project(p C)\nfind_package(nodelock 0.1 REQUIRED)\nadd_executable(main.elf main.c)\n\
             target_compile_options(main.elf PRIVATE -mcpu=cortex-m4 -mthumb -ffreestanding)\n\
             target_link_libraries(main.elf nodelock::nodelock -mcpu=cortex-m4 -mthumb -nostdlib -Wl,-emain)\n"
        ),
    )?;
    let build = project.join("build");
    let mut configure = Command::new(&cmake);
    configure.arg("-S").arg(&project).arg("-B").arg(&build);
    process::run(configure.arg(format!("-DCMAKE_PREFIX_PATH={}", tree.display())))?;
    process::run(Command::new(&cmake).arg("--build").arg(&build)).map(drop)
}
