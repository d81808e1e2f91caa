//! Endpoints: calls of the REST API as values.

mod access;
mod target;

use std::fmt::{self, Display};

use http::Method;
use http::header::HeaderMap;

pub use access::{Access, Observe, PermittedTo, ReadOnly, Trade, Trading};
pub use target::Target;
use target::escape;

use crate::error::Error;
use crate::failure::Failure;
use crate::request::{self, HttpResponse, Payload};
use crate::session_key::SessionKey;

/// One call of the REST API: its request, whether it may be repeated, and what its
/// answer means.
///
/// The structs of [`api`](crate::api) implement it; implement it yourself for
/// a call that this crate lacks.
pub trait Endpoint: Send + Sized + 'static {
    /// The name of the call, as errors give it: its `operationId` in the
    /// reference, such as `list_accounts`.
    const OPERATION: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// Whether the request may be sent more than once.
    const SAFETY: Safety;
    /// The lane of the call: which calls it shares pauses and connections with.
    const LANE: Lane = <Self::Access as Access<Self>>::LANE;
    /// The largest body of an answer, in bytes.
    const MAX_BODY: usize = 8 << 20;
    /// Whether the call needs a session: [`NoSession`] or [`InSession`].
    type Auth: Auth;
    /// Whether the call can move money: [`Observe`], or [`Trade`] for an
    /// [`OrderCall`](crate::OrderCall).
    type Access: Access<Self>;
    /// What the call returns.
    type Response: Send + 'static;

    /// Writes the path below `/api/2`, and the query.
    fn target(&self, target: &mut Target);

    /// The body of the request; none unless overridden.
    fn body(&self) -> Body {
        Body::Empty
    }

    /// Returns what the answer, or its absence, means.
    ///
    /// # Errors
    ///
    /// [`Error`] by what the caller can do about it. From an order call it
    /// means that nothing was placed, changed, cancelled or activated.
    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<Self::Response, Error>;
}

/// Whether a request may be sent more than once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Changes nothing: repeated after a loss.
    Read,
    /// A repeat has the same effect: repeated with more care.
    Idempotent,
    /// A repeat is a second order: never repeated once a byte has left.
    OnceOnly,
}

/// A group of calls that share their pauses and their idle connections.
///
/// A "too many requests" (HTTP 429) delays the calls of its own lane only, and a
/// connection that was kept after a read never carries an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Calls that place nothing and change nothing, and those about the session.
    Read,
    /// New orders, changes and activations.
    Order,
    /// Cancellations: nothing delays their first attempt. They share the
    /// connections of orders.
    Cancel,
}

/// Whether a call carries a session key; sealed.
pub trait Auth: sealed::Sealed {
    /// What authorises the call.
    type Key<'a>: Copy;
    /// Whether a session is needed.
    const IN_SESSION: bool;
    /// Adds the authorisation to the headers.
    fn authorize(key: Self::Key<'_>, headers: &mut HeaderMap);
    /// Returns what authorises this kind of call; `None` if there is no session and it
    /// needs one.
    fn pick(key: Option<&SessionKey>) -> Option<Self::Key<'_>>;
    /// Returns the session key that authorises the call, if one does.
    fn session_key<'a>(key: Self::Key<'a>) -> Option<&'a SessionKey>;
}

/// The call carries no session key.
#[derive(Debug)]
pub enum NoSession {}

/// The call carries a session key.
#[derive(Debug)]
pub enum InSession {}

impl Auth for NoSession {
    type Key<'a> = ();
    const IN_SESSION: bool = false;
    fn authorize((): (), _: &mut HeaderMap) {}
    fn pick(_: Option<&SessionKey>) -> Option<()> {
        Some(())
    }
    fn session_key<'a>((): ()) -> Option<&'a SessionKey> {
        None
    }
}

impl Auth for InSession {
    type Key<'a> = &'a SessionKey;
    const IN_SESSION: bool = true;
    fn authorize(key: &SessionKey, headers: &mut HeaderMap) {
        request::add_basic_auth(key, headers);
    }
    fn pick(key: Option<&SessionKey>) -> Option<&SessionKey> {
        key
    }
    fn session_key<'a>(key: Self::Key<'a>) -> Option<&'a SessionKey> {
        Some(key)
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "a sealed trait cannot be named")]
    pub trait Sealed {}
    impl Sealed for super::NoSession {}
    impl Sealed for super::InSession {}
    impl Sealed for super::Observe {}
    impl Sealed for super::Trade {}
}

/// The body of a request.
#[derive(Debug)]
pub enum Body {
    /// No body.
    Empty,
    /// A form, as order entry takes it.
    Form(Form),
    /// JSON, as the login calls take it.
    Json(Payload),
}

/// The fields of a form, escaped as they are written.
#[derive(Default)]
pub struct Form(String);

impl Form {
    /// Begins an empty form.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a field.
    pub fn field(&mut self, name: &str, value: impl Display) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        escape(&mut self.0, name);
        self.0.push('=');
        escape(&mut self.0, value);
        self
    }

    /// Appends a field if there is a value for it.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.field(name, value),
            None => self,
        }
    }

    pub(crate) fn finish(self) -> Payload {
        self.0.into()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_forms_so_that_nothing_can_be_injected() {
        let mut form = Form::new();
        form.field("trigger_condition", "<=")
            .field("reference", "a&volume=1000\r\nX: y")
            .optional("price", None::<i64>);
        assert_eq!(
            form.finish().as_bytes(),
            b"trigger_condition=%3C%3D&reference=a%26volume%3D1000%0D%0AX:%20y"
        );
    }
}
