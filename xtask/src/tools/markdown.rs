//! Pages with parts that are made: each stands between two markers of its name.

/// What stands between the markers of a name.
pub(crate) fn part<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<!-- {name}:begin -->"))?;
    Some(rest.split_once(&format!("<!-- {name}:end -->"))?.0)
}

/// Replaces what stands between the markers of a name.
pub(crate) fn replace_part(text: &str, name: &str, content: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {name}:begin -->"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{content}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_stands_between_the_markers() {
        let readme = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";
        let expected = "a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n";
        assert_eq!(replace_part(readme, "x", "new\n").as_deref(), Some(expected));
        assert_eq!(part(expected, "x"), Some("\nnew\n"));
        assert_eq!(replace_part(readme, "y", "new\n"), None);
    }
}
