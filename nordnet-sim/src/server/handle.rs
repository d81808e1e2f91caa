//! The control handle for tests in the same process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::exchange::{
    Answer, AuditEntry, CommandEntry, ConnectionId, ControlError, Counters, Cut, Exchange, Feeds,
    SessionRecord,
};
use crate::faults::Faults;

use super::connections::Connections;
use super::listener::Port;
use super::plan::{Channel, Direction, Welcome};
use super::shared::Shared;

mod market;

/// An open connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionRecord {
    /// Its number: they are counted from 1 as they come, over all ports.
    pub number: u64,
    /// Where it came in.
    pub channel: Channel,
    /// Where it came from.
    pub peer: SocketAddr,
    /// How many bytes it received, within TLS.
    pub received: u64,
    /// How many bytes it was sent, within TLS.
    pub sent: u64,
    /// Which login it belongs to, if it is a feed that has logged in.
    pub epoch: Option<u64>,
    /// What it has subscribed to, such as `price 11:101`.
    pub subscriptions: Vec<String>,
}

/// A handle on a running server's world, for tests.
///
/// Its methods take effect before they return. It may outlive the server;
/// then it shows the last state.
#[derive(Clone, Debug)]
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    fn api_connections(&self) -> &Connections {
        self.shared.connections(Port::Api(Channel::Rest))
    }

    /// Ends all sessions: the next call with any of them is answered with 401.
    pub fn expire_sessions(&self) {
        self.shared
            .run(|exchange, now| exchange.expire_sessions(now));
    }

    /// Ends the session of a login; the first has the epoch 1.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if it has none that is alive.
    pub fn expire_session(&self, epoch: u64) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, now| exchange.expire_session(epoch, now))
    }

    /// Refuses all logins, as if the key was revoked, or no longer.
    pub fn refuse_logins(&self, refused: bool) {
        self.shared
            .run(|exchange, _| exchange.refuse_logins(refused));
    }

    /// Sets what goes wrong at random from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.shared
            .run(|exchange, now| exchange.set_faults(faults, now));
    }

    /// Closes feed connections.
    pub fn cut_feeds(&self, feeds: Feeds, cut: Cut) {
        self.shared
            .run(|exchange, now| exchange.cut_feeds(feeds, cut, now));
    }

    /// Sends nothing on the present feed connections for a while, not even heartbeats.
    pub fn stall_feeds(&self, feeds: Feeds, time: Duration) {
        self.shared
            .run(|exchange, now| exchange.stall_feeds(feeds, time, now));
    }

    /// Sends a line to feed connections as it is; the LF is added.
    pub fn inject(&self, feeds: Feeds, line: &str) {
        self.shared
            .run(|exchange, now| exchange.inject(feeds, line, now));
    }

    /// Sends bytes to feed connections as they are: half a line, or one without end.
    pub fn inject_bytes(&self, feeds: Feeds, bytes: &[u8]) {
        self.shared
            .run(|exchange, now| exchange.inject_bytes(feeds, bytes, now));
    }

    /// Cuts the next connection to a port after so many bytes that way, counted
    /// from its start within TLS. Called again, it is for the one after.
    ///
    /// What was received before the cut still counts: a request is processed if
    /// all of its bytes were. Nothing is sent any more.
    pub fn cut_at(&self, channel: Channel, direction: Direction, bytes: u64, cut: Cut) {
        self.api_connections()
            .plan(channel, Welcome::Cut(direction, bytes, cut));
    }

    /// Cuts the present connections to a port after so many more bytes that way.
    pub fn cut_after(&self, channel: Channel, direction: Direction, bytes: u64, cut: Cut) {
        self.api_connections()
            .cut_after(channel, direction, bytes, cut);
    }

    /// Cuts one connection.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no open connection of this number.
    pub fn disconnect(&self, connection: u64, cut: Cut) -> Result<(), ControlError> {
        let mut open = self.api_connections().open().into_iter();
        let record = open.find(|record| record.number == connection);
        let record = record.ok_or(ControlError::UnknownConnection)?;
        let feed = ConnectionId(connection);
        // A feed says goodbye behind what it has still to say.
        let ended = self
            .shared
            .run(|exchange, now| exchange.disconnect(feed, cut, now));
        if !ended {
            record.cut(cut);
        }
        Ok(())
    }

    /// Refuses connections to a port for a while. One that is just being made is
    /// reset.
    pub fn refuse_connections(&self, channel: Channel, time: Duration) {
        let until = self.shared.elapsed().saturating_add(time);
        self.api_connections().refuse(channel, until);
    }

    /// Lets the next connections to a port wait for TLS in vain.
    pub fn stall_handshakes(&self, channel: Channel, times: usize) {
        for _ in 0..times {
            self.api_connections().plan(channel, Welcome::NoHandshake);
        }
    }

    /// Takes back what was planned: answers, cuts, stalls, refusals, a pause,
    /// faults at random. What has happened stays.
    pub fn reset(&self) {
        self.api_connections().clear();
        self.shared.run(|exchange, now| exchange.reset(now));
    }

    /// Plans what happens to the next `times` requests of an operation, named
    /// as in the reference, such as `place_order`; `*` is any. No times at all
    /// take back what was planned for it.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn respond(
        &self,
        operation: &str,
        times: usize,
        answer: Answer,
    ) -> Result<(), ControlError> {
        self.shared
            .run(|exchange, _| exchange.respond(operation, times, &answer))
    }

    /// Plans that the first request on each of the next `times` connections for
    /// REST is answered before a byte of it is read, as if it was this operation.
    ///
    /// The response is that of an accepted order where the answer sets nothing
    /// else. The request is read afterwards; it takes effect if the answer says
    /// so, and no other response is sent. Without a delay, the response is sent
    /// in the last flight of the server's TLS handshake (TLS 1.3), so it is there
    /// before the client can send anything.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn answer_early(
        &self,
        operation: &str,
        times: usize,
        answer: &Answer,
    ) -> Result<(), ControlError> {
        if !Exchange::serves(operation) {
            return Err(ControlError::UnknownOperation);
        }
        for _ in 0..times {
            let early = Welcome::Early(Box::new(answer.clone()));
            self.api_connections().plan(Channel::Rest, early);
        }
        Ok(())
    }

    /// Plans that the next `times` requests of an operation are answered with
    /// this status and body and have no effect.
    ///
    /// # Errors
    ///
    /// [`ControlError`] if there is no such operation.
    pub fn respond_with(
        &self,
        operation: &str,
        times: usize,
        status: u16,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(), ControlError> {
        let mut answer = Answer::status(status).body(body);
        for (name, value) in headers {
            answer = answer.header(name, value);
        }
        self.respond(operation, times, answer)
    }

    /// Returns the open connections, oldest first.
    #[must_use]
    pub fn connections(&self) -> Vec<ConnectionRecord> {
        let feeds = self.shared.run(|exchange, _| exchange.feeds());
        let open = self.api_connections().open();
        let record = |one: &Arc<super::metered::Record>| {
            let number = one.number;
            let mut of_feed = feeds.iter();
            let feed = of_feed.find(|feed| feed.connection.number() == number);
            let (received, sent) = one.traffic();
            ConnectionRecord {
                number,
                channel: one.channel,
                peer: one.peer,
                received,
                sent,
                epoch: feed.and_then(|feed| feed.epoch),
                subscriptions: feed.map_or_else(Vec::new, |feed| feed.subscriptions.clone()),
            }
        };
        open.iter().map(record).collect()
    }

    /// Returns what a connection has received so far, within TLS, also after its
    /// end: every byte, keys and all. Of much the beginning is kept, of many
    /// connections the latest.
    #[must_use]
    pub fn received(&self, connection: u64) -> Option<Vec<u8>> {
        self.api_connections()
            .find(connection)
            .map(|record| record.kept())
    }

    /// Returns the sessions that are alive, oldest first.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionRecord> {
        self.shared.run(|exchange, now| {
            exchange.handle_timeout(now);
            exchange.sessions()
        })
    }

    /// Returns every request received, oldest first.
    #[must_use]
    pub fn audit(&self) -> Vec<AuditEntry> {
        self.shared.run(|exchange, _| exchange.audit())
    }

    /// Returns every command received on a feed, oldest first.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandEntry> {
        self.shared.run(|exchange, _| exchange.commands())
    }

    /// Returns how often things happened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.run(|exchange, _| exchange.counters())
    }
}
