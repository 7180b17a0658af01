//! Key files: what is written, what is read, and what is refused.

mod common;

use common::{anchor, secret, vectors};
use nodelock::Role;
use nodelock_authority::{
    Error, SecretKey, Signer, all_in_pem, change_passphrase, describe_key_file, found_in_pem,
    public_from_pem, public_to_pem, read_key_text, read_public, read_secret, replace_key_file,
    write_key_files, write_key_files_with,
};

fn problem<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_new_key_comes_back_from_its_files() {
    let directory = tempfile::tempdir().unwrap();
    for role in Role::ALL {
        let key = SecretKey::generate(role).unwrap();
        let files = write_key_files(&directory.path().join("made/for/it"), &key).unwrap();
        let name = files.secret.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, format!("{}.key.pem", key.anchor().id));
        assert_eq!(read_secret(&files.secret).unwrap().anchor(), key.anchor());
        assert_eq!(read_public(&files.public).unwrap(), key.anchor());
        assert_eq!(key.anchor().role, role);
    }
}

#[cfg(unix)]
#[test]
fn the_private_file_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let files =
        write_key_files(directory.path(), &SecretKey::generate(Role::Production).unwrap()).unwrap();
    let mode = std::fs::metadata(files.secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn nothing_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let key = SecretKey::generate(Role::Production).unwrap();
    let files = write_key_files(directory.path(), &key).unwrap();
    let before = std::fs::read(&files.secret).unwrap();
    assert!(matches!(write_key_files(directory.path(), &key), Err(Error::Exists(_))));
    assert_eq!(std::fs::read(&files.secret).unwrap(), before);
    // With only one of the two in the way, the other is not left behind.
    std::fs::remove_file(&files.public).unwrap();
    assert!(matches!(write_key_files(directory.path(), &key), Err(Error::Exists(_))));
    assert!(!files.public.exists());
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!("{:?}", SecretKey::from_scalar(&[0x5A; 32], Role::Production).unwrap());
    assert!(!shown.contains("5a5a") && !shown.contains("90, 90"), "{shown}");
}

#[test]
fn public_and_private_are_not_mixed_up() {
    let secret_pem = std::fs::read_to_string(vectors().join("keys/root.key.pem")).unwrap();
    let public_pem = std::fs::read_to_string(vectors().join("keys/root.pub.pem")).unwrap();
    assert!(problem(public_from_pem(&secret_pem)).contains("private key"));
    assert!(problem(SecretKey::from_pem(&public_pem)).contains("public key"));
}

#[test]
fn the_text_before_the_key_counts() {
    let pem = public_to_pem(&anchor("evaluation")).unwrap();
    assert_eq!(public_from_pem(&pem).unwrap().role, Role::Evaluation);
    let bare = &pem[pem.find("-----BEGIN").unwrap()..];
    // What OpenSSL writes says no role, and none is guessed.
    assert!(problem(public_from_pem(bare)).contains("--role"));
    let found = found_in_pem(bare).unwrap();
    assert_eq!((found.role, found.id), (None, anchor("evaluation").id));
    assert_eq!(found.anchor(Some(Role::Evaluation)).unwrap(), anchor("evaluation"));
    let other = found_in_pem(&pem).unwrap().anchor(Some(Role::Production));
    assert!(problem(other).contains("has the role evaluation, and --role says production"));
    assert_eq!(public_from_pem(&pem.replace('\n', "\r\n")).unwrap().role, Role::Evaluation);
    let wrong = |old: &str, new: &str| problem(public_from_pem(&pem.replacen(old, new, 1)));
    assert!(wrong("evaluation", "owner").contains("production, evaluation and development"));
    assert!(wrong("nodelock-key-id: ", "nodelock-key-id: 0").contains("8 hexadecimal digits"));
    let id = anchor("evaluation").id.to_string();
    assert!(wrong(&id, "00000000").contains("the key has the id"));
    let twice = format!("nodelock-role: development\n{pem}");
    assert!(problem(public_from_pem(&twice)).contains("more than once"));
    // Text behind the key says nothing.
    let behind = format!("{bare}nodelock-role: development\n");
    assert_eq!(found_in_pem(&behind).unwrap().role, None);
}

#[test]
fn of_several_keys_none_is_taken_silently() {
    let (first, second) = (anchor("root"), anchor("evaluation"));
    let both = public_to_pem(&first).unwrap() + &public_to_pem(&second).unwrap();
    let text = problem(public_from_pem(&both));
    assert!(text.contains("2 keys") && text.contains(&first.id.to_string()), "{text}");
    assert!(text.contains(&second.id.to_string()), "{text}");
    let all = all_in_pem(&both).unwrap();
    let all: Vec<_> = all.iter().map(|found| found.anchor(None).unwrap()).collect();
    assert_eq!(all, [first, second]);
    let keys = [secret("root").to_pem().unwrap(), secret("evaluation").to_pem().unwrap()]
        .map(|pem| pem.to_string());
    assert!(problem(SecretKey::from_pem(&keys.concat())).contains("2 keys"));
    assert!(problem(all_in_pem(&(both + &keys[0]))).contains("private key"));
}

fn ask(passphrase: &str) -> impl FnOnce() -> Result<zeroize::Zeroizing<String>, Error> {
    let passphrase = passphrase.to_owned();
    move || Ok(passphrase.into())
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_only() {
    let key = secret("evaluation");
    let pem = key.to_encrypted_pem("a passphrase").unwrap();
    assert!(pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    // The first line says what follows, also when that changes.
    let plain = change_passphrase(&pem, ask("a passphrase"), None).unwrap();
    assert_eq!(*plain, *key.to_pem().unwrap());
    let again = change_passphrase(&plain, ask(""), Some("new")).unwrap();
    assert_eq!(again.lines().next(), pem.lines().next());
    let read = |pem: &str, passphrase: &str| SecretKey::from_pem_with(pem, None, ask(passphrase));
    assert_eq!(read(&pem, "a passphrase").unwrap().anchor(), key.anchor());
    assert!(problem(read(&pem, "another")).contains("passphrase is not"));
    assert!(problem(SecretKey::from_pem(&pem)).contains("encrypted"));
    assert!(key.to_encrypted_pem("").is_err());
    // Not the same twice, and nothing of the key is in it.
    assert_ne!(*pem, *key.to_encrypted_pem("a passphrase").unwrap());
    let plain = key.to_pem().unwrap();
    assert!(!pem.contains(plain.lines().nth(4).unwrap()));

    let note = format!("a note\n{}behind\n", pem.as_str());
    let changed = change_passphrase(&note, ask("a passphrase"), Some("new")).unwrap();
    assert!(changed.starts_with("a note\n") && changed.ends_with("\nbehind\n"), "{changed:?}");
    assert_eq!(read(&changed, "new").unwrap().anchor(), key.anchor());
    assert!(read(&changed, "a passphrase").is_err());
    let open = change_passphrase(&changed, ask("new"), None).unwrap();
    assert_eq!(SecretKey::from_pem(&open).unwrap().anchor(), key.anchor());
    assert!(change_passphrase(&changed, ask("wrong"), None).is_err());
}

#[cfg(unix)]
#[test]
fn a_key_file_is_replaced_as_a_whole_and_stays_its_owners() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let key = SecretKey::generate(Role::Production).unwrap();
    let files = write_key_files_with(directory.path(), &key, Some("first")).unwrap();
    let info = describe_key_file(&files.secret).unwrap();
    assert!(info[0].encrypted && info[0].private && info[0].id == Some(key.anchor().id));
    let link = directory.path().join("link.pem");
    std::os::unix::fs::symlink(&files.secret, &link).unwrap();
    let open = change_passphrase(&read_key_text(&link).unwrap(), ask("first"), None).unwrap();
    replace_key_file(&link, &open).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(read_secret(&files.secret).unwrap().anchor(), key.anchor());
    assert_eq!(std::fs::metadata(&files.secret).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 3);
}

#[test]
fn damaged_files_are_refused() {
    let pem = std::fs::read_to_string(vectors().join("keys/root.key.pem")).unwrap();
    assert!(problem(SecretKey::from_pem("")).contains("not a PEM file"));
    assert!(problem(SecretKey::from_pem("-----BEGIN")).contains("not a PEM file"));
    let end = pem.find("-----END").unwrap();
    assert!(problem(SecretKey::from_pem(&pem[..end])).contains("no -----END line"));
    let begin = pem.find("KEY-----\n").unwrap() + "KEY-----\n".len();
    for at in begin..end {
        if pem.as_bytes()[at] == b'\n' {
            continue;
        }
        let mut damaged = pem.clone().into_bytes();
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        let damaged = String::from_utf8(damaged).unwrap();
        assert!(SecretKey::from_pem(&damaged).is_err(), "byte {at}");
    }
    assert!(SecretKey::from_scalar(&[0; 32], Role::Production).is_err());
    assert!(SecretKey::from_scalar(&[0xFF; 32], Role::Production).is_err());
}

#[test]
fn files_that_are_no_keys_say_which() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.pem");
    assert!(matches!(read_secret(&path), Err(Error::Io { .. })));
    std::fs::write(&path, [0xFF; 100]).unwrap();
    assert!(problem(read_secret(&path)).contains("x.pem: not a text file"));
    std::fs::write(&path, vec![b'x'; 70_000]).unwrap();
    assert!(problem(read_public(&path)).contains("too large"));
}

#[test]
fn signatures_are_deterministic() {
    let key = secret("root");
    assert_eq!(key.sign(b"message").unwrap(), key.sign(b"message").unwrap());
    assert_ne!(key.sign(b"message").unwrap(), key.sign(b"massage").unwrap());
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_refused_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (sender, receiver) = std::sync::mpsc::channel();
    let paths = [pipe, "/dev/zero".into()];
    std::thread::spawn(move || {
        let problems = paths.map(|path| (problem(read_secret(&path)), problem(read_public(&path))));
        sender.send(problems)
    });
    let problems = receiver.recv_timeout(std::time::Duration::from_secs(5)).expect("it waits");
    for (secret, public) in problems {
        assert!(secret.contains("not a file") && public.contains("not a file"), "{secret}");
    }
    let large = directory.path().join("large");
    std::fs::File::create(&large).unwrap().set_len(3 << 30).unwrap();
    assert!(problem(read_secret(&large)).contains("too large"));
}
