//! The C header for firmware, read for what it declares.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::tools::workspace;

pub(crate) const PATH: &str = "include/nodelock.h";

/// Every function that the header for firmware declares: what an integrator can call, and so the roots of
/// every proof.
pub(crate) fn functions() -> Result<BTreeSet<String>> {
    let names = prototypes(&read()?);
    if names.is_empty() {
        bail!("{} declares no function", PATH);
    }
    Ok(names)
}

/// The number that the header for firmware defines under a name; where it depends on the size of pointers, the one
/// for 32 bit.
pub(crate) fn constant(name: &str) -> Result<u64> {
    let header = read()?;
    let defined =
        |line: &str| line.strip_prefix("#define ")?.strip_prefix(name)?.trim().parse().ok();
    header.lines().filter_map(defined).min().with_context(|| format!("{}: {name}", PATH))
}

fn read() -> Result<String> {
    std::fs::read_to_string(workspace::root().join(PATH)).context(PATH)
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
