//! Signing commands that do not end, print without end, or print what a terminal would obey.

#![cfg(unix)]

mod common;

use std::time::{Duration, Instant};

use common::anchor;
use nodelock_authority::{CommandSigner, Signer};

fn problem(command: &str, timeout: Duration) -> String {
    let signer = CommandSigner::new(anchor("root"), command).timeout(timeout);
    signer.sign(b"message").unwrap_err().to_string()
}

#[test]
fn a_command_is_never_waited_for_without_a_limit() {
    let limit = Duration::from_millis(300);
    for command in [
        "sleep 60",
        "sleep 60; true",
        "sleep 60 & cat >/dev/null",
        "exec >&-; sleep 60",
        "exec >&- 2>&-; sleep 60; true",
        "trap '' TERM INT HUP; while true; do sleep 1; done",
        "while true; do echo busy >&2; sleep 0.1; done",
    ] {
        let before = Instant::now();
        let text = problem(command, limit);
        assert!(text.contains("--sign-timeout"), "{command}: {text}");
        assert!(before.elapsed() < Duration::from_secs(5), "{command}: {:?}", before.elapsed());
    }
}

#[test]
fn a_command_that_prints_without_end_is_ended() {
    let before = Instant::now();
    for command in ["cat /dev/zero", "yes", "yes | cat", "head -c 5000 /dev/zero"] {
        let text = problem(command, Duration::from_secs(60));
        assert!(text.contains("more than 4096 bytes"), "{command}: {text}");
    }
    // What goes to the standard error is no signature, and ends with the command.
    let text = problem("head -c 1000000 /dev/zero | tr '\\0' a >&2", Duration::from_secs(60));
    assert!(text.contains("gave 0 bytes"), "{text}");
    assert!(before.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_command_that_leaves_something_running_is_not_waited_for() {
    let before = Instant::now();
    let text = problem("sleep 60 >/dev/null 2>&1 & printf none", Duration::from_secs(60));
    assert!(text.contains("gave 4 bytes"), "{text}");
    assert!(before.elapsed() < Duration::from_secs(5));
}
