//! `roleready openapi`: the document, as it is committed in `openapi/`.

use super::Stopped;
use crate::console::say;

pub async fn run() -> Result<(), Stopped> {
    say(roleready_api::openapi());
    Ok(())
}
