//! Prints a made-up recording of the public feed, for `decode` and for other
//! programs: `corpus steady|open|depth LINES`.

use std::error::Error;
use std::io::Write as _;

use self::corpus::Kind;

#[path = "../benches/corpus.rs"]
mod corpus;

#[expect(clippy::disallowed_methods, reason = "a program has arguments")]
fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let (kind, lines) = match args[..] {
        ["steady", lines] => (Kind::Steady, lines),
        ["open", lines] => (Kind::Open, lines),
        ["depth", lines] => (Kind::Depth, lines),
        _ => return Err("usage: corpus steady|open|depth LINES".into()),
    };
    let text = corpus::corpus(kind, lines.parse()?, 500);
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
