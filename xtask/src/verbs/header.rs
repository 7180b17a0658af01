//! The headers in `include/` that are made from the Rust source, and compared with it.

use anyhow::{Context, Result, anyhow, bail};

use crate::tools::{header, workspace};

/// A header and what it is made from.
struct Header {
    path: &'static str,
    config: &'static str,
    /// Files in this order, or the whole crate but for modules that it tells cbindgen to ignore.
    sources: Option<&'static [&'static str]>,
}

/// For firmware.
const CORE: Header = Header { path: header::PATH, config: "ffi/cbindgen.toml", sources: None };

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
