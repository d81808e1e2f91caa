//! Calls and the keep-alive of one session.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::adapter::Adapter;
use super::bell::Bell;
use super::builder::{Journal, Signer};
use super::note::{CallNotes, Scope};
use super::task::{by, by_timer, detached, sleep_until};
use crate::endpoint::{Endpoint, Safety};
use crate::error::Error;
use crate::feed::FeedConfig;
use crate::operation::{Operation, Step};
use crate::order::{Intent, Unresolved};
use crate::session::Session;
use crate::settings::SetupError;

/// What the clones of a client and its feeds share: a session, and the loops
/// that drive its calls, its logins and its keep-alive.
pub struct Driver<R: Adapter> {
    pub(super) adapter: R,
    pub(super) signer: Option<Signer>,
    session: Mutex<Session>,
    journal: Option<Journal>,
    /// Rings when a login has ended, and when the client goes.
    pub(super) logins: Arc<Bell>,
    /// How many calls run that change something.
    running: Mutex<usize>,
    ended: Bell,
    /// Upgrades while an account feed of this client is there.
    account_feed: Mutex<Weak<()>>,
}

impl<R: Adapter> Driver<R> {
    /// Begins to drive a session.
    pub(super) fn start(
        adapter: R,
        session: Session,
        signer: Option<Signer>,
        journal: Option<Journal>,
    ) -> Arc<Self> {
        let driver = Arc::new(Self {
            adapter,
            signer,
            session: Mutex::new(session),
            journal,
            logins: Arc::default(),
            running: Mutex::default(),
            ended: Bell::default(),
            account_feed: Mutex::default(),
        });
        let logins = Arc::clone(&driver.logins);
        let keep_alive = keep_alive(Arc::downgrade(&driver), logins);
        driver.adapter.spawn(Box::pin(keep_alive));
        driver
    }

    /// Drives a call to its end. One that changes something runs in a task of
    /// its own, and goes on if nobody waits for it any more.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub async fn send<E>(self: &Arc<Self>, call: Operation<E>) -> Result<E::Response, Error>
    where
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        match E::SAFETY {
            Safety::Read => Arc::clone(self).drive(call).await,
            Safety::Idempotent | Safety::OnceOnly => {
                let running = Running::count(self);
                let call = Arc::clone(self).drive(call);
                let call = async move {
                    let _running = running;
                    call.await
                };
                detached(&self.adapter, call).await
            }
        }
    }

    /// The session; hold it for no longer than a statement.
    pub fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no call runs any more that changes something, and lists the
    /// orders whose outcome is not known.
    pub async fn settle(&self) -> Vec<Unresolved> {
        self.calls_end().await;
        self.session().unresolved()
    }

    /// Ends the session once no call runs any more that changes something.
    ///
    /// # Errors
    ///
    /// [`Error`] if the server could not be told.
    pub async fn logout(self: &Arc<Self>) -> Result<(), Error> {
        self.calls_end().await;
        let call = self.session().close(self.adapter.now());
        match call {
            // Nobody could make this call again, so it runs on like an order.
            Some(call) => self.send(call).await,
            None => Ok(()),
        }
    }

    /// The settings of a feed of this client: a session and its feeds are for
    /// one service.
    #[must_use]
    pub fn feed_config(&self) -> FeedConfig {
        let mut config = FeedConfig::default();
        config.service.clone_from(&self.session().config().service);
        config
    }

    /// What connects, waits and spawns.
    pub const fn adapter(&self) -> &R {
        &self.adapter
    }

    /// Takes the one place for an account feed; it is free again when what is
    /// returned is dropped.
    pub(super) fn take_account_feed(&self) -> Result<Arc<()>, SetupError> {
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

    /// Drives one call to its end, in the task of the caller.
    pub(super) fn drive<E>(
        self: Arc<Self>,
        call: Operation<E>,
    ) -> impl Future<Output = Result<E::Response, Error>> + Send + use<R, E>
    where
        E: Endpoint + Send + 'static,
        E::Response: Send + 'static,
    {
        let operation = E::OPERATION;
        R::within(Scope::Call { operation }, async move {
            self.take_steps(call).await
        })
    }

    async fn take_steps<E: Endpoint>(
        self: &Arc<Self>,
        mut call: Operation<E>,
    ) -> Result<E::Response, Error> {
        let adapter = &self.adapter;
        let mut notes = CallNotes::of::<E>(adapter);
        loop {
            let step = call.poll(&mut self.session(), adapter.now());
            // A call whose time is over is told so when it is polled.
            let ends_by = call.ends_by().unwrap_or_else(|| adapter.now());
            match step {
                Step::Send(out) => {
                    let attempt = out.attempt;
                    notes.sent(attempt);
                    let answer = adapter.send(out).await;
                    notes.answered(&answer);
                    call.handle_answer(attempt, answer);
                }
                Step::Login => {
                    if let Some(result) = by(adapter, ends_by, self.log_in(None)).await {
                        call.handle_login(result);
                    }
                }
                Step::Record(intent) => {
                    if let Some(result) = by(adapter, ends_by, self.record(intent)).await {
                        call.handle_recorded(result);
                    }
                }
                Step::InFlight { answer_by } => sleep_until(adapter, answer_by).await,
                Step::Wait(until) => {
                    notes.waits(until);
                    sleep_until(adapter, until).await;
                }
                Step::Done(result) => {
                    notes.ended::<E>(&result);
                    return result;
                }
                Step::Settled => std::future::pending().await,
            }
        }
    }

    async fn record(&self, intent: Intent) -> Result<(), String> {
        let Some(journal) = self.journal.clone() else {
            return Err("the client has no journal".into());
        };
        self.adapter
            .run_blocking(move || journal.record(&intent))
            .await
    }

    async fn calls_end(&self) {
        loop {
            let rung = self.ended.rung();
            if *self.running() == 0 {
                return;
            }
            self.ended.rung_after(rung).await;
        }
    }

    fn running(&self) -> MutexGuard<'_, usize> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Adapter> Drop for Driver<R> {
    fn drop(&mut self) {
        self.logins.ring();
    }
}

impl<R: Adapter> fmt::Debug for Driver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("base_url", &self.session().config().base_url)
            .finish_non_exhaustive()
    }
}

/// Counts a call for as long as it runs.
struct Running<R: Adapter>(Arc<Driver<R>>);

impl<R: Adapter> Running<R> {
    fn count(driver: &Arc<Driver<R>>) -> Self {
        *driver.running() += 1;
        Self(Arc::clone(driver))
    }
}

impl<R: Adapter> Drop for Running<R> {
    fn drop(&mut self) {
        *self.0.running() -= 1;
        self.0.ended.ring();
    }
}

/// Keeps an idle session alive for as long as the client lives.
async fn keep_alive<R: Adapter>(client: Weak<Driver<R>>, logins: Arc<Bell>) {
    while let Some(driver) = client.upgrade() {
        let rung = logins.rung();
        let at = driver.session().poll_timeout();
        let mut timer = driver.adapter.timer();
        drop(driver);
        // Not for longer than the client lives: its end rings too.
        let renewal = logins.rung_after(rung);
        let Some(at) = at else {
            renewal.await;
            continue;
        };
        if by_timer(&mut timer, at, renewal).await.is_none()
            && let Some(driver) = client.upgrade()
        {
            let due = driver.session().handle_timeout(driver.adapter.now());
            if let Some(call) = due {
                // A session that has ended was renewed on the way; any
                // other failure is tried again when the core says so.
                let _ = driver.drive(call).await;
            }
        }
    }
}
