//! The other end of the socket, for the cloud backend.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use carrel_audit_log::{Checkpoint, Hash, SignedNote, VerifierKey};
use tokio::{io::AsyncWriteExt, net::UnixStream, time::timeout};

use crate::protocol::{read, request, write_add_checkpoint};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Nobody answers, or not in time.
    #[error("the signer does not answer: {0}")]
    Unavailable(#[from] io::Error),
    /// The signer has signed a head that the asked one does not extend from the given size. When it is larger than the
    /// log, or of the same size, the log was rolled back or forked.
    #[error("the signer has signed a head of {signed} entries")]
    Conflict { signed: u64 },
    #[error("the signer does not accept the proof")]
    Proof,
    #[error("the signer refused with status {0}")]
    Refused(u16),
    #[error("the signer's answer is not what was asked for")]
    Answer,
}

/// Speaks to one signer; each call is a connection of its own.
#[derive(Debug, Clone)]
pub struct SignerClient {
    socket: PathBuf,
}

impl SignerClient {
    /// A client for the signer at `socket`; nothing is sent yet.
    #[must_use]
    pub fn connect(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// The key with which the signer signs.
    ///
    /// # Errors
    /// [`SignError`].
    pub async fn verification_key(&self) -> Result<VerifierKey, SignError> {
        let (status, body) = self.call("GET", "/key", "").await?;
        if status != 200 {
            return Err(SignError::Refused(status));
        }
        VerifierKey::parse(&body).map_err(|_| SignError::Answer)
    }

    /// Asks for a signature of `checkpoint`, which `proof` shows to extend the head of `old` entries. Asking again for
    /// the head that was signed last gives the same bytes.
    ///
    /// # Errors
    /// [`SignError`].
    pub async fn sign(&self, old: u64, proof: &[Hash], checkpoint: &Checkpoint) -> Result<SignedNote, SignError> {
        let (status, body) =
            self.call("POST", "/add-checkpoint", &write_add_checkpoint(old, proof, checkpoint)).await?;
        match status {
            200 => {
                let note = SignedNote::parse(body.as_bytes()).map_err(|_| SignError::Answer)?;
                if note.text() == checkpoint.text() { Ok(note) } else { Err(SignError::Answer) }
            }
            409 => Err(SignError::Conflict { signed: body.trim().parse().map_err(|_| SignError::Answer)? }),
            422 => Err(SignError::Proof),
            other => Err(SignError::Refused(other)),
        }
    }

    async fn call(&self, method: &str, path: &str, body: &str) -> Result<(u16, String), SignError> {
        let exchange = async {
            let mut stream = UnixStream::connect(&self.socket).await?;
            stream.write_all(&request(method, path, body)).await?;
            read(&mut stream).await
        };
        let message = timeout(PATIENCE, exchange).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        let status =
            message.first_line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(SignError::Answer)?;
        Ok((status, String::from_utf8(message.body).map_err(|_| SignError::Answer)?))
    }
}
