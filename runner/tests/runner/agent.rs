//! Speaks to the agent in a sandbox through the runner's WebSocket, as the IDE backend does.

use std::collections::BTreeMap;

use carrel_ids::SandboxId;
use carrel_service_auth::client::Socket;
use carrel_wire::{
    agent::{Reply, Request},
    frame::{HEADER_BYTES, Kind, header, parse_header},
};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;

use crate::host::Runner;

/// One stream to an agent.
pub(crate) struct AgentStream {
    pub(crate) socket: Socket,
    received: Vec<u8>,
}

/// What a command in a sandbox did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Runner {
    pub(crate) async fn stream(&self, sandbox: SandboxId) -> AgentStream {
        let socket = self.client.websocket(&format!("/v1/sandboxes/{sandbox}/stream")).await.unwrap();
        AgentStream { socket, received: Vec::new() }
    }

    /// Runs a command in a sandbox to its end.
    pub(crate) async fn exec(&self, sandbox: SandboxId, argv: &[&str]) -> Done {
        let mut stream = self.stream(sandbox).await;
        stream.request(&exec(argv)).await;
        let (mut out, mut err) = (Vec::new(), Vec::new());
        loop {
            match stream.frame().await.expect("the command's end") {
                (Kind::Data, bytes) => out.extend(bytes),
                (Kind::ErrorData, bytes) => err.extend(bytes),
                (Kind::Message, bytes) => match serde_json::from_slice(&bytes).unwrap() {
                    Reply::Exited { code } => {
                        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim_end().to_owned();
                        return Done { code, out: text(out), err: text(err) };
                    }
                    other => panic!("{other:?}"),
                },
                (Kind::End, _) => {}
            }
        }
    }

    /// Runs a shell script in a sandbox, which must succeed, and returns its output.
    pub(crate) async fn shell(&self, sandbox: SandboxId, script: &str) -> String {
        let done = self.exec(sandbox, &["sh", "-c", script]).await;
        assert_eq!(done.code, 0, "{script}: {done:?}");
        done.out
    }
}

pub(crate) fn exec(argv: &[&str]) -> Request {
    Request::Exec {
        argv: argv.iter().map(|&text| text.to_owned()).collect(),
        cwd: "".parse().unwrap(),
        env: BTreeMap::new(),
    }
}

impl AgentStream {
    pub(crate) async fn request(&mut self, request: &Request) {
        let payload = serde_json::to_vec(request).unwrap();
        let mut bytes = header(Kind::Message, payload.len()).unwrap().to_vec();
        bytes.extend(payload);
        self.socket.send(Message::Binary(bytes.into())).await.unwrap();
    }

    /// The next frame; `None` when the stream ended.
    pub(crate) async fn frame(&mut self) -> Option<(Kind, Vec<u8>)> {
        loop {
            if let Some(head) = self.received.first_chunk::<HEADER_BYTES>() {
                let (kind, length) = parse_header(*head).unwrap();
                if self.received.len() >= HEADER_BYTES + length {
                    let rest = self.received.split_off(HEADER_BYTES + length);
                    let mut frame = std::mem::replace(&mut self.received, rest);
                    return Some((kind, frame.split_off(HEADER_BYTES)));
                }
            }
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => self.received.extend_from_slice(&bytes),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}
