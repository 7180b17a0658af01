//! The headers in `include/` that are made from the Rust source, compared with it, and read for the names
//! they declare.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};

use crate::workspace;

/// A header and what it is made from.
struct Header {
    path: &'static str,
    config: &'static str,
    /// Files in this order, or the whole crate but for modules that it tells cbindgen to ignore.
    sources: Option<&'static [&'static str]>,
}

/// For firmware.
const CORE: Header =
    Header { path: "include/nodelock.h", config: "ffi/cbindgen.toml", sources: None };

/// What libraries for hosts have beside.
const HOSTED: Header = Header {
    path: "include/nodelock_std.h",
    config: "ffi/cbindgen-std.toml",
    sources: Some(&[
        "ffi/src/hosted/host.rs",
        "ffi/src/hosted/storage.rs",
        "ffi/src/hosted/system.rs",
        "ffi/src/hosted/console.rs",
    ]),
};

/// Writes the headers.
pub(crate) fn write() -> Result<String> {
    for header in [CORE, HOSTED] {
        let place = workspace::root().join(header.path);
        std::fs::write(place, header.generate()?).context(header.path)?;
    }
    Ok(format!("wrote {} and {}", CORE.path, HOSTED.path))
}

/// Fails where a committed header is not what the source says.
pub(crate) fn check() -> Result<String> {
    for header in [CORE, HOSTED] {
        let (committed, made) = (header.read()?, header.generate()?);
        if let Some((number, old, new)) = first_difference(&committed, &made) {
            bail!(
                "{} is stale at line {number}; run: cargo xtask header\n  committed: {old}\n  generated: {new}",
                header.path
            );
        }
    }
    Ok(format!("{} and {} are up to date", CORE.path, HOSTED.path))
}

/// Every function that the header for firmware declares: what an integrator can call, and so the roots of
/// every proof.
pub(crate) fn functions() -> Result<BTreeSet<String>> {
    let names = prototypes(&CORE.read()?);
    if names.is_empty() {
        bail!("{} declares no function", CORE.path);
    }
    Ok(names)
}

/// The number that the header for firmware defines under a name; where it depends on the size of pointers, the one
/// for 32 bit.
pub(crate) fn constant(name: &str) -> Result<u64> {
    let header = CORE.read()?;
    let defined =
        |line: &str| line.strip_prefix("#define ")?.strip_prefix(name)?.trim().parse().ok();
    header.lines().filter_map(defined).min().with_context(|| format!("{}: {name}", CORE.path))
}

impl Header {
    fn read(&self) -> Result<String> {
        std::fs::read_to_string(workspace::root().join(self.path)).context(self.path)
    }

    fn generate(&self) -> Result<String> {
        let root = workspace::root();
        let config = cbindgen::Config::from_file(root.join(self.config));
        let builder = cbindgen::Builder::new().with_config(config.map_err(|error| anyhow!(error))?);
        let builder = match self.sources {
            None => builder.with_crate(root.join("ffi")),
            Some(files) => {
                files.iter().fold(builder, |builder, file| builder.with_src(root.join(file)))
            }
        };
        let mut text = Vec::new();
        builder.generate()?.write(&mut text);
        Ok(String::from_utf8(text)?)
    }
}

fn first_difference<'a>(old: &'a str, new: &'a str) -> Option<(usize, &'a str, &'a str)> {
    const END: &str = "(end of file)";
    let (mut olds, mut news) = (old.lines(), new.lines());
    for number in 1.. {
        match (olds.next(), news.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => return Some((number, a.unwrap_or(END), b.unwrap_or(END))),
        }
    }
    None
}

/// The names `nodelock_...` that stand before an opening parenthesis, outside comments and
/// directives.
fn prototypes(header: &str) -> BTreeSet<String> {
    const PREFIX: &str = "nodelock_";
    let code = code_only(header);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(PREFIX) {
        let begins_inside_a_name = code[..at].ends_with(is_name);
        let name: String = code[at..].chars().take_while(|&c| is_name(c)).collect();
        let after = code[at + name.len()..].trim_start();
        if !begins_inside_a_name && after.starts_with('(') {
            names.insert(name);
        }
    }
    names
}

/// The header without comments and preprocessor lines (and what continues them).
fn code_only(header: &str) -> String {
    let mut code = String::new();
    let mut rest = header;
    while let Some(at) = rest.find("/*") {
        code.push_str(&rest[..at]);
        code.push(' ');
        rest = rest[at..].split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let mut lines = Vec::new();
    let mut in_directive = false;
    for line in code.lines() {
        let line = line.split_once("//").map_or(line, |(before, _)| before);
        in_directive |= line.trim_start().starts_with('#');
        if !in_directive {
            lines.push(line);
        }
        in_directive &= line.trim_end().ends_with('\\');
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_prototypes_and_nothing_else() {
        let header = r#"
            #define NODELOCK_GRANT(c) \
                nodelock_in_a_macro(c)
            /* Call nodelock_in_a_comment() first.
               nodelock_there_too(); */
            // nodelock_in_a_line_comment(x)
            typedef int32_t (*nodelock_hash_fn)(void *user, const uint8_t *data);
            typedef struct nodelock_ctx { uint32_t opaque[16]; } nodelock_ctx;
            int32_t nodelock_init(nodelock_ctx *ctx,
                                  nodelock_hash_fn hash);
            uint32_t my_nodelock_thing(void);
            const char *nodelock_text
                (int32_t code); /* a */ void nodelock_after_comment(void);
        "#;
        let found: Vec<String> = prototypes(header).into_iter().collect();
        assert_eq!(found, ["nodelock_after_comment", "nodelock_init", "nodelock_text"]);
    }

    #[test]
    fn names_the_first_line_that_differs() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb", "a\nc"), Some((2, "b", "c")));
        assert_eq!(first_difference("a", "a\nb"), Some((2, "(end of file)", "b")));
    }
}
