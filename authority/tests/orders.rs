//! Orders: what they make, and how mistakes in them are named.

mod common;

use common::{anchor, judge_with, secret};
use nodelock::value::{Count, Date, LicenseType};
use nodelock::{P256Verifier, Reason, Role};
use nodelock_authority::{
    DelegationSpec, Delegations, DeviceUdi, Error, FeatureVersion, Label, LicenseSpec,
    MAX_ORDER_LINES, Signer, Value, delegate, issue, read_order,
};

fn problem(order: &str) -> String {
    read_order(order).unwrap_err().to_string()
}

#[test]
fn an_order_makes_a_line_for_every_feature_on_every_device() {
    let specs = read_order(
        r#"
        udi = ["A:1", "A:2"]
        issued = 2026-11-22
        pak = "P1"
        extra = { x-order = "7" }

        [[license]]
        feature = ["routing", "voice:2.1"]
        count = 4

        [[license]]
        udi = "B:1"
        feature = "cloud"
        type = "subscription"
        start = 2027-01-01
        end = "2027-12-31"
        count = "uncounted"
        pak = "P2"
        extra = { x-order = "8", x-region = "emea" }
        "#,
    )
    .unwrap();
    let lines: Vec<_> = specs
        .iter()
        .flat_map(|spec| issue(spec, &secret("root"), None).unwrap())
        .map(|line| line.text)
        .collect();
    let wanted = [
        ("routing 1.0", "udi=A:1"),
        ("voice 2.1", "udi=A:1"),
        ("routing 1.0", "udi=A:2"),
        ("voice 2.1", "udi=A:2"),
        ("cloud 1.0", "udi=B:1"),
    ];
    assert_eq!(lines.len(), wanted.len());
    for (line, (feature, udi)) in lines.iter().zip(wanted) {
        assert!(line.contains(feature) && line.contains(udi), "{line}");
    }
    let [both, cloud] = specs.as_slice() else { panic!("{specs:?}") };
    assert_eq!((both.count, cloud.count), (Some(Count::Units(4)), Some(Count::Uncounted)));
    let pak = |spec: &LicenseSpec| spec.pak.as_ref().map(Label::as_str).unwrap().to_owned();
    assert_eq!((pak(both), pak(cloud)), ("P1".to_owned(), "P2".to_owned()));
    assert_eq!(both.extra.iter().collect::<Vec<_>>(), [("x-order", "7")]);
    assert_eq!(cloud.extra.iter().collect::<Vec<_>>(), [("x-order", "8"), ("x-region", "emea")]);
    assert_eq!(cloud.license_type, Some(LicenseType::Subscription));
    assert_eq!(cloud.start, Some(Date::read("2027-01-01").unwrap()));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let unknown = problem("udi = \"A:1\"\n\n[[license]]\nfeature = \"f\"\ncuont = 3\n");
    assert!(unknown.contains("cuont") && unknown.contains("line 5"), "{unknown}");
    let syntax = problem("udi = \"A:1\n");
    assert!(syntax.contains("line 1"), "{syntax}");
    let kind = problem("udi = \"A:1\"\n[[license]]\nfeature = \"f\"\ncount = true\n");
    assert!(kind.contains("line 4") && kind.contains("a text or a number"), "{kind}");
    let value =
        problem("udi = \"A:1\"\n[[license]]\nfeature = \"f\"\n\n[[license]]\nfeature = \"g h\"\n");
    assert!(value.contains("line 6, column 11") && value.contains("\"g h\""), "{value}");
    let listed = problem("udi = \"A:1\"\n[[license]]\nfeature = [\n\"f\",\n\"g h\"]\n");
    assert!(listed.contains("line 5, column 1") && listed.contains("a feature name"), "{listed}");
    let default = problem("udi = \"A:1\"\nend = 7\n[[license]]\nfeature = \"f\"\n");
    assert!(default.contains("line 2") && default.contains("a text or a date"), "{default}");
    let top = problem("udis = \"A:1\"\n[[license]]\nfeature = \"f\"\n");
    assert!(top.contains("line 1, column 1") && top.contains("udis"), "{top}");
    let entry = problem(
        "udi = \"A:1\"\n[[license]]\nfeature = \"f\"\n\n[[license]]\nfeature = \"g\"\nusage = \"1d\"\n",
    );
    assert!(entry.contains("license 2, line 5") && entry.contains("not metered"), "{entry}");

    let of = |entry: &str| problem(&format!("udi = \"A:1\"\n[[license]]\n{entry}"));
    assert!(of("feature = \"f\"\ntype = \"lease\"").contains("evaluation-subscription"));
    assert!(of("feature = \"f\"\ntype = \"evaluation\"").contains("give usage"));
    assert!(of("feature = \"f\"\nusage = \"60d\"").contains("not metered"));
    assert!(of("feature = \"f\"\ntype = \"subscription\"").contains("give end"));
    assert!(of("feature = \"f\"\nend = 2027-01-01").contains("has no days"));
    assert!(of("feature = \"f\"\nadditive = true").contains("give count"));
    assert!(of("feature = \"f\"\nexpiry = \"report\"").contains("never ends"));
    assert!(of("feature = \"f\"\ncount = 0").contains("count = 0"));
    assert!(of("feature = \"f\"\neula = \"a b\"").contains("eula"));
    assert!(of("feature = \"f\"\nid = \"7\"").contains("20 lower-case"));
    assert!(of("feature = [\"f\", \"g\"]\nid = \"00000000000000000001\"").contains("one id"));
    assert!(of("feature = \"f\"\nextra = { y-a = \"1\" }").contains("y-a=1"));
    assert!(of("feature = \"f\"\nextra = { x-a = \"1 x-b=2\" }").contains("x-a=1 x-b=2"));
    assert!(of("feature = \"f\"\nextra = { \"x-a=1 x-b\" = \"2\" }").contains("x-b"));
    assert!(of("feature = \"f\"\nextra = { \"x-a=1\" = \"2\" }").contains("x-a=1=2"));
    assert!(
        of("feature = \"f\"\n[[license.license]]\nfeature = \"g\"")
            .contains("unknown field `license`")
    );
    assert!(of("count = 3").contains("no feature"));
    assert!(problem("udi = \"A:1\"").contains("no [[license]]"));
    assert!(problem("[[license]]\nfeature = \"f\"").contains("give udi"));
    let twice = "udi = \"A:1\"\n[[license]]\nfeature = \"f\"\nid = \"00000000000000000001\"\n";
    let twice = format!("{twice}{}", &twice[12..]);
    assert!(problem(&twice).contains("in the order already"));
    let backwards =
        "feature = \"f\"\ntype = \"subscription\"\nstart = 2027-01-02\nend = 2027-01-01";
    assert!(of(backwards).contains("is before start"));
}

#[test]
fn periods_are_written_in_their_one_form() {
    for (given, written) in [("24h", "1d"), ("60d", "60d"), ("90m", "90m"), ("3600s", "1h")] {
        let order =
            format!("[[license]]\nfeature = \"f\"\ntype = \"evaluation\"\nusage = \"{given}\"");
        let specs = read_order(&order).unwrap();
        assert_eq!(specs[0].usage.unwrap().to_string(), written);
    }
    for wrong in ["", "d", "60", "60w", "-1d", "1.5d", "0d", "99999999999999999999d", "60 d"] {
        let order =
            format!("[[license]]\nfeature = \"f\"\ntype = \"evaluation\"\nusage = \"{wrong}\"");
        assert!(read_order(&order).is_err(), "{wrong}");
    }
}

fn udi(text: &str) -> Vec<DeviceUdi> {
    vec![DeviceUdi::read(text).unwrap()]
}

fn feature(text: &str) -> Vec<FeatureVersion> {
    vec![FeatureVersion::read(text).unwrap()]
}

/// A line for one device.
fn locked() -> LicenseSpec {
    LicenseSpec { udi: udi("A:1"), ..LicenseSpec::new("f").unwrap() }
}

#[test]
fn ids_are_random_unless_given() {
    let lines = [(); 20].map(|()| issue(&locked(), &secret("root"), None).unwrap()[0].text.clone());
    let mut ids: Vec<_> = lines.iter().map(|line| line.split(' ').nth(6).unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[test]
fn a_key_issues_within_its_role_only() {
    let refused = issue(&locked(), &secret("evaluation"), None);
    assert!(matches!(refused, Err(Error::NotPermitted(Reason::KeyRole))), "{refused:?}");
    assert!(issue(&locked(), &secret("development"), None).is_ok());
}

fn delegation(root: &str, role: Role) -> DelegationSpec {
    DelegationSpec {
        key: anchor("delegated").key,
        role,
        features: vec!["ip".into(), "ip".into()],
        pids: vec!["B".into(), "A".into()],
        not_before: Date::read("2026-01-01").unwrap(),
        not_after: Date::read(if root.is_empty() { "2025-01-01" } else { "2026-12-31" }).unwrap(),
    }
}

#[test]
fn a_delegated_key_issues_within_its_limits_only() {
    let record = delegate(&delegation("root", Role::Production), &secret("root")).unwrap();
    assert!(record.text.contains(" features=ip pids=A,B not-before="), "{}", record.text);
    let delegations = Delegations::read(record.text.as_bytes()).unwrap();
    let key = secret("delegated");
    let spec = LicenseSpec {
        udi: udi("A:1"),
        issued: Some(Date::read("2026-06-01").unwrap()),
        ..LicenseSpec::new("ipservices").unwrap()
    };
    let lines = issue(&spec, &key, Some(&delegations)).unwrap();
    let file = format!("{}\n{}\n", record.text, lines[0].text);
    let judged = judge_with(file.as_bytes(), &[anchor("root")], false, &P256Verifier);
    assert_eq!((judged.accepted.len(), judged.keys, judged.refusals), (1, 1, vec![]));

    let refused = |spec: LicenseSpec| match issue(&spec, &key, Some(&delegations)) {
        Err(Error::OutsideDelegation { reason, detail }) => {
            assert!(detail.contains("not within its"), "{detail}");
            reason
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(LicenseSpec { feature: feature("voice"), ..spec.clone() }),
        Reason::KeyFeature
    );
    assert_eq!(refused(LicenseSpec { udi: udi("C:1"), ..spec.clone() }), Reason::KeyProduct);
    let late = Some(Date::read("2027-01-01").unwrap());
    assert_eq!(refused(LicenseSpec { issued: late, ..spec.clone() }), Reason::KeyPeriod);
    let others = issue(&spec, &secret("other"), Some(&delegations));
    assert!(matches!(others, Err(Error::NotDelegated { .. })), "{others:?}");

    // The role of the delegation counts, not the one in the key's own file.
    let trials = delegate(&delegation("root", Role::Evaluation), &secret("root")).unwrap();
    let trials = Delegations::read(&trials.binary).unwrap();
    let refused = issue(&spec, &key, Some(&trials));
    assert!(matches!(refused, Err(Error::NotPermitted(Reason::KeyRole))), "{refused:?}");
}

#[test]
fn delegations_that_no_device_accepts_are_not_made() {
    let refused = delegate(&delegation("evaluation", Role::Production), &secret("evaluation"));
    assert!(matches!(refused, Err(Error::NotPermitted(Reason::KeyRole))), "{refused:?}");
    let backwards = delegate(&delegation("", Role::Production), &secret("root"));
    assert!(matches!(backwards, Err(Error::Order(_))), "{backwards:?}");
    let itself = DelegationSpec { key: anchor("root").key, ..delegation("root", Role::Production) };
    assert!(matches!(delegate(&itself, &secret("root")), Err(Error::Order(_))));
    for wrong in ["", "a,b", "a b", "-x", "\u{e9}"] {
        let spec =
            DelegationSpec { features: vec![wrong.into()], ..delegation("root", Role::Production) };
        assert!(matches!(delegate(&spec, &secret("root")), Err(Error::Order(_))), "{wrong:?}");
    }
    let many = DelegationSpec {
        pids: (0..9).map(|n| format!("P{n}")).collect(),
        ..delegation("root", Role::Production)
    };
    assert!(matches!(delegate(&many, &secret("root")), Err(Error::Order(_))));
}

#[test]
fn a_damaged_delegation_is_refused() {
    let record = delegate(&delegation("root", Role::Production), &secret("root")).unwrap();
    let damaged = record.text.replacen("production", "owner", 1);
    assert!(Delegations::read(damaged.as_bytes()).is_err());
    assert!(secret("delegated").anchor().key == anchor("delegated").key);
}

#[test]
fn an_order_that_makes_too_many_lines_is_refused_before_any_is_made() {
    let list = |prefix: &str| {
        let names: Vec<_> = (0..20_000).map(|n| format!("\"{prefix}{n}\"")).collect();
        names.join(",")
    };
    let order = format!("[[license]]\nudi = [{}]\nfeature = [{}]\n", list("A:"), list("f"));
    let text = problem(&order);
    assert!(text.contains("400000000 lines") && text.contains("split"), "{text}");
    // The same by defaults, by many entries, and by flags.
    let order =
        format!("udi = [{}]\n", list("A:")) + &"[[license]]\nfeature = 'f'\n".repeat(20_000);
    assert!(problem(&order).contains("400000000 lines"));
    let spec = LicenseSpec {
        udi: (0..20_000).flat_map(|n| udi(&format!("A:{n}"))).collect(),
        feature: (0..20_000).flat_map(|n| feature(&format!("f{n}"))).collect(),
        ..LicenseSpec::default()
    };
    let text = spec.check().unwrap_err().to_string();
    assert!(text.contains("20000 devices times 20000 features"), "{text}");
    // Without devices, features alone count.
    let features = vec![FeatureVersion::read("f").unwrap(); MAX_ORDER_LINES + 1];
    assert!(LicenseSpec { feature: features, ..LicenseSpec::default() }.check().is_err());
}

#[test]
fn a_large_order_takes_time_in_proportion() {
    let entry = |n: u32| format!("[[license]]\nudi='A:{n}'\nfeature='f'\nid='{n:020x}'\n");
    let order: String = (0..50_000).map(entry).collect();
    let before = std::time::Instant::now();
    assert_eq!(read_order(&order).unwrap().len(), 50_000);
    // Looked at anew for each entry, the text alone would take minutes.
    assert!(before.elapsed().as_secs() < 20, "{:?}", before.elapsed());
    let twice = order + &entry(7);
    assert!(problem(&twice).contains("line 200001: id 00000000000000000007"));
}

#[test]
fn nesting_and_names_of_an_order_do_no_harm() {
    for deep in [
        format!("[[{}]]\n", vec!["license"; 100_000].join(".")),
        format!("extra = {}", "{ a = ".repeat(100_000)),
        format!("udi = {}", "[".repeat(100_000)),
        format!("{} = 1", vec!["extra"; 100_000].join(".")),
    ] {
        assert!(!problem(&deep).is_empty());
    }
    let text = problem("\"a\\nerror: b\" = 1\n");
    assert!(!text.contains("\nerror"), "{text}");
}

/// A signer that fails after its first signature, and counts how often it was asked.
struct Failing(nodelock_authority::SecretKey, std::sync::atomic::AtomicUsize);

impl nodelock_authority::Signer for Failing {
    fn anchor(&self) -> nodelock::TrustAnchor {
        self.0.anchor()
    }

    fn sign(&self, message: &[u8]) -> Result<nodelock::value::Signature, Error> {
        match self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => self.0.sign(message),
            _ => Err(Error::Signer("no".into())),
        }
    }
}

#[test]
fn a_signer_that_has_failed_is_asked_for_nothing_new() {
    let udis: String = (0..50).map(|n| format!("'A:{n}',")).collect();
    let specs = read_order(&format!("[[license]]\nudi = [{udis}]\nfeature = 'f'\n")).unwrap();
    let day = Date::parse(b"2026-11-27").unwrap();
    let batch = nodelock_authority::Batch::plan(&specs, day, nodelock_authority::Ids::Random);
    let signer = Failing(secret("root"), 0.into());
    let signed = batch.unwrap().sign(&signer, None, Vec::new(), 2, |_| {
        // Who hears of what was done may take long.
        std::thread::sleep(std::time::Duration::from_millis(300));
        Ok(())
    });
    assert!(matches!(signed, Err(Error::Signer(_))), "{signed:?}");
    assert!(signer.1.into_inner() <= 3);
}
