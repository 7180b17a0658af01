//! The C programs: each says itself what must hold.

use std::process::Command;

use crate::build::{ARM, C, CXX, Inside, headers, library, missing, root, run, scratch};

fn everywhere(source: &str) {
    everywhere_with(Inside::P256, source);
}

fn everywhere_with(inside: Inside, source: &str) {
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        compiler.run(source, library(inside), &[]);
    }
}

#[test]
fn licenses_are_installed_checked_shown_and_explained() {
    everywhere("lifecycle.c");
}

#[test]
fn wrong_use_gets_a_result() {
    everywhere("wrong_use.c");
}

#[test]
fn callbacks_may_fail_lie_and_call_back() {
    everywhere("callbacks.c");
}

#[test]
fn an_agent_lives_through_boots() {
    everywhere("agent.c");
}

// shows: F002-088
#[test]
fn a_file_in_pieces_is_installed_as_the_whole() {
    everywhere("installer.c");
}

/// Without the switches that make a warning an error, too: the types do not fit.
#[test]
fn arguments_that_are_confused_do_not_compile() {
    for compiler in C.iter().chain(&CXX).filter(|compiler| compiler.is_there()) {
        let language = if compiler.standard.starts_with("c++") { "c++" } else { "c" };
        let takes = |mistake: &[&str]| {
            compiler.takes("confused.c", &[&["-x", language, "-Wno-error"], mistake].concat())
        };
        assert!(takes(&[]), "{compiler:?}");
        for mistake in 1..=12 {
            let is_taken = takes(&[&format!("-DMISTAKE={mistake}")]);
            // C takes any pointer for any other, with a warning that most programs make an error.
            let only_warned = language == "c" && mistake > 10;
            assert!(!is_taken || only_warned, "{compiler:?} takes mistake {mistake}");
            let strict = ["-x", language, &format!("-DMISTAKE={mistake}")];
            assert!(!compiler.takes("confused.c", &strict), "{compiler:?} takes mistake {mistake}");
        }
    }
}

#[test]
fn an_agent_lives_on_raw_flash() {
    everywhere("flash.c");
}

#[test]
fn the_test_kit_finds_what_is_wrong_with_a_port_and_tries_a_product() {
    for compiler in C.iter().filter(|compiler| compiler.standard != "c2x" && compiler.is_there()) {
        compiler.run("prove.c", library(Inside::Testing), &[]);
        compiler.run("kit.c", library(Inside::Testing), &[]);
    }
}

#[test]
fn an_agent_does_jobs_and_tells_its_history() {
    everywhere("agent_jobs.c");
}

#[test]
fn wrong_use_of_an_agent_gets_a_result() {
    everywhere("agent_wrong_use.c");
}

#[test]
fn calls_in_any_order_get_a_result_and_no_grant() {
    everywhere("random_use.c");
}

#[test]
fn an_agent_notices_older_storage() {
    everywhere("agent_rollback.c");
}

#[test]
fn a_device_with_files_lives_through_boots_and_shares_with_nobody() {
    everywhere_with(Inside::Hosted, "hosted.c");
}

#[test]
fn a_device_with_files_lives_in_valgrind() {
    in_valgrind("hosted.c", Inside::Hosted);
}

#[test]
fn wrong_use_and_callbacks_that_fail_leave_valgrind_nothing_to_say() {
    for source in ["wrong_use.c", "callbacks.c", "agent_wrong_use.c", "never_written.c"] {
        in_valgrind(source, Inside::Pinned);
    }
}

/// Once with each compiler: it takes its time.
fn in_valgrind(source: &str, inside: Inside) {
    for compiler in C.iter().filter(|compiler| compiler.standard == "c11" && compiler.is_there()) {
        compiler.run_in_valgrind(source, library(inside));
    }
}

#[test]
fn wrong_use_of_a_host_gets_a_result() {
    everywhere_with(Inside::Hosted, "hosted_wrong_use.c");
}

/// Storage fails at each call, and power is cut at each write.
#[test]
fn an_agent_outlives_failing_storage_and_power_cuts() {
    for compiler in C.iter().filter(|compiler| compiler.standard == "c11" && compiler.is_there()) {
        compiler.run("agent_power.c", library(Inside::P256), &[]);
    }
}

#[test]
fn lines_in_flash_are_checked_without_a_context() {
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        for inside in [Inside::Check, Inside::P256] {
            compiler.run("check_lines.c", library(inside), &[]);
        }
    }
}

/// Hash and signature from OpenSSL, with a library that has neither, and with one that has both.
#[test]
fn crypto_of_the_program_is_used() {
    let source = scratch("programs").join("openssl.c");
    std::fs::write(&source, "#include <openssl/evp.h>\n").expect("a file");
    let there = Command::new("cc")
        .arg("-fsyntax-only")
        .arg(&source)
        .output()
        .is_ok_and(|output| output.status.success());
    missing(there, "OpenSSL's header", "libssl-dev");
    if !there {
        return;
    }
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        for inside in [Inside::Nothing, Inside::P256] {
            compiler.run("own_crypto.c", library(inside), &["-lcrypto"]);
        }
    }
}

#[test]
fn without_crypto_inside_the_callbacks_are_asked_for() {
    everywhere_with(Inside::Nothing, "no_crypto.c");
}

#[test]
fn pinned_keys_are_verified_with_their_tables() {
    everywhere_with(Inside::Pinned, "pinned.c");
}

/// The table at the end of `docs/PORTING.md`.
#[test]
fn each_mistake_gets_its_result() {
    everywhere("mistakes.c");
}

/// With fewer fields, and with more that are zero.
#[test]
fn structures_of_older_and_newer_headers_are_taken() {
    everywhere("sizes.c");
}

#[test]
fn the_c_plus_plus_layer_does_what_the_functions_do() {
    for compiler in CXX.iter().filter(|compiler| compiler.is_there()) {
        let flags = ["-fno-exceptions", "-fno-rtti"];
        compiler.run("layer.cpp", library(Inside::P256), &flags);
        compiler.run("layer.cpp", library(Inside::Check), &["-DONLY_CHECK", flags[0], flags[1]]);
    }
}

#[test]
fn the_header_is_for_c_plus_plus_too() {
    for compiler in CXX.iter().filter(|compiler| compiler.is_there()) {
        compiler.run("lifecycle.cpp", library(Inside::P256), &[]);
        compiler.run("hosted.cpp", library(Inside::Hosted), &[]);
    }
}

/// The layout must not depend on the switch that changes the size of an enum.
#[test]
fn the_header_is_for_microcontrollers() {
    if ARM.is_there() {
        for flags in [
            ["-mcpu=cortex-m0", "-mthumb", "-fshort-enums"],
            ["-mcpu=cortex-m4", "-mthumb", "-fno-short-enums"],
        ] {
            ARM.check("layout.c", &flags);
            ARM.check("offsets.c", &flags);
        }
    }
}

#[test]
fn the_layout_has_no_holes() {
    for compiler in C.iter().filter(|compiler| compiler.is_there()) {
        compiler.check("layout.c", &["-Wpadded"]);
        compiler.check("offsets.c", &[]);
    }
}

/// A structure or field that nobody has put down there could move unnoticed.
#[test]
fn every_field_of_the_header_has_its_offset_put_down() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let header = headers() + &read("include/nodelock_std.h");
    let offsets = read("ffi/tests/c/offsets.c");
    let (mut fields, mut structure) = (0, None);
    for line in header.lines() {
        let code = line.split("//").next().unwrap_or_default().trim_end();
        if let Some(name) = code.strip_prefix("typedef struct ").and_then(|c| c.strip_suffix(" {"))
        {
            structure = Some(name);
        } else if code.starts_with('}') {
            structure = None;
        } else if let (Some(name), true) = (structure, code.starts_with("  ")) {
            // The name of a function pointer, else the last word before an array's length.
            let field = match code.split_once("(*") {
                Some((_, rest)) => rest.split(')').next().unwrap_or_default(),
                None => match code.strip_suffix(';') {
                    Some(code) => {
                        let code = code.split('[').next().unwrap_or_default();
                        code.rsplit([' ', '*']).next().unwrap_or_default()
                    }
                    None => continue,
                },
            };
            if field.is_empty()
                || field.starts_with('_')
                || code.trim_start().contains(");") && !code.contains("(*")
            {
                continue;
            }
            assert!(offsets.contains(&format!("AT({name}, {field}, ")), "{name}.{field}");
            fields += 1;
        }
    }
    assert_eq!(fields, offsets.matches("\nAT(").count(), "fields that are gone");
}

/// Users of clang like to switch on everything; the header shall not be what they stumble over.
#[test]
fn the_header_stands_every_warning_of_clang() {
    for compiler in C.iter().filter(|compiler| compiler.program == "clang" && compiler.is_there()) {
        compiler.check(
            "layout.c",
            &[
                "-Weverything",
                "-Wno-unknown-warning-option",
                "-Wno-pre-c2x-compat",
                "-Wno-unsafe-buffer-usage",
            ],
        );
    }
}

/// A sanitizer that is not there finds nothing.
#[test]
fn sanitizers_are_in_the_programs() {
    for compiler in C.iter().filter(|compiler| compiler.sanitizes()) {
        let program = scratch("programs").join(format!("overrun-{}", compiler.program));
        let source = scratch("programs").join("overrun.c");
        std::fs::write(
            &source,
            "int main(int argc, char **argv) { char a[1]; a[0] = argv[0][0]; \
             volatile char *p = a; return p[argc] == 0; }\n",
        )
        .expect("a file");
        run(Command::new(compiler.program)
            .args(["-fsanitize=address,undefined", "-o"])
            .arg(&program)
            .arg(&source));
        let output = Command::new(&program).output().expect("runs");
        assert!(!output.status.success(), "{compiler:?}: the overrun went unnoticed");
    }
}
