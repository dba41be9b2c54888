//! Reading and writing frames over any byte stream of tokio: a socket, a multiplexed stream, a WebSocket's bytes.
//! Memory is bounded by one frame in each direction; what the frames mean is not known here.

use std::io;

use serde::{Serialize, de::DeserializeOwned};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::frame::{HEADER_BYTES, InvalidFrame, Kind, MAX_PAYLOAD_BYTES, header, parse_header};

/// Payloads up to this size leave in one write together with their header.
const JOINED_BYTES: usize = 8 * 1024;

/// One frame as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub kind: Kind,
    /// At most [`MAX_PAYLOAD_BYTES`].
    pub payload: Vec<u8>,
}

impl Frame {
    /// The document that a message frame carries.
    ///
    /// # Errors
    /// [`FrameError::Unexpected`] when this is no message, [`FrameError::Message`] when it is not a `T`.
    pub fn message<T: DeserializeOwned>(&self) -> Result<T, FrameError> {
        if self.kind == Kind::Message {
            Ok(serde_json::from_slice(&self.payload)?)
        } else {
            Err(FrameError::Unexpected(self.kind))
        }
    }
}

/// Why a frame could not be read or written. After any of them the stream is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("the stream failed")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Invalid(#[from] InvalidFrame),
    #[error("a message is not what the protocol says")]
    Message(#[from] serde_json::Error),
    #[error("a frame of kind {0:?} came where another was due")]
    Unexpected(Kind),
    /// The peer closed the stream where a frame was due.
    #[error("the stream ended early")]
    Ended,
}

/// Reads frames one after the other. A call of [`FrameReader::next`] may be dropped at any point (in a `select!`)
/// and nothing is lost: the next call goes on where it stopped.
#[derive(Debug)]
pub struct FrameReader<R> {
    reader: R,
    /// What has arrived of the frame that is being read, header included.
    partial: Vec<u8>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, partial: Vec::new() }
    }

    /// The next frame; `None` when the stream ended between two frames.
    ///
    /// # Errors
    /// [`FrameError::Invalid`] for a wrong header, [`FrameError::Ended`] for an end within a frame, [`FrameError::Io`].
    pub async fn next(&mut self) -> Result<Option<Frame>, FrameError> {
        if !self.fill(HEADER_BYTES).await? {
            return Ok(None);
        }
        let mut head = [0; HEADER_BYTES];
        head.copy_from_slice(&self.partial[..HEADER_BYTES]);
        let (kind, length) = parse_header(head)?;
        if !self.fill(HEADER_BYTES + length).await? {
            return Err(FrameError::Ended);
        }
        let payload = self.partial.split_off(HEADER_BYTES);
        self.partial.clear();
        Ok(Some(Frame { kind, payload }))
    }

    /// The document of the next frame, which must be a message.
    ///
    /// # Errors
    /// As for [`FrameReader::next`] and [`Frame::message`]; [`FrameError::Ended`] when the stream is at its end.
    pub async fn message<T: DeserializeOwned>(&mut self) -> Result<T, FrameError> {
        self.next().await?.ok_or(FrameError::Ended)?.message()
    }

    /// Reads until `wanted` bytes of the frame are here, and never past them; `false` when the stream ended before
    /// the frame began. Space is taken as bytes arrive, not as the header promises them.
    async fn fill(&mut self, wanted: usize) -> Result<bool, FrameError> {
        while self.partial.len() < wanted {
            let missing = (wanted - self.partial.len()) as u64;
            let read = (&mut self.reader).take(missing).read_buf(&mut self.partial).await?;
            if read == 0 {
                return if self.partial.is_empty() { Ok(false) } else { Err(FrameError::Ended) };
            }
        }
        Ok(true)
    }
}

/// Reads one frame and not a byte more; `None` when the stream ended before it. Must not be dropped half-way:
/// use a [`FrameReader`] in a `select!`.
///
/// # Errors
/// As for [`FrameReader::next`].
pub async fn read_frame<R: AsyncRead + Unpin>(reader: &mut R) -> Result<Option<Frame>, FrameError> {
    FrameReader::new(reader).next().await
}

/// Writes one frame and flushes it. Must not be dropped half-way unless the stream is given up with it.
///
/// # Errors
/// [`FrameError::Invalid`] when the payload is over [`MAX_PAYLOAD_BYTES`], [`FrameError::Io`].
pub async fn write_frame<W: AsyncWrite + Unpin>(writer: &mut W, kind: Kind, payload: &[u8]) -> Result<(), FrameError> {
    let head = header(kind, payload.len())?;
    if payload.len() <= JOINED_BYTES {
        let mut joined = Vec::with_capacity(HEADER_BYTES + payload.len());
        joined.extend_from_slice(&head);
        joined.extend_from_slice(payload);
        writer.write_all(&joined).await?;
    } else {
        writer.write_all(&head).await?;
        writer.write_all(payload).await?;
    }
    writer.flush().await?;
    Ok(())
}

/// Writes one message frame.
///
/// # Errors
/// As for [`write_frame`]; a document over [`MAX_PAYLOAD_BYTES`] is refused.
pub async fn write_message<W: AsyncWrite + Unpin, T: Serialize>(writer: &mut W, message: &T) -> Result<(), FrameError> {
    let payload = serde_json::to_vec(message)?;
    write_frame(writer, Kind::Message, &payload).await
}

/// Writes content of any length in as many data frames as it takes; none for no bytes.
///
/// # Errors
/// As for [`write_frame`].
pub async fn write_data<W: AsyncWrite + Unpin>(writer: &mut W, data: &[u8]) -> Result<(), FrameError> {
    for chunk in data.chunks(MAX_PAYLOAD_BYTES) {
        write_frame(writer, Kind::Data, chunk).await?;
    }
    Ok(())
}

/// Writes the end of one content.
///
/// # Errors
/// As for [`write_frame`].
pub async fn write_end<W: AsyncWrite + Unpin>(writer: &mut W) -> Result<(), FrameError> {
    write_frame(writer, Kind::End, &[]).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn frames_arrive_whole_in_order_and_split_by_size() {
        let (mut near, far) = tokio::io::duplex(1000);
        let sent = tokio::spawn(async move {
            write_message(&mut near, &vec![1, 2]).await.expect("message");
            write_data(&mut near, &vec![7; MAX_PAYLOAD_BYTES + 1]).await.expect("data");
            write_end(&mut near).await.expect("end");
        });
        let mut reader = FrameReader::new(far);
        assert_eq!(reader.message::<Vec<u32>>().await.expect("message"), vec![1, 2]);
        for length in [MAX_PAYLOAD_BYTES, 1] {
            let frame = reader.next().await.expect("frame").expect("not the end");
            assert_eq!((frame.kind, frame.payload.len()), (Kind::Data, length));
        }
        let end = reader.next().await.expect("frame").expect("not the end");
        assert_eq!((end.kind, end.payload.len()), (Kind::End, 0));
        assert_eq!(reader.next().await.expect("clean end"), None);
        sent.await.expect("writer");
    }

    #[tokio::test]
    async fn a_dropped_read_loses_nothing() {
        let (mut near, far) = tokio::io::duplex(64);
        let mut reader = FrameReader::new(far);
        let bytes = [header(Kind::Data, 4).expect("header").as_slice(), b"abcd".as_slice()].concat();
        for byte in &bytes[..bytes.len() - 1] {
            near.write_all(&[*byte]).await.expect("write");
            let dropped = timeout(Duration::from_millis(1), reader.next()).await;
            assert!(dropped.is_err(), "the frame is not complete");
        }
        near.write_all(b"d").await.expect("write");
        let frame = reader.next().await.expect("frame").expect("not the end");
        assert_eq!(frame.payload, b"abcd");
    }

    #[tokio::test]
    async fn refuses_wrong_headers_and_early_ends() {
        let mut unknown: &[u8] = &[9, 0, 0, 0, 0];
        assert!(matches!(read_frame(&mut unknown).await, Err(FrameError::Invalid(InvalidFrame))));
        let mut cut: &[u8] = &[1, 0, 0, 0, 5, b'a'];
        assert!(matches!(read_frame(&mut cut).await, Err(FrameError::Ended)));
        let mut data: &[u8] = &[1, 0, 0, 0, 1, b'a'];
        let frame = read_frame(&mut data).await.expect("frame").expect("one");
        assert!(matches!(frame.message::<u32>(), Err(FrameError::Unexpected(Kind::Data))));
        let mut sink = Vec::new();
        let long = vec![0; MAX_PAYLOAD_BYTES + 1];
        assert!(write_frame(&mut sink, Kind::Data, &long).await.is_err());
        assert!(sink.is_empty(), "nothing of a refused frame is written");
    }
}
