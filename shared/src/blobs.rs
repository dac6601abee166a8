//! The bytes of uploaded files: a local folder or S3, behind three functions.

use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};
use thiserror::Error;
use tokio::io::AsyncReadExt;

use crate::config;

/// How much of a file is in memory at a time while it is stored.
const CHUNK: usize = 1 << 20;

#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

#[derive(Debug, Error)]
pub enum BlobError {
    #[error("blob {0} does not exist")]
    NotFound(String),
    #[error("the blob store did not answer")]
    Store(#[source] object_store::Error),
    #[error("the file to store cannot be read")]
    Source(#[from] std::io::Error),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::NotFound(path),
            other => Self::Store(other),
        }
    }
}

impl Blobs {
    /// S3 credentials and region come from the usual `AWS_…` variables.
    pub fn open(config: &config::Blobs) -> Result<Self, BlobError> {
        let store: Arc<dyn ObjectStore> = match config {
            config::Blobs::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true))
            }
            config::Blobs::S3(url) => {
                let s3 = AmazonS3Builder::from_env().with_url(url.as_str()).build()?;
                Arc::new(PrefixStore::new(s3, Path::from(url.path())))
            }
        };
        Ok(Self { store })
    }

    /// Keeps nothing beyond the process.
    pub(crate) fn nowhere() -> Self {
        Self { store: Arc::new(object_store::memory::InMemory::new()) }
    }

    /// Stores a file, a chunk at a time. The same name again replaces it.
    pub async fn put_file(&self, name: &str, file: &FilePath) -> Result<(), BlobError> {
        let mut source = tokio::fs::File::open(file).await?;
        let upload = self.store.put_multipart(&Path::from(name)).await?;
        let mut upload = WriteMultipart::new(upload);
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = source.read(&mut chunk).await?;
            if read == 0 {
                break;
            }
            upload.write(&chunk[..read]);
            upload.wait_for_capacity(2).await?;
        }
        upload.finish().await?;
        Ok(())
    }

    pub async fn get(&self, name: &str) -> Result<Bytes, BlobError> {
        Ok(self.store.get(&Path::from(name)).await?.bytes().await?)
    }

    /// A blob piece by piece, for those that may be larger than memory.
    pub async fn stream(
        &self,
        name: &str,
    ) -> Result<impl Stream<Item = std::io::Result<Bytes>> + Send + use<>, BlobError> {
        let pieces = self.store.get(&Path::from(name)).await?.into_stream();
        Ok(pieces.map_err(std::io::Error::other))
    }

    /// The names of all blobs.
    pub async fn names(&self) -> Result<Vec<String>, BlobError> {
        let listed = self.store.list(None).map_ok(|blob| blob.location.to_string());
        Ok(listed.try_collect().await?)
    }

    /// Deletes; a blob that is gone already is deleted.
    pub async fn delete(&self, name: &str) -> Result<(), BlobError> {
        match self.store.delete(&Path::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
