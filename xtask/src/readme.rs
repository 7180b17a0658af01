//! The parts of README.md that come from elsewhere: what stands there is what the tests compile.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A part of an example: from the line that begins so to the end of the file.
struct Part {
    /// Name in the markers.
    name: &'static str,
    language: &'static str,
    file: &'static str,
    begins: &'static str,
}

const PARTS: [Part; 2] = [
    Part { name: "rust", language: "rust", file: "core/examples/minimal.rs", begins: "fn main()" },
    Part {
        name: "c",
        language: "c",
        file: "examples/c-hosted/minimal.c",
        begins: "static int32_t read_udi",
    },
];

pub(crate) fn write() -> Result<String> {
    fs::write(path(), filled()?)?;
    Ok("README.md: examples written".to_owned())
}

pub(crate) fn check() -> Result<String> {
    if filled()? != fs::read_to_string(path())? {
        bail!("README.md shows other examples than the files; run: cargo xtask readme");
    }
    Ok(String::new())
}

/// Replaces what stands between the markers of a name.
pub(crate) fn replace_part(text: &str, name: &str, content: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name}:begin -->"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{content}{end}{after}"))
}

pub(crate) fn path() -> std::path::PathBuf {
    workspace::root().join("README.md")
}

fn filled() -> Result<String> {
    let mut text = fs::read_to_string(path()).context("README.md")?;
    for part in PARTS {
        let source = fs::read_to_string(workspace::root().join(part.file)).context(part.file)?;
        let code = from_line(&source, part.begins)
            .with_context(|| format!("{}: no line begins with {:?}", part.file, part.begins))?;
        let block = format!("```{}\n{code}```\n", part.language);
        text = replace_part(&text, part.name, &block)
            .with_context(|| format!("README.md has no markers for {}", part.name))?;
    }
    Ok(text)
}

fn from_line<'s>(source: &'s str, begins: &str) -> Option<&'s str> {
    let at = if source.starts_with(begins) { 0 } else { source.find(&format!("\n{begins}"))? + 1 };
    source.get(at..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_stands_between_the_markers() {
        let readme = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";
        let expected = "a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n";
        assert_eq!(replace_part(readme, "x", "new\n").as_deref(), Some(expected));
        assert_eq!(replace_part(readme, "y", "new\n"), None);
    }

    #[test]
    fn takes_a_file_from_a_line_on() {
        assert_eq!(from_line("a\nfn main() {\n}\n", "fn main"), Some("fn main() {\n}\n"));
        assert_eq!(from_line("fn main() {}\n", "fn main"), Some("fn main() {}\n"));
        assert_eq!(from_line("a fn main\n", "fn main"), None);
    }
}
