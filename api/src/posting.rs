//! Job postings.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::{Deserialize, Serialize};
use shared::plain::line;
use shared::posting::facts;
use shared::posting::{MAX_CHARACTERS, Model, NewPosting, Postings};
use shared::ranking::Rankings;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::document::Deleted;
use crate::facts::PostingFacts;
use crate::headers::{done, etag, idempotency, required_revision, revision};
use crate::json::Body;
use crate::page;
use crate::problem::answer::{Change, Create, Read, Refused};
use crate::problem::{Code, Problem};

/// Longest title or company, in characters.
const MAX_NAME: usize = 300;

pub struct PostingApi {
    pub postings: Postings,
    pub rankings: Rankings,
}

/// A job posting to keep
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct WritePosting {
    /// The whole text, up to 50,000 characters
    pub text: String,
    pub title: Option<String>,
    pub company: Option<String>,
}

impl Example for WritePosting {
    fn example() -> Self {
        Self {
            text: "Senior Backend Engineer\n\nRequirements\n- 5 years of Rust or Go\n- PostgreSQL"
                .into(),
            title: Some("Senior Backend Engineer".into()),
            company: Some("Ledgerline".into()),
        }
    }
}

/// A job posting
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Posting {
    pub id: Uuid,
    pub title: Option<String>,
    pub company: Option<String>,
    pub text: String,
    /// What the text says: title, place, requirements, each with the line that says it
    pub facts: PostingFacts,
    /// Counts the changes, from 1; also the `ETag`
    pub revision: i64,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
}

impl Example for Posting {
    fn example() -> Self {
        let WritePosting { text, title, company } = WritePosting::example();
        Self {
            id: crate::example::id(4),
            title,
            company,
            facts: facts::read(&text).into(),
            text,
            revision: 1,
            created_at: crate::example::time(),
            updated_at: crate::example::time(),
        }
    }
}

impl From<Model> for Posting {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            facts: facts::read(&row.text).into(),
            title: row.title,
            company: row.company,
            text: row.text,
            revision: row.revision,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// A posting in a list
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PostingSummary {
    pub id: Uuid,
    pub title: Option<String>,
    pub company: Option<String>,
    pub revision: i64,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

impl Example for PostingSummary {
    fn example() -> Self {
        Self {
            id: crate::example::id(4),
            title: Some("Senior Backend Engineer".into()),
            company: Some("Ledgerline".into()),
            revision: 1,
            created_at: crate::example::time(),
        }
    }
}

impl From<Model> for PostingSummary {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            title: row.title,
            company: row.company,
            revision: row.revision,
            created_at: row.created_at,
        }
    }
}

/// A page of postings, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct PostingPage {
    pub items: Vec<PostingSummary>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for PostingPage {
    fn example() -> Self {
        Self { items: vec![PostingSummary::example()], next_cursor: None }
    }
}

#[derive(ApiResponse)]
pub enum CreatedPosting {
    /// The posting is stored
    #[oai(status = 201)]
    Created(Json<Posting>, #[oai(header = "Location")] String, #[oai(header = "ETag")] String),
}

#[derive(ApiResponse)]
pub enum ShownPosting {
    /// The posting as it is now
    #[oai(status = 200)]
    Shown(Json<Posting>, #[oai(header = "ETag")] String),
}

#[OpenApi(prefix_path = "/postings", tag = "Tag::Postings")]
impl PostingApi {
    /// Keep a job posting
    #[oai(path = "/", method = "post", operation_id = "create_posting")]
    async fn create(
        &self,
        caller: Caller,
        body: Body<WritePosting>,
        /// The same key again gives the same posting, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<CreatedPosting, Refused<Create>> {
        let key = idempotency(key.0, &("create_posting", &body.0))?;
        let new = checked(body.0)?;
        let posting = self.postings.create(caller.0.id, new, key.as_ref()).await?;
        self.rankings.look_at_posting(&posting);
        let (location, tag) = (format!("/api/v1/postings/{}", posting.id), etag(posting.revision));
        Ok(CreatedPosting::Created(Json(posting.into()), location, tag))
    }

    /// List your postings
    #[oai(path = "/", method = "get", operation_id = "list_postings")]
    async fn list(
        &self,
        caller: Caller,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<PostingPage>, Refused<Read>> {
        let page = page::request(cursor.0, limit.0)?;
        let page = self.postings.list(caller.0.id, page).await?.map(PostingSummary::from);
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(PostingPage { items: page.items, next_cursor }))
    }

    /// Show a posting
    #[oai(path = "/:id", method = "get", operation_id = "get_posting")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<ShownPosting, Refused<Read>> {
        let posting = self.postings.find(caller.0.id, id.0).await?.ok_or_else(no_such)?;
        let tag = etag(posting.revision);
        Ok(ShownPosting::Shown(Json(posting.into()), tag))
    }

    /// Replace a posting
    ///
    /// `If-Match` must hold the `ETag` of what you read.
    #[oai(path = "/:id", method = "put", operation_id = "replace_posting")]
    async fn replace(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Body<WritePosting>,
    ) -> Result<ShownPosting, Refused<Change>> {
        let revision = required_revision(if_match.0.as_deref())?;
        let new = checked(body.0)?;
        let posting = self.postings.replace(caller.0.id, id.0, revision, new).await?;
        let posting = done(posting, no_such)?;
        self.rankings.look_at_posting(&posting);
        let tag = etag(posting.revision);
        Ok(ShownPosting::Shown(Json(posting.into()), tag))
    }

    /// Delete a posting
    #[oai(path = "/:id", method = "delete", operation_id = "delete_posting")]
    async fn delete(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Result<Deleted, Refused<Change>> {
        let revision = revision(if_match.0.as_deref())?;
        done(self.postings.delete(caller.0.id, id.0, revision).await?, no_such)?;
        Ok(Deleted::Gone)
    }
}

fn checked(posting: WritePosting) -> Result<NewPosting, Problem> {
    let text = check_text(&posting.text)?;
    for name in [&posting.title, &posting.company].into_iter().flatten() {
        if name.chars().count() > MAX_NAME || name.contains('\0') {
            let detail = format!("`title` and `company` hold at most {MAX_NAME} characters.");
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
    }
    let [title, company] =
        [posting.title, posting.company].map(|name| name.map(|name| line(&name)));
    Ok(NewPosting { title, company, text })
}

/// The rules for the text of a posting, wherever it comes in.
pub fn check_text(text: &str) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new(Code::PostingEmpty, "The posting's text is empty."));
    }
    let characters = text.chars().count();
    if characters > MAX_CHARACTERS {
        let detail =
            format!("The posting has {characters} characters; {MAX_CHARACTERS} are allowed.");
        return Err(Problem::new(Code::PostingTooLong, detail));
    }
    // Postgres cannot store the zero character, and no posting means it.
    Ok(text.replace('\0', ""))
}

fn no_such() -> Problem {
    Problem::new(Code::PostingNotFound, "There is no such posting.")
}
