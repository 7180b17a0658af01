use super::*;

const FULL: [Feature<'static>; 8] = [
    Feature::level("router", "technology", 0, "ipbase").including(&["nat"]),
    Feature::level("router", "technology", 1, "security").including(&["vpn"]),
    Feature::level("router", "technology", 2, "enterprise"),
    Feature::level("router", "data", 0, "data-base"),
    Feature::level("router", "data", 1, "data"),
    Feature::new("nat"),
    Feature::new("vpn"),
    Feature::new("voice").counted(500).eula("voice-2026").built_in(BuiltIn::days(60)),
];

const CATALOG: Catalog<'static> = crate::catalog!(&FULL);

fn id(name: &str) -> FeatureHandle {
    CATALOG.find(name.as_bytes()).unwrap()
}

#[test]
fn a_higher_level_contains_the_lower_ones_of_its_package() {
    for (right, wanted, provided) in [
        ("enterprise", "security", true),
        ("enterprise", "vpn", true),
        ("enterprise", "nat", true),
        ("security", "enterprise", false),
        ("security", "vpn", true),
        ("ipbase", "vpn", false),
        ("ipbase", "nat", true),
        ("enterprise", "data", false),
        ("data", "nat", false),
        ("voice", "voice", true),
        ("voice", "vpn", false),
    ] {
        assert_eq!(CATALOG.provides(id(right), id(wanted)), provided, "{right} {wanted}");
    }
}

#[test]
fn handles_are_places_in_the_table() {
    assert_eq!(id("voice").index(), 7);
    assert_eq!(CATALOG.feature(id("voice")).unwrap().name(), "voice");
    assert_eq!(CATALOG.find(b"video"), None);
    assert_eq!(CATALOG.ids().count(), 8);
}

#[test]
fn each_broken_rule_has_its_error() {
    let level = |rank, name| Feature::level("m", "p", rank, name);
    let tables: [(&[Feature<'_>], CatalogError); 15] = [
        (&[Feature::new("")], CatalogError::BadName),
        (&[Feature::new("a b")], CatalogError::BadName),
        (&[Feature::new("-a")], CatalogError::BadName),
        (&[Feature::new("a"), Feature::new("b"), Feature::new("a")], CatalogError::DuplicateName),
        (&[Feature::new("a").including(&["b"])], CatalogError::UnknownInclude),
        (&[Feature::new("a").including(&["a"])], CatalogError::IncludesItself),
        (&[level(0, "l"), Feature::new("a").including(&["l"])], CatalogError::IncludesLevel),
        (&[level(0, "l"), level(1, "m"), level(1, "n")], CatalogError::DuplicateRank),
        (&[level(1, "l")], CatalogError::NoBaseLevel),
        (&[level(0, "l").eula("e")], CatalogError::BaseIsLicensed),
        (&[level(0, "l"), level(1, "m").counted(5)], CatalogError::CountedLevel),
        (&[Feature::new("a").counted(0)], CatalogError::BadMaximum),
        (&[Feature::new("a").counted(u64::MAX)], CatalogError::BadMaximum),
        (&[Feature::new("a").eula("e/f")], CatalogError::BadEula),
        (
            &[Feature::new("a").built_in(BuiltIn {
                usage: Period::literal(u64::MAX),
                becomes_right_to_use: false,
            })],
            CatalogError::BadTrial,
        ),
    ];
    for (table, error) in tables {
        assert_eq!(Catalog::new(table).err(), Some(error));
    }
    let many = std::vec![Feature::new("a"); crate::limits::MAX_FEATURES + 1];
    assert_eq!(Catalog::new(&many).err(), Some(CatalogError::TooManyFeatures));
}
