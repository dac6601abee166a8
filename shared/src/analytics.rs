//! What people use, kept here and nowhere else: names, days and counts, never anybody's words.
//!
//! An event is noted in memory and written a moment later, many at once, so that nobody waits for it. A process
//! that dies takes the last second's events along; nothing that is promised to anybody hangs on them.

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, QuerySelect, Set};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::database::begin;
use crate::time;

pub mod editor;
pub mod report;
pub mod table;

use table::{active, event, opt_out, total};

/// How often events are written.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// Events that may wait for the database; more are dropped.
const MOST_WAITING: usize = 20_000;

/// Rows of one statement: databases bound how many values it may have.
const ROWS: usize = 1_000;

/// The one list of what is noted, each with the place of its bit in `analytics_active.did`: a new one goes
/// last, and none is ever moved.
macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $text:literal $bit:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Event { $($(#[$doc])* $name),* }

        impl Event {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Its bit among what a person did on a day.
            pub fn bit(self) -> i64 {
                1 << match self { $(Self::$name => $bit),* }
            }
        }
    };
}

events! {
    SignedUp "signed_up" 0
    DocumentUploaded "document_uploaded" 1
    ResumeParsed "resume_parsed" 2
    ParseFailed "parse_failed" 3
    ResumeEdited "resume_edited" 4
    PostingAdded "posting_added" 5
    ResumeMatched "resume_matched" 6
    MatchFailed "match_failed" 7
    ResumeTailored "resume_tailored" 8
    TailorFailed "tailor_failed" 9
    ProposalAccepted "proposal_accepted" 10
    ProposalRejected "proposal_rejected" 11
    ProposalReworded "proposal_reworded" 12
    GapAnswered "gap_answered" 13
    TailoringApplied "tailoring_applied" 14
    ResumeExported "resume_exported" 15
    VersionRestored "version_restored" 16
    BatchStarted "batch_started" 17
    OperationCanceled "operation_canceled" 18
    CapReached "cap_reached" 19
    QuotaReached "quota_reached" 20
    Upgraded "upgraded" 21
    Downgraded "downgraded" 22
    EditorOpened "editor_opened" 23
    EvidenceOpened "evidence_opened" 24
    ProposalViewed "proposal_viewed" 25
    VersionCompared "version_compared" 26
    TemplatePreviewed "template_previewed" 27
    HelpOpened "help_opened" 28
    OnboardingStep "onboarding_step" 29
}

/// Something somebody did.
#[derive(Clone, Debug)]
struct Noted {
    account_id: Uuid,
    event: Event,
    fields: Option<Json>,
    at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct Analytics {
    pub(crate) db: DatabaseConnection,
    waiting: Arc<Mutex<Vec<Noted>>>,
}

impl Analytics {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, waiting: Arc::default() }
    }

    /// Notes that somebody did something. Costs nobody any time.
    pub fn note(&self, account_id: Uuid, event: Event) {
        self.wait([Noted { account_id, event, fields: None, at: time::now() }]);
    }

    /// Notes what an editor tells.
    pub fn note_told(&self, account_id: Uuid, told: Vec<editor::Told>) {
        let at = time::now();
        let noted = told.into_iter().map(|editor::Told { event, fields }| Noted {
            account_id,
            event,
            fields: (!fields.is_empty()).then(|| fields.into()),
            at,
        });
        self.wait(noted);
    }

    fn wait(&self, noted: impl IntoIterator<Item = Noted>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(noted);
        waiting.truncate(MOST_WAITING);
    }

    /// Writes events until told to stop, and then those that wait.
    pub async fn keep_writing(self, stop: CancellationToken) {
        let mut ticks = interval(WRITE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let stopped = stop.run_until_cancelled(ticks.tick()).await.is_none();
            if let Err(error) = self.write().await {
                tracing::warn!(%error, "what people use cannot be written down");
            }
            if stopped {
                return;
            }
        }
    }

    /// Writes the events that wait; those that the database does not take wait on.
    pub async fn write(&self) -> Result<(), DbErr> {
        let noted = take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if noted.is_empty() {
            return Ok(());
        }
        let written = self.write_all(&noted).await;
        if written.is_err() {
            self.wait(noted);
        }
        written
    }

    async fn write_all(&self, noted: &[Noted]) -> Result<(), DbErr> {
        let mut people: Vec<Uuid> = noted.iter().map(|one| one.account_id).collect();
        people.sort_unstable();
        people.dedup();
        let transaction = begin(&self.db).await?;
        let kept = self.willing(&transaction, people).await?;
        let noted: Vec<&Noted> =
            noted.iter().filter(|one| kept.contains(&one.account_id)).collect();
        for rows in noted.chunks(ROWS) {
            let rows = rows.iter().map(|one| event::ActiveModel {
                id: Set(Uuid::now_v7()),
                account_id: Set(one.account_id),
                name: Set(one.event.as_str().to_owned()),
                fields: Set(one.fields.clone()),
                at: Set(one.at),
            });
            event::Entity::insert_many(rows).exec_without_returning(&transaction).await?;
        }
        add_up(&transaction, &noted).await?;
        transaction.commit().await
    }

    /// Those who are there and have not said no, in order: two processes that write for the same people
    /// then wait for each other, and not both.
    async fn willing(
        &self,
        transaction: &impl ConnectionTrait,
        people: Vec<Uuid>,
    ) -> Result<Vec<Uuid>, DbErr> {
        use crate::account;
        let mut willing = Vec::new();
        for people in people.chunks(ROWS) {
            let unwilling: Vec<Uuid> = opt_out::Entity::find()
                .filter(opt_out::Column::AccountId.is_in(people.iter().copied()))
                .select_only()
                .column(opt_out::Column::AccountId)
                .into_tuple()
                .all(transaction)
                .await?;
            let there: Vec<Uuid> = account::Entity::find()
                .filter(account::Column::Id.is_in(people.iter().copied()))
                .select_only()
                .column(account::Column::Id)
                .into_tuple()
                .all(transaction)
                .await?;
            willing.extend(there.into_iter().filter(|one| !unwilling.contains(one)));
        }
        Ok(willing)
    }

    /// Whether events of the person are kept.
    pub async fn is_kept(&self, account_id: Uuid) -> Result<bool, DbErr> {
        Ok(opt_out::Entity::find_by_id(account_id).one(&self.db).await?.is_none())
    }

    /// From here on none are kept of the person, and those that were are gone.
    pub async fn stop_keeping(&self, account_id: Uuid) -> Result<(), DbErr> {
        let transaction = begin(&self.db).await?;
        let row = opt_out::ActiveModel { account_id: Set(account_id), at: Set(time::now()) };
        let keep = OnConflict::column(opt_out::Column::AccountId).do_nothing().to_owned();
        opt_out::Entity::insert(row).on_conflict(keep).exec_without_returning(&transaction).await?;
        let own = event::Entity::delete_many().filter(event::Column::AccountId.eq(account_id));
        own.exec(&transaction).await?;
        let own = active::Entity::delete_many().filter(active::Column::AccountId.eq(account_id));
        own.exec(&transaction).await?;
        transaction.commit().await
    }

    /// From here on they are kept again.
    pub async fn keep_again(&self, account_id: Uuid) -> Result<(), DbErr> {
        opt_out::Entity::delete_by_id(account_id).exec(&self.db).await?;
        Ok(())
    }

    /// Forgets what is older than it may be.
    pub async fn sweep(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let day = before.date_naive();
        let old = event::Entity::delete_many().filter(event::Column::At.lt(before));
        let gone = old.exec(&self.db).await?.rows_affected;
        active::Entity::delete_many().filter(active::Column::Day.lt(day)).exec(&self.db).await?;
        total::Entity::delete_many().filter(total::Column::Day.lt(day)).exec(&self.db).await?;
        Ok(gone)
    }
}

/// Adds the events to the sums that reports read.
async fn add_up(transaction: &impl ConnectionTrait, noted: &[&Noted]) -> Result<(), DbErr> {
    let mut totals: BTreeMap<(NaiveDate, &'static str), i64> = BTreeMap::new();
    let mut did: BTreeMap<(Uuid, NaiveDate), i64> = BTreeMap::new();
    for one in noted {
        let day = one.at.date_naive();
        *totals.entry((day, one.event.as_str())).or_default() += 1;
        *did.entry((one.account_id, day)).or_default() |= one.event.bit();
    }
    let rows: Vec<_> = totals.into_iter().collect();
    for rows in rows.chunks(ROWS) {
        let rows = rows.iter().map(|((day, name), events)| total::ActiveModel {
            day: Set(*day),
            name: Set((*name).to_owned()),
            events: Set(*events),
        });
        let more = Expr::col((total::Entity, total::Column::Events))
            .add(Expr::col(("excluded", total::Column::Events)));
        let add = OnConflict::columns([total::Column::Day, total::Column::Name])
            .value(total::Column::Events, more)
            .to_owned();
        let insert = total::Entity::insert_many(rows).on_conflict(add);
        insert.exec_without_returning(transaction).await?;
    }
    let rows: Vec<_> = did.into_iter().collect();
    for rows in rows.chunks(ROWS) {
        let rows = rows.iter().map(|((account_id, day), did)| active::ActiveModel {
            account_id: Set(*account_id),
            day: Set(*day),
            did: Set(*did),
        });
        let all = Expr::cust("analytics_active.did | excluded.did");
        let add = OnConflict::columns([active::Column::AccountId, active::Column::Day])
            .value(active::Column::Did, all)
            .to_owned();
        let insert = active::Entity::insert_many(rows).on_conflict(add);
        insert.exec_without_returning(transaction).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Event;

    #[test]
    fn every_event_has_a_name_and_a_bit_of_its_own() {
        let names: BTreeSet<&str> = Event::ALL.iter().map(|event| event.as_str()).collect();
        let bits: BTreeSet<i64> = Event::ALL.iter().map(|event| event.bit()).collect();

        assert_eq!((names.len(), bits.len()), (Event::ALL.len(), Event::ALL.len()));
        assert!(bits.iter().all(|bit| *bit > 0));
    }
}
