//! `roleready fake-model`: a provider that pretends, scripted and counting what it bills.

use std::net::SocketAddr;

use clap::Args;
use worker::model::fake::FakeModel;

use super::Stopped;
use crate::console::say;

#[derive(Args)]
pub struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8081")]
    address: SocketAddr,
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let fake = FakeModel::bind(arguments.address).await.map_err(|error| {
        Stopped::unavailable(format!("cannot listen on {}: {error}", arguments.address))
    })?;
    say(format!("A pretended model provider listens on {}", fake.base_url()));
    say(format!("Point RoleReady at it: OPENAI_BASE_URL={} roleready", fake.base_url()));
    fake.serve().await;
    Ok(())
}
