//! Changes of the typical line that the grammar refuses.

use nodelock::Reason;

/// Name, what, old, new, reason, and what the offset points at.
pub(crate) type Change =
    (&'static str, &'static str, &'static str, &'static str, Reason, &'static str);

#[rustfmt::skip]
pub(crate) const CHANGES: &[Change] = &[
    ("unsupported-format", "format 2", "LICENSE 1", "LICENSE 2", Reason::UnsupportedFormat, "2 ips"),
    ("unsupported-format-zeros", "01 is not 1", "LICENSE 1", "LICENSE 01", Reason::UnsupportedFormat, "01"),
    ("bad-feature", "a slash in the name", "ipservices", "ip/services", Reason::BadFeature, "ip/"),
    ("bad-feature-reserved", "a word that begins records", "ipservices", "REQUEST", Reason::BadFeature, "REQUEST"),
    ("bad-version", "a part too few", " 1.0 ", " 1 ", Reason::BadVersion, "1 perm"),
    ("bad-version-needless-part", "1.0.0 is written 1.0", " 1.0 ", " 1.0.0 ", Reason::BadVersion, "1.0.0"),
    ("bad-version-zeros", "01.0 is written 1.0", " 1.0 ", " 01.0 ", Reason::BadVersion, "01.0"),
    ("bad-type", "types are in lower case", "permanent", "Permanent", Reason::BadType, "Permanent"),
    ("bad-count", "zero units", "uncounted", "0", Reason::BadCount, "0 id"),
    ("bad-count-zeros", "016 is written 16", "uncounted", "016", Reason::BadCount, "016"),
    ("bad-count-large", "13 digits", "uncounted", "1000000000000", Reason::BadCount, "1000000000000"),
    ("bad-field", "a field without =", "issued=", "issued:", Reason::BadField, "issued:"),
    ("unknown-field", "a field of another format", "issued=2026-11-22", "issued=2026-11-22 site=7", Reason::UnknownField, "site="),
    ("unknown-field-case", "keys are in lower case", "issued=2026-11-22", "issued=2026-11-22 X-site=7", Reason::UnknownField, "X-site="),
    ("field-order", "x- fields stand in ascending order", "issued=2026-11-22", "issued=2026-11-22 x-b=1 x-a=1", Reason::FieldOrder, "x-a="),
    ("field-order-twice", "a field twice", "issued=2026-11-22", "issued=2026-11-22 issued=2026-11-22", Reason::FieldOrder, "issued=2026-11-22 sig"),
    ("field-order-late", "a field behind its place", "issued=2026-11-22", "issued=2026-11-22 pak=P eula=E", Reason::FieldOrder, "eula="),
    ("missing-field", "no day of issue", " issued=2026-11-22", "", Reason::MissingField, "sig="),
    ("missing-field-udi", "permanent without udi", "udi=ISR4331/K9:FDO1234ABCD ", "", Reason::MissingField, "LICENSE"),
    ("missing-field-usage", "metered without usage", "permanent", "extension", Reason::MissingField, "LICENSE"),
    ("missing-field-end", "dated without end", "permanent", "subscription", Reason::MissingField, "LICENSE"),
    ("bad-id", "19 digits", "5f1c0a9e27d4b86310c2", "5f1c0a9e27d4b86310c", Reason::BadId, "id="),
    ("bad-id-case", "digits in upper case", "5f1c0a9e", "5F1C0A9E", Reason::BadId, "id="),
    ("bad-udi", "no serial number", ":FDO1234ABCD", ":", Reason::BadUdi, "udi="),
    ("bad-udi-long", "a PID of 33 characters", "ISR4331/K9", "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP", Reason::BadUdi, "udi="),
    ("bad-date", "a day that February does not have", "2026-11-22", "2026-02-29", Reason::BadDate, "issued="),
    ("bad-date-form", "month and day with one digit", "2026-11-22", "2026-1-2", Reason::BadDate, "issued="),
    ("bad-period", "24h is written 1d", "permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22", "extension uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 usage=24h", Reason::BadPeriod, "usage="),
    ("bad-period-zero", "no time at all", "permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22", "extension uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 usage=0s", Reason::BadPeriod, "usage="),
    ("bad-value", "a slash in eula", "issued=2026-11-22", "issued=2026-11-22 eula=a/b", Reason::BadValue, "eula="),
    ("bad-value-default", "defaults are not written", "issued=2026-11-22", "issued=2026-11-22 expiry=until-reboot", Reason::BadValue, "expiry="),
    ("field-not-allowed-usage", "usage in a permanent line", "issued=2026-11-22", "issued=2026-11-22 usage=60d", Reason::FieldNotAllowed, "LICENSE"),
    ("field-not-allowed-end", "end in a permanent line", "issued=2026-11-22", "issued=2026-11-22 end=2027-11-22", Reason::FieldNotAllowed, "LICENSE"),
    ("field-not-allowed-combine", "combine in an uncounted line", "issued=2026-11-22", "issued=2026-11-22 combine=additive", Reason::FieldNotAllowed, "LICENSE"),
    ("end-before-start", "ends the day before it starts", "permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22", "subscription uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 start=2027-01-02 end=2027-01-01", Reason::EndBeforeStart, "LICENSE"),
    ("too-many-extras", "five x- fields", "issued=2026-11-22", "issued=2026-11-22 x-a=1 x-b=1 x-c=1 x-d=1 x-e=1", Reason::TooManyExtras, "x-e="),
    ("bad-character", "an accented letter in UTF-8", "ipservices", "ipservic\u{e9}s", Reason::BadCharacter, "\u{e9}"),
    // Two faults, of which the first that a reader meets counts.
    ("bad-feature-first", "a bad version behind a bad feature", "ipservices 1.0", "ip/services 1", Reason::BadFeature, "ip/"),
    ("bad-character-first", "a byte that no token has, in a token that would not fit either", "LICENSE 1", "LICENSE 2\u{e9}", Reason::BadCharacter, "\u{e9}"),
    ("bad-version-missing", "no version: the type stands in its place", " 1.0 ", " ", Reason::BadVersion, "permanent"),
    ("bad-value-extra-first", "a bad x- value that is not in order either", "issued=2026-11-22", "issued=2026-11-22 x-b=1 x-a=", Reason::BadValue, "x-a="),
    ("field-order-fifth", "a fifth x- field that is not in order either", "issued=2026-11-22", "issued=2026-11-22 x-a=1 x-b=1 x-c=1 x-d=1 x-a=2", Reason::FieldOrder, "x-a=2"),
    ("missing-field-first", "no usage=, and an end= that the type does not have", "permanent uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22", "extension uncounted id=5f1c0a9e27d4b86310c2 udi=ISR4331/K9:FDO1234ABCD issued=2026-11-22 end=2027-11-22", Reason::MissingField, "LICENSE"),
    ("field-not-allowed-first", "dates that the type does not have, in the wrong order", "issued=2026-11-22", "issued=2026-11-22 start=2027-01-02 end=2027-01-01", Reason::FieldNotAllowed, "LICENSE"),
    // A token that cannot stand where it stands.
    ("missing-field-twice", "udi= twice: issued= should follow", "issued=2026-11-22", "udi=P:S issued=2026-11-22", Reason::MissingField, "udi=P:S"),
    ("missing-field-extra", "an x- field where issued= should follow", "issued=2026-11-22", "x-a=1 issued=2026-11-22", Reason::MissingField, "x-a="),
    ("missing-field-foreign", "a field of KEY records where issued= should follow", "issued=2026-11-22", "pids=P issued=2026-11-22", Reason::MissingField, "pids="),
    ("field-order-foreign", "a field of KEY records where only sig= must follow", "issued=2026-11-22", "issued=2026-11-22 pids=P", Reason::FieldOrder, "pids="),
    ("unknown-field-empty", "a field with an empty key", "issued=2026-11-22", "issued=2026-11-22 =7", Reason::UnknownField, "=7"),
    ("bad-field-extra", "an x- field without =", "issued=2026-11-22", "issued=2026-11-22 x-a", Reason::BadField, "x-a"),
    ("bad-value-extra", "an x- key in upper case", "issued=2026-11-22", "issued=2026-11-22 x-A=1", Reason::BadValue, "x-A="),
];
