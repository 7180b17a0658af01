//! The index of names: every name of a catalog is found, and nothing else.

use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

use crate::agent::FeatureSlot;
use crate::agent::memory::{enter, find};
use crate::catalog::{Catalog, Feature};

fn catalog_of(names: &[String]) -> Vec<Feature<'_>> {
    names.iter().map(|name| Feature::new(name)).collect()
}

#[test]
fn every_name_is_found_and_no_other() {
    for count in [0, 1, 2, 3, 7, 32, 1000] {
        let names: Vec<String> = (0..count).map(|at| format!("feature-{at}")).collect();
        let features = catalog_of(&names);
        let Ok(catalog) = Catalog::new(&features) else {
            assert_eq!(count, 0);
            continue;
        };
        // No slot to spare, which is the index at its fullest, and some.
        for slots in [count, count + 1, 3 * count] {
            let mut slots = vec![FeatureSlot::EMPTY; slots];
            enter(&catalog, &mut slots);
            for name in &names {
                let found = find(&catalog, &slots, name.as_bytes());
                assert_eq!(found, catalog.find(name.as_bytes()), "{name} of {count}");
                assert!(found.is_some());
            }
            for other in ["", "feature-", "feature-00", "Feature-1", "feature-2000"] {
                assert_eq!(find(&catalog, &slots, other.as_bytes()), None, "{other}");
            }
        }
    }
}
