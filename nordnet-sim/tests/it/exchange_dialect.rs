use serde_json::{Value, json};

use crate::world::World;

fn dialect(text: &str) -> World {
    World::with(|config| {
        config.rate = 0.0;
        config.dialect = text.parse().unwrap();
    })
}

#[test]
fn ids_that_do_not_exist_are_skipped_or_spoil_the_call() {
    for (text, status) in [("bad_ids=skipped", 200), ("bad_ids=refused", 400)] {
        let mut world = dialect(text);
        for path in [
            "/instruments/16100101,1",
            "/instruments/lookup/market_id_identifier/11:101,11:0",
            "/instruments/types/ESH,XXX",
            "/instruments/16100101,1/trades",
            "/instruments/validation/suitability/16100101,1",
            "/tradables/info/11:101,11:0",
            "/tradables/trades/11:101,11:0",
            "/tradables/validation/suitability/11:101,11:0",
            "/markets/11,1",
            "/tick_sizes/5012,1",
            "/countries/SE,XX",
            "/news/9000001,1",
        ] {
            let (found, body) = world.call("GET", path);
            assert_eq!(found, status, "{text} {path}");
            if status == 200 {
                assert_eq!(body.as_array().unwrap().len(), 1, "{path}");
            }
        }
    }
}

#[test]
fn open_questions_are_answered_as_the_dialect_says() {
    for (text, status) in [
        ("unknown_account=not_found", 404),
        ("unknown_account=bad_request", 400),
        ("unknown_account=forbidden", 403),
    ] {
        let mut world = dialect(text);
        for path in ["info", "positions", "orders", "ledgers"] {
            assert_eq!(
                world.call("GET", &format!("/accounts/77/{path}")).0,
                status,
                "{text}"
            );
        }
    }
    for (text, status, body) in [
        ("empty_lists=no_content", 204, Value::Null),
        ("empty_lists=ok", 200, json!([])),
    ] {
        assert_eq!(dialect(text).call("GET", "/markets/1"), (status, body));
    }
    for (text, end) in [("tick_ranges=gapped", 99.98), ("tick_ranges=joined", 100.0)] {
        let table = dialect(text).get("/tick_sizes/5012");
        assert_eq!(table[0]["ticks"][9]["to_price"], end);
    }
    let code = |text: &str| dialect(text).call("GET", "/markets/x").1["code"].clone();
    assert_eq!(code("error_codes=named"), "INVALID_PARAMETER");
    assert!(
        code("error_codes=opaque")
            .as_str()
            .unwrap()
            .starts_with('E')
    );
    let share = |text: &str| dialect(text).get("/instruments/16100101")[0].clone();
    assert!(share("absent=left_out").get("strike_price").is_none());
    assert_eq!(share("absent=null").get("strike_price"), Some(&Value::Null));
}
