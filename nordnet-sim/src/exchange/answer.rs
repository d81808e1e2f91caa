//! What happens to a request instead of the ordinary, and how a response goes
//! out.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::request::{Reply, Response};
use super::route::Operation;

/// The body of the reply to an order that was accepted.
const ACCEPTED: &str =
    r#"{"order_id":1,"result_code":"OK","order_state":"ON_MARKET","action_state":"INS_CONF"}"#;

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// In order: what was sent arrives, TLS says goodbye.
    Clean,
    /// TCP ends in order, but TLS says no goodbye; what waits is not sent.
    Abrupt,
    /// With a TCP reset; what waits is not sent.
    Reset,
    /// Not at all: it stays, but nothing comes any more and nothing is read.
    Stall,
}

/// A place in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before this byte of it, from 0.
    Byte(usize),
    /// Before this byte of its body, from 0.
    Body(usize),
    /// This many bytes before its end.
    BeforeEnd(usize),
}

/// A part of a response that goes slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The status line and the headers, and then the body.
    Head,
    /// The body only.
    Body,
}

/// Many interim responses before the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// Their status, from 100 to 199.
    pub status: u16,
    /// How many there are.
    pub times: u64,
    /// How many bytes the value of the one header of each has; 0 is no header.
    pub header_bytes: usize,
}

/// A response that nobody asked for, sent after the ordinary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// How long after the ordinary response.
    pub after: Duration,
    /// The response.
    pub response: Response,
}

/// How a response goes out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// A status of the hundreds that comes before it.
    pub interim: Option<u16>,
    /// Interim responses that come before all else.
    pub flood: Option<Flood>,
    /// What follows unasked.
    pub stray: Option<Stray>,
    /// Whether the body goes in chunks.
    pub chunked: bool,
    /// From where on it goes byte by byte, and the pause before each.
    pub drip: Option<(Part, Duration)>,
    /// Where the connection is cut, and how.
    pub cut: Option<(Place, Cut)>,
    /// Bytes that go out instead of anything of HTTP.
    pub raw: Option<Vec<u8>>,
}

/// What happens to a request instead of the ordinary.
///
/// ```
/// use std::time::Duration;
/// use nordnet_sim::{Answer, Cut, Place};
///
/// // Refused, with a page that no API client expects:
/// let page = Answer::status(502).header("content-type", "text/html").body("<html>");
/// // Done, but the reply breaks off within its body:
/// let torn = Answer::ordinary().cut_at(Place::Body(10), Cut::Reset);
/// // Done or not, nothing is ever heard of it:
/// let lost = Answer::lost(Cut::Stall);
/// let never_done = Answer::lost(Cut::Clean).unprocessed();
/// # let _ = (page, torn, lost, never_done, Answer::ordinary().late(Duration::from_secs(3)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Answer {
    pub(super) processed: bool,
    /// `None` stands for the ordinary one.
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    padding: usize,
    pub(super) delay: Duration,
    pub(super) delivery: Delivery,
}

impl Answer {
    /// The ordinary response to the request, which takes effect.
    pub fn ordinary() -> Self {
        Self {
            processed: true,
            status: None,
            headers: Vec::new(),
            body: None,
            padding: 0,
            delay: Duration::ZERO,
            delivery: Delivery::default(),
        }
    }

    /// An empty response of this status. The request has no effect.
    pub fn status(status: u16) -> Self {
        Self {
            processed: false,
            status: Some(status),
            ..Self::ordinary()
        }
    }

    /// A redirect to another address. The request has no effect.
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::status(status).header("location", location)
    }

    /// Nothing at all: the request takes effect and the connection is cut.
    pub fn lost(cut: Cut) -> Self {
        Self::ordinary().cut_at(Place::Byte(0), cut)
    }

    /// These bytes instead of anything of HTTP, and then the end. The request
    /// has no effect.
    pub fn garbage(bytes: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::status(200);
        answer.delivery.raw = Some(bytes.into());
        answer
    }

    /// Sets a header, also on the ordinary response. A `content-length` goes
    /// out as it is here, whatever the body's.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body, also of the ordinary response.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Adds spaces to the end of the body.
    pub fn padded(mut self, spaces: usize) -> Self {
        self.padding = spaces;
        self
    }

    /// Lets the request take effect.
    pub fn processed(mut self) -> Self {
        self.processed = true;
        self
    }

    /// Lets the request have no effect. There is no ordinary response then:
    /// unless a status was set, the connection is cut.
    pub fn unprocessed(mut self) -> Self {
        self.processed = false;
        self
    }

    /// Holds the response back. What the request does is done at once.
    pub fn late(mut self, by: Duration) -> Self {
        self.delay = by;
        self
    }

    /// Sends a status of the hundreds before it, such as 103.
    pub fn after_interim(mut self, status: u16) -> Self {
        self.delivery.interim = Some(status);
        self
    }

    /// Sends many interim responses before it, each with a header of this size.
    pub fn after_flood(mut self, status: u16, times: u64, header_bytes: usize) -> Self {
        self.delivery.flood = Some(Flood {
            status,
            times,
            header_bytes,
        });
        self
    }

    /// Sends a second response, which nobody asked for, this long after it on the
    /// same connection: status 200 with this JSON, or that of an accepted order.
    pub fn then_stray(mut self, after: Duration, body: Option<&str>) -> Self {
        let body = body.unwrap_or(ACCEPTED).to_owned();
        let response = Response::json(200, body);
        self.delivery.stray = Some(Stray { after, response });
        self
    }

    /// Sends the body in chunks.
    pub fn chunked(mut self) -> Self {
        self.delivery.chunked = true;
        self
    }

    /// Sends the head, or only the body, byte by byte with a pause before each.
    pub fn dripped(mut self, from: Part, pause: Duration) -> Self {
        self.delivery.drip = Some((from, pause));
        self
    }

    /// Cuts the connection within the response.
    pub fn cut_at(mut self, place: Place, cut: Cut) -> Self {
        self.delivery.cut = Some((place, cut));
        self
    }

    /// Returns the reply that goes out before there is a request. It is that of
    /// an accepted order where nothing else was set.
    #[must_use]
    pub fn early(&self) -> Reply {
        Reply {
            response: self.response(Some(Response::json(200, ACCEPTED.to_owned()))),
            delay: self.delay,
            delivery: self.delivery.clone(),
        }
    }

    /// Returns `true` if the request takes effect.
    #[must_use]
    pub fn is_processed(&self) -> bool {
        self.processed
    }

    /// Returns the response, made from the ordinary one if the request was
    /// processed.
    pub(super) fn response(&self, ordinary: Option<Response>) -> Option<Response> {
        let mut response = match self.status {
            Some(status) => Response::empty(status),
            None => ordinary?,
        };
        for (name, value) in &self.headers {
            let other = |(known, _): &(String, String)| !known.eq_ignore_ascii_case(name);
            response.headers.retain(other);
            response.headers.push((name.clone(), value.clone()));
        }
        if let Some(body) = &self.body {
            response.body.clone_from(body);
        }
        let length = response.body.len().saturating_add(self.padding);
        response.body.resize(length, b' ');
        Some(response)
    }
}

/// What was planned for coming requests; `None` stands for any operation.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    /// By name, because that is what orders operations. Each answer with how
    /// often it is still to come.
    planned: BTreeMap<Option<&'static str>, VecDeque<(Answer, usize)>>,
}

impl Scripts {
    /// Adds a plan; no times at all take back those made before.
    pub(crate) fn plan(&mut self, operation: Option<Operation>, times: usize, answer: &Answer) {
        let planned = self
            .planned
            .entry(operation.map(Operation::name))
            .or_default();
        if times == 0 {
            planned.clear();
        } else {
            planned.push_back((answer.clone(), times));
        }
    }

    pub(crate) fn clear(&mut self) {
        self.planned.clear();
    }

    pub(crate) fn next(&mut self, operation: Option<Operation>) -> Option<Answer> {
        let named = operation.map(Operation::name);
        named
            .and_then(|name| self.take(Some(name)))
            .or_else(|| self.take(None))
    }

    fn take(&mut self, name: Option<&'static str>) -> Option<Answer> {
        let planned = self.planned.get_mut(&name)?;
        let (answer, left) = planned.front_mut()?;
        *left -= 1;
        if *left > 0 {
            return Some(answer.clone());
        }
        planned.pop_front().map(|(answer, _)| answer)
    }
}
