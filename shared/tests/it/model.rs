//! The state machine of operations against a model of it: whatever several workers,
//! a person and an admin do in whatever order, the promises hold.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use roleready_shared::account::Tier;
use roleready_shared::deps::Deps;
use roleready_shared::finish::{EngineUsed, Outcome, Worked};
use roleready_shared::operation::claim::{Claim, GiveBack, Lease};
use roleready_shared::operation::control::{Cancel, MAX_ATTEMPTS};
use roleready_shared::operation::input::Engine;
use roleready_shared::operation::{Filter, Kind, Model as Row, Stage, State, event};
use roleready_shared::page::PageRequest;
use roleready_shared::resume::NewResume;
use roleready_shared::submit::SubmitError;
use roleready_shared::testing::Installation;
use roleready_shared::testing::person::Person;

mod expected;
mod step;

use expected::{Expectation, Expected};
use step::{Step, step};

/// The same for every kind, so one kind is enough.
const KIND: Kind = Kind::Ats;

/// What a free person may start in a day.
const QUOTA: usize = 10;

/// The real thing and the expectation, side by side.
struct World {
    deps: Deps,
    person: Person,
    expectation: Expectation,
}

impl World {
    async fn new(deps: &Deps) -> Self {
        let person = Person::new(deps, Tier::Free).await;
        deps.operations.set_paused(KIND, false).await.unwrap();
        Self { deps: deps.clone(), person, expectation: Expectation::default() }
    }

    async fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Submit => self.submit().await,
            Step::Claim { worker, operation } => self.claim(worker, operation).await,
            Step::Cancel { operation } => self.cancel(operation).await,
            Step::Expire => self.expire().await,
            Step::Pause => self.set_paused(true).await,
            Step::Resume => self.set_paused(false).await,
            Step::Push => self.push().await,
            Step::Renew { claim }
            | Step::Enter { claim }
            | Step::Finish { claim }
            | Step::Fail { claim, .. }
            | Step::EndCanceled { claim }
            | Step::Stop { claim }
            | Step::RetryLater { claim } => match self.expectation.claim(claim) {
                Some(claim) => self.write(step, claim).await,
                None => Ok(()),
            },
        }
    }

    async fn submit(&mut self) -> Result<(), TestCaseError> {
        let request = self.person.asks(KIND, Engine::Rules);
        let room = self.expectation.used() < QUOTA && self.expectation.waiting() < 20;
        match self.deps.operations.submit(&request).await {
            Ok(row) => {
                prop_assert!(room, "accepted beyond the quota");
                let expected = Expected {
                    state: State::Queued,
                    fence: 0,
                    attempt: 0,
                    events: 1,
                    cancel_requested: false,
                    later: false,
                    pushed: false,
                    resumes: 0,
                    refunded: false,
                };
                self.expectation.operations.insert(row.id, expected);
            }
            Err(SubmitError::QuotaUsedUp { .. } | SubmitError::TooManyWaiting { .. }) => {
                prop_assert!(!room, "refused within the quota");
            }
            Err(error) => prop_assert!(false, "{error:?}"),
        }
        Ok(())
    }

    async fn claim(&mut self, worker: usize, operation: usize) -> Result<(), TestCaseError> {
        let Some(id) = self.expectation.operation(operation) else { return Ok(()) };
        let claimed = self.deps.operations.claim(id, &format!("worker-{worker}")).await.unwrap();
        let paused = self.expectation.paused;
        let expected = self.expectation.operations.get_mut(&id).unwrap();
        let may = expected.claimable() && !paused;
        prop_assert_eq!(claimed.is_some(), may, "a claim of {:?}", expected);
        if let Some(row) = claimed {
            prop_assert!(row.fence > expected.fence, "the fence only grows");
            expected.end(State::Running);
            expected.fence += 1;
            expected.attempt += 1;
            self.expectation.claims.push(Claim { operation_id: id, fence: row.fence });
        }
        Ok(())
    }

    /// A write by whoever thinks to hold the operation.
    async fn write(&mut self, step: Step, claim: Claim) -> Result<(), TestCaseError> {
        let operations = &self.deps.operations;
        let wrote = match step {
            Step::Renew { .. } => operations.renew(claim).await.unwrap() != Lease::Lost,
            Step::Enter { .. } => operations.enter(claim, Stage::Matching).await.unwrap(),
            Step::Finish { .. } => operations.finish(claim, outcome()).await.unwrap().is_some(),
            Step::Fail { code, .. } => operations.fail(claim, code).await.unwrap().is_some(),
            Step::EndCanceled { .. } => operations.end_canceled(claim).await.unwrap().is_some(),
            Step::Stop { .. } => operations.give_back(claim, GiveBack::Stopping).await.unwrap(),
            Step::RetryLater { .. } => {
                let later = GiveBack::RetryAfter { seconds: 3600.0 };
                operations.give_back(claim, later).await.unwrap()
            }
            _ => unreachable!("not a write under a claim"),
        };
        let held = self.expectation.held(claim);
        prop_assert_eq!(wrote, held.is_some(), "{:?} under {:?}", step, claim);
        let Some(expected) = held else { return Ok(()) };
        match step {
            Step::Enter { .. } => expected.events += 1,
            Step::Finish { .. } => {
                expected.end(State::Succeeded);
                expected.resumes += 1;
            }
            Step::Fail { code, .. } => {
                expected.end(State::Failed);
                expected.refunded = code.is_ours();
            }
            Step::EndCanceled { .. } => expected.end(State::Canceled),
            Step::Stop { .. } | Step::RetryLater { .. } if expected.cancel_requested => {
                expected.end(State::Canceled);
            }
            Step::Stop { .. } => {
                expected.back();
                expected.attempt -= 1;
            }
            Step::RetryLater { .. } => {
                expected.back();
                expected.later = true;
            }
            _ => {}
        }
        Ok(())
    }

    async fn cancel(&mut self, operation: usize) -> Result<(), TestCaseError> {
        let Some(id) = self.expectation.operation(operation) else { return Ok(()) };
        let outcome = self.deps.operations.cancel(self.person.account.id, id).await.unwrap();
        let expected = self.expectation.operations.get_mut(&id).unwrap();
        match expected.state {
            State::Queued => {
                prop_assert!(matches!(outcome, Cancel::Canceled(_)));
                expected.end(State::Canceled);
                expected.cancel_requested = true;
            }
            State::Running => {
                prop_assert!(matches!(outcome, Cancel::Requested(_)));
                expected.cancel_requested = true;
            }
            State::Succeeded | State::Failed | State::Canceled => {
                prop_assert!(matches!(outcome, Cancel::Ended(_)));
            }
        }
        Ok(())
    }

    async fn expire(&mut self) -> Result<(), TestCaseError> {
        self.deps.operations.take_over().await.unwrap();
        let taken = self.deps.operations.take_back_expired().await.unwrap();
        let mut lost = 0;
        self.expectation.recall();
        for expected in self.expectation.operations.values_mut() {
            if expected.state != State::Running {
                continue;
            }
            lost += 1;
            expected.fence += 1;
            if expected.cancel_requested {
                expected.end(State::Canceled);
            } else if expected.attempt >= MAX_ATTEMPTS {
                expected.end(State::Failed);
                expected.refunded = true;
            } else {
                expected.back();
            }
        }
        let own = taken.iter().filter(|row| row.account_id == self.person.account.id).count();
        prop_assert_eq!(own, lost);
        Ok(())
    }

    async fn set_paused(&mut self, paused: bool) -> Result<(), TestCaseError> {
        self.deps.operations.set_paused(KIND, paused).await.unwrap();
        self.expectation.paused = paused;
        if paused {
            self.expectation.recall();
        }
        Ok(())
    }

    async fn push(&mut self) -> Result<(), TestCaseError> {
        let mut pushed = self.deps.operations.mark_pushed(KIND, 100_000).await.unwrap();
        pushed.retain(|id| self.expectation.operations.contains_key(id));
        let expectation = &mut self.expectation;
        let under_way = |expected: &&Expected| {
            expected.state == State::Running || expected.state == State::Queued && expected.pushed
        };
        let busy = expectation.operations.values().filter(under_way).count();
        let ready =
            expectation.operations.values().filter(|one| one.claimable() && !one.pushed).count();
        // A free person has one under way at a time.
        let room = usize::from(busy == 0 && !expectation.paused).min(ready);
        prop_assert_eq!(pushed.len(), room);
        for id in pushed {
            let expected = expectation.operations.get_mut(&id).unwrap();
            prop_assert!(expected.claimable() && !expected.pushed);
            expected.pushed = true;
        }
        Ok(())
    }

    /// What must be true after every step.
    async fn check(&self) -> Result<(), TestCaseError> {
        let rows = self.rows().await;
        prop_assert_eq!(rows.len(), self.expectation.operations.len());
        for row in &rows {
            let expected = &self.expectation.operations[&row.id];
            prop_assert_eq!(row.state, expected.state);
            prop_assert_eq!(row.fence, expected.fence);
            prop_assert_eq!(row.attempt, expected.attempt);
            prop_assert_eq!(row.cancel_requested, expected.cancel_requested);
            prop_assert_eq!(row.finished_at.is_some(), row.state.is_terminal());
            prop_assert_eq!(row.lease_until.is_some(), row.state == State::Running);
            self.check_events(row, expected).await?;
        }
        let resumes = self.deps.resumes.list(self.person.account.id, all()).await.unwrap();
        let made: usize = self.expectation.operations.values().map(|one| one.resumes).sum();
        prop_assert_eq!(
            resumes.items.len(),
            made + 1,
            "one for every success, and the person's own"
        );
        Ok(())
    }

    async fn check_events(&self, row: &Row, expected: &Expected) -> Result<(), TestCaseError> {
        let events = self.deps.operations.events_after(row.id, 0).await.unwrap();
        let numbers: Vec<i64> = events.iter().map(|event| event.seq).collect();
        prop_assert_eq!(
            numbers,
            (1..=expected.events).collect::<Vec<_>>(),
            "no gap between events"
        );
        let endings = events.iter().filter(|event| event.kind.is_terminal()).count();
        prop_assert_eq!(endings, usize::from(row.state.is_terminal()), "it ends once");
        let last = events.last().map(|event| event.kind);
        prop_assert_eq!(last.is_some_and(event::Kind::is_terminal), row.state.is_terminal());
        Ok(())
    }

    async fn rows(&self) -> Vec<Row> {
        let filter = Filter::default();
        let page = self.deps.operations.list(self.person.account.id, filter, all()).await;
        page.unwrap().items
    }
}

fn all() -> PageRequest {
    PageRequest { before: None, limit: 1000 }
}

fn outcome() -> Outcome {
    let resume = Box::new(NewResume::default());
    Outcome { work: Worked::Parsed(resume), engine: EngineUsed::Rules, notices: Vec::new() }
}

#[test]
fn no_order_of_events_breaks_the_promises_of_an_operation() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config =
        Config { failure_persistence: None, max_shrink_iters: 200, ..Config::with_cases(48) };
    let installation = Installation::embedded();
    let deps = runtime.block_on(installation.open());

    let outcome = TestRunner::new(config).run(&prop::collection::vec(step(), 1..40), |steps| {
        runtime.block_on(async {
            let mut world = World::new(&deps).await;
            for step in steps {
                world.take(step).await?;
                world.check().await?;
            }
            Ok(())
        })
    });

    outcome.unwrap();
}
