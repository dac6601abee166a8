//! Money: no crowd passes a cap, nothing stays set aside, and the books agree.

use std::sync::Arc;

use chrono::TimeDelta;
use futures::future::join_all;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use roleready_shared::account::Tier;
use roleready_shared::audit::Mandate;
use roleready_shared::deps::Deps;
use roleready_shared::money::NanoUsd;
use roleready_shared::operation::claim::Claim;
use roleready_shared::operation::input::Engine;
use roleready_shared::operation::{Kind, Model as Operation};
use roleready_shared::spending::cap::NewCap;
use roleready_shared::spending::cost::{Booking, Cost};
use roleready_shared::spending::hold::{Attempt, Held};
use roleready_shared::spending::ledger::What;
use roleready_shared::spending::price::{Price, Tokens};
use roleready_shared::spending::report::{Group, Order, Period};
use roleready_shared::spending::settle::Keep;
use roleready_shared::spending::{cap_of, hold};
use roleready_shared::testing::Installation;
use roleready_shared::testing::person::Person;
use roleready_shared::time;
use uuid::Uuid;

struct Purse {
    deps: Deps,
    person: Person,
    operation: Operation,
}

impl Purse {
    async fn new(installation: &Installation, tier: Tier) -> Self {
        let deps = installation.open().await;
        let person = Person::new(&deps, tier).await;
        let operation = running(&deps, &person).await;
        Self { deps, person, operation }
    }

    fn attempt(&self, worst: i64) -> Attempt {
        Attempt {
            claim: Claim { operation_id: self.operation.id, fence: self.operation.fence },
            account_id: self.person.account.id,
            tier: self.person.account.tier,
            kind: Kind::Ats,
            step: "match".into(),
            input_hash: Uuid::now_v7().to_string(),
            number: 1,
            model: "gpt-4o-mini".into(),
            price_version: "test".into(),
            worst: NanoUsd(worst),
            saved_tokens: 0,
        }
    }

    async fn holds(&self, worst: i64) -> hold::Model {
        match self.deps.spending.hold(self.attempt(worst)).await.unwrap() {
            Held::Held(hold) => hold,
            other => panic!("{other:?}"),
        }
    }

    async fn settles(&self, hold: &hold::Model, cost: Cost) {
        self.deps.spending.settle(hold, cost, Keep::Nothing).await.unwrap();
    }

    /// What is spent and what is set aside, after a look at whether the books agree.
    async fn money(&self) -> (i64, i64) {
        let since = time::now().date_naive();
        assert_eq!(self.deps.spending.mismatches(since).await.unwrap(), []);
        let standing = self.deps.spending.standing(self.person.account.id).await.unwrap();
        (standing.settled.0, standing.held.0)
    }

    async fn lines(&self) -> Vec<(What, i64)> {
        let entries = self.deps.spending.entries_of(self.operation.id).await.unwrap();
        entries.into_iter().map(|entry| (entry.what, entry.amount.0)).collect()
    }

    /// The worker is thought dead, and another takes the operation up.
    async fn is_taken_over(&self) {
        self.deps.operations.take_over().await.unwrap();
        self.deps.operations.take_back_expired().await.unwrap();
    }
}

async fn running(deps: &Deps, person: &Person) -> Operation {
    let queued = deps.operations.submit(&person.asks(Kind::Ats, Engine::Model)).await.unwrap();
    deps.operations.claim(queued.id, "worker").await.unwrap().unwrap()
}

fn known(amount: i64) -> Cost {
    let price = Price { input: NanoUsd(1), cached_input: NanoUsd(1), output: NanoUsd(1) };
    let tokens = Tokens { input: amount.unsigned_abs(), ..Tokens::default() };
    Cost::Known(Booking::new(&price, tokens, 0))
}

/// What a call of a storm found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Room,
    Cap,
}

/// Thousands of random holds at once, each settled, found free, lost or left behind: the sum never passes the cap.
async fn storm(installation: &Installation, seed: u64, calls: usize) {
    let purse = Arc::new(Purse::new(installation, Tier::Free).await);
    let cap = cap_of(Tier::Free).0;
    let tasks = (0..calls).map(|call| {
        let purse = purse.clone();
        tokio::spawn(async move {
            let mut random = SmallRng::seed_from_u64(seed + call as u64);
            let worst = random.random_range(1..=cap / 40);
            let answer = purse.deps.spending.hold(purse.attempt(worst)).await.unwrap();
            let standing = purse.deps.spending.standing(purse.person.account.id).await.unwrap();
            assert!(standing.used() <= standing.cap, "seed {seed}: {standing:?}");
            let Held::Held(hold) = answer else { return Met::Cap };
            let cost = match random.random_range(0..4) {
                0 => Cost::Nothing,
                1 => Cost::Unknown,
                2 => known(random.random_range(0..=worst)),
                // Left behind: the sweeper's.
                _ => return Met::Room,
            };
            purse.deps.spending.settle(&hold, cost, Keep::Nothing).await.unwrap();
            Met::Room
        })
    });
    let met: Vec<Met> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    // All together they ask for many times the cap.
    assert!(met.contains(&Met::Cap) && met.contains(&Met::Room), "seed {seed}");
    let (settled, held) = purse.money().await;
    assert!(settled + held <= cap, "seed {seed}: {settled} + {held}");
    assert!(held > 0, "seed {seed}: some were left behind");

    purse.is_taken_over().await;
    while purse.deps.spending.sweep_holds().await.unwrap() > 0 {}

    let (settled, held) = purse.money().await;
    assert_eq!(held, 0, "seed {seed}");
    assert!(settled <= cap && settled > 0, "seed {seed}: {settled}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_crowd_of_holds_passes_the_cap_and_nothing_stays_set_aside_on_postgres() {
    for seed in 0..3 {
        storm(&Installation::distributed().await, seed * 10_000, 1_000).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_crowd_of_holds_passes_the_cap_and_nothing_stays_set_aside_on_sqlite() {
    for seed in 0..2 {
        storm(&Installation::embedded(), seed * 10_000, 500).await;
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_where_the_person_stands() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Free).await;
        let hold = purse.holds(600_000_000).await;

        let refused = purse.deps.spending.hold(purse.attempt(400_000_001)).await.unwrap();
        let fits = purse.deps.spending.hold(purse.attempt(400_000_000)).await.unwrap();

        let Held::CapReached(standing) = refused else { panic!("{refused:?}") };
        assert_eq!((standing.cap, standing.held), (NanoUsd::usd(1), hold.amount));
        assert!(matches!(fits, Held::Held(_)), "{fits:?}");
    }
}

#[tokio::test]
async fn a_hold_is_settled_once_whoever_comes_second() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        let hold = purse.holds(1_000).await;

        purse.settles(&hold, known(300)).await;
        purse.settles(&hold, known(300)).await;
        purse.settles(&hold, Cost::Unknown).await;

        assert_eq!(purse.money().await, (300, 0));
        assert_eq!(purse.lines().await, [(What::Settled, 300)]);
    }
}

#[tokio::test]
async fn a_lost_answer_is_booked_at_the_hold_and_put_right_when_it_comes_after_all() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        let hold = purse.holds(1_000).await;
        purse.is_taken_over().await;

        let swept = purse.deps.spending.sweep_holds().await.unwrap();
        let lost = purse.money().await;
        purse.settles(&hold, known(300)).await;

        assert_eq!((swept, lost), (1, (1_000, 0)));
        assert_eq!(purse.money().await, (300, 0));
        assert_eq!(purse.lines().await, [(What::Unknown, 1_000), (What::Correction, -700)]);
        let today = time::now().date_naive();
        let period = Period { account_id: None, from: today, to: today };
        let total = purse.deps.spending.total(period).await.unwrap();
        assert_eq!((total.calls, total.amount, total.unknown), (1, 300, 0));
    }
}

#[tokio::test]
async fn a_hold_whose_claim_stands_is_left_alone_and_one_without_a_claim_cannot_be_made() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        purse.holds(1_000).await;

        let swept = purse.deps.spending.sweep_holds().await.unwrap();
        purse.is_taken_over().await;
        let late = purse.deps.spending.hold(purse.attempt(1)).await.unwrap();

        assert_eq!((swept, late), (0, Held::Lost));
    }
}

#[tokio::test]
async fn a_cancel_books_what_was_sent() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        let done = purse.holds(1_000).await;
        purse.settles(&done, known(10)).await;
        purse.holds(500).await;
        let claim = Claim { operation_id: purse.operation.id, fence: purse.operation.fence };

        purse.deps.operations.end_canceled(claim).await.unwrap().unwrap();

        assert_eq!(purse.money().await, (510, 0));
        assert_eq!(purse.lines().await, [(What::Settled, 10), (What::Unknown, 500)]);
    }
}

#[tokio::test]
async fn nobody_pays_more_than_was_set_aside() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        let hold = purse.holds(100).await;

        purse.settles(&hold, known(130)).await;

        assert_eq!(purse.money().await, (100, 0));
        let entries = purse.deps.spending.entries_of(purse.operation.id).await.unwrap();
        assert_eq!(entries[0].absorbed, NanoUsd(30));
    }
}

#[tokio::test]
async fn the_limit_of_an_operation_counts_all_its_attempts() {
    for installation in Installation::each().await {
        let mut purse = Purse::new(&installation, Tier::Pro).await;
        let mut request = purse.person.asks(Kind::Ats, Engine::Model);
        request.budget.max_cost = Some(NanoUsd(1_000));
        let queued = purse.deps.operations.submit(&request).await.unwrap();
        purse.operation = purse.deps.operations.claim(queued.id, "w").await.unwrap().unwrap();
        let first = purse.holds(800).await;
        purse.settles(&first, known(500)).await;

        let too_much = purse.deps.spending.hold(purse.attempt(501)).await.unwrap();
        let enough = purse.deps.spending.hold(purse.attempt(500)).await.unwrap();

        assert_eq!(too_much, Held::LimitReached);
        assert!(matches!(enough, Held::Held(_)), "{enough:?}");
    }
}

#[tokio::test]
async fn a_cap_of_ones_own_holds_for_its_days_and_is_written_down() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Free).await;
        let mandate =
            Mandate { actor_id: Uuid::now_v7(), reason: "a beta tester".into(), request_id: None };
        let id = purse.person.account.id;
        let spending = &purse.deps.spending;

        let raised = NewCap { cap: NanoUsd::usd(5), days: 3 };
        let raised = spending.set_cap(&mandate, id, raised).await.unwrap().unwrap();
        let over = NewCap { cap: NanoUsd::usd(9), days: 0 };
        let over = spending.set_cap(&mandate, id, over).await.unwrap().unwrap();
        let nobody =
            spending.set_cap(&mandate, Uuid::now_v7(), NewCap { cap: NanoUsd(1), days: 1 });

        assert_eq!((raised.cap, over.cap), (NanoUsd::usd(5), NanoUsd::usd(1)));
        assert_eq!(nobody.await.unwrap(), None);
    }
}

#[tokio::test]
async fn each_tier_has_the_cap_it_is_promised() {
    for installation in Installation::each().await {
        let deps = installation.open().await;
        for tier in [Tier::Free, Tier::Pro, Tier::Premium] {
            let person = Person::new(&deps, tier).await;

            let standing = deps.spending.standing(person.account.id).await.unwrap();

            assert_eq!(standing.cap, cap_of(tier));
        }
    }
}

#[tokio::test]
async fn the_feed_gives_every_row_once_and_the_same_again() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Premium).await;
        for amount in 1..=7 {
            let hold = purse.holds(100).await;
            purse.settles(&hold, known(amount)).await;
        }

        let first = purse.deps.spending.feed(0, 4).await.unwrap();
        let rest = purse.deps.spending.feed(first[3].seq, 100).await.unwrap();
        let again = purse.deps.spending.feed(0, 4).await.unwrap();

        assert_eq!(first, again);
        let amounts: Vec<i64> = first.iter().chain(&rest).map(|row| row.amount.0).collect();
        assert_eq!(amounts, [1, 2, 3, 4, 5, 6, 7]);
    }
}

#[tokio::test]
async fn the_database_itself_keeps_the_ledger_as_it_is() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Premium).await;
        let hold = purse.holds(100).await;
        purse.settles(&hold, known(5)).await;
        let db = roleready_shared::database::connect(&installation.config()).await.unwrap();

        for change in ["UPDATE spend_entry SET amount = 0", "DELETE FROM spend_entry"] {
            let refused = sea_orm::ConnectionTrait::execute_unprepared(&db, change).await;
            assert!(refused.unwrap_err().to_string().contains("append-only"), "{change}");
        }
    }
}

#[tokio::test]
async fn sums_are_told_apart_and_paged_by_name() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        for (model, amount) in [("b", 20), ("a", 10), ("c", 30), ("a", 1)] {
            let attempt = Attempt { model: model.into(), ..purse.attempt(100) };
            let Held::Held(hold) = purse.deps.spending.hold(attempt).await.unwrap() else {
                panic!("refused")
            };
            purse.settles(&hold, known(amount)).await;
        }
        let today = time::now().date_naive();
        let period = Period { account_id: None, from: today, to: today };
        let spending = &purse.deps.spending;
        let sums = async |group, order| {
            let sums = spending.usage(period, group, order).await.unwrap();
            sums.into_iter().map(|sum| (sum.name, sum.amount)).collect::<Vec<_>>()
        };
        let of = |name: &str, amount| (name.to_owned(), amount);

        let page = sums(Group::Model, Order::After(String::new(), 2)).await;
        let next = sums(Group::Model, Order::After("b".into(), 2)).await;
        let dearest = sums(Group::Model, Order::Dearest(1)).await;

        assert_eq!(page, [of("a", 11), of("b", 20)]);
        assert_eq!((next, dearest), (vec![of("c", 30)], vec![of("c", 30)]));
        let id = purse.person.account.id.to_string();
        assert_eq!(sums(Group::User, Order::After(String::new(), 9)).await, [(id, 61)]);
        assert_eq!(sums(Group::Day, Order::Dearest(9)).await, [(today.to_string(), 61)]);
        assert_eq!(sums(Group::Tier, Order::Dearest(9)).await, [of("pro", 61)]);
    }
}

#[tokio::test]
async fn holds_that_ended_are_forgotten_in_time_and_open_ones_never() {
    for installation in Installation::each().await {
        let purse = Purse::new(&installation, Tier::Pro).await;
        let ended = purse.holds(1_000).await;
        purse.settles(&ended, known(600)).await;
        let open = purse.holds(2_000).await;
        let tomorrow = time::now() + TimeDelta::days(1);

        let early = purse.deps.spending.forget_holds(ended.created_at).await.unwrap();
        let late = purse.deps.spending.forget_holds(tomorrow).await.unwrap();
        purse.settles(&ended, known(600)).await;

        assert_eq!((early, late), (0, 1));
        assert_eq!(purse.money().await, (600, 2_000));
        purse.settles(&open, known(2_000)).await;
        assert_eq!(purse.money().await, (2_600, 0));
    }
}
