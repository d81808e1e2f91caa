//! The client: one generic `send`, and a session that looks after itself.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use nordnet_proto::{
    Endpoint, Epoch, Error, FeedConfig, Fingerprint, Intent, LoggedIn, Login, LoginError,
    LoginStep, LoginTurn, Operation, Outcome, Permits, ReadOnly, Reference, Safety, Session,
    Settings, Step, Unresolved,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::builder::{ClientBuilder, Journal, Signer};
use crate::feed::{AccountFeed, MarketFeed};
use crate::http1::Http;
use crate::net::{Connector, seed};

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
/// A call that changes something runs on in a task of the client when its
/// future is dropped: what became of an order is then in [`Client::outcome`].
pub struct Client<A = ReadOnly> {
    shared: Arc<Shared>,
    access: PhantomData<fn() -> A>,
}

/// What the clones of a client and its feeds share.
pub(crate) struct Shared {
    session: Mutex<Session>,
    http: Http,
    connector: Connector,
    signer: Option<Signer>,
    journal: Option<Journal>,
    /// Held by whoever logs in; the only lock that is held across a wait.
    login_gate: tokio::sync::Mutex<()>,
    /// Tells the keep-alive that there is a new session; its loss, that the
    /// client has gone.
    renewed: watch::Sender<()>,
    provider: Arc<rustls::crypto::CryptoProvider>,
}

impl<A> Client<A> {
    /// Sends a call and waits for its settled answer.
    ///
    /// # Errors
    ///
    /// [`Error`] by what can be done about it. From an order call it means:
    /// certainly not placed. What may have been placed is
    /// [`Outcome::Unknown`].
    pub async fn send<E>(&self, endpoint: E) -> Result<E::Response, Error>
    where
        A: Permits<E>,
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
        A: Permits<E>,
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

    /// The fingerprint of the key that logs in.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.shared.session().fingerprint().cloned()
    }

    /// A client on the same session that cannot send an order.
    #[must_use]
    pub fn read_only(&self) -> Client {
        Client {
            shared: Arc::clone(&self.shared),
            access: PhantomData,
        }
    }

    /// Opens the feed of market data.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if there is no randomness for the feed's jitter.
    pub fn market_feed(&self) -> Result<MarketFeed, Error> {
        self.market_feed_with(FeedConfig::default())
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

    /// Opens the feed of own orders and trades. A session has one: a second
    /// displaces the first.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`].
    pub fn account_feed(&self) -> Result<AccountFeed, Error> {
        self.account_feed_with(FeedConfig::default())
    }

    /// Opens the feed of own orders and trades with settings of your own.
    ///
    /// # Errors
    ///
    /// As [`Client::market_feed`].
    pub fn account_feed_with(&self, config: FeedConfig) -> Result<AccountFeed, Error> {
        Ok(AccountFeed::of_client(
            &self.shared,
            config,
            self.shared.seed()?,
        ))
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
    #[must_use]
    pub fn resolve(&self, reference: &Reference) -> Option<Unresolved> {
        self.shared.session().resolve(reference)
    }

    /// Lets logins happen again after a refusal, because its cause is mended.
    pub fn forgive(&self) {
        self.shared.session().forgive();
    }

    /// Ends the session, for all clones and feeds.
    ///
    /// # Errors
    ///
    /// [`Error`] if the server could not be told; the session then ends when
    /// it has been idle long enough.
    pub async fn logout(self) -> Result<(), Error> {
        let call = self.shared.session().close(now());
        match call {
            Some(call) => self.shared.drive(call).await,
            None => Ok(()),
        }
    }

    async fn run_call<E>(&self, call: Operation<E>) -> Result<E::Response, Error>
    where
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        if E::SAFETY == Safety::Read {
            return self.shared.drive(call).await;
        }
        let shared = Arc::clone(&self.shared);
        match tokio::spawn(async move { shared.drive(call).await }).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is shutting down, and this future with it.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Client {
    /// Begins a client for a country, or for a simulator by its
    /// [`BaseUrl`](nordnet_proto::BaseUrl).
    pub fn builder(base_url: impl Into<nordnet_proto::BaseUrl>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    /// Begins a client as the environment says; see
    /// [`Settings`](nordnet_proto::Settings) for the variables.
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

impl<A> Client<A> {
    pub(crate) fn start(
        session: Session,
        connector: Connector,
        signer: Option<Signer>,
        journal: Option<Journal>,
        provider: Arc<rustls::crypto::CryptoProvider>,
    ) -> Self {
        let config = session.config();
        let http = Http::new(connector.clone(), config.base_url.clone(), &config.limits);
        let (renewed, renewals) = watch::channel(());
        let shared = Arc::new(Shared {
            session: Mutex::new(session),
            http,
            connector,
            signer,
            journal,
            login_gate: tokio::sync::Mutex::new(()),
            renewed,
            provider,
        });
        tokio::spawn(keep_alive(Arc::downgrade(&shared), renewals));
        Self {
            shared,
            access: PhantomData,
        }
    }
}

impl Shared {
    /// Drives one call to its end.
    async fn drive<E: Endpoint>(&self, mut call: Operation<E>) -> Result<E::Response, Error> {
        loop {
            let step = call.poll(&mut self.session(), now());
            match step {
                Step::Send(out) => {
                    let attempt = out.attempt;
                    let answer = self.http.send(out).await;
                    call.handle_answer(&mut self.session(), attempt, answer, now());
                }
                Step::Login { suspect } => {
                    let result = self.log_in(suspect).await;
                    call.handle_login(&mut self.session(), result);
                }
                Step::Record(intent) => {
                    let result = self.record(intent).await;
                    call.handle_recorded(&mut self.session(), result);
                }
                Step::InFlight { answer_by: until } | Step::Wait(until) => {
                    sleep_until(until.into()).await;
                }
                Step::Done(result) => return result,
                Step::Settled => std::future::pending().await,
            }
        }
    }

    /// Gets a session, by a login of its own if nobody else's gave one.
    pub(crate) async fn log_in(&self, suspect: Option<Epoch>) -> Result<LoggedIn, LoginError> {
        let _turn = self.login_gate.lock().await;
        loop {
            let turn = self.session().poll_login(suspect, now());
            match turn {
                LoginTurn::Ready(logged_in) => return Ok(logged_in),
                LoginTurn::Failed(error) => return Err(error),
                LoginTurn::Drive(login) => {
                    let result = self.drive_login(login).await;
                    self.session().handle_login(result.clone(), now());
                    self.renewed.send_replace(());
                    return result;
                }
                // Whoever drives a login holds the gate.
                LoginTurn::Busy => tokio::task::yield_now().await,
            }
        }
    }

    async fn drive_login(&self, mut login: Login) -> Result<LoggedIn, LoginError> {
        loop {
            match login.poll(now()) {
                LoginStep::Send(out) => {
                    let attempt = out.attempt;
                    let answer = self.http.send(out).await;
                    login.handle_answer(attempt, answer, now());
                }
                LoginStep::Sign(challenge) => {
                    let by = challenge.not_after().into();
                    let signature = match &self.signer {
                        Some(signer) => timeout_at(by, signer.sign(challenge.clone())).await,
                        None => Ok(Err("the client has no signer".into())),
                    };
                    // One that comes too late is followed by a new challenge.
                    if let Ok(signature) = signature {
                        login.handle_signature(&challenge, signature, now());
                    }
                }
                LoginStep::InFlight { answer_by: until } | LoginStep::Wait(until) => {
                    sleep_until(until.into()).await;
                }
                LoginStep::Done(result) => return result,
            }
        }
    }

    /// Writes an intent to the journal, off the executor.
    async fn record(&self, intent: Intent) -> Result<(), String> {
        let Some(journal) = self.journal.clone() else {
            return Err("the client has no journal".into());
        };
        tokio::task::spawn_blocking(move || journal.record(&intent))
            .await
            .unwrap_or_else(|error| Err(error.to_string()))
    }

    pub(crate) fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn connector(&self) -> Connector {
        self.connector.clone()
    }

    fn seed(&self) -> Result<[u8; 16], Error> {
        Ok(seed(&self.provider)?)
    }
}

/// Keeps an idle session alive for as long as the client lives.
async fn keep_alive(client: Weak<Shared>, mut renewals: watch::Receiver<()>) {
    loop {
        let Some(at) = client
            .upgrade()
            .map(|client| client.session().poll_timeout())
        else {
            return;
        };
        let renewed = match at {
            Some(at) => timeout_at(at.into(), renewals.changed()).await,
            None => Ok(renewals.changed().await),
        };
        match renewed {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                let Some(client) = client.upgrade() else {
                    return;
                };
                let due = client.session().handle_timeout(now());
                if let Some(call) = due {
                    // A session that has ended was renewed on the way; any
                    // other failure is tried again when the core says so.
                    let _ = client.drive(call).await;
                }
            }
        }
    }
}

/// The clock of the runtime, so that paused time works.
pub(crate) fn now() -> std::time::Instant {
    Instant::now().into_std()
}

impl<A> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            access: PhantomData,
        }
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

/// Credentials are opened off the executor: a passphrase takes seconds.
pub(crate) async fn off_executor<T, F>(open: F) -> Result<T, Error>
where
    F: FnOnce() -> Result<T, Error> + Send + 'static,
    T: Send + 'static,
{
    match tokio::task::spawn_blocking(open).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => std::future::pending().await,
    }
}
