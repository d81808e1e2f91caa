//! Accounts: cash, holdings, and what they are worth.

use std::collections::BTreeMap;

use crate::dialect::Accids;
use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::market::{Instrument, Side};
use super::rest::{Call, Refusal};

/// Every account is kept in this currency.
const CURRENCY: &str = "SEK";

/// One account of the customer.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) accno: i64,
    alias: &'static str,
    atyid: i64,
    kind: [&'static str; 2],
    default: bool,
    blocked: bool,
    opened: &'static str,
    cash: Fixed,
    morning: Fixed,
    /// By index of the instrument, which is the order of the listings.
    positions: BTreeMap<usize, Position>,
}

/// A holding.
#[derive(Clone, Debug)]
struct Position {
    quantity: i64,
    /// What was paid for all of it, in the currency of the trading and of the account.
    cost: Fixed,
    cost_in_account: Fixed,
}

/// Makes the accounts as they are in the morning.
pub(crate) fn opening(market: &[Instrument]) -> Vec<Account> {
    let account = |accno, alias, atyid, kind, opened, cash| Account {
        accno,
        alias,
        atyid,
        kind,
        default: false,
        blocked: false,
        opened,
        cash: Fixed::from_units(cash),
        morning: Fixed::ZERO,
        positions: BTreeMap::new(),
    };
    let savings = Account {
        default: true,
        ..account(
            60_012_345,
            "ISK",
            41,
            ["Investeringssparkonto", "Investment savings account"],
            "2019-02-11",
            100_000,
        )
    };
    let mut insurance = account(
        60_012_399,
        "Kapitalförsäkring",
        42,
        ["Kapitalförsäkring", "Endowment insurance"],
        "2021-09-01",
        250_000,
    );
    for (symbol, quantity, paid) in [
        ("ERIC B", 1000, 725_000),
        ("VOLV B", 400, 2_751_000),
        ("EQNR", 300, 2_712_000),
        ("NOVO B", 50, 4_385_000),
    ] {
        let named = |one: &Instrument| one.listing.symbol == symbol;
        if let Some(index) = market.iter().position(named) {
            let cost = Fixed::from_ten_thousandths(paid).times(quantity);
            let position = Position {
                quantity,
                cost,
                cost_in_account: cost.at_rate(exchange_rate(market[index].listing.currency())),
            };
            insurance.positions.insert(index, position);
        }
    }
    let blocked = Account {
        blocked: true,
        ..account(
            60_012_410,
            "Gammal depå",
            1,
            ["Aktie- och fondkonto", "Share and fund account"],
            "2008-05-05",
            1000,
        )
    };
    let mut accounts = vec![savings, insurance, blocked];
    for account in &mut accounts {
        account.morning = account.cash + account.holdings_value(market);
    }
    accounts
}

/// Returns what one unit of a currency is worth in the account's currency.
pub(crate) fn exchange_rate(currency: &str) -> Fixed {
    Fixed::from_ten_thousandths(match currency {
        "NOK" => 9_850,
        "DKK" => 14_705,
        "EUR" => 109_820,
        _ => 10_000,
    })
}

/// Makes an amount of money.
pub(crate) fn amount(value: Fixed, currency: &str) -> Json {
    object! { "value": value, "currency": currency }
}

impl Account {
    pub(crate) fn held(&self, instrument: usize) -> i64 {
        self.positions
            .get(&instrument)
            .map_or(0, |position| position.quantity)
    }

    /// Moves cash and holding for a fill.
    pub(crate) fn settle(
        &mut self,
        instrument: usize,
        side: Side,
        volume: i64,
        price: Fixed,
        currency: &str,
    ) {
        let value = price.times(volume);
        let in_account = value.at_rate(exchange_rate(currency));
        match side {
            Side::Buy => {
                self.cash -= in_account;
                let position = self.positions.entry(instrument).or_insert(Position {
                    quantity: 0,
                    cost: Fixed::ZERO,
                    cost_in_account: Fixed::ZERO,
                });
                position.quantity += volume;
                position.cost += value;
                position.cost_in_account += in_account;
            }
            Side::Sell => {
                self.cash += in_account;
                if let Some(position) = self.positions.get_mut(&instrument) {
                    position.reduce(volume);
                    if position.quantity == 0 {
                        self.positions.remove(&instrument);
                    }
                }
            }
        }
    }

    fn holdings_value(&self, market: &[Instrument]) -> Fixed {
        self.positions
            .iter()
            .map(|(&index, position)| {
                let instrument = &market[index];
                let value = instrument.last().times(position.quantity);
                value.at_rate(exchange_rate(instrument.listing.currency()))
            })
            .sum()
    }
}

impl Position {
    /// Sells part of it; what is left keeps its average cost.
    fn reduce(&mut self, volume: i64) {
        let left = self.quantity - volume;
        let share = |cost: Fixed| {
            let part = i128::from(cost.ten_thousandths()) * i128::from(left)
                / i128::from(self.quantity.max(1));
            Fixed::from_ten_thousandths(part as i64)
        };
        (self.cost, self.cost_in_account) = (share(self.cost), share(self.cost_in_account));
        self.quantity = left;
    }
}

impl Exchange {
    /// `GET /accounts`
    pub(super) fn list_accounts(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        call.flag("include_credit_accounts", false)?;
        let accounts = self.accounts.iter().enumerate().map(|(index, account)| {
            let reason = if call.english {
                "Blocked on the customer's request"
            } else {
                "Spärrat på kundens begäran"
            };
            object! {
                "accid": self.accid(index, call.epoch()),
                "accno": account.accno,
                "alias": account.alias,
                "atyid": account.atyid,
                "type": account.kind[usize::from(call.english)],
                "default": account.default,
                "is_blocked": account.blocked,
                "blocked_reason": account.blocked.then_some(reason),
            }
        });
        Ok(Json::Array(accounts.collect()))
    }

    /// `GET /accounts/{accid}/info`
    pub(super) fn get_account_info(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        call.flag("include_interest_rate", true)?;
        let margin = call.flag("include_short_pos_margin", true)?;
        let accounts = self.accounts_named(call)?;
        let infos = accounts
            .into_iter()
            .map(|index| self.account_info(index, margin, call.epoch()));
        Ok(Json::Array(infos.collect()))
    }

    /// `GET /accounts/{accid}/positions`
    pub(super) fn list_positions(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        call.flag("include_instrument_loans", false)?;
        call.flag("include_intraday_limit", false)?;
        let mut positions = Vec::new();
        for index in self.accounts_named(call)? {
            let account = &self.accounts[index];
            for (&held, position) in &account.positions {
                positions.push(self.position(index, held, position, call.epoch()));
            }
        }
        Ok(Json::Array(positions))
    }

    /// Returns the accounts that the first path segment lists, by account
    /// number or by the id of this session.
    pub(super) fn accounts_named(&self, call: &Call<'_>) -> Result<Vec<usize>, Refusal> {
        let mut named = Vec::new();
        for text in call.segment(0).split(',') {
            let index = self.account_named(text, call)?;
            if !named.contains(&index) {
                named.push(index);
            }
        }
        Ok(named)
    }

    pub(super) fn account_named(&self, text: &str, call: &Call<'_>) -> Result<usize, Refusal> {
        let number: i64 = text
            .trim()
            .parse()
            .map_err(|_| Refusal::parameter("accid"))?;
        let by_number = self
            .accounts
            .iter()
            .position(|account| account.accno == number);
        let by_id = || {
            let ids = 0..self.accounts.len();
            ids.into_iter()
                .find(|&index| self.accid(index, call.epoch()) == Some(number))
        };
        let index = by_number
            .or_else(by_id)
            .ok_or(Refusal::account_not_found())?;
        if self.accounts[index].blocked {
            return Err(Refusal::forbidden());
        }
        Ok(index)
    }

    /// Returns the account's id in a session.
    pub(super) fn accid(&self, account: usize, epoch: u64) -> Option<i64> {
        match self.config.dialect.accids {
            Accids::Stable => Some(account as i64 + 1),
            Accids::Rotated => {
                Some(((account as u64 + epoch) % self.accounts.len() as u64) as i64 + 1)
            }
            Accids::Absent => None,
        }
    }

    /// Returns what may still be spent.
    pub(super) fn trading_power(&self, account: usize) -> Fixed {
        self.accounts[account].cash - self.buy_orders_value(account)
    }

    fn buy_orders_value(&self, account: usize) -> Fixed {
        self.open_orders(account, Side::Buy)
            .map(|order| {
                let currency = self.market[order.instrument].listing.currency();
                order
                    .price
                    .times(order.remaining())
                    .at_rate(exchange_rate(currency))
            })
            .sum()
    }

    fn account_info(&self, index: usize, margin: bool, epoch: u64) -> Json {
        let account = &self.accounts[index];
        let money = |value| amount(value, CURRENCY);
        let zero = || money(Fixed::ZERO);
        let holdings = account.holdings_value(&self.market);
        let capital = account.cash + holdings;
        object! {
            "accid": self.accid(index, epoch),
            "accno": account.accno,
            "account_currency": CURRENCY,
            "registration_date": account.opened,
            "account_sum": money(account.cash),
            "full_marketvalue": money(holdings),
            "interest": zero(),
            "forward_sum": zero(),
            "future_sum": zero(),
            "unrealized_future_profit_loss": zero(),
            "own_capital": money(capital),
            "own_capital_morning": money(account.morning),
            "equity": money(capital),
            "account_credit": zero(),
            "loan_limit": zero(),
            "pawn_value": zero(),
            "collateral": zero(),
            "buy_orders_value": money(self.buy_orders_value(index)),
            "trading_power": money(self.trading_power(index)),
            "short_positions_margin": margin.then(zero),
            "reserved": object! {
                "corporate_actions": zero(),
                "fund_orders": zero(),
                "monthly_savings_exchange_traded": zero(),
                "other": zero(),
                "total": zero(),
            },
        }
    }

    fn position(&self, account: usize, held: usize, position: &Position, epoch: u64) -> Json {
        let instrument = &self.market[held];
        let currency = instrument.listing.currency();
        let value = instrument.last().times(position.quantity);
        object! {
            "accid": self.accid(account, epoch),
            "accno": self.accounts[account].accno,
            "instrument": self.instrument(held),
            "qty": Fixed::from_units(position.quantity),
            "acq_price": amount(position.cost.per(position.quantity), currency),
            "acq_price_acc": amount(position.cost_in_account.per(position.quantity), CURRENCY),
            "market_value": amount(value, currency),
            "market_value_acc": amount(value.at_rate(exchange_rate(currency)), CURRENCY),
            "morning_price": amount(instrument.morning, currency),
            "pawn_percent": 0,
            "margin_percent": 0,
        }
    }
}
