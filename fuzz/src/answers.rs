//! Answers of the REST API out of any bytes.

use nordnet_proto::api::{
    Amount, GetAccountInfo, GetLeverageFilters, GetNews, GetStatus, GetTickSizes, GetTradableInfo,
    LeverageQuery, ListAccounts, ListFills, ListLedgers, ListOrders, ListPositions,
    ListTradableTrades, LookupInstruments, SearchAttributes, SearchMain, SearchStocks,
    SearchUnlimitedTurbos, StartLogin, TouchSession,
};
use nordnet_proto::{
    AccountNumber, ActivateOrders, ApiKey, CancelOrder, Decimal, Endpoint, Error, HttpResponse,
    InstrumentId, NewsId, OrderId, Outcome, PlaceOrder, TickSizeId, TradableId,
};

use crate::draw::Draw;

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);
const STATUSES: [u16; 16] = [
    200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 408, 409, 429, 500, 503, 599,
];

/// The first byte chooses the call, the second the status, then comes a value
/// for `Retry-After` and the body. No call panics, and one that places an order
/// never calls an answer that may be a success an error.
pub fn answers(data: &[u8]) {
    let mut draw = Draw(data);
    let (call, status, wait) = (draw.below(22), draw.below(16), draw.text());
    let status = STATUSES[usize::from(status)];
    let mut response = HttpResponse::new(draw.0.to_vec().into());
    *response.status_mut() = status.try_into().expect("a status");
    if let Ok(wait) = wait.parse() {
        response.headers_mut().insert("retry-after", wait);
    }
    let tradable = TradableId::new(11, "101");
    match call {
        0 => settle(&GetStatus::new(), response),
        1 => settle(&ListAccounts::new(), response),
        2 => settle(&GetAccountInfo::of(ACCOUNT), response),
        3 => settle(&ListPositions::of(ACCOUNT), response),
        4 => settle(&ListFills::of(ACCOUNT), response),
        5 => settle(&ListOrders::of(ACCOUNT), response),
        6 => settle(&GetTickSizes::of(TickSizeId::new(5012)), response),
        7 => settle(&GetTradableInfo::of(tradable), response),
        8 => settle(&LookupInstruments::by_tradable(tradable), response),
        9 => {
            let key = ApiKey::new("7b1e4a90-52c3-4a7f-9a53-0d6f2c8e1b35").expect("a key");
            settle(&StartLogin::new(key), response);
        }
        10 => settle(&TouchSession::new(), response),
        11 => order(
            &CancelOrder::new(OrderId::new(1), ACCOUNT),
            response,
            status,
        ),
        13 => settle(&ListLedgers::of(ACCOUNT), response),
        14 => settle(&SearchAttributes::new(), response),
        15 => settle(&SearchStocks::new(), response),
        16 => settle(&SearchUnlimitedTurbos::new(), response),
        17 => settle(&SearchMain::new("eric"), response),
        18 => settle(&ListTradableTrades::of(tradable), response),
        19 => settle(&GetNews::of(NewsId::new(1)), response),
        20 => {
            let query = LeverageQuery::on(InstrumentId::new(1));
            settle(&GetLeverageFilters::new(query), response);
        }
        21 => order(
            &ActivateOrders::of(OrderId::new(1), ACCOUNT),
            response,
            status,
        ),
        _ => {
            let limit = Amount::new(Decimal::new(8652, 2), "SEK");
            let order_call = PlaceOrder::buy(100, tradable, limit, ACCOUNT).expect("an order");
            order(&order_call, response, status);
        }
    }
}

fn settle<E: Endpoint>(endpoint: &E, response: HttpResponse) {
    if let Err(error) = endpoint.settle(Ok(response)) {
        assert!(!error.to_string().is_empty());
    }
}

fn order<E: Endpoint<Response = Outcome>>(endpoint: &E, response: HttpResponse, status: u16) {
    match endpoint.settle(Ok(response)) {
        Ok(Outcome::Accepted(_)) => assert_eq!(status, 200, "taken only by a verdict"),
        Ok(_) => {}
        Err(error) => assert!(
            matches!(status, 401 | 429) || matches!(error, Error::Refused(_)),
            "{status} may have been taken: {error}"
        ),
    }
}
