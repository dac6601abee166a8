//! Resumes: reading one out of a document, and reading and changing what was read.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::{Deserialize, Serialize};
use shared::dispatch::Dispatch;
use shared::quote::Quotes;
use shared::ranking::Rankings;
use shared::resume::{Model, Resumes};
use shared::submit::{Request, Work};
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::document::Deleted;
use crate::headers::{done, etag, idempotency, required_revision, revision};
use crate::json::Body;
use crate::money::{MaxCost, max_cost};
use crate::operation::{Accepted, Engine};
use crate::page;
use crate::problem::answer::{Change, Create, Read, Refused, Start};
use crate::problem::{Code, Problem};

pub mod data;
pub mod sidecar;

use data::ResumeData;
use sidecar::Sidecar;

pub struct ResumeApi {
    pub resumes: Resumes,
    pub dispatch: Dispatch,
    pub rankings: Rankings,
    pub quotes: Quotes,
}

/// A resume
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Resume {
    pub id: Uuid,
    /// The document it was read from
    pub document_id: Option<Uuid>,
    /// JSON Resume v1
    pub data: ResumeData,
    /// Where each value came from, how sure that is, and what found no place
    pub sidecar: Sidecar,
    /// Counts the changes, from 1; also the `ETag`
    pub revision: i64,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
}

impl Example for Resume {
    fn example() -> Self {
        Self {
            id: crate::example::id(2),
            document_id: Some(crate::example::id(1)),
            data: ResumeData::example(),
            sidecar: Sidecar::default(),
            revision: 1,
            created_at: crate::example::time(),
            updated_at: crate::example::time(),
        }
    }
}

impl From<Model> for Resume {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            document_id: row.document_id,
            data: ResumeData(row.data),
            sidecar: row.sidecar.into(),
            revision: row.revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A resume in a list
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct ResumeSummary {
    pub id: Uuid,
    pub name: Option<String>,
    pub label: Option<String>,
    pub revision: i64,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
}

impl Example for ResumeSummary {
    fn example() -> Self {
        Self {
            id: crate::example::id(2),
            name: Some("Maya Lindqvist".into()),
            label: Some("Backend Engineer".into()),
            revision: 1,
            created_at: crate::example::time(),
            updated_at: crate::example::time(),
        }
    }
}

impl From<Model> for ResumeSummary {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.data.basics.name,
            label: row.data.basics.label,
            revision: row.revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A page of resumes, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct ResumePage {
    pub items: Vec<ResumeSummary>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for ResumePage {
    fn example() -> Self {
        let next_cursor = Some(crate::example::id(2).to_string());
        Self { items: vec![ResumeSummary::example()], next_cursor }
    }
}

/// Which document to read
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ParseResume {
    pub document_id: Uuid,
    /// Who reads it
    #[oai(default)]
    #[serde(default)]
    pub engine: Engine,
    /// The most that all attempts together may cost; beyond it the rules do the work
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost: Option<MaxCost>,
}

impl Example for ParseResume {
    fn example() -> Self {
        Self { document_id: crate::example::id(1), engine: Engine::Auto, max_cost: None }
    }
}

#[derive(ApiResponse)]
pub enum CreatedResume {
    /// The resume is stored
    #[oai(status = 201)]
    Created(Json<Resume>, #[oai(header = "Location")] String, #[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
pub enum ShownResume {
    /// The resume as it is now
    #[oai(status = 200)]
    Shown(Json<Resume>, #[oai(header = "ETag")] String),
}

#[OpenApi(prefix_path = "/resumes", tag = "Tag::Resumes")]
impl ResumeApi {
    /// Read a resume out of a document
    ///
    /// Answers as soon as the work is queued; the finished operation's result holds `resume_id`.
    #[oai(path = "/parse", method = "post", operation_id = "parse_resume")]
    async fn parse(
        &self,
        caller: Caller,
        body: Body<ParseResume>,
        /// The same key again gives the same operation, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<Accepted, Refused<Start>> {
        let key = idempotency(key.0, &("parse_resume", &body.0))?;
        let work = Work::Parse { document_id: body.0.document_id };
        let engine = body.0.engine.into();
        let max_cost = max_cost(body.0.max_cost)?;
        let budget = self.quotes.budget(&caller.0, (&work, engine), max_cost).await?;
        let request = Request { account: caller.0, work, engine, key, budget };
        Ok(Accepted::from(self.dispatch.submit(&request).await?))
    }

    /// Create a resume from JSON Resume data
    #[oai(path = "/", method = "post", operation_id = "create_resume")]
    async fn create(
        &self,
        caller: Caller,
        body: Body<ResumeData>,
    ) -> Result<CreatedResume, Refused<Create>> {
        let resume = self.resumes.create(caller.0.id, body.0.0).await?;
        self.rankings.look_at_resume(&resume);
        let (location, tag) = (format!("/api/v1/resumes/{}", resume.id), etag(resume.revision));
        Ok(CreatedResume::Created(Json(resume.into()), location, tag))
    }

    /// List your resumes
    #[oai(path = "/", method = "get", operation_id = "list_resumes")]
    async fn list(
        &self,
        caller: Caller,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<ResumePage>, Refused<Read>> {
        let page = page::request(cursor.0, limit.0)?;
        let page = self.resumes.list(caller.0.id, page).await?.map(ResumeSummary::from);
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(ResumePage { items: page.items, next_cursor }))
    }

    /// Show a resume
    #[oai(path = "/:id", method = "get", operation_id = "get_resume")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<ShownResume, Refused<Read>> {
        let resume = self.resumes.find(caller.0.id, id.0).await?.ok_or_else(no_such)?;
        let tag = etag(resume.revision);
        Ok(ShownResume::Shown(Json(resume.into()), tag))
    }

    /// Replace a resume's data
    ///
    /// `If-Match` must hold the `ETag` of what you read, so that no change of somebody else's is lost.
    #[oai(path = "/:id", method = "put", operation_id = "replace_resume")]
    async fn replace(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Body<ResumeData>,
    ) -> Result<ShownResume, Refused<Change>> {
        let revision = required_revision(if_match.0.as_deref())?;
        let resume = self.resumes.replace(caller.0.id, id.0, revision, body.0.0).await?;
        let resume = done(resume, no_such)?;
        self.rankings.look_at_resume(&resume);
        let tag = etag(resume.revision);
        Ok(ShownResume::Shown(Json(resume.into()), tag))
    }

    /// Delete a resume
    ///
    /// With it go the tailorings that were made for it.
    #[oai(path = "/:id", method = "delete", operation_id = "delete_resume")]
    async fn delete(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Result<Deleted, Refused<Change>> {
        let revision = revision(if_match.0.as_deref())?;
        done(self.resumes.delete(caller.0.id, id.0, revision).await?, no_such)?;
        Ok(Deleted::Gone)
    }
}

fn no_such() -> Problem {
    Problem::new(Code::ResumeNotFound, "There is no such resume.")
}
