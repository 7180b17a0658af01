//! What the texts of the archive refer to: only files in it. What a page of this tree says about other files is marked, when
//! it is packed, as being in the source.

use std::collections::BTreeSet;

/// Behind the name of a file that the reader does not have.
const ELSEWHERE: &str = " (in the source)";

/// The page with its references to what is not in the archive marked, and links to it made plain.
///
/// `tree` has all files and folders of the source, `archive` those of the archive.
pub(super) fn mark(
    page: &str,
    text: &str,
    tree: &BTreeSet<String>,
    archive: &BTreeSet<String>,
) -> String {
    let mut marked = String::new();
    for line in text.split_inclusive('\n') {
        marked.push_str(&mark_line(page, line, tree, archive));
    }
    marked
}

fn mark_line(
    page: &str,
    line: &str,
    tree: &BTreeSet<String>,
    archive: &BTreeSet<String>,
) -> String {
    let is_missing = |target: &str| {
        resolve(page, target, tree).is_some() && resolve(page, target, archive).is_none()
    };
    let mut line = line.to_owned();
    // Links, from the last to the first, so that places stay what they are.
    let ends: Vec<usize> = line.match_indices("](").map(|(at, _)| at).collect();
    for middle in ends.into_iter().rev() {
        let Some(len) = line[middle + 2..].find(')') else { continue };
        let target = &line[middle + 2..middle + 2 + len];
        let (Some(begin), true) = (line[..middle].rfind('['), is_missing(target)) else { continue };
        let words = line[begin + 1..middle].to_owned();
        let end = middle + 2 + len + 1;
        line.replace_range(begin..end, &format!("{words}{ELSEWHERE}"));
    }
    let mut parts: Vec<String> = line.split('`').map(str::to_owned).collect();
    for at in (1..parts.len()).step_by(2) {
        let is_told = parts.get(at + 1).is_none_or(|next| next.starts_with(ELSEWHERE));
        // A command names its files among other words.
        if parts[at].split(' ').any(is_missing) && !is_told {
            parts[at + 1].insert_str(0, ELSEWHERE);
        }
    }
    parts.join("`")
}

/// The references of a page that lead nowhere: its line, and what it names.
pub(super) fn dangling(
    page: &str,
    text: &str,
    tree: &BTreeSet<String>,
    archive: &BTreeSet<String>,
) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let is_of_path = |c: char| c.is_ascii_alphanumeric() || "._-/#".contains(c);
        let mut rest = line;
        while let Some(start) = rest.find(is_of_path) {
            let word = &rest[start..];
            let len = word.find(|c| !is_of_path(c)).unwrap_or(word.len());
            let (word, behind) = word.split_at(len);
            rest = behind;
            let word = word.trim_end_matches('.');
            let is_link = line.contains(&format!("]({word})"));
            // A word of a sentence may be the name of a folder.
            let is_path = word.contains('/') || word.ends_with(".md") || word.ends_with(".c");
            let end_of_span = behind.split_once('`').map_or(behind, |(_, after)| after);
            let is_told = behind.starts_with(ELSEWHERE) || end_of_span.starts_with(ELSEWHERE);
            let elsewhere = word.starts_with('#') || word.contains("//");
            let known = resolve(page, word, tree).is_some();
            let missing = resolve(page, word, archive).is_none();
            if missing && !is_told && !elsewhere && (is_link || (is_path && known)) {
                found.push((number, word.to_owned()));
            }
        }
    }
    found
}

/// The file or folder that a text means: counted from the page's folder, or from the root.
fn resolve(page: &str, target: &str, files: &BTreeSet<String>) -> Option<String> {
    let target = target.split('#').next().unwrap_or_default().trim_end_matches('/');
    if target.is_empty() {
        return None;
    }
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    [format!("{folder}/{target}"), target.to_owned()].iter().find_map(|path| {
        let mut parts = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." {
                parts.pop()?;
            } else {
                parts.push(part);
            }
        }
        let path = parts.join("/");
        files.contains(&path).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::dist::files::with_folders;

    fn sets() -> (BTreeSet<String>, BTreeSet<String>) {
        let tree = ["docs/A.md", "docs/B.md", "README.md", "core/src/lib.rs", "tests/kit.c"];
        (with_folders(tree.into_iter()), with_folders(tree[..2].iter().copied()))
    }

    #[test]
    fn what_is_not_in_the_archive_is_marked_and_nothing_else() {
        let (tree, archive) = sets();
        let page = "See [B](B.md), [the top](../README.md#x), `core/src/lib.rs` and `docs/B.md`.\n";
        let marked = mark("docs/A.md", page, &tree, &archive);
        assert_eq!(
            marked,
            "See [B](B.md), the top (in the source), `core/src/lib.rs` (in the source) and `docs/B.md`.\n"
        );
        assert_eq!(mark("docs/A.md", &marked, &tree, &archive), marked);
        assert_eq!(dangling("docs/A.md", &marked, &tree, &archive), []);
        let command = mark("docs/A.md", "or `cc tests/kit.c -o kit`: so\n", &tree, &archive);
        assert_eq!(command, "or `cc tests/kit.c -o kit` (in the source): so\n");
        assert_eq!(dangling("docs/A.md", &command, &tree, &archive), []);
    }

    #[test]
    fn dangling_references_are_found() {
        let (tree, archive) = sets();
        let page = "[B](B.md) [C](C.md)\n    cc tests/kit.c -o kit\nno/such is no file here\n";
        let found = dangling("docs/A.md", page, &tree, &archive);
        assert_eq!(found, [(1, "C.md".to_owned()), (2, "tests/kit.c".to_owned())]);
    }
}
