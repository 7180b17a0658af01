//! Files that must be accepted.

use data_encoding::BASE64;
use nodelock::bytes::Sink;
use nodelock::record::{Record, Records};
use nodelock::trust::{KeyRing, KeySlot};
use nodelock::value::Date;
use nodelock::{P256Verifier, Reason};
use nodelock_authority::{
    DelegationSpec, DeviceUdi, Issued, RecordView, RepairSpec, SecretKey, Signer, Value, delegate,
    issue, read_order,
};
use serde::Serialize;

use crate::keys::Keys;
use crate::tree::Tree;

pub(crate) struct Valid {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    file: Vec<u8>,
}

pub(crate) const UDI: &str = "ISR4331/K9:FDO1234ABCD";

/// One line from an entry of an order file.
pub(crate) fn line(order: &str, key: &SecretKey) -> Result<Issued, String> {
    let text = format!("issued = \"2026-11-22\"\n[[license]]\n{order}");
    let specs = read_order(&text).map_err(|e| format!("{order}: {e}"))?;
    let [spec] = specs.as_slice() else { return Err(format!("{order}: not one entry")) };
    let mut lines = issue(spec, key, None).map_err(|e| format!("{order}: {e}"))?;
    lines.pop().filter(|_| lines.is_empty()).ok_or_else(|| format!("{order}: not one line"))
}

pub(crate) fn delegation(keys: &Keys, features: &[&str], pids: &[&str]) -> Result<Issued, String> {
    let texts = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
    let spec = DelegationSpec {
        key: keys.delegated.anchor().key,
        role: nodelock::Role::Production,
        features: texts(features),
        pids: texts(pids),
        not_before: Date::read("2026-01-01").map_err(|e| e.to_string())?,
        not_after: Date::read("2027-12-31").map_err(|e| e.to_string())?,
    };
    delegate(&spec, &keys.root).map_err(|e| e.to_string())
}

pub(crate) fn all(keys: &Keys) -> Result<Vec<Valid>, String> {
    let root = |order: &str| line(order, &keys.root).map(|issued| issued.text + "\n");
    let udi = format!("udi = \"{UDI}\"");
    let locked = |id: u8, rest: &str| root(&format!("{udi}\nid = \"{:020x}\"\n{rest}", id));
    let typical = root(&format!("{udi}\nid = \"5f1c0a9e27d4b86310c2\"\nfeature = \"ipservices\""))?;
    let counted = locked(2, "feature = \"voice:2.1\"\ncount = 16")?;
    let limited = delegation(keys, &["ip", "voice"], &["ISR4331/K9", "ISR4351/K9"])?.text;
    let by_delegate = |id: u8, rest: &str| {
        line(&format!("{udi}\nid = \"{id:020x}\"\n{rest}"), &keys.delegated).map(|i| i.text)
    };

    let mut list = vec![
        ("typical", "permanent, uncounted: the line that most files hold", typical.clone()),
        ("counted", "16 units, a version with a minor number", counted.clone()),
        ("additive", "units that add to others", locked(3, "feature = \"voice\"\ncount = 8\nadditive = true")?),
        ("evaluation", "a trial for every device, metered", root(&format!("id = \"{:020x}\"\nfeature = \"security\"\ntype = \"evaluation\"\nusage = \"60d\"", 4))?),
        ("extension", "a longer trial; the period in hours", locked(5, "feature = \"security\"\ntype = \"extension\"\nusage = \"1500h\"")?),
        ("grace", "metered, ends at once", locked(6, "feature = \"security\"\ntype = \"grace\"\nusage = \"90m\"\nexpiry = \"immediate\"")?),
        ("subscription", "with start and end; the end is a leap day", locked(7, "feature = \"cloud\"\ntype = \"subscription\"\nstart = \"2027-03-01\"\nend = \"2028-02-29\"")?),
        ("evaluation-subscription", "with an end only", locked(8, "feature = \"cloud\"\ntype = \"evaluation-subscription\"\nend = \"2026-12-31\"")?),
        ("extension-subscription", "starts and ends on one day", locked(9, "feature = \"cloud\"\ntype = \"extension-subscription\"\nstart = \"2027-01-01\"\nend = \"2027-01-01\"")?),
        ("evaluation-right-to-use", "for every device, the period in seconds", root(&format!("id = \"{:020x}\"\nfeature = \"appx\"\ntype = \"evaluation-right-to-use\"\nusage = \"59s\"", 10))?),
        ("right-to-use", "for every device", root(&format!("id = \"{:020x}\"\nfeature = \"appx\"\ntype = \"right-to-use\"", 11))?),
        ("permanent-right-to-use", "locked, though it need not be", locked(12, "feature = \"appx\"\ntype = \"permanent-right-to-use\"")?),
        ("all-fields", "every optional field that one type can have", locked(13, "feature = \"cloud:4.3.2.1\"\ntype = \"subscription\"\ncount = 100\nadditive = true\nstart = \"2027-01-01\"\nend = \"2027-12-31\"\nexpiry = \"report\"\neula = \"standard-2026\"\npak = \"3XY7Z9Q1ABC\"\nextra = { x-region = \"emea\", x-order = \"4711/8#a=b,c\" }")?),
        ("longest", "every name, number and value at its limit", longest(&keys.root)?),
        ("shortest", "every name at its shortest, day one", shortest(&keys.root)?),
        ("serial-with-colons", "the first colon ends the PID", root(&format!("udi = \"P:S:1:2\"\nid = \"{:020x}\"\nfeature = \"f.x_y-z\"", 16))?),
        ("evaluation-key", "a trial signed by the evaluation root", line(&format!("{udi}\nid = \"{:020x}\"\nfeature = \"security\"\ntype = \"evaluation\"\nusage = \"30d\"", 17), &keys.evaluation)?.text + "\n"),
        ("development-key", "signed by the development root", line(&format!("{udi}\nid = \"{:020x}\"\nfeature = \"ipservices\"", 18), &keys.development)?.text + "\n"),
        ("delegated", "a key without limits, and a line that it has signed", format!("{}\n{}\n", delegation(keys, &[], &[])?.text, by_delegate(19, "feature = \"ipservices\"")?)),
        ("delegated-limited", "a key for some features and products, and a line within", format!("{limited}\n{}\n", by_delegate(20, "feature = \"voice-gateway\"")?)),
    ];
    let unlimited = delegation(keys, &[], &[])?.text;
    let voice_only = delegation(keys, &["voice"], &[])?.text;
    list.extend([
        (
            "delegated-again",
            "the same KEY record five times takes room for one",
            format!("{0}{0}{0}{0}{0}{1}\n", unlimited.clone() + "\n", by_delegate(21, "feature = \"ipservices\"")?),
        ),
        (
            "delegated-twice",
            "two KEY records for one key, of which the second allows the line",
            format!("{voice_only}\n{unlimited}\n{}\n", by_delegate(22, "feature = \"ipservices\"")?),
        ),
        (
            "delegated-root",
            "a KEY record for the evaluation root, for other products, does not limit it",
            format!(
                "{}\n{}\n",
                delegated_root(keys)?,
                line(&format!("{udi}\nid = \"{:020x}\"\nfeature = \"security\"\ntype = \"evaluation\"\nusage = \"30d\"", 23), &keys.evaluation)?.text,
            ),
        ),
        (
            "comments",
            "comments with any text in them, and # within a token, which begins none",
            format!(
                "#LICENSE 1 sig=x\n# caf\u{e9}\u{0} \u{b1} KEY\r{} # LICENSE\n#",
                locked(24, "feature = \"appx\"\nextra = { x-order = \"a#b\", x-ref = \"#1\" }")?
                    .trim_end()
                    .replacen(" sig=", "\n# sig=y\nsig=", 1)
                    .replacen("1.0 ", "1.0\t#sig=z LICENSE\r\n", 1),
            ),
        ),
    ]);
    list.push(("repair", "lets one device go on with restored storage", repair(&keys.root)?));
    list.push((
        "rewrapped",
        "two lines with byte order mark, CRLF, tabs, comments, and broken at every blank",
        format!(
            "\u{FEFF}# Licenses for one device\r\n\r\n{}\r\n\t# the second line\r\n \t{} # end",
            typical.trim_end().replace(' ', "\r\n"),
            counted.trim_end().replace(' ', " # a remark\n\t"),
        ),
    ));
    Ok(list
        .into_iter()
        .map(|(name, what, file)| Valid { name, what, file: file.into_bytes() })
        .collect())
}

fn delegated_root(keys: &Keys) -> Result<String, String> {
    let spec = DelegationSpec {
        key: keys.evaluation.anchor().key,
        role: nodelock::Role::Evaluation,
        features: Vec::new(),
        pids: vec!["ISR4351/K9".to_owned()],
        not_before: Date::read("2026-01-01").map_err(|e| e.to_string())?,
        not_after: Date::read("2027-12-31").map_err(|e| e.to_string())?,
    };
    delegate(&spec, &keys.root).map(|issued| issued.text).map_err(|e| e.to_string())
}

fn longest(key: &SecretKey) -> Result<String, String> {
    let extras: Vec<_> =
        (0..4).map(|i| format!("x-{}{i} = \"{}\"", "k".repeat(21), "~".repeat(64))).collect();
    let order = format!(
        "udi = \"{}:{}\"\nid = \"ffffffffffffffffffff\"\nissued = \"9999-12-31\"\n\
         feature = \"{}:65535.65535.65535.65535\"\ntype = \"extension-subscription\"\n\
         count = 999999999999\nadditive = true\nstart = \"9999-12-31\"\nend = \"9999-12-31\"\n\
         expiry = \"immediate\"\neula = \"{e}\"\npak = \"{e}\"\nextra = {{ {} }}",
        "P".repeat(32),
        "S".repeat(64),
        "f".repeat(64),
        extras.join(", "),
        e = "e".repeat(64),
    );
    line(&order, key).map(|issued| issued.text + "\n")
}

fn shortest(key: &SecretKey) -> Result<String, String> {
    let order = "udi = \"P:S\"\nid = \"00000000000000000000\"\nissued = \"1970-01-01\"\n\
                 feature = \"f:0\"\ncount = 1";
    line(order, key).map(|issued| issued.text + "\n")
}

fn repair(key: &SecretKey) -> Result<String, String> {
    let spec = RepairSpec {
        repair: nodelock::record::Repair::Rollback,
        number: 17,
        udi: DeviceUdi::read(UDI).map_err(|e| e.to_string())?,
        id: Some(nodelock::value::LineId([0x15; 10])),
        issued: Some(Date::read("2026-11-24").map_err(|e| e.to_string())?),
    };
    let issued = nodelock_authority::repair(&spec, key, None).map_err(|e| e.to_string())?;
    Ok(issued.text + "\n")
}

#[derive(Serialize)]
struct Expected {
    /// Whether development keys must be accepted.
    development: bool,
    records: Vec<ExpectedRecord>,
}

#[derive(Serialize)]
struct ExpectedRecord {
    offset: usize,
    end: usize,
    signer: String,
    /// The record in its canonical text.
    text: String,
    record: RecordView,
}

struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl Valid {
    /// Checks that the core accepts every record, and adds the file and what belongs to it.
    pub(crate) fn write(&self, keys: &Keys, tree: &mut Tree) -> Result<(), String> {
        let name = self.name;
        let anchors = keys.anchors();
        let mut slots = [KeySlot::EMPTY; 4];
        let mut ring = KeyRing::new(&anchors, &mut slots).danger_accept_development_keys();
        let mut expected = Expected { development: false, records: Vec::new() };
        let mut binary = Vec::new();
        let count = Records::new(&self.file).count();
        for (i, found) in Records::new(&self.file).enumerate() {
            let record = found.record.map_err(|e| format!("{name}: {e}"))?;
            let checked = match &record {
                Record::License(line) => line.verify(&ring, &P256Verifier).map(|_| ()),
                Record::Key(key) => ring.admit(key, &P256Verifier),
                Record::Repair(repair) => repair.verify(&ring, &P256Verifier),
                Record::Permission(record) => record.verify(&ring, &P256Verifier),
                Record::Revoke(record) => record.verify(&ring, &P256Verifier),
                Record::Time(record) => record.verify(&ring, &P256Verifier),
                // Signed by a device.
                _ => Ok(()),
            };
            checked.map_err(|reason| format!("{name}: {}", reason.name()))?;
            let issued = Issued::from_record(&record).map_err(|e| format!("{name}: {e}"))?;
            binary.extend_from_slice(&issued.binary);
            let mut signed = Bytes(Vec::new());
            record.message().write(&mut signed);
            let which = if count == 1 { String::new() } else { format!(".{}", i + 1) };
            tree.add(format!("valid/{name}{which}.signed"), signed.0);
            expected.development |= record.signer() == keys.development.anchor().id;
            expected.records.push(ExpectedRecord {
                offset: found.start,
                end: found.end,
                signer: record.signer().to_string(),
                text: issued.text,
                record: RecordView::of(&record),
            });
        }
        let json = serde_json::to_string_pretty(&expected).map_err(|e| e.to_string())?;
        tree.add(format!("valid/{name}.json"), json + "\n");
        let encoded = BASE64.encode(&binary) + "\n";
        let as_text: Vec<_> = Records::new(encoded.as_bytes())
            .map(|found| found.record.err().map(|e| e.reason))
            .collect();
        if as_text != [Some(Reason::StrayText)] {
            return Err(format!("{name}: base64 is {as_text:?}"));
        }
        tree.add(format!("valid/{name}.b64"), encoded);
        tree.add(format!("valid/{name}.bin"), binary);
        tree.add(format!("valid/{name}.lic"), self.file.clone());
        Ok(())
    }
}
