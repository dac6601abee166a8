//! What is written to the terminal.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

/// `EX_IOERR` of sysexits.h.
const CANNOT_WRITE: i32 = 74;

/// To standard output. A reader that went away, such as `head`, is no error; a
/// result that cannot be written ends the program.
pub fn say(text: impl Display) {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(format!("cannot write the result: {error}"));
            std::process::exit(CANNOT_WRITE);
        }
        Ok(()) | Err(_) => {}
    }
}

/// To standard error.
pub fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
