//! The tus protocol 1.0 in front of the uploads: headers in, headers out. See <https://tus.io/protocols/resumable-upload>.

mod answer;
mod create;
mod headers;
mod patch;
mod show;

pub(crate) use answer::complete;
pub(crate) use create::{__path_create_upload, create_in, create_upload};
pub(crate) use patch::{__path_continue_upload, __path_post_upload, continue_upload, post_upload};
pub(crate) use show::{
    __path_end_upload, __path_show_upload, __path_upload_options, end_upload, show_upload, upload_options,
};

/// The version that is spoken here.
const VERSION: &str = "1.0.0";
const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";
/// Where uploads are.
const UPLOADS: &str = "/api/v1/uploads";
