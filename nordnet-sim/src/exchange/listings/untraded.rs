//! Securities that nobody can enter orders for.

use crate::fixed::Fixed;

/// What is said about a fund.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FundFacts {
    /// Percent a year.
    pub(crate) fee: Fixed,
    pub(crate) sfdr_article: i64,
    pub(crate) dividend_policy: &'static str,
}

pub(super) const fn fund_facts(
    fee_hundredths: i64,
    sfdr_article: i64,
    accumulates: bool,
) -> FundFacts {
    FundFacts {
        fee: Fixed::from_ten_thousandths(fee_hundredths * 100),
        sfdr_article,
        dividend_policy: if accumulates {
            "ACCUMULATING"
        } else {
            "DISTRIBUTING"
        },
    }
}

/// A security without a market that matches orders.
#[derive(Debug)]
pub(crate) struct Untraded {
    pub(crate) instrument_id: i64,
    pub(crate) symbol: &'static str,
    pub(crate) name: &'static str,
    pub(crate) isin: &'static str,
    pub(crate) currency: &'static str,
    /// Its identifier on the virtual market of funds.
    pub(crate) identifier: Option<&'static str>,
    /// There is none for a share that is no longer listed.
    pub(crate) fund: Option<FundFacts>,
    /// The value of one, in ten-thousandths.
    pub(crate) value: i64,
}

/// The number of the virtual market of funds.
pub(crate) const FUND_MARKET: i64 = 900;

#[rustfmt::skip]
pub(crate) const UNTRADED: [Untraded; 3] = [
    Untraded { instrument_id: 16_801_204, symbol: "FJÄLL SMÅBOLAG", name: "Fjäll Småbolag A", isin: "SE0099000017", currency: "SEK", identifier: Some("7120"), fund: Some(fund_facts(135, 8, true)), value: 2_184_512 },
    Untraded { instrument_id: 16_801_377, symbol: "FJÄLL GLOBAL", name: "Fjäll Global Index", isin: "SE0099000025", currency: "SEK", identifier: Some("7133"), fund: Some(fund_facts(20, 9, false)), value: 4_120_377 },
    Untraded { instrument_id: 16_100_911, symbol: "NRSK", name: "Norrsken Biotech", isin: "SE0099000033", currency: "SEK", identifier: None, fund: None, value: 31_150 },
];
