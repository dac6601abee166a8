//! What the editor tells of its use, and whether a person wants any of it kept.

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, Example};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::analytics::Analytics;
use shared::analytics::editor::{Told, ToldError};

use crate::caller::Caller;
use crate::json::Body;
use crate::problem::answer::{Create, Read, Refused};
use crate::problem::{Code, Problem};
use crate::{Tag, usage};

/// Events of one request.
const MOST_EVENTS: usize = 50;

pub struct AnalyticsApi {
    pub analytics: Analytics,
}

/// Something that happened in the editor
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub struct ToldEvent {
    /// `editor_opened`, `evidence_opened`, `proposal_viewed`, `version_compared`, `template_previewed`,
    /// `help_opened` or `onboarding_step`
    pub name: String,
    /// `section` (of `evidence_opened` and `proposal_viewed`), `seconds` (of `proposal_viewed`), `format` (of
    /// `template_previewed`), `topic` (of `help_opened`), `step` (of `onboarding_step`): words from fixed
    /// lists and small numbers, never text of a person
    #[serde(default)]
    pub fields: Option<Any<Map<String, Value>>>,
}

/// What happened in the editor, up to 50 events
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct TellEvents {
    pub events: Vec<ToldEvent>,
}

/// Whether it is kept what you use
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct AnalyticsPreference {
    /// `false`: nothing is kept from now on, and what was kept is deleted
    pub collect: bool,
}

impl Example for TellEvents {
    fn example() -> Self {
        let mut fields = Map::new();
        fields.insert("section".into(), "work".into());
        fields.insert("seconds".into(), 12.into());
        Self {
            events: vec![ToldEvent { name: "proposal_viewed".into(), fields: Some(Any(fields)) }],
        }
    }
}

impl Example for AnalyticsPreference {
    fn example() -> Self {
        Self { collect: false }
    }
}

#[derive(ApiResponse)]
pub enum Noted {
    /// They are noted, unless you want none kept
    #[oai(status = 204)]
    Noted,
}

#[OpenApi(prefix_path = "/analytics", tag = "Tag::Analytics")]
impl AnalyticsApi {
    /// Tell what happened in the editor
    ///
    /// Names, fields and values come from fixed lists; one that does not refuses the whole request. Nothing is
    /// kept of people who want none kept, nor of requests with `Sec-GPC: 1` or `DNT: 1`.
    #[oai(path = "/events", method = "post", operation_id = "tell_events")]
    #[expect(clippy::unused_async, reason = "the macro takes async functions only")]
    async fn tell(
        &self,
        caller: Caller,
        request: &Request,
        body: Body<TellEvents>,
    ) -> Result<Noted, Refused<Create>> {
        let told = read(body.0)?;
        if !usage::wants_none(request) {
            self.analytics.note_told(caller.0.id, told);
        }
        Ok(Noted::Noted)
    }

    /// Say whether it is kept what you use
    #[oai(path = "/preference", method = "get", operation_id = "get_analytics_preference")]
    async fn preference(&self, caller: Caller) -> Result<Json<AnalyticsPreference>, Refused<Read>> {
        let collect = self.analytics.is_kept(caller.0.id).await?;
        Ok(Json(AnalyticsPreference { collect }))
    }

    /// Choose whether it is kept what you use
    #[oai(path = "/preference", method = "put", operation_id = "set_analytics_preference")]
    async fn prefer(
        &self,
        caller: Caller,
        body: Body<AnalyticsPreference>,
    ) -> Result<Json<AnalyticsPreference>, Refused<Create>> {
        let collect = body.0.collect;
        if collect {
            self.analytics.keep_again(caller.0.id).await?;
        } else {
            self.analytics.stop_keeping(caller.0.id).await?;
        }
        Ok(Json(AnalyticsPreference { collect }))
    }
}

fn read(body: TellEvents) -> Result<Vec<Told>, Problem> {
    if body.events.len() > MOST_EVENTS {
        let detail = format!("`events` may hold up to {MOST_EVENTS} events.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    let told = body.events.into_iter().enumerate().map(|(at, event)| {
        let fields = event.fields.map(|fields| fields.0).unwrap_or_default();
        Told::read(&event.name, fields).map_err(|error| {
            let what = match error {
                ToldError::Event => "`name` is not one that can be told",
                ToldError::Field => "`fields` holds one that the event does not have",
                ToldError::Value => "`fields` holds a value that the field does not take",
            };
            Problem::new(Code::InvalidRequest, format!("`events[{at}]`: {what}."))
        })
    });
    told.collect()
}
