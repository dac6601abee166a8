//! What the person decides about the edits of a tailoring, until the accepted ones become a version.
//!
//! Each change first counts on the tailoring's row, so that changes of one tailoring come one after the other.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{DatabaseTransaction, IntoActiveModel, QueryFilter, Set};
use thiserror::Error;

use super::merge::{MergeError, merge};
use super::proposal::{Decision, Judged};
use super::rebase::{Present, carry_over};
use super::statement::{self, Statement};
use super::totals::{Totals, totals};
use super::{Column, Entity, Model, Tailorings, proposal, proposals};
use crate::database::begin;
use crate::posting::facts::{self, PostingFacts};
use crate::resume::patch::{self, Edit, PatchError};
use crate::resume::version::{self, NewVersion};
use crate::truth::{self, Verdict};
use crate::{ats, posting, resume, time};

/// A text longer than this is no edit of a line.
pub const MAX_WORDS: usize = 4_000;

#[derive(Debug, Error)]
pub enum DecideError {
    #[error("the tailoring does not exist")]
    NotFound,
    #[error("the tailoring has no such edit")]
    NoSuchProposal,
    #[error("the tailoring has no such gap")]
    NoSuchGap,
    #[error("the resume has changed since the edits were made")]
    ResumeChanged,
    #[error("the accepted edits are a version already")]
    AlreadyApplied,
    #[error("the edit was lost when the resume changed")]
    Lost,
    #[error("there are no own words for this edit")]
    NoOwnWords,
    #[error("the words are empty or too long")]
    Length,
    #[error("the words are not of the kind that stands there")]
    Words(#[from] PatchError),
    #[error("no edit is accepted")]
    NothingAccepted,
    #[error("the resume does not support the edit of {0}")]
    Unsupported(String),
    #[error("the database did not answer")]
    Database(#[from] DbErr),
}

/// What the person does with one edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Decide(Decision),
    /// Their own words instead; of a list, its JSON text.
    Words(String),
}

/// What a rebase came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebased {
    pub tailoring: Model,
    pub proposals: Vec<proposal::Model>,
}

/// A tailoring that may be changed, in the transaction that changes it.
struct Open {
    transaction: DatabaseTransaction,
    tailoring: Model,
    resume: resume::Model,
}

impl Tailorings {
    async fn lock(&self, account_id: Uuid, id: Uuid) -> Result<Open, DecideError> {
        let transaction = begin(&self.db).await?;
        let counted = Entity::update_many()
            .col_expr(Column::Changes, Expr::col(Column::Changes).add(1))
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account_id))
            .exec_with_returning(&transaction)
            .await?;
        let tailoring = counted.into_iter().next().ok_or(DecideError::NotFound)?;
        let resume = resume::own(&transaction, account_id, tailoring.resume_id).await?;
        let resume = resume.ok_or(DecideError::NotFound)?;
        Ok(Open { transaction, tailoring, resume })
    }

    /// Ready for a decision: not applied yet, and made for the resume as it is.
    async fn open(&self, account_id: Uuid, id: Uuid) -> Result<Open, DecideError> {
        let open = self.lock(account_id, id).await?;
        if open.tailoring.version_id.is_some() {
            return Err(DecideError::AlreadyApplied);
        }
        if open.resume.revision != open.tailoring.resume_revision {
            return Err(DecideError::ResumeChanged);
        }
        Ok(open)
    }

    /// Accepts, rejects or rewords one edit.
    pub async fn decide(
        &self,
        account_id: Uuid,
        (id, proposal_id): (Uuid, Uuid),
        choice: Choice,
    ) -> Result<proposal::Model, DecideError> {
        let Open { transaction, tailoring, resume } = self.open(account_id, id).await?;
        let found = proposal::Entity::find_by_id(proposal_id)
            .filter(proposal::Column::TailoringId.eq(id))
            .one(&transaction)
            .await?;
        let found = found.ok_or(DecideError::NoSuchProposal)?;
        if found.lost.is_some() {
            return Err(DecideError::Lost);
        }
        let offered = found.offered();
        let has_own = found.own.is_some();
        let mut row = found.into_active_model();
        match choice {
            Choice::Decide(Decision::Edited) if !has_own => return Err(DecideError::NoOwnWords),
            Choice::Decide(decision) => row.decision = Set(decision),
            Choice::Words(words) => {
                let evidence = tailoring.statements.beside(&resume.data);
                let judged =
                    own_words(&resume, &evidence, &Edit { after: words.clone(), ..offered })?;
                row.own = Set(Some(words));
                row.own_judgement = Set(Some(judged));
                row.decision = Set(Decision::Edited);
            }
        }
        row.updated_at = Set(time::now());
        let decided = row.update(&transaction).await?;
        transaction.commit().await?;
        Ok(decided)
    }

    /// Whether the edit can still be decided about; nothing is changed.
    pub async fn can_decide(
        &self,
        account_id: Uuid,
        (id, proposal_id): (Uuid, Uuid),
    ) -> Result<(), DecideError> {
        let tailoring = self.find(account_id, id).await?.ok_or(DecideError::NotFound)?;
        let proposal = self.find_proposal(id, proposal_id).await?;
        let proposal = proposal.ok_or(DecideError::NoSuchProposal)?;
        if tailoring.version_id.is_some() {
            return Err(DecideError::AlreadyApplied);
        }
        if self.is_stale(&tailoring).await? {
            return Err(DecideError::ResumeChanged);
        }
        if proposal.lost.is_some() { Err(DecideError::Lost) } else { Ok(()) }
    }

    /// Accepts every edit with one of these verdicts. A faithful edit that the person has rejected stays so.
    pub async fn accept_all(
        &self,
        account_id: Uuid,
        id: Uuid,
        verdicts: &[Verdict],
    ) -> Result<u64, DecideError> {
        let Open { transaction, .. } = self.open(account_id, id).await?;
        let mut accepted = 0;
        for verdict in verdicts {
            // What needs an eye starts rejected: whoever names it here has looked.
            let open = match verdict {
                Verdict::Faithful => vec![Decision::Pending],
                Verdict::NeedsReview => vec![Decision::Pending, Decision::Rejected],
                Verdict::Fabricated => continue,
            };
            let rows = proposal::Entity::update_many()
                .col_expr(proposal::Column::Decision, Expr::val(Decision::Accepted))
                .col_expr(proposal::Column::UpdatedAt, Expr::val(time::now()))
                .filter(proposal::Column::TailoringId.eq(id))
                .filter(proposal::Column::Verdict.eq(*verdict))
                .filter(proposal::Column::Decision.is_in(open))
                .filter(proposal::Column::Lost.is_null())
                .exec(&transaction)
                .await?;
            accepted += rows.rows_affected;
        }
        transaction.commit().await?;
        Ok(accepted)
    }

    /// Keeps the person's answer to the question of a gap; a second answer replaces the first.
    pub async fn state(
        &self,
        account_id: Uuid,
        id: Uuid,
        statement: Statement,
    ) -> Result<Model, DecideError> {
        let Open { transaction, tailoring, resume } = self.open(account_id, id).await?;
        if !tailoring.gaps.0.iter().any(|gap| gap.requirement_id == statement.requirement_id) {
            return Err(DecideError::NoSuchGap);
        }
        let length = statement.text.trim().chars().count();
        if length == 0 || length > MAX_WORDS {
            return Err(DecideError::Length);
        }
        if let Some(entry) = &statement.entry {
            let job = statement::job(entry).filter(|at| *at < resume.data.work.len());
            job.ok_or_else(|| DecideError::Words(PatchError::NotText(entry.clone())))?;
        }
        let mut statements = tailoring.statements.clone();
        statements.0.retain(|other| other.requirement_id != statement.requirement_id);
        statements.0.push(statement);
        let mut row = tailoring.into_active_model();
        row.statements = Set(statements);
        let stated = row.update(&transaction).await?;
        transaction.commit().await?;
        Ok(stated)
    }

    /// Carries the edits over to the resume as it is now. Safe to repeat.
    pub async fn rebase(&self, account_id: Uuid, id: Uuid) -> Result<Rebased, DecideError> {
        let Open { transaction, tailoring, resume } = self.lock(account_id, id).await?;
        if tailoring.version_id.is_some() {
            return Err(DecideError::AlreadyApplied);
        }
        let old = proposals(&transaction, id).await?;
        let facts = posting_facts(&transaction, account_id, tailoring.posting_id).await?;
        let present = Present {
            resume: &resume.data,
            statements: &tailoring.statements,
            posting: facts.as_ref(),
        };
        let carried = carry_over(&present, old.clone());
        for (old, new) in old.into_iter().zip(&carried) {
            if old != *new {
                write(&transaction, new.clone()).await?;
            }
        }
        let today = time::now().date_naive();
        let report = facts.map(|facts| ats::check(&resume.data, Some(&facts), None, Some(today)));
        let mut row = tailoring.into_active_model();
        row.resume_revision = Set(resume.revision);
        if let Some(report) = report {
            row.report = Set(report);
        }
        let tailoring = row.update(&transaction).await?;
        transaction.commit().await?;
        Ok(Rebased { tailoring, proposals: carried })
    }

    /// Makes a version of the accepted edits, once: again gives the same version.
    pub async fn apply(
        &self,
        account_id: Uuid,
        id: Uuid,
        label: Option<String>,
    ) -> Result<version::Model, DecideError> {
        let Open { transaction, tailoring, resume } = self.lock(account_id, id).await?;
        if let Some(version_id) = tailoring.version_id {
            let version = version::Entity::find_by_id(version_id).one(&transaction).await?;
            return version.ok_or(DecideError::AlreadyApplied);
        }
        if resume.revision != tailoring.resume_revision {
            return Err(DecideError::ResumeChanged);
        }
        let proposals = proposals(&transaction, id).await?;
        let data = merge(&resume.data, &tailoring.statements, &proposals)?;
        let parent_id = version::of_present(&transaction, &resume).await?;
        let new = NewVersion {
            kind: version::Kind::Tailored,
            label,
            parent_id: Some(parent_id),
            tailoring_id: Some(id),
            data,
        };
        let version = version::insert(&transaction, account_id, resume.id, new).await?;
        let mut row = tailoring.into_active_model();
        row.version_id = Set(Some(version.id));
        row.update(&transaction).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Where the resume stands with the posting. `None`: the posting is gone, or the resume has changed.
    pub async fn totals(
        &self,
        tailoring: &Model,
        proposals: &[proposal::Model],
    ) -> Result<Option<Totals>, DbErr> {
        let account_id = tailoring.account_id;
        let resume = resume::own(&self.db, account_id, tailoring.resume_id).await?;
        let resume = resume.filter(|resume| resume.revision == tailoring.resume_revision);
        let facts = posting_facts(&self.db, account_id, tailoring.posting_id).await?;
        let (Some(resume), Some(facts)) = (resume, facts) else { return Ok(None) };
        let proposals = proposals.to_vec();
        let measured =
            tokio::task::spawn_blocking(move || totals(&resume.data, &facts, &proposals));
        measured.await.map(Some).map_err(|error| DbErr::Custom(error.to_string()))
    }

    /// Whether the resume has changed since the edits were made for it.
    pub async fn is_stale(&self, tailoring: &Model) -> Result<bool, DbErr> {
        let resume = resume::own(&self.db, tailoring.account_id, tailoring.resume_id).await?;
        Ok(resume.is_none_or(|resume| resume.revision != tailoring.resume_revision))
    }
}

/// The person's own words are theirs: of the right kind and length, judged, never withheld.
fn own_words(
    resume: &resume::Model,
    evidence: &resume::json::JsonResume,
    edit: &Edit,
) -> Result<Judged, DecideError> {
    let length = edit.after.chars().count();
    if edit.after.trim().is_empty() || length > MAX_WORDS {
        return Err(DecideError::Length);
    }
    patch::apply(&resume.data, edit)?;
    Ok(Judged::from(truth::judge(evidence, edit)))
}

async fn write(transaction: &DatabaseTransaction, proposal: proposal::Model) -> Result<(), DbErr> {
    let mut row = proposal.into_active_model().reset_all();
    row.updated_at = Set(time::now());
    row.update(transaction).await.map(drop)
}

async fn posting_facts(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    id: Uuid,
) -> Result<Option<PostingFacts>, DbErr> {
    let posting = posting::Entity::find_by_id(id)
        .filter(posting::Column::AccountId.eq(account_id))
        .one(db)
        .await?;
    Ok(posting.map(|posting| facts::read(&posting.text)))
}

impl From<MergeError> for DecideError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Nothing => Self::NothingAccepted,
            MergeError::Patch(_) => Self::ResumeChanged,
            MergeError::Unsupported(path) => Self::Unsupported(path),
        }
    }
}
