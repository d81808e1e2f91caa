//! The exchange between the tasks that serve, and its clock.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;

use crate::exchange::{ConnectionId, Cut, Exchange, FeedKind, Output, utc};

use super::connections::Connections;
use super::feed::Outbox;
use super::listener::Port;

/// How much time can be made up for.
const MOST_BEHIND: Duration = Duration::from_millis(20);
/// How many of the exchange's events happen before others have their turn.
const MOST_EVENTS: usize = 2000;
/// The same, while somebody waits for an answer.
const FEW_EVENTS: usize = 50;
/// How often and how long a market that is behind waits for readers.
const PAUSES: usize = 20;
const PAUSE: Duration = Duration::from_millis(1);

/// The exchange, its feed connections and the wall clock.
pub(super) struct Shared {
    state: Mutex<State>,
    api: Arc<Connections>,
    control: Arc<Connections>,
    wake: Notify,
    clock: Clock,
    log: bool,
}

/// What tells how long ago it all began.
#[derive(Debug)]
pub(super) enum Clock {
    /// The wall clock, whatever the time is in the runtime around.
    Wall(Instant),
    /// That of the runtime around, which may stand still.
    Runtime(tokio::time::Instant),
}

struct State {
    exchange: Exchange,
    /// By how much the exchange's time is behind the wall clock's for good.
    lost: Duration,
    peers: BTreeMap<ConnectionId, Arc<Outbox>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(exchange: Exchange, clock: Clock, log: bool) -> Self {
        Self {
            state: Mutex::new(State {
                exchange,
                lost: Duration::ZERO,
                peers: BTreeMap::new(),
            }),
            api: Arc::default(),
            control: Arc::default(),
            wake: Notify::new(),
            clock,
            log,
        }
    }

    /// Returns how long ago it all began.
    pub(super) fn elapsed(&self) -> Duration {
        match &self.clock {
            Clock::Wall(began) => began.elapsed(),
            Clock::Runtime(began) => began.elapsed(),
        }
    }

    /// Runs something on the exchange, then hands out what it wants done.
    pub(super) fn run<R>(&self, action: impl FnOnce(&mut Exchange, Duration) -> R) -> R {
        let result = self.with(FEW_EVENTS, action);
        self.wake.notify_one();
        result
    }

    /// Returns the connections to a port and those of its kind.
    pub(super) fn connections(&self, port: Port) -> &Arc<Connections> {
        match port {
            Port::Api(_) => &self.api,
            Port::Control => &self.control,
        }
    }

    /// Takes in a feed connection.
    pub(super) fn connect(&self, id: ConnectionId, kind: FeedKind, outbox: Arc<Outbox>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.tell_time(self.elapsed(), FEW_EVENTS);
        state.exchange.handle_connected_as(id, kind, now);
        state.peers.insert(id, outbox);
        drop(state);
        self.wake.notify_one();
    }

    /// Forgets a feed connection that has ended.
    pub(super) fn disconnect(&self, id: ConnectionId) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.peers.remove(&id);
        let now = state.tell_time(self.elapsed(), FEW_EVENTS);
        state.exchange.handle_disconnected(id, now);
        drop(state);
        self.wake.notify_one();
    }

    /// Lets at most so many events happen, and returns when by the wall clock
    /// the next one does.
    fn next_event(&self, most: usize) -> Option<Duration> {
        let next = self.with(most, |exchange, _| exchange.poll_timeout())?;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Some(next.saturating_add(state.lost))
    }

    /// Waits for readers that lag. One that never reads gets what is too much for
    /// it all the same, only later.
    async fn spare_readers(&self) {
        for _ in 0..PAUSES {
            let lags = {
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                state.peers.values().any(|peer| peer.lags())
            };
            if !lags {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Runs something after the events that are due, at most so many.
    fn with<R>(&self, most: usize, action: impl FnOnce(&mut Exchange, Duration) -> R) -> R {
        // An exchange that panicked half-way is still the only one there is.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.tell_time(self.elapsed(), most);
        let result = action(&mut state.exchange, now);
        let State {
            exchange, peers, ..
        } = &mut *state;
        while let Some(output) = exchange.poll_output() {
            match output {
                Output::Lines { to, bytes } => {
                    if peers.get(&to).is_some_and(|peer| !peer.push(bytes)) {
                        // Too slow a reader.
                        if let Some(peer) = peers.remove(&to) {
                            peer.close(Cut::Reset);
                        }
                        exchange.handle_disconnected(to, now);
                    }
                }
                Output::Close { connection, cut } => {
                    if let Some(peer) = peers.remove(&connection) {
                        peer.close(cut);
                    }
                }
                Output::Note(text) => self.note(&text),
            }
        }
        result
    }

    fn note(&self, text: &str) {
        if self.log {
            let wall = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |age| age.as_millis() as i64);
            // Nobody may be reading any more; that is no reason to end.
            let _ = writeln!(std::io::stderr(), "{} {text}", utc(wall));
        }
    }
}

impl State {
    /// Returns the exchange's time for the wall clock's, after at most so many
    /// of the events that are due.
    ///
    /// If more is due than can be done, the exchange's time falls behind, so
    /// that nobody waits long for the lock. Past a moment that is for good:
    /// made up for in a hurry, it would be more than the feeds can take.
    fn tell_time(&mut self, wall: Duration, most: usize) -> Duration {
        let due = wall.saturating_sub(self.lost);
        let now = self.exchange.advance_within(due, most);
        let behind = due.saturating_sub(now);
        self.lost += behind.saturating_sub(MOST_BEHIND);
        now
    }
}

/// Runs the exchange's timers.
pub(super) async fn keep_time(shared: &Arc<Shared>) {
    loop {
        let next = shared.next_event(MOST_EVENTS);
        let woken = shared.wake.notified();
        match next.map(|at| at.saturating_sub(shared.elapsed())) {
            // Behind: the connections have their turn all the same, and the
            // market goes no faster than they can take.
            Some(Duration::ZERO) => {
                tokio::task::yield_now().await;
                shared.spare_readers().await;
            }
            Some(wait) => tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = woken => {}
            },
            None => woken.await,
        }
    }
}
