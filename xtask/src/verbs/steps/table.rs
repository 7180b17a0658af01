//! The table at the end of a run, and the line that counts.

use std::fmt::Write;

pub(crate) enum Verdict {
    Passed(String),
    Failed(String),
    Skipped(String),
}

/// How one step went.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) seconds: f32,
    pub(crate) verdict: Verdict,
}

impl Row {
    pub(crate) fn in_short(&self) -> String {
        let (word, remark) = match &self.verdict {
            Verdict::Passed(remark) => ("passed", remark),
            Verdict::Failed(remark) => ("FAILED", remark),
            Verdict::Skipped(remark) => ("skipped", remark),
        };
        format!("{:<22} {word:<8} {:>7.1} s  {remark}", self.name, self.seconds)
            .trim_end()
            .to_owned()
    }
}

/// The whole table; its last line is `N passed, N failed, N skipped` and nothing else.
pub(crate) fn render(rows: &[Row]) -> String {
    let mut text = String::from("Summary\n");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for row in rows {
        let _ = writeln!(text, "  {}", row.in_short());
        match row.verdict {
            Verdict::Passed(_) => passed += 1,
            Verdict::Failed(_) => failed += 1,
            Verdict::Skipped(_) => skipped += 1,
        }
    }
    let total: f32 = rows.iter().map(|row| row.seconds).sum();
    let _ = writeln!(text, "  {:<22} {:<8} {total:>7.1} s\n", "together", "");
    let _ = writeln!(text, "{passed} passed, {failed} failed, {skipped} skipped");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts() {
        let row = |verdict| Row { name: "fmt", seconds: 1.25, verdict };
        let rows = [
            row(Verdict::Passed(String::new())),
            row(Verdict::Skipped("no rustfmt".into())),
            row(Verdict::Passed(String::new())),
        ];
        let text = render(&rows);
        assert!(text.ends_with("\n2 passed, 0 failed, 1 skipped\n"), "{text}");
        assert!(text.contains("skipped      1.2 s  no rustfmt\n"), "{text}");
    }
}
