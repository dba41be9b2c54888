//! A workspace in a temporary folder, an agent for it, and the runner's side of the connection.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use carrel_wire::WorkspacePath;
use carrel_wire::agent::{AgentErrorCode, Entry, Expect, Hello, PROTOCOL, Reply, Request};
use carrel_wire::frame::Kind;
use carrel_wire::frame_io::{FrameReader, write_data, write_end, write_message};
use serde::Serialize;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt, TokioAsyncReadCompatExt};

/// Longer than anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn path(text: &str) -> WorkspacePath {
    text.parse().expect("a valid path")
}

pub(crate) struct Sandbox {
    folder: TempDir,
    child: Child,
    runner: Runner,
}

/// The runner's end of one connection; dropping it closes the connection.
pub(crate) struct Runner {
    open: mpsc::Sender<oneshot::Sender<yamux::Stream>>,
}

impl Sandbox {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("workspace")).expect("a workspace");
        std::fs::create_dir(folder.path().join("home")).expect("a home");
        let listener = UnixListener::bind(folder.path().join("agent.sock")).expect("a socket");
        let child = Command::new(env!("CARGO_BIN_EXE_carrel-agent"))
            .arg("--socket")
            .arg(folder.path().join("agent.sock"))
            .arg("--root")
            .arg(folder.path().join("workspace"))
            .env("HOME", folder.path().join("home"))
            .spawn()
            .expect("the agent starts");
        let runner = Runner::accept(&listener).await;
        Self { folder, child, runner }
    }

    /// A path in the workspace's folder, as the test reaches it from outside.
    pub(crate) fn at(&self, relative: &str) -> PathBuf {
        self.folder.path().join("workspace").join(relative)
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("agent.sock")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(crate) fn replace_runner(&mut self, runner: Runner) {
        self.runner = runner;
    }

    pub(crate) async fn call(&self, request: Request) -> Call {
        self.runner.call(request).await
    }

    /// A stream on which nothing has been sent.
    pub(crate) async fn raw_call(&self) -> Call {
        self.runner.raw_call().await
    }

    /// A request that has one reply.
    pub(crate) async fn ask(&self, request: Request) -> Reply {
        self.call(request).await.reply().await
    }

    pub(crate) async fn done(&self, request: Request) {
        assert_eq!(self.ask(request).await, Reply::Done);
    }

    /// The code with which a request is refused.
    pub(crate) async fn refused(&self, request: Request) -> AgentErrorCode {
        error_code(self.ask(request).await)
    }

    pub(crate) async fn write(&self, to: &str, content: &[u8], expect: Expect) -> Reply {
        let mut call = self.call(Request::Write { path: path(to), executable: None, expect }).await;
        call.send_data(content).await;
        call.send_end().await;
        call.reply().await
    }

    pub(crate) async fn read(&self, from: &str) -> Vec<u8> {
        let mut call = self.call(Request::Read { path: path(from) }).await;
        let Reply::File { .. } = call.reply().await else {
            panic!("no file");
        };
        call.data_until_end().await
    }

    pub(crate) async fn scan(&self) -> Vec<Entry> {
        self.call(Request::Scan { hash: true }).await.entries().await
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Runner {
    pub(crate) async fn accept(listener: &UnixListener) -> Self {
        let accepted = timeout(PATIENCE, listener.accept());
        let (mut connection, _) = accepted.await.expect("in time").expect("dialled");
        let hello = read_hello(&mut connection).await;
        assert_eq!(hello.protocol, PROTOCOL);
        let mut connection = yamux::Connection::new(connection.compat(), yamux::Config::default(), yamux::Mode::Client);
        let (open, mut wanted) = mpsc::channel::<oneshot::Sender<yamux::Stream>>(16);
        tokio::spawn(async move {
            let mut waiting: Option<oneshot::Sender<yamux::Stream>> = None;
            std::future::poll_fn(|context| {
                loop {
                    if waiting.is_none() {
                        match wanted.poll_recv(context) {
                            std::task::Poll::Ready(None) => return std::task::Poll::Ready(()),
                            std::task::Poll::Ready(some) => waiting = some,
                            std::task::Poll::Pending => {}
                        }
                    }
                    if waiting.is_some()
                        && let std::task::Poll::Ready(opened) = connection.poll_new_outbound(context)
                    {
                        if let (Ok(stream), Some(sender)) = (opened, waiting.take()) {
                            sender.send(stream).ok();
                        }
                        continue;
                    }
                    match connection.poll_next_inbound(context) {
                        std::task::Poll::Ready(Some(Ok(_))) => {
                            panic!("the agent opens no streams")
                        }
                        std::task::Poll::Ready(_) => return std::task::Poll::Ready(()),
                        std::task::Poll::Pending => return std::task::Poll::Pending,
                    }
                }
            })
            .await;
        });
        Self { open }
    }

    /// No connection, in place of one that is to be closed.
    pub(crate) fn closed() -> Self {
        Self { open: mpsc::channel(1).0 }
    }

    pub(crate) async fn call(&self, request: Request) -> Call {
        let mut call = self.raw_call().await;
        call.send(&request).await;
        call
    }

    async fn raw_call(&self) -> Call {
        let (sender, opened) = oneshot::channel();
        assert!(self.open.send(sender).await.is_ok(), "connected");
        let stream = opened.await.expect("a stream");
        let (reader, writer) = tokio::io::split(stream.compat());
        Call { frames: FrameReader::new(reader), writer }
    }
}

async fn read_hello(connection: &mut UnixStream) -> Hello {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        line.push(connection.read_u8().await.expect("hello"));
    }
    serde_json::from_slice(&line).expect("hello")
}

pub(crate) struct Call {
    frames: FrameReader<ReadHalf<Compat<yamux::Stream>>>,
    writer: WriteHalf<Compat<yamux::Stream>>,
}

/// What comes from a terminal or a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Data(Vec<u8>),
    ErrorData(Vec<u8>),
    Exited(i32),
    Closed,
}

impl Call {
    pub(crate) async fn send<T: Serialize>(&mut self, message: &T) {
        write_message(&mut self.writer, message).await.expect("sent");
    }

    pub(crate) async fn send_data(&mut self, data: &[u8]) {
        write_data(&mut self.writer, data).await.expect("sent");
    }

    pub(crate) async fn send_end(&mut self) {
        write_end(&mut self.writer).await.expect("sent");
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.writer.write_all(bytes).await.expect("sent");
        self.writer.flush().await.expect("sent");
    }

    pub(crate) async fn hang_up(&mut self) {
        self.writer.shutdown().await.expect("closed");
    }

    pub(crate) async fn reply(&mut self) -> Reply {
        timeout(PATIENCE, self.frames.message()).await.expect("in time").expect("a reply")
    }

    pub(crate) async fn event(&mut self) -> Event {
        let frame = timeout(PATIENCE, self.frames.next()).await.expect("in time");
        let Some(frame) = frame.expect("a frame") else {
            return Event::Closed;
        };
        match frame.kind {
            Kind::Data => Event::Data(frame.payload),
            Kind::ErrorData => Event::ErrorData(frame.payload),
            Kind::Message => match frame.message().expect("a reply") {
                Reply::Exited { code } => Event::Exited(code),
                other => panic!("{other:?}"),
            },
            Kind::End => panic!("an end"),
        }
    }

    /// Whether the other end has closed the stream.
    pub(crate) async fn at_end(&mut self) -> bool {
        let next = timeout(PATIENCE, self.frames.next()).await.expect("in time");
        matches!(next, Ok(None))
    }

    pub(crate) async fn data_until_end(&mut self) -> Vec<u8> {
        let mut content = Vec::new();
        loop {
            let frame = self.frames.next().await.expect("a frame").expect("more");
            match frame.kind {
                Kind::Data => content.extend(frame.payload),
                Kind::End => return content,
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) async fn entries(&mut self) -> Vec<Entry> {
        let mut all = Vec::new();
        loop {
            let frame = self.frames.next().await.expect("a frame").expect("more");
            if frame.kind == Kind::End {
                return all;
            }
            match frame.message().expect("a reply") {
                Reply::Entries { entries } => {
                    assert!(entries.len() <= 256);
                    all.extend(entries);
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads a terminal's output until `wanted` has come; all that came.
    pub(crate) async fn until(&mut self, wanted: &str) -> String {
        let mut seen = Vec::new();
        loop {
            if String::from_utf8_lossy(&seen).contains(wanted) {
                return String::from_utf8_lossy(&seen).into_owned();
            }
            match self.event().await {
                Event::Data(data) => seen.extend(data),
                other => panic!("{other:?} after {:?}", String::from_utf8_lossy(&seen)),
            }
        }
    }
}

pub(crate) fn error_code(reply: Reply) -> AgentErrorCode {
    match reply {
        Reply::Error { error } => error.code,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) fn sha256(content: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(content))
}

pub(crate) fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).expect("there").permissions().mode() & 0o777
}

/// A number from `/proc/<pid>/status`, such as `VmRSS` in KiB.
pub(crate) fn status_number(pid: u32, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("running");
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.expect("a field").trim_start_matches(':');
    number.split_whitespace().next().unwrap().parse().unwrap()
}

/// Waits until `holds`, looking often.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "{what}");
}
