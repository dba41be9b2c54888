//! XML that strangers send, read into a small tree: no document type, no entities but the five, bounded in size, depth and number
//! of elements. And the way back: a piece of XML that can be put into any other, because it declares what it needs.

use std::fmt::Write as _;

use quick_xml::{
    NsReader,
    events::{BytesStart, Event},
    name::ResolveResult,
};

/// Longest body in bytes.
pub(super) const MAX_BODY: usize = 256 * 1024;
const MAX_DEPTH: usize = 64;
const MAX_ELEMENTS: usize = 4096;
pub(super) const DAV: &str = "DAV:";
const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// The text is not XML, or not of the kind that is read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadXml;

impl<E: std::error::Error> From<E> for BadXml {
    fn from(_: E) -> Self {
        Self
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) namespace: String,
    pub(super) name: String,
    attributes: Vec<(String, String, String)>,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Element(Element),
    Text(String),
}

impl Element {
    pub(super) fn is(&self, name: &str) -> bool {
        self.namespace == DAV && self.name == name
    }
    pub(super) fn children(&self) -> impl Iterator<Item = &Element> {
        self.items.iter().filter_map(|item| match item {
            Item::Element(element) => Some(element),
            Item::Text(_) => None,
        })
    }
    /// The first child of this name in WebDAV's namespace.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children().find(|child| child.is(name))
    }

    /// The text in it and in all below it.
    pub(super) fn text(&self) -> String {
        let texts = self.items.iter().map(|item| match item {
            Item::Text(text) => text.clone(),
            Item::Element(element) => element.text(),
        });
        texts.collect()
    }

    /// The element as text that says itself what it means: it can stand anywhere.
    pub(super) fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    fn write(&self, out: &mut String, around: Option<&str>) {
        out.push('<');
        out.push_str(&self.name);
        if around != Some(self.namespace.as_str()) {
            out.push_str(" xmlns=\"");
            escape(out, &self.namespace);
            out.push('"');
        }
        for (number, (namespace, name, value)) in self.attributes.iter().enumerate() {
            match namespace.as_str() {
                "" => write!(out, " {name}=\"").ok(),
                XML_NAMESPACE => write!(out, " xml:{name}=\"").ok(),
                _ => {
                    write!(out, " xmlns:a{number}=\"").ok();
                    escape(out, namespace);
                    write!(out, "\" a{number}:{name}=\"").ok()
                }
            };
            escape(out, value);
            out.push('"');
        }
        if self.items.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for item in &self.items {
            match item {
                Item::Element(element) => element.write(out, Some(&self.namespace)),
                Item::Text(text) => escape(out, text),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

/// Adds text so that it is text wherever it stands. What XML cannot hold becomes the sign for what cannot be shown.
pub(crate) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            c if is_allowed(c) => out.push(c),
            _ => out.push('\u{FFFD}'),
        }
    }
}

/// `Char` of XML 1.0.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// A name that can be written back without a second look.
fn name(text: &[u8]) -> Result<String, BadXml> {
    let text = std::str::from_utf8(text)?;
    let follows = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{B7}');
    let starts = |c: char| c.is_alphabetic() || c == '_';
    if text.starts_with(starts) && text.chars().all(follows) { Ok(text.to_owned()) } else { Err(BadXml) }
}

fn namespace(resolved: &ResolveResult<'_>) -> Result<String, BadXml> {
    match resolved {
        ResolveResult::Bound(namespace) => Ok(text(std::str::from_utf8(namespace.as_ref())?)?),
        ResolveResult::Unbound => Ok(String::new()),
        ResolveResult::Unknown(_) => Err(BadXml),
    }
}

/// The text with its references resolved.
fn text(raw: &str) -> Result<String, BadXml> {
    let text = quick_xml::escape::unescape(raw)?;
    if text.chars().all(is_allowed) { Ok(text.into_owned()) } else { Err(BadXml) }
}

fn open(reader: &NsReader<&[u8]>, resolved: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, BadXml> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let value = text(std::str::from_utf8(&attribute.value)?)?;
        if attribute.key.as_namespace_binding().is_some() {
            // Namespaces in XML, 5: a prefix cannot be bound to nothing.
            if attribute.key.as_ref().starts_with(b"xmlns:") && value.is_empty() {
                return Err(BadXml);
            }
            continue;
        }
        let (resolved, local) = reader.resolver().resolve_attribute(attribute.key);
        attributes.push((namespace(&resolved)?, name(local.as_ref())?, value));
    }
    Ok(Element {
        namespace: namespace(resolved)?,
        name: name(start.local_name().as_ref())?,
        attributes,
        items: Vec::new(),
    })
}

/// Reads a document; none for a body without one.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Element>, BadXml> {
    let source = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))?;
    if source.trim().is_empty() {
        return Ok(None);
    }
    let mut reader = NsReader::from_str(source);
    let (mut stack, mut done, mut seen): (Vec<Element>, Option<Element>, usize) = (Vec::new(), None, 0);
    loop {
        let event = reader.read_event()?;
        let mut closed = None;
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                seen += 1;
                if seen > MAX_ELEMENTS || stack.len() >= MAX_DEPTH || (done.is_some() && stack.is_empty()) {
                    return Err(BadXml);
                }
                let (resolved, _) = reader.resolver().resolve_element(start.name());
                let element = open(&reader, &resolved, start)?;
                if matches!(event, Event::Empty(_)) { closed = Some(element) } else { stack.push(element) }
            }
            Event::End(_) => closed = Some(stack.pop().ok_or(BadXml)?),
            Event::Text(part) => add_text(&mut stack, &text(std::str::from_utf8(part)?)?)?,
            Event::CData(part) => {
                let part = std::str::from_utf8(part)?;
                if !part.chars().all(is_allowed) {
                    return Err(BadXml);
                }
                add_text(&mut stack, part)?;
            }
            // A character by its number, or one of the five; a document type could declare more, and there is none.
            Event::GeneralRef(reference) => {
                add_text(&mut stack, &text(&format!("&{};", std::str::from_utf8(reference)?))?)?;
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            // T-26: what it could declare grows without end, or reads other files.
            Event::DocType(_) => return Err(BadXml),
            Event::Eof => break,
        }
        if let Some(element) = closed {
            match stack.last_mut() {
                Some(parent) => parent.items.push(Item::Element(element)),
                None => done = Some(element),
            }
        }
    }
    if stack.is_empty() && done.is_some() { Ok(done) } else { Err(BadXml) }
}

fn add_text(stack: &mut [Element], text: &str) -> Result<(), BadXml> {
    match stack.last_mut() {
        Some(parent) => {
            if let Some(Item::Text(before)) = parent.items.last_mut() {
                before.push_str(text);
            } else {
                parent.items.push(Item::Text(text.to_owned()));
            }
            Ok(())
        }
        // Around the document there is only white space.
        None if text.trim().is_empty() => Ok(()),
        None => Err(BadXml),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Element {
        parse(text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn names_attributes_and_text_come_back_whatever_prefixes_they_had() {
        let element = parsed(
            "<?xml version=\"1.0\"?><!-- x --><D:prop xmlns:D=\"DAV:\" xmlns:z=\"urn:z\"><z:a z:k='1&amp;&quot;' p=\"2\" xml:lang=\"de\">t&lt;&#65536;<b/><![CDATA[<x>]]></z:a></D:prop>",
        );
        assert!(element.is("prop"));
        let inner = element.children().next().unwrap();
        let text = inner.to_text();
        assert_eq!(
            text,
            "<a xmlns=\"urn:z\" xmlns:a0=\"urn:z\" a0:k=\"1&amp;&quot;\" p=\"2\" xml:lang=\"de\">t&lt;\u{10000}<b xmlns=\"\"/>&lt;x&gt;</a>"
        );
        assert_eq!(&parsed(&text), inner);
    }

    #[test]
    fn t_026_bombs_and_what_is_not_whole_are_refused() {
        let deep = "<a>".repeat(MAX_DEPTH + 1) + &"</a>".repeat(MAX_DEPTH + 1);
        let wide = format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS));
        for bad in [
            "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
            "<a>&unknown;</a>",
            "<a>&#0;</a>",
            "<a>&#1;</a>",
            "<a",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "text",
            "<a/>text",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<x:a/>",
            "<a xmlns:x=\"\"/>",
            "<D:propfind xmlns:D=\"DAV:\"><D:prop><bar:foo xmlns:bar=\"\"/></D:prop></D:propfind>",
            deep.as_str(),
            wide.as_str(),
        ] {
            assert_eq!(parse(bad.as_bytes()), Err(BadXml), "{}", &bad[..bad.len().min(80)]);
        }
        assert_eq!(parse(b" \r\n"), Ok(None));
        assert_eq!(parse(b"<a>\xff</a>"), Err(BadXml));
    }
}
