//! Contradictions about orders.

use nordnet_proto::api::*;
use nordnet_proto::order::{
    FillOrKill, IntoTerms, Limit, OneCancelsOther, OrderCall, StopLimit, TrailingStop, Trigger,
};
use nordnet_proto::{
    AccountNumber, ActivateOrders, CancelOrder, Date, Decimal, Endpoint, Error, InvalidOrder,
    ModifyOrder, OrderId, Outcome, PlaceOrder, Reference, TradableId,
};

use super::{Met, read, sent, status};
use crate::driver::response;

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);
const ORDER: OrderId = OrderId::new(430518872);

fn sek(value: i64) -> Amount {
    Amount::new(value, "SEK")
}

fn sell(terms: impl IntoTerms) -> PlaceOrder {
    PlaceOrder::sell(10, TradableId::new(11, "101"), terms, ACCOUNT)
        .unwrap()
        .with_reference(Reference::new("r").unwrap())
}

fn stop() -> StopLimit {
    StopLimit::new(Trigger::at_or_below(sek(82)), sek(81))
}

fn refused(result: Result<Outcome, Error>) -> bool {
    matches!(result, Ok(Outcome::Rejected(_)))
}

pub(super) const MET: &[Met] = &[
    (
        "INC-21",
        "identifier-optional",
        "An order always names its identifier.",
        || {
            assert!(sent(sell(sek(1))).contains("market_id=11&identifier=101&"));
            let none = PlaceOrder::buy(1, TradableId::new(11, ""), sek(1), ACCOUNT);
            assert_eq!(none.unwrap_err(), InvalidOrder::Tradable);
        },
    ),
    (
        "INC-22",
        "activation-type-name",
        "The form's field is activation_condition.",
        || {
            assert!(sent(sell(stop())).contains("&activation_condition=STOP_ACTPRICE&"));
        },
    ),
    (
        "INC-23",
        "activation-shape",
        "A code is sent, an object is read.",
        || {
            let condition: ActivationCondition =
                read(r#"{"type":"STOP_ACTPRICE","trigger_value":82.0,"trigger_condition":"<="}"#);
            assert_eq!(condition.kind, ActivationKind::Stop);
        },
    ),
    (
        "INC-24",
        "activation-values",
        "Any code is read; NONE cannot be sent.",
        || {
            for code in ["NONE", "OCO_STOP_ACTPRICE", "NEW"] {
                let condition: ActivationCondition = read(&format!(r#"{{"type":"{code}"}}"#));
                assert_eq!(condition.kind.as_str(), code);
            }
            assert!(!sent(sell(sek(1))).contains("activation_condition"));
        },
    ),
    (
        "INC-25",
        "trailing-and-target",
        "The intent of an order keeps what no reply tells.",
        || {
            let order = sell(TrailingStop::on_fall(Decimal::from(5), Decimal::from(-6)));
            let intent = serde_json::to_string(&order.intent()).unwrap();
            assert!(intent.contains(r#""target_percent":"-6""#), "{intent}");
            assert!(!sent(order).contains("trailing_value"));
        },
    ),
    ("INC-26", "oco-fields", "All four fields are sent.", || {
        let oco = OneCancelsOther::new(sek(90), Trigger::at_or_below(sek(82)), sek(81));
        let form = sent(sell(oco));
        for field in [
            "&price=90&",
            "&trigger_condition=%3C%3D&",
            "&trigger_value=82&",
            "&target_value=81&",
        ] {
            assert!(form.contains(field), "{form}");
        }
    }),
    (
        "INC-27",
        "trigger-minimum",
        "A trailing stop below one percent is refused before it is sent.",
        || {
            let small = TrailingStop::on_fall("0.5".parse().unwrap(), Decimal::from(-1));
            let order = PlaceOrder::sell(1, TradableId::new(11, "101"), small, ACCOUNT);
            assert_eq!(order.unwrap_err(), InvalidOrder::Trigger);
        },
    ),
    (
        "INC-28",
        "order-type-values",
        "Any type is read; each type sends its own condition.",
        || {
            let kind: NamedOrderType = read(r#"{"type":"PEGGED","name":""}"#);
            assert_eq!(kind.code, OrderType::from("PEGGED"));
            assert!(sent(sell(stop())).contains("&order_type=STOP_LIMIT&"));
        },
    ),
    (
        "INC-29",
        "order-type-default",
        "The type is always sent.",
        || {
            assert!(sent(sell(sek(1))).contains("&order_type=LIMIT&"));
        },
    ),
    (
        "INC-30",
        "smart-orders",
        "Only limit orders can outlive the day.",
        || {
            let day = Date::new(2026, 4, 2).unwrap();
            assert!(sent(sell(Limit::at(sek(1)).until(day))).contains("&valid_until=2026-04-02&"));
            assert!(!sent(sell(stop())).contains("valid_until"));
        },
    ),
    (
        "INC-31",
        "valid-until-type",
        "A date is sent, a point in time is read.",
        || {
            let validity: Validity = read(r#"{"type":"UNTIL_DATE","valid_until":1775088000000}"#);
            assert_eq!(validity.valid_until.unwrap().as_millis(), 1_775_088_000_000);
        },
    ),
    (
        "INC-32",
        "validity-values",
        "A flag and types are sent, kinds of validity are read.",
        || {
            assert!(
                sent(sell(Limit::at(sek(1)).extended_hours())).contains("&extended_hours=true&")
            );
            assert!(sent(sell(FillOrKill::at(sek(1)))).contains("&order_type=FOK&"));
            for (code, kind) in [
                ("EXTENDED_HOURS", ValidityKind::ExtendedHours),
                ("IMMEDIATE", ValidityKind::Immediate),
            ] {
                let validity: Validity = read(&format!(r#"{{"type":"{code}"}}"#));
                assert_eq!(validity.kind, kind);
            }
        },
    ),
    (
        "INC-33",
        "volume-types",
        "Whole numbers are sent, decimals are read.",
        || {
            assert!(sent(sell(sek(1))).contains("&volume=10&"));
            let info: PriceInfo = read(r#"{"bid_volume":10.5}"#);
            assert_eq!(info.bid_volume, "10.5".parse().ok());
        },
    ),
    (
        "INC-34",
        "price-types",
        "Each shape has a type of its own.",
        || {
            let shown: PriceWithDecimals = read(r#"{"price":86.5,"decimals":2}"#);
            assert_eq!(shown.price, "86.5".parse().ok());
            let money: Amount = read(r#"{"value":86.5,"currency":"SEK"}"#);
            assert_eq!(Some(money.value), shown.price);
        },
    ),
    (
        "INC-35",
        "modify-currency",
        "A price never goes without its currency.",
        || {
            let change = ModifyOrder::price(ORDER, sek(1), ACCOUNT).unwrap();
            assert!(sent(change).ends_with(" price=1&currency=SEK"));
        },
    ),
    (
        "INC-36",
        "reply-order-id",
        "Only an order that was taken has a number.",
        || {
            let refusal = response(200, r#"{"order_id":7,"result_code":"NO"}"#, &[]);
            assert!(refused(sell(sek(1)).settle(Ok(refusal))));
        },
    ),
    (
        "INC-37",
        "reply-optional-states",
        "The states are optional in a verdict, required in an order.",
        || {
            let reply: OrderReply = read(r#"{"order_id":7,"result_code":"NO"}"#);
            assert_eq!((reply.order_state, reply.action_state), (None, None));
        },
    ),
    (
        "INC-38",
        "two-error-channels",
        "Both are rejections.",
        || {
            let inside = response(200, r#"{"order_id":7,"result_code":"NO"}"#, &[]);
            let outside = response(400, r#"{"code":"NO"}"#, &[]);
            assert!(
                refused(sell(sek(1)).settle(Ok(inside)))
                    && refused(sell(sek(1)).settle(Ok(outside)))
            );
        },
    ),
    (
        "INC-39",
        "order-404",
        "A 404 is understood of every call.",
        || {
            let cancellation = CancelOrder::new(ORDER, ACCOUNT);
            assert!(refused(cancellation.settle(Ok(status(404)))));
            let activation = ActivateOrders::of(ORDER, ACCOUNT);
            assert!(refused(activation.settle(Ok(status(404)))));
            let error = ListOrders::of(ACCOUNT).settle(Ok(status(404))).unwrap_err();
            assert!(matches!(error, Error::Refused(refusal) if refusal.status == 404));
        },
    ),
    (
        "INC-40",
        "delete-words",
        "Whether an order is filled, its volumes tell.",
        || {
            assert_eq!(
                sent(ListOrders::of(ACCOUNT).include_deleted()),
                "/accounts/60012345/orders?deleted=true "
            );
            assert_eq!(OrderState::from("DELETED"), OrderState::Deleted);
        },
    ),
];
