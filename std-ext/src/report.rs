//! [`InstallReport`]: what became of each record of a file, owned.

use std::fmt;

use nodelock::{Installed, LineId, Reason, Record, RecordReport, Tally};

/// What became of a license file. Printed, it is a summary and a line for each refused record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct InstallReport {
    /// How many records met which end.
    pub tally: Tally,
    /// One row for each record, in the order of the file.
    pub rows: Vec<Row>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Number of the record in the file, from 1.
    pub number: u32,
    /// Line of the file, from 1; `None` in a binary file.
    pub line: Option<usize>,
    /// Offset in the file: of the record, or of what is wrong with it.
    pub offset: usize,
    /// Name of the feature, if it is a license line. Not trusted unless it was installed.
    pub feature: Option<String>,
    /// Id of the line, if it is a license line. Not trusted unless it was installed.
    pub id: Option<LineId>,
    /// What was taken in, or why not.
    pub result: Result<Installed, Reason>,
}

impl InstallReport {
    /// The records that somebody should look at: neither taken in, nor there already, nor for
    /// another device.
    pub fn refused(&self) -> impl Iterator<Item = (&Row, Reason)> {
        self.rows.iter().filter_map(|row| match row.result {
            Ok(_) | Err(Reason::AlreadyInstalled | Reason::OtherDevice) => None,
            Err(reason) => Some((row, reason)),
        })
    }
}

impl fmt::Display for InstallReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { installed, existing, keys, for_others, refused } = self.tally;
        writeln!(
            f,
            "{installed} installed, {existing} installed already, {keys} keys, \
             {for_others} for other devices, {refused} refused"
        )?;
        for (row, reason) in self.refused() {
            writeln!(f, "{row}: {reason}; {}", reason.remedy())?;
        }
        Ok(())
    }
}

/// Where it stands, and which feature it names.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {}", self.number)?;
        match self.line {
            Some(line) => write!(f, ", line {line}")?,
            None => write!(f, ", byte {}", self.offset)?,
        }
        match &self.feature {
            Some(feature) => write!(f, " ({feature})"),
            None => Ok(()),
        }
    }
}

/// Makes rows, and counts the lines of the file on the way: each byte once, since records come in
/// the order of the file.
pub(crate) struct Rows<'f> {
    file: &'f [u8],
    counted: usize,
    line: usize,
    pub(crate) rows: Vec<Row>,
}

impl<'f> Rows<'f> {
    pub(crate) const fn new(file: &'f [u8]) -> Self {
        Self { file, counted: 0, line: 1, rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, report: &RecordReport<'_>) {
        let terms = match &report.record {
            Some(Record::License(line)) => Some(line.terms()),
            _ => None,
        };
        let row = Row {
            number: report.number,
            line: self.line_at(report.offset),
            offset: report.offset,
            feature: terms.map(|terms| terms.feature.to_string()),
            id: terms.map(|terms| terms.id),
            result: report.result,
        };
        self.rows.push(row);
    }

    /// Whether any record met this end.
    pub(crate) fn count(&self, reason: Reason) -> usize {
        self.rows.iter().filter(|row| row.result == Err(reason)).count()
    }

    fn line_at(&mut self, offset: usize) -> Option<usize> {
        if self.file.first() == Some(&nodelock::BINARY_MARK) {
            return None;
        }
        let passed = self.file.get(self.counted..offset).unwrap_or_default();
        self.line += passed.iter().filter(|&&b| b == b'\n').count();
        self.counted = self.counted.max(offset);
        Some(self.line)
    }
}
