//! Lists a page at a time: where a page begins, and how what is searched for becomes a pattern.

use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api_error::ApiError;

const MAX_PAGE: i64 = 200;
const DEFAULT_PAGE: i64 = 50;
const MAX_SEARCH: usize = 128;

/// A page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<i64>,
}

impl PageQuery {
    pub(crate) fn limit(&self) -> i64 {
        limit(self.limit)
    }
    pub(crate) fn key(&self) -> Result<String, ApiError> {
        parse_key(self.after.as_deref())
    }
    pub(crate) fn id<T: FromStr>(&self) -> Result<Option<T>, ApiError> {
        parse_id(self.after.as_deref())
    }
}

pub(crate) fn limit(asked: Option<i64>) -> i64 {
    asked.unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE)
}

/// Cuts off the row that was asked for only to know whether there is a next page; the last one that stays, if there is.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: i64) -> Option<&T> {
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    rows.last().filter(|_| more)
}

pub(crate) fn write_key(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn no_cursor() -> ApiError {
    ApiError::BadRequest("`after` must be the `next` of an earlier page".to_owned())
}

/// The key of the last row of the page before; empty for the first page.
pub(crate) fn parse_key(after: Option<&str>) -> Result<String, ApiError> {
    let Some(after) = after else { return Ok(String::new()) };
    let key = URL_SAFE_NO_PAD.decode(after).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    // No name has a control character, and PostgreSQL's texts cannot hold a NUL.
    key.filter(|key| !key.chars().any(char::is_control)).ok_or_else(no_cursor)
}

pub(crate) fn parse_id<T: FromStr>(after: Option<&str>) -> Result<Option<T>, ApiError> {
    after.map(|text| text.parse().map_err(|_| no_cursor())).transpose()
}

/// A pattern that finds the text anywhere, as it stands: LIKE's own signs in it mean nothing.
pub(crate) fn like(search: Option<&str>) -> Result<String, ApiError> {
    let search = search.unwrap_or("").trim();
    if search.chars().count() > MAX_SEARCH || search.chars().any(char::is_control) {
        return Err(ApiError::BadRequest("a search has up to 128 characters, without control characters".to_owned()));
    }
    let mut pattern = String::from("%");
    for sign in search.to_lowercase().chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_taken_as_it_stands() {
        assert_eq!(like(None).expect("valid"), "%%");
        assert_eq!(like(Some(" Ada_100%\\ ")).expect("valid"), "%ada\\_100\\%\\\\%");
        assert!(like(Some("a\0b")).is_err() && like(Some(&"a".repeat(129))).is_err());
    }

    #[test]
    fn cursors_round_trip_and_other_text_is_refused() {
        assert_eq!(parse_key(Some(&write_key("äpfel"))).expect("valid"), "äpfel");
        assert_eq!(parse_key(None).expect("valid"), "");
        assert!(parse_key(Some("!")).is_err() && parse_key(Some(&write_key("a\0"))).is_err());
        assert!(parse_id::<carrel_ids::UserId>(Some("x")).is_err());
    }

    #[test]
    fn one_row_too_many_tells_that_there_are_more() {
        let mut rows = vec![1, 2, 3];
        assert_eq!(cut(&mut rows, 2), Some(&2));
        assert_eq!(rows, [1, 2]);
        assert_eq!(cut(&mut rows, 2), None);
    }
}
