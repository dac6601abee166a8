//! Alerts: one for each thing that is wrong, from when it is seen first until it is seen no more.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, QueryOrder, Set};

use super::notice::{self, Channel, Event};
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::page::{Page, PageRequest, newest};
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub rule: Rule,
    /// Which kind of operation, which model; empty where there is one of its kind only.
    pub subject: String,
    pub severity: Severity,
    /// One sentence, without anybody's data.
    pub summary: String,
    pub opened_at: DateTime<Utc>,
    /// When it was last seen to be so.
    pub seen_at: DateTime<Utc>,
    pub resolved_at: Option<DateTime<Utc>>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The one list of what alerts are about; each has its entry in `docs/RUNBOOK.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Rule {
    SuccessRate,
    Latency,
    QueueStuck,
    NoWorker,
    BreakerOpen,
    CostSpike,
    LedgerMismatch,
    DeadDeliveries,
}

impl Rule {
    pub const ALL: [Self; 8] = [
        Self::SuccessRate,
        Self::Latency,
        Self::QueueStuck,
        Self::NoWorker,
        Self::BreakerOpen,
        Self::CostSpike,
        Self::LedgerMismatch,
        Self::DeadDeliveries,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuccessRate => "success_rate",
            Self::Latency => "latency",
            Self::QueueStuck => "queue_stuck",
            Self::NoWorker => "no_worker",
            Self::BreakerOpen => "breaker_open",
            Self::CostSpike => "cost_spike",
            Self::LedgerMismatch => "ledger_mismatch",
            Self::DeadDeliveries => "dead_deliveries",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Severity {
    Warning,
    Critical,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// Something that is wrong now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: Rule,
    pub subject: String,
    pub severity: Severity,
    pub summary: String,
}

/// What is and was wrong.
#[derive(Clone, Debug)]
pub struct Alerts {
    db: DatabaseConnection,
    /// Who is told of alerts beside the log.
    pub(crate) channels: Vec<Channel>,
}

impl Alerts {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, channels: Vec::new() }
    }

    /// Takes in what a look at these rules has found: what is new is raised, what is found no
    /// more is over. Safe to repeat, and for several processes at once.
    pub async fn observe(&self, rules: &[Rule], found: Vec<Finding>) -> Result<(), DbErr> {
        let open = Entity::find()
            .filter(Column::Rule.is_in(rules.iter().copied()))
            .filter(Column::ResolvedAt.is_null())
            .all(&self.db)
            .await?;
        for alert in open {
            let same = |one: &Finding| one.rule == alert.rule && one.subject == alert.subject;
            if !found.iter().any(same) {
                self.resolve(alert).await?;
            }
        }
        for finding in found {
            self.raise(finding).await?;
        }
        Ok(())
    }

    async fn raise(&self, finding: Finding) -> Result<(), DbErr> {
        let (id, now) = (Uuid::now_v7(), time::now());
        let transaction = begin(&self.db).await?;
        let row = ActiveModel {
            id: Set(id),
            rule: Set(finding.rule),
            subject: Set(finding.subject.clone()),
            severity: Set(finding.severity),
            summary: Set(finding.summary.clone()),
            opened_at: Set(now),
            seen_at: Set(now),
            resolved_at: Set(None),
            acknowledged_at: Set(None),
            acknowledged_by: Set(None),
        };
        let keep = OnConflict::columns([Column::Rule, Column::Subject])
            .target_and_where(Expr::col(Column::ResolvedAt).is_null())
            .do_nothing()
            .to_owned();
        let added =
            Entity::insert(row).on_conflict(keep).exec_without_returning(&transaction).await?;
        let told = if added == 1 {
            notice::post(&transaction, id, Event::Opened, &self.channels).await?;
            Some(Event::Opened)
        } else {
            self.see_again(&transaction, &finding).await?
        };
        transaction.commit().await?;
        if let Some(event) = told {
            log(event, &finding);
        }
        Ok(())
    }

    /// What is open already is seen once more; it is told again only when it has become worse.
    async fn see_again(
        &self,
        transaction: &impl ConnectionTrait,
        finding: &Finding,
    ) -> Result<Option<Event>, DbErr> {
        let open = Entity::find()
            .filter(Column::Rule.eq(finding.rule))
            .filter(Column::Subject.eq(&finding.subject))
            .filter(Column::ResolvedAt.is_null())
            .one(transaction)
            .await?;
        let Some(open) = open else { return Ok(None) };
        let seen = ActiveModel {
            severity: Set(finding.severity),
            summary: Set(finding.summary.clone()),
            seen_at: Set(time::now()),
            ..Default::default()
        };
        // By the old severity, so that of two who see it at once one tells.
        let changed = Entity::update_many()
            .set(seen)
            .filter(Column::Id.eq(open.id))
            .filter(Column::Severity.eq(open.severity))
            .exec(transaction)
            .await?;
        if changed.rows_affected == 0 || finding.severity <= open.severity {
            return Ok(None);
        }
        notice::post(transaction, open.id, Event::Worsened, &self.channels).await?;
        Ok(Some(Event::Worsened))
    }

    async fn resolve(&self, alert: Model) -> Result<(), DbErr> {
        let transaction = begin(&self.db).await?;
        let over = ActiveModel { resolved_at: Set(Some(time::now())), ..Default::default() };
        let resolved = Entity::update_many()
            .set(over)
            .filter(Column::Id.eq(alert.id))
            .filter(Column::ResolvedAt.is_null())
            .exec(&transaction)
            .await?;
        if resolved.rows_affected == 1 {
            notice::post(&transaction, alert.id, Event::Recovered, &self.channels).await?;
        }
        transaction.commit().await?;
        if resolved.rows_affected == 1 {
            tracing::info!(alert.rule = alert.rule.as_str(), alert.subject = %alert.subject, "an alert is over");
        }
        Ok(())
    }

    /// Those that are open, the newest first, or all that there were.
    pub async fn list(&self, only_open: bool, page: PageRequest) -> Result<Page<Model>, DbErr> {
        let mut rows = Entity::find();
        if only_open {
            rows = rows.filter(Column::ResolvedAt.is_null());
        }
        newest(&self.db, rows, (Column::Id, |row| row.id), page).await
    }

    /// Those that are open.
    pub async fn open(&self) -> Result<Vec<Model>, DbErr> {
        let open = Entity::find().filter(Column::ResolvedAt.is_null());
        open.order_by_desc(Column::Id).all(&self.db).await
    }

    /// Says that somebody is on it. Again is no different; the first stands. `None`: there is no such alert.
    pub async fn acknowledge(&self, mandate: &Mandate, id: Uuid) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let change = ActiveModel {
            acknowledged_at: Set(Some(time::now())),
            acknowledged_by: Set(Some(mandate.actor_id)),
            ..Default::default()
        };
        let changed = Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(id))
            .filter(Column::AcknowledgedAt.is_null())
            .exec(&transaction)
            .await?;
        if changed.rows_affected == 1 {
            let target = format!("alert/{id}");
            let deed = Deed { action: Action::AcknowledgeAlert, target, detail: None };
            audit::append(&transaction, mandate, deed).await?;
        }
        let alert = Entity::find_by_id(id).one(&transaction).await?;
        transaction.commit().await?;
        Ok(alert)
    }

    /// Forgets alerts that were over before this time.
    pub async fn forget(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let old = Entity::delete_many().filter(Column::ResolvedAt.lt(before));
        Ok(old.exec(&self.db).await?.rows_affected)
    }

    /// Sends what is to be told and has not been.
    pub async fn deliver(&self) -> Result<(), DbErr> {
        notice::deliver(&self.db, &self.channels).await
    }
}

fn log(event: Event, finding: &Finding) {
    let Finding { rule, subject, severity, summary } = finding;
    let (rule, event) = (rule.as_str(), event.as_str());
    match severity {
        Severity::Warning => {
            tracing::warn!(alert.rule = rule, alert.subject = %subject, alert.event = event, %summary, "an alert is raised");
        }
        Severity::Critical => {
            tracing::error!(alert.rule = rule, alert.subject = %subject, alert.event = event, %summary, "an alert is raised");
        }
    }
}
