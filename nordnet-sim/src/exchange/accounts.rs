//! Accounts: cash, holdings, and what they are worth.

use std::collections::BTreeMap;

use crate::dialect::{Accids, UnknownAccount};
use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::cash::Cash;
use super::market::{Instrument, Side};
use super::rest::{Call, Refusal};
use super::texts::Text;

mod opening;

pub(super) use opening::opening;

/// Every account is kept in this currency.
pub(crate) const CURRENCY: &str = "SEK";

/// The type of accounts that are listed on request only.
const CREDIT_TYPE: i64 = 60;

/// One account of the customer.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) accno: i64,
    alias: &'static str,
    atyid: i64,
    kind: Text,
    default: bool,
    blocked: bool,
    opened: &'static str,
    pub(super) cash: Cash,
    /// What was paid in today, or out, in whole units.
    deposits: Vec<i64>,
    /// The account that is borrowed on for this one.
    credit: Option<i64>,
    morning: Fixed,
    /// By index of the listing on the home market.
    positions: BTreeMap<usize, Position>,
    /// The listings elsewhere, with that on the home market.
    homes: BTreeMap<usize, usize>,
}

/// A holding.
#[derive(Clone, Debug)]
struct Position {
    quantity: i64,
    /// What was paid for all of it, in the currency of the trading and of the account.
    cost: Fixed,
    cost_in_account: Fixed,
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
            .get(&self.home(instrument))
            .map_or(0, |position| position.quantity)
    }

    /// Returns the listing that holdings are kept under.
    pub(crate) fn home(&self, instrument: usize) -> usize {
        self.homes.get(&instrument).copied().unwrap_or(instrument)
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
        let instrument = self.home(instrument);
        let value = price.times(volume);
        let in_account = value.at_rate(exchange_rate(currency));
        match side {
            Side::Buy => {
                self.cash.pay(value, currency);
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
                self.cash.receive(value, currency);
                if let Some(position) = self.positions.get_mut(&instrument) {
                    position.reduce(volume);
                    if position.quantity == 0 {
                        self.positions.remove(&instrument);
                    }
                }
            }
        }
    }

    /// Sets what is held of a listing on its home market, and what was paid for one.
    pub(super) fn hold(&mut self, instrument: usize, quantity: i64, price: Fixed, currency: &str) {
        let cost = price.times(quantity);
        let position = Position {
            quantity,
            cost,
            cost_in_account: cost.at_rate(exchange_rate(currency)),
        };
        self.positions.insert(instrument, position);
        self.positions.retain(|_, position| position.quantity != 0);
    }

    /// Returns how many are held of each listing.
    pub(super) fn holdings(&self) -> impl Iterator<Item = (usize, i64)> {
        let positions = self.positions.iter();
        positions.map(|(&index, position)| (index, position.quantity))
    }

    /// Begins a day: notes what it is worth, and that nothing was paid in yet.
    pub(crate) fn begin_day(&mut self, market: &[Instrument]) {
        self.deposits.clear();
        self.morning = self.capital(market);
    }

    fn holdings_value(&self, market: &[Instrument]) -> Fixed {
        self.value_of(market, |_| 100)
    }

    /// Returns the worth of so many percent of each holding.
    fn value_of(&self, market: &[Instrument], percent: impl Fn(&Instrument) -> i64) -> Fixed {
        self.positions
            .iter()
            .map(|(&index, position)| {
                let instrument = &market[index];
                let value = instrument.last().times(position.quantity);
                let value = value.at_rate(exchange_rate(instrument.listing.currency()));
                value.times(percent(instrument)).per(100)
            })
            .sum()
    }

    /// Returns what belongs to the customer.
    fn capital(&self, market: &[Instrument]) -> Fixed {
        self.cash.total() + self.holdings_value(market) + self.cash.interest()
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
        let with_credit = call.flag("include_credit_accounts", false)?;
        let listed = self.accounts.iter().enumerate();
        let listed = listed.filter(|(_, one)| with_credit || one.atyid != CREDIT_TYPE);
        let accounts = listed.map(|(index, account)| {
            let reason = call.say([
                "Spärrat på kundens begäran",
                "Blocked on the customer's request",
            ]);
            object! {
                "accid": self.accid(index, call.epoch()),
                "accno": account.accno,
                "alias": account.alias,
                "atyid": account.atyid,
                "type": call.say(account.kind),
                "default": account.default,
                "is_blocked": account.blocked,
                "blocked_reason": account.blocked.then_some(reason),
            }
        });
        Ok(Json::Array(accounts.collect()))
    }

    /// `GET /accounts/{accid}`
    pub(super) fn get_account(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        Ok(self.account_info(account, true, call.epoch()))
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

    /// `GET /accounts/{accid}/returns/transactions/today`
    pub(super) fn get_returns_today(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let with_credit = call.flag("include_credit_account", true)?;
        let account = &self.accounts[self.account_named(call.segment(0), call)?];
        let credit = self.credit_of(account).filter(|_| with_credit);
        let accounts = std::iter::once(account).chain(credit);
        let deposits = accounts.flat_map(|one| &one.deposits);
        let transactions = deposits.map(|units| {
            object! { "transactions": amount(Fixed::from_units(*units), CURRENCY) }
        });
        Ok(Json::Array(transactions.collect()))
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
            .ok_or(match self.config.dialect.unknown_account {
                UnknownAccount::NotFound => Refusal::account_not_found(),
                UnknownAccount::BadRequest => Refusal::parameter("accid"),
                UnknownAccount::Forbidden => Refusal::forbidden(),
            })?;
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
        self.accounts[account].cash.total() - self.buy_orders_value(account)
    }

    fn buy_orders_value(&self, account: usize) -> Fixed {
        self.open_orders(account, Side::Buy)
            .map(|order| self.bound_by(order))
            .sum()
    }

    fn credit_of(&self, account: &Account) -> Option<&Account> {
        let number = account.credit?;
        self.accounts.iter().find(|one| one.accno == number)
    }

    fn account_info(&self, index: usize, margin: bool, epoch: u64) -> Json {
        let account = &self.accounts[index];
        let money = |value| amount(value, CURRENCY);
        let zero = || money(Fixed::ZERO);
        let holdings = account.holdings_value(&self.market);
        let capital = account.capital(&self.market);
        let credit = self.credit_of(account);
        let debt = credit.map_or(Fixed::ZERO, |one| one.cash.total());
        let pawned = account.value_of(&self.market, |one| one.listing.pawn);
        object! {
            "accid": self.accid(index, epoch),
            "accno": account.accno,
            "account_currency": CURRENCY,
            "registration_date": account.opened,
            "account_sum": money(account.cash.total()),
            "full_marketvalue": money(holdings),
            "interest": money(account.cash.interest()),
            "forward_sum": zero(),
            "future_sum": zero(),
            "unrealized_future_profit_loss": zero(),
            "own_capital": money(capital),
            "own_capital_morning": money(account.morning),
            "credit_account_sum": credit.map(|_| money(debt)),
            "credit_account_interest": credit.map(|one| money(one.cash.interest())),
            "equity": money(capital + debt),
            "account_credit": zero(),
            "loan_limit": zero(),
            "pawn_value": money(pawned),
            "collateral": zero(),
            "buy_orders_value": money(self.buy_orders_value(index)),
            "trading_power": money(self.trading_power(index)),
            "bonus_cash": credit.map(|_| zero()),
            "intraday_credit": credit.map(|_| zero()),
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
            "pawn_percent": instrument.listing.pawn,
            "margin_percent": 0,
        }
    }
}
