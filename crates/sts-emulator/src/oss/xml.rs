//! The XML of OSS: what it says, and what it is told.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Deeper is none of the documents that OSS takes.
const MOST_DEPTH: usize = 8;

/// The longest has 10,000 parts of three elements each.
const MOST_ELEMENTS: usize = 40_000;

/// A document being written. Text is escaped; what XML cannot say at all (most control characters) becomes U+FFFD, which is why
/// clients ask for `encoding-type=url`.
pub(crate) struct Writer(String);

impl Writer {
    pub(crate) fn new() -> Self {
        Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned())
    }

    /// An element of elements.
    pub(crate) fn group(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push_str(&format!("<{name}>"));
        content(self);
        self.0.push_str(&format!("</{name}>"));
    }

    /// An element of text.
    pub(crate) fn text(&mut self, name: &str, text: impl AsRef<str>) {
        self.group(name, |xml| xml.escaped(text.as_ref()));
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }

    /// Text of the element that is open.
    pub(crate) fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&apos;"),
                // A parser would make a line feed of a bare one.
                '\r' => self.0.push_str("&#13;"),
                '\t' | '\n' => self.0.push(character),
                '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => self.0.push('\u{FFFD}'),
                plain => self.0.push(plain),
            }
        }
    }
}

/// An element that was read: its text, or its elements.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// No document, or one that nobody needs: too deep, with a document type, with entities of its own.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotRead;

impl Element {
    /// Reads a document. Attributes, comments and white space between elements do not matter.
    pub(crate) fn read(document: &[u8]) -> Result<Self, NotRead> {
        let text = str::from_utf8(document).map_err(|_| NotRead)?;
        let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
        let mut open: Vec<Self> = Vec::new();
        let (mut root, mut elements) = (None, 0_usize);
        loop {
            let event = reader.read_event().map_err(|_| NotRead)?;
            if matches!(event, Event::Start(_) | Event::Empty(_)) {
                elements += 1;
                if root.is_some() || open.len() == MOST_DEPTH || elements > MOST_ELEMENTS {
                    return Err(NotRead);
                }
            }
            let closed = match event {
                Event::Eof if open.is_empty() => return root.ok_or(NotRead),
                Event::Start(start) => {
                    open.push(Self::named(start.local_name().as_ref()));
                    continue;
                }
                Event::Empty(start) => Self::named(start.local_name().as_ref()),
                Event::End(_) => open.pop().ok_or(NotRead)?,
                Event::Text(text) => {
                    add_text(&mut open, &text)?;
                    continue;
                }
                Event::CData(text) => {
                    add_text(&mut open, &text)?;
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => predefined(&reference).ok_or(NotRead)?,
                        Err(_) => return Err(NotRead),
                    };
                    add_text(&mut open, character.encode_utf8(&mut [0; 4]))?;
                    continue;
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => continue,
                Event::DocType(_) | Event::Eof => return Err(NotRead),
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => root = Some(closed),
            }
        }
    }

    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The text of the first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name).map(|child| child.text.as_str())
    }
}

fn add_text(open: &mut [Element], text: &str) -> Result<(), NotRead> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(NotRead),
    }
    Ok(())
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Element, NotRead, Writer};
    use proptest::prelude::*;

    #[test]
    fn a_delete_document_is_read() {
        let document = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Delete><Quiet>false</Quiet>\n\
                        <Object><Key>a &amp; &#x4e2d;<![CDATA[<b>]]></Key></Object><Object/></Delete>";
        let delete = Element::read(document.as_bytes()).unwrap();
        assert_eq!((delete.name.as_str(), delete.child("Quiet")), ("Delete", Some("false")));
        assert_eq!(delete.children[1].child("Key"), Some("a & 中<b>"));
        assert_eq!(delete.children[2], Element { name: "Object".to_owned(), ..Element::default() });
    }

    #[test]
    fn what_is_no_document_is_not_read() {
        let deep = format!("{}{}", "<a>".repeat(9), "</a>".repeat(9));
        let many = |count| format!("<a>{}</a>", "<b/>".repeat(count));
        assert!(Element::read(many(39_999).as_bytes()).is_ok());
        assert_eq!(Element::read(many(40_000).as_bytes()), Err(NotRead));
        for bad in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a>&own;</a>",
            "<!DOCTYPE a><a/>",
            "</a>",
            "<a>&#0;</a>",
            &deep,
        ] {
            assert_eq!(Element::read(bad.as_bytes()), Err(NotRead), "{bad}");
        }
        assert_eq!(Element::read(b"<a>\xFF</a>"), Err(NotRead));
    }

    proptest! {
        #[test]
        fn text_comes_back(text in "[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]*") {
            let mut xml = Writer::new();
            xml.group("a", |xml| xml.text("b", &text));
            let read = Element::read(xml.finish().as_bytes()).unwrap();
            prop_assert_eq!(read.child("b"), Some(text.as_str()));
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200), markup in "[<>/a&;#x0!\\[\\]\"' -]{0,60}") {
            let _ = Element::read(&bytes);
            let _ = Element::read(markup.as_bytes());
        }
    }
}
