//! Responses into bytes.

use std::ops::Range;
use std::time::Duration;

use crate::exchange::{Cut, Delivery, Flood, Part, Place, Response};

use super::Form;

/// A response as it goes out.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) struct Image {
    /// Interim responses that go out first.
    pub(in crate::server) flood: Option<Flood>,
    /// The bytes, as far as they go out.
    pub(in crate::server) bytes: Vec<u8>,
    /// What goes out byte by byte, and the pause before each.
    pub(in crate::server) drip: Option<(Range<usize>, Duration)>,
    /// How the connection ends after it, if it does.
    pub(in crate::server) end: Option<Cut>,
}

impl Image {
    pub(in crate::server) fn new(
        response: Option<Response>,
        delivery: &Delivery,
        form: Form,
        date: &str,
    ) -> Self {
        let mut end = form.closes.then_some(Cut::Clean);
        let (mut bytes, body) = match (&delivery.raw, response) {
            (Some(raw), _) => {
                end = Some(Cut::Clean);
                (raw.clone(), 0)
            }
            (None, Some(response)) => {
                let lies = response.headers.iter().any(|(name, _)| is_framing(name));
                if lies {
                    end = Some(Cut::Clean);
                }
                let form = Form {
                    closes: end.is_some(),
                    ..form
                };
                encode(&response, delivery, form, date)
            }
            (None, None) => (Vec::new(), 0),
        };
        let drip = delivery.drip.map(|(from, pause)| match from {
            Part::Head => (0, pause),
            Part::Body => (body, pause),
        });
        if let Some((place, cut)) = delivery.cut {
            let at = match place {
                Place::Byte(at) => at,
                Place::Body(at) => body.saturating_add(at),
                Place::BeforeEnd(count) => bytes.len().saturating_sub(count),
            };
            // A place beyond the end is at the end.
            bytes.truncate(at);
            end = Some(cut);
        }
        let drip = drip.map(|(from, pause)| (from.min(bytes.len())..bytes.len(), pause));
        Self {
            flood: delivery.flood,
            bytes,
            drip,
            end,
        }
    }
}

/// Writes an interim response out.
pub(in crate::server) fn interim(flood: &Flood) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {0} {1}\r\n", flood.status, reason(flood.status));
    if flood.header_bytes > 0 {
        text += &format!("link: {}\r\n", "x".repeat(flood.header_bytes));
    }
    (text + "\r\n").into_bytes()
}

fn is_framing(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding")
}

/// Writes a response out, and says where its body begins.
fn encode(response: &Response, delivery: &Delivery, form: Form, date: &str) -> (Vec<u8>, usize) {
    let Response {
        status,
        headers,
        body,
    } = response;
    let mut text = String::new();
    if let Some(interim) = delivery.interim {
        text += &format!("HTTP/1.1 {interim} {}\r\n\r\n", reason(interim));
    }
    text += &format!("HTTP/1.1 {status} {}\r\n", reason(*status));
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    let framed = headers.iter().any(|(name, _)| is_framing(name));
    let has_body = !matches!(status, 100..200 | 204 | 304);
    let chunked = delivery.chunked && has_body && form.may_chunk && !framed;
    if chunked {
        text += "transfer-encoding: chunked\r\n";
    } else if has_body && !framed {
        text += &format!("content-length: {}\r\n", body.len());
    }
    text += &format!("date: {date}\r\n");
    if form.closes {
        text += "connection: close\r\n";
    }
    text += "\r\n";
    let mut bytes = text.into_bytes();
    let start = bytes.len();
    if has_body && !form.bodiless {
        if chunked {
            // Small ones, so that there are several.
            for chunk in body.chunks(64.max(body.len() / 100)) {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(body);
        }
    }
    (bytes, start)
}

fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        103 => "Early Hints",
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: Form = Form {
        closes: false,
        bodiless: false,
        may_chunk: true,
    };

    fn image(response: Response, delivery: &Delivery, form: Form) -> (String, Option<Cut>) {
        let image = Image::new(Some(response), delivery, form, "today");
        (String::from_utf8(image.bytes).unwrap(), image.end)
    }

    fn hello() -> Response {
        Response {
            status: 200,
            headers: vec![("a".to_owned(), "b".to_owned())],
            body: b"hello".to_vec(),
        }
    }

    #[test]
    fn responses_have_the_form_that_was_asked_for() {
        let whole = "HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 5\r\ndate: today\r\n\r\nhello";
        let plain = Delivery::default();
        assert_eq!(image(hello(), &plain, KEPT), (whole.to_owned(), None));
        let last = image(hello(), &plain, Form::LAST);
        assert_eq!(
            last,
            (
                whole.replace("today", "today\r\nconnection: close"),
                Some(Cut::Clean)
            )
        );
        let head = Form {
            bodiless: true,
            ..KEPT
        };
        assert_eq!(image(hello(), &plain, head).0, whole.replace("hello", ""));
        let (none, _) = image(Response::empty(204), &plain, KEPT);
        assert_eq!(none, "HTTP/1.1 204 No Content\r\ndate: today\r\n\r\n");
        let chunked = Delivery {
            chunked: true,
            ..Delivery::default()
        };
        let (text, _) = image(hello(), &chunked, KEPT);
        assert!(
            text.contains("transfer-encoding: chunked\r\n") && !text.contains("content-length")
        );
        assert!(text.ends_with("\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
        assert!(!image(hello(), &chunked, Form::LAST).0.contains("chunked"));
        let interim = Delivery {
            interim: Some(103),
            ..Delivery::default()
        };
        let (text, _) = image(hello(), &interim, KEPT);
        assert_eq!(text, format!("HTTP/1.1 103 Early Hints\r\n\r\n{whole}"));
    }

    #[test]
    fn responses_break_off_where_they_should() {
        let (whole, _) = image(hello(), &Delivery::default(), KEPT);
        for (place, kept) in [
            (Place::Byte(0), 0),
            (Place::Byte(7), 7),
            (Place::Body(2), whole.len() - 3),
            (Place::BeforeEnd(1), whole.len() - 1),
            (Place::BeforeEnd(1000), 0),
            (Place::Byte(1000), whole.len()),
        ] {
            let delivery = Delivery {
                cut: Some((place, Cut::Reset)),
                drip: Some((Part::Body, Duration::from_secs(1))),
                ..Delivery::default()
            };
            let image = Image::new(Some(hello()), &delivery, KEPT, "today");
            assert_eq!(image.bytes, &whole.as_bytes()[..kept]);
            assert_eq!(image.end, Some(Cut::Reset));
            let (dripped, _) = image.drip.unwrap();
            assert_eq!(dripped.len(), (kept + 5).saturating_sub(whole.len()));
        }
    }

    #[test]
    fn a_length_that_is_a_lie_ends_the_connection() {
        let mut response = hello();
        response
            .headers
            .push(("Content-Length".to_owned(), "9".to_owned()));
        let (text, end) = image(response, &Delivery::default(), KEPT);
        assert_eq!(end, Some(Cut::Clean));
        assert_eq!(text.matches("ontent-").count(), 1);
    }
}
