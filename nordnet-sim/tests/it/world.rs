//! An exchange in virtual time, with a customer.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nordnet_sim::{
    Config, ConnectionId, Exchange, FeedKind, Fixed, KeyPair, Output, Reply, Request, Response,
};
use serde_json::{Value, json};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";
pub(crate) const ISK: &str = "60012345";
pub(crate) const INSURANCE: &str = "60012399";

pub(crate) struct World {
    pub(crate) exchange: Exchange,
    pub(crate) now: Duration,
    pub(crate) keys: KeyPair,
    pub(crate) session: String,
    /// What came on each connection, and whether it was closed.
    inbox: BTreeMap<ConnectionId, Vec<u8>>,
    closed: Vec<ConnectionId>,
}

impl World {
    /// An exchange with a session, the market standing still.
    pub(crate) fn still() -> Self {
        Self::with(|config| config.rate = 0.0)
    }

    pub(crate) fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        let keys = KeyPair::from_seed(&[3; 32]);
        let mut config = Config::new(7, keys.public());
        adjust(&mut config);
        let mut world = Self {
            exchange: Exchange::new(config),
            now: Duration::ZERO,
            keys,
            session: String::new(),
            inbox: BTreeMap::new(),
            closed: Vec::new(),
        };
        world.session = world.login();
        world
    }

    /// Lets time pass the way a driver does: from one timeout to the next.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(at) = self.exchange.poll_timeout().filter(|at| *at <= end) {
            self.exchange.handle_timeout(at);
            self.drain();
        }
        self.now = end;
        self.exchange.handle_timeout(end);
        self.drain();
    }

    pub(crate) fn request(&mut self, request: &Request) -> Reply {
        let reply = self.exchange.handle_request(request, self.now);
        self.drain();
        reply
    }

    pub(crate) fn response(&mut self, request: &Request) -> Response {
        self.request(request).response.expect("a response")
    }

    /// Sends an authorised request and returns status and body.
    pub(crate) fn call(&mut self, method: &str, path: &str) -> (u16, Value) {
        let request = self.authorised(Request::new(method, &format!("/api/2{path}")));
        parsed(&self.response(&request))
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) fn form(&mut self, method: &str, path: &str, form: &str) -> (u16, Value) {
        let request = Request::new(method, &format!("/api/2{path}")).with_body(FORM, form);
        let request = self.authorised(request);
        parsed(&self.response(&request))
    }

    pub(crate) fn authorised(&self, request: Request) -> Request {
        let basic = STANDARD.encode(format!("{0}:{0}", self.session));
        request.with_header("Authorization", &format!("Basic {basic}"))
    }

    pub(crate) fn challenge(&mut self) -> String {
        let body = json!({ "api_key": self.exchange.config().api_key }).to_string();
        let request = Request::new("POST", "/api/2/login/start").with_body(JSON, &body);
        let (status, body) = parsed(&self.response(&request));
        assert_eq!(status, 200);
        body["challenge"].as_str().unwrap().to_owned()
    }

    /// Signs a fresh challenge.
    pub(crate) fn signature(&mut self) -> String {
        let challenge = self.challenge();
        self.keys.sign(&challenge)
    }

    pub(crate) fn verify(&mut self, signature: &str, service: &str) -> (u16, Value) {
        let body = json!({
            "api_key": self.exchange.config().api_key,
            "service": service,
            "signature": signature,
        });
        let request =
            Request::new("POST", "/api/2/login/verify").with_body(JSON, &body.to_string());
        parsed(&self.response(&request))
    }

    pub(crate) fn login(&mut self) -> String {
        let signature = self.signature();
        let (status, body) = self.verify(&signature, "NEXTAPI");
        assert_eq!(status, 200, "{body}");
        body["session_key"].as_str().unwrap().to_owned()
    }

    /// Opens a feed connection and logs in on it.
    pub(crate) fn feed(&mut self, kind: FeedKind) -> ConnectionId {
        let id = self.exchange.handle_connected(kind, self.now);
        let login = json!({
            "cmd": "login",
            "args": { "session_key": self.session, "service": "NEXTAPI" },
        });
        self.send(id, &format!("{login}\n"));
        id
    }

    pub(crate) fn send(&mut self, id: ConnectionId, text: &str) {
        self.exchange.handle_input(id, text.as_bytes(), self.now);
        self.drain();
    }

    pub(crate) fn subscribe(&mut self, id: ConnectionId, args: &str) {
        self.send(id, &format!("{{\"cmd\":\"subscribe\",\"args\":{args}}}\n"));
    }

    /// Takes what has come on a connection.
    pub(crate) fn text(&mut self, id: ConnectionId) -> String {
        self.drain();
        let bytes = self.inbox.remove(&id).unwrap_or_default();
        String::from_utf8(bytes).unwrap()
    }

    pub(crate) fn messages(&mut self, id: ConnectionId) -> Vec<Value> {
        let text = self.text(id);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub(crate) fn is_closed(&mut self, id: ConnectionId) -> bool {
        self.drain();
        self.closed.contains(&id)
    }

    pub(crate) fn money(&mut self, account: &str, member: &str) -> String {
        let info = self.get(&format!("/accounts/{account}/info"));
        let amount = &info[0][member];
        assert_eq!(amount["currency"], "SEK");
        amount["value"].to_string()
    }

    fn drain(&mut self) {
        while let Some(output) = self.exchange.poll_output() {
            match output {
                Output::Lines { to, bytes } => {
                    assert!(!self.closed.contains(&to), "a line after the end");
                    self.inbox.entry(to).or_default().extend(bytes);
                }
                Output::Close { connection, .. } => self.closed.push(connection),
                _ => {}
            }
        }
    }
}

pub(crate) fn parsed(response: &Response) -> (u16, Value) {
    let body = match response.body.as_slice() {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    };
    (response.status, body)
}

/// The market stands still with ERIC B at 86.50 to 86.52.
pub(crate) fn quoted() -> World {
    let mut world = World::still();
    world
        .exchange
        .set_quote(
            "11:101",
            Some(fixed("86.50")),
            Some(fixed("86.52")),
            world.now,
        )
        .unwrap();
    world
}

pub(crate) fn fixed(text: &str) -> Fixed {
    text.parse().unwrap()
}

pub(crate) fn place(world: &mut World, account: &str, form: &str) -> Value {
    let form = format!("market_id=11&identifier=101&order_type=LIMIT&currency=SEK&{form}");
    let (status, reply) = world.form("POST", &format!("/accounts/{account}/orders"), &form);
    assert_eq!(status, 200, "{reply}");
    reply
}

pub(crate) fn placed(world: &mut World, account: &str, form: &str) -> i64 {
    let reply = place(world, account, form);
    assert_eq!(reply["result_code"], "OK", "{reply}");
    reply["order_id"].as_i64().unwrap()
}

pub(crate) fn modify(world: &mut World, id: i64, form: &str) -> (u16, Value) {
    world.form("PUT", &format!("/accounts/{ISK}/orders/{id}"), form)
}

pub(crate) fn orders(world: &mut World, query: &str) -> Vec<Value> {
    let (_, list) = world.call("GET", &format!("/accounts/{ISK}/orders{query}"));
    list.as_array().cloned().unwrap_or_default()
}
