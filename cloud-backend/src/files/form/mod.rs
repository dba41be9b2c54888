//! Files by a form, as pages without a script and simple programs send them. Each file stands for itself: one that cannot be taken says
//! why, and the others are there.

mod reader;

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use futures_util::TryStreamExt as _;
use serde::Serialize;
use utoipa::ToSchema;

use self::reader::{Broken, Form, boundary};
use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody, ErrorCode},
    app::Cloud,
    audit::Action,
    authz::{FileAccess, FileName, Write},
    content::{ContentError, ReceiveLimits},
    session::Session,
    store::Origin,
};

/// Files that one form can bring.
const MOST: usize = 1000;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FormResult {
    items: Vec<FormItem>,
}

/// What became of one file, in the order of the form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum FormItem {
    Made(Box<Node>),
    Refused { name: String, error: FormRefusal },
}

#[derive(Debug, Serialize, ToSchema)]
struct FormRefusal {
    code: ErrorCode,
    message: String,
}

/// Puts the files of a form (`multipart/form-data`) into a folder, under the names that they have there. Fields that are no files are
/// passed over.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/files/form", tag = "uploads", params(("node_id" = carrel_ids::NodeId, Path)),
    request_body(content = Vec<u8>, content_type = "multipart/form-data"), responses(
    (status = 201, body = FormResult), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 415, body = ErrorBody)))]
pub(crate) async fn put_form(
    access: FileAccess<Write>,
    session: Session,
    cloud: web::Data<Cloud>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(boundary).ok_or(ApiError::MediaType("multipart/form-data"))?;
    let mut form = Form::new(payload, &boundary);
    let mut items = Vec::new();
    while let Some(name) = form.next_part().await.map_err(refusal)? {
        if name.is_empty() {
            continue;
        }
        if items.len() >= MOST {
            return Err(ApiError::BadRequest(format!("a form can bring {MOST} files; those before are there")));
        }
        let item = match take(&access, &session, &cloud, &name, &mut form).await {
            Ok(node) => FormItem::Made(Box::new(node)),
            // The form itself is at its end.
            Err(error @ (ApiError::Content(ContentError::CutOff) | ApiError::Internal(_))) => return Err(error),
            Err(error) => {
                FormItem::Refused { name, error: FormRefusal { code: error.code(), message: error.to_string() } }
            }
        };
        items.push(item);
    }
    Ok(HttpResponse::Created().json(FormResult { items }))
}

async fn take(
    access: &FileAccess<Write>,
    session: &Session,
    cloud: &Cloud,
    name: &str,
    form: &mut Form<web::Payload>,
) -> Result<Node, ApiError> {
    let name = FileName::parse(name)?;
    // Clashes are refused before the bytes travel; the database decides again when they have.
    if cloud.store.child(access, name.as_str()).await?.is_some() {
        return Err(ApiError::NameTaken);
    }
    let limits = ReceiveLimits { max_size: cloud.config.max_upload_bytes, exact_size: None, sha256: None };
    let content = cloud.content.receive(Box::pin(form.content().map_err(drop)), limits).await?;
    let create = cloud
        .store
        .audited(access, Action::FileCreate, async |w| w.create_file(&name, content, false, Origin::Upload).await);
    let (id, _) = create.await?;
    let made = FileAccess::<Write>::require(&cloud.store, session, id).await?;
    Ok(Node::new(cloud.store.node(&made).await?, true))
}

fn refusal(broken: Broken) -> ApiError {
    match broken {
        Broken::Cut => ContentError::CutOff.into(),
        Broken::Form => ApiError::BadRequest("the body is not the form that is expected here".to_owned()),
    }
}
