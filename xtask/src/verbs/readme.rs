//! The parts of README.md and docs/PORTING.md that come from elsewhere: what stands there is what the tests
//! compile.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::report::size;
use crate::tools::markdown::replace_part;
use crate::tools::workspace;

/// A part of an example: from the line that begins so to the end of the file.
struct Part {
    page: &'static str,
    /// Name in the markers.
    name: &'static str,
    language: &'static str,
    file: &'static str,
    begins: &'static str,
}

const README: &str = "README.md";
const PAGES: [&str; 2] = [README, "docs/PORTING.md"];
const PARTS: [Part; 3] = [
    Part {
        page: README,
        name: "rust",
        language: "rust",
        file: "core/examples/minimal.rs",
        begins: "fn main()",
    },
    Part {
        page: README,
        name: "c",
        language: "c",
        file: "examples/c-hosted/minimal.c",
        begins: "static int32_t read_udi",
    },
    Part {
        page: PAGES[1],
        name: "agent",
        language: "c",
        file: "examples/c-hosted/agent.c",
        begins: "/* The features of this firmware",
    },
];

pub(crate) fn write() -> Result<String> {
    for page in PAGES {
        fs::write(workspace::root().join(page), filled(page)?)?;
    }
    Ok("README.md, docs/PORTING.md: examples written".to_owned())
}

pub(crate) fn check() -> Result<String> {
    for page in PAGES {
        if filled(page)? != fs::read_to_string(workspace::root().join(page))? {
            bail!("{page} shows other examples than the files; run: cargo xtask readme");
        }
    }
    size::check_pages()?;
    Ok(String::new())
}

fn filled(page: &str) -> Result<String> {
    let mut text = fs::read_to_string(workspace::root().join(page)).context(page.to_owned())?;
    for part in PARTS.iter().filter(|part| part.page == page) {
        let source = fs::read_to_string(workspace::root().join(part.file)).context(part.file)?;
        let code = from_line(&source, part.begins)
            .with_context(|| format!("{}: no line begins with {:?}", part.file, part.begins))?;
        let block = format!("```{}\n{code}```\n", part.language);
        text = replace_part(&text, part.name, &block)
            .with_context(|| format!("{page} has no markers for {}", part.name))?;
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
    fn takes_a_file_from_a_line_on() {
        assert_eq!(from_line("a\nfn main() {\n}\n", "fn main"), Some("fn main() {\n}\n"));
        assert_eq!(from_line("fn main() {}\n", "fn main"), Some("fn main() {}\n"));
        assert_eq!(from_line("a fn main\n", "fn main"), None);
    }
}
