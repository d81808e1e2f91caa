//! The notes of one feed.

use std::time::Instant;

use super::{About, Note, NoteKind};
use crate::country::Server;
use crate::driver::adapter::Adapter;
use crate::failure::Attempt;
use crate::feed::{Counters, Event};

/// Tells how a feed fares.
pub(in crate::driver) struct FeedNotes {
    feed: &'static str,
    /// The latest connection, and since when it was being opened.
    connection: Option<(Attempt, Instant)>,
    /// How many commands had been sent again when that was last told.
    resent: u64,
}

impl FeedNotes {
    pub(in crate::driver) const fn of(feed: &'static str) -> Self {
        Self {
            feed,
            connection: None,
            resent: 0,
        }
    }

    pub(in crate::driver) fn connecting(
        &mut self,
        attempt: Attempt,
        server: &Server,
        adapter: &impl Adapter,
    ) {
        self.connection = Some((attempt, adapter.now()));
        let note = Note::new(NoteKind::FeedConnecting);
        self.tell(note.about(About::Server(server)), adapter);
    }

    pub(in crate::driver) fn connected(&self, adapter: &impl Adapter) {
        let mut note = Note::new(NoteKind::FeedConnected);
        note.took = self
            .connection
            .map(|(_, since)| adapter.now().saturating_duration_since(since));
        self.tell(note, adapter);
    }

    /// Tells of an event that is news to the program, and no message.
    pub(in crate::driver) fn event<M>(
        &mut self,
        event: &Event<M>,
        counters: &Counters,
        adapter: &impl Adapter,
    ) {
        let note = match event {
            // The program asked for it.
            Event::Message(_) | Event::Unsubscribed(_) => return,
            Event::Connected { after_gap: None } => Note::new(NoteKind::FeedBegun),
            Event::Connected {
                after_gap: Some(gap),
            } => Note::new(NoteKind::FeedGap).took(gap.length),
            Event::Live { .. } => Note::new(NoteKind::FeedLive),
            Event::Disconnected(lost) => {
                let mut note = Note::new(NoteKind::FeedLost).because(&lost.reason);
                let now = adapter.now();
                note.wait = lost.retry_at.map(|at| at.saturating_duration_since(now));
                note
            }
            Event::Refused { subscription, .. } => {
                Note::new(NoteKind::FeedRefused).about(About::Subscription(subscription))
            }
            Event::Error { .. } if counters.resent > self.resent => {
                Note::new(NoteKind::FeedResends)
            }
            Event::Error { .. } => Note::new(NoteKind::FeedComplaint),
            Event::Malformed(malformed) => {
                Note::new(NoteKind::FeedMalformed).because(&malformed.reason)
            }
            Event::Closed(reason) => Note::new(NoteKind::FeedClosed).because(reason),
        };
        self.resent = counters.resent;
        self.tell(note, adapter);
    }

    fn tell(&self, mut note: Note<'_>, adapter: &impl Adapter) {
        note.feed = Some(self.feed);
        note.attempt = self.connection.map(|(attempt, _)| attempt);
        adapter.note(&note);
    }
}
