//! What a record says: for programs, and with what it means, for people. Each field of a record has
//! one place here.

mod key;
mod license;
mod repair;
mod transfer;

use std::fmt::Display;

use nodelock::Udi;
use nodelock::record::Record;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The fields of a record, without its signature.
///
/// Serialized, it is one object with its `kind`; fields that a record does not have are `null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordView {
    kind: &'static str,
    fields: Vec<(&'static str, Field)>,
    rows: Vec<ViewRow>,
}

/// A field in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: String,
    /// What that means; may be empty.
    pub meaning: String,
}

/// A field as programs get it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Nothing,
    Number(u64),
    Text(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

impl RecordView {
    /// The fields of a record.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Self {
        match record {
            Record::License(line) => license::view(line.terms()),
            Record::Key(key) => key::view(key.terms()),
            Record::Repair(repair) => repair::view(repair.terms()),
            Record::Credential(record) => transfer::credential(record.terms()),
            Record::Permission(record) => transfer::permission(record.terms()),
            Record::Rehost(record) => transfer::rehost(record.terms()),
            Record::Revoke(record) => transfer::revoke(record.terms()),
            Record::Confirm(record) => transfer::confirm(record.terms()),
            Record::Time(record) => transfer::time(record.terms()),
            _ => Self::new("unknown"),
        }
    }

    /// The fields in words, without those that the record does not have.
    #[must_use]
    pub fn rows(&self) -> &[ViewRow] {
        &self.rows
    }

    fn new(kind: &'static str) -> Self {
        Self { kind, fields: Vec::new(), rows: Vec::new() }
    }

    /// A field that every record of the kind has.
    fn field(&mut self, name: &'static str, value: impl Display, meaning: &str) {
        self.json(name, Field::Text(value.to_string()));
        self.row(name, value, meaning);
    }

    /// A field that a record may have.
    fn optional(&mut self, name: &'static str, value: Option<impl Display>, meaning: &str) {
        match value {
            Some(value) => self.field(name, value, meaning),
            None => self.json(name, Field::Nothing),
        }
    }

    /// The device, if there is one.
    fn udi(&mut self, udi: Option<Udi<'_>>) {
        let Some(udi) = udi else {
            self.json("udi", Field::Nothing);
            return self.row("udi", "none", "for every device that trusts the key");
        };
        let (pid, sn) = (udi.pid().to_string(), udi.sn().to_string());
        self.row("udi", udi, &format!("PID {pid}, SN {sn}"));
        let parts = [("udi", udi.to_string()), ("pid", pid), ("sn", sn)];
        let parts = parts.map(|(name, part)| (name.to_owned(), part));
        self.json("udi", Field::Object(parts.into()));
    }

    /// Only for programs.
    fn json(&mut self, name: &'static str, value: Field) {
        self.fields.push((name, value));
    }

    /// Only for people.
    fn row(&mut self, name: &str, value: impl Display, meaning: &str) {
        let (name, meaning) = (name.to_owned(), meaning.to_owned());
        self.rows.push(ViewRow { name, value: value.to_string(), meaning });
    }
}

/// A record on one line: what it is for.
#[must_use]
pub fn summary(record: &Record<'_>) -> String {
    match record {
        Record::License(line) => license::summary(line.terms()),
        Record::Key(key) => key::summary(key.terms()),
        Record::Repair(repair) => repair::summary(repair.terms()),
        Record::Credential(record) => transfer::credential_summary(record.terms()),
        Record::Permission(record) => transfer::permission_summary(record.terms()),
        Record::Rehost(record) => transfer::rehost_summary(record.terms()),
        Record::Revoke(record) => transfer::revoke_summary(record.terms()),
        Record::Confirm(record) => transfer::confirm_summary(record.terms()),
        Record::Time(record) => transfer::time_summary(record.terms()),
        _ => "a record of a later version".to_owned(),
    }
}

impl Serialize for RecordView {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(Some(1 + self.fields.len()))?;
        map.serialize_entry("kind", self.kind)?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => out.serialize_none(),
            Self::Number(number) => out.serialize_u64(*number),
            Self::Text(text) => out.serialize_str(text),
            Self::List(entries) => out.collect_seq(entries),
            Self::Object(entries) => out.collect_map(entries.iter().map(|(k, v)| (k, v))),
        }
    }
}
