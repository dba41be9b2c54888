//! The bytes on the socket: a subset of HTTP/1.1, so that `curl --unix-socket` and a C2SP witness client can speak it.
//!
//! | request | answer |
//! |---|---|
//! | `GET /key` | 200, the verification key, LF |
//! | `POST /add-checkpoint` | 200, the signed note |
//!
//! The body of `add-checkpoint` is `old N`, then up to 63 lines of Base64 hashes (the consistency proof from N), a blank
//! line, and the checkpoint's three lines. Errors: 400 malformed, 404 unknown path or origin, 409 with the size that was
//! signed last, 422 a proof that does not hold, 500 when the head cannot be kept. One request for each connection;
//! `Content-Length` is required with a body, other headers do not count.

use std::io;

use base64::{Engine, engine::general_purpose::STANDARD};
use carrel_audit_log::{Checkpoint, Hash, personal::decode_32};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest head of a message, in bytes.
const MAX_HEAD: usize = 4096;
/// The longest body, in bytes: 63 hashes and a note fit many times.
const MAX_BODY: usize = 65_536;
const MAX_PROOF: usize = 63;

/// The first line and the body of a message.
pub(crate) struct Message {
    pub(crate) first_line: String,
    pub(crate) body: Vec<u8>,
}

/// Reads one request or answer.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Message> {
    let malformed = || io::Error::from(io::ErrorKind::InvalidData);
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > MAX_HEAD || stream.read_buf(&mut bytes).await? == 0 {
            return Err(malformed());
        }
    };
    let head = std::str::from_utf8(&bytes[..head_end]).map_err(|_| malformed())?;
    let mut lines = head.split("\r\n");
    let first_line = lines.next().unwrap_or_default().to_owned();
    let length =
        lines.filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(Ok(0), |(_, value)| value.trim().parse::<usize>()).map_err(|_| malformed())?;
    if length > MAX_BODY {
        return Err(malformed());
    }
    let mut body = bytes.split_off(head_end + 4);
    body.truncate(length);
    let read = body.len();
    body.resize(length, 0);
    stream.read_exact(&mut body[read..]).await?;
    Ok(Message { first_line, body })
}

/// An answer's bytes.
pub(crate) fn answer(status: u16, body: &str) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        409 => "Conflict",
        422 => "Unprocessable Content",
        _ => "Internal Server Error",
    };
    let kind = if status == 409 { "text/x.tlog.size" } else { "text/plain; charset=utf-8" };
    let length = body.len();
    format!("HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// A request's bytes.
pub(crate) fn request(method: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: signer\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The body of `add-checkpoint`.
pub(crate) fn write_add_checkpoint(old: u64, proof: &[Hash], checkpoint: &Checkpoint) -> String {
    let lines: String = proof.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
    format!("old {old}\n{lines}\n{}", checkpoint.text())
}

/// Reads the body of `add-checkpoint`.
pub(crate) fn read_add_checkpoint(body: &[u8]) -> Option<(u64, Vec<Hash>, Checkpoint)> {
    let (head, note) = std::str::from_utf8(body).ok()?.split_once("\n\n")?;
    let mut lines = head.split('\n');
    let digits = lines.next()?.strip_prefix("old ")?;
    let old: u64 = digits.parse().ok().filter(|old: &u64| old.to_string() == digits)?;
    let proof = lines.map(decode_32).collect::<Option<Vec<_>>>()?;
    (proof.len() <= MAX_PROOF).then_some(())?;
    Some((old, proof, Checkpoint::parse(note).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_golden_request_is_read_and_written() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../crates/audit-log/tests/golden/vectors.json")).unwrap();
        let signed = vectors["add_checkpoint_request_3_to_5"].as_str().unwrap();
        let body = &signed[..signed.rfind("\n\n").unwrap() + 1];
        let (old, proof, checkpoint) = read_add_checkpoint(body.as_bytes()).unwrap();
        assert_eq!((old, proof.len(), checkpoint.size), (3, 4, 5));
        assert_eq!(write_add_checkpoint(old, &proof, &checkpoint), body);
        for bad in ["old 03", "old +3", "old -1", "new 3"] {
            assert!(read_add_checkpoint(body.replace("old 3", bad).as_bytes()).is_none(), "{bad}");
        }
    }

    #[tokio::test]
    async fn cut_and_oversized_messages_are_refused() {
        for text in [
            "",
            "GET /key HTTP/1.1\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
            "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        ] {
            assert!(read(&mut text.as_bytes()).await.is_err(), "{text}");
        }
        assert!(read(&mut "x".repeat(100_000).as_bytes()).await.is_err());
    }
}
