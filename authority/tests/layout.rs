//! White space, line ends, comments and a byte order mark change nothing.

mod common;

use common::{Judged, judge, names, needs_development, read};

/// A valid file and what a reader makes of it.
struct Case {
    name: String,
    tokens: Vec<Vec<u8>>,
    development: bool,
    wanted: Judged,
}

impl Case {
    fn all() -> Vec<Self> {
        names("valid", ".lic")
            .into_iter()
            // Those whose tokens are not all that stands between white space.
            .filter(|name| !["rewrapped", "comments"].contains(&name.as_str()))
            .map(|name| {
                let file = read(format!("valid/{name}.lic"));
                let development = needs_development(&name);
                let wanted = judge(&file, development);
                assert!(wanted.refusals.is_empty() && !wanted.accepted.is_empty(), "{name}");
                let tokens = file.trim_ascii().split(u8::is_ascii_whitespace);
                let tokens = tokens.map(<[u8]>::to_vec).collect();
                Self { name, tokens, development, wanted }
            })
            .collect()
    }

    fn same(&self, file: &[u8]) {
        assert_eq!(
            judge(file, self.development),
            self.wanted,
            "{}: {}",
            self.name,
            file.escape_ascii()
        );
    }
}

/// What may stand between two tokens.
const BETWEEN: [&[u8]; 8] = [
    b" ",
    b"\n",
    b"\r\n",
    b"\r",
    b"\t",
    b"  \t \r\n\n ",
    b" # a remark, with LICENSE and sig= in it\n",
    b"\r\n#\r\n#KEY\r\n",
];

#[test]
fn wrapped_at_every_place() {
    for case in Case::all() {
        for between in BETWEEN {
            case.same(&case.tokens.join(between));
            for at in 1..case.tokens.len() {
                let (first, rest) = case.tokens.split_at(at);
                case.same(&[first.join(&b' '), rest.join(&b' ')].join(between));
            }
        }
    }
}

#[test]
fn comments_around() {
    for case in Case::all() {
        let line = case.tokens.join(&b' ');
        let files: [&[&[u8]]; 6] = [
            &[b"\xEF\xBB\xBF", &line],
            &[b"\xEF\xBB\xBF# LICENSE file\r\n\r\n", &line, b"\r\n"],
            &[b"# one\n  # two\n\n", &line, b" # three\n# four"],
            &[&line, b"\n\n\n\t \r\n"],
            &[b"   \t", &line],
            &[b"# \xC3\xA4 \xFF \x00 in a comment\n", &line, b"\n# \x80"],
        ];
        for parts in files {
            case.same(&parts.concat());
        }
    }
}

/// What mail programs put in front of quoted lines is no white space, and says so.
#[test]
fn quote_marks_are_reported() {
    let typical = read("valid/typical.lic");
    let judged = judge(&[b"> ", typical.as_slice()].concat(), false);
    assert_eq!(judged.accepted.len(), 1);
    assert_eq!(judged.refusals, [(nodelock::Reason::StrayText, 0)]);
    let tokens: Vec<&[u8]> = typical.trim_ascii().split(|&b| b == b' ').collect();
    let judged = judge(&tokens.join(b"\n> ".as_slice()), false);
    assert_eq!(judged.accepted, Vec::<String>::new());
    assert!(!judged.refusals.is_empty());
}
