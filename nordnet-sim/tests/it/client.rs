//! A minimal client over blocking sockets.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nordnet_sim::{FeedAddress, Server};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use serde_json::{Value, json};

pub(crate) trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

pub(crate) type Connection = BufReader<Box<dyn Stream>>;

const PATIENCE: Duration = Duration::from_secs(8);

/// Connects to a port of loopback, with TLS if there is a certificate to trust.
pub(crate) fn connect(port: u16, ca: Option<&[u8]>) -> io::Result<Connection> {
    connect_with(port, ca, rustls::ALL_VERSIONS)
}

pub(crate) fn connect_with(
    port: u16,
    ca: Option<&[u8]>,
    versions: &[&'static SupportedProtocolVersion],
) -> io::Result<Connection> {
    let socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let Some(ca) = ca else {
        return Ok(BufReader::new(Box::new(socket)));
    };
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(ca.to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = socket;
    while tls.is_handshaking() {
        tls.complete_io(&mut socket)?;
    }
    Ok(BufReader::new(Box::new(StreamOwned::new(tls, socket))))
}

/// Sends a request and reads the response to it.
pub(crate) fn exchange(
    connection: &mut Connection,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<(u16, String)> {
    exchange_as("sim", connection, method, target, headers, body)
}

/// As [`exchange`], with this `Host`.
pub(crate) fn exchange_as(
    host: &str,
    connection: &mut Connection,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<(u16, String)> {
    let mut text = format!(
        "{method} {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    connection
        .get_mut()
        .write_all(format!("{text}\r\n{body}").as_bytes())?;
    connection.get_mut().flush()?;
    read_response(connection)
}

pub(crate) fn read_response(connection: &mut Connection) -> io::Result<(u16, String)> {
    let status = line(connection)?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut length = 0;
    loop {
        let header = line(connection)?.to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    Ok((status.unwrap(), String::from_utf8(body).unwrap()))
}

/// Reads a line without its end; the end of the stream is an error.
pub(crate) fn line(connection: &mut Connection) -> io::Result<String> {
    let mut text = String::new();
    if connection.read_line(&mut text)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// A logged-in customer of a server.
pub(crate) struct Client<'a> {
    pub(crate) server: &'a Server,
    pub(crate) session: Value,
    rest: Connection,
}

impl<'a> Client<'a> {
    pub(crate) fn login(server: &'a Server) -> Self {
        let mut client = Self {
            server,
            session: Value::Null,
            rest: connect(port(server.rest_url()), server.ca_der()).unwrap(),
        };
        let json = [("content-type", "application/json")];
        let start = json!({ "api_key": server.api_key() }).to_string();
        let (_, body) = client.send("POST", "/login/start", &json, &start).unwrap();
        let challenge: Value = serde_json::from_str(&body).unwrap();
        let signature = server
            .key_pair()
            .unwrap()
            .sign(challenge["challenge"].as_str().unwrap());
        let verify =
            json!({ "api_key": server.api_key(), "service": "NEXTAPI", "signature": signature });
        let (status, body) = client
            .send("POST", "/login/verify", &json, &verify.to_string())
            .unwrap();
        assert_eq!(status, 200, "{body}");
        client.session = serde_json::from_str(&body).unwrap();
        client
    }

    pub(crate) fn key(&self) -> &str {
        self.session["session_key"].as_str().unwrap()
    }

    pub(crate) fn authorization(&self) -> String {
        let basic = STANDARD.encode(format!("{0}:{0}", self.key()));
        format!("Basic {basic}")
    }

    /// Sends a request and leaves the response to be read.
    pub(crate) fn send_get(&mut self, path: &str) -> io::Result<()> {
        let authorization = self.authorization();
        let text = format!(
            "GET /api/2{path} HTTP/1.1\r\nhost: sim\r\nauthorization: {authorization}\r\n\r\n"
        );
        self.rest.get_mut().write_all(text.as_bytes())?;
        self.rest.get_mut().flush()
    }

    /// Sends an order for one share and leaves the response to be read.
    pub(crate) fn send_buy(&mut self, reference: &str) -> io::Result<()> {
        let form = format!(
            "market_id=11&identifier=101&side=BUY&volume=1&order_type=LIMIT&price=1&currency=SEK&reference={reference}"
        );
        let authorization = self.authorization();
        let text = format!(
            "POST /api/2/accounts/60012345/orders HTTP/1.1\r\nhost: sim\r\nauthorization: {authorization}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            form.len()
        );
        self.rest.get_mut().write_all(text.as_bytes())?;
        self.rest.get_mut().flush()
    }

    /// Reads the lines of a head.
    pub(crate) fn head(&mut self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        loop {
            match line(&mut self.rest)? {
                text if text.is_empty() => return Ok(lines),
                text => lines.push(text),
            }
        }
    }

    /// Reads a body that comes in chunks.
    pub(crate) fn chunks(&mut self) -> io::Result<String> {
        let mut body = Vec::new();
        loop {
            let length = usize::from_str_radix(&line(&mut self.rest)?, 16).unwrap();
            let mut chunk = vec![0; length + 2];
            self.rest.read_exact(&mut chunk)?;
            if length == 0 {
                return Ok(String::from_utf8(body).unwrap());
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }

    pub(crate) fn rest(&mut self) -> &mut Connection {
        &mut self.rest
    }

    /// Takes a new connection for REST.
    pub(crate) fn reconnect(&mut self) {
        self.rest = connect(port(self.server.rest_url()), self.server.ca_der()).unwrap();
    }

    pub(crate) fn get(&mut self, path: &str) -> io::Result<(u16, String)> {
        self.authorised("GET", path, "")
    }

    pub(crate) fn authorised(
        &mut self,
        method: &str,
        path: &str,
        form: &str,
    ) -> io::Result<(u16, String)> {
        let headers = [
            ("authorization", self.authorization()),
            (
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        self.send(method, path, &headers, form)
    }

    pub(crate) fn buy(
        &mut self,
        volume: i64,
        price: &str,
        reference: &str,
    ) -> io::Result<(u16, String)> {
        let form = format!(
            "market_id=11&identifier=101&side=BUY&volume={volume}&order_type=LIMIT&price={price}&currency=SEK&reference={reference}"
        );
        self.authorised("POST", "/accounts/60012345/orders", &form)
    }

    /// Connects to a feed and logs in on it.
    pub(crate) fn feed(&self, address: &FeedAddress) -> Connection {
        let ca = self.server.ca_der().filter(|_| address.encrypted);
        let mut feed = connect(address.port, ca).unwrap();
        command(
            &mut feed,
            &json!({ "cmd": "login", "args": { "session_key": self.key(), "service": "NEXTAPI" } }),
        );
        feed
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> io::Result<(u16, String)> {
        exchange(
            &mut self.rest,
            method,
            &format!("/api/2{path}"),
            headers,
            body,
        )
    }
}

/// The control port of a server.
pub(crate) struct ControlPort(Connection);

impl ControlPort {
    pub(crate) fn of(server: &Server) -> Self {
        Self(connect(port(server.control_url()), None).unwrap())
    }

    pub(crate) fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, Value) {
        let (status, body) =
            exchange_as("127.0.0.1", &mut self.0, method, path, headers, body).unwrap();
        (status, serde_json::from_str(&body).unwrap())
    }

    pub(crate) fn post(&mut self, path: &str, body: &str) -> (u16, Value) {
        self.call("POST", path, &[("content-type", "application/json")], body)
    }

    /// Asks for something that there is.
    pub(crate) fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, &[], "");
        assert_eq!(status, 200, "{body}");
        body
    }
}

pub(crate) fn command(feed: &mut Connection, command: &Value) {
    feed.get_mut()
        .write_all(format!("{command}\n").as_bytes())
        .unwrap();
    feed.get_mut().flush().unwrap();
}

pub(crate) fn subscribe(feed: &mut Connection, kind: &str) {
    command(
        feed,
        &json!({ "cmd": "subscribe", "args": { "t": kind, "m": 11, "i": "101" } }),
    );
}

/// Waits until this many commands have arrived, over all feeds.
pub(crate) fn await_commands(server: &Server, count: u64) {
    let end = Instant::now() + PATIENCE;
    while server.control().counters().commands < count {
        assert!(Instant::now() < end, "no {count} commands");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub(crate) fn message(feed: &mut Connection) -> Value {
    serde_json::from_str(&line(feed).unwrap()).unwrap()
}

pub(crate) fn port(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().parse().unwrap()
}

/// Connects without a word.
pub(crate) fn socket(port: u16) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_read_timeout(Some(Duration::from_secs(15)))?;
    Ok(socket)
}

/// What a good client needs, within a moment.
pub(crate) fn serves_well(server: &Server) {
    let began = Instant::now();
    let mut client = Client::login(server);
    assert_eq!(client.get("/accounts").unwrap().0, 200);
    let mut feed = client.feed(server.public_feed());
    subscribe(&mut feed, "price");
    assert_eq!(message(&mut feed)["type"], "price");
    client.feed(server.private_feed());
    assert!(ControlPort::of(server).get("/counters")["logins"].is_u64());
    let took = began.elapsed();
    // On a machine that is busy with other tests.
    assert!(took < Duration::from_secs(10), "{took:?}");
}
