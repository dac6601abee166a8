//! What people use, how far they come, and who comes back: sums of people, never one of them.

use chrono::NaiveDate;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::analytics::report::Feature;
use shared::analytics::{Analytics, Event};

use crate::Tag;
use crate::caller::Admin;
use crate::problem::answer::{AdminRead, Refused};
use crate::problem::{Code, Problem};

/// Days that a report covers when the request says nothing, and at most: older events are forgotten.
const USUAL_DAYS: u32 = 30;
const MOST_DAYS: u32 = 90;

pub struct AdminAnalyticsApi {
    pub analytics: Analytics,
}

/// What was done, and by how many people
#[derive(Debug, Object)]
#[oai(example)]
pub struct FeatureUse {
    pub days: u32,
    pub items: Vec<FeatureCount>,
}

#[derive(Debug, Object)]
pub struct FeatureCount {
    pub event: String,
    pub events: i64,
    pub people: i64,
}

/// How many people came how far
#[derive(Debug, Object)]
#[oai(example)]
pub struct Funnel {
    pub days: u32,
    pub steps: Vec<FunnelStep>,
}

/// One step; a tailoring counts as a match too
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct FunnelStep {
    pub event: String,
    /// People who came to this step and to all before it
    pub people: i64,
    /// Per cent of those of the step before; absent on the first, and where nobody was there
    pub of_step_before: Option<f64>,
}

/// Who comes back, by the week of signing up
#[derive(Debug, Object)]
#[oai(example)]
pub struct CohortReport {
    pub cohorts: Vec<RetentionCohort>,
}

#[derive(Debug, Object)]
pub struct RetentionCohort {
    /// The Monday of the week in which they signed up
    pub week: NaiveDate,
    pub people: i64,
    /// Of them, those who did something in that week, the next, and so on
    pub active: Vec<i64>,
}

/// How often what people start comes out well
#[derive(Debug, Object)]
#[oai(example)]
pub struct SuccessReport {
    pub days: u32,
    pub items: Vec<SuccessItem>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SuccessItem {
    /// `parse`, `match`, `tailor` or `proposal`; of proposals, those accepted of all decided
    pub what: String,
    pub well: i64,
    pub badly: i64,
    /// Per cent that came out well; absent when there were none
    pub rate: Option<f64>,
}

/// How long people take from one step to the next
#[derive(Debug, Object)]
#[oai(example)]
pub struct Journey {
    pub days: u32,
    pub passages: Vec<JourneyPassage>,
}

/// People by the days between the first time of one step and of the next
#[derive(Debug, Object)]
pub struct JourneyPassage {
    pub from: String,
    pub to: String,
    pub same_day: i64,
    pub within_week: i64,
    pub later: i64,
}

impl Example for FeatureUse {
    fn example() -> Self {
        let item = FeatureCount { event: "resume_tailored".into(), events: 412, people: 230 };
        Self { days: USUAL_DAYS, items: vec![item] }
    }
}

impl Example for Funnel {
    fn example() -> Self {
        let step = |event: &str, people, of_step_before| FunnelStep {
            event: event.into(),
            people,
            of_step_before,
        };
        let first = step("document_uploaded", 1_000, None);
        Self { days: USUAL_DAYS, steps: vec![first, step("resume_parsed", 960, Some(96.0))] }
    }
}

impl Example for CohortReport {
    fn example() -> Self {
        let week = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap_or_default();
        Self { cohorts: vec![RetentionCohort { week, people: 120, active: vec![118, 40, 31] }] }
    }
}

impl Example for SuccessReport {
    fn example() -> Self {
        let item = SuccessItem { what: "parse".into(), well: 960, badly: 40, rate: Some(96.0) };
        Self { days: USUAL_DAYS, items: vec![item] }
    }
}

impl Example for Journey {
    fn example() -> Self {
        let passage = JourneyPassage {
            from: "resume_parsed".into(),
            to: "resume_matched".into(),
            same_day: 700,
            within_week: 90,
            later: 20,
        };
        Self { days: USUAL_DAYS, passages: vec![passage] }
    }
}

#[OpenApi(prefix_path = "/admin/analytics", tag = "Tag::Admin")]
impl AdminAnalyticsApi {
    /// Show what people use
    #[oai(path = "/features", method = "get", operation_id = "get_feature_use")]
    async fn features(
        &self,
        _admin: Admin,
        days: Query<Option<u32>>,
    ) -> Result<Json<FeatureUse>, Refused<AdminRead>> {
        let days = period(days.0)?;
        let items = self.analytics.features(days).await?.into_iter().map(|feature| FeatureCount {
            event: feature.event.as_str().to_owned(),
            events: feature.events,
            people: feature.people,
        });
        Ok(Json(FeatureUse { days, items: items.collect() }))
    }

    /// Show how far people come
    ///
    /// Upload, parse, match, tailor, accept, export.
    #[oai(path = "/funnel", method = "get", operation_id = "get_funnel")]
    async fn funnel(
        &self,
        _admin: Admin,
        days: Query<Option<u32>>,
    ) -> Result<Json<Funnel>, Refused<AdminRead>> {
        let days = period(days.0)?;
        let mut before = None;
        let steps = self.analytics.funnel(days).await?.into_iter().map(|(event, people)| {
            let of_step_before = before.replace(people).and_then(|before| percent(people, before));
            FunnelStep { event: event.as_str().to_owned(), people, of_step_before }
        });
        Ok(Json(Funnel { days, steps: steps.collect() }))
    }

    /// Show who comes back
    #[oai(path = "/retention", method = "get", operation_id = "get_retention_cohorts")]
    async fn retention(
        &self,
        _admin: Admin,
        days: Query<Option<u32>>,
    ) -> Result<Json<CohortReport>, Refused<AdminRead>> {
        let (cohorts, retained) = self.analytics.retention(period(days.0)?).await?;
        let cohorts = cohorts.into_iter().map(|cohort| {
            let own = retained.iter().filter(|row| row.cohort == cohort.cohort);
            let mut active = Vec::new();
            for row in own {
                let week = usize::try_from(row.week).unwrap_or(0);
                active.resize(active.len().max(week + 1), 0);
                active[week] = row.people;
            }
            RetentionCohort { week: cohort.cohort, people: cohort.people, active }
        });
        Ok(Json(CohortReport { cohorts: cohorts.collect() }))
    }

    /// Show how often it comes out well
    #[oai(path = "/success", method = "get", operation_id = "get_success")]
    async fn success(
        &self,
        _admin: Admin,
        days: Query<Option<u32>>,
    ) -> Result<Json<SuccessReport>, Refused<AdminRead>> {
        let days = period(days.0)?;
        let features = self.analytics.features(days).await?;
        let pairs = [
            ("parse", Event::ResumeParsed, Event::ParseFailed),
            ("match", Event::ResumeMatched, Event::MatchFailed),
            ("tailor", Event::ResumeTailored, Event::TailorFailed),
            ("proposal", Event::ProposalAccepted, Event::ProposalRejected),
        ];
        let items = pairs.into_iter().map(|(what, well, badly)| {
            let (well, badly) = (count(&features, well), count(&features, badly));
            SuccessItem { what: what.to_owned(), well, badly, rate: percent(well, well + badly) }
        });
        Ok(Json(SuccessReport { days, items: items.collect() }))
    }

    /// Show how long people take
    ///
    /// From each step of the funnel to the next, in days.
    #[oai(path = "/journey", method = "get", operation_id = "get_journey")]
    async fn journey(
        &self,
        _admin: Admin,
        days: Query<Option<u32>>,
    ) -> Result<Json<Journey>, Refused<AdminRead>> {
        let days = period(days.0)?;
        let passages =
            self.analytics.journey(days).await?.into_iter().map(|passage| JourneyPassage {
                from: passage.from.as_str().to_owned(),
                to: passage.to.as_str().to_owned(),
                same_day: passage.same_day,
                within_week: passage.within_week,
                later: passage.later,
            });
        Ok(Json(Journey { days, passages: passages.collect() }))
    }
}

fn period(days: Option<u32>) -> Result<u32, Problem> {
    let days = days.unwrap_or(USUAL_DAYS);
    if (1..=MOST_DAYS).contains(&days) {
        return Ok(days);
    }
    let detail = format!("`days` must be from 1 to {MOST_DAYS}.");
    Err(Problem::new(Code::InvalidRequest, detail))
}

fn count(features: &[Feature], event: Event) -> i64 {
    features.iter().find(|feature| feature.event == event).map_or(0, |feature| feature.events)
}

/// To a tenth. `None`: of nothing.
fn percent(part: i64, whole: i64) -> Option<f64> {
    let number = |count: i64| i32::try_from(count).map_or(f64::from(i32::MAX), f64::from);
    (whole > 0).then(|| (1_000.0 * number(part) / number(whole)).round() / 10.0)
}
