//! What the simulated device was given from outside: files, agreements, answers. It is remembered, so
//! that a step can be repeated.

use std::collections::BTreeMap;
use std::io;

use nodelock_std::Host;
use serde::{Deserialize, Serialize};

/// What a console was given from outside, kept so that a step can be repeated.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Answers {
    #[serde(with = "base64_map")]
    reads: BTreeMap<String, Vec<u8>>,
    confirms: Vec<bool>,
    /// Whether each file could be written.
    #[serde(default)]
    writes: Vec<bool>,
}

/// Contents in base64: as lists of numbers, which older versions wrote, they take twenty times their
/// size.
mod base64_map {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::encode::{from_base64, to_base64};

    type Map = BTreeMap<String, Vec<u8>>;

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Content {
        Base64(String),
        Numbers(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(map: &Map, out: S) -> Result<S::Ok, S::Error> {
        out.collect_map(map.iter().map(|(name, content)| (name, to_base64(content))))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(input: D) -> Result<Map, D::Error> {
        let map = BTreeMap::<String, Content>::deserialize(input)?;
        let bytes = |content| match content {
            Content::Base64(text) => from_base64(text.as_bytes())
                .ok_or_else(|| serde::de::Error::custom("a content is not base64")),
            Content::Numbers(bytes) => Ok(bytes),
        };
        map.into_iter().map(|(name, content)| Ok((name, bytes(content)?))).collect()
    }
}

/// Asks the outside once and remembers what it said.
pub(super) struct Recorder<'h, 'o> {
    answers: &'h mut Answers,
    outside: Option<&'o mut dyn Host>,
    agreements: &'h BTreeMap<String, String>,
    confirmed: usize,
    written: usize,
}

impl<'h, 'o> Recorder<'h, 'o> {
    /// Without an outside, it gives the answers of an earlier time.
    pub(super) fn new(
        answers: &'h mut Answers,
        outside: Option<&'o mut dyn Host>,
        agreements: &'h BTreeMap<String, String>,
    ) -> Self {
        Self { answers, outside, agreements, confirmed: 0, written: 0 }
    }
}

impl Host for Recorder<'_, '_> {
    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        match (self.answers.reads.get(name), &mut self.outside) {
            (Some(content), _) => Ok(content.clone()),
            (None, Some(outside)) => {
                let content = outside.read(name)?;
                self.answers.reads.insert(name.to_owned(), content.clone());
                Ok(content)
            }
            (None, None) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn read_old(&mut self, name: &str) -> Option<Vec<u8>> {
        // No file that is read has this name.
        let place = format!("{name}\0old");
        match (self.answers.reads.get(&place), &mut self.outside) {
            (Some(content), _) => Some(content.clone()),
            (None, Some(outside)) => {
                let content = outside.read_old(name)?;
                self.answers.reads.insert(place, content.clone());
                Some(content)
            }
            (None, None) => None,
        }
    }

    fn write(&mut self, name: &str, content: &[u8], replace: bool) -> io::Result<()> {
        // Written when it was asked for; not again when the step is repeated.
        let place = self.written;
        self.written += 1;
        match (self.answers.writes.get(place), &mut self.outside) {
            (Some(true), _) => Ok(()),
            (None, Some(outside)) => {
                let result = outside.write(name, content, replace);
                self.answers.writes.push(result.is_ok());
                result
            }
            _ => Err(io::ErrorKind::Other.into()),
        }
    }

    fn check(&mut self, name: &str, replace: bool) -> io::Result<()> {
        // What was written then is there now, and is not in the way of itself.
        match (self.answers.writes.get(self.written), &mut self.outside) {
            (Some(true), _) => Ok(()),
            (None, Some(outside)) => outside.check(name, replace),
            _ => Err(io::ErrorKind::Other.into()),
        }
    }

    fn eula_text(&mut self, name: &str) -> Option<String> {
        self.agreements.get(name).cloned()
    }

    fn confirm(&mut self, text: &str, question: &str) -> bool {
        let place = self.confirmed;
        self.confirmed += 1;
        if let Some(&known) = self.answers.confirms.get(place) {
            return known;
        }
        let answer = self.outside.as_mut().is_some_and(|outside| outside.confirm(text, question));
        self.answers.confirms.push(answer);
        answer
    }
}
