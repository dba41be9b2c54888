//! The runs, the same for each server, and the figures that come of them.

use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};

use super::client::Client;
use crate::figure::{Aim, Figure, percentile};

const SMALL: usize = 4096;
const LARGE: usize = 1 << 30;
/// Bytes of a large upload that are made; they are sent again and again.
const PIECE: usize = 4 << 20;
const WARM_UP: Duration = Duration::from_secs(2);
const TIME: Duration = Duration::from_secs(8);
const FEW: usize = 8;
const MANY: usize = 50;

/// Where files are put, and how.
pub(super) struct Server {
    address: SocketAddr,
    authorization: String,
    /// None: a file's address is its name.
    root: Option<String>,
}

/// What one server did.
pub(super) struct Measured {
    uploads: Rate,
    downloads: Rate,
    requests: Rate,
    /// MB in a second.
    upload: f64,
    download: f64,
}

struct Rate {
    per_second: f64,
    /// Times of single requests in milliseconds.
    p50: f64,
    p99: f64,
}

impl Server {
    pub(super) fn carrel(address: &str, token: &str, root: &str) -> anyhow::Result<Self> {
        let name = address.strip_prefix("http://").context("an address with http")?;
        let address = name.to_socket_addrs()?.find(SocketAddr::is_ipv4).context("an address of IPv4")?;
        Ok(Self { address, authorization: format!("Bearer {token}"), root: Some(root.to_owned()) })
    }
    pub(super) fn plain(address: SocketAddr, authorization: &str) -> Self {
        Self { address, authorization: authorization.to_owned(), root: None }
    }

    fn head(&self, method: &str, path: &str, more: &str) -> String {
        let (address, authorization) = (self.address, &self.authorization);
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {authorization}\r\n{more}\r\n")
    }
    fn put(&self, name: &str, size: usize) -> String {
        let path = match &self.root {
            Some(root) => format!("/api/v1/nodes/{root}/files?name={name}"),
            None => format!("/{name}"),
        };
        self.head("PUT", &path, &format!("Content-Length: {size}\r\n"))
    }

    /// Puts a file and gives the path of its content, and one that only tells about it.
    fn place(&self, client: &mut Client, name: &str, body: &[u8], size: usize) -> anyhow::Result<(String, String)> {
        let answer = client.send(&self.put(name, size), body, size)?;
        ensure!(matches!(answer.status, 200 | 201 | 204), "an upload was answered {}", answer.status);
        if self.root.is_none() {
            return Ok((format!("/{name}"), format!("/{name}")));
        }
        let node: serde_json::Value = serde_json::from_slice(&answer.start)?;
        let id = node["id"].as_str().context("no identifier")?;
        Ok((format!("/api/v1/nodes/{id}/content"), format!("/api/v1/nodes/{id}")))
    }
}

pub(super) fn all(server: &Server) -> anyhow::Result<Measured> {
    let bytes: Vec<u8> = (0..PIECE as u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect();

    let number = AtomicU64::new(0);
    let uploads = rate(server, FEW, |client| {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let mut body = bytes[..SMALL].to_vec();
        body[..8].copy_from_slice(&number.to_be_bytes());
        let answer = client.ask(&server.put(&format!("small-{number}"), SMALL), &body)?;
        ensure!(answer.status == 201, "an upload was answered {}", answer.status);
        Ok(())
    })?;

    // Servers close connections on which nothing happens for some seconds.
    let mut client = Client::connect(server.address)?;
    let (content, about) = server.place(&mut client, "read", &bytes[..SMALL], SMALL)?;
    let read = |path: &str, length: Option<u64>| {
        let head = server.head("GET", path, "");
        move |client: &mut Client| {
            let answer = client.ask(&head, &[])?;
            ensure!(answer.status == 200, "a download was answered {}", answer.status);
            ensure!(length.is_none_or(|length| answer.length == length), "a download had {} bytes", answer.length);
            Ok(())
        }
    };
    let downloads = rate(server, FEW, read(&content, Some(SMALL as u64)))?;
    let requests = rate(server, MANY, read(&about, None))?;

    let mut client = Client::connect(server.address)?;
    let begin = Instant::now();
    let (content, _) = server.place(&mut client, "large", &bytes, LARGE)?;
    let upload = LARGE as f64 / 1e6 / begin.elapsed().as_secs_f64();
    let mut download = 0.0_f64;
    for _ in 0..2 {
        let begin = Instant::now();
        let answer = client.ask(&server.head("GET", &content, ""), &[])?;
        ensure!(
            (answer.status, answer.length) == (200, LARGE as u64),
            "a large download was answered {}",
            answer.status
        );
        download = download.max(LARGE as f64 / 1e6 / begin.elapsed().as_secs_f64());
    }
    Ok(Measured { uploads, downloads, requests, upload, download })
}

/// So many connections do the same again and again, each waiting for its answer.
fn rate(
    server: &Server,
    connections: usize,
    act: impl Fn(&mut Client) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<Rate> {
    let begin = Instant::now();
    let connection = || {
        let mut client = Client::connect(server.address)?;
        let mut times = Vec::new();
        while begin.elapsed() < WARM_UP + TIME {
            let asked = Instant::now();
            act(&mut client)?;
            if asked.duration_since(begin) >= WARM_UP {
                times.push(asked.elapsed().as_secs_f64() * 1e3);
            }
        }
        anyhow::Ok(times)
    };
    let times: anyhow::Result<Vec<Vec<f64>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(connection)).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a connection failed"))?).collect()
    });
    let times = times?.concat();
    let per_second = times.len() as f64 / TIME.as_secs_f64();
    Ok(Rate { per_second, p50: percentile(&times, 0.50), p99: percentile(&times, 0.99) })
}

pub(super) fn figures(ours: &Measured, theirs: Option<&Measured>) -> Vec<Figure> {
    let figure = |name, value, unit, aim: Option<f64>| Figure { name, value, unit, aim: aim.map(Aim::AtLeast) };
    let time = |name, value| Figure { name, value, unit: "ms", aim: None };
    let mut figures = vec![
        figure("small uploads, 8 at once", ours.uploads.per_second, "/s", Some(2_000.0)),
        time("small uploads, p50", ours.uploads.p50),
        time("small uploads, p99", ours.uploads.p99),
        figure("small downloads, 8 at once", ours.downloads.per_second, "/s", Some(10_000.0)),
        time("small downloads, p99", ours.downloads.p99),
        figure("small requests, 50 at once", ours.requests.per_second, "/s", Some(10_000.0)),
        time("small requests, p99", ours.requests.p99),
        figure("upload of 1 GiB", ours.upload, "MB/s", None),
        figure("download of 1 GiB", ours.download, "MB/s", None),
    ];
    if let Some(theirs) = theirs {
        figures.extend([
            figure("small uploads, of nginx", ours.uploads.per_second / theirs.uploads.per_second, "x", None),
            figure("small downloads, of nginx", ours.downloads.per_second / theirs.downloads.per_second, "x", None),
            figure("small requests, of nginx", ours.requests.per_second / theirs.requests.per_second, "x", None),
            figure("upload of 1 GiB, of nginx", ours.upload / theirs.upload, "x", Some(0.6)),
            figure("download of 1 GiB, of nginx", ours.download / theirs.download, "x", Some(0.9)),
        ]);
    }
    figures
}
