//! The accounts as they are in the morning.

use std::collections::BTreeMap;

use crate::fixed::Fixed;

use super::super::cash::Cash;
use super::super::market::Instrument;
use super::super::texts::Text;
use super::{Account, CREDIT_TYPE, Position, exchange_rate};

/// Symbol, quantity, and what was paid for one in ten-thousandths.
type Holding = (&'static str, i64, i64);

const INSURANCE: [Holding; 4] = [
    ("ERIC B", 1000, 725_000),
    ("VOLV B", 400, 2_751_000),
    ("EQNR", 300, 2_712_000),
    ("NOVO B", 50, 4_385_000),
];

const CUSTODY: [Holding; 5] = [
    ("SAAB B", 120, 2_214_000),
    ("NOKIA", 800, 36_500),
    ("XACT OMXS30", 60, 3_302_500),
    ("BULL ERIC X3 NORDNET", 500, 118_000),
    ("MINI L OMX NORDNET 19", 2000, 29_400),
];

/// The account with the debts of the custody account.
const CREDIT: i64 = 60_012_436;

/// Makes the accounts as they are in the morning.
pub(crate) fn opening(market: &[Instrument]) -> Vec<Account> {
    let listings = market.iter().enumerate();
    let homes = listings.filter_map(|(index, one)| Some((index, one.listing.twin_of?)));
    let homes: BTreeMap<usize, usize> = homes.collect();
    let account = |accno, alias, atyid, kind, opened, cash: &[(&'static str, i64)]| Account {
        accno,
        alias,
        atyid,
        kind,
        default: false,
        blocked: false,
        opened,
        cash: Cash::new(cash),
        deposits: Vec::new(),
        credit: None,
        morning: Fixed::ZERO,
        positions: BTreeMap::new(),
        homes: homes.clone(),
    };
    let savings: Text = ["Investeringssparkonto", "Investment savings account"];
    let insurance: Text = ["Kapitalförsäkring", "Endowment insurance"];
    let custody: Text = ["Aktie- och fondkonto", "Share and fund account"];
    let pension: Text = ["Tjänstepension", "Occupational pension"];
    let credit: Text = ["Kreditkonto", "Credit account"];
    let foreign = [("SEK", 64_000), ("EUR", 2_500), ("NOK", 12_000), ("DKK", 0)];
    let mut accounts = vec![
        Account {
            default: true,
            ..account(
                60_012_345,
                "ISK",
                41,
                savings,
                "2019-02-11",
                &[("SEK", 100_000)],
            )
        },
        Account {
            positions: positions(&INSURANCE, market),
            ..account(
                60_012_399,
                "Kapitalförsäkring",
                42,
                insurance,
                "2021-09-01",
                &[("SEK", 250_000)],
            )
        },
        Account {
            blocked: true,
            ..account(
                60_012_410,
                "Gammal depå",
                1,
                custody,
                "2008-05-05",
                &[("SEK", 1000)],
            )
        },
        Account {
            cash: Cash::new(&foreign).with_interest(1240),
            deposits: vec![5000],
            credit: Some(CREDIT),
            positions: positions(&CUSTODY, market),
            ..account(60_012_428, "Depå", 1, custody, "2012-10-19", &[])
        },
        account(60_012_444, "", 43, pension, "2024-01-15", &[]),
        Account {
            cash: Cash::new(&[("SEK", -25_000)]).with_interest(-6115),
            deposits: vec![-120],
            ..account(CREDIT, "Kredit", CREDIT_TYPE, credit, "2012-10-19", &[])
        },
    ];
    for account in &mut accounts {
        let deposits = account.deposits.iter().sum();
        account.morning = account.capital(market) - Fixed::from_units(deposits);
    }
    accounts
}

fn positions(holdings: &[Holding], market: &[Instrument]) -> BTreeMap<usize, Position> {
    let held = holdings.iter().filter_map(|&(symbol, quantity, paid)| {
        let index = market.iter().position(|one| one.listing.symbol == symbol)?;
        let cost = Fixed::from_ten_thousandths(paid).times(quantity);
        let position = Position {
            quantity,
            cost,
            cost_in_account: cost.at_rate(exchange_rate(market[index].listing.currency())),
        };
        Some((index, position))
    });
    held.collect()
}
