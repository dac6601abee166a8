//! Spans for a collector that speaks OTLP over HTTP.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;
use url::Url;

/// How long the collector may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whose spans are sent: ours, which hold no text of people.
const OURS: [&str; 4] = ["roleready_api", "roleready_shared", "roleready_worker", "roleready"];

/// Sends spans in batches, from a thread of its own; what the collector does not take is dropped.
pub(super) fn provider(endpoint: &Url) -> Option<SdkTracerProvider> {
    let traces = format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client { runtime: Handle::current() })
        .with_endpoint(traces)
        .with_timeout(TIMEOUT)
        .build()
        .ok()?;
    let resource = Resource::builder()
        .with_attribute(KeyValue::new("service.name", "roleready"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider =
        SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    Some(provider)
}

pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let ours = OURS.map(|target| (target, LevelFilter::INFO));
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("roleready"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(Targets::new().with_targets(ours))
}

/// Our HTTP client, for an exporter whose thread has no event loop.
#[derive(Debug)]
struct Client {
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(async move {
            let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
            let response = client.execute(request.try_into()?).await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.bytes().await?))
        });
        let (status, body) = sent.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
