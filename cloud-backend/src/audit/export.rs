//! Exports of the log: bundles that prove themselves, streamed from the database in constant memory.

use std::io;

use actix_web::{HttpResponse, web};
use bytes::Bytes;
use carrel_audit_log::{
    Checkpoint, Hash, Json, SignedNote, VerifierKey,
    bundle::{BundleWriter, Container, Outline, Sizes, TarContainer, WriteError, withheld_line},
    json::Members,
    range::{self, RangeProof},
};
use carrel_ids::EntryId;
use serde::Deserialize;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::{Action, SealError, Sealer};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{ExportLog, LogReader, SystemAccess},
    store::{LogFilter, Store, StoreError},
};

/// Rows read at a time.
const PAGE: i64 = 500;
/// Bytes that are gathered before they are sent.
const CHUNK: usize = 64 * 1024;
/// Chunks that wait for a slow reader.
const CHUNKS: usize = 4;

/// Why an export was not made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the log cannot be read")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Seal(#[from] SealError),
    #[error("no entry was ever sealed")]
    Empty,
    #[error("the export cannot be written: {0}")]
    Write(#[from] WriteError),
    #[error("the reader went away")]
    Gone,
}

/// An export that has been logged and is covered by a signed head.
#[derive(Debug)]
pub struct Export<P> {
    store: Store,
    proof: P,
    filter: LogFilter,
    outline: Outline,
}

impl<P: LogReader> Export<P> {
    /// Logs the export, has the head signed and decides on the range.
    ///
    /// # Errors
    /// [`ExportError`]. Without a signer the newest signed head is used when `older_head` allows it.
    pub async fn prepare(sealer: &Sealer, proof: P, filter: LogFilter, older_head: bool) -> Result<Self, ExportError> {
        let store = sealer.store().clone();
        let entry: EntryId = store
            .audited(&proof, Action::LogExport, async |w| {
                w.note_export(sealer.name(), &filter);
                Ok::<_, StoreError>(w.entry())
            })
            .await?;
        let note = match sealer.cover().await {
            Ok(note) => note.ok_or(ExportError::Empty)?,
            Err(SealError::NoSigner | SealError::Signer(_)) if older_head => {
                store.last_checkpoint(sealer.name()).await?.ok_or(ExportError::Empty)?.note
            }
            Err(error) => return Err(error.into()),
        };
        let keys = match sealer.signer() {
            Some(signer) => signer.verification_key().await.into_iter().collect(),
            None => Vec::new(),
        };
        let outline = outline(&store, sealer, &proof, &filter, note, keys, entry).await?;
        Ok(Self { store, proof, filter, outline })
    }

    /// The first position and the one after the last.
    #[must_use]
    pub fn span(&self) -> (u64, u64) {
        (self.outline.range.start, self.outline.range.end)
    }

    /// Writes the bundle; `drain` is called now and then to take what the container has gathered.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn write<C: Container>(
        self,
        container: C,
        mut drain: impl AsyncFnMut(&mut C) -> Result<(), ExportError>,
    ) -> Result<C::Output, ExportError> {
        let (start, end) = self.span();
        let filtered = self.outline.filter.is_some();
        let mut bundle = BundleWriter::begin(container, self.outline)?;
        let mut next = start;
        while next < end {
            let rows = self.store.export_positions(&self.proof, &self.filter, next, end, PAGE).await?;
            next = rows.last().map_or(end, |row| row.index + 1);
            for row in &rows {
                bundle.leaf_hash(&as_hash(&row.leaf_hash)?)?;
            }
            drain(bundle.container_mut()).await?;
        }
        next = start;
        while next < end {
            let rows = self.store.export_entries(&self.proof, &self.filter, next, end, PAGE).await?;
            next = rows.last().map_or(end, |(index, _)| index + 1);
            for (_, leaf) in &rows {
                bundle.entry(leaf)?;
            }
            drain(bundle.container_mut()).await?;
        }
        next = start;
        while filtered && next < end {
            let rows = self.store.export_positions(&self.proof, &self.filter, next, end, PAGE).await?;
            next = rows.last().map_or(end, |row| row.index + 1);
            for row in rows.iter().filter(|row| !row.shown) {
                bundle.withheld(row.index, &as_hash(&row.leaf_hash)?)?;
            }
            drain(bundle.container_mut()).await?;
        }
        Ok(bundle.finish()?)
    }
}

async fn outline(
    store: &Store,
    sealer: &Sealer,
    proof: &impl LogReader,
    filter: &LogFilter,
    checkpoint: SignedNote,
    keys: Vec<VerifierKey>,
    entry: EntryId,
) -> Result<Outline, ExportError> {
    let head = Checkpoint::parse(checkpoint.text()).map_err(WriteError::from)?;
    let (start, end) = match (filter.from, filter.to) {
        (None, None) => (0, head.size),
        _ => store.log_span(proof, filter, head.size).await?.unwrap_or((head.size, head.size)),
    };
    let (left, right) = range::plan(start, end, head.size);
    let range = RangeProof {
        start,
        end,
        size: head.size,
        left: store.tree_nodes(sealer.name(), left).await?,
        right: store.tree_nodes(sealer.name(), right).await?,
    };
    let named = filter.named();
    let shown = store.export_sizes(proof, filter, start, end).await?;
    let withheld = (end - start).saturating_sub(shown.entries);
    // Each line is as long as that of position 0, whose one digit is replaced by the position's own digits.
    let without_digits = withheld_line(0, &Hash::default()).len() as u64 - 1;
    let sizes = Sizes {
        entries: shown.leaf_bytes + shown.entries,
        withheld: withheld * without_digits + digits(end) - digits(start) - shown.digits,
        personal: None,
        csv: None,
    };
    let filter = (!named.is_empty())
        .then(|| named.into_iter().map(|(key, value)| (key.to_owned(), Json::from(value))).collect::<Members>());
    Ok(Outline { checkpoint, range, keys, previous: None, filter, entry: Some(entry.uuid()), sizes })
}

/// The sum of the decimal digits of all numbers below `end`.
fn digits(end: u64) -> u64 {
    let (mut sum, mut low, mut width) = (0, 0_u64, 1);
    while low < end {
        let high = 10_u64.saturating_pow(width).min(end);
        sum += (high - low) * u64::from(width);
        low = high;
        width += 1;
    }
    sum
}

fn as_hash(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Log("a stored hash has the wrong length"))
}

/// Which entries to show. Everything else in the range is represented by its hash, so that the export stays provable.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportRequest {
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
}

/// An export with proofs, as a tar that `carrel audit verify` reads.
#[utoipa::path(post, path = "/api/v1/audit/exports", tag = "log", request_body = ExportRequest, responses(
    (status = 200, content_type = "application/x-tar", body = Vec<u8>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
    (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn create_export(
    access: SystemAccess<ExportLog>,
    cloud: web::Data<Cloud>,
    request: web::Json<ExportRequest>,
) -> Result<HttpResponse, ApiError> {
    let request = request.into_inner();
    let filter = LogFilter {
        before: None,
        from: request.from.map(Into::into),
        to: request.to.map(Into::into),
        actor: request.actor,
        action: request.action,
        outcome: request.outcome,
        target: request.target,
        request: None,
    };
    filter.check()?;
    let export = Export::prepare(cloud.log.sealer(), access, filter, false).await?;
    let (start, end) = export.span();
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(CHUNKS);
    actix_web::rt::spawn(send(export, sender));
    let stream = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header(("content-disposition", format!("attachment; filename=\"carrel-log-{start}-{end}.tar\"")))
        .streaming(stream))
}

async fn send(export: Export<SystemAccess<ExportLog>>, sender: mpsc::Sender<Result<Bytes, io::Error>>) {
    let written = export
        .write(TarContainer::new(Vec::new()), async |container: &mut TarContainer<Vec<u8>>| {
            let gathered = container.get_mut();
            if gathered.len() < CHUNK {
                return Ok(());
            }
            let chunk = Bytes::from(std::mem::take(gathered));
            sender.send(Ok(chunk)).await.map_err(|_| ExportError::Gone)
        })
        .await;
    let last = match written {
        Ok(rest) => Ok(Bytes::from(rest)),
        Err(ExportError::Gone) => return,
        Err(error) => {
            tracing::error!(%error, "an export of the log broke off");
            Err(io::Error::other(error))
        }
    };
    if sender.send(last).await.is_err() {
        tracing::debug!("the reader of an export went away");
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Seal(SealError::NoSigner | SealError::Signer(_) | SealError::Outrun) => Self::Unavailable(
                "The log cannot be signed at the moment, so an export would prove nothing. Check the signer and try again.",
            ),
            ExportError::Seal(SealError::Contradiction { .. }) => Self::Unavailable(
                "The log does not fit what was signed before. Verify it before anything else is done with it.",
            ),
            other => Self::Internal(Box::new(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_summed() {
        for end in [0, 1, 9, 10, 11, 99, 100, 101, 1234] {
            assert_eq!(digits(end), (0..end).map(|number: u64| number.to_string().len() as u64).sum::<u64>(), "{end}");
        }
    }
}
