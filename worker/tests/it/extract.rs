//! Documents are opened by a child process, which is bounded before it reads a byte.

use std::process::{Command, Stdio};

use roleready_worker::extract::{self, ExtractError};
use roleready_worker::parse::{self, ParseError};
use shared::config::Ocr;
use shared::document::door::{Door, EXTRACT};
use shared::document::format::Format;
use shared::testing::eventually;

const PROGRAM: &str = env!("CARGO_BIN_EXE_roleready-worker");
const RESUME: &[u8] = include_bytes!("../fixtures/pdf/engineer.pdf");

#[tokio::test]
async fn a_child_reads_what_the_process_itself_would_read() {
    let door = Door::to(PROGRAM);

    let read = extract::read(&door, RESUME, Format::Pdf, None).await.unwrap();

    assert_eq!(read.parsed, parse::read(RESUME, Format::Pdf).unwrap());
    let refused = extract::read(&door, b"no PDF", Format::Pdf, None).await;
    assert!(matches!(refused, Err(ExtractError::Refused(ParseError::Damaged))), "{refused:?}");
}

#[tokio::test]
async fn a_file_with_a_password_is_read_from_its_unlocked_copy() {
    let door = Door::to(PROGRAM);
    let locked = include_bytes!("../fixtures/pdf/locked.pdf");

    let wrong = extract::unlock(&door, locked, Format::Pdf, "wrong").await;
    let copy = extract::unlock(&door, locked, Format::Pdf, "open sesame").await.unwrap();

    assert!(matches!(wrong, Err(ExtractError::Refused(ParseError::Encrypted))), "{wrong:?}");
    let refused = extract::read(&door, locked, Format::Pdf, None).await;
    assert!(matches!(refused, Err(ExtractError::Refused(ParseError::Encrypted))), "{refused:?}");
    let read = extract::read(&door, &copy, Format::Pdf, None).await.unwrap();
    assert_eq!(read.parsed.text, parse::read(RESUME, Format::Pdf).unwrap().text);
}

#[tokio::test]
async fn a_scan_is_recognised_where_the_tools_are_and_stays_a_scan_elsewhere() {
    let door = Door::to(PROGRAM);
    let scan = include_bytes!("../fixtures/pdf/scan.pdf");
    let ocr = Ocr { languages: "eng".into() };
    let there = ["tesseract", "pdftoppm"].iter().all(|tool| {
        Command::new(tool).arg("-v").stderr(Stdio::null()).stdout(Stdio::null()).status().is_ok()
    });

    let without = extract::read(&door, scan, Format::Pdf, None).await;
    let with = extract::read(&door, scan, Format::Pdf, Some(&ocr)).await;

    assert!(matches!(without, Err(ExtractError::Refused(ParseError::Scanned))), "{without:?}");
    if there {
        let with = with.unwrap();
        assert!(with.recognised);
        assert_eq!(with.parsed.resume.basics.email.as_deref(), Some("ada@example.org"));
    } else {
        assert!(matches!(with, Err(ExtractError::Refused(ParseError::Scanned))), "{with:?}");
    }
}

#[tokio::test]
async fn a_child_can_open_no_file_and_no_connection_and_its_memory_is_bounded() {
    let mut child = Command::new(PROGRAM)
        .arg(EXTRACT)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let path = format!("/proc/{}/limits", child.id());
    let bounded = |name: &str, limit: &str| {
        let limits = std::fs::read_to_string(&path).unwrap();
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line.split_whitespace().any(|word| word == limit)
    };

    eventually("the child has bounded itself", async || {
        bounded("Max address space", "536870912").then_some(())
    })
    .await;

    assert!(bounded("Max open files", "3"));
    assert!(bounded("Max cpu time", "10"));
    assert!(bounded("Max core file size", "0"));
    assert!(bounded("Max file size", "0"));
    drop(child.stdin.take());
    assert!(!child.wait().unwrap().success(), "a child without a question has nothing to say");
}
