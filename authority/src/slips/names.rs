//! Names and amounts that the product's catalog knows better.

use nodelock::catalog::{Feature, FeatureKind};
use nodelock::record::LicenseTerms;
use nodelock::value::{Count, FeatureName};

use super::{SlipCheck, SlipKind};
use crate::catalog::Product;

pub(super) fn check(to: &mut SlipCheck<'_>, terms: &LicenseTerms<'_>, place: &str) {
    let Some(product) = to.product else { return };
    if let Some(udi) = &terms.udi {
        pid(to, udi.pid().as_str(), place);
    }
    match entry(product, terms.feature) {
        None => {
            let text = terms.feature.text();
            feature_is_unknown(to, product, "feature", text.as_str(), place);
        }
        Some(feature) => known(to, product, feature, terms, place),
    }
    if let Some(eula) = terms.eula {
        let eula = eula.as_str();
        let agreements = product.agreements.keys().map(String::as_str);
        if !product.agreements.contains_key(eula) {
            let near = nearest(eula, agreements).map_or(String::new(), |near| near.did_you_mean());
            let text =
                format!("agreement {eula} is not in the catalog{near}: no device can accept it");
            to.refuse(SlipKind::UnknownAgreement, place, text);
        }
    }
}

/// The entry of a feature.
pub(super) fn entry(product: &Product, name: FeatureName<'_>) -> Option<&'static Feature<'static>> {
    product.catalog.feature(product.catalog.find(name.as_bytes())?)
}

pub(super) fn pid(to: &mut SlipCheck<'_>, pid: &str, place: &str) {
    let Some(product) = to.product.filter(|product| !product.pids.is_empty()) else { return };
    if !product.pids.iter().any(|known| known == pid) {
        let known = product.pids.iter().map(String::as_str);
        let near = nearest(pid, known).map_or(String::new(), |near| near.did_you_mean());
        to.refuse(SlipKind::UnknownPid, place, format!("PID {pid} is not in the catalog{near}"));
    }
}

pub(super) fn feature_is_unknown(
    to: &mut SlipCheck<'_>,
    product: &Product,
    what: &str,
    name: &str,
    place: &str,
) {
    let names = product.catalog.features().iter().map(Feature::name);
    let near = nearest(name, names).map_or(String::new(), |near| near.did_you_mean());
    to.refuse(
        SlipKind::UnknownFeature,
        place,
        format!("{what} {name} is not in the catalog{near}"),
    );
}

fn known(
    to: &mut SlipCheck<'_>,
    product: &Product,
    feature: &Feature<'_>,
    terms: &LicenseTerms<'_>,
    place: &str,
) {
    let name = feature.name();
    if matches!(feature.kind(), FeatureKind::Level { rank: 0, .. }) {
        let text = format!("{name} is a base level: it needs no license");
        to.warn(SlipKind::NoLicenseNeeded, place, text);
    }
    let catalog = product.catalog;
    let base = catalog.ids().find(|&id| {
        let is_base = catalog
            .feature(id)
            .is_some_and(|level| matches!(level.kind(), FeatureKind::Level { rank: 0, .. }));
        is_base
            && catalog
                .find(name.as_bytes())
                .is_some_and(|own| own != id && catalog.provides(id, own))
    });
    if let Some(base) = base.and_then(|id| catalog.feature(id)) {
        let text = format!("{name} comes with the base level {}: it needs no license", base.name());
        to.warn(SlipKind::NoLicenseNeeded, place, text);
    }
    match (terms.count, feature.maximum()) {
        (Count::Units(units), Some(maximum)) if units > maximum => {
            let text = format!("{units} units of {name}: no device can do more than {maximum}");
            to.refuse(SlipKind::AboveMaximum, place, text);
        }
        (Count::Units(units), None) => {
            let text = format!("{units} units of {name}, which the catalog does not count");
            to.warn(SlipKind::NotCounted, place, text);
        }
        (Count::Uncounted, Some(maximum)) => {
            let text = format!(
                "{name} is counted and the line is not: it gives as many as a device can do, {maximum}"
            );
            to.warn(SlipKind::NotCounted, place, text);
        }
        _ => {}
    }
    if let Some(version) = product.version(name).filter(|&version| terms.version < version) {
        let text = format!(
            "{name}:{} does not cover the version in the catalog, {version}: devices deny it",
            terms.version
        );
        to.refuse(SlipKind::LowVersion, place, text);
    }
    if let (Some(eula), Some(wanted)) = (terms.eula, feature.eula_name())
        && eula.as_str() != wanted
        && product.agreements.contains_key(eula.as_str())
    {
        let text = format!("agreement {eula}: the catalog has {wanted} for {name}");
        to.warn(SlipKind::UnknownAgreement, place, text);
    }
}

/// A name that was probably meant.
pub(super) struct Near<'n>(&'n str);

impl Near<'_> {
    pub(super) fn did_you_mean(&self) -> String {
        format!(" (did you mean {}?)", self.0)
    }
}

/// The known name that is nearest to this one, if any is near.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<Near<'n>> {
    let lower = name.to_ascii_lowercase();
    let far = |known: &str| strsim::damerau_levenshtein(&lower, &known.to_ascii_lowercase());
    let (distance, near) = known.map(|known| (far(known), known)).min()?;
    // A third of the letters may differ, and always one or two.
    (distance <= (name.len() / 3).max(2) && distance < near.len()).then_some(Near(near))
}
