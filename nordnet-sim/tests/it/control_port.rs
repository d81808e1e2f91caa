//! The control port, as a test in any language uses it.

use nordnet_sim::Server;
use serde_json::json;

use crate::client::{
    Client, ControlPort, await_commands, connect, exchange_as, message, port, subscribe,
};

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

/// Every line of the README that steers a simulator does so.
#[test]
fn the_lines_of_the_readme_work() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut port = ControlPort::of(&server);
    let (mut posts, mut gets) = (0, 0);
    for line in include_str!("../../README.md").lines() {
        let Some((verb, rest)) = line.split_once(' ') else {
            continue;
        };
        // What a line is about has to be there.
        let number = |text: &str, example: &str, is: &dyn Fn() -> String| {
            if text.contains(example) {
                text.replace(example, &is())
            } else {
                text.to_owned()
            }
        };
        let rest = number(rest, "430518872", &|| {
            let mut client = Client::login(&server);
            client.buy(40, "60", "for-the-readme").unwrap();
            server
                .control()
                .orders()
                .last()
                .unwrap()
                .order_id
                .to_string()
        });
        let rest = number(&rest, "\"connection\":3", &|| {
            let client = Client::login(&server);
            let before = server.control().counters().commands;
            std::mem::forget(client.feed(server.public_feed()));
            await_commands(&server, before + 1);
            let open = server.control().connections();
            format!("\"connection\":{}", open.last().unwrap().number)
        });
        let rest = number(&rest, "\"epoch\":1", &|| {
            Client::login(&server);
            format!("\"epoch\":{}", server.control().sessions()[0].epoch)
        });
        match verb {
            "post" => {
                let (path, body) = rest
                    .split_once(" '")
                    .or_else(|| rest.split_once('\''))
                    .unwrap();
                let (body, _) = body.rsplit_once('\'').unwrap();
                let (status, answer) = port.post(&format!("/{}", path.trim()), body);
                assert_eq!(status, 200, "{line}: {answer}");
                posts += 1;
            }
            "get" => {
                let path = rest.trim().split(' ').next().unwrap();
                port.get(&format!("/{path}"));
                gets += 1;
            }
            _ => continue,
        }
        // Some of them leave nobody able to log in.
        server.control().reset();
    }
    assert!(posts > 40 && gets > 7, "{posts} {gets}");
}

#[test]
fn a_web_page_from_elsewhere_does_not_reach_the_control_port() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let number = port(server.control_url());
    let json = ("content-type", "application/json");
    let ask = |host: &str, headers: &[(&str, &str)]| {
        let mut connection = connect(number, None).unwrap();
        exchange_as(host, &mut connection, "POST", "/pause", headers, "").unwrap()
    };
    let local = format!("localhost:{number}");
    assert_eq!(ask(&local, &[json]).0, 200);
    assert_eq!(ask("[::1]", &[json, ("origin", "http://[::1]")]).0, 200);
    let (status, text) = ask(&format!("evil.example:{number}"), &[json]);
    assert_eq!(status, 403);
    assert!(
        text.contains("evil.example") && text.contains("localhost"),
        "{text}"
    );
    for header in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", "http://localhost:3000"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(ask(&local, &[json, header]).0, 403, "{header:?}");
    }
    // Neither may it ask.
    let mut connection = connect(number, None).unwrap();
    let asked = exchange_as("evil.example", &mut connection, "GET", "/audit", &[], "");
    assert_eq!(asked.unwrap().0, 403);
}
