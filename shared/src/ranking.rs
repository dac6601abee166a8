//! Which postings fit a resume best, and which resumes a posting: features kept in SQL, the best checked in full.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ats::feature::{PostingFeature, ResumeFeature, likely_score};
use crate::ats::{self, Report};
use crate::posting::facts::{self, PostingFacts};
use crate::resume::json::JsonResume;
use crate::taxonomy::Taxonomy;
use crate::{posting, resume, time};

pub mod posting_feature;
pub mod resume_feature;

/// The most rows of a person that are ranked, the newest first.
pub const MOST: u64 = 10_000;

/// The most that is answered with.
pub const MOST_SHOWN: usize = 100;

/// Rows whose features are made anew in one go.
const BATCH: usize = 200;

/// The features of whatever changed are made when they are next needed, or right after the change.
#[derive(Clone, Debug)]
pub struct Rankings {
    db: DatabaseConnection,
}

/// Which of a person's rows to rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    All,
    These(Vec<Uuid>),
}

/// A pair that was checked in full.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub id: Uuid,
    pub title: Option<String>,
    pub company: Option<String>,
    pub report: Report,
}

/// The best pairs, and how many there were.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    pub best: Vec<Ranked>,
    pub compared: usize,
    /// Postings that ask for nothing.
    pub without_requirements: usize,
}

impl Rankings {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// A person's postings, the best for this resume first.
    pub async fn postings(
        &self,
        resume: &resume::Model,
        choice: &Choice,
        limit: usize,
        today: NaiveDate,
    ) -> Result<Ranking, DbErr> {
        let features = self.posting_features(resume.account_id, choice).await?;
        let data = resume.data.clone();
        let (order, mut ranking) = run(move || {
            let own = ResumeFeature::of(&data, Some(today));
            order(features, limit, |feature| likely_score(&own, feature))
        })
        .await?;
        let rows = posting::Entity::find()
            .filter(posting::Column::AccountId.eq(resume.account_id))
            .filter(posting::Column::Id.is_in(order))
            .all(&self.db)
            .await?;
        let data = resume.data.clone();
        ranking.best = run(move || {
            let checked = rows.into_iter().filter_map(|row| {
                let facts = facts::read(&row.text);
                let report = ats::check(&data, Some(&facts), None, Some(today));
                report.matching.is_some().then(|| Ranked {
                    id: row.id,
                    title: row.title.or(facts.title),
                    company: row.company.or(facts.company),
                    report,
                })
            });
            best(checked.collect(), limit)
        })
        .await?;
        Ok(ranking)
    }

    /// A person's resumes, the best for this posting first.
    pub async fn resumes(
        &self,
        account_id: Uuid,
        facts: &PostingFacts,
        choice: &Choice,
        limit: usize,
        today: NaiveDate,
    ) -> Result<Ranking, DbErr> {
        let features = self.resume_features(account_id, choice, today).await?;
        let own = PostingFeature::of(facts);
        let (order, mut ranking) =
            run(move || order(features, limit, |feature| likely_score(feature, &own))).await?;
        let rows = resume::Entity::find()
            .filter(resume::Column::AccountId.eq(account_id))
            .filter(resume::Column::Id.is_in(order))
            .all(&self.db)
            .await?;
        let facts = facts.clone();
        ranking.best = run(move || {
            let checked = rows.into_iter().map(|row| Ranked {
                id: row.id,
                report: ats::check(&row.data, Some(&facts), None, Some(today)),
                title: row.data.basics.label,
                company: None,
            });
            best(checked.filter(|one| one.report.matching.is_some()).collect(), limit)
        })
        .await?;
        Ok(ranking)
    }

    /// Makes the features of a posting that was just written, behind the answer. If that
    /// fails or the process ends first, the next ranking makes them.
    pub fn look_at_posting(&self, row: &posting::Model) {
        let (rankings, row) = (self.clone(), row.clone());
        tokio::spawn(async move {
            let (account, id, revision) = (row.account_id, row.id, row.revision);
            let feature = run(move || PostingFeature::of(&facts::read(&row.text))).await?;
            rankings.keep_postings(account, &[(id, revision, &feature)]).await
        });
    }

    /// As [`Rankings::look_at_posting`], for a resume.
    pub fn look_at_resume(&self, row: &resume::Model) {
        let (rankings, row) = (self.clone(), row.clone());
        let today = time::now().date_naive();
        tokio::spawn(async move {
            let (account, id, revision) = (row.account_id, row.id, row.revision);
            let feature = run(move || ResumeFeature::of(&row.data, Some(today))).await?;
            rankings.keep_resumes(account, &[(id, revision, &feature)], today).await
        });
    }

    async fn posting_features(
        &self,
        account_id: Uuid,
        choice: &Choice,
    ) -> Result<Vec<(Uuid, PostingFeature)>, DbErr> {
        let mut rows = posting::Entity::find()
            .select_only()
            .columns([posting::Column::Id, posting::Column::Revision])
            .filter(posting::Column::AccountId.eq(account_id))
            .order_by_desc(posting::Column::Id)
            .limit(MOST);
        let mut kept = posting_feature::Entity::find()
            .filter(posting_feature::Column::AccountId.eq(account_id))
            .filter(posting_feature::Column::Version.eq(version()));
        if let Choice::These(ids) = choice {
            rows = rows.filter(posting::Column::Id.is_in(ids.iter().copied()));
            kept = kept.filter(posting_feature::Column::PostingId.is_in(ids.iter().copied()));
        }
        let rows: Vec<(Uuid, i64)> = rows.into_tuple().all(&self.db).await?;
        let kept = kept.all(&self.db).await?;
        let kept = kept.into_iter().map(|row| (row.posting_id, (row.revision, row.body))).collect();
        let (mut found, stale) = run(move || sorted_out(rows, &kept)).await?;
        for batch in stale.chunks(BATCH) {
            let texts: Vec<posting::Model> = posting::Entity::find()
                .filter(posting::Column::AccountId.eq(account_id))
                .filter(posting::Column::Id.is_in(batch.iter().copied()))
                .all(&self.db)
                .await?;
            let made: Vec<(Uuid, i64, PostingFeature)> = run(move || {
                texts
                    .iter()
                    .map(|row| (row.id, row.revision, PostingFeature::of(&facts::read(&row.text))))
                    .collect()
            })
            .await?;
            let rows: Vec<_> = made.iter().map(|(id, at, feature)| (*id, *at, feature)).collect();
            self.keep_postings(account_id, &rows).await?;
            found.extend(made.into_iter().map(|(id, _, feature)| (id, feature)));
        }
        Ok(found)
    }

    async fn resume_features(
        &self,
        account_id: Uuid,
        choice: &Choice,
        today: NaiveDate,
    ) -> Result<Vec<(Uuid, ResumeFeature)>, DbErr> {
        let mut rows = resume::Entity::find()
            .select_only()
            .columns([resume::Column::Id, resume::Column::Revision])
            .filter(resume::Column::AccountId.eq(account_id))
            .order_by_desc(resume::Column::Id)
            .limit(MOST);
        let mut kept = resume_feature::Entity::find()
            .filter(resume_feature::Column::AccountId.eq(account_id))
            .filter(resume_feature::Column::Version.eq(monthly_version(today)));
        if let Choice::These(ids) = choice {
            rows = rows.filter(resume::Column::Id.is_in(ids.iter().copied()));
            kept = kept.filter(resume_feature::Column::ResumeId.is_in(ids.iter().copied()));
        }
        let rows: Vec<(Uuid, i64)> = rows.into_tuple().all(&self.db).await?;
        let kept = kept.all(&self.db).await?;
        let kept = kept.into_iter().map(|row| (row.resume_id, (row.revision, row.body))).collect();
        let (mut found, stale) = run(move || sorted_out(rows, &kept)).await?;
        for batch in stale.chunks(BATCH) {
            let rows: Vec<resume::Model> = resume::Entity::find()
                .filter(resume::Column::AccountId.eq(account_id))
                .filter(resume::Column::Id.is_in(batch.iter().copied()))
                .all(&self.db)
                .await?;
            let made: Vec<(Uuid, i64, ResumeFeature)> = run(move || {
                rows.iter()
                    .map(|row| (row.id, row.revision, ResumeFeature::of(&row.data, Some(today))))
                    .collect()
            })
            .await?;
            let rows: Vec<_> = made.iter().map(|(id, at, feature)| (*id, *at, feature)).collect();
            self.keep_resumes(account_id, &rows, today).await?;
            found.extend(made.into_iter().map(|(id, _, feature)| (id, feature)));
        }
        Ok(found)
    }

    async fn keep_postings(
        &self,
        account_id: Uuid,
        rows: &[(Uuid, i64, &PostingFeature)],
    ) -> Result<(), DbErr> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = rows.iter().map(|(id, revision, feature)| {
            Ok(posting_feature::ActiveModel {
                posting_id: Set(*id),
                account_id: Set(account_id),
                revision: Set(*revision),
                version: Set(version()),
                body: Set(body(feature)?),
            })
        });
        posting_feature::Entity::insert_many(rows.collect::<Result<Vec<_>, DbErr>>()?)
            .on_conflict(
                OnConflict::column(posting_feature::Column::PostingId)
                    .update_columns([
                        posting_feature::Column::Revision,
                        posting_feature::Column::Version,
                        posting_feature::Column::Body,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    async fn keep_resumes(
        &self,
        account_id: Uuid,
        rows: &[(Uuid, i64, &ResumeFeature)],
        today: NaiveDate,
    ) -> Result<(), DbErr> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = rows.iter().map(|(id, revision, feature)| {
            Ok(resume_feature::ActiveModel {
                resume_id: Set(*id),
                account_id: Set(account_id),
                revision: Set(*revision),
                version: Set(monthly_version(today)),
                body: Set(body(feature)?),
            })
        });
        resume_feature::Entity::insert_many(rows.collect::<Result<Vec<_>, DbErr>>()?)
            .on_conflict(
                OnConflict::column(resume_feature::Column::ResumeId)
                    .update_columns([
                        resume_feature::Column::Revision,
                        resume_feature::Column::Version,
                        resume_feature::Column::Body,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }
}

/// Features made by other rules or other names tell nothing today.
fn version() -> String {
    format!("{}/{}", ats::ALGORITHM, Taxonomy::builtin().version())
}

/// A current job grows by a month each month.
fn monthly_version(today: NaiveDate) -> String {
    format!("{}/{}", version(), today.format("%Y-%m"))
}

fn body<T: Serialize>(feature: &T) -> Result<String, DbErr> {
    serde_json::to_string(feature).map_err(|error| DbErr::Json(error.to_string()))
}

type Kept = HashMap<Uuid, (i64, String)>;

/// The features that are still true, and the rows that need new ones.
fn sorted_out<T: DeserializeOwned>(
    rows: Vec<(Uuid, i64)>,
    kept: &Kept,
) -> (Vec<(Uuid, T)>, Vec<Uuid>) {
    let mut found = Vec::with_capacity(rows.len());
    let mut stale = Vec::new();
    for (id, revision) in rows {
        let body = kept.get(&id).filter(|(at, _)| *at == revision).map(|(_, body)| body);
        match body.and_then(|body| serde_json::from_str(body).ok()) {
            Some(feature) => found.push((id, feature)),
            None => stale.push(id),
        }
    }
    (found, stale)
}

/// The likeliest, some more than are asked for, because the full check may change their order.
fn order<T>(
    features: Vec<(Uuid, T)>,
    limit: usize,
    score: impl Fn(&T) -> Option<f64>,
) -> (Vec<Uuid>, Ranking) {
    let mut ranking = Ranking { compared: features.len(), ..Ranking::default() };
    let mut scored: Vec<(f64, Uuid)> = Vec::with_capacity(features.len());
    for (id, feature) in features {
        match score(&feature) {
            Some(score) => scored.push((score, id)),
            None => ranking.without_requirements += 1,
        }
    }
    scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)));
    scored.truncate(limit + limit / 2 + 10);
    (scored.into_iter().map(|(_, id)| id).collect(), ranking)
}

/// The highest scores first; of equals the newest.
fn best(mut checked: Vec<Ranked>, limit: usize) -> Vec<Ranked> {
    let score = |one: &Ranked| one.report.matching.as_ref().map(|matching| matching.score);
    checked.sort_by(|one, other| score(other).cmp(&score(one)).then(other.id.cmp(&one.id)));
    checked.truncate(limit);
    checked
}

/// Away from the threads that answer requests.
async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, DbErr> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| DbErr::Custom(format!("ranking was interrupted: {error}")))
}

/// What the rules read out of a posting's text, away from the threads that answer requests.
pub async fn read_posting(text: String) -> Result<PostingFacts, DbErr> {
    run(move || facts::read(&text)).await
}

/// Matches one pair by the rules, away from the threads that answer requests.
pub async fn check(
    resume: JsonResume,
    facts: PostingFacts,
    today: NaiveDate,
) -> Result<Report, DbErr> {
    run(move || ats::check(&resume, Some(&facts), None, Some(today))).await
}
