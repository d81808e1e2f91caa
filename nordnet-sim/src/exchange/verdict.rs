//! Why an order request is refused.

use super::texts::Text;

/// A refusal of an order request: its code, and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) code: &'static str,
    /// A field of the form; a word of the wire needs no translation.
    pub(crate) about: &'static str,
}

/// Declares the verdicts with their codes, in Swedish and in English.
macro_rules! verdicts {
    ($($name:ident, $code:literal, $swedish:literal, $english:literal;)*) => {
        impl Verdict {
            $(pub(crate) const $name: Self = Self { code: $code, about: "" };)*
        }

        /// Returns the text to a code.
        pub(crate) fn text(code: &str) -> Option<Text> {
            match code {
                $($code => Some([$swedish, $english]),)*
                _ => None,
            }
        }
    };
}

verdicts! {
    NO_POWER, "NOT_ENOUGH_TRADING_POWER", "Köputrymmet räcker inte.", "Not enough trading power.";
    NO_HOLDINGS, "NOT_ENOUGH_HOLDINGS", "Innehavet räcker inte.", "Not enough holdings.";
    PRICE, "INVALID_PRICE", "Priset följer inte tickstorleken.", "The price is off the tick grid.";
    VOLUME, "INVALID_VOLUME", "Volymen är ogiltig.", "The volume is not possible.";
    OPEN_VOLUME, "INVALID_OPEN_VOLUME", "Den synliga volymen är ogiltig.", "The visible volume is not possible.";
    CURRENCY, "INVALID_CURRENCY", "Fel valuta.", "Wrong currency.";
    VALIDITY, "INVALID_VALIDITY", "Giltighetstiden är inte möjlig.", "The validity is not possible.";
    TRIGGER, "INVALID_TRIGGER", "Villkoret är inte möjligt.", "The trigger is not possible.";
    NOT_SUITABLE, "NOT_SUITABLE", "Ett kunskapstest krävs för instrumentet.", "The instrument requires a knowledge test.";
    TRADABLE, "INVALID_TRADABLE", "Instrumentet kan inte handlas.", "The instrument cannot be traded.";
    ORDER_TYPE, "INVALID_ORDER_TYPE", "Ordertyp och villkor hör inte ihop.", "Order type and condition do not belong together.";
    MISSING, "FIELD_MISSING", "Ett fält saknas", "A field is missing";
    FORBIDDEN, "FIELD_NOT_ALLOWED", "Ett fält får inte anges", "A field may not be given";
    NO_ICEBERG, "ICEBERG_NOT_SUPPORTED", "Dold volym stöds inte här.", "Hidden volume is not supported here.";
    NO_EXTENDED_HOURS, "EXTENDED_HOURS_NOT_SUPPORTED", "Handel utanför öppettiderna stöds inte här.", "Extended hours are not supported here.";
    NOT_CONTINUOUS, "MARKET_NOT_OPEN", "Ordertypen kräver löpande handel.", "The order type needs continuous trading.";
    OWN_ORDER, "OWN_ORDER_IN_THE_WAY", "En egen order står emot.", "The order would trade with an own one.";
    NOT_FOUND, "ORDER_NOT_FOUND", "Ordern finns inte", "No such order";
    NOT_ACTIVE, "ORDER_NOT_ACTIVE", "Ordern är inte aktiv.", "The order is not active.";
    NOT_INACTIVE, "ORDER_NOT_INACTIVE", "Ordern är redan aktiv.", "The order is active already.";
    LOCKED, "ORDER_LOCKED", "Ordern kan inte ändras.", "The order cannot be changed.";
}

impl Verdict {
    pub(crate) const fn missing(about: &'static str) -> Self {
        Self {
            about,
            ..Self::MISSING
        }
    }

    pub(crate) const fn forbidden(about: &'static str) -> Self {
        Self {
            about,
            ..Self::FORBIDDEN
        }
    }
}
