//! Orders: what is asked for, and where they stand.

use std::collections::VecDeque;
use std::time::Duration;

use crate::fixed::Fixed;

use super::book::{Entry, Owner};
use super::listings::TickTable;
use super::market::Side;
use super::stops::Rule;
use super::texts::Text;

/// An order from its entry to its end.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) account: usize,
    pub(crate) instrument: usize,
    pub(crate) side: Side,
    pub(crate) kind: Kind,
    /// The limit; zero for a trailing stop that is held.
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    /// How much an iceberg shows at a time.
    pub(crate) peak: Option<i64>,
    pub(crate) traded: i64,
    pub(crate) state: State,
    pub(crate) action: &'static str,
    pub(crate) life: Life,
    /// What holds it back, or held it back.
    pub(crate) rule: Option<Rule>,
    pub(crate) reference: Option<String>,
    pub(crate) modified: i64,
    /// Executions that are agreed but not yet told.
    pub(crate) agreed: VecDeque<Agreed>,
    /// What the market has yet to confirm, oldest first.
    pub(crate) requests: VecDeque<Request>,
}

/// The order types of the reference, `NORMAL` resolved to what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Limit,
    FillAndKill,
    FillOrKill,
    StopLimit,
    StopTrailing,
    OneCancelsOther,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Limit,
        Self::FillAndKill,
        Self::FillOrKill,
        Self::StopLimit,
        Self::StopTrailing,
        Self::OneCancelsOther,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Limit => "LIMIT",
            Self::FillAndKill => "FAK",
            Self::FillOrKill => "FOK",
            Self::StopLimit => "STOP_LIMIT",
            Self::StopTrailing => "STOP_TRAILING",
            Self::OneCancelsOther => "OCO",
        }
    }

    pub(crate) fn name(self) -> Text {
        match self {
            Self::Limit => ["Limit", "Limit"],
            Self::FillAndKill => ["Fill and kill", "Fill and kill"],
            Self::FillOrKill => ["Fill or kill", "Fill or kill"],
            Self::StopLimit => ["Stop-loss", "Stop loss"],
            Self::StopTrailing => ["Glidande stop-loss", "Trailing stop loss"],
            Self::OneCancelsOther => ["OCO", "One cancels the other"],
        }
    }

    /// Says whether it trades at once or never.
    pub(crate) fn is_immediate(self) -> bool {
        matches!(self, Self::FillAndKill | Self::FillOrKill)
    }
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    OnMarket,
    Local,
    Deleted,
}

impl State {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::OnMarket => "ON_MARKET",
            Self::Local => "LOCAL",
            Self::Deleted => "DELETED",
        }
    }
}

/// How long an order lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Day,
    /// Until the close at this time.
    Until(i64),
    /// The day, and the hours before it.
    Extended,
    Immediate,
}

/// An execution that is to be told at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agreed {
    pub(crate) due: Duration,
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
}

/// A change that waits for the market.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) change: Change,
    /// When the market confirms it; none while the market is closed.
    pub(crate) due: Option<Duration>,
}

/// What the market is to confirm.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Enter,
    Modify(Terms),
    /// The stop leg takes the place of the plain one.
    Fire,
    Cancel,
}

/// What can be changed of an order; what is left out stays.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) price: Option<Fixed>,
    pub(crate) volume: Option<NewVolume>,
    pub(crate) peak: Option<i64>,
}

/// A volume that is asked for in a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewVolume {
    /// With what is executed already.
    Total(i64),
    /// Without it.
    Left(i64),
}

impl Change {
    /// Returns the action state while the market has not confirmed it.
    pub(crate) fn pending(self) -> &'static str {
        match self {
            Self::Enter => "INS_PEND",
            Self::Modify(_) | Self::Fire => "MOD_PEND",
            Self::Cancel => "DEL_PEND",
        }
    }

    /// Returns the action state while the market is closed.
    pub(crate) fn waiting(self) -> &'static str {
        match self {
            Self::Enter => "INS_WAIT",
            Self::Modify(_) | Self::Fire => "MOD_WAIT",
            Self::Cancel => "DEL_WAIT",
        }
    }

    pub(crate) fn failed(self) -> &'static str {
        match self {
            Self::Enter => "INS_FAIL",
            Self::Modify(_) | Self::Fire => "MOD_FAIL",
            Self::Cancel => "DEL_FAIL",
        }
    }
}

impl Order {
    pub(crate) fn remaining(&self) -> i64 {
        self.volume - self.traded
    }

    /// Returns what is neither traded nor agreed.
    pub(crate) fn open(&self) -> i64 {
        self.remaining() - self.agreed.iter().map(|part| part.volume).sum::<i64>()
    }

    pub(crate) fn is_live(&self) -> bool {
        self.state != State::Deleted
    }

    pub(crate) fn is_filled(&self) -> bool {
        self.traded == self.volume
    }

    /// Says whether it is being taken back.
    pub(crate) fn is_going(&self) -> bool {
        let mut requests = self.requests.iter();
        requests.any(|request| matches!(request.change, Change::Cancel))
    }

    /// Returns its place in a book.
    pub(crate) fn entry(&self) -> Entry {
        let open = self.open();
        Entry::iceberg(Owner::Own(self.id), open, self.peak.unwrap_or(open))
    }

    /// Returns the total volume that a change asks for.
    pub(crate) fn total(&self, terms: &Terms) -> i64 {
        match terms.volume {
            None => self.volume,
            Some(NewVolume::Total(volume)) => volume,
            Some(NewVolume::Left(volume)) => self.volume - self.open() + volume,
        }
    }

    /// Returns each limit and volume that it may come to: the present ones,
    /// and those that are asked for.
    fn prospects(&self) -> impl Iterator<Item = (Fixed, i64)> + '_ {
        let now = (self.price, self.volume);
        let later = self.requests.iter().filter_map(|one| match one.change {
            Change::Modify(terms) => Some((terms.price.unwrap_or(self.price), self.total(&terms))),
            Change::Fire => Some((self.rule?.stop_leg()?, self.volume)),
            Change::Enter | Change::Cancel => None,
        });
        std::iter::once(now).chain(later)
    }

    /// Returns the most that it may still come to, in the currency of the
    /// trading.
    pub(crate) fn most_value(&self, ticks: &TickTable) -> Fixed {
        let stop = self.rule.and_then(|rule| rule.limit(self, ticks));
        let values = self.prospects().map(|(price, volume)| {
            let price = stop.map_or(price, |stop| stop.max(price));
            price.times((volume - self.traded).max(0))
        });
        values.max().unwrap_or_default()
    }

    /// Returns the most units that may still be executed.
    pub(crate) fn most_remaining(&self) -> i64 {
        let volumes = self.prospects().map(|(_, volume)| volume - self.traded);
        volumes.max().unwrap_or_default()
    }

    /// Says whether it would trade with an order of the other side at a price,
    /// now or after a change that is asked for.
    pub(crate) fn may_meet(&self, price: Fixed) -> bool {
        self.state == State::OnMarket
            && self
                .prospects()
                .any(|(limit, _)| self.side.reaches(limit, price))
    }
}

/// An execution of an own order.
#[derive(Debug)]
pub(crate) struct OwnTrade {
    pub(crate) account: usize,
    pub(crate) order: i64,
    pub(crate) instrument: usize,
    pub(crate) side: Side,
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) at: i64,
    pub(crate) id: String,
    pub(crate) counterparty: &'static str,
}
