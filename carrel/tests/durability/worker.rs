//! One person at work in one folder: uploads small and large, in one go and in pieces; replaces, renames, copies, deletes.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::ledger::{Ledger, Pending, hash};

const BYTES: &str = "application/octet-stream";
const PIECE: &str = "application/offset+octet-stream";

/// Sizes of what is uploaded.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) small: usize,
    pub(crate) large: usize,
}

pub(crate) struct Worker {
    pub(crate) ledger: Ledger,
    number: usize,
    state: u64,
    sizes: Sizes,
    made: usize,
    /// How often each status was answered; 0 is no answer.
    pub(crate) answers: BTreeMap<(&'static str, u16), u64>,
}

/// What came of a request.
enum Outcome {
    Done(Value),
    /// Refused for want of room: nothing may have happened.
    NoRoom,
    /// Nobody knows.
    Unknown,
}

impl Worker {
    pub(crate) fn new(ledger: Ledger, number: usize, seed: u64, sizes: Sizes) -> Self {
        let state = seed.wrapping_add(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { ledger, number, state, sizes, made: 0, answers: BTreeMap::new() }
    }

    pub(crate) async fn work_until(mut self, done: Arc<AtomicBool>) -> Self {
        while !done.load(Ordering::SeqCst) {
            self.act().await;
        }
        self
    }

    /// How often there was no room.
    pub(crate) fn refused(&self) -> u64 {
        self.answers.iter().filter(|((_, status), _)| *status == 507).map(|(_, times)| times).sum()
    }

    pub(crate) async fn act(&mut self) {
        match self.roll(20) {
            0..=5 => self.put(self.sizes.small).await,
            6 => self.put(self.sizes.large).await,
            7..=9 => self.save().await,
            10..=12 => self.upload_in_pieces().await,
            13 | 14 => self.rename().await,
            15 | 16 => self.copy().await,
            17 | 18 => self.trash().await,
            _ => self.purge().await,
        }
    }

    fn roll(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % below.max(1) as u64).expect("small")
    }

    fn new_name(&mut self) -> String {
        self.made += 1;
        format!("file {}", self.made)
    }

    /// Content of up to this size; some comes again, here and at others.
    fn content(&mut self, most: usize) -> Vec<u8> {
        let size = if most > 100_000 { most - self.roll(most / 8) } else { self.roll(most) };
        let label = match self.roll(4) {
            0 => format!("shared {} ", size % 5),
            _ => format!("worker {} file {} {} ", self.number, self.made, self.state),
        };
        label.into_bytes().into_iter().cycle().take(size).collect()
    }

    fn pick(&mut self) -> Option<String> {
        let at = self.roll(self.ledger.files.len());
        self.ledger.files.keys().nth(at).cloned()
    }

    /// One request, and its answer in the books.
    async fn ask(
        &mut self,
        what: &'static str,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
        headers: &[(&str, &str)],
    ) -> Outcome {
        let answer = self.ledger.person.ask(method, path, body, headers).await;
        let status = answer.as_ref().map_or(0, |(status, _)| status.as_u16());
        *self.answers.entry((what, status)).or_default() += 1;
        match answer {
            Some((status, body)) if status.is_success() => Outcome::Done(body),
            Some((StatusCode::INSUFFICIENT_STORAGE, body)) => {
                assert_eq!(body["error"]["code"], "disk_full", "{what}: {body}");
                Outcome::NoRoom
            }
            Some((StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT, _)) | None => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Outcome::Unknown
            }
            Some((status, body)) => panic!("{what}: {status} {body}"),
        }
    }

    /// Writes down what a request did, or finds it out.
    async fn book(&mut self, outcome: Outcome, change: Pending) {
        match outcome {
            Outcome::Done(node) => self.ledger.acknowledge(change, &node),
            Outcome::NoRoom => assert!(!self.ledger.settle(change.clone()).await, "refused and done: {change:?}"),
            Outcome::Unknown => _ = self.ledger.settle(change).await,
        }
    }

    async fn put(&mut self, most: usize) {
        let (name, content) = (self.new_name(), self.content(most));
        let change = Pending::Put { name: name.clone(), hash: hash(&content) };
        let path = format!("/api/v1/nodes/{}/files?name={}", self.ledger.folder, name.replace(' ', "%20"));
        let done = self.ask("put", Method::PUT, &path, Some((BYTES, content)), &[("if-none-match", "*")]).await;
        self.book(done, change).await;
    }

    async fn save(&mut self) {
        let Some(name) = self.pick() else { return };
        let most = if self.roll(6) == 0 { self.sizes.large } else { self.sizes.small };
        let content = self.content(most);
        let change = Pending::Save { name: name.clone(), hash: hash(&content) };
        let file = &self.ledger.files[&name];
        let (path, etag) = (format!("/api/v1/nodes/{}/content", file.id), format!("\"{}\"", file.current().0));
        let done = self.ask("save", Method::PUT, &path, Some((BYTES, content)), &[("if-match", &etag)]).await;
        self.book(done, change).await;
    }

    async fn rename(&mut self) {
        let (Some(from), to) = (self.pick(), self.new_name()) else { return };
        let path = format!("/api/v1/nodes/{}", self.ledger.files[&from].id);
        let body = json!({"name": to}).to_string().into_bytes();
        let done = self.ask("rename", Method::PATCH, &path, Some(("application/json", body)), &[]).await;
        self.book(done, Pending::Rename { from, to }).await;
    }

    async fn copy(&mut self) {
        let (Some(from), to) = (self.pick(), self.new_name()) else { return };
        let path = format!("/api/v1/nodes/{}/copies", self.ledger.files[&from].id);
        let body = json!({"name": to, "folder_id": self.ledger.folder}).to_string().into_bytes();
        let done = self.ask("copy", Method::POST, &path, Some(("application/json", body)), &[]).await;
        self.book(done, Pending::Copy { from, to }).await;
    }

    pub(crate) async fn trash(&mut self) {
        let Some(name) = self.pick() else { return };
        let path = format!("/api/v1/nodes/{}", self.ledger.files[&name].id);
        let done = self.ask("trash", Method::DELETE, &path, None, &[]).await;
        self.book(done, Pending::Trash { name }).await;
    }

    pub(crate) async fn purge(&mut self) {
        let at = self.roll(self.ledger.trashed.len());
        let Some(node) = self.ledger.trashed.keys().nth(at).cloned() else { return };
        let path = format!("/api/v1/spaces/{}/trash/{node}", self.ledger.space);
        let done = self.ask("purge", Method::DELETE, &path, None, &[]).await;
        self.book(done, Pending::Purge { node }).await;
    }

    /// By tus, cut where the dice say. What the server says that it has is what it goes on from; it is given up when that takes long.
    async fn upload_in_pieces(&mut self) {
        let most = if self.roll(2) == 0 { self.sizes.large + self.sizes.large / 4 } else { self.sizes.small };
        let (name, content) = (self.new_name(), self.content(most));
        let change = Pending::Put { name: name.clone(), hash: hash(&content) };
        let (length, encode) = (content.len().to_string(), |text: &str| STANDARD.encode(text));
        let metadata = format!("filename {},folder_id {}", encode(&name), encode(&self.ledger.folder));
        let headers = [("tus-resumable", "1.0.0"), ("upload-length", &length), ("upload-metadata", &metadata)];
        let begun = self.ledger.person.answer(Method::POST, "/api/v1/uploads", None, &headers).await;
        let status = begun.as_ref().map_or(0, |answer| answer.status().as_u16());
        *self.answers.entry(("begin", status)).or_default() += 1;
        assert!(matches!(status, 0 | 201 | 408 | 503 | 507), "an upload's begin was answered with {status}");
        let begun = begun.filter(|answer| answer.status().is_success());
        let location = begun.and_then(|answer| Some(answer.headers().get("location")?.to_str().ok()?.to_owned()));
        let Some(at) = location.as_deref().and_then(|location| location.find("/api/")) else {
            self.ledger.settle(change).await;
            return;
        };
        let path = location.expect("a location")[at..].to_owned();
        // What is counted, and how far the bytes went of which that is not known.
        let (mut offset, mut sent, mut tries) = (0, 0, 0);
        while offset < content.len() && tries < 6 {
            let size = 1 + self.roll(content.len() - offset);
            sent = sent.max(offset + size);
            let piece = content[offset..offset + size].to_vec();
            let from = offset.to_string();
            let headers = [("tus-resumable", "1.0.0"), ("upload-offset", from.as_str())];
            let answer = self.ledger.person.answer(Method::PATCH, &path, Some((PIECE, piece)), &headers).await;
            let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
            *self.answers.entry(("piece", status)).or_default() += 1;
            match status {
                204 => offset += size,
                0 | 408 | 409 | 423 | 503 | 507 => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    let Some(reached) = self.offset(&path).await else { continue };
                    assert!((offset..=sent).contains(&reached), "{reached} bytes after {offset} and {sent} sent");
                    offset = reached;
                }
                _ => panic!("a piece was answered with {status}"),
            }
        }
        // Whole or not there; the last piece's answer says which, if it came.
        let there = self.ledger.settle(change).await;
        assert!(there || offset < content.len() || content.is_empty(), "an upload was whole and is no file");
        self.ledger.acts += u64::from(there);
        if !there {
            // Given up, so that its pieces take no room.
            let headers = [("tus-resumable", "1.0.0")];
            let answer = self.ledger.person.answer(Method::DELETE, &path, None, &headers).await;
            let status = answer.map_or(0, |answer| answer.status().as_u16());
            *self.answers.entry(("give up", status)).or_default() += 1;
            assert!(
                matches!(status, 0 | 204 | 404 | 408 | 410 | 423 | 503 | 507),
                "giving up was answered with {status}"
            );
        }
    }

    /// How much of an upload the server has.
    async fn offset(&self, path: &str) -> Option<usize> {
        let answer = self.ledger.person.answer(Method::HEAD, path, None, &[("tus-resumable", "1.0.0")]).await?;
        answer.headers().get("upload-offset")?.to_str().ok()?.parse().ok()
    }
}

/// What all were answered, for the reader of a run.
pub(crate) fn summary<'a>(workers: impl IntoIterator<Item = &'a Worker>) -> String {
    let mut all = BTreeMap::<_, u64>::new();
    for worker in workers {
        for (what, times) in &worker.answers {
            *all.entry(*what).or_default() += times;
        }
    }
    let lines: Vec<_> = all.iter().map(|((what, status), times)| format!("{what} {status}: {times}")).collect();
    lines.join(", ")
}
