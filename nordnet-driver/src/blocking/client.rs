//! The client, whose calls block.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use nordnet_proto::flow::Flow;
use nordnet_proto::order::{CallOutcome, ResolveError};
use nordnet_proto::{
    BaseUrl, Endpoint, Error, FeedConfig, Fingerprint, LoggedIn, LoginError, Outcome, PermittedTo,
    ReadOnly, Reference, SessionCounters, Unresolved,
};

use super::feed::{AccountFeed, MarketFeed};
use super::watch::WatchBuilder;
use crate::Result;
use crate::client::client_methods;
use crate::executor::block_on;
use crate::session::Driver;

/// A client of Nordnet: sends calls and opens feeds, on one session.
///
/// Cheap to clone; threads share a client by its clones. All clones share the session,
/// which is kept alive and renewed by itself. A client is read-only by type, unless it
/// was built with [`trading`](super::ClientBuilder::trading).
///
/// ```
/// # use nordnet_driver::{Result, blocking::Client};
/// # use nordnet_proto::api::{GetAccountInfo, ListAccounts};
/// fn print_capital(nordnet: &Client) -> Result<()> {
///     for account in nordnet.send(ListAccounts::new())?.open() {
///         let info = nordnet.send(GetAccountInfo::of(account))?;
///         println!("{account}  own capital {}", info.own_capital);
///     }
///     Ok(())
/// }
/// ```
///
/// A read-only client sends no order:
///
/// ```compile_fail,E0277
/// # use nordnet_driver::blocking::Client;
/// # use nordnet_proto::PlaceOrder;
/// fn buy(nordnet: &Client, order: PlaceOrder) {
///     nordnet.send(order); // build the client with `.trading()`
/// }
/// ```
pub struct Client<A = ReadOnly> {
    driver: Arc<Driver>,
    access: PhantomData<fn() -> A>,
}

impl<A> Client<A> {
    /// Sends a call and waits for its response.
    ///
    /// A call that changes nothing is repeated after a loss, and waits out a
    /// "too many requests" of ten seconds or more, for 30 s in all. An order is
    /// not repeated; a cancellation is, with more care.
    ///
    /// # Errors
    ///
    /// [`Error`] by what can be done about it. From an order call it means that
    /// nothing was placed, changed, cancelled or activated. A call that may have had
    /// an effect gives [`Outcome::Unknown`].
    pub fn send<E: Endpoint>(&self, call: E) -> Result<E::Response>
    where
        E::Access: PermittedTo<A>,
    {
        block_on(self.to_async().send(call))
    }

    /// Sends a call that ends within `total`, waits and repeats included.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn send_within<E: Endpoint>(&self, call: E, total: Duration) -> Result<E::Response>
    where
        E::Access: PermittedTo<A>,
    {
        block_on(self.to_async().send_within(call, total))
    }

    /// Makes the calls of a flow one after another, such as those for the pages of a
    /// search.
    ///
    /// # Errors
    ///
    /// [`Error`] of the first call that fails.
    pub fn run<F: Flow>(&self, flow: F) -> Result<F::Output>
    where
        <F::Call as Endpoint>::Access: PermittedTo<A>,
    {
        block_on(self.to_async().run(flow))
    }

    /// Logs in if there is no session, and returns the session.
    ///
    /// # Errors
    ///
    /// [`LoginError`]; after a refusal there are no logins until [`Client::forgive`].
    pub fn session(&self) -> Result<LoggedIn, LoginError> {
        block_on(self.to_async().session())
    }

    /// Waits for the end of the order calls that are in flight now in other threads,
    /// and lists the ones whose outcome is not known.
    ///
    /// Call this before the program ends: calls in flight end with it.
    #[must_use]
    pub fn settle(&self) -> Vec<Unresolved> {
        block_on(self.to_async().settle())
    }

    /// Ends the session, for all clones and feeds. New order calls are refused with
    /// [`LoginError::LoggedOut`]; those in flight have 15 s to end before the session
    /// does.
    ///
    /// # Errors
    ///
    /// [`Error`] if the logout did not reach the server; the session then ends when
    /// it has been idle for half an hour.
    pub fn logout(self) -> Result<()> {
        block_on(self.to_async().logout())
    }

    client_methods!();

    /// Returns the async client: each method here blocks on the one there.
    fn to_async(&self) -> crate::Client<A> {
        crate::Client::new(Arc::clone(&self.driver))
    }
}

/// The same client, whose calls block. On an async runtime, use it on threads that may
/// block (tokio's `spawn_blocking`), never in a task: the task that it waits for may need
/// the thread that it blocks.
impl<A> From<crate::Client<A>> for Client<A> {
    fn from(client: crate::Client<A>) -> Self {
        Self::new(client.into_driver())
    }
}

/// The same client, whose calls are futures.
impl<A> From<Client<A>> for crate::Client<A> {
    fn from(client: Client<A>) -> Self {
        Self::new(client.driver)
    }
}

impl<A> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.driver))
    }
}

impl<A> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_async().fmt(f)
    }
}
