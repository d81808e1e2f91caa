//! The session of a client: its calls and its keep-alive.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nordnet_proto::{
    Cause, Error, Failure, FeedConfig, FlowCache, Intent, Session, SetupError, Unresolved,
};

use crate::hooks::{Journal, Signer};
use crate::io::Io;
use crate::notify::Notify;
use crate::task::by_timer;

/// What the clones of a client and its feeds share: a session, and the loops
/// that drive its calls, its logins and its keep-alive.
pub(crate) struct Driver {
    pub(crate) io: Io,
    pub(crate) signer: Option<Signer>,
    session: Mutex<Session>,
    flow_cache: Mutex<FlowCache>,
    journal: Option<Journal>,
    /// Counts the logins that have ended, and the end of the client.
    pub(crate) logins: Arc<Notify>,
    /// The calls in flight that change something.
    running: Mutex<Running>,
    /// Counts the ends of those calls.
    ended: Notify,
    /// Can be upgraded while this client has an account feed.
    account_feed: Mutex<Weak<()>>,
}

impl Driver {
    /// Begins to drive a session.
    pub(crate) fn start(
        io: Io,
        session: Session,
        signer: Option<Signer>,
        journal: Option<Journal>,
    ) -> Arc<Self> {
        let driver = Arc::new(Self {
            io,
            signer,
            session: Mutex::new(session),
            flow_cache: Mutex::default(),
            journal,
            logins: Arc::default(),
            running: Mutex::default(),
            ended: Notify::default(),
            account_feed: Mutex::default(),
        });
        let logins = Arc::clone(&driver.logins);
        let keep_alive = keep_alive(Arc::downgrade(&driver), logins);
        driver.io.spawn(keep_alive);
        driver
    }

    /// Locks the session; hold the guard for one statement only.
    pub(crate) fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the cache of flows; hold the guard for one statement only.
    pub(crate) fn flow_cache(&self) -> MutexGuard<'_, FlowCache> {
        self.flow_cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the end of the order calls that are in flight now, and lists the
    /// orders whose outcome is not known.
    pub(crate) async fn settle(&self) -> Vec<Unresolved> {
        self.calls_end().await;
        self.session().unresolved()
    }

    /// Ends the session: refuses new order calls, waits for those in flight, 15 s
    /// at most, and logs out.
    ///
    /// # Errors
    ///
    /// [`Error`] if the logout did not reach the server.
    pub(crate) async fn logout(self: &Arc<Self>) -> Result<(), Error> {
        let close_by = self.session().refuse_orders(self.io.now());
        let driver = Arc::clone(self);
        // Orders are refused from here on and the logout cannot be made again, so it goes
        // on if this future is dropped.
        let logout = self.io.detached(async move {
            driver.io.by(close_by, driver.calls_end()).await;
            let call = driver.session().close(driver.io.now());
            match call {
                Some(call) => driver.send(call).await,
                None => Ok(()),
            }
        });
        let dropped = || Failure::after_sending(Cause::Dropped, "");
        logout.await.unwrap_or_else(|| Err(Error::Lost(dropped())))
    }

    /// Returns the default settings of a feed of this client: a session and its feeds
    /// are for one service.
    pub(crate) fn feed_config(&self) -> FeedConfig {
        let mut config = FeedConfig::default();
        config.service.clone_from(&self.session().config().service);
        config
    }

    /// Takes the one place for an account feed; it is free again when the returned value
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

    pub(crate) async fn record(&self, intent: Intent) -> Result<(), String> {
        let Some(journal) = self.journal.clone() else {
            return Err("the client has no journal".into());
        };
        let record = self.io.run_blocking(move || journal.record(&intent));
        let dropped = || Err(Cause::Dropped.to_string());
        record.await.unwrap_or_else(dropped)
    }

    /// Waits for the end of the calls that are in flight now, and for none that begins
    /// later.
    async fn calls_end(&self) {
        let before = self.running().next;
        loop {
            let seen = self.ended.count();
            let oldest = self.running().calls.first().copied();
            if oldest.is_none_or(|oldest| oldest >= before) {
                return;
            }
            self.ended.changed_since(seen).await;
        }
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Driver {
    /// Ends the keep-alive.
    fn drop(&mut self) {
        self.logins.notify();
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver")
            .field("base_url", &self.session().config().base_url)
            .finish_non_exhaustive()
    }
}

/// The calls in flight that change something, by their numbers.
#[derive(Default)]
struct Running {
    calls: BTreeSet<u64>,
    next: u64,
}

/// Counts a call among those in flight until it is dropped.
pub(crate) struct Counted {
    driver: Arc<Driver>,
    number: u64,
}

impl Counted {
    pub(crate) fn new(driver: &Arc<Driver>) -> Self {
        let mut running = driver.running();
        let number = running.next;
        running.next += 1;
        running.calls.insert(number);
        drop(running);
        Self {
            driver: Arc::clone(driver),
            number,
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.driver.running().calls.remove(&self.number);
        self.driver.ended.notify();
    }
}

/// Keeps an idle session alive for as long as the client lives.
async fn keep_alive(client: Weak<Driver>, logins: Arc<Notify>) {
    while let Some(driver) = client.upgrade() {
        let seen = logins.count();
        let at = driver.session().poll_timeout();
        let mut timer = driver.io.timer();
        drop(driver);
        // The end of the client notifies as well, which ends this loop.
        let renewal = logins.changed_since(seen);
        let Some(at) = at else {
            renewal.await;
            continue;
        };
        if by_timer(&mut *timer, at, renewal).await.is_none()
            && let Some(driver) = client.upgrade()
        {
            let due = driver.session().handle_timeout(driver.io.now());
            if let Some(call) = due {
                // The call has renewed a session that had ended. After any other failure
                // the core sets the time of the next try.
                let _ = driver.drive(call).await;
            }
        }
    }
}
