//! Measures how many ticks the simulator delivers, and what memory it takes.
//!
//! ```text
//! cargo run --release -p nordnet-sim --example ticks
//! cargo run --release -p nordnet-sim --example ticks -- --clients 50
//! cargo run --release -p nordnet-sim --example ticks -- --ticks 10000000
//! ```
//!
//! It starts a simulator in a thread of this process, without TLS, subscribes to
//! the price of every listing on each client, and reads as fast as it can.

#![allow(clippy::disallowed_methods, reason = "what is measured is time")]

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nordnet_sim::{CommandLimits, Server};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is asked for, each as `--name number`.
struct Options {
    clients: u64,
    instruments: u64,
    rate: u64,
    speed: u64,
    ticks: u64,
}

impl Options {
    fn read() -> Outcome<Self> {
        let mut options = Self {
            clients: 1,
            instruments: 2000,
            rate: 400,
            speed: 1,
            ticks: 2_000_000,
        };
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let number = words.next().ok_or("a number is missing")?.parse()?;
            match name.as_str() {
                "--clients" => options.clients = number,
                "--instruments" => options.instruments = number,
                "--rate" => options.rate = number,
                "--speed" => options.speed = number,
                "--ticks" => options.ticks = number,
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Outcome<()> {
    let options = Options::read()?;
    let began = Instant::now();
    let server = Server::builder()
        .plain(true)
        .instruments(usize::try_from(options.instruments)?)
        .rate(options.rate as f64)
        .speed(options.speed as f64)
        .command_limits(CommandLimits {
            per_second: usize::MAX,
            per_30_seconds: usize::MAX,
            closes_at: 1,
        })
        .start()?;
    println!("ready in {:?}", began.elapsed());

    let key = log_in(&server)?;
    let subscriptions = subscriptions(&server, &key)?;
    let ticks = Arc::new(AtomicU64::new(0));
    let bytes = Arc::new(AtomicU64::new(0));
    for _ in 0..options.clients {
        let mut feed = TcpStream::connect(("127.0.0.1", server.public_feed().port))?;
        feed.write_all(subscriptions.as_bytes())?;
        let (ticks, bytes) = (Arc::clone(&ticks), Arc::clone(&bytes));
        std::thread::spawn(move || {
            let mut buffer = vec![0; 256 * 1024];
            while let Ok(count @ 1..) = feed.read(&mut buffer) {
                let lines = buffer[..count]
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count();
                ticks.fetch_add(lines as u64, Ordering::Relaxed);
                bytes.fetch_add(count as u64, Ordering::Relaxed);
            }
        });
    }

    let look = || Look {
        at: Instant::now(),
        busy: busy().unwrap_or_default(),
        ticks: ticks.load(Ordering::Relaxed),
        bytes: bytes.load(Ordering::Relaxed),
    };
    let mut before = look();
    while before.ticks < options.ticks {
        std::thread::sleep(Duration::from_secs(2));
        let now = look();
        let seconds = (now.at - before.at).as_secs_f64();
        let ticks = (now.ticks - before.ticks) as f64;
        println!(
            "{:>9.0} ticks/s in all, {:>5.1} MB/s, {:>4.2} µs of CPU each, {:>12} ticks, \
             {:>6} KiB of memory, {} feeds",
            ticks / seconds,
            (now.bytes - before.bytes) as f64 / seconds / 1e6,
            (now.busy - before.busy).as_secs_f64() * 1e6 / ticks,
            now.ticks,
            resident().unwrap_or(0) / 1024,
            server.control().connections().len(),
        );
        before = now;
    }
    Ok(())
}

/// What is known at one time.
struct Look {
    at: Instant,
    busy: Duration,
    ticks: u64,
    bytes: u64,
}

/// Logs in and returns the session key.
fn log_in(server: &Server) -> Outcome<String> {
    let start = json!({ "api_key": server.api_key() });
    let challenge = post(server, "/api/2/login/start", &start)?;
    let challenge = challenge["challenge"].as_str().ok_or("no challenge")?;
    let keys = server.key_pair().ok_or("no keys")?;
    let verify = json!({
        "api_key": server.api_key(),
        "service": "NEXTAPI",
        "signature": keys.sign(challenge),
    });
    let session = post(server, "/api/2/login/verify", &verify)?;
    Ok(session["session_key"]
        .as_str()
        .ok_or("no session")?
        .to_owned())
}

fn post(server: &Server, path: &str, body: &Value) -> Outcome<Value> {
    let address = server.rest_url().trim_start_matches("http://");
    let body = body.to_string();
    let mut rest = TcpStream::connect(address)?;
    write!(
        rest,
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len(),
    )?;
    let mut response = String::new();
    rest.read_to_string(&mut response)?;
    let (_, body) = response.split_once("\r\n\r\n").ok_or("no response")?;
    Ok(serde_json::from_str(body)?)
}

/// Returns the commands that a feed begins with.
fn subscriptions(server: &Server, key: &str) -> Outcome<String> {
    let login = json!({ "cmd": "login", "args": { "session_key": key, "service": "NEXTAPI" } });
    let mut commands = format!("{login}\n");
    for tradable in server.control().tradables() {
        let (market, identifier) = tradable.split_once(':').ok_or("no tradable")?;
        let market: i64 = market.parse()?;
        let args = json!({ "t": "price", "m": market, "i": identifier });
        commands += &format!("{}\n", json!({ "cmd": "subscribe", "args": args }));
    }
    Ok(commands)
}

/// Returns for how long the simulator's thread has run, where that can be
/// known: on a busy machine it says more than the time that passes.
fn busy() -> Option<Duration> {
    for task in std::fs::read_dir("/proc/self/task").ok()? {
        let task = task.ok()?.path();
        if std::fs::read_to_string(task.join("comm")).ok()?.trim() == "nordnet-sim" {
            let times = std::fs::read_to_string(task.join("schedstat")).ok()?;
            return times
                .split(' ')
                .next()?
                .parse()
                .map(Duration::from_nanos)
                .ok();
        }
    }
    None
}

/// Returns how much memory this process takes, where that can be known.
fn resident() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let resident: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    Some(resident * 4096)
}
