//! A server that fails on order: it stands before another one and passes requests on, or does not. One request for each connection.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It is answered with 500 and never arrives.
    Status500,
    /// It is answered with 503 `SlowDown` and never arrives.
    SlowDown,
    /// It is passed on after this time.
    Slow(Duration),
    /// The connection is cut in the middle of it.
    CutRequest,
    /// It arrives and is done, and the connection is cut before the answer.
    LoseAnswer,
    /// The connection is cut in the middle of the answer.
    CutAnswer,
}

type Plan = Box<dyn FnMut(&str) -> Fault + Send>;

/// Stands before a server. Dropping it ends it.
pub struct Faults {
    address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Faults").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Faults {
    /// Stands before the server at `server` (`http://127.0.0.1:PORT`) on a free port, without a fault.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(server: &str) -> std::io::Result<Self> {
        let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let plan: Arc<Mutex<Plan>> = Arc::new(Mutex::new(Box::new(|_: &str| Fault::None)));
        let asked = plan.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, plan) = (server.clone(), asked.clone());
                tokio::spawn(async move { pass(client, &server, &plan).await.ok() });
            }
        });
        Ok(Self { address, plan, accepting })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on `plan` says what happens to each request. It hears the request's first line, for example `PUT /content/x HTTP/1.1`.
    pub fn plan(&self, plan: impl FnMut(&str) -> Fault + Send + 'static) {
        *self.plan.lock().unwrap() = Box::new(plan);
    }

    /// No faults any more.
    pub fn heal(&self) {
        self.plan(|_| Fault::None);
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(mut client: TcpStream, server: &str, plan: &Mutex<Plan>) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().to_owned());
    let length: usize = head.lines().find_map(length).and_then(|n| n.parse().ok()).unwrap_or(0);
    let fault = (plan.lock().unwrap())(head.lines().next().unwrap_or_default());
    let cut = if fault == Fault::CutRequest { length / 2 } else { length };
    while bytes.len() < end + cut {
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    let refusal = match fault {
        Fault::CutRequest => return Ok(()),
        Fault::Status500 => Some(("500 Internal Server Error", "InternalError")),
        Fault::SlowDown => Some(("503 Service Unavailable", "SlowDown")),
        Fault::Slow(time) => {
            tokio::time::sleep(time).await;
            None
        }
        Fault::None | Fault::LoseAnswer | Fault::CutAnswer => None,
    };
    if let Some((status, code)) = refusal {
        let body = format!("<Error><Code>{code}</Code></Error>");
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        client.write_all(answer.as_bytes()).await?;
        return client.shutdown().await;
    }
    let mut upstream = TcpStream::connect(server).await?;
    // The signature does not cover this header.
    let (line, rest) = head.split_once("\r\n").unwrap_or_default();
    upstream.write_all(format!("{line}\r\nconnection: close\r\n{rest}").as_bytes()).await?;
    upstream.write_all(&bytes[end..]).await?;
    match fault {
        Fault::LoseAnswer => {
            let mut lost = Vec::new();
            upstream.read_to_end(&mut lost).await?;
        }
        Fault::CutAnswer => {
            let mut answer = Vec::new();
            upstream.read_to_end(&mut answer).await?;
            let body = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
            client.write_all(&answer[..body + (answer.len() - body) / 2]).await?;
        }
        _ => {
            tokio::io::copy(&mut upstream, &mut client).await?;
            client.shutdown().await?;
        }
    }
    Ok(())
}
