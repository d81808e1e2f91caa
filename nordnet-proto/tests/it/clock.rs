//! Where virtual time begins.

use std::time::Instant;

/// The one reading of the real clock: all else counts from it.
#[expect(
    clippy::disallowed_methods,
    reason = "an `Instant` can be made in no other way"
)]
pub(crate) fn start() -> Instant {
    Instant::now()
}
