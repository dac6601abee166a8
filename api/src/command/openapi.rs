//! `roleready openapi`: the document, as it is committed in `openapi/`.

use crate::console::say;

pub fn run() {
    say(roleready_api::openapi());
}
