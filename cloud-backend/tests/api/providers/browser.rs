//! A browser that signs in at a provider: it keeps cookies for each origin, follows redirects by hand and fills in forms.

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    sync::atomic::{AtomicU8, Ordering},
};

use reqwest::{Method, Url, header};
use serde_json::Value;

use crate::client::http_client_at;

/// Where a page was shown, and what was on it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) text: String,
}

pub(super) struct Browser {
    http: reqwest::Client,
    /// By host and port: a test's servers differ in nothing else.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// What the provider's answer is opened as: `document` is a window.
    pub(super) arrives_as: &'static str,
}

impl Browser {
    pub(super) fn new() -> Self {
        // Each sits at an address of its own: what one does is not counted against another.
        static LAST: AtomicU8 = AtomicU8::new(1);
        let address = Ipv4Addr::new(127, 0, 1, LAST.fetch_add(1, Ordering::Relaxed));
        Self { http: http_client_at(Some(address.into())), cookies: BTreeMap::new(), arrives_as: "document" }
    }

    fn jar(&mut self, url: &Url) -> &mut BTreeMap<String, String> {
        self.cookies.entry(url.authority().to_owned()).or_default()
    }

    /// The cookies of an origin, as a browser sends them.
    pub(super) fn cookie(&mut self, base: &str) -> String {
        let jar = self.jar(&Url::parse(base).unwrap());
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(super) fn set_cookies(&mut self, base: &str, cookies: &str) {
        let jar = self.jar(&Url::parse(base).unwrap());
        for pair in cookies.split("; ") {
            let (name, value) = pair.split_once('=').unwrap();
            jar.insert(name.to_owned(), value.to_owned());
        }
    }

    /// One request; redirects are not followed.
    pub(super) async fn send(
        &mut self,
        method: Method,
        url: &Url,
        body: Option<(&str, String)>,
    ) -> (Page, Option<Url>) {
        let own = url.origin().ascii_serialization();
        let mut request = self.http.request(method, url.clone()).header("cookie", self.cookie(url.as_str()));
        if url.path() == "/api/v1/sign-in/callback" {
            // It comes from the provider, as the page of a window.
            request = request.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "navigate");
            request = request.header("sec-fetch-dest", self.arrives_as);
        }
        if let Some((kind, text)) = body {
            request =
                request.header("content-type", kind).header("origin", &own).header("sec-fetch-site", "same-origin");
            request = request.body(text);
        }
        let answer = request.send().await.unwrap();
        let jar = self.jar(url);
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let over = attributes.contains("Max-Age=0") || attributes.contains("1970");
            match over || value.is_empty() {
                true => jar.remove(name),
                false => jar.insert(name.to_owned(), value.to_owned()),
            };
        }
        let next = answer.headers().get(header::LOCATION).map(|place| url.join(place.to_str().unwrap()).unwrap());
        let status = answer.status().as_u16();
        (Page { url: url.clone(), status, text: answer.text().await.unwrap() }, next)
    }

    /// JSON to our own server, as our page sends it; status and answer.
    pub(super) async fn post_json(&mut self, url: &str, body: &Value) -> (u16, Value) {
        let url = Url::parse(url).unwrap();
        let (page, _) = self.send(Method::POST, &url, Some(("application/json", body.to_string()))).await;
        (page.status, serde_json::from_str(&page.text).unwrap_or(Value::Null))
    }

    pub(super) async fn get_json(&mut self, url: &str) -> (u16, Value) {
        let (page, _) = self.send(Method::GET, &Url::parse(url).unwrap(), None).await;
        (page.status, serde_json::from_str(&page.text).unwrap_or(Value::Null))
    }

    /// Goes to an address and on as far as it leads, but to no page of `base`: where it would go.
    async fn follow(&mut self, url: Url, base: &str) -> Result<Page, Url> {
        let mut url = url;
        for _ in 0..10 {
            if url.as_str().starts_with(base) {
                return Err(url);
            }
            let (page, next) = self.send(Method::GET, &url, None).await;
            match next {
                Some(next) => url = next,
                None => return Ok(page),
            }
        }
        panic!("redirects without an end");
    }

    /// Signs in at the real provider as `person` (name, then groups, with commas), agrees to everything, and comes back. The page
    /// where it ends.
    pub(super) async fn sign_in_at_provider(&mut self, url: &str, person: &str, base: &str) -> Url {
        let answer = self.answer_of_provider(url, person, base).await;
        let (page, place) = self.send(Method::GET, &answer, None).await;
        place.unwrap_or_else(|| panic!("{} {}", page.status, page.text))
    }

    /// The same up to the address with the provider's answer, which is not opened yet.
    pub(super) async fn answer_of_provider(&mut self, url: &str, person: &str, base: &str) -> Url {
        let mut place = Url::parse(url).unwrap();
        for _ in 0..5 {
            let page = match self.follow(place, base).await {
                Err(home) => return home,
                Ok(page) => page,
            };
            assert_eq!(page.status, 200, "{} {}", page.url, page.text);
            let form = if page.text.contains("name=\"login\"") {
                format!("prompt=login&login={}&password=x", person.replace('@', "%40").replace(',', "%2C"))
            } else {
                "prompt=consent".to_owned()
            };
            let answer = self.send(Method::POST, &page.url, Some(("application/x-www-form-urlencoded", form))).await;
            place = answer.1.unwrap_or_else(|| panic!("{} {}", answer.0.status, answer.0.text));
        }
        panic!("the provider asks without an end");
    }
}
