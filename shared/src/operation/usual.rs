//! What operations usually take: medians by kind, mode and engine, worked out now
//! and then, so that an estimate reads one row.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Set};

use super::input::{Engine, Input};
use super::{Column as Operation, Entity as Table, Kind, Operations, State};
use crate::tailoring::Mode;
use crate::time;

/// The latest operations of a kind that the medians are taken from.
const RECENT: u64 = 200;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usual")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    /// `full` or `partial` for tailorings, `whole` for all else.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mode: String,
    /// The engine that was asked for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub engine: String,
    pub median_ms: i64,
    /// From how many operations.
    pub samples: i32,
    pub updated_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

type Key = (Kind, &'static str, &'static str);

fn key(input: &Input) -> Key {
    let (kind, mode, engine) = match input {
        Input::Parse { engine, .. } => (Kind::Parse, "whole", engine),
        Input::Ats { engine, .. } => (Kind::Ats, "whole", engine),
        Input::Tailor { engine, options, .. } => match options.mode {
            Mode::Full => (Kind::Tailor, "full", engine),
            Mode::Partial => (Kind::Tailor, "partial", engine),
        },
        Input::Redraft { engine, .. } => (Kind::Tailor, "partial", engine),
    };
    let engine = match engine {
        Engine::Auto => "auto",
        Engine::Rules => "rules",
        Engine::Model => "model",
    };
    (kind, mode, engine)
}

/// The median of such operations; a guess before any has succeeded.
pub(crate) async fn usual(db: &impl ConnectionTrait, input: &Input) -> Result<Duration, DbErr> {
    let (kind, mode, engine) = key(input);
    let row = Entity::find_by_id((kind, mode.to_owned(), engine.to_owned())).one(db).await?;
    let median = row.and_then(|row| u64::try_from(row.median_ms).ok()).map(Duration::from_millis);
    Ok(median.unwrap_or_else(|| first_guess(kind)))
}

fn first_guess(kind: Kind) -> Duration {
    match kind {
        Kind::Parse | Kind::Ats => Duration::from_secs(2),
        Kind::Tailor => Duration::from_secs(5),
    }
}

impl Operations {
    /// Takes the medians anew from the latest operations that succeeded.
    pub async fn refresh_usual(&self) -> Result<(), DbErr> {
        for kind in Kind::ALL {
            let mut groups: BTreeMap<Key, Vec<i64>> = BTreeMap::new();
            for (input, took) in self.recent(kind).await? {
                groups.entry(key(&input)).or_default().push(took);
            }
            for (key, mut times) in groups {
                times.sort_unstable();
                self.keep_usual(key, &times).await?;
            }
        }
        Ok(())
    }

    async fn recent(&self, kind: Kind) -> Result<Vec<(Input, i64)>, DbErr> {
        type Row = (Input, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
        let rows: Vec<Row> = Table::find()
            .select_only()
            .columns([Operation::Input, Operation::StartedAt, Operation::FinishedAt])
            .filter(Operation::Kind.eq(kind))
            .filter(Operation::State.eq(State::Succeeded))
            .filter(Operation::FinishedAt.is_not_null())
            .order_by_desc(Operation::FinishedAt)
            .limit(RECENT)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|(input, started, finished)| {
                Some((input, (finished? - started?).num_milliseconds().max(0)))
            })
            .collect())
    }

    async fn keep_usual(&self, key: Key, sorted: &[i64]) -> Result<(), DbErr> {
        let (kind, mode, engine) = key;
        let Some(median) = sorted.get(sorted.len() / 2) else { return Ok(()) };
        let row = ActiveModel {
            kind: Set(kind),
            mode: Set(mode.to_owned()),
            engine: Set(engine.to_owned()),
            median_ms: Set(*median),
            samples: Set(i32::try_from(sorted.len()).unwrap_or(i32::MAX)),
            updated_at: Set(time::now()),
        };
        let replace = OnConflict::columns([Column::Kind, Column::Mode, Column::Engine])
            .update_columns([Column::MedianMs, Column::Samples, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(())
    }
}
