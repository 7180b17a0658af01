//! The static library and C programs: built with what the machine has.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Missing tools are failures instead of reasons to skip.
pub(crate) fn require_all() -> bool {
    std::env::var_os("NODELOCK_REQUIRE_ALL").is_some_and(|value| value == "1")
}

/// Whether a tool is there; says so, or fails, if not.
pub(crate) fn have(tool: &str, package: &str) -> bool {
    static KNOWN: Mutex<Vec<(String, bool)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, there)) = known.iter().find(|(name, _)| name == tool) {
        return *there;
    }
    let there = Command::new(tool).arg("--version").output().is_ok_and(|o| o.status.success());
    known.push((tool.to_owned(), there));
    drop(known);
    missing(there, tool, package);
    there
}

/// Says that something is missing, or fails.
pub(crate) fn missing(there: bool, what: &str, package: &str) {
    assert!(there || !require_all(), "{what} is missing: apt-get install {package}");
    if !there {
        eprintln!("skipped what needs {what}: apt-get install {package}");
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The topical headers: base.h, check.h...
pub(crate) fn topical_headers() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("include/nodelock")).expect("the headers");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// All that nodelock.h includes.
pub(crate) fn headers() -> String {
    topical_headers().iter().map(|path| std::fs::read_to_string(path).expect("a header")).collect()
}

/// A directory for what tests make.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).expect("a scratch directory");
    path
}

/// Which crypto is inside the static library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    P256,
    Nothing,
    /// With the verifier for pinned keys.
    Pinned,
    /// With the test kit.
    Testing,
    /// The profile "check".
    Check,
    /// With what nodelock_std.h declares.
    Hosted,
}

/// The static library, built once for each kind; with overflow checks and debug assertions.
pub(crate) fn library(inside: Inside) -> &'static Path {
    static P256: OnceLock<PathBuf> = OnceLock::new();
    static NOTHING: OnceLock<PathBuf> = OnceLock::new();
    static PINNED: OnceLock<PathBuf> = OnceLock::new();
    static TESTING: OnceLock<PathBuf> = OnceLock::new();
    static CHECK: OnceLock<PathBuf> = OnceLock::new();
    static HOSTED: OnceLock<PathBuf> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let (cell, name, features) = match inside {
        Inside::P256 => (&P256, "p256", "agent,p256"),
        Inside::Nothing => (&NOTHING, "nothing", "agent"),
        Inside::Pinned => (&PINNED, "pinned", "agent,pinned"),
        Inside::Testing => (&TESTING, "testing", "p256,testing"),
        Inside::Check => (&CHECK, "check", "p256"),
        Inside::Hosted => (&HOSTED, "hosted", "hosted,p256"),
    };
    cell.get_or_init(|| {
        let guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let target = scratch("library");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root()).env("CARGO_TARGET_DIR", &target);
        cargo.args(["rustc", "--quiet", "-p", "nodelock-ffi", "--crate-type", "staticlib"]);
        cargo.args(["--no-default-features", "--features", features]);
        // The mathematics would take seconds without; ours stays as it is.
        cargo.args(["--config", "profile.dev.package.\"*\".opt-level=2"]);
        // These belong to the build of this test, not to that of the library.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        run(&mut cargo);
        let copy = scratch("library").join(format!("libnodelock-{name}.a"));
        std::fs::copy(target.join("debug/libnodelock_ffi.a"), &copy).expect("the library");
        drop(guard);
        copy
    })
}

/// Runs a command that must succeed, and gives its standard output.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Every warning that says something about the code of a C program.
const WARNINGS: &[&str] =
    &["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wconversion", "-Wshadow"];
const C_WARNINGS: &[&str] =
    &["-Wsign-conversion", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wcast-qual", "-Wundef"];
const CXX_WARNINGS: &[&str] = &["-Wsign-conversion", "-Wold-style-cast", "-Wcast-qual"];

/// A compiler and the language that it shall take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compiler {
    pub(crate) program: &'static str,
    package: &'static str,
    pub(crate) standard: &'static str,
}

pub(crate) const C: [Compiler; 6] = [
    Compiler { program: "gcc", package: "gcc", standard: "c99" },
    Compiler { program: "gcc", package: "gcc", standard: "c11" },
    Compiler { program: "gcc", package: "gcc", standard: "c2x" },
    Compiler { program: "clang", package: "clang", standard: "c99" },
    Compiler { program: "clang", package: "clang", standard: "c11" },
    Compiler { program: "clang", package: "clang", standard: "c2x" },
];

pub(crate) const CXX: [Compiler; 4] = [
    Compiler { program: "g++", package: "g++", standard: "c++17" },
    Compiler { program: "g++", package: "g++", standard: "c++20" },
    Compiler { program: "clang++", package: "clang", standard: "c++17" },
    Compiler { program: "clang++", package: "clang", standard: "c++20" },
];

pub(crate) const ARM: Compiler = Compiler {
    program: "arm-none-eabi-gcc",
    package: "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    standard: "c99",
};

impl Compiler {
    pub(crate) fn is_there(&self) -> bool {
        have(self.program, self.package)
    }

    /// Whether it can also link the sanitizers, which clang has in a package of their own.
    pub(crate) fn sanitizes(&self) -> bool {
        static KNOWN: Mutex<Vec<(&str, bool)>> = Mutex::new(Vec::new());
        if !self.is_there() {
            return false;
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, there)) = known.iter().find(|(name, _)| *name == self.program) {
            return *there;
        }
        let source = scratch("programs").join("empty.c");
        std::fs::write(&source, "int main(void) { return 0; }\n").expect("a file");
        let linked = Command::new(self.program)
            .args(["-w", "-fsanitize=address,undefined", "-o"])
            .args([&scratch("programs").join("empty"), &source])
            .output()
            .is_ok_and(|output| output.status.success());
        known.push((self.program, linked));
        drop(known);
        missing(linked, &format!("the sanitizer of {}", self.program), "libclang-rt-dev");
        linked
    }

    /// The compiler with all warnings as errors, the header and the data at hand.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.arg(format!("-std={}", self.standard)).args(WARNINGS);
        let more = if self.standard.starts_with("c++") { CXX_WARNINGS } else { C_WARNINGS };
        command.args(more);
        command.arg("-I").arg(root().join("include"));
        command.arg("-I").arg(crate::data_dir());
        command
    }

    /// Only compiles.
    pub(crate) fn check(&self, source: &str, flags: &[&str]) {
        run(self.command().args(flags).arg("-fsyntax-only").arg(source_path(source)));
    }

    /// Whether it compiles.
    pub(crate) fn takes(&self, source: &str, flags: &[&str]) -> bool {
        let mut command = self.command();
        let output = command.args(flags).arg("-fsyntax-only").arg(source_path(source)).output();
        output.expect("a compiler").status.success()
    }

    /// Compiles with the address and undefined-behaviour sanitizers, and links.
    pub(crate) fn build(&self, source: &str, library: &Path, libs: &[&str]) -> PathBuf {
        self.build_with(source, library, libs, self.sanitizes())
    }

    fn build_with(&self, source: &str, library: &Path, libs: &[&str], sanitized: bool) -> PathBuf {
        // Tests run side by side, and two of them may build the same source.
        static BUILT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "{}-{}-{}-{}-{}",
            source.replace(['.', '/'], "_"),
            self.program,
            self.standard,
            library.file_stem().expect("a name").to_string_lossy(),
            BUILT.fetch_add(1, Ordering::Relaxed)
        );
        let program = scratch("programs").join(name);
        let mut command = self.command();
        command.args(["-g", "-O1"]);
        if sanitized {
            command.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]);
        }
        command.arg(source_path(source)).arg(library).args(libs);
        command.args(["-lpthread", "-ldl", "-lm", "-o"]).arg(&program);
        run(&mut command);
        program
    }

    /// The same, and runs it.
    pub(crate) fn run(&self, source: &str, library: &Path, libs: &[&str]) -> String {
        let program = self.build(source, library, libs);
        run(Command::new(&program).env("UBSAN_OPTIONS", "print_stacktrace=1"))
    }

    /// Builds it without the sanitizers, and runs it under valgrind, as people do who look for a leak in
    /// what is around the library.
    pub(crate) fn run_in_valgrind(&self, source: &str, library: &Path) {
        if have("valgrind", "valgrind") {
            let program = self.build_with(source, library, &[], false);
            let mut valgrind = Command::new("valgrind");
            valgrind.args(["--quiet", "--leak-check=full", "--error-exitcode=1"]);
            run(valgrind.arg(program));
        }
    }
}

fn source_path(source: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c").join(source)
}
