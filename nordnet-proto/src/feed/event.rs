//! What a feed tells its user.

use std::fmt;
use std::time::{Duration, Instant};

use super::command::Subscription;
use super::malformed::Malformed;
use crate::country::Server;
use crate::failure::{Attempt, Failure};
use crate::login::LoginError;
use crate::session_key::Epoch;

/// What a feed tells its user, or asks of its driver.
#[derive(Debug)]
pub enum Output<'a, M> {
    /// Something happened; handed out exactly once.
    Event(Event<M>),
    /// A session is needed. Standing, until [`Feed::handle_login`](crate::Feed::handle_login).
    Login {
        /// The session whose key may be dead: check it with the REST API, and
        /// log in again only if it is refused there.
        suspect: Option<Epoch>,
    },
    /// A connection is needed: TCP, and TLS if the server is encrypted.
    /// Standing, until [`Feed::handle_connected`](crate::Feed::handle_connected) or
    /// [`Feed::handle_disconnected`](crate::Feed::handle_disconnected).
    Connect {
        /// The number to answer with.
        attempt: Attempt,
        /// Where to connect to.
        server: &'a Server,
        /// The feed gives the attempt up at this time.
        by: Instant,
    },
    /// The connection, or the attempt to open one, has to be dropped.
    /// Standing, until [`Feed::handle_disconnected`](crate::Feed::handle_disconnected).
    Disconnect,
}

/// Something that happened on a feed; each is handed out exactly once.
///
/// ```
/// use nordnet_proto::{AccountMessage, Event};
///
/// /// Whether to read orders and fills with the REST API now.
/// fn must_read(event: &Event<AccountMessage>) -> bool {
///     match event {
///         Event::Live { .. } => true,
///         Event::Message(AccountMessage::Order(update)) => {
///             println!("order {}: {:?}", update.order_id, update.state);
///             false
///         }
///         Event::Message(AccountMessage::Fill(fill)) => {
///             println!("order {}: {} at {}", fill.order_id, fill.volume, fill.price);
///             false
///         }
///         Event::Disconnected(disconnected) => {
///             println!("{disconnected}"); // the feed connects again by itself
///             false
///         }
///         // It may have been about an order.
///         Event::Malformed(malformed) => {
///             println!("{malformed}");
///             true
///         }
///         Event::Closed(reason) => {
///             println!("{reason}");
///             false
///         }
///         _ => false,
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<M> {
    /// The connection is up and the login has been sent.
    ///
    /// This does not mean that the server has accepted the login, or read it:
    /// what happens now may still be missed. [`Event::Live`] follows.
    Connected {
        /// What may have been missed; `None` at the first connection.
        after_gap: Option<Gap>,
    },
    /// The server has accepted the login: from here on nothing is missed.
    ///
    /// It comes exactly once for each connection that becomes live, the first one
    /// included, after [`Event::Connected`] and directly before the first
    /// [`Event::Message`], at which [`Feed::is_proven`](crate::Feed::is_proven)
    /// becomes `true`. A login has no positive reply, so any message proves it,
    /// heartbeats included; the first heartbeat comes after five seconds at the
    /// latest. An error from the server and a malformed line prove nothing: their
    /// events can come before this one.
    ///
    /// On the account feed this is the time to read orders and fills with the REST
    /// API. What happened before is in what is read, and what happens after comes
    /// as an event; some may be in both. A read before this event can miss what
    /// happens between the read and the login.
    Live {
        /// What may have been missed; `None` at the first connection.
        after_gap: Option<Gap>,
    },
    /// A connection was lost, or a try to log in or connect failed.
    ///
    /// It comes after everything that was received, and before anything else.
    Disconnected(Disconnected),
    /// A message of the server.
    Message(M),
    /// The server refused a subscription, and refused it again when it was sent
    /// once more; the first refusal is an [`Event::Error`]. It is not sent again
    /// before the next connection, unless it is unsubscribed first, or has messages
    /// all the same.
    Refused {
        /// What was refused.
        subscription: Subscription,
        /// Why, in the server's words.
        message: String,
    },
    /// What was unsubscribed brings no more.
    ///
    /// Told once: when the command has left, or at once where the server knows
    /// nothing of the subscription. It is not told of one that was wanted again
    /// before its command was made ready. If it was wanted again after that, its
    /// full tick is still to come; otherwise ticks that were under way may follow.
    Unsubscribed(Subscription),
    /// The server reported another error, such as too many commands, or refused a
    /// subscription for the first time on this connection.
    Error {
        /// What it says.
        message: String,
        /// The command as the server saw it, without the session key.
        command: Option<String>,
    },
    /// A line made no sense and was skipped.
    Malformed(Malformed),
    /// The feed has ended; nothing follows.
    Closed(CloseReason),
}

/// A time in which messages may have been missed.
///
/// It ends at [`Event::Live`], and nothing is replayed. On the public feed each
/// subscription is sent again and begins with a full tick. On the private feed
/// orders and fills have to be read with the REST API, at [`Event::Live`]: a read
/// at [`Event::Connected`] can miss some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// When the last proven connection was lost.
    pub since: Instant,
    /// How long ago that is, at the time of the event.
    pub length: Duration,
    /// How many subscriptions have their full tick still to come.
    pub without_full_tick: usize,
}

/// A loss, or a failed try.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Disconnected {
    /// Why.
    pub reason: DisconnectReason,
    /// Not before when the next try comes; `None` if none comes.
    pub retry_at: Option<Instant>,
    /// How many bytes of an unfinished line were dropped.
    pub truncated: usize,
}

/// Why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The server closed the connection.
    ServerClosed,
    /// The server closed the connection before it sent anything, as it does
    /// when it restarts or does not accept the session key. The key is checked.
    ClosedAfterLogin,
    /// The server closed several connections in a row soon after their login,
    /// with a session key that is good, as it does when another program uses the
    /// private feed of the same session.
    Displaced,
    /// The connection failed, or could not be opened.
    Failed(Failure),
    /// The connection did not come up in time.
    ConnectTimeout,
    /// Nothing came for this long, not even a heartbeat.
    Silent(Duration),
    /// One line was not whole after this long.
    SlowLine(Duration),
    /// A line is longer than this many bytes.
    LineTooLong(usize),
    /// More than this many bytes were received and not asked for.
    Backlog(usize),
    /// The server did not accept the login on the feed; what it says. The key
    /// is checked.
    LoginRejected(String),
    /// No session was to be had, for now.
    LoginFailed(LoginError),
}

/// Why a feed has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The program closed it.
    Asked,
    /// The REST API refused the login.
    LoginRefused(LoginError),
    /// The feed rejected a session key that the REST API accepted each time, at
    /// least three times in a row and for at least
    /// [`FeedConfig::rejected_for`](crate::FeedConfig::rejected_for); what the feed
    /// said last.
    FeedRefused(String),
    /// The connection was lost and the feed is set not to reconnect.
    Lost,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a gap of {:.1} s", self.length.as_secs_f32())?;
        match self.without_full_tick {
            0 => Ok(()),
            1 => f.write_str(", 1 full tick to come"),
            count => write!(f, ", {count} full ticks to come"),
        }
    }
}

impl fmt::Display for Disconnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.reason, f)?;
        if self.truncated > 0 {
            write!(
                f,
                " ({} bytes of an unfinished line dropped)",
                self.truncated
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerClosed => f.write_str("the server closed the feed"),
            Self::ClosedAfterLogin => f.write_str("the server closed the feed after the login"),
            Self::Displaced => f.write_str(
                "displaced again and again: does another program use the feed of this session?",
            ),
            Self::Failed(failure) => fmt::Display::fmt(failure, f),
            Self::ConnectTimeout => f.write_str("could not connect in time"),
            Self::Silent(length) => write!(f, "nothing received for {} s", length.as_secs_f32()),
            Self::SlowLine(length) => {
                write!(f, "a line was not whole after {} s", length.as_secs_f32())
            }
            Self::LineTooLong(limit) => write!(f, "a line is longer than {limit} bytes"),
            Self::Backlog(limit) => {
                write!(f, "more than {limit} bytes received and not asked for")
            }
            Self::LoginRejected(message) => write!(f, "the feed rejected the login: {message}"),
            Self::LoginFailed(error) => write!(f, "not logged in: {error}"),
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("closed by the program"),
            Self::LoginRefused(error) => fmt::Display::fmt(error, f),
            Self::FeedRefused(message) => {
                write!(f, "the feed rejects a session that is valid: {message}")
            }
            Self::Lost => f.write_str("the connection was lost"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::{AccountMessage, MarketMessage};
    use super::super::trade::PublicTrade;
    use super::super::{DepthTick, IndicatorTick, PriceTick};
    use super::*;

    /// An event is moved from the feed to its user: four cache lines, and no
    /// tick is larger.
    #[test]
    fn events_stay_small() {
        assert!(size_of::<PriceTick>() <= 216);
        assert!(size_of::<DepthTick>() <= 256);
        assert!(size_of::<PublicTrade>() <= 160);
        assert!(size_of::<IndicatorTick>() <= 112);
        assert_eq!(size_of::<MarketMessage>(), 256);
        assert_eq!(size_of::<Event<MarketMessage>>(), 256);
        assert_eq!(size_of::<Output<'_, MarketMessage>>(), 256);
        assert_eq!(size_of::<Option<Output<'_, MarketMessage>>>(), 256);
        assert!(size_of::<Event<AccountMessage>>() <= 256);
    }
}
