//! The health of the service.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::endpoint::{Endpoint, NoSession, Observe, Safety, Target};
use crate::error::Error;
use crate::failure::Failure;
use crate::request::HttpResponse;
use crate::response;
use crate::time::Timestamp;

/// `GET /`: the health of the service and its clock. Needs no session.
///
/// ```
/// use nordnet_proto::api::GetStatus;
/// use nordnet_proto::{Endpoint, HttpResponse};
///
/// let answer = HttpResponse::new(
///     r#"{"message":"","system_running":true,"timestamp":1773738845000,"valid_version":true}"#.into(),
/// );
/// let status = GetStatus::new().settle(Ok(answer))?;
/// assert!(status.system_running && status.valid_version);
/// # Ok::<(), nordnet_proto::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct GetStatus {}

impl GetStatus {
    /// Asks for the health of the service.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl Endpoint for GetStatus {
    const OPERATION: &'static str = "get_system_status";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Read;
    type Auth = NoSession;
    type Access = Observe;
    type Response = Status;

    fn target(&self, _: &mut Target) {}

    fn settle(&self, answer: Result<HttpResponse, Failure>) -> Result<Status, Error> {
        response::object(Self::OPERATION, answer)
    }
}

/// The health of the service; schema `Status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// A notice of the operator; may be empty.
    pub message: String,
    /// False while the service is paused.
    pub system_running: bool,
    /// The clock of the server.
    pub timestamp: Timestamp,
    /// False when this version of the API is not served any more.
    pub valid_version: bool,
}
