//! How long to wait before the next try.

use std::time::Duration;

use crate::random::Random;

/// Exponential backoff with full jitter: each wait is drawn evenly between
/// a tenth of a ceiling, which doubles from `first` to `cap`, and the ceiling.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    cap: Duration,
    failures: u32,
}

impl Backoff {
    /// A ceiling of nothing would make a tight loop, so there is none below
    /// 50 ms.
    pub(crate) fn new(first: Duration, cap: Duration) -> Self {
        let least = Duration::from_millis(50);
        Self {
            first: first.max(least),
            cap: cap.max(least),
            failures: 0,
        }
    }

    /// Counts one more failure and draws the wait that follows it.
    ///
    /// The wait is never below a tenth of its ceiling: a draw of nothing would
    /// be a tight loop.
    pub(crate) fn next(&mut self, random: &mut Random) -> Duration {
        let doublings = self.failures.min(31);
        self.failures = self.failures.saturating_add(1);
        let ceiling = self.first.saturating_mul(1 << doublings).min(self.cap);
        Self::draw(ceiling, random)
    }

    /// The wait after a failure that time alone will not mend: drawn at the
    /// cap at once.
    pub(crate) fn at_cap(&mut self, random: &mut Random) -> Duration {
        self.failures = self.failures.max(31);
        Self::draw(self.cap, random)
    }

    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    fn draw(ceiling: Duration, random: &mut Random) -> Duration {
        let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
        let floor = millis / 10;
        Duration::from_millis(floor + random.up_to(millis - floor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_its_ceiling_up_to_the_cap() {
        let mut random = Random::new([7; 16]);
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        for ceiling in [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000] {
            let wait = backoff.next(&mut random).as_millis();
            assert!(
                wait >= ceiling / 10 && wait <= ceiling,
                "{wait} of {ceiling}"
            );
        }
        backoff.reset();
        assert!(backoff.next(&mut random).as_millis() <= 500);
    }

    #[test]
    fn draws_differ_between_seeds() {
        let draw = |seed| {
            let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
            let mut random = Random::new([seed; 16]);
            (0..8)
                .map(|_| backoff.next(&mut random))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }
}
