//! A line to one instance of the service, and what it answers. What the contract says of every
//! answer is held to on every answer of every story.

use std::{future::IntoFuture, ops::Index, pin::Pin, time::Duration};

use reqwest::{Method, header::HeaderMap};
use serde_json::Value;

/// No answer takes longer; a story that waits for one has found a fault.
const PATIENCE: Duration = Duration::from_secs(60);

/// A line to an instance, with a token or without.
#[derive(Clone)]
pub struct Line {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

impl Line {
    /// A line to `http://ADDRESS`, without a token.
    pub fn to(address: impl std::fmt::Display) -> Self {
        // Whoever is first; the service in the same process installs the same.
        let _installed_already = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            // The service closes a connection that was idle for long, which on a busy machine may be the moment
            // when it would be used again.
            .pool_idle_timeout(std::time::Duration::from_secs(1))
            .no_proxy()
            .build()
            .expect("a client is made of nothing");
        Self {
            http,
            base: format!("http://{address}"),
            token: None,
        }
    }

    /// The same line with this token.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The token in use.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("somebody is signed in")
    }

    /// A request.
    pub fn ask(&self, method: &str, path: &str) -> Ask {
        let method = Method::from_bytes(method.as_bytes()).expect("a method's name");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Ask {
            request,
            path: path.to_owned(),
        }
    }

    pub fn get(&self, path: &str) -> Ask {
        self.ask("GET", path)
    }

    pub fn delete(&self, path: &str) -> Ask {
        self.ask("DELETE", path)
    }

    pub fn post(&self, path: &str, body: Value) -> Ask {
        self.ask("POST", path).json(&body)
    }

    pub fn put(&self, path: &str, body: Value) -> Ask {
        self.ask("PUT", path).json(&body)
    }

    pub fn patch(&self, path: &str, body: Value) -> Ask {
        self.ask("PATCH", path).json(&body)
    }
}

/// A request on its way; `.await` sends it.
pub struct Ask {
    request: reqwest::RequestBuilder,
    path: String,
}

impl Ask {
    pub fn header(self, name: &str, value: &str) -> Self {
        Self {
            request: self.request.header(name, value),
            ..self
        }
    }

    pub fn json(self, body: &Value) -> Self {
        Self {
            request: self.request.json(body),
            ..self
        }
    }

    pub fn body(self, kind: &str, body: impl Into<reqwest::Body>) -> Self {
        Self {
            request: self.request.header("content-type", kind).body(body),
            ..self
        }
    }
}

impl IntoFuture for Ask {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let response = self.request.send().await;
            let response = response.unwrap_or_else(|error| panic!("{}: {error:?}", self.path));
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.expect("a body is text");
            let answer = Answer {
                status,
                body: serde_json::from_str(&text).unwrap_or_default(),
                headers,
                text,
            };
            answer.hold_to_conventions(&self.path);
            answer
        })
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    /// Holds the answer to its status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Holds the answer to being a refusal with this code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.text
        );
        self
    }

    /// Holds the answer to being a refusal of this field, for this reason.
    #[track_caller]
    pub fn refused_field(self, status: u16, pointer: &str, code: &str) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(
            self.errors()
                .contains(&(pointer.to_owned(), code.to_owned())),
            "no {code} at {pointer}: {}",
            self.text
        );
        self
    }

    /// The validation errors of a refusal: pointers and codes.
    pub fn errors(&self) -> Vec<(String, String)> {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors = self["errors"].as_array().into_iter().flatten();
        errors
            .map(|error| (text(error, "pointer"), text(error, "code")))
            .collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A field that is a text.
    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        let text = self[field].as_str();
        text.unwrap_or_else(|| panic!("no text {field}: {}", self.text))
            .to_owned()
    }

    /// The items of a page.
    #[track_caller]
    pub fn items(&self) -> &Vec<Value> {
        self["items"]
            .as_array()
            .unwrap_or_else(|| panic!("no page: {}", self.text))
    }

    #[track_caller]
    fn hold_to_conventions(&self, path: &str) {
        let reply = format!("{path}: {} {}", self.status, self.text);
        assert_ne!(self.status, 500, "an internal fault: {reply}");
        let id = self.header("x-request-id").unwrap_or_default();
        assert!(!id.is_empty(), "no x-request-id: {reply}");
        if path.starts_with("/v1/") {
            let cached = self.header("cache-control").unwrap_or_default();
            assert!(cached.contains("no-store"), "may be cached: {reply}");
        }
        let is_oauth = path.starts_with("/v1/oauth/") && self.body.get("error").is_some();
        if self.status < 400 || is_oauth {
            return;
        }
        let kind = self.header("content-type").unwrap_or_default();
        assert!(
            kind.starts_with("application/problem+json"),
            "not a problem document: {reply}"
        );
        for field in ["type", "title", "detail", "instance", "code"] {
            assert!(
                self[field].as_str().is_some_and(|text| !text.is_empty()),
                "no {field}: {reply}"
            );
        }
        assert_eq!(self["status"], self.status, "{reply}");
        if self.header("idempotency-replayed").is_none() {
            assert_eq!(self["request_id"], id, "{reply}");
        }
        match self.status {
            401 => assert!(self.header("www-authenticate").is_some(), "{reply}"),
            405 => assert!(self.header("allow").is_some(), "{reply}"),
            429 | 503 => assert!(self.header("retry-after").is_some(), "{reply}"),
            _ => {}
        }
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        const NOTHING: &Value = &Value::Null;
        self.body.get(field).unwrap_or(NOTHING)
    }
}
