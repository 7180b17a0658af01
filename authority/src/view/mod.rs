//! What a record says, in the shape that machine-readable output has.

use std::collections::BTreeMap;

use nodelock::{Count, KeyTerms, Record, RepairTerms, Terms, Udi};
use serde::Serialize;

/// The fields of a record, without its signature. Fields that a line does not have are `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum RecordView {
    /// A license line.
    License(Box<LicenseView>),
    /// A delegated key.
    Key(KeyView),
    /// A repair of one device.
    Repair(RepairView),
}

/// The fields of a license line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // One for each field of the line, under its name.
pub struct LicenseView {
    pub feature: String,
    pub version: String,
    #[serde(rename = "type")]
    pub license_type: &'static str,
    /// `None` is "uncounted".
    pub count: Option<u64>,
    pub id: String,
    pub udi: Option<UdiView>,
    pub issued: String,
    pub start: Option<String>,
    pub end: Option<String>,
    pub usage: Option<String>,
    pub usage_seconds: Option<u64>,
    pub combine: &'static str,
    pub expiry: &'static str,
    pub eula: Option<String>,
    pub pak: Option<String>,
    pub extra: BTreeMap<String, String>,
}

/// A UDI and its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct UdiView {
    pub udi: String,
    pub pid: String,
    pub sn: String,
}

/// The fields of a `KEY` record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // One for each field of the record, under its name.
pub struct KeyView {
    pub id: String,
    pub role: &'static str,
    /// x and y, hexadecimal.
    pub key: String,
    pub features: Vec<String>,
    pub pids: Vec<String>,
    pub not_before: String,
    pub not_after: String,
}

/// The fields of a `REPAIR` record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // One for each field of the record, under its name.
pub struct RepairView {
    pub repair: &'static str,
    pub number: u64,
    pub id: String,
    pub udi: UdiView,
    pub issued: String,
}

impl RecordView {
    /// The fields of a record.
    #[must_use]
    pub fn of(record: &Record<'_>) -> Self {
        match record {
            Record::License(line) => Self::License(Box::new(LicenseView::of(line.terms()))),
            Record::Key(key) => Self::Key(KeyView::of(key.terms())),
            Record::Repair(repair) => Self::Repair(RepairView::of(repair.terms())),
        }
    }
}

impl LicenseView {
    fn of(terms: &Terms<'_>) -> Self {
        Self {
            feature: terms.feature.to_string(),
            version: terms.version.to_string(),
            license_type: terms.license_type.name(),
            count: match terms.count {
                Count::Uncounted => None,
                Count::Units(units) => Some(units),
            },
            id: terms.id.to_string(),
            udi: terms.udi.map(UdiView::of),
            issued: terms.issued.to_string(),
            start: terms.start.map(|day| day.to_string()),
            end: terms.end.map(|day| day.to_string()),
            usage: terms.usage.map(|period| period.to_string()),
            usage_seconds: terms.usage.map(nodelock::Period::seconds),
            combine: terms.combine.name(),
            expiry: terms.expiry.name(),
            eula: terms.eula.map(|text| text.to_string()),
            pak: terms.pak.map(|text| text.to_string()),
            extra: terms.extras.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        }
    }
}

impl UdiView {
    fn of(udi: Udi<'_>) -> Self {
        Self { udi: udi.to_string(), pid: udi.pid().to_string(), sn: udi.sn().to_string() }
    }
}

impl RepairView {
    fn of(terms: &RepairTerms<'_>) -> Self {
        Self {
            repair: terms.repair.name(),
            number: terms.number,
            id: terms.id.to_string(),
            udi: UdiView::of(terms.udi),
            issued: terms.issued.to_string(),
        }
    }
}

impl KeyView {
    fn of(terms: &KeyTerms<'_>) -> Self {
        let texts = |list: &nodelock::List<'_>| {
            list.entries().map(|entry| String::from_utf8_lossy(entry).into_owned()).collect()
        };
        Self {
            id: terms.id.to_string(),
            role: terms.role.name(),
            key: data_encoding::HEXLOWER.encode(terms.key.as_bytes()),
            features: texts(&terms.features),
            pids: texts(&terms.pids),
            not_before: terms.not_before.to_string(),
            not_after: terms.not_after.to_string(),
        }
    }
}
