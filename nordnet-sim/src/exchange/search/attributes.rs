//! Everything that the searches can return, sort by and filter on.

use crate::fixed::Fixed;
use crate::json::Json;

use super::super::market::Side;
use super::super::texts::Text;
use super::row::Row;

/// The block of a search row that an attribute belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Instrument,
    Exchange,
    Market,
    Price,
    Company,
    Returns,
    Ratios,
    Statistics,
    Status,
    Certificate,
    Etp,
    KnockOut,
    KnockOutSum,
    KnockOutPrice,
    Derivative,
    Option,
}

impl Group {
    /// Returns its code as a parameter; one group has none.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Instrument => "INSTRUMENT_INFO",
            Self::Exchange => "EXCHANGE_INFO",
            Self::Market => "MARKET_INFO",
            Self::Price => "PRICE_INFO",
            Self::Company => "COMPANY_INFO",
            Self::Returns => "HISTORICAL_RETURN_INFO",
            Self::Ratios => "KEY_RATIOS_INFO",
            Self::Statistics => "STATISTICAL_INFO",
            Self::Status => "STATUS_INFO",
            Self::Certificate => "CERTIFICATES_INFO",
            Self::Etp => "ETP_INFO",
            Self::KnockOut => "KO_INFO",
            Self::KnockOutSum => "",
            Self::KnockOutPrice => "PRICE_KO_INFO",
            Self::Derivative => "DERIVATIVE_INFO",
            Self::Option => "OPTION_INFO",
        }
    }

    /// Returns the name of its block.
    pub(super) fn block(self) -> &'static str {
        match self {
            Self::Instrument => "instrument_info",
            Self::Exchange => "exchange_info",
            Self::Market => "market_info",
            Self::Price => "price_info",
            Self::Company => "company_info",
            Self::Returns => "historical_returns_info",
            Self::Ratios => "key_ratios_info",
            Self::Statistics => "statistical_info",
            Self::Status => "status_info",
            Self::Certificate => "certificate_info",
            Self::Etp => "etp_info",
            Self::KnockOut => "ko_info",
            Self::KnockOutSum => "ko_calc_info",
            Self::KnockOutPrice => "price_ko_info",
            Self::Derivative => "derivative_info",
            Self::Option => "option_info",
        }
    }
}

/// Whether an attribute can filter, and when its values are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    No,
    /// By any value.
    Free,
    /// By one of its values, which are always told.
    Listed,
    /// By one of its values, which are told when they are asked for; it is a
    /// finer one of this other attribute.
    Within(&'static str),
}

/// One thing that is known of listings.
pub(super) struct Attribute {
    pub(super) id: &'static str,
    pub(super) member: &'static str,
    pub(super) group: Group,
    pub(super) name: Option<Text>,
    pub(super) sorts: bool,
    pub(super) filter: Filter,
    pub(super) value: fn(&Row<'_>) -> Json,
}

const fn of(group: Group, member: &'static str, value: fn(&Row<'_>) -> Json) -> Attribute {
    Attribute {
        id: member,
        member,
        group,
        name: None,
        sorts: false,
        filter: Filter::No,
        value,
    }
}

impl Attribute {
    const fn named(mut self, name: Text) -> Self {
        self.name = Some(name);
        self
    }

    const fn sorts(mut self, name: Text) -> Self {
        self.sorts = true;
        self.named(name)
    }

    const fn filters(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Gives it another id, where two blocks have a member of the same name.
    const fn called(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    pub(super) fn find(id: &str) -> Option<&'static Self> {
        ATTRIBUTES.iter().find(|one| one.id == id)
    }
}

use Filter::{Free, Listed, Within};
use Group::{
    Certificate, Company, Derivative, Etp, Exchange, Instrument, KnockOut, KnockOutPrice,
    KnockOutSum, Market, Option as Opt, Price, Ratios, Returns, Statistics, Status,
};

#[rustfmt::skip]
pub(super) const ATTRIBUTES: &[Attribute] = &[
    of(Instrument, "instrument_id", |row| row.listing().instrument_id.into()).filters(Free),
    of(Instrument, "name", |row| row.listing().name.as_str().into()).sorts(["Namn", "Name"]),
    of(Instrument, "long_name", |row| row.long_name().into()).named(["Långt namn", "Long name"]),
    of(Instrument, "symbol", |row| row.listing().symbol.as_str().into()).sorts(["Kortnamn", "Symbol"]),
    of(Instrument, "isin", |row| row.listing().isin.as_str().into()).filters(Free).named(["ISIN", "ISIN"]),
    of(Instrument, "currency", |row| row.listing().currency().into()).filters(Listed).sorts(["Valuta", "Currency"]),
    of(Instrument, "price_unit", |row| row.listing().currency().into()),
    of(Instrument, "instrument_type", |row| row.listing().naming().instrument_type.into()).filters(Listed).named(["Instrumenttyp", "Instrument type"]),
    of(Instrument, "instrument_type_hierarchy", |row| format!("{}/{}", row.listing().naming().asset_class, row.listing().naming().instrument_type).into()),
    of(Instrument, "instrument_group_type", |row| row.listing().naming().group.into()).filters(Listed),
    of(Instrument, "instrument_pawn_percentage", |row| row.listing().pawn.into()).sorts(["Belåningsgrad", "Loanable share"]),
    of(Instrument, "clearing_place", |row| match row.listing().currency() { "NOK" => "VPS", "DKK" => "VP", _ => "EUROCLEAR" }.into()),
    of(Instrument, "issuer_id", |row| row.issued(|terms| terms.issuer.map(|one| one.id))).filters(Listed).named(["Emittent", "Issuer"]),
    of(Instrument, "issuer_name", |row| row.issued(|terms| terms.issuer.map(|one| one.name))),
    of(Instrument, "is_tradable", |_| true.into()),
    of(Instrument, "is_shortable", |row| (row.listing().pawn >= 85).into()).filters(Listed),
    of(Instrument, "is_monthly_saveable", |row| (row.listing().pawn >= 80).into()).filters(Listed),

    of(Exchange, "exchange_country", |row| row.listing().venue.country.into()).filters(Listed).named(["Land", "Country"]),

    of(Market, "market_id", |row| row.listing().venue.market_id.into()).filters(Listed).named(["Marknad", "Market"]),
    of(Market, "identifier", |row| row.listing().identifier.as_str().into()),
    of(Market, "market_sub_id", |row| row.segment().into()).filters(Within("market_id")).named(["Delmarknad", "Segment"]),
    of(Market, "tick_size_id", |row| row.listing().ticks.id.into()),

    of(Price, "bid", |row| row.best(Side::Buy).map(|level| row.price(level.price)).into()).named(["Köp", "Bid"]),
    of(Price, "bid_volume", |row| row.best(Side::Buy).map(|level| level.volume).into()),
    of(Price, "ask", |row| row.best(Side::Sell).map(|level| row.price(level.price)).into()).named(["Sälj", "Ask"]),
    of(Price, "ask_volume", |row| row.best(Side::Sell).map(|level| level.volume).into()),
    of(Price, "last", |row| row.price(row.day().last)).sorts(["Senast", "Last"]),
    of(Price, "open", |row| row.day().open.map(|open| row.price(open)).into()),
    of(Price, "high", |row| row.day().high.map(|high| row.price(high)).into()),
    of(Price, "low", |row| row.day().low.map(|low| row.price(low)).into()),
    of(Price, "close", |row| row.price(row.day().close)).named(["Stängning", "Close"]),
    of(Price, "diff", |row| row.difference(row.change())).sorts(["Idag +/-", "Today +/-"]),
    of(Price, "diff_pct", |row| row.change_percent().into()).sorts(["Idag %", "Today %"]),
    of(Price, "spread", |row| row.spread().map(|spread| row.price(spread)).into()),
    of(Price, "spread_pct", |row| row.spread_percent().into()).sorts(["Spread %", "Spread %"]),
    of(Price, "turnover", |row| row.day().turnover.into()).sorts(["Omsättning", "Turnover"]),
    of(Price, "turnover_volume", |row| row.day().turnover_volume.into()).sorts(["Volym", "Volume"]),
    of(Price, "tick_timestamp", |row| row.ticked_at().into()),
    of(Price, "realtime", |row| row.is_live().into()),

    of(Company, "dividend_amount", |row| row.payer().and_then(|one| one.payment()).into()),
    of(Company, "dividend_currency", |row| row.payer().map(|_| row.listing().currency()).into()),
    of(Company, "dividend_frequency", |row| row.payer().map(|one| one.payments).into()),
    of(Company, "dividend_bonus_frequency", |row| row.payer().map(|_| 0).into()),
    of(Company, "dividend_date", |row| row.payer().map(|one| row.in_days(one.meeting_in + 7)).into()).sorts(["Utdelningsdag", "Payment day"]),
    of(Company, "excluding_date", |row| row.payer().map(|one| row.in_days(one.meeting_in + 1)).into()).sorts(["X-dag", "Ex-dividend day"]),
    of(Company, "general_meeting_date", |row| row.figure(|one| row.in_days(one.meeting_in))).sorts(["Stämma", "Annual meeting"]),
    of(Company, "report_date", |row| row.figure(|one| row.in_days(one.report_in))).sorts(["Rapport", "Report"]),
    of(Company, "report_type", |row| row.figure(|one| one.report.0)).filters(Listed),
    of(Company, "report_description", |row| row.figure(|one| row.say(one.report.1))),

    of(Returns, "realtime", |row| row.figure(|_| row.is_live())).called("historical_realtime"),
    of(Returns, "yield_1w", |row| row.figure(|one| one.returns[0])).sorts(["1 vecka %", "1 week %"]),
    of(Returns, "yield_1m", |row| row.figure(|one| one.returns[1])).sorts(["1 månad %", "1 month %"]),
    of(Returns, "yield_3m", |row| row.figure(|one| one.returns[2])).sorts(["3 månader %", "3 months %"]),
    of(Returns, "yield_ytd", |row| row.figure(|one| one.returns[3])).sorts(["I år %", "This year %"]),
    of(Returns, "yield_1y", |row| row.figure(|one| one.returns[4])).sorts(["1 år %", "1 year %"]),
    of(Returns, "yield_3y", |row| row.figure(|one| one.returns[5])).sorts(["3 år %", "3 years %"]),
    of(Returns, "yield_5y", |row| row.figure(|one| one.returns[6])).sorts(["5 år %", "5 years %"]),
    of(Returns, "yield_10y", |row| row.figure(|one| one.returns[7])).sorts(["10 år %", "10 years %"]),

    of(Ratios, "pe", |row| row.figure(|one| one.pe)).sorts(["P/E", "P/E"]).filters(Free),
    of(Ratios, "pb", |row| row.figure(|one| one.pb)).sorts(["P/B", "P/B"]).filters(Free),
    of(Ratios, "ps", |row| row.figure(|one| one.ps)).sorts(["P/S", "P/S"]).filters(Free),
    of(Ratios, "eps", |row| row.figure(|one| one.eps)).sorts(["Vinst per aktie", "Earnings per share"]),
    of(Ratios, "dividend_per_share", |row| row.figure(|one| one.dividend)).sorts(["Utdelning per aktie", "Dividend per share"]),
    of(Ratios, "dividend_yield", |row| row.figure(|one| one.dividend_yield)).sorts(["Direktavkastning %", "Dividend yield %"]),

    of(Statistics, "number_of_owners", |row| row.figure(|one| one.owners)).sorts(["Ägare hos Nordnet", "Owners at Nordnet"]),
    of(Statistics, "statistics_timestamp", |row| row.figure(|_| row.in_days(0))),

    of(Status, "trading_status", |row| row.status().into()).filters(Listed).named(["Handelsstatus", "Trading status"]),
    of(Status, "translated_trading_status", |row| row.status_text().into()),
    of(Status, "tick_timestamp", |row| row.ticked_at().into()).called("status_timestamp"),

    of(Certificate, "static_leverage", |row| row.certificate_leverage().map(Fixed::from_units).into()).sorts(["Hävstång", "Leverage"]).filters(Listed),
    of(Certificate, "static_high_risk", |row| row.certificate_leverage().map(|times| times > 3).into()).filters(Listed),

    of(Etp, "direction", |row| row.issued(|_| row.direction())).sorts(["Riktning", "Direction"]),
    of(Etp, "market_view", |row| row.issued(|_| row.listing().market_view())).filters(Listed),
    of(Etp, "nordnet_markets", |row| row.issued(|terms| terms.issuer.map(|one| one.is_the_house()))).filters(Listed).named(["Nordnet Markets", "Nordnet Markets"]),
    of(Etp, "underlying_instrument_id", |row| row.issued(|_| row.followed().map(|one| one.instrument_id))).filters(Listed).named(["Underliggande", "Underlying"]),
    of(Etp, "underlying_name", |row| row.issued(|_| row.underlying_name())).sorts(["Underliggande", "Underlying"]),
    of(Etp, "first_trading_date", |row| row.issued(|terms| terms.since.start())).sorts(["Första handelsdag", "First trading day"]),

    of(KnockOut, "financial_level", |row| row.knock_out().map(|(level, ..)| level).into()).sorts(["Finansieringsnivå", "Financing level"]),
    of(KnockOut, "stop_loss", |row| row.knock_out().map(|(_, barrier, _)| barrier).into()).sorts(["Stop loss", "Stop loss"]),

    of(KnockOutSum, "ko_calc_conversion_ratio", |row| row.knock_out().map(|(.., ratio)| Fixed::from_units(ratio)).into()),
    of(KnockOutSum, "ko_calc_underlying_currency", |row| row.knock_out().and_then(|_| row.underlying_currency()).into()),
    of(KnockOutSum, "ko_calc_underlying_market_id", |row| row.knock_out().and_then(|_| row.followed()).map(|one| one.venue.market_id).into()),
    of(KnockOutSum, "ko_calc_underlying_identifier", |row| row.knock_out().and_then(|_| row.followed()).map(|one| one.identifier.as_str()).into()),

    of(KnockOutPrice, "indicative_leverage", |row| row.leverage().into()).sorts(["Hävstång nu", "Leverage now"]),
    of(KnockOutPrice, "indicative_high_risk", |row| row.leverage().map(|times| times > Fixed::from_units(10)).into()),
    of(KnockOutPrice, "risk_buffer", |row| row.buffer().into()).sorts(["Riskbuffert %", "Risk buffer %"]),

    of(Derivative, "contract_multiplier", |row| row.option(|_| row.listing().multiplier())),
    of(Derivative, "expire_date", |row| row.option(|terms| terms.expiry().map(|date| date.start()))).sorts(["Lösendag", "Expiry"]).filters(Listed),
    of(Derivative, "start_date", |row| row.option(|terms| terms.since.start())),

    of(Opt, "exercise_type", |row| row.option(|_| "AMERICAN")),
    of(Opt, "strike_price", |row| row.option(|terms| terms.strike())).sorts(["Lösenpris", "Strike"]),
    of(Opt, "risk_free_interest", |row| row.option(|_| Fixed::from_ten_thousandths(21_000))),
    of(Opt, "underlying_instrument_id", |row| row.option(|_| row.followed().map(|one| one.instrument_id))).called("option_underlying_instrument_id").filters(Listed),
    of(Opt, "underlying_name", |row| row.option(|_| row.underlying_name())).called("option_underlying_name"),
];
