//! The client: one generic `send`, on a session that is kept alive and renewed.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use nordnet_proto::flow::{Flow, FlowStep};
use nordnet_proto::order::{CallOutcome, ResolveError};
use nordnet_proto::{
    BaseUrl, Endpoint, Error, FeedConfig, Fingerprint, LoggedIn, LoginError, Operation, Outcome,
    PermittedTo, ReadOnly, Reference, SessionCounters, Unresolved,
};

use crate::Result;
use crate::feed::{AccountFeed, MarketFeed};
use crate::session::Driver;
use crate::watch::WatchBuilder;

/// The methods of a client that do not wait, for the async and the blocking type.
///
/// The two clients, their feeds and their watches share such methods by macros. With a
/// trait, programs would have to import it, and the methods would stand on its page
/// instead of the page of the type. Names of types are resolved where the macro is
/// used: `MarketFeed` here is the async feed in this module, and the blocking one in
/// `blocking::client`.
macro_rules! client_methods {
    () => {
        /// Returns the address of the REST API.
        #[must_use]
        pub fn base_url(&self) -> BaseUrl {
            self.driver.session().config().base_url.clone()
        }

        /// Returns the fingerprint of the key that logs in.
        #[must_use]
        pub fn fingerprint(&self) -> Option<Fingerprint> {
            self.driver.session().fingerprint().cloned()
        }

        /// Returns the counters of the client: calls, repeats, logins, pauses. A feed has
        /// counters of its own.
        #[must_use]
        pub fn counters(&self) -> SessionCounters {
            *self.driver.session().counters()
        }

        /// Returns a client on the same session that cannot send an order.
        #[must_use]
        pub fn read_only(&self) -> Client {
            Client::new(Arc::clone(&self.driver))
        }

        /// Returns a builder of watches: feeds with quotes and books that are kept up to
        /// date.
        pub fn market(&self) -> WatchBuilder {
            WatchBuilder::new(&self.driver)
        }

        /// Opens the feed of market data.
        ///
        /// # Errors
        ///
        /// [`Error::Setup`] if there is no randomness for the feed's jitter.
        pub fn market_feed(&self) -> Result<MarketFeed> {
            self.market_feed_with(self.driver.feed_config())
        }

        /// Opens the feed of market data with settings of your own.
        ///
        /// # Errors
        ///
        /// As [`market_feed`](Self::market_feed).
        pub fn market_feed_with(&self, config: FeedConfig) -> Result<MarketFeed> {
            MarketFeed::open(&self.driver, config)
        }

        /// Opens the feed of own orders and trades.
        ///
        /// The feed reports changes only. Read orders and fills at each
        /// [`Event::Live`](nordnet_proto::Event::Live), the first one and those after a
        /// gap: then none is missed, and some of them may also come as an event. A read
        /// at [`Event::Connected`](nordnet_proto::Event::Connected) or before can miss
        /// fills.
        ///
        /// # Errors
        ///
        /// As [`market_feed`](Self::market_feed), and
        /// [`SetupError::AccountFeedIsOpen`](nordnet_proto::SetupError::AccountFeedIsOpen) while
        /// this client or a clone has another one: a session has one, and a second
        /// would displace it.
        pub fn account_feed(&self) -> Result<AccountFeed> {
            self.account_feed_with(self.driver.feed_config())
        }

        /// Opens the feed of own orders and trades with settings of your own.
        ///
        /// # Errors
        ///
        /// As [`account_feed`](Self::account_feed).
        pub fn account_feed_with(&self, config: FeedConfig) -> Result<AccountFeed> {
            AccountFeed::open(&self.driver, config)
        }

        /// Returns a reference that no other order of this client has: give it to an order
        /// to ask for its [`outcome`](Self::outcome) later.
        #[must_use]
        pub fn new_reference(&self) -> Reference {
            self.driver.session().new_reference()
        }

        /// Returns the order calls whose outcome is not known, those in flight included.
        #[must_use]
        pub fn unresolved(&self) -> Vec<Unresolved> {
            self.driver.session().unresolved()
        }

        /// Returns the outcome of an order call, also of one whose future was dropped;
        /// `None` if no call has this reference.
        #[must_use]
        pub fn outcome(&self, reference: &Reference) -> Option<Result<Outcome, Error>> {
            self.driver.session().outcome(reference)
        }

        /// Returns the order calls of this client and its clones with their outcomes, in
        /// the order in which they began, those included whose futures were dropped: the
        /// last 1,024 settled ones, and all that are unresolved or in flight.
        #[must_use]
        pub fn outcomes(&self) -> Vec<CallOutcome> {
            self.driver.session().outcomes()
        }

        /// Takes an order call off the list of unresolved ones, once its outcome is
        /// known by other means. Its reference stays in use for a day, since the order
        /// may exist.
        ///
        /// # Errors
        ///
        /// [`ResolveError::InFlight`] while the call goes on, and
        /// [`ResolveError::NotUnresolved`] if no unresolved call has this reference.
        pub fn resolve(&self, reference: &Reference) -> Result<Unresolved, ResolveError> {
            let now = self.driver.io.now();
            self.driver.session().resolve(reference, now)
        }

        /// Allows logins again after a refusal, once its cause is fixed.
        pub fn forgive(&self) {
            self.driver.session().forgive();
        }

        pub(crate) const fn new(driver: Arc<Driver>) -> Self {
            Self {
                driver,
                access: PhantomData,
            }
        }
    };
}

pub(crate) use client_methods;

/// A client of Nordnet: sends calls and opens feeds, on one session.
///
/// Cheap to clone; all clones share the session, which is kept alive and renewed by
/// itself. A client is read-only by type, unless it was built with
/// [`trading`](crate::ClientBuilder::trading).
///
/// ```
/// # use nordnet_driver::{Client, Result};
/// # use nordnet_proto::api::{GetAccountInfo, ListAccounts};
/// async fn print_capital(nordnet: &Client) -> Result<()> {
///     for account in nordnet.send(ListAccounts::new()).await?.open() {
///         let info = nordnet.send(GetAccountInfo::of(account)).await?;
///         println!("{account}  own capital {}", info.own_capital);
///     }
///     Ok(())
/// }
/// ```
///
/// A read-only client sends no order:
///
/// ```compile_fail,E0277
/// # use nordnet_driver::Client;
/// # use nordnet_proto::PlaceOrder;
/// async fn buy(nordnet: &Client, order: PlaceOrder) {
///     nordnet.send(order).await; // build the client with `.trading()`
/// }
/// ```
///
/// # Dropped futures
///
/// The first poll of an order call lists it in [`Client::unresolved`]. From then on
/// it runs in a task of the client, and goes on if its future is dropped: its outcome
/// is in [`Client::outcome`] and [`Client::outcomes`]. A call that was never polled is
/// neither listed nor sent.
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
    pub async fn send<E: Endpoint>(&self, call: E) -> Result<E::Response>
    where
        E::Access: PermittedTo<A>,
    {
        self.driver.send(Operation::new(call)).await
    }

    /// Sends a call that ends within `total`, waits and repeats included.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub async fn send_within<E: Endpoint>(&self, call: E, total: Duration) -> Result<E::Response>
    where
        E::Access: PermittedTo<A>,
    {
        self.driver.send(Operation::new(call).within(total)).await
    }

    /// Makes the calls of a flow one after another, such as those for the pages of a
    /// search.
    ///
    /// # Errors
    ///
    /// [`Error`] of the first call that fails.
    pub async fn run<F: Flow>(&self, mut flow: F) -> Result<F::Output>
    where
        <F::Call as Endpoint>::Access: PermittedTo<A>,
    {
        loop {
            // A statement of its own: the cache is not locked while a call runs.
            let step = flow.poll(&mut self.driver.flow_cache(), self.driver.io.now());
            match step {
                FlowStep::Call(call) => {
                    flow.handle_response(self.driver.send(Operation::new(call)).await);
                }
                FlowStep::Done(result) => return result,
            }
        }
    }

    /// Logs in if there is no session, and returns the session.
    ///
    /// # Errors
    ///
    /// [`LoginError`]; after a refusal there are no logins until [`Client::forgive`].
    pub async fn session(&self) -> Result<LoggedIn, LoginError> {
        self.driver.log_in(None).await
    }

    /// Waits for the end of the order calls that are in flight now, those included
    /// whose futures were dropped, and lists the ones whose outcome is not known.
    ///
    /// Await this before the program ends: calls in flight end with it.
    pub async fn settle(&self) -> Vec<Unresolved> {
        self.driver.settle().await
    }

    /// Ends the session, for all clones and feeds. From its first poll on, new order
    /// calls are refused with [`LoginError::LoggedOut`]; those in flight have 15 s to
    /// end before the session does.
    ///
    /// # Errors
    ///
    /// [`Error`] if the logout did not reach the server; the session then ends when
    /// it has been idle for half an hour.
    pub async fn logout(self) -> Result<()> {
        self.driver.logout().await
    }

    client_methods!();

    pub(crate) fn into_driver(self) -> Arc<Driver> {
        self.driver
    }
}

impl<A> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.driver))
    }
}

impl<A> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = self.driver.session();
        f.debug_struct("Client")
            .field("base_url", &session.config().base_url)
            .finish_non_exhaustive()
    }
}
