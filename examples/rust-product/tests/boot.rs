//! Runs the product as its users do.

use std::process::{Command, Output};

const LICENSES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/licenses/router.lic");

fn router(args: &[&str], udi: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_router"));
    command.args(args).env_remove("ROUTER_UDI");
    if let Some(udi) = udi {
        command.env("ROUTER_UDI", udi);
    }
    command.output().expect("the router runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn starts_what_is_licensed_and_says_why_not() {
    let output = router(&[LICENSES, "ISR4331/K9:FDO1234ABCD"], None);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), include_str!("licensed.txt"));
}

#[test]
fn the_same_file_gives_another_device_only_what_is_its_own() {
    let output = router(&[LICENSES], Some("ISR4331/K9:FDO9999WXYZ"));
    assert!(output.status.success());
    let on: Vec<_> = text(&output.stdout)
        .lines()
        .filter(|line| line.starts_with("[on ]"))
        .map(str::to_owned)
        .collect();
    assert_eq!(on, ["[on ] Voice gateway (line 5f1c0a9e27d4b8631004)"]);
}

#[test]
fn says_what_to_do_about_wrong_calls() {
    let usage = router(&[], None);
    assert_eq!(usage.status.code(), Some(2));
    assert!(text(&usage.stderr).starts_with("usage: router LICENSE_FILE"));
    let missing = router(&["no-such-file.lic", "ISR4331/K9:FDO1234ABCD"], None);
    assert_eq!(missing.status.code(), Some(3));
    assert!(text(&missing.stderr).contains("no-such-file.lic"));
    let udi = router(&[LICENSES, "ISR4331"], None);
    assert_eq!(udi.status.code(), Some(3));
    assert!(text(&udi.stderr).contains("write PID:SN"));
}
