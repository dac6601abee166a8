//! Reading the environment.

use std::fs;
use std::path::Path;

use roleready_shared::config::{Blobs, Config, ConfigError, Mode, Provider};

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_variables(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
}

#[test]
fn with_nothing_set_it_is_one_process_on_loopback_without_a_model() {
    let config = read(&[]).unwrap();

    assert!(config.address.ip().is_loopback());
    assert!(matches!(config.mode, Mode::Embedded));
    assert!(config.model.is_none());
    assert_eq!(config.blobs, Blobs::Folder("data/blobs".into()));
}

#[test]
fn all_problems_are_told_at_once() {
    let error = read(&[
        ("DATABASE_URL", "mysql://db"),
        ("DATABASE_CONNECTIONS", "-1"),
        ("ROLEREADY_BLOBS", "ftp://files"),
        ("ROLEREADY_ADDR", "here"),
        ("OPENAI_BASE_URL", "not a url"),
    ]);

    let problems = error.unwrap_err().0;
    assert_eq!(problems.len(), 5, "{problems:#?}");
}

#[test]
fn a_database_without_redis_and_two_providers_are_contradictions() {
    let half = read(&[("DATABASE_URL", "postgres://db/roleready")]).unwrap_err();
    let two = [("AZURE_OPENAI_ENDPOINT", "https://a.example"), ("OPENAI_API_KEY", "k")];
    let two = read(&two).unwrap_err();

    assert!(half.0[0].contains("REDIS_URL is not"), "{half}");
    assert!(two.0[0].contains("choose one"), "{two}");
}

#[test]
fn a_base_url_alone_is_a_provider_that_needs_no_key() {
    let config = read(&[("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")]).unwrap();

    let provider = config.model.unwrap().provider;
    assert!(matches!(provider, Provider::OpenAi { key: None, .. }), "{provider:?}");
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let config = read(&[
        ("DATABASE_URL", "postgres://user:hunter2@db/roleready"),
        ("REDIS_URL", "redis://:hunter2@cache"),
        ("OPENAI_API_KEY", "sk-hunter2"),
        ("ROLEREADY_SECRET", "hunter2-f2d1a07c5b9e48366c0e1f7a92b3d584"),
        ("SMTP_URL", "smtps://user:hunter2@mail.example.org"),
        ("MAIL_FROM", "mail@example.org"),
    ]);

    assert!(!format!("{:?}", config.unwrap()).contains("hunter2"));
}

#[test]
fn every_setting_stands_in_the_example_and_nothing_else() {
    let example = include_str!("../../../.env.example");
    let listed: Vec<&str> = example
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config");
    let mut code = fs::read_to_string(sources.with_extension("rs")).unwrap();
    for file in fs::read_dir(sources).unwrap() {
        code.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
    }

    let mut once = listed.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(listed.len(), once.len(), "a setting stands in .env.example twice");
    assert_eq!(once, names_in(&code));
}

/// The names of variables that code spells out, sorted, each once.
fn names_in(code: &str) -> Vec<&str> {
    let is_name = |text: &&str| {
        let letters =
            text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        text.len() > 3 && letters && text.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let quoted = code.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    let mut names: Vec<&str> = quoted.filter(is_name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn a_secret_that_anybody_could_know_stops_the_start() {
    for weak in ["short", "changeme-changeme-changeme-changeme", &"a".repeat(64)] {
        let error = read(&[("ROLEREADY_SECRET", weak)]).unwrap_err();
        assert!(error.0[0].contains("ROLEREADY_SECRET"), "{error}");
        assert!(!error.to_string().contains(weak), "{error}");
    }
    assert!(read(&[("ROLEREADY_SECRET", "f2d1a07c5b9e48366c0e1f7a92b3d584")]).is_ok());
}

#[test]
fn who_gets_in_is_not_half_set() {
    let cases = [
        ("OIDC_ISSUER", "https://id.example.org", "OIDC_AUDIENCE"),
        ("OIDC_ISSUER", "http://id.example.org", "https://"),
        ("SMTP_URL", "smtps://mail.example.org", "MAIL_FROM"),
        ("MAIL_FROM", "mail@example.org", "SMTP_URL"),
        ("ROLEREADY_COOKIES", "none", "insecure"),
    ];

    for (name, value, told) in cases {
        let error = read(&[(name, value)]).unwrap_err();
        assert!(error.to_string().contains(told), "{name}: {error}");
    }
    let open = [("ROLEREADY_COOKIES", "insecure"), ("ROLEREADY_ADDR", "0.0.0.0:80")];
    assert!(read(&open).is_err());
    assert!(read(&open[..1]).is_ok());
}
