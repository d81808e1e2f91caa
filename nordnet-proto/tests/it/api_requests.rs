//! Every call as the server sees it, to the byte.

use nordnet_proto::api::{
    Amount, Days, GetAccountInfo, GetStatus, GetTickSizes, GetTradableInfo, ListAccounts,
    ListFills, ListOrders, ListPositions, ListTickSizes, Logout, LookupInstruments, StartLogin,
    TouchSession, VerifyLogin,
};
use nordnet_proto::order::Limit;
use nordnet_proto::{
    AccountNumber, ApiKey, CancelOrder, Config, Country, Currency, Date, Decimal, Endpoint, Error,
    HttpRequest, InSession, InvalidOrder, Isin, Language, MarketId, ModifyOrder, NoSession,
    OrderId, PlaceOrder, Reference, SessionKey, Signature, TickSizeId, TradableId, to_origin_form,
    to_request,
};

use crate::driver::API_KEY;

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);
const ORDER: OrderId = OrderId::new(430518872);

/// Method, address, type and body of a request.
type Wire = (String, Option<String>, String);

fn wire(request: &HttpRequest) -> Wire {
    let headers = request.headers();
    assert_eq!(headers["host"], "public.nordnet.se");
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(headers["accept-encoding"], "identity");
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("nordnet-rust/")
    );
    let uri = request.uri().to_string();
    let path = uri.strip_prefix("https://public.nordnet.se").unwrap();
    let kind = headers.get("content-type");
    (
        format!("{} {path}", request.method()),
        kind.map(|kind| kind.to_str().unwrap().into()),
        String::from_utf8(request.body().as_bytes().to_vec()).unwrap(),
    )
}

fn with_session<E: Endpoint<Auth = InSession>>(endpoint: E) -> Wire {
    let key = SessionKey::new("f9458a35aa");
    let (request, _) = to_request(endpoint, &Config::new(Country::Sweden), &key).unwrap();
    let authorization = &request.headers()["authorization"];
    assert_eq!(authorization, "Basic Zjk0NThhMzVhYTpmOTQ1OGEzNWFh");
    assert!(authorization.is_sensitive());
    wire(&request)
}

fn without_session<E: Endpoint<Auth = NoSession>>(endpoint: E) -> Wire {
    let (request, _) = to_request(endpoint, &Config::new(Country::Sweden), ()).unwrap();
    assert!(request.headers().get("authorization").is_none());
    wire(&request)
}

fn plain(line: &str) -> Wire {
    (line.into(), None, String::new())
}

fn json(line: &str, body: &str) -> Wire {
    (line.into(), Some("application/json".into()), body.into())
}

fn form(line: &str, body: &str) -> Wire {
    let kind = "application/x-www-form-urlencoded";
    (line.into(), Some(kind.into()), body.into())
}

fn amount(text: &str) -> Amount {
    Amount::new(text.parse::<Decimal>().unwrap(), "SEK")
}

#[test]
fn calls_without_a_session() {
    assert_eq!(without_session(GetStatus::new()), plain("GET /api/2"));
    let api_key = || ApiKey::new(API_KEY).unwrap();
    assert_eq!(
        without_session(StartLogin::new(api_key())),
        json(
            "POST /api/2/login/start",
            r#"{"api_key":"7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35"}"#
        )
    );
    let signature = *b"This is not a real signature, just 64 bytes of padding text.....";
    let signature = Signature::from_bytes(signature);
    assert_eq!(
        without_session(VerifyLogin::new("NEXTAPI".into(), api_key(), signature)),
        json(
            "POST /api/2/login/verify",
            r#"{"service":"NEXTAPI","api_key":"7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35","signature":"VGhpcyBpcyBub3QgYSByZWFsIHNpZ25hdHVyZSwganVzdCA2NCBieXRlcyBvZiBwYWRkaW5nIHRleHQuLi4uLg=="}"#
        )
    );
}

#[test]
fn calls_of_the_session() {
    assert_eq!(with_session(TouchSession::new()), plain("PUT /api/2/login"));
    assert_eq!(with_session(Logout::new()), plain("DELETE /api/2/login"));
}

#[test]
fn calls_of_accounts() {
    assert_eq!(
        with_session(ListAccounts::new()),
        plain("GET /api/2/accounts")
    );
    assert_eq!(
        with_session(ListAccounts::new().include_credit_accounts()),
        plain("GET /api/2/accounts?include_credit_accounts=true")
    );
    assert_eq!(
        with_session(GetAccountInfo::of(ACCOUNT)),
        plain("GET /api/2/accounts/60012345/info")
    );
    assert_eq!(
        with_session(ListPositions::of(ACCOUNT)),
        plain("GET /api/2/accounts/60012345/positions")
    );
    assert_eq!(
        with_session(ListFills::of(ACCOUNT)),
        plain("GET /api/2/accounts/60012345/trades")
    );
    assert_eq!(
        with_session(ListFills::of(ACCOUNT).days(Days::MAX)),
        plain("GET /api/2/accounts/60012345/trades?days=7")
    );
    assert_eq!(Days::new(8), None);
    assert_eq!(
        with_session(ListOrders::of(ACCOUNT)),
        plain("GET /api/2/accounts/60012345/orders")
    );
    assert_eq!(
        with_session(ListOrders::of(ACCOUNT).include_deleted()),
        plain("GET /api/2/accounts/60012345/orders?deleted=true")
    );
}

#[test]
fn calls_of_instruments() {
    let tradables = [TradableId::new(11, "101"), TradableId::new(30, "ERIC B,/?")];
    assert_eq!(
        with_session(LookupInstruments::by_tradables(&tradables)),
        plain("GET /api/2/instruments/lookup/market_id_identifier/11:101,30:ERIC%20B%2C%2F%3F")
    );
    let (isin, currency) = (Isin::new("SE0000108656"), Currency::new("SEK"));
    assert_eq!(
        with_session(LookupInstruments::by_isin(
            &isin,
            &currency,
            MarketId::new(11)
        )),
        plain("GET /api/2/instruments/lookup/isin_code_currency_market_id/SE0000108656:SEK:11")
    );
    assert_eq!(
        with_session(GetTradableInfo::of_all(tradables)),
        plain("GET /api/2/tradables/info/11:101,30:ERIC%20B%2C%2F%3F")
    );
    assert_eq!(
        with_session(ListTickSizes::new()),
        plain("GET /api/2/tick_sizes")
    );
    let some = [TickSizeId::new(5012), TickSizeId::new(5900)];
    assert_eq!(
        with_session(GetTickSizes::of_all(some)),
        plain("GET /api/2/tick_sizes/5012,5900")
    );
}

#[test]
fn entry_change_and_cancellation_of_orders() {
    let order = PlaceOrder::buy(200, TradableId::new(11, "101"), amount("86.50"), ACCOUNT);
    assert_eq!(
        with_session(
            order
                .unwrap()
                .with_reference(Reference::new("rebal-0317-a").unwrap())
        ),
        form(
            "POST /api/2/accounts/60012345/orders",
            "market_id=11&identifier=101&side=BUY&volume=200&order_type=LIMIT&price=86.50&currency=SEK&reference=rebal-0317-a"
        )
    );
    let price = Amount::new("2.5E-4".parse::<Decimal>().unwrap(), "NOK");
    let order = PlaceOrder::sell(
        9_223_372_036_854_775_807,
        TradableId::new(7, "a&b"),
        Limit::at(price)
            .until(Date::new(2026, 12, 31).unwrap())
            .showing(5),
        ACCOUNT,
    )
    .unwrap()
    .with_reference(Reference::new("x").unwrap());
    assert_eq!(
        with_session(order),
        form(
            "POST /api/2/accounts/60012345/orders",
            "market_id=7&identifier=a%26b&side=SELL&volume=9223372036854775807&order_type=LIMIT&price=0.00025&currency=NOK&valid_until=2026-12-31&open_volume=5&reference=x"
        )
    );
    let line = "PUT /api/2/accounts/60012345/orders/430518872";
    assert_eq!(
        with_session(ModifyOrder::price(ORDER, amount("86.6"), ACCOUNT).unwrap()),
        form(line, "price=86.6&currency=SEK")
    );
    assert_eq!(
        with_session(ModifyOrder::volume(ORDER, 150, ACCOUNT).unwrap()),
        form(line, "volume=150")
    );
    assert_eq!(
        with_session(ModifyOrder::new(ORDER, Some(amount("1")), Some(2), ACCOUNT).unwrap()),
        form(line, "price=1&currency=SEK&volume=2")
    );
    assert_eq!(
        with_session(CancelOrder::new(ORDER, ACCOUNT)),
        plain("DELETE /api/2/accounts/60012345/orders/430518872")
    );
}

#[test]
fn settings_show_in_the_request() {
    let mut config = Config::new(
        "http://127.0.0.1:8080"
            .parse::<nordnet_proto::BaseUrl>()
            .unwrap(),
    );
    config.language = Some(Language::Swedish);
    let (mut request, _) = to_request(GetStatus::new(), &config, ()).unwrap();
    assert_eq!(request.uri(), "http://127.0.0.1:8080/api/2");
    assert_eq!(request.headers()["host"], "127.0.0.1:8080");
    assert_eq!(request.headers()["accept-language"], "sv");
    to_origin_form(&mut request);
    assert_eq!(request.uri(), "/api/2");
}

#[test]
fn an_order_without_a_reference_makes_no_request() {
    let order = PlaceOrder::buy(1, TradableId::new(11, "101"), amount("86.50"), ACCOUNT).unwrap();
    let key = SessionKey::new("f9458a35aa");
    let error = to_request(order, &Config::new(Country::Sweden), &key).unwrap_err();
    assert!(
        matches!(error, Error::Invalid(InvalidOrder::NoReference)),
        "{error}"
    );
}
