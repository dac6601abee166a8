//! What HTTP itself may do: headers, origins, redirects, compression, slow and large requests.

use std::io::Write;

use reqwest::{Method, Response};
use shared::testing::Installation;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::app::{TestApp, refused};

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_tells_browsers_to_keep_their_hands_off() {
    let app = TestApp::new().await;

    for path in ["/api/v1/resumes", "/api/v1/nowhere", "/docs", "/openapi.json"] {
        let response = app.get(path).await;
        assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&response, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
        let policy = header(&response, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert_eq!(header(&response, "strict-transport-security"), "", "{path}");
    }
}

#[tokio::test]
async fn only_listed_origins_may_call_from_a_browser() {
    let installation = Installation::embedded().with("CORS_ORIGINS", "https://app.example");
    let app = TestApp::start(installation).await;
    let call = |method: Method, origin: &'static str| {
        let request = app.request(method, "/api/v1/resumes").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "authorization, if-match").send()
    };

    let asked = call(Method::OPTIONS, "https://app.example").await.unwrap();
    let called = call(Method::GET, "https://app.example").await.unwrap();
    let foreign = call(Method::GET, "https://evil.example").await.unwrap();
    let foreign_asked = call(Method::OPTIONS, "https://evil.example").await.unwrap();

    assert_eq!(header(&asked, "access-control-allow-origin"), "https://app.example");
    assert!(header(&asked, "access-control-allow-headers").contains("if-match"), "{asked:?}");
    assert_eq!(header(&called, "access-control-allow-origin"), "https://app.example");
    assert!(header(&called, "access-control-expose-headers").contains("etag"), "{called:?}");
    assert_eq!(
        (called.status(), foreign.status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    for response in [foreign, foreign_asked] {
        assert_eq!(header(&response, "access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn a_trusted_proxy_that_was_called_in_clear_has_the_caller_come_by_https() {
    let installation = Installation::embedded().with("TRUSTED_PROXIES", "127.0.0.1");
    let app = TestApp::start(installation).await;
    let direct = TestApp::new().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.unwrap();
    let call = |app: &TestApp, scheme: &'static str| {
        let request = app.request(Method::GET, "/api/v1/resumes?limit=2").build().unwrap();
        let request = client.get(request.url().clone()).header("host", "api.example");
        request.header("x-forwarded-proto", scheme).send()
    };

    let in_clear = call(&app, "http").await.unwrap();
    let by_https = call(&app, "https").await.unwrap();
    let without_proxy = call(&direct, "http").await.unwrap();

    assert_eq!(in_clear.status(), 308);
    assert_eq!(header(&in_clear, "location"), "https://api.example/api/v1/resumes?limit=2");
    assert_eq!(by_https.status(), 401);
    assert!(header(&by_https, "strict-transport-security").starts_with("max-age="));
    assert_eq!(without_proxy.status(), 401);
}

#[tokio::test]
async fn answers_are_compressed_and_streams_are_not() {
    let app = TestApp::new().await;
    let operation = app.has_operation().await;
    app.ended(&operation).await;

    for (encoding, path, expected) in [
        ("gzip", "/openapi.json", "gzip"),
        ("br", "/openapi.json", "br"),
        ("gzip", &*format!("/api/v1/operations/{operation}/events"), ""),
    ] {
        let request = app.request(Method::GET, path).header("accept-encoding", encoding);
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "content-encoding"), expected, "{path}");
    }
}

#[tokio::test]
async fn a_small_body_that_unpacks_into_a_huge_one_is_refused() {
    let app = TestApp::new().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let filler = vec![b' '; 1 << 20];
    for _ in 0..64 {
        packed.write_all(&filler).unwrap();
    }
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 100_000);

    let request = app.request(Method::POST, "/api/v1/resumes");
    let request = request.header("content-type", "application/json");
    let response = request.header("content-encoding", "gzip").body(packed).send().await.unwrap();

    assert_eq!(refused(response).await, (413, "too-large".into()));
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let app = TestApp::new().await;
    let mut request = app.request(Method::GET, "/api/v1/resumes");
    for number in 0..100 {
        request = request.header(format!("x-filler-{number}"), "a");
    }
    let large = app.request(Method::GET, "/api/v1/resumes").header("x-large", "a".repeat(60_000));

    let many = request.send().await.unwrap();
    let large = large.send().await.unwrap();

    assert_eq!((many.status().as_u16(), large.status().as_u16()), (431, 431));
}

/// Time goes on by itself when nothing else does: ten seconds pass at once.
#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_finish_its_first_request_is_closed() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let deps = shared::deps::Deps::unconnected();
    let app = roleready_api::app(&deps, tokio_util::sync::CancellationToken::new());
    let forever = std::future::pending();
    tokio::spawn(roleready_api::server::serve(listener, app, forever, std::time::Duration::ZERO));
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let begun = tokio::time::Instant::now();

    socket.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\nX-Slow: ").await.unwrap();
    let mut answer = Vec::new();
    let closed = socket.read_to_end(&mut answer).await;

    assert!(closed.is_err() || answer.is_empty(), "{answer:?}");
    assert!(begun.elapsed() <= std::time::Duration::from_secs(11), "{:?}", begun.elapsed());
}
