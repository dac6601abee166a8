//! How long a wrong password takes for an address with an account and for one without.
//!
//! `cargo run --release -p roleready-api --example login_timing`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for people")]

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use shared::sign_in::{Credentials, Origin, SignInError, SignIns};
use shared::testing::Installation;

const PAIRS: u32 = 200;

fn credentials(email: &str, password: &str) -> Credentials {
    Credentials { email: email.into(), password: password.into() }
}

/// Each attempt from an address of its own, so that none has to wait.
fn from(number: u32) -> Origin {
    let address = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number));
    Origin { address, request_id: None }
}

async fn takes(sign_ins: &SignIns, email: &str, number: u32) -> Duration {
    let begun = Instant::now();
    let refused = sign_ins.log_in(credentials(email, "not the password"), &from(number)).await;
    assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}

#[tokio::main]
async fn main() {
    let installation = Installation::embedded();
    let sign_ins = installation.open().await.sign_ins;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for number in 0..PAIRS {
        let (email, nobody) = (format!("a{number}@example.org"), format!("b{number}@example.org"));
        let new = credentials(&email, "correct horse battery");
        sign_ins.register(new, &from(number)).await.unwrap();
        // In turns, so that what else the machine does falls on both alike.
        known.push(takes(&sign_ins, &email, number).await);
        unknown.push(takes(&sign_ins, &nobody, PAIRS + number).await);
    }
    let (known, unknown) = (median(known), median(unknown));
    let apart = (known - unknown).abs() / known * 100.0;
    println!(
        "medians of {PAIRS}: known {known:.2} ms, unknown {unknown:.2} ms, {apart:.1} % apart"
    );
}
