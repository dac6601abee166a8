//! What the fake is told to do: a queue of steps, each for one request.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::Usage;

/// Steps beyond this are not kept.
const MAX_STEPS: usize = 1000;

/// How one request is answered. The default is a good answer at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// The content of the answer; anything but text is sent as JSON text.
    pub reply: Option<Value>,
    /// With `headers` and `body`, sent in place of an answer. 200 is an answer, billed as usual.
    pub status: Option<u16>,
    /// Also added to a good answer.
    pub headers: BTreeMap<String, String>,
    /// Text is sent as it is, anything else as JSON.
    pub body: Option<Value>,
    /// How long the request waits before anything happens.
    pub latency_ms: u64,
    pub fault: Option<Fault>,
    /// The words of a model that declines.
    pub refusal: Option<String>,
    /// `length` also cuts the content in half.
    pub finish_reason: Option<String>,
    /// Billed and stated in place of what was counted.
    pub usage: Option<Usage>,
    /// Only for requests of this kind; others pass it by.
    pub on: Option<Endpoint>,
    /// How many requests it answers: one, unless told.
    pub times: Option<u32>,
}

/// What goes wrong. The provider has worked, and bills, unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The connection closes in the middle of the answer.
    Cut,
    /// The connection closes before the answer.
    Drop,
    /// The answer never comes.
    Hang,
    /// A page for people from something in between; with the step's status, else 502. Not billed.
    Html,
    /// A body that is not JSON.
    Malformed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    Chat,
    Embeddings,
}

/// `POST /script` takes one step or a list of them.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Steps {
    Many(Vec<Step>),
    One(Box<Step>),
}

#[derive(Debug, Default)]
pub struct Script {
    steps: Mutex<VecDeque<Step>>,
}

impl Step {
    /// Content, as text or as JSON.
    pub fn reply(content: impl Into<Value>) -> Self {
        Self { reply: Some(content.into()), ..Self::default() }
    }

    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    pub fn fault(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    #[must_use]
    pub fn with_body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

impl Script {
    pub fn push(&self, steps: impl IntoIterator<Item = Step>) {
        let mut queue = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MAX_STEPS.saturating_sub(queue.len());
        queue.extend(steps.into_iter().filter(|step| step.times != Some(0)).take(room));
    }

    pub fn clear(&self) {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The step for the next request of this kind; without one, a good answer.
    pub fn next(&self, endpoint: Endpoint) -> Step {
        let mut queue = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = queue.iter().position(|step| step.on.is_none_or(|on| on == endpoint)) else {
            return Step::default();
        };
        match queue.get_mut(at) {
            Some(Step { times: Some(times), .. }) if *times > 1 => {
                *times -= 1;
                queue.get(at).cloned().unwrap_or_default()
            }
            _ => queue.remove(at).unwrap_or_default(),
        }
    }
}
