//! Every form of a license is read by every command and by the device, and outputs destroy nothing.

mod common;

use std::fs;
use std::path::Path;

use common::{UDI, nodelock, nodelock_with, vector, vectors};

fn typical() -> String {
    fs::read_to_string(vectors().join("valid/typical.lic")).unwrap().trim_end().to_owned()
}

/// A mail with the license, wrapped and quoted.
fn mail() -> String {
    let line = typical();
    let folded = line.as_bytes().chunks(72).map(|part| std::str::from_utf8(part).unwrap());
    folded.fold("Hello,\n".to_owned(), |mail, line| mail + "> " + line + "\n") + "Regards\n"
}

fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let read = |name: &str| fs::read(vectors().join(name)).unwrap();
    vec![
        ("text", read("valid/typical.lic")),
        ("binary", read("valid/typical.bin")),
        ("base64", read("valid/typical.b64")),
        ("mail", mail().into_bytes()),
        ("quoted-printable", typical().replace('=', "=3D").replace(" id", " =\nid").into_bytes()),
        ("utf-16", {
            let text = format!("\u{feff}{}\r\n", typical());
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
    ]
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn every_form_is_read_by_every_command_and_by_the_device() {
    let root = vector("keys/root.pub.pem");
    let wanted = nodelock(["signed-bytes", &vector("valid/typical.lic")]).ok().stdout;
    for (number, (name, file)) in forms().iter().enumerate() {
        let stdin = |args: &[&str]| nodelock_with(args, file);
        let check = ["check", "-", "--trust", &root, "--udi", UDI, "--feature", "ipservices"];
        assert_eq!(stdin(&check).status, 0, "{name}");
        assert_eq!(stdin(&["inspect", "-", "--trust", &root]).status, 0, "{name}");
        assert_eq!(stdin(&["signed-bytes", "-"]).ok().stdout, wanted, "{name}");
        assert_eq!(stdin(&["convert", "-", "--to", "text"]).ok().text().trim_end(), typical());
        assert_eq!(stdin(&["qr", "-"]).status, 0, "{name}");

        let place = tempfile::tempdir().unwrap();
        let device = place.path().join("device");
        let device = text(&device);
        let catalog = "[[feature]]\nname = \"ipservices\"\n";
        let catalog_file = place.path().join("catalog.toml");
        fs::write(&catalog_file, catalog).unwrap();
        let init = ["device", "init", "--dir", device, "--udi", UDI];
        let init = init.into_iter().chain(["--catalog", text(&catalog_file), "--trust", &root]);
        nodelock(init).ok();
        // From a file, by a job, or from the standard input.
        let source = place.path().join("license");
        fs::write(&source, file).unwrap();
        let run = ["device", "run", "--dir", device, "--", "license"];
        match number % 3 {
            0 => {
                nodelock(run.into_iter().chain(["job", "install", text(&source)])).ok();
                nodelock(run.into_iter().chain(["job", "run"])).ok();
            }
            1 => drop(nodelock(run.into_iter().chain(["install", text(&source)])).ok()),
            _ => drop(nodelock_with(run.into_iter().chain(["install", "-"]), file).ok()),
        }
        let explain = nodelock(["device", "run", "--dir", device, "--", "explain", "ipservices"]);
        assert_eq!(explain.status, 0, "{name}: {}", explain.text());
    }
}

#[test]
fn what_was_undone_is_said_and_can_be_written() {
    let place = tempfile::tempdir().unwrap();
    let mended = place.path().join("mended.lic");
    let inspect = ["inspect", "-", "--mended", text(&mended)];
    let ran = nodelock_with(inspect, mail().as_bytes()).ok();
    assert!(
        ran.stderr.contains("undone: > before the lines, line breaks inside words, other text"),
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read_to_string(&mended).unwrap(), typical() + "\n");
    let again = nodelock_with(inspect, mail().as_bytes());
    assert_eq!(again.status, 3);
    assert!(again.stderr.contains("--force overwrites it"), "{}", again.stderr);
    let json = nodelock_with(["inspect", "-", "--json"], mail().as_bytes()).ok().json();
    assert_eq!(json["undone"][1], "line breaks inside words");
    assert_eq!(json["records"][0]["line"], 2);
}

#[test]
fn what_cannot_be_undone_is_said_by_all() {
    let cut = &typical()[..typical().len() - 1];
    let root = vector("keys/root.pub.pem");
    let check = ["check", "-", "--trust", &root, "--udi", UDI, "--feature", "ipservices"];
    for args in [check.as_slice(), &["inspect", "-"], &["convert", "-", "--to", "text"]] {
        let ran = nodelock_with(args, cut.as_bytes());
        assert_eq!(ran.status, 1);
        let said = format!("{}{}", ran.text(), ran.stderr);
        assert!(said.contains("98 characters from sig= on, 99 were expected"), "{said}");
    }
    let shown = nodelock_with(["inspect", "-"], cut.as_bytes());
    assert!(
        shown.text().contains("readable    feature ipservices, version 1.0"),
        "{}",
        shown.text()
    );
    for args in [check.as_slice(), &["inspect", "-"], &["qr", "-"]] {
        let ran = nodelock_with(args, b" \n");
        let said = format!("{}{}", ran.text(), ran.stderr);
        assert!(said.contains("the file is empty"), "{said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn outputs_go_into_what_is_no_file_and_leave_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = tempfile::tempdir().unwrap();
    let license = vector("valid/typical.lic");
    let convert = |out: &str, force: bool| {
        let args = ["convert", &license, "--to", "text", "-o", out];
        nodelock(args.into_iter().chain(force.then_some("--force")))
    };
    let ran = convert("/dev/stdout", false).ok();
    assert!(ran.text().starts_with(&typical()), "{}", ran.text());
    convert("/dev/null", true).ok();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    let ran = convert("/dev/full", true);
    assert_eq!(ran.status, 3);
    assert!(ran.stderr.contains("No space left"), "{}", ran.stderr);
    let (file, link) = (place.path().join("file"), place.path().join("link"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&file, &link).unwrap();
    let refused = convert(text(&link), false);
    assert!(refused.stderr.contains("as a symbolic link to"), "{}", refused.stderr);
    convert(text(&link), true).ok();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), typical());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_device_saves_over_nothing_without_being_told() {
    let place = tempfile::tempdir().unwrap();
    let device = place.path().join("device");
    let root = vector("keys/root.pub.pem");
    let catalog = vectors().join("../examples/catalog.toml");
    let init = ["device", "init", "--dir", text(&device), "--udi", "R1:SN1"];
    nodelock(init.into_iter().chain(["--catalog", text(&catalog), "--trust", &root])).ok();
    let file = place.path().join("saved.lic");
    fs::write(&file, "precious").unwrap();
    let run = |words: &[&str]| {
        let run = ["device", "run", "--dir", text(&device), "--"];
        nodelock(run.iter().chain(words))
    };
    let refused = run(&["license", "save", text(&file)]);
    assert_eq!(refused.status, 3);
    assert!(refused.text().contains("exists already; force behind the name replaces it"));
    run(&["license", "job", "backup", text(&file)]).ok();
    let refused = run(&["license", "job", "run"]);
    assert!(refused.text().contains("the option force replaces it"), "{}", refused.text());
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    run(&["license", "save", text(&file), "force"]).ok();
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
}

#[test]
fn what_is_not_read_is_said_by_every_command_and_by_the_device() {
    let place = tempfile::tempdir().unwrap();
    let device = place.path().join("device");
    let root = vector("keys/root.pub.pem");
    let catalog = place.path().join("catalog.toml");
    fs::write(&catalog, "[[feature]]\nname = \"ipservices\"\n").unwrap();
    let init = ["device", "init", "--dir", text(&device), "--udi", UDI];
    nodelock(init.into_iter().chain(["--catalog", text(&catalog), "--trust", &root])).ok();
    let run = |words: &[&str], input: &[u8]| {
        let run = ["device", "run", "--dir", text(&device), "--"];
        nodelock_with(run.iter().chain(words).copied().collect::<Vec<_>>(), input)
    };

    let hidden = format!("# {}\n", typical());
    let words = "a license stands behind # in line 1 and was not read";
    let inspected = nodelock_with(["inspect", "-"], hidden.as_bytes());
    assert_eq!(inspected.status, 1);
    assert!(inspected.text().contains(words), "{}", inspected.text());
    let inspected = nodelock_with(["inspect", "-", "--json"], hidden.as_bytes());
    assert!(inspected.text().contains("\"unread\": [\n"), "{}", inspected.text());
    let check = ["check", "-", "--trust", &root, "--udi", UDI, "--feature", "ipservices"];
    let checked = nodelock_with(check, hidden.as_bytes());
    assert!(format!("{}{}", checked.text(), checked.stderr).contains(words));
    let installed = run(&["license", "install", "-"], hidden.as_bytes());
    assert!(installed.text().contains(&format!("refused: {words}")), "{}", installed.text());
    let both = format!("Ticket #1: {0}\n{0}\n", typical());
    let installed = run(&["license", "install", "-"], both.as_bytes());
    assert!(installed.text().contains(&format!("note: {words}")), "{}", installed.text());
    assert!(installed.text().contains("1/1 installed"), "{}", installed.text());

    // A file of another kind has no record in it.
    let pdf = nodelock_with(["inspect", "-"], b"%PDF-1.7\n1 0 obj\n");
    assert_eq!(pdf.status, 1);
    assert!(pdf.stderr.contains("this is a PDF document"), "{}", pdf.stderr);

    assert_eq!(run(&["license", "save", "-"], b"").ok().text().trim_end(), typical());
    let saved = place.path().join("saved.lic");
    let saved = run(&["license", "save", text(&saved)], b"").ok().text().to_owned();
    assert!(saved.contains("1 line saved to"), "{saved}");
    let nothing = run(&["license", "install", "-"], b"");
    assert!(nothing.text().contains("nothing was pasted"), "{}", nothing.text());
}
