//! Whatever a request is made of, it is valid or it is an error beforehand.

use nordnet_proto::api::*;
use nordnet_proto::{
    AccountNumber, ActivateOrders, Config, Country, Currency, Endpoint, Error, InSession,
    InstrumentId, Isin, MarketId, NewsId, OrderId, SessionKey, TickSizeId, TradableId, to_request,
};
use proptest::prelude::*;

use crate::api::spec;
use crate::api_contract::check;

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

/// Makes a request, holds it against the reference, and returns how long its
/// target is.
fn asked<E: Endpoint<Auth = InSession>>(call: E) -> Result<usize, Error> {
    let key = SessionKey::new("5d1f7c0e");
    let (request, _) = to_request(call, &Config::new(Country::Sweden), &key)?;
    let mut operations = spec::operations().into_iter();
    let operation = operations.find(|operation| operation.id == E::OPERATION);
    check(&operation.unwrap(), &request);
    Ok(request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len()))
}

fn is_valid_or_refused<E: Endpoint<Auth = InSession>>(call: E) -> bool {
    matches!(asked(call), Ok(_) | Err(Error::BadIdentifier))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_text_breaks_out_of_its_place(text in "(\\PC|[/,?#&=%.:\u{0}-\u{1f}]){0,12}", number in any::<i64>()) {
        let tradable = || [TradableId::new(number, &text), TradableId::new(11, "101")];
        prop_assert!(is_valid_or_refused(GetTradableInfo::of_all(tradable())));
        prop_assert!(is_valid_or_refused(ListTradableTrades::of_all(tradable())));
        prop_assert!(is_valid_or_refused(CheckTradableSuitability::of_all(tradable())));
        prop_assert!(is_valid_or_refused(LookupInstruments::by_tradables(tradable())));
        let (isin, currency) = (Isin::new(&text), Currency::new(&text));
        let by_isin = LookupInstruments::by_isin(&isin, &currency, MarketId::new(number));
        prop_assert!(is_valid_or_refused(by_isin));
        prop_assert!(is_valid_or_refused(GetCountries::of(&*text)));
        prop_assert!(is_valid_or_refused(GetInstrumentTypes::of_all([&*text, "ESH"])));
        prop_assert!(is_valid_or_refused(ListUnderlyings::of(DerivativeKind::Leverage, &*text)));
        let query = LeverageQuery::on(InstrumentId::new(number)).currency(&*text).group(&*text).kind(&*text);
        prop_assert!(is_valid_or_refused(ListLeverages::new(query)));
        let search = SearchStocks::new().text(&text).filter(&text).sort(&*text, SortOrder::Ascending);
        prop_assert!(asked(search.attributes([&*text])).is_ok());
        prop_assert!(asked(SearchMain::new(&text)).is_ok());
        let options = SearchOptionPairs::new(&text, &*text, EpochTime::new(number));
        prop_assert!(asked(options).is_ok());
    }

    #[test]
    fn a_list_is_valid_or_too_long(count in 1..20_000_usize, number in any::<i64>()) {
        let fits = |result| match result {
            Ok(length) => length < 65_535,
            Err(Error::TooLong) => count > 1000,
            Err(_) => false,
        };
        prop_assert!(fits(asked(GetInstruments::of_all(vec![InstrumentId::new(number); count]))));
        prop_assert!(fits(asked(GetTradableInfo::of_all(vec![TradableId::new(11, "101"); count]))));
        prop_assert!(fits(asked(SearchStocks::new().attributes(vec!["name"; count]))));
    }
}

#[test]
fn an_empty_list_and_one_of_ten_thousand_are_errors_beforehand() {
    fn both<E, K>(make: impl Fn(Vec<K>) -> E, key: K)
    where
        E: Endpoint<Auth = InSession>,
        K: Clone,
    {
        let none = asked(make(Vec::new()));
        assert!(matches!(none, Err(Error::NothingAsked)), "{none:?}");
        let many = asked(make(vec![key.clone(); 10_000]));
        assert!(matches!(many, Ok(_) | Err(Error::TooLong)), "{many:?}");
        assert!(asked(make(vec![key])).is_ok());
    }
    let (account, order) = (ACCOUNT, OrderId::new(430518872));
    both(GetAccountInfos::of_all, account);
    both(ListPositions::of_all, account);
    both(ListFills::of_all, account);
    both(ListOrders::of_all, account);
    both(|orders| ActivateOrders::of_all(orders, ACCOUNT), order);
    both(GetInstruments::of_all, InstrumentId::new(16100101));
    both(
        CheckInstrumentSuitability::of_all,
        InstrumentId::new(16100101),
    );
    both(ListInstrumentTrades::of_all, InstrumentId::new(16100101));
    both(|codes: Vec<&str>| GetInstrumentTypes::of_all(codes), "ESH");
    both(GetMarkets::of_all, MarketId::new(11));
    both(GetTickSizes::of_all, TickSizeId::new(5012));
    both(|codes: Vec<&str>| GetCountries::of_all(codes), "SE");
    both(GetNews::of_all, NewsId::new(88120045));
    let tradable = TradableId::new(11, "101");
    both(GetTradableInfo::of_all, tradable.clone());
    both(ListTradableTrades::of_all, tradable.clone());
    both(CheckTradableSuitability::of_all, tradable.clone());
    both(LookupInstruments::by_tradables, tradable);
    let isin = (
        Isin::new("SE0000108656"),
        Currency::new("SEK"),
        MarketId::new(11),
    );
    both(LookupInstruments::by_isins, isin);
}
