//! What a tailor operation offers: rows and store.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{FromJsonQueryResult, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use crate::ats::Report;
use crate::time;
use crate::truth::Verdict;

pub mod decide;
pub mod merge;
pub mod place;
pub mod proposal;
pub mod rebase;
pub mod redraft;
pub mod statement;
pub mod totals;

use proposal::{Decision, Gap, NewProposal, Withheld};
use statement::Statements;

/// How the person wants the resume tailored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    pub mode: Mode,
    /// With mode `partial`: which sections may change.
    pub sections: Vec<Section>,
    pub intensity: Intensity,
    pub tone: Option<Tone>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Partial,
    Full,
}

/// A part of a resume that edits may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    Label,
    Summary,
    Work,
    Skills,
    Projects,
}

impl Section {
    pub const ALL: [Self; 5] =
        [Self::Label, Self::Summary, Self::Work, Self::Skills, Self::Projects];
}

/// How far the edits go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intensity {
    /// Order and emphasis only.
    Nudge,
    /// Also the posting's words for what the resume shows.
    Keywords,
    /// Also rewritten sentences.
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Plain,
    Confident,
    Formal,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "tailoring")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub operation_id: Uuid,
    pub resume_id: Uuid,
    pub posting_id: Uuid,
    /// Of the resume, when its words were read.
    pub resume_revision: i64,
    /// The match of the untouched resume to the posting.
    #[sea_orm(column_type = "JsonBinary")]
    pub report: Report,
    #[sea_orm(column_type = "JsonBinary")]
    pub gaps: Gaps,
    #[sea_orm(column_type = "JsonBinary")]
    pub withheld: WithheldEdits,
    /// Counts what was done to it; the row that all who decide at once wait for.
    pub changes: i64,
    /// What the person has said about its gaps.
    #[sea_orm(column_type = "JsonBinary")]
    pub statements: Statements,
    /// The version that its accepted edits made. From then on nothing is decided.
    pub version_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Gaps(pub Vec<Gap>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct WithheldEdits(pub Vec<Withheld>);

/// What a tailor operation worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTailoring {
    pub resume_id: Uuid,
    pub resume_revision: i64,
    pub posting_id: Uuid,
    pub report: Report,
    pub proposals: Vec<NewProposal>,
    pub withheld: Vec<Withheld>,
    pub gaps: Vec<Gap>,
}

/// The tailorings. Finders take the caller: another person's row is not found.
#[derive(Clone, Debug)]
pub struct Tailorings {
    db: DatabaseConnection,
}

impl Tailorings {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await
    }

    /// The edits of a tailoring, in the order in which they are offered.
    pub async fn proposals(&self, tailoring: &Model) -> Result<Vec<proposal::Model>, DbErr> {
        proposals(&self.db, tailoring.id).await
    }
}

async fn proposals(
    db: &impl ConnectionTrait,
    tailoring_id: Uuid,
) -> Result<Vec<proposal::Model>, DbErr> {
    proposal::Entity::find()
        .filter(proposal::Column::TailoringId.eq(tailoring_id))
        .order_by_asc(proposal::Column::Position)
        .all(db)
        .await
}

/// Stores it in the transaction that ends its operation.
pub(crate) async fn insert(
    transaction: &impl ConnectionTrait,
    account_id: Uuid,
    operation_id: Uuid,
    new: NewTailoring,
) -> Result<Uuid, DbErr> {
    let id = Uuid::now_v7();
    let tailoring = ActiveModel {
        id: Set(id),
        account_id: Set(account_id),
        operation_id: Set(operation_id),
        resume_id: Set(new.resume_id),
        posting_id: Set(new.posting_id),
        resume_revision: Set(new.resume_revision),
        report: Set(new.report),
        gaps: Set(Gaps(new.gaps)),
        withheld: Set(WithheldEdits(new.withheld)),
        changes: Set(0),
        statements: Set(Statements::default()),
        version_id: Set(None),
        created_at: Set(time::now()),
    };
    Entity::insert(tailoring).exec_without_returning(transaction).await?;
    let proposals = new.proposals.into_iter().enumerate();
    let rows = proposals.map(|(position, new)| proposal_row(id, position, new));
    proposal::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    Ok(id)
}

/// What needs a person's eye starts rejected, so that accepting all never includes it.
fn proposal_row(tailoring_id: Uuid, position: usize, new: NewProposal) -> proposal::ActiveModel {
    let decision = match new.verdict {
        Verdict::Faithful => Decision::Pending,
        Verdict::NeedsReview | Verdict::Fabricated => Decision::Rejected,
    };
    proposal::ActiveModel {
        id: Set(Uuid::now_v7()),
        tailoring_id: Set(tailoring_id),
        position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
        path: Set(new.path),
        before: Set(new.before),
        after: Set(new.after),
        details: Set(new.details),
        verdict: Set(new.verdict),
        decision: Set(decision),
        own: Set(None),
        own_judgement: Set(None),
        lost: Set(None),
        updated_at: Set(time::now()),
    }
}
