//! The program as somebody outside uses it: over HTTP alone.

use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::app::POSTING;
use crate::server::Program;

pub struct User {
    client: Client,
    address: String,
    key: String,
}

impl User {
    pub async fn new(program: &mut Program) -> Self {
        let (address, key) = program.is_ready().await;
        Self { client: Client::new(), address, key }
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.address));
        request.bearer_auth(&self.key).send().await.unwrap()
    }

    /// With whatever method.
    pub async fn request(&self, method: reqwest::Method, path: &str) -> reqwest::Response {
        let request = self.client.request(method, format!("{}{path}", self.address));
        request.bearer_auth(&self.key).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.address));
        request.bearer_auth(&self.key).json(body).send().await.unwrap()
    }

    /// With headers of one's own.
    pub async fn posts_with(
        &self,
        path: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> reqwest::Response {
        let mut request = self.client.post(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.bearer_auth(&self.key).json(body).send().await.unwrap()
    }

    /// Waits for the end of an operation; the operation as it is then.
    pub async fn follows(&self, id: &str) -> Value {
        let own = format!("/api/v1/operations/{id}");
        self.get(&format!("{own}/events")).await.text().await.unwrap();
        self.get(&own).await.json().await.unwrap()
    }

    pub async fn uploads(&self, content: &'static [u8], name: &'static str) -> reqwest::Response {
        let form = Form::new().part("file", Part::bytes(content).file_name(name));
        let request = self.client.post(format!("{}/api/v1/documents", self.address));
        request.bearer_auth(&self.key).multipart(form).send().await.unwrap()
    }

    /// Starts an operation and waits for its end; the operation as it is then.
    pub async fn operates(&self, path: &str, body: &Value) -> Value {
        let operation: Value = self.post(path, body).await.json().await.unwrap();
        self.follows(operation["id"].as_str().unwrap()).await
    }

    /// Uploads the file and has it read.
    pub async fn parses(&self, content: &'static [u8], name: &'static str) -> Value {
        let document: Value = self.uploads(content, name).await.json().await.unwrap();
        let body = json!({ "document_id": document["id"] });
        self.operates("/api/v1/resumes/parse", &body).await
    }

    /// Checks and tailors the resume.
    pub async fn checks_and_tailors(&self, resume: &str) {
        for work in ["ats-checks", "tailorings"] {
            let path = format!("/api/v1/resumes/{resume}/{work}");
            let operation = self.operates(&path, &json!({ "posting_text": POSTING })).await;
            assert_eq!(operation["state"], "succeeded");
        }
    }
}
