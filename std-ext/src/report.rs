//! [`InstallReport`]: what became of each record of a file, owned.

use std::fmt;

use nodelock::record::{Record, Repair};
use nodelock::rights::{InstallEffect, Tally};
use nodelock::value::{Date, LineId};
use nodelock::{KeyId, Reason};

/// What became of a license file, on a [`Device`](crate::Device) or on an agent. Printed, it is a
/// summary and a line for each refused record.
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
    /// What it is for, if it is a record. Not trusted unless it was installed.
    pub subject: Option<Subject>,
    /// What it did, or why not.
    pub result: Result<InstallEffect, Reason>,
}

/// What a record is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A license line.
    License {
        /// Name of the feature.
        feature: String,
        /// Id of the line.
        id: LineId,
        /// Day of issue.
        issued: Date,
    },
    /// A delegated key.
    Key(KeyId),
    /// A repair of the device.
    Repair {
        /// What is repaired.
        repair: Repair,
        /// Day of issue.
        issued: Date,
    },
}

impl Subject {
    fn of(record: &Record<'_>) -> Self {
        match record {
            Record::License(line) => {
                let terms = line.terms();
                let feature = terms.feature.to_string();
                Self::License { feature, id: terms.id, issued: terms.issued }
            }
            Record::Key(key) => Self::Key(key.terms().id),
            Record::Repair(repair) => {
                let terms = repair.terms();
                Self::Repair { repair: terms.repair, issued: terms.issued }
            }
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::License { feature, .. } => f.write_str(feature),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Repair { repair, .. } => write!(f, "repair of {}", repair.name()),
        }
    }
}

impl Row {
    /// Name of the feature, if it is a license line. Not trusted unless it was installed.
    #[must_use]
    pub fn feature(&self) -> Option<&str> {
        match &self.subject {
            Some(Subject::License { feature, .. }) => Some(feature),
            _ => None,
        }
    }

    /// Id of the line, if it is a license line. Not trusted unless it was installed.
    #[must_use]
    pub fn id(&self) -> Option<LineId> {
        match self.subject {
            Some(Subject::License { id, .. }) => Some(id),
            _ => None,
        }
    }
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
        match self.feature() {
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
    rows: Vec<Row>,
}

impl<'f> Rows<'f> {
    pub(crate) const fn new(file: &'f [u8]) -> Self {
        Self { file, counted: 0, line: 1, rows: Vec::new() }
    }

    pub(crate) fn push(
        &mut self,
        number: u32,
        offset: usize,
        record: Option<&Record<'_>>,
        result: Result<InstallEffect, Reason>,
    ) {
        let (line, subject) = (self.line_at(offset), record.map(Subject::of));
        self.rows.push(Row { number, line, offset, subject, result });
    }

    /// How many records met this end.
    pub(crate) fn count(&self, reason: Reason) -> usize {
        self.rows.iter().filter(|row| row.result == Err(reason)).count()
    }

    pub(crate) fn report(self) -> InstallReport {
        let mut tally = Tally::default();
        for row in &self.rows {
            let counter = match row.result {
                Ok(InstallEffect::Key) => &mut tally.keys,
                Ok(_) => &mut tally.installed,
                Err(Reason::AlreadyInstalled) => &mut tally.existing,
                Err(Reason::OtherDevice) => &mut tally.for_others,
                Err(_) => &mut tally.refused,
            };
            *counter = counter.saturating_add(1);
        }
        InstallReport { tally, rows: self.rows }
    }

    fn line_at(&mut self, offset: usize) -> Option<usize> {
        if self.file.first() == Some(&nodelock::record::BINARY_MARK) {
            return None;
        }
        let passed = self.file.get(self.counted..offset).unwrap_or_default();
        self.line += passed.iter().filter(|&&b| b == b'\n').count();
        self.counted = self.counted.max(offset);
        Some(self.line)
    }
}
