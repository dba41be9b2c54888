//! A browser, as far as cookies go: it keeps what it is given and sends it back.

#![allow(clippy::disallowed_methods, reason = "requests to the program on this machine")]

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use carrel_test_support::person::PASSWORD;
use reqwest::{Method, StatusCode};
use serde_json::json;

/// The cookie by which a device is known again.
const DEVICE: &str = "carrel_d";

#[derive(Clone)]
pub(super) struct Browser {
    http: reqwest::Client,
    address: String,
    cookies: BTreeMap<String, String>,
    network: Option<Ipv4Addr>,
}

impl Browser {
    /// Requests that come one after the other share a connection.
    pub(super) fn new(address: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build()?;
        Ok(Self { http, address: address.to_owned(), cookies: BTreeMap::new(), network: None })
    }

    /// The same connections from another network.
    pub(super) fn at_network(&self, network: Ipv4Addr) -> Self {
        Self { network: Some(network), ..self.clone() }
    }

    /// The same connections with what another browser was given.
    pub(super) fn with_cookies_of(&self, other: &Self) -> Self {
        Self { cookies: other.cookies.clone(), ..self.clone() }
    }

    /// Forgets the session and stays known as a device.
    pub(super) fn only_device(mut self) -> Self {
        self.cookies.retain(|name, _| name == DEVICE);
        self
    }

    pub(super) async fn get(&mut self, path: &str) -> anyhow::Result<StatusCode> {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn sign_in(&mut self, name: &str) -> anyhow::Result<StatusCode> {
        self.try_password(name, PASSWORD).await
    }

    pub(super) async fn try_password(&mut self, name: &str, password: &str) -> anyhow::Result<StatusCode> {
        let body = json!({"name": name, "password": password}).to_string();
        self.ask(Method::POST, "/api/v1/session", Some(body)).await
    }

    pub(super) async fn refresh(&mut self) -> anyhow::Result<StatusCode> {
        self.ask(Method::POST, "/api/v1/session/refresh", None).await
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<String>) -> anyhow::Result<StatusCode> {
        let mut request = self.http.request(method, format!("{}{path}", self.address)).header("origin", &self.address);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        if let Some(network) = self.network {
            request = request.header("x-forwarded-for", network.to_string());
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await?;
        let status = response.status();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str()?.split(';').next().unwrap_or("");
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        // To the end, so that the connection is free again.
        response.bytes().await?;
        Ok(status)
    }
}
