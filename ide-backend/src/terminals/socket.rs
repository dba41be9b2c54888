//! `GET …/terminals/{tid}/socket`: the keys and the screen of one terminal. Both directions run on their own, so that a
//! program that reads nothing does not keep its output back.

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use carrel_ids::{TerminalId, WorkspaceId};
use carrel_wire::{
    agent::{Reply, TerminalControl},
    frame::Kind,
};
use serde::{Deserialize, Serialize};

use super::routes::valid_size;
use crate::{
    agent::{AgentFailure, AgentReader, AgentStream, AgentWriter, as_reply},
    api_error::ApiError,
    app::State,
    session::{Admitted, Ended},
    socket::{Incoming, Reader, Writer},
};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum FromBrowser {
    Resize { cols: u16, rows: u16 },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ToBrowser {
    Exited { code: i32 },
}

/// A WebSocket: binary messages are input and output (scrollback first), text messages are JSON.
#[utoipa::path(
    get, path = "/ide/v1/workspaces/{id}/terminals/{tid}/socket", tag = "terminals",
    params(("id" = Uuid, Path, description = "Workspace"), ("tid" = Uuid, Path, description = "Terminal")),
    responses(
        (status = 101, description = "Upgraded"),
        (status = 403, description = "`origin_refused`, `read_only`"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`workspace_not_ready`"),
    )
)]
pub(crate) async fn attach(
    state: web::Data<State>,
    admitted: Admitted,
    path: web::Path<(WorkspaceId, TerminalId)>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let (_, id) = path.into_inner();
    let agent = admitted.writing_agent()?;
    let (_, stream) = agent.attach_terminal(id).await?;
    let (answer, reader, writer) = crate::socket::accept(&request, body, &admitted, &state.timing)?;
    actix_web::rt::spawn(serve(admitted, stream, reader, writer));
    Ok(answer)
}

async fn serve(admitted: Admitted, stream: AgentStream, mut reader: Reader, mut writer: Writer) {
    let attached = admitted.workspace.view().attach();
    let AgentStream { reader: mut output, writer: mut input } = stream;
    let ended = tokio::select! {
        ended = type_in(&mut reader, &mut input) => ended,
        () = show(&mut output, &mut writer) => None,
    };
    drop(attached);
    input.close().await;
    writer.finish(ended).await;
}

/// Carries keys to the shell until the browser, its session or the sandbox is gone.
async fn type_in(reader: &mut Reader, input: &mut AgentWriter) -> Option<Ended> {
    loop {
        let incoming = reader.next().await;
        let passed_on = tokio::select! {
            biased;
            // A shell that takes no input must not keep a socket open past the end of its session.
            why = reader.ended() => return Some(why),
            passed_on = pass_on(incoming, input) => passed_on,
        };
        match passed_on {
            Ok(()) => {}
            Err(ended) => return ended,
        }
    }
}

/// One message of the browser. The error is the end of the socket, and why, if the browser is to be told.
async fn pass_on(incoming: Incoming, input: &mut AgentWriter) -> Result<(), Option<Ended>> {
    let sent = match incoming {
        Incoming::Binary(keys) => input.data(&keys).await,
        Incoming::Text(text) => match serde_json::from_str(&text) {
            Ok(FromBrowser::Resize { cols, rows }) if valid_size(cols, rows) => {
                input.message(&TerminalControl::Resize { cols, rows }).await
            }
            // T-25: what is not a known message ends the socket.
            Ok(FromBrowser::Resize { .. }) | Err(_) => return Err(None),
        },
        Incoming::Gone => return Err(None),
        Incoming::Ended(why) => return Err(Some(why)),
    };
    sent.map_err(|failure| {
        tracing::debug!("a terminal took no input: {failure}");
        None
    })
}

/// Carries output to the browser until one of the two is gone.
async fn show(output: &mut AgentReader, writer: &mut Writer) {
    loop {
        let sent = match shown(output).await {
            Ok(Some(Shown::Output(bytes))) => writer.binary(bytes).await,
            Ok(Some(Shown::Exited(code))) => match serde_json::to_string(&ToBrowser::Exited { code }) {
                Ok(text) => writer.text(text).await,
                Err(_) => return,
            },
            Ok(None) => return,
            Err(failure) => {
                tracing::debug!("a terminal's stream ended: {failure}");
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

enum Shown {
    Output(Bytes),
    Exited(i32),
}

async fn shown(output: &mut AgentReader) -> Result<Option<Shown>, AgentFailure> {
    loop {
        let Some(frame) = output.next().await? else {
            return Ok(None);
        };
        match frame.kind {
            Kind::Data => return Ok(Some(Shown::Output(frame.payload.into()))),
            Kind::Message => {
                if let Reply::Exited { code } = as_reply(&frame)? {
                    return Ok(Some(Shown::Exited(code)));
                }
            }
            Kind::ErrorData | Kind::End => {}
        }
    }
}
