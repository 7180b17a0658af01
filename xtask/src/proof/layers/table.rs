//! The drawing: one line is one layer, the upper ones use the lower ones.
//!
//! A line without indentation begins a section. `a -> b` says that `a` may also use `b` beside it, a name in
//! parentheses is planned and need not be there yet, and behind `|` stands what a reader wants to know.

use anyhow::{Result, bail};

/// One drawing.
pub(super) struct Section {
    /// A folder of sources, or `crates`.
    pub(super) at: String,
    pub(super) names: Vec<Name>,
    /// Who may use whom beside it.
    beside: Vec<(String, String)>,
}

pub(super) struct Name {
    pub(super) name: String,
    pub(super) planned: bool,
    layer: usize,
}

pub(super) fn parse(drawing: &str) -> Result<Vec<Section>> {
    let mut sections: Vec<Section> = Vec::new();
    let lines = drawing.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("```"));
    for (layer, line) in lines.enumerate() {
        let names = line.split('|').next().unwrap_or_default();
        if !line.starts_with(' ') {
            let at = names.trim().to_owned();
            sections.push(Section { at, names: Vec::new(), beside: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { bail!("{line:?} stands in no section") };
        let mut user = None;
        for word in names.split_whitespace() {
            let last = section.names.last().filter(|last| last.layer == layer);
            if word == "->" {
                user = last.map(|last| last.name.clone());
                if user.is_none() {
                    bail!("{line:?}: nobody stands before an arrow");
                }
                continue;
            }
            let bare = word.trim_start_matches('(').trim_end_matches(')');
            if let Some(user) = user.take() {
                section.beside.push((user, bare.to_owned()));
            }
            match section.names.iter().find(|known| known.name == bare) {
                Some(known) if known.layer == layer => {}
                Some(_) => bail!("{bare} stands in two layers"),
                None => {
                    section.names.push(Name { name: bare.to_owned(), planned: word != bare, layer })
                }
            }
        }
    }
    Ok(sections)
}

impl Section {
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.name == name)
    }

    /// What is wrong if one uses the other; what stands in no layer is for somebody else to report.
    pub(super) fn objection(&self, user: &str, used: &str) -> Option<&'static str> {
        let layer = |name| self.names.iter().find(|known| known.name == name).map(|at| at.layer);
        let (above, below) = (layer(user)?, layer(used)?);
        let arrow = |(from, to): &(String, String)| from == user && to == used;
        match above.cmp(&below) {
            _ if user == used => None,
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal if self.beside.iter().any(arrow) => None,
            std::cmp::Ordering::Equal => Some("stands beside it"),
            std::cmp::Ordering::Greater => Some("stands above it"),
        }
    }

    /// Complaints about names that are there and in no layer, and the other way round.
    pub(super) fn compare(&self, there: &[&str]) -> Vec<String> {
        let at = &self.at;
        let missing = there.iter().filter(|name| !self.has(name));
        let gone =
            self.names.iter().filter(|known| !known.planned && !there.contains(&&*known.name));
        missing
            .map(|name| format!("{at}: {name} stands in no layer"))
            .chain(gone.map(|known| format!("{at}: {} is drawn, and not there", known.name)))
            .collect()
    }
}
