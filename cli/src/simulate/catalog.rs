//! A product catalog from a TOML file.

use std::collections::BTreeMap;

use nodelock::Feature;
use nodelock::catalog::{BuiltIn, Catalog};
use nodelock::value::{Period, Version};
use nodelock_std::visible;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    level: Vec<Level>,
    #[serde(default)]
    feature: Vec<Entry>,
    /// Texts of the license agreements, by name.
    #[serde(default)]
    agreements: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Level {
    name: String,
    module: String,
    package: String,
    rank: u8,
    #[serde(default)]
    includes: Vec<String>,
    version: Option<String>,
    eula: Option<String>,
    trial: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    name: String,
    version: Option<String>,
    /// Units that the platform can do.
    counted: Option<u64>,
    eula: Option<String>,
    trial: Option<String>,
    #[serde(default)]
    trial_becomes_right_to_use: bool,
    #[serde(default)]
    honour_based: bool,
}

/// The catalog and the texts of its agreements. What it refers to lives as long as the process: a
/// firmware would have it in its flash.
pub(crate) fn read(
    text: &str,
) -> Result<(&'static Catalog<'static>, BTreeMap<String, String>), String> {
    let file: File = toml::from_str(text).map_err(|error| one_message(&error))?;
    let mut features = Vec::new();
    for level in file.level {
        let includes: Vec<&'static str> = level.includes.into_iter().map(keep).collect();
        let base =
            Feature::level(keep(level.module), keep(level.package), level.rank, keep(level.name))
                .including(Box::leak(includes.into_boxed_slice()));
        features.push(common(base, level.version, level.eula, level.trial, false)?);
    }
    for entry in file.feature {
        let becomes = entry.trial_becomes_right_to_use;
        if becomes && entry.trial.is_none() {
            let name = visible(&entry.name);
            return Err(format!("{name}: trial-becomes-right-to-use without trial"));
        }
        let mut feature = Feature::new(keep(entry.name));
        if let Some(maximum) = entry.counted {
            feature = feature.counted(maximum);
        }
        if entry.honour_based {
            feature = feature.honour_based();
        }
        features.push(common(feature, entry.version, entry.eula, entry.trial, becomes)?);
    }
    let features: &'static [Feature<'static>] = Box::leak(features.into_boxed_slice());
    let catalog = Catalog::new(features).map_err(|error| error.to_string())?;
    Ok((Box::leak(Box::new(catalog)), file.agreements))
}

fn common(
    mut feature: Feature<'static>,
    version: Option<String>,
    eula: Option<String>,
    trial: Option<String>,
    becomes_right_to_use: bool,
) -> Result<Feature<'static>, String> {
    let name = feature.name();
    let shown = visible(name);
    let wrong = |reason: nodelock::Reason| format!("{shown}: {}; {}", reason, reason.remedy());
    if let Some(version) = version {
        feature = feature.version(Version::parse_lenient(version.as_bytes()).map_err(wrong)?);
    }
    if let Some(eula) = eula {
        feature = feature.eula(keep(eula));
    }
    if let Some(trial) = trial {
        let usage = Period::parse(trial.as_bytes()).map_err(wrong)?;
        feature = feature.built_in(BuiltIn { usage, becomes_right_to_use });
    }
    Ok(feature)
}

/// The place, the quoted line and the message; a message is one line, whatever a key may hold.
fn one_message(error: &toml::de::Error) -> String {
    let (shown, message) = (error.to_string(), error.message());
    match shown.trim_end().strip_suffix(message) {
        Some(place) => format!("{place}{}\n", visible(message)),
        None => shown,
    }
}

fn keep(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_is_read_and_broken_ones_are_refused_with_what_is_wrong() {
        let (catalog, agreements) = read(
            "[[level]]\nname = 'base'\nmodule = 'm'\npackage = 'p'\nrank = 0\nincludes = ['nat']\n\
             [[feature]]\nname = 'nat'\n\
             [[feature]]\nname = 'voice'\ncounted = 5\neula = 'v1'\ntrial = '60d'\n\
             [agreements]\nv1 = 'the text'\n",
        )
        .unwrap();
        assert_eq!(catalog.features().len(), 3);
        assert_eq!(agreements["v1"], "the text");
        for (text, says) in [
            ("[[feature]]\nname = 'a b'\n", "feature name"),
            ("[[feature]]\nname = 'a'\ncolour = 1\n", "colour"),
            ("[[feature]]\nname = 'a'\ntrial = '24h'\n", "shortest form"),
            ("[[feature]]\nname = 'a'\nversion = 'x'\n", "version"),
            ("[[feature]]\nname = 'a'\ntrial-becomes-right-to-use = true\n", "without trial"),
            ("[[level]]\nname='a'\nmodule='m'\npackage='p'\nrank=1\n", "rank 0"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
