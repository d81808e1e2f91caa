//! The types of orders: what each sends, says and refuses.

use nordnet_proto::api::{Amount, OrderType};
use nordnet_proto::order::{
    FillAndKill, FillOrKill, IntoTerms, Limit, OneCancelsOther, OrderCall, StopLimit, Terms,
    TrailingStop, Trigger,
};
use nordnet_proto::{
    AccountNumber, ActivateOrders, Body, Config, Country, Date, Decimal, Endpoint, HttpResponse,
    InvalidOrder, ModifyOrder, OrderId, Outcome, PlaceOrder, Reference, SessionKey, TradableId,
    to_request,
};

const ACCOUNT: AccountNumber = AccountNumber::new(60012345);

fn sek(text: &str) -> Amount {
    Amount::new(text.parse::<Decimal>().unwrap(), "SEK")
}

fn percent(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn sell(terms: impl IntoTerms) -> Result<PlaceOrder, InvalidOrder> {
    PlaceOrder::sell(200, TradableId::new(11, "101"), terms, ACCOUNT)
}

fn body<E: Endpoint<Auth = nordnet_proto::InSession>>(endpoint: E) -> String {
    let key = SessionKey::new("f9458a35aa");
    let (request, _) = to_request(endpoint, &Config::new(Country::Sweden), &key).unwrap();
    String::from_utf8(request.body().as_bytes().to_vec()).unwrap()
}

#[test]
fn each_type_sends_what_it_takes_and_nothing_else() {
    let day = Date::new(2026, 4, 2).unwrap();
    let fall = || Trigger::at_or_below(sek("82"));
    let cases: [(Terms, OrderType, &str, &str); 9] = [
        (
            sek("86.5").into(),
            OrderType::Limit,
            "order_type=LIMIT&price=86.5&currency=SEK",
            "limit 86.5 SEK",
        ),
        (
            Limit::at(sek("88.2")).until(day).showing(50).into(),
            OrderType::Limit,
            "order_type=LIMIT&price=88.2&currency=SEK&valid_until=2026-04-02&open_volume=50",
            "limit 88.2 SEK until 2026-04-02, showing 50",
        ),
        (
            Limit::at(sek("88.2")).held().extended_hours().into(),
            OrderType::Limit,
            "order_type=LIMIT&price=88.2&currency=SEK&activation_condition=MANUAL&extended_hours=true",
            "limit 88.2 SEK, in extended hours, held",
        ),
        (
            Limit::at(sek("1")).guessed().into(),
            OrderType::Normal,
            "order_type=NORMAL&price=1&currency=SEK",
            "limit 1 SEK, as NORMAL",
        ),
        (
            FillAndKill::at(sek("87.04")).into(),
            OrderType::FillAndKill,
            "order_type=FAK&price=87.04&currency=SEK",
            "fill and kill at 87.04 SEK",
        ),
        (
            FillOrKill::at(sek("87.04")).into(),
            OrderType::FillOrKill,
            "order_type=FOK&price=87.04&currency=SEK",
            "fill or kill at 87.04 SEK",
        ),
        (
            StopLimit::new(fall(), sek("81.5")).into(),
            OrderType::StopLimit,
            "order_type=STOP_LIMIT&price=81.5&currency=SEK&activation_condition=STOP_ACTPRICE&trigger_condition=%3C%3D&trigger_value=82",
            "stop <= 82 SEK, limit 81.5 SEK",
        ),
        (
            TrailingStop::on_fall(percent("5.0"), percent("-6")).into(),
            OrderType::StopTrailing,
            "order_type=STOP_TRAILING&activation_condition=STOP_ACTPRICE_PERC&trigger_condition=%3C%3D&trigger_value=5.0&target_value=-6",
            "stop on a fall of 5.0 %, limit at -6 %",
        ),
        (
            OneCancelsOther::new(sek("90"), Trigger::at_or_above(sek("91")), sek("92")).into(),
            OrderType::Oco,
            "order_type=OCO&price=90&currency=SEK&activation_condition=OCO_STOP_ACTPRICE&trigger_condition=%3E%3D&trigger_value=91&target_value=92",
            "limit 90 SEK, or stop >= 91 SEK, limit 92 SEK",
        ),
    ];
    for (terms, kind, form, words) in cases {
        assert_eq!(terms.order_type(), kind);
        assert_eq!(terms.to_string(), words);
        let order = sell(terms)
            .unwrap()
            .with_reference(Reference::new("r").unwrap());
        assert_eq!(
            order.intent().to_string(),
            format!("SELL 200 11:101 {words} in account 60012345 (r)")
        );
        assert_eq!(
            body(order),
            format!("market_id=11&identifier=101&side=SELL&volume=200&{form}&reference=r")
        );
    }
}

#[test]
fn numbers_that_no_order_can_have_are_refused() {
    let refused = |terms: Terms| sell(terms).unwrap_err();
    let fall = |amount| Trigger::at_or_below(amount);
    for shown in [0, 201] {
        let iceberg = Limit::at(sek("1")).showing(shown);
        assert_eq!(refused(iceberg.into()), InvalidOrder::VisibleVolume);
    }
    assert!(sell(Limit::at(sek("1")).showing(200)).is_ok());
    for price in ["0", "-1"] {
        let price = || sek(price);
        let one = || sek("1");
        for terms in [
            price().into(),
            FillAndKill::at(price()).into(),
            FillOrKill::at(price()).into(),
            StopLimit::new(fall(price()), one()).into(),
            StopLimit::new(fall(one()), price()).into(),
            OneCancelsOther::new(price(), fall(one()), one()).into(),
            OneCancelsOther::new(one(), fall(price()), one()).into(),
            OneCancelsOther::new(one(), fall(one()), price()).into(),
        ] {
            assert_eq!(refused(terms), InvalidOrder::Price);
        }
    }
    let euro = || Amount::new(1, "EUR");
    for terms in [
        StopLimit::new(fall(euro()), sek("1")).into(),
        OneCancelsOther::new(sek("1"), fall(sek("1")), euro()).into(),
    ] {
        assert_eq!(refused(terms), InvalidOrder::UnlikeCurrencies);
    }
    let small = TrailingStop::on_rise(percent("0.99"), percent("1"));
    assert_eq!(refused(small.into()), InvalidOrder::Trigger);
    for tradable in [TradableId::new(11, ""), TradableId::new(-1, "101")] {
        let order = PlaceOrder::buy(1, tradable, sek("1"), ACCOUNT);
        assert_eq!(order.unwrap_err(), InvalidOrder::Tradable);
    }
}

#[test]
fn the_shown_part_of_an_iceberg_can_be_changed() {
    let order = OrderId::new(430518872);
    let change = ModifyOrder::visible_volume(order, 20, ACCOUNT).unwrap();
    let Body::Form(_) = change.body() else {
        panic!("a change is a form");
    };
    assert_eq!(body(change), "open_volume=20");
    let change = ModifyOrder::volume(order, 100, ACCOUNT).unwrap();
    assert_eq!(
        body(change.showing(100).unwrap()),
        "volume=100&open_volume=100"
    );
    for shown in [0, 101] {
        let change = ModifyOrder::volume(order, 100, ACCOUNT).unwrap();
        assert_eq!(
            change.showing(shown).unwrap_err(),
            InvalidOrder::VisibleVolume
        );
    }
}

#[test]
fn each_activated_order_has_a_verdict_of_its_own() {
    let call = ActivateOrders::of_all([OrderId::new(1), OrderId::new(2)], ACCOUNT);
    let answer = r#"[{"order_id":1,"result_code":"OK","order_state":"ON_MARKET","action_state":"INS_PEND"},
        {"order_id":2,"result_code":"NEXT_ORDER_NOT_INACTIVE","message":"Ordern är redan aktiv"}]"#;
    let outcome = call.settle(Ok(HttpResponse::new(answer.into())));
    let Ok(Outcome::Accepted(accepted)) = outcome else {
        panic!("{outcome:?}");
    };
    let verdicts = accepted.verdicts.iter();
    let taken: Vec<_> = verdicts.map(|verdict| verdict.is_ok()).collect();
    assert_eq!(taken, [true, false]);
}
