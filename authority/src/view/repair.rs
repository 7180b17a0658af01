//! `REPAIR` records.

use nodelock::record::{Repair, RepairTerms};

use super::{Field, RecordView};

pub(super) fn view(terms: &RepairTerms<'_>) -> RecordView {
    let mut view = RecordView::new("repair");
    view.json("repair", Field::Text(terms.repair.name().to_owned()));
    view.row("repairs", terms.repair.name(), meaning(terms.repair));
    view.json("number", Field::Number(terms.number));
    view.row("number", terms.number, "of the device's state");
    view.field("id", terms.id, "");
    view.udi(Some(terms.udi));
    view.field("issued", terms.issued, "");
    view
}

pub(super) fn summary(terms: &RepairTerms<'_>) -> String {
    format!("repairs {} of {} (number {})", terms.repair.name(), terms.udi, terms.number)
}

fn meaning(repair: Repair) -> &'static str {
    match repair {
        Repair::Rollback => "restored storage is taken as the latest",
        Repair::Damage => "values that cannot be read are removed, lost use begins anew",
        Repair::Clock => "the clock begins at the day of issue",
    }
}
