//! The packages for Linux device images under integrations/packaging/: the source archive that they begin
//! with, and whether they build.

mod buildroot;
mod crates;
mod yocto;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::pack::dist::materials;
use crate::tools::{header, process, programs, workspace};

pub(crate) use buildroot::check as check_buildroot;
pub(crate) use crates::run as crates;
pub(crate) use yocto::check as check_yocto;

/// What the files of the archive say about their age.
#[derive(Clone, Copy, PartialEq)]
enum Times {
    /// Nothing: the same bytes for the same tree.
    None,
    /// The truth, so that cargo knows what has changed since the last time.
    Kept,
}

/// Packs the files that git knows, as they lie here.
pub(crate) fn source(out: &Path) -> Result<String> {
    let archive = pack(&workspace::root().join(out), Times::None)?;
    Ok(format!("{}, {} bytes", workspace::shown(&archive), fs::metadata(&archive)?.len()))
}

fn pack(out: &Path, times: Times) -> Result<PathBuf> {
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let version = materials::version()?;
    let mut git = Command::new(programs::require(&["git"], "apt-get install git")?);
    git.current_dir(workspace::root());
    let list = tempfile::NamedTempFile::new()?;
    fs::write(list.path(), process::run(git.args(["ls-files", "-z"]))?)?;
    let archive = out.join(format!("nodelock-{version}-source.tar.gz"));
    let mut tar = Command::new(programs::require(&["tar"], "apt-get install tar")?);
    tar.current_dir(workspace::root()).args(["--null", "--no-recursion", "--sort=name"]);
    tar.arg("-T").arg(list.path()).arg(format!("--transform=s,^,nodelock-{version}/,"));
    tar.args(["--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"]);
    if times == Times::None {
        tar.arg("--mtime=@0");
    }
    process::run(tar.arg("--use-compress-program=gzip -n").arg("-cf").arg(&archive))?;
    Ok(archive)
}

/// Where the packages are tried.
fn place() -> PathBuf {
    workspace::target_dir().join("packages")
}

/// An empty folder, with one of cargo's in it that outlives it, so that crates are compiled once.
fn begin(name: &str, cargos: &[&str]) -> Result<PathBuf> {
    let dir = place().join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
    }
    let shared = place().join(format!("cargo-{name}"));
    fs::create_dir_all(&shared)?;
    for cargo in cargos {
        let link = dir.join(cargo);
        fs::create_dir_all(link.parent().context("a folder")?)?;
        std::os::unix::fs::symlink(&shared, &link)?;
    }
    Ok(dir)
}

/// Builds a program with nothing but what was staged, by pkg-config and by CMake, and runs it.
fn try_staged(root: &Path) -> Result<()> {
    let cc = programs::require(&["cc", "gcc", "clang"], "apt-get install gcc")?;
    let pkg_config = programs::require(&["pkg-config"], "apt-get install pkg-config")?;
    let cmake = programs::require(&["cmake"], "apt-get install cmake")?;
    for header in header::paths() {
        if !root.join("usr").join(&header).is_file() {
            bail!("{header} is not staged");
        }
    }
    let programs = tempfile::tempdir()?;
    let example = workspace::root().join("examples/c-hosted/minimal.c");

    let mut flags = Command::new(pkg_config);
    flags.env("PKG_CONFIG_SYSROOT_DIR", root);
    flags.env("PKG_CONFIG_LIBDIR", root.join("usr/lib/pkgconfig"));
    let flags = process::run(flags.args(["--cflags", "--libs", "nodelock"]))?;
    let by_flags = programs.path().join("by-flags");
    let mut compile = Command::new(cc);
    compile.arg("-std=c11").arg(&example).args(flags.split_ascii_whitespace());
    process::run(compile.arg("-o").arg(&by_flags))?;

    fs::write(
        programs.path().join("CMakeLists.txt"),
        format!(
            "cmake_minimum_required(VERSION 3.16)\nproject(p C)\nfind_package(nodelock 0.1 REQUIRED)\n\
             add_executable(by-cmake {})\ntarget_link_libraries(by-cmake nodelock::nodelock)\n",
            example.display()
        ),
    )?;
    let build = programs.path().join("build");
    let mut configure = Command::new(&cmake);
    configure.arg("-S").arg(programs.path()).arg("-B").arg(&build);
    configure.arg(format!("-DCMAKE_FIND_ROOT_PATH={}", root.display()));
    process::run(&mut configure)?;
    process::run(Command::new(&cmake).arg("--build").arg(&build))?;

    for program in [by_flags, build.join("by-cmake")] {
        let printed = process::run(&mut Command::new(&program))?;
        if printed != "ipservices: granted\n" {
            bail!("{}: {printed:?}", program.display());
        }
    }
    Ok(())
}

/// Digests of files of this tree, at least one, as a package lists them.
fn compare_sums(tool: &'static str, sums: &str) -> Result<()> {
    if sums.is_empty() {
        bail!("no digests to compare");
    }
    let list = tempfile::NamedTempFile::new()?;
    fs::write(list.path(), sums)?;
    let mut sum = Command::new(programs::require(&[tool], "apt-get install coreutils")?);
    sum.current_dir(workspace::root()).args(["--quiet", "--check"]).arg(list.path());
    process::run(&mut sum).map(drop)
}

/// The command in an image says which it is.
fn try_command(root: &Path) -> Result<()> {
    let printed = process::run(Command::new(root.join("usr/bin/nodelock")).arg("--version"))?;
    let expected = format!("nodelock {}\n", materials::version()?);
    if printed != expected {
        bail!("the command says {printed:?} and not {expected:?}");
    }
    Ok(())
}

/// For the environment of programs that find cargo by its name: the one that runs us comes first.
fn path_with_cargo() -> Result<std::ffi::OsString> {
    let cargo = std::env::var_os("CARGO").map(PathBuf::from);
    let ours = cargo.as_deref().and_then(Path::parent).map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = ours.into_iter().chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(dirs)?)
}

/// What belongs to the cargo that runs us, and not to the builds that we try.
fn forget_cargo(command: &mut Command) -> Result<()> {
    let foreign = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO") || ["RUSTFLAGS", "RUSTC_WRAPPER"].contains(&&*name)
    };
    for (name, _) in std::env::vars_os().filter(|(name, _)| foreign(name)) {
        command.env_remove(name);
    }
    command.env("PATH", path_with_cargo()?);
    Ok(())
}
