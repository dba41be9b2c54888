//! A client for one connection of HTTP/1.1 that costs little: what it takes of the processor is missing at the server.
//! Answers have a `Content-Length`, or no body.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, ensure};

pub(super) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer. Of a large body only its beginning is kept.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) length: u64,
    pub(super) start: Vec<u8>,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        Ok(Self { stream, buffer: vec![0; 256 * 1024] })
    }

    /// One request with a small body, or none.
    pub(super) fn ask(&mut self, head: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let mut request = Vec::with_capacity(head.len() + body.len());
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(body);
        self.stream.write_all(&request)?;
        self.answer()
    }

    /// One request with a body of `size` bytes made of `piece` again and again.
    pub(super) fn send(&mut self, head: &str, piece: &[u8], size: usize) -> anyhow::Result<Answer> {
        self.stream.write_all(head.as_bytes())?;
        let mut left = size;
        while left > 0 {
            let part = left.min(piece.len());
            self.stream.write_all(&piece[..part])?;
            left -= part;
        }
        self.answer()
    }

    fn answer(&mut self) -> anyhow::Result<Answer> {
        let mut filled = 0;
        let end = loop {
            ensure!(filled < self.buffer.len(), "a head that is too long");
            let read = self.stream.read(&mut self.buffer[filled..])?;
            ensure!(read > 0, "the server closed the connection");
            filled += read;
            if let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
        let status = head.get(9..12).context("no status")?.parse()?;
        let length: u64 = match head.lines().find_map(|line| line.strip_prefix("content-length:")) {
            Some(length) => length.trim().parse()?,
            None => {
                ensure!(!head.contains("transfer-encoding"), "a body of unknown length");
                0
            }
        };
        let start = self.buffer[end..filled].to_vec();
        let mut left = length.saturating_sub(start.len() as u64);
        let mut answer = Answer { status, length, start };
        while left > 0 {
            let read = self.stream.read(&mut self.buffer)?;
            ensure!(read > 0, "the body ended early");
            left = left.saturating_sub(read as u64);
            if answer.start.len() < 64 * 1024 {
                answer.start.extend_from_slice(&self.buffer[..read]);
            }
        }
        Ok(answer)
    }
}
