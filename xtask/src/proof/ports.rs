//! The ports to other people's storage: littlefs with the test kit, the others compiled.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tools::{process, programs, toolchain, workspace};

const TIME_LIMIT: Duration = Duration::from_secs(120);
pub(crate) const WARNINGS: [&str; 7] =
    ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion", "-Wshadow"];
/// Compiled against stubs: their own headers are in no registry.
const COMPILED: [(&str, &str); 2] = [
    ("ports/zephyr/nodelock_zephyr.c", "-Iports/stubs"),
    ("ports/esp-idf/nodelock_esp.c", "-Iports/stubs/esp"),
];

pub(crate) fn check() -> Result<String> {
    let cc = programs::require(&["cc", "gcc", "clang"], "apt-get install gcc")?;
    for (source, stubs) in COMPILED {
        let mut compile = Command::new(&cc);
        compile.current_dir(workspace::integrations()).args(WARNINGS).arg("-fsyntax-only");
        process::run(compile.args(["-I../include", stubs, source]))?;
    }
    littlefs(&cc)
}

/// The real littlefs, with power cuts.
fn littlefs(cc: &PathBuf) -> Result<String> {
    let source = littlefs_source()?;
    let mut cargo = toolchain::host_cargo();
    cargo.args(["rustc", "--release", "-p", "nodelock-ffi", "--lib", "--crate-type", "staticlib"]);
    cargo.args(["--no-default-features", "--features", "testing,sha256"]);
    process::run(&mut cargo)?;
    let out = workspace::target_dir().join("ports");
    std::fs::create_dir_all(&out)?;
    let mut objects = Vec::new();
    for (name, warnings) in [
        ("lfs", &[][..]),
        ("lfs_util", &[]),
        ("prove", &WARNINGS),
        ("nodelock_littlefs", &WARNINGS),
    ] {
        let dir = if warnings.is_empty() {
            source.clone()
        } else {
            workspace::integrations().join("ports/littlefs")
        };
        let object = out.join(name).with_extension("o");
        let mut compile = Command::new(cc);
        compile.current_dir(workspace::root()).args(warnings).args(["-O2", "-c", "-Iinclude"]);
        // What littlefs prints where the power goes is no news here.
        compile
            .args(["-DLFS_NO_ERROR", "-DLFS_NO_WARN", "-DLFS_NO_DEBUG", "-isystem"])
            .arg(&source);
        process::run(compile.arg(dir.join(name).with_extension("c")).arg("-o").arg(&object))?;
        objects.push(object);
    }
    let program = out.join("littlefs");
    let mut link = Command::new(cc);
    link.args(objects).arg(workspace::target_dir().join("release/libnodelock_ffi.a"));
    process::run(link.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program))?;
    let finished = process::finish_within(TIME_LIMIT, &mut Command::new(&program))?;
    if !finished.status.success() {
        bail!("the port to littlefs broke a promise\n{}", finished.whole_output());
    }
    Ok(finished.stdout.trim_end().to_owned())
}

/// Where cargo keeps the package that carries littlefs.
fn littlefs_source() -> Result<PathBuf> {
    let mut cargo = toolchain::host_cargo();
    cargo.current_dir(workspace::integrations().join("ports/littlefs/source"));
    cargo.args(["metadata", "--locked", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&process::run(&mut cargo)?)?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let manifest = packages
        .iter()
        .find(|package| package["name"] == "littlefs2-sys")
        .and_then(|package| package["manifest_path"].as_str())
        .context("littlefs2-sys")?;
    Ok(PathBuf::from(manifest).with_file_name("littlefs"))
}
