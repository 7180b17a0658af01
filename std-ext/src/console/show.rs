//! `show license` in the forms that only a console has: a row for each line, and the leases.

use std::fmt::Write;

use nodelock::agent::{AgentLine, LineSource, Ports};
use nodelock::show::write_duration;
use nodelock::value::Count;
use nodelock::{Agent, Now};

use crate::visible::visible;

/// One row for each line.
pub(super) fn table<P: Ports>(agent: &Agent<'_, P>, now: Now, text: &mut String) {
    let mut rows =
        vec![["Index", "Feature", "Type", "Units", "Left", "State", "Line"].map(str::to_owned)];
    for (index, held) in agent.lines().enumerate() {
        let right = held.right();
        let units = match right.count() {
            Count::Uncounted => "-".to_owned(),
            Count::Units(units) => units.to_string(),
        };
        let line = match held.source() {
            LineSource::BuiltIn => "built in".to_owned(),
            _ => right.id().to_string(),
        };
        rows.push([
            (index + 1).to_string(),
            visible(&String::from_utf8_lossy(right.feature())),
            held.license_type().name().to_owned(),
            units,
            left(held, now),
            agent.state_text(held, agent.state(held)).to_owned(),
            line,
        ]);
    }
    if rows.len() == 1 {
        text.push_str("no license\n");
        return;
    }
    columns(&rows, text);
}

fn left(held: &AgentLine, now: Now) -> String {
    let mut text = String::new();
    match held.left(now.uptime) {
        Some(seconds) => drop(write_duration(seconds, &mut text)),
        None => text.push('-'),
    }
    text
}

/// One row for each lease.
pub(super) fn leases<P: Ports>(agent: &Agent<'_, P>, text: &mut String) {
    let mut rows = vec![["Token", "Feature", "Units", "Owner"].map(str::to_owned)];
    for lease in agent.leases() {
        let feature = agent
            .catalog()
            .feature(nodelock::FeatureHandle::at(lease.subject))
            .map_or("", |feature| feature.name());
        let owner = match lease.owner {
            super::run::OPERATOR => "0 (this console)".to_owned(),
            owner => owner.to_string(),
        };
        rows.push([
            lease.token.to_bits().to_string(),
            feature.to_owned(),
            lease.units.to_string(),
            owner,
        ]);
    }
    if rows.len() == 1 {
        text.push_str("no units are taken\n");
        return;
    }
    columns(&rows, text);
}

/// Columns as wide as what stands in them.
fn columns<const N: usize>(rows: &[[String; N]], text: &mut String) {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..N).map(|column| width(column).unwrap_or_default()).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
