//! Driving the core: calls, logins and the keep-alive.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nordnet_proto::{
    Endpoint, Epoch, Error, Intent, LoggedIn, Login, LoginError, LoginStep, LoginTurn, Operation,
    Session, SetupError, Step,
};
use rustls::crypto::CryptoProvider;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::builder::{Journal, Signer};
use crate::http1::Http;
use crate::net::{Connector, seed};

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the clones of a client and its feeds share.
pub(crate) struct Shared {
    session: Mutex<Session>,
    http: Http,
    connector: Connector,
    signer: Option<Signer>,
    journal: Option<Journal>,
    /// Tells when a login has ended; its loss, that the client has gone.
    logins: watch::Sender<()>,
    /// How many order calls run.
    order_calls: watch::Sender<usize>,
    /// Upgrades while an account feed of this client is there.
    account_feed: Mutex<Weak<()>>,
    provider: Arc<CryptoProvider>,
}

impl Shared {
    /// Begins a client; has to be called within a runtime.
    pub(crate) fn start(
        session: Session,
        connector: Connector,
        signer: Option<Signer>,
        journal: Option<Journal>,
        provider: Arc<CryptoProvider>,
    ) -> Arc<Self> {
        let config = session.config();
        let http = Http::new(connector.clone(), config.base_url.clone(), &config.limits);
        let (logins, ends) = watch::channel(());
        let shared = Arc::new(Self {
            session: Mutex::new(session),
            http,
            connector,
            signer,
            journal,
            logins,
            order_calls: watch::Sender::new(0),
            account_feed: Mutex::default(),
            provider,
        });
        tokio::spawn(keep_alive(Arc::downgrade(&shared), ends));
        shared
    }

    /// Drives one call to its end.
    pub(crate) async fn drive<E: Endpoint>(
        self: &Arc<Self>,
        mut call: Operation<E>,
    ) -> Result<E::Response, Error> {
        loop {
            let step = call.poll(&mut self.session(), now());
            match step {
                Step::Send(out) => {
                    let attempt = out.attempt;
                    call.handle_answer(attempt, self.http.send(out).await);
                }
                Step::Login => {
                    let by = call.ends_by().unwrap_or_else(now);
                    // A call whose time is over is told so when it is polled.
                    if let Ok(result) = timeout_at(by.into(), self.log_in(None)).await {
                        call.handle_login(result);
                    }
                }
                Step::Record(intent) => {
                    let by = call.ends_by().unwrap_or_else(now);
                    if let Ok(result) = timeout_at(by.into(), self.record(intent)).await {
                        call.handle_recorded(result);
                    }
                }
                Step::InFlight { answer_by: until } | Step::Wait(until) => {
                    sleep_until(until.into()).await;
                }
                Step::Done(result) => return result,
                Step::Settled => std::future::pending().await,
            }
        }
    }

    /// Drives a call that changes something, in a task of its own: it runs on
    /// if nobody waits for it any more.
    pub(crate) async fn drive_detached<E>(
        self: &Arc<Self>,
        call: Operation<E>,
    ) -> Result<E::Response, Error>
    where
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        /// Counts a call for as long as it runs.
        struct Running(Arc<Shared>);
        impl Drop for Running {
            fn drop(&mut self) {
                self.0.order_calls.send_modify(|running| *running -= 1);
            }
        }

        self.order_calls.send_modify(|running| *running += 1);
        let running = Running(Arc::clone(self));
        finished(tokio::spawn(async move { running.0.drive(call).await })).await
    }

    /// Waits until no order call runs any more; each ends by its deadline.
    pub(crate) async fn order_calls_end(&self) {
        // The sender is here, so it cannot be gone.
        let _ = self
            .order_calls
            .subscribe()
            .wait_for(|running| *running == 0)
            .await;
    }

    /// Gets a session, by a login of its own if nobody else's gives one.
    ///
    /// Boxed, since a login that comes too late ends in a call of its own.
    pub(crate) fn log_in(
        self: &Arc<Self>,
        suspect: Option<Epoch>,
    ) -> BoxFuture<Result<LoggedIn, LoginError>> {
        let shared = Arc::clone(self);
        Box::pin(async move {
            loop {
                // Before asking, so that no end of a login is missed. Nothing
                // is handed over at that end: someone who waits and is not
                // polled keeps nobody else waiting.
                let mut ended = shared.logins.subscribe();
                let turn = shared.session().poll_login(suspect, now());
                match turn {
                    LoginTurn::Ready(logged_in) => return Ok(logged_in),
                    LoginTurn::Failed(error) => return Err(error),
                    // A task of its own: others need this login too, even if
                    // its first caller gives up.
                    LoginTurn::Drive(login) => {
                        let login = Arc::clone(&shared).finish_login(login);
                        return finished(tokio::spawn(login)).await;
                    }
                    LoginTurn::Busy => {
                        let _ = ended.changed().await;
                    }
                }
            }
        })
    }

    /// Drives a login to its end, and tells everybody who waits for it.
    async fn finish_login(self: Arc<Self>, login: Login) -> Result<LoggedIn, LoginError> {
        /// Tells of the end, also if it is a panic.
        struct Ended<'a>(&'a watch::Sender<()>);
        impl Drop for Ended<'_> {
            fn drop(&mut self) {
                self.0.send_replace(());
            }
        }

        let ended = Ended(&self.logins);
        // Goes before the word of the end does: then the turn is free.
        let mut login = login;
        let result = self.drive_login(&mut login).await;
        let late = self.session().handle_login(result.clone(), now());
        drop(login);
        drop(ended);
        match late {
            None => result,
            Some(logout) => {
                let _ = self.drive(logout).await;
                Err(LoginError::LoggedOut)
            }
        }
    }

    async fn drive_login(&self, login: &mut Login) -> Result<LoggedIn, LoginError> {
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

    /// Takes the one place for an account feed; it is free again when the feed
    /// is dropped.
    pub(crate) fn take_account_feed(&self) -> Result<Arc<()>, SetupError> {
        let mut holder = self
            .account_feed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if holder.upgrade().is_some() {
            return Err(SetupError::AccountFeedIsOpen);
        }
        let place = Arc::new(());
        *holder = Arc::downgrade(&place);
        Ok(place)
    }

    pub(crate) fn seed(&self) -> Result<[u8; 16], Error> {
        Ok(seed(&self.provider)?)
    }
}

/// Keeps an idle session alive for as long as the client lives.
async fn keep_alive(client: Weak<Shared>, mut logins: watch::Receiver<()>) {
    loop {
        let Some(at) = client
            .upgrade()
            .map(|client| client.session().poll_timeout())
        else {
            return;
        };
        let renewal = match at {
            Some(at) => timeout_at(at.into(), logins.changed()).await,
            None => Ok(logins.changed().await),
        };
        match renewal {
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

/// Waits for a task of the client's own, which nobody aborts.
pub(crate) async fn finished<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down, and this future with it.
        Err(_) => std::future::pending().await,
    }
}
