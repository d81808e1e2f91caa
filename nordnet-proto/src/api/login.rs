//! The login calls. [`Login`](crate::Login) makes them in the right order.

use std::fmt;
use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::country::{BaseUrl, HostError, Server};
use crate::credentials::{ApiKey, Signature};
use crate::endpoint::{Body, Endpoint, InSession, NoSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::lenient_int;
use crate::request::{HttpResponse, Payload};
use crate::response;
use crate::scrub::Scrub;
use crate::session_key::{Epoch, LoggedIn, SessionKey};

/// Answers of the login calls are small.
const MAX_BODY: usize = 64 << 10;

/// `POST /login/start`: asks for a challenge.
///
/// ```
/// use nordnet_proto::api::StartLogin;
/// use nordnet_proto::{ApiKey, Config, Country, HttpResponse, to_request};
///
/// let api_key = ApiKey::new("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35")?;
/// let (request, sent) = to_request(StartLogin::new(api_key), &Config::new(Country::Norway), ())?;
/// assert_eq!(request.uri(), "https://public.nordnet.no/api/2/login/start");
///
/// let answer = HttpResponse::new(r#"{"challenge":"25e10e34-5bd1-4b8e"}"#.into());
/// assert_eq!(sent.settle(Ok(answer))?, "25e10e34-5bd1-4b8e");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct StartLogin {
    api_key: ApiKey,
}

impl StartLogin {
    /// Asks for a challenge for the customer whom the API key names.
    #[must_use]
    pub const fn new(api_key: ApiKey) -> Self {
        Self { api_key }
    }
}

impl Endpoint for StartLogin {
    const OPERATION: &'static str = "start_login";
    const METHOD: Method = Method::POST;
    const SAFETY: Safety = Safety::Idempotent;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = NoSession;
    type Access = Observe;
    type Response = String;

    fn target(&self, target: &mut Target) {
        target.segment("login").segment("start");
    }

    fn body(&self) -> Body {
        #[derive(Serialize)]
        struct ApiKeyStartLoginRequest<'a> {
            api_key: &'a str,
        }
        json(&ApiKeyStartLoginRequest {
            api_key: self.api_key.expose(),
        })
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct ChallengeResponse {
            challenge: String,
        }
        let answer = Scrub::new([self.api_key.expose()]).answer(answer);
        let reply: ChallengeResponse = response::credentials_object(Self::OPERATION, answer)?;
        Ok(reply.challenge)
    }
}

/// `POST /login/verify`: trades the signature of a challenge for a session.
#[derive(Debug)]
pub struct VerifyLogin {
    service: String,
    api_key: ApiKey,
    signature: Signature,
}

impl VerifyLogin {
    /// Presents the signature of the challenge that [`StartLogin`] gave.
    #[must_use]
    pub const fn new(service: String, api_key: ApiKey, signature: Signature) -> Self {
        Self {
            service,
            api_key,
            signature,
        }
    }
}

impl VerifyLogin {
    fn signature_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.signature.as_bytes()))
    }
}

impl Endpoint for VerifyLogin {
    const OPERATION: &'static str = "verify_login";
    const METHOD: Method = Method::POST;
    const SAFETY: Safety = Safety::OnceOnly;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = NoSession;
    type Access = Observe;
    type Response = NewSession;

    fn target(&self, target: &mut Target) {
        target.segment("login").segment("verify");
    }

    fn body(&self) -> Body {
        #[derive(Serialize)]
        struct ApiKeyVerifyLoginRequest<'a> {
            service: &'a str,
            api_key: &'a str,
            signature: &'a str,
        }
        let signature = self.signature_text();
        json(&ApiKeyVerifyLoginRequest {
            service: &self.service,
            api_key: self.api_key.expose(),
            signature: &signature,
        })
    }

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<NewSession, Error> {
        #[derive(Deserialize)]
        struct ApiKeyLoginResponse {
            session_key: String,
            #[serde(deserialize_with = "lenient_int::required")]
            expires_in: i64,
            private_feed: Server,
            public_feed: Server,
        }
        let secrets = Scrub::new([self.api_key.expose(), &self.signature_text()]);
        let answer = secrets.answer(answer);
        let reply: ApiKeyLoginResponse = response::credentials_object(Self::OPERATION, answer)?;
        let seconds = reply.expires_in.clamp(10, 86_400).unsigned_abs();
        Ok(NewSession {
            key: SessionKey::new(reply.session_key),
            expires_in: Duration::from_secs(seconds),
            private_feed: reply.private_feed,
            public_feed: reply.public_feed,
        })
    }
}

/// A session as the server describes it; schema `ApiKeyLoginResponse`.
#[non_exhaustive]
pub struct NewSession {
    /// The key of the session.
    pub key: SessionKey,
    /// How long the session lives without a call: 10 s to a day.
    pub expires_in: Duration,
    /// Where own orders and trades are told.
    pub private_feed: Server,
    /// Where market data is told.
    pub public_feed: Server,
}

/// Without the feeds: their host names are not checked for secrets yet.
impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession")
            .field("key", &self.key)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

impl NewSession {
    /// Takes the session on, if its key may be sent to the feeds it names.
    pub(crate) fn admit(self, base: &BaseUrl, epoch: Epoch) -> Result<LoggedIn, HostError> {
        let secrets = Scrub::session(&self.key);
        for feed in [&self.private_feed, &self.public_feed] {
            // Names are resolved in plain text, and shown in errors and logs.
            if let Some(hostname) = secrets.bytes(feed.hostname.as_bytes()) {
                let hostname = String::from_utf8_lossy(&hostname);
                return Err(HostError::new("repeats the session key", &hostname));
            }
            base.admit(feed)?;
        }
        let mut logged_in = LoggedIn::new(self.key, self.private_feed, self.public_feed);
        logged_in.epoch = epoch;
        logged_in.expires_in = self.expires_in;
        Ok(logged_in)
    }
}

/// `PUT /login`: restarts the idle timer of the session.
#[derive(Clone, Copy, Debug, Default)]
pub struct TouchSession {}

impl TouchSession {
    /// Restarts the idle timer, and so also tells whether the session lives.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl Endpoint for TouchSession {
    const OPERATION: &'static str = "touch_session";
    const METHOD: Method = Method::PUT;
    const SAFETY: Safety = Safety::Idempotent;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Observe;
    type Response = ();

    fn target(&self, target: &mut Target) {
        target.segment("login");
    }

    /// A 200 that says `logged_in: false` is as good as a 401.
    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<(), Error> {
        match response::object(Self::OPERATION, answer)? {
            LoggedInStatus { logged_in: true } => Ok(()),
            LoggedInStatus { logged_in: false } => Err(Error::SessionEnded),
        }
    }
}

/// `DELETE /login`: ends the session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Logout {}

impl Logout {
    /// Ends the session.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl Endpoint for Logout {
    const OPERATION: &'static str = "logout";
    const METHOD: Method = Method::DELETE;
    const SAFETY: Safety = Safety::Idempotent;
    const MAX_BODY: usize = MAX_BODY;
    type Auth = InSession;
    type Access = Observe;
    type Response = ();

    fn target(&self, target: &mut Target) {
        target.segment("login");
    }

    /// A session that is not known any more is logged out too.
    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<(), Error> {
        match response::success(Self::OPERATION, answer) {
            Ok(response) if response::is_page(&response) => {
                Err(response::page_instead(Self::OPERATION, &response))
            }
            Ok(_) | Err(Error::SessionEnded) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[derive(Deserialize)]
struct LoggedInStatus {
    logged_in: bool,
}

/// Writes a body into a buffer that is large enough from the start: growing it
/// would leave copies of secrets behind.
fn json(body: &impl Serialize) -> Body {
    let mut bytes = Vec::with_capacity(1024);
    // Writing strings to memory cannot fail.
    let _ = serde_json::to_writer(&mut bytes, body);
    Body::Json(Payload::from(bytes))
}
