//! When venues trade: holidays, half days, and the phases of a day.

use super::clock::Date;
use super::listings::Venue;

/// The opening call begins so long before the opening, in milliseconds.
const OPENING_CALL: i64 = 15 * 60_000;
/// The closing call ends with the close.
const CLOSING_CALL: i64 = 5 * 60_000;

/// What a venue does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Closed,
    /// Orders collect; the opening auction ends it.
    OpeningCall,
    Continuous,
    /// Orders collect; the closing auction ends it.
    ClosingCall,
}

/// A phase and when the next one begins, in market time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) phase: Phase,
    pub(crate) until: i64,
}

/// A day with trading, and when it opens and closes in market time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TradingDay {
    pub(crate) date: Date,
    pub(crate) open: i64,
    pub(crate) close: i64,
}

impl Session {
    /// Returns what a venue does at a time.
    pub(crate) fn at(venue: &Venue, at: i64) -> Self {
        let mut days = trading_days(venue, Date::in_stockholm(at));
        loop {
            // There is always another trading day; this never runs out.
            let Some(day) = days.next() else {
                return Self {
                    phase: Phase::Closed,
                    until: i64::MAX,
                };
            };
            let phases = [
                (Phase::Closed, day.open - OPENING_CALL),
                (Phase::OpeningCall, day.open),
                (Phase::Continuous, day.close - CLOSING_CALL),
                (Phase::ClosingCall, day.close),
            ];
            if let Some((phase, until)) = phases.into_iter().find(|(_, until)| at < *until) {
                return Self { phase, until };
            }
        }
    }
}

/// Returns the trading days of a venue from a date on.
pub(crate) fn trading_days(venue: &Venue, from: Date) -> impl Iterator<Item = TradingDay> {
    let (open, close) = venue.hours;
    let (country, half_close) = (venue.country, half_day_close(venue.country));
    let dates = (0..).map(move |ahead| from.back(-ahead));
    dates
        .filter(move |date| !date.is_weekend() && !is_holiday(country, *date))
        .map(move |date| TradingDay {
            date,
            open: date.at_minute(open),
            close: date.at_minute(if is_half_day(country, date) {
                half_close
            } else {
                close
            }),
        })
}

/// Says whether the exchanges of a country are closed all day.
fn is_holiday(country: &str, date: Date) -> bool {
    let (_, month, day) = date.civil();
    let after_easter = date.days_after(date.easter());
    // New Year, Christmas Eve and Day, New Year's Eve; Good Friday, Easter Monday.
    if matches!((month, day), (1, 1) | (12, 24 | 25 | 31)) || matches!(after_easter, -2 | 1) {
        return true;
    }
    let midsummer_eve = month == 6 && (19..=25).contains(&day) && date.weekday() == 4;
    match country {
        // Epiphany, Labour Day, National Day; Ascension.
        "SE" => {
            matches!((month, day), (1, 6) | (5, 1) | (6, 6)) || after_easter == 39 || midsummer_eve
        }
        // Epiphany, Labour Day, Independence Day, Boxing Day; Ascension.
        "FI" => {
            matches!((month, day), (1, 6) | (5, 1) | (12, 6 | 26))
                || after_easter == 39
                || midsummer_eve
        }
        // Constitution Day, Boxing Day; Maundy Thursday, Ascension with the
        // day after it, Whit Monday.
        "DK" => {
            matches!((month, day), (6, 5) | (12, 26)) || matches!(after_easter, -3 | 39 | 40 | 50)
        }
        // Labour Day, Constitution Day, Boxing Day; Maundy Thursday,
        // Ascension, Whit Monday.
        "NO" => {
            matches!((month, day), (5, 1 | 17) | (12, 26)) || matches!(after_easter, -3 | 39 | 50)
        }
        _ => false,
    }
}

/// Says whether the exchanges of a country close early.
fn is_half_day(country: &str, date: Date) -> bool {
    let (_, month, day) = date.civil();
    let after_easter = date.days_after(date.easter());
    match country {
        // The days before Epiphany, Labour Day and All Saints; Maundy
        // Thursday, and the day before Ascension.
        "SE" => {
            let before_all_saints =
                date.weekday() == 4 && matches!((month, day), (10, 30 | 31) | (11, 1..=5));
            matches!((month, day), (1, 5) | (4, 30))
                || matches!(after_easter, -3 | 38)
                || before_all_saints
        }
        // The Wednesday before Easter.
        "NO" => after_easter == -4,
        _ => false,
    }
}

/// Returns the close of half days, in minutes after midnight in Stockholm.
fn half_day_close(country: &str) -> i64 {
    if country == "NO" { 785 } else { 780 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::listings::VENUES;

    fn venue(country: &str) -> &'static Venue {
        VENUES
            .iter()
            .find(|venue| venue.country == country)
            .unwrap()
    }

    /// The weekdays of a year without trading, and those with little of it.
    fn exceptions(country: &str, year: i64) -> (Vec<String>, Vec<String>) {
        let start = Date::parse(&format!("{year}-01-01")).unwrap();
        let within = |date: &Date| date.civil().0 == year;
        let dates: Vec<_> = (0..366)
            .map(|ahead| start.back(-ahead))
            .take_while(within)
            .filter(|date| !date.is_weekend())
            .collect();
        let text = |date: &Date| date.text()[5..].to_owned();
        let closed = dates.iter().filter(|date| is_holiday(country, **date));
        let half = dates
            .iter()
            .filter(|date| is_half_day(country, **date) && !is_holiday(country, **date));
        (closed.map(text).collect(), half.map(text).collect())
    }

    #[test]
    fn the_holidays_of_two_years_are_those_of_each_country() {
        for (country, year, closed, half) in [
            (
                "SE",
                2026,
                "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31",
                "01-05 04-02 04-30 05-13 10-30",
            ),
            (
                "SE",
                2027,
                "01-01 01-06 03-26 03-29 05-06 06-25 12-24 12-31",
                "01-05 03-25 04-30 05-05 11-05",
            ),
            (
                "DK",
                2026,
                "01-01 04-02 04-03 04-06 05-14 05-15 05-25 06-05 12-24 12-25 12-31",
                "",
            ),
            (
                "DK",
                2027,
                "01-01 03-25 03-26 03-29 05-06 05-07 05-17 12-24 12-31",
                "",
            ),
            (
                "NO",
                2026,
                "01-01 04-02 04-03 04-06 05-01 05-14 05-25 12-24 12-25 12-31",
                "04-01",
            ),
            (
                "NO",
                2027,
                "01-01 03-25 03-26 03-29 05-06 05-17 12-24 12-31",
                "03-24",
            ),
            (
                "FI",
                2026,
                "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31",
                "",
            ),
            (
                "FI",
                2027,
                "01-01 01-06 03-26 03-29 05-06 06-25 12-06 12-24 12-31",
                "",
            ),
        ] {
            let (holidays, half_days) = exceptions(country, year);
            assert_eq!(holidays.join(" "), closed, "{country} {year}");
            assert_eq!(half_days.join(" "), half, "{country} {year}");
        }
    }

    #[test]
    fn trading_days_match_the_published_example() {
        let from = Date::parse("2026-03-17").unwrap();
        let days: Vec<_> = trading_days(venue("SE"), from).take(14).collect();
        assert_eq!(days[0].date, from);
        assert_eq!(
            (days[0].open, days[0].close),
            (1_773_734_400_000, 1_773_765_000_000)
        );
        assert_eq!(days[4].date.text(), "2026-03-23");
        // After the last Sunday of March the same local hour is an hour earlier.
        assert_eq!(days[9].date.text(), "2026-03-30");
        assert_eq!(days[9].open - days[8].open, (3 * 24 - 1) * 3_600_000);
        // Maundy Thursday is short, and after it comes the Tuesday.
        assert_eq!(days[12].close - days[12].open, 4 * 3_600_000);
        assert_eq!(days[13].date.text(), "2026-04-07");
    }

    #[test]
    fn a_day_goes_through_its_phases() {
        let venue = venue("SE");
        let midnight = Date::parse("2026-03-20").unwrap().at_minute(0);
        let minute = |minute: i64| midnight + minute * 60_000;
        for (at, phase, until) in [
            (0, Phase::Closed, 525),
            (525, Phase::OpeningCall, 540),
            (540, Phase::Continuous, 1045),
            (1045, Phase::ClosingCall, 1050),
            // A Friday: closed until Monday.
            (1050, Phase::Closed, 3 * 1440 + 525),
        ] {
            let session = Session::at(venue, minute(at));
            assert_eq!((session.phase, session.until), (phase, minute(until)));
            assert_eq!(Session::at(venue, minute(until) - 1).phase, phase);
        }
    }
}
