//! Redis is cut off, stalls, forgets and goes away; operations end all the same.

use shared::operation::{Kind, Model, State};
use shared::testing::Installation;
use shared::testing::redis::RedisServer;

use crate::scene::Scene;

async fn scene(redis: &RedisServer) -> Scene {
    let installation = Installation::distributed().await.with("REDIS_URL", &redis.url());
    Scene::on(installation).await
}

async fn succeeds(scene: &Scene, operation: &Model) {
    let ended = scene.ended(operation).await;
    assert_eq!((ended.state, ended.attempt), (State::Succeeded, 1));
}

#[tokio::test]
async fn work_goes_on_when_all_connections_to_redis_are_cut() {
    let redis = RedisServer::start().await;
    let scene = scene(&redis).await;
    let _worker = scene.worker().await;
    let (operations, hold) = scene.submit_held(1).await;
    scene.running(&operations[0]).await;

    redis.disconnect_all().await;
    let later = scene.submit(Kind::Ats).await;
    hold.release().await;

    succeeds(&scene, &later).await;
    succeeds(&scene, &operations[0]).await;
}

#[tokio::test]
async fn work_goes_on_when_redis_forgets_everything() {
    let redis = RedisServer::start().await;
    let scene = scene(&redis).await;
    let _worker = scene.worker().await;
    let (operations, hold) = scene.submit_held(8).await;
    scene.some_run(&operations).await;

    redis.flush().await;
    hold.release().await;

    for operation in &operations {
        succeeds(&scene, operation).await;
    }
}

#[tokio::test]
async fn work_goes_on_when_redis_comes_back_empty() {
    let mut redis = RedisServer::start().await;
    let scene = scene(&redis).await;
    let _worker = scene.worker().await;
    let (operations, hold) = scene.submit_held(8).await;
    scene.some_run(&operations).await;

    redis.restart().await;
    hold.release().await;

    for operation in &operations {
        succeeds(&scene, operation).await;
    }
    succeeds(&scene, &scene.submit(Kind::Ats).await).await;
}

#[tokio::test]
async fn work_is_accepted_and_done_while_redis_is_gone_and_after_it_is_back() {
    let mut redis = RedisServer::start().await;
    let scene = scene(&redis).await;
    let _worker = scene.worker().await;

    redis.stop().await;
    let without = scene.submit(Kind::Ats).await;
    succeeds(&scene, &without).await;
    redis.restart().await;
    let with = scene.submit(Kind::Ats).await;

    succeeds(&scene, &with).await;
}

#[tokio::test]
async fn work_is_accepted_and_done_while_redis_stalls_and_after_it_answers() {
    let redis = RedisServer::start().await;
    let scene = scene(&redis).await;
    let _worker = scene.worker().await;

    redis.freeze();
    let during = scene.submit(Kind::Ats).await;
    succeeds(&scene, &during).await;
    redis.thaw();
    let after = scene.submit(Kind::Ats).await;

    succeeds(&scene, &after).await;
}

#[tokio::test]
async fn a_worker_starts_without_redis_and_finds_work() {
    let mut redis = RedisServer::start().await;
    let scene = scene(&redis).await;
    redis.stop().await;

    let operation = scene.submit(Kind::Ats).await;
    let _worker = scene.worker().await;

    succeeds(&scene, &operation).await;
}

#[tokio::test]
async fn operations_begin_in_the_order_of_the_queue() {
    let installation = Installation::distributed().await.with("PARSE_CONCURRENCY", "1");
    let scene = Scene::on(installation).await;
    let _worker = scene.worker().await;

    let (operations, hold) = scene.submit_held(8).await;
    hold.release().await;
    let mut starts = Vec::new();
    for operation in &operations {
        succeeds(&scene, operation).await;
        starts.extend(scene.starts(operation).await);
    }

    assert!(starts.is_sorted(), "{starts:?}");
}
