//! Where things are traded.

/// A marketplace.
#[derive(Debug)]
pub(crate) struct Venue {
    pub(crate) market_id: i64,
    /// In Swedish and in English.
    pub(crate) name: [&'static str; 2],
    /// Empty for a virtual market.
    pub(crate) country: &'static str,
    pub(crate) mic: &'static str,
    pub(crate) currency: &'static str,
    /// Opening and closing time in minutes after midnight in Stockholm.
    pub(crate) hours: (i64, i64),
    /// By how many minutes its data are delayed for the customer.
    pub(crate) delay: i64,
    /// Whether orders for shares may hide part of their volume.
    pub(crate) iceberg: bool,
}

impl Venue {
    /// Says whether there is a market behind it that matches orders.
    pub(crate) fn is_virtual(&self) -> bool {
        self.country.is_empty()
    }
}

const fn venue(
    market_id: i64,
    name: &'static str,
    country: &'static str,
    mic: &'static str,
    currency: &'static str,
    closes: i64,
) -> Venue {
    Venue {
        market_id,
        name: [name, name],
        country,
        mic,
        currency,
        hours: (540, closes),
        delay: 0,
        iceberg: false,
    }
}

/// The market that the made-up listings are on, too.
pub(crate) const STOCKHOLM: Venue = Venue {
    iceberg: true,
    ..venue(11, "Nasdaq Stockholm", "SE", "XSTO", "SEK", 1050)
};

pub(crate) const VENUES: [Venue; 9] = [
    STOCKHOLM,
    Venue {
        delay: 15,
        ..venue(12, "First North Stockholm", "SE", "FNSE", "SEK", 1050)
    },
    venue(13, "Nordic Derivatives Exchange", "SE", "XNDX", "SEK", 1050),
    venue(14, "Nasdaq Copenhagen", "DK", "XCSE", "DKK", 1020),
    venue(15, "Oslo Børs", "NO", "XOSL", "NOK", 985),
    Venue {
        name: ["Nasdaq Stockholm derivat", "Nasdaq Stockholm Derivatives"],
        ..venue(18, "", "SE", "SEED", "SEK", 1050)
    },
    venue(24, "Nasdaq Helsinki", "FI", "XHEL", "EUR", 1050),
    venue(30, "Cboe Europe", "NL", "CEUX", "SEK", 1050),
    Venue {
        name: ["Fondhandel (virtuell)", "Fund trading (virtual)"],
        ..venue(900, "", "", "XXXX", "SEK", 1050)
    },
];

/// Returns the venue of a market.
pub(crate) fn venue_of(market_id: i64) -> Option<&'static Venue> {
    VENUES.iter().find(|venue| venue.market_id == market_id)
}
