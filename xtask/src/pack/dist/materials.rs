//! What the static library is made of: the packages that reach it, by cargo's own account.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::tools::{process, toolchain, workspace};

const LIBRARY: &str = "nodelock-ffi";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    description: Option<String>,
    source: Option<String>,
    manifest_path: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `null` for what is linked.
    kind: Option<String>,
}

/// The packages in the library, and which needs which.
pub(super) struct Materials {
    packages: Vec<Package>,
    needs: BTreeMap<String, Vec<String>>,
    /// From Cargo.lock, by name and version.
    checksums: BTreeMap<(String, String), String>,
}

pub(crate) fn version() -> Result<String> {
    let text = fs::read_to_string(workspace::root().join("Cargo.toml"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line
        .and_then(|rest| rest.strip_suffix('"'))
        .context("Cargo.toml has no version")?
        .to_owned())
}

impl Materials {
    pub(super) fn read() -> Result<Self> {
        let mut cargo = toolchain::host_cargo();
        cargo.current_dir(workspace::root());
        cargo.args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--features",
            "nodelock-ffi/pinned,nodelock-ffi/hosted",
        ]);
        for target in [crate::tools::bare::CORTEX_M4, &toolchain::host()?] {
            cargo.args(["--filter-platform", target]);
        }
        let metadata: Metadata = serde_json::from_str(&process::run(&mut cargo)?)?;
        let mut needs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for node in metadata.resolve.nodes {
            let linked = node
                .deps
                .into_iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            needs.insert(node.id, linked.map(|dep| dep.pkg).collect());
        }
        let linked = linked()?;
        let mut packages = metadata.packages;
        packages
            .retain(|package| linked.contains(&format!("{} v{}", package.name, package.version)));
        packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
        Ok(Self { packages, needs, checksums: checksums()? })
    }

    fn others(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_some())
    }

    pub(super) fn third_party(&self) -> usize {
        self.others().count()
    }

    /// The texts that the licenses ask to be passed on.
    pub(super) fn notice(&self) -> Result<String> {
        let mut text = String::from(
            "nodelock is licensed under MIT or Apache-2.0, at your option. The libraries hold code of the packages\n\
             below: one for firmware with cryptography by callback of none of them but embedded-storage, and\n\
             only those for hosts, in the profile agent, of bitflags, cfg-if, crc32fast, fs4, linux-raw-sys and\n\
             rustix.\n",
        );
        for package in self.others() {
            let license = package.license.as_deref().unwrap_or("see below");
            text +=
                &format!("\n{}\n{} {}: {license}\n", "=".repeat(78), package.name, package.version);
            if let Some(repository) = &package.repository {
                text += &format!("{repository}\n");
            }
            let dir = Path::new(&package.manifest_path).parent().context("a manifest")?;
            let mut files: Vec<_> = fs::read_dir(dir)?
                .filter_map(Result::ok)
                .filter(|file| {
                    let name = file.file_name().to_string_lossy().to_ascii_uppercase();
                    name.starts_with("LICENSE-MIT")
                        || name == "LICENSE"
                        || name.starts_with("COPYRIGHT")
                })
                .map(|file| file.path())
                .collect();
            files.sort();
            for file in files {
                text += &format!("\n{}\n", fs::read_to_string(file)?.trim_end());
            }
        }
        Ok(text)
    }

    /// CycloneDX 1.5, JSON. No time and no serial number, so that the same tree makes the same bytes.
    pub(super) fn cyclonedx(&self) -> Result<String> {
        let names: BTreeMap<&str, String> =
            self.packages.iter().map(|package| (package.id.as_str(), reference(package))).collect();
        let component = |package: &Package| {
            let mut component = json!({
                "type": "library",
                "bom-ref": reference(package),
                "name": package.name,
                "version": package.version,
                "purl": reference(package),
            });
            if let Some(description) = &package.description {
                component["description"] = json!(description.trim());
            }
            if let Some(license) = &package.license {
                component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
            }
            if let Some(repository) = &package.repository {
                component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
            }
            let key = (package.name.clone(), package.version.clone());
            if let Some(checksum) = self.checksums.get(&key) {
                component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
            }
            component
        };
        let library =
            self.packages.iter().find(|package| package.name == LIBRARY).context(LIBRARY)?;
        let parts: Vec<Value> = self
            .packages
            .iter()
            .filter(|package| package.id != library.id)
            .map(component)
            .collect();
        let dependencies: Vec<Value> = self
            .packages
            .iter()
            .map(|package| {
                let needs = self.needs.get(&package.id).into_iter().flatten();
                let needs: Vec<&String> = needs.filter_map(|id| names.get(id.as_str())).collect();
                json!({ "ref": reference(package), "dependsOn": needs })
            })
            .collect();
        let bom = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": { "component": component(library) },
            "components": parts,
            "dependencies": dependencies,
        });
        Ok(serde_json::to_string_pretty(&bom)? + "\n")
    }
}

/// Names and versions of what is linked, with the features that the library alone asks for: the metadata
/// of the workspace also has those of its tools.
fn linked() -> Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for (features, target) in
        [("pinned", crate::tools::bare::CORTEX_M4), ("pinned,hosted", &toolchain::host()?)]
    {
        let mut cargo = toolchain::host_cargo();
        cargo.args(["tree", "--locked", "-p", LIBRARY, "-e", "normal", "--prefix", "none"]);
        cargo.args(["--features", features, "--target", target]);
        let printed = process::run(&mut cargo)?;
        let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        all.extend(printed.lines().map(name));
    }
    Ok(all)
}

/// The package's URL (purl), which names it in the bill.
fn reference(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

/// Of the packages that come from a registry, by name and version.
pub(crate) fn checksums() -> Result<BTreeMap<(String, String), String>> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    let value = |block: &str, key: &str| {
        let start = format!("{key} = \"");
        let line = block.lines().find_map(|line| line.strip_prefix(start.as_str()));
        line.and_then(|rest| rest.strip_suffix('"')).map(str::to_owned)
    };
    let blocks = lock.split("[[package]]").skip(1);
    Ok(blocks
        .filter_map(|block| {
            let key = (value(block, "name")?, value(block, "version")?);
            Some((key, value(block, "checksum")?))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_lists_what_is_linked_and_nothing_else() {
        let materials = Materials::read().expect("cargo metadata");
        let bill: Value =
            serde_json::from_str(&materials.cyclonedx().expect("a bill")).expect("JSON");
        let names: BTreeSet<&str> = bill["components"]
            .as_array()
            .expect("components")
            .iter()
            .filter_map(|part| part["name"].as_str())
            .collect();
        assert!(
            ["nodelock", "nodelock-p256", "nodelock-std", "fs4", "p256", "sha2"]
                .iter()
                .all(|name| names.contains(name))
        );
        assert!(!names.contains("clap") && !names.contains("proptest"), "{names:?}");
        let complete = |part: &Value| part["licenses"][0]["expression"].is_string();
        assert!(bill["components"].as_array().expect("components").iter().all(complete));
        assert!(materials.notice().expect("texts").contains("sha2"));
    }
}
