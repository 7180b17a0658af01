//! What the operator's words name, and how refusals are said.

use nodelock::agent::{AgentLine, LineSource, Ports};
use nodelock::value::LineId;
use nodelock::{Agent, FeatureHandle, Reason};

use crate::visible::visible;

pub(super) fn find_feature<P: Ports>(
    agent: &Agent<'_, P>,
    name: &str,
) -> Result<FeatureHandle, String> {
    agent.catalog().find(name.as_bytes()).ok_or_else(|| {
        let named = |held: &&AgentLine| held.right().feature() == name.as_bytes();
        if let Some(held) = agent.lines().find(named) {
            return format!(
                "{}: {}; line {} is installed for it, and grants nothing until there is a firmware that has it",
                visible(name),
                Reason::UnknownFeature,
                held.right().id()
            );
        }
        let names: Vec<_> = agent.catalog().features().iter().map(|f| f.name()).collect();
        let name = visible(name);
        format!("{name}: {}; there are: {}", Reason::UnknownFeature, names.join(", "))
    })
}

/// A line by its id, or by its feature if that has only one.
pub(super) fn find_line<P: Ports>(agent: &Agent<'_, P>, word: &str) -> Result<LineId, String> {
    let installed = || agent.lines().filter(|held| held.source() == LineSource::Installed);
    if let Some(held) = installed().find(|held| held.right().id().to_string() == word) {
        return Ok(held.right().id());
    }
    let of_feature: Vec<_> =
        installed().filter(|held| held.right().feature() == word.as_bytes()).collect();
    match of_feature.as_slice() {
        [] if agent.lines().any(|held| {
            held.right().id().to_string() == word || held.right().feature() == word.as_bytes()
        }) =>
        {
            Err(refusal(Reason::BuiltInLine))
        }
        [] => {
            let (word, reason) = (visible(word), Reason::NoSuchLine);
            Err(format!("{word}: {reason}; {}", reason.remedy()))
        }
        [held] => Ok(held.right().id()),
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|held| format!("{} ({})", held.right().id(), held.license_type().name()))
                .collect();
            Err(format!("{word} has several lines; name one of {}", ids.join(", ")))
        }
    }
}

pub(super) fn refusal(reason: Reason) -> String {
    format!("refused: {reason}; {}", reason.remedy())
}
