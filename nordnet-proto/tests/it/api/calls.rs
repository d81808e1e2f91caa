//! Every call, in every form that its type gives it.

use std::fmt::Debug;
use std::rc::Rc;

use nordnet_proto::api::*;
use nordnet_proto::order::{
    FillAndKill, FillOrKill, Limit, OneCancelsOther, StopLimit, TrailingStop, Trigger,
};
use nordnet_proto::{
    AccountNumber, ActivateOrders, ApiKey, CancelOrder, Config, Country, Currency, Date, Decimal,
    Endpoint, Error, HttpRequest, HttpResponse, InSession, InstrumentId, Isin, IssuerId, MarketId,
    ModifyOrder, NewsId, NoSession, OrderId, Outcome, PlaceOrder, Reference, Safety, SessionKey,
    Signature, TickSizeId, TradableId, to_request,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::driver::API_KEY;

pub(crate) const ACCOUNT: AccountNumber = AccountNumber::new(60012345);
const ORDER: OrderId = OrderId::new(430518872);
const ERICSSON: InstrumentId = InstrumentId::new(16100101);

/// A call: what it sends, and how it reads a reply.
#[expect(clippy::type_complexity, reason = "each is said once")]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) safety: Safety,
    pub(crate) in_session: bool,
    pub(crate) request: HttpRequest,
    /// Reads a reply and writes it back.
    pub(crate) reply: Box<dyn Fn(&str) -> Result<Value, Error>>,
    /// Reads a reply and shows what came of it, elements that were skipped
    /// included.
    pub(crate) shown: Box<dyn Fn(&str) -> Result<String, Error>>,
}

fn call<E: Endpoint<Response: Debug>>(
    make: impl Fn() -> E + 'static,
    request: HttpRequest,
    written: impl Fn(E::Response) -> Value + 'static,
) -> Call {
    let make = Rc::new(make);
    let again = Rc::clone(&make);
    let settle = |call: E, body: &str| call.settle(Ok(HttpResponse::new(body.into())));
    Call {
        operation: E::OPERATION,
        safety: E::SAFETY,
        in_session: <E::Auth as nordnet_proto::Auth>::IN_SESSION,
        request,
        reply: Box::new(move |body| settle(make(), body).map(&written)),
        shown: Box::new(move |body| settle(again(), body).map(|shown| format!("{shown:?}"))),
    }
}

fn in_session<E: Endpoint<Auth = InSession, Response: Debug>>(
    make: impl Fn() -> E + 'static,
    written: impl Fn(E::Response) -> Value + 'static,
) -> Call {
    let key = SessionKey::new("5d1f7c0e");
    let (request, _) = to_request(make(), &Config::new(Country::Sweden), &key).unwrap();
    call(make, request, written)
}

fn without_session<E: Endpoint<Auth = NoSession, Response: Debug>>(
    make: impl Fn() -> E + 'static,
    written: impl Fn(E::Response) -> Value + 'static,
) -> Call {
    let (request, _) = to_request(make(), &Config::new(Country::Sweden), ()).unwrap();
    call(make, request, written)
}

fn read<E>(make: impl Fn() -> E + 'static) -> Call
where
    E: Endpoint<Auth = InSession, Response: Debug + Serialize + 'static>,
{
    in_session(make, as_json)
}

fn as_json<T: Serialize>(value: T) -> Value {
    serde_json::to_value(value).unwrap()
}

fn order(make: impl Fn() -> PlaceOrder + 'static) -> Call {
    in_session(
        move || make().with_reference(Reference::new("rebal-0317-a").unwrap()),
        verdict,
    )
}

/// What became of an order, as the reply said it.
fn verdict(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Accepted(accepted) if !accepted.verdicts.is_empty() => as_json(accepted.verdicts),
        Outcome::Accepted(accepted) => json!({
            "result_code": "OK",
            "order_id": accepted.order_id,
            "order_state": accepted.order_state,
            "action_state": accepted.action_state,
        }),
        Outcome::Rejected(rejection) => as_json(rejection.reply),
        Outcome::Unknown(unresolved) => json!(unresolved.to_string()),
    }
}

fn sek(text: &str) -> Amount {
    Amount::new(text.parse::<Decimal>().unwrap(), "SEK")
}

fn tradables() -> [TradableId; 2] {
    [TradableId::new(11, "101"), TradableId::new(11, "a,b/c")]
}

fn leverages() -> LeverageQuery {
    LeverageQuery::on(ERICSSON)
        .currency("SEK")
        .expiring(Date::new(2026, 6, 19).unwrap())
        .group("WARRANT")
        .kind("WAR")
        .issuer(IssuerId::new(310))
        .direction(Direction::Up)
}

fn search<L: Searched>() -> ListSearch<L> {
    ListSearch::new()
        .filter("nordnet_markets=true")
        .text("eric")
        .sort("diff_pct", SortOrder::Descending)
        .limit(20)
        .offset(u32::MAX)
}

pub(crate) fn all() -> Vec<Call> {
    let mut calls = of_the_session();
    calls.extend(of_accounts());
    calls.extend(of_orders());
    calls.extend(of_instruments());
    calls.extend(of_searches());
    calls.extend(of_lists());
    calls
}

fn of_the_session() -> Vec<Call> {
    let api_key = || ApiKey::new(API_KEY).unwrap();
    let verify = move || {
        let signature = *b"This is not a real signature, just 64 bytes of padding text.....";
        VerifyLogin::new(
            "NEXTAPI".into(),
            api_key(),
            Signature::from_bytes(signature),
        )
    };
    vec![
        without_session(GetStatus::new, as_json),
        without_session(
            move || StartLogin::new(api_key()),
            |challenge| json!({"challenge": challenge}),
        ),
        without_session(verify, |session| {
            let feed = |server: nordnet_proto::Server| json!({"hostname": server.hostname, "port": server.port, "encrypted": server.encrypted});
            json!({
                "session_key": session.key.expose(),
                "expires_in": session.expires_in.as_secs(),
                "private_feed": feed(session.private_feed),
                "public_feed": feed(session.public_feed),
            })
        }),
        in_session(TouchSession::new, |()| json!({"logged_in": true})),
        in_session(Logout::new, |()| json!({"logged_in": false})),
    ]
}

#[expect(deprecated, reason = "these calls keep to the reference too")]
fn of_accounts() -> Vec<Call> {
    let two = || [ACCOUNT, AccountNumber::new(60012399)];
    vec![
        read(ListAccounts::new),
        read(|| ListAccounts::new().include_credit_accounts()),
        read(|| GetAccount::of(ACCOUNT)),
        read(move || GetAccountInfos::of_all(two())),
        read(|| {
            GetAccountInfos::of_all([ACCOUNT])
                .without_interest_rate()
                .without_short_position_margin()
        }),
        in_session(|| GetAccountInfo::of(ACCOUNT), |info| as_json([info])),
        read(|| ListLedgers::of(ACCOUNT)),
        read(move || {
            ListPositions::of_all(two())
                .include_instrument_loans()
                .include_intraday_limit()
        }),
        read(|| GetReturnsToday::of(ACCOUNT).without_credit_account()),
        read(|| ListFills::of(ACCOUNT)),
        read(move || ListFills::of_all(two()).days(Days::MAX)),
        read(SearchNews::new),
    ]
}

fn of_orders() -> Vec<Call> {
    let sell = |terms: nordnet_proto::order::Terms| {
        order(move || {
            let terms = terms.clone();
            PlaceOrder::sell(200, TradableId::new(11, "101"), terms, ACCOUNT).unwrap()
        })
    };
    let day = Date::new(2026, 4, 2).unwrap();
    let fall = || Trigger::at_or_below(sek("82.0"));
    let percent = |text: &str| text.parse::<Decimal>().unwrap();
    vec![
        read(|| ListOrders::of_all([ACCOUNT]).include_deleted()),
        sell(sek("86.5").into()),
        sell(
            Limit::at(sek("88.2"))
                .until(day)
                .showing(50)
                .extended_hours()
                .into(),
        ),
        sell(Limit::at(sek("88.2")).held().into()),
        sell(Limit::at(sek("88.2")).guessed().into()),
        sell(FillAndKill::at(sek("87.04")).into()),
        sell(FillOrKill::at(sek("87.04")).into()),
        sell(StopLimit::new(fall(), sek("81.5")).into()),
        sell(TrailingStop::on_fall(percent("5"), percent("-6")).into()),
        sell(OneCancelsOther::new(sek("90"), fall(), sek("81.5")).into()),
        in_session(
            || {
                ModifyOrder::new(ORDER, Some(sek("86.7")), Some(150), ACCOUNT)
                    .and_then(|change| change.showing(10))
                    .unwrap()
            },
            verdict,
        ),
        in_session(|| CancelOrder::new(ORDER, ACCOUNT), verdict),
        in_session(
            || ActivateOrders::of_all([ORDER, OrderId::new(430518901)], ACCOUNT),
            verdict,
        ),
    ]
}

fn of_instruments() -> Vec<Call> {
    let isin = || {
        (
            Isin::new("SE0000108656"),
            Currency::new("SEK"),
            MarketId::new(11),
        )
    };
    vec![
        read(|| GetInstruments::of_all([ERICSSON, InstrumentId::new(16100366)])),
        read(|| LookupInstruments::by_tradables(tradables())),
        read(move || LookupInstruments::by_isins([isin(), isin()])),
        read(ListInstrumentTypes::new),
        read(|| GetInstrumentTypes::of_all(["ESH", "ETF"])),
        read(|| ListUnderlyings::of(DerivativeKind::Leverage, "SEK")),
        read(|| ListUnderlyings::of(DerivativeKind::OptionPair, "SEK")),
        read(|| CheckInstrumentSuitability::of(ERICSSON)),
        read(|| ListLeverages::new(LeverageQuery::on(ERICSSON))),
        read(|| ListLeverages::new(leverages())),
        read(|| GetLeverageFilters::new(leverages())),
        read(|| ListInstrumentTrades::of(ERICSSON).count(TradeCount::Latest(20))),
    ]
}

fn of_searches() -> Vec<Call> {
    vec![
        read(SearchAttributes::new),
        read(|| {
            SearchAttributes::new()
                .filter("nordnet_markets=true")
                .groups(AttributeGroup::ALL.iter().copied())
                .entity(EntityType::Stocks)
                .expand(["market_sub_id"])
                .minmax(["pe"])
                .only_filterable()
                .only_returnable()
                .only_sortable()
        }),
        read(SearchStocks::new),
        read(|| {
            search::<Stocks>()
                .groups(StockGroup::ALL.iter().copied())
                .attributes(["name", "pe"])
        }),
        read(search::<BullBears>),
        read(search::<MiniFutures>),
        read(SearchMiniFutures::new),
        read(search::<UnlimitedTurbos>),
        read(|| SearchOptionPairs::new("ERIC B", "SEK", EpochTime::new(1_781_740_800_000))),
        read(|| SearchMain::new("eric & co")),
        read(|| {
            SearchMain::new("eric")
                .groups(InstrumentGroup::ALL.iter().copied())
                .space(SearchSpace::NewsBlogCms)
                .limit(9)
                .offset(9)
        }),
    ]
}

fn of_lists() -> Vec<Call> {
    vec![
        read(|| GetTradableInfo::of_all(tradables())),
        read(|| ListTradableTrades::of_all(tradables()).count(TradeCount::All)),
        read(|| CheckTradableSuitability::of_all(tradables())),
        read(ListMarkets::new),
        read(|| GetMarkets::of(MarketId::new(11))),
        read(ListTickSizes::new),
        read(|| GetTickSizes::of(TickSizeId::new(5012))),
        read(ListCountries::new),
        read(|| GetCountries::of_all(["SE", "FI"])),
        read(|| GetNews::of(NewsId::new(88_120_045))),
        read(ListNewsSources::new),
    ]
}
