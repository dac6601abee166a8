//! What is kept of a posting for ranking, as of one revision and one version of the rules.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "posting_feature")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub posting_id: Uuid,
    pub account_id: Uuid,
    /// Of the posting that was read.
    pub revision: i64,
    /// Of the rules and names that read it.
    pub version: String,
    #[sea_orm(column_type = "Text")]
    pub body: String,
}

impl ActiveModelBehavior for ActiveModel {}
