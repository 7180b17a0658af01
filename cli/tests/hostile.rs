//! Files that nobody should write: every command ends with a status of its own, and says why.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Ran, UDI, nodelock, nodelock_with, vector, vectors};

const LIMIT: usize = nodelock::limits::MAX_FILE_LEN;

/// Runs every command that reads license files; none may crash or say "yes" to it.
fn refused_by_all(file: &str, stdin: &[u8]) {
    let trust = vector("keys/root.pub.pem");
    let commands: [&[&str]; 9] = [
        &["inspect", file],
        &["inspect", file, "--trust", &trust, "--json"],
        &["check", file, "--trust", &trust, "--udi", UDI, "--feature", "ipservices"],
        &["check", file, "--trust", &trust, "--udi", UDI, "--feature", "ipservices", "--json"],
        &["convert", file, "--to", "text"],
        &["convert", file, "--to", "binary"],
        &["signed-bytes", file],
        &["signed-bytes", file, "--record", "1"],
        &["qr", file],
    ];
    for args in commands {
        let ran = nodelock_with(args, stdin);
        assert_eq!(ran.status, 1, "{args:?}: {}", ran.stderr);
        calm(&ran);
        if args.contains(&"--json") {
            ran.json();
        }
    }
}

/// No panic, and no byte that a terminal would act upon.
fn calm(ran: &Ran) {
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    for text in [&ran.stdout, ran.stderr.as_bytes()] {
        let odd = text.iter().find(|&&b| b.is_ascii_control() && b != b'\n');
        assert_eq!(odd, None);
    }
}

#[test]
fn empty_files() {
    for file in [b"".as_slice(), b"\n", b"\xEF\xBB\xBF", b"# nothing\n# here", b" \t\r\n"] {
        refused_by_all("-", file);
    }
}

#[test]
fn one_byte_over_and_over() {
    for byte in [0, b'\t', b'\n', b' ', b'#', b'-', b'=', b'A', b's', 0x1B, 0x7F, 0x80, 0xB1, 0xFF]
    {
        refused_by_all("-", &vec![byte; 1 << 20]);
    }
}

#[test]
fn noise() {
    // A linear congruential generator will do for noise.
    let mut state = 1_u64;
    let mut noise = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    for first in [None, Some(nodelock::record::BINARY_MARK)] {
        for len in [1, 7, 100, 10_000] {
            let mut file: Vec<u8> = (0..len).map(|_| noise()).collect();
            if let Some(first) = first {
                file[0] = first;
            }
            refused_by_all("-", &file);
        }
    }
}

#[test]
fn huge_lines() {
    let typical = fs::read(vectors().join("valid/typical.lic")).unwrap();
    let long = [b"LICENSE 1 ".as_slice(), &vec![b'f'; 1 << 20]].concat();
    refused_by_all("-", &long);
    let many = [b"LICENSE 1 ".as_slice(), &b"x-a=1 ".repeat(1 << 17)].concat();
    refused_by_all("-", &many);
    refused_by_all("-", &b"KEY LICENSE ".repeat(1 << 12));
    // A damaged line of a megabyte does no harm to the one behind it.
    let both = [&long, b"\n".as_slice(), &typical].concat();
    let root = vector("keys/root.pub.pem");
    let args = ["check", "-", "--trust", &root, "--udi", UDI, "--feature", "ipservices"];
    assert_eq!(nodelock_with(args, &both).status, 0);
}

#[test]
fn bytes_for_a_terminal_are_made_harmless() {
    refused_by_all("-", b"\x1B[2J\x1B]0;title\x07 LICENSE 1 \x1B[31m\xC2\x9B 1.0");
    refused_by_all("-", "LICENSE 1 \u{202E}evil\u{2028}".as_bytes());
}

/// Ten thousand lines for other devices: one pass, and no signature is checked.
#[test]
fn a_large_file_for_others() {
    let typical = fs::read_to_string(vectors().join("valid/typical.lic")).unwrap();
    let mut file = typical.replace("ABCD", "XXXX").repeat(10_000);
    file.push_str(&typical);
    let root = vector("keys/root.pub.pem");
    let args = ["check", "-", "--trust", &root, "--udi", UDI, "--feature", "ipservices"];
    let granted = nodelock_with(args, file.as_bytes());
    assert_eq!(granted.status, 0);
    assert!(granted.text().contains("and 9801 more"), "{}", granted.text());
    let all = nodelock_with(args.into_iter().chain(["--json"]), file.as_bytes()).json();
    assert_eq!(all["lines"].as_array().unwrap().len(), 10_001);
    assert_eq!(all["lines"][0]["reason"]["name"], "other-device");
}

#[test]
fn files_beyond_the_limit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.lic");
    let name = path.to_str().unwrap();
    // Sparse, and larger than what memory would hold.
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let refused = nodelock(["inspect", name]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("which is the limit"), "{}", refused.stderr);
    // A device tells no length.
    let refused = nodelock(["inspect", "/dev/zero"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("which is the limit"), "{}", refused.stderr);
    // Exactly at the limit is read.
    let mut file = b"#".repeat(LIMIT - 1);
    file.push(b'\n');
    let read = nodelock_with(["inspect", "-"], &file);
    assert!(read.text().contains("no record in it"), "{}", read.stderr);
    file.push(b'\n');
    assert!(nodelock_with(["inspect", "-"], &file).stderr.contains("which is the limit"));
}

/// A reader that goes away is no failure, and never a panic.
#[test]
fn broken_pipes() {
    let typical = fs::read_to_string(vectors().join("valid/typical.lic")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("many.lic");
    fs::write(&path, typical.repeat(2_000)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_nodelock"))
        .args(["inspect", path.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn the_standard_input_is_read_once() {
    let root = fs::read(vectors().join("keys/root.pub.pem")).unwrap();
    let ran = nodelock_with(["check", "-", "--trust", "-", "--udi", UDI, "--feature", "f"], &root);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("standard input"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn files_are_written_whole_and_for_all_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.lic");
    let name = path.to_str().unwrap();
    let convert = |force: &[&str]| {
        nodelock(["convert", "valid/typical.lic", "--to", "text", "-o", name].iter().chain(force))
    };
    convert(&[]).ok();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o600, 0o600);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o111, 0);
    assert_eq!(convert(&[]).status, 3);
    convert(&["--force"]).ok();
    // A dangling link is in the way too, and is not written through.
    let link = directory.path().join("link.lic");
    std::os::unix::fs::symlink(directory.path().join("nowhere"), &link).unwrap();
    let link = link.to_str().unwrap();
    let refused = nodelock(["convert", "valid/typical.lic", "--to", "text", "-o", link]);
    assert_eq!(refused.status, 3);
    assert!(!directory.path().join("nowhere").exists());
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "a temporary file was left behind");
}

#[cfg(unix)]
#[test]
fn a_private_key_that_others_can_read_is_noted() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("key.pem");
    fs::copy(vectors().join("keys/root.key.pem"), &key).unwrap();
    let issue = |mode| {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let key = key.to_str().unwrap();
        nodelock(["issue", "--key", key, "--udi", UDI, "--feature", "f"]).ok().stderr
    };
    assert!(issue(0o644).contains("chmod 600"));
    assert_eq!(issue(0o600), "");
}

/// Nothing of a private key is ever printed.
#[test]
fn secrets_stay_secret() {
    let path = vectors().join("keys/root.key.pem");
    let pem = fs::read_to_string(&path).unwrap();
    let secret: Vec<&str> =
        pem.lines().filter(|line| line.len() == 64 && !line.contains(' ')).collect();
    assert!(secret.len() > 1);
    let key = path.to_str().unwrap();
    let runs = [
        nodelock(["inspect", key]),
        nodelock(["convert", key, "--to", "text"]),
        nodelock(["pubkey", key]),
        nodelock(["issue", "--key", key, "--udi", UDI, "--feature", "f", "--json"]),
        nodelock(["issue", "--key", key, "--order", key]),
    ];
    for ran in runs {
        for line in &secret {
            assert!(!ran.stderr.contains(line) && !ran.text().contains(line), "{ran:?}");
        }
    }
    assert!(Path::new(key).exists());
}

/// Base64 in every form that programs write.
#[test]
fn base64_of_every_kind() {
    let standard = fs::read_to_string(vectors().join("valid/longest.b64")).unwrap();
    let standard = standard.trim_end();
    let plain = fs::read(vectors().join("valid/longest.lic")).unwrap();
    let wrapped: Vec<&str> = (0..standard.len())
        .step_by(76)
        .map(|i| &standard[i..(i + 76).min(standard.len())])
        .collect();
    let forms = [
        standard.to_owned(),
        standard.trim_end_matches('=').to_owned(),
        standard.replace('+', "-").replace('/', "_"),
        wrapped.join("\r\n"),
        format!("  {standard}\n\n"),
    ];
    for form in forms {
        let text = nodelock_with(["convert", "-", "--to", "text"], form.as_bytes()).ok();
        assert_eq!(text.stdout, plain);
    }
    refused_by_all("-", format!("{standard}===").as_bytes());
    refused_by_all("-", &standard.as_bytes()[..standard.len() - 8]);
}

/// Every vector through every form and back.
#[test]
fn vectors_convert_without_loss() {
    for entry in fs::read_dir(vectors().join("valid")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".lic") else { continue };
        let convert = |from: &str, to| {
            nodelock(["convert", &format!("valid/{name}.{from}"), "--to", to]).ok().stdout
        };
        let read =
            |ending: &str| fs::read(vectors().join(format!("valid/{name}.{ending}"))).unwrap();
        let text = convert("lic", "text");
        // Some are written as people do, with comments and line breaks.
        if !["rewrapped", "comments", "delegated-again"].contains(&name) {
            assert_eq!(text, read("lic"), "{name}");
        }
        for from in ["lic", "bin", "b64"] {
            assert_eq!(convert(from, "text"), text, "{name}");
            assert_eq!(convert(from, "binary"), read("bin"), "{name}");
            assert_eq!(convert(from, "base64"), read("b64"), "{name}");
        }
    }
}

/// `inspect --json` says of every vector what its expectation says.
#[test]
fn inspect_agrees_with_the_expectations() {
    for entry in fs::read_dir(vectors().join("valid")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".lic") else { continue };
        let expected = fs::read(vectors().join(format!("valid/{name}.json"))).unwrap();
        let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
        let trust = ["root", "evaluation", "development"].map(|k| format!("keys/{k}.pub.pem"));
        let [root, evaluation, development] = &trust;
        let shown = nodelock([
            "inspect",
            &format!("valid/{name}.lic"),
            "--json",
            "--development",
            "--trust",
            root,
            "--trust",
            evaluation,
            "--trust",
            development,
        ])
        .ok()
        .json();
        let records = shown["records"].as_array().unwrap();
        assert_eq!(records.len(), expected["records"].as_array().unwrap().len());
        for (record, wanted) in records.iter().zip(expected["records"].as_array().unwrap()) {
            assert_eq!(record["outcome"], "valid", "{name}");
            for field in ["offset", "end", "signer", "record"] {
                assert_eq!(record[field], wanted[field], "{name}");
            }
        }
    }
}
