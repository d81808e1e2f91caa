//! What is known of a company beside its price, made up once for good.

use crate::fixed::Fixed;
use crate::rng::Rng;

use super::super::clock::Date;
use super::super::listings::Listing;

/// The reports that companies give next, with their names.
const REPORTS: [(&str, [&str; 2]); 2] = [
    ("ANNUAL_REPORT", ["Årsredovisning", "Annual report"]),
    (
        "FIRST_QUARTER_EARNINGS_RESULTS",
        ["Delårsrapport Q1", "First-quarter report"],
    ),
];

/// The figures of a listing. Every one follows from its number and the price
/// that it came to the market with.
pub(crate) struct Figures {
    /// None while it loses money.
    pub(crate) pe: Option<Fixed>,
    pub(crate) pb: Fixed,
    pub(crate) ps: Fixed,
    pub(crate) eps: Fixed,
    /// What is paid for a share and a year, if anything.
    pub(crate) dividend: Option<Fixed>,
    pub(crate) dividend_yield: Option<Fixed>,
    /// How many times a year it pays.
    pub(crate) payments: i64,
    /// Days from the opening to the next events.
    pub(crate) report_in: i64,
    pub(crate) meeting_in: i64,
    pub(crate) report: (&'static str, [&'static str; 2]),
    /// Percent over a week, one and three months, the year so far, one, three,
    /// five and ten years.
    pub(crate) returns: [Fixed; 8],
    pub(crate) owners: i64,
}

impl Figures {
    pub(crate) fn of(listing: &Listing, price: Fixed) -> Self {
        let mut rng = Rng::new(listing.instrument_id as u64, 0xF160);
        let mut hundredths = |low, high| Fixed::from_ten_thousandths(rng.between(low, high) * 100);
        let ratio = hundredths(700, 4200);
        let (pb, ps) = (hundredths(60, 900), hundredths(30, 700));
        let spans = [300, 700, 1200, 1500, 3500, 6000, 9000, 24_000];
        let returns = spans.map(|most| hundredths((-most / 2).max(-8000), most));
        let losing = rng.once_in(7);
        let pays = !losing && !rng.once_in(5);
        let earned = price.over(ratio).per(1);
        let share = Fixed::from_ten_thousandths(rng.between(2500, 7000));
        let dividend = pays
            .then(|| earned.at_rate(share))
            .filter(|one| *one > Fixed::ZERO);
        Self {
            pe: (!losing).then_some(ratio),
            pb,
            ps,
            eps: if losing { -earned } else { earned },
            dividend,
            dividend_yield: dividend.map(|paid| paid.times(100).over(price).per(1)),
            payments: rng.between(1, 2),
            report_in: rng.between(3, 80),
            meeting_in: rng.between(2, 60),
            report: REPORTS[usize::from(rng.once_in(2))],
            returns,
            owners: rng.between(200, 160_000),
        }
    }

    /// Returns what is paid the next time.
    pub(crate) fn payment(&self) -> Option<Fixed> {
        self.dividend.map(|paid| paid.per(self.payments))
    }
}

/// Returns midnight so many days after the day of `opening`.
pub(crate) fn days_after(opening: i64, days: i64) -> i64 {
    Date::of(opening).back(-days).start()
}
