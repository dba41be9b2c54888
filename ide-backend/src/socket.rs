//! A browser's WebSocket: bounded frames, pings, an end when the session ends. Knows nothing of what is said on it.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Session};
use bytes::Bytes;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::{
    api_error::ApiError,
    config::Timing,
    session::{Admitted, Ended, SocketSlot},
    workspaces::Event,
};

/// Longest message, in one frame or several.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;
/// A browser that takes nothing for so long is gone.
const SEND: Duration = Duration::from_secs(30);
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The browser is not there any more, or must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

#[derive(Debug)]
pub(crate) enum Incoming {
    Text(String),
    Binary(Bytes),
    Gone,
    Ended(Ended),
}

/// Upgrades the request. T-26: each session has room for a bounded number of sockets.
pub(crate) fn accept(
    request: &HttpRequest,
    body: web::Payload,
    admitted: &Admitted,
    timing: &Timing,
) -> Result<(HttpResponse, Reader, Writer), ApiError> {
    let slot = admitted.session.open_socket().ok_or_else(|| {
        ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_sockets",
            "This browser has too many connections to the workspace open.",
        )
    })?;
    let (answer, session, messages) = actix_ws::handle(request, body).map_err(|error| {
        tracing::debug!("an upgrade failed: {error}");
        ApiError::new(
            StatusCode::UPGRADE_REQUIRED,
            "upgrade_missing",
            "This address is a WebSocket. A proxy in between must pass on the headers Upgrade and Connection.",
        )
    })?;
    // T-27: what is done on the socket can be traced to whoever opened it.
    let facts = slot.session().current();
    let address = request.connection_info().peer_addr().map(str::to_owned);
    tracing::info!(session = %facts.id, user = %facts.user, workspace = %facts.workspace, address, path = request.match_pattern(), "a socket was opened");
    let messages =
        messages.max_frame_size(MAX_MESSAGE_BYTES).aggregate_continuations().max_continuation_size(MAX_MESSAGE_BYTES);
    let mut pings = tokio::time::interval(timing.ping_every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let slot = Arc::new(slot);
    let reader = Reader {
        messages,
        session: session.clone(),
        slot: Arc::clone(&slot),
        pings,
        heard: Instant::now(),
        silence: timing.ping_every * 2,
    };
    Ok((answer, reader, Writer { session, slot }))
}

pub(crate) struct Reader {
    messages: AggregatedMessageStream,
    session: Session,
    slot: Arc<SocketSlot>,
    pings: Interval,
    heard: Instant,
    silence: Duration,
}

impl Reader {
    /// The next message, or why there is none. Dropping the call loses no message.
    pub(crate) async fn next(&mut self) -> Incoming {
        loop {
            tokio::select! {
                biased;
                why = self.slot.session().ended() => return Incoming::Ended(why),
                message = self.messages.recv() => {
                    self.heard = Instant::now();
                    match message {
                        Some(Ok(AggregatedMessage::Text(text))) => return Incoming::Text(text.to_string()),
                        Some(Ok(AggregatedMessage::Binary(bytes))) => return Incoming::Binary(bytes),
                        Some(Ok(AggregatedMessage::Ping(bytes))) => {
                            if in_time(self.session.pong(&bytes), &self.slot).await.is_err() {
                                return self.gone();
                            }
                        }
                        Some(Ok(AggregatedMessage::Pong(_))) => {}
                        // A frame that is too long or broken ends the socket as a close does.
                        Some(Ok(AggregatedMessage::Close(_)) | Err(_)) | None => return Incoming::Gone,
                    }
                }
                _ = self.pings.tick() => {
                    let silent = self.heard.elapsed() > self.silence;
                    if silent || in_time(self.session.ping(b""), &self.slot).await.is_err() {
                        return self.gone();
                    }
                }
            }
        }
    }

    /// The end of the session, for whoever does something else with the socket meanwhile.
    pub(crate) async fn ended(&self) -> Ended {
        self.slot.session().ended().await
    }

    /// A browser cannot be reached; if its session is over, that is why.
    fn gone(&self) -> Incoming {
        self.slot.session().reason().map_or(Incoming::Gone, Incoming::Ended)
    }
}

pub(crate) struct Writer {
    session: Session,
    slot: Arc<SocketSlot>,
}

impl Writer {
    pub(crate) async fn text(&mut self, text: String) -> Result<(), Gone> {
        let sending = self.session.text(text);
        in_time(sending, &self.slot).await
    }

    pub(crate) async fn binary(&mut self, bytes: Bytes) -> Result<(), Gone> {
        let sending = self.session.binary(bytes);
        in_time(sending, &self.slot).await
    }

    /// Closes the socket; a session that has ended is said first.
    pub(crate) async fn finish(mut self, ended: Option<Ended>) {
        // A message that was under way when the session ended failed for that reason.
        let ended = ended.or_else(|| self.slot.session().reason());
        let reason = ended.map(|why| CloseReason { code: CloseCode::Policy, description: Some(why.code().to_owned()) });
        let farewell = async {
            if let Some(why) = ended {
                let event = Event::Ended { code: why.code(), message: why.message() };
                self.session.text(event.text()).await?;
            }
            self.session.close(reason).await
        };
        if !matches!(tokio::time::timeout(LAST_WORDS, farewell).await, Ok(Ok(()))) {
            tracing::debug!("a browser was gone before its socket was closed");
        }
    }
}

/// A slow browser must not keep a socket open past the end of its session.
async fn in_time(sending: impl Future<Output = Result<(), actix_ws::Closed>>, slot: &SocketSlot) -> Result<(), Gone> {
    tokio::select! {
        biased;
        _ = slot.session().ended() => Err(Gone),
        sent = tokio::time::timeout(SEND, sending) => match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Gone),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{LiveSession, example};

    #[tokio::test]
    async fn nothing_is_sent_once_the_session_is_over() {
        let session = Arc::new(LiveSession::new(example()));
        let slot = session.open_socket().expect("room");
        assert_eq!(in_time(async { Ok(()) }, &slot).await, Ok(()));
        session.end(Ended::ByCloud);
        assert_eq!(in_time(async { Ok(()) }, &slot).await, Err(Gone));
        assert_eq!(in_time(std::future::pending(), &slot).await, Err(Gone));
    }
}
