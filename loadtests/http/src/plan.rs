//! The one list of scenarios: how many people come when, and what they are promised.

use std::fmt::Write;
use std::time::Duration;

use crate::Arguments;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// Five people for 20 seconds: does everything answer at all
    Smoke,
    /// 50 people, then 200, in a mixed journey; five minutes
    Load,
    /// 20 people for half a minute with loose limits, for CI
    Gate,
    /// More and more people, to 1,500, until the server refuses; what it accepts must still be right
    Stress,
    /// 1,000 connections that read and never pause: how many answers a second
    Read,
    /// 10 people, suddenly 300, then 10 again
    Spike,
    /// 50 people for half an hour; memory must stay flat
    Soak,
    /// 1,000 open streams of events, and how late an event is
    Sse,
}

/// People at a time, and the seconds it takes to get there from the step before.
type Step = (u32, u32);

/// What is done to the server, and what is asked of it. A plan that did not end with nobody would go on for ever.
pub struct Plan {
    pub steps: Vec<(u32, Duration)>,
    /// How many accounts take part.
    pub people: usize,
    /// Rules in goose's words; each breaks the run.
    pub limits: Vec<String>,
    /// Whether people only read.
    pub reads_only: bool,
    /// Whether a refusal (429, 503) is an answer like any other.
    pub may_refuse: bool,
    /// Longest pause of a person between two requests.
    pub pause: Duration,
    /// Between two events on open streams.
    pub pace: Duration,
    /// Whether memory must not grow.
    pub flat: bool,
    /// After this, memory has settled.
    pub settled: Duration,
}

/// Operations of one person that wait at once, within what a premium one may have.
pub const EACH: usize = 20;

impl Plan {
    pub fn new(arguments: &Arguments) -> Self {
        let streams = arguments.streams;
        let steps: &[Step] = match arguments.scenario {
            Scenario::Smoke => &[(5, 2), (5, 20), (0, 1)],
            Scenario::Load => &[(50, 10), (50, 120), (200, 20), (200, 120), (0, 5)],
            Scenario::Gate => &[(20, 3), (20, 30), (0, 1)],
            Scenario::Stress => {
                &[(100, 10), (500, 60), (1_000, 60), (1_500, 60), (1_500, 60), (0, 5)]
            }
            Scenario::Read => &[(1_000, 10), (1_000, 60), (0, 1)],
            Scenario::Spike => &[(10, 5), (10, 30), (300, 3), (300, 30), (10, 3), (10, 30), (0, 1)],
            Scenario::Soak => &[(50, 20), (50, 1_800), (0, 5)],
            Scenario::Sse => &[(streams, streams.div_ceil(25))],
        };
        let most = steps.iter().map(|(people, _)| *people).max().unwrap_or_default() as usize;
        Self {
            steps: steps
                .iter()
                .map(|(people, time)| (*people, shorter(*time, arguments.hurry)))
                .collect(),
            people: match arguments.scenario {
                Scenario::Sse | Scenario::Read => most.div_ceil(EACH),
                _ => most,
            },
            limits: limits(arguments.scenario, arguments.lenient),
            reads_only: arguments.scenario == Scenario::Read,
            may_refuse: arguments.scenario == Scenario::Stress,
            pause: Duration::from_millis(match arguments.scenario {
                Scenario::Read => 0,
                Scenario::Stress => 200,
                _ => 1_500,
            }),
            pace: Duration::from_secs(1) / arguments.events,
            flat: arguments.scenario == Scenario::Soak,
            settled: shorter(300, arguments.hurry),
        }
    }

    /// As goose takes it: `50,10;50,120`.
    pub fn as_text(&self) -> String {
        let mut text = String::new();
        for (people, time) in &self.steps {
            let separator = if text.is_empty() { "" } else { ";" };
            // Writing to a String cannot fail.
            let _ = write!(text, "{separator}{people},{}", time.as_secs());
        }
        text
    }
}

fn shorter(seconds: u32, hurry: u32) -> Duration {
    Duration::from_secs(u64::from(seconds.div_ceil(hurry)))
}

/// A rate that must hold, and times in milliseconds that a lenient run makes longer.
fn limits(scenario: Scenario, lenient: u32) -> Vec<String> {
    let (rate, times): (&str, &[(&str, u32, &str)]) = match scenario {
        Scenario::Smoke => ("error-rate<=0%", &[("p95", 500, "")]),
        Scenario::Load | Scenario::Soak => (
            "error-rate<0.1%",
            &[
                ("p95", 100, " for GET resumes/{id}"),
                ("p95", 250, " for POST resumes/{id}/coverage"),
                ("p95", 100, " for POST resumes/{id}/ats-checks"),
                ("p95", 5_000, " for OPERATION ats"),
                ("p95", 10_000, " for OPERATION tailor"),
            ],
        ),
        Scenario::Gate => (
            "error-rate<1%",
            &[("p95", 2_000, " for GET resumes/{id}"), ("p95", 20_000, " for OPERATION ats")],
        ),
        // What is refused counts as answered here; anything else does not.
        Scenario::Stress => ("error-rate<0.5%", &[("p99", 20_000, " for GET resumes/{id}")]),
        Scenario::Read => ("rps>=5000", &[("p99", 250, "")]),
        Scenario::Spike => ("error-rate<1%", &[("p99", 2_000, " for GET resumes/{id}")]),
        Scenario::Sse => ("error-rate<=0%", &[("p95", 50, " for EVENT to-client")]),
    };
    let times = times
        .iter()
        .map(|(metric, most, request)| format!("{metric}<{}ms{request}", most * lenient));
    std::iter::once(rate.to_owned()).chain(times).collect()
}

#[cfg(test)]
mod tests {
    use clap::{Parser, ValueEnum};

    use super::{Plan, Scenario};
    use crate::Arguments;

    #[test]
    fn every_scenario_is_one_that_goose_accepts() {
        for scenario in Scenario::value_variants() {
            let name = scenario.to_possible_value().expect("a name");
            let arguments = ["x", name.get_name(), "--server", "y", "--lenient", "3"];
            let plan = Plan::new(&Arguments::try_parse_from(arguments).expect("arguments"));

            let parsed = plan.as_text().parse::<goose::test_plan::TestPlan>();

            assert!(parsed.is_ok(), "{name:?}");
            let ends = plan.steps.last().is_some_and(|(people, _)| *people == 0);
            assert!(ends || *scenario == Scenario::Sse, "{name:?} goes on for ever");
            for limit in &plan.limits {
                assert!(limit.parse::<goose::threshold::Threshold>().is_ok(), "{limit}");
            }
        }
    }

    #[test]
    fn a_hurried_run_keeps_its_people_and_shortens_its_time() {
        let arguments = ["x", "load", "--server", "y", "--hurry", "10"];
        let plan = Plan::new(&Arguments::try_parse_from(arguments).expect("arguments"));

        assert_eq!(plan.as_text(), "50,1;50,12;200,2;200,12;0,1");
        assert_eq!(plan.people, 200);
    }
}
