//! Who signs, and to whom is delegated.

use nodelock::{KeyId, Role, TrustAnchor};

use super::{SlipCheck, SlipKind, listed};
use crate::sign::{DelegationSpec, Delegations};

const YEAR: u32 = 365;

pub(super) fn signer(
    to: &mut SlipCheck<'_>,
    anchor: &TrustAnchor,
    delegations: Option<&Delegations>,
    found: Option<&str>,
) {
    if anchor.role == Role::Development {
        to.warn(
            SlipKind::DevelopmentKey,
            "",
            format!(
                "key {} is a development key: no shipped device accepts what it signs",
                anchor.id
            ),
        );
    }
    let roots: &[KeyId] = to.product.map_or(&[], |product| &product.roots);
    match delegations {
        None if roots.contains(&anchor.id) => {}
        None => {
            if let Some(found) = found {
                to.refuse(
                    SlipKind::NotDelegated,
                    "",
                    format!(
                        "{found} delegates to the key {}: without --delegation {found} every device \
                         refuses what it signs",
                        anchor.id
                    ),
                );
            } else if !roots.is_empty() {
                to.refuse(
                    SlipKind::NotDelegated,
                    "",
                    format!(
                        "key {} is no root of the product ({}): give its KEY record with --delegation",
                        anchor.id,
                        listed(roots)
                    ),
                );
            } else if to.product.is_some() {
                let text = format!(
                    "the catalog names no roots, so it was not checked that key {} is one; add roots to it, or \
                     give the key's KEY record with --delegation",
                    anchor.id
                );
                to.warn(SlipKind::UncheckedRoot, "", text);
            }
        }
        Some(delegations) => {
            let signers: Vec<KeyId> = delegations.signers(anchor).collect();
            if !roots.is_empty()
                && !signers.is_empty()
                && !signers.iter().any(|signer| roots.contains(signer))
            {
                to.refuse(
                    SlipKind::UnknownRoot,
                    "",
                    format!(
                        "the delegation is signed by {}, and the product trusts {}",
                        listed(&signers),
                        listed(roots)
                    ),
                );
            }
            let today = to.today;
            let windows: Vec<_> = delegations.windows(anchor).collect();
            if !windows.is_empty()
                && windows.iter().all(|&(from, until)| today < from || today > until)
            {
                let (from, until) = windows[0];
                to.warn(
                    SlipKind::DelegationEnded,
                    "",
                    format!(
                        "key {} may sign from {from} to {until}, and today is {today}",
                        anchor.id
                    ),
                );
            }
        }
    }
}

/// The key that shall delegate.
pub(super) fn root(to: &mut SlipCheck<'_>, anchor: &TrustAnchor, found: Option<&str>) {
    let id = anchor.id;
    let roots: &[KeyId] = to.product.map_or(&[], |product| &product.roots);
    if roots.contains(&id) {
        return;
    }
    if let Some(found) = found {
        let text =
            format!("{found} delegates to the key {id}, and only a root may delegate further");
        to.refuse(SlipKind::UnknownRoot, "", text);
    } else if !roots.is_empty() {
        let known = listed(roots);
        let text =
            format!("key {id} is no root of the product ({known}), and only a root may delegate");
        to.refuse(SlipKind::UnknownRoot, "", text);
    }
}

/// A root that is trusted everywhere, and a key that is made for benches.
pub(super) fn development(to: &mut SlipCheck<'_>, root: &TrustAnchor, file_role: Option<Role>) {
    if file_role == Some(Role::Development) && root.role != Role::Development {
        let role = root.role.name();
        let text = format!(
            "a {role} root delegates to a development key, which is seldom kept as a secret: delegate from a \
             development root"
        );
        to.warn(SlipKind::DevelopmentKey, "", text);
    }
}

pub(super) fn delegation(to: &mut SlipCheck<'_>, spec: &DelegationSpec, file_role: Option<Role>) {
    let today = to.today;
    let (from, until) = (spec.not_before, spec.not_after);
    if until < from {
        // Refused elsewhere; nothing else can be said of such days.
        return;
    }
    if until < today {
        let text = format!("not-after {until} is past: today is {today} (UTC)");
        to.refuse(SlipKind::Ended, "", text);
    }
    let years = until.days().saturating_sub(from.days()) / YEAR;
    let text =
        format!("from {from} to {until} are {years} years: a key that is lost signs until then");
    if years >= 100 {
        to.refuse(SlipKind::LongDelegation, "", text);
    } else if years >= 10 {
        to.warn(SlipKind::LongDelegation, "", text);
    }
    if from.days() > today.days() + YEAR {
        let text = format!("not-before {from} is more than a year away: today is {today}");
        to.warn(SlipKind::OddStart, "", text);
    }
    if let Some(role) = file_role.filter(|&role| role != spec.role) {
        let (given, file) = (spec.role.name(), role.name());
        let text = format!("the key is delegated to as {given}, and its file says {file}");
        to.warn(SlipKind::OtherRole, "", text);
    }
    for (i, prefix) in spec.features.iter().enumerate() {
        let mut others = spec.features.iter().enumerate().filter(|&(j, _)| j != i);
        if let Some((_, shorter)) = others
            .find(|(j, other)| prefix.starts_with(other.as_str()) && (*j < i || *other != prefix))
        {
            let text = format!("feature prefix {prefix} adds nothing to {shorter}");
            to.warn(SlipKind::AddsNothing, "", text);
        }
    }
    let Some(product) = to.product else { return };
    for prefix in &spec.features {
        let features = product.catalog.features();
        if !features.iter().any(|feature| feature.name().starts_with(prefix.as_str())) {
            super::names::feature_is_unknown(to, product, "feature prefix", prefix, "");
        }
    }
    for pid in &spec.pids {
        super::names::pid(to, pid, "");
    }
}
