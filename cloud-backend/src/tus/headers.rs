//! What requests say in headers, parsed.

use actix_web::HttpRequest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use carrel_ids::{NodeId, UploadId, VersionId};

use super::{UPLOADS, VERSION};
use crate::{api_error::ApiError, authz::FileName, store::UploadPlace, uploads::Checksum};

/// Longest description of an upload that is kept, in bytes.
const MAX_METADATA: usize = 4096;
/// The end of the year 9999.
const MAX_MTIME: i64 = 253_402_300_799;
/// Uploads that can be put together at once.
const MAX_JOINED: usize = 1000;

/// The header's text; `?` for what is none.
pub(super) fn text<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap_or("?"))
}

/// # Errors
/// [`ApiError::TusVersion`] for a client that speaks another version, or does not say.
pub(super) fn check_version(request: &HttpRequest) -> Result<(), ApiError> {
    if text(request, "tus-resumable") == Some(VERSION) { Ok(()) } else { Err(ApiError::TusVersion) }
}

/// # Errors
/// [`ApiError::BadRequest`] for what is no size.
pub(super) fn number(request: &HttpRequest, name: &'static str) -> Result<Option<u64>, ApiError> {
    let parse = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| ApiError::BadRequest(format!("{name} must be a number")))
    };
    text(request, name).map(parse).transpose()
}

/// `Upload-Checksum: algorithm base64`.
///
/// # Errors
/// [`ApiError::BadRequest`] for another form, and for algorithms that are not known here.
pub(super) fn checksum(request: &HttpRequest) -> Result<Option<Checksum>, ApiError> {
    let parse = |text: &str| {
        let (algorithm, value) = text.split_once(' ')?;
        Checksum::new(algorithm, &STANDARD.decode(value.trim()).ok()?)
    };
    let wrong = || {
        let known = Checksum::ALGORITHMS;
        ApiError::BadRequest(format!("upload-checksum must be one of {known}, a space, and the checksum in Base64"))
    };
    text(request, "upload-checksum").map(|text| parse(text).ok_or_else(wrong)).transpose()
}

/// `application/offset+octet-stream`, as the protocol asks.
pub(super) fn is_bytes(request: &HttpRequest) -> bool {
    text(request, "content-type") == Some("application/offset+octet-stream")
}

/// What `Upload-Metadata` says: its text, and what is understood of it.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) text: String,
    filename: Option<String>,
    folder: Option<NodeId>,
    expected: Option<VersionId>,
    pub(super) sha256: Option<[u8; 32]>,
    /// Seconds since 1970: what sync clients say of when the content is.
    pub(super) mtime: Option<i64>,
}

impl Metadata {
    /// Keys that are not known here are kept and mean nothing.
    ///
    /// # Errors
    /// [`ApiError::BadRequest`] for another form; [`ApiError::FieldInvalid`] for what a known key cannot be.
    pub(super) fn parse(text: &str) -> Result<Self, ApiError> {
        if text.len() > MAX_METADATA {
            return Err(ApiError::BadRequest(format!("upload-metadata can have {MAX_METADATA} bytes")));
        }
        let wrong = || {
            ApiError::BadRequest("upload-metadata must be pairs of a key and Base64, with commas between".to_owned())
        };
        let mut metadata = Self { text: text.to_owned(), ..Self::default() };
        let mut keys = Vec::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            if keys.contains(&key) {
                return Err(wrong());
            }
            keys.push(key);
            let value =
                STANDARD.decode(value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(wrong)?;
            match key {
                "filename" => metadata.filename = Some(value),
                "folder_id" => metadata.folder = Some(value.parse().map_err(|_| ApiError::NotFound)?),
                "if_match" if value.is_empty() => {}
                "if_match" => {
                    let version = value.trim_matches('"').parse();
                    metadata.expected =
                        Some(version.map_err(|_| ApiError::field("if_match", "This is no identifier of a version."))?);
                }
                "sha256" => {
                    let bytes = hex::decode(&value).ok().and_then(|bytes| bytes.try_into().ok());
                    metadata.sha256 =
                        Some(bytes.ok_or_else(|| ApiError::field("sha256", "A SHA-256 has 64 hex digits."))?);
                }
                "mtime" => metadata.mtime = value.parse().ok().filter(|mtime| (0..=MAX_MTIME).contains(mtime)),
                _ => {}
            }
        }
        Ok(metadata)
    }

    /// In which folder it becomes a file, and what it replaces there, where the address says that.
    pub(super) fn in_folder(self, folder: NodeId, expected: Option<VersionId>) -> Self {
        Self { folder: Some(folder), expected, ..self }
    }

    /// The name that it is to have.
    pub(super) fn filename(&self) -> Option<&str> {
        self.filename.as_deref()
    }

    /// Where the upload becomes a file.
    ///
    /// # Errors
    /// [`ApiError::FieldInvalid`] when that is not said, [`ApiError::NameInvalid`].
    pub(super) fn place(&self) -> Result<UploadPlace, ApiError> {
        let missing = |name| ApiError::field(name, "Upload-Metadata has to name the file and its folder.");
        let name = FileName::parse(self.filename.as_deref().ok_or_else(|| missing("filename"))?)?;
        Ok(UploadPlace {
            folder: self.folder.ok_or_else(|| missing("folder_id"))?,
            name: name.as_str().to_owned(),
            expected: self.expected,
        })
    }
}

/// What `Upload-Concat` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Concat {
    /// A part of a later upload.
    Partial,
    /// Put together from these.
    Final(Vec<UploadId>),
}

/// # Errors
/// [`ApiError::BadRequest`] for another form; [`ApiError::NotFound`] for addresses that are no uploads.
pub(super) fn concat(text: &str) -> Result<Concat, ApiError> {
    if text == "partial" {
        return Ok(Concat::Partial);
    }
    let wrong =
        || ApiError::BadRequest("upload-concat must be partial, or final; and the uploads' addresses".to_owned());
    let list = text.strip_prefix("final;").ok_or_else(wrong)?;
    // Absolute or not: which server is meant was decided by whom the request was sent to.
    let ids = list.split_ascii_whitespace().map(|address| {
        let (before, id) = address.rsplit_once('/').ok_or(ApiError::NotFound)?;
        if before.ends_with(UPLOADS) { id.parse().map_err(|_| ApiError::NotFound) } else { Err(ApiError::NotFound) }
    });
    let ids: Vec<UploadId> = ids.collect::<Result<_, _>>()?;
    if ids.is_empty() || ids.len() > MAX_JOINED { Err(wrong()) } else { Ok(Concat::Final(ids)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_and_kept_as_it_came() {
        let folder = NodeId::new();
        let text = format!(
            "filename {},folder_id {},is_secret",
            STANDARD.encode("ä.txt"),
            STANDARD.encode(folder.to_string())
        );
        let metadata = Metadata::parse(&text).unwrap();
        let place = metadata.place().unwrap();
        assert_eq!((place.name.as_str(), place.folder, place.expected), ("ä.txt", folder, None));
        assert_eq!(metadata.text, text);
        for bad in ["filename !", "filename YQ==,filename YQ==", &format!("x {}", "A".repeat(5000)), "filename /w=="] {
            assert!(matches!(Metadata::parse(bad), Err(ApiError::BadRequest(_))), "{bad}");
        }
        assert!(Metadata::parse("filename YQ==").unwrap().place().is_err());
        for bad in ["sha256 YQ==", "if_match YQ=="] {
            assert!(matches!(Metadata::parse(bad), Err(ApiError::FieldInvalid(..))), "{bad}");
        }
    }

    #[test]
    fn uploads_are_named_by_their_addresses() {
        let (a, b) = (UploadId::new(), UploadId::new());
        assert_eq!(concat("partial").unwrap(), Concat::Partial);
        let both = format!("final;/api/v1/uploads/{a} https://cloud.example.org/api/v1/uploads/{b}");
        assert_eq!(concat(&both).unwrap(), Concat::Final(vec![a, b]));
        for bad in ["", "final", "final;", "final;x", "final;/api/v1/nodes/0", "final;/api/v1/uploads/x", "partial;x"] {
            assert!(concat(bad).is_err(), "{bad}");
        }
    }
}
