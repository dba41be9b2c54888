//! Blobs as files of the local disk: read and written in large pieces, never on the threads that answer requests.
//! Must not know what a blob is for, or how it is addressed.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::{Path, PathBuf},
};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, BoxStream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::task::{JoinHandle, spawn_blocking};

use super::ContentError;

/// Bytes that are read or written at once. Twice as many are in memory for each upload and download.
const PIECE: usize = 512 * 1024;
/// After so many bytes the disk begins to write, so that not all of a large upload is left for its end.
const SYNC_EVERY: u64 = 64 * 1024 * 1024;

pub(super) fn failed(source: io::Error) -> ContentError {
    if source.kind() == io::ErrorKind::NotFound {
        return ContentError::Missing;
    }
    object_store::Error::Generic { store: "local", source: Box::new(source) }.into()
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, ContentError> {
    ended(spawn_blocking(work)).await
}

async fn ended<T>(work: JoinHandle<io::Result<T>>) -> Result<T, ContentError> {
    work.await.map_err(|error| failed(io::Error::other(error)))?.map_err(failed)
}

/// A file that is read, and how much of it is still wanted.
struct Reading {
    file: File,
    left: u64,
}

impl Reading {
    fn open(path: &Path, range: Option<Range<u64>>) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let left = match range {
            Some(range) => {
                file.seek(SeekFrom::Start(range.start))?;
                range.end.saturating_sub(range.start)
            }
            None => file.metadata()?.len(),
        };
        Ok(Self { file, left })
    }

    /// The next piece; with all of it in hand the file is closed.
    fn piece(mut self) -> io::Result<(Bytes, Option<Self>)> {
        let wanted = self.left.min(PIECE as u64);
        let mut piece = Vec::with_capacity(usize::try_from(wanted).unwrap_or(PIECE));
        (&self.file).take(wanted).read_to_end(&mut piece)?;
        if (piece.len() as u64) < wanted {
            // Blobs never shrink: the disk lost something.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= wanted;
        let rest = (self.left > 0).then_some(self);
        Ok((piece.into(), rest))
    }
}

type NextPiece = JoinHandle<io::Result<(Bytes, Option<Reading>)>>;

/// The bytes of a file, or of a range of it. While one piece travels the next is read. Nothing is held for a receiver that is slow:
/// no thread, and no more than two pieces.
pub(super) async fn read(
    path: PathBuf,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, Result<Bytes, ContentError>>, ContentError> {
    let (first, rest) = aside(move || Reading::open(&path, range)?.piece()).await?;
    let begin = |reading: Reading| -> NextPiece { spawn_blocking(move || reading.piece()) };
    let first = stream::iter((!first.is_empty()).then_some(Ok(first)));
    let rest = stream::try_unfold(rest.map(begin), move |next| async move {
        let Some(next) = next else { return Ok(None) };
        let (piece, rest) = ended(next).await?;
        Ok(Some((piece, rest.map(begin))))
    });
    Ok(first.chain(rest).boxed())
}

/// A file that grows, with the hash of what it holds.
struct Growing {
    file: File,
    hash: Sha256,
}

/// Content on its way into a file that nobody knows yet. Dropped before [`Staged::finish`] it leaves nothing.
pub(super) struct Staged {
    leftover: Leftover,
    pending: BytesMut,
    work: Work,
    syncing: Option<JoinHandle<io::Result<()>>>,
    unsynced: u64,
}

enum Work {
    Idle(Growing),
    /// What was handed over last is being hashed and written; the next piece is gathered meanwhile.
    Writing(JoinHandle<io::Result<Growing>>),
    /// It failed, or somebody stopped waiting for it.
    Lost,
}

/// The file, until it has its name.
struct Leftover(Option<PathBuf>);

impl Drop for Leftover {
    fn drop(&mut self) {
        let Some(path) = self.0.take() else { return };
        let remove = move || {
            if let Err(error) = std::fs::remove_file(&path)
                && error.kind() != io::ErrorKind::NotFound
            {
                // It goes at the next start.
                tracing::warn!(path = %path.display(), %error, "a staged upload could not be removed");
            }
        };
        // Removing a large file takes a while.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

impl Staged {
    pub(super) async fn create(path: PathBuf) -> Result<Self, ContentError> {
        let (file, leftover) = (path.clone(), Leftover(Some(path)));
        let file = aside(move || {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            File::create_new(&file)
        });
        let work = Work::Idle(Growing { file: file.await?, hash: Sha256::new() });
        Ok(Self { leftover, pending: BytesMut::with_capacity(PIECE), work, syncing: None, unsynced: 0 })
    }

    pub(super) async fn put(&mut self, bytes: &[u8]) -> Result<(), ContentError> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < PIECE { Ok(()) } else { self.hand_over().await }
    }

    /// Waits for the piece before.
    async fn settled(&mut self) -> Result<Growing, ContentError> {
        match std::mem::replace(&mut self.work, Work::Lost) {
            Work::Idle(growing) => Ok(growing),
            Work::Writing(writing) => ended(writing).await,
            Work::Lost => Err(failed(io::Error::other("a piece before this one was not written"))),
        }
    }

    /// Lets what was gathered be hashed and written.
    async fn hand_over(&mut self) -> Result<(), ContentError> {
        let mut growing = self.settled().await?;
        self.unsynced += self.pending.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            if let Some(syncing) = self.syncing.take() {
                ended(syncing).await?;
            }
            let file = growing.file.try_clone().map_err(failed)?;
            self.syncing = Some(spawn_blocking(move || file.sync_data()));
            self.unsynced = 0;
        }
        let piece = std::mem::replace(&mut self.pending, BytesMut::with_capacity(PIECE)).freeze();
        self.work = Work::Writing(spawn_blocking(move || {
            growing.hash.update(&piece);
            growing.file.write_all(&piece)?;
            Ok(growing)
        }));
        Ok(())
    }

    /// Everything is written; its SHA-256.
    pub(super) async fn hash(&mut self) -> Result<[u8; 32], ContentError> {
        self.hand_over().await?;
        let growing = self.settled().await?;
        let hash = growing.hash.clone().finalize().into();
        self.work = Work::Idle(growing);
        Ok(hash)
    }

    /// Syncs the content and gives it its name below `top`. What has this name already has the same content.
    pub(super) async fn finish(mut self, name: PathBuf, top: PathBuf) -> Result<(), ContentError> {
        let growing = self.settled().await?;
        if let Some(syncing) = self.syncing.take() {
            ended(syncing).await?;
        }
        let mut leftover = self.leftover;
        aside(move || {
            growing.file.sync_all()?;
            let folder = name.parent().unwrap_or(&top);
            std::fs::create_dir_all(folder)?;
            if let Some(path) = &leftover.0 {
                std::fs::rename(path, &name)?;
            }
            drop(leftover.0.take());
            // The name, and the folders that may be new.
            for folder in folder.ancestors() {
                File::open(folder)?.sync_all()?;
                if folder == top {
                    break;
                }
            }
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    async fn all(path: &Path, range: Option<Range<u64>>) -> Result<Vec<usize>, ContentError> {
        let pieces: Vec<Bytes> = read(path.to_owned(), range).await?.try_collect().await?;
        Ok(pieces.iter().map(Bytes::len).collect())
    }

    #[tokio::test]
    async fn large_files_come_in_large_pieces_and_a_file_that_shrank_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("blob");
        std::fs::write(&path, vec![7; 2 * PIECE + 5]).expect("written");
        assert_eq!(all(&path, None).await.expect("read"), [PIECE, PIECE, 5]);
        assert_eq!(all(&path, Some(3..10)).await.expect("read"), [7]);
        assert_eq!(all(&path, Some(1..PIECE as u64 + 1)).await.expect("read"), [PIECE]);
        assert!(matches!(all(&path, Some(PIECE as u64..9_000_000)).await, Err(ContentError::Store(_))));
        assert!(matches!(all(&folder.path().join("none"), None).await, Err(ContentError::Missing)));
        std::fs::write(&path, b"").expect("written");
        assert!(all(&path, None).await.expect("read").is_empty());
    }

    #[tokio::test]
    async fn an_upload_that_is_dropped_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("staging").join("one");
        let mut staged = Staged::create(path.clone()).await.expect("made");
        for _ in 0..3 {
            staged.put(&[1; PIECE]).await.expect("written");
        }
        assert!(path.exists());
        drop(staged);
        for _ in 0..200 {
            if !path.exists() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the file is still there");
    }
}
