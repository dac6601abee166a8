//! A person's own data: all of it in one file, or gone.

use poem::Body;
use poem_openapi::payload::{Binary, Json};
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::audit::Mandate;
use shared::blobs::Blobs;
use shared::personal::erasure::Erasures;
use shared::personal::export::{DataExports, State};
use uuid::Uuid;

use crate::caller::Caller;
use crate::problem::answer::{Explain, Read, Refused};
use crate::problem::{Code, Problem};
use crate::{Tag, request_id};

/// Seconds until it is worth asking for the file again.
const ASK_AGAIN: u32 = 5;

pub struct DataApi {
    pub exports: DataExports,
    pub erasures: Erasures,
    pub blobs: Blobs,
}

/// A file with all your data, being written
#[derive(Debug, Object)]
#[oai(example)]
pub struct DataExport {
    pub asked_at: chrono::DateTime<chrono::Utc>,
}

impl Example for DataExport {
    fn example() -> Self {
        Self { asked_at: crate::example::time() }
    }
}

#[derive(ApiResponse)]
pub enum MyData {
    /// The file, a ZIP
    #[oai(status = 200, content_type = "application/zip")]
    File(Binary<Body>, #[oai(header = "Content-Disposition")] String),
    /// It is being written; ask again after `Retry-After` seconds
    #[oai(status = 202)]
    Waiting(Json<DataExport>, #[oai(header = "Retry-After")] u32),
}

/// When you will be forgotten
#[derive(Debug, Object)]
#[oai(example)]
pub struct Erasure {
    pub asked_at: chrono::DateTime<chrono::Utc>,
    /// Until then `POST /me/restore` takes it back
    pub due_at: chrono::DateTime<chrono::Utc>,
}

impl Example for Erasure {
    fn example() -> Self {
        let asked_at = crate::example::time();
        Self { asked_at, due_at: asked_at + chrono::TimeDelta::days(7) }
    }
}

#[derive(ApiResponse)]
pub enum Leaving {
    /// You will be forgotten
    #[oai(status = 202)]
    Accepted(Json<Erasure>),
}

#[derive(ApiResponse)]
pub enum Staying {
    /// You stay
    #[oai(status = 204)]
    Stays,
}

#[OpenApi(prefix_path = "/me", tag = "Tag::Me")]
impl DataApi {
    /// Get everything that is stored about you
    ///
    /// The first call starts writing the file and answers `202`; ask again until it answers `200` with a ZIP: your
    /// documents as you uploaded them, everything else as JSON. The file is kept for 24 hours; after that, a call
    /// has a new one written.
    #[oai(path = "/export", method = "get", operation_id = "export_me")]
    async fn export(&self, caller: Caller) -> Result<MyData, Refused<Read>> {
        let export = self.exports.ask(caller.0.id).await?;
        if export.state != State::Ready {
            let waiting = DataExport { asked_at: export.asked_at };
            return Ok(MyData::Waiting(Json(waiting), ASK_AGAIN));
        }
        let file = Body::from_bytes_stream(self.blobs.stream(&export.file()).await?);
        let day = export.asked_at.format("%Y-%m-%d");
        let disposition = format!("attachment; filename=\"roleready-{day}.zip\"");
        Ok(MyData::File(Binary(file), disposition))
    }

    /// Have yourself forgotten
    ///
    /// Seven days later (or as many as this installation grants) your account and everything that belongs to it is
    /// erased, files included. What calls have cost stays in the ledger under a number that is nobody's. Until then
    /// everything works as before, and `POST /me/restore` takes it back.
    #[oai(path = "/", method = "delete", operation_id = "erase_me")]
    async fn erase(&self, caller: Caller) -> Result<Leaving, Refused<Read>> {
        let erasure = self.erasures.ask(&own_will(caller.0.id)).await?;
        let told = Erasure { asked_at: erasure.asked_at, due_at: erasure.due_at };
        Ok(Leaving::Accepted(Json(told)))
    }

    /// Stay after all
    #[oai(path = "/restore", method = "post", operation_id = "restore_me")]
    async fn restore(&self, caller: Caller) -> Result<Staying, Refused<Explain>> {
        if self.erasures.withdraw(&own_will(caller.0.id)).await? {
            return Ok(Staying::Stays);
        }
        Err(Problem::new(Code::StateConflict, "You have not asked to be forgotten.").into())
    }
}

fn own_will(account_id: Uuid) -> Mandate {
    Mandate {
        actor_id: account_id,
        reason: "The person's own wish.".into(),
        request_id: request_id::current(),
    }
}
