//! Exchange-traded funds and derivatives that are known.

use crate::fixed::Fixed;

use super::super::clock::Date;
use super::Kind;
use super::terms::{Form, Issuer, NORDNET, SOCIETE_GENERALE, VONTOBEL};
use super::untraded::{FundFacts, fund_facts};

/// A product whose underlying is named by its symbol.
pub(super) struct Product {
    pub(super) kind: Kind,
    pub(super) market_id: i64,
    pub(super) identifier: String,
    pub(super) name: String,
    pub(super) isin: Option<&'static str>,
    pub(super) underlying: &'static str,
    pub(super) rises: bool,
    pub(super) issuer: Option<&'static Issuer>,
    pub(super) form: Form,
    pub(super) fund: Option<FundFacts>,
    /// Days since it was first traded.
    pub(super) age: i64,
}

/// The market of certificates, mini futures, turbos and warrants.
const NDX: i64 = 13;
const OPTIONS: i64 = 18;

/// Market, identifier, name, ISIN, index, leverage, price in ten-thousandths.
type FundRow = (
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i64,
    i64,
    FundFacts,
);

#[rustfmt::skip]
const FUNDS: [FundRow; 4] = [
    (11, "4241", "XACT OMXS30", "SE0000693293", "OMXS30", 1, 4_213_500, fund_facts(10, 6, false)),
    (11, "80641", "XACT BULL 2", "SE0003051655", "OMXS30", 2, 9_821_000, fund_facts(60, 6, true)),
    (15, "1901", "DNB OBX", "NO0010257801", "OBX", 1, 1_482_000, fund_facts(30, 8, true)),
    (24, "1910", "SLG OMXH25", "FI0008805627", "OMXH25", 1, 512_300, fund_facts(19, 6, false)),
];

/// Identifier, name, underlying, whether it rises with it, leverage, price in
/// ten-thousandths, issuer.
type CertificateRow = (
    &'static str,
    &'static str,
    &'static str,
    bool,
    i64,
    i64,
    &'static Issuer,
);

#[rustfmt::skip]
const CERTIFICATES: [CertificateRow; 6] = [
    ("240551", "BULL ERIC X3 NORDNET", "ERIC B", true, 3, 142_000, &NORDNET),
    ("240552", "BEAR ERIC X3 NORDNET", "ERIC B", false, 3, 88_400, &NORDNET),
    ("240561", "BULL OMX X5 NORDNET", "OMXS30", true, 5, 316_500, &NORDNET),
    ("240562", "BEAR OMX X5 NORDNET", "OMXS30", false, 5, 47_100, &NORDNET),
    ("241003", "BULL NOVO X4 VONT", "NOVO B", true, 4, 121_800, &VONTOBEL),
    ("241004", "BEAR EQNR X2 VONT", "EQNR", false, 2, 964_200, &VONTOBEL),
];

/// Identifier, name, underlying, whether it rises with it, level and barrier
/// in ten-thousandths, ratio, issuer.
type KnockOutRow = (
    &'static str,
    &'static str,
    &'static str,
    bool,
    i64,
    i64,
    i64,
    &'static Issuer,
);

#[rustfmt::skip]
const MINI_FUTURES: [KnockOutRow; 4] = [
    ("240771", "MINI L ERICB NORDNET 04", "ERIC B", true, 712_400, 733_000, 10, &NORDNET),
    ("240772", "MINI S VOLVB NORDNET 02", "VOLV B", false, 3_804_000, 3_610_000, 100, &NORDNET),
    ("241771", "MINI L NOVOB SG 11", "NOVO B", true, 3_421_000, 3_520_000, 10, &SOCIETE_GENERALE),
    ("240773", "MINI L OMX NORDNET 19", "OMXS30", true, 24_105_000, 24_580_000, 100, &NORDNET),
];

#[rustfmt::skip]
const TURBOS: [KnockOutRow; 4] = [
    ("240811", "TURBO L ERICB NORDNET 11", "ERIC B", true, 780_000, 780_000, 10, &NORDNET),
    ("240812", "TURBO S ERICB NORDNET 05", "ERIC B", false, 948_000, 948_000, 10, &NORDNET),
    ("241811", "TURBO L EQNR SG 03", "EQNR", true, 2_412_000, 2_412_000, 10, &SOCIETE_GENERALE),
    ("240813", "TURBO S HMB NORDNET 07", "HM B", false, 1_684_000, 1_684_000, 10, &NORDNET),
];

/// The strikes of the option chain on ERIC B, in whole kronor.
const STRIKES: [i64; 5] = [78, 82, 86, 90, 94];

/// Returns all products as they are on the day of `opening`.
pub(super) fn products(opening: i64) -> Vec<Product> {
    let mut all = Vec::new();
    for (market_id, identifier, name, isin, index, leverage, price, facts) in FUNDS {
        all.push(Product {
            market_id,
            isin: Some(isin),
            fund: Some(facts),
            age: 3000,
            ..product(
                Kind::Fund,
                identifier,
                name,
                index,
                true,
                None,
                daily(leverage, price),
            )
        });
    }
    for (identifier, name, underlying, rises, leverage, price, issuer) in CERTIFICATES {
        let form = daily(leverage, price);
        all.push(product(
            Kind::Certificate,
            identifier,
            name,
            underlying,
            rises,
            Some(issuer),
            form,
        ));
    }
    let minis = MINI_FUTURES.into_iter().map(|row| (Kind::MiniFuture, row));
    let turbos = TURBOS.into_iter().map(|row| (Kind::Turbo, row));
    for (kind, (identifier, name, underlying, rises, level, barrier, ratio, issuer)) in
        minis.chain(turbos)
    {
        let form = Form::KnockOut {
            level: Fixed::from_ten_thousandths(level),
            barrier: Fixed::from_ten_thousandths(barrier),
            ratio,
        };
        all.push(product(
            kind,
            identifier,
            name,
            underlying,
            rises,
            Some(issuer),
            form,
        ));
    }
    let expiries = expiries(Date::of(opening));
    all.extend(warrants(expiries));
    all.extend(options(expiries[0]));
    all
}

fn product(
    kind: Kind,
    identifier: &str,
    name: &str,
    underlying: &'static str,
    rises: bool,
    issuer: Option<&'static Issuer>,
    form: Form,
) -> Product {
    Product {
        kind,
        market_id: NDX,
        identifier: identifier.to_owned(),
        name: name.to_owned(),
        isin: None,
        underlying,
        rises,
        issuer,
        form,
        fund: None,
        age: 134,
    }
}

fn daily(leverage: i64, price: i64) -> Form {
    Form::Daily {
        leverage,
        worth: Fixed::from_ten_thousandths(price),
        start: Fixed::ZERO,
    }
}

fn warrants(expiries: [Date; 2]) -> [Product; 2] {
    let warrant = |identifier, root, underlying, rises, strike: i64, ratio, expiry| {
        let name = format!("{root}{} {strike}NDS", series(expiry, rises));
        let form = Form::Right {
            strike: Fixed::from_units(strike),
            expiry,
            ratio,
        };
        product(
            Kind::Warrant,
            identifier,
            &name,
            underlying,
            rises,
            Some(&NORDNET),
            form,
        )
    };
    let [near, far] = expiries;
    [
        warrant("240113", "ERI", "ERIC B", true, 90, 10, near),
        warrant("240114", "VOL", "VOLV B", false, 300, 10, far),
    ]
}

fn options(expiry: Date) -> Vec<Product> {
    let mut all = Vec::new();
    for strike in STRIKES {
        for rises in [true, false] {
            let form = Form::Right {
                strike: Fixed::from_units(strike),
                expiry,
                ratio: 1,
            };
            let name = format!("ERICB{}{strike}", series(expiry, rises));
            let identifier = format!("310{strike}{}", i64::from(!rises));
            all.push(Product {
                market_id: OPTIONS,
                age: 270,
                ..product(
                    Kind::Option,
                    &identifier,
                    &name,
                    "ERIC B",
                    rises,
                    None,
                    form,
                )
            });
        }
    }
    all
}

/// Names year and month the way the option market does: calls expire in the
/// months A to L, puts in M to X.
fn series(expiry: Date, call: bool) -> String {
    let text = expiry.text();
    let month = text[5..7].parse::<u8>().unwrap_or(1) - 1;
    let letter = if call { b'A' } else { b'M' } + month;
    format!("{}{}", &text[3..4], char::from(letter))
}

/// Returns the next two quarterly expiries that are a month away or more: the
/// third Fridays of March, June, September and December.
fn expiries(opening: Date) -> [Date; 2] {
    let mut found = (30..)
        .map(|ahead| opening.back(-ahead))
        .filter(|date| is_expiry(*date));
    let mut next = || found.next().unwrap_or(opening);
    [next(), next()]
}

fn is_expiry(date: Date) -> bool {
    let text = date.text();
    let is_quarter = matches!(&text[5..7], "03" | "06" | "09" | "12");
    let is_third = ("15"..="21").contains(&&text[8..]);
    // 1970-01-01 was a Thursday.
    let is_friday = (date.start() / 86_400_000).rem_euclid(7) == 1;
    is_quarter && is_third && is_friday
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiries_are_the_third_fridays_of_quarters() {
        let dates = |opening: &str| {
            let opening = Date::parse(opening).unwrap();
            expiries(opening).map(Date::text)
        };
        assert_eq!(dates("2026-03-17"), ["2026-06-19", "2026-09-18"]);
        assert_eq!(dates("2026-05-21"), ["2026-09-18", "2026-12-18"]);
        let expiry = Date::parse("2026-06-19").unwrap();
        assert_eq!(
            (series(expiry, true), series(expiry, false)),
            ("6F".into(), "6R".into())
        );
    }
}
