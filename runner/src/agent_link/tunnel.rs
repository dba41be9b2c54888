//! Copies bytes between a WebSocket and a stream to an agent, both ways, each no faster than its receiver takes them. Knows
//! nothing of what they mean.

use actix_ws::{CloseCode, CloseReason, Item, Message, MessageStream, Session};
use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::AgentStream;

const CHUNK_BYTES: usize = 32 * 1024;
/// Longest WebSocket frame that is taken: a frame of the agent's protocol and its header fit in.
const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// Runs until either side ends, then ends the other.
pub(crate) async fn copy(stream: AgentStream, session: Session, messages: MessageStream) {
    let AgentStream { io, _permit } = stream;
    let (mut reader, writer) = tokio::io::split(io);
    let mut down_session = session.clone();
    let down = async {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            match reader.read(&mut buffer).await {
                Ok(0) => return CloseCode::Normal,
                Ok(length) => {
                    let bytes = Bytes::copy_from_slice(&buffer[..length]);
                    if down_session.binary(bytes).await.is_err() {
                        return CloseCode::Normal;
                    }
                }
                // The agent or its connection is gone.
                Err(_) => return CloseCode::Error,
            }
        }
    };
    let up = upstream(messages, session.clone(), writer);
    let code = tokio::select! {
        code = down => code,
        code = up => code,
    };
    let reason = CloseReason { code, description: None };
    // The other side may be gone already, which is an end as well.
    drop(session.close(Some(reason)).await);
}

async fn upstream(messages: MessageStream, mut session: Session, mut writer: impl AsyncWrite + Unpin) -> CloseCode {
    let mut messages = messages.max_frame_size(MAX_FRAME_BYTES);
    while let Some(message) = messages.recv().await {
        let bytes = match message {
            Ok(Message::Binary(bytes)) => bytes,
            Ok(Message::Continuation(Item::FirstBinary(bytes) | Item::Continue(bytes) | Item::Last(bytes))) => bytes,
            Ok(Message::Ping(payload)) => {
                if session.pong(&payload).await.is_err() {
                    return CloseCode::Normal;
                }
                continue;
            }
            Ok(Message::Pong(_) | Message::Nop) => continue,
            Ok(Message::Close(_)) => {
                drop(writer.shutdown().await);
                return CloseCode::Normal;
            }
            Ok(Message::Text(_) | Message::Continuation(Item::FirstText(_))) => {
                return CloseCode::Unsupported;
            }
            Err(_) => return CloseCode::Protocol,
        };
        if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
            return CloseCode::Error;
        }
    }
    CloseCode::Away
}
