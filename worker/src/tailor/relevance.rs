//! How much a text of the resume has to do with a posting.

use shared::posting::facts::PostingFacts;
use shared::posting::requirement::{Importance, Requirement};
use shared::taxonomy::Taxonomy;

/// What a posting asks for, ready to be looked for in texts.
pub struct Wanted<'p> {
    requirements: Vec<(&'p Requirement, Option<usize>)>,
}

impl<'p> Wanted<'p> {
    pub fn of(posting: &'p PostingFacts) -> Self {
        let taxonomy = Taxonomy::builtin();
        let term = |name: &str| taxonomy.find(name).map(shared::taxonomy::Term::id);
        Self {
            requirements: posting.requirements.iter().map(|one| (one, term(&one.name))).collect(),
        }
    }

    /// The requirements a text names, by whatever name.
    pub fn named_in(&self, text: &str) -> Vec<&'p Requirement> {
        let mut terms: Vec<usize> =
            Taxonomy::builtin().mentions(text).iter().map(|mention| mention.term.id()).collect();
        terms.extend(Taxonomy::builtin().find(text).map(shared::taxonomy::Term::id));
        let folded = format!(" {} ", words(text));
        let named = self.requirements.iter().filter(|(one, term)| {
            let plain = |name: &str| folded.contains(&format!(" {} ", words(name)));
            match term {
                Some(term) => terms.contains(term),
                None => plain(&one.name) || one.aliases.iter().any(|alias| plain(alias)),
            }
        });
        named.map(|(one, _)| *one).collect()
    }

    /// Required counts twice what preferred does.
    pub fn weight(&self, text: &str) -> u32 {
        let weight = |one: &&Requirement| match one.importance {
            Importance::Required => 2,
            Importance::Preferred => 1,
        };
        self.named_in(text).iter().map(weight).sum()
    }

    /// The requirement that is the same thing as the skill, under whatever name.
    pub fn same_as(&self, skill: &str) -> Option<&'p Requirement> {
        let term = Taxonomy::builtin().find(skill)?.id();
        self.requirements.iter().find(|(_, id)| *id == Some(term)).map(|(one, _)| *one)
    }
}

/// Lower case, letters and digits, single spaces.
fn words(text: &str) -> String {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#')));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
