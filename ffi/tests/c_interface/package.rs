//! The CMake package and the pkg-config file: installed, and used as a program would.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::build::{have, root, run, scratch};

#[test]
fn a_program_finds_the_installed_library() {
    if !have("cmake", "cmake") || !have("make", "make") || !have("cc", "gcc") {
        return;
    }
    let (build, prefix) = (scratch("package/library"), scratch("package/prefix"));
    // Whatever an earlier run, perhaps of another checkout, has left there.
    for directory in [&build, &scratch("package/programs")] {
        let _ = std::fs::remove_file(directory.join("CMakeCache.txt"));
    }
    let mut configure = Command::new("cmake");
    configure.arg("-S").arg(root().join("integrations/cmake")).arg("-B").arg(&build);
    configure.arg(format!("-DCMAKE_INSTALL_PREFIX={}", prefix.display()));
    configure.arg(format!("-DCARGO={}", env!("CARGO")));
    run(&mut configure);
    let mut cargo = Command::new("cmake");
    cargo.arg("--build").arg(&build);
    // These belong to the build of this test.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(&mut cargo);
    run(Command::new("cmake").arg("--install").arg(&build));

    // It must not matter where it was installed.
    let moved = scratch("package").join("moved");
    let _ = std::fs::remove_dir_all(&moved);
    std::fs::rename(&prefix, &moved).expect("moving the installation");

    let examples = root().join("examples/c-hosted");
    let programs = scratch("package/programs");
    let mut configure = Command::new("cmake");
    configure.arg("-S").arg(&examples).arg("-B").arg(&programs);
    configure.arg(format!("-DCMAKE_PREFIX_PATH={}", moved.display()));
    run(&mut configure);
    run(Command::new("cmake").arg("--build").arg(&programs));
    granted(&programs.join("minimal"));
    explained(&programs.join("console"));
    operated(&programs.join("device"));

    if have("pkg-config", "pkg-config") {
        let mut flags = Command::new("pkg-config");
        flags.env("PKG_CONFIG_PATH", moved.join("lib/pkgconfig"));
        let version = run(Command::new("pkg-config")
            .env("PKG_CONFIG_PATH", moved.join("lib/pkgconfig"))
            .args(["--modversion", "nodelock"]));
        assert_eq!(version.trim(), env!("CARGO_PKG_VERSION"));
        let flags = run(flags.args(["--cflags", "--libs", "nodelock"]));
        let program = programs.join("minimal-by-pkg-config");
        let mut cc = Command::new("cc");
        cc.arg("-std=c11").arg(examples.join("minimal.c")).args(flags.split_ascii_whitespace());
        run(cc.arg("-o").arg(&program));
        granted(&program);
    }
}

fn granted(program: &Path) {
    assert_eq!(run(&mut Command::new(program)), "ipservices: granted\n");
}

fn explained(console: &Path) {
    let file = root().join("vectors/valid/counted.lic");
    let ask = |pid: &str, more: &[&str]| {
        let mut command = Command::new(console);
        let output = command.args([pid, "FDO1234ABCD"]).arg(&file).args(more).output();
        let output = output.expect("runs");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (status, shown) = ask("ISR4331/K9", &[]);
    assert_eq!(status, Some(0));
    assert!(shown.contains("voice") && shown.contains("16 units"), "{shown}");
    let (status, shown) = ask("ISR4331/K9", &["voice", "16"]);
    assert!(status == Some(0) && shown.ends_with("voice: granted\n"), "{shown}");
    let (status, shown) = ask("ISR4331/K9", &["voice", "17"]);
    assert!(status == Some(1) && shown.contains("fewer units"), "{shown}");
    let (status, shown) = ask("OTHER", &["voice"]);
    assert!(status == Some(1) && shown.contains("no installed line"), "{shown}");
}

/// A device over several boots: commands as arguments and as lines.
fn operated(device: &Path) {
    let directory = scratch("package/device");
    std::fs::remove_dir_all(&directory).expect("what an earlier run has left");
    let operate = |words: &[&str], lines: &str| {
        let mut command = Command::new(device);
        command.arg(&directory).args(words).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().expect("runs");
        let mut input = running.stdin.take().expect("a pipe");
        input.write_all(lines.as_bytes()).expect("what the device reads");
        drop(input);
        let output = running.wait_with_output().expect("ends");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    let file = root().join("vectors/valid/counted.lic");
    let file = file.to_str().expect("a path");
    let licenses = || std::fs::read_to_string(directory.join("licenses.lic")).expect("a file");

    let (status, said) = operate(&["explain", "voice"], "");
    assert!(status == Some(1) && said.contains("voice: denied, no installed line"), "{said}");
    assert!(!licenses().contains("LICENSE"));
    let (status, said) = operate(&["license", "install", file], "");
    assert!(status == Some(0) && said.contains("1/1 installed"), "{said}");
    assert!(licenses().contains("LICENSE 1 voice 2.1 permanent 16 "));
    let (status, said) = operate(&["make", "coffee"], "");
    assert!(status == Some(1) && said.contains("explain, help, license or show"), "{said}");

    let lines = "license accept end user agreement\nyes\nlicense activate security\nexplain security\n\
                 \nexplain voice\n";
    let (status, said) = operate(&[], lines);
    assert!(status == Some(0) && said.contains("security: accepted"), "{said}");
    assert!(said.contains("security: granted") && said.contains("voice: granted"), "{said}");
    let (status, said) = operate(&[], "license accept end user agreement\nexplain security");
    assert!(status == Some(1) && said.contains("there is no agreement to accept"), "{said}");
    assert!(said.contains("security: denied, the license is there and not activated"), "{said}");

    std::fs::remove_dir_all(directory.join("state")).expect("the storage");
    std::fs::write(directory.join("state"), "no directory").expect("a file");
    let (status, said) = operate(&["help"], "");
    assert!(status == Some(3) && said.contains("cannot open the license storage"), "{said}");
}
