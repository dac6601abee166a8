//! Uploads are checked for viruses, by a scanner that may also be silent or talk nonsense.

use serde_json::Value;
use shared::testing::Installation;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::app::{TestApp, refused};

/// The harmless file that every scanner takes for a virus, in two halves: whole, this file would be one.
const EICAR: (&str, &str) =
    (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*");

/// Speaks clamd's protocol: reads the chunks, and answers by what they hold.
async fn scripted() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            socket.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut content = Vec::new();
            loop {
                let length = socket.read_u32().await.unwrap();
                if length == 0 {
                    break;
                }
                let mut chunk = vec![0; length as usize];
                socket.read_exact(&mut chunk).await.unwrap();
                content.extend(chunk);
            }
            let content = String::from_utf8_lossy(&content).into_owned();
            let answer = if content.contains("EICAR") {
                "stream: Eicar-Signature FOUND\0"
            } else if content.contains("nonsense") {
                "INSTREAM size limit exceeded. ERROR\0"
            } else {
                "stream: OK\0"
            };
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

async fn app(address: &str, when_down: &str) -> TestApp {
    let installation = Installation::embedded().with("CLAMD_ADDRESS", address);
    TestApp::start(installation.with("CLAMD_DOWN", when_down)).await
}

async fn refuses_infected_files(address: &str) {
    let mut app = app(address, "refuse").await;
    let person = app.person().await;

    let clean = app.uploads("cv.txt", "Maya Lindqvist, engineer").await;
    let infected = app.uploads("cv.txt", format!("{}{}", EICAR.0, EICAR.1)).await;

    assert_eq!((clean.status().as_u16(), clean.headers().get("x-roleready-notice")), (201, None));
    assert_eq!(refused(infected).await, (422, "file-infected".into()));
    let kept: Value = app.get("/api/v1/documents").await.json().await.unwrap();
    assert_eq!(kept["items"].as_array().unwrap().len(), 1);
    app.switch_to_admin().await;
    let audit: Value =
        app.get("/api/v1/admin/audit?action=refuse_file").await.json().await.unwrap();
    assert_eq!(audit["items"][0]["target"], format!("account/{person}"));
    let signature = audit["items"][0]["detail"]["signature"].as_str().unwrap().to_lowercase();
    assert!(signature.contains("eicar"), "{signature}");
}

#[tokio::test]
async fn an_infected_file_is_refused_and_noted() {
    refuses_infected_files(&scripted().await).await;
}

/// Where a real clamd listens, it is asked as well.
#[tokio::test]
async fn a_real_clamd_says_the_same_where_there_is_one() {
    let address = "127.0.0.1:3310";
    if tokio::net::TcpStream::connect(address).await.is_ok() {
        refuses_infected_files(address).await;
    }
}

#[tokio::test]
async fn while_the_scanner_is_down_files_are_refused_or_taken_with_a_notice() {
    let nowhere = "127.0.0.1:1";
    let refusing = app(nowhere, "refuse").await;
    let accepting = app(nowhere, "accept").await;
    let talking = app(&scripted().await, "refuse").await;

    let not_taken = refusing.uploads("cv.txt", "Maya Lindqvist").await;
    let taken = accepting.uploads("cv.txt", "Maya Lindqvist").await;
    let not_understood = talking.uploads("cv.txt", "nonsense").await;

    assert_eq!(refused(not_taken).await, (503, "unavailable".into()));
    assert_eq!(taken.status(), 201);
    assert_eq!(taken.headers()["x-roleready-notice"], "not-scanned");
    assert_eq!(refused(not_understood).await, (503, "unavailable".into()));
}
