//! Every call of the API against the simulator, which is written from the reference
//! alone.

use std::fmt::Debug;

use nordnet_tokio::api::*;
use nordnet_tokio::order::{
    FillAndKill, FillOrKill, Limit, OneCancelsOther, StopLimit, Terms, TrailingStop, Trigger,
};
use nordnet_tokio::proto::{Endpoint, MarketId, NewsId, Observe};
use nordnet_tokio::{ActivateOrders, Client, Decimal, Outcome, PlaceOrder};

use crate::support::{ACCOUNT, builder, ericsson, server, trader};

/// Sends a call, and checks that all of its response was understood.
async fn read<E>(nordnet: &Client, call: E) -> E::Response
where
    E: Endpoint<Access = Observe, Response: Debug>,
{
    let response = nordnet.send(call).await;
    let response = response.unwrap_or_else(|error| panic!("{}: {error}", E::OPERATION));
    let shown = format!("{response:?}");
    assert!(!shown.contains("Unread {"), "{}: {shown}", E::OPERATION);
    response
}

#[tokio::test]
#[expect(deprecated, reason = "the calls that are deprecated still work")]
async fn accounts_are_read() {
    let server = server();
    let n = builder(&server).login().await.unwrap();
    assert!(read(&n, GetStatus::new()).await.system_running);
    let accounts = read(&n, ListAccounts::new().include_credit_accounts()).await;
    assert!(accounts.preselected().is_some());
    let info = read(&n, GetAccountInfo::of(ACCOUNT)).await;
    assert_eq!(read(&n, GetAccount::of(ACCOUNT)).await.account, ACCOUNT);
    assert_eq!(read(&n, GetAccountInfos::of_all([ACCOUNT])).await[0], info);
    let ledgers = read(&n, ListLedgers::of(ACCOUNT)).await;
    assert!(ledgers.total.is_some() && !ledgers.ledgers.is_empty());
    read(&n, ListPositions::of_all(accounts.open())).await;
    read(&n, GetReturnsToday::of(ACCOUNT)).await;
    read(&n, ListFills::of(ACCOUNT).days(Days::MAX)).await;
    read(&n, ListOrders::of(ACCOUNT).include_deleted()).await;
    assert!(read(&n, SearchNews::new()).await.is_empty());
}

#[tokio::test]
async fn instruments_are_read() {
    let server = server();
    let n = builder(&server).login().await.unwrap();
    let found = read(&n, LookupInstruments::by_tradable(ericsson())).await;
    let ericsson = found[0].instrument_id;
    assert_eq!(*read(&n, GetInstruments::of(ericsson)).await, *found);
    let kinds = read(&n, ListInstrumentTypes::new()).await;
    let some = GetInstrumentTypes::of(kinds[0].code.clone());
    assert_eq!(read(&n, some).await[0], kinds[0]);
    for kind in DerivativeKind::ALL {
        assert!(!read(&n, ListUnderlyings::of(*kind, "SEK")).await.is_empty());
    }
    read(&n, CheckInstrumentSuitability::of(ericsson)).await;
    let query = LeverageQuery::on(ericsson).direction(Direction::Up);
    let bulls = read(&n, ListLeverages::new(query.clone())).await;
    let filters = read(&n, GetLeverageFilters::new(query)).await;
    assert_eq!(filters.no_of_instruments, bulls.len() as i64);
    let trades = ListInstrumentTrades::of(ericsson).count(TradeCount::All);
    read(&n, trades).await;
    assert!(
        !read(&n, SearchAttributes::new())
            .await
            .attributes
            .is_empty()
    );
    let blocks = StockGroup::ALL.iter().copied();
    let stocks = read(&n, SearchStocks::new().groups(blocks)).await;
    assert!(stocks.results[0].price_info.is_some());
    assert!(!read(&n, SearchBullBear::new()).await.results.is_empty());
    assert!(!read(&n, SearchMiniFutures::new()).await.results.is_empty());
    let turbos = read(&n, SearchUnlimitedTurbos::new()).await;
    assert!(turbos.results[0].ko_info.is_some());
    let options = SearchOptionPairs::new("ERIC B", "SEK", EpochTime::new(1_781_827_200_000));
    read(&n, options).await;
    assert!(!read(&n, SearchMain::new("eric")).await.is_empty());
    assert!(
        read(&n, SearchMain::new("nothing is called so"))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn markets_and_lists_are_read() {
    let server = server();
    let n = builder(&server).login().await.unwrap();
    let info = read(&n, GetTradableInfo::of(ericsson())).await;
    assert_eq!(info[0].id(), ericsson());
    read(&n, ListTradableTrades::of(ericsson())).await;
    read(&n, CheckTradableSuitability::of(ericsson())).await;
    assert!(!read(&n, ListMarkets::new()).await.is_empty());
    assert_eq!(read(&n, GetMarkets::of(MarketId::new(11))).await.len(), 1);
    let tables = read(&n, ListTickSizes::new()).await;
    assert_eq!(read(&n, GetTickSizes::of(tables[0].id)).await[0], tables[0]);
    assert!(!read(&n, ListCountries::new()).await.is_empty());
    assert_eq!(read(&n, GetCountries::of_all(["SE", "FI"])).await.len(), 2);
    assert!(!read(&n, ListNewsSources::new()).await.is_empty());
    assert!(read(&n, GetNews::of(NewsId::new(1))).await.is_empty());
}

fn sek(text: &str) -> Amount {
    Amount::new(text.parse::<Decimal>().unwrap(), "SEK")
}

#[tokio::test]
async fn places_every_type_of_order_and_activates_a_held_one() {
    let server = server();
    let nordnet = trader(&server).await;
    let below = || Trigger::at_or_below(sek("80"));
    let percent = |text: &str| text.parse::<Decimal>().unwrap();
    let held = Limit::at(sek("60")).held();
    let cases: [Terms; 8] = [
        sek("60").into(),
        Limit::at(sek("60")).showing(5).into(),
        FillAndKill::at(sek("60")).into(),
        FillOrKill::at(sek("60")).into(),
        StopLimit::new(Trigger::at_or_above(sek("100")), sek("101")).into(),
        TrailingStop::on_rise(percent("5"), percent("6")).into(),
        OneCancelsOther::new(sek("60"), below(), sek("79")).into(),
        held.into(),
    ];
    let mut last = None;
    for terms in cases {
        let words = terms.to_string();
        let order = PlaceOrder::buy(10, ericsson(), terms, ACCOUNT).unwrap();
        match nordnet.send(order).await.unwrap() {
            Outcome::Accepted(accepted) => last = Some(accepted.order_id),
            other => panic!("{words}: {other:?}"),
        }
    }
    let held = last.unwrap();
    let activation = nordnet.send(ActivateOrders::of(held, ACCOUNT)).await;
    let Ok(Outcome::Accepted(accepted)) = activation else {
        panic!("{activation:?}");
    };
    assert!(accepted.verdicts[0].is_ok() && accepted.order_id == held);
    let orders = nordnet.send(ListOrders::of(ACCOUNT)).await.unwrap();
    let activated = orders.iter().find(|order| order.order_id == held).unwrap();
    assert_eq!(activated.state, OrderState::OnMarket);
}
