//! Notes as events of the crate `tracing`, and scopes as its spans.

use tracing::{Instrument as _, event, info_span};

use super::{Level, Note, Scope};

/// Gives a note to `tracing`, as an event with the target `nordnet` and the
/// note's name as its message.
pub fn trace(note: &Note<'_>) {
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    macro_rules! emit {
        ($level:ident) => {
            event!(
                target: "nordnet",
                tracing::Level::$level,
                operation = note.operation,
                feed = note.feed,
                attempt = note.attempt.map(|attempt| attempt.number()),
                about = note.about.map(display),
                status = note.status,
                why = note.why.map(display),
                took_ms = note.took.map(millis),
                wait_ms = note.wait.map(millis),
                "{}",
                note.name()
            )
        };
    }
    match note.level() {
        Level::Error => emit!(ERROR),
        Level::Warn => emit!(WARN),
        Level::Info => emit!(INFO),
        Level::Debug => emit!(DEBUG),
    }
}

/// Runs a future in a span of `tracing`, with the target `nordnet`.
pub fn traced<F: Future + Send>(scope: Scope, future: F) -> impl Future<Output = F::Output> + Send {
    future.instrument(match scope {
        Scope::Call { operation } => info_span!(target: "nordnet", "call", operation),
        Scope::Login => info_span!(target: "nordnet", "login"),
        Scope::Connection { feed, attempt } => {
            info_span!(target: "nordnet", "connection", feed, attempt = attempt.number())
        }
    })
}
