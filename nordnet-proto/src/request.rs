//! HTTP requests and responses as values.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{self, HeaderMap, HeaderValue};
use http::uri::{PathAndQuery, Uri};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::endpoint::{Access, Auth, Body, Endpoint, Target};
use crate::error::Error;
use crate::order::InvalidOrder;
use crate::scrub;
use crate::session_key::SessionKey;

/// A request: method, absolute URI, headers with authorisation, and the body.
pub type HttpRequest = http::Request<Payload>;

/// A whole response: status, headers and body.
pub type HttpResponse = http::Response<Payload>;

/// A body that takes some milliseconds to decode.
const LARGE_BODY: usize = 256 << 10;

/// The bytes of a body: wiped on drop, and never shown by `Debug`.
///
/// Not `Clone`, so that the request of an order is not either.
#[derive(Default, PartialEq, Eq)]
pub struct Payload(Zeroizing<Vec<u8>>);

impl Payload {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns `true` if the body of an answer has more than 256 KiB: decoding it
    /// takes long enough that a driver on an async runtime does it where it keeps
    /// no other task from running.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.0.len() > LARGE_BODY
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&str> for Payload {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.0.len())
    }
}

/// Makes the request of an endpoint, for those who bring their own HTTP client.
///
/// The endpoint goes in by value and comes back inside [`Sent`], which only
/// settles the answer: the same order cannot be sent twice by accident. Give
/// an order a reference of your own first; it is [`Operation`] that stamps one.
///
/// [`Operation`]: crate::Operation
///
/// # Errors
///
/// [`Error::TooLong`] if the identifiers make a longer address than HTTP
/// libraries take, [`Error::NothingAsked`] if there are none where a call needs
/// them, [`Error::BadIdentifier`] if one cannot be part of an address, and
/// [`Error::Invalid`] if a new order has no reference.
///
/// ```
/// use nordnet_proto::api::ListAccounts;
/// use nordnet_proto::{Config, Country, SessionKey, to_request};
///
/// let config = Config::new(Country::Sweden);
/// let key = SessionKey::new("5d1f7c0e");
/// let (request, sent) = to_request(ListAccounts::new(), &config, &key)?;
/// assert_eq!(request.uri(), "https://public.nordnet.se/api/2/accounts");
/// # let _ = sent;
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
pub fn to_request<E: Endpoint>(
    endpoint: E,
    config: &Config,
    key: <E::Auth as Auth>::Key<'_>,
) -> Result<(HttpRequest, Sent<E>), Error> {
    let intent = <E::Access as Access<E>>::intent(&endpoint);
    if intent.is_some_and(|intent| intent.is_nameless()) {
        return Err(InvalidOrder::NoReference.into());
    }
    let request = encode(&endpoint, config, key)?;
    let key = E::Auth::session_key(key).map(|key| SessionKey::new(key.expose()));
    Ok((request, Sent { endpoint, key }))
}

/// An endpoint whose request was made by [`to_request`].
#[derive(Debug)]
#[must_use = "the answer of a request has to be settled"]
pub struct Sent<E> {
    endpoint: E,
    /// Masked in the answer.
    key: Option<SessionKey>,
}

impl<E: Endpoint> Sent<E> {
    /// Says what the answer, or its absence, means.
    ///
    /// # Errors
    ///
    /// As [`Endpoint::settle`].
    pub fn settle(
        self,
        answer: Result<HttpResponse, crate::Failure>,
    ) -> Result<E::Response, Error> {
        self.endpoint
            .settle(scrub::answer(answer, self.key.as_ref()))
    }
}

/// Turns the absolute URI of a request into the form that an HTTP/1.1 request
/// line has; the host stays in its header.
pub fn to_origin_form(request: &mut HttpRequest) {
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = path.map_or_else(Uri::default, Uri::from);
}

pub(crate) fn encode<E: Endpoint>(
    endpoint: &E,
    config: &Config,
    key: <E::Auth as Auth>::Key<'_>,
) -> Result<HttpRequest, Error> {
    let mut target = Target::new();
    endpoint.target(&mut target);
    let uri = absolute(config, &target.finish()?).ok_or(Error::TooLong)?;

    let (content_type, payload) = match endpoint.body() {
        Body::Empty => (None, Payload::default()),
        Body::Form(form) => (Some("application/x-www-form-urlencoded"), form.finish()),
        Body::Json(payload) => (Some("application/json"), payload),
    };
    let mut request = HttpRequest::new(payload);
    *request.method_mut() = E::METHOD;
    let headers = request.headers_mut();
    if let Some(host) = uri
        .authority()
        .and_then(|host| HeaderValue::from_str(host.as_str()).ok())
    {
        headers.insert(header::HOST, host);
    }
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    if let Some(language) = config.language {
        headers.insert(
            header::ACCEPT_LANGUAGE,
            HeaderValue::from_static(language.code()),
        );
    }
    if let Some(content_type) = content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    <E::Auth as Auth>::authorize(key, headers);
    *request.uri_mut() = uri;
    Ok(request)
}

const USER_AGENT: &str = concat!("nordnet-rust/", env!("CARGO_PKG_VERSION"));

fn absolute(config: &Config, path_and_query: &str) -> Option<Uri> {
    let server = config.base_url.server();
    Uri::builder()
        .scheme(if server.encrypted { "https" } else { "http" })
        .authority(config.base_url.authority())
        .path_and_query(PathAndQuery::try_from(path_and_query).ok()?)
        .build()
        .ok()
}

/// Adds `Basic base64(key:key)`: user and password are both the session key.
pub(crate) fn add_basic_auth(key: &SessionKey, headers: &mut HeaderMap) {
    let credentials = Zeroizing::new(format!("Basic {}", &*basic_credentials(key)));
    // Base64 holds no byte that a header could refuse.
    if let Ok(mut value) = HeaderValue::from_str(&credentials) {
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
}

pub(crate) fn basic_credentials(key: &SessionKey) -> Zeroizing<String> {
    let key = key.expose();
    let pair = Zeroizing::new(format!("{key}:{key}"));
    Zeroizing::new(STANDARD.encode(pair.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorises_with_the_whole_key_twice() {
        let mut headers = HeaderMap::new();
        add_basic_auth(&SessionKey::new("f9458a35aa"), &mut headers);
        let value = &headers[header::AUTHORIZATION];
        assert_eq!(value, "Basic Zjk0NThhMzVhYTpmOTQ1OGEzNWFh");
        assert!(value.is_sensitive());
    }
}
