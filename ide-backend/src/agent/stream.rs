//! One stream to the agent: frames inside the binary messages of a signed WebSocket.

use std::{io, pin::Pin, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use carrel_service_auth::client::Socket;
use carrel_wire::{
    agent::Reply,
    frame::{HEADER_BYTES, Kind, MAX_PAYLOAD_BYTES, header},
    frame_io::{Frame, FrameReader},
};
use futures_util::{
    SinkExt, Stream, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::Serialize;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::io::StreamReader;

use super::{AgentFailure, SILENCE};
use crate::cloud::with_causes;

type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

pub(crate) struct AgentStream {
    pub(crate) reader: AgentReader,
    pub(crate) writer: AgentWriter,
}

impl AgentStream {
    pub(super) fn new(socket: Socket) -> Self {
        let (sink, stream) = socket.split();
        Self { reader: AgentReader(FrameReader::new(StreamReader::new(binary(stream)))), writer: AgentWriter(sink) }
    }
}

/// The bytes of binary messages, one after the other. A close is the end; text is not the protocol.
fn binary(stream: SplitStream<Socket>) -> ByteStream {
    Box::pin(futures_util::stream::unfold(stream, |mut stream| async move {
        loop {
            let item = match stream.next().await? {
                Ok(Message::Binary(bytes)) if bytes.is_empty() => continue,
                Ok(Message::Binary(bytes)) => Ok(bytes),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => continue,
                Ok(Message::Close(_)) => return None,
                Ok(Message::Text(_)) => Err(io::Error::from(io::ErrorKind::InvalidData)),
                Err(error) => Err(io::Error::other(error)),
            };
            return Some((item, stream));
        }
    }))
}

/// What the agent sends. Dropping a call of [`AgentReader::next`] loses nothing.
pub(crate) struct AgentReader(FrameReader<StreamReader<ByteStream, Bytes>>);

impl AgentReader {
    /// The next frame; `None` when the agent closed the stream.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, AgentFailure> {
        Ok(self.0.next().await?)
    }

    /// The next frame, which must come within `limit`.
    pub(super) async fn frame(&mut self, limit: Duration) -> Result<Frame, AgentFailure> {
        tokio::time::timeout(limit, self.0.next())
            .await
            .map_err(|_| AgentFailure::silent())??
            .ok_or_else(|| AgentFailure::Gone("the stream ended early".to_owned()))
    }

    /// The next reply within `limit`; a reply that is an error is one here too.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<Reply, AgentFailure> {
        as_reply(&self.frame(limit).await?)
    }

    /// The next piece of a content; `None` at its end.
    pub(crate) async fn data(&mut self) -> Result<Option<Bytes>, AgentFailure> {
        let frame = self.frame(SILENCE).await?;
        match frame.kind {
            Kind::Data => Ok(Some(frame.payload.into())),
            Kind::End => Ok(None),
            // An error in the middle of a content, for example of the disk.
            Kind::Message | Kind::ErrorData => Err(super::unexpected(&as_reply(&frame)?)),
        }
    }
}

pub(crate) fn as_reply(frame: &Frame) -> Result<Reply, AgentFailure> {
    match frame.message()? {
        Reply::Error { error } => Err(AgentFailure::Refused(error)),
        reply => Ok(reply),
    }
}

/// What a frame means that came before the request was complete: it can only be a refusal.
pub(super) fn early_reply(frame: Result<Option<Frame>, AgentFailure>) -> AgentFailure {
    match frame {
        Ok(Some(frame)) => match as_reply(&frame) {
            Ok(reply) => super::unexpected(&reply),
            Err(failure) => failure,
        },
        Ok(None) => AgentFailure::Gone("the stream ended early".to_owned()),
        Err(failure) => failure,
    }
}

/// What the agent is sent. Memory is bounded: a write waits until the socket takes it.
pub(crate) struct AgentWriter(SplitSink<Socket, Message>);

impl AgentWriter {
    pub(crate) async fn message<T: Serialize>(&mut self, message: &T) -> Result<(), AgentFailure> {
        let payload = serde_json::to_vec(message).map_err(|error| AgentFailure::Protocol(error.to_string()))?;
        self.frame(Kind::Message, &payload).await
    }

    /// Content of any length.
    pub(crate) async fn data(&mut self, data: &[u8]) -> Result<(), AgentFailure> {
        for chunk in data.chunks(MAX_PAYLOAD_BYTES) {
            self.frame(Kind::Data, chunk).await?;
        }
        Ok(())
    }

    pub(crate) async fn end(&mut self) -> Result<(), AgentFailure> {
        self.frame(Kind::End, &[]).await
    }

    async fn frame(&mut self, kind: Kind, payload: &[u8]) -> Result<(), AgentFailure> {
        let head = header(kind, payload.len()).map_err(|error| AgentFailure::Protocol(error.to_string()))?;
        let mut bytes = BytesMut::with_capacity(HEADER_BYTES + payload.len());
        bytes.put_slice(&head);
        bytes.put_slice(payload);
        let sent = self.0.send(Message::Binary(bytes.freeze()));
        tokio::time::timeout(SILENCE, sent).await.map_err(|_| AgentFailure::silent())?.map_err(|error| gone(&error))
    }

    /// Says that nothing more comes; a peer that is gone already does not mind.
    pub(crate) async fn close(&mut self) {
        let closed = tokio::time::timeout(Duration::from_secs(1), self.0.close()).await;
        if !matches!(closed, Ok(Ok(()))) {
            tracing::debug!("a stream to the agent was gone before it was closed");
        }
    }
}

fn gone(error: &tungstenite::Error) -> AgentFailure {
    AgentFailure::Gone(with_causes(error))
}
