//! The life of an operation, on both databases.

use roleready_shared::account::{self, Role, Tier};
use roleready_shared::deps::Deps;
use roleready_shared::finish::{EngineUsed, Outcome, Worked};
use roleready_shared::idempotency::{Key, KeyError};
use roleready_shared::operation::claim::{Claim, GiveBack, Lease};
use roleready_shared::operation::control::{Cancel, MAX_ATTEMPTS};
use roleready_shared::operation::event::Kind as Kinds;
use roleready_shared::operation::input::Engine;
use roleready_shared::operation::{Kind, Model, Stage, State};
use roleready_shared::resume::NewResume;
use roleready_shared::resume::json::JsonResume;
use roleready_shared::submit::{Budget, PostingSource, Request, SubmitError, Work};
use roleready_shared::testing::Installation;
use uuid::Uuid;

pub async fn person(deps: &Deps, tier: Tier) -> account::Model {
    deps.accounts.create(Role::Candidate, tier).await.unwrap()
}

/// A request that is accepted: to check an empty resume against a posting.
pub async fn request(deps: &Deps, account: &account::Model) -> Request {
    let resume = deps.resumes.create(account.id, JsonResume::default(), None).await.unwrap();
    Request {
        account: account.clone(),
        work: Work::Ats {
            resume_id: resume.id,
            posting: PostingSource::Text("We need Rust.".into()),
        },
        engine: Engine::Rules,
        key: None,
        budget: Budget::default(),
    }
}

pub async fn submitted(deps: &Deps) -> Model {
    let account = person(deps, Tier::Free).await;
    deps.operations.submit(&request(deps, &account).await).await.unwrap()
}

pub async fn claimed(deps: &Deps) -> (Model, Claim) {
    let operation = submitted(deps).await;
    let operation = deps.operations.claim(operation.id, "worker").await.unwrap().unwrap();
    let claim = Claim { operation_id: operation.id, fence: operation.fence };
    (operation, claim)
}

pub fn outcome() -> Outcome {
    let resume = Box::new(NewResume::default());
    Outcome { work: Worked::Parsed(resume), engine: EngineUsed::Rules, notices: Vec::new() }
}

pub async fn state(deps: &Deps, operation: &Model) -> Model {
    deps.operations.find(operation.account_id, operation.id).await.unwrap().unwrap()
}

pub async fn kinds_of_events(deps: &Deps, id: Uuid) -> Vec<Kinds> {
    let events = deps.operations.events_after(id, 0).await.unwrap();
    let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1i64..).take(numbers.len()).collect::<Vec<_>>(), "no gap");
    events.into_iter().map(|event| event.kind).collect()
}

#[tokio::test]
async fn an_operation_goes_from_queued_to_succeeded_and_tells_each_step() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (operation, claim) = claimed(&deps).await;

        assert!(deps.operations.enter(claim, Stage::Matching).await.unwrap());
        let ended = deps.operations.finish(claim, outcome()).await.unwrap().unwrap();

        assert_eq!((ended.state, ended.percent), (State::Succeeded, 100));
        assert_eq!(
            kinds_of_events(&deps, operation.id).await,
            [Kinds::Queued, Kinds::Started, Kinds::Progress, Kinds::Succeeded]
        );
    }
}

#[tokio::test]
async fn an_operation_is_claimed_once_however_often_it_is_delivered() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let operation = submitted(&deps).await;

        let claims = futures::future::join_all(
            (0..8).map(|_| deps.operations.claim(operation.id, "worker")),
        )
        .await;

        let won = claims.into_iter().filter(|claim| claim.as_ref().unwrap().is_some()).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_can_write_nothing() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (operation, stale) = claimed(&deps).await;
        deps.operations.take_over().await.unwrap();
        deps.operations.take_back_expired().await.unwrap();
        let second = deps.operations.claim(operation.id, "other").await.unwrap().unwrap();
        let resumes = || deps.resumes.list(operation.account_id, first_page());
        let before = resumes().await.unwrap().items.len();

        assert_eq!(deps.operations.renew(stale).await.unwrap(), Lease::Lost);
        assert!(!deps.operations.enter(stale, Stage::Scoring).await.unwrap());
        assert!(deps.operations.finish(stale, outcome()).await.unwrap().is_none());
        assert!(!deps.operations.give_back(stale, GiveBack::Stopping).await.unwrap());

        assert!(second.fence > stale.fence);
        assert_eq!(state(&deps, &operation).await.worker_id.as_deref(), Some("other"));
        assert_eq!(resumes().await.unwrap().items.len(), before, "the result was rolled back");
    }
}

pub fn first_page() -> roleready_shared::page::PageRequest {
    roleready_shared::page::PageRequest { before: None, limit: 50 }
}

#[tokio::test]
async fn an_operation_whose_workers_keep_dying_fails_and_gives_the_quota_back() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let account = person(&deps, Tier::Free).await;
        let request = request(&deps, &account).await;
        let operation = deps.operations.submit(&request).await.unwrap();

        for attempt in 1..=MAX_ATTEMPTS {
            let taken = deps.operations.claim(operation.id, "worker").await.unwrap().unwrap();
            assert_eq!(taken.attempt, attempt);
            deps.operations.take_over().await.unwrap();
            deps.operations.take_back_expired().await.unwrap();
        }

        assert_eq!(state(&deps, &operation).await.state, State::Failed);
        let mut accepted = 0;
        while deps.operations.submit(&request).await.is_ok() {
            accepted += 1;
            assert!(accepted <= 10, "the quota has an end");
        }
        assert_eq!(accepted, 10, "the failed one does not count");
    }
}

#[tokio::test]
async fn a_stopping_worker_gives_its_operation_back_without_costing_an_attempt() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (operation, claim) = claimed(&deps).await;

        assert!(deps.operations.give_back(claim, GiveBack::Stopping).await.unwrap());

        let operation = state(&deps, &operation).await;
        assert_eq!((operation.state, operation.attempt), (State::Queued, 0));
        assert!(deps.operations.claim(operation.id, "other").await.unwrap().is_some());
    }
}

#[tokio::test]
async fn an_operation_that_is_to_be_retried_later_cannot_be_claimed_now() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (operation, claim) = claimed(&deps).await;

        let back = GiveBack::RetryAfter { seconds: 60.0 };
        assert!(deps.operations.give_back(claim, back).await.unwrap());

        assert!(deps.operations.claim(operation.id, "other").await.unwrap().is_none());
        assert!(deps.operations.mark_pushed(Kind::Ats, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn canceling_ends_a_waiting_operation_at_once_and_asks_the_worker_of_a_running_one() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let waiting = submitted(&deps).await;
        let (running, claim) = claimed(&deps).await;

        let first = deps.operations.cancel(waiting.account_id, waiting.id).await.unwrap();
        let second = deps.operations.cancel(running.account_id, running.id).await.unwrap();
        let foreign = deps.operations.cancel(Uuid::now_v7(), running.id).await.unwrap();

        assert!(matches!(first, Cancel::Canceled(_)), "{first:?}");
        assert!(matches!(second, Cancel::Requested(_)), "{second:?}");
        assert_eq!(foreign, Cancel::NotFound);
        assert_eq!(deps.operations.renew(claim).await.unwrap(), Lease::CancelRequested);
        assert!(deps.operations.claim(waiting.id, "worker").await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_paused_queue_hands_nothing_out_until_it_is_resumed() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let operation = submitted(&deps).await;
        deps.operations.set_paused(Kind::Ats, true).await.unwrap();

        assert!(deps.operations.mark_pushed(Kind::Ats, 10).await.unwrap().is_empty());
        assert!(deps.operations.claim(operation.id, "worker").await.unwrap().is_none());

        deps.operations.set_paused(Kind::Ats, false).await.unwrap();
        assert_eq!(deps.operations.mark_pushed(Kind::Ats, 10).await.unwrap(), [operation.id]);
    }
}

#[tokio::test]
async fn the_queue_is_filled_up_to_its_window_with_nobody_over_their_limit() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (free, pro) = (person(&deps, Tier::Free).await, person(&deps, Tier::Pro).await);
        for account in [&free, &pro] {
            let request = request(&deps, account).await;
            for _ in 0..5 {
                deps.operations.submit(&request).await.unwrap();
            }
        }

        let first = deps.operations.mark_pushed(Kind::Ats, 2).await.unwrap();
        let second = deps.operations.mark_pushed(Kind::Ats, 100).await.unwrap();

        assert_eq!((first.len(), second.len()), (2, 2), "one of the free, three of the pro person");
        assert!(deps.operations.mark_pushed(Kind::Ats, 100).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn without_the_queue_many_workers_at_once_take_each_operation_once_and_nobody_goes_over_their_limit()
 {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (free, pro) = (person(&deps, Tier::Free).await, person(&deps, Tier::Pro).await);
        for account in [&free, &pro] {
            let request = request(&deps, account).await;
            for _ in 0..5 {
                deps.operations.submit(&request).await.unwrap();
            }
        }

        let claims = (0..12).map(|_| deps.operations.claim_next(Kind::Ats, "worker"));
        let claimed = futures::future::join_all(claims).await;

        let claimed: Vec<Model> = claimed.into_iter().filter_map(Result::unwrap).collect();
        let of =
            |who: &account::Model| claimed.iter().filter(|one| one.account_id == who.id).count();
        assert_eq!((of(&free), of(&pro)), (1, 3));
        let ids: std::collections::BTreeSet<Uuid> = claimed.iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), claimed.len());
        assert!(claimed.iter().all(|one| (one.state, one.fence) == (State::Running, 1)));
    }
}

#[tokio::test]
async fn the_same_idempotency_key_gives_the_same_operation_also_when_sent_twice_at_once() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let account = person(&deps, Tier::Free).await;
        let key = Key { key: "once".into(), request_hash: "a".into() };
        let request = Request { key: Some(key), ..request(&deps, &account).await };

        let answers =
            futures::future::join_all((0..6).map(|_| deps.operations.submit(&request))).await;
        let other = Key { key: "once".into(), request_hash: "b".into() };
        let reused = deps.operations.submit(&Request { key: Some(other), ..request }).await;

        let ids: Vec<Uuid> = answers.into_iter().map(|answer| answer.unwrap().id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert!(matches!(reused, Err(SubmitError::Key(KeyError::Reused))), "{reused:?}");
        let postings = deps.postings.list(account.id, first_page()).await.unwrap();
        assert_eq!(postings.items.len(), 1, "a repeated request leaves nothing behind");
    }
}

#[tokio::test]
async fn another_persons_resume_cannot_be_worked_on() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        let (owner, other) = (person(&deps, Tier::Free).await, person(&deps, Tier::Free).await);
        let request = Request { account: other, ..request(&deps, &owner).await };

        let refused = deps.operations.submit(&request).await;

        assert!(matches!(refused, Err(SubmitError::ResumeNotFound(_))), "{refused:?}");
    }
}
