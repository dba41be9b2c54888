//! A form with files, read while it comes (RFC 7578, RFC 2046 5.1): heads of bounded length, contents as streams. Must not know what
//! becomes of them.

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use memchr::memmem::Finder;

/// Longest head of a part in bytes (T-53).
const MAX_HEAD: usize = 8 * 1024;
/// Longest boundary (RFC 2046, 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// Why a form cannot be read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// It ended before its end.
    Cut,
    /// It is no form.
    Form,
}

/// The boundary that `Content-Type` names.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = rest.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    let fine =
        !value.is_empty() && value.len() <= MAX_BOUNDARY && value.bytes().all(|byte| (b' '..0x7f).contains(&byte));
    fine.then_some(value)
}

/// A form on its way in.
pub(super) struct Form<S> {
    bytes: S,
    buffer: BytesMut,
    /// `CRLF--boundary`, which stands before every head and at the end.
    delimiter: Finder<'static>,
    /// The part that was begun is read to its end.
    at_delimiter: bool,
}

impl<E, S: Stream<Item = Result<Bytes, E>> + Unpin> Form<S> {
    pub(super) fn new(bytes: S, boundary: &str) -> Self {
        let delimiter = Finder::new(format!("\r\n--{boundary}").as_bytes()).into_owned();
        // The first delimiter has no line before it.
        Self { bytes, buffer: BytesMut::from("\r\n"), delimiter, at_delimiter: false }
    }

    async fn more(&mut self) -> Result<(), Broken> {
        match self.bytes.next().await {
            Some(Ok(chunk)) => {
                self.buffer.extend_from_slice(&chunk);
                Ok(())
            }
            _ => Err(Broken::Cut),
        }
    }

    /// The next part's file name; an empty one for a part that is no file, and none at the form's end. What was left of the part before
    /// is skipped.
    pub(super) async fn next_part(&mut self) -> Result<Option<String>, Broken> {
        while self.next_bytes().await?.is_some() {}
        while self.buffer.len() < 2 {
            self.more().await?;
        }
        if self.buffer.starts_with(b"--") {
            return Ok(None);
        }
        let end = loop {
            if let Some(end) = memchr::memmem::find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            if self.buffer.len() > MAX_HEAD {
                return Err(Broken::Form);
            }
            self.more().await?;
        };
        if end > MAX_HEAD || !self.buffer.starts_with(b"\r\n") {
            return Err(Broken::Form);
        }
        let head = self.buffer.split_to(end + 4);
        self.at_delimiter = false;
        file_name(std::str::from_utf8(&head).map_err(|_| Broken::Form)?).map(Some)
    }

    /// Some bytes of the part; none at its end.
    async fn next_bytes(&mut self) -> Result<Option<Bytes>, Broken> {
        let length = self.delimiter.needle().len();
        loop {
            if self.at_delimiter {
                return Ok(None);
            }
            if let Some(at) = self.delimiter.find(&self.buffer) {
                let bytes = self.buffer.split_to(at).freeze();
                drop(self.buffer.split_to(length));
                self.at_delimiter = true;
                return Ok(Some(bytes).filter(|bytes| !bytes.is_empty()));
            }
            // The delimiter may have begun in the last bytes.
            let sure = self.buffer.len().saturating_sub(length - 1);
            if sure > 0 {
                return Ok(Some(self.buffer.split_to(sure).freeze()));
            }
            self.more().await?;
        }
    }

    /// The content of the part that [`Form::next_part`] found.
    pub(super) fn content(&mut self) -> impl Stream<Item = Result<Bytes, Broken>> + use<'_, E, S> {
        stream::unfold(Some(self), async |form| {
            let form = form?;
            match form.next_bytes().await {
                Ok(bytes) => bytes.map(|bytes| (Ok(bytes), Some(form))),
                Err(broken) => Some((Err(broken), None)),
            }
        })
    }
}

/// The file's name in a part's head, as browsers write it (the form of WHATWG: UTF-8, with `"`, CR and LF percent-encoded).
fn file_name(head: &str) -> Result<String, Broken> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let disposition = disposition.ok_or(Broken::Form)?;
    let Some((_, rest)) = disposition.split_once("filename=\"") else { return Ok(String::new()) };
    let (name, _) = rest.split_once('"').ok_or(Broken::Form)?;
    Ok(name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    async fn read(form: &[u8], step: usize) -> Result<Vec<(String, Vec<u8>)>, Broken> {
        let chunks = stream::iter(form.chunks(step).map(|chunk| Ok::<_, ()>(Bytes::copy_from_slice(chunk))));
        let mut form = Form::new(chunks, "xYz");
        let mut parts = Vec::new();
        while let Some(name) = form.next_part().await? {
            let content: Vec<Bytes> = Box::pin(form.content()).try_collect().await?;
            parts.push((name, content.concat()));
        }
        Ok(parts)
    }

    #[tokio::test]
    async fn parts_come_out_however_the_bytes_come_in() {
        let form = b"--xYz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a%22.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\n--xY\r\n\
            \r\n--xYz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\ntext\r\n--xYz\r\ncontent-disposition: form-data; name=\"f\"; filename=\"b\"\r\n\r\n\r\n--xYz--\r\n";
        let parts = [("a\".txt", &b"one\r\n--xY\r\n"[..]), ("", b"text"), ("b", b"")];
        for step in [1, 2, 3, 7, 50, 10_000] {
            let read = read(form, step).await.unwrap();
            let read: Vec<_> = read.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
            assert_eq!(read, parts, "{step}");
        }
        for end in [0, 10, 60, 120, 150, form.len() - 5] {
            assert_eq!(read(&form[..end], 7).await, Err(Broken::Cut), "{end}");
        }
    }

    #[tokio::test]
    async fn t_053_what_is_no_form_or_has_an_endless_head_is_refused() {
        let endless = [b"--xYz\r\nContent-Disposition: ".to_vec(), vec![b'x'; 20_000]].concat();
        assert_eq!(read(&endless, 1000).await, Err(Broken::Form));
        assert_eq!(read(b"--xYz\r\nX: y\r\n\r\n\r\n--xYz--", 1000).await, Err(Broken::Form));
        assert_eq!(read(b"--xYzabc\r\n\r\n\r\n--xYz--", 1000).await, Err(Broken::Form));
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\""), Some("a b".to_owned()));
        for bad in [
            "",
            "multipart/form-data",
            "multipart/mixed; boundary=a",
            &format!("multipart/form-data; boundary={}", "a".repeat(71)),
        ] {
            assert_eq!(boundary(bad), None, "{bad}");
        }
    }
}
