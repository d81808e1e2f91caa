//! Cash by currency, and what it is worth in the account's own.

use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::accounts::{CURRENCY, amount, exchange_rate};
use super::rest::{Call, Refusal};

/// The cash of an account. The ledger of the account's own currency comes first.
#[derive(Debug)]
pub(crate) struct Cash {
    ledgers: Vec<Ledger>,
}

#[derive(Debug)]
struct Ledger {
    currency: &'static str,
    sum: Fixed,
    /// Interest that is accrued and not yet paid; owed if it is negative.
    interest: Fixed,
}

impl Ledger {
    fn in_account(&self, amount: Fixed) -> Fixed {
        amount.at_rate(exchange_rate(self.currency))
    }
}

impl Cash {
    /// Makes cash of currencies with their whole units.
    pub(super) fn new(ledgers: &[(&'static str, i64)]) -> Self {
        let ledger = |&(currency, units)| Ledger {
            currency,
            sum: Fixed::from_units(units),
            interest: Fixed::ZERO,
        };
        Self {
            ledgers: ledgers.iter().map(ledger).collect(),
        }
    }

    /// Sets the interest of the first ledger, in hundredths.
    pub(super) fn with_interest(mut self, hundredths: i64) -> Self {
        if let Some(own) = self.ledgers.first_mut() {
            own.interest = Fixed::from_ten_thousandths(hundredths * 100);
        }
        self
    }

    /// Sets what there is of a currency.
    pub(super) fn set(&mut self, value: Fixed, currency: &'static str) {
        match self.ledgers.iter_mut().find(|one| one.currency == currency) {
            Some(ledger) => ledger.sum = value,
            None => self.ledgers.push(Ledger {
                currency,
                sum: value,
                interest: Fixed::ZERO,
            }),
        }
    }

    /// Returns what there is of each currency.
    pub(super) fn sums(&self) -> impl Iterator<Item = (&'static str, Fixed)> {
        self.ledgers.iter().map(|one| (one.currency, one.sum))
    }

    /// Returns all of it in the account's currency.
    pub(crate) fn total(&self) -> Fixed {
        let sums = self.ledgers.iter().map(|one| one.in_account(one.sum));
        sums.sum()
    }

    pub(super) fn interest(&self) -> Fixed {
        let sums = self.ledgers.iter().map(|one| one.in_account(one.interest));
        sums.sum()
    }

    /// Takes money in: into the ledger of its currency, or exchanged if there
    /// is none.
    pub(crate) fn receive(&mut self, value: Fixed, currency: &str) {
        match self.ledgers.iter_mut().find(|one| one.currency == currency) {
            Some(ledger) => ledger.sum += value,
            None => self.exchange(value, currency),
        }
    }

    /// Pays: from the ledger of the currency as far as it goes, and by
    /// exchanging for what is missing.
    pub(crate) fn pay(&mut self, value: Fixed, currency: &str) {
        let mut missing = value;
        if let Some(ledger) = self.ledgers.iter_mut().find(|one| one.currency == currency) {
            let part = missing.min(ledger.sum).max(Fixed::ZERO);
            ledger.sum -= part;
            missing -= part;
        }
        self.exchange(-missing, currency);
    }

    fn exchange(&mut self, value: Fixed, currency: &str) {
        let in_account = value.at_rate(exchange_rate(currency));
        match self.ledgers.first_mut() {
            Some(own) => own.sum += in_account,
            None => self.ledgers.push(Ledger {
                currency: CURRENCY,
                sum: in_account,
                interest: Fixed::ZERO,
            }),
        }
    }
}

impl Exchange {
    /// `GET /accounts/{accid}/ledgers`
    pub(super) fn list_ledgers(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let cash = &self.accounts[account].cash;
        if cash.ledgers.is_empty() {
            return Ok(Json::Absent);
        }
        let credit = |one: &Ledger| one.interest.max(Fixed::ZERO);
        let debit = |one: &Ledger| (-one.interest).max(Fixed::ZERO);
        let total = |interest: &dyn Fn(&Ledger) -> Fixed| {
            let sums = cash.ledgers.iter();
            let sum = sums.map(|one| one.in_account(interest(one))).sum();
            amount(sum, CURRENCY)
        };
        let ledgers = cash.ledgers.iter().map(|one| {
            object! {
                "currency": one.currency,
                "account_sum": amount(one.sum, one.currency),
                "account_sum_acc": amount(one.in_account(one.sum), CURRENCY),
                "acc_int_cred": amount(credit(one), one.currency),
                "acc_int_deb": amount(debit(one), one.currency),
                "exchange_rate": amount(exchange_rate(one.currency), CURRENCY),
            }
        });
        Ok(object! {
            "ledgers": ledgers.collect::<Vec<_>>(),
            "total": amount(cash.total(), CURRENCY),
            "total_acc_int_cred": total(&credit),
            "total_acc_int_deb": total(&debit),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(cash: &Cash) -> Vec<String> {
        cash.ledgers.iter().map(|one| one.sum.to_string()).collect()
    }

    #[test]
    fn foreign_cash_is_spent_before_any_is_exchanged() {
        let mut cash = Cash::new(&[("SEK", 1000), ("EUR", 10)]);
        assert_eq!(cash.total(), Fixed::from_ten_thousandths(11_098_200));
        cash.pay(Fixed::from_units(12), "EUR");
        assert_eq!(sums(&cash), ["978.04", "0"]);
        cash.receive(Fixed::from_units(5), "EUR");
        cash.receive(Fixed::from_units(100), "NOK");
        assert_eq!(sums(&cash), ["1076.54", "5"]);
    }
}
