//! What somebody does who has downloaded the archive: everything here has nothing but what was unpacked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::pack::dist::{Holds, files, is_page, manifests, materials, names, readme, references};
use crate::proof::consoles;
use crate::tools::bare::CORTEX_M4;
use crate::tools::{process, programs};

const GRANTED: &str = "ipservices: granted\n";

pub(super) fn run(archive: &Path, name: &str, holds: &Holds<'_>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut tar = Command::new("tar");
    process::run(tar.arg("-C").arg(dir.path()).arg("-xf").arg(archive))?;
    let tree = dir.path().join(name);
    let mut sums = Command::new(programs::require(&["sha256sum"], "apt-get install coreutils")?);
    process::run(sums.current_dir(&tree).args(["--quiet", "--check", "SHA256SUMS"]))?;
    refers_to_itself_only(&tree, holds)?;
    if readme::runs_on_this_machine(holds) {
        hosted(dir.path(), &tree)?;
        packages(dir.path(), &tree)?;
    }
    if readme::runs_on_bare_metal(holds) {
        firmware(dir.path(), &tree)?;
    }
    Ok(())
}

/// No page, header or manifest names a file that is not there.
fn refers_to_itself_only(tree: &Path, holds: &Holds<'_>) -> Result<()> {
    let (source, names) = (files::tree()?, names(tree)?);
    let archive = files::with_folders(names.iter().map(String::as_str));
    let mut wrong = String::new();
    let is_header = |name: &str| name.ends_with(".h") || name.ends_with(".hpp");
    for page in names.iter().filter(|name| is_page(name) || is_header(name)) {
        let text = fs::read_to_string(tree.join(page))?;
        for (line, target) in references::dangling(page, &text, &source, &archive) {
            wrong += &format!("  {page}:{line}: {target}\n");
        }
    }
    for path in manifests::paths(&manifests::all(&materials::version()?, holds)?)? {
        if !archive.contains(&path) {
            wrong += &format!("  a manifest: {path}\n");
        }
    }
    if !wrong.is_empty() {
        bail!("the archive refers to files that are not in it:\n{wrong}");
    }
    Ok(())
}

/// A program in a folder with nothing of this tree in its environment.
fn outside(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HOME", folder).current_dir(folder);
    command
}

/// The commands of README.md as they stand.
fn as_readme_says(tree: &Path, name: &str) -> Result<String> {
    let commands = readme::commands(&fs::read_to_string(tree.join("README.md"))?, name)?;
    process::run(outside("sh", tree).args(["-e", "-c", &commands]))
}

fn built(project: &Path, options: &[String]) -> Result<PathBuf> {
    let cmake = programs::require(&["cmake"], "apt-get install cmake")?;
    let build = project.join("build");
    let mut configure = outside(&cmake, project);
    process::run(configure.args(["-S", ".", "-B", "build"]).args(options))?;
    process::run(outside(&cmake, project).args(["--build", "build"]))?;
    Ok(build)
}

fn project(dir: &Path, name: &str, cmake: &str, main: &str) -> Result<PathBuf> {
    let project = dir.join(name);
    fs::create_dir_all(&project)?;
    let text = format!("cmake_minimum_required(VERSION 3.16)\n{cmake}");
    fs::write(project.join("CMakeLists.txt"), text)?;
    fs::write(project.join("main.c"), main)?;
    Ok(project)
}

fn grants(program: &Path) -> Result<()> {
    let printed = process::run(&mut outside(program, program.parent().context("a folder")?))?;
    if printed != GRANTED {
        bail!("{} says {printed:?}", program.display());
    }
    Ok(())
}

fn hosted(dir: &Path, tree: &Path) -> Result<()> {
    let printed = as_readme_says(tree, readme::ON_THIS_MACHINE)?;
    if printed != GRANTED {
        bail!("the commands of README.md for this machine say {printed:?}");
    }
    let prefix = format!("-DCMAKE_PREFIX_PATH={}", tree.display());
    let examples = tree.join("examples/c-hosted");
    let build = built(&examples, std::slice::from_ref(&prefix))?;
    grants(&build.join("minimal"))?;
    let mut device = outside(build.join("device"), dir);
    device.arg(dir.join("device")).args(["show", "license", "udi"]);
    let printed = process::run(&mut device)?;
    if !printed.contains("ISR4331/K9:FDO1234ABCD") {
        bail!("the device with the archive's library says {printed:?}");
    }

    let minimal = fs::read_to_string(examples.join("minimal.c"))?;
    let part = project(
        dir,
        "as-a-part",
        &format!(
            "project(p C)\nadd_subdirectory({} nodelock)\nadd_executable(p main.c)\n\
             target_include_directories(p PRIVATE {})\ntarget_link_libraries(p nodelock::nodelock)\n\
             if(NOT nodelock_HOSTED)\n    message(FATAL_ERROR hosted)\nendif()\n",
            tree.display(),
            examples.display()
        ),
        &minimal,
    )?;
    grants(&built(&part, &[])?.join("p"))?;
    with_test_kit(dir, &prefix)?;

    let pkg_config = programs::require(&["pkg-config"], "apt-get install pkg-config")?;
    for folder in ["lib/pkgconfig", "lib/host/agent-p256"] {
        let mut flags = outside(&pkg_config, tree);
        flags.env("PKG_CONFIG_LIBDIR", tree.join(folder));
        let flags = process::run(flags.args(["--cflags", "--libs", "nodelock"]))?;
        let cc = programs::require(&["cc", "gcc", "clang"], "apt-get install gcc")?;
        let program = dir.join("by-flags");
        let mut compile = outside(cc, tree);
        compile.args(["-std=c11", "examples/c-hosted/minimal.c"]);
        process::run(compile.args(flags.split_ascii_whitespace()).arg("-o").arg(&program))?;
        grants(&program)?;
    }
    Ok(())
}

fn with_test_kit(dir: &Path, prefix: &str) -> Result<()> {
    let kit = project(
        dir,
        "test-kit",
        "project(p C)\nfind_package(nodelock 0.1 REQUIRED COMPONENTS testing)\nadd_executable(p main.c)\n\
         target_link_libraries(p nodelock::nodelock)\n",
        "#include \"nodelock_testing.h\"\nint main(void)\n{\n    \
         return nodelock_testing_prove(NULL, NULL, 0, NULL) == NODELOCK_ERR_NULL_ARGUMENT ? 0 : 1;\n}\n",
    )?;
    process::run(&mut outside(built(&kit, &[prefix.to_owned()])?.join("p"), dir))?;
    // The target can be only one library: who asks for another one later is told so.
    let twice = project(
        dir,
        "twice",
        "project(p C)\nfind_package(nodelock REQUIRED)\nfind_package(nodelock REQUIRED)\n\
         find_package(nodelock COMPONENTS testing)\n\
         if(nodelock_FOUND OR nodelock_testing_FOUND)\n    message(FATAL_ERROR \"two libraries in one target\")\nendif()\n\
         find_package(nodelock REQUIRED COMPONENTS agent)\n",
        "int main(void)\n{\n    return 0;\n}\n",
    )?;
    built(&twice, &[prefix.to_owned()]).map(drop)
}

/// Each manifest, by the tool that reads it where that is here.
fn packages(dir: &Path, tree: &Path) -> Result<()> {
    let installed = dir.join("vcpkg");
    let mut port = outside(programs::require(&["cmake"], "apt-get install cmake")?, dir);
    port.arg(format!("-DCURRENT_PACKAGES_DIR={}", installed.display()));
    process::run(port.arg("-P").arg(tree.join("packaging/vcpkg/portfile.cmake")))?;
    let minimal = fs::read_to_string(tree.join("examples/c-hosted/minimal.c"))?;
    let program = project(
        dir,
        "by-vcpkg",
        &format!(
            "project(p C)\nfind_package(nodelock REQUIRED)\nadd_executable(p main.c)\n\
             target_include_directories(p PRIVATE {})\ntarget_link_libraries(p nodelock::nodelock)\n",
            tree.join("examples/c-hosted").display()
        ),
        &minimal,
    )?;
    let found = format!("-Dnodelock_DIR={}", installed.join("share/nodelock").display());
    grants(&built(&program, &[found])?.join("p"))?;

    if let Some(python) = programs::find(&["python3"]) {
        let read = "import sys, ast, xml.dom.minidom as x; x.parse('nodelock.nodelock.pdsc')\n\
                    for f in ['conanfile.py', 'packaging/platformio.py']: ast.parse(open(f).read())";
        process::run(outside(python, tree).args(["-c", read]))?;
    }
    if let Some(conan) = programs::find(&["conan"]) {
        let conan_of = |args: &[&str]| {
            process::run(outside(&conan, tree).env("CONAN_HOME", dir.join("conan")).args(args))
        };
        conan_of(&["profile", "detect"])?;
        conan_of(&["export-pkg", "."])?;
    }
    Ok(())
}

fn firmware(dir: &Path, tree: &Path) -> Result<()> {
    programs::require(&["arm-none-eabi-gcc"], "apt-get install gcc-arm-none-eabi")?;
    programs::require(&["make"], "apt-get install make")?;
    as_readme_says(tree, readme::ON_BARE_METAL)?;
    let console = tree.join("build/console.elf");
    consoles::lives_on_m4(&console)?;
    let typed =
        readme::commands(&fs::read_to_string(tree.join("README.md"))?, readme::AT_ITS_CONSOLE)?;
    let said = consoles::says_on_m4(&console, &typed)?;
    if !said.contains("1 installed, 0 refused") || !said.contains("> check voice\ngranted") {
        bail!("what README.md says to type at the console gives\n{said}");
    }

    let main = "#include \"nodelock.h\"\nint main(void);\nint main(void)\n{\n    uint32_t verdict;\n    \
                return nodelock_check_lines(NULL, NULL, 0, \"a\", 1, 1, &verdict) == \
                NODELOCK_ERR_NULL_ARGUMENT ? 0 : 1;\n}\n";
    // Without a word on the verifier, and on what the linker leaves out.
    for (profile, find) in [("agent", "REQUIRED"), ("check", "REQUIRED COMPONENTS check")] {
        let project = project(
            dir,
            &format!("firmware-{profile}"),
            &format!(
                "set(CMAKE_SYSTEM_NAME Generic)\nset(CMAKE_C_COMPILER arm-none-eabi-gcc)\n\
                 set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)\nset(NODELOCK_TARGET {CORTEX_M4})\n\
                 project(p C)\nfind_package(nodelock 0.1 {find})\nadd_executable(main.elf main.c)\n\
                 target_compile_options(main.elf PRIVATE -mcpu=cortex-m4 -mthumb -ffreestanding)\n\
                 target_link_libraries(main.elf nodelock::nodelock -mcpu=cortex-m4 -mthumb -nostdlib -Wl,-emain -lgcc)\n"
            ),
            main,
        )?;
        let build = built(&project, &[format!("-DCMAKE_PREFIX_PATH={}", tree.display())])?;
        let linked = fs::read_to_string(build.join("CMakeFiles/main.elf.dir/link.txt"))?;
        if !linked.contains(&format!("/{profile}-pinned/libnodelock.a")) {
            bail!("on bare metal the package links something else than {profile}-pinned: {linked}");
        }
        let mut nm = outside("arm-none-eabi-nm", &build);
        if process::run(nm.arg("main.elf"))?.contains("nodelock_agent_boot") {
            bail!("what nobody calls is in the image");
        }
    }
    Ok(())
}
