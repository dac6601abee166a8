//! People whom an outside issuer knows: each has one account here, made when they first come.

use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, Set, SqlErr};

use crate::account::{self, Role, Tier};
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "outside_identity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub issuer: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub account_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}

/// What the issuer says of somebody. Never matched by e-mail: an issuer that does not check addresses
/// would give accounts away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    pub issuer: String,
    pub subject: String,
    /// None: the issuer does not decide it.
    pub role: Option<Role>,
    pub tier: Option<Tier>,
}

#[derive(Clone, Debug)]
pub struct Identities {
    db: DatabaseConnection,
}

impl Identities {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// The account of this person, as the issuer wants it.
    pub async fn find_or_create(&self, vouched: &Vouched) -> Result<account::Model, DbErr> {
        let account = match self.find(vouched).await? {
            Some(account) => account,
            None => match self.create(vouched).await {
                // Another request of the same person was quicker.
                Err(error) if is_duplicate(&error) => self.find(vouched).await?.ok_or(error)?,
                created => created?,
            },
        };
        self.follow(account, vouched).await
    }

    async fn find(&self, vouched: &Vouched) -> Result<Option<account::Model>, DbErr> {
        let id = (vouched.issuer.clone(), vouched.subject.clone());
        match Entity::find_by_id(id).one(&self.db).await? {
            Some(row) => account::Entity::find_by_id(row.account_id).one(&self.db).await,
            None => Ok(None),
        }
    }

    async fn create(&self, vouched: &Vouched) -> Result<account::Model, DbErr> {
        let transaction = begin(&self.db).await?;
        let account = account::new(
            vouched.role.unwrap_or(Role::Candidate),
            vouched.tier.unwrap_or(Tier::Free),
        );
        let account = account.insert(&transaction).await?;
        let row = ActiveModel {
            issuer: Set(vouched.issuer.clone()),
            subject: Set(vouched.subject.clone()),
            account_id: Set(account.id),
        };
        Entity::insert(row).exec_without_returning(&transaction).await?;
        note(&transaction, account.id, Action::Register, vouched).await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// Role and tier are the issuer's to decide where it says them.
    async fn follow(
        &self,
        account: account::Model,
        vouched: &Vouched,
    ) -> Result<account::Model, DbErr> {
        let role = vouched.role.unwrap_or(account.role);
        let tier = vouched.tier.unwrap_or(account.tier);
        if (role, tier) == (account.role, account.tier) {
            return Ok(account);
        }
        let transaction = begin(&self.db).await?;
        let change =
            account::ActiveModel { role: Set(role), tier: Set(tier), ..Default::default() };
        account::Entity::update_many()
            .set(change)
            .filter(account::Column::Id.eq(account.id))
            .exec(&transaction)
            .await?;
        if role != account.role {
            note(&transaction, account.id, Action::SetRole, vouched).await?;
        }
        if tier != account.tier {
            note(&transaction, account.id, Action::SetTier, vouched).await?;
        }
        transaction.commit().await?;
        Ok(account::Model { role, tier, ..account })
    }
}

fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

async fn note(
    transaction: &impl ConnectionTrait,
    account_id: Uuid,
    action: Action,
    vouched: &Vouched,
) -> Result<(), DbErr> {
    let mandate = Mandate {
        actor_id: account_id,
        reason: format!("said by {}", vouched.issuer),
        request_id: None,
    };
    let detail = serde_json::json!({ "role": vouched.role, "tier": vouched.tier });
    let deed = Deed { action, target: format!("account/{account_id}"), detail: Some(detail) };
    audit::append(transaction, &mandate, deed).await
}
