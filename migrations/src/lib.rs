//! The schema's history, for both databases. One file per change, each with its way back.

use sea_orm_migration::prelude::*;

mod m20261121_000001_account;
mod m20261121_000002_document;
mod m20261121_000003_resume;
mod m20261121_000004_posting;
mod m20261121_000005_operation;
mod m20261121_000006_call;
mod m20261121_000007_tailoring;
mod m20261121_000008_idempotency;
mod m20261121_000009_quota;
mod m20261121_000010_worker;
mod m20261121_000011_audit;
mod m20261121_000012_steering;
mod m20261121_000013_usual;
mod m20261121_000014_task;
mod m20261121_000015_pushed;
mod m20261128_000301_waiting;
mod m20261128_000401_spending;
mod m20261128_000402_call_cost;
mod m20261128_000403_embedding;
mod m20261128_000404_breaker;
mod m20261128_000405_subscription;
mod m20261128_000601_feature;
mod m20261128_000701_version;
mod m20261128_000702_deciding;
mod m20261128_000703_batch;
mod m20261128_000801_sign_in;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_account::Migration),
            Box::new(m20261121_000002_document::Migration),
            Box::new(m20261121_000003_resume::Migration),
            Box::new(m20261121_000004_posting::Migration),
            Box::new(m20261121_000005_operation::Migration),
            Box::new(m20261121_000006_call::Migration),
            Box::new(m20261121_000007_tailoring::Migration),
            Box::new(m20261121_000008_idempotency::Migration),
            Box::new(m20261121_000009_quota::Migration),
            Box::new(m20261121_000010_worker::Migration),
            Box::new(m20261121_000011_audit::Migration),
            Box::new(m20261121_000012_steering::Migration),
            Box::new(m20261121_000013_usual::Migration),
            Box::new(m20261121_000014_task::Migration),
            Box::new(m20261121_000015_pushed::Migration),
            Box::new(m20261128_000601_feature::Migration),
            Box::new(m20261128_000701_version::Migration),
            Box::new(m20261128_000702_deciding::Migration),
            Box::new(m20261128_000703_batch::Migration),
            Box::new(m20261128_000401_spending::Migration),
            Box::new(m20261128_000402_call_cost::Migration),
            Box::new(m20261128_000403_embedding::Migration),
            Box::new(m20261128_000404_breaker::Migration),
            Box::new(m20261128_000405_subscription::Migration),
            Box::new(m20261128_000801_sign_in::Migration),
            Box::new(m20261128_000301_waiting::Migration),
        ]
    }
}
