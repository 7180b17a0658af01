//! Numbers in the header against those in the library.

use crate::build::{C, CXX, headers, root, scratch, topical_headers};
use nodelock_ffi as ffi;

/// The definition of a macro, without `u` behind it.
fn defined(name: &str) -> Option<i128> {
    let header = headers();
    let start = format!("#define {name} ");
    let value = header.lines().find_map(|line| line.strip_prefix(&start).map(str::to_owned))?;
    Some(match value.as_str() {
        "UINT32_MAX" => u32::MAX.into(),
        "UINT64_MAX" => u64::MAX.into(),
        text => {
            let digits = text.trim_end_matches('u');
            match digits.strip_prefix("0x") {
                Some(hex) => i128::from_str_radix(hex, 16).expect("a hexadecimal number"),
                None => digits.parse().expect("a number"),
            }
        }
    })
}

#[test]
fn numbers_written_by_hand_are_those_of_the_library() {
    for (name, value) in [
        ("NODELOCK_GRANTED", i128::from(ffi::NODELOCK_GRANTED)),
        ("NODELOCK_UNDECIDED", ffi::NODELOCK_UNDECIDED.into()),
        ("NODELOCK_SIGNATURE_VALID", ffi::NODELOCK_SIGNATURE_VALID.into()),
        ("NODELOCK_SIGNATURE_INVALID", ffi::NODELOCK_SIGNATURE_INVALID.into()),
        ("NODELOCK_UNCOUNTED", ffi::NODELOCK_UNCOUNTED.into()),
        ("NODELOCK_NO_DATE", ffi::NODELOCK_NO_DATE.into()),
        ("NODELOCK_NO_END", ffi::NODELOCK_NO_END.into()),
        ("NODELOCK_NO_REPAIR", ffi::NODELOCK_NO_REPAIR.into()),
    ] {
        assert_eq!(defined(name), Some(value), "{name}");
    }
}

#[test]
fn the_version_is_that_of_the_manifest() {
    let parts: Vec<i128> =
        env!("CARGO_PKG_VERSION").split('.').map(|part| part.parse().expect("a number")).collect();
    assert_eq!(defined("NODELOCK_VERSION_MAJOR"), Some(parts[0]));
    assert_eq!(defined("NODELOCK_VERSION_MINOR"), Some(parts[1]));
    assert_eq!(defined("NODELOCK_VERSION_PATCH"), Some(parts[2]));
    let packed = parts[0] * 65_536 + parts[1] * 256 + parts[2];
    assert_eq!(defined("NODELOCK_VERSION_NUMBER"), Some(packed));
    assert_eq!(defined("NODELOCK_VERSION_NUMBER"), Some(ffi::nodelock_version_number().into()));
    assert_eq!(defined("NODELOCK_ABI_VERSION"), Some(ffi::nodelock_abi_version().into()));
    assert_eq!(defined("NODELOCK_FORMAT_VERSION"), Some(ffi::nodelock_format_version().into()));
}

#[test]
fn every_reason_of_the_core_has_its_code_in_the_header() {
    for reason in nodelock::Reason::ALL {
        let name = reason.name().to_ascii_uppercase().replace('-', "_");
        let value = defined(&format!("NODELOCK_ERR_{name}"));
        assert_eq!(value, Some(reason.code().into()), "{name}");
    }
}

/// Who needs little includes little.
#[test]
fn each_header_compiles_alone() {
    let topical = topical_headers();
    let mut paths = topical.clone();
    paths.extend(
        ["nodelock.h", "nodelock_std.h", "nodelock_testing.h"]
            .map(|name| root().join("include").join(name)),
    );
    for path in paths {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let source = scratch("programs").join(format!("alone_{name}.c"));
        let text = format!("#include \"{0}\"\n#include \"{0}\"\n", path.display());
        std::fs::write(&source, text).expect("a file");
        for compiler in C.iter().chain(&CXX).filter(|compiler| compiler.is_there()) {
            let language = if compiler.standard.starts_with("c++") { "c++" } else { "c" };
            compiler.check(source.to_str().expect("a path"), &["-x", language]);
        }
    }
}

#[test]
fn the_umbrella_includes_every_topical_header() {
    let umbrella = std::fs::read_to_string(root().join("include/nodelock.h")).expect("the header");
    for path in topical_headers() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(umbrella.contains(&format!("#include \"nodelock/{name}\"\n")), "{name}");
        assert!(umbrella.contains(&format!("\n *     nodelock/{name} ")), "{name} in the list");
    }
}

/// Names that a comment describes and its function does not have.
fn described_in_vain(header: &str) -> Vec<String> {
    let mut comment: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    let mut lines = header.lines();
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix("// ") {
            comment.push(text);
        } else if line.starts_with("//") {
            // A paragraph ends, and the function is still to come.
        } else if line.contains(" nodelock_") && line.contains('(') && !line.starts_with('#') {
            let mut function = line.to_owned();
            while !function.contains(';') {
                function += lines.next().expect("the end of a declaration");
            }
            let has = |name: &str| {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                function.split(|c| !is_part(c)).any(|word| word == name)
            };
            // "name  What it is.", or "one, another  What they are."
            let names = comment.iter().filter_map(|text| text.split_once("  "));
            let names = names
                .filter(|(names, _)| !names.is_empty())
                .flat_map(|(names, _)| names.split(", "));
            let is_name =
                |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            found.extend(
                names
                    .filter(is_name)
                    .filter(|name| !has(name))
                    .map(|name| format!("{name}: {function}")),
            );
            comment.clear();
        } else {
            comment.clear();
        }
    }
    found
}

#[test]
fn every_argument_that_a_comment_describes_is_there() {
    let wrong = "// Does it.\n//\n// agent   The agent.\n// intent  Which.\nint32_t nodelock_do(nodelock_agent *agent,\n    uint32_t mode);\n";
    assert_eq!(described_in_vain(wrong).len(), 1);
    assert_eq!(described_in_vain(&wrong.replace("mode", "intent")), [""; 0]);
    let std = std::fs::read_to_string(root().join("include/nodelock_std.h")).expect("the header");
    let found = described_in_vain(&(headers() + &std));
    assert!(found.is_empty(), "{found:#?}");
    assert!(headers().contains("\n// intent  "), "comments look different from what is read here");
}
