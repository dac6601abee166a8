//! The processes that run operations, by their last beat.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, QueryOrder, Set};

use crate::config::Concurrency;
use crate::database::{now, seconds_from_now};
use crate::operation::Kind;
use crate::time;

/// Looks at the fleet, a second apart, after which a worker without a new beat is taken for dead.
/// It beats every second, so this many looks in a row are no accident.
const SILENT_LOOKS: u32 = 3;

/// A worker that has not been heard of for this long is gone.
const GONE_AFTER: f64 = 30.0;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub host: String,
    pub pid: i32,
    pub version: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub concurrency: Concurrency,
    pub started_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A process that runs operations, as it introduces itself.
#[derive(Clone, Debug)]
pub struct Introduction {
    pub id: String,
    pub host: String,
    pub concurrency: Concurrency,
    pub started_at: DateTime<Utc>,
}

/// How many operations of a kind the workers that are alive can run at once.
pub(crate) async fn capacity(db: &impl ConnectionTrait, kind: Kind) -> Result<u64, DbErr> {
    let alive = Entity::find()
        .filter(Expr::col(Column::SeenAt).gte(seconds_from_now(db, -GONE_AFTER)))
        .all(db)
        .await?;
    Ok(alive.iter().map(|row| row.concurrency.of(kind) as u64).sum())
}

#[derive(Clone, Debug)]
pub struct Fleet {
    db: DatabaseConnection,
}

impl Fleet {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Says that the process is alive, and forgets those that are not.
    pub async fn beat(&self, who: &Introduction) -> Result<(), DbErr> {
        let row = ActiveModel {
            id: Set(who.id.clone()),
            host: Set(who.host.clone()),
            pid: Set(i32::try_from(std::process::id()).unwrap_or(i32::MAX)),
            version: Set(env!("CARGO_PKG_VERSION").to_owned()),
            concurrency: Set(who.concurrency),
            started_at: Set(who.started_at),
            seen_at: Set(time::now()),
        };
        let seen = OnConflict::column(Column::Id).value(Column::SeenAt, now(&self.db)).to_owned();
        Entity::insert(row).on_conflict(seen).exec_without_returning(&self.db).await?;
        Entity::delete_many()
            .filter(Expr::col(Column::SeenAt).lt(seconds_from_now(&self.db, -GONE_AFTER)))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    pub async fn leave(&self, id: &str) -> Result<(), DbErr> {
        Entity::delete_by_id(id).exec(&self.db).await?;
        Ok(())
    }

    /// How many workers have been heard of lately.
    pub async fn alive(&self) -> Result<u64, DbErr> {
        let lately = Expr::col(Column::SeenAt).gte(seconds_from_now(&self.db, -GONE_AFTER));
        Entity::find().filter(lately).count(&self.db).await
    }

    pub async fn list(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find().order_by_asc(Column::Id).all(&self.db).await
    }
}

/// Who of the fleet has fallen silent, as one process sees it.
///
/// It counts looks, not time: while the database is away nobody can look and nobody
/// can beat, so nobody is taken for dead because of it.
#[derive(Debug, Default)]
pub struct Watch {
    beats: HashMap<String, (DateTime<Utc>, u32)>,
}

impl Watch {
    /// Takes note of the fleet as it is now. Returns the ids of those who are silent.
    pub fn look(&mut self, fleet: Vec<Model>) -> Vec<String> {
        let seen = |worker: Model| {
            let looks = match self.beats.get(&worker.id) {
                Some((beat, looks)) if *beat == worker.seen_at => looks + 1,
                Some(_) | None => 0,
            };
            (worker.id, (worker.seen_at, looks))
        };
        self.beats = fleet.into_iter().map(seen).collect();
        let silent = self.beats.iter().filter(|(_, (_, looks))| *looks >= SILENT_LOOKS);
        silent.map(|(id, _)| id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};

    use super::{Model, SILENT_LOOKS, Watch};
    use crate::config::Concurrency;

    fn worker(id: &str, beat: u32) -> Model {
        let start = chrono::DateTime::<Utc>::UNIX_EPOCH;
        Model {
            id: id.to_owned(),
            host: "host".to_owned(),
            pid: 1,
            version: "1".to_owned(),
            concurrency: Concurrency { parse: 1, ats: 1, tailor: 1 },
            started_at: start,
            seen_at: start + TimeDelta::seconds(i64::from(beat)),
        }
    }

    #[test]
    fn a_worker_whose_beat_stands_still_is_silent_after_a_few_looks() {
        let mut watch = Watch::default();

        let looks = (0..=SILENT_LOOKS)
            .map(|look| watch.look(vec![worker("dead", 0), worker("alive", look)]));
        let silent: Vec<Vec<String>> = looks.collect();

        let (last, before) = silent.split_last().unwrap();
        assert!(before.iter().all(Vec::is_empty), "{silent:?}");
        assert_eq!(last, &["dead"]);
    }

    #[test]
    fn a_worker_that_beats_again_is_not_silent() {
        let mut watch = Watch::default();
        for _ in 0..=SILENT_LOOKS {
            watch.look(vec![worker("slow", 0)]);
        }

        assert!(watch.look(vec![worker("slow", 1)]).is_empty());
    }
}
