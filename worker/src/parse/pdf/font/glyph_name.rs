//! Names of glyphs to text.

use crate::parse::pdf::encoding;

/// The text a glyph name stands for: Adobe's list, `uni0041`, `u1F600`,
/// `f_f_i`, `a.alt`; `None` for names that only number the glyph.
pub fn text(name: &[u8]) -> Option<String> {
    if let Some(found) = encoding::listed_glyph(name) {
        return Some(found.to_string());
    }
    let name = std::str::from_utf8(name).ok()?;
    let stem = name.split('.').next().filter(|stem| !stem.is_empty())?;
    let parts: Option<String> = stem.split('_').take(PARTS).map(part).collect();
    parts.or_else(|| legacy(stem))
}

/// A ligature joins two to four letters.
const PARTS: usize = 8;

fn part(name: &str) -> Option<String> {
    if let Some(found) = encoding::listed_glyph(name.as_bytes()).or_else(|| extra(name)) {
        return Some(found.to_string());
    }
    if let Some(digits) =
        name.strip_prefix("uni").filter(|digits| digits.len() >= 4 && digits.is_ascii())
    {
        let units: Option<Vec<u16>> = digits
            .as_bytes()
            .chunks_exact(4)
            .map(|quad| {
                std::str::from_utf8(quad).ok().and_then(|quad| u16::from_str_radix(quad, 16).ok())
            })
            .collect();
        return String::from_utf16(&units?).ok();
    }
    let digits = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len()))?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    char::from_u32(code).map(String::from)
}

/// Names in use that Adobe's list leaves out: TeX's and some foundries'.
fn extra(name: &str) -> Option<char> {
    Some(match name {
        "visiblespace" | "nbspace" | "nonbreakingspace" => ' ',
        "bulletmath" | "bulletoperator" | "textbullet" => '•',
        "diamondmath" => '⋄',
        "periodcentered" | "dotmath" => '·',
        "sfthyphen" | "hyphenchar" | "hyphenminus" => '-',
        "rangedash" => '–',
        "dotlessj" => 'ȷ',
        "perthousandzero" => '‰',
        "compwordmark" => '\u{200C}',
        "ng" => 'ŋ',
        "Ng" => 'Ŋ',
        "Tcommaaccent" => 'Ţ',
        "tcommaaccent" => 'ţ',
        "SS" | "Germandbls" => 'ẞ',
        "Rupee" | "rupee" | "indianrupee" => '₹',
        "Euro" | "euro" => '€',
        _ => return None,
    })
}

/// Names such as `c65` or `G41` that old distillers gave: the code itself.
fn legacy(name: &str) -> Option<String> {
    let (head, digits) = name.split_at_checked(1)?;
    let code = match head {
        "c" | "C" if (2..=3).contains(&digits.len()) => digits.parse().ok()?,
        "G" if digits.len() == 2 => u8::from_str_radix(digits, 16).ok()?,
        _ => return None,
    };
    encoding::windows()[usize::from(code)].map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_list_ligatures_and_code_points_are_read() {
        for (name, expected) in [
            ("A", "A"),
            ("fi", "ﬁ"),
            ("f_f_t", "fft"),
            ("eacute.sc", "é"),
            ("uni0159", "ř"),
            ("uni00660069", "fi"),
            ("u1F600", "😀"),
            ("c65", "A"),
            ("afii10065", "а"),
            ("alpha", "α"),
        ] {
            assert_eq!(text(name.as_bytes()).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_name_that_only_numbers_the_glyph_has_no_text() {
        for name in ["g0", "g123", "glyph7", ".notdef", "", "uniXYZW", "cid_00123"] {
            assert_eq!(text(name.as_bytes()), None, "{name}");
        }
    }
}
