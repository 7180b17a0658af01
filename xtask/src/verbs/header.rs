//! Making the headers in `include/` from the Rust source, and comparing them with it.
//!
//! What stands in a header beside declarations is a file of the same name in `ffi/header`; one line of it gives
//! its place to the declarations.

use anyhow::{Context, Result, anyhow, bail};

use crate::tools::header::{Header, all};
use crate::tools::workspace;

const PLACE: &str = "/* declarations */\n";
const NOTE: &str =
    "/* Made from the crate nodelock-ffi by `cargo xtask header`. Change that, not this. */\n";

/// Writes the headers.
pub(crate) fn write() -> Result<String> {
    for header in all() {
        let place = workspace::root().join(header.path());
        std::fs::write(place, generate(header)?).with_context(|| header.path())?;
    }
    Ok(format!("wrote {} headers", all().count()))
}

/// Fails where a committed header is not what the source says.
pub(crate) fn check() -> Result<String> {
    for header in all() {
        let (committed, made) = (header.read()?, generate(header)?);
        if let Some((number, old, new)) = first_difference(&committed, &made) {
            bail!(
                "{} is stale at line {number}; run: cargo xtask header\n  committed: {old}\n  generated: {new}",
                header.path()
            );
        }
    }
    Ok(format!("{} headers are up to date", all().count()))
}

fn generate(header: &Header) -> Result<String> {
    let template = workspace::root().join("ffi/header").join(header.name);
    let template =
        std::fs::read_to_string(&template).with_context(|| template.display().to_string())?;
    // Behind the comment that it begins with.
    let (top, rest) = template.split_once("*/\n").context("a header begins with a comment")?;
    let text = format!("{top}*/\n{NOTE}{rest}");
    if header.sources.is_empty() {
        return Ok(text);
    }
    let (before, after) = text.split_once(PLACE).with_context(|| header.path())?;
    Ok(format!("{before}{}{after}", declarations(header)?))
}

fn declarations(header: &Header) -> Result<String> {
    let source = workspace::root().join("ffi");
    let config = cbindgen::Config::from_file(source.join("cbindgen.toml"));
    let mut config = config.map_err(|error| anyhow!(error))?;
    let mut builder = cbindgen::Builder::new();
    for file in header.sources {
        let file = source.join("src").join(file);
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_line_that_differs() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb", "a\nc"), Some((2, "b", "c")));
        assert_eq!(first_difference("a", "a\nb"), Some((2, "(end of file)", "b")));
    }
}
