use super::*;
use crate::order::read_order;

const CATALOG: &str = "pids = ['R1']\nroots = ['76805a63']\n\
    [[level]]\nname = 'base'\nmodule = 'm'\npackage = 'p'\nrank = 0\n\
    [[level]]\nname = 'high'\nmodule = 'm'\npackage = 'p'\nrank = 1\nincludes = ['vpn']\n\
    [[feature]]\nname = 'vpn'\n\
    [[feature]]\nname = 'rolling'\nversion = '2026.1'\n\
    [[feature]]\nname = 'nat'\nversion = '2.0'\n\
    [[feature]]\nname = 'voice'\neula = 'v1'\n\
    [[feature]]\nname = 'ap-count'\ncounted = 500\n\
    [agreements]\nv1 = 'the text'\nw1 = 'another'\n";

fn day(text: &str) -> Date {
    Date::parse(text.as_bytes()).unwrap()
}

/// The slips of an order on 2026-11-27: names of the refused ones and of the warnings.
fn slips(order: &str, product: Option<&Product>, allowed: &[SlipKind]) -> Vec<String> {
    let mut check = SlipCheck::new(day("2026-11-27"), product, allowed);
    for spec in read_order(order).unwrap() {
        check.spec(&spec).unwrap();
    }
    let (sign, found) = match check.finish() {
        Ok(warnings) => ("", warnings),
        Err(Error::Slips(refused)) => ("!", refused),
        Err(error) => panic!("{error}"),
    };
    found.iter().map(|slip| format!("{sign}{}", slip.kind.name())).collect()
}

fn of(entry: &str) -> Vec<String> {
    slips(&format!("issued = 2026-11-22\n[[license]]\n{entry}"), None, &[])
}

fn known(entry: &str) -> Vec<String> {
    let product = Product::read(CATALOG).unwrap();
    slips(&format!("issued = 2026-11-22\n[[license]]\n{entry}"), Some(&product), &[])
}

#[test]
fn good_orders_have_none() {
    assert_eq!(of("udi = 'R1:SN1'\nfeature = 'voice'"), [""; 0]);
    assert_eq!(
        of("udi='R1:SN1'\nfeature='v'\ntype='subscription'\nstart=2026-12-01\nend=2027-11-30"),
        [""; 0]
    );
    assert_eq!(of("udi='R1:SN1'\nfeature='v'\ntype='evaluation'\nusage='60d'\neula='e'"), [""; 0]);
    // Two years one after the other, and additive lines of two orders.
    let years = "udi='R1:SN1'\nfeature='v'\ntype='subscription'\nstart=2027-01-01\nend=2027-12-31\n\
        [[license]]\nudi='R1:SN1'\nfeature='v'\ntype='subscription'\nstart=2028-01-01\nend=2028-12-31";
    assert_eq!(of(years), [""; 0]);
    assert_eq!(known("udi='R1:SN1'\nfeature='nat:2.0'"), [""; 0]);
    assert_eq!(known("udi='R1:SN1'\nfeature='ap-count'\ncount=500"), [""; 0]);
    assert_eq!(known("udi='R1:SN1'\nfeature='voice'\ntype='evaluation'\nusage='60d'"), [""; 0]);
}

#[test]
fn what_is_surely_wrong_is_refused() {
    let subscription = "udi='R1:SN1'\nfeature='v'\ntype='subscription'\n";
    for (entry, wanted) in [
        ("udi='R1:SN1'\nfeature='v'\nissued=2026-11-28", "!future-issue"),
        (&format!("{subscription}end=2026-11-26"), "!ended"),
        (&format!("{subscription}end=2026-11-21"), "!end-before-issue"),
        (&format!("{subscription}end=9999-12-31"), "!odd-length"),
        ("udi='R1:SN1,R1:SN2'\nfeature='v'", "!serial-list"),
        ("udi='R1:SN1;R1:SN2'\nfeature='v'", "!serial-list"),
        ("udi='R1:SN1'\nfeature='v'\ntype='evaluation'\neula='e'\nusage='36500d'", "!odd-usage"),
        ("udi=['R1:SN1','R1:SN1']\nfeature='v'", "!duplicate"),
        ("udi='R1:SN1'\nfeature=['v','v']\ncount=5\nadditive=true", "!duplicate"),
        ("udi='R1:SN1'\nfeature='v'\n[[license]]\nudi='R1:SN1'\nfeature='v'", "!duplicate"),
    ] {
        assert_eq!(of(entry), [wanted], "{entry}");
    }
    for (entry, wanted) in [
        ("udi='R1:SN1'\nfeature='vioce'", "!unknown-feature"),
        ("udi='R2:SN1'\nfeature='voice'", "!unknown-pid"),
        ("udi='R1:SN1'\nfeature='voice'\neula='v2'", "!unknown-agreement"),
        ("udi='R1:SN1'\nfeature='ap-count'\ncount=501", "!above-maximum"),
        (
            "udi='R1:SN1'\nfeature='ap-count'\ncount=300\nadditive=true\n[[license]]\nudi='R1:SN1'\n\
             feature='ap-count'\ncount=299\nadditive=true",
            "!above-maximum",
        ),
        ("udi='R1:SN1'\nfeature='nat'", "!low-version"),
    ] {
        assert_eq!(known(entry), [wanted], "{entry}");
    }
}

#[test]
fn a_level_makes_what_it_includes_useless() {
    for features in ["['high','vpn']", "['vpn','high']"] {
        assert_eq!(known(&format!("udi='R1:SN1'\nfeature={features}")), ["adds-nothing"]);
    }
    let trial = "type='subscription'\nend=2027-12-31";
    let other =
        format!("udi='R1:SN1'\nfeature='high'\n{trial}\n[[license]]\nudi='R1:SN1'\nfeature='vpn'");
    assert_eq!(known(&other), [""; 0]);
    assert_eq!(
        known("udi='R1:SN1'\nfeature='vpn'\n[[license]]\nudi='R1:SN2'\nfeature='high'"),
        [""; 0]
    );
    assert_eq!(known("udi='R1:SN1'\nfeature='rolling:2026.2'"), [""; 0]);
}

#[test]
fn what_is_probably_wrong_is_told() {
    for (entry, wanted) in [
        ("udi='R1:SN1'\nfeature='v'\nissued=2025-11-22", "old-issue"),
        ("udi='R1:SN1'\nfeature='v'\ntype='evaluation'\nusage='60d'", "no-agreement"),
        ("udi='R1:SN1'\nfeature='v'\ntype='evaluation'\neula='e'\nusage='60s'", "odd-usage"),
        ("udi='R1:SN1'\nfeature='v'\ntype='subscription'\nend=2066-01-01", "odd-length"),
        (
            "udi='R1:SN1'\nfeature='v'\ntype='subscription'\nstart=2036-01-01\nend=2036-12-31",
            "odd-start",
        ),
        ("udi='r1:SN1'\nfeature='v'", "odd-udi"),
        ("udi='PID:SN'\nfeature='v'", "odd-udi"),
        ("udi=['R1:SN1','R1:sn1']\nfeature='v'", "similar-names"),
        ("feature='v'\ntype='right-to-use'", "every-device"),
        ("udi='R1:SN1'\nfeature='v'\nextra={x-count='5'}", "ignored-field"),
        ("udi='R1:SN1'\nfeature='v'\nid='00000000000000000000'", "odd-id"),
        ("udi='R1:SN1'\nfeature='v:0.9'", "odd-version"),
        ("udi='R1:SN1'\nfeature='v:2026'", "odd-version"),
        ("udi='R1:SN1'\nfeature='v'\ncount=2000000", "odd-count"),
        ("udi='R1:SN1'\nfeature=['v:1.0','v:2.0']", "adds-nothing"),
        (
            "udi='R1:SN1'\nfeature='v'\ncount=100\n[[license]]\nudi='R1:SN1'\nfeature='v'\ncount=50",
            "adds-nothing",
        ),
        (
            "udi='R1:SN1'\nfeature='v'\ncount=10\nadditive=true\n[[license]]\nudi='R1:SN1'\n\
             feature='v'\ncount=5\nadditive=true",
            "adds-up",
        ),
    ] {
        assert_eq!(of(entry), [wanted], "{entry}");
    }
    for (entry, wanted) in [
        ("udi='R1:SN1'\nfeature='base'", "no-license-needed"),
        ("udi='R1:SN1'\nfeature='ap-count'", "not-counted"),
        ("udi='R1:SN1'\nfeature='voice'\ncount=5", "not-counted"),
        ("udi='R1:SN1'\nfeature='voice'\neula='w1'", "unknown-agreement"),
    ] {
        assert_eq!(known(entry), [wanted], "{entry}");
    }
}

#[test]
fn what_is_meant_is_allowed_by_name() {
    let entry = "issued=2026-11-28\n[[license]]\nudi=['R1:SN1','R1:SN1']\nfeature='v'";
    assert_eq!(slips(entry, None, &[]), ["!future-issue", "!duplicate"]);
    assert_eq!(slips(entry, None, &[SlipKind::Duplicate]), ["!future-issue"]);
    assert_eq!(slips(entry, None, &[SlipKind::Duplicate, SlipKind::FutureIssue]), [""; 0]);
    for &kind in SlipKind::ALL {
        assert_eq!(SlipKind::read(kind.name()).unwrap(), kind);
    }
    let unknown = SlipKind::read("duplicates").unwrap_err().to_string();
    assert!(unknown.contains("did you mean duplicate?"), "{unknown}");
}

#[test]
fn the_text_names_what_and_where_and_how_to_go_on() {
    let product = Product::read(CATALOG).unwrap();
    let order = "issued=2026-11-22\n[[license]]\nudi=['R1:SN1','R1:SN2','R1:SN3']\nfeature='vioce'";
    let mut check = SlipCheck::new(day("2026-11-27"), Some(&product), &[]);
    check.spec(&read_order(order).unwrap()[0]).unwrap();
    assert_eq!(
        check.finish().unwrap_err().to_string(),
        "license 1, line 2: feature vioce is not in the catalog (did you mean voice?) (and in 2 more \
         lines); if it is meant: --allow unknown-feature"
    );
    // Thousands are counted, not listed.
    let devices: Vec<_> = (0..1000).map(|n| format!("'R2-{n}:1'")).collect();
    let order =
        format!("issued=2026-11-22\n[[license]]\nudi=[{}]\nfeature='voice'", devices.join(","));
    let mut check = SlipCheck::new(day("2026-11-27"), Some(&product), &[]);
    check.spec(&read_order(&order).unwrap()[0]).unwrap();
    let text = check.finish().unwrap_err().to_string();
    assert!(text.lines().count() == 20 && text.contains("and 980 more of this kind"), "{text}");
}
