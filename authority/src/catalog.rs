//! A product catalog from a TOML file: what the product's devices know, so that nothing is issued
//! that none of them could use. The simulated device boots with the same file.

use std::collections::BTreeMap;

use nodelock::catalog::{BuiltIn, Catalog};
use nodelock::value::{Period, Version};
use nodelock::{Feature, KeyId};
use serde::Deserialize;

use crate::error::Error;
use crate::order::one_message;

/// What the devices of a product know.
#[derive(Debug, Clone)]
pub struct Product {
    /// The features and levels of the firmware.
    pub catalog: &'static Catalog<'static>,
    /// Texts of the license agreements, by name.
    pub agreements: BTreeMap<String, String>,
    /// Product ids of the devices; without any, nothing is known of them.
    pub pids: Vec<String>,
    /// The roots that the devices trust; without any, nothing is known of them.
    pub roots: Vec<KeyId>,
    versions: BTreeMap<String, Version>,
}

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
    #[serde(default)]
    pids: Vec<String>,
    #[serde(default)]
    roots: Vec<String>,
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

impl Product {
    /// The version that the firmware has of a feature, if it says one.
    #[must_use]
    pub fn version(&self, feature: &str) -> Option<Version> {
        self.versions.get(feature).copied()
    }

    /// Reads the file. What the catalog refers to lives as long as the process: a firmware would have it
    /// in its flash.
    ///
    /// # Errors
    /// [`Error::Toml`] with line and column; [`Error::Order`] names the feature.
    pub fn read(text: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error| Error::Toml(one_message(&error)))?;
        features(file).map_err(Error::Order)
    }
}

fn features(file: File) -> Result<Product, String> {
    let (mut features, mut texts) = (Vec::new(), Vec::new());
    for level in file.level {
        let includes: Vec<&'static str> = level.includes.into_iter().map(keep).collect();
        let base =
            Feature::level(keep(level.module), keep(level.package), level.rank, keep(level.name))
                .including(Box::leak(includes.into_boxed_slice()));
        if let Some(version) = &level.version {
            texts.push((base.name(), version.clone()));
        }
        features.push(common(base, level.version, level.eula, level.trial, false)?);
    }
    for entry in file.feature {
        let becomes = entry.trial_becomes_right_to_use;
        if becomes && entry.trial.is_none() {
            return Err(format!("{:?}: trial-becomes-right-to-use without trial", entry.name));
        }
        let mut feature = Feature::new(keep(entry.name));
        if let Some(maximum) = entry.counted {
            feature = feature.counted(maximum);
        }
        if entry.honour_based {
            feature = feature.honour_based();
        }
        if let Some(version) = &entry.version {
            texts.push((feature.name(), version.clone()));
        }
        features.push(common(feature, entry.version, entry.eula, entry.trial, becomes)?);
    }
    let features: &'static [Feature<'static>] = Box::leak(features.into_boxed_slice());
    let catalog = Catalog::new(features).map_err(|error| error.to_string())?;
    if let Some(pid) = file.pids.iter().find(|pid| {
        nodelock::Udi::parse(format!("{pid}:1").as_bytes()).is_err() || pid.contains(':')
    }) {
        return Err(format!("pids: {pid:?} is not a product id"));
    }
    let roots = file.roots.iter().map(|id| {
        KeyId::parse(id.as_bytes()).map_err(|_| format!("roots: {id:?} is not a key id"))
    });
    let versions = texts.into_iter().filter_map(|(name, text)| {
        Some((name.to_owned(), Version::parse_lenient(text.as_bytes()).ok()?))
    });
    Ok(Product {
        versions: versions.collect(),
        catalog: Box::leak(Box::new(catalog)),
        roots: roots.collect::<Result<_, _>>()?,
        agreements: file.agreements,
        pids: file.pids,
    })
}

fn common(
    mut feature: Feature<'static>,
    version: Option<String>,
    eula: Option<String>,
    trial: Option<String>,
    becomes_right_to_use: bool,
) -> Result<Feature<'static>, String> {
    let name = feature.name();
    let wrong = |reason: nodelock::Reason| format!("{name:?}: {}; {}", reason, reason.remedy());
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

fn keep(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalog_is_read_and_broken_ones_are_refused_with_what_is_wrong() {
        let product = Product::read(
            "[[level]]\nname = 'base'\nmodule = 'm'\npackage = 'p'\nrank = 0\nincludes = ['nat']\n\
             [[feature]]\nname = 'nat'\n\
             [[feature]]\nname = 'voice'\ncounted = 5\neula = 'v1'\ntrial = '60d'\n\
             [agreements]\nv1 = 'the text'\n",
        )
        .unwrap();
        assert_eq!(product.catalog.features().len(), 3);
        assert_eq!(product.agreements["v1"], "the text");
        for (text, says) in [
            ("[[feature]]\nname = 'a b'\n", "feature name"),
            ("[[feature]]\nname = 'a'\ncolour = 1\n", "colour"),
            ("[[feature]]\nname = 'a'\ntrial = '24h'\n", "shortest form"),
            ("[[feature]]\nname = 'a'\nversion = 'x'\n", "version"),
            ("[[feature]]\nname = 'a'\ntrial-becomes-right-to-use = true\n", "without trial"),
            ("[[level]]\nname='a'\nmodule='m'\npackage='p'\nrank=1\n", "rank 0"),
            ("pids = ['R:1']\n", "product id"),
            ("roots = ['R1']\n", "key id"),
        ] {
            let error = Product::read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
