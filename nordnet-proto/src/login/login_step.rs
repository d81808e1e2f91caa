//! What a login asks of its driver.

use std::time::Instant;

use super::{Challenge, LoginError};
use crate::outgoing::Outgoing;
use crate::session_key::LoggedIn;

/// What [`Login::poll`](super::Login::poll) asks for.
#[derive(Debug)]
#[must_use = "a login waits for its step to be taken"]
#[expect(
    clippy::large_enum_variant,
    reason = "a request is moved to the driver once"
)]
pub enum LoginStep {
    /// Send a request; handed out once an attempt.
    Send(Outgoing),
    /// A request is out; its answer is due by then.
    InFlight {
        /// When the core counts the attempt as lost.
        answer_by: Instant,
    },
    /// Sign this, and give the signature to
    /// [`Login::handle_signature`](super::Login::handle_signature). Only for
    /// credentials that are
    /// [signed elsewhere](crate::Credentials::signed_elsewhere).
    Sign(Challenge),
    /// Poll again at that time.
    Wait(Instant),
    /// The login has ended.
    Done(Result<LoggedIn, LoginError>),
}
