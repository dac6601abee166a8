//! Whether a font is bold or italic: its name, its flags, its descriptor.

use lopdf::{Dictionary, Document};

use crate::parse::pdf::object;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    pub bold: bool,
    pub italic: bool,
}

const ITALIC_FLAG: i64 = 1 << 6;
const FORCE_BOLD_FLAG: i64 = 1 << 18;
const BOLD_WEIGHT: f32 = 600.0;
/// Stems of regular faces measure 0.10 to 0.18 of their capitals' height.
const BOLD_STEM: f32 = 0.2;
/// Capitals of most faces, in thousandths of the em; larger where an em has more units.
const CAPITALS: f32 = 700.0;

pub fn read(document: &Document, name: &str, descriptor: Option<&Dictionary>) -> Style {
    let named = by_name(name);
    let Some(descriptor) = descriptor else { return named };
    let flags = object::integer(document, descriptor, b"Flags").unwrap_or(0);
    let number = |key| object::number(document, descriptor, key).filter(|number| *number != 0.0);
    let heavy = match number(b"FontWeight") {
        Some(weight) => weight >= BOLD_WEIGHT,
        None if name.contains("regular") || name.contains("light") => false,
        None => {
            // Some writers count capitals downwards, or leave them without height.
            let capitals =
                number(b"CapHeight").map_or(CAPITALS, |height| height.abs().max(CAPITALS));
            number(b"StemV").unwrap_or(0.0) >= BOLD_STEM * capitals
        }
    };
    Style {
        bold: named.bold || flags & FORCE_BOLD_FLAG != 0 || heavy,
        italic: named.italic || flags & ITALIC_FLAG != 0 || number(b"ItalicAngle").is_some(),
    }
}

/// `name` in small letters, without the subset tag.
fn by_name(name: &str) -> Style {
    const BOLD: [&str; 10] =
        ["bold", "black", "heavy", "demi", "semibd", "cmbx", "cmssbx", "sfbx", "extrabd", "-bd"];
    const ITALIC: [&str; 9] =
        ["italic", "oblique", "slanted", "cmti", "cmsl", "cmssi", "sfti", "sfsl", "-it"];
    Style {
        bold: BOLD.iter().any(|mark| name.contains(mark)) || name.ends_with("medi"),
        italic: ITALIC.iter().any(|mark| name.contains(mark)) || name.ends_with("ital"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(entries: &[(&str, f32)]) -> Style {
        let mut descriptor = Dictionary::new();
        for (key, value) in entries {
            descriptor.set(*key, *value);
        }
        read(&Document::new(), "face", Some(&descriptor))
    }

    #[test]
    fn stems_tell_the_weight_when_nothing_else_does() {
        assert!(described(&[("StemV", 165.0), ("CapHeight", 760.0)]).bold);
        assert!(!described(&[("StemV", 109.0), ("CapHeight", 683.0)]).bold);
        assert!(!described(&[("StemV", 46.0), ("CapHeight", -688.0)]).bold);
        assert!(!described(&[("StemV", 180.0), ("CapHeight", 1443.0), ("FontWeight", 400.0)]).bold);
    }

    #[test]
    fn the_name_tells_the_style() {
        assert!(by_name("liberationsans-bold").bold);
        assert!(by_name("cmbx12").bold);
        assert!(by_name("nimbusromno9l-medi").bold);
        assert!(by_name("cmti10").italic);
        assert_eq!(by_name("georgia"), Style::default());
        assert_eq!(by_name("roboto-medium"), Style::default());
    }
}
