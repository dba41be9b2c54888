//! The OpenID library's way to the network: the guarded client and nothing else.

use std::{error::Error, future::Future, pin::Pin};

use carrel_outgoing::{Outgoing, OutgoingError};
use openidconnect::{HttpRequest, HttpResponse};

/// Largest answer of a provider in bytes: addresses, keys, tokens.
const MAX_ANSWER: usize = 256 * 1024;

type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, OutgoingError>>>>;

pub(super) fn closure(outgoing: &Outgoing) -> impl Fn(HttpRequest) -> Answering + use<> {
    let outgoing = outgoing.clone();
    move |request| {
        let outgoing = outgoing.clone();
        Box::pin(async move { outgoing.send(request, MAX_ANSWER).await })
    }
}

/// An error and its causes in one line. None of the library's errors holds a secret: what was sent is in none of them.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
