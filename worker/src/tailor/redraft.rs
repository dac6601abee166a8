//! One edit drafted anew, as the person asks, and through the same gate. Pure.

use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::resume::patch::{self, Edit};
use shared::tailoring::place::stands;
use shared::tailoring::proposal::{Details, Gap, Model, Withheld};
use shared::tailoring::redraft::Redraft;
use shared::tailoring::statement::{Statements, job};
use shared::tailoring::totals::Standing;
use shared::truth::{self, Evidence, Verdict};

use super::DraftEdit;

/// What a new draft may rest on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub resume: &'a JsonResume,
    pub statements: &'a Statements,
    /// The resume with the statements beside it.
    pub evidence: &'a JsonResume,
    pub posting: &'a PostingFacts,
}

/// Without a model: what the person has stated about a skill joins the list.
pub fn by_rules(proposal: &Model, gaps: &[Gap], statements: &Statements) -> Option<DraftEdit> {
    let mut skills =
        patch::texts(&proposal.after).filter(|_| proposal.path.ends_with("/keywords"))?;
    let before = skills.len();
    let mut evidence = proposal.details.evidence.clone();
    for statement in &statements.0 {
        let gap = gaps.iter().find(|gap| gap.requirement_id == statement.requirement_id)?;
        if !skills.iter().any(|skill| skill.eq_ignore_ascii_case(&gap.name)) {
            skills.push(gap.name.clone());
            evidence.push(Evidence { path: statement.path(), quote: statement.text.clone() });
        }
    }
    (skills.len() > before).then(|| DraftEdit {
        path: proposal.path.clone(),
        before: proposal.before.clone(),
        after: serde_json::Value::from(skills).to_string(),
        requirement_ids: proposal.details.requirement_ids.clone(),
        evidence,
        why: "Lists what you have stated.".to_owned(),
    })
}

/// Through the gate: offered, withheld with its reasons, or nothing when it changes nothing.
pub fn settle(ground: Ground<'_>, proposal: &Model, draft: DraftEdit) -> Redraft {
    let edit = Edit { after: draft.after.clone(), ..proposal.offered() };
    if edit.after == proposal.after || edit.after == proposal.before {
        return Redraft::Nothing;
    }
    let Ok(patched) = patch::apply(ground.resume, &edit) else { return Redraft::Nothing };
    let judgement = truth::judge(ground.evidence, &edit);
    if judgement.verdict == Verdict::Fabricated {
        let Edit { path, before, after } = edit;
        return Redraft::Withheld(Withheld { path, before, after, reasons: judgement.reasons });
    }
    let mut quotes = draft.evidence;
    let document = serde_json::to_value(ground.evidence).unwrap_or_default();
    quotes.retain(|quote| stands(&document, quote) || is_stated(ground.statements, quote));
    if quotes.is_empty() {
        quotes = judgement.evidence;
    }
    let gain = Standing::measure(&patched, ground.posting)
        .since(Standing::measure(ground.resume, ground.posting));
    let details = Details {
        why: draft.why,
        requirement_ids: draft.requirement_ids,
        evidence: quotes.into_iter().map(|quote| named(ground, quote)).collect(),
        reasons: judgement.reasons,
        coverage_delta: gain,
    };
    Redraft::Offered { after: edit.after, verdict: judgement.verdict, details: Box::new(details) }
}

fn is_stated(statements: &Statements, quote: &Evidence) -> bool {
    statements.0.iter().any(|said| said.path() == quote.path && said.text == quote.quote)
}

/// A quote that stands only beside the resume is the person's statement, and says so.
fn named(ground: Ground<'_>, quote: Evidence) -> Evidence {
    let document = serde_json::to_value(ground.resume).unwrap_or_default();
    if stands(&document, &quote) {
        return quote;
    }
    let of = |entry: &Option<String>| entry.as_deref().and_then(job);
    let said = ground.statements.0.iter().find(|said| {
        said.text.contains(&quote.quote)
            && of(&said.entry).is_none_or(|at| quote.path.starts_with(&format!("/work/{at}/")))
    });
    match said {
        Some(said) => Evidence { path: said.path(), quote: quote.quote },
        None => quote,
    }
}
