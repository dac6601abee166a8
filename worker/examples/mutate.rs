//! Damages documents at random and reads them: `mutate SECONDS FILE…`; what panics or is slow is kept.
//!
//! Stable Rust's stand-in for a fuzzer: no coverage guides it, but it needs nothing installed. Reads
//! in its own process, so that a crash shows; a finding is written to the folder for temporary files.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use roleready_worker::parse;
use shared::document::format::Format;

/// What makes readers count, allocate or recurse.
const TOKENS: [&[u8]; 14] = [
    b"0",
    b"-1",
    b"99999999999",
    b"\xff\xff\xff\xff",
    b"<<",
    b">>",
    b"[",
    b"(",
    b"stream",
    b"</w:p>",
    b"<table>",
    b"{\\",
    b"\\u-1?",
    b"\0",
];
const SLOW: Duration = Duration::from_secs(2);

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(seconds) = arguments.next().and_then(|text| text.parse().ok()) else {
        println!("mutate SECONDS FILE…");
        return Ok(());
    };
    let files: Vec<(Format, Vec<u8>)> = arguments
        .filter_map(|path| {
            let name = Path::new(&path).file_name()?.to_str()?;
            Some((Format::from_name(name)?, std::fs::read(&path).ok()?))
        })
        .collect();
    std::panic::set_hook(Box::new(|_| {}));
    for format in Format::ALL {
        let seeds: Vec<&[u8]> = files
            .iter()
            .filter(|(of, _)| *of == format)
            .map(|(_, bytes)| bytes.as_slice())
            .collect();
        if !seeds.is_empty() {
            run(format, &seeds, Duration::from_secs(seconds))?;
        }
    }
    Ok(())
}

fn run(format: Format, seeds: &[&[u8]], time: Duration) -> std::io::Result<()> {
    let mut random = StdRng::seed_from_u64(7);
    let (begun, mut count, mut panics, mut slowest) = (Instant::now(), 0, 0, Duration::ZERO);
    while begun.elapsed() < time {
        let bytes = mutated(seeds[random.random_range(0..seeds.len())], &mut random);
        let started = Instant::now();
        let outcome = catch_unwind(|| parse::read(&bytes, format).is_ok());
        let took = started.elapsed();
        slowest = slowest.max(took);
        count += 1;
        if outcome.is_err() || took > SLOW {
            panics += usize::from(outcome.is_err());
            let name = format!("finding-{format:?}-{count}");
            std::fs::write(std::env::temp_dir().join(&name), &bytes)?;
            println!("{name}: panicked {}, took {took:?}", outcome.is_err());
        }
    }
    println!("{format:?}: {count} inputs, {panics} panics, slowest {slowest:?}");
    Ok(())
}

fn mutated(seed: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.random_range(1..6) {
        if bytes.is_empty() {
            break;
        }
        let at = random.random_range(0..bytes.len());
        let end = (at + random.random_range(1..64)).min(bytes.len());
        match random.random_range(0..5) {
            0 => bytes[at] ^= 1 << random.random_range(0..8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let token = TOKENS[random.random_range(0..TOKENS.len())];
                drop(bytes.splice(at..at, token.iter().copied()));
            }
            3 => bytes.truncate(at),
            _ => {
                let copy = bytes[at..end].repeat(random.random_range(1..20));
                drop(bytes.splice(at..at, copy));
            }
        }
    }
    bytes
}
