//! File names from uploads: cleaned for keeping, refused when they are up to something.

use thiserror::Error;

/// Longest name that file systems agree on, in bytes.
const MAX_BYTES: usize = 255;

/// Names Windows keeps for devices, whatever the extension.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    #[error("the file has no name")]
    Missing,
    #[error("the file name holds a path")]
    Path,
    #[error("the file name holds control characters")]
    Control,
    #[error("the file name is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("the file name is reserved by an operating system")]
    Reserved,
}

/// The name as it is kept: trimmed, without characters that hide its real ending.
pub fn clean(name: &str) -> Result<String, NameError> {
    let name = name.trim().trim_end_matches('.');
    if name.is_empty() {
        return Err(NameError::Missing);
    }
    if name.contains(['/', '\\']) || name == ".." || name == "." {
        return Err(NameError::Path);
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(NameError::Control);
    }
    if name.len() > MAX_BYTES {
        return Err(NameError::TooLong);
    }
    let stem = name.split('.').next().unwrap_or(name).trim().to_ascii_lowercase();
    if RESERVED.contains(&stem.as_str()) {
        return Err(NameError::Reserved);
    }
    Ok(name.to_owned())
}

/// Direction overrides and zero-width characters make `exe.pdf` out of `fdp.exe`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::{NameError, clean};

    #[test]
    fn an_ordinary_name_of_any_script_is_kept() {
        for name in ["Lebenslauf Jürgen.pdf", "履歴書.docx", "a.b.c.txt", "résumé (final).md"]
        {
            assert_eq!(clean(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn a_name_that_is_up_to_something_is_refused() {
        let long = "a".repeat(300) + ".pdf";
        let cases = [
            ("", NameError::Missing),
            (" . ", NameError::Missing),
            ("../../etc/passwd", NameError::Path),
            ("C:\\cv.pdf", NameError::Path),
            ("cv\0.pdf", NameError::Control),
            ("cv\u{202E}fdp.exe", NameError::Control),
            (long.as_str(), NameError::TooLong),
            ("CON.pdf", NameError::Reserved),
        ];

        for (name, error) in cases {
            assert_eq!(clean(name), Err(error), "{name:?}");
        }
    }
}
