//! Events and spans of the crate `tracing`, if the feature `tracing` is on.
//!
//! All have the target `nordnet`; the message of an event is its name, such as
//! `call_sent`. The fields are fit for a log: `operation` (the name of the call),
//! `feed`, `attempt`, `about` (the server of a feed, a subscription, or the reference
//! of an order), `status` (HTTP), `why` (words of this crate, never of the server),
//! `took_ms` and `wait_ms`. No field holds a key, a passphrase, an account number, the
//! terms of an order or a text of the server.

mod why;

use std::fmt::Display;
use std::time::Duration;

pub(crate) use why::Why;

/// Emits an event of `tracing`; a field whose value is `None` is left out.
#[cfg(feature = "tracing")]
macro_rules! event {
    ($level:ident, $name:literal $(, $field:ident = $value:expr)* $(,)?) => {
        ::tracing::event!(
            target: "nordnet",
            ::tracing::Level::$level,
            $($field = $value,)*
            $name
        )
    };
}

/// Does nothing, because the feature `tracing` is off; still checks the values.
#[cfg(not(feature = "tracing"))]
macro_rules! event {
    ($level:ident, $name:literal $(, $field:ident = $value:expr)* $(,)?) => {
        if false {
            let _ = $name;
            $(let _ = &$value;)*
        }
    };
}

/// Runs a future in a span.
#[cfg(feature = "tracing")]
macro_rules! in_span {
    ($name:literal $(, $field:ident = $value:expr)*; $future:expr) => {
        ::tracing::Instrument::instrument(
            $future,
            ::tracing::info_span!(target: "nordnet", $name $(, $field = $value)*),
        )
    };
}

/// Returns the future unchanged, because the feature `tracing` is off.
#[cfg(not(feature = "tracing"))]
macro_rules! in_span {
    ($name:literal $(, $field:ident = $value:expr)*; $future:expr) => {
        $future
    };
}

pub(crate) use {event, in_span};

/// A value that is shown by its `Display`.
#[cfg(feature = "tracing")]
pub(crate) fn text<T: Display>(value: T) -> tracing::field::DisplayValue<T> {
    tracing::field::display(value)
}

/// A value that is shown by its `Display`, if the feature `tracing` is on.
#[cfg(not(feature = "tracing"))]
pub(crate) const fn text<T: Display>(value: T) -> T {
    value
}

/// A time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
