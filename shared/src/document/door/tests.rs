use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::testing::eventually;

/// A door to a shell script in the child's place.
fn door(script: &str) -> (Door, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("child");
    let script = format!("#!/bin/sh\ncd '{}'\n{script}\n", folder.path().display());
    std::fs::write(&program, script).expect("a program");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o700))
        .expect("a program that may run");
    (Door::to(program), folder)
}

async fn ask(door: &Door, bytes: &[u8]) -> Result<Answer<String>, DoorError> {
    let question = Question { task: Task::Read, format: Format::Text, password: None };
    door.ask(&question, bytes).await
}

async fn limit(script: &str) -> Option<Limit> {
    let (door, _folder) = door(script);
    match ask(&door, b"").await {
        Err(DoorError::Stopped(limit)) => Some(limit),
        Ok(_) | Err(_) => None,
    }
}

async fn pid_of_child(folder: &Path) -> u32 {
    eventually("the child has begun", async || {
        std::fs::read_to_string(folder.join("pid")).ok()?.trim().parse().ok()
    })
    .await
}

fn lives(pid: u32) -> bool {
    // A child that is dead and not yet collected has no command line.
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

#[tokio::test]
async fn a_child_gets_the_question_and_the_bytes_and_nothing_of_ours() {
    let (door, folder) = door("cat > input; env > environment; printf '\"yes\"\\nrest'");

    let answer = ask(&door, b"bytes").await.unwrap();

    assert_eq!((answer.words.as_str(), answer.bytes.as_slice()), ("yes", &b"rest"[..]));
    let input = std::fs::read_to_string(folder.path().join("input")).unwrap();
    assert_eq!(input, "{\"task\":\"read\",\"format\":\"text\",\"password\":null}\nbytes");
    let environment = std::fs::read_to_string(folder.path().join("environment")).unwrap();
    assert!(!environment.contains("HOME=") && !environment.contains("CARGO"), "{environment}");
}

#[tokio::test]
async fn a_child_that_dies_of_its_file_says_at_which_limit() {
    let dying = [
        ("echo 'memory allocation of 99 bytes failed' >&2; kill -ABRT $$", Limit::Memory),
        (
            "echo 'thread main has overflowed its stack: stack overflow' >&2; kill -ABRT $$",
            Limit::Stack,
        ),
        ("kill -SEGV $$", Limit::Stack),
        ("kill -XCPU $$", Limit::Processor),
        ("exit 101", Limit::Crash),
        ("echo nonsense", Limit::Crash),
    ];

    for (script, expected) in dying {
        assert_eq!(limit(script).await, Some(expected), "{script}");
    }
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_ended() {
    let (mut door, folder) = door("echo $$ > pid; exec sleep 600");
    door.patience = Duration::from_millis(300);

    let outcome = ask(&door, b"").await;

    assert!(matches!(outcome, Err(DoorError::Stopped(Limit::Time))));
    let pid = pid_of_child(folder.path()).await;
    eventually("the child is gone", async || (!lives(pid)).then_some(())).await;
}

#[tokio::test]
async fn a_child_that_talks_without_end_is_not_listened_to() {
    assert_eq!(limit("exec yes").await, Some(Limit::Answer));
}

#[tokio::test]
async fn a_child_that_others_end_is_no_verdict_on_the_file() {
    for signal in ["TERM", "KILL", "INT"] {
        let (door, _folder) = door(&format!("kill -{signal} $$"));

        let outcome = ask(&door, &vec![0; 1 << 20]).await;

        assert!(matches!(outcome, Err(DoorError::Interrupted)), "{signal}: {outcome:?}");
    }
    assert!(matches!(ask(&Door::to("/nowhere"), b"").await, Err(DoorError::NotStarted(_))));
}

#[tokio::test]
async fn nobody_waits_for_a_child_whose_answer_is_not_wanted() {
    let (door, folder) = door("echo $$ > pid; exec sleep 600");
    let asking = tokio::spawn(async move { ask(&door, b"").await.map(|answer| answer.words) });
    let pid = pid_of_child(folder.path()).await;

    asking.abort();

    eventually("the child is gone", async || (!lives(pid)).then_some(())).await;
}
