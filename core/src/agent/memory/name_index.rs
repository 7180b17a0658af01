//! An index of the catalog's names, for checks by name: the handles sorted by a hash of their names,
//! and where each stretch of hashes begins among them. It is kept in the feature slots, which are at
//! least as many.

use crate::agent::memory::feature::{FeatureSlot, Named};
use crate::catalog::Catalog;
use crate::value::feature::FeatureHandle;

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

/// The stretch in which a hash is.
#[inline(always)]
fn stretch(hash: u16, names: usize) -> usize {
    usize::from(hash).wrapping_mul(names) >> 16
}

/// Makes the index, by insertion: a name goes before those with a higher hash.
pub(in crate::agent) fn enter(catalog: &Catalog<'_>, slots: &mut [FeatureSlot]) {
    for (used, (id, feature)) in (1..).zip(catalog.ids().zip(catalog.features())) {
        let hash = hash(feature.name().as_bytes());
        let mut carried = Named { hash, id, ..Named::NONE };
        let Some(slots) = slots.get_mut(..used) else { return };
        let last = slots.len();
        for (at, slot) in (1..).zip(slots) {
            if at == last || carried.hash < slot.named.hash {
                core::mem::swap(&mut slot.named, &mut carried);
            }
        }
    }
    let names = catalog.features().len();
    for index in (0..names).rev() {
        let hash = slots.get(index).map_or(0, |slot| slot.named.hash);
        if let Some(slot) = slots.get_mut(stretch(hash, names)) {
            slot.named.first = u16::try_from(index).unwrap_or(u16::MAX);
        }
    }
}

/// The handle of a name.
pub(in crate::agent) fn find(
    catalog: &Catalog<'_>,
    slots: &[FeatureSlot],
    name: &[u8],
) -> Option<FeatureHandle> {
    let used = slots.get(..catalog.features().len())?;
    let hash = hash(name);
    let first = used.get(stretch(hash, used.len()))?.named.first;
    let near = used.get(usize::from(first)..)?.iter().take_while(|slot| slot.named.hash <= hash);
    near.filter(|slot| slot.named.hash == hash)
        .map(|slot| slot.named.id)
        .find(|id| catalog.feature(*id).is_some_and(|feature| feature.name().as_bytes() == name))
}
