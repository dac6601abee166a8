//! `roleready openapi`: the document, as it is committed in `openapi/`.

use super::Stopped;
use crate::console::say;

pub fn run() -> Result<(), Stopped> {
    say(roleready_api::openapi());
    Ok(())
}
