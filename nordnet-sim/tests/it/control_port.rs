//! The control port, as a test in any language uses it.

use nordnet_sim::Server;
use serde_json::json;

use crate::client::{Client, ControlPort, message, subscribe};

#[test]
fn the_control_port_does_what_the_handle_does() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut client = Client::login(&server);
    let mut feed = client.feed(server.public_feed());
    subscribe(&mut feed, "price");
    message(&mut feed);
    let mut port = ControlPort::of(&server);
    assert_eq!(
        port.post(
            "/price",
            r#"{"tradable":"11:101","bid":"80.02","ask":80.06}"#
        )
        .0,
        200
    );
    assert_eq!(message(&mut feed)["data"]["ask"], json!(80.06));
    assert_eq!(
        port.post("/price", r#"{"tradable":"11:101","price":"80.03"}"#)
            .0,
        400
    );
    assert_eq!(
        port.post(
            "/inject",
            r#"{"feed":"public","line":"{\"type\":\"surprise\"}"}"#
        )
        .0,
        200
    );
    assert_eq!(message(&mut feed)["type"], "surprise");

    client.buy(10, "80.00", "r").unwrap();
    let id = server.control().orders()[0].order_id;
    assert_eq!(
        port.post("/fill", &format!(r#"{{"order_id":{id},"volume":4}}"#))
            .0,
        200
    );
    assert_eq!(port.get("/orders")[0]["traded_volume"], 4);
    port.post(
        "/respond",
        r#"{"operation":"list_accounts","status":503,"headers":{"retry-after":"7"},"body":{"code":"X"}}"#,
    );
    assert_eq!(
        client.get("/accounts").unwrap(),
        (503, r#"{"code":"X"}"#.to_owned())
    );
    assert_eq!(port.post("/expire", "").0, 200);
    assert_eq!(client.get("/accounts").unwrap().0, 401);
    let audit = port.get("/audit");
    assert_eq!(audit.as_array().unwrap().last().unwrap()["status"], 401);
    assert_eq!(port.get("/counters")["logins"], 1);
    let commands = port.get("/commands");
    assert_eq!(
        (&commands[0]["text"], &commands[0]["feed"]),
        (&json!("login"), &json!("public"))
    );
    assert!(
        commands[1]["text"]
            .as_str()
            .unwrap()
            .starts_with(r#"{"args":{"i":"101""#)
    );
    assert_eq!(port.post("/nothing", "").0, 404);
    assert_eq!(port.post("/reset", r#"{"all":true}"#).0, 400);
    let forgotten = r#"{"tradable":"11:101","bid":"80.02"}"#;
    assert_eq!(port.post("/price", forgotten).0, 400);
    assert_eq!(port.call("POST", "/expire", &[], "").0, 415);
    assert_eq!(port.call("GET", "/expire", &[], "").0, 404);
    assert_eq!(port.call("PUT", "/expire", &[], "").0, 405);
    assert_eq!(port.post("/expire", "{").0, 400);
}
