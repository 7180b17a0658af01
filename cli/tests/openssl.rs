//! OpenSSL and this command understand each other's keys and signatures.
//!
//! Left out where there is no `openssl`, unless NODELOCK_REQUIRE_ALL=1.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Ran, UDI, nodelock, run, vector, vectors};
use tempfile::TempDir;

fn openssl(args: &[&str], stdin: &[u8]) -> Ran {
    run(Command::new("openssl").args(args), stdin)
}

/// Whether to skip.
fn missing() -> bool {
    let there = Command::new("openssl").arg("version").output().is_ok_and(|o| o.status.success());
    if !there {
        let all = std::env::var("NODELOCK_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!all, "openssl is missing; apt-get install openssl");
        eprintln!("left out: there is no openssl");
    }
    !there
}

fn path(directory: &TempDir, name: &str) -> String {
    directory.path().join(name).to_str().unwrap().to_owned()
}

fn keygen(directory: &TempDir) -> (String, String, String) {
    let made = nodelock(["keygen", "--out", &path(directory, "")]).ok();
    let id = made.text().lines().next().unwrap().to_owned();
    let key = path(directory, &format!("{id}.key.pem"));
    let public = path(directory, &format!("{id}.pub.pem"));
    (id, key, public)
}

fn granted(line: &Path, public: &str) -> Ran {
    let line = line.to_str().unwrap();
    nodelock(["check", line, "--trust", public, "--udi", UDI, "--feature", "voice"])
}

/// The signature of the only record of a file, in DER.
fn der_signature(file: &str) -> Vec<u8> {
    let shown = nodelock(["signed-bytes", file, "--json"]).ok().json();
    let hex = shown["signature"].as_str().unwrap();
    let rs = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
    let integer = |bytes: &[u8]| {
        let digits = &bytes[bytes.iter().take_while(|&&b| b == 0).count()..];
        let sign = usize::from(digits.first().is_none_or(|&b| b >= 0x80));
        let mut der = vec![2, u8::try_from(digits.len() + sign).unwrap()];
        der.extend(std::iter::repeat_n(0, sign));
        der.extend_from_slice(digits);
        der
    };
    let (r, s) = (integer(&rs[..32]), integer(&rs[32..]));
    let mut der = vec![0x30, u8::try_from(r.len() + s.len()).unwrap()];
    der.extend(r);
    der.extend(s);
    der
}

#[test]
fn reads_our_keys() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    for role in ["production", "evaluation", "development"] {
        let made = nodelock(["keygen", "--out", &path(&directory, ""), "--role", role]).ok();
        let id = made.text().lines().next().unwrap();
        let key = path(&directory, &format!("{id}.key.pem"));
        let public = path(&directory, &format!("{id}.pub.pem"));
        let text = fs::read_to_string(&key).unwrap();
        assert!(text.contains(&format!("nodelock-role: {role}\n")));
        openssl(&["pkey", "-in", &key, "-check", "-noout"], b"").ok();
        let from_secret = openssl(&["pkey", "-in", &key, "-pubout", "-outform", "DER"], b"").ok();
        let from_public = openssl(&["pkey", "-pubin", "-in", &public, "-outform", "DER"], b"").ok();
        assert_eq!(from_secret.stdout, from_public.stdout);
        let digest = openssl(&["sha256", "-r"], &from_public.stdout).ok();
        assert_eq!(&digest.text()[..8], id);
    }
}

#[test]
fn confirms_the_signature_of_every_vector() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let signature = path(&directory, "signature");
    let mut confirmed = 0;
    for entry in fs::read_dir(vectors().join("valid")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_suffix(".lic") else { continue };
        let file = format!("valid/{name}.lic");
        if !vectors().join(format!("valid/{name}.signed")).exists() {
            continue;
        }
        let bytes = nodelock(["signed-bytes", &file]).ok().stdout;
        assert_eq!(bytes, fs::read(vectors().join(format!("valid/{name}.signed"))).unwrap());
        fs::write(&signature, der_signature(&file)).unwrap();
        let key = match name {
            "evaluation-key" => "keys/evaluation.pub.pem",
            "development-key" => "keys/development.pub.pem",
            _ => "keys/root.pub.pem",
        };
        let key = vector(key);
        let args = ["dgst", "-sha256", "-verify", &key, "-signature", &signature];
        assert!(openssl(&args, &bytes).ok().text().contains("Verified OK"));
        // One byte more, and it does not.
        let more = [bytes.as_slice(), b" "].concat();
        assert_ne!(openssl(&args, &more).status, 0);
        confirmed += 1;
    }
    assert!(confirmed > 15, "{confirmed}");
}

#[test]
fn signs_for_us() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, key, public) = keygen(&directory);
    let sign = format!("openssl dgst -sha256 -sign '{key}'");
    // OpenSSL's signatures are random: about half of them come with a high s.
    for i in 0..12 {
        let file = directory.path().join(format!("{i}.lic"));
        let output = file.to_str().unwrap();
        nodelock([
            "issue",
            "--pub",
            &public,
            "--sign-with",
            &sign,
            "--udi",
            UDI,
            "--feature",
            "voice",
            "-o",
            output,
        ])
        .ok();
        granted(&file, &public).ok();
    }
}

#[test]
fn delegates_for_us() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, root, root_public) = keygen(&directory);
    let (_, key, public) = keygen(&directory);
    let record = path(&directory, "delegation.lic");
    nodelock([
        "delegate",
        "--root-pub",
        &root_public,
        "--sign-with",
        &format!("openssl dgst -sha256 -sign '{root}'"),
        "--key",
        &public,
        "--not-before",
        "2026-01-01",
        "--not-after",
        "2027-12-31",
        "-o",
        &record,
    ])
    .ok();
    let file = directory.path().join("voice.lic");
    nodelock([
        "issue",
        "--key",
        &key,
        "--delegation",
        &record,
        "--udi",
        UDI,
        "--feature",
        "voice",
        "--issued",
        "2026-11-22",
        "-o",
        file.to_str().unwrap(),
    ])
    .ok();
    granted(&file, &root_public).ok();
}

#[test]
fn makes_keys_for_us() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let ways: [&[&str]; 3] = [
        // SEC1, with a block of parameters in front.
        &["ecparam", "-name", "prime256v1", "-genkey"],
        // SEC1 alone.
        &["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
        // PKCS#8.
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    ];
    for (i, way) in ways.iter().enumerate() {
        let key = path(&directory, &format!("{i}.key.pem"));
        let public = path(&directory, &format!("{i}.pub.pem"));
        fs::write(&key, openssl(way, b"").ok().stdout).unwrap();
        openssl(&["pkey", "-in", &key, "-pubout", "-out", &public], b"").ok();
        let file = directory.path().join(format!("{i}.lic"));
        let output = file.to_str().unwrap();
        let issue = ["issue", "--key", &key, "--udi", UDI, "--feature", "voice", "-o", output];
        // Such a file says no role, and none is guessed.
        let refused = nodelock(issue);
        assert_eq!(refused.status, 2, "{refused:?}");
        assert!(refused.stderr.contains("--role"), "{}", refused.stderr);
        assert!(granted(&file, &public).stderr.contains("--role"));
        nodelock(issue.iter().chain(&["--role", "production"])).ok();
        let line = file.to_str().unwrap();
        let check = ["check", line, "--trust", &public, "--udi", UDI, "--feature", "voice"];
        nodelock(check.iter().chain(&["--role", "production"])).ok();
        // What the key's role does not allow is not signed.
        let refused = nodelock(issue.iter().chain(&["--role", "evaluation", "--force"]));
        assert_eq!(refused.status, 1, "{refused:?}");
    }
}

#[test]
fn opens_our_encrypted_keys() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let secret = path(&directory, "passphrase");
    fs::write(&secret, "correct horse\n").unwrap();
    let made =
        nodelock(["keygen", "--out", &path(&directory, ""), "--passphrase-file", &secret]).ok();
    let id = made.text().lines().next().unwrap().to_owned();
    let key = path(&directory, &format!("{id}.key.pem"));
    let pass = format!("file:{secret}");
    let public = ["pkey", "-in", &key, "-passin", &pass, "-pubout", "-outform", "DER"];
    let public = openssl(&public, b"").ok();
    assert_eq!(&openssl(&["sha256", "-r"], &public.stdout).ok().text()[..8], id);
    assert_ne!(openssl(&["pkey", "-in", &key, "-passin", "pass:wrong", "-noout"], b"").status, 0);

    let issue = ["issue", "--key", &key, "--udi", UDI, "--feature", "voice"];
    let refused = nodelock(issue);
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(refused.stderr.contains("--passphrase-file"), "{}", refused.stderr);
    nodelock(issue.iter().chain(&["--passphrase-file", &secret])).ok();
    let mut by_variable = Command::new(env!("CARGO_BIN_EXE_nodelock"));
    let by_variable = by_variable.args(issue).env("NODELOCK_PASSPHRASE", "correct horse");
    assert_eq!(by_variable.current_dir(directory.path()).output().unwrap().status.code(), Some(0));

    // Changed, and taken away; the role stays.
    let new = path(&directory, "new");
    fs::write(&new, "battery staple").unwrap();
    let change = ["keys", "passphrase", &key, "--passphrase-file", &secret];
    nodelock(change.iter().chain(&["--new-passphrase-file", &new])).ok();
    assert!(nodelock(change.iter().chain(&["--remove"])).stderr.contains("passphrase is not"));
    let new_pass = format!("file:{new}");
    openssl(&["pkey", "-in", &key, "-passin", &new_pass, "-noout"], b"").ok();
    nodelock(["keys", "passphrase", &key, "--passphrase-file", &new, "--remove"]).ok();
    openssl(&["pkey", "-in", &key, "-noout"], b"").ok();
    let public = nodelock(["keys", "public", &key]).ok();
    assert!(public.text().contains("nodelock-role: production"), "{}", public.text());
}

#[test]
fn encrypts_keys_for_us() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let secret = path(&directory, "passphrase");
    fs::write(&secret, "x1y2z3\n").unwrap();
    let plain = openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout"], b"").ok().stdout;
    let ways: [&[&str]; 5] = [
        &["-v2", "aes-256-cbc"],
        &["-v2", "aes-128-cbc"],
        &["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"],
        &["-v2", "aes-256-cbc", "-iter", "100000"],
        &["-scrypt"],
    ];
    for way in ways {
        let key = path(&directory, "key.pem");
        let args = ["pkcs8", "-topk8", "-passout", "pass:x1y2z3"];
        let args: Vec<&str> = args.iter().chain(way).copied().collect();
        fs::write(&key, openssl(&args, &plain).ok().stdout).unwrap();
        let issue = ["issue", "--key", &key, "--udi", UDI, "--feature", "voice"];
        let more = ["--role", "production", "--passphrase-file", &secret];
        nodelock(issue.iter().chain(&more)).ok();
    }
    // Ways that are old are named, with what helps.
    let key = path(&directory, "old.pem");
    let old = ["ec", "-aes128", "-passout", "pass:x1y2z3"];
    fs::write(&key, openssl(&old, &plain).ok().stdout).unwrap();
    let refused = nodelock(["issue", "--key", &key, "--udi", UDI, "--feature", "voice"]);
    assert!(refused.stderr.contains("pkcs8 -topk8"), "{}", refused.stderr);
}

#[test]
fn other_keys_of_its_making_are_refused() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let ways: [(&[&str], &str); 6] = [
        (&["ecparam", "-name", "secp384r1", "-genkey"], "not a P-256 key"),
        (&["ecparam", "-name", "secp256k1", "-genkey", "-noout"], "not a P-256 key"),
        (
            &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
            "not a P-256 key",
        ),
        (&["genpkey", "-algorithm", "ED25519"], "not a P-256 key"),
        (&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "not a P-256 key"),
        (
            &[
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-aes128",
                "-pass",
                "pass:x",
            ],
            "the key is encrypted",
        ),
    ];
    for (i, (way, wanted)) in ways.iter().enumerate() {
        let key = path(&directory, &format!("{i}.key.pem"));
        fs::write(&key, openssl(way, b"").ok().stdout).unwrap();
        let refused = nodelock(["issue", "--key", &key, "--udi", UDI, "--feature", "voice"]);
        assert_eq!(refused.status, 2, "{refused:?}");
        assert!(refused.stderr.contains(wanted), "{}", refused.stderr);
        assert!(refused.stdout.is_empty());
        if i == 0 {
            let public = path(&directory, "public.pem");
            openssl(&["pkey", "-in", &key, "-pubout", "-out", &public], b"").ok();
            let refused = nodelock(["pubkey", &public]);
            assert!(refused.stderr.contains(wanted), "{}", refused.stderr);
        }
    }
}

/// The vector whose s is high: OpenSSL verifies it, devices refuse it.
#[test]
fn accepts_the_second_form_that_we_refuse() {
    if missing() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let signature = path(&directory, "signature");
    let file = vectors().join("invalid/signature-not-low-s.lic");
    fs::write(&signature, der_signature(file.to_str().unwrap())).unwrap();
    let bytes = nodelock(["signed-bytes", file.to_str().unwrap()]).ok().stdout;
    let root = vector("keys/root.pub.pem");
    let args = ["dgst", "-sha256", "-verify", &root, "-signature", &signature];
    openssl(&args, &bytes).ok();
    let refused = nodelock([
        "check",
        file.to_str().unwrap(),
        "--trust",
        &root,
        "--udi",
        UDI,
        "--feature",
        "ipservices",
        "--json",
    ]);
    assert_eq!(refused.status, 1);
    assert_eq!(refused.json()["reason"]["name"], "signature-not-low-s");
}

#[test]
fn signers_that_do_not_sign_are_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let (_, key, public) = keygen(&directory);
    let commands = [
        ("false", "failed"),
        ("exit 7", "exit status: 7"),
        ("true", "gave 0 bytes"),
        ("cat", "no ECDSA P-256 signature"),
        ("no-such-command-here 2>/dev/null", "failed"),
    ];
    for (command, wanted) in commands {
        let refused = nodelock([
            "issue",
            "--pub",
            &public,
            "--sign-with",
            command,
            "--udi",
            UDI,
            "--feature",
            "voice",
        ]);
        assert_eq!(refused.status, 3, "{refused:?}");
        assert!(refused.stderr.contains(wanted), "{}", refused.stderr);
        assert!(refused.stdout.is_empty());
    }
    if missing() {
        return;
    }
    let other = vector("keys/other.key.pem");
    for command in [
        // Another key, another hash.
        format!("openssl dgst -sha256 -sign '{other}'"),
        format!("openssl dgst -sha384 -sign '{key}'"),
    ] {
        let refused = nodelock([
            "issue",
            "--pub",
            &public,
            "--sign-with",
            &command,
            "--udi",
            UDI,
            "--feature",
            "voice",
        ]);
        assert_eq!(refused.status, 3, "{refused:?}");
        assert!(refused.stdout.is_empty());
    }
}
