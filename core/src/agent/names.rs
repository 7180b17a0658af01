//! An index of the catalog's names, for checks by name: the handles sorted by a hash of their names,
//! kept in the feature slots, which are at least as many.

use crate::agent::held::FeatureSlot;
use crate::catalog::{Catalog, FeatureId};

/// One name of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    hash: u16,
    id: FeatureId,
}

impl Named {
    pub(super) const NONE: Self = Self { hash: 0, id: FeatureId(0) };
}

/// FNV-1a, four bytes in a step where there are four, folded. Names from outside are only looked for,
/// never entered: nobody can make the index slow.
#[inline(always)]
fn hash(name: &[u8]) -> u16 {
    let step = |hash: u32, word: u32| (hash ^ word).wrapping_mul(0x0100_0193);
    let (words, rest) = name.as_chunks::<4>();
    let words = words.iter().map(|word| u32::from_le_bytes(*word));
    let [a, b, c, d] =
        words.chain(rest.iter().map(|byte| u32::from(*byte))).fold(0x811C_9DC5, step).to_le_bytes();
    u16::from_le_bytes([a ^ c, b ^ d])
}

/// Makes the index, by insertion: a name goes before those with a higher hash.
pub(super) fn enter(catalog: &Catalog<'_>, slots: &mut [FeatureSlot]) {
    for (used, (id, feature)) in (1..).zip(catalog.ids().zip(catalog.features())) {
        let mut carried = Named { hash: hash(feature.name().as_bytes()), id };
        let Some(slots) = slots.get_mut(..used) else { return };
        let last = slots.len();
        for (at, slot) in (1..).zip(slots) {
            if at == last || carried.hash < slot.named.hash {
                core::mem::swap(&mut slot.named, &mut carried);
            }
        }
    }
}

/// The handle of a name.
pub(super) fn find(catalog: &Catalog<'_>, slots: &[FeatureSlot], name: &[u8]) -> Option<FeatureId> {
    let used = slots.get(..catalog.features().len())?;
    let hash = hash(name);
    let first = used.partition_point(|slot| slot.named.hash < hash);
    let alike = used.get(first..)?.iter().take_while(|slot| slot.named.hash == hash);
    alike
        .map(|slot| slot.named.id)
        .find(|id| catalog.feature(*id).is_some_and(|feature| feature.name().as_bytes() == name))
}
