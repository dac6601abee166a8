//! What is written to the terminal.

use std::fmt::Display;
use std::io::Write;

/// To standard output. A reader that went away, such as `head`, is no error.
pub fn say(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// To standard error.
pub fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
