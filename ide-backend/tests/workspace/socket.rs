//! A browser's end of a WebSocket: events and terminals.

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpStream, time::Instant};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use crate::browser::PATIENCE;

pub(crate) struct Socket(pub(crate) WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }
    pub(crate) async fn keys(&mut self, keys: &str) {
        self.0.send(Message::binary(keys.as_bytes().to_vec())).await.unwrap();
    }

    /// The next message; `None` when the socket was closed.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        let deadline = Instant::now() + 2 * PATIENCE;
        loop {
            let message = tokio::time::timeout_at(deadline, self.0.next()).await.expect("a message in time");
            match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
            }
        }
    }

    /// Events until one fits.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        async move {
            let (mut seen, deadline) = (Vec::new(), Instant::now() + PATIENCE);
            loop {
                let next = tokio::time::timeout_at(deadline, self.next()).await;
                let Ok(Some(Message::Text(text))) = next else {
                    panic!("{place}: no {what}; seen: {seen:#?}");
                };
                let event: Value = serde_json::from_str(&text).unwrap();
                if fits(&event) {
                    return event;
                }
                let given_up = what == "ready" && event["state"] == "failed";
                assert!(!given_up, "{place}: no {what} but {event}");
                seen.push(event);
            }
        }
    }

    #[track_caller]
    pub(crate) fn until_state(&mut self, state: &str) -> impl Future<Output = Value> {
        self.until(state, move |event| event["type"] == "state" && event["state"] == state)
    }

    /// Output of a terminal until it holds a text.
    #[track_caller]
    pub(crate) fn until_output(&mut self, text: &str) -> impl Future<Output = String> {
        let place = std::panic::Location::caller();
        async move {
            let mut output = String::new();
            let deadline = Instant::now() + PATIENCE;
            while !output.contains(text) {
                match tokio::time::timeout_at(deadline, self.next()).await {
                    Ok(Some(Message::Binary(bytes))) => output.push_str(&String::from_utf8_lossy(&bytes)),
                    Ok(Some(_)) => {}
                    ended => panic!(
                        "{place}: no {text:?} but {ended:?} after {:?}",
                        output.get(output.len().saturating_sub(300)..)
                    ),
                }
            }
            output
        }
    }
}
