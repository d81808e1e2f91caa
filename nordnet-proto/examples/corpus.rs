//! Prints a made-up recording of the public feed, for `decode` and for other
//! programs, or plays it to whoever connects and logs in, without TLS:
//! `corpus KIND LINES [--play]`.
//!
//! The kinds are `steady`, `open` and `depth`, and `steady` written otherwise:
//! `shuffled`, `spaced`, `jvm`, `extra`.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};

use self::corpus::Kind;

#[path = "../benches/corpus.rs"]
mod corpus;

const USAGE: &str = "usage: corpus steady|open|depth|shuffled|spaced|jvm|extra LINES [--play]";

#[expect(clippy::disallowed_methods, reason = "a program has arguments")]
fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let (kind, lines, plays) = match args[..] {
        [kind, lines] => (kind, lines, false),
        [kind, lines, "--play"] => (kind, lines, true),
        _ => return Err(USAGE.into()),
    };
    let mut kinds = Kind::ALL.into_iter();
    let kind = kinds.find(|it| it.name() == kind).ok_or(USAGE)?;
    let text = corpus::corpus(kind, lines.parse()?, 500);
    if plays {
        return play(text.as_bytes());
    }
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Prints where it listens, and plays to one after the other.
#[expect(clippy::disallowed_types, reason = "a program may have sockets")]
fn play(text: &[u8]) -> Result<(), Box<dyn Error>> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for socket in listener.incoming() {
        let mut socket = socket?;
        let mut login = String::new();
        BufReader::new(&socket).read_line(&mut login)?;
        if socket.write_all(text).is_err() {
            eprintln!("a reader left before the end");
        }
    }
    Ok(())
}
