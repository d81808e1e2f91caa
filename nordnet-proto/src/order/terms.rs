//! The types of orders, each with what it takes and nothing else.

mod display;
mod form;
mod into_terms;

use serde::Serialize;

pub use into_terms::IntoTerms;

use crate::api::{ActivationKind, Amount, OrderType};
use crate::decimal::Decimal;
use crate::time::Date;

/// At what price and under which conditions an order trades: one of the order
/// types, made from one of the structs here, or from the limit price alone.
///
/// What a tradable takes, its [`TradableInfo`](crate::api::TradableInfo) tells.
///
/// ```
/// use nordnet_proto::api::Amount;
/// use nordnet_proto::order::{FillOrKill, Limit, Terms};
///
/// let price: Amount = "86.50 SEK".parse()?;
/// assert_eq!(Terms::from(price.clone()), Limit::at(price.clone()).into());
/// assert_eq!(Terms::from(FillOrKill::at(price)).to_string(), "fill or kill at 86.50 SEK");
/// # Ok::<(), nordnet_proto::api::AmountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Terms {
    /// At a price or better, for as long as the order lives.
    Limit(Limit),
    /// At a price or better, at once; what is left lapses.
    FillAndKill(FillAndKill),
    /// At a price or better, at once and in full, or not at all.
    FillOrKill(FillOrKill),
    /// Held back until the market meets a trigger.
    StopLimit(StopLimit),
    /// Held back until the market turns by a percentage.
    TrailingStop(TrailingStop),
    /// A limit and a stop, of which one cancels the other.
    OneCancelsOther(OneCancelsOther),
}

/// At a price or better, for as long as the order lives: today, unless it says
/// otherwise.
///
/// ```
/// use nordnet_proto::api::Amount;
/// use nordnet_proto::order::Limit;
/// use nordnet_proto::{AccountNumber, PlaceOrder, TradableId};
///
/// let price: Amount = "88.20 SEK".parse()?;
/// let iceberg = Limit::at(price).until("2026-04-02".parse()?).showing(500);
/// assert_eq!(iceberg.to_string(), "limit 88.20 SEK until 2026-04-02, showing 500");
///
/// let ericsson = TradableId::new(11, "101");
/// let order = PlaceOrder::sell(2000, ericsson, iceberg, AccountNumber::new(60012345))?;
/// # let _ = order;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Limit {
    price: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    showing: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    extended_hours: bool,
    #[serde(skip_serializing_if = "is_false")]
    held: bool,
    #[serde(skip_serializing_if = "is_false")]
    guessed: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Limit {
    /// At a price per unit or better.
    pub const fn at(price: Amount) -> Self {
        Self {
            price,
            until: None,
            showing: None,
            extended_hours: false,
            held: false,
            guessed: false,
        }
    }

    /// Lives through a day, instead of for today only. The source gives no time
    /// zone.
    pub const fn until(mut self, date: Date) -> Self {
        self.until = Some(date);
        self
    }

    /// Shows only so many units on the market: an iceberg, where the venue
    /// takes it.
    pub const fn showing(mut self, volume: u64) -> Self {
        self.showing = Some(volume);
        self
    }

    /// Takes part in the trading before the opening in the US, too.
    pub const fn extended_hours(mut self) -> Self {
        self.extended_hours = true;
        self
    }

    /// Is held at Nordnet until [`ActivateOrders`](super::ActivateOrders) sends
    /// it to the market.
    pub const fn held(mut self) -> Self {
        self.held = true;
        self
    }

    /// Is sent as `NORMAL`: the server guesses the type from what else there
    /// is. The source advises against it and is going to withdraw it.
    pub const fn guessed(mut self) -> Self {
        self.guessed = true;
        self
    }
}

/// At a price or better, at once; what is left lapses.
///
/// ```
/// use nordnet_proto::order::FillAndKill;
/// use nordnet_proto::{AccountNumber, PlaceOrder, TradableId};
///
/// // Buys up to 100 of what is on offer now at 86.50 or less.
/// let terms = FillAndKill::at("86.50 SEK".parse()?);
/// let ericsson = TradableId::new(11, "101");
/// let order = PlaceOrder::buy(100, ericsson, terms, AccountNumber::new(60012345))?;
/// # let _ = order;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct FillAndKill {
    price: Amount,
}

impl FillAndKill {
    /// At a price per unit or better.
    pub const fn at(price: Amount) -> Self {
        Self { price }
    }
}

/// At a price or better, at once and in full, or not at all.
///
/// ```
/// use nordnet_proto::order::FillOrKill;
/// use nordnet_proto::{AccountNumber, PlaceOrder, TradableId};
///
/// // Buys 100 now at 86.50 or less, or none.
/// let terms = FillOrKill::at("86.50 SEK".parse()?);
/// let ericsson = TradableId::new(11, "101");
/// let order = PlaceOrder::buy(100, ericsson, terms, AccountNumber::new(60012345))?;
/// # let _ = order;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct FillOrKill {
    price: Amount,
}

impl FillOrKill {
    /// At a price per unit or better.
    pub const fn at(price: Amount) -> Self {
        Self { price }
    }
}

/// Held back at Nordnet until the market price meets a trigger; then a limit
/// order. It lives for today.
///
/// ```
/// use nordnet_proto::order::{StopLimit, Trigger};
/// use nordnet_proto::{AccountNumber, PlaceOrder, TradableId};
///
/// // Sells at 81.50 or better, once the price has fallen to 82.
/// let stop_loss = StopLimit::new(Trigger::at_or_below("82 SEK".parse()?), "81.50 SEK".parse()?);
/// let ericsson = TradableId::new(11, "101");
/// let order = PlaceOrder::sell(100, ericsson, stop_loss, AccountNumber::new(60012345))?;
/// # let _ = order;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct StopLimit {
    trigger: Trigger,
    price: Amount,
}

impl StopLimit {
    /// At a price per unit or better, once a trigger has fired.
    pub const fn new(trigger: Trigger, price: Amount) -> Self {
        Self { trigger, price }
    }
}

/// The market price at which an order that is held back goes live.
///
/// ```
/// use nordnet_proto::order::Trigger;
///
/// assert_eq!(Trigger::at_or_below("82 SEK".parse()?).to_string(), "<= 82 SEK");
/// assert_eq!(Trigger::at_or_above("95 SEK".parse()?).to_string(), ">= 95 SEK");
/// # Ok::<(), nordnet_proto::api::AmountError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Trigger {
    condition: Comparison,
    price: Amount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Comparison {
    #[serde(rename = "<=")]
    AtOrBelow,
    #[serde(rename = ">=")]
    AtOrAbove,
}

impl Trigger {
    /// Fires when the market price is this or lower.
    pub const fn at_or_below(price: Amount) -> Self {
        Self {
            condition: Comparison::AtOrBelow,
            price,
        }
    }

    /// Fires when the market price is this or higher.
    pub const fn at_or_above(price: Amount) -> Self {
        Self {
            condition: Comparison::AtOrAbove,
            price,
        }
    }
}

/// Held back at Nordnet until the market price turns by a percentage; then a
/// limit order. It lives for today.
///
/// The limit is a percentage above (or below, if negative) the price that the
/// order trails, which the server alone knows. That its sign works so is
/// inferred, not documented.
///
/// ```
/// use nordnet_proto::order::TrailingStop;
/// use nordnet_proto::{AccountNumber, PlaceOrder, TradableId};
///
/// // Fires 5 % below the highest price, and sells down to 6 % below it.
/// let stop = TrailingStop::on_fall("5".parse()?, "-6".parse()?);
/// let ericsson = TradableId::new(11, "101");
/// let order = PlaceOrder::sell(100, ericsson, stop, AccountNumber::new(60012345))?;
/// # let _ = order;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct TrailingStop {
    condition: Comparison,
    percent: Decimal,
    target_percent: Decimal,
}

impl TrailingStop {
    /// Fires when the price has fallen by a percentage, at least 1.
    pub const fn on_fall(percent: Decimal, target_percent: Decimal) -> Self {
        Self {
            condition: Comparison::AtOrBelow,
            percent,
            target_percent,
        }
    }

    /// Fires when the price has risen by a percentage, at least 1.
    pub const fn on_rise(percent: Decimal, target_percent: Decimal) -> Self {
        Self {
            condition: Comparison::AtOrAbove,
            percent,
            target_percent,
        }
    }
}

/// A limit order and a stop in one: when one trades, the other is cancelled. It
/// lives for today.
///
/// ```
/// use nordnet_proto::order::{OneCancelsOther, Trigger};
/// use nordnet_proto::{AccountNumber, PlaceOrder, TradableId};
///
/// // Sells at 95 or better; or at 81.50 or better, once the price has fallen to 82.
/// let stop = Trigger::at_or_below("82 SEK".parse()?);
/// let terms = OneCancelsOther::new("95 SEK".parse()?, stop, "81.50 SEK".parse()?);
/// let ericsson = TradableId::new(11, "101");
/// let order = PlaceOrder::sell(100, ericsson, terms, AccountNumber::new(60012345))?;
/// # let _ = order;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct OneCancelsOther {
    price: Amount,
    trigger: Trigger,
    stop_price: Amount,
}

impl OneCancelsOther {
    /// A limit at a price, and once a trigger has fired, one at another price
    /// instead.
    pub const fn new(price: Amount, trigger: Trigger, stop_price: Amount) -> Self {
        Self {
            price,
            trigger,
            stop_price,
        }
    }
}

impl Terms {
    /// The limit price of one unit; `None` where the server reckons it.
    #[must_use]
    pub const fn price(&self) -> Option<&Amount> {
        match self {
            Self::Limit(Limit { price, .. })
            | Self::FillAndKill(FillAndKill { price })
            | Self::FillOrKill(FillOrKill { price })
            | Self::StopLimit(StopLimit { price, .. })
            | Self::OneCancelsOther(OneCancelsOther { price, .. }) => Some(price),
            Self::TrailingStop(_) => None,
        }
    }

    /// The order type, as it stands on the wire.
    #[must_use]
    pub const fn order_type(&self) -> OrderType {
        match self {
            Self::Limit(Limit { guessed: true, .. }) => OrderType::Normal,
            Self::Limit(_) => OrderType::Limit,
            Self::FillAndKill(_) => OrderType::FillAndKill,
            Self::FillOrKill(_) => OrderType::FillOrKill,
            Self::StopLimit(_) => OrderType::StopLimit,
            Self::TrailingStop(_) => OrderType::StopTrailing,
            Self::OneCancelsOther(_) => OrderType::Oco,
        }
    }

    const fn activation(&self) -> Option<ActivationKind> {
        match self {
            Self::Limit(Limit { held: true, .. }) => Some(ActivationKind::Manual),
            Self::Limit(_) | Self::FillAndKill(_) | Self::FillOrKill(_) => None,
            Self::StopLimit(_) => Some(ActivationKind::Stop),
            Self::TrailingStop(_) => Some(ActivationKind::StopPercent),
            Self::OneCancelsOther(_) => Some(ActivationKind::OcoStop),
        }
    }
}
