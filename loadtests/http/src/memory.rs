//! How much memory the server's process holds while it is asked.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_secs(1);

/// When, from the start on, and how many KiB.
type Look = (Duration, u64);

/// Looks once a second.
pub struct Watch {
    running: Option<(oneshot::Sender<()>, JoinHandle<Vec<Look>>)>,
}

/// In KiB.
#[derive(Debug)]
pub struct Memory {
    pub before: u64,
    pub settled: Option<u64>,
    pub highest: u64,
    pub after: u64,
}

impl Watch {
    pub fn start(pid: Option<u32>) -> Self {
        let running = pid.map(|pid| {
            let (stop, stopped) = oneshot::channel();
            (stop, tokio::spawn(watch(pid, stopped)))
        });
        Self { running }
    }

    /// `settled` is read at the first look after that time.
    pub async fn stop(self, settled: Duration) -> Option<Memory> {
        let (stop, running) = self.running?;
        drop(stop);
        let looks = running.await.ok()?;
        Memory::of(&looks, settled)
    }
}

async fn watch(pid: u32, mut stopped: oneshot::Receiver<()>) -> Vec<Look> {
    let begun = Instant::now();
    let mut looks = Vec::new();
    loop {
        looks.extend(resident(pid).map(|held| (begun.elapsed(), held)));
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = &mut stopped => return looks,
        }
    }
}

/// KiB of a process that are in memory.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

impl Memory {
    fn of(looks: &[Look], settled: Duration) -> Option<Self> {
        let held = looks.iter().map(|(_, held)| *held);
        Some(Self {
            before: looks.first()?.1,
            settled: looks.iter().find(|(time, _)| *time >= settled).map(|(_, held)| *held),
            highest: held.max()?,
            after: looks.last()?.1,
        })
    }

    /// Whether it ends within a tenth of what it was when it had settled.
    pub fn is_flat(&self) -> bool {
        self.settled.is_some_and(|settled| self.after * 10 <= settled * 11)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |kibibytes: u64| kibibytes / 1024;
        write!(f, "memory: {} MiB before, ", mebibytes(self.before))?;
        if let Some(settled) = self.settled {
            write!(f, "{} when settled, ", mebibytes(settled))?;
        }
        write!(f, "{} at most, {} at the end", mebibytes(self.highest), mebibytes(self.after))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Memory;

    #[test]
    fn memory_is_flat_when_it_ends_within_a_tenth_of_what_it_had_settled_at() {
        let looks = |after| [(0, 10), (300, 1_000), (900, 5_000), (1_800, after)];
        let memory = |after| {
            let looks = looks(after).map(|(second, held)| (Duration::from_secs(second), held));
            Memory::of(&looks, Duration::from_mins(5)).expect("looks")
        };

        assert!(memory(1_100).is_flat());
        assert!(!memory(1_101).is_flat());
        assert_eq!(memory(1_000).highest, 5_000);
    }

    #[test]
    fn a_run_too_short_to_settle_says_nothing_of_growth() {
        let looks = [(Duration::ZERO, 10), (Duration::from_secs(9), 10)];

        let memory = Memory::of(&looks, Duration::from_mins(5)).expect("looks");

        assert!(!memory.is_flat());
    }
}
