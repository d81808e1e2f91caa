//! HTTP messages as values, and the decoding of their escapes.

use std::time::Duration;

use super::answer::Delivery;

/// A request as it came from the client.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The method, in capitals.
    pub method: String,
    /// The path with the query, as sent.
    pub target: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The number of the connection that it came on; 0 if it has none.
    pub connection: u64,
}

impl Request {
    /// Makes a request without headers and body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body and its content type.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.with_header("content-type", content_type)
    }

    /// Returns the first header of this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Returns the path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> Option<Vec<(String, String)>> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        parse_form(query)
    }
}

/// A response to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, without those of the framing.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn json(status: u16, body: String) -> Self {
        Self {
            status,
            headers: vec![(
                "content-type".to_owned(),
                "application/json;charset=UTF-8".to_owned(),
            )],
            body: body.into_bytes(),
        }
    }
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The response; `None` means that the connection is cut instead.
    pub response: Option<Response>,
    /// How long to hold it, or the cut, back.
    pub delay: Duration,
    /// How it goes out.
    pub delivery: Delivery,
}

/// Decodes `%41` and, in forms, `+`; `None` for broken escapes or no UTF-8.
pub(crate) fn percent_decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'%' => {
                let (pair, tail) = rest.split_first_chunk::<2>()?;
                let nibble = |digit: u8| char::from(digit).to_digit(16);
                bytes.push((nibble(pair[0])? * 16 + nibble(pair[1])?) as u8);
                rest = tail;
            }
            b'+' if plus_is_space => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Decodes `a=1&b=2`.
pub(crate) fn parse_form(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((percent_decode(name, true)?, percent_decode(value, true)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_forms() {
        let form = parse_form("trigger_condition=%3C%3D&reference=a+b%2Bc&flag").unwrap();
        let expected = [
            ("trigger_condition", "<="),
            ("reference", "a b+c"),
            ("flag", ""),
        ];
        assert!(
            form.iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .eq(expected)
        );
        assert_eq!(parse_form("a=%4"), None);
        assert_eq!(parse_form("a=%FF"), None);
    }

    #[test]
    fn plus_is_a_space_in_forms_only() {
        assert_eq!(percent_decode("11%3A101%2c+", false).unwrap(), "11:101,+");
    }
}
