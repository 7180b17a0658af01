//! Lines that a copy for safe keeping has and the storage has lost.

use std::collections::BTreeMap;
use std::fmt::Write;

use nodelock::Agent;
use nodelock::agent::{HistoryKind, Ports};
use nodelock::record::{LicenseTerms, Record, Records};
use nodelock::show::Show;
use nodelock::value::LineId;

use crate::agent_device::own_udis;
use crate::reading::Reading;

/// Stands before the lines that only the copy has.
const LOST: &str = "\
# The storage of the device does not have the following lines any more, although nobody has cleared
# them. Install this file to have them again.
";

/// What a copy for safe keeping says: the installed lines, and those of the copy before it that were
/// neither cleared nor taken back. Storage that loses a line does not take it out of the copy.
pub(super) fn content<P: Ports>(
    agent: &mut Agent<'_, P>,
    head: &str,
    before: &[u8],
) -> Result<String, std::fmt::Error> {
    let mut text = head.to_owned();
    agent.show(Show::File, &mut text)?;
    let lost = lost(agent, before, &text);
    if !lost.is_empty() {
        write!(text, "{LOST}{lost}")?;
    }
    Ok(text)
}

fn lost<P: Ports>(agent: &mut Agent<'_, P>, before: &[u8], now: &str) -> String {
    let there: Vec<LineId> = ids(now.as_bytes()).map(|(id, _)| id).collect();
    let mut lost: Vec<(LineId, &[u8])> =
        ids(before).filter(|(id, _)| !there.contains(id)).collect();
    if lost.is_empty() {
        return String::new();
    }
    let gone = given_up(agent);
    lost.retain(|(id, _)| !gone.contains(id));
    let lines = lost.iter().map(|(_, text)| String::from_utf8_lossy(text).into_owned() + "\n");
    lines.collect()
}

/// What is needed to see whether a file of lines says less than the one that it would replace.
pub(crate) struct Backups {
    /// Lines that nobody has any more, so that a backup may do without them.
    gone: Vec<LineId>,
    /// The device's own UDIs; lines of other devices are not its business.
    udis: Vec<String>,
}

impl Backups {
    pub(crate) fn of<P: Ports>(agent: &mut Agent<'_, P>) -> Self {
        Self { gone: given_up(agent), udis: own_udis(agent) }
    }

    /// Why the old file must stay, if it has lines of this device that the new one lacks and that were neither
    /// cleared nor taken back.
    pub(crate) fn refuse(&self, old: &Reading<'_>, new: &[u8]) -> Option<String> {
        let there: Vec<LineId> = ids(new).map(|(id, _)| id).collect();
        let is_own = |terms: &LicenseTerms<'_>| {
            terms.udi.is_none_or(|udi| self.udis.contains(&udi.to_string()))
        };
        let missing: Vec<String> = Records::new(old.bytes())
            .filter_map(|found| match found.record.ok()? {
                Record::License(line) => Some(*line.terms()),
                _ => None,
            })
            .filter(|terms| !there.contains(&terms.id) && !self.gone.contains(&terms.id))
            .filter(is_own)
            .map(|terms| format!("{} ({})", terms.feature, terms.id))
            .collect();
        (!missing.is_empty()).then(|| {
            format!(
                "it holds licenses that the device cannot give now and that nobody has cleared: {}; it was left as it \
                 is: install it, or write to another file",
                missing.join(", ")
            )
        })
    }
}

/// The license lines of a file, each with the `KEY` record of its signer if the file has it.
fn ids(file: &[u8]) -> impl Iterator<Item = (LineId, &[u8])> {
    let mut key: Option<(nodelock::KeyId, usize)> = None;
    Records::new(file).filter_map(move |found| match found.record.ok()? {
        Record::Key(record) => {
            key = Some((record.terms().id, found.start));
            None
        }
        Record::License(line) => {
            let delegated = key.filter(|(id, _)| *id == line.signer());
            let start = delegated.map_or(found.start, |(_, start)| start);
            Some((line.terms().id, file.get(start..found.end)?))
        }
        _ => None,
    })
}

/// Lines of which the history says last that they were cleared or taken back.
fn given_up<P: Ports>(agent: &mut Agent<'_, P>) -> Vec<LineId> {
    let mut last: BTreeMap<LineId, (u64, HistoryKind)> = BTreeMap::new();
    // What cannot be read tells nothing: the line stays in the copy.
    let _ = agent.history(|entry| {
        let known = last.entry(entry.id).or_insert((entry.number, entry.kind));
        if entry.number >= known.0 {
            *known = (entry.number, entry.kind);
        }
    });
    let gone = |kind| {
        use HistoryKind::{Cleared, GivenUp, Moved, Revoked};
        matches!(kind, Cleared | Revoked | Moved | GivenUp)
    };
    last.into_iter().filter(|(_, (_, kind))| gone(*kind)).map(|(id, _)| id).collect()
}
