//! Why a request is not fulfilled: what the caller is told, and how the system's errors become it.

use std::io;

use carrel_wire::agent::{AgentError, AgentErrorCode as Code};
use carrel_wire::frame_io::FrameError;
use rustix::io::Errno;

/// The end of a request that did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The caller is told.
    Refused(AgentError),
    /// The stream is of no more use; there is nobody to tell.
    Stream,
}

impl Failure {
    pub(crate) fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused(AgentError { code, message: message.into() })
    }

    /// The same, with the path (or other name) that it is about in front.
    pub(crate) fn about(self, name: impl std::fmt::Display) -> Self {
        match self {
            Self::Refused(error) => Self::refused(error.code, format!("{name}: {}", error.message)),
            Self::Stream => Self::Stream,
        }
    }
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        let code = match errno {
            Errno::NOENT | Errno::SRCH => Code::NotFound,
            Errno::EXIST | Errno::NOTEMPTY => Code::Exists,
            // A link (LOOP) or a way out (XDEV) in the path, a socket (NXIO), a folder for a file and the reverse.
            Errno::LOOP | Errno::XDEV | Errno::NXIO | Errno::ISDIR | Errno::NOTDIR => Code::WrongKind,
            Errno::NOSPC | Errno::DQUOT => Code::Full,
            Errno::MFILE | Errno::NFILE | Errno::AGAIN | Errno::MLINK => Code::TooMany,
            Errno::NAMETOOLONG | Errno::INVAL => Code::Invalid,
            _ => Code::Failed,
        };
        Self::refused(code, io::Error::from(errno).to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(errno) => errno.into(),
            None if error.kind() == io::ErrorKind::InvalidInput => Self::refused(Code::Invalid, error.to_string()),
            None => Self::refused(Code::Failed, error.to_string()),
        }
    }
}

impl From<FrameError> for Failure {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Io(_) | FrameError::Ended => Self::Stream,
            FrameError::Invalid(_) | FrameError::Message(_) | FrameError::Unexpected(_) => {
                Self::refused(Code::Invalid, error.to_string())
            }
        }
    }
}

/// Runs what waits for the disk on a thread that may wait.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Failure::refused(Code::Failed, error.to_string())))
}
