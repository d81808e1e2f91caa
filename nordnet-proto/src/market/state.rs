//! How far a merged value can be relied on.

use std::fmt;
use std::time::Duration;

/// How far a merged value can be relied on.
///
/// ```text
///            first full tick
///  Waiting ──────────────────▶ Live, or Delayed as each tick says
///     │                          │ ▲
///     │ refused, unreadable      │ │ next full tick
///     ▼                          ▼ │
///  Stale ◀─────────────────────  Stale
///       connection lost, refused, unreadable tick, feed ended
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QuoteState {
    /// Nothing was missed since its full tick, as far as can be known: a line
    /// that makes no sense and does not say what it is about
    /// ([`Malformed::subscription`](crate::Malformed::subscription)) might have
    /// been about this.
    Live,
    /// As [`QuoteState::Live`], of data that the server marks as delayed.
    Delayed,
    /// Changes may have been missed; the values are the last ones known.
    Stale(StaleReason),
    /// No full tick has come.
    Waiting,
}

/// Why changes may have been missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StaleReason {
    /// The connection was lost, and the full tick of the next one is still to
    /// come.
    Disconnected,
    /// The server refused the subscription.
    Refused,
    /// The feed has ended.
    Closed,
    /// A tick could not be read, and no full one has come since. To get one,
    /// unsubscribe, wait for
    /// [`Event::Unsubscribed`](crate::Event::Unsubscribed), and subscribe anew.
    Malformed,
}

impl fmt::Display for QuoteState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.pad("live"),
            Self::Delayed => f.pad("delayed"),
            Self::Stale(reason) => f.pad(&format!("stale: {reason}")),
            Self::Waiting => f.pad("waiting"),
        }
    }
}

impl fmt::Display for StaleReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Disconnected => "the connection was lost",
            Self::Refused => "the server refused the subscription",
            Self::Closed => "the feed has ended",
            Self::Malformed => "a tick could not be read",
        })
    }
}

/// What every merged value knows about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Freshness {
    pub(super) state: QuoteState,
    pub(super) age: Option<Duration>,
    pub(super) silence: Option<Duration>,
}

/// When a row was last told something, and since when it is whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Nanoseconds on the market's clock.
    pub(super) heard: u64,
    pub(super) generation: Generation,
}

/// The number of the connection that a full tick came on, or one of the
/// constants below.
pub(super) type Generation = u16;

/// No full tick has come.
pub(super) const NEVER: Generation = 0;
/// Refused by the server.
pub(super) const REFUSED: Generation = 1;
/// A tick could not be read since.
pub(super) const MALFORMED: Generation = 2;
/// Longer ago than there are numbers.
pub(super) const LONG_AGO: Generation = 3;
/// The first connection.
pub(super) const FIRST: Generation = 4;

/// A row that knows when it was told and since when it is whole.
pub(super) trait Stamped {
    fn stamp(&self) -> Stamp;
    fn set_heard(&mut self, heard: u64);
    fn set_generation(&mut self, generation: Generation);
    fn is_delayed(&self) -> bool {
        false
    }
}

/// A row that ticks are merged into.
pub(super) trait Row<Tick>: Stamped + Default {
    /// Takes what a tick changes.
    fn merge(&mut self, tick: &Tick);
    /// Drops all values, before a full tick.
    fn clear(&mut self);
}

/// Gives a merged value the methods that all of them have.
macro_rules! freshness_methods {
    ($view:ident, $id:ident: $Id:ty) => {
        impl $view {
            /// What it is about.
            #[must_use]
            pub const fn $id(&self) -> &$Id {
                &self.$id
            }

            /// How far it can be relied on.
            #[must_use]
            pub const fn state(&self) -> QuoteState {
                self.fresh.state
            }

            /// Whether it is [`QuoteState::Live`]: nothing was missed, and no tick
            /// marks the data as delayed.
            #[must_use]
            pub const fn is_live(&self) -> bool {
                matches!(self.state(), QuoteState::Live)
            }

            /// How long ago its last tick came; `None` before the first.
            ///
            /// A quiet instrument has an old tick that is still true: see
            #[doc = concat!("[`", stringify!($view), "::silence`].")]
            #[must_use]
            pub const fn age(&self) -> Option<Duration> {
                self.fresh.age
            }

            /// How long nothing at all has come over the line; `None` before
            /// the first word. Heartbeats keep it below five seconds.
            #[must_use]
            pub const fn silence(&self) -> Option<Duration> {
                self.fresh.silence
            }
        }
    };
}

pub(super) use freshness_methods;
