//! The envelope of Nextcloud's other API (OCS): JSON or XML around every answer, with a status of its own in it.

use std::{fmt::Write as _, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::{StatusCode, header},
};
use serde_json::{Value, json};

use super::Served;
use crate::{api_error::ApiError, dav::xml::escape, session::Session, store::StoreError};

/// How an answer is to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form {
    /// `/ocs/v1.php`: 100 is its word for success, and HTTP's status says less.
    first: bool,
    json: bool,
}

impl Form {
    fn of(request: &HttpRequest) -> Self {
        let wants = |text: &str| text.contains("json");
        let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        let json = request.query_string().split('&').any(|pair| pair == "format=json") || accepts.is_some_and(wants);
        Self { first: request.path().starts_with("/ocs/v1.php/"), json }
    }

    pub(crate) fn ok(self, data: &Value) -> HttpResponse {
        self.write(StatusCode::OK, if self.first { 100 } else { 200 }, "OK", data)
    }

    fn write(self, http: StatusCode, code: u16, message: &str, data: &Value) -> HttpResponse {
        let status = if http.is_success() { "ok" } else { "failure" };
        let meta = json!({"status": status, "statuscode": code, "message": message});
        let mut response = HttpResponse::build(http);
        if self.json {
            return response.json(json!({"ocs": {"meta": meta, "data": data}}));
        }
        let mut out = String::from("<?xml version=\"1.0\"?>\n<ocs>");
        element(&mut out, "meta", &meta);
        element(&mut out, "data", data);
        out.push_str("</ocs>\n");
        response.insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8")).body(out)
    }
}

/// A value as an element; members of a list are called `element`.
fn element(out: &mut String, name: &str, value: &Value) {
    write!(out, "<{name}>").ok();
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Bool(true) => out.push('1'),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => escape(out, text),
        Value::Array(items) => items.iter().for_each(|item| element(out, "element", item)),
        Value::Object(members) => members.iter().for_each(|(name, value)| element(out, name, value)),
    }
    write!(out, "</{name}>").ok();
}

impl FromRequest for Form {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = Served::at(request).map(|_| Self::of(request));
        Box::pin(async move { form })
    }
}

/// Somebody who asks, and how they want to be answered.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) session: Session,
    pub(crate) form: Form,
}

impl FromRequest for Caller {
    type Error = OcsError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, OcsError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let form = Form::of(&request);
            let wrap = |error| OcsError { form, error };
            Served::at(&request).map_err(wrap)?;
            let session = Session::extract(&request).await.map_err(wrap)?;
            Ok(Self { session, form })
        })
    }
}

impl Caller {
    /// The error in the caller's envelope.
    pub(crate) fn refuse(&self, error: impl Into<ApiError>) -> OcsError {
        OcsError { form: self.form, error: error.into() }
    }
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub(crate) struct OcsError {
    form: Form,
    #[source]
    error: ApiError,
}

impl ResponseError for OcsError {
    fn status_code(&self) -> StatusCode {
        self.error.status_code()
    }
    fn error_response(&self) -> HttpResponse {
        // Its headers, and its line in the operator's log.
        let envelope = self.error.error_response();
        let http = self.status_code();
        let code = if http == StatusCode::UNAUTHORIZED { 997 } else { http.as_u16() };
        let message = if http == StatusCode::INTERNAL_SERVER_ERROR { String::new() } else { self.error.to_string() };
        let mut response = self.form.write(http, code, &message, &json!([]));
        let headers = response.headers_mut();
        for (name, value) in envelope.headers() {
            if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
                headers.insert(name.clone(), value.clone());
            }
        }
        if http == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                header::HeaderValue::from_static("Basic realm=\"Carrel\", charset=\"UTF-8\""),
            );
        }
        response
    }
}

impl OcsError {
    pub(crate) fn store(caller: &Caller, error: StoreError) -> Self {
        caller.refuse(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_elements_and_names_cannot_break_out() {
        let mut out = String::new();
        element(&mut out, "data", &json!({"a": [1, true], "b": "<&>", "c": null, "d": false}));
        assert_eq!(
            out,
            "<data><a><element>1</element><element>1</element></a><b>&lt;&amp;&gt;</b><c></c><d></d></data>"
        );
    }
}
