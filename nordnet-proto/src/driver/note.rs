//! What a driver tells of its work, for logs and metrics.

mod call;
mod feed;
#[cfg(feature = "tracing")]
mod trace;
mod why;

use std::fmt;
use std::time::Duration;

pub(super) use call::CallNotes;
pub(super) use feed::FeedNotes;
#[cfg(feature = "tracing")]
pub use trace::{trace, traced};
pub use why::Why;

use crate::country::Server;
use crate::failure::Attempt;
use crate::feed::Subscription;
use crate::order::Reference;

/// Something that a driver did or met, as [`Adapter::note`] is told.
///
/// It is fit for a log. Of what was sent or received it holds only HTTP statuses,
/// times, the host and port of a feed, subscriptions, and the references of
/// orders, which may be texts of the program's own. It never holds a key, a
/// passphrase, an account number, the terms of an order, or words of the server;
/// what the server says is in the errors and events that the program gets.
///
/// [`Adapter::note`]: super::Adapter::note
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note<'a> {
    /// What it is.
    pub kind: NoteKind,
    /// The call, by its [`Endpoint::OPERATION`](crate::Endpoint::OPERATION).
    pub operation: Option<&'static str>,
    /// The feed: `MarketFeed` or `AccountFeed`.
    pub feed: Option<&'static str>,
    /// Which attempt of the call, or which connection of the feed.
    pub attempt: Option<Attempt>,
    /// The server, the subscription or the order that it is about.
    pub about: Option<About<'a>>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// Why.
    pub why: Option<Why>,
    /// How long it took, or lasted.
    pub took: Option<Duration>,
    /// How long is waited before it goes on.
    pub wait: Option<Duration>,
}

/// What a [`Note`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// A server that is connected to.
    Server(&'a Server),
    /// A subscription.
    Subscription(&'a Subscription),
    /// An order call.
    Order(&'a Reference),
}

/// How much a [`Note`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The user has to act.
    Error,
    /// Something is not as it should be; the client copes.
    Warn,
    /// The life of a session or a feed goes on.
    Info,
    /// Everything else.
    Debug,
}

/// What a span of time is spent on, as [`Adapter::within`] is told.
///
/// [`Adapter::within`]: super::Adapter::within
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// A call, from its first poll to its end.
    Call {
        /// Its [`Endpoint::OPERATION`](crate::Endpoint::OPERATION).
        operation: &'static str,
    },
    /// A login.
    Login,
    /// Opening a connection of a feed.
    Connection {
        /// `MarketFeed` or `AccountFeed`.
        feed: &'static str,
        /// The number of the connection.
        attempt: Attempt,
    },
}

macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident $name:literal $level:ident,)+) => {
        /// The notes that there are.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum NoteKind {
            $($(#[$doc])+ $kind,)+
        }

        impl NoteKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Its name, such as `call_sent`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// How much it matters.
            #[must_use]
            pub const fn level(self) -> Level {
                match self {
                    $(Self::$kind => Level::$level,)+
                }
            }
        }
    };
}

kinds! {
    /// A request was handed to a connection.
    CallSent "call_sent" Debug,
    /// The same, again after an attempt that did not settle the call.
    CallRetried "call_retried" Info,
    /// An answer came, whatever its status.
    CallAnswered "call_answered" Debug,
    /// An attempt was not answered.
    CallLost "call_lost" Warn,
    /// A call waits: before it is tried again, or for a cool-down to end.
    CallWaits "call_waits" Info,
    /// A call ended in an error.
    CallFailed "call_failed" Warn,
    /// The server complained of too many requests: the client pauses.
    CoolDown "cool_down" Warn,
    /// The server refused an order call.
    OrderRejected "order_rejected" Warn,
    /// Nobody knows what became of an order call.
    OutcomeUnknown "outcome_unknown" Error,
    /// A login begins.
    LoginBegun "login_begun" Debug,
    /// A login waits before it goes on.
    LoginWaits "login_waits" Info,
    /// A login gave a session.
    LoginEnded "login_ended" Info,
    /// A login failed, and may work later.
    LoginFailed "login_failed" Warn,
    /// A login was refused: nothing logs in any more until the user acts.
    LoginRefused "login_refused" Error,
    /// A feed begins to open a connection.
    FeedConnecting "feed_connecting" Debug,
    /// The connection of a feed is up.
    FeedConnected "feed_connected" Debug,
    /// The login of a feed is sent, for the first time.
    FeedBegun "feed_begun" Info,
    /// The login of a feed is sent, after a time in which messages were missed.
    FeedGap "feed_gap" Warn,
    /// The login of a feed is proven.
    FeedLive "feed_live" Debug,
    /// A connection of a feed was lost, or could not be had.
    FeedLost "feed_lost" Warn,
    /// Commands of a feed go out again, more slowly, after a complaint.
    FeedResends "feed_resends" Info,
    /// The server refused a subscription.
    FeedRefused "feed_refused" Warn,
    /// The server complained of something else.
    FeedComplaint "feed_complaint" Warn,
    /// A line of a feed made no sense and was skipped.
    FeedMalformed "feed_malformed" Warn,
    /// A feed has ended.
    FeedClosed "feed_closed" Info,
}

impl<'a> Note<'a> {
    pub(super) const fn new(kind: NoteKind) -> Self {
        Self {
            kind,
            operation: None,
            feed: None,
            attempt: None,
            about: None,
            status: None,
            why: None,
            took: None,
            wait: None,
        }
    }

    /// Its name, such as `call_sent`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// How much it matters.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.kind.level()
    }

    pub(super) fn because(mut self, why: impl Into<Why>) -> Self {
        let why = why.into();
        self.status = self.status.or(why.status);
        self.why = Some(why);
        self
    }

    pub(super) const fn about(mut self, about: About<'a>) -> Self {
        self.about = Some(about);
        self
    }

    pub(super) const fn took(mut self, took: Duration) -> Self {
        self.took = Some(took);
        self
    }

    pub(super) const fn waits(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }
}

/// A line of words, such as `call lost: list_accounts, attempt 2, no answer in
/// time, after 10000 ms`.
impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))?;
        let mut separator = ": ";
        let mut say = |part: fmt::Arguments<'_>| {
            f.write_str(separator)?;
            separator = ", ";
            f.write_fmt(part)
        };
        if let Some(name) = self.operation.or(self.feed) {
            say(format_args!("{name}"))?;
        }
        if let Some(attempt) = self.attempt {
            say(format_args!("attempt {attempt}"))?;
        }
        if let Some(about) = self.about {
            say(format_args!("{about}"))?;
        }
        if let Some(status) = self.status {
            say(format_args!("HTTP {status}"))?;
        }
        if let Some(why) = self.why {
            say(format_args!("{why}"))?;
        }
        if let Some(took) = self.took {
            say(format_args!("after {} ms", took.as_millis()))?;
        }
        if let Some(wait) = self.wait {
            say(format_args!("goes on in {} ms", wait.as_millis()))?;
        }
        Ok(())
    }
}

impl fmt::Display for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(server) => fmt::Display::fmt(server, f),
            Self::Subscription(subscription) => fmt::Display::fmt(subscription, f),
            Self::Order(reference) => fmt::Display::fmt(reference, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::error::{Error, Refusal};
    use crate::failure::{Cause, Failure};
    use crate::feed::DisconnectReason;

    #[test]
    fn every_note_has_a_name_of_its_own() {
        let names: BTreeSet<_> = NoteKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), NoteKind::ALL.len());
    }

    #[test]
    fn a_note_reads_as_a_line_of_words() {
        let mut note = Note::new(NoteKind::CallLost)
            .because(&Failure::after_sending(Cause::Timeout, "canary"))
            .took(Duration::from_secs(10));
        note.operation = Some("list_accounts");
        note.attempt = Some(Attempt::NONE.next());
        assert_eq!(
            note.to_string(),
            "call lost: list_accounts, attempt 1, no answer in time, after 10000 ms"
        );
    }

    #[test]
    fn what_the_server_says_is_not_told() {
        let refusal = Refusal {
            status: 403,
            code: Some("CANARY".into()),
            message: Some("canary".into()),
            page: None,
        };
        let note = Note::new(NoteKind::CallFailed).because(&Error::Refused(refusal));
        assert_eq!(note.status, Some(403));
        assert_eq!(note.to_string(), "call failed: HTTP 403, refused");

        let rejected = DisconnectReason::LoginRejected("canary".into());
        let note = Note::new(NoteKind::FeedLost)
            .because(&rejected)
            .waits(Duration::from_millis(250));
        assert_eq!(
            note.to_string(),
            "feed lost: the feed rejected the login, goes on in 250 ms"
        );
    }
}
