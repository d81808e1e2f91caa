//! Reads that take several calls.
//!
//! A flow is a value, as a call is: create it and pass it to a client's `run`. It returns
//! typed calls, one after another, and takes their responses; it does not decide how a
//! call is sent, awaited or repeated. With an HTTP client of your own, a few lines drive
//! a flow:
//!
//! ```
//! use std::time::Instant;
//!
//! use nordnet_proto::flow::{Flow, FlowCache, FlowStep};
//! use nordnet_proto::{Endpoint, Error};
//!
//! fn run<F: Flow>(
//!     mut flow: F,
//!     cache: &mut FlowCache,
//!     mut send: impl FnMut(F::Call) -> Result<<F::Call as Endpoint>::Response, Error>,
//! ) -> Result<F::Output, Error> {
//!     loop {
//!         match flow.poll(cache, Instant::now()) {
//!             FlowStep::Call(call) => flow.handle_response(send(call)),
//!             FlowStep::Done(result) => return result,
//!         }
//!     }
//! }
//! ```

mod cache;
mod listings;
mod pages;

use std::time::Instant;

pub use cache::FlowCache;
pub use listings::{
    FindListings, Listing, ListingAnswer, ListingCall, ListingKey, NotListed, NotListedReason,
};
pub use pages::{Paged, Pages};

use crate::endpoint::Endpoint;
use crate::error::Error;

/// A read that takes several calls, one after another.
pub trait Flow: Send + 'static {
    /// The calls that it makes.
    type Call: Endpoint;
    /// What it returns at its end.
    type Output: Send + 'static;

    /// Returns the next step: the same call again until [`Flow::handle_response`] has
    /// taken its result. The end is returned once.
    ///
    /// It is quick, so the cache can be behind a lock.
    fn poll(&mut self, cache: &mut FlowCache, now: Instant) -> FlowStep<Self::Call, Self::Output>;

    /// Takes the result of the call that [`Flow::poll`] has returned.
    fn handle_response(&mut self, response: Result<<Self::Call as Endpoint>::Response, Error>);
}

/// What [`Flow::poll`] asks for.
#[derive(Debug)]
#[must_use = "a flow goes on only when its step is taken"]
pub enum FlowStep<C, T> {
    /// Make a call.
    Call(C),
    /// The flow has ended.
    Done(Result<T, Error>),
}
