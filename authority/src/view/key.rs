//! `KEY` records.

use nodelock::Role;
use nodelock::record::{KeyTerms, List};

use super::{Field, RecordView};

pub(super) fn view(terms: &KeyTerms<'_>) -> RecordView {
    let key = data_encoding::HEXLOWER.encode(terms.key.as_bytes());
    let mut view = RecordView::new("key");
    view.json("id", Field::Text(terms.id.to_string()));
    view.row("key id", terms.id, "");
    view.field("role", terms.role.name(), role_meaning(terms.role));
    view.field("key", key, "x and y");
    list(&mut view, "features", &terms.features, "beginnings of their names");
    list(&mut view, "pids", &terms.pids, "products");
    view.json("not_before", Field::Text(terms.not_before.to_string()));
    view.row("not-before", terms.not_before, "first day of issue");
    view.json("not_after", Field::Text(terms.not_after.to_string()));
    view.row("not-after", terms.not_after, "last day of issue");
    view
}

pub(super) fn summary(terms: &KeyTerms<'_>) -> String {
    format!("delegates to key {} ({})", terms.id, terms.role.name())
}

/// Without entries it is no limit.
fn list(view: &mut RecordView, name: &'static str, list: &List<'_>, meaning: &str) {
    let entries = list.entries().map(|entry| String::from_utf8_lossy(entry).into_owned());
    view.json(name, Field::List(entries.collect()));
    if list.is_empty() {
        view.row(name, "all", "");
    } else {
        view.row(name, list.text(), meaning);
    }
}

fn role_meaning(role: Role) -> &'static str {
    match role {
        Role::Production => "may sign every type",
        Role::Evaluation => "may sign trials only",
        Role::Development => "only for devices that accept development keys",
    }
}
