//! The story itself: each step runs the `nodelock` program as a user would, shows it, and checks
//! its answer.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::tools::process;

/// What the program should answer.
#[derive(Clone, Copy)]
enum Answer {
    Yes,
    /// No, and for this reason.
    No(&'static str),
}
use Answer::{No, Yes};

const PUMP: &str = "PUMP-9:SN-1001";
const OTHER_PUMP: &str = "PUMP-9:SN-1002";
const STRANGER: &str = "PUMP-9:SN-6666";

pub(crate) fn tell(nodelock: &Path, dir: &Path) -> Result<()> {
    let desk = Desk { nodelock, dir };

    heading("The vendor makes a key pair");
    let printed = desk.run(Yes, "keygen --out keys")?;
    let kid = key_id(&dir.join("keys"))?;
    ensure!(printed.contains(&kid), "keygen did not print the key id {kid}");
    let (key, public) = (format!("keys/{kid}.key.pem"), format!("keys/{kid}.pub.pem"));
    note(
        "The private key signs licenses and stays with the vendor. The public key goes into the product.",
    );

    heading("The vendor issues licenses for two devices");
    desk.run(
        Yes,
        &format!("issue --key {key} --udi {PUMP} --feature turbo:2 --count 3 -o first.lic"),
    )?;
    desk.run(
        Yes,
        &format!("issue --key {key} --udi {OTHER_PUMP} --feature turbo:2 -o second.lic"),
    )?;
    let both = desk.read("first.lic")? + &desk.read("second.lic")?;
    desk.write("site.lic", &both)?;
    note(
        "Both go into one file, site.lic. It is text: it can be printed, mailed, typed or kept in version control.",
    );
    show(&both);
    println!();

    heading("Anybody can read it");
    desk.run(Yes, &format!("inspect site.lic --trust {public}"))?;

    heading("The device that it was made for asks: may I run turbo?");
    desk.run(Yes, &format!("check site.lic --trust {public} --udi {PUMP} --feature turbo"))?;
    desk.run(
        Yes,
        &format!("check site.lic --trust {public} --udi {PUMP} --feature turbo --count 3"),
    )?;

    heading("More than was paid for");
    desk.run(
        No("count-too-low"),
        &format!("check site.lic --trust {public} --udi {PUMP} --feature turbo --count 4"),
    )?;

    heading("Somebody changes one character: 3 becomes 9");
    let tampered = both.replacen(" permanent 3 ", " permanent 9 ", 1);
    ensure!(tampered != both, "the license file does not show the count as plain text");
    desk.write("tampered.lic", &tampered)?;
    desk.run(
        No("signature-mismatch"),
        &format!("check tampered.lic --trust {public} --udi {PUMP} --feature turbo --count 9"),
    )?;

    heading("The file is copied to a device that it was not made for");
    desk.run(
        No("other-device"),
        &format!("check site.lic --trust {public} --udi {STRANGER} --feature turbo"),
    )?;

    heading("Somebody signs a license with a key of his own");
    desk.run(Yes, "keygen --out forger")?;
    let forged = format!("forger/{}.key.pem", key_id(&dir.join("forger"))?);
    desk.run(Yes, &format!("issue --key {forged} --udi {STRANGER} --feature turbo -o forged.lic"))?;
    desk.run(
        No("unknown-key"),
        &format!("check forged.lic --trust {public} --udi {STRANGER} --feature turbo"),
    )?;
    Ok(())
}

/// The place where the story plays: the program, and a directory of its own.
struct Desk<'a> {
    nodelock: &'a Path,
    dir: &'a Path,
}

impl Desk<'_> {
    /// Runs `nodelock` with these words, shows what it says, and demands the answer.
    fn run(&self, answer: Answer, words: &str) -> Result<String> {
        println!("$ nodelock {words}");
        let mut command = Command::new(self.nodelock);
        let finished = process::finish(command.current_dir(self.dir).args(words.split(' ')))?;
        show(&finished.whole_output());
        let (expected, reason) = match answer {
            Yes => (0, String::new()),
            No(reason) => (1, format!("reason: {reason}")),
        };
        if finished.status.code() != Some(expected) {
            bail!("`nodelock {words}` ended with {}, expected {expected}", finished.status);
        }
        ensure!(finished.stdout.contains(&reason), "`nodelock {words}` did not say `{reason}`");
        println!("    (exit status {expected}, as expected)\n");
        Ok(finished.stdout)
    }

    fn read(&self, name: &str) -> Result<String> {
        fs::read_to_string(self.dir.join(name)).context(name.to_owned())
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.dir.join(name), text).context(name.to_owned())
    }
}

/// The key id is the name of the file that `keygen` has written.
fn key_id(dir: &Path) -> Result<String> {
    for entry in fs::read_dir(dir)? {
        if let Some(kid) = entry?.file_name().to_string_lossy().strip_suffix(".key.pem") {
            return Ok(kid.to_owned());
        }
    }
    bail!("keygen left no key in {}", dir.display())
}

fn heading(text: &str) {
    println!("== {text} ==\n");
}

fn note(text: &str) {
    println!("{text}\n");
}

fn show(text: &str) {
    for line in text.lines() {
        println!("    {line}");
    }
}
