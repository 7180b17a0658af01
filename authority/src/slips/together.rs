//! What lines do together: twice the same, one that makes another useless, units that add up.

use std::collections::HashMap;

use nodelock::FeatureHandle;
use nodelock::record::LicenseTerms;
use nodelock::value::{Combine, Count, Date, LicenseType, Version};

use super::{SlipCheck, SlipKind};

/// Of one feature on one device, so many lines are compared with each other.
const MAX_COMPARED: usize = 32;

/// The lines so far.
#[derive(Default)]
pub(super) struct Together {
    /// By device and feature.
    lines: HashMap<(String, String), Vec<Seen>>,
    /// What the catalog knows, by device.
    features: HashMap<String, Vec<(FeatureHandle, Seen)>>,
    /// Devices and features in lower case, and how they were written first.
    written: HashMap<String, String>,
}

/// What of a line decides whether another one adds anything.
#[derive(Clone, PartialEq, Eq)]
struct Seen {
    kind: LicenseType,
    version: Version,
    count: Count,
    combine: Combine,
    usage: Option<u64>,
    start: Option<Date>,
    end: Option<Date>,
    pak: Option<String>,
}

impl Seen {
    fn of(terms: &LicenseTerms<'_>) -> Self {
        Self {
            kind: terms.license_type,
            version: terms.version,
            count: terms.count,
            combine: terms.combine,
            usage: terms.usage.map(nodelock::value::Period::seconds),
            start: terms.start,
            end: terms.end,
            pak: terms.pak.map(|pak| pak.as_str().to_owned()),
        }
    }

    /// Whether the other line gives nothing that this one does not.
    fn covers(&self, other: &Self) -> bool {
        let units = match (self.count, other.count) {
            (Count::Uncounted, _) => true,
            (Count::Units(_), Count::Uncounted) => false,
            (Count::Units(these), Count::Units(those)) => {
                these >= those && other.combine == Combine::Exclusive
            }
        };
        units && self.lasts_as(other) && self.version >= other.version
    }

    /// Whether it holds whenever the other line does.
    fn lasts_as(&self, other: &Self) -> bool {
        self.kind == LicenseType::Permanent
            || self.kind == other.kind
                && self.kind.is_dated()
                && self.end >= other.end
                && (self.start.is_none() || other.start.is_some() && self.start <= other.start)
            || self.kind == other.kind && !self.kind.is_dated() && !self.kind.is_metered()
    }
}

pub(super) fn check(to: &mut SlipCheck<'_>, terms: &LicenseTerms<'_>, place: &str) {
    let device = terms.udi.map_or(String::new(), |udi| udi.to_string());
    let feature = terms.feature.to_string();
    spelling(to, &device, place);
    spelling(to, &feature, place);
    let maximum = to
        .product
        .and_then(|product| super::names::entry(product, terms.feature))
        .and_then(nodelock::Feature::maximum);
    let seen = Seen::of(terms);
    included(to, terms, &device, &seen, place);
    let others = to.together.lines.entry((device.clone(), feature.clone())).or_default();
    let slip = others.iter().find_map(|other| together(other, &seen));
    if others.len() < MAX_COMPARED {
        others.push(seen);
    }
    let units = others.iter().filter(|line| line.combine == Combine::Additive);
    let sum = units.fold(0_u64, |sum, line| match line.count {
        Count::Units(units) => sum.saturating_add(units),
        Count::Uncounted => sum,
    });
    let several = others.len() > 1;
    let on = if device.is_empty() { "every device".to_owned() } else { device };
    match slip {
        Some(Pair::Same(additive)) => {
            let twice = if additive { ", which gives its units twice" } else { "" };
            let text = format!("{feature} on {on} is there already with the same terms{twice}");
            to.refuse(SlipKind::Duplicate, place, text);
        }
        Some(Pair::Useless) => {
            let text = format!("{feature} on {on}: of two lines one adds nothing to the other");
            to.warn(SlipKind::AddsNothing, place, text);
        }
        Some(Pair::AddUp) => {
            let text = format!("{feature} on {on}: additive lines give {sum} units together");
            to.warn(SlipKind::AddsUp, place, text);
        }
        None => {}
    }
    if let Some(maximum) = maximum.filter(|&maximum| several && sum > maximum) {
        let text = format!(
            "{feature} on {on}: {sum} units in additive lines, and no device can do more than {maximum}"
        );
        to.refuse(SlipKind::AboveMaximum, place, text);
    }
}

/// A feature beside a level that includes it, or a level below another one.
fn included(
    to: &mut SlipCheck<'_>,
    terms: &LicenseTerms<'_>,
    device: &str,
    seen: &Seen,
    place: &str,
) {
    let Some(catalog) = to.product.map(|product| product.catalog) else { return };
    let Some(own) = catalog.find(terms.feature.to_string().as_bytes()) else { return };
    let others = to.together.features.entry(device.to_owned()).or_default();
    // The one that is included, and the one that includes it.
    let pair = others.iter().filter(|(other, _)| *other != own).find_map(|(other, line)| {
        if catalog.provides(*other, own) && seen.count == Count::Uncounted && line.lasts_as(seen) {
            return Some((own, *other));
        }
        let covered = line.count == Count::Uncounted && seen.lasts_as(line);
        (catalog.provides(own, *other) && covered).then_some((*other, own))
    });
    if others.len() < MAX_COMPARED {
        others.push((own, seen.clone()));
    }
    let names =
        pair.and_then(|(a, b)| Some((catalog.feature(a)?.name(), catalog.feature(b)?.name())));
    if let Some((less, more)) = names {
        let on = if device.is_empty() { "every device" } else { device };
        let text = format!("{less} on {on} adds nothing to {more}, which includes it");
        to.warn(SlipKind::AddsNothing, place, text);
    }
}

/// What two lines for one feature on one device do.
enum Pair {
    Same(bool),
    Useless,
    AddUp,
}

fn together(first: &Seen, second: &Seen) -> Option<Pair> {
    let additive = first.combine == Combine::Additive && second.combine == Combine::Additive;
    if first == second {
        return Some(Pair::Same(additive));
    }
    if first.covers(second) || second.covers(first) {
        return Some(Pair::Useless);
    }
    additive.then_some(Pair::AddUp)
}

fn spelling(to: &mut SlipCheck<'_>, name: &str, place: &str) {
    let lower = name.to_ascii_lowercase();
    let first = to.together.written.entry(lower).or_insert_with(|| name.to_owned()).clone();
    if first != name {
        let text =
            format!("{first} and {name} differ in upper and lower case, and are not the same");
        to.warn(SlipKind::SimilarNames, place, text);
    }
}
