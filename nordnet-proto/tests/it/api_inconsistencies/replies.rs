//! Contradictions about what is read.

use nordnet_proto::api::*;
use nordnet_proto::{Endpoint, Error, InstrumentId, Isin, MarketId, Refusal, TradableId};

use super::{Met, is_no, read, sent, status};
use crate::driver::response;

const WIDE: i64 = 5_000_000_000;

fn refusal(result: Result<impl Sized, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("no refusal"),
    }
}

pub(super) const MET: &[Met] = &[
    (
        "INC-41",
        "204-coverage",
        "A 204 is understood of every read that can be empty.",
        || {
            assert!(
                SearchStocks::new()
                    .settle(Ok(status(204)))
                    .unwrap()
                    .results
                    .is_empty()
            );
            assert!(
                SearchUnlimitedTurbos::new()
                    .settle(Ok(status(204)))
                    .unwrap()
                    .results
                    .is_empty()
            );
            let options = SearchOptionPairs::new("X", "SEK", EpochTime::new(0));
            assert!(options.settle(Ok(status(204))).unwrap().results.is_empty());
            let account = nordnet_proto::AccountNumber::new(1);
            assert!(
                GetAccountInfos::of_all([account])
                    .settle(Ok(status(204)))
                    .unwrap()
                    .is_empty()
            );
            let ledgers = ListLedgers::of(account).settle(Ok(status(204))).unwrap();
            assert!(ledgers.ledgers.is_empty() && ledgers.total.is_none());
        },
    ),
    (
        "INC-42",
        "400-coverage",
        "A 400 is understood of every call.",
        || {
            let bad = || Ok(response(400, r#"{"code":"INVALID_PARAMETER"}"#, &[]));
            for refusal in [
                refusal(ListAccounts::new().settle(bad())),
                refusal(GetCountries::of("SE").settle(bad())),
                refusal(Logout::new().settle(bad())),
            ] {
                assert_eq!(refusal.code.as_deref(), Some("INVALID_PARAMETER"));
            }
        },
    ),
    ("INC-43", "403-meaning", "A refusal needs no body.", || {
        let call = CheckTradableSuitability::of(TradableId::new(11, "101"));
        let refusal = refusal(call.settle(Ok(status(403))));
        assert_eq!((refusal.status, refusal.code), (403, None));
    }),
    (
        "INC-44",
        "404-body",
        "In the search over everything a 404 is no hit, elsewhere a refusal.",
        || {
            let body = || Ok(response(404, r#"{"code":"ACCOUNT_NOT_FOUND"}"#, &[]));
            assert!(SearchMain::new("x").settle(body()).unwrap().is_empty());
            let account = nordnet_proto::AccountNumber::new(1);
            assert_eq!(refusal(ListFills::of(account).settle(body())).status, 404);
        },
    ),
    (
        "INC-45",
        "news-empty",
        "The call is marked as deprecated.",
        || {
            #[expect(deprecated, reason = "it is the call in question")]
            let call = SearchNews::new();
            assert!(call.settle(Ok(status(204))).unwrap().is_empty());
        },
    ),
    (
        "INC-46",
        "instrument-id-width",
        "Instruments are 64 bits wide everywhere.",
        || {
            let one: InstrumentEligibility =
                read(&format!(r#"{{"instrument_id":{WIDE},"eligible":true}}"#));
            let two: InstrumentTrades = read(&format!(r#"{{"instrument_id":{WIDE},"trades":[]}}"#));
            assert_eq!(
                (one.instrument_id, two.instrument_id.get()),
                (two.instrument_id, WIDE)
            );
        },
    ),
    (
        "INC-47",
        "market-id-width",
        "Markets are 64 bits wide everywhere.",
        || {
            let one: TradableEligibility = read(&format!(
                r#"{{"market_id":{WIDE},"identifier":"1","eligible":true}}"#
            ));
            assert_eq!(one.market, MarketId::new(WIDE));
        },
    ),
    ("INC-48", "decimals-width", "Any width fits.", || {
        let shown: PriceWithDecimals = read(&format!(r#"{{"decimals":{WIDE}}}"#));
        assert_eq!(shown.decimals, Some(WIDE));
    }),
    ("INC-49", "count-widths", "Counts are 64 bits wide.", || {
        let page: Page<Stock> = read(&format!(r#"{{"rows":{WIDE},"total_hits":{WIDE}}}"#));
        let attributes: Attributes = read(&format!(r#"{{"attributes_count":{WIDE}}}"#));
        assert_eq!(
            (page.rows, page.total_hits),
            (Some(WIDE), Some(attributes.attributes_count))
        );
    }),
    (
        "INC-50",
        "instrumment-id",
        "The misspelt twin is passed over.",
        || {
            let one: Underlying =
                read(r#"{"instrument_id":1,"instrumment_id":2,"isin_code":"","symbol":""}"#);
            assert_eq!(one.instrument_id, InstrumentId::new(1));
            assert!(is_no::<Underlying>(
                r#"{"instrumment_id":2,"isin_code":"","symbol":""}"#
            ));
        },
    ),
    ("INC-51", "isin-names", "All are of one type.", || {
        let isin = Isin::new("SE0000108656");
        let info: InstrumentInfo = read(r#"{"isin":"SE0000108656"}"#);
        let underlying: Underlying =
            read(r#"{"instrument_id":1,"isin_code":"SE0000108656","symbol":""}"#);
        assert_eq!(
            (info.isin, underlying.isin_code),
            (Some(isin.clone()), isin)
        );
    }),
    (
        "INC-52",
        "instrument-id-zero",
        "What cannot be traded has no tradable.",
        || {
            let one: Instrument = read(
                r#"{"instrument_id":0,"symbol":"","name":"","currency":"SEK","instrument_type":""}"#,
            );
            assert!(one.tradables.is_empty());
        },
    ),
    ("INC-53", "instrument-twins", "They are two types.", || {
        assert_eq!(read::<InstrumentInfo>("{}"), InstrumentInfo::default());
        assert!(is_no::<Instrument>("{}"));
    }),
    ("INC-54", "multiplier", "Both are decimals.", || {
        let info: DerivativeInfo = read(r#"{"contract_multiplier":0.5}"#);
        assert_eq!(info.contract_multiplier, "0.5".parse().ok());
    }),
    ("INC-55", "strike", "All are decimals.", || {
        let option: OptionInfo = read(r#"{"strike_price":86.123456789}"#);
        let ko: KoInfo = read(r#"{"financial_level":86.123456789}"#);
        assert_eq!(option.strike_price.unwrap().to_string(), "86.123456789");
        assert_eq!(option.strike_price, ko.financial_level);
    }),
    (
        "INC-56",
        "expiry",
        "Dates, texts and numbers are types of their own.",
        || {
            let info: DerivativeInfo = read(r#"{"expire_date":1781740800000}"#);
            let call = SearchOptionPairs::new("ERIC B", "SEK", info.expire_date.unwrap());
            assert!(sent(call).contains("&expire_date=1781740800000&"));
        },
    ),
    (
        "INC-57",
        "epoch-unit",
        "A number is taken for milliseconds unless it can only be seconds.",
        || {
            let (millis, seconds) = (
                EpochTime::new(1_781_740_800_000),
                EpochTime::new(1_781_740_800),
            );
            assert_eq!(millis.timestamp(), seconds.timestamp());
            assert_eq!(serde_json::to_string(&seconds).unwrap(), "1781740800");
            assert_eq!(EpochTime::new(-1_781_740_800).date().unwrap().year(), 1913);
            assert_eq!(EpochTime::new(i64::MIN).timestamp().as_millis(), i64::MIN);
        },
    ),
    (
        "INC-58",
        "time-names",
        "Each is a point in time under a plain name.",
        || {
            let trade: MarketTrade = read(
                r#"{"market_id":11,"trade_id":"","price":1,"volume":1,"trade_timestamp":1,"tick_timestamp":2}"#,
            );
            assert_eq!(
                (trade.time.as_millis(), trade.tick_time.as_millis()),
                (1, 2)
            );
        },
    ),
];
