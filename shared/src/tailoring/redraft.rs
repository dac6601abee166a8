//! A new draft of one edit, put in the place of the one that was offered. Only what has passed the gate comes here.

use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryFilter, Set};

use super::proposal::{self, Decision, Details, Withheld};
use super::{Column, Entity, Tailorings};
use crate::time;
use crate::truth::Verdict;

/// What came of asking for another draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Redrafted {
    pub tailoring_id: Uuid,
    pub proposal_id: Uuid,
    /// The words that were offered when the draft was made.
    pub instead_of: String,
    pub outcome: Redraft,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Redraft {
    Offered {
        after: String,
        verdict: Verdict,
        details: Box<Details>,
    },
    /// It said more than the resume does.
    Withheld(Withheld),
    Nothing,
}

impl Tailorings {
    pub async fn find_proposal(
        &self,
        tailoring_id: Uuid,
        id: Uuid,
    ) -> Result<Option<proposal::Model>, DbErr> {
        proposal::Entity::find_by_id(id)
            .filter(proposal::Column::TailoringId.eq(tailoring_id))
            .one(&self.db)
            .await
    }
}

/// Writes it in the transaction that ends its operation. Whatever has been decided or applied meanwhile stays.
pub(crate) async fn insert(
    transaction: &impl ConnectionTrait,
    account_id: Uuid,
    redrafted: Redrafted,
) -> Result<(), DbErr> {
    let open = Entity::find_by_id(redrafted.tailoring_id)
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::VersionId.is_null())
        .one(transaction)
        .await?;
    let Some(tailoring) = open else { return Ok(()) };
    match redrafted.outcome {
        Redraft::Offered { after, verdict, details } => {
            let decision = match verdict {
                Verdict::Faithful => Decision::Pending,
                Verdict::NeedsReview | Verdict::Fabricated => Decision::Rejected,
            };
            let offered = proposal::ActiveModel {
                after: Set(after),
                verdict: Set(verdict),
                details: Set(*details),
                decision: Set(decision),
                updated_at: Set(time::now()),
                ..Default::default()
            };
            proposal::Entity::update_many()
                .set(offered)
                .filter(proposal::Column::Id.eq(redrafted.proposal_id))
                .filter(proposal::Column::TailoringId.eq(redrafted.tailoring_id))
                .filter(proposal::Column::After.eq(redrafted.instead_of))
                .filter(proposal::Column::Lost.is_null())
                .exec(transaction)
                .await?;
        }
        Redraft::Withheld(edit) => {
            let mut withheld = tailoring.withheld.clone();
            withheld.0.push(edit);
            let mut row = tailoring.into_active_model();
            row.withheld = Set(withheld);
            row.update(transaction).await?;
        }
        Redraft::Nothing => {}
    }
    Ok(())
}
