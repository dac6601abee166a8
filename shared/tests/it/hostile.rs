//! What strangers send never brings a reader down, and what it lets through is harmless.

use std::io::Write;

use proptest::prelude::*;
use roleready_shared::document::format::Format;
use roleready_shared::document::name;
use roleready_shared::document::sniff::sniff;
use roleready_shared::plain;
use roleready_shared::resume::edge;
use roleready_shared::resume::json::JsonResume;

/// Beginnings that make a look at a file go deeper.
const MAGIC: [&[u8]; 8] = [
    b"",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"{\\rtf1",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"<!doctype html>",
    b"{\"basics\":",
    b"\xef\xbb\xbf",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_looked_at(
        magic in prop::sample::select(&MAGIC[..]),
        rest in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[magic, &rest].concat()).unwrap();

        let found = sniff(file.path()).unwrap();

        prop_assert!(found != Some(Format::Pdf) || magic.starts_with(b"%PDF") || rest.windows(4).any(|w| w == b"%PDF"));
    }

    #[test]
    fn a_name_that_is_kept_holds_no_path_and_nothing_that_hides(text in "\\PC{0,40}|[./\\\\ \u{0}-\u{1f}\u{202a}-\u{202e}a-z]{0,40}") {
        if let Ok(kept) = name::clean(&text) {
            prop_assert!(!kept.contains(['/', '\\']) && !kept.is_empty() && kept.len() <= 255);
            let hides = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
            prop_assert!(!kept.chars().any(hides));
            prop_assert_eq!(name::clean(&kept), Ok(kept.clone()));
        }
    }

    #[test]
    fn a_line_cleaned_twice_is_cleaned_once(text in any::<String>()) {
        let once = plain::line(&text);
        prop_assert_eq!(plain::line(&once), once);
    }

    #[test]
    fn any_json_is_a_resume_that_can_be_stored_or_is_refused(
        name in any::<String>(),
        url in "[a-z]{0,12}:?/{0,2}.{0,20}",
        key in "basics|work|education|skills|other",
    ) {
        let json = serde_json::json!({ "basics": { "name": name, "url": url }, key: [{ "url": url, "name": name }] });
        let Ok(resume) = serde_json::from_value::<JsonResume>(json) else { return Ok(()) };
        if let Ok(kept) = edge::checked(resume) {
            let link = kept.basics.url.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
            prop_assert!(!link.starts_with("javascript:") && !link.starts_with("data:"), "{}", link);
        }
    }
}
