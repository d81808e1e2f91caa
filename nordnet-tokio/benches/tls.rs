//! How fast a feed is read over TLS, against reading the same bytes with rustls
//! and doing nothing with them.
//!
//! ```text
//! cargo run --release -p nordnet-proto --example corpus -- steady 300000 > steady.nd
//! cargo bench -p nordnet-tokio --bench tls -- "$PWD/steady.nd"
//! ```
//!
//! A server on loopback writes TLS 1.3 records of 16 KB as fast as they are read. The
//! benchmark measures the processor time of the thread that reads; the server has its
//! own threads, and the load of the machine has little influence. Both ways are run in
//! turn, and the median of the ratios is printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark fails by panicking"
)]

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use nordnet_tokio::feed::Reconnect;
use nordnet_tokio::proto::{LoggedIn, Server, SessionKey};
use nordnet_tokio::{FeedConfig, MarketFeed, Tokio};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustix::time::{ClockId, clock_gettime};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

const RUNS: usize = 7;

/// How much a feed reads at once.
const BUFFER: usize = 256 << 10;

fn main() {
    let path = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let path = path.expect("the path of a file with lines of the feed");
    let text = Arc::<[u8]>::from(std::fs::read(path).unwrap());
    let lines = text.iter().filter(|byte| **byte == b'\n').count();
    let (server, client) = settings();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let bytes = Arc::clone(&text);
    thread::spawn(move || serve(&listener, &server, &bytes));

    let mut runs: Vec<_> = (0..RUNS)
        .map(|_| (raw(port, &client, text.len()), feed(port, &client, lines)))
        .collect();
    let ratio = |(raw, feed): &(Duration, Duration)| raw.as_secs_f64() / feed.as_secs_f64();
    runs.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    for run in &runs {
        println!("{:.3}", ratio(run));
    }
    let median @ (raw, feed) = runs[RUNS / 2];
    let each = |time: Duration| time.as_nanos() / lines as u128;
    println!(
        "raw {} ns a message, feed {} ns a message: {:.2} of the raw rate",
        each(raw),
        each(feed),
        ratio(&median)
    );
}

/// Reads with rustls alone, into a buffer of the same size.
fn raw(port: u16, tls: &ClientConfig, length: usize) -> Duration {
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(tls.clone()), name).unwrap();
    let tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut stream = StreamOwned::new(session, tcp);
    stream.write_all(b"{\"cmd\":\"login\"}\n").unwrap();
    let (mut buffer, mut read) = (vec![0; BUFFER], 0);
    let begin = processor_time();
    while read < length {
        read += black_box(stream.read(&mut buffer)).unwrap();
    }
    processor_time() - begin
}

/// Reads this number of lines with a feed, and drops the events.
fn feed(port: u16, tls: &ClientConfig, lines: usize) -> Duration {
    let server = Server::new("localhost", port, true);
    let logged_in = LoggedIn::new(SessionKey::new("bench"), server.clone(), server);
    let mut config = FeedConfig::default();
    config.reconnect = Reconnect::Never;
    let mut feed = MarketFeed::standalone_with_tls(Tokio, logged_in, config, tls.clone()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let time = runtime.block_on(async {
        // The first event is the connection.
        black_box(feed.next().await);
        let begin = processor_time();
        while let Some(event) = feed.next().await {
            black_box(event);
        }
        processor_time() - begin
    });
    assert_eq!(feed.counters().messages(), lines as u64);
    time
}

/// Writes the recording to each client after its first bytes.
fn serve(listener: &TcpListener, tls: &Arc<ServerConfig>, bytes: &Arc<[u8]>) {
    for tcp in listener.incoming() {
        let (tls, bytes) = (Arc::clone(tls), Arc::clone(bytes));
        thread::spawn(move || {
            let session = ServerConnection::new(tls).unwrap();
            let mut stream = StreamOwned::new(session, tcp.unwrap());
            let mut login = [0; 1024];
            assert!(stream.read(&mut login).unwrap() > 0);
            // The client may close the connection once it has all bytes.
            let _ = stream.write_all(&bytes);
            stream.conn.send_close_notify();
            let _ = stream.flush();
            let _ = stream.sock.shutdown(Shutdown::Write);
            while !matches!(stream.sock.read(&mut login), Ok(0) | Err(_)) {}
        });
    }
}

fn settings() -> (Arc<ServerConfig>, ClientConfig) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".into()]).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), client)
}

/// The processor time of this thread.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        time.tv_sec.try_into().unwrap(),
        time.tv_nsec.try_into().unwrap(),
    )
}
