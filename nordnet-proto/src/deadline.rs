//! Points in time to come.

use std::time::{Duration, Instant};

/// Further than any deadline, and within what an `Instant` holds everywhere.
const CENTURY: Duration = Duration::from_secs(100 * 366 * 86_400);

/// The time after a wait, which settings may make as long as they like: adding
/// `Duration::MAX` to an `Instant` would panic.
pub(crate) fn after(now: Instant, wait: Duration) -> Instant {
    now.checked_add(wait.min(CENTURY)).unwrap_or(now)
}
