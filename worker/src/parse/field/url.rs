//! Addresses of pages and mail.

use std::sync::LazyLock;

use regex::Regex;

static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}][\p{L}\p{N}.-]*\.[\p{L}]{2,24}")
});
static URL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:https?://|www\.)[^\s<>|·,;()]+|\b(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:com|org|net|io|dev|app|me|co|edu|gov|info|biz|ai|tech|blog|page|site|online|design|studio|xyz|cloud|eu|uk|de|at|ch|fr|es|it|nl|be|pt|br|mx|ar|cl|pl|cz|se|no|dk|fi|ie|in|cn|jp|kr|tw|hk|sg|au|nz|za|ng|ke|ru|ua|tr|ca|us|example|test|name|pro|works|systems|science|academy)\b(?:/[^\s<>|·,;()]*)?",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant used by every test")
}

pub fn mail(text: &str) -> Option<&str> {
    MAIL.find(text).map(|found| found.as_str().trim_end_matches('.'))
}

/// The pages a text names, mail aside.
pub fn urls(text: &str) -> Vec<&str> {
    let without: Vec<(usize, usize)> =
        MAIL.find_iter(text).map(|found| (found.start(), found.end())).collect();
    let outside = |at: usize| !without.iter().any(|(from, to)| (*from..*to).contains(&at));
    let found = URL.find_iter(text).filter(|found| outside(found.start()));
    found
        .map(|found| found.as_str().trim_end_matches(['.', '/', ':']))
        .filter(|url| url.contains('.'))
        .collect()
}

/// True when the text is the address of a page and nothing else.
pub fn is_url(text: &str) -> bool {
    let text = text.trim().trim_end_matches('/');
    let plain = text.contains('/') || !text.contains(char::is_uppercase);
    !text.contains(' ')
        && plain
        && text.contains(['/', '.'])
        && urls(text).first().is_some_and(|url| url.len() + 1 >= text.len())
}

/// Host and path, without scheme and `www.`.
pub fn parts(url: &str) -> (String, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    (host.to_lowercase(), path)
}
