//! Market time, and the little calendar that trading days need.

use std::time::Duration;

pub(crate) const MINUTE: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// The market's clock begins within a century or two, and jumps no further.
const FURTHEST_MS: i64 = 2 * 36_525 * DAY_MS;

/// Turns elapsed time into market time.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    opening: i64,
    /// Thousandths of market time per time.
    speed: u64,
    jumped: i64,
}

impl Clock {
    pub(crate) fn new(opening: i64, speed: f64) -> Self {
        Self {
            opening: opening.clamp(0, FURTHEST_MS),
            // The cast makes nothing of what is no number.
            speed: ((speed * 1000.0).clamp(1.0, 1e9) as u64).max(1),
            jumped: 0,
        }
    }

    pub(crate) fn jump(&mut self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.jumped = self.jumped.saturating_add(ms).min(FURTHEST_MS);
    }

    /// Returns market time in milliseconds since 1970.
    pub(crate) fn at(&self, now: Duration) -> i64 {
        let part = u64::from(now.subsec_micros()) * self.speed / 1_000_000;
        let scaled = now
            .as_secs()
            .saturating_mul(self.speed)
            .saturating_add(part);
        let passed = i64::try_from(scaled).unwrap_or(i64::MAX);
        self.opening
            .saturating_add(self.jumped)
            .saturating_add(passed)
    }

    /// Returns the time at which market time comes to this.
    pub(crate) fn when(&self, market: i64) -> Duration {
        let passed = market
            .saturating_sub(self.opening)
            .saturating_sub(self.jumped);
        let thousandths = u128::try_from(passed).unwrap_or(0) * 1_000_000;
        let micros = thousandths.div_ceil(u128::from(self.speed));
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Returns how long a span of market time lasts.
    pub(crate) fn span(&self, market: Duration) -> Duration {
        let nanos = market.as_nanos() * 1000 / u128::from(self.speed);
        Duration::from_nanos(nanos.clamp(1, u128::from(u64::MAX)) as u64)
    }
}

/// Writes a time in milliseconds since 1970 for people, in UTC.
pub(crate) fn utc(ms: i64) -> String {
    let date = Date::of(ms);
    let ms = ms - date.start();
    let (seconds, ms) = (ms / 1000, ms % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!(
        "{} {hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z",
        date.text()
    )
}

/// A civil date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    /// Days since 1970-01-01.
    days: i64,
}

impl Date {
    pub(crate) fn of(ms: i64) -> Self {
        Self {
            days: ms.div_euclid(DAY_MS),
        }
    }

    /// Returns the date in Stockholm at a time.
    pub(crate) fn in_stockholm(ms: i64) -> Self {
        let latest = Self::of(ms.saturating_add(DAY_MS / 12));
        if latest.at_minute(0) > ms {
            latest.back(1)
        } else {
            latest
        }
    }

    /// Reads `YYYY-MM-DD`, refusing days that do not exist.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let shape = |(index, byte): (usize, u8)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        if text.len() != 10 || !text.bytes().enumerate().all(shape) {
            return None;
        }
        let date = Self::new(
            text[..4].parse().ok()?,
            text[5..7].parse().ok()?,
            text[8..].parse().ok()?,
        );
        (date.text() == text).then_some(date)
    }

    /// Returns the count of days from the civil date (proleptic Gregorian).
    fn new(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self {
            days: era * 146_097 + day_of_era - 719_468,
        }
    }

    pub(crate) fn civil(self) -> (i64, i64, i64) {
        let z = self.days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        (year, month, doy - (153 * mp + 2) / 5 + 1)
    }

    pub(crate) fn text(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// Returns midnight UTC in milliseconds since 1970.
    pub(crate) fn start(self) -> i64 {
        self.days * DAY_MS
    }

    pub(crate) fn back(self, days: i64) -> Self {
        Self {
            days: self.days - days,
        }
    }

    pub(crate) fn days_after(self, other: Self) -> i64 {
        self.days - other.days
    }

    /// Returns the day of the week, Monday being 0.
    pub(crate) fn weekday(self) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.days + 3).rem_euclid(7)
    }

    pub(crate) fn is_weekend(self) -> bool {
        self.weekday() > 4
    }

    /// Returns Easter Sunday of the year (after Gauss, for the Gregorian calendar).
    pub(crate) fn easter(self) -> Self {
        let (year, _, _) = self.civil();
        let (century, golden) = (year / 100, year % 19);
        let skipped = century - century / 4 - (8 * century + 13) / 25;
        let moon = (skipped + 19 * golden + 15).rem_euclid(30);
        let moon = moon - i64::from(moon == 29 || (moon == 28 && golden > 10));
        // The Sunday after the full moon of spring.
        let full = Self::new(year, 3, 21).back(-moon);
        full.back((full.weekday() + 1) % 7 - 7)
    }

    /// Central European summer time: from the last Sunday of March until the
    /// last one of October.
    fn is_summer(self) -> bool {
        let (year, _, _) = self.civil();
        let last_sunday = |month| {
            let last = Self::new(year, month, 31);
            last.back((last.days + 4).rem_euclid(7))
        };
        last_sunday(3) <= self && self < last_sunday(10)
    }

    /// Returns the time of a minute after midnight in Stockholm.
    pub(crate) fn at_minute(self, minute: i64) -> i64 {
        // On the day of the change the night still has the time before.
        let rule = if minute < 120 { self.back(1) } else { self };
        let offset = if rule.is_summer() { 120 } else { 60 };
        self.start() + (minute - offset) * 60_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_in_stockholm_follows_summer_time() {
        for (date, utc) in [
            ("2026-03-28", -60),
            ("2026-03-29", -60),
            ("2026-03-30", -120),
            ("2026-10-25", -120),
            ("2026-10-26", -60),
        ] {
            let date = Date::parse(date).unwrap();
            let midnight = date.at_minute(0);
            assert_eq!(midnight - date.start(), utc * 60_000, "{}", date.text());
            assert_eq!(Date::in_stockholm(midnight), date);
            assert_eq!(Date::in_stockholm(midnight - 1), date.back(1));
        }
    }

    #[test]
    fn easter_is_where_it_was() {
        for sunday in [
            "1981-04-19",
            "2000-04-23",
            "2019-04-21",
            "2026-04-05",
            "2027-03-28",
        ] {
            let date = Date::parse(sunday).unwrap();
            assert_eq!(date.easter(), date);
        }
    }

    #[test]
    fn dates_read_and_write() {
        for text in ["1970-01-01", "2024-02-29", "2026-12-31"] {
            assert_eq!(Date::parse(text).unwrap().text(), text);
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-3-17",
            "20260317",
            "2026-03-1å",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(utc(1_773_738_004_056), "2026-03-17 09:00:04.056Z");
        assert_eq!(utc(-1), "1969-12-31 23:59:59.999Z");
    }

    #[test]
    fn speed_scales_market_time_only() {
        let mut clock = Clock::new(1000, 60.0);
        assert_eq!(clock.at(Duration::from_secs(1)), 61_000);
        assert_eq!(clock.span(Duration::from_secs(60)), Duration::from_secs(1));
        clock.jump(Duration::from_secs(5));
        assert_eq!(clock.at(Duration::ZERO), 6000);
    }
}
