//! What a test can have a request answered with, by way of the control port.

use std::io::Read;
use std::time::{Duration, Instant};

use nordnet_sim::Server;

use crate::client::{Client, ControlPort};

/// A server, a customer and the control port.
struct Stage<'a> {
    client: Client<'a>,
    port: ControlPort,
}

impl<'a> Stage<'a> {
    fn of(server: &'a Server) -> Self {
        Self {
            client: Client::login(server),
            port: ControlPort::of(server),
        }
    }

    fn plan(&mut self, text: &str) {
        let text = format!(r#"{{"operation":"*",{text}}}"#);
        assert_eq!(self.port.post("/respond", &text).0, 200, "{text}");
    }

    /// Sends a request on a connection of its own and returns all that comes,
    /// with how long it took.
    fn raw(&mut self) -> (String, Duration) {
        self.client.reconnect();
        let began = Instant::now();
        self.client.send_get("/accounts").unwrap();
        let mut bytes = Vec::new();
        let _ = self.client.rest().read_to_end(&mut bytes);
        (String::from_utf8(bytes).unwrap(), began.elapsed())
    }
}

#[test]
fn ordinary_responses_can_be_sent_in_other_ways() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut stage = Stage::of(&server);
    let (status, ordinary) = stage.client.get("/accounts").unwrap();
    assert_eq!(status, 200);

    stage.plan(r#""headers":{"content-type":"text/plain"}"#);
    stage.client.send_get("/accounts").unwrap();
    let head = stage.client.head().unwrap();
    assert!(
        head.contains(&"content-type: text/plain".to_owned()),
        "{head:?}"
    );
    assert_eq!(
        head.iter()
            .filter(|line| line.starts_with("content-type"))
            .count(),
        1
    );

    stage.client.reconnect();
    stage.plan(r#""body":"""#);
    assert_eq!(stage.client.get("/accounts").unwrap(), (200, String::new()));
    stage.plan(r#""padding":100000"#);
    let (_, padded) = stage.client.get("/accounts").unwrap();
    assert_eq!(padded.len(), ordinary.len() + 100_000);
    assert_eq!(padded.trim_end(), ordinary);

    stage.plan(r#""chunked":true"#);
    stage.client.send_get("/accounts").unwrap();
    let head = stage.client.head().unwrap();
    assert!(head.contains(&"transfer-encoding: chunked".to_owned()));
    assert_eq!(stage.client.chunks().unwrap(), ordinary);

    stage.plan(r#""interim":103"#);
    stage.client.send_get("/accounts").unwrap();
    assert_eq!(stage.client.head().unwrap(), ["HTTP/1.1 103 Early Hints"]);
    assert_eq!(stage.client.head().unwrap()[0], "HTTP/1.1 200 OK");
}

#[test]
fn responses_can_be_slow_or_never_come() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut stage = Stage::of(&server);
    let (_, ordinary) = stage.client.get("/accounts").unwrap();
    for (part, bytes) in [("head", ordinary.len() + 100), ("body", ordinary.len())] {
        stage.plan(&format!(
            r#""slow_{part}_ms":1,"headers":{{"connection":"close"}}"#
        ));
        let began = Instant::now();
        assert_eq!(stage.client.get("/accounts").unwrap().1, ordinary);
        assert!(
            began.elapsed() >= Duration::from_millis(bytes as u64),
            "{part}"
        );
        stage.client.reconnect();
    }
    stage.plan(r#""ms":200"#);
    let began = Instant::now();
    assert_eq!(stage.client.get("/accounts").unwrap().1, ordinary);
    assert!(began.elapsed() >= Duration::from_millis(200));
    stage.plan(r#""ms":200,"cut_at":0"#);
    let (text, time) = stage.raw();
    assert!(text.is_empty() && time >= Duration::from_millis(200));
}

#[test]
fn responses_can_be_torn_or_no_responses() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut stage = Stage::of(&server);
    let (_, ordinary) = stage.client.get("/accounts").unwrap();
    let body = |text: &str| text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());

    stage.plan(r#""cut_body_at":20,"how":"abrupt""#);
    assert_eq!(body(&stage.raw().0).unwrap(), ordinary[..20]);
    stage.plan(r#""cut_before_end":1"#);
    assert_eq!(
        body(&stage.raw().0).unwrap(),
        ordinary[..ordinary.len() - 1]
    );
    stage.plan(r#""cut_at":12"#);
    assert_eq!(stage.raw().0, "HTTP/1.1 200");
    let longer = ordinary.len() + 10;
    stage.plan(&format!(r#""headers":{{"content-length":"{longer}"}}"#));
    let (text, _) = stage.raw();
    assert!(text.contains(&format!("content-length: {longer}\r\n")));
    assert_eq!(body(&text).unwrap(), ordinary);
    stage.plan(r#""raw":"SSH-2.0-OpenSSH_9.2\r\n""#);
    assert_eq!(stage.raw().0, "SSH-2.0-OpenSSH_9.2\r\n");
    stage.plan(r#""status":308,"headers":{"location":"https://elsewhere/"}"#);
    stage.client.reconnect();
    stage.client.send_get("/accounts").unwrap();
    let head = stage.client.head().unwrap();
    assert_eq!(head[0], "HTTP/1.1 308 Permanent Redirect");
    assert!(head.contains(&"location: https://elsewhere/".to_owned()));
}

#[test]
fn an_error_has_the_body_of_the_reference_unless_there_is_another() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut stage = Stage::of(&server);
    for (status, rest, expected) in [
        (429, "", r#"{"code":"TOO_MANY_REQUESTS"}"#),
        (401, "", r#"{"code":"INVALID_SESSION"}"#),
        (503, r#","body":"""#, ""),
        (403, "", ""),
        (500, "", ""),
    ] {
        stage.plan(&format!(r#""status":{status}{rest}"#));
        let reply = stage.client.get("/accounts").unwrap();
        assert_eq!(reply, (status, expected.to_owned()));
    }
}

#[test]
fn an_order_may_be_done_whatever_is_answered() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut stage = Stage::of(&server);
    for (index, (plan, done)) in [
        (r#""status":503"#, false),
        (r#""status":503,"processed":true"#, true),
        (r#""cut_at":0,"how":"reset""#, true),
        (r#""cut_at":0,"processed":false"#, false),
        (r#""raw":"junk""#, false),
        (r#""raw":"junk","processed":true"#, true),
    ]
    .into_iter()
    .enumerate()
    {
        stage.plan(plan);
        let reference = format!("r{index}");
        let _ = stage.client.buy(1, "1", &reference);
        stage.client.reconnect();
        let orders = server.control().orders();
        let placed = orders
            .iter()
            .any(|one| one.reference.as_deref() == Some(&*reference));
        assert_eq!(placed, done, "{plan}");
        let audit = server.control().audit();
        assert_eq!(audit.last().unwrap().processed, done, "{plan}");
    }
}

#[test]
fn wrong_arguments_are_told() {
    let server = Server::builder().rate(0.0).start().unwrap();
    let mut port = ControlPort::of(&server);
    for (path, body, name) in [
        ("/respond", r#"{"operation":"*","status":"x"}"#, "status"),
        (
            "/respond",
            r#"{"operation":"*","headers":{"a":1}}"#,
            "headers",
        ),
        (
            "/respond",
            r#"{"operation":"*","cut_at":1,"how":"softly"}"#,
            "how",
        ),
        ("/respond", r#"{"status":503}"#, "operation"),
        ("/cut", r#"{"feed":"both"}"#, "feed"),
        (
            "/cut_at",
            r#"{"channel":"rest","direction":"up","bytes":1}"#,
            "direction",
        ),
        ("/cut_at", r#"{"channel":"rest","direction":"in"}"#, "bytes"),
        ("/refuse", r#"{"channel":"all","ms":1}"#, "channel"),
        ("/disconnect", "{}", "connection"),
        ("/inject", r#"{"bytes":"xy","times":16777216}"#, "times"),
        ("/expire", r#"{"epoch":"first"}"#, "epoch"),
    ] {
        let (status, error) = port.post(path, body);
        let text = error["error"].as_str().unwrap();
        assert!(
            status == 400 && text.contains(&format!("`{name}`")),
            "{body}: {text}"
        );
    }
    assert_eq!(port.post("/respond", r#"{"operation":"dance"}"#).0, 400);
    assert_eq!(port.call("GET", "/audit/raw?connection=77", &[], "").0, 400);
}
