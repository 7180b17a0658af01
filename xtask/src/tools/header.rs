//! The headers in `include/` that are made from the Rust source: which there are, and what they declare.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::tools::workspace;

/// A header, and the files of `ffi/src` whose declarations it has, in this order.
pub(crate) struct Header {
    pub(crate) name: &'static str,
    pub(crate) sources: &'static [&'static str],
}

const fn header(name: &'static str, sources: &'static [&'static str]) -> Header {
    Header { name, sources }
}

/// For firmware.
const CORE: [Header; 12] = [
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
            "agent/installer.rs",
            "agent/check.rs",
            "agent/levels.rs",
        ],
    ),
    header(
        "nodelock/manage.h",
        &[
            "agent/answer.rs",
            "agent/show.rs",
            "agent/change.rs",
            "agent/protect.rs",
            "agent/history.rs",
        ],
    ),
    header("nodelock/transfer.h", &["agent/transfer.rs"]),
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

pub(crate) fn all() -> impl Iterator<Item = &'static Header> {
    CORE.iter().chain([&HOSTED])
}

/// Where they are, from the root of the workspace.
pub(crate) fn paths() -> impl Iterator<Item = String> {
    all().map(Header::path)
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
    pub(crate) fn path(&self) -> String {
        format!("include/{}", self.name)
    }

    pub(crate) fn read(&self) -> Result<String> {
        std::fs::read_to_string(workspace::root().join(self.path())).with_context(|| self.path())
    }
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
}
