//! The JSON that the log uses: no floats and no null, read strictly, written canonically (RFC 8785).
//! Because only integers, strings, booleans, arrays and objects with ASCII keys exist, the canonical form is the
//! compact form with sorted keys; this module owns it so that no feature of another crate can change the bytes.

use std::{collections::BTreeMap, fmt};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The largest integer that every JSON reader keeps exactly: 2^53 − 1.
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// The members of an object, sorted by key.
pub type Members = BTreeMap<String, Json>;

/// A JSON value of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Json>),
    Object(Members),
}

/// Why bytes are not a JSON text of the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON, or a null, a float, an integer out of range or a doubled key.
    #[error("not a strict JSON text: {0}")]
    Syntax(String),
    /// JSON, but not the one canonical spelling of its value.
    #[error("not in canonical form")]
    NotCanonical,
}

impl Json {
    /// Reads one value; refuses null, floats, integers beyond ±(2^53 − 1), doubled keys and trailing bytes.
    ///
    /// # Errors
    /// [`JsonError::Syntax`].
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        serde_json::from_slice(bytes).map_err(|error| JsonError::Syntax(error.to_string()))
    }

    /// Reads one value and demands that the bytes are its canonical form.
    ///
    /// # Errors
    /// [`JsonError`].
    pub fn parse_canonical(bytes: &[u8]) -> Result<Self, JsonError> {
        let value = Self::parse(bytes)?;
        let mut again = Vec::with_capacity(bytes.len());
        value.write(&mut again);
        if again == bytes { Ok(value) } else { Err(JsonError::NotCanonical) }
    }

    /// The canonical bytes of the value.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// Appends the canonical bytes of the value.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(members) => write_members(members, out),
        }
    }

    /// The text, if the value is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if the value is one.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// The members, if the value is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Members> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

/// Appends an object in canonical form. Keys sort by their UTF-8 bytes, which for ASCII keys is the order of RFC 8785.
pub fn write_members(members: &Members, out: &mut Vec<u8>) {
    out.push(b'{');
    for (position, (key, value)) in members.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write_text(key, out);
        out.push(b':');
        value.write(out);
    }
    out.push(b'}');
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0A => out.extend_from_slice(b"\\n"),
            0x0C => out.extend_from_slice(b"\\f"),
            0x0D => out.extend_from_slice(b"\\r"),
            0x00..=0x1F => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}
impl From<Members> for Json {
    fn from(members: Members) -> Self {
        Self::Object(members)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, array, string, boolean or integer")
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Json, E> {
        if number.unsigned_abs() > MAX_INTEGER.unsigned_abs() {
            return Err(E::custom("integer beyond 2^53-1"));
        }
        Ok(Json::Integer(number))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Json, E> {
        i64::try_from(number).map_err(|_| E::custom("integer beyond 2^53-1")).and_then(|number| self.visit_i64(number))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }
    fn visit_string<E: de::Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = Members::new();
        while let Some((key, value)) = entries.next_entry::<String, Json>()? {
            if members.insert(key, value).is_some() {
                return Err(de::Error::custom("doubled key"));
            }
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_the_profile_has_not() {
        for text in [
            "null",
            "1.0",
            "-0",
            "1e2",
            "9007199254740992",
            "{\"a\":1,\"a\":1}",
            "[1,]",
            "{} ",
            "\"\u{1}\"",
            "\"\\ud800\"",
        ] {
            assert!(Json::parse_canonical(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Json::parse(b"\"\xff\"").is_err());
        assert!(Json::parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn refuses_other_spellings_of_the_same_value() {
        for text in ["{\"b\":1,\"a\":2}", "{ }", "\"\\u0041\"", "\"\\/\"", "\"\\u000a\"", "\"\\u001F\"", "[1, 2]"] {
            assert_eq!(Json::parse_canonical(text.as_bytes()), Err(JsonError::NotCanonical), "{text}");
        }
    }

    #[test]
    fn writes_each_escape_as_rfc_8785_does() {
        let text = "{\"k\":[\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\\u{7f}\u{2028}ü\",true,false,-5,{}]}";
        assert_eq!(Json::parse_canonical(text.as_bytes()).unwrap().canonical(), text.as_bytes());
    }
}
