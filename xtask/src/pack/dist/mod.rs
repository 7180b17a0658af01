//! The release archive: headers, static libraries for every target, a CMake package, notices, checksums
//! and a bill of materials.

mod check;
mod files;
mod manifests;
pub(crate) mod materials;
mod readme;
mod references;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::tools::bare::{self, CORTEX_M4, Crypto, Profile, TARGETS};
use crate::tools::{library, process, programs, workspace};
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

/// What is packed.
pub(super) struct Holds<'o> {
    targets: &'o [&'o str],
    cryptos: &'o [Crypto],
}

impl Holds<'_> {
    fn has(&self, target: &str, crypto: Crypto) -> bool {
        self.targets.contains(&target) && self.cryptos.contains(&crypto)
    }
}

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
                place(&built, &tree, target, &kind, &version)?;
                libraries += 1;
            }
        }
        let usual = usual(target, &cryptos);
        let built = library::with_test_kit(Some(*target).filter(|&one| one != HOST), usual)?;
        let kind = format!("{}-{}-testing", Profile::Agent.name(), usual.name());
        place(&built, &tree, target, &kind, &version)?;
        libraries += 1;
    }
    for (from, place) in files::taken()? {
        copy(&workspace::root().join(&from), &tree.join(place))?;
    }
    let holds = Holds { targets: &targets, cryptos: &cryptos };
    for (place, text) in manifests::all(&version, &holds)? {
        write(&tree.join(place), &text)?;
    }
    fs::write(
        tree.join("lib/cmake/nodelock/nodelock-config-version.cmake"),
        cmake_version(&version),
    )?;
    write(&tree.join("README.md"), &readme::text(&version, &holds)?)?;
    let materials = Materials::read()?;
    fs::write(tree.join("NOTICE.txt"), materials.notice()?)?;
    fs::write(tree.join("sbom.cdx.json"), materials.cyclonedx()?)?;
    mark_references(&tree)?;
    let sums = checksums(&tree)?;
    fs::write(tree.join("SHA256SUMS"), sums)?;

    let archive = out.join(format!("{name}.tar.gz"));
    pack(staging.path(), &name, &archive)?;
    let digest = sha256_of(&archive)?;
    let sum = format!("{digest}  {name}.tar.gz\n");
    fs::write(out.join(format!("{name}.tar.gz.sha256")), &sum)?;
    if options.check {
        check::run(&archive, &name, &holds)?;
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

/// The verifier that a library has if nobody says which.
fn usual(target: &str, cryptos: &[Crypto]) -> Crypto {
    let best = if target == HOST { Crypto::P256 } else { Crypto::Pinned };
    cryptos.iter().copied().find(|&one| one == best).unwrap_or(cryptos[0])
}

/// A library, with what pkg-config has to know.
fn place(built: &Path, tree: &Path, target: &str, kind: &str, version: &str) -> Result<()> {
    let folder = format!("lib/{target}/{kind}");
    copy(built, &tree.join(&folder).join("libnodelock.a"))?;
    let flags = manifests::pkg_config(version, &folder, "${pcfiledir}/../../..");
    write(&tree.join(folder).join("nodelock.pc"), &flags)
}

fn write(to: &Path, text: &str) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(to, text).with_context(|| to.display().to_string())
}

/// The names of all files below a folder.
fn names(tree: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    files_below(tree, &mut files)?;
    files.iter().map(|file| Ok(file.strip_prefix(tree)?.display().to_string())).collect()
}

/// Pages and headers refer to what is in the archive; the rest is said to be elsewhere.
fn is_page(name: &str) -> bool {
    name.ends_with(".md")
}

fn mark_references(tree: &Path) -> Result<()> {
    let (source, names) = (files::tree()?, names(tree)?);
    let archive = files::with_folders(names.iter().map(String::as_str));
    for page in names.iter().filter(|name| is_page(name)) {
        let path = tree.join(page);
        let text = fs::read_to_string(&path).with_context(|| page.clone())?;
        fs::write(&path, references::mark(page, &text, &source, &archive))?;
    }
    Ok(())
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
