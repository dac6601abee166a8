//! What a run has shown, as text for people.

use std::fmt::{self, Write as _};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use clap::ValueEnum;
use goose::GooseError;
use goose::metrics::GooseMetrics;

use crate::Arguments;
use crate::memory::Memory;

pub struct Outcome {
    metrics: GooseMetrics,
    /// Lines that only this scenario has.
    pub remarks: Vec<String>,
}

impl Outcome {
    pub fn of(ended: Result<GooseMetrics, GooseError>) -> anyhow::Result<Self> {
        let metrics = match ended {
            Ok(metrics) => metrics,
            Err(GooseError::ThresholdsFailed { metrics, .. }) => *metrics.0,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { metrics, remarks: Vec::new() })
    }

    pub fn passed(&self) -> bool {
        self.metrics.thresholds.iter().all(|limit| limit.passed)
    }
}

pub struct Report<'a> {
    pub arguments: &'a Arguments,
    pub outcome: &'a Outcome,
    pub memory: Option<&'a Memory>,
}

impl Report<'_> {
    pub fn append(&self, file: &Path) -> anyhow::Result<()> {
        let mut opened = std::fs::File::options().append(true).create(true).open(file);
        let opened = opened.as_mut().map_err(|error| anyhow::anyhow!("{error}"));
        opened
            .and_then(|file| write!(file, "\n{self}").context("it cannot be written"))
            .with_context(|| format!("cannot append to {}", file.display()))
    }

    /// What else a reader has to know of the machine.
    fn machine() -> String {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split_whitespace().next().unwrap_or("?").to_owned();
        let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
        let commit = commit.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
        let commit = commit.unwrap_or_default();
        format!(
            "{cores} cores for server and clients together, load average {load} at the end, commit `{commit}`"
        )
    }

    /// The command as it can be typed again, without paths of this machine.
    fn command(&self) -> String {
        let scenario = self.arguments.scenario.to_possible_value();
        let mut command = scenario.as_ref().map_or("", |value| value.get_name()).to_owned();
        let Arguments { hurry, lenient, streams, events, .. } = *self.arguments;
        let usual = [
            ("hurry", hurry, 1),
            ("lenient", lenient, 1),
            ("streams", streams, 1_000),
            ("events", events, 10),
        ];
        for (name, value, usual) in usual {
            if value != usual {
                // Writing to a String cannot fail.
                let _ = write!(command, " --{name} {value}");
            }
        }
        command
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metrics = &self.outcome.metrics;
        writeln!(f, "### `{}`\n", self.command())?;
        let note =
            self.arguments.note.as_deref().map(|note| format!("; {note}")).unwrap_or_default();
        writeln!(f, "{}{note}.\n", Self::machine())?;
        writeln!(f, "```")?;
        writeln!(f, "{:<36} {:>7} {:>6}   p50 / p95 / p99 / max ms", "request", "count", "failed")?;
        let mut requests: Vec<_> = metrics.requests.values().collect();
        requests.sort_by_key(|request| (request.method_label().to_owned(), request.path.clone()));
        let mut all = 0;
        for request in requests {
            let times = &request.raw_data;
            let told = [0.5, 0.95, 0.99].map(|share| milliseconds(times.percentile_us(share)));
            let most = milliseconds(times.maximum_time_us);
            let name = format!("{} {}", request.method_label(), request.path);
            let (count, failed) = (times.counter, request.fail_count);
            writeln!(f, "{name:<36} {count:>7} {failed:>6}   {} / {most}", told.join(" / "))?;
            all += if request.custom_method.is_empty() { count } else { 0 };
        }
        let seconds = metrics.duration.max(1);
        let people = metrics.maximum_users;
        writeln!(
            f,
            "{all} requests in {seconds} s, {} a second, at most {people} people",
            all / seconds
        )?;
        if let Some(memory) = self.memory {
            writeln!(f, "{memory}")?;
        }
        for remark in &self.outcome.remarks {
            writeln!(f, "{remark}")?;
        }
        for limit in &metrics.thresholds {
            let verdict = if limit.passed { "kept" } else { "BROKEN" };
            writeln!(f, "{verdict:<6} {} (it was {})", limit.rule, limit.observed)?;
        }
        writeln!(f, "```")
    }
}

fn milliseconds(microseconds: u64) -> String {
    format!("{}.{}", microseconds / 1_000, microseconds % 1_000 / 100)
}
