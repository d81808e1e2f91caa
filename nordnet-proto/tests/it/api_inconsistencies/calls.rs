//! Contradictions about what is sent, accounts included.

use nordnet_proto::api::*;
use nordnet_proto::{
    AccountId, AccountNumber, ActivateOrders, BaseUrl, Config, Country, Endpoint, Error,
    HttpResponse, InstrumentId, Language, MarketId, NewsId, OrderId, TickSizeId, to_request,
};

use super::{Met, read, sent, status};
use crate::api::calls;

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);
const ORDER: OrderId = OrderId::new(430518872);

pub(super) const MET: &[Met] = &[
    (
        "INC-01",
        "language-list",
        "Five languages can be asked for, of which two have other names.",
        || {
            let codes = [
                Language::Danish,
                Language::English,
                Language::Finnish,
                Language::Norwegian,
                Language::Swedish,
            ];
            assert_eq!(codes.map(Language::code), ["da", "en", "fi", "no", "sv"]);
        },
    ),
    (
        "INC-02",
        "session-name",
        "There is one key of a session.",
        || {
            let whole = calls::all()
                .into_iter()
                .find(|call| call.operation == "list_markets")
                .unwrap();
            let authorization = &whole.request.headers()["authorization"];
            assert_eq!(authorization, "Basic NWQxZjdjMGU6NWQxZjdjMGU=");
        },
    ),
    (
        "INC-03",
        "auth-sample",
        "The whole key stands on both sides of the colon.",
        || {
            let key = nordnet_proto::SessionKey::new("f9458a35aa");
            let (request, _) =
                to_request(ListMarkets::new(), &Config::new(Country::Sweden), &key).unwrap();
            assert_eq!(
                request.headers()["authorization"],
                "Basic Zjk0NThhMzVhYTpmOTQ1OGEzNWFh"
            );
        },
    ),
    (
        "INC-04",
        "auth-optional",
        "Every call in a session sends its key.",
        || {
            for call in calls::all() {
                let sends = call.request.headers().contains_key("authorization");
                assert_eq!(sends, call.in_session, "{}", call.operation);
            }
        },
    ),
    (
        "INC-05",
        "auth-scheme",
        "Three calls need no session.",
        || {
            let mut free: Vec<_> = calls::all()
                .into_iter()
                .filter(|call| !call.in_session)
                .map(|call| call.operation)
                .collect();
            free.sort_unstable();
            assert_eq!(free, ["get_system_status", "start_login", "verify_login"]);
        },
    ),
    (
        "INC-06",
        "service-name",
        "The service is NEXTAPI unless it is set.",
        || {
            assert_eq!(Config::new(Country::Sweden).service, "NEXTAPI");
            let all = calls::all();
            let verify = all.iter().find(|call| call.operation == "verify_login");
            let body = verify.unwrap().request.body().as_bytes();
            assert!(body.starts_with(br#"{"service":"NEXTAPI","#));
        },
    ),
    (
        "INC-07",
        "host",
        "The country or an address of one's own is the host.",
        || {
            assert_eq!(
                BaseUrl::from(Country::Denmark).to_string(),
                "https://public.nordnet.dk"
            );
        },
    ),
    (
        "INC-08",
        "json-always",
        "A status is looked at before a body is read.",
        || {
            assert!(
                ListAccounts::new()
                    .settle(Ok(status(204)))
                    .unwrap()
                    .is_empty()
            );
            assert!(
                SearchMain::new("x")
                    .settle(Ok(status(404)))
                    .unwrap()
                    .is_empty()
            );
            assert!(matches!(
                ListAccounts::new().settle(Ok(status(403))),
                Err(Error::Refused(_))
            ));
        },
    ),
    (
        "INC-09",
        "account-info-shape",
        "The deprecated call gives an object, its successor a list or the one asked for.",
        || {
            #[expect(deprecated, reason = "it is the call in question")]
            let old = sent(GetAccount::of(ACCOUNT));
            assert_eq!(old, "/accounts/60012345 ");
            let none = GetAccountInfo::of(ACCOUNT).settle(Ok(HttpResponse::new("[]".into())));
            assert!(matches!(none, Err(Error::Unreadable(_))));
        },
    ),
    (
        "INC-10",
        "accid-type",
        "Accounts are 64 bits wide, one or many.",
        || {
            let wide = AccountNumber::new(i64::MAX);
            assert_eq!(
                sent(ListOrders::of_all([ACCOUNT, wide])),
                "/accounts/60012345,9223372036854775807/orders "
            );
        },
    ),
    (
        "INC-11",
        "accid-or-accno",
        "Calls take account numbers; the index in a session is another type.",
        || {
            let account: Account =
                read(r#"{"accno":60012345,"accid":1,"alias":"","type":"","default":true}"#);
            assert_eq!(account.accid, Some(AccountId::new(1)));
            assert_eq!(
                sent(ListLedgers::of(&account)),
                "/accounts/60012345/ledgers "
            );
        },
    ),
    (
        "INC-12",
        "plural-in-singular-name",
        "Calls that take a list take one.",
        || {
            let two = [ORDER, OrderId::new(1)];
            assert_eq!(
                sent(ActivateOrders::of_all(two, ACCOUNT)),
                "/accounts/60012345/orders/430518872,1/activate "
            );
            assert_eq!(
                sent(GetInstruments::of_all([1, 2].map(InstrumentId::new))),
                "/instruments/1,2 "
            );
            assert_eq!(sent(GetNews::of_all([1, 2].map(NewsId::new))), "/news/1,2 ");
            assert_eq!(
                sent(GetMarkets::of_all([1, 2].map(MarketId::new))),
                "/markets/1,2 "
            );
            assert_eq!(
                sent(GetTickSizes::of_all([1, 2].map(TickSizeId::new))),
                "/tick_sizes/1,2 "
            );
            assert_eq!(
                sent(GetInstrumentTypes::of_all(["A", "B"])),
                "/instruments/types/A,B "
            );
        },
    ),
    (
        "INC-13",
        "country-csv",
        "Several countries can be asked for.",
        || {
            assert_eq!(
                sent(GetCountries::of_all(["SE", "FI"])),
                "/countries/SE,FI "
            );
        },
    ),
    (
        "INC-14",
        "credit-flag",
        "Each call has its own spelling and default.",
        || {
            assert_eq!(sent(ListAccounts::new()), "/accounts ");
            assert_eq!(
                sent(ListAccounts::new().include_credit_accounts()),
                "/accounts?include_credit_accounts=true "
            );
            let today = "/accounts/60012345/returns/transactions/today";
            assert_eq!(sent(GetReturnsToday::of(ACCOUNT)), format!("{today} "));
            assert_eq!(
                sent(GetReturnsToday::of(ACCOUNT).without_credit_account()),
                format!("{today}?include_credit_account=false ")
            );
        },
    ),
    (
        "INC-15",
        "short-margin-name",
        "The member has its name in the schema.",
        || {
            let query = sent(GetAccountInfos::of_all([ACCOUNT]).without_short_position_margin());
            assert_eq!(
                query,
                "/accounts/60012345/info?include_short_pos_margin=false "
            );
        },
    ),
    (
        "INC-16",
        "interest-rate-field",
        "The flag is left out unless it is asked for.",
        || {
            assert_eq!(
                sent(GetAccountInfo::of(ACCOUNT)),
                "/accounts/60012345/info "
            );
        },
    ),
    (
        "INC-17",
        "position-flags",
        "Members that are not documented are passed over.",
        || {
            let market: MarketEntry =
                read(r#"{"market_id":11,"name":"","intraday_limit":{"value":[1e400]}}"#);
            assert_eq!(market.id, MarketId::new(11));
        },
    ),
    (
        "INC-18",
        "returns-without-account",
        "The call is about one account.",
        || {
            assert_eq!(
                sent(GetReturnsToday::of(ACCOUNT)),
                "/accounts/60012345/returns/transactions/today "
            );
        },
    ),
    ("INC-19", "percent-types", "All are decimals.", || {
        let info: InstrumentInfo = read(r#"{"instrument_pawn_percentage":85.5}"#);
        assert_eq!(info.instrument_pawn_percentage, "85.5".parse().ok());
    }),
    (
        "INC-20",
        "exchange-rate-amount",
        "The rate keeps its currency.",
        || {
            let sum = r#"{"value":1,"currency":"EUR"}"#;
            let rate = r#"{"value":11.25,"currency":"SEK"}"#;
            let ledger: Ledger = read(&format!(
                r#"{{"currency":"EUR","account_sum":{sum},"account_sum_acc":{sum},"acc_int_cred":{sum},"acc_int_deb":{sum},"exchange_rate":{rate}}}"#
            ));
            assert_eq!(ledger.exchange_rate.to_string(), "11.25 SEK");
        },
    ),
];
