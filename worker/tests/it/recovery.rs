//! Workers die, freeze and stop; operations end all the same, once.

use chrono::TimeDelta;
use shared::config::LEASE;
use shared::operation::control::MAX_ATTEMPTS;
use shared::operation::event::Kind::{Queued, Started, Succeeded};
use shared::operation::failure::FailureCode;
use shared::operation::{Kind, State};

use crate::scene::{Scene, is_with, within};

#[tokio::test]
async fn an_operation_of_a_killed_worker_ends_on_another() {
    let scene = Scene::new().await;
    let mut first = scene.worker().await;
    let (operations, hold) = scene.submit_held(1).await;
    let operation = &operations[0];
    scene.held_by(&first, operation).await;
    scene.somebody_waits(&hold).await;

    first.kill().await;
    let second = scene.worker().await;
    scene.held_by(&second, operation).await;
    hold.release().await;
    let ended = scene.ended(operation).await;

    assert_eq!((ended.state, ended.attempt), (State::Succeeded, 2));
    assert_eq!(scene.story(operation).await, [Queued, Started, Queued, Started, Succeeded]);
    assert_eq!(scene.parsed().await, 1);
    let pause = scene.starts(operation).await;
    assert!(
        pause[1] - pause[0] < TimeDelta::from_std(LEASE).unwrap(),
        "nobody waited for the lease"
    );
}

#[tokio::test]
async fn a_worker_killed_while_it_writes_the_result_leaves_nothing_of_it() {
    let scene = Scene::new().await;
    let mut first = scene.worker().await;
    let hold = scene.hold_results().await;
    let operation = scene.submit(Kind::Parse).await;
    scene.somebody_waits(&hold).await;

    first.kill().await;
    scene.expire_leases().await;
    let second = scene.worker().await;
    scene.held_by(&second, &operation).await;
    hold.release().await;
    let ended = scene.ended(&operation).await;

    assert_eq!((ended.state, ended.attempt), (State::Succeeded, 2));
    assert_eq!(scene.parsed().await, 1);
}

#[tokio::test]
async fn a_worker_frozen_beyond_its_lease_writes_nothing_when_it_wakes() {
    let scene = Scene::new().await;
    let mut first = scene.worker().await;
    let hold = scene.hold_results().await;
    let operation = scene.submit(Kind::Parse).await;
    scene.held_by(&first, &operation).await;
    scene.somebody_waits(&hold).await;

    first.freeze();
    scene.expire_leases().await;
    let second = scene.worker().await;
    scene.held_by(&second, &operation).await;
    hold.release().await;
    let ended = scene.ended(&operation).await;
    first.thaw();
    first.signal("TERM");
    within(30, first.ended()).await;

    assert_eq!(scene.now(&operation).await, ended, "nothing has changed since");
    assert_eq!(scene.story(&operation).await, [Queued, Started, Queued, Started, Succeeded]);
    assert_eq!(scene.parsed().await, 1);
    drop(second);
}

#[tokio::test]
async fn an_operation_whose_every_worker_dies_fails_as_lost() {
    let scene = Scene::new().await;
    let (operations, hold) = scene.submit_held(1).await;
    let operation = &operations[0];

    for _ in 0..MAX_ATTEMPTS {
        let mut worker = scene.worker().await;
        scene.held_by(&worker, operation).await;
        worker.kill().await;
        scene.expire_leases().await;
    }
    let ended = scene.ended(operation).await;
    hold.release().await;

    assert_eq!(ended.state, State::Failed);
    assert_eq!(ended.problem.unwrap().code, FailureCode::WorkerLost);
}

#[tokio::test]
async fn a_worker_told_to_stop_ends_what_it_runs_and_takes_nothing_new() {
    let scene = Scene::new().await;
    let mut worker = scene.worker().await;
    let (operations, hold) = scene.submit_held(1).await;
    let running = &operations[0];
    scene.held_by(&worker, running).await;

    worker.signal("TERM");
    scene.a_worker_stops().await;
    let later = scene.submit(Kind::Ats).await;
    hold.release().await;
    let status = within(30, worker.ended()).await;

    assert!(status.success(), "{status}");
    let (running, later) = (scene.now(running).await, scene.now(&later).await);
    assert_eq!((running.state, running.attempt), (State::Succeeded, 1));
    assert_eq!((later.state, later.attempt), (State::Queued, 0));
}

#[tokio::test]
async fn a_worker_that_cannot_end_in_time_gives_its_operations_back_at_once() {
    let scene = Scene::new().await;
    let mut worker = scene.worker().await;
    let (operations, hold) = scene.submit_held(1).await;
    let operation = &operations[0];
    scene.held_by(&worker, operation).await;

    worker.signal("TERM");
    let status = within(35, worker.ended()).await;
    let given_back = scene.now(operation).await;
    hold.release().await;

    assert!(status.success(), "{status}");
    assert_eq!((given_back.state, given_back.attempt), (State::Queued, 0));
}

#[tokio::test]
async fn two_workers_share_the_work() {
    let scene = Scene::new().await;
    let (first, second) = (scene.worker().await, scene.worker().await);

    let (operations, hold) = scene.submit_held(10).await;
    let mut shares = [0, 0];
    for operation in &operations {
        let running = scene.running(operation).await;
        shares[usize::from(is_with(&second, &running))] += 1;
        assert!(is_with(&first, &running) || is_with(&second, &running));
    }
    hold.release().await;
    for operation in &operations {
        assert_eq!(scene.ended(operation).await.state, State::Succeeded);
    }

    assert_eq!(shares, [5, 5], "each as many as it may run at once");
    assert_eq!(scene.parsed().await, 10);
}
