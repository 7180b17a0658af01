//! The table held against what is there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::imports::{File, Import};
use super::table::Section;

/// The files of a crate by their modules, without tests.
pub(super) struct Tree {
    at: String,
    /// The modules of the root.
    tops: Vec<String>,
    pub(super) files: BTreeMap<Vec<String>, File>,
}

pub(super) fn crates(section: &Section, crates: &[(String, Vec<String>)]) -> Vec<String> {
    let names: Vec<&str> = crates.iter().map(|(name, _)| &**name).collect();
    let mut wrong = section.compare(&names);
    for (user, all) in crates {
        for used in all {
            if let Some(objection) = section.objection(user, used) {
                wrong.push(format!("{user}/Cargo.toml: {user} uses {used}, which {objection}"));
            }
        }
    }
    wrong
}

impl Tree {
    pub(super) fn new(at: &str, sources: Vec<File>) -> Self {
        let tests = sources.iter().flat_map(|file| {
            file.test_only.iter().map(|name| [&*file.module, std::slice::from_ref(name)].concat())
        });
        let tests: Vec<Vec<String>> = tests.collect();
        let root = sources.iter().find(|file| file.module.is_empty());
        let mut tops = root.map(|file| file.children.clone()).unwrap_or_default();
        tops.retain(|name| name != "tests");
        let is_test = |file: &File| tests.iter().any(|test| file.module.starts_with(test));
        let files = sources.into_iter().filter(|file| !is_test(file));
        Self {
            at: at.to_owned(),
            tops,
            files: files.map(|file| (file.module.clone(), file)).collect(),
        }
    }

    /// Modules that are not in the table, imports that point up or sideways, and circles of the others.
    pub(super) fn check(&self, section: &Section) -> Vec<String> {
        let mut wrong = section.compare(&self.tops.iter().map(|top| &**top).collect::<Vec<_>>());
        let mut edges: Edges<'_> = BTreeMap::new();
        for (module, file) in &self.files {
            for import in &file.imports {
                let Some(path) = self.absolute(import) else { continue };
                let place = format!("{}/{}:{}", self.at, file.path, import.line);
                if let Some(objection) = self.objection(section, module, &path) {
                    wrong.push(format!("{place}: {objection}"));
                    continue;
                }
                // A module may know what is inside it, and that its module.
                let used = self.owner(path, 8);
                if !used.starts_with(module) && !module.starts_with(&used) {
                    edges.entry(module).or_default().entry(used).or_insert(place);
                }
            }
        }
        wrong.dedup();
        wrong.extend(circles(&edges));
        wrong
    }

    fn objection(&self, section: &Section, module: &[String], path: &[String]) -> Option<String> {
        let user = module.first()?;
        let Some(used) = path.first().filter(|used| self.tops.contains(used)) else {
            let name = path.first().map_or("*", String::as_str);
            return Some(format!("crate::{name} hides its layer; name its module"));
        };
        let objection = section.objection(user, used)?;
        Some(format!("{user} uses {used}, which {objection}"))
    }

    /// The path from the root of the crate, if it leads into this crate.
    fn absolute(&self, import: &Import) -> Option<Vec<String>> {
        let mut module = import.base.clone();
        for (at, name) in import.path.iter().enumerate() {
            match name.as_str() {
                "crate" => module.clear(),
                "super" => drop(module.pop()),
                "self" => {}
                name => module.push(name.to_owned()),
            }
            let is_name = !["crate", "super", "self"].contains(&name.as_str());
            if at == 0 && is_name && !self.files.contains_key(&module) {
                return None;
            }
        }
        Some(module)
    }

    /// The module in whose file it is, found behind what others import and pass on.
    fn owner(&self, path: Vec<String>, passes: usize) -> Vec<String> {
        let len = (0..=path.len()).rev().find(|&len| self.files.contains_key(&path[..len]));
        let (module, rest) = path.split_at(len.unwrap_or_default());
        let passed_on = rest.first().and_then(|name| {
            let imports = &self.files.get(module)?.imports;
            let import = imports.iter().find(|import| import.name.as_ref() == Some(name))?;
            self.absolute(import).filter(|real| *real != path)
        });
        match passed_on {
            Some(real) if passes > 0 => self.owner([&*real, &rest[1..]].concat(), passes - 1),
            _ => module.to_vec(),
        }
    }
}

/// Which module uses which, and where.
type Edges<'a> = BTreeMap<&'a [String], BTreeMap<Vec<String>, String>>;

/// For each module in a circle that was not told yet, the shortest way back to it.
fn circles(edges: &Edges<'_>) -> Vec<String> {
    let (mut found, mut told) = (Vec::new(), BTreeSet::new());
    for &start in edges.keys() {
        let mut ways = VecDeque::from([vec![start]]);
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop_front().filter(|_| !told.contains(start)) {
            let Some(next) = edges.get(way[way.len() - 1]) else { continue };
            if next.contains_key(start) {
                let to = way[1..].iter().chain([&start]);
                let places = way.iter().zip(to).map(|(from, to)| &*edges[from][*to]);
                found.push(format!("a circle: {}", places.collect::<Vec<_>>().join(" -> ")));
                told.extend(way);
                break;
            }
            let new = next.keys().filter(|to| seen.insert(to.as_slice()));
            ways.extend(new.map(|to| [&*way, &[to.as_slice()]].concat()));
        }
    }
    found
}
