//! Order files: defaults at the top, then one `[[license]]` for each entry; or a table.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, Deserializer, ValueDeserializer};

use super::spec::{LicenseSpec, lines_of, within_limit};
use super::table;
use crate::error::Error;

/// The form of an order file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderForm {
    /// Defaults, and `[[license]]` entries.
    Toml,
    /// A row of names, and rows.
    Csv,
}

/// Reads an order file whose form is known, so that mistakes are told in its words.
///
/// # Errors
/// Those of [`read_order`].
pub fn read_order_as(text: &str, form: OrderForm) -> Result<Vec<LicenseSpec>, Error> {
    match form {
        OrderForm::Toml => read_toml(text),
        OrderForm::Csv => table::read(text),
    }
}

/// Reads an order file: TOML, with the defaults put into each of its entries, or CSV with a row of
/// names, separated by commas, semicolons or tabs. The first line tells which it is.
///
/// # Errors
/// [`Error::Toml`] with line and column; [`Error::Order`] with the entry and its line, or with row and
/// column.
pub fn read_order(text: &str) -> Result<Vec<LicenseSpec>, Error> {
    if table::is_table(text) {
        return table::read(text);
    }
    read_toml(text)
}

fn read_toml(text: &str) -> Result<Vec<LicenseSpec>, Error> {
    let (defaults, entries) = read(text).map_err(|mut error| {
        error.set_input(Some(text));
        Error::Toml(one_message(&error))
    })?;
    if entries.is_empty() {
        return Err(Error::Order("the order has no [[license]] entry".into()));
    }
    if defaults.id.is_some() {
        return Err(Error::Order("an id belongs in one [[license]] entry".into()));
    }
    // Before the defaults are put in, which takes memory.
    let all = entries.iter().map(|entry| {
        let entry = entry.get_ref();
        let udi = if entry.udi.is_empty() { &defaults.udi } else { &entry.udi };
        let none = entry.feature.is_empty();
        lines_of(udi, if none { &defaults.feature } else { &entry.feature })
    });
    within_limit(all.fold(0, usize::saturating_add), "")?;
    let mut specs: Vec<LicenseSpec> = Vec::with_capacity(entries.len());
    let mut ids = BTreeSet::new();
    let mut lines = Lines::new(text);
    for (i, entry) in entries.iter().enumerate() {
        let line = lines.at(entry.span().start);
        let place = format!("license {}, line {line}", i + 1);
        let wrong = |what: &str| Error::Order(format!("{place}: {what}"));
        let mut spec = entry.get_ref().or(&defaults);
        spec.check().map_err(|error| wrong(&error.to_string()))?;
        if let Some(id) = spec.id.filter(|id| !ids.insert(id.0)) {
            return Err(wrong(&format!("id {id} is in the order already")));
        }
        spec.place = place;
        specs.push(spec);
    }
    Ok(specs)
}

type Read = (LicenseSpec, Vec<Spanned<LicenseSpec>>);

fn read(text: &str) -> Result<Read, toml::de::Error> {
    let mut file = DeTable::parse(text)?;
    let entries = match file.get_mut().remove("license") {
        Some(entries) if entries.get_ref().is_table() => {
            return Err(serde::de::Error::custom(
                "an entry begins with [[license]], with two pairs of brackets",
            ));
        }
        Some(entries) => Vec::deserialize(ValueDeserializer::from(entries))?,
        None => Vec::new(),
    };
    Ok((LicenseSpec::deserialize(Deserializer::from(file))?, entries))
}

/// Counts lines. Entries come in the order of the text, so each byte is looked at once.
pub(super) struct Lines<'t> {
    text: &'t [u8],
    passed: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), passed: 0, line: 1 }
    }

    pub(super) fn at(&mut self, offset: usize) -> usize {
        let passed = self.text.get(self.passed..offset).unwrap_or_default();
        self.line += passed.iter().filter(|&&b| b == b'\n').count();
        self.passed = self.passed.max(offset);
        self.line
    }
}

/// The place, the quoted line and the message; a message is one line, whatever a key may hold.
pub(crate) fn one_message(error: &toml::de::Error) -> String {
    let (shown, message) = (error.to_string(), error.message());
    match shown.trim_end().strip_suffix(message) {
        Some(place) => format!("{place}{}", message.replace('\n', "\\n")),
        None => shown,
    }
}
