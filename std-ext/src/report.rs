//! [`InstallReport`]: what became of each record of a file, owned.

use std::fmt;

use nodelock::record::{BINARY_MARK, KeyRecord, Line, Record, Records, Repair};
use nodelock::rights::{InstallEffect, Tally};
use nodelock::value::{Count, Date, LicenseType, LineId};
use nodelock::{KeyId, Reason};

use crate::reading::{Lines, Reading, Undone, undone_text};
use crate::visible::visible;

/// So many bytes of a file are quoted where something is wrong.
const MAX_QUOTED: usize = 40;

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
    /// What stands in the file and was not read, in sentences: [`Reading::unread`].
    pub unread: Vec<String>,
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
    /// What to do about it, where something better is known than the reason's own remedy.
    pub remedy: Option<String>,
    /// What decided, in words, if the reason alone does not say it: `its key is 76805a63`; of what is no
    /// record what seems to have happened to it.
    pub fact: Option<String>,
}

/// What a record is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A license line.
    #[non_exhaustive]
    License {
        /// Name of the feature.
        feature: String,
        /// Type of the license.
        license_type: LicenseType,
        /// Units of the feature.
        count: Count,
        /// Id of the line.
        id: LineId,
        /// The device that it is for, `PID:SN`; `None` if it is for any.
        udi: Option<String>,
        /// Day of issue.
        issued: Date,
    },
    /// A delegated key.
    Key(KeyId),
    /// A repair of the device.
    Repair {
        /// What is repaired.
        repair: Repair,
        /// The device that it is for, `PID:SN`.
        udi: String,
        /// Day of issue.
        issued: Date,
    },
    /// A record of another kind, by its keyword.
    Other(&'static str),
}

/// The first word of a record.
fn keyword(record: &Record<'_>) -> &'static str {
    core::str::from_utf8(record.keyword()).unwrap_or_default()
}

impl Subject {
    fn of(record: &Record<'_>) -> Self {
        match record {
            Record::License(line) => {
                let terms = line.terms();
                Self::License {
                    feature: terms.feature.to_string(),
                    license_type: terms.license_type,
                    count: terms.count,
                    id: terms.id,
                    udi: terms.udi.map(|udi| udi.to_string()),
                    issued: terms.issued,
                }
            }
            Record::Key(key) => Self::Key(key.terms().id),
            Record::Repair(repair) => {
                let terms = repair.terms();
                let udi = terms.udi.to_string();
                Self::Repair { repair: terms.repair, udi, issued: terms.issued }
            }
            other => Self::Other(keyword(other)),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::License { feature, .. } => f.write_str(feature),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Repair { repair, .. } => write!(f, "repair of {}", repair.name()),
            Self::Other(keyword) => f.write_str(keyword),
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

    /// What to do about a refusal.
    #[must_use]
    pub fn remedy(&self, reason: Reason) -> &str {
        self.remedy.as_deref().unwrap_or(reason.remedy())
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

impl Reading<'_> {
    /// What decided about a record beside its reason, in words: `its key is 76805a63`, `it is for R1:SN9`; of what
    /// is no record, what seems to have happened to it. `None` if the reason says it all.
    ///
    /// `offset` is the one of the [report](nodelock::rights::RecordReport), in the [bytes](Self::bytes).
    #[must_use]
    pub fn fact(
        &self,
        offset: usize,
        record: Option<&Record<'_>>,
        reason: Reason,
    ) -> Option<String> {
        let damage = self.damage(offset).map(str::to_owned);
        damage.or_else(|| fact(self.bytes(), offset, record, reason))
    }
}

/// What somebody can do who has got a line, and does not write it.
const COPY_AGAIN: &str = "copy the whole line again from the vendor's file, as plain text; if it stands so there, ask the \
     vendor for it anew";

impl Reading<'_> {
    /// What to do about a record that was refused. Of what is no record it is seldom what the reason says to whoever
    /// writes one: a field or a format that nobody could mean was damaged on the way.
    ///
    /// `offset` is the one of the [report](nodelock::rights::RecordReport), in the [bytes](Self::bytes).
    #[must_use]
    pub fn remedy(
        &self,
        offset: usize,
        record: Option<&Record<'_>>,
        reason: Reason,
    ) -> &'static str {
        if record.is_some() || self.bytes().first() == Some(&BINARY_MARK) {
            return reason.remedy();
        }
        let rest = self.bytes().get(offset..).unwrap_or_default();
        let word = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let damaged = match reason {
            Reason::BadFeature
            | Reason::BadVersion
            | Reason::BadType
            | Reason::BadCount
            | Reason::BadId
            | Reason::BadUdi
            | Reason::BadDate
            | Reason::BadPeriod
            | Reason::BadValue
            | Reason::BadRole => true,
            Reason::UnsupportedFormat => !word.iter().all(u8::is_ascii_digit),
            Reason::UnknownField => !may_be_a_field(word),
            _ => false,
        };
        if damaged { COPY_AGAIN } else { reason.remedy() }
    }
}

/// Whether a later version of the format could have such a field: none differs from one that there is in its capitals.
fn may_be_a_field(word: &[u8]) -> bool {
    let name = word.split(|&b| b == b'=').next().unwrap_or_default();
    name.first().is_some_and(u8::is_ascii_lowercase)
        && name.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

fn fact(file: &[u8], offset: usize, record: Option<&Record<'_>>, reason: Reason) -> Option<String> {
    let Some(record) = record else {
        let rest = file.get(offset..).filter(|_| file.first() != Some(&BINARY_MARK))?;
        let line = rest.split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default();
        let part = line.get(..MAX_QUOTED).unwrap_or(line);
        let more = if part.len() < line.len() { "..." } else { "" };
        let quoted = format!("there stands: {}{more}", visible(&String::from_utf8_lossy(part)));
        return (!part.is_empty()).then_some(quoted);
    };
    match (record, reason) {
        (Record::License(line), Reason::OtherDevice) => {
            line.terms().udi.map(|udi| format!("it is for {udi}"))
        }
        (Record::Repair(repair), Reason::OtherDevice) => {
            Some(format!("it is for {}", repair.terms().udi))
        }
        (Record::License(line), Reason::KeyRole) => {
            let license_type = line.terms().license_type.name();
            Some(format!("it is of the type {license_type}, and its key is {}", record.signer()))
        }
        // What is about keys and signatures.
        (_, reason) if matches!(reason.code(), -299..=-200) => {
            Some(format!("its key is {}", record.signer()))
        }
        _ => None,
    }
}

impl InstallReport {
    /// The devices that the records are for which were left alone, each once.
    #[must_use]
    pub fn other_devices(&self) -> Vec<&str> {
        let mut udis = Vec::new();
        for row in self.rows.iter().filter(|row| row.result == Err(Reason::OtherDevice)) {
            if let Some(Subject::License { udi: Some(udi), .. } | Subject::Repair { udi, .. }) =
                &row.subject
                && !udis.contains(&udi.as_str())
            {
                udis.push(udi.as_str());
            }
        }
        udis
    }

    /// Whether there are license lines, and all of them are for other devices.
    #[must_use]
    pub const fn is_for_others(&self) -> bool {
        let Tally { installed, existing, for_others, refused, .. } = self.tally;
        for_others > 0 && installed == 0 && existing == 0 && refused == 0
    }

    /// The records that somebody should look at: neither taken in, nor there already, nor for
    /// another device.
    pub fn refused(&self) -> impl Iterator<Item = (&Row, Reason)> {
        self.rows.iter().filter_map(|row| match row.result {
            Err(reason) if Tally::is_refusal(reason) => Some((row, reason)),
            _ => None,
        })
    }
}

impl fmt::Display for InstallReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { installed, existing, keys, for_others, refused, .. } = self.tally;
        writeln!(
            f,
            "{installed} installed, {existing} installed already, {keys} keys, \
             {for_others} for other devices, {refused} refused"
        )?;
        for (row, reason) in self.refused() {
            let fact = row.fact.as_ref().map(|fact| format!(" ({fact})")).unwrap_or_default();
            writeln!(f, "{row}: {reason}{fact}; {}", row.remedy(reason))?;
        }
        for unread in &self.unread {
            writeln!(f, "{unread}")?;
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

/// So many signatures of lines for others are looked at.
const MAX_LOOKED_AT_AGAIN: usize = 1_000;

/// What no program changes the case of, puts brackets around, or escapes.
fn letters(udi: &str) -> String {
    udi.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether one name may be the other with up to two characters changed, lost or added, or with more around it.
fn is_near(own: &str, there: &str) -> bool {
    if !own.is_empty() && there.contains(own) {
        return true;
    }
    let (own, there) = (own.as_bytes(), there.as_bytes());
    if own.len().abs_diff(there.len()) > 2 {
        return false;
    }
    // Levenshtein's distance, row by row; names are short.
    let mut row: Vec<usize> = (0..=there.len()).collect();
    for (i, a) in own.iter().enumerate() {
        let mut before = i;
        let mut next = vec![i + 1];
        for (b, &above) in there.iter().zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((before + usize::from(a != b)).min(above + 1).min(left + 1));
            before = above;
        }
        row = next;
    }
    row.last().is_some_and(|&distance| distance <= 2)
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
        let mut fact = result.err().and_then(|reason| self.reading.fact(offset, record, reason));
        let own = result.err().map(|reason| (reason, self.reading.remedy(offset, record, reason)));
        let mut remedy =
            own.filter(|(reason, own)| *own != reason.remedy()).map(|(_, own)| own.to_owned());
        if let (Err(Reason::UnknownKey), Some(record)) = (result, record)
            && let Some((why, step)) = self.of_its_key(record.signer())
        {
            (fact, remedy) = (Some(why), Some(step.to_owned()));
        }
        let offset = self.reading.offset_in_file(offset);
        self.rows.push(Row { number, line, offset, subject, result, remedy, fact });
    }

    /// Why a key is not known although its `KEY` record stood in the file, and what to do.
    fn of_its_key(&self, signer: KeyId) -> Option<(String, &'static str)> {
        let is_of_key = |row: &&Row| matches!(row.subject, Some(Subject::Key(id)) if id == signer);
        let row = self.rows.iter().rev().find(is_of_key)?;
        let number = row.number;
        Some(match row.result {
            Ok(_) => (
                format!(
                    "the KEY record of its key {signer}, record {number}, had to make room: a device knows two of a file \
                     at a time"
                ),
                "put the KEY record right before the lines of its key",
            ),
            Err(reason) => (
                format!(
                    "the KEY record of its key {signer}, record {number}, was refused: {reason}"
                ),
                reason.remedy(),
            ),
        })
    }

    /// A line for a device whose name is nearly this one's may be for this one, and damaged: then its signature does
    /// not match. The core does not look at signatures of lines that are for others.
    pub(crate) fn look_again_at_others(
        &mut self,
        own: &[String],
        mut signature: impl FnMut(&Line<'_>, Option<&KeyRecord<'_>>) -> Result<(), Reason>,
    ) {
        if self.count(Reason::OtherDevice) == 0 {
            return;
        }
        let own: Vec<(&String, String)> = own.iter().map(|udi| (udi, letters(udi))).collect();
        let mut keys: Vec<KeyRecord<'_>> = Vec::new();
        let mut left = MAX_LOOKED_AT_AGAIN;
        for (row, found) in self.rows.iter_mut().zip(Records::new(self.reading.bytes())) {
            let line = match &found.record {
                Ok(Record::Key(key)) => {
                    keys.push(*key);
                    continue;
                }
                Ok(Record::License(line)) if row.result == Err(Reason::OtherDevice) => line,
                _ => continue,
            };
            let Some(udi) = line.terms().udi.map(|udi| udi.to_string()) else { continue };
            let there = letters(&udi);
            let Some((meant, _)) = own.iter().find(|(_, own)| is_near(own, &there)) else {
                continue;
            };
            if left == 0 {
                return;
            }
            left -= 1;
            let key = keys.iter().rev().find(|key| key.terms().id == line.signer());
            if signature(line, key) == Err(Reason::SignatureMismatch) {
                row.result = Err(Reason::SignatureMismatch);
                row.fact =
                    Some(format!("it says udi={}, and this device is {meant}", visible(&udi)));
            }
        }
    }

    /// How many records met this end.
    pub(crate) fn count(&self, reason: Reason) -> usize {
        self.rows.iter().filter(|row| row.result == Err(reason)).count()
    }

    pub(crate) fn report(self) -> InstallReport {
        let mut tally = Tally::default();
        for row in &self.rows {
            tally.count(row.result);
        }
        let (undone, empty) = (self.reading.undone().to_vec(), self.reading.is_empty());
        let unread = self.reading.unread().to_vec();
        InstallReport { tally, rows: self.rows, undone, unread, empty }
    }
}
