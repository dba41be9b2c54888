//! The archive's bytes on their way out. Nobody waits for them who is not there any more: a receiver that is gone, or takes nothing for
//! long, ends the work.

use std::{io, time::Duration};

use actix_web::rt;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufReader, BufWriter},
    sync::mpsc,
};

use super::{
    format::{Entry, end_of_list},
    permits::Permit,
    plan::{Plan, Planned},
};
use crate::content::{BlobId, ContentStore};

/// How long a receiver may take nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// Small entries are gathered up to this many bytes.
const GATHER: usize = 64 * 1024;

/// The archive as the body of an answer; it breaks off where something is missing.
pub(super) fn stream(content: ContentStore, plan: Plan, permit: Permit) -> impl Stream<Item = io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(4);
    rt::spawn(async move {
        let mut out = Out { sender, gathered: Vec::new(), sent: 0 };
        if let Err(error) = write(&content, plan, &mut out).await {
            tracing::info!(%error, "an archive was broken off");
            // A body that ends before its announced length is an error to whoever reads it; this says it earlier.
            if out.sender.try_send(Err(error)).is_err() {
                tracing::debug!("nobody reads the archive any more");
            }
        }
        drop(permit);
    });
    stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|bytes| (bytes, receiver)) })
}

async fn write(content: &ContentStore, plan: Plan, out: &mut Out) -> io::Result<()> {
    let mut list = BufWriter::with_capacity(GATHER, content.spool().await?);
    let (mut entries, mut list_length) = (0, 0);
    let mut lines = BufReader::with_capacity(GATHER, plan.lines).lines();
    let mut record = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let planned: Planned = serde_json::from_str(&line)?;
        let offset = out.position();
        planned.entry.local_header(&mut out.gathered);
        let crc = match &planned.blob {
            Some(blob) => file(content, &planned.entry, blob, out).await?,
            None => 0,
        };
        planned.entry.descriptor(crc, &mut out.gathered);
        out.flush_above(GATHER).await?;
        record.clear();
        planned.entry.central(crc, offset, &mut record);
        list.write_all(&record).await?;
        list_length += record.len() as u64;
        entries += 1;
    }
    list.flush().await?;
    let offset = out.position();
    out.flush_above(0).await?;
    let mut list = list.into_inner();
    list.rewind().await?;
    copy(list, out).await?;
    end_of_list(entries, offset, list_length, &mut out.gathered);
    out.flush_above(0).await
}

/// The content of one file; its CRC-32.
async fn file(content: &ContentStore, entry: &Entry, blob: &str, out: &mut Out) -> io::Result<u32> {
    let mut crc = crc32fast::Hasher::new();
    let mut left = entry.size;
    if left > 0 {
        let blob = hex::decode(blob).ok().and_then(|bytes| BlobId::from_slice(&bytes));
        let blob = blob.ok_or_else(|| io::Error::other("the plan names no blob"))?;
        let mut chunks = content.read(blob, None).await.map_err(io::Error::other)?;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(io::Error::other)?;
            crc.update(&chunk);
            left = left.checked_sub(chunk.len() as u64).ok_or_else(|| io::Error::other("a blob is too long"))?;
            out.put(chunk).await?;
        }
    }
    if left > 0 { Err(io::Error::other("a blob is too short")) } else { Ok(crc.finalize()) }
}

async fn copy(mut list: File, out: &mut Out) -> io::Result<()> {
    loop {
        let mut block = Vec::with_capacity(GATHER);
        if (&mut list).take(GATHER as u64).read_to_end(&mut block).await? == 0 {
            return Ok(());
        }
        out.put(block.into()).await?;
    }
}

struct Out {
    sender: mpsc::Sender<io::Result<Bytes>>,
    gathered: Vec<u8>,
    sent: u64,
}

impl Out {
    fn position(&self) -> u64 {
        self.sent + self.gathered.len() as u64
    }

    async fn put(&mut self, bytes: Bytes) -> io::Result<()> {
        if bytes.len() < GATHER / 4 {
            self.gathered.extend_from_slice(&bytes);
            return self.flush_above(GATHER).await;
        }
        self.flush_above(0).await?;
        self.send(bytes).await
    }

    async fn flush_above(&mut self, limit: usize) -> io::Result<()> {
        if self.gathered.len() <= limit {
            return Ok(());
        }
        let bytes = std::mem::replace(&mut self.gathered, Vec::with_capacity(GATHER));
        self.send(bytes.into()).await
    }

    async fn send(&mut self, bytes: Bytes) -> io::Result<()> {
        self.sent += bytes.len() as u64;
        match tokio::time::timeout(PATIENCE, self.sender.send(Ok(bytes))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the receiver is gone")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the receiver takes nothing")),
        }
    }
}
