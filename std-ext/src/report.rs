//! [`InstallReport`]: what became of each record of a file, owned.

use std::fmt;

use nodelock::record::{Record, Repair};
use nodelock::rights::{InstallEffect, Tally};
use nodelock::value::{Date, LineId};
use nodelock::{KeyId, Reason};

use crate::reading::{Lines, Reading, Undone, undone_text};

/// What became of a license file, on a [`Device`](crate::Device) or on an agent. Printed, it is a
/// summary and a line for each refused record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct InstallReport {
    /// How many records met which end.
    pub tally: Tally,
    /// One row for each record, in the order of the file.
    pub rows: Vec<Row>,
    /// What was undone before the file was read, e.g. the line breaks of a mail program.
    pub undone: Vec<Undone>,
    /// Whether there was nothing in the file but white space.
    pub empty: bool,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Number of the record in the file, from 1.
    pub number: u32,
    /// Line of the file, from 1; `None` in a binary file or base64.
    pub line: Option<usize>,
    /// Offset in the file: of the record, or of what is wrong with it.
    pub offset: usize,
    /// What it is for, if it is a record. Not trusted unless it was installed.
    pub subject: Option<Subject>,
    /// What it did, or why not.
    pub result: Result<InstallEffect, Reason>,
    /// What seems to have happened to what is no record, in words; `None` if no more is known than the
    /// reason.
    pub damage: Option<String>,
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
            let damage = row.damage.as_deref().map_or(String::new(), |words| format!(": {words}"));
            writeln!(f, "{row}: {reason}{damage}; {}", reason.remedy())?;
        }
        match (self.empty, undone_text(&self.undone)) {
            (true, _) => f.write_str("the file is empty\n"),
            (_, Some(undone)) => writeln!(f, "{undone}"),
            _ => Ok(()),
        }
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

/// Makes rows, with the places in the file.
pub(crate) struct Rows<'f> {
    reading: &'f Reading<'f>,
    lines: Lines<'f>,
    rows: Vec<Row>,
}

impl<'f> Rows<'f> {
    pub(crate) fn new(reading: &'f Reading<'f>) -> Self {
        Self { reading, lines: reading.lines(), rows: Vec::new() }
    }

    pub(crate) fn push(
        &mut self,
        number: u32,
        offset: usize,
        record: Option<&Record<'_>>,
        result: Result<InstallEffect, Reason>,
    ) {
        let (line, subject) = (self.lines.line(offset), record.map(Subject::of));
        let damage = result.err().and_then(|_| self.reading.damage(offset)).map(str::to_owned);
        let offset = self.reading.offset_in_file(offset);
        self.rows.push(Row { number, line, offset, subject, result, damage });
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
        let (undone, empty) = (self.reading.undone().to_vec(), self.reading.is_empty());
        InstallReport { tally, rows: self.rows, undone, empty }
    }
}
