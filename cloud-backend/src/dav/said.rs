//! What sync clients say of the content that they send: its time, its checksum. What they want to hear of it is computed on the way in.

use super::{Dav, DavError};
use crate::{
    api_error::ApiError,
    content::ContentError,
    store::Described,
    uploads::{Checksum, Look, Watch, Watched},
};

/// The last second that HTTP can write (RFC 9110, 5.6.7).
const LATEST: i64 = 253_402_300_799;

/// What a request says.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) mtime: Option<i64>,
    watch: Watch,
}

impl Dav {
    /// # Errors
    /// 400 for what cannot be read.
    pub(crate) fn said(&self) -> Result<Said, DavError> {
        let mtime =
            self.header("x-oc-mtime")?.map(str::trim).filter(|text| !text.is_empty()).map(seconds).transpose()?;
        let checksums = self.header("oc-checksum")?.map(checksums).transpose()?.unwrap_or_default();
        let mtime = mtime.filter(|mtime| (0..=LATEST).contains(mtime));
        Ok(Said { mtime, watch: Watch { sums: self.path.synced, checksums } })
    }
}

/// Whole seconds; some clients send a fraction as well.
pub(super) fn seconds(text: &str) -> Result<i64, DavError> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    whole.parse().map_err(|_| DavError::bad("X-OC-Mtime is a number of seconds"))
}

/// `SHA1:0a4d… MD5:…`. Kinds that are not known here say nothing.
fn checksums(text: &str) -> Result<Vec<Checksum>, DavError> {
    let wrong = || DavError::bad("OC-Checksum is the name of an algorithm, a colon and hex digits");
    let mut known = Vec::new();
    for one in text.split_ascii_whitespace() {
        let (kind, value) = one.split_once(':').ok_or_else(wrong)?;
        let kind = kind.to_ascii_lowercase();
        if !["sha1", "md5", "sha256"].contains(&kind.as_str()) {
            continue;
        }
        let value = hex::decode(value).map_err(|_| wrong())?;
        known.push(Checksum::new(&kind, &value).ok_or_else(wrong)?);
    }
    Ok(known)
}

impl Said {
    /// The same bytes, computed on; with an error behind them when they are not those that were announced.
    pub(crate) fn check<S>(&self, stream: S) -> (Watched<S>, Look) {
        self.watch.over(stream)
    }

    /// What is known of the content that came in; for content that did not, the reason.
    ///
    /// # Errors
    /// 400 when it had another checksum than was announced; `outcome`'s error.
    pub(crate) fn end<T>(&self, look: &Look, outcome: Result<T, ContentError>) -> Result<(T, Described), DavError> {
        if look.is_wrong() {
            return Err(ApiError::BadRequest("the checksum is not that of the content that came".to_owned()).into());
        }
        Ok((outcome?, Described { mtime: self.mtime, sums: look.sums() }))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::{TryStreamExt as _, stream};

    use super::*;

    async fn checked(header: &str) -> (bool, Option<String>) {
        let said = Said { mtime: None, watch: Watch { sums: true, checksums: checksums(header).unwrap() } };
        let (stream, look) = said.check(stream::iter([Ok::<_, ()>(Bytes::from_static(b"123456789"))]));
        let outcome = stream.try_collect::<Vec<_>>().await.map_err(|_| ContentError::CutOff);
        match said.end(&look, outcome) {
            Ok((_, described)) => (true, described.sums.map(|sums| hex::encode(sums.sha1))),
            Err(_) => (false, None),
        }
    }

    #[tokio::test]
    async fn t_053_content_with_another_checksum_is_none() {
        let sha1 = "f7c3bc1d808e04732adf679965ccc34ca7ae3441";
        for right in
            ["", "SHA1:F7C3BC1D808E04732ADF679965CCC34CA7AE3441", "MD5:25f9e794323b453885f5181f1b624d0b ADLER32:1"]
        {
            assert_eq!(checked(right).await, (true, Some(sha1.to_owned())), "{right}");
        }
        assert!(!checked("SHA1:0000bc1d808e04732adf679965ccc34ca7ae3441").await.0);
        assert!(!checked(&format!("SHA1:{sha1} MD5:00f9e794323b453885f5181f1b624d0b")).await.0);
        for bad in ["SHA1", "SHA1:x", "MD5:00"] {
            assert!(checksums(bad).is_err(), "{bad}");
        }
        assert_eq!(seconds("1700000000.5").unwrap(), 1_700_000_000);
        assert!(seconds("yesterday").is_err());
    }
}
