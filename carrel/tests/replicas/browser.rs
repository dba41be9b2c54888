//! A browser as far as its cookies go: they are kept by hand, so that a test can go on with old ones as a thief would.

use std::time::Duration;

use carrel_test_support::person::PASSWORD;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub(crate) struct Browser {
    http: reqwest::Client,
    address: String,
    cookies: String,
}

impl Browser {
    /// Makes the first administrator with the printed link.
    pub(crate) async fn set_up(address: &str, link: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().expect("a client");
        let nobody = Self { http, address: address.to_owned(), cookies: String::new() };
        let token = link.split_once('#').expect("a link with a token").1;
        let body =
            json!({"token": token, "name": "ada", "display_name": "Ada", "password": PASSWORD, "language": "en"});
        let answer = nobody.call(Method::POST, "/api/v1/setup").json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED);
        nobody.with(&cookies(&answer))
    }

    /// The same browser, where the proxy leads it to another process.
    pub(crate) fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    pub(crate) fn with(&self, cookies: &str) -> Self {
        Self { cookies: cookies.to_owned(), ..self.clone() }
    }

    /// Whether it is signed in.
    pub(crate) async fn session(&self) -> StatusCode {
        self.call(Method::GET, "/api/v1/session").send().await.expect("an answer").status()
    }

    /// Renews the session: the status, the new cookies, the body.
    pub(crate) async fn refresh(&self) -> (StatusCode, String, Value) {
        let answer = self.call(Method::POST, "/api/v1/session/refresh").send().await.expect("an answer");
        let (status, cookies) = (answer.status(), cookies(&answer));
        let body = answer.bytes().await.expect("a body");
        (status, cookies, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let call = self.http.request(method, format!("{}{path}", self.address)).header("origin", &self.address);
        if self.cookies.is_empty() { call } else { call.header("cookie", &self.cookies) }
    }
}

/// Those that were not taken away, as a browser sends them back.
fn cookies(answer: &Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
    let pairs = cookies.filter(|text| !text.contains("Max-Age=0")).filter_map(|text| text.split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}
