//! HTTP/1.1 as the server speaks it. It is written out here because what goes
//! wrong on purpose goes wrong within a request or a response.

mod request;
mod response;

pub(super) use request::{Bad, head};
pub(super) use response::{Image, interim};

/// What the request asks of the form of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(in crate::server) closes: bool,
    pub(in crate::server) bodiless: bool,
    pub(in crate::server) may_chunk: bool,
}

impl Form {
    /// The form of a response after which nothing can be understood any more.
    pub(in crate::server) const LAST: Self = Self {
        closes: true,
        bodiless: false,
        may_chunk: false,
    };
}
