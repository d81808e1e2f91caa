//! Driving the core: calls, logins and the keep-alive.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nordnet_proto::{
    Endpoint, Epoch, Error, Intent, LoggedIn, Login, LoginError, LoginStep, LoginTurn, Operation,
    Session, Step,
};
use rustls::crypto::CryptoProvider;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::builder::{Journal, Signer};
use crate::http1::Http;
use crate::net::{Connector, seed};

/// What the clones of a client and its feeds share.
pub(crate) struct Shared {
    session: Mutex<Session>,
    http: Http,
    connector: Connector,
    signer: Option<Signer>,
    journal: Option<Journal>,
    /// Held by whoever logs in; the only lock that is held across a wait.
    login_gate: Arc<tokio::sync::Mutex<()>>,
    /// Tells the keep-alive that there is a new session; its loss, that the
    /// client has gone.
    renewed: watch::Sender<()>,
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
        let (renewed, renewals) = watch::channel(());
        let shared = Arc::new(Self {
            session: Mutex::new(session),
            http,
            connector,
            signer,
            journal,
            login_gate: Arc::default(),
            renewed,
            provider,
        });
        tokio::spawn(keep_alive(Arc::downgrade(&shared), renewals));
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
                    let answer = self.http.send(out).await;
                    call.handle_answer(&mut self.session(), attempt, answer, now());
                }
                Step::Login { suspect } => {
                    let by = call.ends_by().unwrap_or_else(now);
                    // A call whose time is over is told so when it is polled.
                    if let Ok(result) = timeout_at(by.into(), self.log_in(suspect)).await {
                        call.handle_login(&mut self.session(), result);
                    }
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
    pub(crate) async fn log_in(
        self: &Arc<Self>,
        suspect: Option<Epoch>,
    ) -> Result<LoggedIn, LoginError> {
        loop {
            let gate = Arc::clone(&self.login_gate).lock_owned().await;
            let turn = self.session().poll_login(suspect, now());
            match turn {
                LoginTurn::Ready(logged_in) => return Ok(logged_in),
                LoginTurn::Failed(error) => return Err(error),
                LoginTurn::Drive(login) => {
                    // A task of its own: those who wait behind the gate need
                    // this login even if its first caller gives up.
                    let shared = Arc::clone(self);
                    let login = tokio::spawn(async move {
                        let _gate = gate;
                        let result = shared.drive_login(login).await;
                        shared.session().handle_login(result.clone(), now());
                        shared.renewed.send_replace(());
                        result
                    });
                    return finished(login).await;
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

    pub(crate) fn seed(&self) -> Result<[u8; 16], Error> {
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

/// Waits for a task of the client's own, which nobody aborts.
pub(crate) async fn finished<T>(task: JoinHandle<T>) -> T {
    match task.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down, and this future with it.
        Err(_) => std::future::pending().await,
    }
}
