//! Runs the examples as their users do. `cargo test` builds them before this.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nodelock::record::LicenseTerms;
use nodelock::value::{LicenseType, LineId, Period};
use nodelock_benches::{TestVendor, terms, udi};
use serde_json::{Value, json};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/valid");

fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test is a program");
    let folder = test.parent().and_then(Path::parent).expect("beside the folder of the tests");
    let program =
        folder.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(program.exists(), "not built; run: cargo build -p nodelock-std --examples");
    program
}

/// Status, output and log of the product with these words behind its directory.
fn product(directory: &Path, words: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(example("product"))
        .arg(directory)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_product_does_what_its_operator_types() {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    let counted = format!("{VECTORS}/counted.lic");
    assert_eq!(Command::new(example("product")).status().expect("it runs").code(), Some(2));

    let (status, text, log) = product(directory, &["license", "install", &counted], "");
    assert_eq!((status, text.contains("1/1 installed")), (0, true), "{text}{log}");
    assert!(log.contains("% LICENSE-6-INSTALL: voice"), "{log}");
    let (status, text, _) = product(directory, &["explain", "voice"], "");
    assert_eq!((status, text.starts_with("voice: granted by line")), (0, true), "{text}");
    let (status, text, _) = product(directory, &["explain", "ipservices"], "");
    assert_eq!((status, text.starts_with("ipservices: denied")), (1, true), "{text}");
    let kept = std::fs::read_to_string(directory.join("licenses.lic")).expect("a license file");
    assert!(kept.contains("LICENSE 1 voice"), "{kept}");

    let session = "license activate security\nlicense accept end user agreement\nno\n\
        license accept end user agreement\nyes\nlicense activate security\nshow license\n";
    let (status, text, log) = product(directory, &[], session);
    assert_eq!(status, 0, "{text}{log}");
    let questions = text.matches("[yes/no]").count();
    assert_eq!(questions, 2, "{text}");
    assert!(text.contains("It ends after 60 days of use."), "{text}");
    assert!(text.contains("security: not accepted"), "{text}");
    assert!(text.contains("running: Voice\n"), "{text}");
    assert!(text.contains("running: Voice, Security\n"), "{text}");
    assert!(log.contains("EULA_ACCEPTED"), "{log}");

    let (status, _, log) = product(directory, &["no", "such", "command"], "");
    assert_eq!((status, log.contains("is not known here")), (2, true), "{log}");
    std::fs::remove_dir_all(directory.join("state")).expect("it is there");
    std::fs::write(directory.join("state"), "no directory").expect("a file");
    let (status, _, log) = product(directory, &["help"], "");
    assert_eq!((status, log.contains("cannot open the license storage")), (3, true), "{log}");
}

/// The gateway, until this is dropped.
struct Gateway {
    child: Child,
    address: String,
}

impl Gateway {
    fn start(directory: &Path) -> Self {
        let mut child = Command::new(example("gateway"))
            .arg(directory)
            .arg("fake")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
        Self { child, address }
    }

    /// Status and body of the answer.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let len = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nContent-Length: {len}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        (status, serde_json::from_str(body).expect("JSON"))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_gateway_is_driven_over_the_loopback() {
    let directory = tempfile::tempdir().expect("a directory");
    let gateway = Gateway::start(directory.path());
    let trial = TestVendor::new().sign(&LicenseTerms {
        license_type: LicenseType::Evaluation,
        usage: Period::from_seconds(30 * 86_400),
        id: LineId([7; 10]),
        ..terms(b"analytics", udi())
    });
    let counted = std::fs::read_to_string(format!("{VECTORS}/counted.lic")).expect("a vector");
    assert_eq!(gateway.ask("GET", "/licenses", ""), (200, json!([])));
    let (status, report) = gateway.ask("POST", "/licenses", &format!("{counted}{trial}\n"));
    assert_eq!((status, &report["installed"]), (200, &json!(2)), "{report}");
    let (_, licenses) = gateway.ask("GET", "/licenses", "");
    assert_eq!(licenses[0]["feature"], "voice");
    assert_eq!(licenses[1]["left"], 30 * 86_400);
    let (_, refused) = gateway.ask("POST", "/licenses", "LICENSE 1 voice 1.0 rubbish\n");
    assert_eq!(refused["refused"].as_array().map(Vec::len), Some(1), "{refused}");

    let (_, why) = gateway.ask("GET", "/features/ipservices", "");
    assert_eq!((&why["granted"], &why["why"]["reason"]), (&json!(false), &json!("no-license")));
    let (status, error) = gateway.ask("GET", "/features/none", "");
    assert_eq!((status, &error["reason"]), (409, &json!("unknown-feature")), "{error}");

    let (status, lease) = gateway.ask("POST", "/leases/voice/10", "");
    assert_eq!(status, 200, "{lease}");
    let (status, error) = gateway.ask("POST", "/leases/voice/7", "");
    assert_eq!((status, &error["reason"]), (409, &json!("count-too-low")), "{error}");
    let token = format!("/leases/{}", lease["token"].as_str().expect("a text"));
    assert_eq!(gateway.ask("DELETE", &token, ""), (200, json!({ "returned": 10 })));
    assert_eq!(gateway.ask("DELETE", &token, "").0, 404);
    assert_eq!(gateway.ask("POST", "/leases/voice/16", "").0, 200);

    assert_eq!(gateway.ask("POST", "/features/analytics/activate", "").0, 200);
    let granted = |expected: bool| {
        let (_, why) = gateway.ask("GET", "/features/analytics", "");
        assert_eq!(why["granted"], expected, "{why}");
    };
    granted(true);
    gateway.ask("GET", "/events", "");
    assert_eq!(gateway.ask("POST", "/clock/2505600", "").0, 200);
    granted(true);
    assert_eq!(gateway.ask("POST", "/clock/172800", "").0, 200);
    let (_, events) = gateway.ask("GET", "/events", "");
    let ends = |event: &Value| event["kind"] == "EXPIRED" && event["feature"] == "analytics";
    assert!(events.as_array().is_some_and(|events| events.iter().any(ends)), "{events}");
    assert_eq!(gateway.ask("GET", "/nothing", "").0, 404);
}
