//! Periodic work: once per fleet, caught up with, given on; and what it keeps or forgets.

use chrono::{TimeDelta, Utc};
use roleready_shared::account::Tier;
use roleready_shared::config::Concurrency;
use roleready_shared::database;
use roleready_shared::deps::Deps;
use roleready_shared::fleet::Introduction;
use roleready_shared::operation::claim::{Claim, GiveBack};
use roleready_shared::operation::estimate::Reason;
use roleready_shared::operation::failure::FailureCode;
use roleready_shared::operation::sweep::Swept;
use roleready_shared::operation::{Kind, Model};
use roleready_shared::resume::json::JsonResume;
use roleready_shared::schedule::{Task, TurnEnd};
use roleready_shared::testing::Installation;
use sea_orm::ConnectionTrait;

use crate::operation::{claimed, outcome, person, request, state, submitted};

async fn execute(installation: &Installation, sql: &str) {
    let db = database::connect(&installation.config()).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
}

/// The clock goes on by an hour, as the tasks see it.
async fn an_hour_passes(installation: &Installation) {
    let earlier = if is_postgres(installation) {
        "UPDATE task SET due_at = due_at - interval '1 hour', \
         lease_until = lease_until - interval '1 hour'"
    } else {
        "UPDATE task SET due_at = strftime('%Y-%m-%d %H:%M:%f+00:00', due_at, '-1 hour'), \
         lease_until = strftime('%Y-%m-%d %H:%M:%f+00:00', lease_until, '-1 hour')"
    };
    execute(installation, earlier).await;
}

fn is_postgres(installation: &Installation) -> bool {
    installation.variables().contains_key("DATABASE_URL")
}

#[tokio::test]
async fn a_task_that_is_due_is_taken_by_one_process_and_not_again_before_its_time() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        deps.schedule.prepare().await.unwrap();
        deps.schedule.prepare().await.unwrap();
        let task = Task::SweepOperations;
        let take = || deps.schedule.take(task, "process");

        let turns = futures::future::join_all((0..8).map(|_| take())).await;
        let mut turns: Vec<_> = turns.into_iter().filter_map(|turn| turn.unwrap()).collect();
        let turn = turns.pop().unwrap();
        assert!(turns.is_empty(), "taken once");
        assert_eq!(turn.since, None);
        assert!(!deps.schedule.due().await.unwrap().contains(&task));
        assert!(deps.schedule.end(turn, TurnEnd::Done).await.unwrap());
        assert!(take().await.unwrap().is_none(), "not due");

        an_hour_passes(&installation).await;
        assert!(deps.schedule.due().await.unwrap().contains(&task));
        assert!(take().await.unwrap().unwrap().since.is_some(), "it knows what it has to catch up");
    }
}

#[tokio::test]
async fn a_task_whose_process_died_goes_to_another_and_the_first_cannot_end_it() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        deps.schedule.prepare().await.unwrap();
        let take = || deps.schedule.take(Task::TidyQueues, "process");
        let lost = take().await.unwrap().unwrap();

        an_hour_passes(&installation).await;
        let turn = take().await.unwrap().unwrap();

        assert!(!deps.schedule.end(lost, TurnEnd::Done).await.unwrap());
        assert!(deps.schedule.end(turn, TurnEnd::Failed).await.unwrap());
        assert!(take().await.unwrap().is_none(), "a failed one waits a little");
        an_hour_passes(&installation).await;
        assert_eq!(take().await.unwrap().unwrap().since, None, "it never succeeded");
    }
}

#[tokio::test]
async fn operations_that_ended_long_ago_are_forgotten_and_all_others_kept() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (ended, claim) = claimed(&deps).await;
        deps.operations.fail(claim, FailureCode::Internal).await.unwrap();
        let (running, _) = claimed(&deps).await;
        let waiting = submitted(&deps).await;

        let early = deps.operations.sweep(Utc::now() - TimeDelta::minutes(1)).await.unwrap();
        let due = deps.operations.sweep(Utc::now() + TimeDelta::minutes(1)).await.unwrap();

        assert_eq!(early, Swept::default());
        assert_eq!(due, Swept { operations: 1, histories: 0 });
        assert!(deps.operations.look_up(ended.id).await.unwrap().is_none());
        for kept in [running, waiting] {
            assert!(deps.operations.look_up(kept.id).await.unwrap().is_some());
            assert!(!deps.operations.events_after(kept.id, 0).await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn an_operation_whose_tailoring_is_still_there_loses_only_its_history() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (ended, claim) = claimed(&deps).await;
        deps.operations.finish(claim, outcome()).await.unwrap();
        has_tailoring(&deps, &installation, &ended).await;
        let later = Utc::now() + TimeDelta::minutes(1);

        let swept = deps.operations.sweep(later).await.unwrap();
        let again = deps.operations.sweep(later).await.unwrap();

        assert_eq!(swept, Swept { operations: 0, histories: 1 });
        assert_eq!(again, Swept::default());
        let events = deps.operations.events_after(ended.id, 0).await.unwrap();
        assert_eq!(events.len(), 1);
        assert!(events[0].kind.is_terminal(), "streams still end");
    }
}

/// A tailoring row of the operation, with nothing in it.
async fn has_tailoring(deps: &Deps, installation: &Installation, operation: &Model) {
    let resume =
        deps.resumes.create(operation.account_id, JsonResume::default(), None).await.unwrap();
    let id = |id: uuid::Uuid| {
        if is_postgres(installation) { format!("'{id}'") } else { format!("x'{}'", id.simple()) }
    };
    let (account, operation, resume) = (id(operation.account_id), id(operation.id), id(resume.id));
    let sql = format!(
        "INSERT INTO tailoring (id, account_id, operation_id, resume_id, posting_id, \
         resume_revision, report, gaps, withheld, created_at) VALUES \
         ({operation}, {account}, {operation}, {resume}, {resume}, 1, '{{}}', '[]', '[]', \
         '2026-01-01 00:00:00+00:00')"
    );
    execute(installation, &sql).await;
}

fn worker() -> Introduction {
    Introduction {
        id: "worker".into(),
        host: "here".into(),
        concurrency: Concurrency { parse: 1, ats: 2, tailor: 1 },
        started_at: Utc::now(),
    }
}

#[tokio::test]
async fn an_operation_says_why_it_waits() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let account = person(&deps, Tier::Free).await;
        let request = request(&deps, &account).await;
        let first = deps.operations.submit(&request).await.unwrap();
        let second = deps.operations.submit(&request).await.unwrap();
        let why = async |operation: &Model| {
            let operation = state(&deps, operation).await;
            deps.operations.waiting(&operation).await.unwrap()
        };

        let alone = why(&first).await;
        assert_eq!((alone.reason, alone.estimate.seconds_left), (Some(Reason::NoWorker), None));
        deps.fleet.beat(&worker()).await.unwrap();
        let next = why(&first).await;
        assert_eq!((next.reason, next.estimate.position), (Some(Reason::AheadOfYou), Some(1)));
        assert!(next.estimate.seconds_left.unwrap() > 0);
        deps.operations.set_paused(Kind::Ats, true).await.unwrap();
        assert_eq!(why(&first).await.reason, Some(Reason::QueuePaused));
        deps.operations.set_paused(Kind::Ats, false).await.unwrap();
        let row = deps.operations.claim(first.id, "worker").await.unwrap().unwrap();
        assert_eq!(why(&first).await.reason, None, "it runs");
        assert_eq!(why(&second).await.reason, Some(Reason::UserLimit));
        let claim = Claim { operation_id: row.id, fence: row.fence };
        let back = GiveBack::RetryAfter { seconds: 60.0 };
        deps.operations.give_back(claim, back).await.unwrap();
        let later = why(&first).await;
        assert_eq!(later.reason, Some(Reason::RetryAt));
        assert!(later.retry_at.unwrap() > Utc::now() + TimeDelta::seconds(30));
        assert!(later.estimate.seconds_left.unwrap() > 30);
    }
}

#[tokio::test]
async fn an_estimate_is_the_median_of_such_operations_shared_among_those_that_can_run() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let account = person(&deps, Tier::Premium).await;
        let request = request(&deps, &account).await;
        for _ in 0..3 {
            let row = deps.operations.submit(&request).await.unwrap();
            let row = deps.operations.claim(row.id, "worker").await.unwrap().unwrap();
            let claim = Claim { operation_id: row.id, fence: row.fence };
            deps.operations.finish(claim, outcome()).await.unwrap();
        }
        took_forty_seconds(&installation).await;
        let waiting = submitted_three(&deps, &request).await;
        let left = async |operation: &Model| {
            deps.operations.estimate(operation).await.unwrap().seconds_left.unwrap()
        };

        let guess = left(&waiting[0]).await;
        deps.operations.refresh_usual().await.unwrap();
        let known = (left(&waiting[0]).await, left(&waiting[2]).await);
        deps.fleet.beat(&worker()).await.unwrap();

        assert_eq!((guess, known), (2, (40, 120)));
        assert_eq!(left(&waiting[2]).await, 80, "two run at once");
    }
}

async fn submitted_three(deps: &Deps, request: &roleready_shared::submit::Request) -> Vec<Model> {
    let mut rows = Vec::new();
    for _ in 0..3 {
        rows.push(deps.operations.submit(request).await.unwrap());
    }
    rows
}

async fn took_forty_seconds(installation: &Installation) {
    let sql = if is_postgres(installation) {
        "UPDATE operation SET started_at = finished_at - interval '40 seconds'"
    } else {
        "UPDATE operation SET started_at = \
         strftime('%Y-%m-%d %H:%M:%f+00:00', finished_at, '-40 seconds')"
    };
    execute(installation, sql).await;
}
