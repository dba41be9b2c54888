//! `GET …/events`: tells a browser what happens in its workspace.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::broadcast::error::RecvError;

use super::{event::Event, registry::Workspace};
use crate::{
    api_error::ApiError,
    app::State,
    session::Admitted,
    socket::{Gone, Incoming, Reader, Writer},
};

/// A WebSocket of JSON messages: `state`, `files`, `sync`, `conflict`, `usage`, `ended`.
#[utoipa::path(
    get, path = "/ide/v1/workspaces/{id}/events", tag = "workspaces",
    params(("id" = Uuid, Path, description = "Workspace")),
    responses(
        (status = 101, description = "Upgraded"),
        (status = 403, description = "`origin_refused`"),
        (status = 429, description = "`too_many_sockets`"),
    )
)]
pub(crate) async fn events(
    state: web::Data<State>,
    admitted: Admitted,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let workspace = Arc::clone(&admitted.workspace);
    let (answer, reader, writer) = crate::socket::accept(&request, body, &admitted, &state.timing)?;
    actix_web::rt::spawn(serve(workspace, reader, writer));
    Ok(answer)
}

async fn serve(workspace: Arc<Workspace>, mut reader: Reader, mut writer: Writer) {
    let attached = workspace.view().attach();
    let told = tell(&workspace, &mut writer);
    let heard = async {
        loop {
            match reader.next().await {
                // The only message there is, a ping: that it came is enough.
                Incoming::Text(_) => {}
                Incoming::Binary(_) => return None,
                Incoming::Gone => return None,
                Incoming::Ended(why) => return Some(why),
            }
        }
    };
    let ended = tokio::select! {
        Err(Gone) = told => None,
        ended = heard => ended,
    };
    drop(attached);
    writer.finish(ended).await;
}

async fn tell(workspace: &Workspace, writer: &mut Writer) -> Result<(), Gone> {
    let view = workspace.view();
    let (mut states, mut syncs, mut events) = (view.states(), view.syncs(), view.events());
    states.mark_changed();
    syncs.mark_changed();
    loop {
        let event = tokio::select! {
            biased;
            changed = states.changed() => {
                changed.map_err(|_| Gone)?;
                Event::State(states.borrow_and_update().clone())
            }
            changed = syncs.changed() => {
                changed.map_err(|_| Gone)?;
                Event::Sync(syncs.borrow_and_update().clone())
            }
            event = events.recv() => match event {
                Ok(event) => event,
                // Too slow for all of it: the browser looks at everything anew.
                Err(RecvError::Lagged(_)) => Event::Files { paths: Vec::new(), overflow: true },
                Err(RecvError::Closed) => return Err(Gone),
            },
        };
        writer.text(event.text()).await?;
    }
}
