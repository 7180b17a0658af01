//! The headers in `include/` that are made from the Rust source, compared with it, and read for the names
//! they declare.
//!
//! What stands in a header beside declarations is a file of the same name in `ffi/header`; one line of it gives
//! its place to the declarations.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow, bail};

use crate::workspace;

/// A header, and the files of `ffi/src` whose declarations it has, in this order.
struct Header {
    name: &'static str,
    sources: &'static [&'static str],
}

const fn header(name: &'static str, sources: &'static [&'static str]) -> Header {
    Header { name, sources }
}

/// For firmware.
const CORE: [Header; 11] = [
    header("nodelock.h", &[]),
    header("nodelock/base.h", &["verdict.rs", "version.rs"]),
    header("nodelock/result.h", &["result.rs", "result_text.rs"]),
    header("nodelock/check.h", &["config.rs", "pinned.rs", "rights/check_lines.rs"]),
    header("nodelock/license.h", &["rights/license.rs"]),
    header(
        "nodelock/context.h",
        &[
            "rights/context.rs",
            "rights/install.rs",
            "rights/check.rs",
            "rights/explain.rs",
            "rights/installed.rs",
        ],
    ),
    header(
        "nodelock/agent.h",
        &[
            "agent/state.rs",
            "agent/config.rs",
            "agent/memory.rs",
            "agent/boot.rs",
            "agent/install.rs",
            "agent/check.rs",
            "agent/levels.rs",
        ],
    ),
    header(
        "nodelock/manage.h",
        &["agent/show.rs", "agent/change.rs", "agent/protect.rs", "agent/history.rs"],
    ),
    header("nodelock/event.h", &["agent/event.rs"]),
    header(
        "nodelock/jobs.h",
        &["job/memory.rs", "job/request.rs", "job/table.rs", "job/cause.rs", "job/perform.rs"],
    ),
    header("nodelock/flash.h", &["flash.rs"]),
];

/// What libraries for hosts have beside.
const HOSTED: Header = header(
    "nodelock_std.h",
    &["hosted/host.rs", "hosted/storage.rs", "hosted/system.rs", "hosted/console.rs"],
);

const PLACE: &str = "/* declarations */\n";
const NOTE: &str =
    "/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */\n";

fn all() -> impl Iterator<Item = &'static Header> {
    CORE.iter().chain([&HOSTED])
}

/// Where they are, from the root of the workspace.
pub(crate) fn paths() -> impl Iterator<Item = String> {
    all().map(Header::path)
}

/// Writes the headers.
pub(crate) fn write() -> Result<String> {
    for header in all() {
        let place = workspace::root().join(header.path());
        std::fs::write(place, header.generate()?).with_context(|| header.path())?;
    }
    Ok(format!("wrote {} headers", all().count()))
}

/// Fails where a committed header is not what the source says.
pub(crate) fn check() -> Result<String> {
    for header in all() {
        let (committed, made) = (header.read()?, header.generate()?);
        if let Some((number, old, new)) = first_difference(&committed, &made) {
            bail!(
                "{} is stale at line {number}; run: cargo xtask header\n  committed: {old}\n  generated: {new}",
                header.path()
            );
        }
    }
    Ok(format!("{} headers are up to date", all().count()))
}

/// The headers for firmware, one behind the other.
fn core() -> Result<String> {
    CORE.iter().map(Header::read).collect()
}

/// Every function that the headers for firmware declare: what an integrator can call, and so the roots of
/// every proof.
pub(crate) fn functions() -> Result<BTreeSet<String>> {
    let names = prototypes(&core()?);
    if names.is_empty() {
        bail!("the headers declare no function");
    }
    Ok(names)
}

/// The number that the headers for firmware define under a name; where it depends on the size of pointers, the one
/// for 32 bit.
pub(crate) fn constant(name: &str) -> Result<u64> {
    let headers = core()?;
    let defined =
        |line: &str| line.strip_prefix("#define ")?.strip_prefix(name)?.trim().parse().ok();
    headers.lines().filter_map(defined).min().with_context(|| format!("the headers: {name}"))
}

impl Header {
    fn path(&self) -> String {
        format!("include/{}", self.name)
    }

    fn read(&self) -> Result<String> {
        std::fs::read_to_string(workspace::root().join(self.path())).with_context(|| self.path())
    }

    fn generate(&self) -> Result<String> {
        let template = workspace::root().join("ffi/header").join(self.name);
        let template =
            std::fs::read_to_string(&template).with_context(|| template.display().to_string())?;
        // Behind the comment that it begins with.
        let (top, rest) = template.split_once("*/\n").context("a header begins with a comment")?;
        let text = format!("{top}*/\n{NOTE}{rest}");
        if self.sources.is_empty() {
            return Ok(text);
        }
        let (before, after) = text.split_once(PLACE).with_context(|| self.path())?;
        Ok(format!("{before}{}{after}", self.declarations()?))
    }

    fn declarations(&self) -> Result<String> {
        let source = workspace::root().join("ffi");
        let config = cbindgen::Config::from_file(source.join("cbindgen.toml"));
        let mut config = config.map_err(|error| anyhow!(error))?;
        let mut builder = cbindgen::Builder::new();
        for file in self.sources {
            let file = source.join("src").join(file);
            let text =
                std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            // Also those that only another header uses.
            config.export.include.extend(text.lines().filter_map(declared_type));
            builder = builder.with_src(file);
        }
        let builder = builder.with_config(config);
        let mut text = Vec::new();
        builder.generate()?.write(&mut text);
        // What another header declares is known by its typedef only, so all is called by that.
        let text = String::from_utf8(text)?.replace("struct nodelock_", "nodelock_");
        let text = text.replace("typedef nodelock_", "typedef struct nodelock_");
        Ok(format!("{}\n", text.trim()))
    }
}

/// The name of the type that a line of Rust begins to declare for C.
fn declared_type(line: &str) -> Option<String> {
    let line = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub type "))?;
    line.split([' ', ';']).next().map(str::to_owned)
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
