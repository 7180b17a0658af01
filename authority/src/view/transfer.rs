//! Records with which rights move, or come back to their vendor.

use nodelock::record::TimeTerms;
use nodelock::record::transfer::{
    ConfirmTerms, CredentialTerms, Entry, Lines, PermissionTerms, RehostTerms, RevokeTerms,
};
use nodelock::value::Count;

use super::{Field, RecordView};

pub(super) fn credential(terms: &CredentialTerms<'_>) -> RecordView {
    let mut view = RecordView::new("credential");
    view.udi(Some(terms.udi));
    view.field("proof", terms.proof, "with what the device proves its words");
    view.field("storage", terms.storage, "how well it notices older copies of its storage");
    view.optional("key", terms.key, "with which it proves its words");
    number(&mut view, "word", terms.word, "the last of its words");
    number(&mut view, "repairs", terms.repairs, "that it has done");
    lines(&mut view, terms.lines.as_ref(), |one| {
        let waits = if one.waiting { ", waits for the proof of its transfer" } else { "" };
        format!("{}{waits}", units(one.units))
    });
    view
}

pub(super) fn permission(terms: &PermissionTerms<'_>) -> RecordView {
    let mut view = RecordView::new("permission");
    view.field("from", terms.from, "the device that gives up");
    view.optional("key", terms.key, "with which it will prove that");
    number(
        &mut view,
        "repairs",
        terms.repairs,
        "that it has done; after another one the ticket is dead",
    );
    view.field("to", terms.to, "the device that gets");
    view.field("nonce", terms.nonce, "makes the ticket unlike any other");
    lines(&mut view, Some(&terms.lines), |one| {
        format!("{} of {}, {} stay", units(one.taken()), units(one.before), one.after)
    });
    view.field("issued", terms.issued, "");
    view
}

pub(super) fn rehost(terms: &RehostTerms<'_>) -> RecordView {
    let mut view = RecordView::new("rehost");
    view.field("outcome", terms.outcome, "what became of the ticket");
    view.field("ticket", terms.ticket, "its digest");
    number(&mut view, "word", terms.word, "of the device");
    number(&mut view, "repairs", terms.repairs, "that the device had done");
    lines(&mut view, terms.used.as_ref(), |one| format!("{} s were used", one.seconds));
    view
}

pub(super) fn revoke(terms: &RevokeTerms<'_>) -> RecordView {
    let mut view = RecordView::new("revoke");
    view.udi(Some(terms.udi));
    view.field("nonce", terms.nonce, "makes the record unlike any other");
    lines(&mut view, Some(&terms.lines), |_| "is taken back".to_owned());
    view.field("issued", terms.issued, "");
    view
}

pub(super) fn confirm(terms: &ConfirmTerms<'_>) -> RecordView {
    let mut view = RecordView::new("confirm");
    view.field("ticket", terms.ticket, "digest of the REVOKE record");
    number(&mut view, "word", terms.word, "of the device");
    number(&mut view, "repairs", terms.repairs, "that the device had done");
    lines(&mut view, Some(&terms.lines), |one| match (one.units, one.by_word) {
        (Some(count), _) => format!("{} taken now", units(count)),
        (None, 0) => "was not there".to_owned(),
        (None, word) => format!("was gone by word {word}"),
    });
    view
}

pub(super) fn time(terms: &TimeTerms) -> RecordView {
    let mut view = RecordView::new("time");
    view.field("time", terms.time, "seconds are those of UTC");
    view
}

pub(super) fn permission_summary(terms: &PermissionTerms<'_>) -> String {
    let lines = terms.lines.entries().count();
    format!("ticket: {lines} line(s) may move from {} to {}", terms.from, terms.to)
}

pub(super) fn credential_summary(terms: &CredentialTerms<'_>) -> String {
    format!("credential of {}, word {}", terms.udi, terms.word)
}

pub(super) fn rehost_summary(terms: &RehostTerms<'_>) -> String {
    format!("proof: ticket {} was {}", terms.ticket, terms.outcome)
}

pub(super) fn revoke_summary(terms: &RevokeTerms<'_>) -> String {
    format!("takes {} line(s) back from {}", terms.lines.entries().count(), terms.udi)
}

pub(super) fn confirm_summary(terms: &ConfirmTerms<'_>) -> String {
    format!("proof: REVOKE {} was done", terms.ticket)
}

pub(super) fn time_summary(terms: &TimeTerms) -> String {
    format!("it is {}", terms.time)
}

fn number(view: &mut RecordView, name: &'static str, value: u64, meaning: &str) {
    view.json(name, Field::Number(value));
    view.row(name, value, meaning);
}

/// A list of lines, each with what is said of it.
fn lines<E: Entry>(view: &mut RecordView, list: Option<&Lines<'_, E>>, say: impl Fn(&E) -> String) {
    let entries: Vec<E> = list.map(|list| list.entries().collect()).unwrap_or_default();
    let said: Vec<(String, String)> =
        entries.iter().map(|one| (one.id().to_string(), say(one))).collect();
    for (id, what) in &said {
        view.row("line", id, what);
    }
    view.json("lines", Field::Object(said));
}

fn units(count: Count) -> String {
    match count {
        Count::Uncounted => "all (not counted)".to_owned(),
        Count::Units(1) => "1 unit".to_owned(),
        Count::Units(units) => format!("{units} units"),
    }
}
