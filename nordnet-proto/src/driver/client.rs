//! The client: one generic `send`, and a session that looks after itself.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::adapter::Adapter;
use super::builder::ClientBuilder;
use super::calls::Driver;
use super::feed::FeedDriver;
use super::watch::WatchBuilder;
use crate::country::BaseUrl;
use crate::credentials::Fingerprint;
use crate::endpoint::{Endpoint, Permits, ReadOnly};
use crate::error::Error;
use crate::feed::{FeedConfig, Private, Public};
use crate::flow::{Flow, FlowStep};
use crate::login::LoginError;
use crate::operation::Operation;
use crate::order::{CallOutcome, Outcome, Reference, ResolveError, Unresolved};
use crate::session::SessionCounters;
use crate::session_key::LoggedIn;
use crate::settings::Settings;

/// A client of Nordnet: sends calls and opens feeds, on one session.
///
/// Cheap to clone; all clones share the session, which is kept alive, and
/// renewed when it has ended, by itself. It is read-only by type unless built
/// with [`ClientBuilder::trading`].
///
/// An adapter has it under its own name. What its calls return is
/// [`Adapter::Call`]: a future, or in a blocking adapter the result.
///
/// # Dropped futures
///
/// The first poll of an order call lists it in [`Client::unresolved`]. From then on
/// it runs in a task of the client, and goes on if its future is dropped: what became
/// of it is in [`Client::outcome`] and [`Client::outcomes`]. A call that was never
/// polled is neither listed nor sent.
pub struct Client<R: Adapter, A = ReadOnly> {
    driver: Arc<Driver<R>>,
    access: PhantomData<fn() -> A>,
}

impl<R: Adapter, A> Client<R, A> {
    /// Sends a call and waits for its settled answer.
    ///
    /// A call that changes nothing is repeated after a loss, and waits out a
    /// "too many requests" of ten seconds or more, for 30 s in all. An order is
    /// not; a cancellation is, with more care.
    ///
    /// # Errors
    ///
    /// [`Error`] by what can be done about it. From an order call it means that
    /// nothing was placed, changed, cancelled or activated. What may have had an
    /// effect is [`Outcome::Unknown`].
    pub fn send<E>(&self, endpoint: E) -> R::Call<Result<E::Response, Error>>
    where
        A: Permits<E::Access>,
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        self.call(Operation::new(endpoint))
    }

    /// Sends a call that ends, waits and repeats included, within a time of
    /// its own.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn send_within<E>(
        &self,
        endpoint: E,
        total: Duration,
    ) -> R::Call<Result<E::Response, Error>>
    where
        A: Permits<E::Access>,
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        self.call(Operation::new(endpoint).within(total))
    }

    /// Makes the calls of a flow, such as the pages of a search or the look-up
    /// of listings, one after another.
    ///
    /// # Errors
    ///
    /// [`Error`] of the first call that fails.
    pub fn run<F>(&self, mut flow: F) -> R::Call<Result<F::Output, Error>>
    where
        A: Permits<<F::Call as Endpoint>::Access>,
        F: Flow + Send + 'static,
        F::Call: Endpoint<Response: Send> + Send + 'static,
        F::Output: Send + 'static,
    {
        let driver = Arc::clone(&self.driver);
        R::call(async move {
            loop {
                // A statement of its own: the session is free while a call runs.
                let step = flow.poll(&mut driver.session(), driver.adapter().now());
                match step {
                    FlowStep::Call(call) => {
                        flow.handle_response(driver.send(Operation::new(call)).await);
                    }
                    FlowStep::Done(result) => return result,
                }
            }
        })
    }

    /// Makes sure that there is a session, and shows it.
    ///
    /// # Errors
    ///
    /// [`LoginError`]; a refusal latches until [`Client::forgive`].
    pub fn session(&self) -> R::Call<Result<LoggedIn, LoginError>> {
        R::call(self.driver.log_in(None))
    }

    /// Where the REST API is.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        self.driver.session().config().base_url.clone()
    }

    /// The fingerprint of the key that logs in.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.driver.session().fingerprint().cloned()
    }

    /// What the client has done so far: calls, repeats, logins, pauses. A feed
    /// has counters of its own.
    #[must_use]
    pub fn counters(&self) -> SessionCounters {
        *self.driver.session().counters()
    }

    /// A client on the same session that cannot send an order.
    #[must_use]
    pub fn read_only(&self) -> Client<R> {
        Client::new(Arc::clone(&self.driver))
    }

    /// Begins to watch the market: quotes and books that are kept up to date.
    pub fn market(&self) -> WatchBuilder<R> {
        WatchBuilder::new(&self.driver)
    }

    /// Opens the feed of market data.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if there is no randomness for the feed's jitter.
    pub fn market_feed(&self) -> Result<FeedDriver<R, Public>, Error> {
        self.market_feed_with(self.driver.feed_config())
    }

    /// Opens the feed of market data with settings of your own.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`].
    pub fn market_feed_with(&self, config: FeedConfig) -> Result<FeedDriver<R, Public>, Error> {
        FeedDriver::market(&self.driver, config)
    }

    /// Opens the feed of own orders and trades.
    ///
    /// The feed does not say what was there before. Read orders and fills at each
    /// [`Event::Live`](crate::Event::Live), the first one and those after a gap: then
    /// nothing is missed, and some of what is read may also come as an event. A read
    /// at [`Event::Connected`](crate::Event::Connected) or before can miss fills.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`], and
    /// [`SetupError::AccountFeedIsOpen`](crate::SetupError::AccountFeedIsOpen) while
    /// another one of this client, or of a clone, is there: a session has one,
    /// and a second would displace it.
    pub fn account_feed(&self) -> Result<FeedDriver<R, Private>, Error> {
        self.account_feed_with(self.driver.feed_config())
    }

    /// Opens the feed of own orders and trades with settings of your own.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`].
    pub fn account_feed_with(&self, config: FeedConfig) -> Result<FeedDriver<R, Private>, Error> {
        FeedDriver::account(&self.driver, config)
    }

    /// A reference that no other order of this client has, to ask
    /// [`Client::outcome`] with.
    #[must_use]
    pub fn new_reference(&self) -> Reference {
        self.driver.session().new_reference()
    }

    /// The order calls whose outcome is not known, those in flight included.
    #[must_use]
    pub fn unresolved(&self) -> Vec<Unresolved> {
        self.driver.session().unresolved()
    }

    /// What became of an order call, also of one whose future was dropped.
    #[must_use]
    pub fn outcome(&self, reference: &Reference) -> Option<Result<Outcome, Error>> {
        self.driver.session().outcome(reference)
    }

    /// The order calls of this client and its clones, and what became of each, in
    /// the order in which they began: also those whose futures were dropped. The
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
        let now = self.driver.adapter().now();
        self.driver.session().resolve(reference, now)
    }

    /// Lets logins happen again after a refusal, because its cause is mended.
    pub fn forgive(&self) {
        self.driver.session().forgive();
    }

    /// Waits for the end of the order calls that are in flight now, those included
    /// whose futures were dropped, and lists the ones whose outcome is not known.
    ///
    /// Await this before a program ends: its calls end with it.
    pub fn settle(&self) -> R::Call<Vec<Unresolved>> {
        let driver = Arc::clone(&self.driver);
        R::call(async move { driver.settle().await })
    }

    /// Ends the session, for all clones and feeds. From its first poll on, new order
    /// calls are refused with [`LoginError::LoggedOut`]; those in flight have 15 s to
    /// end before the session does.
    ///
    /// # Errors
    ///
    /// [`Error`] if the logout did not reach the server; the session then ends when
    /// it has been idle for half an hour.
    pub fn logout(self) -> R::Call<Result<(), Error>> {
        R::call(async move { self.driver.logout().await })
    }

    pub(super) const fn new(driver: Arc<Driver<R>>) -> Self {
        Self {
            driver,
            access: PhantomData,
        }
    }

    fn call<E>(&self, call: Operation<E>) -> R::Call<Result<E::Response, Error>>
    where
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        let driver = Arc::clone(&self.driver);
        R::call(async move { driver.send(call).await })
    }
}

impl<R: Adapter> Client<R> {
    /// Begins a client for a country, or for a simulator by its
    /// [`BaseUrl`].
    pub fn builder(base_url: impl Into<BaseUrl>) -> ClientBuilder<R> {
        ClientBuilder::new(base_url.into())
    }

    /// Begins a client as the environment says; see [`Settings`] for the
    /// variables.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] names the variable or the file that is not right.
    pub fn from_env() -> Result<ClientBuilder<R>, Error> {
        Self::from_settings(Settings::from_vars(R::var)?)
    }

    /// Begins a client as settings say; reads the files that they name.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] names the file that is not right. A key file that
    /// others can read is refused, as OpenSSH does.
    pub fn from_settings(settings: Settings) -> Result<ClientBuilder<R>, Error> {
        ClientBuilder::from_settings(settings)
    }
}

impl<R: Adapter, A> Clone for Client<R, A> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.driver))
    }
}

impl<R: Adapter, A> fmt::Debug for Client<R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = self.driver.session();
        f.debug_struct("Client")
            .field("base_url", &session.config().base_url)
            .finish_non_exhaustive()
    }
}
