//! The other end of one stream: what it sends and what it is told.

use carrel_wire::agent::{Reply, Request};
use carrel_wire::frame::Kind;
use carrel_wire::frame_io::{FrameReader, write_data, write_end, write_frame, write_message};
use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

use crate::failure::Failure;

/// What the caller sends.
pub(crate) type Input = FrameReader<ReadHalf<Compat<yamux::Stream>>>;

/// What the caller is told.
#[derive(Debug)]
pub(crate) struct Output(WriteHalf<Compat<yamux::Stream>>);

/// Both directions of a stream whose first message was read.
pub(crate) async fn accept(stream: yamux::Stream) -> (Result<Request, Failure>, Input, Output) {
    let (reader, writer) = tokio::io::split(stream.compat());
    let mut input = FrameReader::new(reader);
    let request = input.message().await.map_err(Failure::from);
    (request, input, Output(writer))
}

impl Output {
    pub(crate) async fn reply(&mut self, reply: &Reply) -> Result<(), Failure> {
        Ok(write_message(&mut self.0, reply).await?)
    }

    pub(crate) async fn data(&mut self, data: &[u8]) -> Result<(), Failure> {
        Ok(write_data(&mut self.0, data).await?)
    }

    /// At most one frame's worth of what a command wrote to standard error.
    pub(crate) async fn error_data(&mut self, data: &[u8]) -> Result<(), Failure> {
        Ok(write_frame(&mut self.0, Kind::ErrorData, data).await?)
    }

    pub(crate) async fn end(&mut self) -> Result<(), Failure> {
        Ok(write_end(&mut self.0).await?)
    }

    /// Closes this direction; the caller reads the end after what was sent.
    pub(crate) async fn close(&mut self) -> Result<(), Failure> {
        self.0.shutdown().await.map_err(|_| Failure::Stream)
    }
}

/// Returns when the caller has closed its side; frames that it sends before that mean nothing.
pub(crate) async fn closed(input: &mut Input) {
    while let Ok(Some(_)) = input.next().await {}
}
