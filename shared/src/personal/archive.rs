//! The file itself: a ZIP of everything that is stored of a person, as JSON, with the files they have uploaded.

use std::fs::File;
use std::io::{BufWriter, Write};

use futures::StreamExt;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{QueryFilter, QueryOrder, Select};
use serde::Serialize;
use serde_json::json;
use thiserror::Error;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::export::DataExports;
use crate::account::{self, api_key};
use crate::analytics::table;
use crate::blobs::{BlobError, Blobs};
use crate::operation::event;
use crate::resume::version;
use crate::sign_in::{identity, session};
use crate::spending::ledger;
use crate::tailoring::proposal;
use crate::{
    audit, batch, call, document, operation, posting, quota, resume, subscription, tailoring,
};

#[derive(Debug, Error)]
pub enum ArchiveError {
    #[error("the account does not exist")]
    NoAccount,
    #[error("the database did not answer")]
    Database(#[from] DbErr),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error("the archive cannot be written")]
    Write(#[from] std::io::Error),
    #[error("the archive cannot be written")]
    Zip(#[from] ZipError),
    #[error("a row cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

const README: &str = "Everything RoleReady stores of you.\n\n\
account.json        who you are here, and your API keys (not the keys themselves)\n\
documents/          the files you have uploaded; documents.json describes them\n\
*.json              one list for each kind of thing, as it is stored\n\n\
Amounts are in nano-dollars, times in UTC.\n";

type Archive = ZipWriter<BufWriter<File>>;

impl DataExports {
    /// Writes everything that is stored of the person.
    pub async fn write(
        &self,
        account_id: Uuid,
        blobs: &Blobs,
        file: File,
    ) -> Result<(), ArchiveError> {
        let mut archive = ZipWriter::new(BufWriter::new(file));
        entry(&mut archive, "README.txt")?;
        archive.write_all(README.as_bytes())?;
        self.account(account_id, &mut archive).await?;
        self.documents(account_id, blobs, &mut archive).await?;
        self.tables(account_id, &mut archive).await?;
        archive.finish()?.flush()?;
        Ok(())
    }

    async fn account(&self, id: Uuid, archive: &mut Archive) -> Result<(), ArchiveError> {
        let account = account::Entity::find_by_id(id).one(&self.db).await?;
        let account = account.ok_or(ArchiveError::NoAccount)?;
        let keys = api_key::Entity::find().filter(api_key::Column::AccountId.eq(id));
        let keys = keys.all(&self.db).await?.into_iter().map(|key| {
            json!({ "prefix": key.prefix, "created_at": key.created_at, "revoked_at": key.revoked_at })
        });
        let told = json!({
            "id": account.id,
            "email": account.email,
            "role": account.role,
            "tier": account.tier,
            "created_at": account.created_at,
            "api_keys": keys.collect::<Vec<_>>(),
        });
        entry(archive, "account.json")?;
        Ok(serde_json::to_writer_pretty(archive, &told)?)
    }

    async fn documents(
        &self,
        id: Uuid,
        blobs: &Blobs,
        archive: &mut Archive,
    ) -> Result<(), ArchiveError> {
        let own = document::Entity::find().filter(document::Column::AccountId.eq(id));
        for document in own.clone().all(&self.db).await? {
            let content = match blobs.get(&document.blob).await {
                Ok(content) => content,
                // Deleted while this is written.
                Err(BlobError::NotFound(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            entry(archive, &format!("documents/{}/{}", document.id, document.name))?;
            archive.write_all(&content)?;
        }
        self.list("documents", own, archive).await
    }

    /// The one list of what is stored of a person; a test compares it with the schema.
    async fn tables(&self, id: Uuid, archive: &mut Archive) -> Result<(), ArchiveError> {
        let resumes = resume::Entity::find().filter(resume::Column::AccountId.eq(id));
        self.list("resumes", resumes, archive).await?;
        let versions = version::Entity::find().filter(version::Column::AccountId.eq(id));
        self.list("versions", versions, archive).await?;
        let postings = posting::Entity::find().filter(posting::Column::AccountId.eq(id));
        self.list("postings", postings, archive).await?;
        let batches = batch::Entity::find().filter(batch::Column::AccountId.eq(id));
        self.list("batches", batches, archive).await?;
        let operations = operation::Entity::find().filter(operation::Column::AccountId.eq(id));
        self.list("operations", operations, archive).await?;
        let mut own = Query::select();
        own.column(operation::Column::Id).from(operation::Entity);
        own.and_where(operation::Column::AccountId.eq(id));
        let of_own = event::Column::OperationId.in_subquery(own.clone());
        self.list("events", event::Entity::find().filter(of_own), archive).await?;
        let of_own = call::Column::OperationId.in_subquery(own);
        self.list("calls", call::Entity::find().filter(of_own), archive).await?;
        let tailorings = tailoring::Entity::find().filter(tailoring::Column::AccountId.eq(id));
        self.list("tailorings", tailorings, archive).await?;
        let mut own = Query::select();
        own.column(tailoring::Column::Id).from(tailoring::Entity);
        own.and_where(tailoring::Column::AccountId.eq(id));
        let of_own = proposal::Column::TailoringId.in_subquery(own);
        self.list("proposals", proposal::Entity::find().filter(of_own), archive).await?;
        let sessions = session::Entity::find().filter(session::Column::AccountId.eq(id));
        self.list("sessions", sessions, archive).await?;
        let identities = identity::Entity::find().filter(identity::Column::AccountId.eq(id));
        self.list("identities", identities, archive).await?;
        let uses = table::event::Entity::find().filter(table::event::Column::AccountId.eq(id));
        self.list("uses", uses, archive).await?;
        let refusals =
            table::opt_out::Entity::find().filter(table::opt_out::Column::AccountId.eq(id));
        self.list("analytics_opt_out", refusals, archive).await?;
        let quotas = quota::Entity::find().filter(quota::Column::AccountId.eq(id));
        self.list("quotas", quotas, archive).await?;
        let subscriptions =
            subscription::Entity::find().filter(subscription::Column::AccountId.eq(id));
        self.list("subscriptions", subscriptions, archive).await?;
        let audit = audit::Entity::find().filter(audit::Column::ActorId.eq(id));
        self.list("audit", audit.order_by_asc(audit::Column::Id), archive).await?;
        let spending = ledger::Entity::find().filter(ledger::Column::AccountId.eq(id));
        self.list("spending", spending.order_by_asc(ledger::Column::Seq), archive).await
    }

    /// Rows as a JSON list, one at a time: nobody's data has to fit into memory.
    async fn list<E>(
        &self,
        name: &str,
        rows: Select<E>,
        archive: &mut Archive,
    ) -> Result<(), ArchiveError>
    where
        E: EntityTrait,
        E::Model: Serialize + Send,
    {
        entry(archive, &format!("{name}.json"))?;
        let mut rows = rows.stream(&self.db).await?;
        let mut before = "[\n";
        while let Some(row) = rows.next().await {
            archive.write_all(before.as_bytes())?;
            serde_json::to_writer(&mut *archive, &row?)?;
            before = ",\n";
        }
        let end = if before == "[\n" { "[]\n" } else { "\n]\n" };
        Ok(archive.write_all(end.as_bytes())?)
    }
}

fn entry(archive: &mut Archive, name: &str) -> Result<(), ZipError> {
    archive.start_file(name, SimpleFileOptions::default().large_file(true))
}
