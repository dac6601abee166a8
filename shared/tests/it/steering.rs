//! What admins do to queues and operations, on both databases.

use roleready_shared::account::Tier;
use roleready_shared::audit::{Action, Filter, Mandate};
use roleready_shared::deps::Deps;
use roleready_shared::operation::claim::Claim;
use roleready_shared::operation::control::Cancel;
use roleready_shared::operation::event::Kind::{Failed, Queued, Started};
use roleready_shared::operation::failure::FailureCode;
use roleready_shared::operation::repair::{Change, Place};
use roleready_shared::operation::steer::Mode;
use roleready_shared::operation::{Kind, Model, State};
use roleready_shared::quota::per_day;
use roleready_shared::testing::Installation;
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use crate::operation::{claimed, first_page, kinds_of_events, person, request, state, submitted};

fn mandate() -> Mandate {
    let reason = "the provider is back".to_owned();
    Mandate { actor_id: Uuid::now_v7(), reason, request_id: Some("request".into()) }
}

async fn audited(deps: &Deps) -> Vec<(Action, String)> {
    let rows = deps.audits.list(Filter::default(), first_page()).await.unwrap().items;
    rows.into_iter().map(|row| (row.action, row.target)).collect()
}

async fn failed(deps: &Deps, code: FailureCode) -> Model {
    let (operation, claim) = claimed(deps).await;
    deps.operations.fail(claim, code).await.unwrap().unwrap();
    operation
}

#[tokio::test]
async fn a_paused_queue_lets_nothing_begin_and_a_drained_one_only_what_was_handed_out() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let operations = &deps.operations;
        let handed_out = submitted(&deps).await;
        operations.mark_pushed(Kind::Ats, 10).await.unwrap();
        let late = submitted(&deps).await;

        assert!(operations.steer(&mandate(), Kind::Ats, Mode::Draining).await.unwrap());
        assert!(!operations.steer(&mandate(), Kind::Ats, Mode::Draining).await.unwrap());

        assert!(operations.mark_pushed(Kind::Ats, 10).await.unwrap().is_empty());
        assert!(operations.claim(late.id, "worker").await.unwrap().is_none());
        assert!(operations.claim(handed_out.id, "worker").await.unwrap().is_some());
        operations.steer(&mandate(), Kind::Ats, Mode::Running).await.unwrap();
        assert_eq!(operations.mark_pushed(Kind::Ats, 10).await.unwrap(), [late.id]);
        operations.steer(&mandate(), Kind::Ats, Mode::Paused).await.unwrap();
        assert!(operations.claim(late.id, "worker").await.unwrap().is_none());
        operations.steer(&mandate(), Kind::Ats, Mode::Running).await.unwrap();
        assert_eq!(operations.mark_pushed(Kind::Ats, 10).await.unwrap(), [late.id], "put in again");
    }
}

#[tokio::test]
async fn each_change_of_a_queue_is_audited_once_with_who_and_why() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let mandate = mandate();

        for mode in [Mode::Paused, Mode::Paused, Mode::Draining, Mode::Running] {
            deps.operations.steer(&mandate, Kind::Tailor, mode).await.unwrap();
        }

        let target = || "queue/tailor".to_owned();
        assert_eq!(
            audited(&deps).await,
            [
                (Action::ResumeQueue, target()),
                (Action::DrainQueue, target()),
                (Action::PauseQueue, target())
            ]
        );
        let filter = Filter { action: Some(Action::PauseQueue), ..Filter::default() };
        let row = deps.audits.list(filter, first_page()).await.unwrap().items.remove(0);
        assert_eq!(
            (row.actor_id, row.reason, row.request_id),
            (mandate.actor_id, mandate.reason, mandate.request_id)
        );
    }
}

#[tokio::test]
async fn the_database_refuses_to_change_or_remove_an_audit_row() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        deps.operations.steer(&mandate(), Kind::Ats, Mode::Paused).await.unwrap();
        let db = roleready_shared::database::connect(&installation.config()).await.unwrap();

        let changed = db.execute_unprepared("UPDATE audit SET reason = 'another'").await;
        let removed = db.execute_unprepared("DELETE FROM audit").await;

        assert!(changed.is_err() && removed.is_err());
        assert_eq!(audited(&deps).await.len(), 1);
    }
}

#[tokio::test]
async fn a_failed_operation_that_is_retried_begins_anew_and_can_be_refunded_only_once() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let account = person(&deps, Tier::Free).await;
        let request = request(&deps, &account).await;
        let other = deps.operations.submit(&request).await.unwrap();
        let operation = deps.operations.submit(&request).await.unwrap();
        for _ in 0..2 {
            let row = deps.operations.claim(operation.id, "worker").await.unwrap().unwrap();
            let claim = Claim { operation_id: row.id, fence: row.fence };
            deps.operations.fail(claim, FailureCode::Internal).await.unwrap().unwrap();
            let retried = deps.operations.retry(&mandate(), operation.id).await.unwrap();
            let Change::Made(retried) = retried else { panic!("{retried:?}") };
            assert_eq!((retried.state, retried.attempt, retried.problem), (State::Queued, 0, None));
            assert!(retried.fence > row.fence);
        }

        let refused = deps.operations.retry(&mandate(), other.id).await.unwrap();
        assert!(matches!(refused, Change::Refused(_)), "{refused:?}");
        assert_eq!(
            kinds_of_events(&deps, operation.id).await,
            [Queued, Started, Failed, Queued, Started, Failed, Queued]
        );
        assert_eq!(audited(&deps).await.len(), 2, "what was refused is not audited");
        let used = roleready_shared::quota::Entity::find()
            .one(&roleready_shared::database::connect(&installation.config()).await.unwrap())
            .await
            .unwrap()
            .unwrap()
            .used;
        assert_eq!(used, 1, "two taken, one given back");
        assert!(per_day(Tier::Free, Kind::Ats) > used);
    }
}

#[tokio::test]
async fn all_failed_operations_of_a_kind_are_retried_up_to_the_limit_and_no_others() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(failed(&deps, FailureCode::WorkerLost).await.id);
        }
        let waiting = submitted(&deps).await;

        let first = deps.operations.retry_failed(&mandate(), Kind::Ats, 2).await.unwrap();
        let second = deps.operations.retry_failed(&mandate(), Kind::Ats, 2).await.unwrap();
        let other = deps.operations.retry_failed(&mandate(), Kind::Parse, 2).await.unwrap();

        assert_eq!((first, second), (ids[..2].to_vec(), ids[2..].to_vec()));
        assert!(other.is_empty());
        assert_eq!(kinds_of_events(&deps, waiting.id).await.len(), 1, "left alone");
        assert_eq!(audited(&deps).await.len(), 2, "a row for each batch");
    }
}

#[tokio::test]
async fn a_waiting_operation_can_be_moved_to_either_end_of_its_queue_and_back() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (first, second) = (submitted(&deps).await, submitted(&deps).await);
        let move_to =
            async |id, place| deps.operations.reprioritize(&mandate(), id, place).await.unwrap();
        let next = async || {
            let ids = deps.operations.mark_pushed(Kind::Ats, 10).await.unwrap();
            deps.operations.unmark_pushed(&ids).await.unwrap();
            ids
        };

        move_to(second.id, Place::First).await;
        let moved = next().await;
        move_to(second.id, Place::Last).await;
        let last = next().await;
        move_to(first.id, Place::Last).await;
        move_to(first.id, Place::Usual).await;

        assert_eq!(moved, [second.id, first.id]);
        assert_eq!(last, [first.id, second.id]);
        assert_eq!(next().await, [first.id, second.id]);
        let (running, _) = claimed(&deps).await;
        assert!(matches!(move_to(running.id, Place::First).await, Change::Refused(_)));
        assert_eq!(move_to(Uuid::now_v7(), Place::First).await, Change::NotFound);
    }
}

#[tokio::test]
async fn only_an_operation_that_has_ended_is_removed_and_its_events_with_it() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let ended = failed(&deps, FailureCode::Internal).await;
        let (running, _) = claimed(&deps).await;

        let removed = deps.operations.remove(&mandate(), ended.id).await.unwrap();
        let refused = deps.operations.remove(&mandate(), running.id).await.unwrap();

        assert!(matches!(removed, Change::Made(_)), "{removed:?}");
        assert!(matches!(refused, Change::Refused(_)), "{refused:?}");
        assert!(deps.operations.look_up(ended.id).await.unwrap().is_none());
        assert!(deps.operations.events_after(ended.id, 0).await.unwrap().is_empty());
        assert_eq!(
            audited(&deps).await,
            [(Action::RemoveOperation, format!("operation/{}", ended.id))]
        );
    }
}

#[tokio::test]
async fn an_admin_cancels_anybodys_operation() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let waiting = submitted(&deps).await;
        let (running, _) = claimed(&deps).await;
        let cancel = async |id| deps.operations.cancel_for(&mandate(), id).await.unwrap();

        assert!(matches!(cancel(waiting.id).await, Cancel::Canceled(_)));
        assert!(matches!(cancel(running.id).await, Cancel::Requested(_)));
        assert!(matches!(cancel(waiting.id).await, Cancel::Ended(_)));
        assert_eq!(cancel(Uuid::now_v7()).await, Cancel::NotFound);

        assert_eq!(state(&deps, &waiting).await.state, State::Canceled);
        assert_eq!(audited(&deps).await.len(), 2);
    }
}
