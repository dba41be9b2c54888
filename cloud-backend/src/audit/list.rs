//! Reading the log: who did what, newest first, with what of the personal data was not erased.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpResponse, web};
use carrel_audit_log::leaf::{ActorKind, Leaf, LeafError};
use carrel_ids::{EntryId, UserId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::Action;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{ReadLog, SystemAccess},
    store::{LogFilter, LogRow, StoreError},
};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// `next` of the page before.
    before: Option<i64>,
    /// 1 to 500; 100 when absent.
    limit: Option<i64>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    from: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    to: Option<OffsetDateTime>,
    /// Identifier of the acting person.
    actor: Option<String>,
    /// Code of an act.
    action: Option<String>,
    /// `ok`, `denied`, `error` or `unknown`.
    outcome: Option<String>,
    /// Identifier of the target.
    target: Option<String>,
    /// Identifier of the request.
    request: Option<String>,
}

/// One record of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogEntry {
    /// Position, counted from 0.
    index: i64,
    id: EntryId,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    action: String,
    outcome: String,
    actor: LogActor,
    target: Option<LogTarget>,
    space_id: Option<String>,
    address: Option<String>,
    client: Option<String>,
    request_id: Option<String>,
    /// Identifiers, sizes, hashes.
    details: serde_json::Value,
    /// Names and paths, unless they were erased.
    personal: serde_json::Value,
    /// The canonical bytes that everything else here was read from.
    leaf: String,
    /// SHA-256 of the leaf as the tree uses it, lower-case hex.
    leaf_hash: String,
    /// A signed checkpoint covers it.
    signed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct LogActor {
    /// `user`, `service`, `runner`, `link` or `system`.
    #[serde(rename = "type")]
    kind: &'static str,
    id: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct LogTarget {
    /// The noun, for example `node`.
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// As it was at the time of the act.
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogEntries {
    items: Vec<LogEntry>,
    /// `before` of the next page; absent on the last.
    next: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogActions {
    items: Vec<&'static str>,
}

impl LogQuery {
    fn filter(&self) -> Result<LogFilter, ApiError> {
        let filter = LogFilter {
            before: self.before,
            from: self.from.map(Into::into),
            to: self.to.map(Into::into),
            actor: self.actor.clone(),
            action: self.action.clone(),
            outcome: self.outcome.clone(),
            target: self.target.clone(),
            request: self.request.clone(),
        };
        filter.check()?;
        Ok(filter)
    }
}

/// Entries, newest first. Entries that were committed in the last moments may not be sealed yet; they follow at once.
#[utoipa::path(get, path = "/api/v1/audit/entries", tag = "log", params(LogQuery), responses(
    (status = 200, body = LogEntries), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_entries(
    access: SystemAccess<ReadLog>,
    cloud: web::Data<Cloud>,
    query: web::Query<LogQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let filter = query.filter()?;
    // Looking at the log is an act itself, and so is each page: a position in it can be named without the pages before.
    cloud
        .store
        .audited(&access, Action::LogRead, async |w| {
            w.note_filter(&filter);
            Ok::<_, StoreError>(())
        })
        .await?;
    let mut rows = cloud.store.log_entries(&access, &filter, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| row.index);
    let signed = cloud.store.log_head(&access).await?.signed_size;
    let parsed: Result<Vec<_>, _> = rows.into_iter().map(|row| Ok((Leaf::parse(&row.leaf)?, row))).collect();
    let parsed = parsed.map_err(|e: LeafError| ApiError::Internal(Box::new(e)))?;
    let actors: BTreeSet<UserId> = parsed.iter().filter_map(|(leaf, _)| person(leaf)).collect();
    let names = cloud.store.names_in_log(&actors.into_iter().collect::<Vec<_>>()).await?;
    let items: Result<_, _> = parsed.into_iter().map(|(leaf, row)| present(leaf, row, signed, &names)).collect();
    Ok(HttpResponse::Ok().json(LogEntries { items: items?, next }))
}

/// The person who acted.
fn person(leaf: &Leaf) -> Option<UserId> {
    leaf.actor.id.as_deref().filter(|_| leaf.actor.kind == ActorKind::User)?.parse().ok()
}

fn present(leaf: Leaf, row: LogRow, signed: i64, names: &HashMap<UserId, String>) -> Result<LogEntry, ApiError> {
    let mut personal = carrel_audit_log::json::Members::new();
    for opened in row.personal {
        personal.extend(opened.document);
    }
    let mut text = |key: &str| personal.remove(key).and_then(|value| value.as_text().map(str::to_owned));
    let (address, client, name) = (text("address"), text("client"), text("name"));
    let actor_name = person(&leaf).and_then(|id| names.get(&id).cloned());
    let json = |members: carrel_audit_log::json::Members| {
        serde_json::from_slice(&carrel_audit_log::Json::Object(members).canonical())
    };
    Ok(LogEntry {
        index: row.index,
        id: row.id,
        at: leaf.at,
        outcome: leaf.outcome.as_str().to_owned(),
        actor: LogActor { kind: leaf.actor.kind.as_str(), id: leaf.actor.id, name: actor_name },
        target: leaf.target.map(|target| LogTarget { kind: target.kind, id: target.id, name }),
        space_id: leaf.space.map(|id| id.to_string()),
        address,
        client,
        request_id: leaf.request,
        details: json(leaf.details).map_err(|e| ApiError::Internal(Box::new(e)))?,
        personal: json(personal).map_err(|e| ApiError::Internal(Box::new(e)))?,
        leaf: String::from_utf8_lossy(&row.leaf).into_owned(),
        leaf_hash: hex::encode(row.leaf_hash),
        signed: row.index < signed,
        action: leaf.action,
    })
}

/// Every act that the log knows, by its code.
#[utoipa::path(get, path = "/api/v1/audit/actions", tag = "log", responses((status = 200, body = LogActions), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn list_actions(_: SystemAccess<ReadLog>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(LogActions { items: Action::ALL.iter().map(|action| action.code()).collect() }))
}
