//! What was received, for tests to look at afterwards.

use std::collections::VecDeque;
use std::time::Duration;

use super::feed::FeedKind;
use super::request::Request;
use super::route::Operation;

/// Older entries are forgotten, by their number and by the text in them.
const MOST_ENTRIES: usize = 100_000;
const MOST_TEXT: usize = 32 * 1024 * 1024;

/// One request that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// When it came, since the exchange was made.
    pub at: Duration,
    /// The method.
    pub method: String,
    /// The path with the query.
    pub target: String,
    /// The operation's name in the reference, if it is a known one.
    pub operation: Option<&'static str>,
    /// Which login it was authorised by: 1 for the first.
    pub epoch: Option<u64>,
    /// The last four characters of the session key that it carried.
    pub key_suffix: Option<String>,
    /// The body, if it is that of an order request.
    pub body: Option<String>,
    /// Whether it was let take effect; a plan or a fault may have kept it from that.
    pub processed: bool,
    /// The status of the reply; `None` if there was no reply.
    pub status: Option<u16>,
    /// The number of the connection that it came on; 0 if it had none.
    pub connection: u64,
}

/// One command that was received on a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandEntry {
    /// When it came, since the exchange was made.
    pub at: Duration,
    /// Which feed it came on.
    pub feed: FeedKind,
    /// Which connection it came on: they are counted over both feeds from 1.
    pub connection: u64,
    /// The line as it came; of a login only the word, because of its key.
    pub text: String,
}

/// How often things happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests received.
    pub requests: u64,
    /// Challenges asked for.
    pub login_starts: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins that were refused.
    pub refused_logins: u64,
    /// Connections to the public feed.
    pub public_connections: u64,
    /// Connections to the private feed.
    pub private_connections: u64,
    /// Commands received on feeds.
    pub commands: u64,
}

/// The record of everything received.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    entries: Log<AuditEntry>,
    commands: Log<CommandEntry>,
    pub(crate) counters: Counters,
}

/// The latest entries of a kind.
#[derive(Debug)]
struct Log<T> {
    entries: VecDeque<T>,
    text: usize,
}

/// What takes up room with the text in it.
trait Weighed {
    fn text(&self) -> usize;
}

impl Weighed for AuditEntry {
    fn text(&self) -> usize {
        self.target.len() + self.body.as_ref().map_or(0, String::len)
    }
}

impl Weighed for CommandEntry {
    fn text(&self) -> usize {
        self.text.len()
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            text: 0,
        }
    }
}

impl<T: Weighed + Clone> Log<T> {
    fn push(&mut self, entry: T) {
        self.text += entry.text();
        self.entries.push_back(entry);
        while self.entries.len() > MOST_ENTRIES || self.text > MOST_TEXT {
            let oldest = self.entries.pop_front();
            self.text -= oldest.map_or(0, |entry| entry.text());
        }
    }

    fn all(&self) -> Vec<T> {
        self.entries.iter().cloned().collect()
    }
}

impl Audit {
    pub(crate) fn begin(
        &mut self,
        request: &Request,
        operation: Option<Operation>,
        key: Option<&str>,
        epoch: Option<u64>,
        at: Duration,
    ) {
        self.counters.requests += 1;
        let body = operation
            .is_some_and(Operation::is_order)
            .then(|| String::from_utf8_lossy(&request.body).into_owned());
        self.entries.push(AuditEntry {
            at,
            method: request.method.clone(),
            target: request.target.clone(),
            operation: operation.map(Operation::name),
            epoch,
            key_suffix: key.map(suffix),
            body,
            processed: false,
            status: None,
            connection: request.connection,
        });
    }

    /// Completes the entry that was begun last.
    pub(crate) fn end(&mut self, processed: bool, status: Option<u16>) {
        if let Some(entry) = self.entries.entries.back_mut() {
            entry.processed = processed;
            entry.status = status;
        }
    }

    pub(crate) fn command(&mut self, entry: CommandEntry) {
        self.counters.commands += 1;
        self.commands.push(entry);
    }

    pub(crate) fn commands(&self) -> Vec<CommandEntry> {
        self.commands.all()
    }

    pub(crate) fn entries(&self) -> Vec<AuditEntry> {
        self.entries.all()
    }
}

pub(crate) fn suffix(key: &str) -> String {
    let skipped = key.chars().count().saturating_sub(4);
    key.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_entries_are_kept_within_bounds() {
        let entry = |number: u64, length: usize| CommandEntry {
            at: Duration::ZERO,
            feed: FeedKind::Public,
            connection: number,
            text: "x".repeat(length),
        };
        let mut audit = Audit::default();
        for number in 0..(MOST_ENTRIES as u64 + 10) {
            audit.command(entry(number, 3));
        }
        let kept = audit.commands();
        assert_eq!((kept.len(), kept[0].connection), (MOST_ENTRIES, 10));
        for number in 0..40 {
            audit.command(entry(number, 1024 * 1024));
        }
        assert_eq!(audit.commands().len(), 32);
        assert_eq!(audit.counters.commands, MOST_ENTRIES as u64 + 50);
    }
}
