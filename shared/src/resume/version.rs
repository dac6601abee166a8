//! What a resume was, and what tailorings made of it: rows and store. Nothing here is ever overwritten.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use super::json::JsonResume;
use crate::database::begin;
use crate::idempotency::{self, Key, KeyError};
use crate::page::{Page, PageRequest, newest};
use crate::revision::Change;
use crate::time;

/// Editors save often: within this time of the last draft kept by itself, no other is.
const DRAFT_EVERY: TimeDelta = TimeDelta::minutes(10);

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub resume_id: Uuid,
    pub kind: Kind,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: JsonResume,
    /// What the person calls it.
    #[sea_orm(column_type = "Text", nullable)]
    pub label: Option<String>,
    /// Where the person has sent it; such a version is kept.
    #[sea_orm(column_type = "Text", nullable)]
    pub sent_to: Option<String>,
    /// The version it was made from.
    pub parent_id: Option<Uuid>,
    pub tailoring_id: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    /// When the person last did something with it.
    pub used_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The resume as it first came in. One for each resume; it has the resume's id.
    Base,
    /// The resume before a change, or as the person wanted it kept.
    Draft,
    /// What accepted edits made of it. Never evidence for other edits.
    Tailored,
}

/// How long versions stay after the person last used them; the base always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    pub draft: TimeDelta,
    pub tailored: TimeDelta,
}

impl Default for Retention {
    fn default() -> Self {
        Self { draft: TimeDelta::days(30), tailored: TimeDelta::days(90) }
    }
}

/// How long before a version goes its person is told.
const NOTICE: TimeDelta = TimeDelta::days(7);

impl Retention {
    /// When the version goes if nobody uses it. `None`: never.
    pub fn expiry(self, version: &Model) -> Option<DateTime<Utc>> {
        if version.sent_to.is_some() {
            return None;
        }
        match version.kind {
            Kind::Base => None,
            Kind::Draft => Some(version.used_at + self.draft),
            Kind::Tailored => Some(version.used_at + self.tailored),
        }
    }

    /// Whether it goes within a week.
    pub fn expires_soon(self, version: &Model, now: DateTime<Utc>) -> bool {
        self.expiry(version).is_some_and(|expiry| expiry <= now + NOTICE)
    }
}

/// The versions. Finders take the caller: another person's row is not found.
#[derive(Clone, Debug)]
pub struct Versions {
    db: DatabaseConnection,
    pub retention: Retention,
}

impl Versions {
    pub fn new(db: DatabaseConnection, retention: Retention) -> Self {
        Self { db, retention }
    }

    pub async fn list(
        &self,
        account_id: Uuid,
        resume_id: Uuid,
        page: PageRequest,
    ) -> Result<Page<Model>, DbErr> {
        newest(&self.db, own(account_id, resume_id), (Column::Id, |row| row.id), page).await
    }

    pub async fn find(
        &self,
        account_id: Uuid,
        resume_id: Uuid,
        id: Uuid,
    ) -> Result<Option<Model>, DbErr> {
        own(account_id, resume_id).filter(Column::Id.eq(id)).one(&self.db).await
    }

    /// Keeps the resume as it is now. `None`: there is no such resume.
    pub async fn keep(
        &self,
        account_id: Uuid,
        resume_id: Uuid,
        label: Option<String>,
        key: Option<&Key>,
    ) -> Result<Option<Model>, KeyError> {
        let transaction = begin(&self.db).await?;
        let Some(resume) = super::own(&transaction, account_id, resume_id).await? else {
            return Ok(None);
        };
        let new = NewVersion { label, ..NewVersion::draft(resume.data) };
        let version = insert(&transaction, account_id, resume_id, new).await?;
        if let Some(earlier) = idempotency::claim(&transaction, account_id, key, version.id).await?
        {
            drop(transaction);
            return self.made(account_id, resume_id, earlier).await.map(Some);
        }
        transaction.commit().await?;
        Ok(Some(version))
    }

    /// Changes what the person notes about it; `None` leaves a note as it is, an empty text takes it away.
    pub async fn note(
        &self,
        account_id: Uuid,
        (resume_id, id): (Uuid, Uuid),
        label: Option<String>,
        sent_to: Option<String>,
    ) -> Result<Option<Model>, DbErr> {
        let text = |note: String| (!note.trim().is_empty()).then(|| note.trim().to_owned());
        let mut note = ActiveModel { used_at: Set(time::now()), ..Default::default() };
        if let Some(label) = label {
            note.label = Set(text(label));
        }
        if let Some(sent_to) = sent_to {
            note.sent_to = Set(text(sent_to));
        }
        let changed = Entity::update_many()
            .set(note)
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::ResumeId.eq(resume_id))
            .filter(Column::Id.eq(id))
            .exec_with_returning(&self.db)
            .await?;
        Ok(changed.into_iter().next())
    }

    /// Starts the time of a version anew.
    pub async fn used(&self, version: &Model) -> Result<(), DbErr> {
        Entity::update_many()
            .col_expr(Column::UsedAt, Expr::val(time::now()))
            .filter(Column::Id.eq(version.id))
            .exec(&self.db)
            .await
            .map(drop)
    }

    /// Brings an earlier version back as a new one.
    ///
    /// A base or draft, the person's own words, becomes the resume again, and what the resume was before is kept as a
    /// draft. A tailored one comes back as a tailored version beside the resume: tailored words must not become evidence.
    pub async fn restore(
        &self,
        account_id: Uuid,
        (resume_id, id): (Uuid, Uuid),
        revision: i64,
        key: Option<&Key>,
    ) -> Result<Change<Model>, KeyError> {
        // Before the revision is looked at: the first request has counted it up.
        if let Some(earlier) = idempotency::earlier(&self.db, account_id, key).await? {
            return self.made(account_id, resume_id, earlier).await.map(Change::Done);
        }
        let transaction = begin(&self.db).await?;
        let Some(resume) = super::own(&transaction, account_id, resume_id).await? else {
            return Ok(Change::NotFound);
        };
        let version =
            own(account_id, resume_id).filter(Column::Id.eq(id)).one(&transaction).await?;
        let Some(version) = version else { return Ok(Change::NotFound) };
        if resume.revision != revision {
            return Ok(Change::Stale);
        }
        let new = NewVersion {
            kind: if version.kind == Kind::Tailored { Kind::Tailored } else { Kind::Draft },
            label: version.label.clone(),
            parent_id: Some(version.id),
            tailoring_id: None,
            data: version.data.clone(),
        };
        if version.kind != Kind::Tailored {
            of_present(&transaction, &resume).await?;
            let replaced = super::write(&transaction, &resume, version.data).await?;
            if replaced.is_none() {
                return Ok(Change::Stale);
            }
        }
        let restored = insert(&transaction, account_id, resume_id, new).await?;
        if let Some(earlier) =
            idempotency::claim(&transaction, account_id, key, restored.id).await?
        {
            drop(transaction);
            return self.made(account_id, resume_id, earlier).await.map(Change::Done);
        }
        transaction.commit().await?;
        Ok(Change::Done(restored))
    }

    /// The version that an earlier request with the same key has made.
    async fn made(&self, account_id: Uuid, resume_id: Uuid, id: Uuid) -> Result<Model, KeyError> {
        self.find(account_id, resume_id, id).await?.ok_or(KeyError::Deleted)
    }

    /// Removes what nobody has used for its time: how many drafts, and how many tailored versions.
    pub async fn sweep(&self, now: DateTime<Utc>) -> Result<(u64, u64), DbErr> {
        let drafts = self.remove(Kind::Draft, now - self.retention.draft).await?;
        let tailored = self.remove(Kind::Tailored, now - self.retention.tailored).await?;
        Ok((drafts, tailored))
    }

    async fn remove(&self, kind: Kind, unused_since: DateTime<Utc>) -> Result<u64, DbErr> {
        let removed = Entity::delete_many()
            .filter(Column::Kind.eq(kind))
            .filter(Column::SentTo.is_null())
            .filter(Column::UsedAt.lt(unused_since))
            .exec(&self.db)
            .await?;
        Ok(removed.rows_affected)
    }
}

fn own(account_id: Uuid, resume_id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::AccountId.eq(account_id)).filter(Column::ResumeId.eq(resume_id))
}

/// A version to be stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewVersion {
    pub kind: Kind,
    pub data: JsonResume,
    pub label: Option<String>,
    pub parent_id: Option<Uuid>,
    pub tailoring_id: Option<Uuid>,
}

impl NewVersion {
    pub(crate) fn draft(data: JsonResume) -> Self {
        Self { kind: Kind::Draft, data, label: None, parent_id: None, tailoring_id: None }
    }
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    resume_id: Uuid,
    new: NewVersion,
) -> Result<Model, DbErr> {
    let now = time::now();
    let version = ActiveModel {
        id: Set(if new.kind == Kind::Base { resume_id } else { Uuid::now_v7() }),
        account_id: Set(account_id),
        resume_id: Set(resume_id),
        kind: Set(new.kind),
        data: Set(new.data),
        label: Set(new.label),
        sent_to: Set(None),
        parent_id: Set(new.parent_id),
        tailoring_id: Set(new.tailoring_id),
        created_at: Set(now),
        used_at: Set(now),
    };
    version.insert(db).await
}

/// Keeps what a resume was before a change, unless a version of it was kept a moment ago.
pub(crate) async fn keep_before_change(
    transaction: &impl ConnectionTrait,
    resume: &super::Model,
) -> Result<(), DbErr> {
    let newest = newest_own(transaction, resume).await?;
    let kept = newest.is_some_and(|version| {
        version.data == resume.data || version.created_at > time::now() - DRAFT_EVERY
    });
    if !kept {
        let draft = NewVersion::draft(resume.data.clone());
        insert(transaction, resume.account_id, resume.id, draft).await?;
    }
    Ok(())
}

/// The newest version that holds exactly what the resume is; one is made when there is none.
pub(crate) async fn of_present(
    transaction: &impl ConnectionTrait,
    resume: &super::Model,
) -> Result<Uuid, DbErr> {
    let newest = newest_own(transaction, resume).await?;
    if let Some(same) = newest.filter(|version| version.data == resume.data) {
        return Ok(same.id);
    }
    let draft = NewVersion::draft(resume.data.clone());
    Ok(insert(transaction, resume.account_id, resume.id, draft).await?.id)
}

/// The newest version of the person's own words.
async fn newest_own(
    db: &impl ConnectionTrait,
    resume: &super::Model,
) -> Result<Option<Model>, DbErr> {
    own(resume.account_id, resume.id)
        .filter(Column::Kind.ne(Kind::Tailored))
        .order_by_desc(Column::Id)
        .one(db)
        .await
}
