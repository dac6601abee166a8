//! `roleready tailor`.
use super::Stopped;
#[derive(clap::Args)]
pub struct Arguments {}
pub async fn run(_: &Arguments) -> Result<(), Stopped> {
    Ok(())
}
