//! Order files as spreadsheets write them: a row of names, then one row for each entry.

use std::collections::BTreeSet;

use super::file::Lines;
use super::quotes;
use super::spec::{LicenseSpec, lines_of, within_limit};
use super::value::{ExtraField, Value, ValueError};
use crate::error::Error;

/// Names of the columns; `x-...` are others.
pub(super) const COLUMNS: [&str; 13] = [
    "udi", "feature", "type", "count", "usage", "start", "end", "id", "issued", "additive",
    "expiry", "eula", "pak",
];

/// Whether a text is a table and no TOML: its first line names columns, and sets nothing.
pub(super) fn is_table(text: &str) -> bool {
    let heading = after_separator_line(text).0.lines().find(|line| !line.trim().is_empty());
    heading.is_some_and(|line| {
        !line.contains('=') && line.split([',', ';', '\t']).any(|cell| name(cell) == "feature")
    })
}

/// The name that stands in a cell of the first row.
fn name(cell: &str) -> String {
    cell.trim().trim_matches('"').trim().to_ascii_lowercase()
}

/// The first line of some spreadsheet programs says what separates the cells.
fn after_separator_line(text: &str) -> (&str, Option<u8>, usize) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    match first.trim().trim_matches('"').strip_prefix("sep=").map(str::as_bytes) {
        Some(&[separator]) => {
            let rest = text.get(first.len()..).unwrap_or_default();
            let rest = rest.strip_prefix('\r').unwrap_or(rest);
            (rest.strip_prefix('\n').unwrap_or(rest), Some(separator), 1)
        }
        _ => (text, None, 0),
    }
}

/// The one of the usual separators that stands most often in the row of names.
fn separator(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| heading.bytes().filter(|&b| b == separator).count();
    let most = b",;\t".iter().rev().copied().max_by_key(|&separator| count(separator));
    most.unwrap_or(b',')
}

pub(super) fn read(text: &str) -> Result<Vec<LicenseSpec>, Error> {
    let (text, said, skipped) = after_separator_line(text);
    let separator = said.unwrap_or_else(|| separator(text));
    quotes::check(text, separator).map_err(|(line, column, what)| {
        Error::Order(format!("row {}: column {}: {what}", line + skipped, letter(column)))
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let wrong = |row: usize, what: &str| Error::Order(format!("row {row}: {what}"));
    let mut numbers = Lines::new(text);
    let mut columns: Option<Vec<String>> = None;
    let (mut specs, mut ids, mut lines) = (Vec::new(), BTreeSet::new(), 0_usize);
    for row in reader.records() {
        let row = row.map_err(|error| Error::Order(error.to_string()))?;
        // The reader's own line numbers stand where the row before it ended.
        let from = row.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        let empty = text.bytes().skip(from).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let number = numbers.at(from.saturating_add(empty)) + skipped;
        if row.iter().all(str::is_empty) {
            continue;
        }
        if row.get(0).is_some_and(|cell| cell.starts_with('#')) {
            return Err(wrong(
                number,
                "it begins with #, and a table has no comments: take the row out",
            ));
        }
        let Some(columns) = &columns else {
            columns = Some(heading(&row).map_err(|what| wrong(number, &what))?);
            continue;
        };
        let mut spec = LicenseSpec { place: format!("row {number}"), ..LicenseSpec::default() };
        for (i, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let name = columns.get(i).map_or("", String::as_str);
            let at = |what: &str| {
                let named = if name.is_empty() { String::new() } else { format!(" ({name})") };
                wrong(number, &format!("column {}{named}: {cell:?}: {what}", letter(i)))
            };
            if name.is_empty() {
                return Err(at("the column has no name in the first row"));
            }
            if cell.contains(['\n', '\r']) {
                return Err(at(
                    "the cell goes over several lines; write it in one, or close its quotation mark where it ends",
                ));
            }
            set(&mut spec, name, cell).map_err(|error| at(&error.to_string()))?;
        }
        spec.check().map_err(|error| wrong(number, &error.to_string()))?;
        if let Some(id) = spec.id.filter(|id| !ids.insert(id.0)) {
            return Err(wrong(number, &format!("id {id} is in the order already")));
        }
        lines = lines.saturating_add(lines_of(&spec.udi, &spec.feature));
        within_limit(lines, "")?;
        specs.push(spec);
    }
    if specs.is_empty() {
        return Err(Error::Order("the order has no row below the names of its columns".into()));
    }
    Ok(specs)
}

fn heading(row: &csv::StringRecord) -> Result<Vec<String>, String> {
    let names: Vec<String> = row.iter().map(name).collect();
    for (i, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if names.iter().take(i).any(|other| other == name) {
            return Err(format!("column {} ({name}) is there twice", letter(i)));
        }
        if i == 0 && name.contains(':') {
            return Err(format!(
                "the first row must name the columns, and it begins with {name:?}, which is a device; put a row with \
                 {} above it",
                ["udi", "feature"].join(", ")
            ));
        }
        if !COLUMNS.contains(&name.as_str()) && !name.starts_with("x-") {
            let known = COLUMNS.join(", ");
            return Err(format!(
                "column {} ({name:?}) is not known; columns are {known}, and x-... for extension fields",
                letter(i)
            ));
        }
    }
    if !names.iter().any(|name| name == "feature") {
        return Err("no column is called feature; the first row names the columns".to_owned());
    }
    Ok(names)
}

fn set(spec: &mut LicenseSpec, column: &str, cell: &str) -> Result<(), ValueError> {
    match column {
        "udi" => spec.udi = several(cell)?,
        "feature" => spec.feature = several(cell)?,
        "type" => spec.license_type = Some(Value::read(cell)?),
        "count" => spec.count = Some(Value::read(cell)?),
        "usage" => spec.usage = Some(Value::read(cell)?),
        "start" => spec.start = Some(Value::read(cell)?),
        "end" => spec.end = Some(Value::read(cell)?),
        "id" => spec.id = Some(Value::read(cell)?),
        "issued" => spec.issued = Some(Value::read(cell)?),
        "additive" => spec.additive = Some(yes_or_no(cell)?),
        "expiry" => spec.expiry = Some(Value::read(cell)?),
        "eula" => spec.eula = Some(Value::read(cell)?),
        "pak" => spec.pak = Some(Value::read(cell)?),
        other => spec.extra.add(ExtraField::new(other, cell)?)?,
    }
    Ok(())
}

/// Several in one cell have blanks between: neither a UDI nor a feature contains one.
fn several<T: Value>(cell: &str) -> Result<Vec<T>, ValueError> {
    cell.split_whitespace().map(T::read).collect()
}

fn yes_or_no(cell: &str) -> Result<bool, ValueError> {
    match cell.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(ValueError::new("write true or false".into())),
    }
}

/// The letter of a column in a spreadsheet.
fn letter(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.insert(0, char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        if rest < 26 {
            return letters.into_iter().collect();
        }
        rest = rest / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<LicenseSpec>, Error> {
        super::super::read_order(text)
    }

    fn problem(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    /// What spreadsheet programs write: a mark, other separators, line ends, quotes, empty rows.
    #[test]
    fn tables_of_all_kinds_say_the_same() {
        let plain = "udi,feature,type,count,end,additive,pak,x-region\n\
                     A:1,voice:2.1,subscription,4,2027-12-31,TRUE,P1,emea\nA:2,nat,,,,,,\n";
        let wanted = read(plain).unwrap();
        assert_eq!(wanted.len(), 2);
        assert_eq!(wanted[0].additive, Some(true));
        assert_eq!(wanted[0].extra.iter().collect::<Vec<_>>(), [("x-region", "emea")]);
        assert_eq!(wanted[1].place, "row 3");
        for text in [
            format!("\u{feff}{plain}"),
            plain.replace('\n', "\r\n"),
            plain.replace(',', ";"),
            plain.replace(',', "\t"),
            plain.replace("A:1", "\"A:1\"").replace("feature", "\"Feature\""),
            plain.replace("A:1,", " A:1 , "),
            format!("{plain}\n,,,,,,,\n\n"),
            plain.replace(",,,,,,\n", "\n"),
            plain.replace("x-region\n", "x-region,,\n"),
        ] {
            assert_eq!(read(&text).unwrap(), wanted, "{text}");
        }
        let marked = format!("sep=;\r\n{}", plain.replace(',', ";"));
        assert_eq!(read(&marked).unwrap()[1].place, "row 4");
        assert_eq!(read("feature;udi\nf g;A:1 A:2\n").unwrap()[0].pairs().count(), 4);
        assert!(read("feature\nf\n").unwrap_err().to_string().contains("give udi"));
    }

    #[test]
    fn a_table_by_its_name_is_spoken_of_as_one() {
        let said = super::read("udi,faeture\nA:1,f\n").unwrap_err().to_string();
        assert!(said.contains("column B (\"faeture\")"), "{said}");
        let said = super::read("udi,count\nA:1,1\n").unwrap_err().to_string();
        assert!(said.contains("row 1: no column is called feature"), "{said}");
    }

    #[test]
    fn mistakes_are_named_with_row_and_column() {
        for (text, says) in [
            ("udi,feature,cuont\nA:1,f,1\n", "row 1: column C (\"cuont\")"),
            ("udi,feature,udi\nA:1,f,A:2\n", "row 1: column C (udi) is there twice"),
            (
                "udi,feature,end\nA:1,f,31.12.2027\n",
                "row 2: column C (end): \"31.12.2027\": not a date",
            ),
            ("udi,feature\nA:1,f\n\nA,f\n", "row 4: column A (udi)"),
            ("udi,feature\nA:1,f,more\n", "row 2: column C: \"more\": the column has no name"),
            ("udi,feature,count\nA:1,f,1.5\n", "row 2: column C (count)"),
            ("udi,feature,count\nA:1,f,\"1,000\"\n", "\"1,000\": not a count; write 1000"),
            ("udi,feature,count\nA:1,f,1.000.000\n", "write 1000000"),
            ("udi,feature,usage\nA:1,f,36501d\n", "longer than a period may be, which is 36500d"),
            ("udi,feature,usage\nA:1,f,0d\n", "not a period"),
            ("udi,feature,additive\nA:1,f,maybe\n", "true or false"),
            ("udi,feature,type\nA:1,f,evaluation\n", "row 2: type evaluation is metered"),
            ("udi,feature,pak\nA:1,f,\"P1\nA:2,f,P2\n", "row 2: column C: the quotation mark"),
            ("udi,feature\n\n", "no row below"),
            ("udi,feature\n# old ones,\nA:1,f\n", "row 2: it begins with #"),
            ("udi,feature\n#A:1,f\n", "no comments"),
            ("udi,feature\n\n\"A:1\"2,f\n", "row 3: column A: text stands behind"),
            ("udi,feature,count\nA:1,f,\"1\"6\n", "row 2: column C: text stands behind"),
            ("udi;feature;count\r\nA:1;f;\"16", "row 2: column C: the quotation mark"),
            ("sep=;\nudi;feature\n\"A:1;f\nA:2;f\n", "row 3: column A: the quotation mark"),
            ("udi,feature\nA:1, \"f\"\n", "row 2: column B: a blank stands before"),
            ("udi,feature,pak\nA:1,f,a\"b\n", "row 2: column C: a quotation mark stands in"),
            (
                "udi,feature,id\nA:1,f,00000000000000000001\nA:1,g,00000000000000000001\n",
                "row 3: id",
            ),
        ] {
            let said = problem(text);
            assert!(said.contains(says), "{text:?}: {said}");
        }
        assert_eq!(
            (letter(0), letter(25), letter(26), letter(701)),
            ("A".into(), "Z".into(), "AA".into(), "ZZ".into())
        );
    }
}
