//! What came of each record of the file.

use nodelock::Reason;
use nodelock::record::Record;
use nodelock::rights::{Entitlements, InstallEffect, Verdict};
use nodelock::value::FeatureRequest;
use nodelock_authority::summary;
use serde::Serialize;

use crate::report::{ReasonJson, reason_line};

/// Where a record stands.
pub(super) struct Piece<'a> {
    pub(super) found: nodelock::record::Found<'a>,
    pub(super) bytes: Option<&'a [u8]>,
    pub(super) line: Option<usize>,
}

impl Piece<'_> {
    fn mentions(&self, name: &[u8]) -> bool {
        self.bytes.unwrap_or_default().windows(name.len()).any(|part| part == name)
    }
}

/// One record of the file and what came of it.
#[derive(Serialize)]
pub(super) struct Considered {
    pub(super) number: u32,
    pub(super) line: Option<usize>,
    pub(super) offset: usize,
    pub(super) id: Option<String>,
    /// What it is, in words.
    pub(super) text: Option<String>,
    /// Whether it is for the feature that was asked for, as far as can be told.
    pub(super) concerns: bool,
    /// Whether it helps.
    pub(super) helps: bool,
    pub(super) reason: Option<ReasonJson>,
    pub(super) fact: Option<String>,
    #[serde(skip)]
    pub(super) why_not: Option<Reason>,
    #[serde(skip)]
    pub(super) outcome: String,
}

/// What came of one record of the file.
pub(super) struct Outcome<'f> {
    pub(super) number: u32,
    pub(super) record: Option<Record<'f>>,
    pub(super) result: Result<InstallEffect, Reason>,
    /// What decided beside the reason.
    pub(super) fact: Option<String>,
}

/// What came of one record, seen from the request.
pub(super) fn consider(
    report: &Outcome<'_>,
    piece: &Piece<'_>,
    request: &FeatureRequest<'_>,
    rights: &Entitlements<'_>,
    verdict: Verdict,
) -> Considered {
    let wanted = request.feature;
    let concerns = match &report.record {
        Some(Record::License(line)) => line.terms().feature == wanted,
        Some(_) => false,
        // What is damaged may still show what it was for.
        None => piece.mentions(wanted.as_bytes()),
    };
    let (helps, why_not, outcome) = match report.result {
        Err(reason) => (false, Some(reason), refusal(report, reason)),
        Ok(InstallEffect::Key) => (false, None, "key taken in".into()),
        Ok(_) if !concerns => (false, None, "for another feature".into()),
        Ok(_) => {
            let id = match &report.record {
                Some(Record::License(line)) => Some(line.terms().id),
                _ => None,
            };
            let alone = rights.explain(request).find(|(right, _)| Some(right.id()) == id);
            match alone.map(|(_, result)| result) {
                // Too few alone, but enough together with others.
                Some(Err(Reason::CountTooLow)) if verdict.is_granted() => {
                    (true, None, "grants it together with others".into())
                }
                Some(Err(reason)) => (false, Some(reason), reason_line(reason)),
                _ => (true, None, "grants it".into()),
            }
        }
    };
    Considered {
        number: report.number,
        line: piece.line,
        offset: piece.found.start,
        id: match &report.record {
            Some(Record::License(line)) => Some(line.terms().id.to_string()),
            _ => None,
        },
        text: report.record.as_ref().map(summary),
        concerns,
        helps,
        reason: why_not.map(ReasonJson::from),
        fact: report.fact.clone(),
        why_not,
        outcome,
    }
}

/// The reason, and what decided.
fn refusal(report: &Outcome<'_>, reason: Reason) -> String {
    let fact = report.fact.as_deref().map_or(String::new(), |words| format!(": {words}"));
    reason_line(reason) + &fact
}

/// How near a refused line came to granting something here.
pub(super) fn closeness(reason: Reason) -> u8 {
    match reason.code() {
        -499..=-400 => 4,
        -299..=-200 => 3,
        // Damage hides what the line was; still nearer than a whole line for somebody else.
        -199..=-100 => 2,
        _ => 1,
    }
}
