//! The catalog: from an array in C to the core's table.

use core::ffi::c_char;

use nodelock::Feature;
use nodelock::catalog::{BuiltIn, Catalog, CatalogError};
use nodelock::limits::{MAX_FEATURE_LEN, MAX_FEATURES, MAX_VALUE_LEN};
use nodelock::value::{ExpiryPolicy, Period, Version};

use crate::agent::config::{
    NODELOCK_FEATURE_HONOUR_BASED, NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE,
    nodelock_agent_config, nodelock_feature,
};
use crate::config::copy_sized;
use crate::ptr;
use crate::result::*;
use crate::rights::license::{
    NODELOCK_EXPIRY_IMMEDIATE, NODELOCK_EXPIRY_REPORT, NODELOCK_EXPIRY_UNTIL_REBOOT,
};

/// Fills the table and checks it.
///
/// The caller's promise: the catalog of the configuration is there, and stays.
pub(super) unsafe fn fill(
    config: &nodelock_agent_config,
    entries: &'static mut [Feature<'static>],
    names: &'static mut [&'static str],
) -> Result<Catalog<'static>, Code> {
    let count = usize::try_from(config.feature_count).unwrap_or(usize::MAX);
    if count == 0 || count > MAX_FEATURES {
        return Err(Code(NODELOCK_ERR_CATALOG_SIZE));
    }
    ptr::check(config.features)?;
    let (entries, _) =
        entries.split_at_mut_checked(count).ok_or(Code(NODELOCK_ERR_MEMORY_CATALOG))?;
    let stride = usize::try_from(config.feature_size).unwrap_or_default();
    let mut names = names;
    let mut at = config.features;
    for entry in entries.iter_mut() {
        // SAFETY: one of the elements; zero is a value of every field. The rest is passed on.
        *entry = unsafe {
            let given: nodelock_feature =
                copy_sized(at, stride, Code(NODELOCK_ERR_AGENT_CONFIG_SIZE))?;
            feature(&given, &mut names)?
        };
        at = at.wrapping_byte_add(stride);
    }
    Catalog::new(entries).map_err(code)
}

unsafe fn feature(
    given: &nodelock_feature,
    names: &mut &'static mut [&'static str],
) -> Result<Feature<'static>, Code> {
    if given.flags & !(NODELOCK_FEATURE_HONOUR_BASED | NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE)
        != 0
    {
        return Err(Code(NODELOCK_ERR_CONFIG_FLAGS));
    }
    let is_feature = given.module.is_null() && given.package.is_null();
    let becomes_right_to_use = given.flags & NODELOCK_FEATURE_TRIAL_BECOMES_RIGHT_TO_USE != 0;
    // Half of a setting is a mistake, not a wish: the other half was forgotten.
    if (is_feature && given.rank != 0) || (becomes_right_to_use && given.trial_seconds == 0) {
        return Err(Code(NODELOCK_ERR_CATALOG_HALF));
    }
    // SAFETY: passed on, here and below.
    let name = unsafe { text(given.name, MAX_FEATURE_LEN, NODELOCK_ERR_CATALOG_NAME) }?;
    let mut feature = if is_feature {
        Feature::new(name)
    } else {
        let rank = u8::try_from(given.rank).map_err(|_| Code(NODELOCK_ERR_CATALOG_LEVEL))?;
        // SAFETY: as above.
        let (module, package) = unsafe {
            (
                text(given.module, MAX_FEATURE_LEN, NODELOCK_ERR_CATALOG_LEVEL)?,
                text(given.package, MAX_FEATURE_LEN, NODELOCK_ERR_CATALOG_LEVEL)?,
            )
        };
        Feature::level(module, package, rank, name)
    };
    // SAFETY: as above.
    feature = feature.including(unsafe { includes(given, names) }?);
    feature = feature.at_expiry(match given.expiry {
        NODELOCK_EXPIRY_UNTIL_REBOOT => ExpiryPolicy::UntilReboot,
        NODELOCK_EXPIRY_IMMEDIATE => ExpiryPolicy::Immediate,
        NODELOCK_EXPIRY_REPORT => ExpiryPolicy::Report,
        _ => return Err(Code(NODELOCK_ERR_ARGUMENT)),
    });
    if given.version != [0; 4] {
        feature = feature.version(Version::from_parts(given.version));
    }
    if given.maximum != 0 {
        feature = feature.counted(given.maximum);
    }
    if !given.eula.is_null() {
        // SAFETY: as above.
        feature =
            feature.eula(unsafe { text(given.eula, MAX_VALUE_LEN, NODELOCK_ERR_CATALOG_EULA) }?);
    }
    if given.trial_seconds != 0 {
        let usage = Period::from_seconds(u64::from(given.trial_seconds))
            .ok_or(Code(NODELOCK_ERR_CATALOG_TRIAL))?;
        feature = feature.built_in(BuiltIn { usage, becomes_right_to_use });
    }
    if given.flags & NODELOCK_FEATURE_HONOUR_BASED != 0 {
        feature = feature.honour_based();
    }
    Ok(feature)
}

/// The list of a feature, in the next free places for names.
unsafe fn includes(
    given: &nodelock_feature,
    names: &mut &'static mut [&'static str],
) -> Result<&'static [&'static str], Code> {
    if given.include_count == 0 {
        return Ok(&[]);
    }
    ptr::check(given.includes)?;
    let (list, rest) = core::mem::take(names)
        .split_at_mut_checked(given.include_count)
        .ok_or(Code(NODELOCK_ERR_MEMORY_NAMES))?;
    *names = rest;
    let mut at = given.includes;
    for name in list.iter_mut() {
        // SAFETY: one of the elements: the caller's promise, which is passed on.
        *name = unsafe { text(at.read(), MAX_FEATURE_LEN, NODELOCK_ERR_CATALOG_INCLUDE) }?;
        at = at.wrapping_add(1);
    }
    Ok(list)
}

/// A text of the catalog; `otherwise` if it is NULL, too long or not ASCII.
unsafe fn text(
    pointer: *const c_char,
    longest: usize,
    otherwise: i32,
) -> Result<&'static str, Code> {
    // One more than the longest, for the NUL.
    // SAFETY: the caller's promise.
    let bytes = unsafe { ptr::string(pointer, longest.wrapping_add(1)) };
    match bytes {
        // SAFETY: ASCII is UTF-8. The check of the standard library may panic where it is compiled
        // with overflow checks.
        Ok(bytes) if bytes.is_ascii() => Ok(unsafe { core::str::from_utf8_unchecked(bytes) }),
        _ => Err(Code(otherwise)),
    }
}

const fn code(error: CatalogError) -> Code {
    Code(match error {
        CatalogError::TooManyFeatures => NODELOCK_ERR_CATALOG_SIZE,
        CatalogError::DuplicateName => NODELOCK_ERR_CATALOG_DUPLICATE,
        CatalogError::UnknownInclude
        | CatalogError::IncludesItself
        | CatalogError::IncludesLevel => NODELOCK_ERR_CATALOG_INCLUDE,
        CatalogError::DuplicateRank
        | CatalogError::NoBaseLevel
        | CatalogError::BaseIsLicensed
        | CatalogError::CountedLevel => NODELOCK_ERR_CATALOG_LEVEL,
        CatalogError::BadMaximum => NODELOCK_ERR_CATALOG_MAXIMUM,
        CatalogError::BadEula => NODELOCK_ERR_CATALOG_EULA,
        CatalogError::BadTrial => NODELOCK_ERR_CATALOG_TRIAL,
        // BadName, and rules to come.
        _ => NODELOCK_ERR_CATALOG_NAME,
    })
}
