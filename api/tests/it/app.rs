//! A running API with workers, and a person who calls it.

use std::net::SocketAddr;
use std::sync::Arc;

use poem::Server;
use poem::listener::{Acceptor, Listener, TcpListener};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use shared::account::{Role, Tier};
use shared::config::Concurrency;
use shared::deps::Deps;
use shared::document::door::Door;
use shared::testing::Installation;
use tokio_util::sync::CancellationToken;
use worker::ask::ModelClient;
use worker::quote::ModelQuoter;
use worker::worker::Worker;

pub const POSTING: &str = include_str!("../../../docs/examples/posting.txt");

pub const PASSWORD: &str = "correct horse battery";

pub struct TestApp {
    pub deps: Deps,
    address: SocketAddr,
    client: Client,
    key: String,
    pub model: Option<Arc<ModelClient>>,
    installation: Installation,
}

impl TestApp {
    /// One process with everything inside, called by a premium person.
    pub async fn new() -> Self {
        Self::start(Installation::embedded()).await
    }

    /// Both modes, for what must hold in each.
    pub async fn each() -> [Self; 2] {
        [Self::new().await, Self::start(Installation::distributed().await).await]
    }

    pub async fn start(installation: Installation) -> Self {
        let app = Self::without_worker(installation).await;
        app.starts_working();
        app
    }

    pub fn starts_working(&self) {
        let concurrency = Concurrency { parse: 2, ats: 2, tailor: 2 };
        tokio::spawn(Worker::new(self.deps.clone(), self.model.clone(), concurrency).run());
    }

    /// Operations are accepted and wait.
    pub async fn without_worker(installation: Installation) -> Self {
        shared::telemetry::install_tls();
        let mut deps = installation.open().await;
        // This program is a test and does not know how to be the child.
        deps.door = Door::to(env!("CARGO_BIN_EXE_roleready"));
        Self::over(deps, installation).await
    }

    /// With something else in the place of the child that opens documents.
    pub async fn with_door(door: Door) -> Self {
        shared::telemetry::install_tls();
        let installation = Installation::embedded();
        let mut deps = installation.open().await;
        deps.door = door;
        let app = Self::over(deps, installation).await;
        app.starts_working();
        app
    }

    async fn over(mut deps: Deps, installation: Installation) -> Self {
        deps.exporter = worker::export::exporter();
        let model = installation.config().model;
        let model = model.map(|model| Arc::new(ModelClient::connect(&model).unwrap()));
        if let Some(model) = &model {
            deps.quotes.quoter = Arc::new(ModelQuoter::new(&deps, model.clone()));
        }
        tokio::spawn(deps.dispatch.clone().run(deps.stop.clone()));
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
        let app = roleready_api::app(&deps, CancellationToken::new());
        tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
        let key = Self::new_key(&deps, Tier::Premium).await;
        Self { deps, address, client: Client::new(), key, model, installation }
    }

    async fn new_key(deps: &Deps, tier: Tier) -> String {
        let account = deps.accounts.create(Role::Candidate, tier).await.unwrap();
        deps.accounts.create_key(account.id).await.unwrap()
    }

    /// From here on somebody else calls.
    pub async fn switch_person(&mut self, tier: Tier) {
        self.key = Self::new_key(&self.deps, tier).await;
    }

    /// From here on somebody of billing calls.
    pub async fn switch_to_billing(&mut self) {
        let account = self.deps.accounts.create(Role::Billing, Tier::Free).await.unwrap();
        self.key = self.deps.accounts.create_key(account.id).await.unwrap();
    }

    /// Who calls now.
    pub async fn person(&self) -> uuid::Uuid {
        self.deps.accounts.find_by_key(&self.key).await.unwrap().unwrap().id
    }

    /// From here on an admin calls.
    pub async fn switch_to_admin(&mut self) {
        let account = self.deps.accounts.create(Role::Admin, Tier::Free).await.unwrap();
        self.key = self.deps.accounts.create_key(account.id).await.unwrap();
    }

    pub fn key(&self) -> String {
        self.key.clone()
    }

    /// From here on the holder of this key calls; the key that was used before.
    pub fn switch_key(&mut self, key: String) -> String {
        std::mem::replace(&mut self.key, key)
    }

    /// Somebody makes an account with a password; the session they get.
    pub async fn registers(&self, email: &str) -> Value {
        let body = json!({ "email": email, "password": PASSWORD });
        let response = self.post("/api/v1/auth/register", &body).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.unwrap()
    }

    /// The installation's database, looked at from behind.
    pub async fn database(&self) -> sea_orm::DatabaseConnection {
        shared::database::connect(&self.installation.config()).await.unwrap()
    }

    pub fn forget_key(&mut self) {
        self.key.clear();
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        let request = self.client.request(method, url);
        if self.key.is_empty() { request } else { request.bearer_auth(&self.key) }
    }

    /// In somebody else's name, this once.
    pub async fn get_as(&self, token: &str, path: &str) -> Response {
        let url = format!("http://{}{path}", self.address);
        self.client.get(url).bearer_auth(token).send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    pub async fn uploads(&self, name: &str, content: impl Into<Vec<u8>>) -> Response {
        let part = Part::bytes(content.into()).file_name(name.to_owned());
        let form = Form::new().part("file", part);
        self.request(Method::POST, "/api/v1/documents").multipart(form).send().await.unwrap()
    }

    pub async fn uploads_locked(&self, content: &'static [u8], password: &str) -> Response {
        let part = Part::bytes(content).file_name("resume.pdf");
        let form = Form::new().part("file", part).text("password", password.to_owned());
        self.request(Method::POST, "/api/v1/documents").multipart(form).send().await.unwrap()
    }

    /// Stores a small resume; its id.
    pub async fn has_resume(&self) -> String {
        let resume: Value = serde_json::from_str(include_str!("../fixtures/resume.json")).unwrap();
        let response = self.post("/api/v1/resumes", &resume).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        id(&response.json().await.unwrap())
    }

    /// Starts a check of a resume; the operation's id.
    pub async fn has_operation(&self) -> String {
        let resume = self.has_resume().await;
        let body = json!({ "posting_text": POSTING });
        let response = self.post(&format!("/api/v1/resumes/{resume}/ats-checks"), &body).await;
        accepted(response).await
    }

    /// Waits for an operation's end by following it; the operation as it is then.
    pub async fn ended(&self, id: &str) -> Value {
        self.events(id, &[]).await;
        self.get(&format!("/api/v1/operations/{id}")).await.json().await.unwrap()
    }

    /// All events up to the end, as (id, type) pairs.
    pub async fn events(&self, id: &str, headers: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut request = self.request(Method::GET, &format!("/api/v1/operations/{id}/events"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let text = request.send().await.unwrap().text().await.unwrap();
        read_events(&text)
    }
}

fn read_events(text: &str) -> Vec<(String, String)> {
    let field = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let blocks = text.split("\n\n");
    blocks.filter_map(|block| Some((field(block, "id:")?, field(block, "event:")?))).collect()
}

pub fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// The id of the operation that was accepted.
pub async fn accepted(response: Response) -> String {
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(response.headers()["operation-location"], *location);
    let id = id(&response.json().await.unwrap());
    assert_eq!(location, format!("/api/v1/operations/{id}"));
    id
}

/// The problem's code, after a look at whether it is a whole problem.
pub async fn refused(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let header = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(body["request_id"], header);
    for field in ["type", "title", "detail", "remedy"] {
        assert!(!body[field].as_str().unwrap().is_empty(), "{field}: {body}");
    }
    (status, body["code"].as_str().unwrap().to_owned())
}
