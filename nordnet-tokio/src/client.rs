//! The client: one generic `send`, and a session that looks after itself.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use nordnet_proto::{
    BaseUrl, Endpoint, Error, FeedConfig, Fingerprint, LoggedIn, LoginError, Operation, Outcome,
    Permits, ReadOnly, Reference, Safety, Settings, Unresolved,
};

use crate::builder::ClientBuilder;
use crate::drive::{Shared, now};
use crate::feed::{AccountFeed, MarketFeed};

/// A client of Nordnet: sends calls and opens feeds, on one session.
///
/// Cheap to clone; all clones share the session, which is kept alive, and
/// renewed when it has ended, by itself. It is read-only by type unless built
/// with [`ClientBuilder::trading`]:
///
/// ```compile_fail,E0277
/// # async fn f(nordnet: nordnet_tokio::Client, order: nordnet_tokio::PlaceOrder) {
/// nordnet.send(order).await; // a `Client<ReadOnly>` cannot
/// # }
/// ```
///
/// # Panics
///
/// Calls need a tokio runtime with its I/O and time drivers around them, and
/// panic without one.
///
/// # Dropped futures
///
/// A call that changes something runs on in a task of the client when its
/// future is dropped: what became of an order is then in [`Client::outcome`].
pub struct Client<A = ReadOnly> {
    shared: Arc<Shared>,
    access: PhantomData<fn() -> A>,
}

impl<A> Client<A> {
    /// Sends a call and waits for its settled answer.
    ///
    /// A call that changes nothing is repeated after a loss, and waits out a
    /// "too many requests" of ten seconds or more, for 30 s in all. An order is
    /// not; a cancellation is, with more care.
    ///
    /// # Errors
    ///
    /// [`Error`] by what can be done about it. From an order call it means:
    /// certainly not placed. What may have been placed is
    /// [`Outcome::Unknown`].
    pub async fn send<E>(&self, endpoint: E) -> Result<E::Response, Error>
    where
        A: Permits<E::Access>,
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        self.run_call(Operation::new(endpoint)).await
    }

    /// Sends a call that ends, waits and repeats included, within a time of
    /// its own.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub async fn send_within<E>(&self, endpoint: E, total: Duration) -> Result<E::Response, Error>
    where
        A: Permits<E::Access>,
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        self.run_call(Operation::new(endpoint).within(total)).await
    }

    /// Makes sure that there is a session, and shows it.
    ///
    /// # Errors
    ///
    /// [`LoginError`]; a refusal latches until [`Client::forgive`].
    pub async fn session(&self) -> Result<LoggedIn, LoginError> {
        self.shared.log_in(None).await
    }

    /// Where the REST API is.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        self.shared.session().config().base_url.clone()
    }

    /// The fingerprint of the key that logs in.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.shared.session().fingerprint().cloned()
    }

    /// A client on the same session that cannot send an order.
    #[must_use]
    pub fn read_only(&self) -> Client {
        Client::new(Arc::clone(&self.shared))
    }

    /// Opens the feed of market data.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if there is no randomness for the feed's jitter.
    pub fn market_feed(&self) -> Result<MarketFeed, Error> {
        self.market_feed_with(self.feed_config())
    }

    /// Opens the feed of market data with settings of your own.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`].
    pub fn market_feed_with(&self, config: FeedConfig) -> Result<MarketFeed, Error> {
        Ok(MarketFeed::of_client(
            &self.shared,
            config,
            self.shared.seed()?,
        ))
    }

    /// Opens the feed of own orders and trades.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`], and
    /// [`SetupError::AccountFeedIsOpen`](nordnet_proto::SetupError::AccountFeedIsOpen) while
    /// another one of this client, or of a clone, is there: a session has one,
    /// and a second would displace it.
    pub fn account_feed(&self) -> Result<AccountFeed, Error> {
        self.account_feed_with(self.feed_config())
    }

    /// Opens the feed of own orders and trades with settings of your own.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`].
    pub fn account_feed_with(&self, config: FeedConfig) -> Result<AccountFeed, Error> {
        let place = self.shared.take_account_feed()?;
        let feed = AccountFeed::of_client(&self.shared, config, self.shared.seed()?);
        Ok(feed.holding(place))
    }

    /// A reference that no other order of this client has, to ask
    /// [`Client::outcome`] with.
    #[must_use]
    pub fn new_reference(&self) -> Reference {
        self.shared.session().new_reference()
    }

    /// The order calls whose outcome is not known, those in flight included.
    #[must_use]
    pub fn unresolved(&self) -> Vec<Unresolved> {
        self.shared.session().unresolved()
    }

    /// What became of an order call, also of one whose future was dropped.
    #[must_use]
    pub fn outcome(&self, reference: &Reference) -> Option<Result<Outcome, Error>> {
        self.shared.session().outcome(reference)
    }

    /// Takes an order call off the list of unresolved ones, once its outcome
    /// has been learnt by other means.
    pub fn resolve(&self, reference: &Reference) -> Option<Unresolved> {
        self.shared.session().resolve(reference)
    }

    /// Lets logins happen again after a refusal, because its cause is mended.
    pub fn forgive(&self) {
        self.shared.session().forgive();
    }

    /// Waits until no order call is in flight, those included whose futures
    /// were dropped, and lists those whose outcome is not known.
    ///
    /// Do this before a program ends: with the runtime its calls end too.
    pub async fn settle(&self) -> Vec<Unresolved> {
        self.shared.order_calls_end().await;
        self.unresolved()
    }

    /// Ends the session, for all clones and feeds, once no order call is in
    /// flight any more.
    ///
    /// # Errors
    ///
    /// [`Error`] if the server could not be told; the session then ends when
    /// it has been idle long enough.
    pub async fn logout(self) -> Result<(), Error> {
        self.shared.order_calls_end().await;
        let call = self.shared.session().close(now());
        match call {
            Some(call) => self.shared.drive(call).await,
            None => Ok(()),
        }
    }

    /// A session and its feeds are for one service.
    fn feed_config(&self) -> FeedConfig {
        let mut config = FeedConfig::default();
        config
            .service
            .clone_from(&self.shared.session().config().service);
        config
    }

    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            access: PhantomData,
        }
    }

    async fn run_call<E>(&self, call: Operation<E>) -> Result<E::Response, Error>
    where
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        match E::SAFETY {
            Safety::Read => self.shared.drive(call).await,
            Safety::Idempotent | Safety::OnceOnly => self.shared.drive_detached(call).await,
        }
    }
}

impl Client {
    /// Begins a client for a country, or for a simulator by its
    /// [`BaseUrl`].
    pub fn builder(base_url: impl Into<BaseUrl>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    /// Begins a client as the environment says; see [`Settings`] for the
    /// variables.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] names the variable or the file that is not right.
    pub fn from_env() -> Result<ClientBuilder, Error> {
        Self::from_settings(Settings::from_vars(|name| std::env::var(name).ok())?)
    }

    /// Begins a client as settings say; reads the files that they name.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] names the file that is not right. A key file that
    /// others can read is refused, as OpenSSH does.
    pub fn from_settings(settings: Settings) -> Result<ClientBuilder, Error> {
        ClientBuilder::from_settings(settings)
    }
}

impl<A> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.shared))
    }
}

impl<A> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = self.shared.session();
        f.debug_struct("Client")
            .field("base_url", &session.config().base_url)
            .finish_non_exhaustive()
    }
}
