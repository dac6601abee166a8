//! Postings pasted as HTML, turned into the lines a reader sees.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Tags that only markup has; a text with a lone `<` is no markup.
static MARKUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)</?(?:p|br|li|ul|ol|div|span|strong|b|em|i|h[1-6]|table|tr|td|section|article)\b[^<>]{0,500}/?>",
    )
    .ok()
});
static HIDDEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?is)<!--.*?-->|<(?:script|style|head)\b[^>]*>.*?</(?:script|style|head)\s*>").ok()
});
static ITEM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)<li\b[^<>]{0,500}>").ok());
static BREAK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)</?(?:p|br|ul|ol|div|h[1-6]|table|tr|section|article|li|hr|header|footer)\b[^<>]{0,500}/?>",
    )
    .ok()
});
static TAG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"</?[A-Za-z!][^<>]{0,2000}>").ok());
static ENTITY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]{2,8}));").ok());

/// The text without markup; plain text stays as it is.
pub fn plain(text: &str) -> Cow<'_, str> {
    let is_markup = MARKUP.as_ref().is_some_and(|regex| regex.is_match(text));
    if !is_markup {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_owned();
    for (regex, with) in [(&HIDDEN, "\n"), (&ITEM, "\n- "), (&BREAK, "\n"), (&TAG, "")] {
        if let Some(regex) = regex.as_ref() {
            plain = regex.replace_all(&plain, with).into_owned();
        }
    }
    Cow::Owned(decoded(&plain))
}

fn decoded(text: &str) -> String {
    let Some(regex) = ENTITY.as_ref() else { return text.to_owned() };
    regex
        .replace_all(text, |found: &regex::Captures<'_>| {
            let number = |at: usize, base: u32| {
                let code = u32::from_str_radix(found.get(at)?.as_str(), base).ok()?;
                char::from_u32(code).filter(|c| *c != '\0').map(String::from)
            };
            let whole = found.get(0).map_or("", |whole| whole.as_str());
            number(1, 10)
                .or_else(|| number(2, 16))
                .or_else(|| named(found.get(3)?.as_str()).map(str::to_owned))
                .unwrap_or_else(|| whole.to_owned())
        })
        .into_owned()
}

fn named(name: &str) -> Option<&'static str> {
    Some(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" | "rdquo" | "ldquo" => "\"",
        "apos" | "rsquo" | "lsquo" => "'",
        "nbsp" => " ",
        "ndash" | "mdash" => "–",
        "bull" | "middot" => "•",
        "hellip" => "…",
        "auml" => "ä",
        "ouml" => "ö",
        "uuml" => "ü",
        "Auml" => "Ä",
        "Ouml" => "Ö",
        "Uuml" => "Ü",
        "szlig" => "ß",
        "eacute" => "é",
        "egrave" => "è",
        "agrave" => "à",
        "aacute" => "á",
        "iacute" => "í",
        "oacute" => "ó",
        "uacute" => "ú",
        "ntilde" => "ñ",
        "ccedil" => "ç",
        "atilde" => "ã",
        "otilde" => "õ",
        "ecirc" => "ê",
        "euro" => "€",
        "pound" => "£",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn pasted_html_reads_like_its_page() {
        let html = "<h3>What you need</h3><ul><li>Rust &amp; Go</li><li>Caf&eacute; &#39;x&#39;</li></ul><script>Java</script>";

        let text = plain(html);

        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines, ["What you need", "- Rust & Go", "- Café 'x'"]);
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["Latency < 5 ms & throughput > 9", "AT&amp;T in plain text", "a <b"] {
            assert_eq!(plain(text), text);
        }
    }
}
